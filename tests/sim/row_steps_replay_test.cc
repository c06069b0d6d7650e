// Statements that stop before each lock and go on at once do what they would have done without a stop: all
// recorded scripts step by step, with the same results, waits and locks. And where a statement stands,
// the server is a value like anywhere else.
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/replay.h"
#include "sim/report_jsonl.h"
#include "tests/sim/recording.h"

namespace nextkey {
namespace {

// Where tables are big, to compare whole worlds takes long.
constexpr std::uint32_t kMostComparedStops = 200;

// Plays a script as PlayStep does, with sessions that yield. Whoever may go on does, in the order in which
// that came about, each until it ends or waits.
class YieldingPlayer {
 public:
  YieldingPlayer(const std::string& name, const ScriptCase& script, PurgeMode purge) : script_(script) {
    world_.server.SetPurgeMode(purge);
    ApplyRecordedSettings(name, world_);
  }

  bool IsFinished() const { return nextkey::IsFinished(world_, script_); }
  std::uint32_t yields() const { return yields_; }

  StepReport Step() {
    const ScriptStep& step = script_.steps[world_.next_step];
    report_ = StepReport{};
    report_.number = ++world_.next_step;
    report_.session = NameFor(step);
    report_.sql = step.sql;
    report_.status = StepStatus::kBlocked;
    const bool ends_setup =
        !step.is_setup && report_.number > 1 && script_.steps[report_.number - 2].is_setup;
    if (ends_setup) world_.server.AnalyzeTables();
    WorldSession& session = SessionOf(report_.session);
    own_ = session.id;
    for (const WorldSession& one : world_.sessions) report_.names.emplace(one.id, one.name);
    if (world_.server.IsWaiting(own_)) {
      report_.status = StepStatus::kScriptError;
      report_.wait = world_.server.WaitOf(own_);
      world_.next_step = static_cast<std::uint32_t>(script_.steps.size());
      return report_;
    }
    session.running_step = report_.number;
    Take(world_.server.Execute(own_, step.statement));
    GoOn();
    while (SomebodySleeps()) {
      Take(world_.server.AdvanceTime(*world_.server.NextDeadline() - world_.server.now_us()));
      GoOn();
    }
    report_.locks = world_.server.ListLocks();
    return report_;
  }

 private:
  std::string NameFor(const ScriptStep& step) const {
    if (!step.is_for_any_session) return step.session;
    for (const WorldSession& session : world_.sessions) {
      if (session.name != kSetupSession && !world_.server.IsWaiting(session.id)) return session.name;
    }
    return step.session;
  }

  WorldSession& SessionOf(const std::string& name) {
    for (WorldSession& session : world_.sessions) {
      if (session.name == name) return session;
    }
    world_.sessions.push_back({name, world_.server.Connect(), 0});
    world_.server.SetYieldsBeforeLocks(world_.sessions.back().id, true);
    return world_.sessions.back();
  }

  bool SomebodySleeps() const {
    for (const WorldSession& session : world_.sessions) {
      const std::optional<Wait> wait = world_.server.WaitOf(session.id);
      if (wait && wait->kind == WaitKind::kSleep) return true;
    }
    return false;
  }

  void Take(std::vector<Event> events) {
    if (yields_ <= kMostComparedStops) {
      for (const std::string& broken : world_.server.CheckInvariants()) ADD_FAILURE() << broken;
    }
    for (Event& event : events) {
      if (const auto* woken = std::get_if<WaitEnded>(&event)) standing_.push_back(woken->session);
      if (const auto* yields = std::get_if<StatementYields>(&event)) {
        standing_.push_front(yields->session);  // It is the one at work.
        ++yields_;
      }
      if (const auto* waits = std::get_if<StatementWaits>(&event)) {
        if (waits->session == own_) report_.wait = waits->wait;
      }
      if (const auto* ended = std::get_if<StatementEnded>(&event)) Ended(*ended);
    }
  }

  void Ended(const StatementEnded& ended) {
    for (WorldSession& session : world_.sessions) {
      if (session.id != ended.session) continue;
      const std::uint32_t step = std::exchange(session.running_step, 0);
      if (session.id == own_) {
        report_.result = ended.result;
        report_.status = ended.result.error ? StepStatus::kError : StepStatus::kOk;
      } else if (step != 0) {
        report_.unblocked.push_back({session.name, step, script_.steps[step - 1].sql, ended.result});
      }
    }
  }

  // At each stop a copy goes the same way.
  void GoOn() {
    while (!standing_.empty()) {
      const SessionId session = standing_.front();
      standing_.pop_front();
      if (!world_.server.CanGoOn(session)) continue;  // It has failed meanwhile.
      if (yields_ > kMostComparedStops) {
        Take(world_.server.GoOn(session));
        continue;
      }
      Server copy = world_.server;
      const Fingerprint before = world_.server.Digest();
      std::vector<Event> events = world_.server.GoOn(session);
      EXPECT_EQ(copy.Digest(), before) << "the copy changed with the original";
      EXPECT_EQ(copy.GoOn(session).size(), events.size());
      EXPECT_TRUE(copy == world_.server);
      Take(std::move(events));
    }
  }

  const ScriptCase& script_;
  World world_;
  StepReport report_;
  SessionId own_;
  std::deque<SessionId> standing_;
  std::uint32_t yields_ = 0;
};

// Who loses a deadlock is taken back at once, and whom that lets go stops before he goes on: here he goes on
// first, and meets one of the victim's locks. Both happen on a server; row steps play the former alone.
constexpr std::string_view kVictimGoesLast = "granted_before_victim";
// Eager purge comes at the end of a choice, and whom the choice let go has not gone on by then: the deleted
// row that he would have used again is gone.
constexpr std::string_view kPurgeComesFirst = "revived_row_rolled_back";

class RecordedByRowSteps : public ::testing::TestWithParam<std::string> {};

TEST_P(RecordedByRowSteps, AnUninterruptedStatementDoesTheSame) {
  if (GetParam() == kVictimGoesLast) return;
  const Script script = ReadRecorded(GetParam());
  for (const PurgeMode purge : {PurgeMode::kEager, PurgeMode::kOff}) {
    if (GetParam() == kPurgeComesFirst && purge == PurgeMode::kEager) continue;
    World world;
    world.server.SetPurgeMode(purge);
    ApplyRecordedSettings(GetParam(), world);
    YieldingPlayer yielding(GetParam(), script.cases[0], purge);
    while (!IsFinished(world, script.cases[0])) {
      const StepReport expected = PlayStep(world, script.cases[0], LockListing::kEachStep);
      const std::string actual = ToJsonLine(yielding.Step(), {});
      ASSERT_EQ(actual, ToJsonLine(expected, {})) << "purge " << static_cast<int>(purge);
    }
    ASSERT_TRUE(yielding.IsFinished());
  }
}

INSTANTIATE_TEST_SUITE_P(Scripts, RecordedByRowSteps, ::testing::ValuesIn(RecordedNames()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nextkey
