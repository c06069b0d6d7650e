// A graph's states in an order in which every edge leads forward, as far as there is one.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/explore/state_graph.h"

namespace nextkey {

// The level of a state: the most choices that lead to it. States of a loop have none, nor have those that
// a loop leads to.
struct GraphLevels {
  static constexpr std::uint32_t kNoLevel = UINT32_MAX;

  std::vector<StateIndex> states;       // That have one, by level.
  std::vector<StateIndex> first_state;  // By level, and one more: its place in `states`.
  std::vector<std::uint32_t> of_state;  // By state.

  std::uint32_t count() const { return static_cast<std::uint32_t>(first_state.size() - 1); }
  bool HasLoops() const { return states.size() < of_state.size(); }
};

// `start_levels`: how many choices have led to each of graph.starts() before. Requires: every state is
// reached from a start. Any number of threads finds the same levels.
GraphLevels FindLevels(const StateGraph& graph, const std::vector<std::uint32_t>& start_levels,
                       unsigned jobs);

}  // namespace nextkey
