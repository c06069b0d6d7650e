#include "sim/explore/state_graph.h"

#include <algorithm>
#include <utility>

namespace nextkey {
namespace {

constexpr std::uint32_t kUnseen = UINT32_MAX;

// Tarjan's algorithm (1972) with a stack of its own: paths are as long as schedules.
class ComponentFinder {
 public:
  explicit ComponentFinder(const StateGraph& graph)
      : graph_(graph), number_(graph.state_count(), kUnseen), lowest_(graph.state_count(), kUnseen) {
    components_.of_state.assign(graph.state_count(), kUnseen);
  }

  Components Find() {
    for (const StateIndex start : graph_.starts()) {
      if (number_[start] == kUnseen) FindFrom(start);
    }
    Order();
    return std::move(components_);
  }

 private:
  void FindFrom(StateIndex start) {
    Visit(start);
    while (!path_.empty()) {
      Frame& top = path_.back();
      const std::span<const StateEdge> edges = graph_.EdgesOf(top.state);
      if (top.next_edge < edges.size()) {
        Follow(top.state, edges[top.next_edge++].target);
      } else {
        Leave(top.state);
      }
    }
  }

  struct Frame {
    StateIndex state;
    std::uint32_t next_edge = 0;
  };

  void Visit(StateIndex state) {
    number_[state] = lowest_[state] = next_number_++;
    open_.push_back(state);
    path_.push_back({state});
  }

  void Follow(StateIndex from, StateIndex to) {
    if (number_[to] == kUnseen) return Visit(to);
    const bool is_open = components_.of_state[to] == kUnseen;
    if (is_open) lowest_[from] = std::min(lowest_[from], number_[to]);
  }

  void Leave(StateIndex state) {
    path_.pop_back();
    if (!path_.empty()) {
      StateIndex& parent = path_.back().state;
      lowest_[parent] = std::min(lowest_[parent], lowest_[state]);
    }
    if (lowest_[state] != number_[state]) return;
    while (true) {
      const StateIndex member = open_.back();
      open_.pop_back();
      components_.of_state[member] = component_count_;
      if (member == state) break;
    }
    ++component_count_;
  }

  // Tarjan finds components against the direction of the edges.
  void Order() {
    components_.first_state.assign(component_count_ + 1, 0);
    for (std::uint32_t& component : components_.of_state) {
      if (component == kUnseen) continue;
      component = component_count_ - 1 - component;
      ++components_.first_state[component + 1];
    }
    for (std::size_t i = 1; i < components_.first_state.size(); ++i)
      components_.first_state[i] += components_.first_state[i - 1];
    components_.states.resize(components_.first_state.back());
    std::vector<std::uint64_t> next(components_.first_state.begin(), components_.first_state.end() - 1);
    for (StateIndex state = 0; state < components_.of_state.size(); ++state) {
      const std::uint32_t component = components_.of_state[state];
      if (component != kUnseen) components_.states[next[component]++] = state;
    }
  }

  const StateGraph& graph_;
  std::vector<std::uint32_t> number_;
  std::vector<std::uint32_t> lowest_;
  std::vector<StateIndex> open_;
  std::vector<Frame> path_;
  Components components_;
  std::uint32_t next_number_ = 0;
  std::uint32_t component_count_ = 0;
};

}  // namespace

StateGraph::StateGraph(std::vector<StateIndex> starts, std::size_t state_count,
                       std::span<const Expansion> expansions, std::span<const StateEdge> edges)
    : starts_(std::move(starts)),
      first_edge_(state_count + 1, 0),
      edges_(edges.size()),
      outcomes_(state_count, kNoOutcome),
      is_complete_(expansions.size() == state_count) {
  for (const Expansion& expansion : expansions) {
    first_edge_[expansion.state + 1] = expansion.edge_count;
    outcomes_[expansion.state] = expansion.outcome;
  }
  for (std::size_t i = 1; i <= state_count; ++i) first_edge_[i] += first_edge_[i - 1];
  std::size_t read = 0;
  for (const Expansion& expansion : expansions) {
    std::copy_n(edges.begin() + static_cast<std::ptrdiff_t>(read), expansion.edge_count,
                edges_.begin() + static_cast<std::ptrdiff_t>(first_edge_[expansion.state]));
    read += expansion.edge_count;
  }
}

Components FindComponents(const StateGraph& graph) { return ComponentFinder(graph).Find(); }

bool Components::HasLoop(const StateGraph& graph, std::uint32_t component) const {
  const std::uint64_t first = first_state[component];
  if (first_state[component + 1] - first > 1) return true;
  const StateIndex only = states[first];
  const std::span<const StateEdge> edges = graph.EdgesOf(only);
  return std::any_of(edges.begin(), edges.end(), [&](const StateEdge& edge) { return edge.target == only; });
}

}  // namespace nextkey
