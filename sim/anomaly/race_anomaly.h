// The anomaly that a race's schedule shows: it is played once more, and its history kept.
//
// Only who asks pays for it: a search plays without.
#pragma once

#include <optional>

#include "sim/anomaly/classification.h"
#include "sim/anomaly/history.h"
#include "sim/race/program.h"
#include "sim/race/schedule.h"

namespace nextkey {

// Nullopt: the race's set-up fails, or the schedule does not fit it.
std::optional<History> HistoryOf(const Program& program, const Schedule& schedule);
std::optional<Classification> AnomalyOf(const Program& program, const Schedule& schedule);

}  // namespace nextkey
