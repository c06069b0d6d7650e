// The loops of a graph of states.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/explore/state_graph.h"

namespace nextkey {

// Strongly connected components. Component numbers are in topological order: edges between different
// components lead to higher numbers.
struct Components {
  std::vector<std::uint32_t> of_state;  // By state; those that the root does not reach: UINT32_MAX.
  std::vector<StateIndex> states;       // Grouped by component, in their order.
  std::vector<StateIndex> first_state;  // By component, and one more: its place in `states`.
};

Components FindComponents(const StateGraph& graph);

}  // namespace nextkey
