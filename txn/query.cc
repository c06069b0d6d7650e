#include "txn/query.h"

#include <algorithm>
#include <utility>

#include "txn/access_path.h"
#include "txn/deferred.h"
#include "txn/history_report.h"
#include "txn/scan.h"
#include "txn/scan_ranges.h"
#include "txn/transaction.h"

namespace nextkey {
namespace {

const QueryPlan& PlanOf(const Turn& turn, std::uint32_t query) { return turn.execution.plan->queries[query]; }
QueryState& StateOf(Turn& turn, std::uint32_t query) { return turn.execution.queries[query]; }

// The rows that a block's expressions mean: its own and the enclosing blocks'.
class BlockView {
 public:
  BlockView(Turn& turn, std::uint32_t query, const EvaluateOptions& options) {
    std::int32_t block = static_cast<std::int32_t>(query);
    while (block >= 0) {
      const QueryState& state = turn.execution.queries[static_cast<std::size_t>(block)];
      views_.push_back(RowView{state.rows, {}, nullptr, nullptr});
      block = PlanOf(turn, static_cast<std::uint32_t>(block)).parent;
    }
    for (std::size_t i = 0; i + 1 < views_.size(); ++i) views_[i].outer = &views_[i + 1];
    views_[0].aggregates = options.aggregates;
    views_[0].inserted = options.inserted;
    if (!options.rows.empty()) views_[0].rows = options.rows;
  }

  const RowView& innermost() const { return views_[0]; }

 private:
  absl::InlinedVector<RowView, 2> views_;
};

void ForgetAnswers(const QueryPlan& plan, Memo& memo) {
  for (std::size_t slot = 0; slot < memo.size(); ++slot) {
    if (slot < plan.slot_is_kept.size() && plan.slot_is_kept[slot]) continue;
    memo[slot] = MemoEntry{};
  }
}

// A locking read of a table under one's own LOCK TABLES .. WRITE takes that statement's lock, X.
bool IsLockedForWrite(const Turn& turn, TableId table) {
  const std::vector<LockedTable>& locked = turn.session.locked_tables;
  return std::any_of(locked.begin(), locked.end(), [&](const LockedTable& l) {
    return l.table == table && l.kind == sql::TableLockKind::kWrite;
  });
}

ReadMode ModeFor(const Turn& turn, const TablePlan& table) {
  ReadMode mode{table.locking, table.waiting, false};
  if (mode.locking == sql::RowLocking::kShare && IsLockedForWrite(turn, table.id))
    mode.locking = sql::RowLocking::kUpdate;
  mode.may_be_semi_consistent = turn.execution.plan->change.has_value() &&
                                !turn.execution.plan->change->is_delete &&
                                table.locking == sql::RowLocking::kUpdate;
  return mode;
}

// --- Nested loops -----------------------------------------------------------------------------------

class Loop {
 public:
  Loop(Turn& turn, std::uint32_t query)
      : turn_(turn), query_(query), plan_(PlanOf(turn, query)), state_(StateOf(turn, query)) {}

  RowStep Next();

 private:
  enum class Turned : std::uint8_t { kGoOn, kRow, kEnd, kWaiting, kFailed };

  const TablePlan& table() const { return plan_.tables[plan_.order[state_.level]]; }
  ScanState& scan() { return state_.scans[state_.level]; }
  Row& row() { return state_.rows[plan_.order[state_.level]]; }
  bool IsLast() const { return state_.level + 1 == plan_.order.size(); }

  Turned DecideConstants();
  Turned FetchRow();
  Turned DecideRow();
  Turned EndLevel();
  // Decides conjuncts from state_.condition on.
  Turned Decide(const std::vector<BoundExpr>& conditions, bool& is_true);
  Turned Accept();
  // Tables of one row at most: the server reads all of them before it looks at any condition
  // (make_join_statistics), and so locks in those behind one that has no row as well.
  bool IsKnown() const { return state_.level < plan_.known_tables; }
  bool DependsOnMissing() const;
  Turned GoOnWithKnown();

  Turn& turn_;
  std::uint32_t query_;
  const QueryPlan& plan_;
  QueryState& state_;
};

bool Loop::DependsOnMissing() const {
  std::vector<bool> tables(plan_.tables.size());
  for (const std::vector<KeyCondition>& part : table().path.conditions) {
    for (const BoundExpr& key : part.front().keys) CollectTables(key, tables);
  }
  for (std::uint32_t level = 0; level < state_.level; ++level) {
    const std::uint32_t other = plan_.order[level];
    if (tables[other] && state_.rows[other].IsEmpty()) return true;
  }
  return false;
}

// The table at work has no row that fits, or one before it had none.
Loop::Turned Loop::GoOnWithKnown() {
  state_.is_impossible = true;
  state_.level_has_row = false;
  if (state_.level + 1 >= plan_.known_tables) {
    state_.stage = QueryStage::kFinished;
    return Turned::kEnd;
  }
  ++state_.level;
  scan() = ScanState{};
  return Turned::kGoOn;
}

Loop::Turned Loop::Decide(const std::vector<BoundExpr>& conditions, bool& is_true) {
  is_true = true;
  while (state_.condition < conditions.size()) {
    Value value;
    const Progress progress = EvaluateIn(turn_, query_, conditions[state_.condition], value);
    if (progress == Progress::kWaiting) return Turned::kWaiting;
    if (progress == Progress::kFailed) return Turned::kFailed;
    if (!IsTrue(value)) {
      is_true = false;
      break;
    }
    ++state_.condition;
  }
  state_.condition = 0;
  return Turned::kGoOn;
}

Loop::Turned Loop::DecideConstants() {
  bool is_true = true;
  if (const Turned turned = Decide(plan_.constant_conditions, is_true); turned != Turned::kGoOn)
    return turned;
  state_.stage = is_true ? QueryStage::kScanning : QueryStage::kFinished;
  return is_true ? Turned::kGoOn : Turned::kEnd;
}

Loop::Turned Loop::FetchRow() {
  ScanState& scan = this->scan();
  if (state_.is_impossible && DependsOnMissing()) {
    row() = Row();
    return GoOnWithKnown();
  }
  if (scan.position == ScanPosition::kEnded && scan.ranges.empty()) return EndLevel();
  if (scan.position == ScanPosition::kClosed && scan.ranges.empty()) {
    const Progress progress = MakeRanges(turn_, query_, table(), scan.ranges);
    if (progress == Progress::kWaiting) return Turned::kWaiting;
    if (progress == Progress::kFailed) return Turned::kFailed;
    // Where no key can match the table is not even opened for reading: no intention lock, no read view.
    if (scan.ranges.empty()) {
      scan.position = ScanPosition::kEnded;
      return EndLevel();
    }
  }
  const bool was_closed = scan.position == ScanPosition::kClosed;
  const Fetched fetched = FetchNext(turn_, table(), ModeFor(turn_, table()), ViewOf(turn_), scan, row());
  if (ReportsHistory(turn_) && was_closed && scan.position != ScanPosition::kClosed)
    ReportScanOpened(turn_, query_, state_.level, ModeFor(turn_, table()));
  switch (fetched) {
    case Fetched::kRow:
      if (IsKnown()) scan.found_match = true;
      state_.level_has_row = true;
      state_.condition = 0;
      return Turned::kGoOn;
    case Fetched::kEnd:
      if (ReportsHistory(turn_)) ReportScanEnded(turn_, query_, state_.level);
      return EndLevel();
    case Fetched::kWaiting:
      return Turned::kWaiting;
    case Fetched::kFailed:
      return Turned::kFailed;
  }
  return Turned::kFailed;
}

// A level's rows are used up: a LEFT JOIN without a match gives a row of NULLs; else the level
// above moves on.
Loop::Turned Loop::EndLevel() {
  if (table().is_outer && !scan().found_match) {
    scan().found_match = true;
    row() = Row();
    state_.level_has_row = true;
    state_.condition = 0;
    return Turned::kGoOn;
  }
  if (IsKnown() && !scan().found_match) {
    row() = Row();
    return GoOnWithKnown();
  }
  scan() = ScanState{};
  if (state_.level == 0) {
    state_.stage = QueryStage::kFinished;
    return Turned::kEnd;
  }
  --state_.level;
  return Turned::kGoOn;
}

Loop::Turned Loop::DecideRow() {
  if (state_.is_impossible) return GoOnWithKnown();
  bool is_true = true;
  ScanState& scan = this->scan();
  const bool is_null_row = table().is_outer && scan.position == ScanPosition::kEnded;
  if (!state_.join_is_decided && !is_null_row) {
    if (const Turned turned = Decide(table().join_conditions, is_true); turned != Turned::kGoOn)
      return turned;
    scan.found_match |= is_true;
  }
  if (is_true) {
    state_.join_is_decided = true;
    if (const Turned turned = Decide(table().conditions, is_true); turned != Turned::kGoOn) return turned;
  }
  state_.join_is_decided = false;
  state_.level_has_row = false;
  if (is_true && scan.is_semi_consistent) {
    scan.must_wait = true;  // It matches: read it again, as it is now.
    return Turned::kGoOn;
  }
  scan.must_advance = true;
  if (ReportsHistory(turn_) && !is_null_row)
    ReportRowRead(turn_, query_, state_.level, ModeFor(turn_, table()), is_true);
  if (!is_true) {
    if (IsKnown()) return GoOnWithKnown();
    if (scan.position == ScanPosition::kOnRecord)
      UnlockFetched(turn_, table(), ModeFor(turn_, table()), scan, LockRule::kLetGoUnmatchedRow);
    return Turned::kGoOn;
  }
  return Accept();
}

Loop::Turned Loop::Accept() {
  if (IsLast()) return Turned::kRow;
  ++state_.level;
  scan() = ScanState{};
  return Turned::kGoOn;
}

RowStep Loop::Next() {
  if (state_.stage == QueryStage::kIdle) {
    ResetQuery(plan_, state_);
    state_.stage = QueryStage::kConstantConditions;
  }
  while (true) {
    Turned turned = Turned::kEnd;
    if (state_.stage == QueryStage::kConstantConditions) {
      turned = DecideConstants();
      if (turned == Turned::kGoOn && plan_.tables.empty()) {
        state_.stage = QueryStage::kFinished;
        return RowStep::kRow;  // SELECT without a table: one row.
      }
    } else if (state_.stage == QueryStage::kScanning) {
      turned = state_.level_has_row ? DecideRow() : FetchRow();
    }
    switch (turned) {
      case Turned::kGoOn:
        continue;
      case Turned::kRow:
        return RowStep::kRow;
      case Turned::kEnd:
        return RowStep::kEnd;
      case Turned::kWaiting:
        return RowStep::kWaiting;
      case Turned::kFailed:
        return RowStep::kFailed;
    }
  }
}

// --- Output -------------------------------------------------------------------------------------------

class Output {
 public:
  Output(Turn& turn, std::uint32_t query)
      : turn_(turn), query_(query), plan_(PlanOf(turn, query)), state_(StateOf(turn, query)) {}

  Progress Run();

 private:
  Progress FindLimit();
  Progress CollectRow();
  Progress CollectIntoGroup();
  Progress EmitGroups();
  // Evaluates output expressions, then sort keys, of one row, from state_.item on.
  Progress EmitRow(const EvaluateOptions& options);
  bool StopsEarly() const {
    return plan_.order_by.empty() && !plan_.is_distinct && !plan_.is_grouped &&
           state_.output.size() >= state_.row_limit;
  }
  void Finish();

  Turn& turn_;
  std::uint32_t query_;
  const QueryPlan& plan_;
  QueryState& state_;
};

Progress Output::FindLimit() {
  std::uint64_t limit = UINT64_MAX;
  std::uint64_t offset = 0;
  for (const auto& [expression, target] :
       {std::pair(&plan_.limit, &limit), std::pair(&plan_.offset, &offset)}) {
    if (!expression->has_value()) continue;
    Value value;
    const Progress progress = EvaluateIn(turn_, query_, **expression, value);
    if (progress != Progress::kDone) return progress;
    *target = static_cast<std::uint64_t>(std::max<std::int64_t>(0, ToInteger(value).value_or(0)));
  }
  state_.row_limit = limit > UINT64_MAX - offset ? UINT64_MAX : limit + offset;
  state_.row_offset = offset;
  state_.limit_known = true;
  return Progress::kDone;
}

Progress Output::EmitRow(const EvaluateOptions& options) {
  const std::size_t columns = plan_.output.size();
  const std::size_t all = columns + plan_.order_by.size();
  while (state_.item < all) {
    const std::size_t item = state_.item;
    const BoundExpr& expression =
        item < columns ? plan_.output[item].expression : plan_.order_by[item - columns].expression;
    Value value;
    const Progress progress = EvaluateIn(turn_, query_, expression, value, options);
    if (progress != Progress::kDone) return progress;
    (item < columns ? state_.partial.values : state_.partial.sort_key).push_back(std::move(value));
    ++state_.item;
  }
  state_.output.push_back(std::exchange(state_.partial, OutputRow{}));
  state_.item = 0;
  return Progress::kDone;
}

// Adds the current row to its group. Keys and arguments are evaluated in one go: state_.partial holds
// those that are there already.
Progress Output::CollectIntoGroup() {
  std::vector<Value>& values = state_.partial.values;
  while (values.size() < plan_.group_by.size() + plan_.aggregates.size()) {
    const std::size_t item = values.size();
    Value value = Value::Int(1);
    if (item < plan_.group_by.size()) {
      const Progress progress = EvaluateIn(turn_, query_, plan_.group_by[item], value);
      if (progress != Progress::kDone) return progress;
    } else if (const BoundExpr& aggregate = plan_.aggregates[item - plan_.group_by.size()];
               !aggregate.args.empty() && aggregate.args[0].op != sql::Op::kStar) {
      const Progress progress = EvaluateIn(turn_, query_, aggregate.args[0], value);
      if (progress != Progress::kDone) return progress;
    }
    values.push_back(std::move(value));
  }
  const auto keys_end = values.begin() + static_cast<std::ptrdiff_t>(plan_.group_by.size());
  const std::vector<Value> key(values.begin(), keys_end);
  auto group = std::find_if(state_.groups.begin(), state_.groups.end(), [&](const GroupState& candidate) {
    for (std::size_t i = 0; i < key.size(); ++i) {
      if (Value::CompareStored(candidate.key[i], key[i], plan_.group_by[i].collation) != 0) return false;
    }
    return true;
  });
  if (group == state_.groups.end()) {
    GroupState fresh{key, state_.rows, {}};
    for (const BoundExpr& aggregate : plan_.aggregates) fresh.aggregators.emplace_back(aggregate);
    state_.groups.push_back(std::move(fresh));
    group = std::prev(state_.groups.end());
  }
  for (std::size_t i = 0; i < plan_.aggregates.size(); ++i) {
    group->aggregators[i].Add(values[plan_.group_by.size() + i]);
  }
  values.clear();
  return Progress::kDone;
}

Progress Output::CollectRow() { return plan_.is_grouped ? CollectIntoGroup() : EmitRow({}); }

Progress Output::EmitGroups() {
  if (state_.groups.empty() && plan_.group_by.empty()) {
    // Aggregates over no rows still give one row.
    GroupState empty{{}, JoinedRow(plan_.tables.size()), {}};
    for (const BoundExpr& aggregate : plan_.aggregates) empty.aggregators.emplace_back(aggregate);
    state_.groups.push_back(std::move(empty));
  }
  while (state_.group < state_.groups.size()) {
    const GroupState& group = state_.groups[state_.group];
    std::vector<Value> aggregates;
    for (const Aggregator& aggregator : group.aggregators) aggregates.push_back(aggregator.Finish());
    EvaluateOptions options;
    options.aggregates = aggregates;
    options.rows = group.rows;
    if (plan_.having.has_value() && !state_.having_is_decided) {
      Value value;
      const Progress progress = EvaluateIn(turn_, query_, *plan_.having, value, options);
      if (progress != Progress::kDone) return progress;
      if (!IsTrue(value)) {
        ++state_.group;
        continue;
      }
      state_.having_is_decided = true;
    }
    const Progress progress = EmitRow(options);
    if (progress != Progress::kDone) return progress;
    state_.having_is_decided = false;
    ++state_.group;
  }
  return Progress::kDone;
}

void Output::Finish() {
  std::vector<OutputRow>& rows = state_.output;
  if (plan_.is_distinct) {
    std::vector<OutputRow> distinct;
    for (OutputRow& row : rows) {
      const bool is_new = std::none_of(distinct.begin(), distinct.end(), [&](const OutputRow& other) {
        for (std::size_t i = 0; i < row.values.size(); ++i) {
          if (Value::CompareStored(row.values[i], other.values[i], plan_.output[i].expression.collation) != 0)
            return false;
        }
        return true;
      });
      if (is_new) distinct.push_back(std::move(row));
    }
    rows = std::move(distinct);
  }
  if (!plan_.order_by.empty()) {
    std::stable_sort(rows.begin(), rows.end(), [&](const OutputRow& a, const OutputRow& b) {
      for (std::size_t i = 0; i < plan_.order_by.size(); ++i) {
        const auto order =
            Value::CompareStored(a.sort_key[i], b.sort_key[i], plan_.order_by[i].expression.collation);
        if (order != 0) return plan_.order_by[i].is_descending ? order > 0 : order < 0;
      }
      return false;
    });
  }
  if (rows.size() > state_.row_limit) rows.resize(state_.row_limit);
  const auto skipped = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(state_.row_offset, rows.size()));
  rows.erase(rows.begin(), rows.begin() + skipped);
  state_.is_complete = true;
}

Progress Output::Run() {
  if (state_.is_complete) return Progress::kDone;
  if (!state_.limit_known) {
    if (const Progress progress = FindLimit(); progress != Progress::kDone) return progress;
  }
  while (state_.is_emitting || (!StopsEarly() && !state_.has_all_rows)) {
    if (!state_.is_emitting) {
      const RowStep step = NextJoinedRow(turn_, query_);
      if (step == RowStep::kWaiting) return Progress::kWaiting;
      if (step == RowStep::kFailed) return Progress::kFailed;
      if (step == RowStep::kEnd) {
        state_.has_all_rows = true;
        break;
      }
      state_.is_emitting = true;
    }
    if (const Progress progress = CollectRow(); progress != Progress::kDone) return progress;
    state_.is_emitting = false;
    if (plan_.is_answered_by_first_row) state_.has_all_rows = true;
  }
  if (plan_.is_grouped) {
    if (const Progress progress = EmitGroups(); progress != Progress::kDone) return progress;
  }
  Finish();
  return Progress::kDone;
}

}  // namespace

SessionView ViewOf(Turn& turn) {
  SessionView view;
  view.user_variables = &turn.session.user_variables;
  view.session_variables = &turn.session.variables;
  view.global_variables = &turn.state.global;
  view.now_us = turn.execution.started_us;
  view.last_insert_id = &turn.session.last_insert_id;
  view.row_count = turn.session.row_count;
  view.found_rows = turn.session.found_rows;
  view.session = turn.session_id;
  view.schema = errors::kSchema;
  view.warnings = &turn.execution.result.warnings;
  const StatementPlan* plan = turn.execution.plan.get();
  const bool writes =
      plan != nullptr && (plan->insert.has_value() || (plan->change.has_value() && !plan->change->is_delete));
  view.is_strict = writes && turn.session.variables.IsStrict();
  return view;
}

void ResetQuery(const QueryPlan& plan, QueryState& state) {
  const std::size_t slots = plan.slot_is_kept.size();
  state = QueryState{};
  state.scans.resize(plan.tables.size());
  state.rows.resize(plan.tables.size());
  state.memo.resize(slots);
}

RowStep NextJoinedRow(Turn& turn, std::uint32_t query) { return Loop(turn, query).Next(); }

Progress RunQuery(Turn& turn, std::uint32_t query) {
  QueryState& state = StateOf(turn, query);
  if (state.stage == QueryStage::kIdle) {
    ResetQuery(PlanOf(turn, query), state);
    state.stage = QueryStage::kConstantConditions;
  }
  return Output(turn, query).Run();
}

Progress EvaluateIn(Turn& turn, std::uint32_t query, const BoundExpr& expression, Value& value,
                    const EvaluateOptions& options) {
  while (true) {
    QueryState& state = StateOf(turn, query);
    const BlockView view(turn, query, options);
    Evaluated evaluated = Evaluate(expression, view.innermost(), ViewOf(turn), state.memo);
    if (auto* answer = std::get_if<Value>(&evaluated)) {
      value = std::move(*answer);
      ForgetAnswers(PlanOf(turn, query), state.memo);
      return Progress::kDone;
    }
    if (auto* error = std::get_if<SqlError>(&evaluated)) return turn.Fail(std::move(*error));
    const Deferred& deferred = std::get<Deferred>(evaluated);
    MemoEntry entry;
    const Progress progress = RunDeferred(turn, &PlanOf(turn, query), deferred, entry);
    if (progress != Progress::kDone) return progress;
    StateOf(turn, query).memo[static_cast<std::size_t>(deferred.node->slot)] = std::move(entry);
  }
}

Progress EvaluateAlone(Turn& turn, const BoundExpr& expression, Value& value, std::span<const Row> rows,
                       const Row* inserted) {
  const StatementPlan& plan = *turn.execution.plan;
  while (true) {
    Execution& execution = turn.execution;
    if (execution.memo.size() < plan.slot_count) execution.memo.resize(plan.slot_count);
    const RowView view{rows, {}, inserted, nullptr};
    Evaluated evaluated = Evaluate(expression, view, ViewOf(turn), execution.memo);
    if (auto* answer = std::get_if<Value>(&evaluated)) {
      value = std::move(*answer);
      execution.memo.assign(plan.slot_count, MemoEntry{});
      return Progress::kDone;
    }
    if (auto* error = std::get_if<SqlError>(&evaluated)) return turn.Fail(std::move(*error));
    const Deferred& deferred = std::get<Deferred>(evaluated);
    MemoEntry entry;
    const Progress progress = RunDeferred(turn, nullptr, deferred, entry);
    if (progress != Progress::kDone) return progress;
    execution.memo[static_cast<std::size_t>(deferred.node->slot)] = std::move(entry);
  }
}

}  // namespace nextkey
