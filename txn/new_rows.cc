#include "txn/new_rows.h"

#include <utility>

#include "engine/column_type.h"
#include "txn/dialect_errors.h"
#include "txn/query.h"
#include "txn/sql/parser.h"

namespace nextkey {

std::variant<Value, SqlError> DefaultValue(const ColumnDef& column, std::int64_t now_us) {
  switch (column.default_kind) {
    case DefaultKind::kNone:
      return errors::NoDefault(column.name);
    case DefaultKind::kValue:
      return column.default_value;
    case DefaultKind::kCurrentTimestamp: {
      const auto stored = StoreInto(column.type, Value::DateTime(now_us, 6));
      const Value* kept = std::get_if<Value>(&stored);
      return kept == nullptr ? Value::Null() : *kept;
    }
  }
  return Value::Null();
}

std::variant<Value, SqlError> ConvertFor(const TableDef& table, const ColumnDef& column, const Value& value,
                                         std::size_t row_number) {
  if (value.IsNull()) {
    if (!column.is_nullable) return errors::NotNull(column.name);
    return value;
  }
  auto stored = StoreInto(column.type, value);
  if (const auto* why = std::get_if<StoreError>(&stored)) {
    SqlError error = errors::CannotStore(*why, column, value, row_number);
    if (const std::size_t at = error.message.find("`?`"); at != std::string::npos) {
      error.message.replace(at, 3, "`" + table.name + "`");
    }
    return error;
  }
  return std::get<Value>(std::move(stored));
}

std::optional<SqlError> CheckConstraints(Turn& turn, const TableDef& table, const Row& row) {
  for (const CheckDef& check : table.checks) {
    const auto parsed = sql::ParseExpression(check.expression);
    const auto* expression = std::get_if<sql::ExprRef>(&parsed);
    if (expression == nullptr) continue;
    Scope scope;
    scope.tables.push_back({table.name, std::make_shared<const TableDef>(table)});
    Binder binder(scope);
    const auto bound = binder.Bind(**expression, "CHECK");
    if (const auto* error = std::get_if<SqlError>(&bound)) return *error;
    Memo memo(static_cast<std::size_t>(binder.slot_count));
    const std::vector<Row> rows{row};
    const Evaluated value =
        Evaluate(std::get<BoundExpr>(bound), RowView{rows, {}, nullptr, nullptr}, ViewOf(turn), memo);
    if (const auto* error = std::get_if<SqlError>(&value)) return *error;
    const auto* answer = std::get_if<Value>(&value);
    if (answer != nullptr && !answer->IsNull() && !IsTrue(*answer))
      return errors::CheckFailed(*turn.state.dialect, check.name, table.name);
  }
  return std::nullopt;
}

std::string DuplicateKeyText(const TableDef& table, std::size_t index, const Row& row) {
  std::string text;
  for (const KeyPart& part : table.indexes[index].parts) {
    if (!text.empty()) text += "-";
    text += row[part.column].ToText();
  }
  return text;
}

}  // namespace nextkey
