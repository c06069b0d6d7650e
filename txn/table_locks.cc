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

bool IsMyIsam(const Turn& turn, const std::string& name) {
  const Table* table = turn.state.catalog.Find(name);
  return table != nullptr && table->def->engine == StorageEngine::kMyIsam;
}

// A table that LOCK TABLES locks: named, or implied by a foreign key.
struct LockItem {
  sql::TableLockItem named;
  bool is_implied = false;
};

bool Changes(const ForeignKeyDef& key) {
  const auto changes = [](ReferenceAction action) {
    return action == ReferenceAction::kCascade || action == ReferenceAction::kSetNull;
  };
  return changes(key.on_delete) || changes(key.on_update);
}

// What is named, by name, then the tables that refer to those locked for writing: for writing themselves
// where a change could reach them, else for reading (prepare_fk_prelocking_list).
std::vector<LockItem> ItemsOf(const Turn& turn, const sql::LockTablesStatement& statement) {
  std::vector<LockItem> items;
  for (const sql::TableLockItem& item : statement.items) items.push_back({item, false});
  std::sort(items.begin(), items.end(),
            [](const LockItem& a, const LockItem& b) { return a.named.name < b.named.name; });
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].named.kind != sql::TableLockKind::kWrite) continue;
    const std::string parent = items[i].named.name;
    for (const Table* child : turn.state.catalog.All()) {
      for (const ForeignKeyDef& key : child->def->foreign_keys) {
        if (key.parent_table != parent) continue;
        const std::string& name = child->def->name;
        const auto kind = Changes(key) ? sql::TableLockKind::kWrite : sql::TableLockKind::kRead;
        const bool is_known = std::any_of(items.begin(), items.end(),
                                          [&](const LockItem& item) { return item.named.name == name; });
        if (!is_known) items.push_back({{name, name, kind}, true});
      }
    }
  }
  return items;
}

bool LocksForWrite(const sql::LockTablesStatement& statement) {
  return std::any_of(statement.items.begin(), statement.items.end(),
                     [](const sql::TableLockItem& item) { return item.kind == sql::TableLockKind::kWrite; });
}

MdlMode OpeningMode(const LockItem& item) {
  const bool is_write = item.named.kind == sql::TableLockKind::kWrite;
  if (item.is_implied) return is_write ? MdlMode::kSharedWrite : MdlMode::kSharedRead;
  return is_write ? MdlMode::kSharedNoReadWrite : MdlMode::kSharedRead;
}

// MyISAM's READ is a table level lock; the metadata lock only says that the table is read.
bool KeepsWritersAway(const Turn& turn, const LockItem& item) {
  return !item.is_implied && item.named.kind != sql::TableLockKind::kWrite &&
         !IsMyIsam(turn, item.named.name);
}

// The steps of LOCK TABLES, in order.
enum LockPhase : std::uint32_t { kCommitting, kProtecting, kMetadata, kEngine };

// WRITE keeps FLUSH TABLES WITH READ LOCK away until UNLOCK TABLES.
Progress ProtectLock(Turn& turn, const sql::LockTablesStatement& statement) {
  if (LocksForWrite(statement) && turn.session.holds_global_read_lock)
    return turn.Fail(errors::GlobalReadLock());
  if (!LocksForWrite(statement) ||
      turn.state.metadata.Holds(turn.session_id, kBackupKey, MdlMode::kBackupDdl))
    return Progress::kDone;
  return LockMetadata(turn, kBackupKey, MdlMode::kBackupDdl, MdlDuration::kExplicit);
}

// All tables are opened before the first one that is locked for reading keeps writers away
// (lock_tables_open_and_lock_tables).
Progress LockNames(Turn& turn, const std::vector<LockItem>& items) {
  std::uint32_t& at = turn.execution.next_lock;
  for (; at < items.size(); ++at) {
    const LockItem& item = items[at];
    const Progress progress =
        LockMetadata(turn, {MdlSpace::kTable, item.named.name}, OpeningMode(item), MdlDuration::kTransaction);
    if (progress != Progress::kDone) return progress;
    if (turn.state.catalog.Find(item.named.name) == nullptr)
      return turn.Fail(errors::NoSuchTable(item.named.name));
  }
  for (; at < 2 * items.size(); ++at) {
    const LockItem& item = items[at - items.size()];
    if (!KeepsWritersAway(turn, item)) continue;
    const Progress progress =
        UpgradeMetadata(turn, {MdlSpace::kTable, item.named.name}, MdlMode::kSharedReadOnly);
    if (progress != Progress::kDone) return progress;
  }
  return Progress::kDone;
}

// The engine's part: MyISAM locks the table; InnoDB does where autocommit is off.
Progress LockEngines(Turn& turn, const std::vector<LockItem>& items) {
  Execution& execution = turn.execution;
  for (; execution.row < items.size(); ++execution.row) {
    const sql::TableLockItem& item = items[execution.row].named;
    const Table& table = *turn.state.catalog.Find(item.name);
    if (table.def->engine == StorageEngine::kMyIsam) {
      const TableLevelMode mode = item.kind == sql::TableLockKind::kWrite ? TableLevelMode::kWrite
                                  : item.kind == sql::TableLockKind::kReadLocal
                                      ? TableLevelMode::kRead
                                      : TableLevelMode::kReadNoInsert;
      if (turn.state.table_level.Acquire(turn.session_id, table.def->id, mode) ==
          TableLevelStatus::kWaiting) {
        return Sleep(turn, WaitKind::kTableLevelLock, MetadataLimitUs(turn));
      }
    } else if (!turn.session.variables.autocommit && turn.session.variables.IsOn("innodb_table_locks")) {
      const LockMode mode =
          item.kind == sql::TableLockKind::kWrite ? LockMode::kExclusive : LockMode::kShared;
      const Progress progress = LockTableFor(turn, table.def->id, LockRule::kLockedTable, mode);
      if (progress != Progress::kDone) return progress;
    }
  }
  return Progress::kDone;
}

}  // namespace

Progress RunStatement(Turn& turn, const sql::LockTablesStatement& statement) {
  Execution& execution = turn.execution;
  if (execution.phase == kCommitting) {
    const Progress progress = CommitOpen(turn);
    if (progress != Progress::kDone) return progress;
    UnlockTables(turn);
    if (LocksForWrite(statement) && IsReadOnly(turn.session)) return turn.Fail(errors::ReadOnlyTransaction());
    execution.phase = kProtecting;
  }
  if (execution.phase == kProtecting) {
    const Progress progress = ProtectLock(turn, statement);
    if (progress != Progress::kDone) return progress;
    execution.phase = kMetadata;
  }
  const std::vector<LockItem> items = ItemsOf(turn, statement);
  if (execution.phase == kMetadata) {
    const Progress progress = LockNames(turn, items);
    if (progress != Progress::kDone) return progress;
    execution.phase = kEngine;
  }
  const Progress progress = LockEngines(turn, items);
  if (progress != Progress::kDone) return progress;
  // From here on the metadata locks outlast transactions.
  turn.state.metadata.MakeExplicit(turn.session_id);
  for (const LockItem& item : items) {
    const Table& table = *turn.state.catalog.Find(item.named.name);
    turn.session.locked_tables.push_back({table.def->id, item.named.name,
                                          item.named.alias.empty() ? item.named.name : item.named.alias,
                                          item.named.kind, TrxId(turn.state.next_trx)});
  }
  return Progress::kDone;
}

void AbandonLockTables(Turn& turn) {
  if (!turn.session.locked_tables.empty() || turn.session.holds_global_read_lock) return;
  if (turn.state.metadata.Holds(turn.session_id, kBackupKey, MdlMode::kBackupDdl))
    Apply(turn.state, turn.events, turn.state.metadata.Release(turn.session_id, kBackupKey));
}

void UnlockTables(Turn& turn) {
  if (turn.session.locked_tables.empty()) return;
  std::vector<std::string> names;
  for (const LockedTable& table : turn.session.locked_tables) names.push_back(table.name);
  turn.session.locked_tables.clear();
  turn.session.level_is_forgotten = false;
  if (turn.state.metadata.Holds(turn.session_id, kBackupKey, MdlMode::kBackupDdl))
    Apply(turn.state, turn.events, turn.state.metadata.Release(turn.session_id, kBackupKey));
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
    Apply(turn.state, turn.events, turn.state.metadata.Release(turn.session_id, kBackupKey));
  }
  return Progress::kDone;
}

std::optional<SqlError> CheckLockedForWrite(const Turn& turn, const std::vector<std::string>& names) {
  const std::vector<LockedTable>& locked = turn.session.locked_tables;
  if (locked.empty()) return std::nullopt;
  for (const std::string& name : names) {
    const auto is_named = [&](const LockedTable& table) { return table.name == name; };
    if (std::none_of(locked.begin(), locked.end(), is_named)) return errors::TableNotLocked(name);
    const bool is_writable = std::any_of(locked.begin(), locked.end(), [&](const LockedTable& table) {
      return is_named(table) && table.kind == sql::TableLockKind::kWrite;
    });
    if (!is_writable) return errors::TableLockedForRead(name);
  }
  return std::nullopt;
}

namespace {

// Commits, as definitions do. Under LOCK TABLES only what is locked for writing can be flushed.
Progress Flush(Turn& turn, const sql::FlushTablesStatement& statement) {
  const Progress progress = CommitOpen(turn);
  if (progress != Progress::kDone) return progress;
  const std::vector<LockedTable>& locked = turn.session.locked_tables;
  if (auto error = CheckLockedForWrite(turn, statement.names)) return turn.Fail(std::move(*error));
  if (!statement.names.empty()) return Progress::kDone;
  for (const LockedTable& table : locked) {
    if (table.kind != sql::TableLockKind::kWrite) return turn.Fail(errors::TableLockedForRead(table.name));
  }
  return Progress::kDone;
}

}  // namespace

Progress RunStatement(Turn& turn, const sql::FlushTablesStatement& statement) {
  Execution& execution = turn.execution;
  if (!statement.with_read_lock) return Flush(turn, statement);
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
    if (!turn.state.metadata.Holds(turn.session_id, kBackupKey, MdlMode::kBackupFtwrl1)) {
      const Progress progress =
          LockMetadata(turn, kBackupKey, MdlMode::kBackupFtwrl1, MdlDuration::kExplicit);
      if (progress != Progress::kDone) return progress;
    }
    execution.phase = 2;
  }
  const Progress progress = UpgradeMetadata(turn, kBackupKey, MdlMode::kBackupFtwrl2);
  if (progress != Progress::kDone) {
    if (progress == Progress::kFailed)
      Apply(turn.state, turn.events, turn.state.metadata.Release(turn.session_id, kBackupKey));
    return progress;
  }
  turn.session.holds_global_read_lock = true;
  return Progress::kDone;
}

namespace {

bool WantsWrite(const NamedTable& table) { return table.is_written || table.mode == MdlMode::kSharedWrite; }

// Each use of a table needs a lock of its own, of that alias; whether they are of the right kind is looked at
// when all are found.
std::optional<SqlError> CheckLocked(const std::vector<LockedTable>& locked, const OpenedTables& tables) {
  std::vector<bool> is_used(locked.size());
  std::optional<SqlError> error;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const NamedTable& table = tables[i];
    if (table.IsSystem()) continue;
    std::size_t at = 0;
    while (at < locked.size() &&
           (is_used[at] || locked[at].name != table.name || locked[at].alias != table.alias))
      ++at;
    if (at == locked.size()) return errors::TableNotLocked(table.alias);
    is_used[at] = true;
    if (WantsWrite(table) && locked[at].kind != sql::TableLockKind::kWrite && !error.has_value())
      error = errors::TableLockedForRead(table.alias);
  }
  return error;
}

SqlError AccessDenied(std::string_view schema) {
  return errors::MakeError(1044, "42000",
                           fmt::format("Access denied for user 'root'@'localhost' to database '{}'", schema));
}

}  // namespace

std::optional<SqlError> CheckAllowed(const Turn& turn, const OpenedTables& tables) {
  const SessionState& session = turn.session;
  bool wants_write = false;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const NamedTable& table = tables[i];
    // Anybody may read a system table, at any time, and nobody may write one.
    if (table.IsSystem() && table.is_written) return AccessDenied(table.system_schema);
    wants_write |= !table.IsSystem() && WantsWrite(table);
  }
  if (wants_write && IsReadOnly(session)) return errors::ReadOnlyTransaction();
  return session.locked_tables.empty() ? std::nullopt : CheckLocked(session.locked_tables, tables);
}

Progress LockForStatement(Turn& turn, const std::vector<NamedTable>& tables) {
  if (!turn.session.locked_tables.empty()) return Progress::kDone;
  Execution& execution = turn.execution;
  const auto* insert = std::get_if<sql::InsertStatement>(&execution.statement->body);
  const bool only_adds = insert != nullptr && (insert->on_duplicate == sql::DuplicateHandling::kError ||
                                               insert->on_duplicate == sql::DuplicateHandling::kIgnore);
  for (; execution.next_lock < tables.size(); ++execution.next_lock) {
    const NamedTable& named = tables[execution.next_lock];
    if (named.IsSystem() || !IsMyIsam(turn, named.name)) continue;
    const Table& opened = *turn.state.catalog.Find(named.name);
    const TableId table = opened.def->id;
    // Only behind the last row can others read on meanwhile (mi_check_status).
    const bool is_appended = only_adds && opened.free_row_ids.empty();
    const bool is_for_update = !named.is_written && named.mode == MdlMode::kSharedWrite;
    const TableLevelMode mode = named.is_written && is_appended     ? TableLevelMode::kConcurrentInsert
                                : named.is_written || is_for_update ? TableLevelMode::kWrite
                                : named.is_read_for_write           ? TableLevelMode::kReadNoInsert
                                                                    : TableLevelMode::kRead;
    if (turn.state.table_level.Acquire(turn.session_id, table, mode) == TableLevelStatus::kWaiting) {
      return Sleep(turn, WaitKind::kTableLevelLock, MetadataLimitUs(turn));
    }
  }
  return Progress::kDone;
}

void UnlockAfterStatement(Turn& turn) {
  if (!turn.session.locked_tables.empty()) return;
  for (SessionId session : turn.state.table_level.ReleaseAll(turn.session_id)) LetGo(turn.state, session);
}

}  // namespace nextkey
