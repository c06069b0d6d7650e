// What an explorer pays for each edge of its graph: the fork of a race's world, one choice, the
// fingerprint of what comes out, over the worlds that random schedules come through; and whole
// explorations, whose items are distinct states.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/explore/explore_race.h"
#include "sim/race/parser.h"
#include "sim/race/play.h"
#include "sim/race/program.h"
#include "sim/race/scheduler.h"
#include "sim/race/shipped_races.h"

namespace nextkey {
namespace {

template <class Result>
Result OrAbort(std::variant<Result, std::vector<Mistake>> result) {
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&result)) {
    fmt::print(stderr, "{}", ToText(*mistakes));
    std::abort();
  }
  return std::get<Result>(std::move(result));
}

ProgramRef RaceOf(SourceFile source, std::uint32_t clients) {
  RaceFile file = OrAbort(ReadRaceFile(std::move(source)));
  RaceOptions options;
  options.clients[file.clients.front().name.text] = clients;
  return OrAbort(BuildProgram(std::make_shared<const RaceFile>(std::move(file)), std::move(options)));
}

ProgramRef Race(const std::string& name, std::uint32_t clients) {
  return RaceOf(SourceFile{name, std::string(FindShippedRace(name)->text)}, clients);
}

SourceFile StockRace() {
  return std::get<SourceFile>(ReadSourceFile(NEXTKEY_SOURCE_DIR "/bench/peers/stock.race"));
}

struct Edge {
  RaceWorld world;
  Choice choice;
};

std::vector<Edge> EdgesOfRandomSchedules(const Program& program, std::size_t schedules) {
  const RaceWorld begin = OrAbort(OpenRace(program));
  std::vector<Edge> edges;
  for (std::size_t seed = 0; seed < schedules; ++seed) {
    RaceWorld world = begin;
    Scheduler scheduler(SchedulerKind::kRandom, seed);
    for (std::vector<Choice> choices = ChoicesOf(world, program); !choices.empty();
         choices = ChoicesOf(world, program)) {
      const Choice choice = choices[scheduler.Choose(choices)];
      edges.push_back({world, choice});
      PlayChoice(world, program, choice, nullptr);
    }
  }
  return edges;
}

enum class Part { kFork, kChoice, kFingerprint };

void PlayEdges(benchmark::State& state, const std::string& race, Part part) {
  const ProgramRef program = Race(race, 4);
  const std::vector<Edge> edges = EdgesOfRandomSchedules(*program, 20);
  PlanCache plans;
  for (auto _ : state) {
    for (const Edge& edge : edges) {
      RaceWorld world = edge.world;
      if (part >= Part::kChoice) PlayChoice(world, *program, edge.choice, nullptr, &plans);
      if (part >= Part::kFingerprint) benchmark::DoNotOptimize(world.Digest());
      benchmark::DoNotOptimize(world);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(edges.size()));
}

void RaceFork(benchmark::State& state) { PlayEdges(state, "seat", Part::kFork); }
void RaceForkAndChoice(benchmark::State& state) { PlayEdges(state, "seat", Part::kChoice); }
void RaceForkChoiceAndFingerprint(benchmark::State& state) { PlayEdges(state, "seat", Part::kFingerprint); }
BENCHMARK(RaceFork)->Unit(benchmark::kMicrosecond);
BENCHMARK(RaceForkAndChoice)->Unit(benchmark::kMicrosecond);
BENCHMARK(RaceForkChoiceAndFingerprint)->Unit(benchmark::kMicrosecond);

// The benchmark's second argument: threads.
void Explore(benchmark::State& state, const ProgramRef& program, ExploreOptions options = {}) {
  options.jobs = static_cast<unsigned>(state.range(1));
  std::uint64_t states = 0;
  for (auto _ : state) {
    const Exploration exploration = OrAbort(ExploreRace(program, options));
    if (!exploration.HasCounts()) std::abort();
    states = exploration.states;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(states));
}

// Nobody stands for anybody else.
void ExploreSeatWithoutSymmetry(benchmark::State& state) {
  ExploreOptions options;
  options.sorts_clients = false;
  Explore(state, Race("seat", static_cast<std::uint32_t>(state.range(0))), options);
}
void ExploreStock(benchmark::State& state) {
  const SourceFile source = StockRace();
  Explore(state, RaceOf(source, static_cast<std::uint32_t>(state.range(0))));
}
void ExploreOrder(benchmark::State& state) {
  Explore(state, Race("order", static_cast<std::uint32_t>(state.range(0))));
}
BENCHMARK(ExploreSeatWithoutSymmetry)
    ->ArgsProduct({{4, 5}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(ExploreStock)->ArgsProduct({{7, 10}, {1, 2}})->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(ExploreOrder)->ArgsProduct({{3, 5}, {1, 2}})->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace nextkey
