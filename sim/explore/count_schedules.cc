#include "sim/explore/count_schedules.h"

#include <algorithm>
#include <bit>
#include <future>
#include <map>
#include <numeric>
#include <utility>

#include "sim/explore/fixed_whole.h"

namespace nextkey {
namespace {

// Of a number, and so of each smaller one.
std::uint64_t BitsOf(std::uint64_t number) { return static_cast<std::uint64_t>(std::bit_width(number)); }
std::uint64_t BitsOf(const Whole& number) { return number == 0 ? 0 : msb(number) + 1; }

// Calls with the zero of the smallest numbers that have so many bits.
template <class Work>
void WithNumbersOf(std::uint64_t bits, Work work) {
  if (bits <= FixedWhole<2>::kBits) {
    work(FixedWhole<2>());
  } else if (bits <= FixedWhole<4>::kBits) {
    work(FixedWhole<4>());
  } else {
    work(Whole());
  }
}

// Probabilities as whole numbers: at a state of level l a number n stands for n / base^l. `base` is
// divided by every number of choices, so no step leaves the whole numbers, and nothing has to be
// reduced before the end.
class ScaledProbability {
 public:
  explicit ScaledProbability(std::uint64_t base) : base_(base) {}

  // From a state with `choices` choices over one of them to the next level.
  template <class Number>
  void PassOver(std::uint64_t choices, Number& probability) const {
    probability *= base_ / choices;
  }
  template <class Number>
  void PassLevels(std::uint64_t levels, Number& probability) const {
    for (std::uint64_t i = 0; i < levels; ++i) probability *= base_;
  }
  std::uint64_t BitsAtLevel(std::uint64_t level) const { return level * BitsOf(base_); }
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
      : graph_(graph), weights_(weights), components_(FindComponents(graph)) {
    result_.outcomes.resize(outcome_count);
    for (OutcomeCount& outcome : result_.outcomes) outcome.schedules = 0;
    result_.schedules = 0;
    FindLevels();
  }

  ScheduleCount Count(unsigned jobs) {
    if (graph_.state_count() == 0) return std::move(result_);
    // The two write different parts of the result.
    const auto policy = jobs > 1 ? std::launch::async : std::launch::deferred;
    std::future<void> counted = std::async(policy, [this] {
      WithNumbersOf(BitsOfPaths(), [this](auto zero) { CountPaths<decltype(zero)>(); });
    });
    Weigh();
    counted.get();
    return std::move(result_);
  }

 private:
  std::size_t ComponentCount() const { return components_.first_state.size() - 1; }
  std::span<const StateIndex> StatesOf(std::uint32_t component) const {
    const StateIndex first = components_.first_state[component];
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
      const std::uint64_t behind = level_[component] + StatesOf(component).size();
      for (StateIndex state : StatesOf(component)) {
        const std::span<const StateEdge> edges = graph_.EdgesOf(state);
        most_choices_ = std::max<std::uint64_t>(most_choices_, edges.size());
        for (const StateEdge& edge : edges) {
          const std::uint32_t target = components_.of_state[edge.target];
          if (target == component) {
            is_loop_[component] = has_loops_ = true;
          } else {
            level_[target] = std::max(level_[target], behind);
          }
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
      const ScaledProbability scale(*base);
      Whole denominator = 1;
      for (const StartWeight& weight : weights_)
        denominator = lcm(denominator, boost::multiprecision::denominator(weight.probability));
      // No probability is above 1.
      WithNumbersOf(BitsOf(denominator) + scale.BitsAtLevel(result_.longest),
                    [&](auto zero) { WeighByWholeNumbers<decltype(zero)>(scale, denominator); });
    }
  }

  // Of the number of schedules that come to a state, at most.
  std::uint64_t BitsOfPaths() const {
    Whole sum = 0;
    for (const StartWeight& weight : weights_) sum += weight.schedules;
    return BitsOf(sum) + result_.longest * BitsOf(most_choices_);
  }

  // Behind a loop there are infinitely many.
  template <class Number>
  void CountPaths() {
    std::vector<Number> paths_to(graph_.state_count());
    std::vector<bool> is_infinite(ComponentCount(), false);
    for (std::size_t i = 0; i < graph_.starts().size(); ++i)
      paths_to[graph_.starts()[i]] += Number(weights_[i].schedules);
    for (std::uint32_t component = 0; component < ComponentCount(); ++component) {
      is_infinite[component] = is_infinite[component] || is_loop_[component];
      for (StateIndex state : StatesOf(component)) {
        const Number paths = std::exchange(paths_to[state], Number());
        if (is_infinite[component]) {
          AddSchedules(state, std::nullopt);
        } else if (graph_.IsEnd(state)) {
          AddSchedules(state, Whole(paths));
        }
        for (const StateEdge& edge : graph_.EdgesOf(state)) {
          const std::uint32_t target = components_.of_state[edge.target];
          if (is_infinite[component]) is_infinite[target] = true;
          if (!is_infinite[target]) paths_to[edge.target] += paths;
        }
      }
    }
  }

  // nullopt: infinitely many.
  void AddSchedules(StateIndex state, const std::optional<Whole>& paths) {
    if (!paths) result_.schedules.reset();
    if (!graph_.IsEnd(state)) return;
    std::optional<Whole>& schedules = result_.outcomes[graph_.OutcomeOf(state)].schedules;
    if (!paths) {
      schedules.reset();
      return;
    }
    if (schedules) *schedules += *paths;
    if (result_.schedules) *result_.schedules += *paths;
  }

  // Requires: no loops.
  template <class Number>
  void WeighByWholeNumbers(const ScaledProbability& scale, const Whole& denominator) {
    std::vector<Number> probability(graph_.state_count());
    for (std::size_t i = 0; i < graph_.starts().size(); ++i) {
      const StateIndex start = graph_.starts()[i];
      const Fraction whole = weights_[i].probability * denominator;
      probability[start] += Number(scale.ToLevel(numerator(whole), level_[components_.of_state[start]]));
    }
    // Ends of one outcome and one level are added up before they become fractions.
    std::map<std::pair<OutcomeIndex, std::uint64_t>, Whole> ends;
    for (std::uint32_t component = 0; component < ComponentCount(); ++component) {
      const StateIndex state = StatesOf(component).front();
      Number passed = std::exchange(probability[state], Number());
      if (graph_.IsEnd(state)) ends[{graph_.OutcomeOf(state), level_[component]}] += Whole(passed);
      const std::span<const StateEdge> edges = graph_.EdgesOf(state);
      if (!edges.empty()) scale.PassOver(edges.size(), passed);
      for (const StateEdge& edge : edges) {
        const std::uint64_t levels = level_[components_.of_state[edge.target]] - level_[component];
        if (levels == 1) {
          probability[edge.target] += passed;
          continue;
        }
        Number further = passed;
        scale.PassLevels(levels - 1, further);
        probability[edge.target] += further;
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
  std::vector<std::uint64_t> level_;
  std::uint64_t most_choices_ = 0;
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
