#include "txn/definitions.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "fmt/format.h"
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

enum DefinitionPhase : std::uint32_t { kCommitFirst, kProtect, kLock, kUpgrade, kWork };

// The backup lock, which keeps FLUSH TABLES WITH READ LOCK away, before the tables' locks or behind them.
enum class ProtectionOrder : std::uint8_t { kFirst, kLast };

Progress Protect(Turn& turn) {
  const MdlOutcome outcome =
      turn.state.metadata.Acquire(turn.session_id, kBackupKey, MdlMode::kBackupDdl, MdlDuration::kStatement);
  return AfterRequest(turn, outcome, WaitKind::kBackupLock, MetadataLimitUs(turn));
}

Progress LockNames(Turn& turn, const std::vector<std::string>& names, MdlMode mode) {
  Execution& execution = turn.execution;
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  for (; execution.next_lock < sorted.size(); ++execution.next_lock) {
    const MdlOutcome outcome = turn.state.metadata.Acquire(
        turn.session_id, {MdlSpace::kTable, sorted[execution.next_lock]}, mode, MdlDuration::kTransaction);
    const Progress progress = AfterRequest(turn, outcome, WaitKind::kMetadataLock, MetadataLimitUs(turn));
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

// Puts `fresh` in the place of the table of the same name.
void Exchange(Turn& turn, const Table& old, Table fresh) {
  DropIndexLocks(turn.state, *old.def);
  turn.state.catalog.Drop(old.def->id);
  turn.state.catalog.Add(std::move(fresh));
}

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
  Exchange(turn, old, std::move(fresh));
  return Progress::kDone;
}

namespace {

// Applies the actions of one ALTER TABLE.
class Alteration {
 public:
  Alteration(Turn& turn, const Table& table, const sql::AlterTableStatement& statement)
      : turn_(turn), old_(table), statement_(statement), builder_(turn.state.catalog, *table.def) {}

  std::optional<SqlError> Run();

 private:
  std::optional<SqlError> Act(const sql::AddColumn& action);
  std::optional<SqlError> Act(const sql::DropColumn& action);
  std::optional<SqlError> Act(const sql::ModifyColumn& action);
  std::optional<SqlError> Act(const sql::AddIndex& action);
  std::optional<SqlError> Act(const sql::DropIndex& action);
  std::optional<SqlError> Act(const sql::AddForeignKey& action);
  std::optional<SqlError> Act(const sql::DropForeignKey& action);
  std::optional<SqlError> Act(const sql::AddCheck& action) { return builder_.AddCheck(action.check); }
  std::optional<SqlError> Act(const sql::DropConstraint& action) {
    return builder_.RemoveConstraint(action.name);
  }
  std::optional<SqlError> Act(const sql::RenameTable& action);
  std::optional<SqlError> Act(const sql::SetEngine& action);
  std::optional<SqlError> Act(const sql::SetAutoIncrement& action);
  std::optional<SqlError> Act(const sql::ForceRebuild&);

  std::optional<SqlError> Fill(Table& fresh);
  std::variant<Row, SqlError> Map(Table& fresh, const Row& row) const;
  std::uint64_t RowIdFor(Table& fresh, const Row& row) const;
  std::optional<SqlError> InsertEntries(Table& fresh, const Row& row, bool is_deleted);
  std::optional<SqlError> CheckNewForeignKeys(const Table& fresh) const;

  Turn& turn_;
  const Table old_;
  const sql::AlterTableStatement& statement_;
  TableBuilder builder_;
  std::vector<std::optional<std::uint32_t>> sources_;  // Old column of each new one.
  std::vector<std::string> new_foreign_keys_;
  std::optional<std::uint64_t> auto_increment_;
  bool rebuilds_ = false;
  bool changes_columns_ = false;
  bool adds_index_ = false;
};

std::optional<SqlError> Alteration::Act(const sql::AddColumn& action) {
  std::optional<std::size_t> position;
  if (action.is_first) position = 0;
  if (!action.after.empty()) {
    const auto after = builder_.def().FindColumn(action.after);
    if (!after.has_value()) return errors::UnknownColumn(action.after, statement_.name);
    position = *after + 1;
  }
  const std::size_t at = position.value_or(builder_.def().columns.size());
  if (auto error = builder_.AddColumn(action.column, position)) return error;
  sources_.insert(sources_.begin() + static_cast<std::ptrdiff_t>(at), std::nullopt);
  changes_columns_ = true;
  if (action.column.is_auto_increment || action.column.is_primary_key) rebuilds_ = true;
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::DropColumn& action) {
  const auto at = builder_.def().FindColumn(action.name);
  if (auto error = builder_.RemoveColumn(action.name)) return error;
  sources_.erase(sources_.begin() + *at);
  changes_columns_ = true;
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::ModifyColumn& action) {
  const auto at = builder_.def().FindColumn(action.old_name);
  const std::optional<ColumnType> before =
      at.has_value() ? std::optional(builder_.def().columns[*at].type) : std::nullopt;
  if (auto error = builder_.ReplaceColumn(action.old_name, action.column)) return error;
  rebuilds_ |= before != action.column.type;
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::AddIndex& action) {
  adds_index_ = true;
  rebuilds_ |= action.index.kind == sql::IndexSpecKind::kPrimary;
  return builder_.AddIndex(action.index);
}

std::optional<SqlError> Alteration::Act(const sql::DropIndex& action) {
  const IndexDef* index = builder_.def().FindIndex(action.name);
  rebuilds_ |= index != nullptr && index->name == "PRIMARY";
  return builder_.RemoveIndex(action.name);
}

std::optional<SqlError> Alteration::Act(const sql::AddForeignKey& action) {
  if (auto error = builder_.AddForeignKey(action.key, turn_.session.variables.foreign_key_checks))
    return error;
  new_foreign_keys_.push_back(builder_.def().foreign_keys.back().name);
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::DropForeignKey& action) {
  return builder_.RemoveForeignKey(action.name);
}

std::optional<SqlError> Alteration::Act(const sql::RenameTable& action) {
  if (turn_.state.catalog.Find(action.to) != nullptr) return errors::TableExists(action.to);
  builder_.def().name = action.to;
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::SetEngine& action) {
  builder_.def().engine = action.engine;
  rebuilds_ = true;
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::SetAutoIncrement& action) {
  auto_increment_ = action.next;
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::ForceRebuild&) {
  rebuilds_ = true;
  return std::nullopt;
}

// A hidden row id stays what it was, unless it comes from another engine's counter.
std::uint64_t Alteration::RowIdFor(Table& fresh, const Row& row) const {
  if (old_.def->HasHiddenRowId() && old_.def->engine == fresh.def->engine) {
    return static_cast<std::uint64_t>(row[old_.def->HiddenRowIdPosition()].AsInt());
  }
  return fresh.def->engine == StorageEngine::kInnoDb ? turn_.state.catalog.NewRowId() : fresh.next_row_id++;
}

std::variant<Row, SqlError> Alteration::Map(Table& fresh, const Row& row) const {
  const TableDef& def = *fresh.def;
  std::vector<Value> values;
  for (std::size_t column = 0; column < def.columns.size(); ++column) {
    const ColumnDef& target = def.columns[column];
    Value value;
    if (sources_[column].has_value()) {
      value = row[*sources_[column]];
    } else {
      auto standard = DefaultValue(target, turn_.execution.started_us);
      if (auto* kept = std::get_if<Value>(&standard)) value = std::move(*kept);
      if (value.IsNull() && !target.is_nullable) {
        const auto zero = StoreInto(target.type, Value::Int(0));
        if (const auto* kept = std::get_if<Value>(&zero)) value = *kept;
      }
    }
    auto converted = ConvertFor(def, target, value, 1);
    if (auto* error = std::get_if<SqlError>(&converted)) return std::move(*error);
    values.push_back(std::get<Value>(std::move(converted)));
  }
  if (def.HasHiddenRowId()) values.push_back(Value::Int(static_cast<std::int64_t>(RowIdFor(fresh, row))));
  return Row(std::move(values));
}

std::optional<SqlError> Alteration::InsertEntries(Table& fresh, const Row& row, bool is_deleted) {
  for (std::size_t index = 1; index < fresh.def->indexes.size(); ++index) {
    const IndexDef& def = fresh.def->indexes[index];
    IndexTree& tree = fresh.trees[index];
    const Row entry = EntryFor(*fresh.def, def, row);
    const std::vector<Value> key = tree.KeyOf(entry);
    if (const std::optional<Place> same = tree.Find(key)) {
      if (is_deleted) continue;
      Record record = tree.At(*same);
      record.is_deleted = false;
      tree.Replace(*same, std::move(record));
      continue;
    }
    const std::span<const Value> prefix = std::span(key).first(def.parts.size());
    const bool has_null =
        std::any_of(prefix.begin(), prefix.end(), [](const Value& value) { return value.IsNull(); });
    const Place place = tree.LowerBound(prefix);
    if (def.is_unique && !has_null && !is_deleted && !tree.IsSupremum(place) && !tree.At(place).is_deleted &&
        tree.CompareToKey(tree.At(place).row, prefix) == 0) {
      return errors::DuplicateEntry(DuplicateKeyText(*fresh.def, index, row), def.name);
    }
    Record record;
    record.row = entry;
    record.is_deleted = is_deleted;
    tree.Insert(std::move(record));
  }
  return std::nullopt;
}

// Copies the rows over. Old versions come along unless the table is rebuilt.
std::optional<SqlError> Alteration::Fill(Table& fresh) {
  fresh.next_row_id = old_.next_row_id;
  const IndexTree& source = old_.clustered();
  for (std::optional<Place> place = source.First(); place.has_value(); place = source.Next(*place)) {
    if (source.IsSupremum(*place)) continue;
    Record record = source.At(*place);
    if (rebuilds_ && record.is_deleted) continue;
    auto row = Map(fresh, record.row);
    if (auto* error = std::get_if<SqlError>(&row)) return std::move(*error);
    std::vector<Version> versions;
    for (const Version* version = record.older.get(); version != nullptr && !rebuilds_;
         version = version->older.get()) {
      auto mapped = Map(fresh, version->row);
      if (auto* error = std::get_if<SqlError>(&mapped)) return std::move(*error);
      versions.push_back({std::get<Row>(mapped), version->writer, version->is_deleted, nullptr});
    }
    VersionRef older;
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      version->older = older;
      older = std::make_shared<const Version>(*version);
    }
    record.row = std::get<Row>(std::move(row));
    record.older = older;
    if (rebuilds_) record.writer = TrxId();
    if (fresh.clustered().Find(fresh.clustered().KeyOf(record.row)).has_value()) {
      return errors::DuplicateEntry(DuplicateKeyText(*fresh.def, 0, record.row), fresh.def->indexes[0].name);
    }
    for (const Version& version : versions) {
      if (auto error = InsertEntries(fresh, version.row, true)) return error;
    }
    if (auto error = InsertEntries(fresh, record.row, record.is_deleted)) return error;
    fresh.trees[0].Insert(std::move(record));
  }
  fresh.statistics = Analyze(fresh);
  return std::nullopt;
}

std::optional<SqlError> Alteration::CheckNewForeignKeys(const Table& fresh) const {
  if (!turn_.session.variables.foreign_key_checks) return std::nullopt;
  for (const ForeignKeyDef& key : fresh.def->foreign_keys) {
    if (std::find(new_foreign_keys_.begin(), new_foreign_keys_.end(), key.name) == new_foreign_keys_.end())
      continue;
    const Table* parent =
        key.parent_table == fresh.def->name ? &fresh : turn_.state.catalog.Find(key.parent_table);
    if (parent == nullptr) return errors::NoParentRow(key, *fresh.def);
    const IndexTree& tree = parent->trees[ParentIndexOf(*parent->def, key)];
    for (std::optional<Place> place = fresh.clustered().First(); place.has_value();
         place = fresh.clustered().Next(*place)) {
      if (fresh.clustered().IsSupremum(*place)) continue;
      std::vector<Value> wanted;
      for (std::uint32_t column : key.columns) wanted.push_back(fresh.clustered().At(*place).row[column]);
      if (std::any_of(wanted.begin(), wanted.end(), [](const Value& value) { return value.IsNull(); }))
        continue;
      const Place found = tree.LowerBound(wanted);
      if (tree.IsSupremum(found) || tree.CompareToKey(tree.At(found).row, wanted) != 0)
        return errors::NoParentRow(key, *fresh.def);
    }
  }
  return std::nullopt;
}

std::optional<SqlError> Alteration::Run() {
  for (std::uint32_t column = 0; column < old_.def->columns.size(); ++column) sources_.push_back(column);
  for (const sql::AlterAction& action : statement_.actions) {
    if (auto error = std::visit([&](const auto& act) { return Act(act); }, action)) return error;
  }
  // A column comes and goes instantly, but not together with a new index (instant_alter_column_possible).
  rebuilds_ |= changes_columns_ && adds_index_;
  for (IndexDef& index : builder_.def().indexes) index.id = IndexId();
  Catalog& catalog = turn_.state.catalog;
  auto def = builder_.Build(catalog, catalog.NewTableId());
  if (auto* error = std::get_if<SqlError>(&def)) return std::move(*error);
  Table fresh(std::get<TableDefRef>(def));
  fresh.next_auto_increment = std::max(old_.next_auto_increment, auto_increment_.value_or(0));
  if (auto error = Fill(fresh)) return error;
  if (auto error = CheckNewForeignKeys(fresh)) return error;
  // A table without transactions is copied, row by row; InnoDB's is changed in its place.
  if (old_.def->engine != StorageEngine::kInnoDb || fresh.def->engine != StorageEngine::kInnoDb)
    turn_.execution.result.affected = fresh.clustered().record_count();
  fresh.created_by = rebuilds_ ? MarkNow(turn_.state) : old_.created_by;
  // Old versions that came along are purged under the table's new id.
  for (HistoryEntry& entry : turn_.state.history.Write()) {
    for (UndoEntry& undo : entry.undo) {
      if (undo.table == old_.def->id && !rebuilds_) undo.table = fresh.def->id;
    }
  }
  Exchange(turn_, old_, std::move(fresh));
  return std::nullopt;
}

}  // namespace

Progress RunStatement(Turn& turn, const sql::AlterTableStatement& statement) {
  const Progress progress = Prepare(turn, {statement.name}, MdlMode::kSharedUpgradable);
  if (progress != Progress::kDone) return progress;
  if (turn.state.catalog.Find(statement.name) == nullptr)
    return turn.Fail(errors::NoSuchTable(statement.name));
  if (turn.execution.phase == kUpgrade) {
    const MdlOutcome outcome =
        turn.state.metadata.Upgrade(turn.session_id, {MdlSpace::kTable, statement.name}, MdlMode::kExclusive);
    const Progress upgraded = AfterRequest(turn, outcome, WaitKind::kMetadataLock, MetadataLimitUs(turn));
    if (upgraded != Progress::kDone) return upgraded;
    turn.execution.phase = kWork;
  }
  const Progress locked = LockChildren(turn, statement.name);
  if (locked != Progress::kDone) return locked;
  const Table table = *turn.state.catalog.Find(statement.name);
  if (auto error = Alteration(turn, table, statement).Run()) return turn.Fail(std::move(*error));
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
