#include "sim/explore/count_schedules.h"

#include <algorithm>
#include <bit>
#include <future>
#include <map>
#include <numeric>
#include <span>
#include <utility>

#include "sim/explore/absorbing_chain.h"
#include "sim/explore/fixed_whole.h"
#include "sim/explore/graph_levels.h"

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
  } else if (bits <= FixedWhole<3>::kBits) {
    work(FixedWhole<3>());
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
  std::uint64_t BitsAtLevel(std::uint64_t level) const { return BitsOf(PowerOf(level)); }
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

// How many choices the states of a graph have.
struct ChoiceNumbers {
  std::uint64_t most = 0;
  // Of all that are not 0; absent: they are so many different ones that fractions do as well.
  std::optional<std::uint64_t> common_multiple = 1;
};

ChoiceNumbers ChoiceNumbersOf(const StateGraph& graph) {
  constexpr std::uint64_t kMostMultiple = std::uint64_t{1} << 40;
  std::vector<bool> occurs;
  for (StateIndex state = 0; state < graph.state_count(); ++state) {
    const std::size_t choices = graph.EdgesOf(state).size();
    if (choices >= occurs.size()) occurs.resize(choices + 1, false);
    occurs[choices] = true;
  }
  ChoiceNumbers numbers;
  for (std::uint64_t choices = 1; choices < occurs.size(); ++choices) {
    if (!occurs[choices]) continue;
    numbers.most = choices;
    if (choices > kMostMultiple / *numbers.common_multiple) return {occurs.size() - 1, std::nullopt};
    numbers.common_multiple = std::lcm(*numbers.common_multiple, choices);
  }
  return numbers;
}

class Counter {
 public:
  Counter(const StateGraph& graph, std::size_t outcome_count, const std::vector<StartWeight>& weights,
          unsigned jobs)
      : graph_(graph),
        weights_(weights),
        jobs_(jobs),
        choices_(ChoiceNumbersOf(graph)),
        levels_(FindLevels(graph, StartLevels(weights), jobs)) {
    result_.outcomes.resize(outcome_count);
  }

  ScheduleCount Count() {
    // The two write different parts of the result.
    const auto policy = jobs_ > 1 ? std::launch::async : std::launch::deferred;
    std::future<void> counted = std::async(policy, [this] {
      WithNumbersOf(BitsOfPaths(), [this](auto zero) { CountPaths<decltype(zero)>(); });
    });
    Weigh();
    counted.get();
    return std::move(result_);
  }

 private:
  static std::vector<std::uint32_t> StartLevels(const std::vector<StartWeight>& weights) {
    std::vector<std::uint32_t> levels;
    for (const StartWeight& weight : weights) levels.push_back(weight.choices);
    return levels;
  }

  std::span<const StateIndex> StatesOfLevel(std::uint32_t level) const {
    const StateIndex first = levels_.first_state[level];
    return std::span<const StateIndex>(levels_.states).subspan(first, levels_.first_state[level + 1] - first);
  }

  // Visits the states of a level. `prefetch` is called for what each of them, and each that it leads to, has
  // to say: in a large graph all of it is far away.
  template <class Prefetch, class Visit>
  void ForEachOfLevel(std::uint32_t level, Prefetch prefetch, Visit visit) const {
    constexpr std::size_t kNear = 2, kFar = 6, kFarthest = 16;
    const std::span<const StateIndex> states = StatesOfLevel(level);
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (i + kFarthest < states.size()) graph_.PrefetchState(states[i + kFarthest]);
      if (i + kFar < states.size()) {
        graph_.PrefetchEdges(states[i + kFar]);
        prefetch(states[i + kFar]);
      }
      if (i + kNear < states.size()) {
        for (const StateEdge& edge : graph_.EdgesOf(states[i + kNear])) prefetch(edge.target);
      }
      visit(states[i]);
    }
  }

  // Of the number of schedules that come to a state, at most.
  std::uint64_t BitsOfPaths() const {
    Whole sum = 0;
    for (const StartWeight& weight : weights_) sum += weight.schedules;
    return BitsOf(sum) + levels_.count() * BitsOf(choices_.most);
  }

  // Through a loop there are infinitely many.
  template <class Number>
  void CountPaths() {
    std::vector<Number> paths_to(graph_.state_count());
    for (std::size_t i = 0; i < graph_.starts().size(); ++i)
      paths_to[graph_.starts()[i]] += Number(weights_[i].schedules);
    std::vector<Number> ends(result_.outcomes.size());
    const auto prefetch = [&](StateIndex state) { __builtin_prefetch(&paths_to[state], 1); };
    for (std::uint32_t level = 0; level < levels_.count(); ++level) {
      ForEachOfLevel(level, prefetch, [&](StateIndex state) {
        const Number paths = std::exchange(paths_to[state], Number());
        if (graph_.IsEnd(state)) ends[graph_.OutcomeOf(state)] += paths;
        for (const StateEdge& edge : graph_.EdgesOf(state)) paths_to[edge.target] += paths;
      });
    }
    for (std::size_t i = 0; i < ends.size(); ++i) result_.outcomes[i].schedules = Whole(ends[i]);
    if (levels_.HasLoops()) return ForgetSchedulesBehindLoops();
    result_.schedules = 0;
    for (const OutcomeCount& outcome : result_.outcomes) *result_.schedules += *outcome.schedules;
  }

  void ForgetSchedulesBehindLoops() {
    for (StateIndex state = 0; state < graph_.state_count(); ++state) {
      if (graph_.IsEnd(state) && levels_.of_state[state] == GraphLevels::kNoLevel)
        result_.outcomes[graph_.OutcomeOf(state)].schedules.reset();
    }
  }

  void Weigh() {
    if (levels_.HasLoops() || !choices_.common_multiple) {
      ChainWeights chain = WeighByFractions(graph_, result_.outcomes.size(), weights_);
      for (std::size_t i = 0; i < result_.outcomes.size(); ++i)
        result_.outcomes[i].probability = std::move(chain.outcomes[i]);
      result_.never_ends = std::move(chain.never_ends);
      result_.longest = chain.longest;
      return;
    }
    result_.longest = levels_.count() == 0 ? 0 : levels_.count() - 1;
    const ScaledProbability scale(*choices_.common_multiple);
    Whole denominator = 1;
    for (const StartWeight& weight : weights_)
      denominator = lcm(denominator, boost::multiprecision::denominator(weight.probability));
    // No probability is above 1.
    WithNumbersOf(BitsOf(denominator) + scale.BitsAtLevel(result_.longest),
                  [&](auto zero) { WeighByWholeNumbers<decltype(zero)>(scale, denominator); });
  }

  // Requires: no loops.
  template <class Number>
  void WeighByWholeNumbers(const ScaledProbability& scale, const Whole& denominator) {
    std::vector<Number> probability(graph_.state_count());
    for (std::size_t i = 0; i < graph_.starts().size(); ++i) {
      const StateIndex start = graph_.starts()[i];
      const Fraction whole = weights_[i].probability * denominator;
      probability[start] += Number(scale.ToLevel(numerator(whole), levels_.of_state[start]));
    }
    const auto prefetch = [&](StateIndex state) {
      __builtin_prefetch(&probability[state], 1);
      __builtin_prefetch(&levels_.of_state[state]);
    };
    for (std::uint32_t level = 0; level < levels_.count(); ++level) {
      // Ends of one outcome are added up before they become fractions.
      std::map<OutcomeIndex, Number> ends;
      ForEachOfLevel(level, prefetch, [&](StateIndex state) {
        Number passed = std::exchange(probability[state], Number());
        if (graph_.IsEnd(state)) ends[graph_.OutcomeOf(state)] += passed;
        const std::span<const StateEdge> edges = graph_.EdgesOf(state);
        if (!edges.empty()) scale.PassOver(edges.size(), passed);
        for (const StateEdge& edge : edges) {
          const std::uint32_t levels = levels_.of_state[edge.target] - level;
          if (levels == 1) {
            probability[edge.target] += passed;
            continue;
          }
          Number further = passed;
          scale.PassLevels(levels - 1, further);
          probability[edge.target] += further;
        }
      });
      for (const auto& [outcome, sum] : ends)
        result_.outcomes[outcome].probability += scale.AtLevel(Whole(sum), level) / denominator;
    }
  }

  const StateGraph& graph_;
  const std::vector<StartWeight>& weights_;
  const unsigned jobs_;
  const ChoiceNumbers choices_;
  const GraphLevels levels_;
  ScheduleCount result_;
};

}  // namespace

ScheduleCount CountSchedules(const StateGraph& graph, std::size_t outcome_count,
                             const std::vector<StartWeight>& weights, unsigned jobs) {
  return Counter(graph, outcome_count, weights, jobs).Count();
}

}  // namespace nextkey
