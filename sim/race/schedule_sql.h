// A schedule of a race as a tagged SQL script: what each client sent to the server, in that order, so that
// any server can be asked about it.
//
// What a client computes by itself stands there as SET, what it asks of services as comments. Which way
// an IF went is decided: the script is the way that this schedule took.
#pragma once

#include <string>
#include <variant>

#include "sim/race/program.h"
#include "sim/race/schedule.h"

namespace nextkey {

struct ScriptText {
  std::string text;
};
struct NoScript {
  std::string why;  // A sentence: what no script of statements can say.
};

// Requires: PlaySchedule plays the schedule from the race's beginning.
std::variant<ScriptText, NoScript> ScheduleAsSql(const Program& program, const Schedule& schedule);

}  // namespace nextkey
