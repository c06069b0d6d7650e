// Which outcomes a system can come to, and a way to each: no counts, no probabilities, and not the simplest
// way.
//
// With a partial-order reduction: where some choice neither sees nor changes anything that another actor's
// choice sees or changes, it is made first, and the others after it (a persistent set of one choice;
// Godefroid 1996). Every end is still reached, since every schedule makes that choice some time, and comes to
// the same end if it makes it at once.
//
// Depth first, so that the worlds of one path and the fingerprints of the states are all that is kept: some
// 60 bytes a state. One thread.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/explore/search.h"
#include "sim/explore/state_table.h"

namespace nextkey {

template <class System>
struct ReachResult {
  std::map<typename System::Outcome, std::vector<typename System::Choice>> outcomes;  // The shortest way met.
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t depth = 0;             // Choices in the longest way gone.
  SearchStop stop = SearchStop::kNot;  // Why there may be other outcomes.
};

// Systems that know of such choices say `bool IsForItself(const World&, const Choice&, Scratch&) const`.
template <class System>
concept HasChoicesForThemselves = requires(const System& system, const typename System::World& world,
                                           const typename System::Choice& choice,
                                           typename System::Scratch& scratch) {
  { system.IsForItself(world, choice, scratch) } -> std::same_as<bool>;
};

namespace explore_internal {

template <class System>
class Reacher {
 public:
  Reacher(const System& system, SearchLimits limits, bool reduces)
      : system_(system), limits_(limits), reduces_(reduces) {}

  ReachResult<System> Reach(typename System::World root) {
    StateDescription description;
    system_.Describe(root, description, scratch_);
    table_.Insert(description.fingerprint);
    Enter(std::move(root), std::move(description));
    while (!path_.empty() && (result_.stop = StopNow()) == SearchStop::kNot) GoOn();
    result_.states = table_.size();
    return std::move(result_);
  }

 private:
  struct Stand {
    typename System::World world;
    StateDescription description;
    std::vector<Successor<System>> successors;
    std::size_t next = 0;
  };

  SearchStop StopNow() const {
    constexpr std::uint64_t kBytesPerState = 60;
    if (table_.size() > limits_.most_states) return SearchStop::kStates;
    if (limits_.stop != nullptr && limits_.stop->load()) return SearchStop::kAsked;
    if (limits_.interrupt != nullptr && limits_.interrupt->load()) return SearchStop::kAsked;
    return table_.size() * kBytesPerState > limits_.most_bytes ? SearchStop::kBytes : SearchStop::kNot;
  }

  void Enter(typename System::World world, StateDescription description) {
    auto successors = SuccessorsOf(system_, world, description, choices_);
    if (reduces_) LeaveOneForItself(world, successors);
    result_.depth = std::max<std::uint64_t>(result_.depth, path_.size());
    if (successors.empty()) NoteEnd(world);
    path_.push_back({std::move(world), std::move(description), std::move(successors)});
    if (limits_.progress == nullptr) return;
    limits_.progress->states.store(table_.size(), std::memory_order_relaxed);
    limits_.progress->transitions.store(result_.transitions, std::memory_order_relaxed);
    limits_.progress->frontier.store(path_.size(), std::memory_order_relaxed);
    limits_.progress->depth.store(result_.depth, std::memory_order_relaxed);
  }

  // The first one of several that are alike, whom its twins are told by.
  void LeaveOneForItself(const typename System::World& world, std::vector<Successor<System>>& successors) {
    if constexpr (HasChoicesForThemselves<System>) {
      const auto one = std::find_if(successors.begin(), successors.end(), [&](const auto& successor) {
        return system_.IsForItself(world, successor.choice, scratch_);
      });
      if (one == successors.end()) return;
      Successor<System> alone = std::move(*one);
      successors.clear();
      successors.push_back(std::move(alone));
    }
  }

  void NoteEnd(const typename System::World& world) {
    const auto [known, is_new] = result_.outcomes.try_emplace(system_.OutcomeOf(world, scratch_));
    if (!is_new && known->second.size() <= path_.size()) return;
    known->second.clear();
    for (const Stand& stand : path_) known->second.push_back(stand.successors[stand.next - 1].choice);
  }

  // One choice further, or one back.
  void GoOn() {
    Stand& stand = path_.back();
    if (stand.next == stand.successors.size()) return path_.pop_back();
    const std::size_t place = stand.next++;
    ++result_.transitions;
    if (TwinOf(stand.successors, place, stand.description)) return;
    typename System::World world = stand.world;
    system_.Play(world, stand.successors[place].choice, scratch_);
    StateDescription after;
    system_.Describe(world, after, scratch_);
    if (table_.Insert(after.fingerprint).is_new) Enter(std::move(world), std::move(after));
  }

  const System& system_;
  SearchLimits limits_;
  bool reduces_ = true;
  StateTable table_;
  typename System::Scratch scratch_;
  std::vector<typename System::Choice> choices_;
  std::vector<Stand> path_;
  ReachResult<System> result_;
};

}  // namespace explore_internal

template <class System>
ReachResult<System> Reach(const System& system, typename System::World root, SearchLimits limits = {},
                          bool reduces = true) {
  return explore_internal::Reacher<System>(system, limits, reduces).Reach(std::move(root));
}

}  // namespace nextkey
