// What an explorer pays for each edge of its graph: the fork of a race's world, one choice, the
// fingerprint of what comes out; over the worlds that random schedules come through.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <variant>
#include <vector>

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

ProgramRef Race(const std::string& name, std::uint32_t clients) {
  RaceFile file = OrAbort(ReadRaceFile(SourceFile{name, std::string(FindShippedRace(name)->text)}));
  RaceOptions options;
  options.clients[file.clients.front().name.text] = clients;
  return OrAbort(BuildProgram(std::make_shared<const RaceFile>(std::move(file)), std::move(options)));
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

}  // namespace
}  // namespace nextkey
