// Where the plan, not the key, decides how much of a table a statement locks.
#pragma once

#include <vector>

#include "txn/turn.h"

namespace nextkey {

// An event for each InnoDB table that is locked row by row from its first to its last, though WHERE has
// conditions on it: no index serves them.
std::vector<PlanLocksTable> TablesLockedByPlan(const Turn& turn, const StatementPlan& plan);

}  // namespace nextkey
