#include "txn/drive.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "txn/auto_increment.h"
#include "txn/change.h"
#include "txn/control.h"
#include "txn/deferred.h"
#include "txn/definitions.h"
#include "txn/explain.h"
#include "txn/insert.h"
#include "txn/kill.h"
#include "txn/lock_rules.h"
#include "txn/plan_remarks.h"
#include "txn/planner.h"
#include "txn/query.h"
#include "txn/statement_tables.h"
#include "txn/system_tables.h"
#include "txn/table_locks.h"
#include "txn/transaction.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

Progress RunStatement(Turn& turn, const std::shared_ptr<const sql::SelectStatement>& select) {
  const Progress progress = RunQuery(turn, 0);
  if (progress != Progress::kDone) return progress;
  const QueryPlan& plan = turn.execution.plan->queries[0];
  std::vector<OutputRow>& output = turn.execution.queries[0].output;
  if (!select->into_variables.empty()) {
    if (output.size() > 1)
      return turn.Fail(errors::MakeError(1172, "42000", "Result consisted of more than one row"));
    if (output.empty()) {
      turn.execution.result.warnings.push_back({1329, "No data - zero rows fetched, selected, or processed"});
      return Progress::kDone;
    }
    for (std::size_t i = 0; i < plan.output.size(); ++i) {
      turn.session.user_variables[select->into_variables[i]] = output[0].values[i];
    }
    turn.execution.result.affected = 1;
    return Progress::kDone;
  }
  StatementResult& result = turn.execution.result;
  result.has_rows = true;
  for (const OutputColumn& column : plan.output) result.columns.push_back(column.heading);
  for (OutputRow& row : output) result.rows.push_back(std::move(row.values));
  turn.session.found_rows = static_cast<std::int64_t>(result.rows.size());
  return Progress::kDone;
}

Progress RunStatement(Turn& turn, const sql::InsertStatement&) { return RunInsert(turn); }
Progress RunStatement(Turn& turn, const sql::UpdateStatement&) { return RunChange(turn); }
Progress RunStatement(Turn& turn, const sql::DeleteStatement&) { return RunChange(turn); }

bool IsDefinition(const sql::Statement& statement) {
  return std::holds_alternative<sql::CreateTableStatement>(statement.body) ||
         std::holds_alternative<sql::DropTableStatement>(statement.body) ||
         std::holds_alternative<sql::TruncateStatement>(statement.body) ||
         std::holds_alternative<sql::AnalyzeTableStatement>(statement.body) ||
         std::holds_alternative<sql::AlterTableStatement>(statement.body);
}

bool IsLockTables(const sql::Statement& statement) {
  return std::holds_alternative<sql::LockTablesStatement>(statement.body);
}

// performance_schema's tables are locked like others; the rest of the server's own are made up, not opened.
std::optional<MdlKey> KeyOf(const NamedTable& table) {
  if (!table.IsSystem()) return MdlKey{MdlSpace::kTable, table.name};
  if (table.system_schema != kPerformanceSchema) return std::nullopt;
  return MdlKey{MdlSpace::kTable, table.system_schema + '\0' + table.name};
}

class Driver {
 public:
  explicit Driver(Turn& turn)
      : turn_(turn),
        execution_(turn.execution),
        statement_(*turn.execution.statement),
        tables_(statement_.tables) {}

  Progress Run();

 private:
  Progress RunStage();
  Progress Start();
  Progress Protect();
  Progress OpenTables();
  bool UsesInnoDb() const;
  Progress Plan();
  std::optional<SqlError> ChoosePlan(const Memo* answers);
  Progress RunEarlySubqueries();
  Progress Work();
  bool IsRowTimeout() const;
  Characteristics OutlivingCharacteristics() const;
  void Fail();
  void Finish();
  void ReleaseStatementLocks();
  void CloseStatementView();
  // Made when it is first asked for: only who opens tables needs it.
  const OpenedTables& Opened() {
    if (!opened_.has_value()) opened_.emplace(turn_.state.catalog, statement_);
    return *opened_;
  }
  void Advance(StatementStage stage) {
    execution_.stage = stage;
    execution_.next_lock = 0;
  }

  Turn& turn_;
  Execution& execution_;
  const sql::Statement& statement_;
  const std::vector<NamedTable>& tables_;
  std::optional<OpenedTables> opened_;
};

Progress Driver::Start() {
  execution_.started_us = turn_.state.now_us;
  const Transaction* transaction = CurrentTransaction(turn_);
  execution_.undo_mark = transaction == nullptr ? 0 : transaction->undo.size();
  if (auto error = CheckAllowed(turn_, Opened())) return turn_.Fail(std::move(*error));
  // UPDATE alone finds out that a table is missing when it has locked those in front of it (LockMetadata).
  const bool is_update = std::holds_alternative<sql::UpdateStatement>(statement_.body);
  for (const NamedTable& table : tables_) {
    if (!is_update && !table.IsSystem() && turn_.state.catalog.Find(table.name) == nullptr)
      return turn_.Fail(errors::NoSuchTable(table.name));
  }
  Advance(StatementStage::kMetadata);
  return Progress::kDone;
}

// Keeps FLUSH TABLES WITH READ LOCK away, or is kept away by it.
Progress Driver::Protect() {
  if (turn_.session.holds_global_read_lock) return turn_.Fail(errors::GlobalReadLock());
  if (turn_.state.metadata.Holds(turn_.session_id, kBackupKey, MdlMode::kBackupDml)) return Progress::kDone;
  return LockMetadata(turn_, kBackupKey, MdlMode::kBackupDml, MdlDuration::kStatement);
}

// Opens the tables in their order; the first one that is written brings the backup lock with it. UPDATE
// keeps, to the end of the transaction, the metadata locks that it took before it found out that a table is
// missing, that one's included (open_tables against open_and_lock_tables).
Progress Driver::OpenTables() {
  const OpenedTables& tables = Opened();
  for (; execution_.next_lock < tables.size(); ++execution_.next_lock) {
    const NamedTable& table = tables[execution_.next_lock];
    const std::optional<MdlKey> key = KeyOf(table);
    if (!key.has_value()) continue;
    const Progress locked = LockMetadata(turn_, *key, table.mode, MdlDuration::kTransaction);
    if (locked != Progress::kDone) return locked;
    if (table.IsSystem()) continue;
    if (turn_.state.catalog.Find(table.name) == nullptr) return turn_.Fail(errors::NoSuchTable(table.name));
    if (table.mode != MdlMode::kSharedWrite) continue;
    const Progress is_protected = Protect();
    if (is_protected != Progress::kDone) return is_protected;
  }
  Advance(StatementStage::kPlan);
  return Progress::kDone;
}

Progress Driver::Plan() {
  auto opened = OpenSystemTables({turn_.state, turn_.session, turn_.state.now_us, {}}, tables_);
  if (auto* error = std::get_if<SqlError>(&opened)) return turn_.Fail(std::move(*error));
  execution_.system_tables = std::get<std::vector<SystemTableRef>>(std::move(opened));
  if (auto error = ChoosePlan(nullptr)) return turn_.Fail(std::move(*error));
  execution_.queries.resize(execution_.plan->queries.size());
  execution_.memo.resize(execution_.plan->slot_count);
  if (!tables_.empty()) CloseStatementView();
  Advance(StatementStage::kTableLocks);
  return Progress::kDone;
}

std::optional<SqlError> Driver::ChoosePlan(const Memo* answers) {
  const SessionView session = ViewOf(turn_);
  PlanContext context{&turn_.state.catalog,
                      execution_.system_tables,
                      IsolationOf(turn_.session),
                      &*turn_.state.dialect,
                      &session,
                      IsMultiStatement(turn_.session),
                      answers};
  // What rows of this moment decide is planned anew.
  PlanCache* plans = answers == nullptr && execution_.system_tables.empty() ? turn_.plans : nullptr;
  if (plans != nullptr) execution_.plan = plans->Find(execution_.statement, context);
  if (plans == nullptr || execution_.plan == nullptr) {
    PlanInputs inputs;
    if (plans != nullptr) context.inputs = &inputs;
    auto plan = MakePlan(statement_, context);
    if (auto* error = std::get_if<SqlError>(&plan)) return std::move(*error);
    execution_.plan = std::get<StatementPlanRef>(std::move(plan));
    if (plans != nullptr) plans->Put(execution_.statement, context, std::move(inputs), execution_.plan);
  }
  if (turn_.state.tells_in_words) execution_.result.plan = absl::StrJoin(execution_.plan->explain, "\n");
  return std::nullopt;
}

// What the optimizer evaluates itself may change its choices: names and memo slots stay, access paths need
// not.
Progress Driver::RunEarlySubqueries() {
  if (!execution_.plan->queries.empty() && !execution_.plan->queries[0].early.empty()) {
    const StatementPlanRef plan = execution_.plan;
    const QueryPlan& block = plan->queries[0];
    execution_.queries[0].memo.resize(block.slot_is_kept.size());
    for (; execution_.next_lock < block.early.size(); ++execution_.next_lock) {
      const BoundExpr& node = block.early[execution_.next_lock];
      MemoEntry answer;
      const Progress progress = RunDeferred(turn_, &block, Deferred{&node, {}}, answer);
      if (progress != Progress::kDone) return progress;
      execution_.queries[0].memo[static_cast<std::size_t>(node.slot)] = std::move(answer);
    }
    Memo answers = std::move(execution_.queries[0].memo);
    if (auto error = ChoosePlan(&answers)) return turn_.Fail(std::move(*error));
    ResetQuery(execution_.plan->queries[0], execution_.queries[0]);
    execution_.queries[0].memo = std::move(answers);
    execution_.queries[0].stage = QueryStage::kConstantConditions;
  }
  if (turn_.state.tells_in_words) {
    for (PlanLocksTable& remark : TablesLockedByPlan(turn_, *execution_.plan))
      turn_.events.push_back(std::move(remark));
  }
  Advance(StatementStage::kRun);
  return Progress::kDone;
}

Progress Driver::Work() {
  const Progress progress =
      std::visit([&](const auto& body) { return RunStatement(turn_, body); }, statement_.body);
  if (progress == Progress::kDone) Advance(StatementStage::kEnded);
  return progress;
}

Progress Driver::RunStage() {
  switch (execution_.stage) {
    case StatementStage::kStart:
      return Start();
    case StatementStage::kMetadata:
      return OpenTables();
    case StatementStage::kPlan:
      return Plan();
    case StatementStage::kTableLocks: {
      const Progress progress = LockForStatement(turn_, tables_);
      if (progress == Progress::kDone) Advance(StatementStage::kEarlySubqueries);
      return progress;
    }
    case StatementStage::kEarlySubqueries:
      return RunEarlySubqueries();
    case StatementStage::kRun:
      return Work();
    case StatementStage::kEnded:
      return Progress::kDone;
  }
  return Progress::kFailed;
}

void Driver::ReleaseStatementLocks() {
  const TrxId trx = turn_.session.trx;
  ReleaseAutoIncrement(turn_);
  if (!trx.IsNull() && std::holds_alternative<sql::InsertStatement>(statement_.body)) {
    turn_.state.locks.SetReplacesDuplicates(trx, false);
  }
  UnlockAfterStatement(turn_);
  Apply(turn_.state, turn_.events,
        turn_.state.metadata.ReleaseAll(turn_.session_id, MdlDuration::kStatement));
}

// Once its tables are open, a statement that reads or writes rows waits for InnoDB's locks alone.
bool Driver::IsRowTimeout() const {
  if (execution_.error->number != 1205 || execution_.stage < StatementStage::kEarlySubqueries) return false;
  return !execution_.plan->queries.empty() || execution_.plan->insert.has_value();
}

// Nobody tells the session that its transaction is gone, and a statement on its own that failed before it
// came to lock its tables has used up nothing (trans_rollback_stmt).
Characteristics Driver::OutlivingCharacteristics() const {
  const bool has_committed = IsDefinition(statement_) || IsLockTables(statement_);
  const bool has_reached_engine = !tables_.empty() && execution_.stage >= StatementStage::kPlan;
  if (has_committed || (!turn_.session.in_transaction && has_reached_engine)) return {};
  return CharacteristicsOf(turn_.session);
}

// Takes the statement back; a deadlock takes the whole transaction.
void Driver::Fail() {
  const SqlError& error = *execution_.error;
  const bool in_user_lock = execution_.call_is_pending;
  const bool locks_tables = IsLockTables(statement_);
  const bool is_lock_error = error.number == 1205 || error.number == 1213;
  // A definition has committed what was open before it waits for locks.
  const bool is_waiting_definition =
      is_lock_error && IsDefinition(statement_) && execution_.stage == StatementStage::kRun;
  // Without tables, what waits is a COMMIT, of whatever statement: it fails for good (ha_commit_trans).
  const bool is_commit = is_lock_error && !in_user_lock && tables_.empty();
  const bool ends_transaction = (error.number == 1213 && !in_user_lock) || error.number == 1020 ||
                                locks_tables || is_waiting_definition || is_commit ||
                                (IsRowTimeout() && turn_.state.global.innodb_rollback_on_timeout);
  if (locks_tables) AbandonLockTables(turn_);
  execution_.result = StatementResult{};
  execution_.result.error =
      is_lock_error && IsGeneratingId(execution_) ? errors::AutoIncrementReadFailed() : error;
  if (ends_transaction || !IsMultiStatement(turn_.session)) {
    const Characteristics outliving = OutlivingCharacteristics();
    ReleaseStatementLocks();
    RollbackTransaction(turn_);
    HandOn(outliving, turn_.session);
    return;
  }
  if (!turn_.session.trx.IsNull()) {
    RollbackTo(turn_.state, turn_.events, turn_.session.trx, execution_.undo_mark);
  }
  ReleaseStatementLocks();
  if (turn_.session.in_transaction) return;
  // With autocommit off, nothing has begun yet.
  Apply(turn_.state, turn_.events,
        turn_.state.metadata.ReleaseAll(turn_.session_id, MdlDuration::kTransaction));
}

// At READ COMMITTED each statement reads by a view of its own; that of WITH CONSISTENT SNAPSHOT only keeps
// purge away until the first one (ha_innobase::store_lock).
void Driver::CloseStatementView() {
  const Transaction* transaction = CurrentTransaction(turn_);
  if (transaction == nullptr || !transaction->view || KeepsGapLocks(transaction->isolation)) return;
  FindTransactionForWrite(turn_.state, transaction->id)->view.reset();
}

bool Driver::UsesInnoDb() const {
  return std::any_of(tables_.begin(), tables_.end(), [&](const NamedTable& named) {
    const Table* table = named.IsSystem() ? nullptr : turn_.state.catalog.Find(named.name);
    return table != nullptr && table->def->engine == StorageEngine::kInnoDb;
  });
}

void Driver::Finish() {
  const Transaction* transaction = CurrentTransaction(turn_);
  if (transaction != nullptr && execution_.wrote_rows && !transaction->is_read_write)
    FindTransactionForWrite(turn_.state, transaction->id)->is_read_write = true;
  ReleaseStatementLocks();
  turn_.session.row_count =
      execution_.result.has_rows ? -1 : static_cast<std::int64_t>(execution_.result.affected);
  if (!tables_.empty()) CloseStatementView();
  const bool ends_transaction =
      IsDefinition(statement_) || (!IsMultiStatement(turn_.session) && !tables_.empty());
  if (ends_transaction) {
    CommitTransaction(turn_);
  } else if (!turn_.session.in_transaction && !UsesInnoDb()) {  // Nothing has begun, autocommit or not.
    Apply(turn_.state, turn_.events,
          turn_.state.metadata.ReleaseAll(turn_.session_id, MdlDuration::kTransaction));
  }
}

Progress Driver::Run() {
  while (!execution_.error.has_value() && execution_.stage != StatementStage::kEnded) {
    if (RunStage() == Progress::kWaiting) return Progress::kWaiting;
  }
  if (execution_.error.has_value()) {
    Fail();
  } else {
    Finish();
  }
  return Progress::kDone;
}

}  // namespace

namespace {

// What SHOW WARNINGS tells afterwards.
void KeepDiagnostics(SessionState& session) {
  const Execution& execution = *session.execution;
  const auto* select = std::get_if<std::shared_ptr<const sql::SelectStatement>>(&execution.statement->body);
  if (select != nullptr && (*select)->keeps_warnings) return;
  session.warnings = execution.result.warnings;
  if (const std::optional<SqlError>& error = execution.result.error)
    session.warnings.push_back({error->number, error->message, WarningLevel::kError});
}

}  // namespace

void RunSession(ServerState& state, std::vector<Event>& events, SessionId id, PlanCache* plans) {
  SessionState& session = state.sessions.at(id).Write();
  Turn turn{state, events, id, session, *session.execution, plans};
  if (Driver(turn).Run() == Progress::kWaiting) {
    if (session.wait.has_value()) {
      events.push_back(StatementWaits{id, state.tells_in_words ? DescribeWait(state, session) : Wait{}});
    } else {
      events.push_back(StatementYields{id});
    }
    return;
  }
  KeepDiagnostics(session);
  session.idle_since_us = state.now_us;
  events.push_back(StatementEnded{id, std::move(session.execution->result)});
  session.execution.reset();
  if (session.is_killed) EndConnection(state, events, id);
}

void FireDeadline(ServerState& state, std::vector<Event>& events, SessionId id) {
  SessionState& session = state.sessions.at(id).Write();
  Execution& execution = *session.execution;
  const WaitKind kind = session.wait->kind;
  events.push_back(TimerFired{id, kind});
  switch (kind) {
    case WaitKind::kRowLock:
    case WaitKind::kTableLock:
    case WaitKind::kAutoIncLock:
    case WaitKind::kMetadataLock:
    case WaitKind::kBackupLock:
    case WaitKind::kTableLevelLock:
      CancelWait(state, events, id, errors::LockWaitTimeout());
      break;
    case WaitKind::kUserLock:
    case WaitKind::kSleep:
      execution.call_is_pending = false;
      execution.call_answer = Value::Int(0);
      CancelWait(state, events, id, std::nullopt);
      break;
  }
}

}  // namespace nextkey
