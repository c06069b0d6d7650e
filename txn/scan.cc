#include "txn/scan.h"

#include <algorithm>
#include <utility>

#include "txn/dialect_errors.h"
#include "txn/lock_rules.h"
#include "txn/row_locks.h"
#include "txn/system_tables.h"
#include "txn/transaction.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

LockMode ModeOf(sql::RowLocking locking) {
  return locking == sql::RowLocking::kUpdate ? LockMode::kExclusive : LockMode::kShared;
}

// A transaction gets its number with its first lock for a change on a table (trx_set_rw_mode).
bool HasNumber(const Turn& turn) {
  const auto tables = turn.state.catalog.All();
  return std::any_of(tables.begin(), tables.end(), [&](const Table* table) {
    return turn.state.locks.HoldsTable(turn.session.trx, table->def->id, LockMode::kIntentionExclusive);
  });
}

// A row that the transaction changed itself stays locked, and so do its entries. Who has no number yet, and a
// row without a writer's, are taken for the same (row_unlock_for_mysql).
bool IsTakenForOwn(const Turn& turn, const Record& clustered) {
  return clustered.writer.IsNull() ? !HasNumber(turn) : clustered.writer == turn.session.trx;
}

// What the look at one record came to.
enum class Look : std::uint8_t { kDeliver, kPass, kEndOfRange, kWaiting, kFailed };

class Cursor {
 public:
  Cursor(Turn& turn, const TablePlan& plan, const ReadMode& mode, const SessionView& session, ScanState& scan)
      : turn_(turn),
        plan_(plan),
        mode_(mode),
        session_(session),
        scan_(scan),
        table_(TableFor(turn, plan.id)),
        tree_(table_.trees[plan.path.index]),
        isolation_(IsolationOf(turn.session)) {}

  Fetched Next(Row& row);

 private:
  const IndexDef& index() const { return table_.def->indexes[plan_.path.index]; }
  bool IsClustered() const { return plan_.path.index == 0; }
  bool IsTransactional() const { return table_.def->engine == StorageEngine::kInnoDb; }
  bool Locks() const { return mode_.locking != sql::RowLocking::kNone && IsTransactional(); }
  bool IsDescending() const { return plan_.path.is_descending; }
  const KeyRange& range() const { return scan_.ranges[scan_.range]; }
  // One row at most: equality, or bounds of one value, on the whole of a unique key.
  bool IsUniquePoint() const {
    return range().is_point && index().is_unique && range().low.size() == index().parts.size() &&
           std::none_of(range().low.begin(), range().low.end(),
                        [](const Value& value) { return value.IsNull(); });
  }

  std::optional<Place> Open(Progress& progress);
  std::optional<Place> Restore() const;
  std::optional<Place> Step(Place place) const {
    return IsDescending() ? tree_.Previous(place) : tree_.Next(place);
  }
  void EndRange();

  // Locks what a situation asks for; nothing where the isolation level asks for nothing.
  LockTaken Lock(LockRule rule, Place place, std::size_t index, WaitPolicy policy);
  bool Applies(LockRule rule) const { return turn_.state.dialect->Applies(rule, isolation_); }
  WaitPolicy Policy() const {
    return mode_.waiting == sql::LockWaiting::kWait ? WaitPolicy::kWait : WaitPolicy::kRefuse;
  }
  Look AfterLock(const LockTaken& taken);

  Look LookAt(Place place, Row& row);
  Look LookLocking(Place place, Row& row);
  Look LookAtPast(Place place, Row& row);
  Look SemiConsistent(const Record& record, Row& row);
  bool IsToBePassed(const Record& record) const;
  void LetGoDeletedEntry(Place place);
  Look FetchClustered(const Record& entry, Row& row);
  Look CheckIndexCondition(const Record& record);
  bool IsPastRange(const Row& stored) const;
  // Read backward, only the search for the first row is for the key alone, whatever it passes over; each
  // further one is a plain step back, which locks what it comes upon (join_read_prev_same).
  bool IsExactLook() const { return range().is_point && (!IsDescending() || scan_.is_first); }
  bool IsExactStart(Place place) const;
  bool IsBehindExactEnd(Place place) const;
  LockRule RuleFor(Place place) const;
  bool IsBehindLocalLock(const Record& record) const;
  Row RowOfEntry(const Row& entry) const;

  Turn& turn_;
  const TablePlan& plan_;
  const ReadMode& mode_;
  const SessionView& session_;
  ScanState& scan_;
  const Table& table_;
  const IndexTree& tree_;
  sql::IsolationLevel isolation_;
};

LockTaken Cursor::Lock(LockRule rule, Place place, std::size_t index, WaitPolicy policy) {
  return LockAt(turn_, table_, index, place, {rule, ModeOf(mode_.locking), policy});
}

Look Cursor::AfterLock(const LockTaken& taken) {
  if (taken.was_refused) {
    if (mode_.waiting == sql::LockWaiting::kSkipLocked) return Look::kPass;
    turn_.Fail(errors::LockNotAvailable(*turn_.state.dialect));
    return Look::kFailed;
  }
  switch (taken.progress) {
    case Progress::kDone:
      return Look::kDeliver;
    case Progress::kWaiting:
      return Look::kWaiting;
    case Progress::kFailed:
      return Look::kFailed;
  }
  return Look::kFailed;
}

// Where the scan of a range begins. A descending one first locks the gap behind its start.
std::optional<Place> Cursor::Open(Progress& progress) {
  const KeyRange& range = this->range();
  if (!IsDescending()) {
    if (range.low.empty()) return tree_.First();
    return range.low_inclusive ? tree_.SeekFrom(range.low) : tree_.GapEndFor(range.low);
  }
  if (range.high.empty()) return tree_.End();
  const Place behind = range.high_inclusive ? tree_.UpperBound(range.high) : tree_.LowerBound(range.high);
  const std::optional<Place> start = tree_.Previous(behind);
  if (Locks()) {
    const std::optional<Place> next = start.has_value() ? tree_.Next(*start) : std::optional<Place>(behind);
    progress = Lock(LockRule::kBehindDescending, *next, plan_.path.index, WaitPolicy::kWait).progress;
  }
  return start;
}

// The record that the cursor stands on, or, when it is gone, the one that the scan would meet next.
std::optional<Place> Cursor::Restore() const {
  if (const std::optional<Place> found = tree_.Find(scan_.key)) return found;
  if (!IsDescending()) return tree_.LowerBound(scan_.key);
  return tree_.Previous(tree_.UpperBound(scan_.key));
}

void Cursor::EndRange() {
  ++scan_.range;
  scan_.is_first = true;
  scan_.must_advance = false;
  scan_.is_passed = false;
  scan_.position = scan_.range < scan_.ranges.size() ? ScanPosition::kOpening : ScanPosition::kEnded;
}

Fetched Cursor::Next(Row& row) {
  if (scan_.position == ScanPosition::kClosed) {
    scan_.position = scan_.ranges.empty() ? ScanPosition::kEnded : ScanPosition::kOpening;
  }
  while (scan_.position != ScanPosition::kEnded) {
    std::optional<Place> place;
    if (scan_.position == ScanPosition::kOpening) {
      Progress progress = Progress::kDone;
      place = Open(progress);
      if (progress == Progress::kWaiting) return Fetched::kWaiting;
      if (progress == Progress::kFailed) return Fetched::kFailed;
    } else {
      place = Restore();
      const bool is_same =
          place.has_value() && !tree_.IsSupremum(*place) && tree_.KeyOf(tree_.At(*place).row) == scan_.key;
      if (scan_.must_advance) {
        scan_.must_advance = false;
        if (IsUniquePoint()) {
          EndRange();
          continue;
        }
        scan_.is_first = false;
        scan_.is_passed = true;
      }
      if (is_same && scan_.is_passed) place = Step(*place);
    }
    bool is_range_over = false;
    while (!is_range_over) {
      if (!place.has_value()) break;
      const Look look = LookAt(*place, row);
      if (look == Look::kDeliver) return Fetched::kRow;
      if (look == Look::kWaiting) return Fetched::kWaiting;
      if (look == Look::kFailed) return Fetched::kFailed;
      if (look == Look::kEndOfRange) break;
      scan_.is_passed = scan_.position == ScanPosition::kOnRecord;
      place = Step(*place);
    }
    EndRange();
  }
  return Fetched::kEnd;
}

bool Cursor::IsPastRange(const Row& stored) const {
  const KeyRange& range = this->range();
  if (IsDescending()) {
    if (range.low.empty()) return false;
    const auto order = tree_.CompareToKey(stored, range.low);
    return order < 0 || (order == 0 && !range.low_inclusive);
  }
  if (range.high.empty()) return false;
  const auto order = tree_.CompareToKey(stored, range.high);
  return order > 0 || (order == 0 && !range.high_inclusive);
}

bool Cursor::IsExactStart(Place place) const {
  const KeyRange& range = this->range();
  return IsClustered() && !IsDescending() && scan_.is_first && range.low_inclusive &&
         range.low.size() == table_.def->indexes[0].parts.size() &&
         tree_.CompareToKey(tree_.At(place).row, range.low) == 0;
}

// The record in front of this one is the row that the range includes as its end: nothing from here on can
// belong to the range.
bool Cursor::IsBehindExactEnd(Place place) const {
  const KeyRange& range = this->range();
  if (!range.high_inclusive || range.high.size() != table_.def->indexes[0].parts.size()) return false;
  const std::optional<Place> before = tree_.Previous(place);
  return before.has_value() && !tree_.IsSupremum(*before) &&
         tree_.CompareToKey(tree_.At(*before).row, range.high) == 0;
}

// The rule that locks the record under the cursor.
LockRule Cursor::RuleFor(Place place) const {
  const Record& record = tree_.At(place);
  if (IsUniquePoint() && !IsDescending()) {
    if (IsClustered()) return record.is_deleted ? LockRule::kDeletedRowPoint : LockRule::kRowPoint;
    return record.is_deleted ? LockRule::kDeletedUniqueEntryPoint : LockRule::kUniqueEntryPoint;
  }
  if (!IsExactLook() && IsPastRange(record.row)) {
    if (!IsClustered() || IsDescending()) return LockRule::kBehindRange;
    return IsBehindExactEnd(place) ? LockRule::kBehindExactEnd : LockRule::kBehindClusteredRange;
  }
  if (IsExactStart(place)) return LockRule::kExactStart;
  return IsClustered() ? LockRule::kScannedRow : LockRule::kScannedEntry;
}

Look Cursor::LookAt(Place place, Row& row) {
  if (tree_.IsSupremum(place)) {
    if (!Locks()) return Look::kPass;
    const Look look = AfterLock(Lock(LockRule::kSupremum, place, plan_.path.index, WaitPolicy::kWait));
    return look == Look::kDeliver ? Look::kPass : look;
  }
  const Record& record = tree_.At(place);
  const bool is_exact = IsExactLook();
  if (is_exact && tree_.CompareToKey(record.row, range().low) != 0) {
    if (!Locks()) return Look::kEndOfRange;
    const Look look = AfterLock(Lock(LockRule::kBehindEqualKeys, place, plan_.path.index, WaitPolicy::kWait));
    return look == Look::kDeliver ? Look::kEndOfRange : look;
  }
  scan_.key = tree_.KeyOf(record.row);
  scan_.position = ScanPosition::kOnRecord;
  scan_.is_passed = false;
  scan_.lock_is_new = false;
  scan_.is_semi_consistent = false;
  const Look look = Locks() ? LookLocking(place, row) : LookAtPast(place, row);
  if (look == Look::kDeliver && !is_exact && IsPastRange(record.row)) {
    // The server ends a range only after it has read, and locked, a row behind it. Reading forward it lets go
    // of that row (handler::read_range_next); reading backward it does not (QUICK_SELECT_DESC::get_next).
    if (Locks() && !IsDescending()) UnlockFetched(turn_, plan_, mode_, scan_, LockRule::kLetGoRowBehindRange);
    return Look::kEndOfRange;
  }
  return look;
}

// Delete-marked for good: its deleter is neither active nor oneself. An entry is asked for by what its row
// says.
bool Cursor::IsToBePassed(const Record& record) const {
  if (!record.is_deleted || !Applies(LockRule::kPassDeletedRecord)) return false;
  if (!ImplicitOwner(turn_.state, table_, plan_.path.index, record).IsNull()) return false;
  if (IsClustered()) return true;
  const std::optional<Place> row = table_.clustered().Find(ClusteredKeyOf(*table_.def, index(), record.row));
  return !row.has_value() || table_.clustered().At(*row).writer != turn_.session.trx;
}

Look Cursor::LookLocking(Place place, Row& row) {
  const Record& record = tree_.At(place);
  if (IsToBePassed(record)) {
    scan_.must_wait = false;
    return IsClustered() && IsUniquePoint() ? Look::kEndOfRange : Look::kPass;
  }
  const bool tries_semi_consistent = mode_.may_be_semi_consistent && Applies(LockRule::kSemiConsistentRead) &&
                                     IsClustered() && !IsUniquePoint() && !scan_.must_wait;
  const LockRule rule = RuleFor(place);
  const LockTaken taken =
      Lock(rule, place, plan_.path.index, tries_semi_consistent ? WaitPolicy::kRefuse : Policy());
  if (taken.was_refused && tries_semi_consistent) return SemiConsistent(record, row);
  const Look look = AfterLock(taken);
  if (look != Look::kDeliver) return look;
  scan_.must_wait = false;
  scan_.lock_is_new = taken.is_new;
  const bool is_behind_range = rule == LockRule::kBehindClusteredRange || rule == LockRule::kBehindExactEnd;
  // Where the record behind the range is not locked, it is not looked at either.
  if (is_behind_range && !CoversRecord(turn_.state.dialect->Cell(rule, isolation_))) return Look::kEndOfRange;
  if (IsClustered()) {
    if (record.is_deleted) {
      UnlockFetched(turn_, plan_, mode_, scan_, LockRule::kLetGoDeletedRow);
      return IsUniquePoint() ? Look::kEndOfRange : Look::kPass;
    }
    row = record.row;
    return Look::kDeliver;
  }
  if (record.is_deleted) {
    LetGoDeletedEntry(place);
    return Look::kPass;
  }
  if (const Look condition = CheckIndexCondition(record); condition != Look::kDeliver) return condition;
  return FetchClustered(record, row);
}

void Cursor::LetGoDeletedEntry(Place place) {
  if (!Locks() || !scan_.lock_is_new || !Applies(LockRule::kLetGoDeletedRow)) return;
  const std::optional<Place> row =
      table_.clustered().Find(ClusteredKeyOf(*table_.def, index(), tree_.At(place).row));
  if (row.has_value() && IsTakenForOwn(turn_, table_.clustered().At(*row))) return;
  const RecordPlace where{index().id, tree_.SlotAt(place)};
  Apply(turn_.state, turn_.events,
        turn_.state.locks.ReleaseRecord(turn_.session.trx, where, ModeOf(mode_.locking)));
  scan_.lock_is_new = false;
}

Look Cursor::SemiConsistent(const Record& record, Row& row) {
  const VisibleRow committed = CommittedVersion(turn_.state, record);
  if (committed.row == nullptr || committed.is_deleted) return Look::kPass;
  scan_.is_semi_consistent = true;
  row = *committed.row;
  return Look::kDeliver;
}

Look Cursor::CheckIndexCondition(const Record& record) {
  if (!plan_.path.has_index_condition) return Look::kDeliver;
  if (!range().is_point && IsPastRange(record.row)) return Look::kEndOfRange;
  // Index conditions refer to this table alone.
  std::vector<Row> rows(plan_.from_position + 1);
  rows.back() = RowOfEntry(record.row);
  const RowView view{rows, {}, nullptr, nullptr};
  Memo memo;
  for (const BoundExpr& condition : plan_.index_conditions) {
    const Evaluated value = Evaluate(condition, view, session_, memo);
    if (const auto* error = std::get_if<SqlError>(&value)) {
      turn_.Fail(*error);
      return Look::kFailed;
    }
    if (const auto* answer = std::get_if<Value>(&value); answer == nullptr || !IsTrue(*answer))
      return Look::kPass;
  }
  return Look::kDeliver;
}

// The values of an entry at their places in a row of the table; the others are NULL.
Row Cursor::RowOfEntry(const Row& entry) const {
  std::vector<Value> values(table_.def->columns.size() + (table_.def->HasHiddenRowId() ? 1 : 0));
  for (std::size_t i = 0; i < entry.size(); ++i) values[index().stored_columns[i]] = entry[i];
  return Row(std::move(values));
}

Look Cursor::FetchClustered(const Record& entry, Row& row) {
  if (mode_.locking == sql::RowLocking::kShare && plan_.path.is_covering &&
      !Applies(LockRule::kRowOfCoveringShare)) {
    row = RowOfEntry(entry.row);
    return Look::kDeliver;
  }
  const std::optional<Place> place = table_.clustered().Find(ClusteredKeyOf(*table_.def, index(), entry.row));
  if (!place.has_value()) return Look::kPass;
  const Look look = AfterLock(Lock(LockRule::kRowOfEntry, *place, 0, Policy()));
  if (look != Look::kDeliver) return look;
  const Record& clustered = table_.clustered().At(*place);
  if (clustered.is_deleted) return Look::kPass;
  row = clustered.row;
  return Look::kDeliver;
}

// Inserted at the end of a MyISAM table after the session's LOCK TABLES .. READ LOCAL.
bool Cursor::IsBehindLocalLock(const Record& record) const {
  const std::vector<LockedTable>& locked = turn_.session.locked_tables;
  return std::any_of(locked.begin(), locked.end(), [&](const LockedTable& table) {
    return table.table == plan_.id && table.kind == sql::TableLockKind::kReadLocal &&
           record.writer >= table.limit;
  });
}

// A read without locks: the version that the session may see.
Look Cursor::LookAtPast(Place place, Row& row) {
  const Record& record = tree_.At(place);
  const Record* clustered = &record;
  if (!IsClustered()) {
    const std::optional<Place> found =
        table_.clustered().Find(ClusteredKeyOf(*table_.def, index(), record.row));
    if (!found.has_value()) return Look::kPass;
    clustered = &table_.clustered().At(*found);
  }
  VisibleRow visible{&clustered->row, clustered->is_deleted};
  if (IsTransactional() && isolation_ != sql::IsolationLevel::kReadUncommitted) {
    visible = VisibleVersion(*clustered, EnsureReadView(turn_));
  }
  if (!IsTransactional() && IsBehindLocalLock(*clustered)) return Look::kPass;
  if (visible.row == nullptr || visible.is_deleted) return Look::kPass;
  if (!IsClustered() && !IsEntryOf(index(), *visible.row, record.row)) return Look::kPass;
  row = *visible.row;
  return Look::kDeliver;
}

// A table that was made or rebuilt since the transaction's snapshot can't be scanned, whether for reading or
// for changing (dict_index_t::is_usable). A snapshot that lasts for one statement is not yet there.
bool IsNewerThanSnapshot(Turn& turn, const Table& table) {
  const Transaction* transaction = CurrentTransaction(turn);
  return !table.created_by.IsNull() && transaction != nullptr && transaction->view.has_value() &&
         !transaction->view->Sees(table.created_by);
}

}  // namespace

Fetched FetchNext(Turn& turn, const TablePlan& plan, const ReadMode& mode, const SessionView& session,
                  ScanState& scan, Row& row) {
  const Table& table = TableFor(turn, plan.id);
  if (table.def->engine == StorageEngine::kInnoDb) {
    EnsureTransaction(turn);
    if (IsNewerThanSnapshot(turn, table)) {
      turn.Fail(errors::TableDefinitionChanged());
      return Fetched::kFailed;
    }
    if (mode.locking != sql::RowLocking::kNone) {
      const LockMode intention = mode.locking == sql::RowLocking::kUpdate ? LockMode::kIntentionExclusive
                                                                          : LockMode::kIntentionShared;
      const Progress progress = LockTableFor(turn, plan.id, LockRule::kTableOfRead, intention);
      if (progress != Progress::kDone)
        return progress == Progress::kWaiting ? Fetched::kWaiting : Fetched::kFailed;
    } else if (IsolationOf(turn.session) != sql::IsolationLevel::kReadUncommitted) {
      EnsureReadView(turn);
      if (IsNewerThanSnapshot(turn, table)) {
        turn.Fail(errors::TableDefinitionChanged());
        return Fetched::kFailed;
      }
    }
  }
  return Cursor(turn, plan, mode, session, scan).Next(row);
}

void UnlockFetched(Turn& turn, const TablePlan& plan, const ReadMode& mode, ScanState& scan, LockRule rule) {
  if (mode.locking == sql::RowLocking::kNone || !Applies(turn, rule)) return;
  if (!scan.lock_is_new || plan.path.index != 0 || plan.path.kind == AccessKind::kConst) return;
  const Table& table = TableFor(turn, plan.id);
  if (table.def->engine != StorageEngine::kInnoDb) return;
  const std::optional<Place> place = table.clustered().Find(scan.key);
  if (!place.has_value()) return;
  if (IsTakenForOwn(turn, table.clustered().At(*place))) return;
  const RecordPlace where{table.def->indexes[0].id, table.clustered().SlotAt(*place)};
  Apply(turn.state, turn.events,
        turn.state.locks.ReleaseRecord(turn.session.trx, where, ModeOf(mode.locking)));
  scan.lock_is_new = false;
}

}  // namespace nextkey
