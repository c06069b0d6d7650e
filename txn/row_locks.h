// Locks on records, as statements ask for them: an implicit lock of somebody else is made explicit
// first, then the request goes to the lock table. And the engine's changes of records, told to the
// lock table.
#pragma once

#include <optional>

#include "txn/lock_rules.h"
#include "txn/turn.h"

namespace nextkey {

// Who holds an implicit lock on the record: the active transaction that wrote it last (clustered),
// or whose change the entry is (secondary; row_vers_impl_x_locked). The null id when nobody does.
TrxId ImplicitOwner(const ServerState& state, const Table& table, std::size_t index, const Record& record);

struct LockRequest {
  LockMode mode = LockMode::kShared;
  LockSpan span = LockSpan::kNextKey;
  WaitPolicy policy = WaitPolicy::kWait;
};

// Locks what stands at `place`. Also says whether the session's transaction got a lock that it had
// not held before.
struct LockTaken {
  Progress progress = Progress::kDone;
  bool is_new = false;
  bool was_refused = false;  // Only with WaitPolicy::kRefuse; the statement has not failed then.
};
LockTaken LockAt(Turn& turn, const Table& table, std::size_t index, Place place, const LockRequest& request);

// X,REC_NOT_GAP for a record that is about to be changed: implicit when nobody is in the way.
Progress LockForChangeAt(Turn& turn, const Table& table, std::size_t index, Place place);

Progress LockTableFor(Turn& turn, TableId table, LockMode mode);

// Puts a record into an index, with its locks' consequences.
void InsertRecord(ServerState& state, TableId table, std::size_t index, Record record);
// Takes a record out of an index: locks on it go over to its successor.
void EraseRecord(ServerState& state, std::vector<Event>& events, TableId table, std::size_t index,
                 Place place);

}  // namespace nextkey
