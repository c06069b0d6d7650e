// How many schedules lead to each outcome, and how likely each is when every choice is drawn at
// random, all that are possible being equally likely.
//
// Both are sums over the graph of states, not over schedules, and exact: 10^50 schedules cost no
// more than their states do. Where states can be come back to (a spin lock, endless retries) there
// are infinitely many schedules; the probabilities are those of the absorbing Markov chain.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/explore/exact.h"
#include "sim/explore/state_graph.h"

namespace nextkey {

struct OutcomeCount {
  std::optional<Whole> schedules;  // Absent: infinitely many.
  Fraction probability;
};

struct ScheduleCount {
  std::vector<OutcomeCount> outcomes;  // By OutcomeIndex.
  std::optional<Whole> schedules;      // All together; absent: infinitely many.
  Fraction never_ends;                 // Probability of going round for ever.
  std::uint64_t longest = 0;           // Choices in the longest schedule that goes through no loop twice.
};

// What has happened before a state that a search starts from.
struct StartWeight {
  Whole schedules = 1;        // That come to it.
  Fraction probability = 1;   // Of coming to it.
  std::uint32_t choices = 0;  // That it takes.
};

// Requires: graph.IsComplete(); a weight for each of graph.starts(). Any number of threads gives the same.
ScheduleCount CountSchedules(const StateGraph& graph, std::size_t outcome_count,
                             const std::vector<StartWeight>& weights = {StartWeight{}}, unsigned jobs = 1);

}  // namespace nextkey
