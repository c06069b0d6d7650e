#include "txn/insert.h"

#include <algorithm>
#include <utility>

#include "txn/auto_increment.h"
#include "txn/dialect_errors.h"
#include "txn/history_report.h"
#include "txn/new_rows.h"
#include "txn/query.h"
#include "txn/row_change.h"
#include "txn/row_locks.h"
#include "txn/transaction.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

// What becomes of the row at work.
enum RowPhase : std::uint32_t {
  kReading,         // Its values are being read or evaluated.
  kCompleting,      // Defaults, the generated id.
  kWriting,         // Its entries go into the indexes.
  kLockExisting,    // A duplicate is in the way: its row is locked.
  kUpdateExisting,  // ON DUPLICATE KEY UPDATE: assignments are evaluated.
  kChanging,        // The existing row is changed or, for REPLACE, deleted.
  kRenumbering,     // As kChanging; ON DUPLICATE KEY UPDATE sets another AUTO_INCREMENT number.
  kCounting,        // AUTO_INCREMENT: a given id may move the table's counter.
  kCountingChange,  // The same after kRenumbering.
};

std::uint64_t NextRowId(ServerState& state, TableId id) {
  Table& table = *state.catalog.FindForWrite(id);
  return table.def->engine == StorageEngine::kInnoDb ? state.catalog.NewRowId() : table.TakeRowId();
}

class Inserter {
 public:
  explicit Inserter(Turn& turn)
      : turn_(turn),
        execution_(turn.execution),
        plan_(*turn.execution.plan->insert),
        def_(turn.state.catalog.Find(plan_.table)->def) {}

  Progress Run();

 private:
  bool IsInnoDb() const { return def_->engine == StorageEngine::kInnoDb; }
  std::size_t UndoSize();
  std::uint64_t IdStep() const;
  std::uint64_t NumbersToReserve();

  Progress StepRow(bool& has_row);
  Progress ReadValues(bool& has_row);
  Progress ReadFromQuery(bool& has_row);
  Progress Complete();
  Progress GenerateId(Value& id);
  void SkipIds(const Value& given);
  void ReuseId();
  void NoteId();
  Progress LockNumbers();
  Progress Write();
  bool MovesCounter() const;
  Progress CountId();
  Progress OnDuplicate();
  Progress LockExisting();
  Progress UpdateExisting();
  Progress FinishChange();
  Progress CountChange();
  bool MayReplaceByUpdate() const;
  Row WithRowId(const Row& row, const Value& id) const;
  void EndRow() { execution_.phase = kReading; }
  void SkipRow(const SqlError& why);

  Turn& turn_;
  Execution& execution_;
  const InsertPlan& plan_;
  const TableDefRef def_;
};

std::size_t Inserter::UndoSize() {
  const Transaction* transaction = CurrentTransaction(turn_);
  return transaction == nullptr ? 0 : transaction->undo.size();
}

// INSERT .. SELECT: the next row of the query. Where it reads the table that is written, all of it
// is read first.
Progress Inserter::ReadFromQuery(bool& has_row) {
  const QueryPlan& query = execution_.plan->queries[0];
  const bool is_streamed = !plan_.is_buffered && !query.is_grouped && !query.is_distinct &&
                           query.order_by.empty() && !query.limit.has_value();
  QueryState& state = execution_.queries[0];
  if (!is_streamed) {
    const Progress progress = RunQuery(turn_, 0);
    if (progress != Progress::kDone) return progress;
    has_row = execution_.row < state.output.size();
    if (has_row) execution_.values = state.output[execution_.row++].values;
    return Progress::kDone;
  }
  if (!state.is_emitting) {
    const RowStep step = NextJoinedRow(turn_, 0);
    if (step == RowStep::kWaiting) return Progress::kWaiting;
    if (step == RowStep::kFailed) return Progress::kFailed;
    has_row = step == RowStep::kRow;
    if (!has_row) return Progress::kDone;
    state.is_emitting = true;
    execution_.values.clear();
  }
  has_row = true;
  while (execution_.values.size() < query.output.size()) {
    Value value;
    const Progress progress = EvaluateIn(turn_, 0, query.output[execution_.values.size()].expression, value);
    if (progress != Progress::kDone) return progress;
    execution_.values.push_back(std::move(value));
  }
  state.is_emitting = false;
  return Progress::kDone;
}

Progress Inserter::ReadValues(bool& has_row) {
  if (plan_.has_query) return ReadFromQuery(has_row);
  has_row = execution_.row < plan_.rows.size();
  if (!has_row) return Progress::kDone;
  const std::vector<BoundExpr>& row = plan_.rows[execution_.row];
  while (execution_.values.size() < row.size()) {
    const BoundExpr& expression = row[execution_.values.size()];
    Value value;
    if (expression.op == sql::Op::kDefault) {
      const ColumnDef& column = def_->columns[expression.column.column];
      if (!column.is_auto_increment) {
        auto standard = DefaultValue(column, execution_.started_us);
        if (auto* error = std::get_if<SqlError>(&standard)) return turn_.Fail(std::move(*error));
        value = std::get<Value>(std::move(standard));
      }
    } else {
      const Progress progress = EvaluateAlone(turn_, expression, value);
      if (progress != Progress::kDone) return progress;
    }
    execution_.values.push_back(std::move(value));
  }
  ++execution_.row;
  return Progress::kDone;
}

Progress Inserter::LockNumbers() {
  return LockAutoIncrement(
      turn_, *def_, plan_.has_query ? LockRule::kAutoIncrementOfQuery : LockRule::kAutoIncrementContended);
}

std::uint64_t Inserter::IdStep() const {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(1, turn_.session.variables.auto_increment_increment));
}

// One for each row of VALUES, less those that are done already where the first ones did not reach; for a
// query blocks that double (handler::update_auto_increment, trx_t::n_autoinc_rows).
std::uint64_t Inserter::NumbersToReserve() {
  std::uint64_t& block = execution_.id_block;
  if (plan_.has_query) return std::exchange(block, 2 * block);
  if (block == 1) block = 1 + execution_.row;
  return plan_.rows.size() - (execution_.row - (block - 1));
}

// Numbers are reserved several at once; in mode 0 one by one, and the counter moves when the row is in.
Progress Inserter::GenerateId(Value& id) {
  if (execution_.next_id >= execution_.ids_end) {
    const Progress progress = LockNumbers();
    if (progress != Progress::kDone) return progress;
    Table& table = *turn_.state.catalog.FindForWrite(def_->id);
    const bool goes_one_by_one = turn_.state.global.innodb_autoinc_lock_mode == 0;
    const std::uint64_t numbers = goes_one_by_one ? 1 : NumbersToReserve();
    const std::uint64_t step = IdStep();
    const auto offset =
        static_cast<std::uint64_t>(std::max<std::int64_t>(1, turn_.session.variables.auto_increment_offset));
    std::uint64_t first = table.next_auto_increment;
    if (step > 1) first = first <= offset ? offset : offset + (first - offset + step - 1) / step * step;
    execution_.next_id = first;
    execution_.ids_end = first + numbers * step;
    if (!goes_one_by_one) table.next_auto_increment = first + numbers * step;
  }
  execution_.row_id = execution_.next_id;
  id = Value::Int(static_cast<std::int64_t>(execution_.next_id));
  execution_.next_id += IdStep();
  return Progress::kDone;
}

// Behind a given number only higher ones are generated, once the statement has generated one at all
// (handler::adjust_next_insert_id_after_explicit_value).
void Inserter::SkipIds(const Value& given) {
  if (execution_.next_id == 0 || given.kind() != ValueKind::kInt) return;
  const auto next = static_cast<std::int64_t>(execution_.next_id);
  if (given.AsInt() < next) return;
  const std::uint64_t steps = static_cast<std::uint64_t>(given.AsInt() - next) / IdStep() + 1;
  execution_.next_id += steps * IdStep();
}

// A row that IGNORE leaves out, or that changes an existing one, gives its number to the next row
// (handler::restore_auto_increment).
void Inserter::ReuseId() {
  execution_.next_id = execution_.next_id_before_row > 0 ? execution_.next_id_before_row : execution_.row_id;
}

// LAST_INSERT_ID() tells the first number that came into the table.
void Inserter::NoteId() {
  if (execution_.row_id == 0 || execution_.generated_id) return;
  turn_.session.last_insert_id = static_cast<std::int64_t>(execution_.row_id);
  execution_.generated_id = true;
}

// From the given values to the whole row.
Progress Inserter::Complete() {
  std::vector<Value> row(def_->columns.size());
  std::vector<bool> is_given(def_->columns.size());
  for (std::size_t i = 0; i < plan_.columns.size(); ++i) {
    row[plan_.columns[i]] = execution_.values[i];
    is_given[plan_.columns[i]] = true;
  }
  const std::size_t row_number = plan_.has_query ? execution_.changed + 1 : execution_.row;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const ColumnDef& column = def_->columns[i];
    bool is_generated = false;
    if (column.is_auto_increment) {
      is_generated = row[i].IsNull() || (row[i].IsNumber() && !IsTrue(row[i]));
      if (is_generated) {
        const Progress progress = GenerateId(row[i]);
        if (progress != Progress::kDone) return progress;
      }
    } else if (!is_given[i]) {
      auto standard = DefaultValue(column, execution_.started_us);
      if (auto* error = std::get_if<SqlError>(&standard)) return turn_.Fail(std::move(*error));
      row[i] = std::get<Value>(std::move(standard));
    }
    auto converted = ConvertFor(*def_, column, row[i], row_number);
    if (auto* error = std::get_if<SqlError>(&converted)) {
      if (plan_.is_ignore) {
        SkipRow(*error);
        return Progress::kDone;
      }
      return turn_.Fail(std::move(*error));
    }
    row[i] = std::get<Value>(std::move(converted));
    if (column.is_auto_increment && !is_generated) SkipIds(row[i]);
  }
  if (auto error = CheckConstraints(turn_, *def_, Row(row))) {
    if (plan_.is_ignore) {
      SkipRow(*error);
      return Progress::kDone;
    }
    return turn_.Fail(std::move(*error));
  }
  if (def_->HasHiddenRowId()) {
    row.push_back(Value::Int(static_cast<std::int64_t>(NextRowId(turn_.state, def_->id))));
  }
  execution_.new_row = Row(std::move(row));
  execution_.phase = kWriting;
  return Progress::kDone;
}

void Inserter::SkipRow(const SqlError& why) {
  execution_.result.warnings.push_back({why.number, why.message});
  execution_.values.clear();
  ReuseId();
  EndRow();
}

Progress Inserter::Write() {
  if (execution_.changes.empty()) {
    if (IsInnoDb()) {
      const Progress progress = LockTableFor(turn_, def_->id, LockRule::kTableOfInsert);
      if (progress != Progress::kDone) return progress;
    }
    execution_.row_undo_mark = UndoSize();
    RowChange change;
    change.table = def_->id;
    change.new_row = execution_.new_row;
    change.wants_exclusive_duplicate = plan_.on_duplicate == sql::DuplicateHandling::kReplace ||
                                       plan_.on_duplicate == sql::DuplicateHandling::kUpdate;
    execution_.changes.push_back(std::move(change));
  }
  const Progress progress = WorkOffChanges(turn_);
  if (progress != Progress::kDone) {
    // A row without a parent is left out by INSERT IGNORE.
    if (progress == Progress::kFailed && plan_.is_ignore && execution_.error->number == 1452) {
      const SqlError why = *std::exchange(execution_.error, std::nullopt);
      execution_.changes.clear();
      RollbackTo(turn_.state, turn_.events, turn_.session.trx, execution_.row_undo_mark);
      SkipRow(why);
      return Progress::kDone;
    }
    return progress;
  }
  execution_.phase = kCounting;
  return Progress::kDone;
}

// A duplicate moves the counter only for REPLACE and INSERT .. SELECT.
bool Inserter::MovesCounter() const {
  if (!execution_.duplicate.has_value()) return true;
  return plan_.has_query || plan_.on_duplicate == sql::DuplicateHandling::kReplace;
}

// A given id that is higher than the counter moves it, under the same lock as a generated one
// (ha_innobase::write_row, innobase_set_max_autoinc).
Progress Inserter::CountId() {
  for (std::size_t i = 0; i < def_->columns.size(); ++i) {
    if (!def_->columns[i].is_auto_increment || execution_.new_row[i].kind() != ValueKind::kInt) continue;
    if (!MovesCounter()) continue;
    const std::int64_t id = execution_.new_row[i].AsInt();
    if (id > 0 && execution_.ids_end == 0) {
      const Progress progress = LockNumbers();
      if (progress != Progress::kDone) return progress;
    }
    if (id > 0) CountNumber(turn_, def_->id, static_cast<std::uint64_t>(id));
  }
  if (execution_.duplicate.has_value()) return OnDuplicate();
  ++execution_.changed;
  NoteId();
  execution_.values.clear();
  EndRow();
  return Progress::kDone;
}

Progress Inserter::OnDuplicate() {
  const DuplicateKey& duplicate = *execution_.duplicate;
  SqlError error = errors::DuplicateEntry(*turn_.state.dialect, *def_, duplicate.index,
                                          DuplicateKeyText(*def_, duplicate.index, execution_.new_row));
  if (IsInnoDb()) {
    RollbackTo(turn_.state, turn_.events, turn_.session.trx, execution_.row_undo_mark);
  } else {
    RemoveOwnEntries(turn_, *def_, execution_.new_row, duplicate.index);
  }
  const bool changes_existing = plan_.on_duplicate == sql::DuplicateHandling::kReplace ||
                                plan_.on_duplicate == sql::DuplicateHandling::kUpdate;
  if (changes_existing) {
    if (plan_.on_duplicate == sql::DuplicateHandling::kUpdate) ReuseId();
    execution_.phase = kLockExisting;
    return Progress::kDone;
  }
  execution_.duplicate.reset();
  if (!plan_.is_ignore) return turn_.Fail(std::move(error));
  SkipRow(error);
  return Progress::kDone;
}

Progress Inserter::LockExisting() {
  const Table& table = *turn_.state.catalog.Find(def_->id);
  const std::optional<Place> place =
      table.clustered().Find(table.clustered().KeyOf(execution_.duplicate->existing));
  if (IsInnoDb() && place.has_value()) {
    const Progress progress = LockAt(turn_, table, 0, *place, RequestBy(LockRule::kExistingRow)).progress;
    if (progress != Progress::kDone) return progress;
    execution_.duplicate->existing = table.clustered().At(*place).row;
  }
  execution_.values.clear();
  execution_.value = 0;
  execution_.row_undo_mark = UndoSize();
  if (plan_.on_duplicate == sql::DuplicateHandling::kUpdate) {
    const Row& existing = execution_.duplicate->existing;
    execution_.values.assign(existing.values().begin(), existing.values().end());
    execution_.phase = kUpdateExisting;
    return Progress::kDone;
  }
  RowChange change;
  change.table = def_->id;
  change.old_row = execution_.duplicate->existing;
  change.kind = UndoKind::kDelete;
  execution_.replaces_by_update = MayReplaceByUpdate();
  execution_.duplicate.reset();
  if (execution_.replaces_by_update) {
    change.kind = UndoKind::kUpdate;
    // A row that is changed in place keeps its hidden row id.
    change.new_row = !def_->HasHiddenRowId()
                         ? execution_.new_row
                         : WithRowId(execution_.new_row, change.old_row[def_->HiddenRowIdPosition()]);
    change.wants_exclusive_duplicate = true;
  }
  if (!execution_.replaces_by_update || change.old_row != change.new_row) {
    execution_.changes.push_back(std::move(change));
  } else if (ReportsHistory(turn_)) {
    ReportRowWritten(turn_, def_->id, change.old_row, change.old_row);
  }
  execution_.phase = kChanging;
  return Progress::kDone;
}

// REPLACE changes the row in place when no later unique key can be in the way and nobody refers to
// the table.
bool Inserter::MayReplaceByUpdate() const {
  for (std::size_t index = execution_.duplicate->index + 1; index < def_->indexes.size(); ++index) {
    if (def_->indexes[index].is_unique) return false;
  }
  for (const Table* table : turn_.state.catalog.All()) {
    for (const ForeignKeyDef& key : table->def->foreign_keys) {
      if (key.parent_table == def_->name) return false;
    }
  }
  return true;
}

Row Inserter::WithRowId(const Row& row, const Value& id) const {
  std::vector<Value> values(row.values().begin(), row.values().end());
  values[def_->HiddenRowIdPosition()] = id;
  return Row(std::move(values));
}

Progress Inserter::UpdateExisting() {
  while (execution_.value < plan_.updates.size()) {
    const AssignmentPlan& update = plan_.updates[execution_.value];
    const ColumnDef& column = def_->columns[update.column];
    Value value;
    if (update.value.op == sql::Op::kDefault) {
      auto standard = DefaultValue(column, execution_.started_us);
      if (auto* error = std::get_if<SqlError>(&standard)) return turn_.Fail(std::move(*error));
      value = std::get<Value>(std::move(standard));
    } else {
      const std::vector<Row> rows{Row(execution_.values)};
      const Progress progress = EvaluateAlone(turn_, update.value, value, rows, &execution_.new_row);
      if (progress != Progress::kDone) return progress;
    }
    auto converted = ConvertFor(*def_, column, value, 1);
    if (auto* error = std::get_if<SqlError>(&converted)) return turn_.Fail(std::move(*error));
    execution_.values[update.column] = std::get<Value>(std::move(converted));
    ++execution_.value;
  }
  bool is_renumbered = false;
  const Row& existing = execution_.duplicate->existing;
  Row changed(execution_.values);
  if (changed != existing) {
    std::vector<Value> values = execution_.values;
    for (std::size_t i = 0; i < def_->columns.size(); ++i) {
      const bool is_assigned = std::any_of(plan_.updates.begin(), plan_.updates.end(),
                                           [&](const AssignmentPlan& a) { return a.column == i; });
      if (!def_->columns[i].on_update_current_timestamp || is_assigned) continue;
      auto now = ConvertFor(*def_, def_->columns[i], Value::DateTime(execution_.started_us, 6), 1);
      if (auto* value = std::get_if<Value>(&now)) values[i] = std::move(*value);
    }
    changed = Row(std::move(values));
    if (auto error = CheckConstraints(turn_, *def_, changed)) return turn_.Fail(std::move(*error));
    RowChange change;
    change.table = def_->id;
    change.kind = UndoKind::kUpdate;
    change.wants_exclusive_duplicate = true;  // trx_t::duplicates is set for the whole statement.
    change.old_row = existing;
    change.new_row = std::move(changed);
    is_renumbered = NewNumber(*def_, change.old_row, change.new_row).has_value();
    execution_.changes.push_back(std::move(change));
    execution_.changed += 2;
  } else if (ReportsHistory(turn_)) {
    ReportRowWritten(turn_, def_->id, existing, existing);
  }
  execution_.duplicate.reset();
  execution_.phase = is_renumbered ? kRenumbering : kChanging;
  return Progress::kDone;
}

Progress Inserter::FinishChange() {
  const Row row = execution_.changes.empty() ? Row() : execution_.changes.front().new_row;
  const bool had_change = !execution_.changes.empty();
  const Progress progress = WorkOffChanges(turn_);
  if (progress != Progress::kDone) return progress;
  if (execution_.duplicate.has_value()) {
    const DuplicateKey duplicate = *std::exchange(execution_.duplicate, std::nullopt);
    return turn_.Fail(errors::DuplicateEntry(*turn_.state.dialect, *def_, duplicate.index,
                                             DuplicateKeyText(*def_, duplicate.index, row)));
  }
  if (plan_.on_duplicate == sql::DuplicateHandling::kReplace) {
    ++execution_.changed;
    if (!execution_.replaces_by_update) {
      // The way is free: the row itself once more, with a row id of its own.
      if (def_->HasHiddenRowId()) {
        const auto id = static_cast<std::int64_t>(NextRowId(turn_.state, def_->id));
        execution_.new_row = WithRowId(execution_.new_row, Value::Int(id));
      }
      execution_.phase = kWriting;
      return Progress::kDone;
    }
    if (had_change) ++execution_.changed;
    NoteId();
  } else if (had_change) {
    if (const auto number = NewNumber(*def_, Row(), row))
      SkipIds(Value::Int(static_cast<std::int64_t>(*number)));
  }
  if (execution_.phase == kRenumbering) {
    execution_.new_row = row;
    execution_.phase = kCountingChange;
    return Progress::kDone;
  }
  execution_.values.clear();
  EndRow();
  return Progress::kDone;
}

Progress Inserter::CountChange() {
  const Progress progress = LockNumbers();
  if (progress != Progress::kDone) return progress;
  if (const auto number = NewNumber(*def_, Row(), execution_.new_row)) CountNumber(turn_, def_->id, *number);
  execution_.values.clear();
  EndRow();
  return Progress::kDone;
}

Progress Inserter::StepRow(bool& has_row) {
  has_row = true;
  switch (execution_.phase) {
    case kReading: {
      const Progress progress = ReadValues(has_row);
      if (progress != Progress::kDone || !has_row) return progress;
      execution_.next_id_before_row = execution_.next_id;
      execution_.row_id = 0;
      execution_.phase = kCompleting;
      return Progress::kDone;
    }
    case kCompleting:
      return Complete();
    case kWriting:
      return Write();
    case kCounting:
      return CountId();
    case kCountingChange:
      return CountChange();
    case kLockExisting:
      return LockExisting();
    case kUpdateExisting:
      return UpdateExisting();
    default:
      return FinishChange();
  }
}

Progress Inserter::Run() {
  const bool replaces = plan_.on_duplicate == sql::DuplicateHandling::kReplace ||
                        plan_.on_duplicate == sql::DuplicateHandling::kUpdate;
  if (IsInnoDb()) turn_.state.locks.SetReplacesDuplicates(EnsureTransaction(turn_), replaces);
  bool has_row = true;
  while (has_row) {
    const Progress progress = StepRow(has_row);
    if (progress != Progress::kDone) return progress;
  }
  execution_.result.affected = execution_.changed;
  return Progress::kDone;
}

}  // namespace

Progress RunInsert(Turn& turn) { return Inserter(turn).Run(); }

bool IsGeneratingId(const Execution& execution) {
  return execution.stage == StatementStage::kRun && execution.plan->insert.has_value() &&
         execution.phase == kCompleting;
}

}  // namespace nextkey
