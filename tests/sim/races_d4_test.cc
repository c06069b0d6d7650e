// MySQL's locks and the seat booking (D4). A test a row.
//
// D4.a to D4.g are scripts of a few statements, and what each of them answers is what a real server
// (MariaDB 10.11) answered. D4.h on is a race.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/replay.h"
#include "sim/script.h"
#include "sim/text.h"
#include "tests/sim/race_rows.h"

namespace nextkey {
namespace {

using ::testing::ElementsAre;

std::string Outcome(const StatementResult& result) {
  if (result.error) return "error " + std::to_string(result.error->number);
  if (!result.has_rows) return "ok " + std::to_string(result.affected);
  std::string text = "rows";
  for (const std::vector<Value>& row : result.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? " " : "/") + row[i].ToText();
  }
  return text;
}

// `ann: ok 1`, `bob: waits`, and `ann: ok 0, bob: ok 1` where a step lets an earlier statement end.
std::string Told(const StepReport& report) {
  std::string text = report.session + ": ";
  text += report.status == StepStatus::kBlocked       ? "waits"
          : report.status == StepStatus::kScriptError ? "script error"
                                                      : Outcome(report.result);
  for (const EarlierStatement& one : report.unblocked)
    text += ", " + one.session + ": " + Outcome(one.result);
  return text;
}

struct Played {
  std::vector<std::string> steps;  // Those behind the set-up.
  std::int64_t seconds = 0;        // Virtual ones.
  std::vector<std::string> broken;
  std::size_t waiting_at_end = 0;
};

Played PlayRace(const std::string& name) {
  const ScriptOrMistakes read = ReadScript(std::string(NEXTKEY_SOURCE_DIR) + "/sim/races/" + name);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) {
    ADD_FAILURE() << ToText(*mistakes);
    return {};
  }
  const ScriptCase& script = std::get<Script>(read).cases.front();
  Played played;
  World world;
  const std::int64_t start_us = world.server.now_us();
  while (!IsFinished(world, script)) {
    const StepReport report = PlayStep(world, script, LockListing::kNone);
    if (!report.is_setup) played.steps.push_back(Told(report));
    for (std::string& sentence : world.server.CheckInvariants()) played.broken.push_back(std::move(sentence));
  }
  EXPECT_THAT(played.broken, ElementsAre());
  EXPECT_TRUE(WaitingAtEnd(world, script).empty());
  played.seconds = (world.server.now_us() - start_us) / 1'000'000;
  return played;
}

TEST(DocumentRaces, D4h_TwoBookTheSameSeatStepByStep) {
  EXPECT_THAT(PlayRace("seat_booking_repeatable_read.sql").steps,
              ElementsAre("ann: ok 0",                 // begin
                          "ann: rows 0",               // free
                          "bob: ok 0",                 //
                          "bob: rows 0",               // free
                          "ann: ok 1",                 // the reservation
                          "ann: ok 1",                 // the seat
                          "bob: ok 1",                 // his reservation: nobody stops it
                          "bob: waits",                // the seat
                          "ann: ok 0, bob: ok 0",      // the seat is marked already: nothing to change
                          "bob: ok 0",                 // commit
                          "ann: rows 1/1/ann 2/1/bob"  // one seat, two reservations
                          ));
}

TEST(DocumentRaces, D4a_ATableReadLockKeepsWritersAway) {
  EXPECT_THAT(PlayRace("table_read_lock.sql").steps,
              ElementsAre("clerk: ok 0", "visitor: rows 1/0 2/0", "clerk: error 1099", "visitor: waits",
                          "clerk: rows 1/0 2/0", "clerk: ok 0, visitor: ok 1", "visitor: rows 1/1 2/0"));
}

TEST(DocumentRaces, D4b_ATableWriteLockKeepsReadersAwayToo) {
  EXPECT_THAT(PlayRace("table_write_lock.sql").steps,
              ElementsAre("clerk: ok 0", "reader: waits", "writer: waits", "clerk: ok 1",
                          "clerk: ok 0, reader: rows 1/15000 2/20000, writer: ok 1",
                          "clerk: rows 1/15000/1 2/20000/0"));
}

TEST(DocumentRaces, D4c_TheGlobalReadLockLetsReadAndNotWrite) {
  EXPECT_THAT(PlayRace("global_read_lock.sql").steps,
              ElementsAre("backup: ok 0", "visitor: rows 1/0 2/0", "visitor: waits", "backup: error 1223",
                          "backup: ok 0, visitor: ok 1", "visitor: rows 1/0 2/1"));
}

TEST(DocumentRaces, D4d_ANamedLockIsWaitedForTwentySeconds) {
  const Played played = PlayRace("named_lock_timeout.sql");
  EXPECT_THAT(played.steps, ElementsAre("ann: rows 1", "bob: waits", "clock: rows 0, bob: rows 0",
                                        "bob: rows 0", "ann: rows 1", "ann: rows NULL"));
  EXPECT_EQ(played.seconds, 21);
}

// Bob's wait ends after exactly 20 of the 21 seconds.
TEST(DocumentRaces, D4d_ANamedLockIsGivenUpInTime) {
  const Script script =
      std::get<Script>(ReadScript(std::string(NEXTKEY_SOURCE_DIR) + "/sim/races/named_lock_timeout.sql"));
  World world;
  PlayStep(world, script.cases[0], LockListing::kNone);
  PlayStep(world, script.cases[0], LockListing::kNone);
  const StepReport sleep = PlayStep(world, script.cases[0], LockListing::kNone);
  std::int64_t passed_us = 0;
  for (const Happening& happening : sleep.happenings) {
    if (const auto* passed = std::get_if<TimePassed>(&happening)) passed_us += passed->microseconds;
    if (const auto* ended = std::get_if<StatementEnded>(&happening);
        ended && NameOf(sleep, ended->session) == "bob") {
      break;
    }
  }
  EXPECT_EQ(passed_us, 20'000'000);
}

TEST(DocumentRaces, D4e_ASharedRowLockLetsReadAndNotWrite) {
  EXPECT_THAT(PlayRace("shared_row_lock.sql").steps,
              ElementsAre("ann: ok 0", "ann: rows 2/0", "bob: rows 2/0", "bob: rows 2/0", "bob: ok 1",
                          "bob: waits", "ann: ok 0, bob: ok 1", "ann: rows 1/1 2/1"));
}

TEST(DocumentRaces, D4f_AnExclusiveRowLockKeepsWritersAway) {
  EXPECT_THAT(PlayRace("exclusive_row_lock.sql").steps,
              ElementsAre("ann: ok 0", "ann: rows 2/0", "bob: rows 2/0", "bob: ok 1", "bob: waits",
                          "ann: ok 1", "ann: ok 0, bob: ok 0", "bob: rows 1/1 2/1"));
}

TEST(DocumentRaces, D4g_ARangeLockKeepsNewRowsAway) {
  EXPECT_THAT(PlayRace("range_lock_blocks_insert.sql").steps,
              ElementsAre("ann: ok 0", "ann: rows 1 2", "bob: waits", "carol: waits", "ann: rows 2",
                          "ann: ok 0, bob: ok 1, carol: ok 1", "ann: rows 1 2 3 11"));
}

// A copy of the world in the midst of a race goes on exactly as the original does.
TEST(DocumentRaces, D4h_TheWorldIsAValueAllTheWay) {
  const Script script = std::get<Script>(
      ReadScript(std::string(NEXTKEY_SOURCE_DIR) + "/sim/races/seat_booking_repeatable_read.sql"));
  World world;
  while (!IsFinished(world, script.cases[0])) {
    World copy = world;
    EXPECT_EQ(copy.Digest(), world.Digest());
    const StepReport from_copy = PlayStep(copy, script.cases[0], LockListing::kEachStep);
    EXPECT_NE(copy.Digest(), world.Digest());
    const StepReport from_world = PlayStep(world, script.cases[0], LockListing::kEachStep);
    EXPECT_EQ(Told(from_copy), Told(from_world));
    EXPECT_EQ(copy.Digest(), world.Digest());
  }
}

// Everybody finds the seat free before anybody marks it.
TEST(DocumentRaces, D4h_AHundredUsersBookTheSameSeat) {
  EXPECT_EQ(EndInLockstep("seat.race", With("", {{"user", 100}})), "100 succeeded; reservations 100");
}

// Two users on each of five seats, in lockstep: S, S, then X, X. One of each pair is a victim.
TEST(DocumentRaces, D4i_UnderSerializableFiveSeatsHaveFiveReservations) {
  EXPECT_EQ(EndInLockstep("seat.race", With("serializable", {{"user", 10}}, {{"seats", "5"}})),
            "5 succeeded, 5 deadlocked; reservations 5");
  EXPECT_EQ(EndInLockstep("seat.race", With("serializable", {{"user", 100}}, {{"seats", "5"}})),
            "5 succeeded, 95 deadlocked; reservations 5");
}

// Those who meet end in a deadlock, who comes later finds it taken; nobody gets a seat that another has.
TEST(DocumentRaces, D4i_UnderSerializableASeatHasOneReservationAtMost) {
  for (const std::string& end : Ends("seat.race", With("serializable"), 120))
    EXPECT_THAT(end, ::testing::MatchesRegex("(1 succeeded, .*; reservations 1|.*; reservations 0)"));
}

TEST(DocumentRaces, D4j_WithARowLockOneHasTheSeatAndTheOthersSeeItTaken) {
  EXPECT_THAT(Ends("seat.race", With("row_lock"), 80), ElementsAre("1 succeeded, 2 refused; reservations 1"));
  EXPECT_THAT(Ends("seat.race", With("row_lock", {{"user", 100}}), 1),
              ElementsAre("1 succeeded, 99 refused; reservations 1"));
}

// Two connections, both with writers that wait for or hold one row; the third writer comes before the reader,
// who wants another row, needs no lock, and is told after 30 seconds that there is no connection.
TEST(DocumentRaces, D4k_WhoWaitsForARowKeepsItsConnectionUntilThePoolIsDry) {
  EXPECT_EQ(EndInLockstep("pool.race", With("")), "3 succeeded, 1 timed_out");
  const ProgramRef program = ProgramOfFile("pool.race", With(""));
  const RaceWorld world = WorldAfter(*program, "abcda2b2");
  EXPECT_EQ(world.clients[1]->phase, ClientPhase::kWaitsForServer);   // For the row, with a connection.
  EXPECT_EQ(world.clients[2]->phase, ClientPhase::kWaitsForService);  // For a connection.
  EXPECT_EQ(world.clients[3]->phase, ClientPhase::kWaitsForService);
  EXPECT_EQ(std::get<PoolState>(*world.services[0]).pools.at(0).holders.size(), 2U);
}

}  // namespace
}  // namespace nextkey
