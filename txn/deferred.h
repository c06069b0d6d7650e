// The parts of expressions that may wait: subqueries, named locks, SLEEP.
#pragma once

#include "txn/turn.h"

namespace nextkey {

// Does what `deferred` asks for; kDone: `answer` is what belongs into the memo. `block` is the query
// block whose expression it is, or nullptr outside any.
Progress RunDeferred(Turn& turn, const QueryPlan* block, const Deferred& deferred, MemoEntry& answer);

}  // namespace nextkey
