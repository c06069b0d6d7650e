// The set of states that a search has seen: fingerprint to number, for several threads at once.
//
// Open addressing in shards that grow each for itself. Three entries stand in a cache line; who looks for one
// that is there locks nothing, who puts one locks its line. 28 to 57 bytes an entry. Entries never go.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "engine/fingerprint.h"
#include "sim/explore/spin_lock.h"
#include "sim/explore/state_graph.h"

namespace nextkey {

class StateTable {
 public:
  struct Inserted {
    StateIndex state;
    bool is_new;
  };

  explicit StateTable(unsigned jobs = 1);

  // The number of the state with this fingerprint: the next free one if it was never seen.
  Inserted Insert(const Fingerprint& fingerprint);
  // Several at once. `job` is below `jobs`, and each thread's another. Requires: `inserted` is as long.
  void Insert(std::span<const Fingerprint> fingerprints, unsigned job, std::span<Inserted> inserted);
  // Has the fingerprint's place at hand soon.
  void Prefetch(const Fingerprint& fingerprint) const {
    __builtin_prefetch(&ShardOf(fingerprint).LineOf(fingerprint));
  }
  std::uint64_t size() const { return next_.load(std::memory_order_relaxed); }
  std::vector<Fingerprint> Fingerprints() const;  // By state. Requires: nobody inserts meanwhile.

 private:
  struct alignas(64) Line {
    static constexpr std::size_t kEntries = 3;

    std::array<Fingerprint, kEntries> fingerprints;
    // One more than the state's number, written after the fingerprint; used from the front on; 0: free.
    std::array<StateIndex, kEntries> numbers;
    SpinLock lock;
  };
  struct Shard {
    // The fingerprint is a hash already: its upper half chooses the shard, its lower half the line.
    Line& LineOf(const Fingerprint& fingerprint) const {
      return first.load(std::memory_order_relaxed)[fingerprint.low & mask.load(std::memory_order_relaxed)];
    }
    Line& LineAfter(const Line& line) const;
    void Use(std::vector<Line> lines);
    void Put(const Fingerprint& fingerprint, StateIndex number);
    void NoteFullLine();

    // Change while no visitor is inside.
    std::vector<Line> lines;
    std::atomic<Line*> first;
    std::atomic<std::size_t> mask;

    std::atomic<bool> has_to_grow = false;  // Before anybody puts anything more.
    std::mutex growing;
    alignas(64) std::atomic<std::uint64_t> full_lines = 0;
  };
  // A thread that is inside finds all lines where they are.
  struct alignas(64) Visitor {
    std::atomic<bool> is_inside = false;
  };

  static constexpr std::size_t kShards = 64;

  const Shard& ShardOf(const Fingerprint& fingerprint) const { return shards_[fingerprint.high % kShards]; }
  Shard& ShardOf(const Fingerprint& fingerprint) { return shards_[fingerprint.high % kShards]; }
  template <class Lock>
  Inserted FindOrPut(const Fingerprint& fingerprint, Shard& shard);
  void GrowIfNeeded(Shard& shard);

  std::array<Shard, kShards> shards_;
  std::vector<Visitor> visitors_;  // By job.
  alignas(64) std::atomic<std::uint64_t> next_ = 0;
};

}  // namespace nextkey
