// What a fix changes in its race, in the manner of diff: - goes, + comes.
#pragma once

#include <string>

#include "sim/race/ast.h"

namespace nextkey {

std::string FixText(const RaceFile& file, const Fix& fix);

}  // namespace nextkey
