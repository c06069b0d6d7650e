// KILL: ending another session's statement, or its connection.
#pragma once

#include <optional>

#include "txn/turn.h"

namespace nextkey {

Progress RunStatement(Turn& turn, const sql::KillStatement& statement);

// Takes a waiting session out of its queue and lets it go; its statement then fails with `error`, or goes
// on where there is none.
void CancelWait(ServerState& state, std::vector<Event>& events, SessionId session,
                std::optional<SqlError> error);

// Ends a session's statement, if it waits, and then its connection.
void KillConnection(ServerState& state, std::vector<Event>& events, SessionId session);

// The connection is gone: its transaction is rolled back, all its locks are released. Requires: it does not
// wait.
void EndConnection(ServerState& state, std::vector<Event>& events, SessionId session);

}  // namespace nextkey
