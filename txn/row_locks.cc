#include "txn/row_locks.h"

#include <algorithm>
#include <utility>

#include "txn/transaction.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

// Whether `entry` (a secondary record) is in its state because of `trx`, the active writer of the
// clustered record: would some version that the transaction changed have asked for another one?
bool IsChangedBy(TrxId trx, const IndexDef& index, const Record& clustered, const Record& entry) {
  for (const Version* before = clustered.older.get(); before != nullptr; before = before->older.get()) {
    if (IsEntryOf(index, before->row, entry.row)) {
      if (before->is_deleted != entry.is_deleted) return true;
    } else if (!entry.is_deleted) {
      return true;
    }
    if (before->writer != trx) return false;
  }
  return true;  // The transaction inserted the row.
}

// Whether anybody wrote on the entry's page who is as young as `trx`, even if he took it back: only then does
// the server look for implicit locks at all (page_get_max_trx_id against the oldest active transaction).
bool IsPageYoung(const ServerState& state, const IndexTree& tree, Place place, TrxId trx) {
  const TrxId newest = tree.NewestWriterOnPage(place);
  if (!(newest < trx)) return true;
  return std::any_of(state.transactions.begin(), state.transactions.end(), [&](const auto& other) {
    return !(newest < other.first) && !other.second->undo.empty();
  });
}

// A transaction that changed the row counts as the owner of all its entries, changed or not, when it asks
// itself (row_vers_impl_x_locked_low).
bool OwnsRowOf(const ServerState& state, const Table& table, std::size_t index, Place place, TrxId trx) {
  const IndexTree& tree = table.trees[index];
  const KeyValues key = ClusteredKeyOf(*table.def, table.def->indexes[index], tree.At(place).row);
  const std::optional<Place> row = table.clustered().Find(key);
  return row.has_value() && table.clustered().At(*row).writer == trx && IsPageYoung(state, tree, place, trx);
}

// innodb_snapshot_isolation: a row that is newer than the snapshot may not be locked, only the gap before it
// (lock_clust_rec_read_check_and_lock). Error 1020 rolls the transaction back.
bool IsNewerThanSnapshot(Turn& turn, const Record& clustered) {
  if (!turn.session.variables.innodb_snapshot_isolation) return false;
  const Transaction* transaction = CurrentTransaction(turn);
  return transaction != nullptr && KeepsGapLocks(transaction->isolation) && transaction->view.has_value() &&
         !transaction->view->Sees(clustered.writer);
}

// A record lock on what one has written oneself is there without being asked for.
bool IsOwn(Turn& turn, const Table& table, std::size_t index, Place place, TrxId owner) {
  const TrxId trx = turn.session.trx;
  if (owner == trx) return Applies(turn, index == 0 ? LockRule::kOwnRow : LockRule::kOwnEntry);
  return index != 0 && OwnsRowOf(turn.state, table, index, place, trx) && Applies(turn, LockRule::kOwnEntry);
}

// --- Reports of rules -----------------------------------------------------------------------------------

std::string DataAt(const Table& table, std::size_t index, RecordSlot slot) {
  if (slot.IsSupremum()) return "supremum pseudo-record";
  const std::optional<Place> place = table.trees[index].FindSlot(slot);
  return place.has_value()
             ? LockData(*table.def, table.def->indexes[index], table.trees[index].At(*place).row)
             : std::string();
}

void ReportRequest(Turn& turn, LockRule rule, const Table& table, std::size_t index, Place place,
                   LockMode mode, LockSpan span) {
  if (!turn.state.reports_lock_rules) return;
  const RecordSlot slot = table.trees[index].SlotAt(place);
  const RecordPlace where{table.def->indexes[index].id, slot};
  const LockSpan written = turn.state.locks.WrittenSpan(turn.session.trx, where, mode, span);
  turn.events.push_back(
      LockRuleApplied{rule, turn.session_id, table.def->name, table.def->indexes[index].name,
                      RecordModeName(mode, written, slot.IsSupremum()), DataAt(table, index, slot)});
}

// `strength`: of the locks that this rule passes on; empty: of all.
void ReportPassedOn(const ServerState& state, std::vector<Event>& events, LockRule rule, const Table& table,
                    std::size_t index, RecordSlot heir, const std::string& strength = "") {
  if (!state.reports_lock_rules || !state.locks.HasRecordLocks({table.def->indexes[index].id, heir})) return;
  events.push_back(LockRuleApplied{rule, SessionId(), table.def->name, table.def->indexes[index].name,
                                   strength, DataAt(table, index, heir)});
}

// --- Rules, as the lock table takes them ----------------------------------------------------------------

// Somebody else's request makes the owner's lock a listed one.
void MakeExplicit(Turn& turn, TrxId owner, const Table& table, std::size_t index, Place place) {
  const LockRule rule = index == 0 ? LockRule::kImplicitRow : LockRule::kImplicitEntry;
  if (!Applies(turn, rule)) return;
  const RecordSlot slot = table.trees[index].SlotAt(place);
  if (turn.state.reports_lock_rules) {
    turn.events.push_back(LockRuleApplied{
        rule, SessionOf(turn.state, owner), table.def->name, table.def->indexes[index].name,
        RecordModeName(LockMode::kExclusive, LockSpan::kRecordOnly, false), DataAt(table, index, slot)});
  }
  turn.state.locks.MakeExplicit(owner, table.def->id, {table.def->indexes[index].id, slot});
}

PassedOn PassedOnBy(const ServerState& state, LockRule rule) {
  const RuleCells& cells = state.dialect->rules[static_cast<std::size_t>(rule)];
  return {cells.repeatable_read != RuleCell::kNothing, cells.read_committed != RuleCell::kNothing};
}

// Below REPEATABLE READ a page's end inherits what duplicate checks locked, and nothing else.
Inheritance InheritanceBy(const ServerState& state, LockRule rule) {
  const PassedOn passed_on = PassedOnBy(state, rule);
  return {{passed_on.of_keepers, false}, passed_on};
}

}  // namespace

TrxId ImplicitOwner(const ServerState& state, const Table& table, std::size_t index, const Record& record) {
  if (index == 0) return IsActive(state, record.writer) ? record.writer : TrxId();
  const IndexDef& def = table.def->indexes[index];
  const std::optional<Place> place = table.clustered().Find(ClusteredKeyOf(*table.def, def, record.row));
  if (!place.has_value()) return TrxId();
  const Record& clustered = table.clustered().At(*place);
  if (!IsActive(state, clustered.writer)) return TrxId();
  return IsChangedBy(clustered.writer, def, clustered, record) ? clustered.writer : TrxId();
}

RuleCell CellOf(const Turn& turn, LockRule rule) {
  return turn.state.dialect->Cell(rule, IsolationOf(turn.session));
}

namespace {

// Whether the statement stops before this request. One request is made between two stops: the step is done
// again after each, so that what stands in front of the request must be there already, or change nothing.
bool Yields(Turn& turn) {
  if (!turn.session.yields_before_locks) return false;
  turn.execution.has_asked = !turn.execution.has_asked;
  return !turn.execution.has_asked;
}

// A request that leaves no lock behind is made again after its wait: it is the same one.
Progress MadeAgainAfterWait(Turn& turn, Progress progress) {
  if (progress == Progress::kWaiting) turn.execution.has_asked = false;
  return progress;
}

LockTaken RequestAt(Turn& turn, const Table& table, std::size_t index, Place place,
                    const LockRequest& request, LockSpan span) {
  const TrxId trx = EnsureTransaction(turn);
  const IndexTree& tree = table.trees[index];
  const RecordPlace where{table.def->indexes[index].id, tree.SlotAt(place)};
  LockTaken taken;
  const TrxId owner =
      tree.IsSupremum(place) ? TrxId() : ImplicitOwner(turn.state, table, index, tree.At(place));
  if (!tree.IsSupremum(place) && span == LockSpan::kRecordOnly && IsOwn(turn, table, index, place, owner))
    return taken;
  const bool holds = turn.state.locks.Holds(trx, where, request.mode, span);
  const auto has_it = [&] {
    return turn.state.locks.HasNothingToAsk(trx, table.def->id, where, request.mode, span);
  };
  if (turn.session.yields_before_locks && !has_it() && Yields(turn)) {
    taken.progress = Progress::kWaiting;
    return taken;
  }
  if (!owner.IsNull() && owner != trx) MakeExplicit(turn, owner, table, index, place);
  if (holds) return taken;
  ReportRequest(turn, request.rule, table, index, place, request.mode, span);
  const bool refuses = request.policy == WaitPolicy::kRefuse;
  const LockOutcome outcome = turn.state.locks.LockRecord(trx, table.def->id, where, request.mode, span,
                                                          refuses ? request.policy : PolicyOf(turn));
  if (refuses && outcome.status == LockStatus::kRefused) {
    taken.was_refused = true;
    return taken;
  }
  // Who had to wait, if only until a circle was broken, finds the lock there when he looks again.
  taken.is_new = outcome.status == LockStatus::kGranted && outcome.deadlocks.empty();
  taken.progress = AfterRequest(turn, outcome);
  return taken;
}

}  // namespace

LockTaken LockAt(Turn& turn, const Table& table, std::size_t index, Place place, const LockRequest& request) {
  const RuleCell cell = CellOf(turn, request.rule);
  const std::optional<LockSpan> span = SpanOf(cell);
  if (!span.has_value()) return {};
  LockTaken taken = RequestAt(turn, table, index, place, request, *span);
  if (taken.progress != Progress::kDone || taken.was_refused) return taken;
  const bool is_row = index == 0 && !table.trees[index].IsSupremum(place) && CoversRecord(cell);
  if (is_row && IsNewerThanSnapshot(turn, table.trees[index].At(place)))
    taken.progress = turn.Fail(errors::RecordChanged(table.def->name));
  return taken;
}

Progress LockForChangeAt(Turn& turn, const Table& table, std::size_t index, Place place, LockRule rule) {
  const TrxId trx = EnsureTransaction(turn);
  const RecordPlace where{table.def->indexes[index].id, table.trees[index].SlotAt(place)};
  const TrxId owner = ImplicitOwner(turn.state, table, index, table.trees[index].At(place));
  if (owner == trx || !Applies(turn, rule)) return Progress::kDone;
  if (Yields(turn)) return Progress::kWaiting;
  if (!owner.IsNull()) MakeExplicit(turn, owner, table, index, place);
  ReportRequest(turn, rule, table, index, place, LockMode::kExclusive, LockSpan::kRecordOnly);
  return MadeAgainAfterWait(
      turn, AfterRequest(turn, turn.state.locks.LockImplicitly(trx, table.def->id, where, PolicyOf(turn))));
}

Progress LockGapForInsert(Turn& turn, const Table& table, std::size_t index, Place gap_end) {
  const std::optional<LockSpan> span = SpanOf(CellOf(turn, LockRule::kInsertIntention));
  if (!span.has_value()) return Progress::kDone;
  if (Yields(turn)) return Progress::kWaiting;
  const TrxId trx = EnsureTransaction(turn);
  const RecordPlace where{table.def->indexes[index].id, table.trees[index].SlotAt(gap_end)};
  const LockMode mode = FixedModeOf(LockRule::kInsertIntention);
  ReportRequest(turn, LockRule::kInsertIntention, table, index, gap_end, mode, *span);
  return MadeAgainAfterWait(
      turn, AfterRequest(
                turn, turn.state.locks.LockRecord(trx, table.def->id, where, mode, *span, PolicyOf(turn))));
}

Progress LockTableFor(Turn& turn, TableId table, LockRule rule, LockMode mode) {
  if (!Applies(turn, rule)) return Progress::kDone;
  const TrxId trx = EnsureTransaction(turn);
  // The other modes meet nobody but LOCK TABLES and definitions, whom metadata locks keep apart from us.
  const bool may_matter = mode == LockMode::kAutoIncrement;
  if (may_matter && !turn.state.locks.HoldsTable(trx, table, mode) && Yields(turn)) return Progress::kWaiting;
  if (turn.state.reports_lock_rules && !turn.state.locks.HoldsTable(trx, table, mode)) {
    turn.events.push_back(LockRuleApplied{rule, turn.session_id, turn.state.catalog.Find(table)->def->name,
                                          "", ModeName(mode), std::nullopt});
  }
  return AfterRequest(turn, turn.state.locks.LockWholeTable(trx, table, mode, PolicyOf(turn)));
}

void InsertRecord(ServerState& state, std::vector<Event>& events, TableId table_id, std::size_t index,
                  Record record) {
  Table& table = *state.catalog.FindForWrite(table_id);
  IndexTree& tree = table.trees[index];
  const IndexId index_id = table.def->indexes[index].id;
  const KeyValues key = tree.KeyOf(record.row);
  const Inserted inserted = tree.Insert(std::move(record));
  const PassedOn into_gap = PassedOnBy(state, LockRule::kInsertedIntoGap);
  if (inserted.split.has_value()) {
    const PageSplit& split = *inserted.split;
    state.locks.OnSplit(index_id, split.left, split.right, split.moved, split.first_of_right,
                        InheritanceBy(state, LockRule::kSplitPage));
    ReportPassedOn(state, events, LockRule::kSplitPage, table, index, RecordSlot{split.left, 0});
  }
  if (inserted.went_right.has_value()) {
    // Gap locks at the end of the full page now reach over the first record of the next one.
    const RecordSlot reached = inserted.went_right->old_first;
    state.locks.OnInsert(index_id, reached, inserted.went_right->full_supremum, into_gap);
    ReportPassedOn(state, events, LockRule::kInsertedIntoGap, table, index, reached);
  }
  const std::optional<Place> place = tree.Find(key);
  const std::optional<Place> next = tree.Next(*place);
  state.locks.OnInsert(index_id, inserted.slot, tree.SlotAt(*next), into_gap);
  ReportPassedOn(state, events, LockRule::kInsertedIntoGap, table, index, inserted.slot);
}

void ReplaceRecord(ServerState& state, TableId table_id, std::size_t index, Place place, Record record) {
  Table& table = *state.catalog.FindForWrite(table_id);
  const RecordSlot slot = table.trees[index].SlotAt(place);
  if (table.trees[index].Replace(place, std::move(record)))
    state.locks.OnReinsert(table.def->indexes[index].id, slot);
}

void EraseRecord(ServerState& state, std::vector<Event>& events, TableId table_id, std::size_t index,
                 Place place, EraseReason reason) {
  Table& table = *state.catalog.FindForWrite(table_id);
  IndexTree& tree = table.trees[index];
  const IndexId index_id = table.def->indexes[index].id;
  const RecordSlot erased = tree.SlotAt(place);
  const RecordSlot heir = tree.SlotAt(*tree.Next(place));
  const bool is_purge = reason == EraseReason::kPurge;
  const LockRule of_searched = is_purge ? LockRule::kPurgedSearched : LockRule::kRolledBackSearched;
  const LockRule of_checked = is_purge ? LockRule::kPurgedChecked : LockRule::kRolledBackChecked;
  const bool is_locked = state.reports_lock_rules && state.locks.HasRecordLocks({index_id, erased});
  const LockEvents changes = state.locks.OnErase(
      index_id, erased, heir, {PassedOnBy(state, of_searched), PassedOnBy(state, of_checked)});
  if (is_locked) {
    ReportPassedOn(state, events, of_searched, table, index, heir, ModeName(LockMode::kExclusive));
    ReportPassedOn(state, events, of_checked, table, index, heir, ModeName(LockMode::kShared));
  }
  const std::size_t pages = tree.page_count();
  tree.Erase(place);
  Apply(state, events, changes);
  if (tree.page_count() == pages) return;
  // The page is gone: what was left on its supremum goes to the end of the page in front of it, or, when it
  // was the first one, to the first record behind it (btr_discard_page).
  const RecordSlot behind = tree.SlotAt(place.page > 0 ? *tree.Previous(Place{place.page, 0}) : tree.First());
  const LockEvents of_page = state.locks.OnPageDiscarded(index_id, erased.page, behind,
                                                         InheritanceBy(state, LockRule::kEmptiedPage));
  ReportPassedOn(state, events, LockRule::kEmptiedPage, table, index, behind);
  Apply(state, events, of_page);
}

}  // namespace nextkey
