// The timeline that people read.
#include "sim/report_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/display_width.h"
#include "sim/text.h"
#include "tests/sim/report_builder.h"

namespace nextkey {
namespace {

using testing::Blocked;
using testing::CaseOf;
using testing::Changed;
using testing::DeadlockError;
using testing::Ended;
using ::testing::HasSubstr;
using testing::IdOf;
using testing::LetGo;
using ::testing::Not;
using testing::Rows;
using testing::RowWait;

std::string Print(const std::vector<StepReport>& reports, const TextOptions& options,
                  const std::vector<StillWaiting>& still_waiting = {}) {
  TextReport text(CaseOf(reports), options);
  std::string out;
  for (const StepReport& report : reports) out += text.Step(report);
  return out + text.Closing(still_waiting);
}

std::vector<StepReport> AWait() {
  std::vector<StepReport> reports;
  reports.push_back(Ended(1, "setup", "create table test (id int primary key, value int)", Changed(0)));
  reports.back().is_setup = true;
  reports.push_back(
      Ended(2, "T1", "select * from test",
            Rows({"id", "name"}, {{Value::Int(1), Value::Text("ann")}, {Value::Int(12), Value::Null()}})));
  reports.push_back(Blocked(3, "T2", "update test set value = 12 where id = 1", RowWait("T1")));
  reports.push_back(Ended(4, "T1", "commit", Changed(0)));
  LetGo(reports.back(), "T2", 3, "update test set value = 12 where id = 1", Changed(1));
  return reports;
}

TEST(ReportText, ASessionHasAColumnWhereThereIsRoom) {
  EXPECT_EQ(Print(AWait(), {.width = 90}),
            R"(set-up
   1  create table test (id int primary key, value int) → ok

      T1                                         T2
      ────────────────────────────────────────   ────────────────────────────────────────
   2  select * from test
        id  name
        ──  ────
         1  ann
        12  NULL
   3                                             update test set value = 12 where id = 1
                                                 waits for X,REC_NOT_GAP on PRIMARY of
                                                   test, record 1, held by T1
   4  commit → ok                                ┊
                                                 … goes on (step 3) → ok, 1 row

4 steps, 1 wait, no errors.
)");
}

TEST(ReportText, OnANarrowPageTheNameStandsInFront) {
  EXPECT_EQ(Print(AWait(), {.width = 70}),
            R"(set-up
   1  create table test (id int primary key, value int) → ok

   2  T1  select * from test
            id  name
            ──  ────
             1  ann
            12  NULL
   3  T2  update test set value = 12 where id = 1
          waits for X,REC_NOT_GAP on PRIMARY of test, record 1, held
            by T1
   4  T1  commit → ok
      T2  … goes on (step 3) → ok, 1 row

4 steps, 1 wait, no errors.
)");
}

TEST(ReportText, ADeadlockShowsItsCircleAndWhyTheVictimLost) {
  StepReport report = testing::Begun(3, "T2", "update test set value = 1 where id = 1");
  DeadlockReport deadlock;
  deadlock.circle = {{IdOf("T2"), "X on PRIMARY of test, record 1", "S on PRIMARY of test, record 1", 2},
                     {IdOf("T1"), "X on PRIMARY of test, record 1", "S on PRIMARY of test, record 1", 5}};
  deadlock.victim = IdOf("T2");
  deadlock.reason = "it has the least to undo";
  report.happenings = {DeadlockFound{deadlock}, StatementEnded{IdOf("T2"), DeadlockError()}};
  report.result = DeadlockError();
  report.status = StepStatus::kError;
  LetGo(report, "T1", 2, "update test set value = 2 where id = 1", Changed(1));
  EXPECT_EQ(Print({report}, {.width = 80}),
            R"(   3  T2  update test set value = 1 where id = 1
      deadlock: a circle of 2
        ┌─▶ T2 wants X on PRIMARY of test, record 1,
        │     but T1 has S on PRIMARY of test, record 1
        │   T1 wants X on PRIMARY of test, record 1,
        └──   but T2 has S on PRIMARY of test, record 1
        T2 is the victim: it has the least to undo
      T2  ERROR 1213 (40001): Deadlock found when trying to get lock; try
            restarting transaction
      T1  … goes on (step 2) → ok, 1 row

1 step, nobody had to wait, 1 deadlock, 1 error (1213).
)");
}

TEST(ReportText, TimePassesWhileSomebodySleeps) {
  StepReport report = testing::Begun(2, "T2", "select sleep(21)");
  StatementResult gives_up = Rows({"get_lock"}, {{Value::Int(0)}});
  report.result = Rows({"sleep(21)"}, {{Value::Int(0)}});
  report.happenings = {StatementWaits{IdOf("T2"), Wait{WaitKind::kSleep, {}, ""}},
                       TimePassed{20'000'000},
                       TimerFired{IdOf("T1"), WaitKind::kUserLock},
                       StatementEnded{IdOf("T1"), gives_up},
                       TimePassed{1'000'000},
                       StatementEnded{IdOf("T2"), report.result}};
  report.unblocked = {{"T1", 1, "select get_lock('a', 20)", gives_up}};
  const std::string text = Print({report}, {.width = 80});
  EXPECT_THAT(text, HasSubstr("── 20 s pass ──"));
  EXPECT_THAT(text, HasSubstr("T1  … gives up (step 1)"));
  EXPECT_THAT(text, HasSubstr("21 s of virtual time"));
  EXPECT_LT(text.find("20 s pass"), text.find("gives up"));
  EXPECT_LT(text.find("gives up"), text.find("1 s passes"));
}

TEST(ReportText, LocksArePrintedWhenTheyChange) {
  std::vector<StepReport> reports = {Ended(1, "T1", "select 1", Changed(0)),
                                     Ended(2, "T1", "select 2", Changed(0))};
  for (StepReport& report : reports) {
    report.locks = {LockRow{IdOf("T1"), "test", "", false, "IX", false, std::nullopt, false}};
  }
  EXPECT_EQ(Print(reports, {.width = 80, .with_locks = true}),
            R"(   1  T1  select 1 → ok
        session  table  index  mode  status   record
        ───────  ─────  ─────  ────  ───────  ──────
        T1       test          IX    GRANTED
   2  T1  select 2 → ok
        locks unchanged

2 steps, nobody had to wait, no errors.
)");
}

TEST(ReportText, StatementsThatStillWaitAreNamed) {
  std::vector<StepReport> reports = AWait();
  reports.pop_back();
  EXPECT_THAT(
      Print(reports, {.width = 300}, {{"T2", 3, "update test", RowWait("T1")}}),
      HasSubstr("In the end T2 still waits for X,REC_NOT_GAP on PRIMARY of test, record 1, held by T1 "
                "(step 3: update test)."));
}

TEST(ReportText, ColourIsAnOption) {
  EXPECT_THAT(Print(AWait(), {.width = 80}), Not(HasSubstr("\x1b[")));
  EXPECT_THAT(Print(AWait(), {.width = 80, .with_colour = true}), HasSubstr("\x1b["));
}

TEST(ReportText, NoLineIsWiderThanThePage) {
  std::vector<StepReport> reports = AWait();
  reports.push_back(Ended(5, "T2",
                          "select '" + std::string(300, 'x') + "', '좌석 좌석 좌석 좌석 좌석 좌석 좌석'",
                          Rows({std::string(200, 'c'), "좌석"},
                               {{Value::Text(std::string(500, 'y')), Value::Text("예약 예약")}})));
  for (const std::size_t width : {50u, 64u, 80u, 100u, 133u}) {
    const std::string page = Print(reports, {.width = width});
    for (const std::string_view line : Split(page, "\n")) {
      EXPECT_LE(DisplayWidth(line), width) << line;
    }
  }
}

TEST(ReportText, LongResultsAreCut) {
  std::vector<std::vector<Value>> rows;
  for (std::int64_t i = 0; i < 1000; ++i) rows.push_back({Value::Int(i)});
  const std::string text = Print({Ended(1, "T1", "select * from test", Rows({"id"}, rows))}, {.width = 80});
  EXPECT_THAT(text, HasSubstr("… and 970 more rows"));
}

}  // namespace
}  // namespace nextkey
