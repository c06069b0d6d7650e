#include "txn/row_change.h"

#include <algorithm>
#include <span>
#include <utility>

#include "fmt/format.h"
#include "txn/foreign_keys.h"
#include "txn/history_report.h"
#include "txn/new_rows.h"
#include "txn/row_locks.h"
#include "txn/transaction.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

bool HasColumnsInFront(const IndexDef& index, std::span<const std::uint32_t> columns) {
  if (index.parts.size() < columns.size()) return false;
  return std::all_of(index.parts.begin(), index.parts.begin() + static_cast<std::ptrdiff_t>(columns.size()),
                     [&](const KeyPart& part) {
                       return std::find(columns.begin(), columns.end(), part.column) != columns.end();
                     });
}

std::size_t IndexWithColumns(const TableDef& table, std::span<const std::uint32_t> columns) {
  for (std::size_t index = 0; index < table.indexes.size(); ++index) {
    if (index == 0 && table.HasHiddenRowId()) continue;
    if (HasColumnsInFront(table.indexes[index], columns)) return index;
  }
  return 0;
}

// What the row at work does in one index.
class IndexChange {
 public:
  IndexChange(Turn& turn, RowChange& change)
      : turn_(turn),
        change_(change),
        table_(*turn.state.catalog.Find(change.table)),
        index_(change.index),
        def_(table_.def->indexes[index_]),
        tree_(table_.trees[index_]),
        is_transactional_(table_.def->engine == StorageEngine::kInnoDb) {}

  bool MovesEntry() const;
  Progress RemoveOld();
  Progress AddNew();
  void ModifyInPlace();

 private:
  Row Entry(const Row& row) const { return index_ == 0 ? row : EntryFor(*table_.def, def_, row); }
  // Without transactions a change has a number of its own, for LOCK TABLES .. READ LOCAL.
  TrxId Writer() { return is_transactional_ ? EnsureTransaction(turn_) : TrxId(turn_.state.next_trx++); }
  void Undo(UndoKind kind, KeyValues key);
  void Report(UndoKind kind);
  Progress Duplicate(const Row& existing);

  Progress AddClustered(const Row& row);
  Progress AddSecondary(const Row& entry);
  Progress FindDuplicateEntry(const Row& entry);
  Progress ReviveOrInsert(const Row& entry, std::optional<Place> marked);
  Progress LockDuplicate(Place place, LockRule rule);
  bool HasNullPart(const Row& entry) const;

  Turn& turn_;
  RowChange& change_;
  const Table& table_;
  const std::size_t index_;
  const IndexDef& def_;
  const IndexTree& tree_;
  const bool is_transactional_;
};

bool IndexChange::MovesEntry() const {
  if (change_.kind != UndoKind::kUpdate) return true;
  if (index_ == 0) return tree_.KeyOf(change_.old_row) != tree_.KeyOf(change_.new_row);
  return !HaveSameEntry(def_, change_.old_row, change_.new_row);
}

void IndexChange::Undo(UndoKind kind, KeyValues key) {
  if (index_ != 0 || !is_transactional_) return;
  AddUndo(turn_.state, EnsureTransaction(turn_), {change_.table, kind, std::move(key)});
  if (ReportsHistory(turn_)) Report(kind);
}

// A change of the key is two: the old row goes, the new one comes.
void IndexChange::Report(UndoKind kind) {
  const bool is_moved = change_.kind == UndoKind::kUpdate && MovesEntry();
  const bool goes = is_moved && kind == UndoKind::kDelete;
  const bool comes = is_moved && !goes;
  ReportRowWritten(turn_, change_.table, comes ? Row() : change_.old_row, goes ? Row() : change_.new_row);
}

// The old entry is delete-marked; without transactions it goes at once.
Progress IndexChange::RemoveOld() {
  const Row entry = Entry(change_.old_row);
  const KeyValues key = tree_.KeyOf(entry);
  const std::optional<Place> place = tree_.Find(key);
  if (!place.has_value() || tree_.At(*place).is_deleted) return Progress::kDone;
  if (!is_transactional_) {
    EraseRecord(turn_.state, turn_.events, change_.table, index_, *place, EraseReason::kPurge);
    if (index_ == 0) {
      const Value& id = change_.old_row[table_.def->HiddenRowIdPosition()];
      turn_.state.catalog.FindForWrite(change_.table)->FreeRowId(static_cast<std::uint64_t>(id.AsInt()));
    }
    return Progress::kDone;
  }
  if (index_ != 0) {
    const Progress progress = LockForChangeAt(turn_, table_, index_, *place, LockRule::kChangedEntry);
    if (progress != Progress::kDone) return progress;
  }
  const TrxId writer = Writer();
  Record record = tree_.At(*place);
  if (index_ == 0) {
    record.older =
        std::make_shared<const Version>(Version{record.row, record.writer, record.is_deleted, record.older});
  }
  record.is_deleted = true;
  record.writer = writer;
  ReplaceRecord(turn_.state, change_.table, index_, *place, std::move(record));
  Undo(UndoKind::kDelete, key);
  return Progress::kDone;
}

void IndexChange::ModifyInPlace() {
  const KeyValues key = tree_.KeyOf(change_.old_row);
  const std::optional<Place> place = tree_.Find(key);
  if (!place.has_value()) return;
  const TrxId writer = Writer();
  Record record = tree_.At(*place);
  if (is_transactional_) {
    record.older =
        std::make_shared<const Version>(Version{record.row, record.writer, record.is_deleted, record.older});
  }
  record.row = change_.new_row;
  if (is_transactional_) record.writer = writer;
  ReplaceRecord(turn_.state, change_.table, 0, *place, std::move(record));
  Undo(UndoKind::kUpdate, key);
}

Progress IndexChange::AddNew() {
  const Row entry = Entry(change_.new_row);
  return index_ == 0 ? AddClustered(entry) : AddSecondary(entry);
}

Progress IndexChange::Duplicate(const Row& existing) {
  turn_.execution.duplicate = DuplicateKey{static_cast<std::uint32_t>(index_), existing};
  return Progress::kDone;
}

Progress IndexChange::LockDuplicate(Place place, LockRule rule) {
  if (!is_transactional_) return Progress::kDone;
  const LockMode mode = change_.wants_exclusive_duplicate ? LockMode::kExclusive : LockMode::kShared;
  return LockAt(turn_, table_, index_, place, {rule, mode, WaitPolicy::kWait}).progress;
}

Progress IndexChange::AddClustered(const Row& row) {
  const std::optional<Place> found = tree_.Find(tree_.KeyOf(row));
  if (found.has_value()) {
    const Progress progress = LockDuplicate(*found, LockRule::kDuplicateRow);
    if (progress != Progress::kDone) return progress;
    if (!tree_.At(*found).is_deleted) return Duplicate(tree_.At(*found).row);
  }
  return ReviveOrInsert(row, found);
}

bool IndexChange::HasNullPart(const Row& entry) const {
  return std::any_of(entry.values().begin(),
                     entry.values().begin() + static_cast<std::ptrdiff_t>(def_.parts.size()),
                     [](const Value& value) { return value.IsNull(); });
}

// Locks all entries with the same unique key, and the one behind them, until one is a duplicate.
Progress IndexChange::FindDuplicateEntry(const Row& entry) {
  const std::span<const Value> prefix = entry.values().first(def_.parts.size());
  std::optional<Place> place = tree_.LowerBound(prefix);
  if (tree_.IsSupremum(*place) || tree_.CompareToKey(tree_.At(*place).row, prefix) != 0)
    return Progress::kDone;
  for (; place.has_value(); place = tree_.Next(*place)) {
    const bool is_equal = !tree_.IsSupremum(*place) && tree_.CompareToKey(tree_.At(*place).row, prefix) == 0;
    const Progress progress =
        LockDuplicate(*place, is_equal ? LockRule::kDuplicateEntry : LockRule::kBehindDuplicateEntry);
    if (progress != Progress::kDone) return progress;
    if (tree_.IsSupremum(*place)) continue;
    if (!is_equal) break;
    const Record& record = tree_.At(*place);
    if (record.is_deleted) continue;
    const std::optional<Place> row = table_.clustered().Find(ClusteredKeyOf(*table_.def, def_, record.row));
    return Duplicate(row.has_value() ? table_.clustered().At(*row).row : Row());
  }
  return Progress::kDone;
}

Progress IndexChange::AddSecondary(const Row& entry) {
  if (def_.is_unique && !HasNullPart(entry)) {
    const Progress progress = FindDuplicateEntry(entry);
    if (progress != Progress::kDone || turn_.execution.duplicate.has_value()) return progress;
  }
  return ReviveOrInsert(entry, tree_.Find(tree_.KeyOf(entry)));
}

// A delete-marked record with the same key is used again; else the entry goes into its gap, if no
// one has locked that.
Progress IndexChange::ReviveOrInsert(const Row& entry, std::optional<Place> marked) {
  const KeyValues key = tree_.KeyOf(entry);
  if (marked.has_value()) {
    const Progress progress = LockForChangeAt(turn_, table_, index_, *marked, LockRule::kRevivedRecord);
    if (progress != Progress::kDone) return progress;
    const TrxId writer = Writer();
    Record record = tree_.At(*marked);
    if (index_ == 0) {
      record.older = std::make_shared<const Version>(Version{record.row, record.writer, true, record.older});
    }
    record.row = entry;
    record.is_deleted = false;
    record.writer = writer;
    ReplaceRecord(turn_.state, change_.table, index_, *marked, std::move(record));
    Undo(UndoKind::kUpdate, key);
    return Progress::kDone;
  }
  if (is_transactional_) {
    const Progress progress = LockGapForInsert(turn_, table_, index_, tree_.GapEndFor(key));
    if (progress != Progress::kDone) return progress;
  }
  Record record;
  record.row = entry;
  record.writer = Writer();
  InsertRecord(turn_.state, turn_.events, change_.table, index_, std::move(record));
  Undo(UndoKind::kInsert, key);
  return Progress::kDone;
}

// Without transactions there is no undo: an UPDATE that ran into a duplicate puts its row back.
void RestoreWithoutUndo(Turn& turn, const RowChange& change) {
  const TableDefRef kept = turn.state.catalog.Find(change.table)->def;
  const TableDef& def = *kept;
  if (change.index == 0 || def.engine == StorageEngine::kInnoDb || change.kind != UndoKind::kUpdate) return;
  const std::size_t refused = change.index - 1;  // The work had gone on to the next index.
  for (std::size_t index = 0; index <= refused; ++index) {
    const IndexTree tree = turn.state.catalog.Find(change.table)->trees[index];
    const auto entry = [&](const Row& row) {
      return index == 0 ? row : EntryFor(def, def.indexes[index], row);
    };
    const Row old_entry = entry(change.old_row);
    const Row new_entry = entry(change.new_row);
    if (index < refused && old_entry != new_entry) {
      EraseRecord(turn.state, turn.events, change.table, index, *tree.Find(tree.KeyOf(new_entry)),
                  EraseReason::kRollback);
    }
    if (turn.state.catalog.Find(change.table)->trees[index].Find(tree.KeyOf(old_entry)).has_value()) continue;
    Record record;
    record.row = old_entry;
    InsertRecord(turn.state, turn.events, change.table, index, std::move(record));
  }
}

// One step of the change on top of the stack; kDone means: go on.
Progress StepTop(Turn& turn) {
  std::vector<RowChange>& changes = turn.execution.changes;
  RowChange& change = changes.back();
  const Table& table = *turn.state.catalog.Find(change.table);
  if (change.index == table.def->indexes.size()) {
    TableStatistics& statistics = turn.state.catalog.FindForWrite(change.table)->statistics;
    if (change.kind == UndoKind::kInsert) statistics.RowCame();
    if (change.kind == UndoKind::kDelete) statistics.RowWent();
    if (table.def->engine != StorageEngine::kInnoDb) NoteNonTransactionalChange(turn);
    changes.pop_back();
    return Progress::kDone;
  }
  IndexChange index(turn, change);
  const auto next_index = [&] {
    ++change.index;
    change.part = ChangePart::kOldEntry;
  };
  switch (change.part) {
    case ChangePart::kOldEntry: {
      if (!index.MovesEntry()) {
        if (change.index == 0) index.ModifyInPlace();
        next_index();
        return Progress::kDone;
      }
      if (change.kind != UndoKind::kInsert) {
        const Progress progress = index.RemoveOld();
        if (progress != Progress::kDone) return progress;
      }
      change.part = change.kind == UndoKind::kInsert ? ChangePart::kNewEntry : ChangePart::kReferences;
      return Progress::kDone;
    }
    case ChangePart::kReferences: {
      bool pushed = false;
      const Progress progress = CheckChildren(turn, change, pushed);
      if (progress != Progress::kDone || pushed) return progress;
      if (change.kind == UndoKind::kDelete) {
        next_index();
      } else {
        change.part = ChangePart::kNewEntry;
      }
      return Progress::kDone;
    }
    case ChangePart::kNewEntry: {
      Progress progress = CheckParents(turn, change, change.new_row);
      if (progress != Progress::kDone) return progress;
      progress = index.AddNew();
      if (progress == Progress::kDone) next_index();
      return progress;
    }
  }
  return Progress::kFailed;
}

// A new row that finds its way barred has not been written to MyISAM's file yet: the file's end stays where
// it was.
void FreePlaceOf(Turn& turn, const TableDef& def, const Row& row) {
  if (def.engine != StorageEngine::kMyIsam) return;
  Table& table = *turn.state.catalog.FindForWrite(def.id);
  const auto id = static_cast<std::uint64_t>(row[def.HiddenRowIdPosition()].AsInt());
  if (id + 1 == table.next_row_id) {
    --table.next_row_id;
  } else {
    table.FreeRowId(id);
  }
}

}  // namespace

void RemoveOwnEntries(Turn& turn, const TableDef& table, const Row& row, std::size_t index) {
  for (std::size_t i = 0; i < index; ++i) {
    const IndexTree& tree = turn.state.catalog.Find(table.id)->trees[i];
    const Row entry = i == 0 ? row : EntryFor(table, table.indexes[i], row);
    const std::optional<Place> place = tree.Find(tree.KeyOf(entry));
    if (place.has_value()) EraseRecord(turn.state, turn.events, table.id, i, *place, EraseReason::kRollback);
  }
  if (index > 0) FreePlaceOf(turn, table, row);
}

absl::InlinedVector<std::uint32_t, 4> ParentColumns(const TableDef& parent, const ForeignKeyDef& key) {
  absl::InlinedVector<std::uint32_t, 4> columns;
  for (const std::string& name : key.parent_columns) columns.push_back(parent.FindColumn(name).value_or(0));
  return columns;
}

std::size_t ParentIndexOf(const TableDef& parent, const ForeignKeyDef& key) {
  return IndexWithColumns(parent, ParentColumns(parent, key));
}

std::size_t ChildIndexOf(const TableDef& child, const ForeignKeyDef& key) {
  return IndexWithColumns(child, key.columns);
}

namespace {

// A duplicate among the children is reported of the foreign key.
std::optional<SqlError> DuplicateOfCascade(const Turn& turn) {
  const RowChange& change = turn.execution.changes.back();
  if (change.cascaded_by.empty()) return std::nullopt;
  const Catalog& catalog = turn.state.catalog;
  const TableDef& child = *catalog.Find(change.table)->def;
  const std::uint32_t index = turn.execution.duplicate->index;
  return errors::MakeError(
      1761, "23000",
      fmt::format("Foreign key constraint for table '{}', record '{}' would lead to a duplicate entry in "
                  "table '{}', key '{}'",
                  catalog.Find(turn.execution.changes.front().table)->def->name,
                  DuplicateKeyText(child, index, change.new_row), child.name, child.indexes[index].name));
}

}  // namespace

Progress WorkOffChanges(Turn& turn) {
  Execution& execution = turn.execution;
  if (!execution.changes.empty()) {
    const TableDef& written = *turn.state.catalog.Find(execution.changes.front().table)->def;
    execution.wrote_rows |= written.engine == StorageEngine::kInnoDb;
  }
  while (!execution.changes.empty()) {
    const Progress progress = StepTop(turn);
    if (progress != Progress::kDone) return progress;
    if (execution.duplicate.has_value()) {
      std::optional<SqlError> error = DuplicateOfCascade(turn);
      RestoreWithoutUndo(turn, execution.changes.back());
      execution.changes.clear();
      if (!error.has_value()) return Progress::kDone;
      execution.duplicate.reset();
      return turn.Fail(std::move(*error));
    }
  }
  return Progress::kDone;
}

}  // namespace nextkey
