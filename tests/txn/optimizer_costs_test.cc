// The costs that the optimizer trace of a real server (MariaDB 10.11.19) printed for the same tables.
#include "txn/optimizer_costs.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "engine/table.h"

namespace nextkey {
namespace {

ColumnDef Column(std::string name, TypeKind kind, std::uint32_t length = 0) {
  ColumnDef column;
  column.name = std::move(name);
  column.type.kind = kind;
  column.type.length = length;
  return column;
}

IndexDef Index(std::string name, std::vector<KeyPart> parts) {
  IndexDef index;
  index.name = std::move(name);
  index.parts = std::move(parts);
  index.is_unique = index.name == "PRIMARY";
  return index;
}

Table Filled(TableDef def, const std::vector<std::vector<Value>>& rows) {
  def.id = TableId(1);
  def.Finish();
  Table table(std::make_shared<const TableDef>(std::move(def)));
  for (const std::vector<Value>& values : rows) {
    const Row row{std::vector<Value>(values)};
    for (std::size_t i = 0; i < table.trees.size(); ++i) {
      Record record;
      record.row = EntryFor(*table.def, table.def->indexes[i], row);
      table.trees[i].Insert(std::move(record));
    }
  }
  table.statistics = Analyze(table);
  return table;
}

// u (id int primary key, n int), rows 10, 50, 60.
Table ThreeRows() {
  TableDef def;
  def.columns = {Column("id", TypeKind::kInt), Column("n", TypeKind::kInt)};
  def.indexes = {Index("PRIMARY", {{0}})};
  return Filled(
      std::move(def),
      {{Value::Int(10), Value::Int(1)}, {Value::Int(50), Value::Int(2)}, {Value::Int(60), Value::Int(3)}});
}

// t (id int primary key, k int, n int, v varchar(10), key k (k), key kn (k, n)), ten rows:
// id 10, 20 .., k = 1, 2, 3, 0, 1 .., n = 1 .. 6, 0 ..
Table TenRows() {
  TableDef def;
  def.columns = {Column("id", TypeKind::kInt), Column("k", TypeKind::kInt), Column("n", TypeKind::kInt),
                 Column("v", TypeKind::kVarchar, 10)};
  def.indexes = {Index("PRIMARY", {{0}}), Index("k", {{1}}), Index("kn", {{1}, {2}})};
  std::vector<std::vector<Value>> rows;
  for (int i = 1; i <= 10; ++i) {
    rows.push_back({Value::Int(i * 10), Value::Int(i % 4), Value::Int(i % 7), Value::Text("v")});
  }
  return Filled(std::move(def), rows);
}

KeyRange Point(KeyValues key) { return {key, key, true, true, true}; }

constexpr double kPrinted = 1e-8;  // The trace prints ten digits.

TEST(OptimizerCosts, ThreePointsOnThreeRowsCostMoreThanTheTable) {
  const Table table = ThreeRows();
  const OptimizerCosts costs(table);
  const std::vector<KeyRange> points = {Point({Value::Int(10)}), Point({Value::Int(50)}),
                                        Point({Value::Int(70)})};
  const RangeEstimate estimate = costs.Estimate(0, points, false);
  EXPECT_EQ(estimate.rows, 3);
  EXPECT_NEAR(estimate.cost, 3.997473207, kPrinted);
  EXPECT_EQ(costs.ScanTime(), 1);
}

TEST(OptimizerCosts, EqualityOnASecondaryIndexCountsItsEntries) {
  const Table table = TenRows();
  const OptimizerCosts costs(table);
  const std::vector<KeyRange> equal = {Point({Value::Int(2)})};
  EXPECT_EQ(costs.Estimate(1, equal, false).rows, 3);
  EXPECT_NEAR(costs.Estimate(1, equal, false).cost, 3.74532957, kPrinted);
  EXPECT_NEAR(costs.Estimate(2, equal, false).cost, 3.745512664, kPrinted);
  const std::vector<KeyRange> both = {Point({Value::Int(2), Value::Int(3)})};
  EXPECT_EQ(costs.Estimate(2, both, false).rows, 1);
  EXPECT_NEAR(costs.Estimate(2, both, false).cost, 1.345170888, kPrinted);
}

TEST(OptimizerCosts, ACoveringRangeReadsNoRows) {
  const Table table = TenRows();
  const OptimizerCosts costs(table);
  const std::vector<KeyRange> range = {{{Value::Int(1)}, {}, false, true, false}};
  EXPECT_NEAR(costs.Estimate(1, range, true).cost, 1.145549283, kPrinted);
  EXPECT_NEAR(costs.Estimate(1, range, false).cost, 6.145549283, kPrinted);
  EXPECT_NEAR(costs.KeyReadTime(1, 1, 10) + 10 / kTimeForCompare, 3.001098566, kPrinted);
}

TEST(TableStatistics, CountsDifferentPrefixesAndFollowsTheRows) {
  const Table table = TenRows();
  const std::vector<std::uint64_t> k = {4, 10};
  EXPECT_EQ(table.statistics.rows, 10U);
  EXPECT_EQ(table.statistics.analyzed->distinct[1], k);
  TableStatistics statistics;
  statistics.RowWent();  // A count that is too low already stays at 0.
  EXPECT_EQ(statistics.rows, 0U);
  statistics.RowCame();
  EXPECT_EQ(statistics.rows, 1U);
}

}  // namespace
}  // namespace nextkey
