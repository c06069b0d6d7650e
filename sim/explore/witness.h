// The simplest schedule that leads to an outcome: the fewest context switches first, then the fewest
// choices; among equals the one whose first different choice stands first.
//
// A context switch is a choice by another client than the last one's while the last one could have
// gone on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/explore/state_graph.h"

namespace nextkey {

struct Witness {
  std::uint32_t switches = 0;
  // One a choice: its place among the edges of the state that it leaves.
  std::vector<std::uint32_t> edges;
};

// A way that leads to a state that a search starts from.
struct WayToStart {
  std::size_t start = 0;  // Place in graph.starts().
  ActorLabel last;        // Who made its last choice, in that state.
  Witness way;
};

// By OutcomeIndex; absent for an outcome that no state has. Works on incomplete graphs too. With `ways`
// witnesses begin with one of them.
std::vector<std::optional<Witness>> FindWitnesses(const StateGraph& graph, std::size_t outcome_count,
                                                  const std::vector<WayToStart>& ways = {WayToStart{}});

// `1 context switch`, `3 context switches`.
std::string SwitchesText(std::uint32_t switches);

// Which of two is simpler.
bool IsSimpler(const Witness& a, const Witness& b);

}  // namespace nextkey
