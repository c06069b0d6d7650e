#include "txn/table_locks.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "txn/control.h"
#include "txn/row_locks.h"
#include "txn/transaction.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

const MdlKey kBackup{MdlSpace::kBackup, ""};

std::int64_t MetadataLimit(const Turn& turn) {
  return turn.session.variables.lock_wait_timeout_s * 1'000'000;
}

bool IsMyIsam(const Turn& turn, const std::string& name) {
  const Table* table = turn.state.catalog.Find(name);
  return table != nullptr && table->def->engine == StorageEngine::kMyIsam;
}

MdlMode ModeFor(const Turn& turn, const sql::TableLockItem& item) {
  if (item.kind == sql::TableLockKind::kWrite) return MdlMode::kSharedNoReadWrite;
  // MyISAM's READ is a table level lock; the metadata lock only says that the table is read.
  return IsMyIsam(turn, item.name) ? MdlMode::kSharedRead : MdlMode::kSharedReadOnly;
}

// The steps of LOCK TABLES, in order.
enum LockPhase : std::uint32_t { kCommitFirst, kMetadata, kEngine };

Progress LockMetadata(Turn& turn, const sql::LockTablesStatement& statement) {
  Execution& execution = turn.execution;
  std::vector<sql::TableLockItem> items = statement.items;
  std::sort(items.begin(), items.end(),
            [](const sql::TableLockItem& a, const sql::TableLockItem& b) { return a.name < b.name; });
  for (; execution.next_lock < items.size(); ++execution.next_lock) {
    const sql::TableLockItem& item = items[execution.next_lock];
    const MdlOutcome outcome = turn.state.metadata.Acquire(turn.session_id, {MdlSpace::kTable, item.name},
                                                           ModeFor(turn, item), MdlDuration::kTransaction);
    const Progress progress = AfterRequest(turn, outcome, WaitKind::kMetadataLock, MetadataLimit(turn));
    if (progress != Progress::kDone) return progress;
    if (turn.state.catalog.Find(item.name) == nullptr) return turn.Fail(errors::NoSuchTable(item.name));
  }
  return Progress::kDone;
}

// The engine's part: MyISAM locks the table; InnoDB does where autocommit is off.
Progress LockEngines(Turn& turn, const sql::LockTablesStatement& statement) {
  Execution& execution = turn.execution;
  for (; execution.row < statement.items.size(); ++execution.row) {
    const sql::TableLockItem& item = statement.items[execution.row];
    const Table& table = *turn.state.catalog.Find(item.name);
    if (table.def->engine == StorageEngine::kMyIsam) {
      const TableLevelMode mode = item.kind == sql::TableLockKind::kWrite ? TableLevelMode::kWrite
                                  : item.kind == sql::TableLockKind::kReadLocal
                                      ? TableLevelMode::kRead
                                      : TableLevelMode::kReadNoInsert;
      if (turn.state.table_level.Acquire(turn.session_id, table.def->id, mode) ==
          TableLevelStatus::kWaiting) {
        return Sleep(turn, WaitKind::kTableLevelLock, MetadataLimit(turn));
      }
    } else if (!turn.session.variables.autocommit && turn.session.variables.IsOn("innodb_table_locks")) {
      const LockMode mode =
          item.kind == sql::TableLockKind::kWrite ? LockMode::kExclusive : LockMode::kShared;
      const Progress progress = LockTableFor(turn, table.def->id, mode);
      if (progress != Progress::kDone) return progress;
    }
  }
  return Progress::kDone;
}

}  // namespace

Progress RunStatement(Turn& turn, const sql::LockTablesStatement& statement) {
  Execution& execution = turn.execution;
  if (execution.phase == kCommitFirst) {
    const Progress progress = CommitOpen(turn);
    if (progress != Progress::kDone) return progress;
    UnlockTables(turn);
    execution.phase = kMetadata;
  }
  if (execution.phase == kMetadata) {
    const Progress progress = LockMetadata(turn, statement);
    if (progress != Progress::kDone) return progress;
    execution.phase = kEngine;
  }
  const Progress progress = LockEngines(turn, statement);
  if (progress != Progress::kDone) return progress;
  // From here on the metadata locks outlast transactions.
  turn.state.metadata.MakeExplicit(turn.session_id);
  for (const sql::TableLockItem& item : statement.items) {
    const Table& table = *turn.state.catalog.Find(item.name);
    turn.session.locked_tables.push_back({table.def->id, item.name,
                                          item.alias.empty() ? item.name : item.alias, item.kind,
                                          TrxId(turn.state.next_trx)});
  }
  return Progress::kDone;
}

void UnlockTables(Turn& turn) {
  if (turn.session.locked_tables.empty()) return;
  std::vector<std::string> names;
  for (const LockedTable& table : turn.session.locked_tables) names.push_back(table.name);
  turn.session.locked_tables.clear();
  for (SessionId session : turn.state.table_level.ReleaseAll(turn.session_id)) LetGo(turn.state, session);
  for (const std::string& name : names) {
    Apply(turn.state, turn.events, turn.state.metadata.Release(turn.session_id, {MdlSpace::kTable, name}));
  }
}

Progress RunStatement(Turn& turn, const sql::UnlockTablesStatement&) {
  if (!turn.session.locked_tables.empty()) {
    const Progress progress = CommitOpen(turn);
    if (progress != Progress::kDone) return progress;
    UnlockTables(turn);
  }
  if (turn.session.holds_global_read_lock) {
    turn.session.holds_global_read_lock = false;
    Apply(turn.state, turn.events, turn.state.metadata.Release(turn.session_id, kBackup));
  }
  return Progress::kDone;
}

Progress RunStatement(Turn& turn, const sql::FlushTablesStatement& statement) {
  Execution& execution = turn.execution;
  if (!statement.with_read_lock) return Progress::kDone;
  if (!statement.names.empty()) {
    sql::LockTablesStatement lock;
    for (const std::string& name : statement.names)
      lock.items.push_back({name, name, sql::TableLockKind::kRead});
    return RunStatement(turn, lock);
  }
  if (!turn.session.locked_tables.empty()) return turn.Fail(errors::LockedTablesActive());
  if (turn.session.holds_global_read_lock) return Progress::kDone;
  if (execution.phase == 0) {
    const Progress progress = CommitOpen(turn);
    if (progress != Progress::kDone) return progress;
    execution.phase = 1;
  }
  if (execution.phase == 1) {
    // When it had to wait, the lock is there now; a second request would be counted.
    if (!turn.state.metadata.Holds(turn.session_id, kBackup, MdlMode::kBackupFtwrl1)) {
      const Progress progress =
          AfterRequest(turn,
                       turn.state.metadata.Acquire(turn.session_id, kBackup, MdlMode::kBackupFtwrl1,
                                                   MdlDuration::kExplicit),
                       WaitKind::kBackupLock, MetadataLimit(turn));
      if (progress != Progress::kDone) return progress;
    }
    execution.phase = 2;
  }
  const Progress progress =
      AfterRequest(turn, turn.state.metadata.Upgrade(turn.session_id, kBackup, MdlMode::kBackupFtwrl2),
                   WaitKind::kBackupLock, MetadataLimit(turn));
  if (progress != Progress::kDone) {
    if (progress == Progress::kFailed)
      Apply(turn.state, turn.events, turn.state.metadata.Release(turn.session_id, kBackup));
    return progress;
  }
  turn.session.holds_global_read_lock = true;
  return Progress::kDone;
}

namespace {

SqlError AccessDenied(std::string_view schema) {
  return errors::MakeError(1044, "42000",
                           fmt::format("Access denied for user 'root'@'localhost' to database '{}'", schema));
}

}  // namespace

std::optional<SqlError> CheckAllowed(const Turn& turn, const std::vector<NamedTable>& tables) {
  const SessionState& session = turn.session;
  for (const NamedTable& table : tables) {
    if (table.IsSystem()) {  // Anybody may read them, at any time, and nobody may write.
      if (table.is_written) return AccessDenied(table.system_schema);
      continue;
    }
    if (!session.locked_tables.empty()) {
      const auto locked =
          std::find_if(session.locked_tables.begin(), session.locked_tables.end(),
                       [&](const LockedTable& l) { return l.name == table.name && l.alias == table.alias; });
      if (locked == session.locked_tables.end()) return errors::TableNotLocked(table.alias);
      const bool is_for_write = table.is_written || table.mode == MdlMode::kSharedWrite;
      if (is_for_write && locked->kind != sql::TableLockKind::kWrite)
        return errors::TableLockedForRead(table.alias);
    }
    const bool wants_write = table.is_written || table.mode == MdlMode::kSharedWrite;
    if (wants_write && session.holds_global_read_lock) return errors::GlobalReadLock();
    if (wants_write && session.in_transaction && session.is_read_only) return errors::ReadOnlyTransaction();
  }
  return std::nullopt;
}

Progress LockForStatement(Turn& turn, const std::vector<NamedTable>& tables) {
  if (!turn.session.locked_tables.empty()) return Progress::kDone;
  Execution& execution = turn.execution;
  const bool is_insert = std::holds_alternative<sql::InsertStatement>(execution.statement->body);
  for (; execution.next_lock < tables.size(); ++execution.next_lock) {
    const NamedTable& named = tables[execution.next_lock];
    if (named.IsSystem() || !IsMyIsam(turn, named.name)) continue;
    const TableId table = turn.state.catalog.Find(named.name)->def->id;
    const TableLevelMode mode = named.is_written
                                    ? (is_insert ? TableLevelMode::kConcurrentInsert : TableLevelMode::kWrite)
                                : named.is_read_for_write ? TableLevelMode::kReadNoInsert
                                                          : TableLevelMode::kRead;
    if (turn.state.table_level.Acquire(turn.session_id, table, mode) == TableLevelStatus::kWaiting) {
      return Sleep(turn, WaitKind::kTableLevelLock, MetadataLimit(turn));
    }
    if (named.is_written && IsMultiStatement(turn.session)) turn.session.changed_non_transactional = true;
  }
  return Progress::kDone;
}

void UnlockAfterStatement(Turn& turn) {
  if (!turn.session.locked_tables.empty()) return;
  for (SessionId session : turn.state.table_level.ReleaseAll(turn.session_id)) LetGo(turn.state, session);
}

}  // namespace nextkey
