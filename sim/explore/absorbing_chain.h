// How likely each outcome is where states can be come back to: the absorbing Markov chain of a graph.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/explore/count_schedules.h"
#include "sim/explore/exact.h"
#include "sim/explore/state_graph.h"

namespace nextkey {

struct ChainWeights {
  std::vector<Fraction> outcomes;  // Probabilities, by OutcomeIndex.
  Fraction never_ends;             // Probability of going round for ever.
  std::uint64_t longest = 0;       // Choices in the longest schedule that goes through no loop twice.
};

// Any graph, in fractions. Requires: as CountSchedules().
ChainWeights WeighByFractions(const StateGraph& graph, std::size_t outcome_count,
                              const std::vector<StartWeight>& weights);

}  // namespace nextkey
