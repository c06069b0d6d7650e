// From an access path's conditions and the values of the moment to ranges of keys.
#pragma once

#include <vector>

#include "txn/turn.h"

namespace nextkey {

// The ranges that the scan of `table` reads, in the order of reading; none when a condition can't be
// met (`id = NULL`). A path without conditions gives one range over everything.
Progress MakeRanges(Turn& turn, std::uint32_t query, const TablePlan& table, KeyRanges& ranges);

}  // namespace nextkey
