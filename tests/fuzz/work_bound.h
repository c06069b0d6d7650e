// How many rows a script may make the server look at, at most: an estimate from the trees alone.
//
// Every table may hold every row that was ever inserted, and every table reference multiplies. Far
// too high for most scripts; good enough to tell those that double a table twenty times.
#pragma once

#include "sim/script.h"

namespace nextkey {

double WorkBound(const ScriptCase& script);

}  // namespace nextkey
