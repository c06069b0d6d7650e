// What a client's next statement makes of a state, kept by all that the statement can depend on.
//
// A statement sees and changes what all share and what is its client's own. Of the other actors it sees their
// locks and transactions; what they keep for themselves (variables, how far they are in their requests, the
// statement that waits) only once it lets one of them go on. So where the parts that it sees are equal it
// does the same up to that point, and where there is none, the parts that come out are equal, and what
// the others keep for themselves stays as it was. Of a step that lets others go on all is looked at that
// waits. One that turns out to have changed more is not kept. Beginning and ending nothing sees nothing but
// the client's own.
//
// Several threads share one memory. What is kept changes how long a search takes and nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "engine/fingerprint.h"
#include "sim/explore/race_parts.h"
#include "sim/explore/spin_lock.h"
#include "sim/race/program.h"

namespace nextkey {

// How much a step can see.
enum class StepSight : std::uint8_t {
  kNobody,   // Neither what all share nor the others.
  kOutside,  // What others show.
  kInside,   // All of those that wait, too.
};

// How an actor looks to the step of another one.
struct Look {
  // What it shows, and the how-many-th it was to begin, where that counts; 0: unseen.
  std::uint64_t outside = 0;
  std::uint64_t inside = 0;  // All of it, where that is looked at.

  bool IsUnseen() const { return outside == 0; }
  friend bool operator==(const Look&, const Look&) = default;
};

// What a step can see: the client, what all share, and how the others look. How many look the same makes no
// difference to most steps, who has no transaction none at all, and in which order they stand none to any.
struct StepView {
  Fingerprint digest;
  std::uint32_t client = 0;
  StepSight sight = StepSight::kOutside;
  absl::InlinedVector<Look, 8> looks;  // By actor; the client's own is empty.
};

enum class StepKind : std::uint8_t { kKept, kLetsOthersGoOn, kNotKept };

// What an actor that looked like this comes out as: what it was, whatever its own part is with other locks
// and places, or something else altogether.
struct ActorResult {
  Look look;  // The client's is empty.
  bool stays = false;
  const FormPart* locks = nullptr;
  const FormPart* places = nullptr;
  ActorRef whole = nullptr;

  friend bool operator==(const ActorResult&, const ActorResult&) = default;
};

struct StepResult {
  StepKind kind = StepKind::kKept;
  bool is_unnoticed = false;  // Nothing has changed but what its client keeps for itself.
  Fingerprint shared;
  std::vector<ActorResult> actors;   // The client, then one for each look.
  std::vector<std::uint16_t> begun;  // Places in `actors`, where their order counts.
};

class StepMemory {
 public:
  // The steps that one thread came across lately: found without asking what all threads share.
  class Recent {
   private:
    friend class StepMemory;
    struct Step {
      Fingerprint view;
      const StepResult* result = nullptr;
    };
    Step& PlaceOf(const Fingerprint& view) { return steps_[view.low & (steps_.size() - 1)]; }
    // Of one that the memory has and that was not among these: where there are many such, there is more room.
    void Note(const Step& step);

    std::vector<Step> steps_ = std::vector<Step>(1024);  // A power of two.
    std::uint64_t missed_ = 0;
    std::uint64_t uses_ = 0;  // That the memory does not know of yet.
  };

  struct Rules {
    bool orders_begins = false;  // In which order transactions began makes a difference to what is written.
    bool counts_alike = false;   // So does how many there are.
    bool reads_clock = false;
  };
  StepMemory(const Program& program, RaceParts& parts, Rules rules)
      : program_(program), parts_(parts), rules_(rules) {}

  // Of a step with a sight of kNobody or kOutside, as its client's outlook says, or kInside.
  void LookFrom(const StateParts& before, std::uint32_t client, StepSight sight, StepView& view) const;
  StepSight SightOf(const ActorParts& client) const;
  // Null where the step was never made. The result stays where it is.
  const StepResult* Find(const StepView& view, Recent& recent);
  void Put(const StepView& view, const StateParts& before, const StateParts& after);
  void PutLetsOthersGoOn(const StepView& view);
  void Apply(const StepResult& result, const StepView& view, StateParts& parts,
             RaceParts::Recent& recent) const;

 private:
  static constexpr std::size_t kShards = 16;
  // A memory that does not help does not grow: so many more than there were uses of it. Of a shard.
  static constexpr std::uint64_t kFirstResults = (1 << 16) / kShards;

  struct alignas(64) Shard {  // Two never share a cache line.
    SpinLock lock;
    absl::flat_hash_map<Fingerprint, const StepResult*, FingerprintHash> by_view;
    std::deque<StepResult> results;
    std::uint64_t uses = 0;
  };
  // Which program an own part stands in, and, where it may begin anew, whose variables it begins with.
  std::uint64_t WhoIs(std::uint32_t client) const;
  static bool IsUnnoticed(const StepView& view, const StateParts& before, const StateParts& after);
  StepResult ResultOf(const StepView& view, const StateParts& before, const StateParts& after) const;
  void LookAround(const StateParts& before, StepView& view) const;
  void Keep(const StepView& view, StepResult result);
  Shard& ShardOf(const StepView& view) { return shards_[view.digest.high % kShards]; }

  const Program& program_;
  RaceParts& parts_;
  const Rules rules_;
  std::array<Shard, kShards> shards_;
};

}  // namespace nextkey
