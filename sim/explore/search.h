// Goes through every distinct state that a system of worlds and choices can come to.
//
// A System is anything with these members; all are const, and pure:
//
//     World, Choice, Outcome                       copyable types; outcomes are ordered by <
//     Scratch                                      room that one thread works in; no answer depends on it
//     void ChoicesOf(const World&, std::vector<Choice>&)     what can happen next; none: an end
//     void Play(World&, const Choice&, Scratch&)             makes the choice
//     void Describe(const World&, StateDescription&, Scratch&)   which state this is, and who stands where
//     std::optional<std::uint32_t> ActorOf(const Choice&)    the client that makes it, if any
//     Outcome OutcomeOf(const World&)                        of an end
//
// States are told apart by their fingerprints. The graph that comes out does not depend on the
// number of threads, except for the numbers of its states; nothing that is made of it does.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "sim/explore/state_graph.h"
#include "sim/explore/state_table.h"

namespace nextkey {

// What distinguishes a state, and the canonical order of its actors.
struct StateDescription {
  using Places = absl::InlinedVector<std::uint16_t, 8>;
  Fingerprint fingerprint;
  Places positions;  // By actor: where it stands when all are sorted.
  Places groups;     // By position: the first position of those that are equal to it.
};

// How far a search is: written while it runs, for others to look at.
struct SearchProgress {
  std::atomic<std::uint64_t> states = 0;
  std::atomic<std::uint64_t> transitions = 0;
  std::atomic<std::uint64_t> frontier = 0;  // Known, and not looked at.
  std::atomic<std::uint64_t> depth = 0;     // Choices on the longest way gone.

  // An estimate of the table, the graph, and the worlds that wait; counting takes part of it.
  std::uint64_t Bytes() const {
    constexpr std::uint64_t kBytesPerState = 200, kBytesPerWorld = 4096;
    return states * kBytesPerState + transitions * 2 * sizeof(StateEdge) + frontier * kBytesPerWorld;
  }
};

struct SearchLimits {
  std::uint64_t most_states = UINT32_MAX - 1;
  unsigned jobs = 1;
  // Looked at now and then: true stops the search.
  const std::atomic<bool>* stop = nullptr;
  std::uint64_t most_bytes = UINT64_MAX;         // Of SearchProgress::Bytes().
  const std::atomic<bool>* interrupt = nullptr;  // As `stop`, from outside.
  SearchProgress* progress = nullptr;
};

enum class SearchStop : std::uint8_t { kNot, kStates, kBytes, kAsked };

template <class System>
struct SearchResult {
  StateGraph graph;
  std::vector<typename System::Outcome> outcomes;  // In their order; by OutcomeIndex.
  SearchStop stop = SearchStop::kNot;              // Why the graph is not complete.
};

namespace explore_internal {

template <class System>
struct Task {
  StateIndex state;
  StateDescription description;
  typename System::World world;
  std::uint64_t choices = 0;  // That led to it.
};

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

template <class System>
std::vector<Successor<System>> SuccessorsOf(const System& system, const typename System::World& world,
                                            const StateDescription& description,
                                            std::vector<typename System::Choice>& choices) {
  choices.clear();
  system.ChoicesOf(world, choices);
  std::vector<Successor<System>> successors;
  successors.reserve(choices.size());
  for (typename System::Choice& choice : choices) {
    ActorLabel label;
    if (const std::optional<std::uint32_t> actor = system.ActorOf(choice))
      label.position = description.positions[*actor];
    successors.push_back({std::move(choice), label});
  }
  std::stable_sort(successors.begin(), successors.end(),
                   [](const auto& a, const auto& b) { return a.actor < b.actor; });
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

// What one thread found, put together at the end, and the room that it works in.
template <class System>
struct Findings {
  std::vector<StateGraph::Expansion> expansions;
  std::vector<StateEdge> edges;
  std::map<typename System::Outcome, std::vector<std::size_t>> ends;  // Places in `expansions`.
  typename System::Scratch scratch;
  std::vector<typename System::Choice> choices;
};

template <class System>
class Searcher {
 public:
  using World = typename System::World;

  Searcher(const System& system, SearchLimits limits)
      : system_(system),
        limits_(limits),
        progress_(limits.progress == nullptr ? own_progress_ : *limits.progress),
        queues_(limits.jobs) {}

  SearchResult<System> Search(std::vector<World> roots) {
    progress_.transitions = 0;
    progress_.depth = 0;
    std::vector<Findings<System>> findings(limits_.jobs);
    std::vector<StateIndex> starts;
    for (World& root : roots) {
      StateDescription description;
      system_.Describe(root, description, findings[0].scratch);
      const auto [state, is_new] = table_.Insert(description.fingerprint);
      starts.push_back(state);
      if (!is_new) continue;
      queues_[starts.size() % limits_.jobs].tasks.push_back({state, std::move(description), std::move(root)});
      ++unfinished_;
    }
    std::vector<std::thread> threads;
    for (unsigned job = 1; job < limits_.jobs; ++job)
      threads.emplace_back([this, job, &findings] { Work(job, findings[job]); });
    Work(0, findings[0]);
    for (std::thread& thread : threads) thread.join();
    return Gather(std::move(starts), findings);
  }

 private:
  struct Queue {
    std::mutex mutex;
    std::deque<Task<System>> tasks;
  };

  SearchStop StopNow() const {
    if (table_.size() > limits_.most_states) return SearchStop::kStates;
    if (limits_.stop != nullptr && limits_.stop->load()) return SearchStop::kAsked;
    if (limits_.interrupt != nullptr && limits_.interrupt->load()) return SearchStop::kAsked;
    return progress_.Bytes() > limits_.most_bytes ? SearchStop::kBytes : SearchStop::kNot;
  }

  void Report(std::uint64_t transitions, std::uint64_t choices) {
    progress_.states.store(table_.size(), std::memory_order_relaxed);
    progress_.frontier.store(unfinished_.load(), std::memory_order_relaxed);
    progress_.transitions.fetch_add(transitions, std::memory_order_relaxed);
    std::uint64_t deepest = progress_.depth.load(std::memory_order_relaxed);
    while (deepest < choices && !progress_.depth.compare_exchange_weak(deepest, choices)) {
    }
  }

  // Newest first from the own queue, so that few worlds are kept; oldest first from others'.
  std::optional<Task<System>> Take(unsigned job) {
    for (unsigned i = 0; i < limits_.jobs; ++i) {
      Queue& queue = queues_[(job + i) % limits_.jobs];
      const std::lock_guard guard(queue.mutex);
      if (queue.tasks.empty()) continue;
      Task<System> task = i == 0 ? std::move(queue.tasks.back()) : std::move(queue.tasks.front());
      i == 0 ? queue.tasks.pop_back() : queue.tasks.pop_front();
      return task;
    }
    return std::nullopt;
  }

  void Work(unsigned job, Findings<System>& findings) {
    while (unfinished_.load() > 0) {
      if (const SearchStop stop = StopNow(); stop != SearchStop::kNot) {
        stop_.store(stop);
        return;
      }
      std::optional<Task<System>> task = Take(job);
      if (!task) {
        std::this_thread::yield();
        continue;
      }
      Expand(job, std::move(*task), findings);
      --unfinished_;
    }
  }

  void Expand(unsigned job, Task<System> task, Findings<System>& findings) {
    const StateDescription& before = task.description;
    const std::vector<Successor<System>> successors =
        SuccessorsOf(system_, task.world, before, findings.choices);
    if (successors.empty())
      findings.ends[system_.OutcomeOf(task.world)].push_back(findings.expansions.size());
    findings.expansions.push_back({task.state, static_cast<std::uint32_t>(successors.size())});
    const std::size_t first_edge = findings.edges.size();
    Report(successors.size(), task.choices);
    for (std::size_t i = 0; i < successors.size(); ++i) {
      const ActorLabel actor = successors[i].actor;
      if (const std::optional<std::size_t> twin = TwinOf(successors, i, before)) {
        const StateEdge& played = findings.edges[first_edge + *twin];
        findings.edges.push_back({played.target, actor, played.actor_after});
        continue;
      }
      World world = i + 1 == successors.size() ? std::move(task.world) : task.world;
      findings.edges.push_back(
          Follow(job, std::move(world), successors[i], task.choices + 1, findings.scratch));
    }
  }

  // Makes the choice; what comes out is a task if it is new.
  StateEdge Follow(unsigned job, World world, const Successor<System>& successor, std::uint64_t choices,
                   typename System::Scratch& scratch) {
    StateDescription after;
    system_.Play(world, successor.choice, scratch);
    system_.Describe(world, after, scratch);
    const auto [state, is_new] = table_.Insert(after.fingerprint);
    const ActorLabel label = LabelAfter(system_, successor.choice, after);
    if (is_new) {
      ++unfinished_;
      const std::lock_guard guard(queues_[job].mutex);
      queues_[job].tasks.push_back({state, std::move(after), std::move(world), choices});
    }
    return {state, successor.actor, label};
  }

  SearchResult<System> Gather(std::vector<StateIndex> starts, std::vector<Findings<System>>& findings) {
    std::map<typename System::Outcome, OutcomeIndex> numbers;
    for (const Findings<System>& found : findings) {
      for (const auto& [outcome, ends] : found.ends) numbers.emplace(outcome, 0);
    }
    SearchResult<System> result;
    for (auto& [outcome, number] : numbers) {
      number = static_cast<OutcomeIndex>(result.outcomes.size());
      result.outcomes.push_back(outcome);
    }
    Findings<System> all;
    for (Findings<System>& found : findings) {
      for (const auto& [outcome, ends] : found.ends) {
        for (const std::size_t end : ends) found.expansions[end].outcome = numbers[outcome];
      }
      if (findings.size() == 1) {
        all = std::move(found);
        break;
      }
      all.expansions.insert(all.expansions.end(), found.expansions.begin(), found.expansions.end());
      all.edges.insert(all.edges.end(), found.edges.begin(), found.edges.end());
      found = {};
    }
    result.graph = StateGraph(std::move(starts), table_.size(), all.expansions, all.edges);
    if (!result.graph.IsComplete()) result.stop = stop_.load();
    return result;
  }

  const System& system_;
  SearchLimits limits_;
  SearchProgress own_progress_;
  SearchProgress& progress_;
  StateTable table_;
  std::atomic<SearchStop> stop_ = SearchStop::kNot;
  std::vector<Queue> queues_;
  std::atomic<std::uint64_t> unfinished_ = 0;
};

}  // namespace explore_internal

template <class System>
SearchResult<System> SearchFromAll(const System& system, std::vector<typename System::World> roots,
                                   SearchLimits limits = {}) {
  return explore_internal::Searcher<System>(system, limits).Search(std::move(roots));
}

template <class System>
SearchResult<System> Search(const System& system, typename System::World root, SearchLimits limits = {}) {
  std::vector<typename System::World> roots;
  roots.push_back(std::move(root));
  return SearchFromAll(system, std::move(roots), limits);
}

// The choices behind a path of edges from a world, made by whoever stands there in this world. Among
// equal actors the last one goes on where the path's did, and another one where it did not. nullopt:
// there is no such path.
template <class System>
std::optional<std::vector<typename System::Choice>> ChoicesOnPath(const System& system,
                                                                  typename System::World world,
                                                                  const std::vector<std::uint32_t>& edges) {
  std::vector<typename System::Choice> choices;
  std::vector<typename System::Choice> possible;
  typename System::Scratch scratch;
  StateDescription description;
  system.Describe(world, description, scratch);
  ActorLabel last_on_path;
  std::optional<std::uint32_t> last;
  for (const std::uint32_t place : edges) {
    const std::vector<explore_internal::Successor<System>> successors =
        explore_internal::SuccessorsOf(system, world, description, possible);
    if (place >= successors.size()) return std::nullopt;
    const ActorLabel label = successors[place].actor;
    std::size_t chosen = place;
    if (label.IsClient() && last) {
      const bool goes_on = label == last_on_path;
      const std::uint16_t group = description.groups[label.position];
      // An actor may have several choices (go on, be hit by a fault): the same one of them.
      std::size_t which = 0;
      while (which < place && successors[place - which - 1].actor == label) ++which;
      for (std::size_t i = 0; i < successors.size(); ++i) {
        const std::optional<std::uint32_t> actor = system.ActorOf(successors[i].choice);
        if (!actor || description.groups[description.positions[*actor]] != group) continue;
        if ((*actor == *last) == goes_on) {
          chosen = i + which;
          break;
        }
      }
    }
    choices.push_back(successors[chosen].choice);
    system.Play(world, choices.back(), scratch);
    system.Describe(world, description, scratch);
    last = system.ActorOf(choices.back());
    last_on_path = explore_internal::LabelAfter(system, choices.back(), description);
  }
  return choices;
}

}  // namespace nextkey
