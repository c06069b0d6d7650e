#include "sim/explore/explore_race.h"

#include <algorithm>
#include <future>
#include <tuple>
#include <utility>

#include "sim/anomaly/race_anomaly.h"
#include "sim/explore/bounded_switches.h"
#include "sim/explore/count_schedules.h"
#include "sim/explore/race_system.h"
#include "sim/explore/reach.h"
#include "sim/explore/search.h"
#include "sim/explore/witness.h"
#include "sim/race/scheduler.h"

namespace nextkey {
namespace {

class Explorer {
 public:
  Explorer(ProgramRef program, const ExploreOptions& options) : options_(options) {
    result_.program = std::move(program);
  }

  Exploration Explore(const RaceWorld& first) {
    first_ = &first;
    if (!SearchOnce(first, options_.from != nullptr && options_.from->race.keeps_arrivals)) {
      options_.from = nullptr;  // All states are others now.
      SearchOnce(first, true);
    }
    return std::move(result_);
  }
  // The checkpoint that the search was to go on from is none of this race.
  bool is_none_of_it() const { return is_none_of_it_; }

 private:
  // False: who came first matters somewhere, and was not part of the states.
  bool SearchOnce(const RaceWorld& first, bool keeps_arrivals) {
    const RaceSystem system(*result_.program, first,
                            {options_.sorts_clients, keeps_arrivals, options_.reuses_steps});
    SearchLimits limits = LimitsOf(options_);
    limits.stop = &system.in_vain();
    keeps_arrivals_ = keeps_arrivals;
    RaceSystem::World root = system.Root(first);
    if (options_.most_switches) {
      const BoundedSwitches<RaceSystem> bounded(system, *options_.most_switches);
      Search(bounded, BoundedSwitches<RaceSystem>::World{std::move(root)}, limits);
    } else {
      Search(system, std::move(root), limits);
    }
    if (system.AsksForArrivals()) return false;
    result_.symmetry = SymmetryText(*result_.program, system.reads(), options_.sorts_clients);
    return true;
  }

  template <class System>
  void Search(const System& system, typename System::World root, const SearchLimits& limits) {
    if (options_.counts) {
      SearchAndCount(system, std::move(root), limits);
    } else {
      SearchOutcomes(system, std::move(root), limits);
    }
    result_.most_switches = options_.most_switches;
    result_.verdict = VerdictOf(result_);
  }

  template <class System>
  void SearchOutcomes(const System& system, typename System::World root, const SearchLimits& limits) {
    ReachResult<System> found = Reach(system, std::move(root), limits, options_.reduces);
    result_.is_counted = false;
    result_.is_reduced = options_.reduces && HasChoicesForThemselves<System>;
    result_.states = found.states;
    result_.transitions = found.transitions;
    result_.depth = found.depth;
    result_.stop = found.stop;
    result_.is_complete = found.stop == SearchStop::kNot && !options_.most_switches;
    for (auto& [end, choices] : found.outcomes) {
      ExploredOutcome outcome;
      outcome.end = end.end;
      outcome.witness.choices = std::move(choices);
      outcome.switches = SwitchesOf(*first_, *result_.program, outcome.witness);
      result_.outcomes.push_back(std::move(outcome));
    }
  }

  template <class System>
  void SearchAndCount(const System& system, typename System::World root, const SearchLimits& limits) {
    auto searched = options_.from == nullptr ? nextkey::Search(system, root, limits)
                                             : GoOnSearching(system, root, options_.from->so_far, limits);
    is_none_of_it_ = !searched;
    if (is_none_of_it_ || limits.stop->load()) return;
    SearchResult<System>& found = *searched;
    result_.states = found.graph.state_count();
    result_.transitions = found.graph.edge_count();
    result_.stop = found.stop;
    result_.is_complete = found.graph.IsComplete() && !options_.most_switches;
    const auto policy = options_.jobs > 1 ? std::launch::async : std::launch::deferred;
    std::future<std::vector<std::optional<Witness>>> finding =
        std::async(policy, [&found] { return FindWitnesses(found.graph, found.outcomes.size()); });
    std::optional<ScheduleCount> count;
    if (found.graph.IsComplete())
      count = CountSchedules(found.graph, found.outcomes.size(), {StartWeight{}}, options_.jobs);
    const std::vector<std::optional<Witness>> witnesses = finding.get();
    for (std::size_t i = 0; i < found.outcomes.size(); ++i) {
      ExploredOutcome outcome;
      outcome.end = std::move(found.outcomes[i].end);
      if (witnesses[i]) {
        outcome.switches = witnesses[i]->switches;
        outcome.witness.choices = ChoicesOnPath(system, root, witnesses[i]->edges).value();
      }
      result_.outcomes.push_back(std::move(outcome));
    }
    if (count) {
      Note(*std::move(count));
    } else if (options_.keeps_checkpoint) {
      result_.checkpoint = std::make_shared<const Checkpoint>(
          Checkpoint{SearchedRaceOf(*result_.program, options_.sorts_clients, keeps_arrivals_),
                     options_.most_switches,
                     {std::move(found.graph), std::move(found.fingerprints)}});
    }
  }

  void Note(ScheduleCount count) {
    for (std::size_t i = 0; i < result_.outcomes.size(); ++i) {
      result_.outcomes[i].schedules = std::move(count.outcomes[i].schedules);
      // Within a bound not all choices are there to be drawn: there is no probability.
      if (result_.is_complete) result_.outcomes[i].probability = std::move(count.outcomes[i].probability);
    }
    result_.schedules = std::move(count.schedules);
    if (result_.is_complete) result_.never_ends = std::move(count.never_ends);
    result_.depth = count.longest;
  }

  ExploreOptions options_;
  const RaceWorld* first_ = nullptr;
  bool keeps_arrivals_ = false;
  bool is_none_of_it_ = false;
  Exploration result_;
};

}  // namespace

SearchLimits LimitsOf(const ExploreOptions& options) {
  SearchLimits limits;
  limits.most_states = options.most_states;
  limits.jobs = options.jobs;
  limits.most_bytes = options.most_bytes;
  limits.interrupt = options.interrupt;
  limits.progress = options.progress;
  limits.keeps_so_far = options.keeps_checkpoint;
  return limits;
}

std::string SymmetryText(const Program& program, const ProgramReads& reads, bool sorts_clients) {
  if (!sorts_clients) return "off";
  if (!reads.keeps_all_because.empty()) return "none: " + reads.keeps_all_because;
  std::string why;
  for (std::size_t i = 0; i < program.templates.size(); ++i) {
    const auto count = std::count_if(program.clients.begin(), program.clients.end(),
                                     [&](const auto& client) { return client.template_index == i; });
    if (count < 2) continue;
    if (reads.tells_clients_apart_by[i].empty()) return "on";
    why = reads.tells_clients_apart_by[i];
  }
  return why.empty() ? "none: no two clients are alike" : "none: " + why;
}

Verdict VerdictOf(const Exploration& exploration) {
  if (exploration.Worst() != nullptr) return Verdict::kBreaks;
  return exploration.is_complete ? Verdict::kHolds : Verdict::kIncomplete;
}

Fraction Exploration::BadShare() const {
  Fraction share;
  for (const ExploredOutcome& outcome : outcomes) {
    if (!outcome.end.broken.empty()) share += outcome.probability;
  }
  return share;
}

const ExploredOutcome* Exploration::Worst() const {
  const ExploredOutcome* worst = nullptr;
  for (const ExploredOutcome& outcome : outcomes) {
    if (outcome.end.broken.empty()) continue;
    const auto cost = [](const ExploredOutcome& one) {
      return std::make_tuple(one.switches, one.witness.choices.size());
    };
    if (worst == nullptr || cost(outcome) < cost(*worst)) worst = &outcome;
  }
  return worst;
}

void NameAnomalies(Exploration& exploration) {
  for (ExploredOutcome& outcome : exploration.outcomes) {
    if (!outcome.end.broken.empty()) outcome.anomaly = AnomalyOf(*exploration.program, outcome.witness);
  }
}

void TrySerializable(Exploration& exploration, ExploreOptions options) {
  if (exploration.verdict != Verdict::kBreaks) return;
  constexpr std::uint64_t kMostStates = 500;  // A moment's work.
  options.most_states = std::min(options.most_states, kMostStates);
  options.counts = false;
  options.most_switches.reset();
  options.progress = nullptr;
  options.from = nullptr;
  options.keeps_checkpoint = false;
  RaceOptions race = exploration.program->options;
  race.isolation = sql::IsolationLevel::kSerializable;
  auto program = BuildProgram(exploration.program->file, std::move(race));
  if (!std::holds_alternative<ProgramRef>(program)) return;
  const auto explored = ExploreRace(std::get<ProgramRef>(std::move(program)), options);
  const auto* answer = std::get_if<Exploration>(&explored);
  if (answer != nullptr && answer->verdict != Verdict::kIncomplete)
    exploration.at_serializable = answer->verdict;
}

std::variant<Exploration, std::vector<Mistake>> ExploreRace(ProgramRef program,
                                                            const ExploreOptions& options) {
  auto opened = OpenRace(*program);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&opened)) return std::move(*mistakes);
  Explorer explorer(program, options);
  Exploration exploration = explorer.Explore(std::get<RaceWorld>(opened));
  if (!explorer.is_none_of_it()) return exploration;
  Mistake mistake;
  mistake.file = program->file->source.name;
  mistake.message = "the checkpoint is none of this race";
  mistake.remedy = "Begin anew, or use the version of nextkey that wrote it.";
  return std::vector{std::move(mistake)};
}

std::variant<Exploration, std::vector<Mistake>> GoOnExploring(std::shared_ptr<const Checkpoint> checkpoint,
                                                              ExploreOptions options) {
  auto program = ProgramOf(checkpoint->race);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&program)) return std::move(*mistakes);
  options.sorts_clients = checkpoint->race.sorts_clients;
  options.most_switches = checkpoint->most_switches;
  options.counts = true;
  options.from = std::move(checkpoint);
  return ExploreRace(std::get<ProgramRef>(std::move(program)), options);
}

}  // namespace nextkey
