// In which steps a race goes: rows instead of statements, purge and time as choices. Counts by hand, and
// what the usual steps can't show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/explore/explore_race.h"
#include "sim/explore/explore_text.h"
#include "sim/explore/split_race.h"
#include "sim/race/permutation.h"
#include "sim/race/race_text.h"
#include "sim/race/schedule_sql.h"
#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

RaceOptions ByRows() {
  RaceOptions options;
  options.granularity = Granularity::kRow;
  return options;
}
RaceOptions AtAnyTime() {
  RaceOptions options;
  options.timing = Timing::kAny;
  return options;
}
RaceOptions WithPurge(PurgeMode purge) {
  RaceOptions options;
  options.purge = purge;
  return options;
}

Exploration ExploreInSteps(const ProgramRef& program, bool sorts_clients = true) {
  ExploreOptions options;
  options.sorts_clients = sorts_clients;
  auto explored = ExploreRace(program, options);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&explored))
    throw std::runtime_error(ToText(*mistakes));
  return std::get<Exploration>(std::move(explored));
}

// Schedules by outcome. With symmetry and without it, and by going through all of them.
std::map<std::string, std::string> CountsInSteps(const std::string& text, const RaceOptions& options) {
  const ProgramRef program = ProgramOf(text, options);
  std::map<std::string, std::string> counts;
  for (const auto& [end, schedules] : AllSchedules(text, options).ends)
    counts[end] = std::to_string(schedules);
  for (const bool sorts : {true, false}) {
    std::map<std::string, std::string> found;
    const Exploration exploration = ExploreInSteps(program, sorts);
    EXPECT_TRUE(exploration.is_complete);
    for (const ExploredOutcome& outcome : exploration.outcomes)
      found[EndText(outcome.end, *program)] = outcome.schedules ? outcome.schedules->str() : "infinite";
    EXPECT_EQ(found, counts) << "sorts " << sorts;
  }
  return counts;
}

// --- Rows -----------------------------------------------------------------------------------------------

std::string RaceForOneRow(int clients) {
  return R"(race lock "Everybody locks one row"
setup { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0); }
client a )" +
         std::to_string(clients) + R"(
setup { SET autocommit = 0; }
step lock { SELECT n INTO @n FROM t WHERE id = 1 FOR UPDATE; }
step commit { COMMIT; }
)";
}

// Of three, the first to lock may be each, and then: he commits, and the two others have four schedules; or
// one more waits before that, and then he and the third have three; or both wait, and all that is left is
// one after the other. 3 · (4 + 2 · 3 + 2 · 1) = 36. Where going on is no choice, the second case has two.
TEST(RowSteps, GoingOnIsAChoice) {
  EXPECT_THAT(CountsInSteps(RaceForOneRow(2), {}), ElementsAre(Pair("2 succeeded", "4")));
  EXPECT_THAT(CountsInSteps(RaceForOneRow(2), ByRows()), ElementsAre(Pair("2 succeeded", "4")));
  EXPECT_THAT(CountsInSteps(RaceForOneRow(3), {}), ElementsAre(Pair("3 succeeded", "30")));
  EXPECT_THAT(CountsInSteps(RaceForOneRow(3), ByRows()), ElementsAre(Pair("3 succeeded", "36")));
}

const char* const kOppositeScans = R"(race opposite "Two updates go through a table in opposite directions"
setup { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0), (2, 0); }
client up step all { UPDATE t SET n = n + 1 ORDER BY id LIMIT 2; }
client down step all { UPDATE t SET n = n + 1 ORDER BY id DESC LIMIT 2; }
result sum { SELECT SUM(n) FROM t }
)";

// Up locks rows 1 and 2; down the end of the table, 2 and 1. A circle needs up behind row 1 and down behind
// row 2: there they have come by (up's one, down's two steps) 3 ways, of which each goes on in 2. The other
// schedules: all of up first, 1; up's second step behind down's first, 2; all of down first, 1.
TEST(RowSteps, TwoScansInOppositeDirectionsDeadlockOnlyThere) {
  EXPECT_THAT(CountsInSteps(kOppositeScans, {}), ElementsAre(Pair("2 succeeded; sum 4", "2")));
  EXPECT_THAT(CountsInSteps(kOppositeScans, ByRows()),
              ElementsAre(Pair("1 succeeded, 1 deadlocked; sum 2", "6"), Pair("2 succeeded; sum 4", "4")));
}

// By two indexes: the rows' own, and one in which they stand the other way round.
TEST(RowSteps, SoDoScansByTwoIndexes) {
  const std::string text = R"(race indexes "Two updates by two indexes"
setup {
  CREATE TABLE t (id INT PRIMARY KEY, k INT, n INT, KEY (k));
  INSERT INTO t VALUES (1, 2, 0), (2, 1, 0);
}
client by_id step all { UPDATE t FORCE INDEX (PRIMARY) SET n = n + 1 WHERE id <= 2; }
client by_k step all { UPDATE t FORCE INDEX (k) SET n = n + 1 WHERE k <= 2; }
result sum { SELECT SUM(n) FROM t }
)";
  EXPECT_THAT(CountsInSteps(text, {}), ElementsAre(Pair("2 succeeded; sum 4", "2")));
  const auto by_rows = CountsInSteps(text, ByRows());
  EXPECT_EQ(by_rows.size(), 2U);
  EXPECT_TRUE(by_rows.contains("1 succeeded, 1 deadlocked; sum 2"));
}

// Two rows of one INSERT, and two of another in the other order.
TEST(RowSteps, SoDoInsertsOfTheSameRows) {
  const std::string text = R"(race inserts "The same keys in two orders"
setup { CREATE TABLE t (id INT PRIMARY KEY, who INT); }
client up step all { INSERT INTO t VALUES (1, @me), (5, @me); }
client down step all { INSERT INTO t VALUES (5, @me), (1, @me); }
result rows { SELECT COUNT(*) FROM t }
)";
  EXPECT_THAT(CountsInSteps(text, {}), ElementsAre(Pair("1 succeeded, 1 failed; rows 2", "2")));
  EXPECT_THAT(CountsInSteps(text, ByRows()),
              ::testing::Contains(Pair("1 succeeded, 1 deadlocked; rows 2", ::testing::_)));
}

TEST(RowSteps, AStatementsStopsAreToldInItsTimeline) {
  const ProgramRef program = ProgramOf(kOppositeScans, ByRows());
  const Exploration found = ExploreInSteps(program);
  const ExploredOutcome& deadlock = found.outcomes.front();
  const std::string story = BadStory(*program, deadlock.witness, deadlock.end, {100, false});
  EXPECT_THAT(story, HasSubstr("stops before its next lock"));
  EXPECT_THAT(story, HasSubstr("-- goes on"));
  const auto script = ScheduleAsSql(*program, deadlock.witness);
  ASSERT_TRUE(std::holds_alternative<NoScript>(script));
  EXPECT_THAT(std::get<NoScript>(script).why,
              HasSubstr("the going on of a statement, and a script's statements run whole"));
}

// --- Purge ----------------------------------------------------------------------------------------------

// While the other one is not done, what was deleted may be purged once: before each of his three choices,
// but not while his snapshot needs it, and it may stay. 4 where the row goes before he begins, 1 for each of
// the three other places.
TEST(PurgeAsAChoice, ComesWhenNoSnapshotNeedsTheRow) {
  const std::string text = R"(race purge "One deletes, one reads"
setup { CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1), (2); }
client goes step delete { DELETE FROM t WHERE id = 1; }
client reads
setup { SET autocommit = 0; }
step first { SELECT COUNT(*) INTO @n FROM t; }
step second { SELECT COUNT(*) INTO @m FROM t; }
step commit { COMMIT; }
)";
  EXPECT_THAT(CountsInSteps(text, {}), ElementsAre(Pair("2 succeeded", "4")));
  EXPECT_THAT(CountsInSteps(text, WithPurge(PurgeMode::kOff)), ElementsAre(Pair("2 succeeded", "4")));
  EXPECT_THAT(CountsInSteps(text, WithPurge(PurgeMode::kChoice)), ElementsAre(Pair("2 succeeded", "7")));
}

// The row with id 10 is deleted. While it still stands there, who looks for it locks it and the gap before
// it; when it is purged, the gap as far as 20: only then an INSERT of 15 is in his way.
TEST(PurgeAsAChoice, ShowsWhatEitherWayShows) {
  const std::string text = R"(race gap "A row that is gone, or nearly"
setup { CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (10), (20); }
client goes step delete { DELETE FROM t WHERE id = 10; }
client looks
step begin { BEGIN; }
step look { SELECT COUNT(*) INTO @n FROM t WHERE id = 10 FOR UPDATE; }
step commit { COMMIT; }
client comes
setup { SET innodb_lock_wait_timeout = 0; }
step insert { INSERT INTO t VALUES (15); }
)";
  const auto ends = [&](PurgeMode purge) {
    std::set<std::string> names;
    for (const auto& [end, count] : CountsInSteps(text, WithPurge(purge))) names.insert(end);
    return names;
  };
  EXPECT_EQ(ends(PurgeMode::kEager), (std::set<std::string>{"2 succeeded, 1 timed_out", "3 succeeded"}));
  EXPECT_EQ(ends(PurgeMode::kOff), (std::set<std::string>{"3 succeeded"}));
  EXPECT_EQ(ends(PurgeMode::kChoice), ends(PurgeMode::kEager));
}

// --- Time -----------------------------------------------------------------------------------------------

// The second to lock waits, and either the first commits, or the wait times out: then the two of them
// still have a COMMIT and a ROLLBACK to make, in either order. One after the other there is one way each.
TEST(AnyTiming, AWaitMayEndThoughSomebodyCouldAct) {
  EXPECT_THAT(CountsInSteps(RaceForOneRow(2), {}), ElementsAre(Pair("2 succeeded", "4")));
  EXPECT_THAT(CountsInSteps(RaceForOneRow(2), AtAnyTime()),
              ElementsAre(Pair("1 succeeded, 1 timed_out", "4"), Pair("2 succeeded", "4")));
}

// A second passes once: before the first row, between the two, or not at all.
TEST(AnyTiming, ASecondMayPassForWhoReadsTheClock) {
  const std::string text = R"(race clock "Two moments"
setup { CREATE TABLE log (id INT PRIMARY KEY, at DATETIME); }
client a
step one { INSERT INTO log VALUES (1, NOW()); }
step two { INSERT INTO log VALUES (2, NOW()); }
result seconds { SELECT TIMESTAMPDIFF(SECOND, MIN(at), MAX(at)) FROM log }
)";
  EXPECT_THAT(CountsInSteps(text, {}), ElementsAre(Pair("1 succeeded; seconds 0", "1")));
  EXPECT_THAT(CountsInSteps(text, AtAnyTime()),
              ElementsAre(Pair("1 succeeded; seconds 0", "2"), Pair("1 succeeded; seconds 1", "1")));
  // Twice: both before the first row, both between them, one and one, only one, or none.
  RaceOptions two = AtAnyTime();
  two.ticks = 2;
  EXPECT_THAT(CountsInSteps(text, two),
              ElementsAre(Pair("1 succeeded; seconds 0", "3"), Pair("1 succeeded; seconds 1", "2"),
                          Pair("1 succeeded; seconds 2", "1")));
  // Nobody reads the clock: nothing to choose.
  EXPECT_THAT(CountsInSteps(kOppositeScans, AtAnyTime()), ElementsAre(Pair("2 succeeded; sum 4", "2")));
}

// A lock in Redis that runs out while its holder works. In the usual time that can't be: he works without
// taking any.
TEST(AnyTiming, ALeaseMayRunOut) {
  const std::string text = R"(race lease "A lock with a lease"
setup { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0); }
service door simple_lock (expire 10 s)
client a 2
step lock { CALL door.lock('t') INTO @got; IF @got = 0 THEN FAIL 'taken'; END IF; }
step read { SELECT n INTO @n FROM t WHERE id = 1; }
step write { UPDATE t SET n = @n + 1 WHERE id = 1; }
step unlock { CALL door.unlock('t'); }
invariant "nothing is lost" { SELECT n = @succeeded FROM t WHERE id = 1 }
)";
  EXPECT_EQ(ExploreInSteps(ProgramOf(text)).verdict, Verdict::kHolds);
  const Exploration found = ExploreInSteps(ProgramOf(text, AtAnyTime()));
  EXPECT_TRUE(found.is_complete);
  EXPECT_EQ(found.verdict, Verdict::kBreaks);
  EXPECT_THAT(TokenOf(*found.program, found.Worst()->witness), HasSubstr("+a"));
}

// --- Tokens, work units, what an answer says ------------------------------------------------------------

RaceOptions Everything() {
  RaceOptions options;
  options.granularity = Granularity::kRow;
  options.timing = Timing::kAny;
  options.purge = PurgeMode::kChoice;
  return options;
}

TEST(StepOptions, ATokenSaysWhatItWasMadeWith) {
  const std::string text = RaceForOneRow(2);
  const ProgramRef plain = ProgramOf(text);
  const ProgramRef every = ProgramOf(text, Everything());
  const Schedule schedule{
      {{ChoiceKind::kClient, 0, 0}, {ChoiceKind::kPurge, 0, 0}, {ChoiceKind::kTick, 1, 0}}};
  const std::string token = TokenOf(*every, schedule);
  EXPECT_THAT(token, HasSubstr(":a%a+b"));
  EXPECT_EQ(std::get<Schedule>(ScheduleFor(*every, token)), schedule);
  EXPECT_THAT(std::get<std::string>(ScheduleFor(*plain, token)),
              HasSubstr("it was made with --granularity row --any-timing --purge choice, and this is without "
                        "options for steps, time and purge"));
  EXPECT_THAT(std::get<std::string>(ScheduleFor(*ProgramOf(text, ByRows()), TokenOf(*plain, schedule))),
              HasSubstr("it was made without options for steps, time and purge, and this is with "
                        "--granularity row"));
  EXPECT_THAT(std::get<std::string>(ScheduleFor(*ProgramOf(RaceForOneRow(3)), TokenOf(*plain, schedule))),
              HasSubstr("the file, the number of clients"));
  EXPECT_THAT(ReplayLine(*every, schedule), HasSubstr(" --granularity row --any-timing --purge choice "));
}

TEST(StepOptions, TheAnswerSaysThem) {
  const Exploration found = ExploreInSteps(ProgramOf(RaceForOneRow(2), Everything()));
  EXPECT_THAT(ExplorationJson(found, {}),
              HasSubstr(R"("granularity":"row","timing":"any","purge":"choice")"));
  EXPECT_THAT(RaceOpening(*found.program, {100, false}),
              HasSubstr("granularity: row; timing: any; purge: choice"));
}

// The parts of a search are of the same steps.
TEST(StepOptions, WorkUnitsCarryThem) {
  const ProgramRef program = ProgramOf(RaceForOneRow(3), Everything());
  const Exploration whole = ExploreInSteps(program);
  const auto split = SplitSearch(program, {3, true, false});
  std::vector<UnitResult> results;
  for (const WorkUnit& unit : std::get<std::vector<WorkUnit>>(split)) {
    const std::string path = testing::TempDir() + "step_options_unit.json";
    std::ofstream(path) << ToJson(unit);
    const auto read = ReadWorkUnit(path);
    ASSERT_TRUE(std::holds_alternative<WorkUnit>(read));
    results.push_back(std::get<UnitResult>(RunUnit(std::get<WorkUnit>(read), {})));
    std::filesystem::remove(path);
  }
  ASSERT_GT(results.size(), 1U);
  const auto merged = MergeUnits(results);
  EXPECT_EQ(std::get<MergedSearch>(merged).exploration.schedules, whole.schedules);
}

class StepsOfRacesThatShip : public ::testing::TestWithParam<ShippedRace> {};

// Each printed token replays to what stands beside it.
TEST_P(StepsOfRacesThatShip, TokensReplay) {
  const auto file = FileOf(GetParam());
  for (RaceOptions options : {ByRows(), AtAnyTime(), WithPurge(PurgeMode::kChoice), Everything()}) {
    options.clients[file->clients.front().name.text] = 2;
    const ProgramRef program = std::get<ProgramRef>(BuildProgram(file, options));
    ExploreOptions few;
    few.most_states = 600;
    const auto explored = ExploreRace(program, few);
    const RaceWorld opened = OpenOf(*program);
    for (const ExploredOutcome& outcome : std::get<Exploration>(explored).outcomes) {
      const auto schedule = ScheduleFor(*program, TokenOf(*program, outcome.witness));
      ASSERT_TRUE(std::holds_alternative<Schedule>(schedule));
      const auto played = PlaySchedule(opened, *program, std::get<Schedule>(schedule), nullptr);
      ASSERT_TRUE(std::holds_alternative<RaceWorld>(played));
      EXPECT_TRUE(ChoicesOf(std::get<RaceWorld>(played), *program).empty());
      EXPECT_EQ(OutcomeText(EndOf(std::get<RaceWorld>(played), *program), *program),
                OutcomeText(outcome.end, *program));
    }
  }
}

// A permutation's steps are whole ones: row by row they lead to the same end.
TEST_P(StepsOfRacesThatShip, PermutationsAreOfWholeSteps) {
  const auto file = FileOf(GetParam());
  const ProgramRef plain = std::get<ProgramRef>(BuildProgram(file, {}));
  const ProgramRef by_rows = std::get<ProgramRef>(BuildProgram(file, ByRows()));
  for (const Permutation& permutation : file->permutations) {
    const auto expected = PlayPermutation(OpenOf(*plain), *plain, permutation);
    const auto played = PlayPermutation(OpenOf(*by_rows), *by_rows, permutation);
    ASSERT_TRUE(std::holds_alternative<PlayedPermutation>(played));
    EXPECT_EQ(OutcomeText(std::get<PlayedPermutation>(played).end, *by_rows),
              OutcomeText(std::get<PlayedPermutation>(expected).end, *plain));
  }
}

INSTANTIATE_TEST_SUITE_P(All, StepsOfRacesThatShip, ::testing::ValuesIn(ShippedRaces()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace nextkey
