// What binding decides: where names are found, which nodes wait or act once, what is folded; and how
// the memo answers for the nodes that wait.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/txn/expression_harness.h"

namespace nextkey {
namespace {

TableDefRef MakeTable(std::string name, const std::vector<std::string>& columns) {
  auto table = std::make_shared<TableDef>();
  table->name = std::move(name);
  for (const std::string& column : columns) table->columns.emplace_back().name = column;
  return table;
}

sql::ExprRef Parse(std::string_view text) { return std::get<sql::ExprRef>(sql::ParseExpression(text)); }

std::string ErrorOf(const std::variant<BoundExpr, SqlError>& bound) {
  const auto* error = std::get_if<SqlError>(&bound);
  return error == nullptr ? "" : fmt::format("{}: {}", error->number, error->message);
}

class ExpressionBindingTest : public testing::Test {
 protected:
  const Scope outer_{.tables = {ScopeTable{"o", MakeTable("orders", {"id", "total"})}}};
  const Scope scope_{.tables = {ScopeTable{"a", MakeTable("t", {"id", "seat"})},
                                ScopeTable{"b", MakeTable("t", {"id", "price"})}},
                     .outer = &outer_};
};

TEST_F(ExpressionBindingTest, ColumnsAreFoundInwardFirst) {
  Binder binder(scope_);
  const auto position = [&](std::string_view text) {
    return std::get<BoundExpr>(binder.Bind(*Parse(text), "where clause")).column;
  };
  EXPECT_EQ(position("seat"), (ColumnPosition{0, 0, 1}));
  EXPECT_EQ(position("PRICE"), (ColumnPosition{0, 1, 1}));
  EXPECT_EQ(position("b.id"), (ColumnPosition{0, 1, 0}));
  EXPECT_EQ(binder.deepest_outer, 0U);
  EXPECT_EQ(position("total"), (ColumnPosition{1, 0, 1}));
  EXPECT_EQ(binder.deepest_outer, 1U);
}

TEST_F(ExpressionBindingTest, SaysWhichNameIsWrong) {
  Binder binder(scope_);
  EXPECT_EQ(ErrorOf(binder.Bind(*Parse("id"), "where clause")),
            "1052: Column 'id' in where clause is ambiguous");
  EXPECT_EQ(ErrorOf(binder.Bind(*Parse("B.id"), "field list")),
            "1054: Unknown column 'B.id' in 'field list'");
  EXPECT_EQ(ErrorOf(binder.Bind(*Parse("count(*)"), "where clause", Binder::Clause::kWhere)),
            "1111: Invalid use of group function");
}

TEST_F(ExpressionBindingTest, AWholeOrderItemIsAnAliasFirst) {
  const sql::ExprRef expression = Parse("price + 1");
  Scope scope = scope_;
  scope.select_aliases = {{"seat", expression.get()}, {"cost", expression.get()}};
  Binder binder(scope);
  const auto op = [&](std::string_view text, std::string_view clause) {
    return std::get<BoundExpr>(binder.Bind(*Parse(text), clause)).op;
  };
  EXPECT_EQ(op("seat", "order clause"), sql::Op::kAdd);
  EXPECT_EQ(op("seat", "having clause"), sql::Op::kColumn);
  EXPECT_EQ(op("cost", "having clause"), sql::Op::kAdd);
  const BoundExpr sum = std::get<BoundExpr>(binder.Bind(*Parse("seat + cost"), "order clause"));
  EXPECT_EQ(sum.args[0].op, sql::Op::kColumn);
  EXPECT_EQ(sum.args[1].op, sql::Op::kAdd);
}

TEST_F(ExpressionBindingTest, WhatWaitsOrActsGetsASlot) {
  Binder binder(scope_);
  for (const std::string_view text :
       {"sleep(1)", "get_lock('x', 1)", "release_lock('x')", "is_used_lock('x')", "@v := 1", "rand()",
        "last_insert_id(5)", "(select 1)", "exists (select 1)", "1 in (select 1)"}) {
    const std::int32_t before = binder.slot_count;
    EXPECT_EQ(std::get<BoundExpr>(binder.Bind(*Parse(text), "field list")).slot, before) << text;
    EXPECT_EQ(binder.slot_count, before + 1) << text;
  }
  EXPECT_EQ(binder.subqueries.size(), 3U);
  EXPECT_EQ(std::get<BoundExpr>(binder.Bind(*Parse("last_insert_id()"), "field list")).slot, -1);
}

TEST_F(ExpressionBindingTest, ConstantsAreFolded) {
  Binder binder(scope_);
  const auto op = [&](std::string_view text) {
    return std::get<BoundExpr>(binder.Bind(*Parse(text), "field list")).op;
  };
  EXPECT_EQ(op("1 + 2 * 3"), sql::Op::kLiteral);
  EXPECT_EQ(op("date('2024-01-01') + interval 1 day"), sql::Op::kLiteral);
  // Not when a warning or an error would be lost, or the answer depends on when one asks.
  EXPECT_EQ(op("1 / 0"), sql::Op::kDivide);
  EXPECT_EQ(op("9223372036854775807 + 1"), sql::Op::kAdd);
  EXPECT_EQ(op("now()"), sql::Op::kFunction);
  EXPECT_EQ(op("rand(1)"), sql::Op::kFunction);
}

class ExpressionMemoTest : public ExpressionBindingTest {
 protected:
  Evaluated Run(std::string_view text) {
    Binder binder(scope_);
    bound_ = std::get<BoundExpr>(binder.Bind(*Parse(text), "field list"));
    memo_.assign(static_cast<std::size_t>(binder.slot_count), MemoEntry{});
    return Again();
  }
  Evaluated Again() {
    const SessionView session{.user_variables = &user_variables_};
    return Evaluate(bound_, RowView{}, session, memo_);
  }
  std::string AgainAsText() { return std::get<Value>(Again()).ToText(); }
  void Answer(std::size_t slot, std::vector<Value> values) {
    memo_[slot] = MemoEntry{true, std::move(values)};
  }

  BoundExpr bound_;
  Memo memo_;
  UserVariables user_variables_;
};

TEST_F(ExpressionMemoTest, ADeferredCallComesBackWithItsArguments) {
  const Evaluated first = Run("get_lock(concat('a', 'b'), 5) + 1");
  const auto* deferred = std::get_if<Deferred>(&first);
  ASSERT_NE(deferred, nullptr);
  EXPECT_EQ(deferred->node->name, "get_lock");
  EXPECT_EQ(deferred->arguments[0].ToText(), "ab");
  EXPECT_EQ(deferred->arguments[1].ToText(), "5");
  Answer(0, {Value::Int(1)});
  EXPECT_EQ(AgainAsText(), "2");
}

TEST_F(ExpressionMemoTest, WhatIsNotNeededDoesNotWait) {
  EXPECT_EQ(std::get<Value>(Run("if(0, sleep(1), 5)")).ToText(), "5");
  EXPECT_EQ(std::get<Value>(Run("0 and sleep(1)")).ToText(), "0");
  EXPECT_TRUE(std::holds_alternative<Deferred>(Run("1 and sleep(1)")));
}

// The statement waits behind the assignment and is evaluated again: @v is still 1.
TEST_F(ExpressionMemoTest, SideEffectsHappenOnce) {
  EXPECT_TRUE(std::holds_alternative<Deferred>(Run("(@v := coalesce(@v, 0) + 1) + sleep(0)")));
  Answer(1, {Value::Int(0)});
  EXPECT_EQ(AgainAsText(), "1");
  EXPECT_EQ(AgainAsText(), "1");
  EXPECT_EQ(user_variables_.at("v").ToText(), "1");
}

TEST_F(ExpressionMemoTest, SubqueriesAnswerThroughTheMemo) {
  EXPECT_TRUE(std::holds_alternative<Deferred>(Run("(select 5) * 2")));
  Answer(0, {Value::Int(5)});
  EXPECT_EQ(AgainAsText(), "10");
  Answer(0, {});
  EXPECT_EQ(AgainAsText(), "NULL");

  EXPECT_TRUE(std::holds_alternative<Deferred>(Run("2 in (select 1)")));
  Answer(0, {Value::Int(1), Value::Null()});
  EXPECT_EQ(AgainAsText(), "NULL");
  Answer(0, {Value::Null(), Value::Int(2)});
  EXPECT_EQ(AgainAsText(), "1");
  Answer(0, {});
  EXPECT_EQ(AgainAsText(), "0");

  EXPECT_TRUE(std::holds_alternative<Deferred>(Run("(1, 2) in (select 1, 2)")));
  Answer(0, {Value::Int(1), Value::Int(3), Value::Int(1), Value::Int(2)});
  EXPECT_EQ(AgainAsText(), "1");
}

// In INSERT and UPDATE the warnings of a strict session are errors, as on the server.
TEST(ExpressionStrictTest, WarningsAreErrors) {
  ExpressionHarness harness;
  harness.is_strict = true;
  EXPECT_EQ(harness.Ask("s = 0"), "ERROR 1292: Truncated incorrect DECIMAL value: 'Abc'");
  EXPECT_EQ(harness.Ask("'x' + 1"), "ERROR 1292: Truncated incorrect DOUBLE value: 'x'");
  EXPECT_EQ(harness.Ask("i / 0 = 1"), "ERROR 1365: Division by 0");
  EXPECT_EQ(harness.Ask("dt = 'abc'"), "ERROR 1292: Truncated incorrect datetime value: 'abc'");
  EXPECT_EQ(harness.Ask("i = 7"), "1");
}

}  // namespace
}  // namespace nextkey
