// The simulated server: a value that takes one statement of a session at a time and says what
// happened.
//
// Execute and AdvanceTime are the ways forward. Each runs the statement until it ends or waits; then
// whoever it let go, in the order of the grants, until nobody can go on by himself. A session that
// yields goes on only when GoOn says so.
// Both are pure: the same server and the same call give the same server and the same events, with a
// PlanCache or without.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/fingerprint.h"
#include "engine/ids.h"
#include "txn/plan_cache.h"
#include "txn/result.h"
#include "txn/session_expression.h"
#include "txn/sql/ast.h"
#include "txn/state.h"

namespace nextkey {

enum class PurgeMode : std::uint8_t {
  kEager,   // At the end of each call.
  kOff,     // Never.
  kChoice,  // When Purge says so.
};

struct Deadline {
  SessionId session;
  std::int64_t at_us = 0;
};

class Server {
 public:
  Server() = default;
  // Its sessions are numbered from `first_session`, so that those of several servers have different ids.
  explicit Server(SessionId first_session) { state_.next_session = first_session.value(); }

  SessionId Connect();
  // The client is gone: a statement that waits is interrupted, what is open is rolled back.
  std::vector<Event> Disconnect(SessionId session);
  // Requires: the session does not wait, and has not yielded.
  std::vector<Event> Execute(SessionId session, const sql::StatementRef& statement,
                             PlanCache* plans = nullptr);
  // From here on each statement of the session stops before a lock that it asks for, if it has asked for one
  // since it was let run: before each row's lock and each insert's gap, and before AUTO_INC's. And when a
  // wait of it ends well, it does not run on. What fails is taken back at once all the same, and what comes
  // without a request is not stopped at: a lock that it holds, its own rows, intention and metadata locks.
  void SetYieldsBeforeLocks(SessionId session, bool yields);
  // Its statement stands there: it has yielded, or its wait has ended.
  bool CanGoOn(SessionId session) const;
  // Up to its next stop. Requires: CanGoOn(session).
  std::vector<Event> GoOn(SessionId session, PlanCache* plans = nullptr);
  // Moves the clock by `microseconds`, and fires each deadline on the way when it falls due.
  std::vector<Event> AdvanceTime(std::int64_t microseconds);
  // What the server would find out in the background some seconds after the tables were filled.
  void AnalyzeTables();
  // When the next waiting statement times out or wakes up; nullopt when none can.
  std::optional<std::int64_t> NextDeadline() const;
  // The waiting statements that can time out or wake up, in the order of their sessions.
  std::vector<Deadline> Deadlines() const;
  // One of them, when the caller decides what falls due first. Requires: it has one, and the clock
  // stands there or behind it.
  std::vector<Event> FireDeadline(SessionId session, PlanCache* plans = nullptr);
  void PassTime(std::int64_t microseconds);  // Moves the clock and fires nothing.
  std::int64_t now_us() const;               // Microseconds since 1970-01-01 UTC; starts at 2024-01-01.

  bool IsWaiting(SessionId session) const;
  std::optional<Wait> WaitOf(SessionId session) const;
  bool IsInTransaction(SessionId session) const;
  std::vector<LockRow> ListLocks() const;
  void SetPurgeMode(PurgeMode mode);
  // Without them SHOW ENGINE INNODB STATUS does not tell of the latest deadlock and foreign key error.
  void SetKeepsLatestErrors(bool keeps);
  // Without, events tell who waits and whom a deadlock hits; not for what, in which circle, by which plan.
  void SetTellsInWords(bool tells);
  bool CanPurge() const;  // Something is committed that no snapshot needs any more.
  std::vector<Event> Purge(PlanCache* plans = nullptr);
  // From here on what is committed is kept until it is taken, in the order of the commits.
  void KeepCommits(bool keeps) { state_.keeps_commits = keeps; }
  std::vector<CommittedTransaction> TakeCommitted() { return std::exchange(state_.committed, {}); }

  // The session's transaction goes on without its snapshot; what nobody else needs is purged. Requires: no
  // statement of the transaction would read it.
  void ForgetSnapshot(SessionId session);

  // What an application computes between two statements. Leaves ROW_COUNT(), LAST_INSERT_ID() and the
  // warnings as they are. Requires: the session does not wait.
  std::variant<Value, SqlError> Evaluate(SessionId session, const SessionExpression& expression);
  const UserVariables& user_variables(SessionId session) const;
  void SetUserVariable(SessionId session, std::string_view name, Value value);  // Lower case, without the @.
  void SetUserVariables(SessionId session, UserVariables variables);
  // Before the first session connects.
  void SetDialect(Dialect dialect);
  // From here on each lock comes with an event that names its rule.
  void SetReportsLockRules(bool reports);
  // From here on what is read and written comes as events, too.
  void SetReportsHistory(bool reports) { state_.reports_history = reports; }
  // A global variable of a server that starts: those that can't be changed later too. Errors as SET's.
  // Requires: nobody has connected yet.
  std::optional<SqlError> SetVariable(std::string_view name, const Value& value);

  const ServerState& state() const { return state_; }
  void PutInto(Canonical& canonical) const;
  Fingerprint Digest() const;
  // Equal canonical bytes: no future can tell the two apart.
  friend bool operator==(const Server& a, const Server& b);
  // Broken invariants, a sentence each.
  std::vector<std::string> CheckInvariants() const;

 private:
  ServerState state_;
};

}  // namespace nextkey
