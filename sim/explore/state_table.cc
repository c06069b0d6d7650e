#include "sim/explore/state_table.h"

#include <utility>

namespace nextkey {
namespace {

// The fingerprint is a hash already: its upper half chooses the shard, its lower half the place.
std::size_t ShardOf(const Fingerprint& fingerprint, std::size_t shards) { return fingerprint.high % shards; }

}  // namespace

StateTable::Place StateTable::Shard::PlaceOf(const Fingerprint& fingerprint) {
  const std::size_t mask = lines.size() - 1;
  for (std::size_t at = fingerprint.low & mask;; at = (at + 1) & mask) {
    Line& line = lines[at];
    for (std::size_t entry = 0; entry < Line::kEntries; ++entry) {
      if (line.states[entry] == kNoState || line.fingerprints[entry] == fingerprint) return {&line, entry};
    }
  }
}

void StateTable::Shard::Put(const Fingerprint& fingerprint, StateIndex state) {
  const Place place = PlaceOf(fingerprint);
  place.line->fingerprints[place.entry] = fingerprint;
  place.state() = state;
  ++used;
}

void StateTable::Shard::Grow() {
  Shard bigger;
  bigger.lines.resize(lines.size() * 2);
  for (const Line& line : lines) {
    for (std::size_t entry = 0; entry < Line::kEntries; ++entry) {
      if (line.states[entry] != kNoState) bigger.Put(line.fingerprints[entry], line.states[entry]);
    }
  }
  lines = std::move(bigger.lines);
}

StateTable::Inserted StateTable::Insert(const Fingerprint& fingerprint) {
  Shard& shard = shards_[ShardOf(fingerprint, kShards)];
  const std::lock_guard guard(shard.mutex);
  if (const Place place = shard.PlaceOf(fingerprint); place.state() != kNoState)
    return {place.state(), false};
  if ((shard.used + 1) * 4 > shard.lines.size() * Line::kEntries * 3) shard.Grow();
  const auto state = static_cast<StateIndex>(next_.fetch_add(1));
  shard.Put(fingerprint, state);
  return {state, true};
}

std::vector<Fingerprint> StateTable::Fingerprints() const {
  std::vector<Fingerprint> fingerprints(size());
  for (const Shard& shard : shards_) {
    for (const Line& line : shard.lines) {
      for (std::size_t entry = 0; entry < Line::kEntries; ++entry) {
        if (line.states[entry] != kNoState) fingerprints[line.states[entry]] = line.fingerprints[entry];
      }
    }
  }
  return fingerprints;
}

}  // namespace nextkey
