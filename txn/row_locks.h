// Locks on records, as statements ask for them: an implicit lock of somebody else is made explicit
// first, then the request goes to the lock table. Where the session yields before its locks, it stops
// here (Server::SetYieldsBeforeLocks): kWaiting, though nobody is waited for. And the engine's changes of
// records, told to the lock table.
#pragma once

#include <optional>

#include "txn/lock_rules.h"
#include "txn/turn.h"

namespace nextkey {

// Who holds an implicit lock on the record: the active transaction that wrote it last (clustered),
// or whose change the entry is (secondary; row_vers_impl_x_locked). The null id when nobody does.
TrxId ImplicitOwner(const ServerState& state, const Table& table, std::size_t index, const Record& record);

// Under which rule a lock is asked for, and how strong it is; the rule says how much it covers.
struct LockRequest {
  LockRule rule;
  LockMode mode = LockMode::kShared;
  WaitPolicy policy = WaitPolicy::kWait;
};

// Of a rule whose strength is always the same.
inline LockRequest RequestBy(LockRule rule) { return {rule, FixedModeOf(rule), WaitPolicy::kWait}; }

// What the server's rules say where the session's statement runs.
RuleCell CellOf(const Turn& turn, LockRule rule);
inline bool Applies(const Turn& turn, LockRule rule) { return CellOf(turn, rule) != RuleCell::kNothing; }

// Locks what stands at `place`, as much of it as the rule says. Also says whether the session's transaction
// got a lock that it had not held before.
struct LockTaken {
  Progress progress = Progress::kDone;
  bool is_new = false;
  bool was_refused = false;  // Only with WaitPolicy::kRefuse; the statement has not failed then.
};
LockTaken LockAt(Turn& turn, const Table& table, std::size_t index, Place place, const LockRequest& request);

// X,REC_NOT_GAP for a record that is about to be changed: implicit when nobody is in the way.
Progress LockForChangeAt(Turn& turn, const Table& table, std::size_t index, Place place, LockRule rule);
// Asks for the gap in front of `gap_end`, to insert into it. Nothing is recorded unless it has to wait.
Progress LockGapForInsert(Turn& turn, const Table& table, std::size_t index, Place gap_end);

Progress LockTableFor(Turn& turn, TableId table, LockRule rule, LockMode mode);
inline Progress LockTableFor(Turn& turn, TableId table, LockRule rule) {
  return LockTableFor(turn, table, rule, FixedModeOf(rule));
}

// Puts a record into an index, with its locks' consequences.
void InsertRecord(ServerState& state, std::vector<Event>& events, TableId table, std::size_t index,
                  Record record);
// Writes a record over one of the same key: its locks move where it has to be inserted anew.
void ReplaceRecord(ServerState& state, TableId table, std::size_t index, Place place, Record record);
// Takes a record out of an index: locks on it go over to its successor.
enum class EraseReason : std::uint8_t { kRollback, kPurge };
void EraseRecord(ServerState& state, std::vector<Event>& events, TableId table, std::size_t index,
                 Place place, EraseReason reason);

}  // namespace nextkey
