// INSERT and REPLACE, row by row.
#pragma once

#include "txn/turn.h"

namespace nextkey {

Progress RunInsert(Turn& turn);

// Whether the INSERT in flight is about to generate a number. What keeps it from the lock AUTO_INC then, is
// reported as 1467 (ha_innobase::get_auto_increment).
bool IsGeneratingId(const Execution& execution);

}  // namespace nextkey
