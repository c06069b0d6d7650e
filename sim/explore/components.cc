#include "sim/explore/components.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace nextkey {
namespace {

constexpr std::uint32_t kUnseen = UINT32_MAX;

// Tarjan's algorithm (1972) with a stack of its own: paths are as long as schedules.
class ComponentFinder {
 public:
  explicit ComponentFinder(const StateGraph& graph) : graph_(graph), marks_(graph.state_count()) {
    components_.of_state.assign(graph.state_count(), kUnseen);
  }

  Components Find() {
    for (const StateIndex start : graph_.starts()) {
      if (marks_[start].number == kUnseen) FindFrom(start);
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
  struct Mark {
    std::uint32_t number = kUnseen;  // In the order of the first visits.
    std::uint32_t lowest = kUnseen;  // That can be come back to.
  };

  void Visit(StateIndex state) {
    marks_[state] = {next_number_, next_number_};
    ++next_number_;
    open_.push_back(state);
    path_.push_back({state});
  }

  void Follow(StateIndex from, StateIndex to) {
    const Mark& mark = marks_[to];
    if (mark.number == kUnseen) return Visit(to);
    const bool is_open = components_.of_state[to] == kUnseen;
    if (is_open) marks_[from].lowest = std::min(marks_[from].lowest, mark.number);
  }

  void Leave(StateIndex state) {
    path_.pop_back();
    if (!path_.empty()) {
      Mark& parent = marks_[path_.back().state];
      parent.lowest = std::min(parent.lowest, marks_[state].lowest);
    }
    if (marks_[state].lowest != marks_[state].number) return;
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
    std::vector<StateIndex>& first = components_.first_state;
    for (std::size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
    components_.states.resize(first.back());
    // Ends up with the first of each component where its end was.
    for (StateIndex state = static_cast<StateIndex>(components_.of_state.size()); state-- > 0;) {
      const std::uint32_t component = components_.of_state[state];
      if (component != kUnseen) components_.states[--first[component + 1]] = state;
    }
    first.erase(first.begin());
    first.push_back(static_cast<StateIndex>(components_.states.size()));
  }

  const StateGraph& graph_;
  std::vector<Mark> marks_;  // By state.
  std::vector<StateIndex> open_;
  std::vector<Frame> path_;
  Components components_;
  std::uint32_t next_number_ = 0;
  std::uint32_t component_count_ = 0;
};

}  // namespace

Components FindComponents(const StateGraph& graph) { return ComponentFinder(graph).Find(); }

}  // namespace nextkey
