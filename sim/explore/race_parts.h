// The parts of a race's canonical form, each kept once, so that equal parts are the same object; and the
// actors that are made of them, too.
//
// A state that is known by its parts needs no world to be compared, sorted, or told what can happen next
// in it. Parts never go; several threads share them.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "engine/fingerprint.h"
#include "sim/explore/race_form.h"
#include "sim/explore/spin_lock.h"
#include "sim/race/program.h"
#include "sim/race/world.h"
#include "txn/state_form.h"

namespace nextkey {

// A fingerprint is a hash already.
struct FingerprintHash {
  std::size_t operator()(const Fingerprint& fingerprint) const { return fingerprint.low; }
};

struct FormPart {
  std::uint32_t number = 0;
  Fingerprint digest;  // Of the bytes.
  std::string bytes;
};

// What a search has to know of a client, beside which state it is in. Follows from the client's own part.
struct ClientOutlook {
  bool is_ready = false;
  bool sends_sql = false;         // Its next choice is a statement,
  bool uses_no_table = false;     // which begins or ends a transaction and does nothing else;
  bool asks_node = false;         // a question to one node, which is answered at once,
  bool lets_go = false;           // to let a lock go that it may not have.
  bool has_deadline = false;      // Of a wait or a pause,
  bool deadline_is_now = false;   // which may end without the clock's being moved.
  std::optional<RequestEnd> end;  // Once it is done.
};

struct OwnPart : FormPart {
  std::uint32_t exposed = 0;  // Number of the part that steps of others can see of it;
  bool exposes_nothing = false;
  bool is_bound = false;  // once they let it go on, all of it.
  ClientOutlook outlook;
};

struct ActorParts {
  const FormPart* locks = nullptr;
  const OwnPart* own = nullptr;
  const FormPart* places = nullptr;
  std::uint32_t number = 0;
  // Number of what others can see: its locks, its places, what its own part exposes.
  std::uint32_t sight = 0;
  Fingerprint sight_digest;  // Of that number.
  bool is_unseen = false;    // It has no transaction, no lock, stands nowhere, and waits for nothing.
  Fingerprint digest;        // Of all three.
};
using ActorRef = const ActorParts*;

// By their bytes: locks, the rest, places.
bool ComesBefore(const ActorParts& a, const ActorParts& b);

struct StateParts {
  Fingerprint shared;
  absl::InlinedVector<ActorRef, 8> actors;
  absl::InlinedVector<std::uint16_t, 8> order;  // Of the actors, in canonical order.
  // The actors with a transaction, in the order of their beginning. No part of the state.
  absl::InlinedVector<std::uint16_t, 8> begun;
};

// What the own parts of a race's clients follow from, besides the clock, to see whether they have changed.
class OwnSources {
 public:
  // Of all clients but the one whose turn it is.
  OwnSources(const RaceWorld& world, std::uint32_t at_work);
  KnownClients UnchangedIn(const RaceWorld& world) const;

 private:
  struct Source {
    std::uint32_t client;
    Cow<ClientState> state;
    Cow<SessionState> session;
    std::optional<Cow<Transaction>> transaction;
  };
  std::int64_t now_us_ = 0;
  absl::InlinedVector<Source, 8> sources_;
};

class RaceParts {
 public:
  // The actors that one thread came across lately: found without asking what all threads share.
  class Recent {
   public:
    ActorRef& PlaceOf(const FormPart* locks, const OwnPart* own, const FormPart* places) {
      return actors_[(own->number * 31 + locks->number * 17 + places->number) % kActors];
    }

   private:
    static constexpr std::size_t kActors = 512;
    std::array<ActorRef, kActors> actors_ = {};
  };

  explicit RaceParts(const Program& program) : program_(program), own_(program.templates.size()) {}

  // The parts of a form that was written of this world; `known` ones have the own parts of `before`.
  // Requires: one server, no replicas.
  StateParts PartsOf(const StateForm& form, const RaceWorld& world, const KnownClients& known = {},
                     const StateParts& before = {});
  // The actor that has these parts.
  ActorRef ActorOf(const FormPart* locks, const OwnPart* own, const FormPart* places, Recent& recent);

 private:
  using ActorKey = std::tuple<const FormPart*, const OwnPart*, const FormPart*>;

  template <class Part>
  struct Kept {
    std::deque<Part> parts;  // Their addresses stay.
    absl::flat_hash_map<Fingerprint, Part*, FingerprintHash> by_digest;

    // The part, and whether it is new: then its bytes are yet to be written.
    std::pair<Part*, bool> Keep(const Fingerprint& digest);
  };

  // Of an actor of a form: its own part, or, where that is not known, its digest.
  struct PartDigests {
    Fingerprint locks, own, places;
    const OwnPart* known_own = nullptr;
  };

  // These require that the lock is held.
  ActorRef ActorOf(const StateForm::Actor& actor, const PartDigests& digests, const RaceWorld& world,
                   std::uint32_t client);
  ActorRef KeepActor(const FormPart* locks, const OwnPart* own, const FormPart* places);
  const OwnPart* OwnOf(const StateForm::Actor& actor, const Fingerprint& digest, const RaceWorld& world,
                       std::uint32_t client);
  ClientOutlook OutlookOf(const RaceWorld& world, std::uint32_t client) const;

  const Program& program_;
  SpinLock lock_;
  Kept<FormPart> locks_;
  std::vector<Kept<OwnPart>> own_;  // By template: the same bytes mean another instruction.
  Kept<FormPart> exposed_;
  Kept<FormPart> places_;
  std::deque<ActorParts> actors_;
  absl::flat_hash_map<ActorKey, ActorRef> actor_of_;
  absl::flat_hash_map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t> sights_;
};

}  // namespace nextkey
