// What ALTER TABLE makes of a table and its rows, and how the server goes about it.
//
// The method decides which metadata locks the statement waits for (definitions.cc): sources are
// mysql_alter_table and mysql_inplace_alter_table in sql_table.cc, and ha_innobase's answer to how much it
// can do in place.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "txn/turn.h"

namespace nextkey {

enum class AlterationMethod : std::uint8_t {
  kInstant,  // Waits until nobody uses the table, and is done at once.
  kInPlace,  // Waits, lets others in again while indexes or rows are built, and waits once more to end.
  kCopy,     // Keeps writers away while rows are copied, then readers as well.
};

// All three require: the table is there.
// A mistake in the names comes first; nobody is waited for.
std::variant<AlterationMethod, SqlError> MethodOf(const Turn& turn,
                                                  const sql::AlterTableStatement& statement);
// What would go wrong with the rows as they are, duplicates for one.
std::optional<SqlError> TryAlteration(const Turn& turn, const sql::AlterTableStatement& statement);
std::optional<SqlError> ApplyAlteration(Turn& turn, const sql::AlterTableStatement& statement);

// Puts `fresh` in the place of the table of the same name.
void ExchangeTable(ServerState& state, const Table& old, Table fresh);

}  // namespace nextkey
