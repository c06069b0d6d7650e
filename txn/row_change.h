// Writing one row: every index, the locks on the way, foreign keys, undo.
//
// A RowChange on top of Execution::changes is worked off index by index; a cascade pushes further
// changes above its cause. Everything can wait and go on.
#pragma once

#include "absl/container/inlined_vector.h"
#include "txn/turn.h"

namespace nextkey {

// Works off all changes on the stack. A duplicate key ends it with kDone and sets
// Execution::duplicate: the changes are gone from the stack, and the row's own undo is to be taken
// back by the caller.
Progress WorkOffChanges(Turn& turn);

// Without transactions a row that ran into a duplicate in index `index` takes its own entries in the
// earlier indexes back.
void RemoveOwnEntries(Turn& turn, const TableDef& table, const Row& row, std::size_t index);

// The parent's columns that a foreign key refers to.
absl::InlinedVector<std::uint32_t, 4> ParentColumns(const TableDef& parent, const ForeignKeyDef& key);
// The index that references look at: the parent's index for a foreign key, the child's own.
std::size_t ParentIndexOf(const TableDef& parent, const ForeignKeyDef& key);
std::size_t ChildIndexOf(const TableDef& child, const ForeignKeyDef& key);

}  // namespace nextkey
