// SHOW ENGINE INNODB STATUS, in the layout of MariaDB 10.11: the latest foreign key error, the latest
// deadlock, and the list of transactions, with their locks where innodb_status_output_locks is on.
//
// Sources: lock_print_info_summary, trx_print_low, lock_rec_print, Deadlock::report,
// row_ins_foreign_report_err. What a simulation doesn't have is left out (files, log, buffer pool), or stands
// as a number of its own: a thread's handle is its session's, a query's id is 0.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lockmgr/lock_table.h"
#include "txn/state.h"
#include "txn/turn.h"

namespace nextkey {

// Keeps what SHOW ENGINE INNODB STATUS tells of a deadlock. To be called before its victim is rolled back.
void KeepDeadlock(ServerState& state, const Deadlock& deadlock);

// The same of a row that a foreign key does not allow: without its parent, or with a child still there.
// `wanted` is what was looked for in an index of the parent; `row` is the child's clustered row.
void KeepMissingParent(Turn& turn, const Table& child, const ForeignKeyDef& key, const Row& row,
                       const Table& parent, std::size_t parent_index, const KeyValues& wanted);
// `row` is the parent's clustered row, `entry` what refers to it in an index of the child.
void KeepRemainingChild(Turn& turn, const Table& parent, std::size_t parent_index, const Row& row,
                        const Table& child, const ForeignKeyDef& key, std::size_t child_index,
                        const Record& entry);

}  // namespace nextkey
