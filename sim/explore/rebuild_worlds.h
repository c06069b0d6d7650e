// Worlds of some states of a graph, played anew from its beginning by the shortest ways that the graph
// knows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "sim/explore/state_graph.h"
#include "sim/explore/successors.h"

namespace nextkey {

// What a search knew when it was stopped: enough to go on.
struct SearchSoFar {
  StateGraph graph;                       // Of one start.
  std::vector<Fingerprint> fingerprints;  // By state.

  bool WasExpanded(StateIndex state) const { return graph.IsEnd(state) || !graph.EdgesOf(state).empty(); }
};

template <class System>
class WorldRebuilder {
 public:
  using World = typename System::World;
  // A wanted state, its world, and how many choices led to it.
  using Found = absl::FunctionRef<void(StateIndex, World, const StateDescription&, std::uint64_t)>;

  WorldRebuilder(const System& system, const SearchSoFar& so_far) : system_(system), so_far_(so_far) {}

  // False: the graph is not this system's. Requires: `is_wanted` has an entry for each state.
  bool Rebuild(World root, const std::vector<bool>& is_wanted, Found found) {
    FindWays(is_wanted);
    StateDescription description;
    system_.Describe(root, description, scratch_);
    std::vector<Stand> open;
    open.push_back({so_far_.graph.starts().front(), 0, std::move(root), std::move(description)});
    while (!open.empty()) {
      Stand stand = std::move(open.back());
      open.pop_back();
      if (stand.description.fingerprint != so_far_.fingerprints[stand.state]) return false;
      if (!GoOn(stand, open)) return false;
      if (is_wanted[stand.state])
        found(stand.state, std::move(stand.world), stand.description, stand.choices);
    }
    return true;
  }

 private:
  struct Stand {
    StateIndex state = kNoState;
    std::uint64_t choices = 0;
    World world;
    StateDescription description;
  };

  // Which states lie on the shortest ways to wanted ones, and from which state each is come to.
  void FindWays(const std::vector<bool>& is_wanted) {
    const StateGraph& graph = so_far_.graph;
    parent_.assign(graph.state_count(), kNoState);
    is_on_way_.assign(graph.state_count(), false);
    std::vector<StateIndex> order = {graph.starts().front()};
    parent_[order.front()] = order.front();
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (const StateEdge& edge : graph.EdgesOf(order[i])) {
        if (parent_[edge.target] != kNoState) continue;
        parent_[edge.target] = order[i];
        order.push_back(edge.target);
      }
    }
    for (std::size_t i = order.size(); i-- > 0;) {
      if (is_wanted[order[i]]) is_on_way_[order[i]] = true;
      if (is_on_way_[order[i]]) is_on_way_[parent_[order[i]]] = true;
    }
  }

  bool GoOn(const Stand& stand, std::vector<Stand>& open) {
    const auto edges = so_far_.graph.EdgesOf(stand.state);
    if (edges.empty()) return true;
    const auto successors =
        explore_internal::SuccessorsOf(system_, stand.world, stand.description, possible_);
    if (successors.size() != edges.size()) return false;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const StateIndex target = edges[i].target;
      if (parent_[target] != stand.state || !is_on_way_[target]) continue;
      parent_[target] = kNoState;  // Another edge between the two leads to it as well.
      Stand next{target, stand.choices + 1, stand.world, {}};
      system_.Play(next.world, successors[i].choice, scratch_);
      system_.Describe(next.world, next.description, scratch_);
      open.push_back(std::move(next));
    }
    return true;
  }

  const System& system_;
  const SearchSoFar& so_far_;
  std::vector<StateIndex> parent_;  // The start's is itself.
  std::vector<bool> is_on_way_;
  std::vector<typename System::Choice> possible_;
  typename System::Scratch scratch_;
};

}  // namespace nextkey
