#include "txn/control.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "txn/query.h"
#include "txn/table_locks.h"
#include "txn/transaction.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

bool IsReadWrite(Turn& turn) {
  const Transaction* transaction = CurrentTransaction(turn);
  return transaction != nullptr && transaction->is_read_write;
}

std::vector<Savepoint>::iterator FindSavepoint(SessionState& session, const std::string& name) {
  const std::string wanted = absl::AsciiStrToLower(name);
  return std::find_if(session.savepoints.begin(), session.savepoints.end(),
                      [&](const Savepoint& savepoint) { return savepoint.name == wanted; });
}

void Begin(SessionState& session, const std::optional<bool>& is_read_only) {
  session.isolation = session.next_isolation.value_or(session.variables.isolation);
  session.is_read_only = is_read_only.value_or(IsReadOnly(session));
  session.next_isolation.reset();
  session.next_read_only.reset();
  session.in_transaction = true;
}

}  // namespace

Progress CommitOpen(Turn& turn) {
  if (IsReadWrite(turn)) {
    const Progress progress = LockMetadata(turn, kBackupKey, MdlMode::kBackupCommit, MdlDuration::kStatement);
    if (progress != Progress::kDone) return progress;
  }
  CommitTransaction(turn);
  Apply(turn.state, turn.events, turn.state.metadata.ReleaseAll(turn.session_id, MdlDuration::kStatement));
  return Progress::kDone;
}

Progress RunStatement(Turn& turn, const sql::BeginStatement& statement) {
  // Only the end of an open transaction uses up SET TRANSACTION's level; with nothing open it is for this
  // one.
  const Characteristics next =
      turn.session.in_transaction ? Characteristics{} : CharacteristicsOf(turn.session);
  const Progress progress = CommitOpen(turn);
  if (progress != Progress::kDone) return progress;
  UnlockTables(turn);
  HandOn(next, turn.session);
  Begin(turn.session, statement.is_read_only);
  // At SERIALIZABLE reads lock, and need a snapshot only to be checked against it; but any snapshot holds
  // purge.
  if (statement.with_consistent_snapshot && turn.session.isolation != sql::IsolationLevel::kReadUncommitted) {
    EnsureReadView(turn);
  }
  return Progress::kDone;
}

Progress RunStatement(Turn& turn, const sql::CommitStatement& statement) {
  const Characteristics open = CharacteristicsOf(turn.session);
  const Progress progress = CommitOpen(turn);
  if (progress != Progress::kDone) return progress;
  if (statement.and_chain) {
    HandOn(open, turn.session);
    Begin(turn.session, std::nullopt);
  }
  return Progress::kDone;
}

Progress RunStatement(Turn& turn, const sql::RollbackStatement& statement) {
  const Characteristics open = CharacteristicsOf(turn.session);
  if (turn.session.changed_non_transactional) {
    turn.execution.result.warnings.push_back(
        {1196, "Some non-transactional changed tables couldn't be rolled back"});
  }
  RollbackTransaction(turn);
  if (statement.and_chain) {
    HandOn(open, turn.session);
    Begin(turn.session, std::nullopt);
  }
  return Progress::kDone;
}

Progress RunStatement(Turn& turn, const sql::SavepointStatement& statement) {
  if (!IsMultiStatement(turn.session)) return Progress::kDone;  // It would end with the statement.
  const auto existing = FindSavepoint(turn.session, statement.name);
  if (existing != turn.session.savepoints.end()) turn.session.savepoints.erase(existing);
  const Transaction* transaction = CurrentTransaction(turn);
  turn.session.savepoints.push_back({absl::AsciiStrToLower(statement.name),
                                     transaction == nullptr ? 0 : transaction->undo.size(),
                                     transaction != nullptr});
  return Progress::kDone;
}

Progress RunStatement(Turn& turn, const sql::RollbackToStatement& statement) {
  const auto savepoint = FindSavepoint(turn.session, statement.name);
  if (savepoint == turn.session.savepoints.end()) return turn.Fail(errors::NoSuchSavepoint(statement.name));
  if (turn.session.changed_non_transactional) {
    turn.execution.result.warnings.push_back(
        {1196, "Some non-transactional changed tables couldn't be rolled back"});
  }
  if (!turn.session.trx.IsNull() && savepoint->has_transaction) {
    RollbackTo(turn.state, turn.events, turn.session.trx, savepoint->undo_size);
  } else if (!turn.session.trx.IsNull()) {
    LeaveTransaction(turn.state, turn.events, turn.session);
  }
  turn.session.savepoints.erase(std::next(savepoint), turn.session.savepoints.end());
  return Progress::kDone;
}

Progress RunStatement(Turn& turn, const sql::ReleaseSavepointStatement& statement) {
  const auto savepoint = FindSavepoint(turn.session, statement.name);
  if (savepoint == turn.session.savepoints.end()) return turn.Fail(errors::NoSuchSavepoint(statement.name));
  turn.session.savepoints.erase(savepoint, turn.session.savepoints.end());
  return Progress::kDone;
}

namespace {

// What was said for the next transaction alone ends with a SET SESSION, outside of a transaction.
void ForgetNext(const SessionState& session, auto& next) {
  if (!session.in_transaction) next.reset();
}

}  // namespace

Progress RunStatement(Turn& turn, const sql::SetTransactionStatement& statement) {
  SessionState& session = turn.session;
  switch (statement.scope) {
    case sql::VariableScope::kNextTransaction:
      if (session.in_transaction) return turn.Fail(errors::TransactionInProgress());
      if (statement.isolation.has_value()) session.next_isolation = statement.isolation;
      if (statement.is_read_only.has_value()) session.next_read_only = statement.is_read_only;
      return Progress::kDone;
    case sql::VariableScope::kGlobal:
      if (statement.isolation.has_value()) turn.state.global.isolation = *statement.isolation;
      if (statement.is_read_only.has_value()) turn.state.global.is_read_only = *statement.is_read_only;
      return Progress::kDone;
    case sql::VariableScope::kSession:
    case sql::VariableScope::kUser:
      if (statement.isolation.has_value()) {
        session.variables.isolation = *statement.isolation;
        ForgetNext(session, session.next_isolation);
      }
      if (statement.is_read_only.has_value()) {
        session.variables.is_read_only = *statement.is_read_only;
        ForgetNext(session, session.next_read_only);
      }
      return Progress::kDone;
  }
  return Progress::kDone;
}

namespace {

bool IsIsolation(const std::string& name) {
  return name == "transaction_isolation" || name == "tx_isolation";
}

// SET @@transaction_isolation = ... without a scope is for the next transaction alone.
Progress SetForNextTransaction(Turn& turn, const std::string& name, const Value& value) {
  if (turn.session.in_transaction) return turn.Fail(errors::TransactionInProgress());
  SystemVariables scratch = turn.session.variables;
  if (auto error = scratch.Set(name, value)) return turn.Fail(std::move(*error));
  if (IsIsolation(name)) {
    turn.session.next_isolation = scratch.isolation;
  } else {
    turn.session.next_read_only = scratch.is_read_only;
  }
  return Progress::kDone;
}

std::optional<SqlError> SetIn(SystemVariables& variables, const sql::VariableAssignment& assignment,
                              const Value& value, std::vector<Warning>& warnings) {
  return assignment.value == nullptr ? variables.SetToDefault(assignment.name)
                                     : variables.Set(assignment.name, value, &warnings);
}

Progress SetSessionVariable(Turn& turn, const sql::VariableAssignment& assignment, const Value& value) {
  SystemVariables& variables = turn.session.variables;
  const bool had_autocommit = variables.autocommit;
  if (auto error = SetIn(variables, assignment, value, turn.execution.result.warnings))
    return turn.Fail(std::move(*error));
  if (IsIsolation(assignment.name)) ForgetNext(turn.session, turn.session.next_isolation);
  if (assignment.name == "last_insert_id" || assignment.name == "identity") {
    turn.session.last_insert_id = ToInteger(value).value_or(0);
  }
  if (had_autocommit || !variables.autocommit) return Progress::kDone;
  const Characteristics open = CharacteristicsOf(turn.session);
  const Progress progress = CommitOpen(turn);
  if (progress == Progress::kDone) HandOn(open, turn.session);
  return progress;
}

Progress SetGlobalVariable(Turn& turn, const sql::VariableAssignment& assignment, const Value& value) {
  SystemVariables& variables = turn.state.global;
  if (auto error = SetIn(variables, assignment, value, turn.execution.result.warnings))
    return turn.Fail(std::move(*error));
  turn.state.locks.SetDeadlockDetection(variables.innodb_deadlock_detect);
  return Progress::kDone;
}

bool IsOfTransaction(const std::string& name) {
  return IsIsolation(name) || name == "transaction_read_only" || name == "tx_read_only";
}

Progress Assign(Turn& turn, const sql::VariableAssignment& assignment, const Value& value) {
  if (assignment.scope == sql::VariableScope::kUser) {
    turn.session.user_variables[absl::AsciiStrToLower(assignment.name)] = value;
    return Progress::kDone;
  }
  if (auto error = CheckSetScope(assignment.name, assignment.scope)) return turn.Fail(std::move(*error));
  if (assignment.scope == sql::VariableScope::kGlobal) return SetGlobalVariable(turn, assignment, value);
  if (assignment.scope == sql::VariableScope::kNextTransaction && IsOfTransaction(assignment.name)) {
    return SetForNextTransaction(turn, assignment.name, value);
  }
  return SetSessionVariable(turn, assignment, value);
}

}  // namespace

Progress RunStatement(Turn& turn, const sql::SetStatement& statement) {
  Execution& execution = turn.execution;
  for (; execution.row < statement.assignments.size(); ++execution.row) {
    const sql::VariableAssignment& assignment = statement.assignments[execution.row];
    if (execution.values.empty()) {
      Value value;
      if (assignment.value != nullptr) {
        const Progress progress = EvaluateAlone(turn, execution.plan->expressions[execution.row], value);
        if (progress != Progress::kDone) return progress;
      }
      execution.values.push_back(std::move(value));
    }
    const Progress progress = Assign(turn, assignment, execution.values[0]);
    if (progress != Progress::kDone) return progress;
    execution.values.clear();
  }
  return Progress::kDone;
}

Progress RunStatement(Turn& turn, const sql::UseStatement& statement) {
  if (statement.schema == errors::kSchema) return Progress::kDone;
  return turn.Fail(errors::MakeError(1049, "42000", fmt::format("Unknown database '{}'", statement.schema)));
}

Progress RunStatement(Turn& turn, const sql::DoStatement& statement) {
  Execution& execution = turn.execution;
  for (; execution.row < statement.expressions.size(); ++execution.row) {
    Value value;
    const Progress progress = EvaluateAlone(turn, execution.plan->expressions[execution.row], value);
    if (progress != Progress::kDone) return progress;
  }
  return Progress::kDone;
}

}  // namespace nextkey
