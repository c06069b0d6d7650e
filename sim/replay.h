// Plays a script on a simulated server, one step at a time, as a person would in several terminals.
//
// A step is a pure function of the world and the script: PlayStep on two equal worlds gives two
// equal reports and two equal worlds. Time passes only while a session sleeps; what falls due
// meanwhile fires in order.
#pragma once

#include <vector>

#include "sim/script.h"
#include "sim/step_report.h"
#include "sim/world.h"

namespace nextkey {

// Whether a step lists the locks afterwards: on a big script it is most of the work.
enum class LockListing : std::uint8_t { kNone, kEachStep };

bool IsFinished(const World& world, const ScriptCase& script);
// Requires: !IsFinished(world, script).
StepReport PlayStep(World& world, const ScriptCase& script, LockListing lock_listing);

// A statement that waits when its script is over.
struct StillWaiting {
  std::string session;
  std::uint32_t step = 0;
  std::string sql;
  Wait wait;
};
std::vector<StillWaiting> WaitingAtEnd(const World& world, const ScriptCase& script);

}  // namespace nextkey
