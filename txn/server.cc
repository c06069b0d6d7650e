#include "txn/server.h"

#include <utility>

#include "fmt/format.h"
#include "txn/drive.h"
#include "txn/errors.h"
#include "txn/kill.h"
#include "txn/versions.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

// Lets everybody go on who can, in order, and purges once nobody can.
void RunToRest(ServerState& state, std::vector<Event>& events, PlanCache* plans) {
  while (true) {
    for (std::size_t next = 0; next < state.runnable.size(); ++next) {
      const SessionId session = state.runnable[next];
      const Execution& execution = *state.sessions.at(session)->execution;
      const bool was_let_go = !execution.error.has_value() && !execution.call_answer.has_value();
      if (was_let_go) events.push_back(WaitEnded{session});
      if (was_let_go && state.sessions.at(session)->yields_before_locks) continue;
      RunSession(state, events, session, plans);
    }
    state.runnable.clear();
    if (state.purges_eagerly) nextkey::Purge(state, events);
    if (state.runnable.empty()) return;
  }
}

}  // namespace

SessionId Server::Connect() {
  SessionState session;
  session.id = SessionId(state_.next_session++);
  session.variables = state_.global;
  session.idle_since_us = state_.now_us;
  const SessionId id = session.id;
  state_.sessions.emplace(id, Cow<SessionState>(std::move(session)));
  return id;
}

std::vector<Event> Server::Disconnect(SessionId id) {
  std::vector<Event> events;
  KillConnection(state_, events, id);
  RunToRest(state_, events, nullptr);
  state_.sessions.erase(id);
  return events;
}

std::vector<Event> Server::Execute(SessionId id, const sql::StatementRef& statement, PlanCache* plans) {
  std::vector<Event> events;
  SessionState& session = state_.sessions.at(id).Write();
  if (session.is_killed) {
    StatementResult lost;
    lost.error = errors::MakeError(2006, "HY000", "MySQL server has gone away");
    events.push_back(StatementEnded{id, std::move(lost)});
    return events;
  }
  session.execution.emplace();
  session.execution->statement = statement;
  RunSession(state_, events, id, plans);
  RunToRest(state_, events, plans);
  return events;
}

void Server::SetYieldsBeforeLocks(SessionId session, bool yields) {
  state_.sessions.at(session).Write().yields_before_locks = yields;
}

bool Server::CanGoOn(SessionId session) const { return state_.sessions.at(session)->CanGoOn(); }

std::vector<Event> Server::GoOn(SessionId session, PlanCache* plans) {
  std::vector<Event> events;
  RunSession(state_, events, session, plans);
  RunToRest(state_, events, plans);
  return events;
}

std::optional<std::int64_t> Server::NextDeadline() const {
  std::optional<std::int64_t> next;
  for (const auto& [id, session] : state_.sessions) {
    if (!session->wait.has_value() || !session->wait->deadline_us.has_value()) continue;
    if (!next.has_value() || *session->wait->deadline_us < *next) next = session->wait->deadline_us;
  }
  return next;
}

std::vector<Event> Server::AdvanceTime(std::int64_t microseconds) {
  std::vector<Event> events;
  const std::int64_t until = state_.now_us + microseconds;
  while (true) {
    const std::optional<std::int64_t> next = NextDeadline();
    if (!next.has_value() || *next > until) break;
    state_.now_us = *next;
    for (const auto& [id, session] : state_.sessions) {
      if (!session->wait.has_value() || session->wait->deadline_us != next) continue;
      const SessionId due = id;  // Firing writes to the map's values.
      nextkey::FireDeadline(state_, events, due);
      break;
    }
    RunToRest(state_, events, nullptr);
  }
  state_.now_us = until;
  return events;
}

std::vector<Deadline> Server::Deadlines() const {
  std::vector<Deadline> deadlines;
  for (const auto& [id, session] : state_.sessions) {
    if (session->wait.has_value() && session->wait->deadline_us.has_value()) {
      deadlines.push_back({id, *session->wait->deadline_us});
    }
  }
  return deadlines;
}

std::vector<Event> Server::FireDeadline(SessionId session, PlanCache* plans) {
  std::vector<Event> events;
  nextkey::FireDeadline(state_, events, session);
  RunToRest(state_, events, plans);
  return events;
}

void Server::PassTime(std::int64_t microseconds) { state_.now_us += microseconds; }

std::int64_t Server::now_us() const { return state_.now_us; }

bool Server::IsWaiting(SessionId session) const { return state_.sessions.at(session)->wait.has_value(); }

std::optional<Wait> Server::WaitOf(SessionId session) const {
  const SessionState& state = *state_.sessions.at(session);
  if (!state.wait.has_value()) return std::nullopt;
  return DescribeWait(state_, state);
}

bool Server::IsInTransaction(SessionId session) const { return state_.sessions.at(session)->in_transaction; }

std::variant<Value, SqlError> Server::Evaluate(SessionId session, const SessionExpression& expression) {
  return nextkey::Evaluate(expression, state_, state_.sessions.at(session).Write());
}

const UserVariables& Server::user_variables(SessionId session) const {
  return state_.sessions.at(session)->user_variables;
}

void Server::SetUserVariable(SessionId session, std::string_view name, Value value) {
  state_.sessions.at(session).Write().user_variables.insert_or_assign(std::string(name), std::move(value));
}

void Server::SetUserVariables(SessionId session, UserVariables variables) {
  state_.sessions.at(session).Write().user_variables = std::move(variables);
}

std::vector<LockRow> Server::ListLocks() const {
  std::vector<LockRow> rows;
  for (const LockDescription& lock : state_.locks.List()) {
    const Table* table = state_.catalog.Find(lock.table);
    if (table == nullptr) continue;
    LockRow row;
    row.session = SessionOf(state_, lock.trx);
    row.table = table->def->name;
    row.is_waiting = lock.is_waiting;
    row.mode = std::string(ModeName(lock.mode));
    if (lock.record.has_value()) {
      row.is_record = true;
      const RecordSlot slot = lock.record->slot;
      row.mode = RecordModeName(lock.mode, lock.span, slot.IsSupremum());
      row.data = "supremum pseudo-record";
      for (std::size_t i = 0; i < table->trees.size(); ++i) {
        const IndexDef& index = table->def->indexes[i];
        if (index.id != lock.record->index) continue;
        row.index = index.name;
        if (slot.IsSupremum()) continue;
        const std::optional<Place> place = table->trees[i].FindSlot(slot);
        if (!place.has_value()) continue;
        const Record& record = table->trees[i].At(*place);
        row.data = LockData(*table->def, index, record.row);
        row.is_deleted = record.is_deleted;
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void Server::SetDialect(Dialect dialect) {
  state_.global.lock_wait_timeout_s = dialect.lock_wait_timeout_s;
  state_.locks.SetQueueOrder(dialect.queue_order);
  state_.dialect = Cow<Dialect>(std::move(dialect));
}

void Server::SetReportsLockRules(bool reports) { state_.reports_lock_rules = reports; }

void Server::SetKeepsLatestErrors(bool keeps) {
  state_.keeps_latest_errors = keeps;
  state_.locks.SetDescribesCircles(keeps || state_.tells_in_words);
}

void Server::SetTellsInWords(bool tells) {
  state_.tells_in_words = tells;
  state_.locks.SetDescribesCircles(tells || state_.keeps_latest_errors);
}

void Server::AnalyzeTables() {
  for (const Table* table : state_.catalog.All()) {
    TableStatistics statistics = Analyze(*table);
    state_.catalog.FindForWrite(table->def->id)->statistics = std::move(statistics);
  }
}

void Server::ForgetSnapshot(SessionId id) {
  const auto transaction = state_.transactions.find(state_.sessions.at(id)->trx);
  if (transaction == state_.transactions.end() || !transaction->second->view) return;
  transaction->second.Write().view.reset();
  std::vector<Event> events;
  RunToRest(state_, events, nullptr);
}

void Server::SetPurgeMode(PurgeMode mode) { state_.purges_eagerly = mode == PurgeMode::kEager; }

bool Server::CanPurge() const { return nextkey::CanPurge(state_); }

std::vector<Event> Server::Purge(PlanCache* plans) {
  std::vector<Event> events;
  nextkey::Purge(state_, events);
  RunToRest(state_, events, plans);
  return events;
}

std::optional<SqlError> Server::SetVariable(std::string_view name, const Value& value) {
  if (auto error = state_.global.SetAtStart(name, value)) return error;
  state_.locks.SetDeadlockDetection(state_.global.innodb_deadlock_detect);
  return std::nullopt;
}

void Server::PutInto(Canonical& canonical) const { state_.PutInto(canonical); }

Fingerprint Server::Digest() const {
  Canonical canonical;
  PutInto(canonical);
  return canonical.Digest();
}

bool operator==(const Server& a, const Server& b) {
  Canonical of_a;
  Canonical of_b;
  a.PutInto(of_a);
  b.PutInto(of_b);
  return of_a.bytes() == of_b.bytes();
}

std::vector<std::string> Server::CheckInvariants() const {
  std::vector<std::string> broken = Violations(state_.locks);
  for (std::vector<std::string> more : {Violations(state_.metadata), Violations(state_.table_level)}) {
    broken.insert(broken.end(), more.begin(), more.end());
  }
  if (!state_.runnable.empty()) broken.push_back("a session that could go on was left standing");
  for (const auto& [id, session] : state_.sessions) {
    const bool is_in_flight = session->execution.has_value() && !session->yields_before_locks;
    if (session->wait.has_value() ? !session->execution.has_value() : is_in_flight) {
      broken.push_back(fmt::format(
          "session {} has a statement in flight but does not wait, or the other way round", id.value()));
    }
    const bool waits_for_row = session->wait.has_value() && session->wait->kind == WaitKind::kRowLock;
    const bool has_request = !session->trx.IsNull() && state_.locks.IsWaiting(session->trx);
    if (waits_for_row != has_request) {
      broken.push_back(
          fmt::format("session {}: its wait for a row lock and the lock table disagree", id.value()));
    }
    if (!session->trx.IsNull() && !state_.transactions.contains(session->trx)) {
      broken.push_back(fmt::format("session {} has a transaction that is not active", id.value()));
    }
  }
  return broken;
}

}  // namespace nextkey
