#include "sim/explore/state_table.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace nextkey {
namespace {

// Of one thread alone.
struct NoLock {
  explicit NoLock(SpinLock&) {}
};

}  // namespace

StateTable::Line& StateTable::Shard::LineAfter(const Line& line) const {
  Line* const all = first.load(std::memory_order_relaxed);
  return all[static_cast<std::size_t>(&line - all + 1) & mask.load(std::memory_order_relaxed)];
}

void StateTable::Shard::Use(std::vector<Line> more) {
  lines = std::move(more);
  first = lines.data();
  mask = lines.size() - 1;
  full_lines = 0;
}

// Half of the lines are full when about three entries in four are used.
void StateTable::Shard::NoteFullLine() {
  const std::uint64_t before = full_lines.fetch_add(1, std::memory_order_relaxed);
  if (before * 2 >= mask.load(std::memory_order_relaxed)) has_to_grow.store(true);
}

// Requires: it is not there, and nobody else is.
void StateTable::Shard::Put(const Fingerprint& fingerprint, StateIndex number) {
  for (Line* line = &LineOf(fingerprint);; line = &LineAfter(*line)) {
    const auto free = std::find(line->numbers.begin(), line->numbers.end(), StateIndex{0});
    if (free == line->numbers.end()) continue;
    line->fingerprints[static_cast<std::size_t>(free - line->numbers.begin())] = fingerprint;
    *free = number;
    if (line->numbers.back() != 0) NoteFullLine();
    return;
  }
}

// At least one line for each thread has room left when a shard has to grow.
StateTable::StateTable(unsigned jobs) : visitors_(jobs) {
  constexpr std::size_t kFewestLines = 16;
  const std::size_t lines = std::bit_ceil(std::max<std::size_t>(kFewestLines, 4 * jobs));
  for (Shard& shard : shards_) shard.Use(std::vector<Line>(lines));
}

StateTable::Inserted StateTable::Insert(const Fingerprint& fingerprint) {
  Inserted inserted;
  Insert({&fingerprint, 1}, 0, {&inserted, 1});
  return inserted;
}

void StateTable::Insert(std::span<const Fingerprint> fingerprints, unsigned job,
                        std::span<Inserted> inserted) {
  if (visitors_.size() == 1) {
    for (std::size_t i = 0; i < fingerprints.size(); ++i) {
      Shard& shard = ShardOf(fingerprints[i]);
      if (shard.has_to_grow.load(std::memory_order_relaxed)) GrowIfNeeded(shard);
      inserted[i] = FindOrPut<NoLock>(fingerprints[i], shard);
    }
    return;
  }
  // Who comes in, and who has a shard grow, says so first and looks at the other after that.
  std::atomic<bool>& is_inside = visitors_[job].is_inside;
  is_inside.store(true);
  for (std::size_t i = 0; i < fingerprints.size(); ++i) {
    Shard& shard = ShardOf(fingerprints[i]);
    while (shard.has_to_grow.load()) {
      is_inside.store(false);
      GrowIfNeeded(shard);
      is_inside.store(true);
    }
    inserted[i] = FindOrPut<std::lock_guard<SpinLock>>(fingerprints[i], shard);
  }
  is_inside.store(false, std::memory_order_release);
}

// A full line stays full, and an entry what it is: nobody can put the fingerprint into a line that was looked
// at before.
template <class Lock>
StateTable::Inserted StateTable::FindOrPut(const Fingerprint& fingerprint, Shard& shard) {
  for (Line* line = &shard.LineOf(fingerprint);; line = &shard.LineAfter(*line)) {
    std::size_t entry = 0;
    StateIndex number = 0;
    const auto find = [&] {
      for (; entry < Line::kEntries; ++entry) {
        number = std::atomic_ref(line->numbers[entry]).load(std::memory_order_acquire);
        if (number == 0 || line->fingerprints[entry] == fingerprint) return;
      }
    };
    find();
    if (entry < Line::kEntries && number == 0) {
      const Lock guard(line->lock);
      find();  // Somebody may have been faster.
      if (entry < Line::kEntries && number == 0) {
        const auto state = static_cast<StateIndex>(next_.fetch_add(1, std::memory_order_relaxed));
        line->fingerprints[entry] = fingerprint;
        std::atomic_ref(line->numbers[entry]).store(state + 1, std::memory_order_release);
        if (entry + 1 == Line::kEntries) shard.NoteFullLine();
        return {state, true};
      }
    }
    if (entry < Line::kEntries) return {number - 1, false};
  }
}

void StateTable::GrowIfNeeded(Shard& shard) {
  const std::lock_guard guard(shard.growing);
  if (!shard.has_to_grow.load()) return;  // Somebody else has been here.
  for (const Visitor& visitor : visitors_) SpinUntil([&] { return !visitor.is_inside.load(); });
  const std::vector<Line> before = std::move(shard.lines);
  shard.Use(std::vector<Line>(2 * before.size()));
  for (const Line& line : before) {
    for (std::size_t entry = 0; entry < Line::kEntries && line.numbers[entry] != 0; ++entry)
      shard.Put(line.fingerprints[entry], line.numbers[entry]);
  }
  shard.has_to_grow.store(false);
}

std::vector<Fingerprint> StateTable::Fingerprints() const {
  std::vector<Fingerprint> fingerprints(size());
  for (const Shard& shard : shards_) {
    for (const Line& line : shard.lines) {
      for (std::size_t entry = 0; entry < Line::kEntries && line.numbers[entry] != 0; ++entry)
        fingerprints[line.numbers[entry] - 1] = line.fingerprints[entry];
    }
  }
  return fingerprints;
}

}  // namespace nextkey
