// `--why`: each lock that appears names the rule that took it; and where the plan, not the key, decides how
// much is locked, the timeline says so.
#include "sim/lock_reasons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "sim/replay.h"
#include "sim/report_text.h"
#include "sim/script.h"
#include "tests/sim/recording.h"

namespace nextkey {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// `T1 X,GAP 30: an insert is rolled back: ..`, a line a lock that the last step brought.
std::vector<std::string> ReasonsOfLastStep(const std::string& text) {
  const Script script = std::get<Script>(ReadScript(SourceFile{"story.sql", text}));
  World world;
  world.server.SetReportsLockRules(true);
  StepReport report;
  while (!IsFinished(world, script.cases[0])) report = PlayStep(world, script.cases[0], LockListing::kNone);
  std::vector<std::string> lines;
  for (const LockReason& reason : report.reasons) {
    lines.push_back(std::string(NameOf(report, reason.lock.session)) + " " + reason.lock.mode + " " +
                    reason.lock.data.value_or(reason.lock.table) + ": " +
                    std::string(LineOf(reason.rule).name));
  }
  return lines;
}

const char* const kTable =
    "create table t (id int primary key, v int) engine=innodb; insert into t values (10, 1), (20, 2), (30, "
    "3);\n";

TEST(LockReasons, APointIsLockedByItsKey) {
  EXPECT_THAT(
      ReasonsOfLastStep(std::string(kTable) + "begin; select * from t where id = 20 for update; -- T1\n"),
      UnorderedElementsAre("T1 IX t: table of a locking read",
                           "T1 X,REC_NOT_GAP 20: row found by its whole primary key"));
}

TEST(LockReasons, ALockThatAnotherOnesRequestMadeExplicitSaysSo) {
  EXPECT_THAT(
      ReasonsOfLastStep(std::string(kTable) + "begin; insert into t values (25, 5); -- T1\n"
                                              "begin; select * from t where id = 25 for update; -- T2\n"),
      UnorderedElementsAre(
          "T1 X,REC_NOT_GAP 25: row that its writer has not committed, when another one asks for it",
          "T2 IX t: table of a locking read", "T2 X,REC_NOT_GAP 25: row found by its whole primary key"));
}

TEST(LockReasons, AGapThatWasInheritedSaysFromWhat) {
  EXPECT_THAT(
      ReasonsOfLastStep(std::string(kTable) + "begin; insert into t values (25, 5); -- T1\n"
                                              "begin; select * from t where id = 25 for update; -- T2\n"
                                              "rollback; -- T1\n"),
      UnorderedElementsAre(
          "T2 X,GAP 30: an insert is rolled back: what searches locked there goes to the next gap"));
  EXPECT_THAT(
      ReasonsOfLastStep(std::string(kTable) + "begin; select * from t where id = 15 for update; -- T1\n"
                                              "insert into t values (15, 5); -- T1\n"),
      UnorderedElementsAre("T1 X,GAP 15: locks of a gap reach over a record that is inserted into it"));
}

// The table is complete: whatever lock appears in a recorded script, a rule has taken it.
TEST(LockReasons, EveryLockOfEveryRecordedScriptHasOne) {
  for (const std::string& name : RecordedNames()) {
    const Script script = ReadRecorded(name);
    World world;
    ApplyRecordedSettings(name, world);
    world.server.SetReportsLockRules(true);
    std::vector<LockRow> before;
    while (!IsFinished(world, script.cases[0])) {
      const StepReport report = PlayStep(world, script.cases[0], LockListing::kEachStep);
      for (const LockRow& lock : report.locks) {
        const auto is_same = [&](const LockRow& other) { return IsSameLock(lock, other); };
        const bool is_new = std::none_of(before.begin(), before.end(), is_same);
        const bool is_explained =
            std::any_of(report.reasons.begin(), report.reasons.end(),
                        [&](const LockReason& reason) { return IsSameLock(reason.lock, lock); });
        EXPECT_TRUE(!is_new || is_explained)
            << name << ", step " << report.number << " " << report.sql.substr(0, 80) << ": "
            << NameOf(report, lock.session) << " " << lock.mode << " on " << lock.index << " of "
            << lock.table << ", " << lock.data.value_or("");
      }
      before = report.locks;
    }
  }
}

std::string Timeline(const std::string& text) {
  const Script script = std::get<Script>(ReadScript(SourceFile{"story.sql", text}));
  World world;
  TextReport timeline(script.cases[0], {.width = 100});
  std::string out;
  while (!IsFinished(world, script.cases[0]))
    out += timeline.Step(PlayStep(world, script.cases[0], LockListing::kNone));
  return out;
}

TEST(PlanRemarks, WithoutAnIndexTheTimelineSaysThatAllRowsAreLocked) {
  const std::string table =
      "create table storage_usage (id int primary key, user_id int, used int, key u (used)) engine=innodb;\n";
  const std::string remark = "no index on user_id: every row of";
  EXPECT_THAT(Timeline(table + "begin; select * from storage_usage where user_id = 7 for update; -- T1\n"),
              HasSubstr(remark));
  EXPECT_THAT(Timeline(table + "update storage_usage set used = 1 where user_id = 7; -- T1\n"),
              HasSubstr(remark));
  EXPECT_THAT(Timeline(table + "select * from storage_usage where user_id = 7; -- T1\n"),
              Not(HasSubstr("no index")));
  EXPECT_THAT(Timeline(table + "begin; select * from storage_usage where used = 7 for update; -- T1\n"),
              Not(HasSubstr("no index")));
  EXPECT_THAT(Timeline(table + "begin; select * from storage_usage for update; -- T1\n"),
              Not(HasSubstr("no index")));
}

// An index that WHERE can't use: its column stands inside an expression.
TEST(PlanRemarks, AnIndexThatCannotServeIsNotCalledMissing) {
  const std::string table = "create table t (id int primary key, v int, x int, key v (v)) engine=innodb;\n";
  EXPECT_THAT(Timeline(table + "begin; select * from t where v + 1 = 5 for update; -- T1\n"),
              HasSubstr("no index serves WHERE: every row of t is"));
}

}  // namespace
}  // namespace nextkey
