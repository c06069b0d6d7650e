// What record locks cost: taking and releasing one, holding a million, queueing behind many.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>

#include "lockmgr/lock_table.h"

namespace nextkey {
namespace {

constexpr TableId kTable{1};
constexpr IndexId kIndex{1};
constexpr std::uint32_t kRowsPerPage = 500;  // About 30 bytes a row on a page of 16 KB.

RecordPlace PlaceOfRow(std::uint32_t row) {
  return {kIndex, {PageNumber(1 + row / kRowsPerPage), 1 + row % kRowsPerPage}};
}

void LockAndReleaseRow(benchmark::State& state) {
  LockTable locks;
  std::uint64_t trx = 0;
  for (auto _ : state) {
    ++trx;
    locks.LockRecord(TrxId(trx), kTable, PlaceOfRow(0), LockMode::kExclusive, LockSpan::kRecordOnly);
    benchmark::DoNotOptimize(locks.ReleaseAll(TrxId(trx)));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(LockAndReleaseRow);

// A range scan of FOR UPDATE over the whole table: every record in key order, page after page.
void NextKeyScan(benchmark::State& state) {
  const auto rows = static_cast<std::uint32_t>(state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state) {
    LockTable locks;
    for (std::uint32_t row = 0; row < rows; ++row) {
      locks.LockRecord(TrxId(1), kTable, PlaceOfRow(row), LockMode::kExclusive, LockSpan::kNextKey);
    }
    bytes = locks.memory_bytes();
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * rows);
  state.counters["bytes"] = static_cast<double>(bytes) / rows;  // A lock.
}
BENCHMARK(NextKeyScan)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// Enqueueing alone is timed; leaving the queue again is not.
void OneMoreWaiter(benchmark::State& state) {
  const auto waiters = static_cast<std::uint64_t>(state.range(0));
  LockTable locks;
  const auto ask = [&](std::uint64_t trx) {
    return locks.LockRecord(TrxId(trx), kTable, PlaceOfRow(0), LockMode::kExclusive, LockSpan::kRecordOnly);
  };
  for (std::uint64_t trx = 1; trx <= 1 + waiters; ++trx) ask(trx);  // The first one holds the row.
  const std::uint64_t newcomer = waiters + 2;
  for (auto _ : state) {
    const auto began = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(ask(newcomer));
    const auto ended = std::chrono::steady_clock::now();
    state.SetIterationTime(std::chrono::duration<double>(ended - began).count());
    locks.CancelWait(TrxId(newcomer));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(OneMoreWaiter)->Arg(10)->Arg(10'000)->UseManualTime();

// One commit that lets the next one in, with so many behind it.
void HandOver(benchmark::State& state) {
  const auto waiters = static_cast<std::uint64_t>(state.range(0));
  LockTable locks;
  const auto ask = [&](std::uint64_t trx) {
    locks.LockRecord(TrxId(trx), kTable, PlaceOfRow(0), LockMode::kExclusive, LockSpan::kRecordOnly);
  };
  for (std::uint64_t trx = 1; trx <= 1 + waiters; ++trx) ask(trx);
  std::uint64_t holder = 1;
  for (auto _ : state) {
    benchmark::DoNotOptimize(locks.ReleaseAll(TrxId(holder)));
    ask(waiters + ++holder);  // The queue keeps its length.
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(HandOver)->Arg(10)->Arg(1'000);

}  // namespace
}  // namespace nextkey
