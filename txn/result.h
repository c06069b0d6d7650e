// What a statement answers, and what happened on the way: values that the layers above print.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/ids.h"
#include "engine/value.h"
#include "lockmgr/lock_table.h"
#include "lockmgr/metadata_locks.h"
#include "txn/history_events.h"
#include "txn/lock_rules.h"

namespace nextkey {

// An error of the simulated server, with MySQL's number, SQLSTATE and text.
struct SqlError {
  int number = 0;
  std::string sqlstate;
  std::string message;
};

enum class WarningLevel : std::uint8_t { kNote, kWarning, kError };

struct Warning {
  int number = 0;
  std::string message;
  WarningLevel level = WarningLevel::kWarning;
};

struct StatementResult {
  std::optional<SqlError> error;
  bool has_rows = false;  // A result set, perhaps an empty one.
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
  std::uint64_t affected = 0;  // Changed rows, as the server counts them; 0 with a result set.
  std::vector<Warning> warnings;
  std::string plan;  // The access path a table, as EXPLAIN names it; empty where there is none.
};

// What a statement waits for.
enum class WaitKind : std::uint8_t {
  kRowLock,         // An InnoDB lock: `row lock`.
  kTableLock,       // The same, reported of a whole table: `table lock`.
  kAutoIncLock,     // The same, reported of AUTO_INC: `auto-inc lock`.
  kMetadataLock,    // `Waiting for table metadata lock`
  kBackupLock,      // `Waiting for backup lock`
  kTableLevelLock,  // `Waiting for table level lock`
  kUserLock,        // `User lock`
  kSleep,           // SLEEP: no lock.
};

std::string_view WaitKindName(WaitKind kind);

struct Wait {
  WaitKind kind = WaitKind::kRowLock;
  std::vector<SessionId> blockers;  // For whom, as far as one can tell.
  std::string what;                 // `X,REC_NOT_GAP on PRIMARY of t, record 5`
};

// A deadlock as a person reads it; the circle begins with the one whose wait closed it.
struct DeadlockReport {
  struct Member {
    SessionId session;
    std::string wants;         // `X,REC_NOT_GAP on PRIMARY of t, record 1`
    std::string held_by_next;  // The lock of the next member that is in its way.
    std::uint64_t weight = 0;  // Undo records + lock structures; 0 for metadata locks.
  };
  std::vector<Member> circle;
  SessionId victim;
  std::string reason;  // Why this one: a sentence.
};

// --- Events, in the order in which they happened ---------------------------------------------------

struct StatementEnded {
  SessionId session;
  StatementResult result;
};
struct StatementWaits {
  SessionId session;
  Wait wait;
};  // Also when a wait turns into another one.
struct WaitEnded {
  SessionId session;
};  // It was let go and runs on; where it yields, when it is told to.
struct StatementYields {
  SessionId session;
};  // It stands before its next lock: Server::SetYieldsBeforeLocks.
struct DeadlockFound {
  DeadlockReport report;
};
struct TimerFired {
  SessionId session;
  WaitKind kind = WaitKind::kRowLock;
};  // Time-out or end of SLEEP.

// A rule took a lock, or passed one on. Only reported where Server::SetReportsLockRules asks for it.
struct LockRuleApplied {
  LockRule rule = LockRule::kScannedRow;
  SessionId session;  // Null: whoever holds the lock, as it was passed on.
  std::string table;
  std::string index;                // Empty for a table lock.
  std::string mode;                 // As asked for; passed on: the strength, or empty for any.
  std::optional<std::string> data;  // As LockRow's.
};

// The plan, not the key, decides how much of a table the statement locks: WHERE has conditions on columns of
// the table, but none of them has an index that the statement reads it by.
struct PlanLocksTable {
  SessionId session;
  std::string table;
  std::vector<std::string> columns;  // Of the conditions.
  bool keeps_all = true;             // REPEATABLE READ and above; below, rows that don't match are let go.
};

using Event = std::variant<StatementEnded, StatementWaits, WaitEnded, StatementYields, DeadlockFound,
                           TimerFired, LockRuleApplied, PlanLocksTable, HistoryEvent>;

// --- The lock table as performance_schema.data_locks lists it -----------------------------------------

struct LockRow {
  SessionId session;
  std::string table;
  std::string index;  // Empty for a table lock.
  bool is_record = false;
  std::string mode;
  bool is_waiting = false;
  std::optional<std::string> data;  // Absent for a table lock.
  bool is_deleted = false;          // The entry is delete-marked.
};

}  // namespace nextkey
