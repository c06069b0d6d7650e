// Reading one table: a cursor over an access path that locks, or looks into the past, as InnoDB
// does (row_search_mvcc).
#pragma once

#include "txn/lock_rules.h"
#include "txn/turn.h"

namespace nextkey {

enum class Fetched : std::uint8_t { kRow, kEnd, kWaiting, kFailed };

// How the statement reads the table.
struct ReadMode {
  sql::RowLocking locking = sql::RowLocking::kNone;
  sql::LockWaiting waiting = sql::LockWaiting::kWait;
  bool may_be_semi_consistent = false;  // UPDATE at READ COMMITTED.
};

// Moves the cursor to the next row of the path's ranges and gives it in table order. The intention
// lock on the table is taken first. `view` positions for index conditions are the plan's own.
Fetched FetchNext(Turn& turn, const TablePlan& plan, const ReadMode& mode, const SessionView& session,
                  ScanState& scan, Row& row);

// The row that was just fetched is not wanted: the rule says whether it is let go.
void UnlockFetched(Turn& turn, const TablePlan& plan, const ReadMode& mode, ScanState& scan, LockRule rule);

}  // namespace nextkey
