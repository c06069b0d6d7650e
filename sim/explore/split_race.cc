#include "sim/explore/split_race.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "sim/explore/levels.h"
#include "sim/explore/race_system.h"
#include "sim/race/schedule.h"

namespace nextkey {
namespace {

// States a unit: enough that units of equal size take about equally long.
constexpr std::size_t kStatesAUnit = 8;

std::vector<Mistake> MistakeIn(std::string file, std::string message, std::string remedy) {
  Mistake mistake;
  mistake.file = std::move(file);
  mistake.message = std::move(message);
  mistake.remedy = std::move(remedy);
  return {std::move(mistake)};
}

// A race that is open, as a system.
struct OpenedRace {
  ProgramRef program;
  RaceWorld first;
};
std::variant<OpenedRace, std::vector<Mistake>> Open(ProgramRef program) {
  auto opened = OpenRace(*program);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&opened)) return std::move(*mistakes);
  return OpenedRace{std::move(program), std::get<RaceWorld>(std::move(opened))};
}
std::variant<OpenedRace, std::vector<Mistake>> Open(const SearchedRace& race) {
  auto program = ProgramOf(race);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&program)) return std::move(*mistakes);
  return Open(std::get<ProgramRef>(std::move(program)));
}

UnitStart StartOf(const Program& program, const CutState<RaceSystem>& state) {
  UnitStart start;
  start.token = TokenOf(program, {state.choices});
  start.weight = state.weight;
  for (const auto& [last, way] : state.ways) start.ways.push_back({0, last, way});
  return start;
}

std::vector<WorkUnit> UnitsOf(const SplitRace& split, const Program& program,
                              const std::vector<CutState<RaceSystem>>& cut) {
  std::vector<WorkUnit> units;
  for (std::uint32_t i = 0; i < split.units; ++i) {
    WorkUnit unit;
    unit.split = split;
    unit.number = i + 1;
    // Neighbours have most of their way in common, and so much of what follows.
    for (std::size_t at = cut.size() * i / split.units; at < cut.size() * (i + 1) / split.units; ++at)
      unit.starts.push_back(StartOf(program, cut[at]));
    units.push_back(std::move(unit));
  }
  return units;
}

struct Replayed {
  RaceSystem::World world;
  std::uint32_t choices = 0;
};

// Where a token leads to; nullopt: the token is none of this race.
std::optional<Replayed> Replay(const RaceSystem& system, RaceSystem::World world, const Program& program,
                               const std::string& token) {
  const auto schedule = ScheduleFor(program, token);
  if (!std::holds_alternative<Schedule>(schedule)) return std::nullopt;
  RaceSystem::Scratch scratch;
  std::vector<Choice> possible;
  const std::vector<Choice>& choices = std::get<Schedule>(schedule).choices;
  for (const Choice& choice : choices) {
    system.ChoicesOf(world, possible);
    if (std::find(possible.begin(), possible.end(), choice) == possible.end()) return std::nullopt;
    system.Play(world, choice, scratch);
  }
  return Replayed{std::move(world), static_cast<std::uint32_t>(choices.size())};
}

UnitResult ResultOf(const WorkUnit& unit, const SearchResult<RaceSystem>& found,
                    const std::vector<StartWeight>& weights, const std::vector<WayToStart>& ways,
                    unsigned jobs) {
  UnitResult result;
  result.split = unit.split;
  result.number = unit.number;
  result.is_complete = found.graph.IsComplete();
  result.states = found.graph.state_count();
  result.transitions = found.graph.edge_count();
  const std::vector<std::optional<Witness>> witnesses =
      FindWitnesses(found.graph, found.outcomes.size(), ways);
  ScheduleCount count;
  count.schedules = 0;
  count.outcomes.resize(found.outcomes.size());
  if (result.is_complete) count = CountSchedules(found.graph, found.outcomes.size(), weights, jobs);
  result.depth = count.longest;
  result.schedules = std::move(count.schedules);
  result.never_ends = std::move(count.never_ends);
  for (std::size_t i = 0; i < found.outcomes.size(); ++i) {
    if (!witnesses[i]) continue;
    result.outcomes.push_back(
        {std::move(count.outcomes[i].schedules), std::move(count.outcomes[i].probability), *witnesses[i]});
  }
  return result;
}

class Merger {
 public:
  Merger(const RaceSystem& system, RaceSystem::World root) : system_(system), root_(std::move(root)) {
    merged_.exploration.schedules = 0;
    merged_.exploration.is_complete = true;
  }

  // False: the part has a way that the race does not have.
  bool Add(const UnitResult& part) {
    Exploration& all = merged_.exploration;
    all.is_complete = all.is_complete && part.is_complete;
    all.states += part.states;
    all.transitions += part.transitions;
    all.depth = std::max(all.depth, part.depth);
    merged_.largest_unit = std::max(merged_.largest_unit, part.states);
    merged_.states_before = part.split.states_before;
    AddTo(all.schedules, part.schedules);
    all.never_ends += part.never_ends;
    return std::all_of(part.outcomes.begin(), part.outcomes.end(),
                       [this](const UnitOutcome& outcome) { return AddOutcome(outcome); });
  }

  MergedSearch Finish(ProgramRef program, std::string symmetry) {
    Exploration& all = merged_.exploration;
    all.program = std::move(program);
    all.symmetry = std::move(symmetry);
    all.states += merged_.states_before;
    // Which budget it was, the unit said where it ran.
    if (!all.is_complete) all.stop = SearchStop::kAsked;
    for (auto& [outcome, found] : outcomes_) {
      ExploredOutcome one;
      one.end = outcome.end;
      one.schedules = std::move(found.schedules);
      one.probability = std::move(found.probability);
      one.switches = found.witness.switches;
      one.witness.choices = ChoicesOnPath(system_, root_, found.witness.edges).value();
      all.outcomes.push_back(std::move(one));
    }
    all.verdict = VerdictOf(all);
    return std::move(merged_);
  }

 private:
  // Infinitely many stay so.
  static void AddTo(std::optional<Whole>& sum, const std::optional<Whole>& more) {
    if (!more) sum.reset();
    if (sum) *sum += *more;
  }

  bool AddOutcome(const UnitOutcome& part) {
    const auto choices = ChoicesOnPath(system_, root_, part.witness.edges);
    if (!choices) return false;
    RaceSystem::World world = root_;
    RaceSystem::Scratch scratch;
    for (const Choice& choice : *choices) system_.Play(world, choice, scratch);
    const auto [found, is_new] = outcomes_.try_emplace(system_.OutcomeOf(world, scratch), part);
    if (is_new) return true;
    AddTo(found->second.schedules, part.schedules);
    found->second.probability += part.probability;
    if (IsSimpler(part.witness, found->second.witness)) found->second.witness = part.witness;
    return true;
  }

  const RaceSystem& system_;
  RaceSystem::World root_;
  std::map<RaceSystem::Outcome, UnitOutcome> outcomes_;
  MergedSearch merged_;
};

bool AreOfOneSplit(const SplitRace& a, const SplitRace& b) {
  return AreOfOneSearch(a.race, b.race) && a.units == b.units && a.states_before == b.states_before;
}

std::vector<Mistake> FindGaps(const std::vector<UnitResult>& results) {
  const SplitRace& split = results.front().split;
  std::set<std::uint32_t> numbers;
  for (const UnitResult& result : results) {
    if (!AreOfOneSplit(result.split, split))
      return MistakeIn(result.split.race.file,
                       fmt::format("unit {} is a part of another search", result.number),
                       "Give the results of one --split alone.");
    if (!numbers.insert(result.number).second)
      return MistakeIn(split.race.file, fmt::format("unit {} is there twice", result.number),
                       "Give each result once.");
  }
  for (std::uint32_t number = 1; number <= split.units; ++number) {
    if (!numbers.contains(number))
      return MistakeIn(split.race.file, fmt::format("unit {} of {} is missing", number, split.units),
                       "Give the results of all units.");
  }
  return {};
}

}  // namespace

std::variant<std::vector<WorkUnit>, std::vector<Mistake>> SplitSearch(ProgramRef program,
                                                                      const SplitOptions& options) {
  auto opened = Open(std::move(program));
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&opened)) return std::move(*mistakes);
  const auto& [own, first] = std::get<OpenedRace>(opened);
  const RaceSystem system(*own, first, {options.sorts_clients, options.keeps_arrivals});
  CutSize size;
  const std::vector<CutState<RaceSystem>> cut =
      LevelCutter<RaceSystem>(system).Cut(system.Root(first), options.units * kStatesAUnit, size);
  if (system.AsksForArrivals()) {
    SplitOptions with_arrivals = options;
    with_arrivals.keeps_arrivals = true;
    return SplitSearch(own, with_arrivals);
  }
  SplitRace split;
  split.race = SearchedRaceOf(*own, options.sorts_clients, options.keeps_arrivals);
  split.units = static_cast<std::uint32_t>(std::min<std::size_t>(options.units, cut.size()));
  split.states_before = size.states;
  return UnitsOf(split, *own, cut);
}

std::variant<UnitResult, std::vector<Mistake>> RunUnit(const WorkUnit& unit, const ExploreOptions& options) {
  const SearchedRace& race = unit.split.race;
  auto opened = Open(race);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&opened)) return std::move(*mistakes);
  const auto& [program, first] = std::get<OpenedRace>(opened);
  const RaceSystem system(*program, first, {race.sorts_clients, race.keeps_arrivals});
  std::vector<RaceSystem::World> worlds;
  std::vector<StartWeight> weights;
  std::vector<WayToStart> ways;
  for (const UnitStart& start : unit.starts) {
    std::optional<Replayed> replayed = Replay(system, system.Root(first), *program, start.token);
    if (!replayed)
      return MistakeIn(race.file, fmt::format("\"{}\" is no schedule of this race", start.token),
                       "The unit is damaged: split again.");
    for (WayToStart way : start.ways) {
      way.start = worlds.size();
      ways.push_back(std::move(way));
    }
    worlds.push_back(std::move(replayed->world));
    weights.push_back(start.weight);
    weights.back().choices = replayed->choices;
  }
  SearchLimits limits = LimitsOf(options);
  limits.stop = &system.in_vain();
  const SearchResult<RaceSystem> found = SearchFromAll(system, std::move(worlds), limits);
  if (system.AsksForArrivals())
    return MistakeIn(race.file,
                     "in this race it matters who came first, and the unit's states do not know it",
                     "Split again with --arrivals.");
  return ResultOf(unit, found, weights, ways, options.jobs);
}

std::variant<MergedSearch, std::vector<Mistake>> MergeUnits(const std::vector<UnitResult>& results) {
  if (results.empty())
    return MistakeIn("merge", "there is nothing to merge", "Give the results of all units.");
  if (std::vector<Mistake> gaps = FindGaps(results); !gaps.empty()) return gaps;
  const SearchedRace& race = results.front().split.race;
  auto opened = Open(race);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&opened)) return std::move(*mistakes);
  const auto& [program, first] = std::get<OpenedRace>(opened);
  const RaceSystem system(*program, first, {race.sorts_clients, race.keeps_arrivals});
  Merger merger(system, system.Root(first));
  for (const UnitResult& result : results) {
    if (!merger.Add(result))
      return MistakeIn(race.file,
                       fmt::format("unit {} has a way that this race does not have", result.number),
                       "The result is damaged: run the unit again.");
  }
  return merger.Finish(program, SymmetryText(*program, system.reads(), race.sorts_clients));
}

}  // namespace nextkey
