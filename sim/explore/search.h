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
//     Outcome OutcomeOf(const World&, Scratch&)              of an end
//
// States are told apart by their fingerprints. The graph that comes out does not depend on the
// number of threads, except for the numbers of its states; nothing that is made of it does.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "sim/explore/rebuild_worlds.h"
#include "sim/explore/state_graph.h"
#include "sim/explore/state_table.h"
#include "sim/explore/successors.h"

namespace nextkey {

// How far a search is: written while it runs, for others to look at.
struct SearchProgress {
  std::atomic<std::uint64_t> states = 0;
  std::atomic<std::uint64_t> transitions = 0;
  std::atomic<std::uint64_t> frontier = 0;  // Known, and not looked at.
  std::atomic<std::uint64_t> depth = 0;     // Choices on the longest way gone.

  // An estimate of the table, the graph, and the worlds that wait; counting takes part of it.
  std::uint64_t Bytes() const { return BytesOf(states, transitions, frontier); }
  static std::uint64_t BytesOf(std::uint64_t states, std::uint64_t transitions, std::uint64_t frontier) {
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
  bool keeps_so_far = false;  // A search that is stopped says what it knew.
};

enum class SearchStop : std::uint8_t { kNot, kStates, kBytes, kAsked };

template <class System>
struct SearchResult {
  StateGraph graph;
  std::vector<typename System::Outcome> outcomes;  // In their order; by OutcomeIndex.
  SearchStop stop = SearchStop::kNot;              // Why the graph is not complete.
  std::vector<Fingerprint> fingerprints;           // By state, where it was stopped and they are kept.
};

namespace explore_internal {

template <class System>
struct Task {
  StateIndex state = kNoState;
  StateDescription description;
  typename System::World world = {};
  std::uint64_t choices = 0;  // That led to it.
};

// What one thread found, put together at the end, and the room that it works in.
template <class System>
struct Findings {
  std::vector<StateGraph::Expansion> expansions;
  std::vector<StateEdge> edges;
  std::map<typename System::Outcome, std::vector<std::size_t>> ends;  // Places in `expansions`.
  typename System::Scratch scratch;
  std::vector<typename System::Choice> choices;
  std::vector<Successor<System>> successors;
  StateDescription after;
  std::vector<Task<System>> fresh;  // What the state at hand leads to and nobody has met before.
  std::uint64_t known_states = 0;
  std::uint64_t untold_transitions = 0;
  std::uint64_t deepest = 0;
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
    return Finish(std::move(starts), findings);
  }

  // Goes on where a search was stopped. nullopt: that was a search of another system. Requires: nothing was
  // searched yet.
  std::optional<SearchResult<System>> GoOn(World root, const SearchSoFar& so_far) {
    progress_.transitions = so_far.graph.edge_count();
    progress_.depth = 0;
    std::vector<Findings<System>> findings(limits_.jobs);
    for (const Fingerprint& fingerprint : so_far.fingerprints) {
      if (!table_.Insert(fingerprint).is_new) return std::nullopt;
    }
    std::vector<bool> is_wanted(so_far.fingerprints.size(), false);
    std::map<OutcomeIndex, std::vector<std::size_t>> ends = TakeOver(so_far, findings[0], is_wanted);
    const auto found = [&](StateIndex state, World world, const StateDescription& description,
                           std::uint64_t choices) {
      if (so_far.graph.IsEnd(state)) {
        std::vector<std::size_t>& places = ends[so_far.graph.OutcomeOf(state)];
        findings[0].ends[system_.OutcomeOf(world, findings[0].scratch)] = std::move(places);
        return;
      }
      queues_[state % limits_.jobs].tasks.push_back({state, description, std::move(world), choices});
      ++unfinished_;
    };
    if (!WorldRebuilder<System>(system_, so_far).Rebuild(std::move(root), is_wanted, found))
      return std::nullopt;
    return Finish(so_far.graph.starts(), findings);
  }

 private:
  struct alignas(64) Queue {
    std::mutex mutex;
    std::deque<Task<System>> tasks;
  };

  // -> by outcome: the ends, as places in the expansions. One of each is wanted, and whatever was not
  // looked at.
  static std::map<OutcomeIndex, std::vector<std::size_t>> TakeOver(const SearchSoFar& so_far,
                                                                   Findings<System>& known,
                                                                   std::vector<bool>& is_wanted) {
    std::map<OutcomeIndex, std::vector<std::size_t>> ends;
    for (StateIndex state = 0; state < so_far.fingerprints.size(); ++state) {
      is_wanted[state] = !so_far.WasExpanded(state);
      if (is_wanted[state]) continue;
      if (so_far.graph.IsEnd(state)) {
        std::vector<std::size_t>& places = ends[so_far.graph.OutcomeOf(state)];
        is_wanted[state] = places.empty();
        places.push_back(known.expansions.size());
      }
      const auto edges = so_far.graph.EdgesOf(state);
      known.expansions.push_back({state, static_cast<std::uint32_t>(edges.size())});
      known.edges.insert(known.edges.end(), edges.begin(), edges.end());
    }
    return ends;
  }

  SearchResult<System> Finish(std::vector<StateIndex> starts, std::vector<Findings<System>>& findings) {
    for (Findings<System>& found : findings) found.known_states = table_.size();
    std::vector<std::thread> threads;
    for (unsigned job = 1; job < limits_.jobs; ++job)
      threads.emplace_back([this, job, &findings] { Work(job, findings[job]); });
    Work(0, findings[0]);
    for (std::thread& thread : threads) thread.join();
    return Gather(std::move(starts), findings);
  }

  SearchStop StopNow(const Findings<System>& findings) const {
    if (findings.known_states > limits_.most_states) return SearchStop::kStates;
    if (limits_.stop != nullptr && limits_.stop->load()) return SearchStop::kAsked;
    if (limits_.interrupt != nullptr && limits_.interrupt->load()) return SearchStop::kAsked;
    if (limits_.most_bytes == UINT64_MAX) return SearchStop::kNot;
    const std::uint64_t bytes = SearchProgress::BytesOf(table_.size(), progress_.transitions, unfinished_);
    return bytes > limits_.most_bytes ? SearchStop::kBytes : SearchStop::kNot;
  }

  // Each thread tells now and then how far it is.
  void Report(Findings<System>& findings, std::uint64_t transitions, std::uint64_t choices) {
    constexpr std::uint64_t kBetweenReports = 64;
    findings.untold_transitions += transitions;
    findings.deepest = std::max(findings.deepest, choices);
    if (findings.expansions.size() % kBetweenReports != 0) return;
    progress_.states.store(table_.size(), std::memory_order_relaxed);
    progress_.frontier.store(unfinished_.load(), std::memory_order_relaxed);
    progress_.transitions.fetch_add(std::exchange(findings.untold_transitions, 0), std::memory_order_relaxed);
    std::uint64_t deepest = progress_.depth.load(std::memory_order_relaxed);
    while (deepest < findings.deepest && !progress_.depth.compare_exchange_weak(deepest, findings.deepest)) {
    }
  }

  // Newest first from the own queue, so that few worlds are kept; oldest first from others'.
  bool Take(unsigned job, Task<System>& task) {
    for (unsigned i = 0; i < limits_.jobs; ++i) {
      Queue& queue = queues_[(job + i) % limits_.jobs];
      const std::lock_guard guard(queue.mutex);
      if (queue.tasks.empty()) continue;
      task = i == 0 ? std::move(queue.tasks.back()) : std::move(queue.tasks.front());
      i == 0 ? queue.tasks.pop_back() : queue.tasks.pop_front();
      return true;
    }
    return false;
  }

  void Work(unsigned job, Findings<System>& findings) {
    Task<System> task;
    while (unfinished_.load() > 0) {
      if (const SearchStop stop = StopNow(findings); stop != SearchStop::kNot) {
        stop_.store(stop);
        return;
      }
      if (!Take(job, task)) {
        std::this_thread::yield();
        continue;
      }
      Expand(task, findings);
      Offer(job, findings);
    }
  }

  // Threads meet here once a state.
  void Offer(unsigned job, Findings<System>& findings) {
    unfinished_ += findings.fresh.size() - std::uint64_t{1};
    if (findings.fresh.empty()) return;
    const std::lock_guard guard(queues_[job].mutex);
    std::move(findings.fresh.begin(), findings.fresh.end(), std::back_inserter(queues_[job].tasks));
    findings.fresh.clear();
  }

  // Takes the task's world.
  void Expand(Task<System>& task, Findings<System>& findings) {
    const StateDescription& before = task.description;
    const std::vector<Successor<System>>& successors = findings.successors;
    FindSuccessors(system_, task.world, before, findings.choices, findings.successors);
    if (successors.empty())
      findings.ends[system_.OutcomeOf(task.world, findings.scratch)].push_back(findings.expansions.size());
    findings.expansions.push_back({task.state, static_cast<std::uint32_t>(successors.size())});
    const std::size_t first_edge = findings.edges.size();
    Report(findings, successors.size(), task.choices);
    for (std::size_t i = 0; i < successors.size(); ++i) {
      const ActorLabel actor = successors[i].actor;
      if (const std::optional<std::size_t> twin = TwinOf(successors, i, before)) {
        const StateEdge& played = findings.edges[first_edge + *twin];
        findings.edges.push_back({played.target, actor, played.actor_after});
        continue;
      }
      if (i + 1 == successors.size()) {
        findings.edges.push_back(Follow(task.world, successors[i], task.choices + 1, findings));
      } else {
        World world = task.world;
        findings.edges.push_back(Follow(world, successors[i], task.choices + 1, findings));
      }
    }
  }

  // Makes the choice; what comes out is a task if it is new. Takes the world.
  StateEdge Follow(World& world, const Successor<System>& successor, std::uint64_t choices,
                   Findings<System>& findings) {
    StateDescription& after = findings.after;
    system_.Play(world, successor.choice, findings.scratch);
    system_.Describe(world, after, findings.scratch);
    const auto [state, is_new] = table_.Insert(after.fingerprint);
    const ActorLabel label = LabelAfter(system_, successor.choice, after);
    if (is_new) {
      findings.fresh.push_back({state, after, std::move(world), choices});
      findings.known_states = state + std::uint64_t{1};
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
    std::vector<StateGraph::Part> parts;
    for (Findings<System>& found : findings) {
      for (const auto& [outcome, ends] : found.ends) {
        for (const std::size_t end : ends) found.expansions[end].outcome = numbers[outcome];
      }
      parts.push_back({found.expansions, found.edges});
    }
    result.graph = StateGraph(std::move(starts), table_.size(), parts);
    if (result.graph.IsComplete()) return result;
    result.stop = stop_.load();
    if (limits_.keeps_so_far) result.fingerprints = table_.Fingerprints();
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

// nullopt: it was a search of another system.
template <class System>
std::optional<SearchResult<System>> GoOnSearching(const System& system, typename System::World root,
                                                  const SearchSoFar& so_far, SearchLimits limits = {}) {
  return explore_internal::Searcher<System>(system, limits).GoOn(std::move(root), so_far);
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
