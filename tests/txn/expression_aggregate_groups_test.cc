// Aggregates over a group of four rows, one of them all NULL, and over an empty one. The answers
// are a MariaDB 10.11 server's.
#include <gtest/gtest.h>

#include "tests/txn/expression_harness.h"

namespace nextkey {
namespace {

// i int, d decimal(6,2), f double, s varchar(5), bs varchar(5) COLLATE utf8mb4_bin
class ExpressionAggregateGroupsTest : public testing::Test {
 protected:
  ExpressionAggregateGroupsTest() {
    auto table = std::make_shared<TableDef>();
    const auto add = [&](std::string name, ColumnType type) {
      ColumnDef column;
      column.name = std::move(name);
      column.type = type;
      table->columns.push_back(column);
    };
    add("i", {.kind = TypeKind::kInt});
    add("d", {.kind = TypeKind::kDecimal, .length = 6, .scale = 2});
    add("f", {.kind = TypeKind::kDouble});
    add("s", {.kind = TypeKind::kVarchar, .length = 5});
    add("bs", {.kind = TypeKind::kVarchar, .length = 5, .collation = Collation::kBin});
    table_ = std::move(table);
  }

  static Row MakeRow(int i, int hundredths, double f, std::string s) {
    return Row({Value::Int(i), Value::OfDecimal(Decimal{hundredths, 2}), Value::Double(f), Value::Text(s),
                Value::Text(s)});
  }

  std::string Ask(std::string_view expression, const std::vector<Row>& group) const {
    const auto parsed = sql::ParseExpression(expression);
    const Scope scope{.tables = {ScopeTable{"g", table_}}};
    Binder binder(scope);
    const auto bound =
        binder.Bind(*std::get<sql::ExprRef>(parsed), "SELECT", Binder::Clause::kAggregatesAllowed);
    const SessionView session;
    std::vector<Value> finished;
    for (const BoundExpr& aggregate : binder.aggregates) {
      Aggregator sum(aggregate);
      for (const Row& row : group) {
        Memo memo;
        const RowView view{.rows = std::span<const Row>(&row, 1)};
        sum.Add(std::get<Value>(Evaluate(aggregate.args[0], view, session, memo)));
      }
      finished.push_back(sum.Finish());
    }
    Memo memo;
    const RowView view{.aggregates = finished};
    return std::get<Value>(Evaluate(std::get<BoundExpr>(bound), view, session, memo)).ToText();
  }

  const std::vector<Row> group_ = {MakeRow(1, 10, 0.1, "a"), MakeRow(2, 20, 0.2, "A"),
                                   MakeRow(2, 25, 0.3, "b"),
                                   Row({Value(), Value(), Value(), Value(), Value()})};
  TableDefRef table_;
};

TEST_F(ExpressionAggregateGroupsTest, SkipsNulls) {
  constexpr ExpressionCase kCases[] = {
      {"count(*)", "4"},
      {"count(i)", "3"},
      {"sum(i)", "5"},
      {"avg(i)", "1.6667"},
      {"min(i)", "1"},
      {"max(i)", "2"},
      {"group_concat(i)", "1,2,2"},
      {"count(distinct i)", "2"},
      {"sum(distinct i)", "3"},
      {"avg(distinct i)", "1.5000"},
      {"count(d)", "3"},
      {"sum(d)", "0.55"},
      {"avg(d)", "0.183333"},
      {"min(d)", "0.10"},
      {"max(d)", "0.25"},
      {"group_concat(d)", "0.10,0.20,0.25"},
      {"sum(f)", "0.6000000000000001"},
      {"avg(f)", "0.20000000000000004"},
      {"sum(i / 3)", "1.6667"},
      {"avg(i / 3)", "0.55555556"},
      {"min(s)", "a"},
      {"max(s)", "b"},
      {"group_concat(s)", "a,A,b"},
      {"count(distinct s)", "2"},
      {"count(distinct bs)", "3"},
      {"group_concat(distinct s)", "a,b"},
      {"min(bs)", "A"},
      {"max(bs)", "b"},
      {"count(distinct i, s)", "3"},
      {"group_concat(i, s)", "1a,2A,2b"},
      {"sum(i * 1.5)", "7.5"},
      {"avg(i * 1.5)", "2.50000"},
      {"sum(i) / 3", "1.6667"},
      {"max(d) - min(d)", "0.15"},
  };
  for (const auto& [expression, answer] : kCases) EXPECT_EQ(Ask(expression, group_), answer) << expression;
}

TEST_F(ExpressionAggregateGroupsTest, OfNothingIsNullExceptForCounts) {
  constexpr ExpressionCase kCases[] = {
      {"count(*)", "0"},  {"count(i)", "0"},           {"sum(i)", "NULL"}, {"avg(i)", "NULL"},
      {"min(i)", "NULL"}, {"group_concat(i)", "NULL"}, {"sum(f)", "NULL"}, {"count(distinct s)", "0"},
  };
  for (const auto& [expression, answer] : kCases) EXPECT_EQ(Ask(expression, {}), answer) << expression;
}

}  // namespace
}  // namespace nextkey
