// What a whole replay costs: reading a script of a thousand statements, playing it, printing it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <variant>

#include "sim/replay.h"
#include "sim/report_jsonl.h"
#include "sim/script.h"

namespace nextkey {
namespace {

// Bookings of ten seats, one after the other, in each of which the second session waits for the
// first: six statements a booking.
std::string Bookings(int count) {
  std::string text =
      "create table seat (id int primary key, status char(1) not null, price int) engine=innodb;\n"
      "insert into seat values (1,'N',0), (2,'N',0), (3,'N',0), (4,'N',0), (5,'N',0), (6,'N',0), (7,'N',0), "
      "(8,'N',0), (9,'N',0), (10,'N',0);\n";
  for (int booking = 0; booking < count; ++booking) {
    const int seat = 1 + booking % 10;
    text += fmt::format(
        "begin; select status from seat where id = {0} for update; -- A\n"
        "begin; select status from seat where id = {0} for update; -- B, waits\n"
        "update seat set price = price + 1 where id = {0}; commit; -- A\n"
        "commit; -- B\n",
        seat);
  }
  return text;
}

Script Parsed(std::string text) {
  ScriptOrMistakes script = ReadScript(SourceFile{"bookings.sql", std::move(text)});
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&script)) {
    fmt::print(stderr, "{}", ToText(*mistakes));
    std::abort();
  }
  return std::get<Script>(std::move(script));
}

std::int64_t StepCount(const Script& script) {
  return static_cast<std::int64_t>(script.cases[0].steps.size());
}

void ReadScriptOf1000(benchmark::State& state) {
  const std::string text = Bookings(142);
  const std::int64_t steps = StepCount(Parsed(text));
  for (auto _ : state) benchmark::DoNotOptimize(Parsed(text));
  state.SetItemsProcessed(state.iterations() * steps);
}
BENCHMARK(ReadScriptOf1000)->Unit(benchmark::kMillisecond);

void ReplayOf1000(benchmark::State& state) {
  const Script script = Parsed(Bookings(142));
  const auto listing = state.range(0) == 0 ? LockListing::kNone : LockListing::kEachStep;
  for (auto _ : state) {
    World world;
    while (!IsFinished(world, script.cases[0])) {
      benchmark::DoNotOptimize(ToJsonLine(PlayStep(world, script.cases[0], listing), {}));
    }
  }
  state.SetItemsProcessed(state.iterations() * StepCount(script));
}
BENCHMARK(ReplayOf1000)->ArgName("locks")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace nextkey
