// Transactions: beginning, snapshots, commit, rollback, and what the end of one does to others.
#pragma once

#include <optional>

#include "txn/turn.h"

namespace nextkey {

// The session's InnoDB transaction, begun now if there is none. Also registers the session as being
// in a transaction where autocommit is off.
TrxId EnsureTransaction(Turn& turn);
// Nullptr when the session has none.
const Transaction* CurrentTransaction(const Turn& turn);
const Transaction* FindTransaction(const ServerState& state, TrxId trx);
// Clones it when it is shared with another world.
Transaction* FindTransactionForWrite(ServerState& state, TrxId trx);

// The isolation level that the statement runs at, and whether it may write. InnoDB is told the level where a
// statement locks its tables, and forgets it when a transaction ends; under LOCK TABLES no statement locks
// them, and from the second transaction on all run at REPEATABLE READ (ha_innobase::store_lock, trx_init).
sql::IsolationLevel IsolationOf(const SessionState& session);
bool IsReadOnly(const SessionState& session);
// Several statements can belong to the session's transaction.
bool IsMultiStatement(const SessionState& session);

// The view that a consistent read uses. At READ COMMITTED one a statement, above one a transaction.
const ReadView& EnsureReadView(Turn& turn);
bool IsActive(const ServerState& state, TrxId trx);

// The newest state of a record that `view` sees; nullptr row when it sees none (or a deleted one).
struct VisibleRow {
  const Row* row = nullptr;
  bool is_deleted = false;
};
VisibleRow VisibleVersion(const Record& record, const ReadView& view);
// The last committed state, for semi-consistent reads; an empty row when there is none.
VisibleRow CommittedVersion(const ServerState& state, const Record& record);

// Ends the session's transaction. Locks are released last, in one go; those let go become runnable.
void CommitTransaction(Turn& turn);
void RollbackTransaction(Turn& turn);
// The same for a session whose turn it is not: a deadlock's victim.
void EndTransaction(ServerState& state, std::vector<Event>& events, SessionState& session, bool commit);

// What a transaction is begun with, where that is not what the session's variables say.
struct Characteristics {
  std::optional<sql::IsolationLevel> isolation;
  std::optional<bool> is_read_only;
};
// Those of the open transaction; with none open, those that SET TRANSACTION gave for the next one. The server
// takes them back where COMMIT or ROLLBACK, an implicit commit, or a statement on its own ends
// (trans_reset_one_shot_chistics). Whatever else ends a transaction hands them on to the next one.
Characteristics CharacteristicsOf(const SessionState& session);
void HandOn(const Characteristics& characteristics, SessionState& session);

// Takes back changes until `undo_size` entries are left. Locks stay.
void RollbackTo(ServerState& state, std::vector<Event>& events, TrxId trx, std::size_t undo_size);

// Rolls back to a savepoint from before InnoDB took part: all it did is undone, its locks and its read view
// go, and the session's transaction goes on (ha_rollback_to_savepoint).
void LeaveTransaction(ServerState& state, std::vector<Event>& events, SessionState& session);

// A row of a table without transactions was changed: the open transaction outweighs all others from now on.
void NoteNonTransactionalChange(Turn& turn);
void AddUndo(ServerState& state, TrxId trx, UndoEntry entry);

}  // namespace nextkey
