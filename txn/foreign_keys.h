// Foreign keys: a child looks for its parent, a parent looks for its children (MariaDB 10.11,
// row_ins_check_foreign_constraint and row_ins_foreign_check_on_constraint).
#pragma once

#include "txn/turn.h"

namespace nextkey {

// The new entry of index `index` of `row`: is its parent there? Error 1452 when it is not.
Progress CheckParents(Turn& turn, const RowChange& change, const Row& row);

// The old entry of change.index is gone: children that refer to it forbid that (1451) or are
// changed, too: then a change is pushed and kDone comes with `pushed` set; call again when it is
// worked off.
Progress CheckChildren(Turn& turn, RowChange& change, bool& pushed);

}  // namespace nextkey
