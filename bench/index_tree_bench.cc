// What rows cost in the storage engine alone: reading by key, scanning, inserting, forking, with a
// million rows.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <vector>

#include "engine/index_tree.h"
#include "engine/schema.h"

namespace nextkey {
namespace {

constexpr std::int64_t kRows = 1'000'000;

// seat(seat_id INT PRIMARY KEY, price INT, status VARCHAR(1))
TableDef SeatTable() {
  TableDef table;
  table.id = TableId(1);
  table.name = "seat";
  ColumnType varchar;
  varchar.kind = TypeKind::kVarchar;
  varchar.length = 1;
  ColumnDef key;
  key.name = "seat_id";
  key.is_nullable = false;
  ColumnDef price;
  price.name = "price";
  ColumnDef status;
  status.name = "status";
  status.type = varchar;
  table.columns = {key, price, status};
  IndexDef primary;
  primary.id = IndexId(1);
  primary.name = "PRIMARY";
  primary.is_clustered = true;
  primary.is_unique = true;
  primary.parts = {KeyPart{}};
  table.indexes = {primary};
  table.Finish();
  return table;
}

Record SeatRecord(std::int64_t key) {
  Record record;
  record.row = Row({Value::Int(key), Value::Int(100), Value::Text("N")});
  record.writer = TrxId(1);
  return record;
}

// Rows with the even keys from 2 up to 2 * kRows.
IndexTree FullTree() {
  const TableDef table = SeatTable();
  IndexTree tree(table, table.indexes[0]);
  for (std::int64_t row = 1; row <= kRows; ++row) tree.Insert(SeatRecord(2 * row));
  return tree;
}

std::vector<Value> RandomKeys(std::int64_t offset) {
  std::mt19937_64 random(4711);
  std::vector<Value> keys;
  for (int i = 0; i < 1 << 16; ++i) {
    keys.push_back(Value::Int(2 * static_cast<std::int64_t>(random() % kRows) + offset));
  }
  return keys;
}

void TreePointRead(benchmark::State& state) {
  const IndexTree tree = FullTree();
  const std::vector<Value> keys = RandomKeys(2);
  std::size_t next = 0;
  for (auto _ : state) {
    const std::optional<Place> place = tree.Find({&keys[next++ % keys.size()], 1});
    benchmark::DoNotOptimize(tree.At(*place).row[1].AsInt());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(TreePointRead);

void TreeScan(benchmark::State& state) {
  const IndexTree tree = FullTree();
  for (auto _ : state) {
    std::int64_t sum = 0;
    for (std::optional<Place> place = tree.First(); place; place = tree.Next(*place)) {
      if (!tree.IsSupremum(*place)) sum += tree.At(*place).row[1].AsInt();
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(TreeScan)->Unit(benchmark::kMillisecond);

// A row somewhere in the middle comes and goes, so that the tree keeps its size.
void TreeInsertAndErase(benchmark::State& state) {
  IndexTree tree = FullTree();
  const std::vector<Value> keys = RandomKeys(1);
  std::size_t next = 0;
  for (auto _ : state) {
    const Value& key = keys[next++ % keys.size()];
    tree.Insert(SeatRecord(key.AsInt()));
    tree.Erase(*tree.Find({&key, 1}));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(TreeInsertAndErase);

// Keys that only grow, as AUTO_INCREMENT gives them.
void TreeAppend(benchmark::State& state) {
  IndexTree tree = FullTree();
  std::int64_t key = 2 * kRows;
  for (auto _ : state) tree.Insert(SeatRecord(++key));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(TreeAppend);

// A copy of the world with its first write: what is shared until then is cloned.
void TreeForkAndWrite(benchmark::State& state) {
  const IndexTree tree = FullTree();
  const Value key = Value::Int(kRows);
  for (auto _ : state) {
    IndexTree fork = tree;
    const Place place = *fork.Find({&key, 1});
    Record record = fork.At(place);
    record.writer = TrxId(2);
    fork.Replace(place, std::move(record));
    benchmark::DoNotOptimize(fork);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(TreeForkAndWrite);

}  // namespace
}  // namespace nextkey
