// The set of states that a search has seen: fingerprint to number, for several threads at once.
//
// Open addressing in shards of their own lock; 20 bytes an entry. Entries never go.
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

  StateTable();
  // The number of the state with this fingerprint: the next free one if it was never seen.
  Inserted Insert(const Fingerprint& fingerprint);
  std::uint64_t size() const { return next_.load(); }
  std::vector<Fingerprint> Fingerprints() const;  // By state. Requires: nobody inserts meanwhile.

 private:
  static constexpr std::size_t kShards = 64;

  struct alignas(64) Shard {  // Two never share a cache line.
    std::mutex mutex;
    std::vector<Fingerprint> fingerprints;
    std::vector<StateIndex> states;  // kNoState: the entry is free.
    std::size_t used = 0;

    // Where the fingerprint stands, or would.
    std::size_t PlaceOf(const Fingerprint& fingerprint) const;
    void Grow();
  };

  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> next_ = 0;
};

}  // namespace nextkey
