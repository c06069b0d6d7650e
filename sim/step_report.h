// What one step of a replay did: the statement, its outcome, and everything that happened meanwhile.
//
// Plain data, made by replay.h and printed by report_text.h and report_jsonl.h. Sessions stand in it
// as ids; `names` says what the script calls them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/ids.h"
#include "sim/lock_reasons.h"
#include "txn/result.h"

namespace nextkey {

using SessionNames = std::map<SessionId, std::string>;

// The virtual clock moved, because somebody slept.
struct TimePassed {
  std::int64_t microseconds = 0;
};

using Happening = std::variant<StatementEnded, StatementWaits, WaitEnded, StatementYields, DeadlockFound,
                               TimerFired, TimePassed, PlanLocksTable>;

// An earlier step's statement, of another session, that ended in this step.
struct EarlierStatement {
  std::string session;
  std::uint32_t step = 0;
  std::string sql;
  StatementResult result;
};

enum class StepStatus : std::uint8_t {
  kOk,
  kError,
  kBlocked,
  kScriptError,  // The session still waits; the run ends here.
};

struct StepReport {
  std::uint32_t number = 0;  // From 1.
  std::string session;
  std::string sql;
  std::uint32_t line = 1;  // In the script.
  bool is_setup = false;
  StepStatus status = StepStatus::kOk;
  StatementResult result;                   // kOk, kError.
  std::optional<Wait> wait;                 // kBlocked.
  std::vector<EarlierStatement> unblocked;  // In the order in which they ended.
  std::vector<Happening> happenings;        // All of it, in order.
  std::vector<LockRuleApplied> rules;       // In order, if they were asked for.
  std::vector<HistoryEvent> history;        // In order, if it was asked for.
  std::vector<LockReason> reasons;          // Of the locks that came, if rules were asked for.
  std::vector<LockRow> locks;               // Afterwards, if they were asked for.
  SessionNames names;
};

// `T1`; `?` for a session that the script doesn't have.
std::string_view NameOf(const StepReport& report, SessionId session);

// The locks by session, table (the table's own lock first), index, key, mode and status; equal ones
// once. Keys part by part: NULL, then numbers by value, then texts; the supremum behind all.
std::vector<LockRow> SortedLocks(const StepReport& report);

// `ERROR 1213 (40001): Deadlock found when trying to get lock; try restarting transaction`
std::string ErrorText(const SqlError& error);

}  // namespace nextkey
