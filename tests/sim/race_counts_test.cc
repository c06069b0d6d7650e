// How many schedules small races have, and how they end: figures that can be counted by hand.
//
// n clients that each read a counter and then write what they read plus one have (2n)!/2^n schedules;
// clients of k independent steps as many as there are ways to shuffle them. With waiting there are
// fewer: one that waits offers no choice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

std::string CounterRace(const std::string& steps) {
  return R"(race counter "Everybody adds one"
setup { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0), (2, 0), (3, 0); }
result counter { SELECT n FROM t WHERE id = 1 }
)" + steps;
}

const char* const kReadWrite = R"(client a 2
step read { SELECT n INTO @n FROM t WHERE id = 1; }
step write { UPDATE t SET n = @n + 1 WHERE id = 1; }
)";

TEST(RaceCounts, TwoCountersLoseAnUpdateInFourOfSixSchedules) {
  const Enumeration found = AllSchedules(CounterRace(kReadWrite));
  EXPECT_EQ(found.schedules, 6U);
  EXPECT_THAT(found.ends, ElementsAre(Pair("2 succeeded; counter 1", 4), Pair("2 succeeded; counter 2", 2)));
}

TEST(RaceCounts, ThreeCountersHaveNinetySchedules) {
  const Enumeration found = AllSchedules(CounterRace(kReadWrite), {.fix = "", .clients = {{"a", 3}}});
  EXPECT_EQ(found.schedules, 90U);
  EXPECT_THAT(found.ends, ElementsAre(Pair("3 succeeded; counter 1", 48), Pair("3 succeeded; counter 2", 36),
                                      Pair("3 succeeded; counter 3", 6)));
}

TEST(RaceCounts, IndependentStepsShuffleInBinomiallyManyWays) {
  const auto count = [](int steps) {
    std::string text = "client a 2\n";
    for (int i = 0; i < steps; ++i)
      text += "step s" + std::to_string(i) + " { SELECT 1 FROM t WHERE id = 1; }\n";
    return AllSchedules(CounterRace(text)).schedules;
  };
  EXPECT_EQ(count(1), 2U);
  EXPECT_EQ(count(2), 6U);
  EXPECT_EQ(count(3), 20U);
  EXPECT_EQ(count(4), 70U);
}

// Whoever waits for the row goes on inside of the COMMIT that lets it go.
TEST(RaceCounts, WaitingClientsOfferNoChoice) {
  const std::string text = CounterRace(R"(client a 2
setup { SET autocommit = 0; }
step lock { SELECT n INTO @n FROM t WHERE id = 1 FOR UPDATE; }
step commit { COMMIT; }
)");
  EXPECT_EQ(AllSchedules(text).schedules, 4U);
  EXPECT_EQ(AllSchedules(text, {.fix = "", .clients = {{"a", 3}}}).schedules, 30U);
}

// Local computing is no choice: the loop and the test belong to the read before them.
TEST(RaceCounts, LocalComputingBelongsToTheChoiceBefore) {
  const Enumeration found = AllSchedules(CounterRace(R"(client a 2
step read { SELECT n INTO @n FROM t WHERE id = 1; }
step compute {
  SET @i = 0;
  WHILE @i < 3 DO SET @n = @n + 1; SET @i = @i + 1; END WHILE;
  IF @n > 3 THEN FAIL 'too many'; END IF;
}
step write { UPDATE t SET n = @n WHERE id = 1; }
)"));
  EXPECT_THAT(found.ends,
              ElementsAre(Pair("1 succeeded, 1 refused; counter 3", 2), Pair("2 succeeded; counter 3", 4)));
}

TEST(RaceCounts, AnEndlessLoopEndsTheRequestAndNotTheProgram) {
  const Enumeration found = AllSchedules(CounterRace(R"(client a
step loop { SELECT n INTO @n FROM t WHERE id = 1; WHILE @n < 1 DO SET @n = @n * 2; END WHILE; }
)"));
  EXPECT_THAT(found.ends, ElementsAre(Pair("1 failed; counter 0", 1)));
}

}  // namespace
}  // namespace nextkey
