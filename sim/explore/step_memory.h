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
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "engine/fingerprint.h"
#include "sim/explore/race_parts.h"
#include "sim/race/program.h"

namespace nextkey {

// What a step can see, and who is who in it: the client, then how the others look, each look once: how many
// look the same makes no difference to most steps, and who has no transaction none at all.
enum class StepSight : std::uint8_t {
  kNobody,   // Neither what all share nor the others.
  kOutside,  // What others show.
  kInside,   // All of those that wait, too.
};

struct StepView {
  static constexpr std::uint16_t kUnseen = UINT16_MAX;

  Fingerprint digest;
  absl::InlinedVector<std::uint16_t, 8> place_of;  // By actor; kUnseen.
  std::uint16_t places = 0;
  StepSight sight = StepSight::kOutside;
};

enum class StepKind : std::uint8_t { kKept, kLetsOthersGoOn, kNotKept };

struct StepResult {
  StepKind kind = StepKind::kKept;
  bool is_unnoticed = false;  // Nothing has changed but what its client keeps for itself.
  Fingerprint shared;
  std::vector<ActorParts> actors;    // By place in the view; no own part: it stays.
  std::vector<std::uint16_t> begun;  // Places in the view, where their order counts.
};

class StepMemory {
 public:
  struct Rules {
    bool orders_begins = false;  // In which order transactions began makes a difference to what is written.
    bool counts_alike = false;   // So does how many there are.
    bool reads_clock = false;
  };
  StepMemory(const Program& program, Rules rules) : program_(program), rules_(rules) {}

  // Of a step with a sight of kNobody or kOutside, as its client's outlook says, or kInside.
  void Look(const StateParts& before, std::uint32_t client, StepSight sight, StepView& view,
            Canonical& scratch) const;
  StepSight SightOf(const ActorParts& client) const;
  // Null where the step was never made. The result stays where it is.
  const StepResult* Find(const StepView& view);
  void Put(const StepView& view, const StateParts& before, const StateParts& after);
  void PutLetsOthersGoOn(const StepView& view);
  static void Apply(const StepResult& result, const StepView& view, StateParts& parts);

 private:
  static constexpr std::size_t kShards = 16;
  // A memory that does not help does not grow: so many more than there were uses of it. Of a shard.
  static constexpr std::uint64_t kFirstResults = (1 << 16) / kShards;

  struct alignas(64) Shard {  // Two never share a cache line.
    std::mutex mutex;
    absl::flat_hash_map<Fingerprint, const StepResult*, FingerprintHash> by_view;
    std::deque<StepResult> results;
    std::uint64_t uses = 0;
  };
  // Which program an own part stands in, and, where it may begin anew, whose variables it begins with.
  std::uint64_t WhoIs(std::uint32_t client) const;
  static bool IsUnnoticed(const StepView& view, const StateParts& before, const StateParts& after);
  StepResult ResultOf(const StepView& view, const StateParts& before, const StateParts& after) const;
  void LookAround(const StateParts& before, std::uint32_t client, StepView& view, Canonical& scratch) const;
  void Keep(const StepView& view, StepResult result);
  Shard& ShardOf(const StepView& view) { return shards_[view.digest.high % kShards]; }

  const Program& program_;
  const Rules rules_;
  std::array<Shard, kShards> shards_;
};

}  // namespace nextkey
