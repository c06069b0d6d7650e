// One session's turn: what the steps of a statement work on.
//
// A Turn lives for one call of Server. It refers into the state by ids and looks sessions and
// transactions up anew, since the maps that hold them change while a statement runs.
#pragma once

#include <vector>

#include "txn/errors.h"
#include "txn/execution.h"
#include "txn/plan_cache.h"
#include "txn/result.h"
#include "txn/state.h"

namespace nextkey {

struct Turn {
  ServerState& state;
  std::vector<Event>& events;
  SessionId session_id;
  SessionState& session;  // Good for the whole call: sessions come only between calls.
  Execution& execution;
  PlanCache* plans = nullptr;  // Null: each statement is planned anew.

  // Fails the statement with `error`.
  Progress Fail(SqlError error) {
    execution.error = std::move(error);
    return Progress::kFailed;
  }
};

}  // namespace nextkey
