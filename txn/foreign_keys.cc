#include "txn/foreign_keys.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "engine/column_type.h"
#include "txn/engine_status.h"
#include "txn/row_change.h"
#include "txn/row_locks.h"
#include "txn/transaction.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

// A foreign key of another table (or the same) that refers to this table.
struct Reference {
  const Table* child;
  const ForeignKeyDef* key;
};

// In the order of the keys' names, as the server keeps them.
std::vector<Reference> ReferencesTo(const Catalog& catalog, const TableDef& parent, std::size_t index) {
  std::vector<Reference> references;
  for (const Table* table : catalog.All()) {
    for (const ForeignKeyDef& key : table->def->foreign_keys) {
      if (key.parent_table == parent.name && ParentIndexOf(parent, key) == index)
        references.push_back({table, &key});
    }
  }
  std::sort(references.begin(), references.end(),
            [](const Reference& a, const Reference& b) { return a.key->name < b.key->name; });
  return references;
}

KeyValues ColumnsOf(const Row& row, std::span<const std::uint32_t> columns) {
  KeyValues values;
  for (std::uint32_t column : columns) values.push_back(row[column]);
  return values;
}

// The values in the order of the index that is searched, which may list the columns differently.
KeyValues InIndexOrder(const IndexDef& index, std::span<const std::uint32_t> columns,
                       const KeyValues& values) {
  KeyValues ordered;
  for (std::size_t part = 0; part < columns.size() && part < index.parts.size(); ++part) {
    const auto found = std::find(columns.begin(), columns.end(), index.parts[part].column);
    if (found == columns.end()) break;
    ordered.push_back(values[static_cast<std::size_t>(found - columns.begin())]);
  }
  return ordered;
}

bool HasNull(const KeyValues& values) {
  return std::any_of(values.begin(), values.end(), [](const Value& value) { return value.IsNull(); });
}

Progress LockBy(Turn& turn, const Table& table, std::size_t index, Place place, LockRule rule) {
  return LockAt(turn, table, index, place, RequestBy(rule)).progress;
}

Progress CheckParent(Turn& turn, const Table& child, const ForeignKeyDef& key, const Row& row) {
  const KeyValues values = ColumnsOf(row, key.columns);
  if (HasNull(values)) return Progress::kDone;
  const Table* parent = turn.state.catalog.Find(key.parent_table);
  if (parent == nullptr) return turn.Fail(errors::NoParentRow(key, *child.def));
  if (parent->def->id != child.def->id) {
    const Progress progress = LockTableFor(turn, parent->def->id, LockRule::kTableOfParent);
    if (progress != Progress::kDone) return progress;
  }
  const std::size_t index = ParentIndexOf(*parent->def, key);
  const IndexTree& tree = parent->trees[index];
  const KeyValues wanted =
      InIndexOrder(parent->def->indexes[index], ParentColumns(*parent->def, key), values);
  std::optional<Place> place = tree.SeekFrom(wanted);
  for (; place.has_value(); place = tree.Next(*place)) {
    if (tree.IsSupremum(*place)) {
      const Progress progress = LockBy(turn, *parent, index, *place, LockRule::kParentSupremum);
      if (progress != Progress::kDone) return progress;
      continue;
    }
    const Record& record = tree.At(*place);
    if (tree.CompareToKey(record.row, wanted) != 0) {
      const Progress progress = LockBy(turn, *parent, index, *place, LockRule::kParentMissing);
      if (progress != Progress::kDone) return progress;
      break;
    }
    const LockRule situation = record.is_deleted ? LockRule::kParentDeleted : LockRule::kParentFound;
    const Progress progress = LockBy(turn, *parent, index, *place, situation);
    if (progress != Progress::kDone) return progress;
    if (!record.is_deleted) return Progress::kDone;
  }
  KeepMissingParent(turn, child, key, row, *parent, index, wanted);
  return turn.Fail(errors::NoParentRow(key, *child.def));
}

Row WithColumns(const Row& row, const std::vector<std::uint32_t>& columns, const KeyValues& values) {
  std::vector<Value> changed(row.values().begin(), row.values().end());
  for (std::size_t i = 0; i < columns.size(); ++i) changed[columns[i]] = values[i];
  return Row(std::move(changed));
}

// Pushes what the cascade does to one child row.
Progress PushCascade(Turn& turn, const Table& child, const ForeignKeyDef& key, const RowChange& cause,
                     const Row& child_row) {
  const bool is_delete = cause.kind == UndoKind::kDelete;
  const ReferenceAction action = is_delete ? key.on_delete : key.on_update;
  constexpr std::size_t kDeepestCascade = 15;  // FK_MAX_CASCADE_DEL
  if (turn.execution.changes.size() > kDeepestCascade) {
    return turn.Fail(
        errors::MakeError(1296, "HY000", "Got error 193 '`FOREIGN KEY` cascades too deep' from InnoDB"));
  }
  RowChange change;
  change.table = child.def->id;
  change.old_row = child_row;
  change.cascaded_by = key.name;
  change.kind = is_delete && action == ReferenceAction::kCascade ? UndoKind::kDelete : UndoKind::kUpdate;
  if (change.kind == UndoKind::kUpdate) {
    KeyValues values(key.columns.size());
    if (action == ReferenceAction::kCascade) {
      const TableDef& parent = *turn.state.catalog.Find(cause.table)->def;
      values = ColumnsOf(cause.new_row, ParentColumns(parent, key));
      for (std::size_t i = 0; i < values.size(); ++i) {
        const auto stored = StoreInto(child.def->columns[key.columns[i]].type, values[i]);
        if (const Value* kept = std::get_if<Value>(&stored)) values[i] = *kept;
      }
    }
    change.new_row = WithColumns(child_row, key.columns, values);
  }
  turn.execution.changes.push_back(std::move(change));
  return Progress::kDone;
}

enum class Searched : std::uint8_t { kNone, kPushed, kWaiting, kFailed };

Searched From(Progress progress) {
  return progress == Progress::kWaiting ? Searched::kWaiting : Searched::kFailed;
}

// Looks for children behind change.child_key.
Searched SearchChildren(Turn& turn, RowChange& change, const Reference& reference, const KeyValues& values) {
  const ForeignKeyDef& key = *reference.key;
  const Table& child = *reference.child;
  const std::size_t index = ChildIndexOf(*child.def, key);
  const IndexTree& tree = child.trees[index];
  const KeyValues wanted = InIndexOrder(child.def->indexes[index], key.columns, values);
  const ReferenceAction action = change.kind == UndoKind::kDelete ? key.on_delete : key.on_update;
  const bool is_cascade = action == ReferenceAction::kCascade || action == ReferenceAction::kSetNull;
  std::optional<Place> place =
      change.child_key.empty() ? tree.SeekFrom(wanted) : tree.UpperBound(change.child_key);
  for (; place.has_value(); place = tree.Next(*place)) {
    if (tree.IsSupremum(*place)) {
      const Progress progress = LockBy(turn, child, index, *place, LockRule::kChildSupremum);
      if (progress != Progress::kDone) return From(progress);
      continue;
    }
    const Record& record = tree.At(*place);
    if (tree.CompareToKey(record.row, wanted) != 0) {
      const Progress progress = LockBy(turn, child, index, *place, LockRule::kChildMissing);
      return progress == Progress::kDone ? Searched::kNone : From(progress);
    }
    const LockRule situation = record.is_deleted ? LockRule::kChildDeleted : LockRule::kChildFound;
    Progress progress = LockBy(turn, child, index, *place, situation);
    if (progress != Progress::kDone) return From(progress);
    if (record.is_deleted) continue;
    if (!is_cascade) {
      KeepRemainingChild(turn, *turn.state.catalog.Find(change.table), change.index, change.old_row, child,
                         key, index, record);
      turn.Fail(errors::ParentRowReferenced(key, *child.def));
      return Searched::kFailed;
    }
    progress = LockTableFor(turn, child.def->id, LockRule::kTableOfCascade);
    if (progress != Progress::kDone) return From(progress);
    const IndexDef& child_index = child.def->indexes[index];
    const KeyValues row_key =
        index == 0 ? tree.KeyOf(record.row) : ClusteredKeyOf(*child.def, child_index, record.row);
    const std::optional<Place> row_place = child.clustered().Find(row_key);
    if (!row_place.has_value()) continue;
    progress = LockBy(turn, child, 0, *row_place, LockRule::kCascadedRow);
    if (progress != Progress::kDone) return From(progress);
    change.child_key = tree.KeyOf(record.row);
    const Record& row = child.clustered().At(*row_place);
    if (row.is_deleted) continue;
    const Row child_row = row.row;
    const RowChange cause = change;  // The push may move the stack under `change`.
    return PushCascade(turn, child, key, cause, child_row) == Progress::kDone ? Searched::kPushed
                                                                              : Searched::kFailed;
  }
  return Searched::kNone;
}

}  // namespace

Progress CheckParents(Turn& turn, const RowChange& change, const Row& row) {
  if (!turn.session.variables.foreign_key_checks) return Progress::kDone;
  const Table& child = *turn.state.catalog.Find(change.table);
  absl::InlinedVector<const ForeignKeyDef*, 4> keys;
  for (const ForeignKeyDef& key : child.def->foreign_keys) {
    if (ChildIndexOf(*child.def, key) == change.index && key.name != change.cascaded_by) keys.push_back(&key);
  }
  std::sort(keys.begin(), keys.end(),
            [](const ForeignKeyDef* a, const ForeignKeyDef* b) { return a->name < b->name; });
  for (const ForeignKeyDef* key : keys) {
    const Progress progress = CheckParent(turn, child, *key, row);
    if (progress != Progress::kDone) return progress;
  }
  return Progress::kDone;
}

Progress CheckChildren(Turn& turn, RowChange& change, bool& pushed) {
  pushed = false;
  if (!turn.session.variables.foreign_key_checks) return Progress::kDone;
  // After a wait all children are searched anew, also those that the cascade has dealt with: these are
  // delete-marked by now, and locked as such (row_upd_check_references_constraints is called again).
  const auto wait = [&] {
    if (!turn.session.wait.has_value()) return Progress::kWaiting;  // It has only yielded.
    change.reference = 0;
    change.child_key.clear();
    return Progress::kWaiting;
  };
  const TableDef& parent = *turn.state.catalog.Find(change.table)->def;
  const std::vector<Reference> references = ReferencesTo(turn.state.catalog, parent, change.index);
  while (change.reference < references.size()) {
    const Reference& reference = references[change.reference];
    const auto columns = ParentColumns(parent, *reference.key);
    const KeyValues values = ColumnsOf(change.old_row, columns);
    const bool is_changed = change.kind == UndoKind::kDelete || values != ColumnsOf(change.new_row, columns);
    if (is_changed && !HasNull(values)) {
      if (reference.child->def->id != parent.id) {
        const Progress progress = LockTableFor(turn, reference.child->def->id, LockRule::kTableOfChild);
        if (progress == Progress::kWaiting) return wait();
        if (progress != Progress::kDone) return progress;
      }
      switch (SearchChildren(turn, change, reference, values)) {
        case Searched::kNone:
          break;
        case Searched::kPushed:
          pushed = true;
          return Progress::kDone;
        case Searched::kWaiting:
          return wait();
        case Searched::kFailed:
          return Progress::kFailed;
      }
    }
    ++change.reference;
    change.child_key.clear();
  }
  change.reference = 0;
  return Progress::kDone;
}

}  // namespace nextkey
