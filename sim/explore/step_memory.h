// What a client's next statement makes of a state, kept by all that the statement can depend on.
//
// A statement sees and changes what all share and what is its client's own; of the other actors it sees
// their locks and transactions, and of those that wait all, since it may let them go. It does not see
// what the others, while nothing of theirs runs, keep for themselves: their variables, how far they are in
// their requests. So where the parts that it sees are equal, the parts that come out are equal, too, and
// what the others keep for themselves stays as it was. A step that turns out to have changed that is not
// kept.
//
// Several threads share one memory. What is kept changes how long a search takes and nothing else.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "engine/fingerprint.h"
#include "sim/explore/race_parts.h"
#include "sim/race/program.h"

namespace nextkey {

// What a step can see, and who is who in it: the client, then how the others look, each look once: how many
// look the same makes no difference to most steps, and who has no transaction none at all.
struct StepView {
  static constexpr std::uint16_t kUnseen = UINT16_MAX;

  Fingerprint digest;
  absl::InlinedVector<std::uint16_t, 8> place_of;  // By actor; kUnseen.
  std::uint16_t places = 0;
};

struct StepResult {
  bool is_known = false;  // False: such a step is not kept.
  Fingerprint shared;
  absl::InlinedVector<ActorParts, 2> actors;    // By place in the view; no own part: it stays.
  absl::InlinedVector<std::uint16_t, 2> begun;  // Places in the view, where their order counts.
};

class StepMemory {
 public:
  struct Rules {
    bool orders_begins = false;  // In which order transactions began makes a difference to what is written.
    bool counts_alike = false;   // So does how many there are.
  };
  StepMemory(const Program& program, Rules rules) : program_(program), rules_(rules) {}

  void Look(const StateParts& before, std::uint32_t client, StepView& view, Canonical& scratch) const;
  // Null where the step was never made. The result stays where it is.
  const StepResult* Find(const StepView& view);
  void Put(const StepView& view, const StateParts& before, const StateParts& after);
  static void Apply(const StepResult& result, const StepView& view, StateParts& parts);

 private:
  static constexpr std::size_t kShards = 16;
  // A memory that does not help does not grow: so many more than there were uses of it.
  static constexpr std::uint64_t kFirstResults = 1 << 16;

  struct Shard {
    std::mutex mutex;
    absl::flat_hash_map<Fingerprint, const StepResult*, FingerprintHash> by_view;
    std::deque<StepResult> results;
  };
  // Its variables are then those that the program gives it, whoever it looks like now.
  bool MayBeginAnew(std::uint32_t client) const { return program_.TemplateOf(client).retry.has_value(); }
  StepResult ResultOf(const StepView& view, const StateParts& before, const StateParts& after) const;
  Shard& ShardOf(const StepView& view) { return shards_[view.digest.high % kShards]; }

  const Program& program_;
  const Rules rules_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> uses_ = 0;
  std::atomic<std::uint64_t> results_ = 0;
};

}  // namespace nextkey
