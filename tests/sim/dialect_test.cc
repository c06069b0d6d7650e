// MySQL 8.4 as its own recordings show it (tests/dialect/mysql-8.4): statements, outcomes and lists of locks.
// What a recording does not say is not compared.
#include "txn/dialect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "sim/replay.h"
#include "sim/report_jsonl.h"
#include "sim/rules_command.h"
#include "sim/script.h"
#include "tests/sim/recording.h"

namespace nextkey {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path& MySqlFolder() {
  static const fs::path folder = fs::path(NEXTKEY_SOURCE_DIR) / "tests" / "dialect" / "mysql-8.4";
  return folder;
}

std::vector<std::string> MySqlScripts() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(MySqlFolder())) {
    if (entry.path().extension() != ".sql") continue;
    names.push_back(fs::relative(entry.path(), MySqlFolder()).replace_extension().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The steps that differ from the recording, in words.
std::vector<std::string> Differences(const std::string& name, const Dialect& dialect) {
  const Script script = std::get<Script>(ReadScript((MySqlFolder() / (name + ".sql")).string()));
  const std::vector<Json> recorded = Recording(MySqlFolder() / (name + ".jsonl"));
  std::vector<std::string> differences;
  World world;
  world.server.SetDialect(dialect);
  std::size_t step = 0;
  for (; !IsFinished(world, script.cases[0]); ++step) {
    const Json played = Json::parse(ToJsonLine(PlayStep(world, script.cases[0], LockListing::kEachStep), {}));
    if (step >= recorded.size()) break;
    Json expected = played;
    expected.update(recorded[step]);
    if (Described(played) != Described(expected)) {
      differences.push_back(Described(played) + "\nbut recorded was\n" + Described(expected));
    }
  }
  if (step != recorded.size()) differences.push_back("the number of steps differs");
  return differences;
}

std::string TestName(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}

class MySql84 : public testing::TestWithParam<std::string> {};

TEST_P(MySql84, AgreesWithTheRecording) {
  for (const std::string& difference : Differences(GetParam(), Dialect::MySql84()))
    ADD_FAILURE() << GetParam() << ": " << difference;
}

INSTANTIATE_TEST_SUITE_P(Scripts, MySql84, testing::ValuesIn(MySqlScripts()),
                         [](const auto& info) { return TestName(info.param); });

// Where MySQL locks otherwise than MariaDB and the table calls that recorded, a recording notices when it is
// played MariaDB's way.
TEST(MySql84Rules, RecordedDifferencesAreNoticed) {
  std::size_t differing = 0;
  for (const LockRuleLine& line : LockRuleTable()) {
    if (!line.mysql_evidence.starts_with("recorded")) continue;
    for (const RuleColumn column : {RuleColumn::kRepeatableRead, RuleColumn::kReadCommitted}) {
      if (line.mysql.At(column) == line.mariadb.At(column)) continue;
      ++differing;
      const Dialect changed = Dialect::MySql84().With(line.rule, column, line.mariadb.At(column));
      const std::vector<std::string> scripts = MySqlScripts();
      EXPECT_TRUE(std::any_of(scripts.begin(), scripts.end(), [&](const std::string& name) {
        return !Differences(name, changed).empty();
      })) << changed.name;
    }
  }
  EXPECT_EQ(differing, 2U);  // The row behind a range, and behind one with an exact end.
}

// The manual's errors: 3572 for NOWAIT, 3058 for a circle of named locks, the table's name in 1062.
TEST(MySql84Errors, AreMySqls) {
  const auto last_error = [](const std::string& text) {
    ScriptOrMistakes read = ReadScript(SourceFile{"errors.sql", text});
    const Script script = std::get<Script>(std::move(read));
    World world;
    world.server.SetDialect(Dialect::MySql84());
    std::string error = "none";
    while (!IsFinished(world, script.cases[0])) {
      const StepReport report = PlayStep(world, script.cases[0], LockListing::kNone);
      if (report.result.error) error = ErrorText(*report.result.error);
    }
    return error;
  };
  const std::string table =
      "create table t (id int primary key, v int check (v < 9)) engine=innodb; insert into t values (1, "
      "1);\n";
  EXPECT_EQ(
      last_error(table +
                 "begin; select * from t for update; -- T1\nselect * from t for update nowait; -- T2\n"),
      "ERROR 3572 (HY000): Statement aborted because lock(s) could not be acquired immediately and NOWAIT "
      "is set.");
  EXPECT_EQ(last_error("select get_lock('a', 9); -- T1\nselect get_lock('b', 9); -- T2\n"
                       "select get_lock('b', 9); -- T1\nselect get_lock('a', 9); -- T2\n"),
            "ERROR 3058 (HY000): Deadlock found when trying to get user-level lock; try rolling back "
            "transaction/releasing locks and restarting lock acquisition.");
  EXPECT_EQ(last_error(table + "insert into t values (1, 2); -- T1\n"),
            "ERROR 1062 (23000): Duplicate entry '1' for key 't.PRIMARY'");
  EXPECT_THAT(last_error(table + "insert into t values (2, 10); -- T1\n"),
              testing::StartsWith("ERROR 3819 (HY000)"));
}

TEST(LockRulesPage, IsWhatTheTableSays) {
  std::ifstream in(fs::path(NEXTKEY_SOURCE_DIR) / "txn" / "LOCK_RULES.md");
  std::stringstream page;
  page << in.rdbuf();
  EXPECT_EQ(page.str(), RulesMarkdown()) << "nextkey rules --format markdown > txn/LOCK_RULES.md";
}

TEST(LockRulesPage, EachServerIsPrintedByName) {
  for (const std::string_view name : DialectNames())
    EXPECT_TRUE(RulesText(*FindDialect(name)).starts_with(name));
}

}  // namespace
}  // namespace nextkey
