// `nextkey replay` as a whole: exit codes, and that nothing is played while a file holds a mistake.
#include "sim/replay_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "sim/text.h"

namespace nextkey {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

struct Outcome {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// Files of a test, in a folder of its own.
class ReplayCommandTest : public ::testing::Test {
 protected:
  ReplayCommandTest() {
    const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) / (std::string("nextkey_") + test->name());
    std::filesystem::create_directories(folder_);
  }
  ~ReplayCommandTest() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }

  static Outcome Run(const ReplayCommand& command) {
    std::ostringstream out;
    std::ostringstream err;
    const int exit_code = RunReplay(command, out, err);
    return {exit_code, out.str(), err.str()};
  }

  std::filesystem::path folder_;
};

TEST_F(ReplayCommandTest, AScriptIsPlayed) {
  const Outcome outcome = Run({.files = {File("a.sql", "select 1 + 1 as two; -- T1\n")}});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("two"));
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST_F(ReplayCommandTest, OneMistakeAndNothingIsPlayed) {
  const Outcome outcome = Run({.files = {File("good.sql", "select 1; -- T1\n"),
                                         File("bad.sql", "select 1; -- T1\nselec 2; -- T1\n")}});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("bad.sql:2:1: "));
  EXPECT_THAT(outcome.err, HasSubstr("    selec 2; -- T1\n    ^\n"));
}

TEST_F(ReplayCommandTest, ManyFilesAreNamedInJsonLines) {
  const Outcome outcome =
      Run({.files = {File("a.sql", "select 1; -- T1\n"), File("b.sql", "select 2; -- T1\n")},
           .format = ReportFormat::kJsonl});
  EXPECT_EQ(outcome.exit_code, 0);
  const std::vector<std::string_view> lines = Split(outcome.out, "\n");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_THAT(std::string(lines[0]), StartsWith(R"({"script": "a.sql", "step": 1, )"));
  EXPECT_THAT(std::string(lines[1]), StartsWith(R"({"script": "b.sql", "step": 1, )"));
}

TEST_F(ReplayCommandTest, AnErrorOfTheServerIsNoneOfOurs) {
  const Outcome outcome = Run({.files = {File("a.sql", "select * from nowhere; -- T1\n")}});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("ERROR 1146 (42S02)"));
}

TEST_F(ReplayCommandTest, AStatementForAWaitingSessionEndsTheRun) {
  const std::string script =
      "create table t (id int primary key);\ninsert into t values (1);\n"
      "begin; select * from t for update; -- T1\nselect * from t for update; -- T2\nselect 1; -- T2\ncommit; "
      "-- T1\n";
  const Outcome outcome = Run({.files = {File("a.sql", script)}, .format = ReportFormat::kJsonl});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.out, HasSubstr(R"("status": "script_error")"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("commit")));
  EXPECT_THAT(outcome.err, HasSubstr("a.sql:5:1: session T2 still waits"));
}

TEST_F(ReplayCommandTest, AMissedRemarkIsExitCodeOne) {
  const std::string right = "A case:\n\n```sql\nselect 1, 2; -- T1. Shows 1 => 2\n```\n";
  const std::string wrong = "A case:\n\n```sql\nselect 1, 2; -- T1. Shows 1 => 3\n```\n";
  const Outcome good = Run({.files = {File("right.md", right)}});
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_THAT(good.out, EndsWith("1 of 1 cases as documented; 1 remarks checked, 0 missed\n"));
  const Outcome bad = Run({.files = {File("wrong.md", wrong)}});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(bad.out, HasSubstr("missed: no row 1 => 3: it returned 1 => 2"));
  EXPECT_THAT(bad.out, EndsWith("0 of 1 cases as documented; 1 remarks checked, 1 missed\n"));
  const Outcome lines = Run({.files = {File("wrong.md", wrong)}, .format = ReportFormat::kJsonl});
  EXPECT_EQ(lines.exit_code, 1);
  EXPECT_THAT(lines.out, StartsWith(R"({"case": "A case", "step": 1, )"));
  EXPECT_THAT(lines.err, HasSubstr("wrong.md:4: T1 Shows 1 => 3: missed"));
}

TEST_F(ReplayCommandTest, AThousandStatementsGiveTheSameBytesTwice) {
  std::string script = "create table t (id int primary key, v int);\n";
  for (int i = 0; i < 500; ++i) {
    script += "insert into t values (" + std::to_string(i) + ", 0); -- T1\n";
    script += "update t set v = v + 1 where id = " + std::to_string(i / 2) + "; -- T2\n";
  }
  const std::string file = File("a.sql", script);
  const Outcome first = Run({.files = {file}, .format = ReportFormat::kJsonl});
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_EQ(first.out, Run({.files = {file}, .format = ReportFormat::kJsonl}).out);
}

}  // namespace
}  // namespace nextkey
