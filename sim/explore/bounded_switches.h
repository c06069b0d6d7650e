// A system of which only the schedules with at most so many context switches are looked at.
//
// Most interleaving bugs need very few of them, and there are far fewer such schedules than of all. A
// state is one of the system's, who made the last choice if it could go on, and how many switches are
// left; among actors that are equal otherwise the last one stands first and is a group of its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/fingerprint.h"
#include "sim/explore/search.h"

namespace nextkey {

template <class System>
class BoundedSwitches {
 public:
  struct World {
    typename System::World world;
    std::optional<std::uint32_t> last = std::nullopt;  // Absent: it could not go on.
    std::uint32_t switches = 0;
  };
  using Choice = typename System::Choice;
  using Outcome = typename System::Outcome;
  struct Scratch {
    typename System::Scratch own;
    std::vector<Choice> choices;
    Canonical canonical;
  };

  BoundedSwitches(const System& system, std::uint32_t most_switches)
      : system_(system), most_switches_(most_switches) {}

  void ChoicesOf(const World& world, std::vector<Choice>& choices) const {
    system_.ChoicesOf(world.world, choices);
    if (!world.last || world.switches < most_switches_) return;
    std::erase_if(choices, [&](const Choice& choice) { return IsSwitch(world, choice); });
  }

  void Play(World& world, const Choice& choice, Scratch& scratch) const {
    if (IsSwitch(world, choice)) ++world.switches;
    system_.Play(world.world, choice, scratch.own);
    world.last = system_.ActorOf(choice);
    if (!world.last) return;
    scratch.choices.clear();
    system_.ChoicesOf(world.world, scratch.choices);
    const bool can_go_on =
        std::any_of(scratch.choices.begin(), scratch.choices.end(),
                    [&](const Choice& next) { return system_.ActorOf(next) == world.last; });
    if (!can_go_on) world.last.reset();
  }

  void Describe(const World& world, StateDescription& description, Scratch& scratch) const {
    system_.Describe(world.world, description, scratch.own);
    if (world.last) StandFirst(*world.last, description);
    Canonical& canonical = scratch.canonical;
    canonical.Clear();
    canonical.Put(description.fingerprint.high);
    canonical.Put(description.fingerprint.low);
    canonical.Put(world.last ? description.positions[*world.last] + std::uint64_t{1} : 0);
    canonical.Put(world.switches);
    description.fingerprint = canonical.Digest();
  }

  std::optional<std::uint32_t> ActorOf(const Choice& choice) const { return system_.ActorOf(choice); }
  Outcome OutcomeOf(const World& world, Scratch& scratch) const {
    return system_.OutcomeOf(world.world, scratch.own);
  }

 private:
  bool IsSwitch(const World& world, const Choice& choice) const {
    const std::optional<std::uint32_t> actor = system_.ActorOf(choice);
    return world.last && actor && actor != world.last;
  }

  static void StandFirst(std::uint32_t actor, StateDescription& description) {
    const std::uint16_t place = description.positions[actor];
    const std::uint16_t first = description.groups[place];
    for (std::uint16_t& position : description.positions) {
      if (position == first) position = place;
    }
    description.positions[actor] = first;
    for (std::size_t i = std::size_t{first} + 1; i < description.groups.size(); ++i) {
      if (description.groups[i] == first) description.groups[i] = static_cast<std::uint16_t>(first + 1);
    }
  }

  const System& system_;
  std::uint32_t most_switches_;
};

}  // namespace nextkey
