// What can happen next in a state, in canonical order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/fingerprint.h"
#include "sim/explore/state_graph.h"

namespace nextkey {

// What distinguishes a state, and the canonical order of its actors.
struct StateDescription {
  using Places = absl::InlinedVector<std::uint16_t, 8>;
  Fingerprint fingerprint;
  Places positions;  // By actor: where it stands when all are sorted.
  Places groups;     // By position: the first position of those that are equal to it.
};

namespace explore_internal {

// Edges in canonical order, so that equal states have equal lists, whoever is who in their worlds.
template <class System>
struct Successor {
  typename System::Choice choice;
  ActorLabel actor;
};

// A choice of an actor that is equal to an earlier one leads to the same state as that one's: its place
// among the successors. Requires: `successors` are those of one state, in their order.
template <class System>
std::optional<std::size_t> TwinOf(const std::vector<Successor<System>>& successors, std::size_t place,
                                  const StateDescription& description) {
  const ActorLabel actor = successors[place].actor;
  if (!actor.IsClient() || description.groups[actor.position] == actor.position) return std::nullopt;
  const auto first_of = [&](std::uint16_t position) {
    return std::lower_bound(successors.begin(), successors.end(), ActorLabel{position},
                            [](const auto& one, const ActorLabel& label) { return one.actor < label; }) -
           successors.begin();
  };
  const auto nth = static_cast<std::ptrdiff_t>(place) - first_of(actor.position);
  return static_cast<std::size_t>(first_of(description.groups[actor.position]) + nth);
}

// `choices` is room to work in.
template <class System>
void FindSuccessors(const System& system, const typename System::World& world,
                    const StateDescription& description, std::vector<typename System::Choice>& choices,
                    std::vector<Successor<System>>& successors) {
  choices.clear();
  successors.clear();
  system.ChoicesOf(world, choices);
  for (typename System::Choice& choice : choices) {
    ActorLabel label;
    if (const std::optional<std::uint32_t> actor = system.ActorOf(choice))
      label.position = description.positions[*actor];
    // Few, and mostly in order.
    const auto place = std::upper_bound(successors.begin(), successors.end(), label,
                                        [](const auto& a, const auto& b) { return a < b.actor; });
    successors.insert(place, {std::move(choice), label});
  }
}

template <class System>
std::vector<Successor<System>> SuccessorsOf(const System& system, const typename System::World& world,
                                            const StateDescription& description,
                                            std::vector<typename System::Choice>& choices) {
  std::vector<Successor<System>> successors;
  FindSuccessors(system, world, description, choices, successors);
  return successors;
}

// Who made the choice that led here. Among equals it is the first: who is who of them makes no difference,
// and so the label does not depend on the world that the state was met in.
template <class System>
ActorLabel LabelAfter(const System& system, const typename System::Choice& choice,
                      const StateDescription& after) {
  const std::optional<std::uint32_t> actor = system.ActorOf(choice);
  if (!actor) return {};
  return {after.groups[after.positions[*actor]]};
}

}  // namespace explore_internal
}  // namespace nextkey
