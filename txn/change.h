// UPDATE and DELETE: rows are found by the statement's query block, then changed one by one, at once
// or, where changing them could disturb the search, after all have been found.
#pragma once

#include "txn/turn.h"

namespace nextkey {

Progress RunChange(Turn& turn);

}  // namespace nextkey
