// The graph of distinct states that a search went through: from which state whose choice leads where.
//
// It knows nothing of worlds. Counting (count_schedules.h) and witnesses (witness.h) are passes over
// it. A state without edges is an end and has an outcome; states that a search ran out of budget
// for are neither and make the graph incomplete.
//
// Edges name actors by their *canonical position*: where an actor stands when all are sorted. With
// identical clients one state stands for many that differ only in who is who, and a position means
// the same in all of them.
//
// A search may start from several states, a part of a larger one (work_unit.h) does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nextkey {

using StateIndex = std::uint32_t;
using OutcomeIndex = std::uint32_t;

inline constexpr StateIndex kNoState = UINT32_MAX;
inline constexpr OutcomeIndex kNoOutcome = UINT32_MAX;

// Who makes a choice: a client at a canonical position, or nobody (a fault, a purge).
struct ActorLabel {
  static constexpr std::uint16_t kNobody = UINT16_MAX;

  std::uint16_t position = kNobody;

  bool IsClient() const { return position != kNobody; }
  friend auto operator<=>(const ActorLabel&, const ActorLabel&) = default;
};

struct StateEdge {
  StateIndex target = kNoState;
  ActorLabel actor;        // In the state that the edge leaves.
  ActorLabel actor_after;  // The same actor, in the target.
};

// Edges of a state stand in the order of its choices. Two edges may lead to the same state: each is
// a schedule of its own.
class StateGraph {
 public:
  // What a search found out about one state, in any order of states.
  struct Expansion {
    StateIndex state = kNoState;
    std::uint32_t edge_count = 0;
    OutcomeIndex outcome = kNoOutcome;  // Of an end.
  };

  // Expansions, and their edges, one after the other.
  struct Part {
    std::span<const Expansion> expansions;
    std::span<const StateEdge> edges;
  };

  StateGraph() = default;
  // A state that no part expands was not looked at. Requires: each state at most once, targets below
  // `state_count`.
  StateGraph(std::vector<StateIndex> starts, std::size_t state_count, std::span<const Part> parts);

  // In the order in which they were given; the same state may stand in it twice.
  const std::vector<StateIndex>& starts() const { return starts_; }
  std::size_t state_count() const { return outcomes_.size(); }
  std::size_t edge_count() const { return edges_.size(); }
  std::span<const StateEdge> EdgesOf(StateIndex state) const {
    return std::span<const StateEdge>(edges_).subspan(first_edge_[state],
                                                      first_edge_[state + 1] - first_edge_[state]);
  }
  OutcomeIndex OutcomeOf(StateIndex state) const { return outcomes_[state]; }
  bool IsEnd(StateIndex state) const { return outcomes_[state] != kNoOutcome; }
  // Every state was looked at.
  bool IsComplete() const { return is_complete_; }

 private:
  std::vector<StateIndex> starts_;
  std::vector<std::uint64_t> first_edge_ = {0};  // One more than states.
  std::vector<StateEdge> edges_;
  std::vector<OutcomeIndex> outcomes_;
  bool is_complete_ = true;
};

// Strongly connected components. Component numbers are in topological order: edges between different
// components lead to higher numbers.
struct Components {
  std::vector<std::uint32_t> of_state;  // By state; those that the root does not reach: UINT32_MAX.
  std::vector<StateIndex> states;       // Grouped by component, in their order.
  std::vector<StateIndex> first_state;  // By component, and one more: its place in `states`.
};

Components FindComponents(const StateGraph& graph);

}  // namespace nextkey
