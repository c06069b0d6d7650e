// The storage usage (D1): two uploads of 10 for a limit of 15. A test a row.
#include "tests/sim/race_rows.h"
#include "txn/lock_listing.h"

namespace nextkey {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const char* const kOneOfTwo = "1 succeeded, 1 refused; usage 10; files 1";
const char* const kBoth = "2 succeeded; usage 10; files 2";
const char* const kVictim = "1 succeeded, 1 deadlocked; usage 10; files 1";
const Parameters kRoomForBoth = {{"room", "25"}};

TEST(DocumentRaces, D1a_WithAPlainReadBothSucceedAndTheUsageIsTen) {
  EXPECT_EQ(EndIn("storage.race", With(""), "both_read_first"), kBoth);
}

// a: begin, lock, read, store, write, unlock; b: begin, lock, read. Then a commits.
TEST(DocumentRaces, D1b_AMutexInsideTheTransactionLosesUpdatesOnOneServer) {
  EXPECT_EQ(EndAfter("storage.race", With("synchronized_inside"), "a6b3a"), kBoth);
}

TEST(DocumentRaces, D1b_AMutexAroundTheTransactionIsExactOnOneServer) {
  EXPECT_THAT(Ends("storage.race", With("synchronized_outside"), 100), ElementsAre(kOneOfTwo));
}

TEST(DocumentRaces, D1b_OnTwoServersEachHasAMutexOfItsOwn) {
  EXPECT_THAT(Ends("storage.race", With("two_servers"), 50), UnorderedElementsAre(kOneOfTwo, kBoth));
}

// Uploads of two users share no row, but the one method.
TEST(DocumentRaces, D1b_AMutexMakesUsersWaitWhoShareNoRow) {
  const auto phase_of_second = [](const std::string& fix, const std::string& choices) {
    const ProgramRef program = ProgramOfFile("storage.race", With(fix, {}, {{"users", "2"}}));
    return WorldAfter(*program, choices).clients[1]->phase;
  };
  EXPECT_EQ(phase_of_second("synchronized_outside", "a3b"), ClientPhase::kWaitsForService);
  EXPECT_EQ(phase_of_second("for_update", "a2b4"), ClientPhase::kReady);  // It reads, stores and writes.
}

TEST(DocumentRaces, D1c_ARowLockIsExactAndTheSecondWaitsForTheFirst) {
  EXPECT_THAT(Ends("storage.race", With("for_update"), 60), ElementsAre(kOneOfTwo));
  const ProgramRef program = ProgramOfFile("storage.race", With("for_update"));
  EXPECT_EQ(WorldAfter(*program, "a2b2").clients[1]->phase, ClientPhase::kWaitsForServer);
}

TEST(DocumentRaces, D1d_TwoSharedLocksEndInADeadlock) {
  EXPECT_EQ(EndIn("storage.race", With("for_share"), "both_read_first"), kVictim);
  EXPECT_THAT(Ends("storage.race", With("for_share"), 60), UnorderedElementsAre(kOneOfTwo, kVictim));
}

TEST(DocumentRaces, D1e_SerializableReadsWithASharedLock) {
  EXPECT_EQ(EndIn("storage.race", With("serializable"), "both_read_first"), kVictim);
  EXPECT_THAT(Ends("storage.race", With("serializable"), 60), UnorderedElementsAre(kOneOfTwo, kVictim));
}

// The record locks of the first user, behind his locking read of one row of three.
std::vector<std::string> LockedRecords(const std::string& fix) {
  const ProgramRef program = ProgramOfFile("lock_scope.race", With(fix));
  const RaceWorld world = WorldAfter(*program, "a2");
  const ServerState& state = world.servers.front().state();
  std::vector<std::string> places;
  for (const Transaction* transaction : TransactionsInListOrder(state)) {
    for (const ListedLock& lock : LocksOf(state, transaction->id)) {
      if (lock.index != nullptr) places.push_back(DataOf(lock).value_or(""));
    }
  }
  return places;
}

TEST(DocumentRaces, D1f_WithoutAnIndexEveryRowIsLocked) {
  EXPECT_THAT(LockedRecords(""), UnorderedElementsAre("supremum pseudo-record", "1", "2", "3"));
  EXPECT_THAT(Ends("lock_scope.race", With(""), 50), Contains("1 succeeded, 1 timed_out"));
}

TEST(DocumentRaces, D1g_ThroughThePrimaryKeyOneRowIsLocked) {
  EXPECT_THAT(LockedRecords("primary_key"), ElementsAre("1"));
  EXPECT_THAT(Ends("lock_scope.race", With("primary_key"), 60), ElementsAre("2 succeeded"));
}

TEST(DocumentRaces, D1h_AVersionThatTheUpdateChecksIsExact) {
  EXPECT_THAT(Ends("storage.race", With("version"), 60), ElementsAre(kOneOfTwo));
  EXPECT_THAT(Ends("storage.race", With("version_with_retry", {}, kRoomForBoth), 60),
              ElementsAre("2 succeeded; usage 20; files 2"));
}

// a reads on the replica, writes and commits everywhere before b begins, and the replica has applied
// nothing yet: b's lock there meets nobody.
TEST(DocumentRaces, D1i_ALockOnTheReplicaDoesNotGuardThePrimary) {
  EXPECT_EQ(EndAfter("storage.race", With("replica_read"), "a7b7"), kBoth);
}

TEST(DocumentRaces, D1j_WithTheVersionAStaleReadIsRefused) {
  EXPECT_THAT(Ends("storage.race", With("replica_read_version"), 60), ElementsAre(kOneOfTwo));
  // There would be room, but what the second read is old.
  EXPECT_EQ(EndAfter("storage.race", With("replica_read_version", {}, kRoomForBoth), "a5b2"), kOneOfTwo);
}

TEST(DocumentRaces, D1k_ANamedLockAroundTheRequestIsExact) {
  EXPECT_THAT(Ends("storage.race", With("named_lock"), 60), ElementsAre(kOneOfTwo));
}

// Calls of the lock in a request that waits while another works.
std::size_t CallsOf(const std::string& fix) {
  const ProgramRef program =
      ProgramOfFile("storage.race", With(fix, {{"upload", 3}}, {{"room", "1000"}, {"work_ms", "1000"}}));
  std::vector<ChoiceReport> reports;
  const PlayedRace played = PlayBy(*program, SchedulerKind::kRoundRobin);
  EXPECT_EQ(EndText(played, *program), "3 succeeded; usage 30; files 3");
  EXPECT_TRUE(
      std::holds_alternative<RaceWorld>(PlaySchedule(OpenOf(*program), *program, played.schedule, &reports)));
  std::size_t calls = 0;
  for (const ChoiceReport& report : reports) calls += report.step.sql.starts_with("CALL") ? 1 : 0;
  return calls;
}

TEST(DocumentRaces, D1l_SpinningAndWaitingAreExact) {
  EXPECT_THAT(Ends("storage.race", With("spinning"), 60), ElementsAre(kOneOfTwo));
  EXPECT_THAT(Ends("storage.race", With("redisson"), 60), ElementsAre(kOneOfTwo));
}

// Three of a second each, tried every 100 ms. The second one asks at 0, 100, .. 1000 ms, where the first is
// just not done, and has it at 1100: 12 times. The third asks at 0, 100, .. 2100, and has it at 2200: 23
// times. With the first and three unlocks that is 39. Who waits for a message asks a handful of times.
TEST(DocumentRaces, D1l_WaitingCostsFewerCallsThanSpinning) {
  EXPECT_EQ(CallsOf("spinning"), 39U);
  EXPECT_LT(CallsOf("redisson"), 20U);
}

// All of one user: one row, one after the other, no update lost; the other users never wait for him.
TEST(DocumentRaces, D1m_TheUsersQueueUpByRowAndNoUpdateIsLost) {
  EXPECT_THAT(
      Ends("storage.race", With("for_update", {{"upload", 12}}, {{"room", "1000"}, {"users", "2"}}), 10),
      ElementsAre("12 succeeded; usage 60; files 12"));
}

// Two connections, two writers at one row: the third and the reader find no connection.
TEST(DocumentRaces, D1n_ThePoolRunsDryAndAReaderOfAnotherRowWaits) {
  const ProgramRef program = ProgramOfFile("pool.race", With(""));
  const RaceWorld world = WorldAfter(*program, "a3b3d");
  EXPECT_EQ(world.clients[1]->phase, ClientPhase::kWaitsForServer);
  EXPECT_EQ(world.clients[3]->phase, ClientPhase::kWaitsForService);
  EXPECT_THAT(Ends("pool.race", With("work_first"), 100), ElementsAre("4 succeeded"));
}

}  // namespace
}  // namespace nextkey
