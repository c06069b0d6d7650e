#include "txn/kill.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "txn/query.h"
#include "txn/transaction.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

SqlError Interrupted() { return errors::MakeError(1317, "70100", "Query execution was interrupted"); }

SqlError NoSuchSession(std::uint64_t number) {
  return errors::MakeError(1094, "HY000", fmt::format("Unknown thread id: {}", number));
}

// What is no number is session 0, which nobody has.
std::uint64_t SessionNumber(const Value& value) {
  return static_cast<std::uint64_t>(ToInteger(value).value_or(0));
}

// Of a statement that has yielded: it runs at once, to fail.
void Interrupt(ServerState& state, SessionId id, SqlError error) {
  Execution& execution = *state.sessions.at(id).Write().execution;
  execution.call_is_pending = false;
  execution.error = std::move(error);
  if (std::find(state.runnable.begin(), state.runnable.end(), id) == state.runnable.end())
    state.runnable.push_back(id);
}

// A killed GET_LOCK answers NULL, a killed SLEEP 1; where nothing goes to a client, the statement ends well
// with that.
void KillQuery(ServerState& state, std::vector<Event>& events, SessionId id) {
  SessionState& session = state.sessions.at(id).Write();
  if (session.CanGoOn()) return Interrupt(state, id, Interrupted());
  if (!session.wait.has_value()) return;
  Execution& execution = *session.execution;
  const bool is_user_lock = session.wait->kind == WaitKind::kUserLock;
  const bool is_quiet_sleep = session.wait->kind == WaitKind::kSleep &&
                              std::holds_alternative<sql::DoStatement>(execution.statement->body);
  if (!is_user_lock && !is_quiet_sleep) {
    CancelWait(state, events, id, Interrupted());
    return;
  }
  execution.call_is_pending = false;
  execution.call_answer = is_user_lock ? Value::Null() : Value::Int(1);
  CancelWait(state, events, id, std::nullopt);
}

Progress KillOwn(Turn& turn, sql::KillKind kind) {
  if (kind == sql::KillKind::kQuery) return turn.Fail(Interrupted());
  turn.session.is_killed = true;
  return turn.Fail(errors::MakeError(1927, "70100", "Connection was killed"));
}

}  // namespace

void KillConnection(ServerState& state, std::vector<Event>& events, SessionId id) {
  SessionState& session = state.sessions.at(id).Write();
  session.is_killed = true;
  SqlError lost = errors::MakeError(2013, "HY000", "Lost connection to MySQL server during query");
  if (session.wait.has_value()) {
    session.execution->call_is_pending = false;
    CancelWait(state, events, id, std::move(lost));
  } else if (session.CanGoOn()) {
    Interrupt(state, id, std::move(lost));
  } else {
    EndConnection(state, events, id);
  }
}

void CancelWait(ServerState& state, std::vector<Event>& events, SessionId id, std::optional<SqlError> error) {
  SessionState& session = state.sessions.at(id).Write();
  const WaitKind kind = session.wait->kind;
  session.execution->error = std::move(error);
  LetGo(state, id);
  switch (kind) {
    case WaitKind::kRowLock:
    case WaitKind::kTableLock:
    case WaitKind::kAutoIncLock:
      Apply(state, events, state.locks.CancelWait(session.trx));
      break;
    case WaitKind::kMetadataLock:
    case WaitKind::kBackupLock:
    case WaitKind::kUserLock:
      Apply(state, events, state.metadata.CancelWait(id));
      break;
    case WaitKind::kTableLevelLock:
      for (SessionId other : state.table_level.CancelWait(id)) LetGo(state, other);
      break;
    case WaitKind::kSleep:
      break;
  }
}

void EndConnection(ServerState& state, std::vector<Event>& events, SessionId id) {
  SessionState& session = state.sessions.at(id).Write();
  EndTransaction(state, events, session, false);
  session.locked_tables.clear();
  session.holds_global_read_lock = false;
  for (SessionId other : state.table_level.ReleaseAll(id)) LetGo(state, other);
  for (const MdlDuration duration :
       {MdlDuration::kStatement, MdlDuration::kTransaction, MdlDuration::kExplicit})
    Apply(state, events, state.metadata.ReleaseAll(id, duration));
  std::uint64_t instances = 0;
  Apply(state, events, state.metadata.ReleaseUserLocks(id, &instances));
  state.metadata.ForgetSession(id);
}

Progress RunStatement(Turn& turn, const sql::KillStatement& statement) {
  Value value;
  const Progress progress = EvaluateAlone(turn, turn.execution.plan->expressions[0], value);
  if (progress != Progress::kDone) return progress;
  const std::uint64_t number = SessionNumber(value);
  const SessionId id(static_cast<std::uint32_t>(number));
  const auto found = turn.state.sessions.find(id);
  if (number != id.value() || found == turn.state.sessions.end() || found->second->is_killed)
    return turn.Fail(NoSuchSession(number));
  if (id == turn.session_id) return KillOwn(turn, statement.kind);
  if (statement.kind == sql::KillKind::kQuery) {
    KillQuery(turn.state, turn.events, id);
  } else {
    KillConnection(turn.state, turn.events, id);
  }
  return Progress::kDone;
}

}  // namespace nextkey
