#include "sim/explore/absorbing_chain.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <utility>

#include "sim/explore/components.h"

namespace nextkey {
namespace {

class Chain {
 public:
  Chain(const StateGraph& graph, std::size_t outcome_count)
      : graph_(graph), components_(FindComponents(graph)) {
    weights_.outcomes.resize(outcome_count);
  }

  ChainWeights Weigh(const std::vector<StartWeight>& starts) {
    // By component: the most choices that lead to it, each loop counted once around.
    std::vector<std::uint64_t> level(ComponentCount(), 0);
    std::vector<Fraction> arrives(graph_.state_count());
    for (std::size_t i = 0; i < graph_.starts().size(); ++i) {
      const StateIndex start = graph_.starts()[i];
      arrives[start] += starts[i].probability;
      std::uint64_t& least = level[components_.of_state[start]];
      least = std::max<std::uint64_t>(least, starts[i].choices);
    }
    for (std::uint32_t component = 0; component < ComponentCount(); ++component) {
      weights_.longest = std::max(weights_.longest, level[component]);
      if (IsLoop(component)) SolveLoop(component, arrives);
      const std::uint64_t behind = level[component] + StatesOf(component).size();
      for (const StateIndex state : StatesOf(component)) {
        const Fraction visits = std::exchange(arrives[state], Fraction());
        if (graph_.IsEnd(state)) weights_.outcomes[graph_.OutcomeOf(state)] += visits;
        const std::span<const StateEdge> edges = graph_.EdgesOf(state);
        for (const StateEdge& edge : edges) {
          const std::uint32_t target = components_.of_state[edge.target];
          if (target == component) continue;
          arrives[edge.target] += visits / static_cast<std::uint64_t>(edges.size());
          level[target] = std::max(level[target], behind);
        }
      }
    }
    return std::move(weights_);
  }

 private:
  std::size_t ComponentCount() const { return components_.first_state.size() - 1; }
  std::span<const StateIndex> StatesOf(std::uint32_t component) const {
    const StateIndex first = components_.first_state[component];
    return std::span<const StateIndex>(components_.states)
        .subspan(first, components_.first_state[component + 1] - first);
  }

  // Whether one of its edges has this answer to: does it stay within the component?
  bool HasEdge(std::uint32_t component, bool stays) const {
    for (const StateIndex state : StatesOf(component)) {
      for (const StateEdge& edge : graph_.EdgesOf(state)) {
        if ((components_.of_state[edge.target] == component) == stays) return true;
      }
    }
    return false;
  }
  bool IsLoop(std::uint32_t component) const { return HasEdge(component, true); }
  bool CanLeave(std::uint32_t component) const { return HasEdge(component, false); }

  // Turns the probabilities of arriving at the states of a loop into the expected numbers of visits:
  // v = b + v P, solved by elimination. A loop without a way out is never left.
  void SolveLoop(std::uint32_t component, std::vector<Fraction>& arrives) {
    const std::span<const StateIndex> states = StatesOf(component);
    if (!CanLeave(component)) {
      for (StateIndex state : states) weights_.never_ends += std::exchange(arrives[state], Fraction());
      return;
    }
    // rows[i][j]: how often going through i brings one to j. States are eliminated from the last on.
    std::map<StateIndex, std::size_t> place;
    for (std::size_t i = 0; i < states.size(); ++i) place[states[i]] = i;
    std::vector<std::map<std::size_t, Fraction>> rows(states.size());
    for (std::size_t i = 0; i < states.size(); ++i) {
      const std::span<const StateEdge> edges = graph_.EdgesOf(states[i]);
      for (const StateEdge& edge : edges) {
        if (components_.of_state[edge.target] == component)
          rows[i][place[edge.target]] += Fraction(1, static_cast<std::uint64_t>(edges.size()));
      }
    }
    EliminateAndSubstitute(states, rows, arrives);
  }

  static void EliminateAndSubstitute(std::span<const StateIndex> states,
                                     std::vector<std::map<std::size_t, Fraction>>& rows,
                                     std::vector<Fraction>& arrives) {
    const std::size_t count = states.size();
    std::vector<Fraction> rounds(count);  // Visits of k for each arrival, lower states left out.
    for (std::size_t k = count; k-- > 0;) {
      const auto self = rows[k].find(k);
      rounds[k] = self == rows[k].end() ? Fraction(1) : Fraction(1) / (Fraction(1) - self->second);
      if (self != rows[k].end()) rows[k].erase(self);
      for (std::size_t i = 0; i < k; ++i) {
        const auto through = rows[i].find(k);
        if (through == rows[i].end()) continue;
        const Fraction weight = through->second * rounds[k];
        for (const auto& [j, way] : rows[k]) {
          if (j < k) rows[i][j] += weight * way;
        }
      }
      // Who arrives at k goes on to the states below it.
      const Fraction own = arrives[states[k]] * rounds[k];
      for (const auto& [j, way] : rows[k]) {
        if (j < k) arrives[states[j]] += own * way;
      }
    }
    // From the first on: all visits of the states below k are known by now.
    for (std::size_t k = 0; k < count; ++k) {
      Fraction visits = arrives[states[k]];
      for (std::size_t i = 0; i < k; ++i) {
        const auto way = rows[i].find(k);
        if (way != rows[i].end()) visits += arrives[states[i]] * way->second;
      }
      arrives[states[k]] = visits * rounds[k];
    }
  }

  const StateGraph& graph_;
  const Components components_;
  ChainWeights weights_;
};

}  // namespace

ChainWeights WeighByFractions(const StateGraph& graph, std::size_t outcome_count,
                              const std::vector<StartWeight>& weights) {
  return Chain(graph, outcome_count).Weigh(weights);
}

}  // namespace nextkey
