#include "txn/deferred.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "txn/dialect_errors.h"
#include "txn/query.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

// The longest SLEEP or GET_LOCK that we count: a year.
constexpr double kLongestWait_s = 31'536'000;

std::int64_t Microseconds(const Value& seconds) {
  return static_cast<std::int64_t>(std::clamp(ToDouble(seconds), 0.0, kLongestWait_s) * 1e6);
}

MdlKey LockName(const Turn& turn, const Value& name) {
  std::string text = name.ToText();
  if (turn.state.dialect->named_locks == NamedLocks::kFolded) text = absl::AsciiStrToLower(text);
  return MdlKey{MdlSpace::kUserLock, std::move(text)};
}

bool IsLockName(const Turn& turn, const Value& name) {
  constexpr std::size_t kLongestName = 64;
  if (name.IsNull() || name.ToText().empty()) return false;
  return turn.state.dialect->named_locks == NamedLocks::kAsWritten || name.ToText().size() <= kLongestName;
}

Progress GetLock(Turn& turn, const std::vector<Value>& arguments, Value& answer) {
  Execution& execution = turn.execution;
  if (execution.call_answer.has_value()) {
    answer = *std::exchange(execution.call_answer, std::nullopt);
    return Progress::kDone;
  }
  if (execution.call_is_pending) {  // Let go by the one that held it.
    execution.call_is_pending = false;
    answer = Value::Int(1);
    return Progress::kDone;
  }
  const Value& seconds = arguments[1];
  if (seconds.IsNull() && turn.state.dialect->named_locks == NamedLocks::kAsWritten) return Progress::kDone;
  // A negative time-out means no limit.
  const bool is_endless = !seconds.IsNull() && ToDouble(seconds) < 0;
  const std::int64_t limit_us = is_endless         ? static_cast<std::int64_t>(kLongestWait_s * 1e6)
                                : seconds.IsNull() ? 0
                                                   : Microseconds(seconds);
  const MdlOutcome outcome =
      turn.state.metadata.Acquire(turn.session_id, LockName(turn, arguments[0]), MdlMode::kSharedNoWrite,
                                  MdlDuration::kExplicit, limit_us > 0);
  if (outcome.status == MdlStatus::kRefused) {
    answer = Value::Int(0);
    return Progress::kDone;
  }
  const Progress progress = AfterRequest(turn, outcome, WaitKind::kUserLock, limit_us);
  execution.call_is_pending =
      progress != Progress::kDone;  // A circle takes back the call, not the transaction.
  if (progress == Progress::kDone) answer = Value::Int(1);
  return progress;
}

Progress CallSleep(Turn& turn, const std::vector<Value>& arguments, Value& answer) {
  Execution& execution = turn.execution;
  if (execution.call_answer.has_value()) {
    answer = *std::exchange(execution.call_answer, std::nullopt);
    return Progress::kDone;
  }
  if (arguments[0].IsNull() || ToDouble(arguments[0]) < 0) {
    return turn.Fail(errors::MakeError(1210, "HY000", "Incorrect arguments to SLEEP"));
  }
  execution.call_is_pending = true;
  return Sleep(turn, WaitKind::kSleep, Microseconds(arguments[0]));
}

Value ReleaseLock(Turn& turn, const Value& name) {
  const std::optional<SessionId> owner = turn.state.metadata.Owner(LockName(turn, name));
  if (!owner.has_value()) return Value::Null();
  if (*owner != turn.session_id) return Value::Int(0);
  Apply(turn.state, turn.events, turn.state.metadata.Release(turn.session_id, LockName(turn, name)));
  return Value::Int(1);
}

Value ReleaseAllLocks(Turn& turn) {
  std::uint64_t instances = 0;
  Apply(turn.state, turn.events, turn.state.metadata.ReleaseUserLocks(turn.session_id, &instances));
  return Value::Int(static_cast<std::int64_t>(instances));
}

Progress Call(Turn& turn, const std::string& function, const std::vector<Value>& arguments, Value& answer) {
  if (function == "sleep") return CallSleep(turn, arguments, answer);
  if (function == "release_all_locks") {
    answer = ReleaseAllLocks(turn);
    return Progress::kDone;
  }
  const Value& name = arguments[0];
  if (!IsLockName(turn, name)) {
    if (turn.state.dialect->named_locks == NamedLocks::kAsWritten) return Progress::kDone;  // NULL.
    return turn.Fail(errors::UserLockName(name.IsNull() ? "NULL" : name.ToText()));
  }
  if (function == "get_lock") return GetLock(turn, arguments, answer);
  if (function == "release_lock") {
    answer = ReleaseLock(turn, name);
    return Progress::kDone;
  }
  const std::optional<SessionId> owner = turn.state.metadata.Owner(LockName(turn, name));
  if (function == "is_free_lock") answer = Value::Bool(!owner.has_value());
  if (function == "is_used_lock" && owner.has_value()) answer = Value::Int(owner->value());
  return Progress::kDone;
}

Progress RunSubquery(Turn& turn, std::uint32_t query, const BoundExpr& node, MemoEntry& answer) {
  const Progress progress = RunQuery(turn, query);
  if (progress != Progress::kDone) return progress;
  QueryState& state = turn.execution.queries[query];
  if (node.op == sql::Op::kSubquery && state.output.size() > 1) return turn.Fail(errors::SubqueryRows());
  answer.is_set = true;
  if (node.op == sql::Op::kExists) {
    answer.values = {Value::Bool(!state.output.empty())};
  } else {
    for (OutputRow& row : state.output) {
      for (Value& value : row.values) answer.values.push_back(std::move(value));
    }
  }
  state = QueryState{};
  return Progress::kDone;
}

}  // namespace

Progress RunDeferred(Turn& turn, const QueryPlan* block, const Deferred& deferred, MemoEntry& answer) {
  const BoundExpr& node = *deferred.node;
  if (node.subquery >= 0) {
    const std::vector<std::uint32_t>& subqueries =
        block != nullptr ? block->subqueries : turn.execution.plan->subqueries;
    return RunSubquery(turn, subqueries[static_cast<std::size_t>(node.subquery)], node, answer);
  }
  Value value;
  const Progress progress = Call(turn, node.name, deferred.arguments, value);
  if (progress != Progress::kDone) return progress;
  answer.is_set = true;
  answer.values = {std::move(value)};
  return Progress::kDone;
}

}  // namespace nextkey
