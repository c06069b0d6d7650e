// Taking changes back: the newest first, secondary entries before the row.

#include <algorithm>
#include <utility>

#include "txn/history_report.h"
#include "txn/row_locks.h"
#include "txn/transaction.h"
#include "txn/versions.h"

namespace nextkey {
namespace {

class Undoer {
 public:
  Undoer(ServerState& state, std::vector<Event>& events, const UndoEntry& entry)
      : state_(state), events_(events), entry_(entry) {}

  void Run();

 private:
  const Table& table() const { return *state_.catalog.Find(entry_.table); }

  // Each is given the row's place, which entries of other indexes do not move.
  void RemoveInserted(Place place);
  bool IsSeenByAll(TrxId writer) const;
  bool HasPurgePassed(TrxId deleter) const;
  void RestoreOlder(Place place);
  // The entry that a change brought: goes, unless an older version still needs it.
  void RemoveEntry(std::size_t index, const Row& entry, const VersionRef& remaining);
  void Unmark(std::size_t index, const Row& entry);

  ServerState& state_;
  std::vector<Event>& events_;
  const UndoEntry& entry_;
};

void Undoer::Run() {
  if (state_.catalog.Find(entry_.table) == nullptr) return;
  const std::optional<Place> place = table().clustered().Find(entry_.key);
  if (!place.has_value()) return;
  if (entry_.kind == UndoKind::kInsert) {
    RemoveInserted(*place);
  } else {
    RestoreOlder(*place);
  }
}

void Undoer::RemoveInserted(Place row_place) {
  const Row row = table().clustered().At(row_place).row;
  for (std::size_t index = 1; index < table().def->indexes.size(); ++index) {
    const Row entry = EntryFor(*table().def, table().def->indexes[index], row);
    const std::optional<Place> place = table().trees[index].Find(table().trees[index].KeyOf(entry));
    if (!place.has_value() || table().trees[index].At(*place).is_deleted) continue;
    EraseRecord(state_, events_, entry_.table, index, *place, EraseReason::kRollback);
  }
  EraseRecord(state_, events_, entry_.table, 0, row_place, EraseReason::kRollback);
  state_.catalog.FindForWrite(entry_.table)->statistics.RowWent();
}

void Undoer::RemoveEntry(std::size_t index, const Row& entry, const VersionRef& remaining) {
  const IndexTree& tree = table().trees[index];
  const std::optional<Place> place = tree.Find(tree.KeyOf(entry));
  if (!place.has_value() || tree.At(*place).is_deleted) return;
  if (IsNeededByVersion(table().def->indexes[index], entry, remaining.get())) {
    Record record = tree.At(*place);
    record.is_deleted = true;
    ReplaceRecord(state_, entry_.table, index, *place, std::move(record));
  } else {
    EraseRecord(state_, events_, entry_.table, index, *place, EraseReason::kRollback);
  }
}

void Undoer::Unmark(std::size_t index, const Row& entry) {
  const IndexTree& tree = table().trees[index];
  const std::optional<Place> place = tree.Find(tree.KeyOf(entry));
  if (!place.has_value()) return;
  Record record = tree.At(*place);
  record.is_deleted = false;
  record.row = entry;
  ReplaceRecord(state_, entry_.table, index, *place, std::move(record));
}

bool Undoer::IsSeenByAll(TrxId writer) const {
  if (!state_.purges_eagerly || IsActive(state_, writer)) return false;
  return std::all_of(state_.transactions.begin(), state_.transactions.end(), [&](const auto& entry) {
    const std::optional<ReadView>& view = entry.second->view;
    return !view.has_value() || view->Sees(writer);
  });
}

// Purge has dealt with the deletion and found the row alive: it won't come again.
bool Undoer::HasPurgePassed(TrxId deleter) const {
  return !IsActive(state_, deleter) &&
         std::none_of(state_.history->begin(), state_.history->end(),
                      [&](const HistoryEntry& entry) { return entry.trx == deleter; });
}

void Undoer::RestoreOlder(Place place) {
  const Record now = table().clustered().At(place);
  const VersionRef older = now.older;
  if (older == nullptr) return;
  for (std::size_t index = 1; index < table().def->indexes.size(); ++index) {
    const IndexDef& def = table().def->indexes[index];
    const bool stays = !now.is_deleted && !older->is_deleted && HaveSameEntry(def, now.row, older->row);
    if (stays) continue;
    if (!now.is_deleted) RemoveEntry(index, EntryFor(*table().def, def, now.row), older);
    if (!older->is_deleted) Unmark(index, EntryFor(*table().def, def, older->row));
  }
  Record restored;
  restored.row = older->row;
  restored.writer = older->writer;
  restored.is_deleted = older->is_deleted;
  // A version that everybody sees loses its writer's number with the rollback (row_undo_mod_clust).
  if (!restored.is_deleted && IsSeenByAll(restored.writer)) restored.writer = TrxId();
  restored.older = older->older;
  restored.heap = table().clustered().At(place).heap;
  TableStatistics& statistics = state_.catalog.FindForWrite(entry_.table)->statistics;
  if (now.is_deleted && !older->is_deleted) statistics.RowCame();
  if (!now.is_deleted && older->is_deleted) statistics.RowWent();
  // An insert had revived a row that is gone for everybody: taking it back removes it
  // (row_undo_mod_must_purge).
  const bool is_gone = restored.is_deleted && HasPurgePassed(restored.writer);
  ReplaceRecord(state_, entry_.table, 0, place, std::move(restored));
  if (is_gone) {
    EraseRecord(state_, events_, entry_.table, 0, place, EraseReason::kRollback);
  }
}

}  // namespace

void RollbackTo(ServerState& state, std::vector<Event>& events, TrxId trx, std::size_t undo_size) {
  while (true) {
    const Transaction* transaction = FindTransaction(state, trx);
    if (transaction == nullptr || transaction->undo.size() <= undo_size) break;
    std::vector<UndoEntry>& undo = FindTransactionForWrite(state, trx)->undo;
    const UndoEntry entry = std::move(undo.back());
    undo.pop_back();
    ReportWriteUndone(state, events, trx, entry);
    Undoer(state, events, entry).Run();
  }
  if (const Transaction* transaction = FindTransaction(state, trx)) {
    state.locks.SetWeight(trx, transaction->undo.size(),
                          state.sessions.at(transaction->session)->changed_non_transactional);
  }
}

}  // namespace nextkey
