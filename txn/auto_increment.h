// The AUTO_INCREMENT counter of a table: who holds its lock AUTO_INC, and which numbers move it.
//
// A statement holds the lock to its end, whatever its transaction does; the counter never goes back.
// Sources: ha_innodb.cc: innobase_lock_autoinc, innobase_set_max_autoinc, ha_innobase::write_row,
// ha_innobase::update_row; MySQL manual, "AUTO_INCREMENT Handling in InnoDB".
#pragma once

#include <cstdint>
#include <optional>

#include "txn/lock_rules.h"
#include "txn/turn.h"

namespace nextkey {

// Takes the lock where `rule` and innodb_autoinc_lock_mode ask for it. 0: every statement holds it. 1: UPDATE
// and INSERT .. SELECT do; a simple insert takes it only while somebody else has it. 2: nobody does, and
// numbers interleave.
Progress LockAutoIncrement(Turn& turn, const TableDef& table, LockRule rule);

// What the statement at work holds of it, in whatever tables.
void ReleaseAutoIncrement(Turn& turn);

// The number that a change gives to the row: positive, and another one than before (`old_row` may be empty).
std::optional<std::uint64_t> NewNumber(const TableDef& table, const Row& old_row, const Row& new_row);

// Moves the counter behind `number`, unless it is there already.
void CountNumber(Turn& turn, TableId table, std::uint64_t number);

}  // namespace nextkey
