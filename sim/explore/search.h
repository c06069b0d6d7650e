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
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "sim/explore/in_parallel.h"
#include "sim/explore/rebuild_worlds.h"
#include "sim/explore/spin_lock.h"
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

// What a choice led to.
template <class System>
struct Step {
  std::optional<std::size_t> twin;  // The step that leads to the same: nothing else is known then.
  typename System::World world;
  StateDescription after;
  StateEdge edge;  // `target` is yet to be found.
};

// What one thread found, put together at the end, and the room that it works in.
template <class System>
struct alignas(64) Findings {
  StateGraph::Part part;
  std::map<typename System::Outcome, std::vector<std::size_t>> ends;  // Places in its expansions.
  std::vector<Task<System>> tasks;                                    // Still to be done by it.
  typename System::Scratch scratch;
  std::vector<typename System::Choice> choices;
  std::vector<Successor<System>> successors;
  std::vector<Step<System>> steps;  // By successor; the rest is room.
  std::vector<Fingerprint> fingerprints;
  std::vector<StateTable::Inserted> inserted;
  std::uint64_t known_states = 0;
  std::uint64_t untold_transitions = 0;
  std::uint64_t told_tasks = 0;
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
        table_(limits.jobs) {}

  SearchResult<System> Search(std::vector<World> roots) {
    BeginProgress(0);
    std::vector<Findings<System>> findings(limits_.jobs);
    std::vector<StateIndex> starts;
    for (World& root : roots) {
      StateDescription description;
      system_.Describe(root, description, findings[0].scratch);
      const auto [state, is_new] = table_.Insert(description.fingerprint);
      const std::size_t job = starts.size() % limits_.jobs;  // The first one's is the thread that is there.
      starts.push_back(state);
      if (!is_new) continue;
      findings[job].tasks.push_back({state, std::move(description), std::move(root)});
    }
    return Finish(std::move(starts), findings);
  }

  // Goes on where a search was stopped. nullopt: that was a search of another system. Requires: nothing was
  // searched yet.
  std::optional<SearchResult<System>> GoOn(World root, const SearchSoFar& so_far) {
    BeginProgress(so_far.graph.edge_count());
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
      findings[state % limits_.jobs].tasks.push_back({state, description, std::move(world), choices});
    };
    if (!WorldRebuilder<System>(system_, so_far).Rebuild(std::move(root), is_wanted, found))
      return std::nullopt;
    return Finish(so_far.graph.starts(), findings);
  }

 private:
  void BeginProgress(std::uint64_t transitions) {
    progress_.transitions = transitions;
    progress_.frontier = 0;
    progress_.depth = 0;
  }

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
        places.push_back(known.part.expansions.size());
      }
      const auto edges = so_far.graph.EdgesOf(state);
      known.part.expansions.push_back({state, static_cast<std::uint32_t>(edges.size())});
      std::vector<StateEdge>& room = known.part.edges.RoomFor(edges.size());
      room.insert(room.end(), edges.begin(), edges.end());
    }
    return ends;
  }

  SearchResult<System> Finish(std::vector<StateIndex> starts, std::vector<Findings<System>>& findings) {
    for (Findings<System>& found : findings) found.known_states = table_.size();
    OnThreads(limits_.jobs, [this, &findings](unsigned job) { Work(job, findings[job]); });
    return Gather(std::move(starts), findings);
  }

  SearchStop StopNow(const Findings<System>& findings) const {
    if (findings.known_states > limits_.most_states) return SearchStop::kStates;
    if (limits_.stop != nullptr && limits_.stop->load()) return SearchStop::kAsked;
    if (limits_.interrupt != nullptr && limits_.interrupt->load()) return SearchStop::kAsked;
    if (limits_.most_bytes == UINT64_MAX) return SearchStop::kNot;
    const std::uint64_t bytes =
        SearchProgress::BytesOf(table_.size(), progress_.transitions + findings.untold_transitions,
                                progress_.frontier + findings.tasks.size() - findings.told_tasks);
    return bytes > limits_.most_bytes ? SearchStop::kBytes : SearchStop::kNot;
  }

  // Each thread tells now and then how far it is.
  void Report(Findings<System>& findings, std::uint64_t transitions, std::uint64_t choices) {
    constexpr std::uint64_t kBetweenReports = 64;
    findings.untold_transitions += transitions;
    findings.deepest = std::max(findings.deepest, choices);
    if (findings.part.expansions.size() % kBetweenReports != 0) return;
    progress_.states.store(table_.size(), std::memory_order_relaxed);
    const std::uint64_t tasks = findings.tasks.size();
    progress_.frontier.fetch_add(tasks - std::exchange(findings.told_tasks, tasks),
                                 std::memory_order_relaxed);
    progress_.transitions.fetch_add(std::exchange(findings.untold_transitions, 0), std::memory_order_relaxed);
    std::uint64_t deepest = progress_.depth.load(std::memory_order_relaxed);
    while (deepest < findings.deepest && !progress_.depth.compare_exchange_weak(deepest, findings.deepest)) {
    }
  }

  bool HasStopped() const { return stop_.load(std::memory_order_relaxed) != SearchStop::kNot; }

  // Newest first, so that few worlds are kept.
  void Work(unsigned job, Findings<System>& findings) {
    Task<System> task;
    while (!HasStopped()) {
      if (findings.tasks.empty()) {
        if (!WaitForTasks(findings)) return;
        continue;
      }
      if (const SearchStop stop = StopNow(findings); stop != SearchStop::kNot) return stop_.store(stop);
      task = std::move(findings.tasks.back());
      findings.tasks.pop_back();
      Expand(job, task, findings);
      if (waiting_.load(std::memory_order_relaxed) > 0) GiveAway(findings);
    }
  }

  // The older half of one's tasks, which lead furthest.
  void GiveAway(Findings<System>& findings) {
    const std::lock_guard guard(shared_mutex_);
    if (findings.tasks.size() < 2 || has_shared_tasks_.load()) return;
    const auto end = findings.tasks.begin() + static_cast<std::ptrdiff_t>(findings.tasks.size() / 2);
    shared_tasks_.assign(std::make_move_iterator(findings.tasks.begin()), std::make_move_iterator(end));
    findings.tasks.erase(findings.tasks.begin(), end);
    has_shared_tasks_.store(true);
  }

  // False: there is nothing left to do for anybody.
  bool WaitForTasks(Findings<System>& findings) {
    ++waiting_;
    while (true) {
      SpinUntil(
          [this] { return has_shared_tasks_.load() || waiting_.load() == limits_.jobs || HasStopped(); });
      const std::lock_guard guard(shared_mutex_);
      if (has_shared_tasks_.load()) {
        std::swap(findings.tasks, shared_tasks_);
        has_shared_tasks_.store(false);
        --waiting_;
        return true;
      }
      if (waiting_.load() == limits_.jobs || HasStopped()) return false;
    }
  }

  // Takes the task's world.
  void Expand(unsigned job, Task<System>& task, Findings<System>& findings) {
    const StateDescription& before = task.description;
    const std::vector<Successor<System>>& successors = findings.successors;
    FindSuccessors(system_, task.world, before, findings.choices, findings.successors);
    if (successors.empty())
      findings.ends[system_.OutcomeOf(task.world, findings.scratch)].push_back(
          findings.part.expansions.size());
    findings.part.expansions.push_back({task.state, static_cast<std::uint32_t>(successors.size())});
    Report(findings, successors.size(), task.choices);
    findings.fingerprints.clear();
    if (findings.steps.size() < successors.size()) findings.steps.resize(successors.size());
    for (std::size_t i = 0; i < successors.size(); ++i) {
      Step<System>& step = findings.steps[i];
      step.twin = TwinOf(successors, i, before);
      if (step.twin) continue;
      if (i + 1 == successors.size()) {
        step.world = std::move(task.world);
      } else {
        step.world = task.world;
      }
      Make(successors[i], step, findings.scratch);
      findings.fingerprints.push_back(step.after.fingerprint);
    }
    findings.inserted.resize(findings.fingerprints.size());
    table_.Insert(findings.fingerprints, job, findings.inserted);
    AddEdges(task.choices + 1, findings);
  }

  // In the step's world.
  void Make(const Successor<System>& successor, Step<System>& step, typename System::Scratch& scratch) const {
    system_.Play(step.world, successor.choice, scratch);
    system_.Describe(step.world, step.after, scratch);
    table_.Prefetch(step.after.fingerprint);
    step.edge.actor_after = LabelAfter(system_, successor.choice, step.after);
  }

  // What is new is a task.
  void AddEdges(std::uint64_t choices, Findings<System>& findings) {
    std::vector<StateEdge>& edges = findings.part.edges.RoomFor(findings.successors.size());
    const std::size_t first_edge = edges.size();
    auto inserted = findings.inserted.begin();
    for (std::size_t i = 0; i < findings.successors.size(); ++i) {
      Step<System>& step = findings.steps[i];
      if (step.twin) {
        step.edge = edges[first_edge + *step.twin];
      } else {
        const auto [state, is_new] = *inserted++;
        step.edge.target = state;
        if (is_new) {
          findings.tasks.push_back({state, step.after, std::move(step.world), choices});
          findings.known_states = state + std::uint64_t{1};
        }
      }
      step.edge.actor = findings.successors[i].actor;
      edges.push_back(step.edge);
    }
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
        for (const std::size_t end : ends) found.part.expansions[end].outcome = numbers[outcome];
      }
      parts.push_back(std::move(found.part));
    }
    result.graph = StateGraph(std::move(starts), table_.size(), std::move(parts));
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
  // Threads that have nothing left to do get from those that have.
  std::atomic<unsigned> waiting_ = 0;
  std::mutex shared_mutex_;
  std::vector<Task<System>> shared_tasks_;
  std::atomic<bool> has_shared_tasks_ = false;
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
