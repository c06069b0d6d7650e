#include "sim/explore/count_schedules.h"

#include <algorithm>
#include <future>
#include <map>
#include <numeric>
#include <utility>

namespace nextkey {
namespace {

// Probabilities as whole numbers: at a state of level l a number n stands for n / base^l. `base` is
// divided by every number of choices, so no step leaves the whole numbers, and nothing has to be
// reduced before the end.
class ScaledProbability {
 public:
  explicit ScaledProbability(std::uint64_t base) : base_(base) {}

  // From a state with `choices` choices over one of them to a state `levels` further.
  Whole Over(const Whole& probability, std::uint64_t choices, std::uint64_t levels) const {
    Whole passed = probability * (base_ / choices);
    for (std::uint64_t i = 1; i < levels; ++i) passed *= base_;
    return passed;
  }
  Fraction AtLevel(const Whole& probability, std::uint64_t level) const {
    return Fraction(probability, PowerOf(level));
  }
  Whole ToLevel(const Whole& probability, std::uint64_t level) const { return probability * PowerOf(level); }

 private:
  Whole PowerOf(std::uint64_t level) const {
    return boost::multiprecision::pow(Whole(base_), static_cast<unsigned>(level));
  }

  std::uint64_t base_;
};

// nullopt: so many different numbers of choices that fractions do as well.
std::optional<std::uint64_t> CommonMultipleOfChoices(const StateGraph& graph) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 40;
  std::uint64_t multiple = 1;
  for (StateIndex state = 0; state < graph.state_count(); ++state) {
    const std::uint64_t choices = graph.EdgesOf(state).size();
    if (choices == 0) continue;
    if (choices > kMost / multiple) return std::nullopt;
    multiple = std::lcm(multiple, choices);
  }
  return multiple;
}

class Counter {
 public:
  Counter(const StateGraph& graph, std::size_t outcome_count, const std::vector<StartWeight>& weights)
      : graph_(graph), weights_(weights), components_(FindComponents(graph)), paths_(graph.state_count()) {
    result_.outcomes.resize(outcome_count);
    for (OutcomeCount& outcome : result_.outcomes) outcome.schedules = 0;
    result_.schedules = 0;
    FindLevels();
  }

  ScheduleCount Count(unsigned jobs) {
    if (graph_.state_count() == 0) return std::move(result_);
    // The two write different parts of the result.
    const auto policy = jobs > 1 ? std::launch::async : std::launch::deferred;
    std::future<void> counted = std::async(policy, [this] { CountPaths(); });
    Weigh();
    counted.get();
    return std::move(result_);
  }

 private:
  std::size_t ComponentCount() const { return components_.first_state.size() - 1; }
  std::span<const StateIndex> StatesOf(std::uint32_t component) const {
    const std::uint64_t first = components_.first_state[component];
    return std::span<const StateIndex>(components_.states)
        .subspan(first, components_.first_state[component + 1] - first);
  }

  // The level of a component: the most choices that lead to it, each loop counted once around.
  void FindLevels() {
    level_.assign(ComponentCount(), 0);
    is_loop_.assign(ComponentCount(), false);
    for (std::size_t i = 0; i < graph_.starts().size(); ++i) {
      std::uint64_t& level = level_[components_.of_state[graph_.starts()[i]]];
      level = std::max(level, weights_[i].choices);
    }
    for (std::uint32_t component = 0; component < ComponentCount(); ++component) {
      is_loop_[component] = components_.HasLoop(graph_, component);
      has_loops_ = has_loops_ || is_loop_[component];
      const std::uint64_t behind = level_[component] + StatesOf(component).size();
      for (StateIndex state : StatesOf(component)) {
        for (const StateEdge& edge : graph_.EdgesOf(state)) {
          const std::uint32_t target = components_.of_state[edge.target];
          if (target != component) level_[target] = std::max(level_[target], behind);
        }
      }
      result_.longest = std::max(result_.longest, level_[component]);
    }
  }

  void Weigh() {
    const std::optional<std::uint64_t> base = CommonMultipleOfChoices(graph_);
    if (has_loops_ || !base) {
      WeighByFractions();
    } else {
      WeighByWholeNumbers(ScaledProbability(*base));
    }
  }

  // paths_[s]: schedules that come to s. Behind a loop there are infinitely many.
  void CountPaths() {
    std::vector<bool> is_infinite(ComponentCount(), false);
    for (std::size_t i = 0; i < graph_.starts().size(); ++i)
      paths_[graph_.starts()[i]] += weights_[i].schedules;
    for (std::uint32_t component = 0; component < ComponentCount(); ++component) {
      is_infinite[component] = is_infinite[component] || is_loop_[component];
      for (StateIndex state : StatesOf(component)) {
        const Whole paths = std::exchange(paths_[state], Whole());
        AddSchedules(state, is_infinite[component] ? nullptr : &paths);
        for (const StateEdge& edge : graph_.EdgesOf(state)) {
          const std::uint32_t target = components_.of_state[edge.target];
          if (is_infinite[component]) is_infinite[target] = true;
          if (!is_infinite[target]) paths_[edge.target] += paths;
        }
      }
    }
  }

  // nullptr: infinitely many.
  void AddSchedules(StateIndex state, const Whole* paths) {
    if (paths == nullptr) result_.schedules.reset();
    if (!graph_.IsEnd(state)) return;
    std::optional<Whole>& schedules = result_.outcomes[graph_.OutcomeOf(state)].schedules;
    if (paths == nullptr) {
      schedules.reset();
      return;
    }
    if (schedules) *schedules += *paths;
    if (result_.schedules) *result_.schedules += *paths;
  }

  // Requires: no loops.
  void WeighByWholeNumbers(const ScaledProbability& scale) {
    std::vector<Whole> probability(graph_.state_count());
    Whole denominator = 1;
    for (const StartWeight& weight : weights_)
      denominator = lcm(denominator, boost::multiprecision::denominator(weight.probability));
    for (std::size_t i = 0; i < graph_.starts().size(); ++i) {
      const StateIndex start = graph_.starts()[i];
      const Fraction whole = weights_[i].probability * denominator;
      probability[start] += scale.ToLevel(numerator(whole), level_[components_.of_state[start]]);
    }
    // Ends of one outcome and one level are added up before they become fractions.
    std::map<std::pair<OutcomeIndex, std::uint64_t>, Whole> ends;
    for (std::uint32_t component = 0; component < ComponentCount(); ++component) {
      const StateIndex state = StatesOf(component).front();
      const Whole own = std::exchange(probability[state], Whole());
      if (graph_.IsEnd(state)) ends[{graph_.OutcomeOf(state), level_[component]}] += own;
      const std::span<const StateEdge> edges = graph_.EdgesOf(state);
      for (const StateEdge& edge : edges) {
        const std::uint64_t levels = level_[components_.of_state[edge.target]] - level_[component];
        probability[edge.target] += scale.Over(own, edges.size(), levels);
      }
    }
    for (const auto& [end, sum] : ends)
      result_.outcomes[end.first].probability += scale.AtLevel(sum, end.second) / denominator;
  }

  void WeighByFractions() {
    std::vector<Fraction> arrives(graph_.state_count());
    for (std::size_t i = 0; i < graph_.starts().size(); ++i)
      arrives[graph_.starts()[i]] += weights_[i].probability;
    for (std::uint32_t component = 0; component < ComponentCount(); ++component) {
      if (is_loop_[component]) SolveLoop(component, arrives);
      for (StateIndex state : StatesOf(component)) {
        const Fraction visits = std::exchange(arrives[state], Fraction());
        if (graph_.IsEnd(state)) result_.outcomes[graph_.OutcomeOf(state)].probability += visits;
        const std::span<const StateEdge> edges = graph_.EdgesOf(state);
        for (const StateEdge& edge : edges) {
          if (components_.of_state[edge.target] != component)
            arrives[edge.target] += visits / static_cast<std::uint64_t>(edges.size());
        }
      }
    }
  }

  // Turns the probabilities of arriving at the states of a loop into the expected numbers of visits:
  // v = b + v P, solved by elimination. A loop without a way out is never left.
  void SolveLoop(std::uint32_t component, std::vector<Fraction>& arrives) {
    const std::span<const StateIndex> states = StatesOf(component);
    if (!CanLeave(component)) {
      for (StateIndex state : states) result_.never_ends += std::exchange(arrives[state], Fraction());
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

  bool CanLeave(std::uint32_t component) const {
    for (StateIndex state : StatesOf(component)) {
      for (const StateEdge& edge : graph_.EdgesOf(state)) {
        if (components_.of_state[edge.target] != component) return true;
      }
    }
    return false;
  }

  const StateGraph& graph_;
  const std::vector<StartWeight>& weights_;
  Components components_;
  std::vector<Whole> paths_;
  std::vector<std::uint64_t> level_;
  std::vector<bool> is_loop_;
  bool has_loops_ = false;
  ScheduleCount result_;
};

}  // namespace

ScheduleCount CountSchedules(const StateGraph& graph, std::size_t outcome_count,
                             const std::vector<StartWeight>& weights, unsigned jobs) {
  return Counter(graph, outcome_count, weights).Count(jobs);
}

}  // namespace nextkey
