#include "sim/explore/graph_levels.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <numeric>
#include <utility>

#include "sim/explore/in_parallel.h"

namespace nextkey {
namespace {

// A state has its level once all edges to it have been seen from the levels before (Kahn 1962).
class LevelFinder {
 public:
  LevelFinder(const StateGraph& graph, const std::vector<std::uint32_t>& start_levels, unsigned jobs)
      : graph_(graph), start_levels_(start_levels), jobs_(jobs), next_level_(jobs) {
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
        SeeWay(graph_.starts()[starts.back()], level, levels_.states);
      if (starts.empty() && levels_.first_state.back() == levels_.states.size()) break;
      GoThrough(level);
    }
    if (levels_.HasLoops()) ForgetWays();
    return std::move(levels_);
  }

 private:
  // Until a state has a level, the edges that lead to it, and its being a start, that were not seen yet.
  using Ways = std::atomic_ref<std::uint32_t>;

  // Each thread those into some of the states.
  void CountWaysIn() {
    for (const StateIndex start : graph_.starts()) ++levels_.of_state[start];
    const std::size_t states = graph_.state_count();
    InParallel(jobs_, states, [&](unsigned job) {
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
    const std::size_t count = levels_.states.size() - first;
    InParallel(jobs_, count, [&](unsigned job) {
      const StateIndex* state = levels_.states.data() + first + count * job / jobs_;
      const StateIndex* const end = levels_.states.data() + first + count * (job + 1) / jobs_;
      for (; state != end; ++state) {
        if (end - state > kFarAhead) graph_.PrefetchState(state[kFarAhead]);
        if (end - state > kAhead) graph_.PrefetchEdges(state[kAhead]);
        for (const StateEdge& edge : graph_.EdgesOf(*state)) SeeWay(edge.target, level + 1, next_level_[job]);
      }
    });
  }

  void SeeWay(StateIndex state, std::uint32_t level, std::vector<StateIndex>& found) {
    Ways ways(levels_.of_state[state]);
    std::uint32_t left = 0;
    if (jobs_ == 1) {
      left = ways.load(std::memory_order_relaxed) - 1;
      ways.store(left, std::memory_order_relaxed);
    } else {
      left = ways.fetch_sub(1, std::memory_order_relaxed) - 1;
    }
    if (left > 0) return;
    ways.store(level, std::memory_order_relaxed);
    found.push_back(state);
  }

  void ForgetWays() {
    std::fill(levels_.of_state.begin(), levels_.of_state.end(), GraphLevels::kNoLevel);
    for (std::uint32_t level = 0; level < levels_.count(); ++level) {
      for (StateIndex at = levels_.first_state[level]; at < levels_.first_state[level + 1]; ++at)
        levels_.of_state[levels_.states[at]] = level;
    }
  }

  static constexpr std::ptrdiff_t kAhead = 8;
  static constexpr std::ptrdiff_t kFarAhead = 16;

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
