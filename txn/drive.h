// Driving a statement through its stages: locks on definitions, the plan, the work, the end.
#pragma once

#include <vector>

#include "txn/plan_cache.h"
#include "txn/state.h"

namespace nextkey {

// Runs the session's statement until it ends or waits, and reports that.
void RunSession(ServerState& state, std::vector<Event>& events, SessionId session, PlanCache* plans);

// Ends the wait of a session whose deadline has come: with error 1205, or with the answer of SLEEP or
// GET_LOCK. The session becomes runnable.
void FireDeadline(ServerState& state, std::vector<Event>& events, SessionId session);

}  // namespace nextkey
