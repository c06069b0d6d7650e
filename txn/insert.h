// INSERT and REPLACE, row by row.
#pragma once

#include "txn/turn.h"

namespace nextkey {

Progress RunInsert(Turn& turn);

}  // namespace nextkey
