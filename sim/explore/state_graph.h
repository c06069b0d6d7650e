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
#include <deque>
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

  // Edges in blocks that stay where they are. Those of a state stand in one block.
  class Edges {
   public:
    Edges() = default;
    Edges(Edges&&) = default;
    Edges& operator=(Edges&&) = default;

    // Where so many more of one state go.
    std::vector<StateEdge>& RoomFor(std::size_t count);
    const std::vector<std::vector<StateEdge>>& blocks() const { return blocks_; }
    std::size_t size() const;

   private:
    std::vector<std::vector<StateEdge>> blocks_;
  };

  // Expansions, and their edges, one after the other.
  struct Part {
    std::deque<Expansion> expansions;
    Edges edges;
  };

  StateGraph() = default;
  // A state that no part expands was not looked at. Requires: each state at most once, targets below
  // `state_count`.
  StateGraph(std::vector<StateIndex> starts, std::size_t state_count, std::vector<Part> parts);
  StateGraph(StateGraph&&) = default;
  StateGraph& operator=(StateGraph&&) = default;

  // In the order in which they were given; the same state may stand in it twice.
  const std::vector<StateIndex>& starts() const { return starts_; }
  std::size_t state_count() const { return nodes_.size(); }
  std::size_t edge_count() const;
  std::span<const StateEdge> EdgesOf(StateIndex state) const {
    return {nodes_[state].first_edge, nodes_[state].edge_count};
  }
  OutcomeIndex OutcomeOf(StateIndex state) const { return nodes_[state].outcome; }
  bool IsEnd(StateIndex state) const { return OutcomeOf(state) != kNoOutcome; }
  // Every state was looked at.
  bool IsComplete() const { return is_complete_; }

  // The edges of all states, in the parts that they came in.
  const std::vector<Edges>& edges() const { return edges_; }
  // Has the state's edges at hand soon: first the state, then what it leads to.
  void PrefetchState(StateIndex state) const { __builtin_prefetch(&nodes_[state]); }
  void PrefetchEdges(StateIndex state) const { __builtin_prefetch(nodes_[state].first_edge); }

 private:
  struct Node {
    const StateEdge* first_edge = nullptr;
    std::uint32_t edge_count = 0;
    OutcomeIndex outcome = kNoOutcome;
  };

  std::vector<StateIndex> starts_;
  std::vector<Node> nodes_;  // By state.
  std::vector<Edges> edges_;
  bool is_complete_ = true;
};

}  // namespace nextkey
