// What a transaction changed, row by row: what a replica gets to hear (binlog_format = ROW).
#pragma once

#include <vector>

#include "engine/row.h"
#include "engine/schema.h"
#include "txn/state.h"

namespace nextkey {

// The net change of each row that the transaction touched, in the order of the first touch. To be
// called while it still has its locks.
CommittedTransaction ChangesOf(const ServerState& state, const Transaction& transaction);

}  // namespace nextkey
