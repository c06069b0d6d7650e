// The set of states that a search has seen: fingerprint to number, for several threads at once.
//
// Open addressing in shards of their own lock, three entries in a cache line; 21 bytes an entry. Entries
// never go.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "engine/fingerprint.h"
#include "sim/explore/state_graph.h"

namespace nextkey {

class StateTable {
 public:
  struct Inserted {
    StateIndex state;
    bool is_new;
  };

  // The number of the state with this fingerprint: the next free one if it was never seen.
  Inserted Insert(const Fingerprint& fingerprint);
  std::uint64_t size() const { return next_.load(); }
  std::vector<Fingerprint> Fingerprints() const;  // By state. Requires: nobody inserts meanwhile.

 private:
  static constexpr std::size_t kShards = 512;    // So many that two threads seldom want the same one.
  static constexpr std::size_t kFirstLines = 4;  // Of a shard; a power of two.

  struct alignas(64) Line {
    static constexpr std::size_t kEntries = 3;

    std::array<Fingerprint, kEntries> fingerprints = {};
    std::array<StateIndex, kEntries> states = {kNoState, kNoState, kNoState};  // Used from the front on.
  };
  struct Place {
    Line* line;
    std::size_t entry;

    StateIndex& state() const { return line->states[entry]; }
  };
  struct alignas(64) Shard {  // Two never share a cache line.
    std::mutex mutex;
    std::vector<Line> lines = std::vector<Line>(kFirstLines);
    std::size_t used = 0;

    // Where the fingerprint stands, or would.
    Place PlaceOf(const Fingerprint& fingerprint);
    void Put(const Fingerprint& fingerprint, StateIndex state);
    void Grow();
  };

  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> next_ = 0;
};

}  // namespace nextkey
