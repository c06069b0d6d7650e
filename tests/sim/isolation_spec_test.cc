// Specs of isolationtester. Beside each lies what a server printed: those in isolation_specs were played
// on MariaDB 10.11 (tests/differential/isolation.py), those in on_postgresql by isolationtester 15 itself
// on PostgreSQL; their SQL means the same to both servers, so that they prove the format.
#include "sim/race/isolation_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

std::string Played(std::string text) {
  auto played = PlayIsolationSpec(RaceFileOf(std::move(text), "a.spec"), {});
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&played)) return ToText(*mistakes);
  return std::get<std::string>(std::move(played));
}

std::size_t CompareFolder(const std::filesystem::path& folder) {
  std::size_t compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".spec") continue;
    SCOPED_TRACE(entry.path().string());
    std::filesystem::path printed = entry.path();
    printed.replace_extension(".out");
    EXPECT_EQ(Played(FileText(entry.path())), FileText(printed));
    ++compared;
  }
  return compared;
}

TEST(IsolationSpecs, PrintWhatMariaDbDoes) {
  EXPECT_EQ(CompareFolder(NEXTKEY_SOURCE_DIR "/tests/isolation_specs"), 10u);
}

TEST(IsolationSpecs, PrintAsIsolationtesterPrints) {
  EXPECT_EQ(CompareFolder(NEXTKEY_SOURCE_DIR "/tests/isolation_specs/on_postgresql"), 3u);
}

constexpr std::string_view kTwoWriters = R"(
setup    { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0); }
teardown { DROP TABLE t; }
session s1
setup   { BEGIN; }
step a  { UPDATE t SET n = 1; }
step ac { COMMIT; }
session s2
setup   { BEGIN; }
step b  { UPDATE t SET n = 2; }
step b2 { SELECT n FROM t; }
step bc { COMMIT; }
)";

// innodb_lock_wait_timeout ends the wait that isolationtester would sit through; the statement is undone,
// the transaction is not.
TEST(IsolationSpecs, ASessionThatIsNamedWhileItWaitsIsWaitedFor) {
  EXPECT_THAT(Played(std::string(kTwoWriters) + "permutation a b b2 ac bc"),
              EndsWith("step a: UPDATE t SET n = 1;\n"
                       "step b: UPDATE t SET n = 2; <waiting ...>\n"
                       "step b: <... completed>\n"
                       "ERROR:  Lock wait timeout exceeded; try restarting transaction\n"
                       "step b2: SELECT n FROM t;\n"
                       "n\n-\n0\n(1 row)\n\n"
                       "step ac: COMMIT;\n"
                       "step bc: COMMIT;\n"));
}

// Insert of a key that is there: one warning with IGNORE, of the session that the marker counts.
TEST(IsolationSpecs, AMarkerCanWaitForWarnings) {
  EXPECT_THAT(Played(R"(
setup    { CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1); }
teardown { DROP TABLE t; }
session s1
step quiet { SELECT id FROM t; }
session s2
step first  { INSERT IGNORE INTO t VALUES (2); }
step second { INSERT IGNORE INTO t VALUES (1); }
permutation quiet(second notices 1) first second
)"),
              EndsWith("step quiet: SELECT id FROM t; <waiting ...>\n"
                       "step first: INSERT IGNORE INTO t VALUES (2);\n"
                       "s2: WARNING:  Duplicate entry '1' for key 'PRIMARY'\n"
                       "step second: INSERT IGNORE INTO t VALUES (1);\n"
                       "step quiet: <... completed>\n"
                       "id\n--\n 1\n(1 row)\n\n"));
}

TEST(IsolationSpecs, AnErrorEndsItsStep) {
  EXPECT_THAT(Played(R"(
session s1
step several { SELECT 1 AS x; SELECT * FROM missing; SELECT 2 AS y; }
session s2
step other { SELECT 3 AS z; }
permutation several other
)"),
              EndsWith("x\n-\n1\n(1 row)\n\n"
                       "ERROR:  Table 'test.missing' doesn't exist\n"
                       "step other: SELECT 3 AS z;\nz\n-\n3\n(1 row)\n\n"));
}

// (2 + 3)! / (2! 3!)
TEST(IsolationSpecs, WithoutPermutationsEveryOrderIsPlayed) {
  const std::string text = Played(std::string(kTwoWriters));
  std::set<std::string> orders;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("starting permutation: ")) orders.insert(line);
  }
  EXPECT_EQ(orders.size(), 10u);
}

TEST(IsolationSpecs, MistakesHaveAPlaceAndARemedy) {
  EXPECT_THAT(
      Played("setup { SELECT * FROM missing; }\nsession s1\nstep a { SELECT 1; }"),
      HasSubstr("a.spec:1:8: the set-up fails: ERROR 1146 (42S02): Table 'test.missing' doesn't exist"));
  EXPECT_THAT(Played("session s1\nstep a { FAIL 'sold out'; }"),
              HasSubstr("a.spec:2:10: a spec of isolationtester holds SQL alone"));
  EXPECT_THAT(Played(std::string(kTwoWriters) + "permutation a(b notices 1) ac b bc"),
              HasSubstr("this step is never completed: steps of the permutation block each other"));
  std::string many = "session s1\n";
  for (int i = 0; i < 10; ++i) many += "step a" + std::to_string(i) + " { SELECT 1; }\n";
  many += "session s2\n";
  for (int i = 0; i < 10; ++i) many += "step b" + std::to_string(i) + " { SELECT 1; }\n";
  EXPECT_THAT(Played(many), HasSubstr("the steps have more than 10000 orders"));
}

}  // namespace
}  // namespace nextkey
