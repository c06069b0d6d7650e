// The table of states, for one thread and for several that want the same places.
#include "sim/explore/state_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

#include "sim/explore/in_parallel.h"

namespace nextkey {
namespace {

// Different ones, some of which belong to the same place of the same shard.
std::vector<Fingerprint> SomeFingerprints(std::uint64_t count) {
  std::mt19937_64 random(11);
  std::vector<Fingerprint> fingerprints;
  for (std::uint64_t i = 0; i < count; ++i) {
    const bool is_crowded = i % 3 == 0;
    fingerprints.push_back(is_crowded ? Fingerprint{i << 8, 5} : Fingerprint{random(), random()});
  }
  return fingerprints;
}

TEST(StateTable, NumbersInTheOrderOfTheirComing) {
  const std::vector<Fingerprint> fingerprints = SomeFingerprints(3000);
  StateTable table;
  for (int round = 0; round < 2; ++round) {
    for (StateIndex i = 0; i < fingerprints.size(); ++i) {
      const auto [state, is_new] = table.Insert(fingerprints[i]);
      ASSERT_EQ(state, i);
      ASSERT_EQ(is_new, round == 0);
    }
  }
  EXPECT_EQ(table.size(), fingerprints.size());
  EXPECT_EQ(table.Fingerprints(), fingerprints);
}

TEST(StateTable, GivesEachStateOneNumberWhoeverComesFirst) {
  constexpr unsigned kJobs = 4;
  constexpr std::size_t kAtOnce = 7;
  const std::vector<Fingerprint> fingerprints = SomeFingerprints(20'000);
  StateTable table(kJobs);
  std::vector<std::vector<StateIndex>> numbers(kJobs, std::vector<StateIndex>(fingerprints.size()));
  std::vector<std::size_t> firsts(kJobs, 0);
  OnThreads(kJobs, [&](unsigned job) {
    std::vector<StateTable::Inserted> inserted;
    for (std::size_t at = 0; at < fingerprints.size(); at += kAtOnce) {
      const std::size_t count = std::min(kAtOnce, fingerprints.size() - at);
      inserted.resize(count);
      table.Insert(std::span(fingerprints).subspan(at, count), job, inserted);
      for (std::size_t i = 0; i < count; ++i) {
        numbers[job][at + i] = inserted[i].state;
        firsts[job] += inserted[i].is_new ? 1U : 0U;
      }
    }
  });
  EXPECT_EQ(table.size(), fingerprints.size());
  std::size_t all_firsts = 0;
  for (unsigned job = 0; job < kJobs; ++job) {
    EXPECT_EQ(numbers[job], numbers[0]);
    all_firsts += firsts[job];
  }
  EXPECT_EQ(all_firsts, fingerprints.size());
  const std::set<StateIndex> different(numbers[0].begin(), numbers[0].end());
  EXPECT_EQ(different.size(), fingerprints.size());
  EXPECT_EQ(*different.rbegin(), fingerprints.size() - 1);
  const std::vector<Fingerprint> by_state = table.Fingerprints();
  for (std::size_t i = 0; i < fingerprints.size(); ++i) EXPECT_EQ(by_state[numbers[0][i]], fingerprints[i]);
}

}  // namespace
}  // namespace nextkey
