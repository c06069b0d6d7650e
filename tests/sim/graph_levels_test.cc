// Levels of graphs: by hand, and against the longest ways of random graphs.
#include "sim/explore/graph_levels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace nextkey {
namespace {

constexpr std::uint32_t kNone = GraphLevels::kNoLevel;

// By state: where its edges lead. Parts, as threads leave them, are told by `parts`.
StateGraph GraphOf(std::vector<StateIndex> starts, const std::vector<std::vector<StateIndex>>& targets,
                   std::size_t parts = 1) {
  std::vector<StateGraph::Part> all(parts);
  for (StateIndex state = 0; state < targets.size(); ++state) {
    StateGraph::Part& part = all[state % parts];
    const auto count = static_cast<std::uint32_t>(targets[state].size());
    part.expansions.push_back({state, count, count == 0 ? 0 : kNoOutcome});
    std::vector<StateEdge>& edges = part.edges.RoomFor(count);
    for (const StateIndex target : targets[state]) edges.push_back({target, {}, {}});
  }
  return StateGraph(std::move(starts), targets.size(), std::move(all));
}

TEST(GraphLevels, AreTheMostChoicesThatLeadThere) {
  // 0 leads to 3 at once, and by way of 1 and 2.
  const StateGraph graph = GraphOf({0}, {{1, 3}, {2}, {3}, {}});
  const GraphLevels levels = FindLevels(graph, {0}, 1);
  EXPECT_EQ(levels.of_state, (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_EQ(levels.count(), 4U);
  EXPECT_FALSE(levels.HasLoops());
}

TEST(GraphLevels, BeginWhereTheStartsDo) {
  // 1 is a start of level 5, and behind start 0, of level 2; 2 is given twice.
  const StateGraph graph = GraphOf({0, 1, 2, 2}, {{1}, {2}, {}});
  const GraphLevels levels = FindLevels(graph, {2, 5, 1, 3}, 1);
  EXPECT_EQ(levels.of_state, (std::vector<std::uint32_t>{2, 5, 6}));
  EXPECT_EQ(levels.count(), 7U);
  EXPECT_EQ(levels.states, (std::vector<StateIndex>{0, 1, 2}));
}

TEST(GraphLevels, HaveNoPlaceForLoopsAndWhatTheyLeadTo) {
  // 1 and 2 go round; 3 is behind them, 4 is not.
  const StateGraph graph = GraphOf({0}, {{1, 4}, {2}, {1, 3}, {}, {3}});
  const GraphLevels levels = FindLevels(graph, {0}, 1);
  EXPECT_EQ(levels.of_state, (std::vector<std::uint32_t>{0, kNone, kNone, kNone, 1}));
  EXPECT_TRUE(levels.HasLoops());
}

TEST(GraphLevels, OfNothingAreNone) {
  const StateGraph graph = GraphOf({}, {});
  EXPECT_EQ(FindLevels(graph, {}, 2).count(), 0U);
}

TEST(GraphLevels, AreTheSameForAnyNumberOfThreads) {
  // In layers so wide that threads share them; edges come from any layer before.
  constexpr StateIndex kStates = 150'000;
  const std::vector<StateIndex> layers = {0, 1, 50, 5'000, 75'000, kStates};
  std::mt19937 random(3);
  std::vector<std::vector<StateIndex>> targets(kStates);
  for (std::size_t layer = 1; layer + 1 < layers.size(); ++layer) {
    for (StateIndex state = layers[layer]; state < layers[layer + 1]; ++state) {
      targets[random() % layers[layer]].push_back(state);
      targets[random() % layers[layer]].push_back(state);
    }
  }
  std::vector<std::uint32_t> longest(kStates, 0);
  for (StateIndex state = 0; state < kStates; ++state) {
    for (const StateIndex target : targets[state])
      longest[target] = std::max(longest[target], longest[state] + 1);
  }
  for (const unsigned jobs : {1U, 2U, 3U}) {
    const GraphLevels levels = FindLevels(GraphOf({0}, targets, jobs), {0}, jobs);
    EXPECT_EQ(levels.of_state, longest);
    ASSERT_EQ(levels.states.size(), kStates);
    for (std::uint32_t level = 0; level < levels.count(); ++level) {
      for (StateIndex at = levels.first_state[level]; at < levels.first_state[level + 1]; ++at)
        ASSERT_EQ(longest[levels.states[at]], level);
    }
  }
}

}  // namespace
}  // namespace nextkey
