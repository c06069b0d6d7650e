#include "txn/connection.h"

#include <utility>

#include "txn/table_locks.h"
#include "txn/transaction.h"
#include "txn/waits.h"

namespace nextkey {

void EndConnection(ServerState& state, std::vector<Event>& events, SessionId id) {
  SessionState& session = state.sessions.at(id).Write();
  Execution nothing;
  Turn turn{state, events, id, session, nothing};
  RollbackTransaction(turn);
  UnlockTables(turn);
  if (std::exchange(session.holds_global_read_lock, false)) {
    Apply(state, events, state.metadata.Release(id, {MdlSpace::kBackup, ""}));
  }
  std::uint64_t instances = 0;
  Apply(state, events, state.metadata.ReleaseUserLocks(id, &instances));
  state.metadata.ForgetSession(id);
  state.sessions.erase(id);
}

}  // namespace nextkey
