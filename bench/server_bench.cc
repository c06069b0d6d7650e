// What statements cost on a whole server: parsed beforehand, executed through the same door that the
// replay uses.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "txn/server.h"
#include "txn/sql/parser.h"

namespace nextkey {
namespace {

sql::StatementRef Parsed(std::string_view text) {
  auto parsed = sql::ParseStatement(text);
  if (const auto* error = std::get_if<sql::ParseError>(&parsed)) {
    fmt::print(stderr, "{}: {}\n", text, error->message);
    std::abort();
  }
  return std::get<sql::StatementRef>(std::move(parsed));
}

void Run(Server& server, SessionId session, std::string_view text) {
  for (const Event& event : server.Execute(session, Parsed(text))) {
    const auto* ended = std::get_if<StatementEnded>(&event);
    if (ended != nullptr && ended->result.error) {
      fmt::print(stderr, "{}: {}\n", text, ended->result.error->message);
      std::abort();
    }
  }
}

// A server with seat(1..rows), none of them taken.
struct Hall {
  Server server;
  SessionId session;

  explicit Hall(std::int64_t rows) : session(server.Connect()) {
    Run(server, session,
        "create table seat (id int auto_increment primary key, price int, status char(1) not null)");
    for (std::int64_t row = 0; row < rows;) {
      std::string text = "insert into seat (price, status) values (100, 'N')";
      for (++row; row < rows && row % 1000 != 0; ++row) text += ", (100, 'N')";
      Run(server, session, text);
    }
  }
};

void RunAgainAndAgain(benchmark::State& state, Hall hall, std::string_view text) {
  const sql::StatementRef statement = Parsed(text);
  for (auto _ : state) benchmark::DoNotOptimize(hall.server.Execute(hall.session, statement));
  state.SetItemsProcessed(state.iterations());
}

void PointRead(benchmark::State& state) {
  const std::int64_t rows = state.range(0);
  RunAgainAndAgain(state, Hall(rows), fmt::format("select status from seat where id = {}", rows / 2));
}
BENCHMARK(PointRead)->Arg(10)->Arg(100'000);

void LockingPointRead(benchmark::State& state) {
  const std::int64_t rows = state.range(0);
  RunAgainAndAgain(state, Hall(rows),
                   fmt::format("select status from seat where id = {} for update", rows / 2));
}
BENCHMARK(LockingPointRead)->Arg(10)->Arg(100'000);

void Update(benchmark::State& state) {
  const std::int64_t rows = state.range(0);
  RunAgainAndAgain(state, Hall(rows),
                   fmt::format("update seat set price = price + 1 where id = {}", rows / 2));
}
BENCHMARK(Update)->Arg(10)->Arg(100'000);

// The table grows while it is measured.
void Insert(benchmark::State& state) {
  RunAgainAndAgain(state, Hall(state.range(0)), "insert into seat (price, status) values (100, 'N')");
}
BENCHMARK(Insert)->Arg(100'000);

// What an explorer does at every edge of its graph: copy the world, take one step, hash the result.
// One session holds a row; the other one's step waits for it.
void ForkStepAndHash(benchmark::State& state) {
  Hall hall(10);
  const SessionId second = hall.server.Connect();
  Run(hall.server, hall.session, "begin");
  Run(hall.server, hall.session, "update seat set status = 'Y' where id = 1");
  const sql::StatementRef step = Parsed("select status from seat where id = 1 for update");
  for (auto _ : state) {
    Server fork = hall.server;
    benchmark::DoNotOptimize(fork.Execute(second, step));
    benchmark::DoNotOptimize(fork.Digest());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ForkStepAndHash);

void Fork(benchmark::State& state) {
  const Hall hall(10);
  for (auto _ : state) {
    Server fork = hall.server;
    benchmark::DoNotOptimize(fork);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Fork);

void ParseStatement(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        sql::ParseStatement("select id, status from seat where id between 1 and 10 for update"));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ParseStatement);

}  // namespace
}  // namespace nextkey
