// Everything that a server is, as one plain value: catalog, locks, sessions, transactions, history.
//
// A statement in flight is part of it (execution.h), so that a copied server goes on exactly where
// the original stood. Between two calls of Server nothing is runnable: every session is idle, waits, or
// has yielded.
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/cow.h"
#include "engine/fingerprint.h"
#include "engine/ids.h"
#include "engine/table.h"
#include "lockmgr/lock_table.h"
#include "lockmgr/metadata_locks.h"
#include "lockmgr/table_level_locks.h"
#include "txn/dialect.h"
#include "txn/execution.h"
#include "txn/read_view.h"
#include "txn/result.h"
#include "txn/session_variables.h"
#include "txn/sql/ast.h"

namespace nextkey {

// 2024-01-01 00:00:00 UTC, in microseconds since 1970.
inline constexpr std::int64_t kClockStart = 1'704'067'200'000'000;

// One change of a clustered record. What it was before stands in the record's version chain.
struct UndoEntry {
  TableId table;
  UndoKind kind = UndoKind::kInsert;
  KeyValues key;  // The clustered key.
};

struct Savepoint {
  std::string name;  // Lower case.
  std::size_t undo_size = 0;
  bool has_transaction = false;  // InnoDB took part already: what it does later is undone to this point only.
};

// An InnoDB transaction: it begins with a session's first use of an InnoDB table.
struct Transaction {
  TrxId id;
  SessionId session;
  sql::IsolationLevel isolation = sql::IsolationLevel::kRepeatableRead;
  std::optional<ReadView> view;
  std::vector<UndoEntry> undo;
  std::int64_t started_us = 0;
  // A statement came to write rows and did not fail, be it that nothing is left of that: COMMIT then takes
  // the backup lock (ha_check_and_coalesce_trx_read_only).
  bool is_read_write = false;
};

// A committed transaction whose old versions and delete marks are still kept.
struct HistoryEntry {
  TrxId trx;
  std::vector<UndoEntry> undo;  // Updates and deletes only.
};

// A row before and after a transaction; empty where it was not there.
struct CommittedRow {
  TableDefRef table;
  Row before;
  Row after;
};
struct CommittedTransaction {
  std::vector<CommittedRow> rows;
};

// What a session waits for, and until when.
struct WaitState {
  WaitKind kind = WaitKind::kRowLock;
  std::optional<std::int64_t> deadline_us;
  std::int64_t started_us = 0;
};

struct LockedTable {  // By LOCK TABLES.
  TableId table;
  std::string name;
  std::string alias;
  sql::TableLockKind kind = sql::TableLockKind::kRead;
  TrxId limit;  // READ LOCAL of MyISAM does not see rows inserted from here on.
};

struct SessionState {
  SessionId id;
  SystemVariables variables;
  UserVariables user_variables;
  std::optional<sql::IsolationLevel> next_isolation;  // SET TRANSACTION without a scope.
  std::optional<bool> next_read_only;

  bool in_transaction = false;  // BEGIN, or autocommit = 0 and a table was used.
  bool is_read_only = false;    // START TRANSACTION READ ONLY.
  bool changed_non_transactional = false;
  sql::IsolationLevel isolation = sql::IsolationLevel::kRepeatableRead;  // Of the open transaction.
  TrxId trx;                        // The open InnoDB transaction, if any.
  std::uint32_t detector_rank = 0;  // The how-many-th session it was to use InnoDB; 0: not yet.
  std::vector<Savepoint> savepoints;

  std::vector<LockedTable> locked_tables;
  bool holds_global_read_lock = false;
  bool level_is_forgotten = false;  // A transaction has ended under LOCK TABLES: IsolationOf.

  std::int64_t last_insert_id = 0;
  std::int64_t row_count = -1;
  std::int64_t found_rows = 0;
  std::vector<Warning> warnings;
  std::int64_t idle_since_us = 0;    // When its last statement ended, or it connected.
  bool is_killed = false;            // By KILL: the connection is gone.
  bool yields_before_locks = false;  // Server::SetYieldsBeforeLocks.

  std::optional<Execution> execution;  // The statement in flight.
  std::optional<WaitState> wait;       // Present while it waits. Absent beside `execution`: it has yielded.

  // Its statement stands before a lock, or its wait has ended: Server::GoOn.
  bool CanGoOn() const { return execution.has_value() && !wait.has_value(); }
};

// What the server keeps for SHOW alone: no statement runs differently because of it.
struct ServerReports {
  std::uint64_t row_lock_waits = 0;
  std::int64_t row_lock_wait_us = 0;  // Of the waits that have ended.
  std::int64_t longest_row_lock_wait_us = 0;
  std::string latest_deadlock;  // As SHOW ENGINE INNODB STATUS prints them; empty: none yet.
  std::string latest_foreign_key_error;
};

struct ServerState {
  Cow<Dialect> dialect;  // Never written to while the server runs.
  Catalog catalog;
  LockTable locks;
  MetadataLocks metadata;
  TableLevelLocks table_level;
  SystemVariables global;
  boost::container::flat_map<SessionId, Cow<SessionState>> sessions;
  boost::container::flat_map<TrxId, Cow<Transaction>> transactions;
  Cow<std::vector<HistoryEntry>> history;  // In the order of their commits.
  std::uint32_t next_session = 1;
  std::uint64_t next_trx = 1;
  std::uint32_t next_detector_rank = 1;
  std::int64_t now_us = kClockStart;
  Cow<ServerReports> reports;
  bool purges_eagerly = true;
  bool keeps_latest_errors = true;  // Their texts in ServerReports.
  // These change what is told, not what happens: no part of the canonical bytes.
  bool tells_in_words = true;  // What is waited for, who stands in a circle, by which access paths.
  bool reports_lock_rules = false;
  bool reports_history = false;

  // What was committed and not yet taken by the one who asked for it to be kept (a replica).
  bool keeps_commits = false;
  std::vector<CommittedTransaction> committed;

  // Sessions whose waits have ended and that have not run since, in order. Empty between calls.
  std::vector<SessionId> runnable;

  void PutInto(Canonical& canonical) const;
};

}  // namespace nextkey
