// Asks one expression at a time, as `SELECT expression FROM t` would, where t has one row:
//
//     i int 7, u int unsigned 3, b bigint 9223372036854775807, d decimal(10,2) 12.50, f double 0.5,
//     s varchar(20) 'Abc', n int NULL, dt date '2024-02-29', ts datetime '2024-02-29 13:14:15',
//     tm time '10:11:12', bs varchar(20) COLLATE utf8mb4_bin 'Abc', ts3 datetime(3) '...15.678'
//
// The statement begins at 2024-01-01 00:00:00.5. The answer is the value's text, or
// `ERROR number: text`, with the warnings behind it: `NULL  ! 1365 Division by 0`.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/decimal.h"
#include "engine/temporal.h"
#include "txn/expression.h"
#include "txn/sql/parser.h"

namespace nextkey {

struct ExpressionCase {
  std::string_view expression;
  std::string_view answer;
};

class ExpressionHarness {
 public:
  ExpressionHarness() {
    const auto add = [&](std::string name, ColumnType type, Value value) {
      ColumnDef column;
      column.name = std::move(name);
      column.type = type;
      table_.columns.push_back(column);
      values_.push_back(std::move(value));
    };
    add("i", {.kind = TypeKind::kInt}, Value::Int(7));
    add("u", {.kind = TypeKind::kInt, .is_unsigned = true}, Value::Unsigned(3));
    add("b", {.kind = TypeKind::kBigInt}, Value::Int(9223372036854775807));
    add("d", {.kind = TypeKind::kDecimal, .length = 10, .scale = 2}, Value::OfDecimal(Decimal{1250, 2}));
    add("f", {.kind = TypeKind::kDouble}, Value::Double(0.5));
    add("s", {.kind = TypeKind::kVarchar, .length = 20}, Value::Text("Abc"));
    add("n", {.kind = TypeKind::kInt}, Value::Null());
    add("dt", {.kind = TypeKind::kDate}, *ParseDateTime("2024-02-29"));
    add("ts", {.kind = TypeKind::kDateTime}, *ParseDateTime("2024-02-29 13:14:15"));
    add("tm", {.kind = TypeKind::kTime}, *ParseTime("10:11:12"));
    add("bs", {.kind = TypeKind::kVarchar, .length = 20, .collation = Collation::kBin}, Value::Text("Abc"));
    add("ts3", {.kind = TypeKind::kDateTime, .scale = 3}, *ParseDateTime("2024-02-29 13:14:15.678"));
    table_.name = "t";
  }

  std::string Ask(std::string_view expression) {
    const std::variant<sql::ExprRef, sql::ParseError> parsed = sql::ParseExpression(expression);
    if (const auto* error = std::get_if<sql::ParseError>(&parsed)) return "PARSE: " + error->message;
    const Scope scope{.tables = {ScopeTable{"t", std::make_shared<const TableDef>(table_)}}};
    Binder binder(scope);
    const std::variant<BoundExpr, SqlError> bound =
        binder.Bind(*std::get<sql::ExprRef>(parsed), "SELECT", Binder::Clause::kAggregatesAllowed);
    if (const auto* error = std::get_if<SqlError>(&bound)) return Error(*error);
    std::vector<Warning> warnings;
    const std::string answer = Run(binder, std::get<BoundExpr>(bound), warnings);
    return answer + WarningsText(warnings);
  }

  UserVariables user_variables;
  SystemVariables session_variables;
  SystemVariables global_variables;
  std::int64_t last_insert_id = 0;
  bool is_strict = false;

 private:
  static std::string Error(const SqlError& error) {
    return fmt::format("ERROR {}: {}", error.number, error.message);
  }

  static std::string WarningsText(const std::vector<Warning>& warnings) {
    std::string text;
    for (const Warning& warning : warnings) text += fmt::format("  ! {} {}", warning.number, warning.message);
    return text;
  }

  std::string Run(const Binder& binder, const BoundExpr& bound, std::vector<Warning>& warnings) {
    SessionView session{.user_variables = &user_variables,
                        .session_variables = &session_variables,
                        .global_variables = &global_variables,
                        .now_us = 1'704'067'200'500'000,
                        .last_insert_id = &last_insert_id,
                        .found_rows = 1,
                        .session = SessionId(1),
                        .schema = "test",
                        .warnings = &warnings,
                        .is_strict = is_strict};
    const std::vector<Row> rows = {Row(values_)};
    RowView view{.rows = rows};
    std::vector<Value> finished;
    Memo memo;
    for (const BoundExpr& aggregate : binder.aggregates) {
      Aggregator sum(aggregate);
      const Evaluated argument = Evaluate(aggregate.args[0], view, session, memo);
      if (const auto* error = std::get_if<SqlError>(&argument)) return Error(*error);
      sum.Add(std::get<Value>(argument));
      finished.push_back(sum.Finish());
    }
    view.aggregates = finished;
    const Evaluated answer = Evaluate(bound, view, session, memo);
    if (const auto* error = std::get_if<SqlError>(&answer)) return Error(*error);
    if (std::holds_alternative<Deferred>(answer)) return "DEFERRED";
    return std::get<Value>(answer).ToText();
  }

  TableDef table_;
  std::vector<Value> values_;
};

}  // namespace nextkey
