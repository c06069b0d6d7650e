// Cuts the graph of states at a number of choices: every schedule passes the cut exactly once.
//
// Goes forward level by level. States that several ways lead to in the same number of choices are one,
// with the number of the ways, their probability, and the simplest of them for each actor that may have
// made the last choice. Schedules that end before the cut are part of it by their ends.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/explore/count_schedules.h"
#include "sim/explore/search.h"
#include "sim/explore/witness.h"

namespace nextkey {

template <class System>
struct CutState {
  typename System::World world;
  StateDescription description;
  std::vector<typename System::Choice> choices;  // A way to this world.
  StartWeight weight;
  std::map<ActorLabel, Witness> ways;  // By who made the last choice.

  void AddWay(ActorLabel last, Witness way) {
    const auto [found, is_new] = ways.try_emplace(last, way);
    if (!is_new && IsSimpler(way, found->second)) found->second = std::move(way);
  }
};

struct CutSize {
  std::uint64_t states = 0;  // Looked at before the cut, each level's own.
  std::size_t choices = 0;   // Where the cut is.
};

template <class System>
class LevelCutter {
 public:
  explicit LevelCutter(const System& system) : system_(system) {}

  // Cuts where there are at least `wanted` states, or else where there are most.
  std::vector<CutState<System>> Cut(typename System::World root, std::size_t wanted, CutSize& size) {
    CutState<System> first;
    system_.Describe(root, first.description, scratch_);
    first.world = std::move(root);
    first.ways.emplace(ActorLabel{}, Witness{});
    Level level;
    level.emplace(first.description.fingerprint, std::move(first));
    size = {};
    std::vector<CutState<System>> widest;
    CutSize now;
    // A loop goes round for ever: past so many levels it makes no more states.
    constexpr std::size_t kMostLevels = 200;
    while (true) {
      if (ends_.size() + level.size() > widest.size()) {
        widest = ends_;
        for (const auto& [fingerprint, state] : level) widest.push_back(state);
        size = now;
      }
      if (level.empty() || widest.size() >= wanted || now.choices == kMostLevels) break;
      now.states += level.size();
      level = Next(std::move(level));
      ++now.choices;
    }
    std::sort(widest.begin(), widest.end(), [](const CutState<System>& a, const CutState<System>& b) {
      return a.ways.begin()->second.edges < b.ways.begin()->second.edges;
    });
    return widest;
  }

 private:
  using Level = std::map<Fingerprint, CutState<System>>;

  Level Next(Level level) {
    Level next;
    for (auto& [fingerprint, state] : level) {
      const auto successors =
          explore_internal::SuccessorsOf(system_, state.world, state.description, possible_);
      if (successors.empty()) ends_.push_back(std::move(state));
      for (std::uint32_t i = 0; i < successors.size(); ++i) Follow(state, successors, i, next);
    }
    return next;
  }

  void Follow(const CutState<System>& from,
              const std::vector<explore_internal::Successor<System>>& successors, std::uint32_t edge,
              Level& next) {
    const explore_internal::Successor<System>& successor = successors[edge];
    CutState<System> after;
    after.world = from.world;
    system_.Play(after.world, successor.choice, scratch_);
    system_.Describe(after.world, after.description, scratch_);
    const ActorLabel last = explore_internal::LabelAfter(system_, successor.choice, after.description);
    const auto [found, is_new] = next.try_emplace(after.description.fingerprint, std::move(after));
    CutState<System>& target = found->second;
    if (is_new) {
      target.weight = {0, 0, from.weight.choices + 1};
      target.choices = from.choices;
      target.choices.push_back(successor.choice);
    }
    target.weight.schedules += from.weight.schedules;
    target.weight.probability += from.weight.probability / static_cast<std::uint64_t>(successors.size());
    for (const auto& [before, way] : from.ways) {
      const bool could_go_on =
          before.IsClient() && std::any_of(successors.begin(), successors.end(),
                                           [&label = before](const auto& one) { return one.actor == label; });
      Witness longer = way;
      longer.edges.push_back(edge);
      if (could_go_on && successor.actor.IsClient() && successor.actor != before) ++longer.switches;
      target.AddWay(last, std::move(longer));
    }
  }

  const System& system_;
  typename System::Scratch scratch_;
  std::vector<typename System::Choice> possible_;
  std::vector<CutState<System>> ends_;
};

}  // namespace nextkey
