// The concert (D3): seats, payments and points. A test a row; the numbers of users are the document's.
#include "tests/sim/race_rows.h"

namespace nextkey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

const Clients kTen = {{"request", 10}};

TEST(DocumentRaces, D3a_OfAHundredUsersOneKeepsTheSeat) {
  EXPECT_THAT(Ends("reservation.race", With("version"), 80),
              ElementsAre("1 succeeded, 2 refused; reservations 1"));
  EXPECT_THAT(Ends("reservation.race", With("version", {{"user", 100}}), 2),
              ElementsAre("1 succeeded, 99 refused; reservations 1"));
}

TEST(DocumentRaces, D3b_OfTenPaymentsOneSucceedsAndThePointsAreTakenOnce) {
  EXPECT_THAT(Ends("payment.race", With("version", kTen), 40),
              ElementsAre("1 succeeded, 9 refused; payments 1; balance 900"));
}

// All ten read before any writes: lockstep. Elsewhere more succeed, and each that does counts.
TEST(DocumentRaces, D3c_OfTenChargesThatReadTheSameVersionOneSucceeds) {
  EXPECT_EQ(EndInLockstep("points.race", With("version", kTen)), "1 succeeded, 9 refused; balance 110000");
  EXPECT_EQ(EndBy("points.race", With("version", kTen), SchedulerKind::kOneAfterTheOther),
            "10 succeeded; balance 200000");
}

TEST(DocumentRaces, D3d_OfTenUsesThatReadTheSameVersionOneSucceeds) {
  EXPECT_EQ(EndInLockstep("points.race", With("version", kTen, {{"charged", "-10"}})),
            "1 succeeded, 9 refused; balance 99990");
}

TEST(DocumentRaces, D3e_WithARowLockTenChargesSucceedOneAfterAnother) {
  EXPECT_THAT(Ends("points.race", With("row_lock", kTen), 40), ElementsAre("10 succeeded; balance 200000"));
}

// Ten shared locks on one row, ten that want it exclusively: every circle takes one of them away, until one
// is left.
TEST(DocumentRaces, D3f_WithASharedLockNineOfTenEndInADeadlock) {
  EXPECT_EQ(EndInLockstep("points.race", With("shared_lock", kTen)),
            "1 succeeded, 9 deadlocked; balance 110000");
}

TEST(DocumentRaces, D3g_ASimpleLockRefusesNineOfTenThatArriveWhileTheFirstHoldsIt) {
  EXPECT_EQ(EndInLockstep("points.race", With("simple_lock", kTen)),
            "1 succeeded, 9 refused; balance 110000");
}

// The holder dies behind its first statement. The second tries once a second: an hour later it still does.
TEST(DocumentRaces, D3h_WhoDiesWithTheLockIsWaitedForWithoutEnd) {
  const ProgramRef program =
      ProgramOfFile("points.race", With("stubborn_lock", {{"request", 2}}, {}, {"crash"}));
  const RaceWorld world = WorldAfter(*program, "a2_1a");
  const PlayedRace rest = PlayToEnd(world, *program, Scheduler(SchedulerKind::kOneAfterTheOther), 7201);
  EXPECT_EQ(EndText(rest, *program), "1 died, 1 stuck; balance 100000 (cut)");
  auto played = PlaySchedule(world, *program, rest.schedule, nullptr);
  EXPECT_EQ(std::get<RaceWorld>(played).now_us() - world.now_us(), 3'600'000'000);
}

TEST(DocumentRaces, D3h_WithAnExpiryTheOthersGoOn) {
  const ProgramRef program =
      ProgramOfFile("points.race", With("stubborn_expiring_lock", {{"request", 2}}, {}, {"crash"}));
  const RaceWorld world = WorldAfter(*program, "a2_1a");
  const PlayedRace rest = PlayToEnd(world, *program, Scheduler(SchedulerKind::kOneAfterTheOther));
  EXPECT_EQ(EndText(rest, *program), "1 succeeded, 1 died; balance 110000");
  auto played = PlaySchedule(world, *program, rest.schedule, nullptr);
  EXPECT_EQ(std::get<RaceWorld>(played).now_us() - world.now_us(), 30'000'000);  // The expiry.
}

// A second of work each, five of waiting: the sixth would have its turn when its time is over.
TEST(DocumentRaces, D3i_OfTenThatWaitFiveSecondsFiveAreDoneAndFiveAreLost) {
  EXPECT_EQ(EndInLockstep("points.race", With("redisson", kTen)), "5 succeeded, 5 refused; balance 150000");
}

}  // namespace
}  // namespace nextkey
