#include "txn/change.h"

#include <algorithm>
#include <utility>

#include "txn/auto_increment.h"
#include "txn/dialect_errors.h"
#include "txn/history_report.h"
#include "txn/new_rows.h"
#include "txn/query.h"
#include "txn/row_change.h"
#include "txn/transaction.h"

namespace nextkey {
namespace {

enum ChangePhase : std::uint32_t {
  kFindLimit,
  kFinding,    // The next row is looked for; buffered statements collect all rows here.
  kSortKeys,   // ORDER BY: the keys of a row that was found.
  kStarting,   // The next row or, of a row, the next table is taken up.
  kAssigning,  // UPDATE: the new values are evaluated.
  kWritingRow,
  kRenumberingRow,  // As kWritingRow; the row gets another AUTO_INCREMENT number, and the counter follows.
};

// IGNORE passes over a row that a foreign key keeps as it is.
bool IsForeignKeyError(const SqlError& error) { return error.number == 1451 || error.number == 1452; }

bool Reads(const BoundExpr& expression, const AssignmentPlan& target) {
  const bool is_it = expression.op == sql::Op::kColumn && expression.column.table == target.table &&
                     expression.column.column == target.column;
  return is_it || std::any_of(expression.args.begin(), expression.args.end(),
                              [&](const BoundExpr& arg) { return Reads(arg, target); });
}

class Changer {
 public:
  explicit Changer(Turn& turn)
      : turn_(turn),
        execution_(turn.execution),
        plan_(*turn.execution.plan->change),
        query_(turn.execution.plan->queries[0]) {}

  Progress Run();

 private:
  QueryState& state() { return execution_.queries[0]; }

  Progress FindLimit();
  Progress Find();
  Progress CollectSortKeys();
  void SortBuffer();
  Progress StartTable();
  Progress Assign();
  bool ReadsWhatItAssigns() const;
  Progress FinishUpdate();
  Progress CountNewNumber();
  Progress Write();
  void ForgetPlaces();
  void NextTable();

  std::uint32_t Target() const { return plan_.targets[execution_.target]; }
  const TableDef& TargetDef() const { return *query_.tables[Target()].table.def; }
  std::optional<Row> CurrentRow() const;

  Turn& turn_;
  Execution& execution_;
  const ChangePlan& plan_;
  const QueryPlan& query_;
};

Progress Changer::FindLimit() {
  if (state().stage == QueryStage::kIdle) {
    ResetQuery(query_, state());
    state().stage = QueryStage::kConstantConditions;
  }
  if (query_.limit.has_value()) {
    Value value;
    const Progress progress = EvaluateIn(turn_, 0, *query_.limit, value);
    if (progress != Progress::kDone) return progress;
    state().row_limit = static_cast<std::uint64_t>(std::max<std::int64_t>(0, ToInteger(value).value_or(0)));
  }
  execution_.phase = kFinding;
  return Progress::kDone;
}

Progress Changer::Find() {
  const bool sorts = !query_.order_by.empty();
  const bool is_full = !sorts && execution_.matched >= state().row_limit;
  const RowStep step = is_full ? RowStep::kEnd : NextJoinedRow(turn_, 0);
  if (step == RowStep::kWaiting) return Progress::kWaiting;
  if (step == RowStep::kFailed) return Progress::kFailed;
  if (step == RowStep::kEnd) {
    execution_.all_found = true;
    if (sorts) SortBuffer();
    execution_.phase = kStarting;
    return Progress::kDone;
  }
  ++execution_.matched;
  execution_.buffer.push_back(state().rows);
  execution_.phase = sorts ? kSortKeys : (plan_.is_buffered ? kFinding : kStarting);
  return Progress::kDone;
}

Progress Changer::CollectSortKeys() {
  std::vector<Value>& keys = state().partial.sort_key;
  while (keys.size() < query_.order_by.size()) {
    Value value;
    const Progress progress = EvaluateIn(turn_, 0, query_.order_by[keys.size()].expression, value);
    if (progress != Progress::kDone) return progress;
    keys.push_back(std::move(value));
  }
  state().output.push_back({{}, std::exchange(keys, {})});
  execution_.phase = kFinding;
  return Progress::kDone;
}

void Changer::SortBuffer() {
  std::vector<std::size_t> order(execution_.buffer.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    for (std::size_t i = 0; i < query_.order_by.size(); ++i) {
      const SortKey& key = query_.order_by[i];
      const auto compared = Value::CompareStored(state().output[a].sort_key[i], state().output[b].sort_key[i],
                                                 key.expression.collation);
      if (compared != 0) return key.is_descending ? compared > 0 : compared < 0;
    }
    return false;
  });
  std::vector<JoinedRow> sorted;
  for (std::size_t i : order) {
    if (sorted.size() < state().row_limit) sorted.push_back(std::move(execution_.buffer[i]));
  }
  execution_.buffer = std::move(sorted);
}

// The row as it is now: an earlier change of this statement may have touched it.
std::optional<Row> Changer::CurrentRow() const {
  const Row& found = execution_.buffer[execution_.row][Target()];
  if (found.IsEmpty()) return std::nullopt;  // The NULLs of a LEFT JOIN.
  const Table& table = *turn_.state.catalog.Find(TargetDef().id);
  const std::optional<Place> place = table.clustered().Find(table.clustered().KeyOf(found));
  if (!place.has_value() || table.clustered().At(*place).is_deleted) return std::nullopt;
  return table.clustered().At(*place).row;
}

Progress Changer::StartTable() {
  if (execution_.row >= execution_.buffer.size()) {
    execution_.buffer.clear();
    execution_.row = 0;
    execution_.phase = kFinding;
    return Progress::kDone;
  }
  const std::optional<Row> current = CurrentRow();
  if (!current.has_value()) {
    NextTable();
    return Progress::kDone;
  }
  const Transaction* transaction = CurrentTransaction(turn_);
  execution_.row_undo_mark = transaction == nullptr ? 0 : transaction->undo.size();
  execution_.values.assign(current->values().begin(), current->values().end());
  execution_.value = 0;
  if (!plan_.is_delete) {
    execution_.phase = kAssigning;
    return Progress::kDone;
  }
  RowChange change;
  change.table = TargetDef().id;
  change.kind = UndoKind::kDelete;
  change.old_row = *current;
  execution_.changes.push_back(std::move(change));
  execution_.phase = kWritingRow;
  return Progress::kDone;
}

Progress Changer::Assign() {
  const TableDef& def = TargetDef();
  for (; execution_.value < plan_.assignments.size(); ++execution_.value) {
    const AssignmentPlan& assignment = plan_.assignments[execution_.value];
    if (assignment.table != Target()) continue;
    const ColumnDef& column = def.columns[assignment.column];
    Value value;
    if (assignment.value.op == sql::Op::kDefault && assignment.value.name.empty()) {
      auto standard = DefaultValue(column, execution_.started_us);
      if (auto* error = std::get_if<SqlError>(&standard)) return turn_.Fail(std::move(*error));
      value = std::get<Value>(std::move(standard));
    } else {
      // A later assignment sees what an earlier one set.
      JoinedRow rows = execution_.buffer[execution_.row];
      rows[Target()] = Row(execution_.values);
      EvaluateOptions options;
      options.rows = rows;
      const Progress progress = EvaluateIn(turn_, 0, assignment.value, value, options);
      if (progress != Progress::kDone) return progress;
    }
    auto converted = ConvertFor(def, column, value, execution_.matched);
    if (auto* error = std::get_if<SqlError>(&converted)) return turn_.Fail(std::move(*error));
    execution_.values[assignment.column] = std::get<Value>(std::move(converted));
  }
  return FinishUpdate();
}

// Only then does the server see itself that nothing changes; else it is the engine that finds out, and the
// statement counts as writing (records_are_comparable).
bool Changer::ReadsWhatItAssigns() const {
  return std::all_of(plan_.assignments.begin(), plan_.assignments.end(), [&](const AssignmentPlan& target) {
    const auto reads = [&](const BoundExpr& expression) { return Reads(expression, target); };
    const TablePlan& table = query_.tables[target.table];
    return std::any_of(table.conditions.begin(), table.conditions.end(), reads) ||
           std::any_of(table.index_conditions.begin(), table.index_conditions.end(), reads) ||
           std::any_of(plan_.assignments.begin(), plan_.assignments.end(),
                       [&](const AssignmentPlan& other) { return reads(other.value); });
  });
}

Progress Changer::FinishUpdate() {
  const TableDef& def = TargetDef();
  const Row old_row = *CurrentRow();
  if (std::ranges::equal(execution_.values, old_row.values())) {  // Nothing changes: no version is made.
    execution_.wrote_rows |= def.engine == StorageEngine::kInnoDb && !ReadsWhatItAssigns();
    if (ReportsHistory(turn_)) ReportRowWritten(turn_, def.id, old_row, old_row);
    NextTable();
    return Progress::kDone;
  }
  for (std::uint32_t i = 0; i < def.columns.size(); ++i) {
    const bool is_assigned =
        std::any_of(plan_.assignments.begin(), plan_.assignments.end(),
                    [&](const AssignmentPlan& a) { return a.table == Target() && a.column == i; });
    if (!def.columns[i].on_update_current_timestamp || is_assigned) continue;
    auto now = ConvertFor(def, def.columns[i], Value::DateTime(execution_.started_us, 6), 1);
    if (auto* value = std::get_if<Value>(&now)) execution_.values[i] = std::move(*value);
  }
  RowChange change;
  change.table = def.id;
  change.kind = UndoKind::kUpdate;
  change.old_row = old_row;
  change.new_row = Row(execution_.values);
  if (auto error = CheckConstraints(turn_, def, change.new_row)) return turn_.Fail(std::move(*error));
  execution_.new_row = change.new_row;
  execution_.phase = NewNumber(def, old_row, change.new_row).has_value() ? kRenumberingRow : kWritingRow;
  execution_.changes.push_back(std::move(change));
  return Progress::kDone;
}

// A number that is not higher than the counter takes the lock, too.
Progress Changer::CountNewNumber() {
  const Progress progress = LockAutoIncrement(turn_, TargetDef(), LockRule::kAutoIncrementOfUpdate);
  const auto number = NewNumber(TargetDef(), Row(), execution_.new_row);
  if (progress == Progress::kDone && number.has_value()) CountNumber(turn_, TargetDef().id, *number);
  return progress;
}

Progress Changer::Write() {
  const Progress progress = WorkOffChanges(turn_);
  if (progress == Progress::kFailed && plan_.is_ignore && IsForeignKeyError(*execution_.error)) {
    const SqlError why = *std::exchange(execution_.error, std::nullopt);
    execution_.changes.clear();
    RollbackTo(turn_.state, turn_.events, turn_.session.trx, execution_.row_undo_mark);
    execution_.result.warnings.push_back({why.number, why.message});
    NextTable();
    return Progress::kDone;
  }
  if (progress != Progress::kDone) return progress;
  if (execution_.duplicate.has_value()) {
    const DuplicateKey duplicate = *std::exchange(execution_.duplicate, std::nullopt);
    SqlError error =
        errors::DuplicateEntry(*turn_.state.dialect, TargetDef(), duplicate.index,
                               DuplicateKeyText(TargetDef(), duplicate.index, execution_.new_row));
    if (!plan_.is_ignore) return turn_.Fail(std::move(error));
    if (!turn_.session.trx.IsNull()) {
      RollbackTo(turn_.state, turn_.events, turn_.session.trx, execution_.row_undo_mark);
    }
    execution_.result.warnings.push_back({error.number, error.message});
  } else {
    if (execution_.phase == kRenumberingRow) {
      const Progress counted = CountNewNumber();
      if (counted != Progress::kDone) return counted;
    }
    ++execution_.changed;
  }
  NextTable();
  return Progress::kDone;
}

// DELETE of everything cuts MyISAM's file off (mi_delete_all_rows).
void Changer::ForgetPlaces() {
  const auto* statement = std::get_if<sql::DeleteStatement>(&execution_.statement->body);
  const bool takes_all = statement != nullptr && statement->tables.size() == 1 &&
                         statement->where == nullptr && !statement->limit.has_value();
  if (!takes_all || TargetDef().engine != StorageEngine::kMyIsam) return;
  Table& table = *turn_.state.catalog.FindForWrite(TargetDef().id);
  table.free_row_ids.clear();
  table.next_row_id = 1;
}

void Changer::NextTable() {
  execution_.phase = kStarting;
  if (++execution_.target < plan_.targets.size()) return;
  execution_.target = 0;
  ++execution_.row;
}

Progress Changer::Run() {
  while (true) {
    Progress progress = Progress::kDone;
    switch (execution_.phase) {
      case kFindLimit:
        progress = FindLimit();
        break;
      case kFinding:
        if (execution_.all_found) {
          ForgetPlaces();
          execution_.result.affected = execution_.changed;
          return Progress::kDone;
        }
        progress = Find();
        break;
      case kSortKeys:
        progress = CollectSortKeys();
        break;
      case kStarting:
        progress = StartTable();
        break;
      case kAssigning:
        progress = Assign();
        break;
      default:
        progress = Write();
        break;
    }
    if (progress != Progress::kDone) return progress;
  }
}

}  // namespace

Progress RunChange(Turn& turn) { return Changer(turn).Run(); }

}  // namespace nextkey
