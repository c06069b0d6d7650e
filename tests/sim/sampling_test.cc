// Random schedules: what they estimate, against the exact answer; what PCT promises, against what it finds.
#include "sim/explore/sampling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <variant>

#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

Sample SampleOf(const ProgramRef& program, SampleOptions options) {
  return std::get<Sample>(SampleRace(program, options));
}

double ExactBadShare(const ProgramRef& program) {
  return std::get<Exploration>(ExploreRace(program, {})).BadShare().convert_to<double>();
}

ProgramRef ThreeAdd() {
  return ProgramOf(R"(race adders "Everybody adds one"
setup { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0); }
result counter { SELECT n FROM t WHERE id = 1 }
invariant "nothing is lost" { SELECT n = @succeeded FROM t WHERE id = 1 }
client a 3
step read { SELECT n INTO @n FROM t WHERE id = 1; }
step write { UPDATE t SET n = @n + 1 WHERE id = 1; }
)");
}

// The limits stand in tables of the binomial distribution.
TEST(Sampling, IntervalsAreClopperAndPearsons) {
  EXPECT_EQ(ExactInterval(0, 10).from, 0);
  EXPECT_NEAR(ExactInterval(0, 10).to, 0.3085, 5e-5);
  EXPECT_NEAR(ExactInterval(5, 10).from, 0.1871, 5e-5);
  EXPECT_NEAR(ExactInterval(5, 10).to, 0.8129, 5e-5);
  EXPECT_NEAR(ExactInterval(10, 10).from, 0.6915, 5e-5);
  EXPECT_EQ(ExactInterval(10, 10).to, 1);
  EXPECT_EQ(ExactInterval(0, 0).to, 1);
}

// 95 % of the intervals hold the exact share; of twenty, all but one on average.
TEST(Sampling, UniformSchedulesEstimateTheExactShare) {
  const ProgramRef program = ThreeAdd();
  const double exact = ExactBadShare(program);
  // Nothing is lost if the first writes before the others read, one of three, and so does the second, one of
  // two.
  EXPECT_NEAR(exact, 1 - 1.0 / 3 / 2, 1e-12);
  int hits = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Interval share =
        SampleOf(program, {.mode = SampleMode::kUniform, .schedules = 60, .seed = seed}).BadShare();
    hits += share.from <= exact && exact <= share.to ? 1 : 0;
  }
  EXPECT_GE(hits, 17);
}

TEST(Sampling, WhatWasNotSeenIsRare) {
  const Sample sample = SampleOf(ThreeAdd(), {.schedules = 100});
  EXPECT_NEAR(std::pow(1 - sample.UnseenBound(), 100), 0.05, 1e-9);
  EXPECT_EQ(sample.verdict(), Verdict::kBreaks);
}

TEST(Sampling, PartsProveNothing) {
  const ProgramRef program = ProgramOfFile("coupon.race", {.fix = "row_lock"});
  const Sample sample = SampleOf(program, {.schedules = 20});
  EXPECT_EQ(sample.bad, 0U);
  EXPECT_EQ(sample.verdict(), Verdict::kIncomplete);
}

// One lost update of two needs two orderings: the second reads before the first has written.
TEST(Sampling, PctFindsAtLeastWhatItPromises) {
  RaceOptions two;
  two.clients["buyer"] = 2;
  const ProgramRef program = ProgramOfFile("coupon.race", two);
  const Sample sample =
      SampleOf(program, {.mode = SampleMode::kPct, .schedules = 400, .seed = 7, .depth = 2});
  EXPECT_EQ(sample.actors, 2U);
  EXPECT_EQ(sample.longest, 10U);  // Two requests of five statements.
  EXPECT_DOUBLE_EQ(sample.PctGuarantee(), 1.0 / (2 * 10));
  EXPECT_GT(ExactInterval(sample.bad, sample.schedules).from, sample.PctGuarantee());
}

TEST(Sampling, WithoutChangesOfPriorityPctIsOneAfterTheOther) {
  const Sample sample = SampleOf(ThreeAdd(), {.mode = SampleMode::kPct, .schedules = 100, .depth = 1});
  EXPECT_EQ(sample.bad, 0U);
  for (const SampledOutcome& outcome : sample.outcomes) EXPECT_EQ(outcome.switches, 0U);
}

TEST(Sampling, OneSeedGivesTheSameSchedulesAndTokensReplay) {
  const ProgramRef program = ThreeAdd();
  for (const SampleMode mode : {SampleMode::kUniform, SampleMode::kPct}) {
    const Sample first = SampleOf(program, {.mode = mode, .schedules = 50, .seed = 3});
    const Sample second = SampleOf(program, {.mode = mode, .schedules = 50, .seed = 3});
    ASSERT_EQ(first.outcomes.size(), second.outcomes.size());
    for (std::size_t i = 0; i < first.outcomes.size(); ++i) {
      EXPECT_EQ(first.outcomes[i].seen, second.outcomes[i].seen);
      EXPECT_EQ(first.outcomes[i].witness, second.outcomes[i].witness);
      const auto schedule = ScheduleFor(*program, TokenOf(*program, first.outcomes[i].witness));
      EXPECT_EQ(EndOfSchedule(OpenOf(*program), *program, std::get<Schedule>(schedule)),
                first.outcomes[i].end);
    }
  }
}

}  // namespace
}  // namespace nextkey
