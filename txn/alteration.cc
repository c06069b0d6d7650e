#include "txn/alteration.h"

#include <algorithm>
#include <utility>

#include "txn/new_rows.h"
#include "txn/row_change.h"
#include "txn/table_builder.h"

namespace nextkey {
namespace {

// Applies the actions of one ALTER TABLE.
class Alteration {
 public:
  Alteration(Turn& turn, const Table& table, const sql::AlterTableStatement& statement)
      : turn_(turn), old_(table), statement_(statement), builder_(turn.state.catalog, *table.def) {}

  // What the table will be, as far as names tell.
  std::optional<SqlError> Define();
  // Requires: defined.
  AlterationMethod method();
  std::optional<SqlError> Run();

 private:
  std::optional<SqlError> Act(const sql::AddColumn& action);
  std::optional<SqlError> Act(const sql::DropColumn& action);
  std::optional<SqlError> Act(const sql::ModifyColumn& action);
  std::optional<SqlError> Act(const sql::AddIndex& action);
  std::optional<SqlError> Act(const sql::DropIndex& action);
  std::optional<SqlError> Act(const sql::AddForeignKey& action);
  std::optional<SqlError> Act(const sql::DropForeignKey& action);
  std::optional<SqlError> Act(const sql::AddCheck& action);
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
  bool has_new_primary_key_ = false;
  bool loses_primary_key_ = false;
  // What is neither done at once nor by copying: indexes, and whatever moves the rows.
  bool takes_time_ = false;
  bool must_copy_ = false;
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
  takes_time_ |= rebuilds_;
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::DropColumn& action) {
  const auto at = builder_.def().FindColumn(action.name);
  if (auto error = builder_.RemoveColumn(action.name)) return error;
  sources_.erase(sources_.begin() + *at);
  changes_columns_ = true;
  return std::nullopt;
}

// The same text column for longer values: the rows stay as they are.
bool IsLonger(const ColumnType& before, ColumnType after) {
  if (after.kind != TypeKind::kVarchar || after.length < before.length) return false;
  after.length = before.length;
  return before == after;
}

std::optional<SqlError> Alteration::Act(const sql::ModifyColumn& action) {
  const auto at = builder_.def().FindColumn(action.old_name);
  const std::optional<ColumnDef> before =
      at.has_value() ? std::optional(builder_.def().columns[*at]) : std::nullopt;
  if (auto error = builder_.ReplaceColumn(action.old_name, action.column)) return error;
  const ColumnDef& after = builder_.def().columns[*at];
  const bool changes_type = before->type != action.column.type;
  rebuilds_ |= changes_type;
  must_copy_ |= changes_type && !IsLonger(before->type, action.column.type);
  takes_time_ |= before->is_nullable && !after.is_nullable;
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::AddIndex& action) {
  adds_index_ = true;
  takes_time_ = true;
  has_new_primary_key_ |= action.index.kind == sql::IndexSpecKind::kPrimary;
  rebuilds_ |= action.index.kind == sql::IndexSpecKind::kPrimary;
  return builder_.AddIndex(action.index);
}

std::optional<SqlError> Alteration::Act(const sql::DropIndex& action) {
  const IndexDef* index = builder_.def().FindIndex(action.name);
  takes_time_ = true;
  loses_primary_key_ |= index != nullptr && index->name == "PRIMARY";
  rebuilds_ |= index != nullptr && index->name == "PRIMARY";
  return builder_.RemoveIndex(action.name);
}

std::optional<SqlError> Alteration::Act(const sql::AddForeignKey& action) {
  if (auto error = builder_.AddForeignKey(action.key, turn_.session.variables.foreign_key_checks))
    return error;
  new_foreign_keys_.push_back(builder_.def().foreign_keys.back().name);
  must_copy_ |= turn_.session.variables.foreign_key_checks;
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::DropForeignKey& action) {
  return builder_.RemoveForeignKey(action.name);
}

std::optional<SqlError> Alteration::Act(const sql::AddCheck& action) {
  must_copy_ = true;
  return builder_.AddCheck(action.check);
}

std::optional<SqlError> Alteration::Act(const sql::RenameTable& action) {
  if (turn_.state.catalog.Find(action.to) != nullptr) return errors::TableExists(action.to);
  builder_.def().name = action.to;
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::SetEngine& action) {
  builder_.def().engine = action.engine;
  rebuilds_ = true;
  takes_time_ = true;
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::SetAutoIncrement& action) {
  auto_increment_ = action.next;
  return std::nullopt;
}

std::optional<SqlError> Alteration::Act(const sql::ForceRebuild&) {
  rebuilds_ = true;
  takes_time_ = true;
  return std::nullopt;
}

// InnoDB's hidden row id stays what it was, unless it is new; MyISAM's rows are copied one behind the other.
std::uint64_t Alteration::RowIdFor(Table& fresh, const Row& row) const {
  if (fresh.def->engine != StorageEngine::kInnoDb) return fresh.TakeRowId();
  if (old_.def->HasHiddenRowId() && old_.def->engine == StorageEngine::kInnoDb)
    return static_cast<std::uint64_t>(row[old_.def->HiddenRowIdPosition()].AsInt());
  return turn_.state.catalog.NewRowId();
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
    const KeyValues key = tree.KeyOf(entry);
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
      KeyValues wanted;
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

std::optional<SqlError> Alteration::Define() {
  for (std::uint32_t column = 0; column < old_.def->columns.size(); ++column) sources_.push_back(column);
  for (const sql::AlterAction& action : statement_.actions) {
    if (auto error = std::visit([&](const auto& act) { return Act(act); }, action)) return error;
  }
  // A column comes and goes instantly, but not together with a new index (instant_alter_column_possible).
  rebuilds_ |= changes_columns_ && adds_index_;
  rebuilds_ |= method() == AlterationMethod::kCopy;
  return std::nullopt;
}

// Sources: ha_innobase::check_if_supported_inplace_alter; a table without transactions is always copied.
AlterationMethod Alteration::method() {
  const auto is_innodb = [](const TableDef& def) { return def.engine == StorageEngine::kInnoDb; };
  const bool must_copy = must_copy_ || (loses_primary_key_ && !has_new_primary_key_);
  if (must_copy || !is_innodb(*old_.def) || !is_innodb(builder_.def())) return AlterationMethod::kCopy;
  return takes_time_ ? AlterationMethod::kInPlace : AlterationMethod::kInstant;
}

std::optional<SqlError> Alteration::Run() {
  if (auto error = Define()) return error;
  for (IndexDef& index : builder_.def().indexes) index.id = IndexId();
  Catalog& catalog = turn_.state.catalog;
  auto def = builder_.Build(catalog, catalog.NewTableId());
  if (auto* error = std::get_if<SqlError>(&def)) return std::move(*error);
  Table fresh(std::get<TableDefRef>(def));
  fresh.next_auto_increment = std::max(old_.next_auto_increment, auto_increment_.value_or(0));
  if (auto error = Fill(fresh)) return error;
  if (auto error = CheckNewForeignKeys(fresh)) return error;
  if (method() == AlterationMethod::kCopy) turn_.execution.result.affected = fresh.clustered().record_count();
  fresh.created_by = rebuilds_ ? TrxId(turn_.state.next_trx++) : old_.created_by;
  // Old versions that came along are purged under the table's new id.
  for (HistoryEntry& entry : turn_.state.history.Write()) {
    for (UndoEntry& undo : entry.undo) {
      if (undo.table == old_.def->id && !rebuilds_) undo.table = fresh.def->id;
    }
  }
  ExchangeTable(turn_.state, old_, std::move(fresh));
  return std::nullopt;
}

// A copy of the server, on which a statement can be tried.
struct Rehearsal {
  explicit Rehearsal(const Turn& turn)
      : state(turn.state),
        session(turn.session),
        execution(turn.execution),
        turn{state, events, turn.session_id, session, execution} {}

  ServerState state;
  std::vector<Event> events;
  SessionState session;
  Execution execution;
  Turn turn;
};

}  // namespace

void ExchangeTable(ServerState& state, const Table& old, Table fresh) {
  for (const IndexDef& index : old.def->indexes) state.locks.OnIndexDropped(index.id);
  state.catalog.Drop(old.def->id);
  state.catalog.Add(std::move(fresh));
}

std::variant<AlterationMethod, SqlError> MethodOf(const Turn& turn,
                                                  const sql::AlterTableStatement& statement) {
  Rehearsal rehearsal(turn);
  Alteration alteration(rehearsal.turn, *turn.state.catalog.Find(statement.name), statement);
  if (auto error = alteration.Define()) return std::move(*error);
  return alteration.method();
}

std::optional<SqlError> TryAlteration(const Turn& turn, const sql::AlterTableStatement& statement) {
  Rehearsal rehearsal(turn);
  return Alteration(rehearsal.turn, *turn.state.catalog.Find(statement.name), statement).Run();
}

std::optional<SqlError> ApplyAlteration(Turn& turn, const sql::AlterTableStatement& statement) {
  const Table table = *turn.state.catalog.Find(statement.name);
  return Alteration(turn, table, statement).Run();
}

}  // namespace nextkey
