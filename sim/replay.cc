#include "sim/replay.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace nextkey {
namespace {

// The session that a step names; for `either` the first one that does not wait.
std::string_view ChooseSession(const World& world, const ScriptStep& step) {
  if (!step.is_for_any_session) return step.session;
  for (const WorldSession& session : world.sessions) {
    if (session.name != kSetupSession && !world.server.IsWaiting(session.id)) return session.name;
  }
  return step.session;
}

std::size_t PositionOf(World& world, std::string_view name) {
  for (std::size_t i = 0; i < world.sessions.size(); ++i) {
    if (world.sessions[i].name == name) return i;
  }
  world.sessions.push_back({std::string(name), world.server.Connect(), 0});
  return world.sessions.size() - 1;
}

// Turns the server's events into the report's, and keeps track of who still runs which step.
class StepRecorder {
 public:
  StepRecorder(World& world, const ScriptCase& script, StepReport& report, SessionId own)
      : world_(world), script_(script), report_(report), own_(own) {}

  void Record(std::vector<Event> events) {
    for (Event& event : events) {
      if (const auto* ended = std::get_if<StatementEnded>(&event)) Ended(*ended);
      if (const auto* waits = std::get_if<StatementWaits>(&event)) {
        if (waits->session == own_) report_.wait = waits->wait;
      }
      std::visit([this](auto& any) { Put(std::move(any)); }, event);
    }
  }

  void RecordTime(std::int64_t microseconds) {
    if (microseconds > 0) report_.happenings.emplace_back(TimePassed{microseconds});
  }

 private:
  template <class One>
  void Put(One one) {
    report_.happenings.emplace_back(std::move(one));
  }
  void Put(LockRuleApplied applied) { report_.rules.push_back(std::move(applied)); }
  void Put(HistoryEvent event) { report_.history.push_back(std::move(event)); }

  void Ended(const StatementEnded& ended) {
    for (WorldSession& session : world_.sessions) {
      if (session.id != ended.session) continue;
      const std::uint32_t step = std::exchange(session.running_step, 0);
      if (session.id == own_) {
        report_.result = ended.result;
        report_.status = ended.result.error ? StepStatus::kError : StepStatus::kOk;
        report_.wait.reset();
      } else if (step != 0) {
        report_.unblocked.push_back({session.name, step, script_.steps[step - 1].sql, ended.result});
      }
      return;
    }
  }

  World& world_;
  const ScriptCase& script_;
  StepReport& report_;
  SessionId own_;
};

bool SomebodySleeps(const World& world) {
  return std::any_of(world.sessions.begin(), world.sessions.end(), [&](const WorldSession& session) {
    const std::optional<Wait> wait = world.server.WaitOf(session.id);
    return wait && wait->kind == WaitKind::kSleep;
  });
}

// Every sleeper has a deadline, so each turn brings one nearer to its end.
void LetTimePass(World& world, StepRecorder& recorder) {
  while (SomebodySleeps(world)) {
    const std::optional<std::int64_t> deadline = world.server.NextDeadline();
    if (!deadline) return;
    const std::int64_t passes = std::max<std::int64_t>(0, *deadline - world.server.now_us());
    std::vector<Event> events = world.server.AdvanceTime(passes);
    recorder.RecordTime(passes);
    recorder.Record(std::move(events));
  }
}

}  // namespace

bool IsFinished(const World& world, const ScriptCase& script) {
  return world.next_step >= script.steps.size();
}

StepReport PlayStep(World& world, const ScriptCase& script, LockListing lock_listing) {
  const ScriptStep& step = script.steps[world.next_step];
  StepReport report;
  report.number = ++world.next_step;
  report.session = std::string(ChooseSession(world, step));
  report.sql = step.sql;
  report.line = step.line;
  report.is_setup = step.is_setup;

  const bool ends_setup = !step.is_setup && report.number > 1 && script.steps[report.number - 2].is_setup;
  if (ends_setup) world.server.AnalyzeTables();
  const std::size_t position = PositionOf(world, report.session);
  const SessionId own = world.sessions[position].id;
  for (const WorldSession& session : world.sessions) report.names.emplace(session.id, session.name);
  if (world.server.IsWaiting(own)) {
    report.status = StepStatus::kScriptError;
    report.wait = world.server.WaitOf(own);
    world.next_step = static_cast<std::uint32_t>(script.steps.size());
    return report;
  }
  const bool reports_rules = world.server.state().reports_lock_rules;
  const std::vector<LockRow> before = reports_rules ? world.server.ListLocks() : std::vector<LockRow>();
  world.sessions[position].running_step = report.number;
  report.status = StepStatus::kBlocked;
  StepRecorder recorder(world, script, report, own);
  recorder.Record(world.server.Execute(own, step.statement));
  LetTimePass(world, recorder);
  if (lock_listing == LockListing::kEachStep) report.locks = world.server.ListLocks();
  if (reports_rules) report.reasons = ReasonsFor(before, world.server.ListLocks(), report.rules);
  return report;
}

std::vector<StillWaiting> WaitingAtEnd(const World& world, const ScriptCase& script) {
  std::vector<StillWaiting> waiting;
  for (const WorldSession& session : world.sessions) {
    const std::optional<Wait> wait = world.server.WaitOf(session.id);
    if (!wait || session.running_step == 0) continue;
    waiting.push_back(
        {session.name, session.running_step, script.steps[session.running_step - 1].sql, *wait});
  }
  return waiting;
}

}  // namespace nextkey
