// The JSON lines: keys, order and spelling are those of a real server's recorder.
#include "sim/report_jsonl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/column_type.h"
#include "tests/sim/report_builder.h"

namespace nextkey {
namespace {

using testing::Begun;
using testing::Blocked;
using testing::Changed;
using testing::DeadlockError;
using testing::Ended;
using ::testing::HasSubstr;
using testing::IdOf;
using testing::LetGo;
using testing::Rows;
using testing::RowWait;

// "rows" of a one-cell result, as text.
std::string CellOf(Value value) {
  const std::string line = ToJsonLine(Ended(1, "T1", "select x", Rows({"x"}, {{std::move(value)}})), {});
  const std::size_t begin = line.find("\"rows\": [[") + 10;
  return line.substr(begin, line.find("]]", begin) - begin);
}

TEST(ReportJsonl, AChange) {
  EXPECT_EQ(
      ToJsonLine(Ended(3, "setup", "insert into t values (1)", Changed(1)), {}),
      R"json({"step": 3, "session": "setup", "sql": "insert into t values (1)", "status": "ok", )json"
      R"json("columns": null, "rows": null, "affected": 1, "errno": null, "error": null, "warnings": 0, )json"
      R"json("unblocked": [], "locks": []})json"
      "\n");
}

TEST(ReportJsonl, Rows) {
  EXPECT_THAT(
      ToJsonLine(Ended(3, "T1", "select * from t",
                       testing::Rows({"id", "이름"}, {{Value::Int(1), Value::Null()},
                                                      {Value::Int(2), Value::Text("a\"b\n좌석")}})),
                 {}),
      HasSubstr(
          R"json("status": "ok", "columns": ["id", "이름"], "rows": [[1, null], [2, "a\"b\n좌석"]], )json"
          R"json("affected": null, )json"));
}

TEST(ReportJsonl, AnError) {
  EXPECT_THAT(
      ToJsonLine(Ended(3, "T1", "update t set v = 1", DeadlockError()), {}),
      HasSubstr(
          R"json("status": "error", "columns": null, "rows": null, "affected": null, "errno": 1213, )json"
          R"json("error": "Deadlock found when trying to get lock; try restarting transaction", )json"
          R"json("warnings": 0, "unblocked")json"));
}

TEST(ReportJsonl, AWaitAndItsEnd) {
  EXPECT_THAT(
      ToJsonLine(Blocked(3, "T2", "update t set v = 1", RowWait("T1")), {}),
      HasSubstr(
          R"json("status": "blocked", "columns": null, "rows": null, "affected": null, "errno": null, )json"
          R"json("error": null, "warnings": 0, "wait": "row lock", "unblocked": [])json"));
  StepReport commit = Ended(4, "T1", "commit", Changed(0));
  LetGo(commit, "T3", 2, "select 3", Changed(3));
  LetGo(commit, "T2", 3, "update t set v = 1", Changed(2));
  // By session, whoever went on first.
  EXPECT_THAT(
      ToJsonLine(commit, {}),
      HasSubstr(
          R"json("unblocked": [{"session": "T2", "step": 3, "sql": "update t set v = 1", "status": "ok", )json"
          R"json("columns": null, "rows": null, "affected": 2, "errno": null, "error": null, )json"
          R"json("warnings": 0}, {"session": "T3", "step": 2, )json"));
}

TEST(ReportJsonl, AScriptError) {
  StepReport report = Begun(5, "T2", "select 1");
  report.status = StepStatus::kScriptError;
  EXPECT_EQ(
      ToJsonLine(report, {}),
      R"json({"step": 5, "session": "T2", "sql": "select 1", "status": "script_error", "rows": null, )json"
      R"json("columns": null, "affected": null, "errno": null, "error": "session T2 is blocked", )json"
      R"json("unblocked": [], "locks": []})json"
      "\n");
}

TEST(ReportJsonl, LocksAreSorted) {
  StepReport report = Ended(1, "T1", "commit", Changed(0));
  const auto record = [](const char* session, const char* data) {
    return LockRow{IdOf(session), "t", "PRIMARY", true, "X", false, data, false};
  };
  report.locks = {record("T2", "1"),
                  record("T1", "supremum pseudo-record"),
                  record("T1", "10"),
                  record("T1", "9"),
                  record("T1", "'a'"),
                  record("T1", "NULL"),
                  LockRow{IdOf("T1"), "t", "", false, "IX", false, std::nullopt, false},
                  record("T1", "9")};
  report.locks[2].is_deleted = true;
  report.locks[0].is_waiting = true;
  EXPECT_THAT(
      ToJsonLine(report, {}),
      HasSubstr(
          R"json("locks": [{"session": "T1", "table": "t", "index": null, "type": "TABLE", "mode": "IX", "status": "GRANTED", "data": null}, )json"
          R"json({"session": "T1", "table": "t", "index": "PRIMARY", "type": "RECORD", "mode": "X", "status": "GRANTED", "data": "NULL"}, )json"
          R"json({"session": "T1", "table": "t", "index": "PRIMARY", "type": "RECORD", "mode": "X", "status": "GRANTED", "data": "9"}, )json"
          R"json({"session": "T1", "table": "t", "index": "PRIMARY", "type": "RECORD", "mode": "X", "status": "GRANTED", "data": "10", "deleted": true}, )json"
          R"json({"session": "T1", "table": "t", "index": "PRIMARY", "type": "RECORD", "mode": "X", "status": "GRANTED", "data": "'a'"}, )json"
          R"json({"session": "T1", "table": "t", "index": "PRIMARY", "type": "RECORD", "mode": "X", "status": "GRANTED", "data": "supremum pseudo-record"}, )json"
          R"json({"session": "T2", "table": "t", "index": "PRIMARY", "type": "RECORD", "mode": "X", "status": "WAITING", "data": "1"}])json"));
}

TEST(ReportJsonl, PlanOnlyWhenAskedFor) {
  StepReport report = Ended(1, "T1", "select 1", Changed(0));
  report.result.plan = "a ALL\nb eq_ref PRIMARY";
  EXPECT_THAT(ToJsonLine(report, {}), ::testing::Not(HasSubstr("plan")));
  EXPECT_THAT(ToJsonLine(report, {true, "", ""}),
              HasSubstr(R"json("warnings": 0, "plan": ["a ALL", "b eq_ref PRIMARY"], "unblocked")json"));
}

TEST(ReportJsonl, ScriptAndCaseStandInFront) {
  EXPECT_THAT(ToJsonLine(Ended(1, "T1", "commit", Changed(0)), {false, "a.md", "Lost update"}),
              ::testing::StartsWith(R"json({"script": "a.md", "case": "Lost update", "step": 1, )json"));
}

// As a driver reads them and Python prints them.
TEST(ReportJsonl, Values) {
  EXPECT_EQ(CellOf(Value::Unsigned(18446744073709551615u)), "18446744073709551615");
  EXPECT_EQ(CellOf(Value::OfDecimal(*ParseDecimal("15000"))), "15000");
  EXPECT_EQ(CellOf(Value::OfDecimal(*ParseDecimal("12.50"))), "\"12.50\"");
  EXPECT_EQ(CellOf(Value::OfDecimal(*ParseDecimal("-3"))), "-3");
  EXPECT_EQ(CellOf(Value::Double(0.1)), "0.1");
  EXPECT_EQ(CellOf(Value::Double(3)), "3.0");
  EXPECT_EQ(CellOf(Value::Double(1e15)), "1000000000000000.0");
  EXPECT_EQ(CellOf(Value::Double(1e16)), "1e+16");
  EXPECT_EQ(CellOf(*ParseDateTime("2024-01-31")), "\"2024-01-31\"");
  EXPECT_EQ(CellOf(*ParseDateTime("2024-01-31 01:02:03")), "\"2024-01-31 01:02:03\"");
  EXPECT_EQ(CellOf(*ParseDateTime("2024-01-31 01:02:03.5")), "\"2024-01-31 01:02:03.500000\"");
  EXPECT_EQ(CellOf(Value::DateTime((*ParseDateTime("2024-01-31 01:02:03")).AsDateTime(), 6)),
            "\"2024-01-31 01:02:03\"");
  EXPECT_EQ(CellOf(Value::Time(3723000000, 0)), "\"1:02:03\"");
  EXPECT_EQ(CellOf(Value::Time(-1000000, 0)), "\"-1 day, 23:59:59\"");
}

TEST(ReportJsonl, ConnectionIdsAreNamedOnlyWhereTheyAreAskedFor) {
  const StatementResult two = testing::Rows({"x"}, {{Value::Int(2)}});
  EXPECT_THAT(ToJsonLine(Ended(1, "T1", "select IS_USED_LOCK('a')", two), {}),
              HasSubstr(R"json([["conn:T1"]])json"));
  EXPECT_THAT(ToJsonLine(Ended(1, "T1", "select 2", two), {}), HasSubstr("[[2]]"));
}

}  // namespace
}  // namespace nextkey
