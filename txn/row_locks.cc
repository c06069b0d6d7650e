#include "txn/row_locks.h"

#include <algorithm>
#include <utility>

#include "txn/transaction.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

bool HasEntry(const TableDef& table, const IndexDef& index, const Row& clustered_row, const Row& entry) {
  return EntryFor(table, index, clustered_row) == entry;
}

// Whether `entry` (a secondary record) is in its state because of `trx`, the active writer of the
// clustered record: would some version that the transaction changed have asked for another one?
bool IsChangedBy(TrxId trx, const TableDef& table, const IndexDef& index, const Record& clustered,
                 const Record& entry) {
  for (const Version* before = clustered.older.get(); before != nullptr; before = before->older.get()) {
    if (HasEntry(table, index, before->row, entry.row)) {
      if (before->is_deleted != entry.is_deleted) return true;
    } else if (!entry.is_deleted) {
      return true;
    }
    if (before->writer != trx) return false;
  }
  return true;  // The transaction inserted the row.
}

// Whether anything on the entry's page is as young as `trx`: only then does the server look for implicit
// locks at all (page_get_max_trx_id against the oldest active transaction).
bool IsPageYoung(const ServerState& state, const IndexTree& tree, Place place, TrxId trx) {
  for (Place at{place.page, 0}; !tree.IsSupremum(at); ++at.record) {
    const TrxId writer = tree.At(at).writer;
    if (writer == trx || trx < writer || IsActive(state, writer)) return true;
  }
  return false;
}

// A transaction that changed the row counts as the owner of all its entries, changed or not, when it asks
// itself (row_vers_impl_x_locked_low).
bool OwnsRowOf(const ServerState& state, const Table& table, std::size_t index, Place place, TrxId trx) {
  const IndexTree& tree = table.trees[index];
  const std::vector<Value> key = ClusteredKeyOf(*table.def, table.def->indexes[index], tree.At(place).row);
  const std::optional<Place> row = table.clustered().Find(key);
  return row.has_value() && table.clustered().At(*row).writer == trx && IsPageYoung(state, tree, place, trx);
}

// innodb_lock_wait_timeout = 0 is NOWAIT for everything: the request does not even get into the queue.
WaitPolicy PolicyOf(const Turn& turn) {
  return turn.session.variables.innodb_lock_wait_timeout_s == 0 ? WaitPolicy::kRefuse : WaitPolicy::kWait;
}

// innodb_snapshot_isolation: a row that is newer than the snapshot may not be locked, only the gap before it
// (lock_clust_rec_read_check_and_lock). Error 1020 rolls the transaction back.
bool IsNewerThanSnapshot(Turn& turn, const Record& clustered) {
  if (!turn.session.variables.innodb_snapshot_isolation) return false;
  const Transaction* transaction = CurrentTransaction(turn);
  return transaction != nullptr && KeepsGapLocks(transaction->isolation) && transaction->view.has_value() &&
         !transaction->view->Sees(clustered.writer);
}

LockTaken RequestAt(Turn& turn, const Table& table, std::size_t index, Place place,
                    const LockRequest& request) {
  const TrxId trx = EnsureTransaction(turn);
  const IndexTree& tree = table.trees[index];
  const RecordPlace where{table.def->indexes[index].id, tree.SlotAt(place)};
  LockTaken taken;
  if (!tree.IsSupremum(place)) {
    const TrxId owner = ImplicitOwner(turn.state, table, index, tree.At(place));
    if (owner == trx && request.span == LockSpan::kRecordOnly) return taken;
    if (index != 0 && request.span == LockSpan::kRecordOnly &&
        OwnsRowOf(turn.state, table, index, place, trx))
      return taken;
    if (!owner.IsNull() && owner != trx) turn.state.locks.MakeExplicit(owner, table.def->id, where);
  }
  if (turn.state.locks.Holds(trx, where, request.mode, request.span)) return taken;
  const WaitPolicy policy = std::max(request.policy, PolicyOf(turn));
  const LockOutcome outcome =
      turn.state.locks.LockRecord(trx, table.def->id, where, request.mode, request.span, policy);
  if (outcome.status == LockStatus::kRefused && request.policy == WaitPolicy::kWait) {
    taken.progress = AfterRequest(turn, outcome);
    return taken;
  }
  if (outcome.status == LockStatus::kRefused) {
    taken.was_refused = true;
    return taken;
  }
  taken.is_new = outcome.status == LockStatus::kGranted;
  taken.progress = AfterRequest(turn, outcome);
  return taken;
}

}  // namespace

TrxId ImplicitOwner(const ServerState& state, const Table& table, std::size_t index, const Record& record) {
  if (index == 0) return IsActive(state, record.writer) ? record.writer : TrxId();
  const IndexDef& def = table.def->indexes[index];
  const std::optional<Place> place = table.clustered().Find(ClusteredKeyOf(*table.def, def, record.row));
  if (!place.has_value()) return TrxId();
  const Record& clustered = table.clustered().At(*place);
  if (!IsActive(state, clustered.writer)) return TrxId();
  return IsChangedBy(clustered.writer, *table.def, def, clustered, record) ? clustered.writer : TrxId();
}

LockTaken LockAt(Turn& turn, const Table& table, std::size_t index, Place place, const LockRequest& request) {
  LockTaken taken = RequestAt(turn, table, index, place, request);
  if (taken.progress != Progress::kDone || taken.was_refused) return taken;
  const bool is_row = index == 0 && !table.trees[index].IsSupremum(place) &&
                      (request.span == LockSpan::kNextKey || request.span == LockSpan::kRecordOnly);
  if (is_row && IsNewerThanSnapshot(turn, table.trees[index].At(place)))
    taken.progress = turn.Fail(errors::RecordChanged(table.def->name));
  return taken;
}

Progress LockForChangeAt(Turn& turn, const Table& table, std::size_t index, Place place) {
  const TrxId trx = EnsureTransaction(turn);
  const RecordPlace where{table.def->indexes[index].id, table.trees[index].SlotAt(place)};
  const TrxId owner = ImplicitOwner(turn.state, table, index, table.trees[index].At(place));
  if (owner == trx) return Progress::kDone;
  if (!owner.IsNull()) turn.state.locks.MakeExplicit(owner, table.def->id, where);
  return AfterRequest(turn, turn.state.locks.LockImplicitly(trx, table.def->id, where, PolicyOf(turn)));
}

Progress LockTableFor(Turn& turn, TableId table, LockMode mode) {
  const TrxId trx = EnsureTransaction(turn);
  return AfterRequest(turn, turn.state.locks.LockWholeTable(trx, table, mode, PolicyOf(turn)));
}

void InsertRecord(ServerState& state, TableId table_id, std::size_t index, Record record) {
  Table& table = *state.catalog.FindForWrite(table_id);
  IndexTree& tree = table.trees[index];
  const IndexId index_id = table.def->indexes[index].id;
  const std::vector<Value> key = tree.KeyOf(record.row);
  const Inserted inserted = tree.Insert(std::move(record));
  if (inserted.split.has_value()) {
    const PageSplit& split = *inserted.split;
    state.locks.OnSplit(index_id, split.left, split.right, split.moved, split.first_of_right);
  }
  if (inserted.went_right.has_value()) {
    // Gap locks at the end of the full page now reach over the first record of the next one.
    state.locks.OnInsert(index_id, inserted.went_right->old_first, inserted.went_right->full_supremum);
  }
  const std::optional<Place> place = tree.Find(key);
  const std::optional<Place> next = tree.Next(*place);
  state.locks.OnInsert(index_id, inserted.slot, tree.SlotAt(*next));
}

void EraseRecord(ServerState& state, std::vector<Event>& events, TableId table_id, std::size_t index,
                 Place place) {
  Table& table = *state.catalog.FindForWrite(table_id);
  IndexTree& tree = table.trees[index];
  const std::optional<Place> next = tree.Next(place);
  const LockEvents changes =
      state.locks.OnErase(table.def->indexes[index].id, tree.SlotAt(place), tree.SlotAt(*next));
  const PageNumber page = tree.SlotAt(place).page;
  const std::size_t pages = tree.page_count();
  tree.Erase(place);
  Apply(state, events, changes);
  if (tree.page_count() == pages) return;
  // The page is gone: what was left on its supremum goes to the first record behind it.
  const Place behind = place.page < tree.page_count() ? Place{place.page, 0} : tree.End();
  Apply(state, events, state.locks.OnPageDiscarded(table.def->indexes[index].id, page, tree.SlotAt(behind)));
}

}  // namespace nextkey
