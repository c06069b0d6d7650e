// The end of a connection: what the server does for a client that is gone.
#pragma once

#include <vector>

#include "txn/state.h"

namespace nextkey {

// Rolls back, lets go of all that the session holds, and forgets it. Whom it lets go become runnable.
// Requires: it does not wait.
void EndConnection(ServerState& state, std::vector<Event>& events, SessionId session);

}  // namespace nextkey
