#include "sim/explore/state_table.h"

#include <utility>

namespace nextkey {
namespace {

constexpr std::size_t kFirstCapacity = 64;  // Of a shard; a power of two.

// The fingerprint is a hash already: its upper half chooses the shard, its lower half the place.
std::size_t ShardOf(const Fingerprint& fingerprint, std::size_t shards) { return fingerprint.high % shards; }

}  // namespace

StateTable::StateTable() {
  for (Shard& shard : shards_) {
    shard.fingerprints.resize(kFirstCapacity);
    shard.states.assign(kFirstCapacity, kNoState);
  }
}

std::size_t StateTable::Shard::PlaceOf(const Fingerprint& fingerprint) const {
  const std::size_t mask = states.size() - 1;
  std::size_t place = fingerprint.low & mask;
  while (states[place] != kNoState && fingerprints[place] != fingerprint) place = (place + 1) & mask;
  return place;
}

void StateTable::Shard::Grow() {
  Shard bigger;
  bigger.fingerprints.resize(states.size() * 2);
  bigger.states.assign(states.size() * 2, kNoState);
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i] == kNoState) continue;
    const std::size_t place = bigger.PlaceOf(fingerprints[i]);
    bigger.fingerprints[place] = fingerprints[i];
    bigger.states[place] = states[i];
  }
  fingerprints = std::move(bigger.fingerprints);
  states = std::move(bigger.states);
}

StateTable::Inserted StateTable::Insert(const Fingerprint& fingerprint) {
  Shard& shard = shards_[ShardOf(fingerprint, kShards)];
  const std::lock_guard guard(shard.mutex);
  std::size_t place = shard.PlaceOf(fingerprint);
  if (shard.states[place] != kNoState) return {shard.states[place], false};
  if ((shard.used + 1) * 4 > shard.states.size() * 3) {
    shard.Grow();
    place = shard.PlaceOf(fingerprint);
  }
  const auto state = static_cast<StateIndex>(next_.fetch_add(1));
  shard.fingerprints[place] = fingerprint;
  shard.states[place] = state;
  ++shard.used;
  return {state, true};
}

std::vector<Fingerprint> StateTable::Fingerprints() const {
  std::vector<Fingerprint> fingerprints(size());
  for (const Shard& shard : shards_) {
    for (std::size_t i = 0; i < shard.states.size(); ++i) {
      if (shard.states[i] != kNoState) fingerprints[shard.states[i]] = shard.fingerprints[i];
    }
  }
  return fingerprints;
}

}  // namespace nextkey
