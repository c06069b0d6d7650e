// Right and wrong remarks against hand-made replays: a wrong one must never pass.
#include "sim/hermitage_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/hermitage_text.h"
#include "tests/sim/report_builder.h"

namespace nextkey {
namespace {

using testing::Blocked;
using testing::CaseOf;
using testing::Changed;
using testing::DeadlockError;
using testing::Ended;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::LetGo;
using testing::Rows;
using testing::RowWait;

constexpr const char* kUpdate = "update test set value = 11 where id = 1";

// T1 changes a row, T2 waits for it, T1 commits and lets T2 go on, T2 reads, T2 fails by a deadlock.
std::vector<StepReport> AReplay() {
  std::vector<StepReport> reports;
  reports.push_back(Ended(1, "T1", kUpdate, Changed(1)));
  reports.push_back(Blocked(2, "T2", "select * from test", RowWait("T1")));
  reports.push_back(Ended(3, "T1", "commit", Changed(0)));
  LetGo(reports.back(), "T2", 2, "select * from test",
        Rows({"id", "value"}, {{Value::Int(1), Value::Int(11)}, {Value::Int(2), Value::Int(20)}}));
  reports.push_back(
      Ended(4, "T2", "select * from test",
            Rows({"id", "value"}, {{Value::Int(1), Value::Int(11)}, {Value::Int(2), Value::Int(20)}})));
  reports.push_back(Ended(5, "T2", "select * from test where id > 2", Rows({"id", "value"}, {})));
  reports.push_back(Ended(6, "T1", "delete from test where id = 9", Changed(0)));
  reports.push_back(Ended(7, "T2", kUpdate, DeadlockError()));
  return reports;
}

constexpr const char* kDeadlockRemark =
    "prints \"ERROR 1213 (40001): Deadlock found when trying to get lock; try restarting transaction\"";

// The case with one remark more; the deadlock of step 7 is documented.
CheckedCase CheckWith(std::uint32_t step, const std::string& remark) {
  const std::vector<StepReport> reports = AReplay();
  ScriptCase one = CaseOf(reports);
  one.steps[6].remark = kDeadlockRemark;
  one.steps[step - 1].remark = remark;
  return CheckCase(one, reports);
}

bool Holds(std::uint32_t step, const std::string& remark) { return CheckWith(step, remark).IsAsDocumented(); }

TEST(HermitageCheck, RightRemarksHold) {
  EXPECT_TRUE(Holds(2, "BLOCKS"));
  EXPECT_TRUE(Holds(2, "BLOCKS (eventually shows 1 => 11, 2 => 20)"));
  EXPECT_TRUE(Holds(3, "This unblocks T2"));
  EXPECT_TRUE(Holds(4, "Shows 1 => 11, 2 => 20"));
  EXPECT_TRUE(Holds(4, "Still shows 2 => 20"));
  EXPECT_TRUE(Holds(5, "Returns nothing"));
  EXPECT_TRUE(Holds(6, "Doesn't delete anything"));
  EXPECT_TRUE(Holds(7, "prints \"ERROR 1213\""));
}

TEST(HermitageCheck, WrongRemarksAreMissed) {
  EXPECT_FALSE(Holds(1, "BLOCKS"));
  EXPECT_FALSE(Holds(2, "BLOCKS (eventually shows 1 => 10)"));
  EXPECT_FALSE(Holds(2, "Shows 1 => 11"));  // It waited: there was nothing to see yet.
  EXPECT_FALSE(Holds(2, "Returns nothing"));
  EXPECT_FALSE(Holds(3, "This unblocks T3"));
  EXPECT_FALSE(Holds(1, "This unblocks T2"));
  EXPECT_FALSE(Holds(4, "Shows 1 => 10"));
  EXPECT_FALSE(Holds(4, "Shows 1 => 11, 1 => 11"));  // One row is one row.
  EXPECT_FALSE(Holds(4, "Returns nothing"));
  EXPECT_FALSE(Holds(5, "Shows 1 => 11"));
  EXPECT_FALSE(Holds(1, "Doesn't update anything"));
  EXPECT_FALSE(Holds(4, kDeadlockRemark));
  EXPECT_FALSE(Holds(7, "prints \"ERROR 1205\""));
  EXPECT_FALSE(Holds(7, "prints \"ERROR 121\""));
  EXPECT_FALSE(Holds(7, "prints \"ERROR 1213 (40001): Something else\""));
  EXPECT_FALSE(Holds(3, "causes T2 to abort with deadlock error"));
}

TEST(HermitageCheck, ARemarkThatIsNotUnderstoodIsMissed) {
  const CheckedCase checked = CheckWith(4, "looks as it should");
  EXPECT_EQ(checked.MissedCount(), 1u);
  EXPECT_EQ(checked.remarks[0].instead, "this remark is not understood");
}

TEST(HermitageCheck, AMissSaysWhatHappenedInstead) {
  const CheckedCase checked = CheckWith(4, "Shows 1 => 10");
  ASSERT_EQ(checked.remarks.size(), 2u);
  EXPECT_EQ(checked.remarks[0].line, 4u);
  EXPECT_EQ(checked.remarks[0].session, "T2");
  EXPECT_EQ(checked.remarks[0].instead, "no row 1 => 10: it returned 1 => 11, 2 => 20");
}

TEST(HermitageCheck, AnErrorThatNoRemarkNamesIsReported) {
  const std::vector<StepReport> reports = AReplay();
  const CheckedCase checked = CheckCase(CaseOf(reports), reports);
  EXPECT_EQ(checked.MissedCount(), 0u);
  ASSERT_EQ(checked.undocumented.size(), 1u);
  EXPECT_THAT(checked.undocumented[0], HasSubstr("ERROR 1213"));
  EXPECT_FALSE(checked.IsAsDocumented());
}

TEST(HermitageCheck, AnotherSessionsErrorIsDocumentedByTheOneThatCausesIt) {
  std::vector<StepReport> reports;
  reports.push_back(Blocked(1, "T1", kUpdate, RowWait("T2")));
  reports.push_back(Ended(2, "T2", kUpdate, Changed(1)));
  LetGo(reports.back(), "T1", 1, kUpdate, DeadlockError());
  ScriptCase one = CaseOf(reports);
  one.steps[1].remark = "causes T1 to abort with deadlock error";
  EXPECT_TRUE(CheckCase(one, reports).IsAsDocumented());
  one.steps[1].remark = "unblocks T1";  // A victim is not let go.
  EXPECT_EQ(CheckCase(one, reports).MissedCount(), 1u);
}

TEST(HermitageCheck, TheNewlyInsertedRowIsTheLastInsertsRow) {
  std::vector<StepReport> reports;
  reports.push_back(Ended(1, "T2", "insert into test (id, value) values (3, 30)", Changed(1)));
  reports.push_back(
      Ended(2, "T1", "select * from test", Rows({"id", "value"}, {{Value::Int(3), Value::Int(30)}})));
  ScriptCase one = CaseOf(reports);
  sql::InsertStatement insert;
  insert.columns = {"id", "value"};
  for (const std::int64_t number : {3, 30}) {
    auto literal = std::make_shared<sql::Expr>();
    literal->literal = Value::Int(number);
    insert.rows.resize(1);
    insert.rows[0].push_back(literal);
  }
  one.steps[0].statement = std::make_shared<sql::Statement>(sql::Statement{insert, ""});
  one.steps[1].remark = "Returns the newly inserted row";
  EXPECT_TRUE(CheckCase(one, reports).IsAsDocumented());
  reports[1].result.rows[0][1] = Value::Int(31);
  EXPECT_EQ(CheckCase(one, reports).MissedCount(), 1u);
}

TEST(HermitageCheck, ARunThatEndedEarlyMissesTheRest) {
  std::vector<StepReport> reports = AReplay();
  ScriptCase one = CaseOf(reports);
  one.steps[4].remark = "Returns nothing";
  reports.resize(2);
  reports[1].status = StepStatus::kScriptError;
  const CheckedCase checked = CheckCase(one, reports);
  EXPECT_EQ(checked.MissedCount(), 1u);
  EXPECT_EQ(checked.undocumented.size(), 1u);
}

TEST(HermitageText, TheSummaryCountsCasesAndRemarks) {
  HermitageTally tally;
  tally.Add(CheckWith(2, "BLOCKS"));
  tally.Add(CheckWith(1, "BLOCKS"));
  EXPECT_EQ(SummaryLine(tally), "1 of 2 cases as documented; 4 remarks checked, 1 missed\n");
}

TEST(HermitageText, ACaseListsWhatHeldAndWhatDidNot) {
  const std::string text = CaseText(CheckWith(1, "BLOCKS"), 7, {80, false});
  EXPECT_EQ(text,
            "  7 ✗ a case (line 1)\n"
            "      ✓ T2 prints \"ERROR 1213 (40001): Deadlock found when trying to get lock;\n"
            "        try restarting transaction\"\n"
            "      ✗ line 1: T1 BLOCKS — missed: it ended at once: ok, 1 row\n");
}

}  // namespace
}  // namespace nextkey
