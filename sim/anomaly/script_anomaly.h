// The history of a script that is played, its set-up aside. Each transaction is a request of its own: a
// script does not say which of them belong together.
#pragma once

#include "sim/anomaly/history.h"
#include "sim/script.h"
#include "sim/world.h"

namespace nextkey {

// Plays the case to its end. Requires: `world` has played nothing yet.
History HistoryOf(World world, const ScriptCase& script);

}  // namespace nextkey
