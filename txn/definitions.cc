#include "txn/definitions.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "txn/alteration.h"
#include "txn/control.h"
#include "txn/new_rows.h"
#include "txn/row_change.h"
#include "txn/row_locks.h"
#include "txn/table_builder.h"
#include "txn/table_locks.h"
#include "txn/transaction.h"
#include "txn/versions.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

enum DefinitionPhase : std::uint32_t { kCommitFirst, kProtect, kLock, kUpgrade, kUpgradeAgain, kWork };

// The backup lock, which keeps FLUSH TABLES WITH READ LOCK away, before the tables' locks or behind them.
enum class ProtectionOrder : std::uint8_t { kFirst, kLast };

Progress Protect(Turn& turn) {
  return LockMetadata(turn, kBackupKey, MdlMode::kBackupDdl, MdlDuration::kStatement);
}

Progress LockNames(Turn& turn, const std::vector<std::string>& names, MdlMode mode) {
  Execution& execution = turn.execution;
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  for (; execution.next_lock < sorted.size(); ++execution.next_lock) {
    const Progress progress =
        LockMetadata(turn, {MdlSpace::kTable, sorted[execution.next_lock]}, mode, MdlDuration::kTransaction);
    if (progress != Progress::kDone) return progress;
  }
  return Progress::kDone;
}

// Commits, then takes the metadata locks; kDone: the definition may be changed.
Progress Prepare(Turn& turn, const std::vector<std::string>& names, MdlMode mode,
                 ProtectionOrder order = ProtectionOrder::kFirst) {
  std::uint32_t& phase = turn.execution.phase;
  const bool is_first = order == ProtectionOrder::kFirst;
  if (phase == kCommitFirst) {
    const Progress progress = CommitOpen(turn);
    if (progress != Progress::kDone) return progress;
    // The statement fails, but what was open is committed.
    const bool is_analyze =
        std::holds_alternative<sql::AnalyzeTableStatement>(turn.execution.statement->body);
    if (!is_analyze && IsReadOnly(turn.session)) return turn.Fail(errors::ReadOnlyTransaction());
    if (turn.session.holds_global_read_lock) return turn.Fail(errors::GlobalReadLock());
    // CREATE TABLE of a table that is there says so, whoever has locked it.
    const bool is_new = std::holds_alternative<sql::CreateTableStatement>(turn.execution.statement->body);
    if (!is_new || turn.state.catalog.Find(names.front()) == nullptr) {
      if (auto error = CheckLockedForWrite(turn, names)) return turn.Fail(std::move(*error));
    }
    phase = is_first ? kProtect : kLock;
  }
  while (phase == kProtect || phase == kLock) {
    const Progress progress = phase == kProtect ? Protect(turn) : LockNames(turn, names, mode);
    if (progress != Progress::kDone) return progress;
    const bool was_second = (phase == kProtect) != is_first;
    phase = was_second ? kUpgrade : phase == kProtect ? kLock : kProtect;
  }
  return Progress::kDone;
}

// Waits for everybody who has locked something in a table that refers to `name`.
Progress LockChildren(Turn& turn, const std::string& name) {
  std::map<std::string, TableId> children;  // By the name of the foreign key.
  for (const Table* table : turn.state.catalog.All()) {
    for (const ForeignKeyDef& key : table->def->foreign_keys) {
      if (key.parent_table == name && table->def->name != name) children.emplace(key.name, table->def->id);
    }
  }
  for (const auto& [key, child] : children) {
    const Progress progress = LockTableFor(turn, child, LockRule::kChildOfDefinition);
    if (progress != Progress::kDone) return progress;
  }
  return Progress::kDone;
}

// A transaction id that only views made from now on see.
TrxId MarkNow(ServerState& state) { return TrxId(state.next_trx++); }

void DropIndexLocks(ServerState& state, const TableDef& def) {
  for (const IndexDef& index : def.indexes) state.locks.OnIndexDropped(index.id);
}

// The first foreign key of another table that refers to `name`.
std::optional<std::pair<const TableDef*, const ForeignKeyDef*>> ReferenceTo(
    const Catalog& catalog, const std::string& name, const std::vector<std::string>& ignored) {
  for (const Table* table : catalog.All()) {
    if (std::find(ignored.begin(), ignored.end(), table->def->name) != ignored.end()) continue;
    for (const ForeignKeyDef& key : table->def->foreign_keys) {
      if (key.parent_table == name) return std::pair(table->def.get(), &key);
    }
  }
  return std::nullopt;
}

std::optional<SqlError> Specify(TableBuilder& builder, const sql::CreateTableStatement& statement,
                                bool checks_parents) {
  for (sql::ColumnSpec column : statement.columns) {
    if (statement.collation.has_value() && column.type.collation == Collation::kGeneralCi)
      column.type.collation = *statement.collation;
    if (auto error = builder.AddColumn(column)) return error;
  }
  for (const sql::IndexSpec& index : statement.indexes) {
    if (auto error = builder.AddIndex(index)) return error;
  }
  if (builder.def().engine == StorageEngine::kInnoDb) {  // MyISAM reads foreign keys and forgets them.
    for (const sql::ForeignKeySpec& key : statement.foreign_keys) {
      if (auto error = builder.AddForeignKey(key, checks_parents)) return error;
    }
  }
  for (const sql::CheckSpec& check : statement.checks) {
    if (auto error = builder.AddCheck(check)) return error;
  }
  return std::nullopt;
}

}  // namespace

Progress RunStatement(Turn& turn, const sql::CreateTableStatement& statement) {
  const Progress progress = Prepare(turn, {statement.name}, MdlMode::kExclusive);
  if (progress != Progress::kDone) return progress;
  Catalog& catalog = turn.state.catalog;
  if (catalog.Find(statement.name) != nullptr) {
    SqlError error = errors::TableExists(statement.name);
    if (!statement.if_not_exists) return turn.Fail(std::move(error));
    turn.execution.result.warnings.push_back({error.number, error.message, WarningLevel::kNote});
    return Progress::kDone;
  }
  TableBuilder builder(catalog, statement.name);
  if (!statement.like_table.empty()) {
    const Table* model = catalog.Find(statement.like_table);
    if (model == nullptr) return turn.Fail(errors::NoSuchTable(statement.like_table));
    builder = TableBuilder(catalog, *model->def);
    builder.def().name = statement.name;
    builder.def().foreign_keys.clear();
    for (IndexDef& index : builder.def().indexes) index.id = IndexId();
  } else {
    builder.def().engine = statement.engine.value_or(turn.session.variables.DefaultEngine());
    if (auto error = Specify(builder, statement, turn.session.variables.foreign_key_checks))
      return turn.Fail(std::move(*error));
  }
  builder.def().comment = statement.comment;
  auto def = builder.Build(catalog, catalog.NewTableId());
  if (auto* error = std::get_if<SqlError>(&def)) return turn.Fail(std::move(*error));
  Table table(std::get<TableDefRef>(def));
  table.next_auto_increment = std::max<std::uint64_t>(1, statement.auto_increment.value_or(1));
  table.created_by = MarkNow(turn.state);
  catalog.Add(std::move(table));
  return Progress::kDone;
}

Progress RunStatement(Turn& turn, const sql::DropTableStatement& statement) {
  const Progress progress = Prepare(turn, statement.names, MdlMode::kExclusive);
  if (progress != Progress::kDone) return progress;
  Catalog& catalog = turn.state.catalog;
  std::string missing;
  for (const std::string& name : statement.names) {
    const Table* table = catalog.Find(name);
    if (table == nullptr) {
      missing += fmt::format("{}{}.{}", missing.empty() ? "" : ",", errors::kSchema, name);
      continue;
    }
    if (turn.session.variables.foreign_key_checks) {
      if (const auto reference = ReferenceTo(catalog, name, statement.names)) {
        return turn.Fail(errors::ParentRowReferenced(*reference->second, *reference->first));
      }
    }
    DropIndexLocks(turn.state, *table->def);
    catalog.Drop(table->def->id);
  }
  if (missing.empty()) return Progress::kDone;
  SqlError error = errors::MakeError(1051, "42S02", fmt::format("Unknown table '{}'", missing));
  if (!statement.if_exists) return turn.Fail(std::move(error));
  turn.execution.result.warnings.push_back({error.number, error.message, WarningLevel::kNote});
  return Progress::kDone;
}

namespace {

TableDefRef WithNewIds(Catalog& catalog, const TableDef& def) {
  auto copy = std::make_shared<TableDef>(def);
  copy->id = catalog.NewTableId();
  for (IndexDef& index : copy->indexes) index.id = catalog.NewIndexId();
  return copy;
}

}  // namespace

Progress RunStatement(Turn& turn, const sql::TruncateStatement& statement) {
  const Progress progress = Prepare(turn, {statement.name}, MdlMode::kExclusive, ProtectionOrder::kLast);
  if (progress != Progress::kDone) return progress;
  const Table* table = turn.state.catalog.Find(statement.name);
  if (table == nullptr) return turn.Fail(errors::NoSuchTable(statement.name));
  if (turn.session.variables.foreign_key_checks) {
    if (const auto reference = ReferenceTo(turn.state.catalog, statement.name, {statement.name})) {
      return turn.Fail(errors::TableReferenced(*reference->second, *reference->first));
    }
  }
  Table fresh(WithNewIds(turn.state.catalog, *table->def));
  fresh.created_by = MarkNow(turn.state);
  const Table old = *table;
  ExchangeTable(turn.state, old, std::move(fresh));
  return Progress::kDone;
}

namespace {

// Waits, once or twice, until the table may be exchanged. Under LOCK TABLES nobody is let in meanwhile.
Progress WaitToAlter(Turn& turn, const sql::AlterTableStatement& statement) {
  std::uint32_t& phase = turn.execution.phase;
  const MdlKey table{MdlSpace::kTable, statement.name};
  if (phase == kUpgrade) {
    auto method = MethodOf(turn, statement);
    if (auto* error = std::get_if<SqlError>(&method)) return turn.Fail(std::move(*error));
    const bool copies = std::get<AlterationMethod>(method) == AlterationMethod::kCopy;
    const Progress first =
        UpgradeMetadata(turn, table, copies ? MdlMode::kSharedNoWrite : MdlMode::kExclusive);
    if (first != Progress::kDone) return first;
    phase = kUpgradeAgain;
    if (auto error = TryAlteration(turn, statement)) return turn.Fail(std::move(*error));
    const bool lets_in = std::get<AlterationMethod>(method) == AlterationMethod::kInPlace;
    if (lets_in && turn.session.locked_tables.empty())
      Apply(turn.state, turn.events,
            turn.state.metadata.Downgrade(turn.session_id, table, MdlMode::kSharedUpgradable));
  }
  if (phase == kUpgradeAgain) {
    const Progress last = UpgradeMetadata(turn, table, MdlMode::kExclusive);
    if (last != Progress::kDone) return last;
    phase = kWork;
  }
  return Progress::kDone;
}

}  // namespace

Progress RunStatement(Turn& turn, const sql::AlterTableStatement& statement) {
  const Progress progress = Prepare(turn, {statement.name}, MdlMode::kSharedUpgradable);
  if (progress != Progress::kDone) return progress;
  if (turn.state.catalog.Find(statement.name) == nullptr)
    return turn.Fail(errors::NoSuchTable(statement.name));
  const Progress alone = WaitToAlter(turn, statement);
  if (alone != Progress::kDone) return alone;
  const Progress locked = LockChildren(turn, statement.name);
  if (locked != Progress::kDone) return locked;
  if (auto error = ApplyAlteration(turn, statement)) return turn.Fail(std::move(*error));
  return Progress::kDone;
}

Progress RunStatement(Turn& turn, const sql::AnalyzeTableStatement& statement) {
  const Progress progress = Prepare(turn, statement.names, MdlMode::kSharedRead);
  if (progress != Progress::kDone) return progress;
  turn.execution.result.has_rows = true;
  turn.execution.result.columns = {"Table", "Op", "Msg_type", "Msg_text"};
  for (const std::string& name : statement.names) {
    const Table* table = turn.state.catalog.Find(name);
    const bool exists = table != nullptr;
    if (exists) turn.state.catalog.FindForWrite(table->def->id)->statistics = Analyze(*table);
    turn.execution.result.rows.push_back({Value::Text(fmt::format("{}.{}", errors::kSchema, name)),
                                          Value::Text("analyze"), Value::Text(exists ? "status" : "Error"),
                                          Value::Text(exists ? "OK" : errors::NoSuchTable(name).message)});
  }
  return Progress::kDone;
}

}  // namespace nextkey
