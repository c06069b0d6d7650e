#include "sim/explore/graph_levels.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>

#include "sim/explore/in_parallel.h"

namespace nextkey {
namespace {

// A state has its level once all edges to it have been seen from the levels before (Kahn 1962).
class LevelFinder {
 public:
  LevelFinder(const StateGraph& graph, const std::vector<std::uint32_t>& start_levels, unsigned jobs)
      : graph_(graph),
        start_levels_(start_levels),
        jobs_(JobsFor(graph.state_count(), jobs)),
        next_level_(jobs_) {
    levels_.states.reserve(graph.state_count());
    levels_.of_state.resize(graph.state_count());
  }

  GraphLevels Find() {
    CountWaysIn();
    std::vector<std::size_t> starts(start_levels_.size());
    std::iota(starts.begin(), starts.end(), std::size_t{0});
    std::sort(starts.begin(), starts.end(),
              [this](std::size_t a, std::size_t b) { return start_levels_[a] > start_levels_[b]; });
    while (true) {
      const std::uint32_t level = BeginLevel();
      for (; !starts.empty() && start_levels_[starts.back()] == level; starts.pop_back())
        SeeWay<true>(graph_.starts()[starts.back()], level, levels_.states);
      if (starts.empty() && levels_.first_state.back() == levels_.states.size()) break;
      GoThrough(level);
    }
    if (levels_.HasLoops()) ForgetWays();
    return std::move(levels_);
  }

 private:
  // Until a state has a level, the edges that lead to it, and its being a start, that were not seen yet
  // stand in its place. Each thread those into some of the states.
  void CountWaysIn() {
    for (const StateIndex start : graph_.starts()) ++levels_.of_state[start];
    const std::size_t states = graph_.state_count();
    OnThreads(jobs_, [&](unsigned job) {
      const std::size_t first = states * job / jobs_;
      const std::size_t count = states * (job + 1) / jobs_ - first;
      std::uint32_t* const ways = levels_.of_state.data() + first;
      for (const StateGraph::Edges& part : graph_.edges()) {
        for (const std::vector<StateEdge>& block : part.blocks()) {
          for (const StateEdge& edge : block) {
            if (edge.target - first < count) ++ways[edge.target - first];
          }
        }
      }
    });
  }

  std::uint32_t BeginLevel() {
    levels_.first_state.push_back(static_cast<StateIndex>(levels_.states.size()));
    for (std::vector<StateIndex>& states : next_level_) {
      levels_.states.insert(levels_.states.end(), states.begin(), states.end());
      states.clear();
    }
    return levels_.count();
  }

  void GoThrough(std::uint32_t level) {
    const StateIndex first = levels_.first_state.back();
    const std::span<const StateIndex> states = std::span(levels_.states).subspan(first);
    const unsigned jobs = JobsFor(states.size(), jobs_);
    if (jobs == 1) return GoThrough<true>(states, level, next_level_.front());
    OnThreads(jobs, [&](unsigned job) {
      const std::size_t begin = states.size() * job / jobs, end = states.size() * (job + 1) / jobs;
      GoThrough<false>(states.subspan(begin, end - begin), level, next_level_[job]);
    });
  }

  template <bool kIsAlone>
  void GoThrough(std::span<const StateIndex> states, std::uint32_t level, std::vector<StateIndex>& found) {
    constexpr std::size_t kFar = 8, kFarthest = 16;
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (i + kFarthest < states.size()) graph_.PrefetchState(states[i + kFarthest]);
      if (i + kFar < states.size()) graph_.PrefetchEdges(states[i + kFar]);
      for (const StateEdge& edge : graph_.EdgesOf(states[i])) SeeWay<kIsAlone>(edge.target, level + 1, found);
    }
  }

  // Who is alone needs no locked instruction.
  template <bool kIsAlone>
  void SeeWay(StateIndex state, std::uint32_t level, std::vector<StateIndex>& found) {
    std::uint32_t& ways = levels_.of_state[state];
    std::uint32_t left = 0;
    if constexpr (kIsAlone) {
      left = --ways;
    } else {
      left = std::atomic_ref(ways).fetch_sub(1, std::memory_order_acq_rel) - 1;
    }
    if (left > 0) return;
    ways = level;
    found.push_back(state);
  }

  void ForgetWays() {
    std::fill(levels_.of_state.begin(), levels_.of_state.end(), GraphLevels::kNoLevel);
    for (std::uint32_t level = 0; level < levels_.count(); ++level) {
      for (StateIndex at = levels_.first_state[level]; at < levels_.first_state[level + 1]; ++at)
        levels_.of_state[levels_.states[at]] = level;
    }
  }

  const StateGraph& graph_;
  const std::vector<std::uint32_t>& start_levels_;
  const unsigned jobs_;
  std::vector<std::vector<StateIndex>> next_level_;  // What each thread found.
  GraphLevels levels_;
};

}  // namespace

GraphLevels FindLevels(const StateGraph& graph, const std::vector<std::uint32_t>& start_levels,
                       unsigned jobs) {
  return LevelFinder(graph, start_levels, jobs).Find();
}

}  // namespace nextkey
