// Reads Hermitage's Markdown (github.com/ept/hermitage, mysql.md) as it is.
//
// A fenced ```sql block with session tags is a case; its name is the sentence in front of it, or
// the nearest heading. The first block that creates a table is the set-up before each case; other
// blocks without tags are prose. Inside a block stands tagged SQL. The tag `either` means any session
// that is free. Remarks behind the tags are kept with their steps; hermitage_check.h checks them.
#pragma once

#include "sim/script.h"

namespace nextkey {

ScriptOrMistakes ReadHermitage(SourceFile source);

}  // namespace nextkey
