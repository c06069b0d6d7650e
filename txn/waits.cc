#include "txn/waits.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "txn/dialect_errors.h"
#include "txn/engine_status.h"

namespace nextkey {
namespace {

Cow<SessionState>* FindSession(ServerState& state, SessionId id) {
  const auto found = state.sessions.find(id);
  return found == state.sessions.end() ? nullptr : &found->second;
}

DeadlockReport ReportOf(const ServerState& state, const Deadlock& deadlock) {
  DeadlockReport report;
  report.victim = SessionOf(state, deadlock.victim);
  if (!state.tells_in_words) return report;
  std::uint64_t victim_weight = 0;
  bool is_lightest = true;
  for (const DeadlockEdge& edge : deadlock.circle) {
    report.circle.push_back({SessionOf(state, edge.waiter), DescribeLock(state, edge.wanted),
                             DescribeLock(state, edge.held), edge.waiter_weight});
    if (edge.waiter == deadlock.victim) victim_weight = edge.waiter_weight;
  }
  for (const DeadlockEdge& edge : deadlock.circle) {
    if (edge.waiter != deadlock.victim && edge.waiter_weight <= victim_weight) is_lightest = false;
  }
  if (is_lightest) {
    report.reason = fmt::format("it weighs least, {} changed rows and lock structures", victim_weight);
  } else if (!deadlock.circle.empty() && deadlock.circle.front().waiter == deadlock.victim) {
    report.reason = fmt::format(
        "its request closed the circle, and nobody weighs less than its {} changed rows and lock structures",
        victim_weight);
  } else {
    report.reason =
        fmt::format("nobody weighs less than its {} changed rows and lock structures", victim_weight);
  }
  return report;
}

DeadlockReport ReportOf(const MdlDeadlock& deadlock) {
  DeadlockReport report;
  for (const MdlLock& lock : deadlock.circle) {
    const std::string what =
        lock.key.space == MdlSpace::kUserLock ? fmt::format("the named lock '{}'", lock.key.name)
        : lock.key.space == MdlSpace::kTable  ? fmt::format("the metadata lock of table {}", lock.key.name)
                                              : std::string("the backup lock");
    report.circle.push_back({lock.session, what, what, 0});
  }
  report.victim = deadlock.victim;
  report.reason = "its wait weighs least among the metadata locks of the circle";
  return report;
}

// Ends the wait of a deadlock's victim: its statement fails when it runs again.
void FailVictim(ServerState& state, SessionId victim) {
  Cow<SessionState>* session = FindSession(state, victim);
  if (session == nullptr || !(*session)->execution.has_value()) return;
  const std::optional<WaitState>& wait = (*session)->wait;
  const bool in_user_lock = wait.has_value() && wait->kind == WaitKind::kUserLock;
  session->Write().execution->error =
      in_user_lock ? errors::UserLockDeadlock(*state.dialect) : errors::Deadlock();
  LetGo(state, victim);
}

// Lets go whose waits ended and fails the victims, in the order in which that happened. The session
// at work takes care of its own failure.
void Wake(ServerState& state, std::vector<Event>& events, const std::vector<TrxId>& granted,
          const std::vector<Deadlock>& deadlocks, SessionId at_work) {
  std::size_t woken = 0;
  for (const Deadlock& deadlock : deadlocks) {
    for (; woken < deadlock.granted_before && woken < granted.size(); ++woken) {
      LetGo(state, SessionOf(state, granted[woken]));
    }
    KeepDeadlock(state, deadlock);
    events.push_back(DeadlockFound{ReportOf(state, deadlock)});
    const SessionId victim = SessionOf(state, deadlock.victim);
    if (victim != at_work) FailVictim(state, victim);
  }
  for (; woken < granted.size(); ++woken) LetGo(state, SessionOf(state, granted[woken]));
}

constexpr std::int64_t kSecondUs = 1'000'000;

// What the statement's own locking clause says.
std::optional<std::int64_t> StatementLimitUs(const Turn& turn) {
  const sql::StatementBody& body = turn.execution.statement->body;
  const sql::SelectStatement* query = nullptr;
  if (const auto* select = std::get_if<std::shared_ptr<const sql::SelectStatement>>(&body)) {
    query = select->get();
  } else if (const auto* insert = std::get_if<sql::InsertStatement>(&body)) {
    query = insert->query.get();
  }
  if (query == nullptr) return std::nullopt;
  if (query->locking.waiting == sql::LockWaiting::kNoWait) return 0;
  if (!query->locking.wait_seconds.has_value()) return std::nullopt;
  return *query->locking.wait_seconds * kSecondUs;
}

bool IsRowWait(WaitKind kind) {
  return kind == WaitKind::kRowLock || kind == WaitKind::kTableLock || kind == WaitKind::kAutoIncLock;
}

void CountRowWait(ServerState& state, std::int64_t waited_us) {
  ServerReports& reports = state.reports.Write();
  reports.row_lock_wait_us += waited_us;
  reports.longest_row_lock_wait_us = std::max(reports.longest_row_lock_wait_us, waited_us);
}

}  // namespace

SessionId SessionOf(const ServerState& state, TrxId trx) {
  const auto found = state.transactions.find(trx);
  return found == state.transactions.end() ? SessionId() : found->second->session;
}

void LetGo(ServerState& state, SessionId id) {
  Cow<SessionState>* session = FindSession(state, id);
  if (session == nullptr || !(*session)->wait.has_value()) return;
  const WaitState& wait = *(*session)->wait;
  if (IsRowWait(wait.kind)) CountRowWait(state, state.now_us - wait.started_us);
  session->Write().wait.reset();
  state.runnable.push_back(id);
}

void Apply(ServerState& state, std::vector<Event>& events, const LockEvents& changes) {
  Wake(state, events, changes.granted, changes.deadlocks, SessionId());
}

void Apply(ServerState& state, std::vector<Event>& events, const MdlEvents& changes) {
  for (SessionId session : changes.granted) LetGo(state, session);
  for (const MdlDeadlock& deadlock : changes.deadlocks) {
    events.push_back(DeadlockFound{ReportOf(deadlock)});
    FailVictim(state, deadlock.victim);
  }
}

Progress Sleep(Turn& turn, WaitKind kind, std::optional<std::int64_t> limit_us) {
  WaitState wait{kind, std::nullopt, turn.state.now_us};
  if (limit_us.has_value()) wait.deadline_us = turn.state.now_us + *limit_us;
  if (IsRowWait(kind)) ++turn.state.reports.Write().row_lock_waits;
  turn.session.wait = wait;
  return Progress::kWaiting;
}

std::int64_t RowLockLimitUs(const Turn& turn) {
  return StatementLimitUs(turn).value_or(turn.session.variables.innodb_lock_wait_timeout_s * kSecondUs);
}

WaitPolicy PolicyOf(const Turn& turn) {
  return RowLockLimitUs(turn) == 0 ? WaitPolicy::kRefuse : WaitPolicy::kWait;
}

std::int64_t MetadataLimitUs(const Turn& turn) {
  return StatementLimitUs(turn).value_or(turn.session.variables.lock_wait_timeout_s * kSecondUs);
}

Progress AfterRequest(Turn& turn, const LockOutcome& outcome) {
  if (outcome.status == LockStatus::kWaiting) Sleep(turn, WaitKind::kRowLock, RowLockLimitUs(turn));
  Wake(turn.state, turn.events, outcome.granted, outcome.deadlocks, turn.session_id);
  switch (outcome.status) {
    case LockStatus::kGranted:
      return Progress::kDone;
    case LockStatus::kWaiting:
      return Progress::kWaiting;
    case LockStatus::kRefused:
      return turn.Fail(errors::LockWaitTimeout());
    case LockStatus::kDeadlock:
      return turn.Fail(errors::Deadlock());
  }
  return Progress::kFailed;
}

Progress AfterRequest(Turn& turn, const MdlOutcome& outcome, WaitKind kind, std::int64_t limit_us) {
  if (outcome.status == MdlStatus::kWaiting) Sleep(turn, kind, limit_us);
  for (const MdlDeadlock& deadlock : outcome.deadlocks) {
    turn.events.push_back(DeadlockFound{ReportOf(deadlock)});
    if (deadlock.victim != turn.session_id) FailVictim(turn.state, deadlock.victim);
  }
  for (SessionId session : outcome.granted) LetGo(turn.state, session);
  switch (outcome.status) {
    case MdlStatus::kGranted:
      return Progress::kDone;
    case MdlStatus::kWaiting:
      return Progress::kWaiting;
    case MdlStatus::kRefused:
      return turn.Fail(errors::LockWaitTimeout());
    case MdlStatus::kDeadlock:
      return turn.Fail(kind == WaitKind::kUserLock ? errors::UserLockDeadlock(*turn.state.dialect)
                                                   : errors::Deadlock());
  }
  return Progress::kFailed;
}

namespace {

WaitKind KindOf(const MdlKey& key) {
  return key.space == MdlSpace::kBackup ? WaitKind::kBackupLock : WaitKind::kMetadataLock;
}

}  // namespace

Progress LockMetadata(Turn& turn, const MdlKey& key, MdlMode mode, MdlDuration duration) {
  const std::int64_t limit_us = MetadataLimitUs(turn);
  return AfterRequest(turn, turn.state.metadata.Acquire(turn.session_id, key, mode, duration, limit_us > 0),
                      KindOf(key), limit_us);
}

Progress UpgradeMetadata(Turn& turn, const MdlKey& key, MdlMode mode) {
  const std::int64_t limit_us = MetadataLimitUs(turn);
  return AfterRequest(turn, turn.state.metadata.Upgrade(turn.session_id, key, mode, limit_us > 0),
                      KindOf(key), limit_us);
}

std::string DescribeLock(const ServerState& state, const LockDescription& lock) {
  const Table* table = state.catalog.Find(lock.table);
  const std::string table_name = table == nullptr ? "a dropped table" : table->def->name;
  if (!lock.record.has_value()) return fmt::format("{} on table {}", ModeName(lock.mode), table_name);
  const std::string mode = RecordModeName(lock.mode, lock.span, lock.record->slot.IsSupremum());
  if (table == nullptr) return mode;
  for (std::size_t i = 0; i < table->trees.size(); ++i) {
    const IndexDef& index = table->def->indexes[i];
    if (index.id != lock.record->index) continue;
    if (lock.record->slot.IsSupremum()) {
      return fmt::format("{} on {} of {}, supremum pseudo-record", mode, index.name, table_name);
    }
    const std::optional<Place> place = table->trees[i].FindSlot(lock.record->slot);
    const std::string data =
        place.has_value() ? LockData(*table->def, index, table->trees[i].At(*place).row) : "?";
    return fmt::format("{} on {} of {}, record {}", mode, index.name, table_name, data);
  }
  return mode;
}

namespace {

WaitKind KindOf(const LockDescription& request) {
  if (request.record.has_value()) return WaitKind::kRowLock;
  return request.mode == LockMode::kAutoIncrement ? WaitKind::kAutoIncLock : WaitKind::kTableLock;
}

}  // namespace

Wait DescribeWait(const ServerState& state, const SessionState& session) {
  Wait wait;
  wait.kind = session.wait->kind;
  switch (wait.kind) {
    case WaitKind::kRowLock:
    case WaitKind::kTableLock:
    case WaitKind::kAutoIncLock:
      if (const std::optional<LockDescription> blocker = state.locks.Blocker(session.trx)) {
        wait.blockers.push_back(SessionOf(state, blocker->trx));
      }
      wait.what = DescribeLock(state, state.locks.WaitingRequest(session.trx));
      wait.kind = KindOf(state.locks.WaitingRequest(session.trx));
      break;
    case WaitKind::kMetadataLock:
    case WaitKind::kBackupLock:
    case WaitKind::kUserLock: {
      wait.blockers = state.metadata.Blockers(session.id);
      const MdlLock request = state.metadata.WaitingRequest(session.id);
      wait.what = request.key.space == MdlSpace::kTable
                      ? fmt::format("the metadata lock of table {}", request.key.name)
                  : request.key.space == MdlSpace::kUserLock
                      ? fmt::format("the named lock '{}'", request.key.name)
                      : std::string("the global read lock");
      break;
    }
    case WaitKind::kTableLevelLock:
      wait.blockers = state.table_level.Blockers(session.id);
      wait.what = "the table level lock";
      break;
    case WaitKind::kSleep:
      wait.what = "SLEEP";
      break;
  }
  std::sort(wait.blockers.begin(), wait.blockers.end());
  wait.blockers.erase(std::unique(wait.blockers.begin(), wait.blockers.end()), wait.blockers.end());
  return wait;
}

std::string_view WaitKindName(WaitKind kind) {
  switch (kind) {
    case WaitKind::kRowLock:
      return "row lock";
    case WaitKind::kTableLock:
      return "table lock";
    case WaitKind::kAutoIncLock:
      return "auto-inc lock";
    case WaitKind::kMetadataLock:
      return "Waiting for table metadata lock";
    case WaitKind::kBackupLock:
      return "Waiting for backup lock";
    case WaitKind::kTableLevelLock:
      return "Waiting for table level lock";
    case WaitKind::kUserLock:
      return "User lock";
    case WaitKind::kSleep:
      return "sleep";
  }
  return "";
}

}  // namespace nextkey
