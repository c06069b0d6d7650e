// The search through races: exact counts on systems that can be counted by hand, and on random small
// races the same outcomes, counts and probabilities as going through all schedules one by one.
#include "sim/explore/explore_race.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "sim/race/scheduler.h"
#include "sim/race/shipped_races.h"
#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

Exploration Explore(ProgramRef program, ExploreOptions options = {}) {
  auto explored = ExploreRace(std::move(program), options);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&explored))
    throw std::runtime_error(ToText(*mistakes));
  return std::get<Exploration>(std::move(explored));
}

std::map<std::string, std::string> CountsOf(const Exploration& exploration) {
  std::map<std::string, std::string> counts;
  for (const ExploredOutcome& outcome : exploration.outcomes)
    counts[OutcomeText(outcome.end, *exploration.program)] =
        outcome.schedules ? outcome.schedules->str() : "infinite";
  return counts;
}

std::string Total(const Exploration& exploration) {
  return exploration.schedules ? exploration.schedules->str() : "infinite";
}

std::string CounterRace(const std::string& steps) {
  return R"(race counter "Everybody adds one"
setup { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0), (2, 0), (3, 0); }
result counter { SELECT n FROM t WHERE id = 1 }
)" + steps;
}

Exploration ExploreText(const std::string& text, std::uint32_t clients, ExploreOptions options = {}) {
  return Explore(ProgramOf(text, {.fix = "", .clients = {{"a", clients}}}), options);
}

const char* const kReadWrite = R"(client a 2
step read { SELECT n INTO @n FROM t WHERE id = 1; }
step write { UPDATE t SET n = @n + 1 WHERE id = 1; }
)";

// --- Figures that stand in the literature, or can be counted by hand ----------------------------------

// Interleavings of n sessions that each read a counter and write what they read plus one, by the
// counter's final value.
TEST(ExploreRace, CountersLoseUpdatesAsOftenAsCombinatoricsSays) {
  for (const bool sorts : {true, false}) {
    ExploreOptions options;
    options.sorts_clients = sorts;
    const auto explore = [&](std::uint32_t clients) {
      return ExploreText(CounterRace(kReadWrite), clients, options);
    };
    EXPECT_EQ(Total(explore(2)), "6");
    EXPECT_THAT(CountsOf(explore(2)),
                ElementsAre(Pair("2 succeeded; counter 1", "4"), Pair("2 succeeded; counter 2", "2")));
    EXPECT_EQ(Total(explore(3)), "90");
    EXPECT_THAT(CountsOf(explore(3)),
                ElementsAre(Pair("3 succeeded; counter 1", "48"), Pair("3 succeeded; counter 2", "36"),
                            Pair("3 succeeded; counter 3", "6")));
    EXPECT_EQ(Total(explore(4)), "2520");
    EXPECT_THAT(CountsOf(explore(4)),
                ElementsAre(Pair("4 succeeded; counter 1", "1152"), Pair("4 succeeded; counter 2", "1056"),
                            Pair("4 succeeded; counter 3", "288"), Pair("4 succeeded; counter 4", "24")));
    EXPECT_EQ(Total(explore(5)), "113400");
    EXPECT_THAT(CountsOf(explore(5)),
                ElementsAre(Pair("5 succeeded; counter 1", "46080"), Pair("5 succeeded; counter 2", "48000"),
                            Pair("5 succeeded; counter 3", "16800"), Pair("5 succeeded; counter 4", "2400"),
                            Pair("5 succeeded; counter 5", "120")));
  }
}

// 16! / 2^8.
TEST(ExploreRace, EightReadersAndWritersHaveSixteenFactorialOverTwoToTheEighthSchedules) {
  EXPECT_EQ(Total(ExploreText(CounterRace(kReadWrite), 8)), "81729648000");
}

TEST(ExploreRace, IndependentStepsShuffleInBinomiallyManyWays) {
  const auto count = [](int steps, std::uint32_t clients) {
    std::string text = "client a 2\n";
    for (int i = 0; i < steps; ++i)
      text += "step s" + std::to_string(i) + " { SELECT 1 FROM t WHERE id = 1; }\n";
    return Total(ExploreText(CounterRace(text), clients));
  };
  EXPECT_EQ(count(2, 2), "6");
  EXPECT_EQ(count(3, 2), "20");
  EXPECT_EQ(count(4, 2), "70");
  EXPECT_EQ(count(5, 2), "252");
  EXPECT_EQ(count(8, 2), "12870");
  EXPECT_EQ(count(10, 2), "184756");
  EXPECT_EQ(count(4, 3), "34650");
}

// Whoever waits for the row goes on inside of the COMMIT that lets it go.
TEST(ExploreRace, WaitingClientsOfferNoChoice) {
  const std::string text = CounterRace(R"(client a 2
setup { SET autocommit = 0; }
step lock { SELECT n INTO @n FROM t WHERE id = 1 FOR UPDATE; }
step commit { COMMIT; }
)");
  EXPECT_EQ(Total(ExploreText(text, 2)), "4");
  EXPECT_EQ(Total(ExploreText(text, 3)), "30");
}

// A spinning client goes round and round while the other one could go on: infinitely many schedules.
// Of the coin that is thrown anew each time the probabilities are exact all the same.
TEST(ExploreRace, EndlessRetriesHaveExactProbabilities) {
  const Exploration found = Explore(ProgramOf(CounterRace(R"(client a
step look {
  SET @n = 0;
  WHILE @n = 0 DO SELECT n INTO @n FROM t WHERE id = 1; END WHILE;
}
client b
step write { UPDATE t SET n = 1 WHERE id = 1; }
)")));
  EXPECT_EQ(Total(found), "infinite");
  ASSERT_EQ(found.outcomes.size(), 1U);
  EXPECT_EQ(found.outcomes[0].probability, 1);
  EXPECT_EQ(found.never_ends, 0);
}

// --- Against going through all schedules ----------------------------------------------------------------

struct Enumerated {
  std::map<std::string, std::uint64_t> schedules;
  std::map<std::string, Fraction> probabilities;
  std::uint64_t total = 0;
};

// Gives up where there are more than `most`.
void EnumerateAll(const RaceWorld& world, const Program& program, const Fraction& probability,
                  Enumerated& found, std::uint64_t most) {
  if (found.total > most) return;
  const std::vector<Choice> choices = ChoicesOf(world, program);
  if (choices.empty()) {
    const std::string end = OutcomeText(EndOf(world, program), program);
    ++found.total;
    ++found.schedules[end];
    found.probabilities[end] += probability;
    return;
  }
  const Fraction each = probability / static_cast<std::uint64_t>(choices.size());
  for (const Choice& choice : choices) {
    RaceWorld next = world;
    PlayChoice(next, program, choice, nullptr);
    EnumerateAll(next, program, each, found, most);
  }
}

// Small races: rows of two tables are read, locked, changed and deleted; ids are generated; named
// locks and mutexes are taken; requests fail; circles are found, or end by time-out.
class RaceGenerator {
 public:
  explicit RaceGenerator(std::uint32_t seed) : random_(seed) {}

  std::string Make() {
    std::string text = R"(race random "random"
setup {
  CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL, k INT, KEY (k));
  CREATE TABLE log (id INT PRIMARY KEY AUTO_INCREMENT, who INT, what INT);
  INSERT INTO t VALUES (1, 0, 1), (2, 0, 2), (4, 0, 4);
}
service gate mutex
result sum { SELECT SUM(n * id) FROM t }
result logged { SELECT COALESCE(SUM(id * what), 0) FROM log }
invariant "no row is gone" { SELECT COUNT(*) >= 3 FROM t }
)";
    if (Draw(2) == 0) text += "server innodb_deadlock_detect = OFF\n";
    if (Draw(3) == 0) text += "server innodb_snapshot_isolation = ON\n";
    // Three clients have 90 schedules, or 1680; two have 70, or 252.
    const bool has_three = Draw(6) == 0;
    const std::uint32_t most = has_three ? 2 + (Draw(4) == 0 ? 1 : 0) : 4 + (Draw(4) == 0 ? 1 : 0);
    if (Draw(2) == 0) return text + Client("a", has_three ? 3 : 2, most);
    return text + Client("a", has_three ? 2 : 1, most) + Client("b", 1, most);
  }

 private:
  std::uint32_t Draw(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }

  std::string Row() { return std::to_string(Draw(2) + 1); }

  std::string Client(const std::string& name, std::uint32_t count, std::uint32_t statements) {
    std::string text = "client " + name + " " + std::to_string(count) + "\n";
    if (Draw(4) == 0) text += "retry 1 on 1213\n";
    const char* const levels[] = {"", "isolation read committed\n", "isolation serializable\n", ""};
    text += levels[Draw(4)];
    text += "setup { SET @a = 0; }\n";
    const bool has_mutex = Draw(5) == 0;
    if (has_mutex) statements -= 1;
    text += "step " + name + " {\n";
    if (has_mutex) text += "CALL gate.lock();\n";
    const bool has_transaction = statements > 2 && Draw(8) != 0;
    if (has_transaction) text += "BEGIN;\n";
    for (std::uint32_t i = has_transaction ? 2 : 0; i < statements; ++i) text += Statement();
    if (has_transaction) text += "COMMIT;\n";
    if (has_mutex) text += "CALL gate.unlock();\n";
    return text + "}\n";
  }

  std::string Statement() {
    switch (Draw(12)) {
      case 0:
        return "SELECT n INTO @a FROM t WHERE id = " + Row() + ";\n";
      case 1:
        return "SELECT n INTO @a FROM t WHERE id = " + Row() + " FOR UPDATE;\n";
      case 2:
        return "SELECT n INTO @a FROM t WHERE id = " + Row() + " FOR SHARE;\n";
      case 3:
        return "SELECT COUNT(*) INTO @a FROM t WHERE k >= " + Row() + " FOR UPDATE;\n";
      case 4:
        return "UPDATE t SET n = n + 1 WHERE id = " + Row() + ";\n";
      case 5:
        return "UPDATE t SET n = @a + 1 WHERE id = " + Row() + ";\n";
      case 6:
        return "INSERT INTO log (who, what) VALUES (@me, @a);\n";
      case 7:
        return "INSERT INTO t VALUES (3, 1, " + Row() + ");\n";
      case 8:
        return "DELETE FROM t WHERE id = " + Row() + ";\n";
      case 9:
        return "UPDATE t SET k = k + 1 WHERE k = " + Row() + ";\n";
      case 10:
        return "UPDATE t SET n = @me WHERE id = " + Row() + ";\n";
      default:
        return "UPDATE t SET n = n + 1 WHERE id = " + Row() +
               " AND n < 1;\nIF ROW_COUNT() = 0 THEN FAIL 'late'; END IF;\n";
    }
  }

  std::mt19937 random_;
};

// How many races of a kind there were: what never occurs is not tested.
struct RandomKinds {
  int compared = 0;
  int with_deadlocks = 0;
  int with_time_outs = 0;
  int with_refusals = 0;
  int with_three_clients = 0;
};

// How many fewer states the partial-order reduction went through.
std::uint64_t ExpectReductionChangesNoOutcome(const Exploration& all, ExploreOptions options) {
  options.reduces = true;
  const Exploration reduced = Explore(all.program, options);
  EXPECT_TRUE(reduced.is_complete);
  EXPECT_EQ(reduced.verdict, all.verdict);
  EXPECT_LE(reduced.states, all.states);
  EXPECT_EQ(reduced.outcomes.size(), all.outcomes.size());
  const RaceWorld opened = OpenOf(*reduced.program);
  for (std::size_t i = 0; i < std::min(reduced.outcomes.size(), all.outcomes.size()); ++i) {
    EXPECT_EQ(reduced.outcomes[i].end, all.outcomes[i].end);
    EXPECT_EQ(EndOfSchedule(opened, *reduced.program, reduced.outcomes[i].witness), reduced.outcomes[i].end);
  }
  return all.states - reduced.states;
}

// What is asked for without counts: the same outcomes, and a schedule to each.
void ExpectTheSameOutcomesWithoutCounts(const Exploration& counted, ExploreOptions options) {
  options.counts = false;
  ExpectReductionChangesNoOutcome(counted, options);
  options.reduces = false;
  const Exploration found = Explore(counted.program, options);
  EXPECT_TRUE(found.is_complete);
  EXPECT_FALSE(found.HasCounts());
  EXPECT_EQ(found.verdict, counted.verdict);
  EXPECT_EQ(found.states, counted.states);
  EXPECT_EQ(found.transitions, counted.transitions);
  ASSERT_EQ(found.outcomes.size(), counted.outcomes.size());
  const RaceWorld opened = OpenOf(*found.program);
  for (std::size_t i = 0; i < found.outcomes.size(); ++i) {
    EXPECT_EQ(found.outcomes[i].end, counted.outcomes[i].end);
    EXPECT_EQ(EndOfSchedule(opened, *found.program, found.outcomes[i].witness), found.outcomes[i].end);
    EXPECT_EQ(SwitchesOf(opened, *found.program, found.outcomes[i].witness), found.outcomes[i].switches);
  }
}

TEST(ExploreRace, WithoutCountsWhoBeginsFirstIsNotTried) {
  // Each client may have begun or not: where beginning comes first at once, there are fewer states.
  const ProgramRef program = ProgramOf(R"(
race counters "Two changes of one row"
setup { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0); }
client a 3
step begin { BEGIN; }
step change { UPDATE t SET n = n + 1 WHERE id = 1; }
step commit { COMMIT; }
result n { SELECT n FROM t }
)");
  ExploreOptions options;
  const Exploration counted = Explore(program, options);
  options.counts = false;
  EXPECT_GT(ExpectReductionChangesNoOutcome(counted, options), 0U);
}

void CompareWithAllSchedules(const std::string& text, RandomKinds& kinds, const RaceOptions& how = {},
                             std::uint64_t most = UINT64_MAX) {
  const ProgramRef program = ProgramOf(text, how);
  Enumerated expected;
  EnumerateAll(OpenOf(*program), *program, 1, expected, most);
  if (expected.total > most) return;
  ++kinds.compared;
  const auto some_end_has = [&](const std::string& word) {
    return std::any_of(expected.schedules.begin(), expected.schedules.end(),
                       [&](const auto& end) { return end.first.find(word) != std::string::npos; });
  };
  kinds.with_deadlocks += some_end_has(" deadlocked") ? 1 : 0;
  kinds.with_time_outs += some_end_has(" timed_out") ? 1 : 0;
  kinds.with_refusals += some_end_has(" refused") ? 1 : 0;
  kinds.with_three_clients += program->clients.size() == 3 ? 1 : 0;
  for (const bool sorts : {true, false}) {
    ExploreOptions options;
    options.sorts_clients = sorts;
    const Exploration found = Explore(program, options);
    ASSERT_TRUE(found.is_complete);
    ExpectTheSameOutcomesWithoutCounts(found, options);
    EXPECT_EQ(Total(found), std::to_string(expected.total));
    ASSERT_EQ(found.outcomes.size(), expected.schedules.size());
    for (const ExploredOutcome& outcome : found.outcomes) {
      const std::string end = OutcomeText(outcome.end, *program);
      EXPECT_EQ(outcome.schedules, Whole(expected.schedules[end])) << end;
      EXPECT_EQ(outcome.probability, expected.probabilities[end]) << end;
    }
  }
}

TEST(ExploreRace, TwoHundredRandomRacesAreCountedAsGoingThroughAllSchedulesCountsThem) {
  RandomKinds kinds;
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    const std::string text = RaceGenerator(seed).Make();
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
    CompareWithAllSchedules(text, kinds);
  }
  EXPECT_GE(kinds.with_deadlocks, 5);
  EXPECT_GE(kinds.with_time_outs, 5);
  EXPECT_GE(kinds.with_refusals, 15);
  EXPECT_GE(kinds.with_three_clients, 20);
  EXPECT_EQ(kinds.compared, 200);
}

// The same where statements stop before each lock, where timers fire as they like, and where purge is a
// choice: of the races that have not too many schedules.
TEST(ExploreRace, RandomRacesInOtherStepsAreCountedAsWell) {
  RaceOptions by_rows;
  by_rows.granularity = Granularity::kRow;
  RaceOptions at_any_time;
  at_any_time.timing = Timing::kAny;
  RaceOptions with_purge;
  with_purge.purge = PurgeMode::kChoice;
  RaceOptions everything = by_rows;
  everything.timing = Timing::kAny;
  everything.purge = PurgeMode::kChoice;
  RandomKinds kinds;
  for (const RaceOptions& how : {by_rows, at_any_time, with_purge, everything}) {
    for (std::uint32_t seed = 0; seed < 30; ++seed) {
      const std::string text = RaceGenerator(seed).Make();
      SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
      CompareWithAllSchedules(text, kinds, how, 300);
    }
  }
  EXPECT_GE(kinds.compared, 40);
  EXPECT_GE(kinds.with_deadlocks, 1);
  EXPECT_GE(kinds.with_time_outs, 5);
}

// --- Tokens ---------------------------------------------------------------------------------------------

class RacesThatShip : public ::testing::TestWithParam<ShippedRace> {};

void ExpectThatTokensReplay(const Exploration& found) {
  const Program& program = *found.program;
  const RaceWorld opened = OpenOf(program);
  for (const ExploredOutcome& outcome : found.outcomes) {
    const auto schedule = ScheduleFor(program, TokenOf(program, outcome.witness));
    ASSERT_TRUE(std::holds_alternative<Schedule>(schedule));
    const auto played = PlaySchedule(opened, program, std::get<Schedule>(schedule), nullptr);
    ASSERT_TRUE(std::holds_alternative<RaceWorld>(played));
    EXPECT_TRUE(ChoicesOf(std::get<RaceWorld>(played), program).empty());
    EXPECT_EQ(OutcomeText(EndOf(std::get<RaceWorld>(played), program), program),
              OutcomeText(outcome.end, program));
    EXPECT_EQ(SwitchesOf(opened, program, outcome.witness), outcome.switches);
  }
}

// With two and three clients, and each fix: what stands beside a token is what its replay shows. A
// search that stops early has tokens, too: those of the ends that it saw.
TEST_P(RacesThatShip, EveryTokenReplaysToItsOutcome) {
  const auto file = FileOf(GetParam());
  const std::vector<std::string> fixes = FixesOf(*file);
  for (const std::string& fix : fixes) {
    for (const std::uint32_t clients : {2U, 3U}) {
      SCOPED_TRACE(fix + ", " + std::to_string(clients) + " clients");
      RaceOptions options{.fix = fix};
      options.clients[file->clients.front().name.text] = clients;
      ExploreOptions few;
      few.most_states = clients == 2 ? 2'000 : 500;
      ExpectThatTokensReplay(Explore(std::get<ProgramRef>(BuildProgram(file, options)), few));
    }
  }
}

// All that a search says, for comparing two of them.
std::string EverythingOf(const Exploration& found) {
  std::string text = std::to_string(found.states) + " states, " + std::to_string(found.transitions) +
                     " transitions, depth " + std::to_string(found.depth) + ", " + Total(found) + "\n";
  for (const ExploredOutcome& outcome : found.outcomes) {
    text += OutcomeText(outcome.end, *found.program) + ": " +
            (outcome.schedules ? outcome.schedules->str() : "infinite") + ", " + outcome.probability.str() +
            ", " + TokenOf(*found.program, outcome.witness) + "\n";
  }
  return text;
}

// A step that was made before, as far as it can tell, is not made again: that must not show.
TEST_P(RacesThatShip, ReusedStepsChangeNothing) {
  const auto file = FileOf(GetParam());
  const std::vector<std::string> fixes = FixesOf(*file);
  for (const std::string& fix : fixes) {
    for (const bool sorts : {true, false}) {
      SCOPED_TRACE(fix + (sorts ? "" : ", without symmetry"));
      RaceOptions options{.fix = fix};
      options.clients[file->clients.front().name.text] = 3;
      const ProgramRef program = std::get<ProgramRef>(BuildProgram(file, options));
      ExploreOptions reusing;
      reusing.sorts_clients = sorts;
      reusing.most_states = 1'000;
      ExploreOptions playing = reusing;
      playing.reuses_steps = false;
      const Exploration found = Explore(program, reusing);
      if (found.is_complete) {
        EXPECT_EQ(EverythingOf(found), EverythingOf(Explore(program, playing)));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, RacesThatShip, ::testing::ValuesIn(ShippedRaces()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace nextkey
