// Making the row that is to be written: defaults, conversions, generated ids, NOT NULL, CHECK.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "txn/turn.h"

namespace nextkey {

// The default of a column, at the statement's start time; error 1364 where it has none.
std::variant<Value, SqlError> DefaultValue(const ColumnDef& column, std::int64_t now_us);

// Converts `value` for the column. Strict mode's errors; with IGNORE the nearest value instead and a
// warning.
std::variant<Value, SqlError> ConvertFor(const TableDef& table, const ColumnDef& column, const Value& value,
                                         std::size_t row_number);

// CHECK constraints of the table over a complete row; error 4025.
std::optional<SqlError> CheckConstraints(Turn& turn, const TableDef& table, const Row& row);

// As error 1062 prints a key: its values joined by `-`.
std::string DuplicateKeyText(const TableDef& table, std::size_t index, const Row& row);

}  // namespace nextkey
