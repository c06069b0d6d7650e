// The coupon race (D2): what the document saw, at a size that can be tried a thousand times.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

PlayedRace Random(const Program& program, std::uint64_t seed) {
  return PlayBy(program, SchedulerKind::kRandom, seed);
}

std::size_t BadSchedules(const Program& program, std::uint64_t tries) {
  std::size_t bad = 0;
  const RaceWorld world = OpenOf(program);
  for (std::uint64_t seed = 1; seed <= tries; ++seed) {
    const PlayedRace played = PlayToEnd(world, program, Scheduler(SchedulerKind::kRandom, seed));
    EXPECT_FALSE(played.end.is_cut);
    EXPECT_EQ(played.end.counts.stuck, 0U) << TokenOf(program, played.schedule);
    if (!played.end.broken.empty()) ++bad;
  }
  return bad;
}

TEST(RaceCoupon, WithoutALockThreeGetTheOneCouponAndTheCounterSaysOne) {
  const ProgramRef program = ProgramOfFile("coupon.race");
  const PlayedRace played = PlayBy(*program, SchedulerKind::kLockstep);
  EXPECT_EQ(EndText(played.end, *program), "3 succeeded; issued 3; counter 1");
  EXPECT_EQ(played.end.broken.size(), 2U);
}

TEST(RaceCoupon, OneAfterTheOtherOneGetsItAndTwoAreRefused) {
  const ProgramRef program = ProgramOfFile("coupon.race");
  const PlayedRace played = PlayBy(*program, SchedulerKind::kOneAfterTheOther);
  EXPECT_EQ(EndText(played.end, *program), "1 succeeded, 2 refused; issued 1; counter 1");
  EXPECT_TRUE(played.end.broken.empty());
}

TEST(RaceCoupon, AMutexInsideTheTransactionBreaksInSomeSchedule) {
  const ProgramRef program = ProgramOfFile("coupon.race", {.fix = "mutex_inside"});
  EXPECT_GT(BadSchedules(*program, 100), 0U);
}

TEST(RaceCoupon, LocksAroundTheTransactionHoldInAThousandSchedules) {
  for (const char* fix : {"mutex_outside", "redisson", "row_lock"}) {
    const ProgramRef program = ProgramOfFile("coupon.race", {.fix = fix});
    EXPECT_EQ(BadSchedules(*program, fix == std::string("row_lock") ? 200 : 1000), 0U) << fix;
  }
}

TEST(RaceCoupon, AConditionalUpdateGivesOutOne) {
  const ProgramRef program = ProgramOfFile("coupon.race", {.fix = "conditional_update"});
  EXPECT_EQ(BadSchedules(*program, 200), 0U);
  const PlayedRace played = Random(*program, 7);
  EXPECT_EQ(EndText(played.end, *program), "1 succeeded, 2 refused; issued 1; counter 1");
}

}  // namespace
}  // namespace nextkey
