// Waiting and being let go: from the lock managers' answers to sessions' states and events.
#pragma once

#include "txn/turn.h"

namespace nextkey {

// What became of a row or table lock request; kDone when it was granted. Puts the session to sleep,
// or fails the statement with 1213 or, when the request was refused, 1205.
Progress AfterRequest(Turn& turn, const LockOutcome& outcome);
Progress AfterRequest(Turn& turn, const MdlOutcome& outcome, WaitKind kind, std::int64_t limit_us);

void Apply(ServerState& state, std::vector<Event>& events, const LockEvents& changes);
void Apply(ServerState& state, std::vector<Event>& events, const MdlEvents& changes);
void LetGo(ServerState& state, SessionId session);

// How long the statement waits for a row or table lock, and for a metadata lock: the session's variables,
// unless the statement says NOWAIT or WAIT n, which mean both.
std::int64_t LockWaitLimit(const Turn& turn);
std::int64_t MetadataWaitLimit(const Turn& turn);

// Puts the session to sleep.
Progress Sleep(Turn& turn, WaitKind kind, std::optional<std::int64_t> limit_us);

// For whom, and for what, a waiting session waits.
Wait DescribeWait(const ServerState& state, const SessionState& session);
std::string DescribeLock(const ServerState& state, const LockDescription& lock);
SessionId SessionOf(const ServerState& state, TrxId trx);

}  // namespace nextkey
