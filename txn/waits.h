// Waiting and being let go: from the lock managers' answers to sessions' states and events.
#pragma once

#include "txn/turn.h"

namespace nextkey {

// What became of a row or table lock request; kDone when it was granted. Puts the session to sleep,
// or fails the statement with 1213 or, when the request was refused, 1205.
Progress AfterRequest(Turn& turn, const LockOutcome& outcome);
Progress AfterRequest(Turn& turn, const MdlOutcome& outcome, WaitKind kind, std::int64_t limit_us);

// Takes a metadata lock of a table, or the backup lock, or makes the one that the session has stronger. With
// a time-out of 0 a request that would have to wait is refused before anybody looks for circles
// (MDL_context::acquire_lock).
Progress LockMetadata(Turn& turn, const MdlKey& key, MdlMode mode, MdlDuration duration);
Progress UpgradeMetadata(Turn& turn, const MdlKey& key, MdlMode mode);

// How long this statement waits for a row or table lock, and for a metadata lock: the session's time-outs, or
// what NOWAIT and WAIT n say, which mean both. 0: it does not wait at all, and fails with 1205.
std::int64_t RowLockLimitUs(const Turn& turn);
std::int64_t MetadataLimitUs(const Turn& turn);
// With a time-out of 0 a request that would have to wait leaves nothing behind (lock_rec_enqueue_waiting).
WaitPolicy PolicyOf(const Turn& turn);

void Apply(ServerState& state, std::vector<Event>& events, const LockEvents& changes);
void Apply(ServerState& state, std::vector<Event>& events, const MdlEvents& changes);
void LetGo(ServerState& state, SessionId session);

// Puts the session to sleep.
Progress Sleep(Turn& turn, WaitKind kind, std::optional<std::int64_t> limit_us);

// For whom, and for what, a waiting session waits.
Wait DescribeWait(const ServerState& state, const SessionState& session);
std::string DescribeLock(const ServerState& state, const LockDescription& lock);
SessionId SessionOf(const ServerState& state, TrxId trx);

}  // namespace nextkey
