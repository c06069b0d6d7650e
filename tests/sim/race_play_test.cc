// How a request fails, tries again and ends; worlds as values; schedules as tokens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sim/race/permutation.h"
#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

const char* const kSetup = R"(race play "How requests end"
setup { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0), (2, 0); }
result n { SELECT n FROM t WHERE id = 1 }
)";

// FAIL inside of a transaction: the ROLLBACK is a choice of its own, and takes the change back.
TEST(RacePlay, AFailedRequestRollsBackAsAChoiceOfItsOwn) {
  const ProgramRef program = ProgramOf(std::string(kSetup) + R"(client a
step begin { BEGIN; }
step write { UPDATE t SET n = 5 WHERE id = 1; FAIL 'no'; }
)");
  RaceWorld world = PlayNames(OpenOf(*program), *program, {"a", "a"});
  EXPECT_TRUE(world.clients[0]->rolls_back);
  EXPECT_EQ(NextInstruction(world, *program, 0), nullptr);
  world = PlayNames(world, *program, {"a"});
  EXPECT_EQ(EndText(EndOf(world, *program), *program), "1 refused; n 0");
}

// Last entered, first left: the mutex that was taken inside goes before the ROLLBACK.
TEST(RacePlay, ScopesAreLeftInTheReverseOrderOfTheirEntering) {
  const ProgramRef program = ProgramOf(std::string(kSetup) + R"(service m mutex
client a
step begin { BEGIN; }
step write { UPDATE t SET n = 5 WHERE id = 1; FAIL 'no'; }
fix inside "a mutex inside" { around write to write { CALL m.lock(); } finally { CALL m.unlock(); } }
fix outside "a mutex outside" { around begin to write { CALL m.lock(); } finally { CALL m.unlock(); } }
)",
                                       {.fix = "inside"});
  const RaceWorld world = PlayNames(OpenOf(*program), *program, {"a", "a", "a"});
  ASSERT_NE(NextInstruction(world, *program, 0), nullptr);
  EXPECT_EQ(NextInstruction(world, *program, 0)->text, "CALL m.unlock()");
  EXPECT_TRUE(PlayNames(world, *program, {"a"}).clients[0]->rolls_back);
}

// a and b lock the two rows in opposite orders; the victim tries again and succeeds.
const char* const kOpposite = R"(client a RETRY_A
step a0 { BEGIN; }
step a1 { UPDATE t SET n = n + 1 WHERE id = 1; }
step a2 { UPDATE t SET n = n + 1 WHERE id = 2; }
step a3 { COMMIT; }
client b RETRY_B
step b0 { BEGIN; }
step b1 { UPDATE t SET n = n + 1 WHERE id = 2; }
step b2 { UPDATE t SET n = n + 1 WHERE id = 1; }
step b3 { COMMIT; }
)";

std::string Opposite(const std::string& retry) {
  std::string text = std::string(kSetup) + kOpposite;
  for (const char* place : {"RETRY_A", "RETRY_B"}) text.replace(text.find(place), 7, retry);
  return text;
}

TEST(RacePlay, ADeadlocksVictimIsCountedAndTheOtherGoesOn) {
  const ProgramRef program = ProgramOf(Opposite(""));
  const PlayedRace played = PlayBy(*program, SchedulerKind::kLockstep);
  EXPECT_EQ(EndText(played.end, *program), "1 succeeded, 1 deadlocked; n 1");
}

TEST(RacePlay, RetryMakesBothSucceed) {
  const ProgramRef program = ProgramOf(Opposite("retry 3 on 1213"));
  const PlayedRace played = PlayBy(*program, SchedulerKind::kLockstep);
  EXPECT_EQ(EndText(played.end, *program), "2 succeeded; n 2");
}

TEST(RacePlay, TwoCopiesOfAWorldPlayTheSame) {
  const ProgramRef program = ProgramOf(Opposite(""));
  RaceWorld world = OpenOf(*program);
  Scheduler scheduler(SchedulerKind::kRandom, 42);
  while (true) {
    const std::vector<Choice> choices = ChoicesOf(world, *program);
    if (choices.empty()) break;
    const Choice choice = choices[scheduler.Choose(choices)];
    RaceWorld copy = world;
    const Fingerprint before = world.Digest();
    PlayChoice(copy, *program, choice, nullptr);
    EXPECT_EQ(world.Digest(), before);
    ChoiceReport report;
    PlayChoice(world, *program, choice, &report);
    EXPECT_EQ(world, copy);
    EXPECT_NE(world.Digest(), before);
    EXPECT_EQ(world.CheckInvariants(), std::vector<std::string>());
  }
}

TEST(RacePlay, TheLockWaitTimesOutWhenNobodyCanAct) {
  const ProgramRef program = ProgramOf(std::string(kSetup) + R"(client a
step a1 { BEGIN; }
step a2 { UPDATE t SET n = 1 WHERE id = 1; }
step a3 { THINK 60 s; COMMIT; }
client b
step b1 { UPDATE t SET n = 2 WHERE id = 1; }
)");
  RaceWorld world = PlayNames(OpenOf(*program), *program, {"a", "a", "b"});
  const std::int64_t start_us = world.now_us();
  world = PlayNames(world, *program, {"~b"});
  EXPECT_EQ(world.now_us() - start_us, 50'000'000);
  EXPECT_EQ(world.clients[1]->outcome.error, 1205);
  world = PlayNames(world, *program, {"~a", "a"});
  EXPECT_EQ(EndText(EndOf(world, *program), *program), "1 succeeded, 1 timed_out; n 1");
}

// The connection breaks: the server rolls back, and whoever waited goes on.
TEST(RacePlay, AClientThatDiesLetsGoOfItsLocks) {
  const ProgramRef program = ProgramOf(std::string(kSetup) + R"(client a
step a1 { BEGIN; }
step a2 { UPDATE t SET n = 1 WHERE id = 1; }
step a3 { COMMIT; }
client b
step b1 { UPDATE t SET n = n + 10 WHERE id = 1; }
fault crash die a
)",
                                       {.fix = "", .clients = {}, .parameters = {}, .faults = {"crash"}});
  RaceWorld world = PlayNames(OpenOf(*program), *program, {"a", "a", "b"});
  EXPECT_EQ(world.clients[1]->phase, ClientPhase::kWaitsForServer);
  PlayChoice(world, *program, {ChoiceKind::kFault, 0, 0}, nullptr);
  EXPECT_EQ(EndText(EndOf(world, *program), *program), "1 succeeded, 1 died; n 10");
  EXPECT_EQ(world.CheckInvariants(), std::vector<std::string>());
}

TEST(RacePlay, ATokenReadsBackAndNamesTheFirstChoiceThatDiffers) {
  const ProgramRef program = ProgramOf(Opposite(""));
  const PlayedRace played = PlayBy(*program, SchedulerKind::kLockstep);
  const std::string token = TokenOf(*program, played.schedule);
  EXPECT_THAT(token, ::testing::MatchesRegex("play-[0-9a-f]{6}:abababa?b?.*"));
  EXPECT_EQ(std::get<Schedule>(ScheduleFor(*program, " " + token + "\n")), played.schedule);

  const ProgramRef other = ProgramOf(Opposite("retry 3 on 1213"));
  EXPECT_THAT(std::get<std::string>(ScheduleFor(*other, token)), HasSubstr("the schedule belongs to play-"));

  const Schedule wrong{{{ChoiceKind::kClient, 0, 0}, {ChoiceKind::kTimer, 1, 0}}};
  const auto replayed = PlaySchedule(OpenOf(*program), *program, wrong, nullptr);
  EXPECT_EQ(std::get<ScheduleMismatch>(replayed).message,
            "choice 2 of the schedule is the timer of b, which can't happen there; possible: a, b");
}

TEST(RacePlay, TokensOfManyClientsAndKindsReadBack) {
  const ProgramRef program = ProgramOf(Opposite(""));
  Schedule schedule;
  for (const std::uint32_t actor : {0U, 25U, 26U, 27U, 51U, 52U, 701U, 702U, 703U, 20'000U}) {
    schedule.choices.push_back({ChoiceKind::kClient, actor, 0});
    schedule.choices.push_back({ChoiceKind::kTimer, actor, 0});
    schedule.choices.push_back({ChoiceKind::kTimer, actor, 0});
    schedule.choices.push_back({ChoiceKind::kReplica, actor, 0});
    schedule.choices.push_back({ChoiceKind::kFault, actor, actor + 1});
  }
  EXPECT_EQ(std::get<Schedule>(ScheduleFor(*program, TokenOf(*program, schedule))), schedule);
}

TEST(RacePlay, ADamagedTokenSaysWhatIsWrong) {
  for (const char* token : {"", "play", "play-123456", "play:ab"}) {
    EXPECT_THAT(std::get<std::string>(ParseToken(token)), HasSubstr("looks like")) << token;
  }
  EXPECT_EQ(std::get<std::string>(ParseToken("play-123456:a2!b")), "\"!b\" is no choice");
  EXPECT_EQ(std::get<std::string>(ParseToken("play-123456:a0")), "\"a0\" is no number of choices");
}

TEST(RacePlay, TheNamedPermutationOfTheCouponRaceShowsTheDocumentsFigure) {
  const ProgramRef program = ProgramOfFile("coupon.race");
  const auto played = PlayPermutation(OpenOf(*program), *program, program->file->permutations.front());
  ASSERT_TRUE(std::holds_alternative<PlayedPermutation>(played));
  const auto& permutation = std::get<PlayedPermutation>(played);
  EXPECT_EQ(EndText(permutation.end, *program), "3 succeeded; issued 3; counter 1");
  const auto again = PlaySchedule(OpenOf(*program), *program, permutation.schedule, nullptr);
  EXPECT_EQ(std::get<RaceWorld>(again), permutation.world);
}

TEST(RacePlay, AReplicaAppliesRowsAndAReaderThereMaySeeTheOldOnes) {
  const std::string text = std::string(kSetup) + R"(service copy replica
client a
step write { UPDATE t SET n = 7 WHERE id = 1; }
client b
step read { ON copy SELECT n INTO @seen FROM t WHERE id = 1; }
step keep { UPDATE t SET n = @seen WHERE id = 2; }
result kept { SELECT n FROM t WHERE id = 2 }
)";
  const Enumeration found = AllSchedules(text);
  EXPECT_GT(found.ends.at("2 succeeded; n 7; kept 0"), 0U);
  EXPECT_GT(found.ends.at("2 succeeded; n 7; kept 7"), 0U);
  EXPECT_EQ(found.ends.size(), 2U);
}

// n is negative for a moment only: who asks at the end finds nothing.
TEST(RacePlay, AnInvariantThatHoldsAlwaysIsAskedAfterEveryChoice) {
  const std::string body = R"(client a
step down { UPDATE t SET n = n - 1 WHERE id = 1; }
step up { UPDATE t SET n = n + 1 WHERE id = 1; }
)";
  const auto broken_in = [&](const std::string& always) {
    const ProgramRef program = ProgramOf(std::string(kSetup) + body + "invariant \"n is no debt\" " + always +
                                         " { SELECT n >= 0 FROM t }\n");
    return PlayBy(*program, SchedulerKind::kLockstep).end.broken.size();
  };
  EXPECT_EQ(broken_in(""), 0U);
  EXPECT_EQ(broken_in("always"), 1U);
}

// Each order starts in a world of its own: there is nothing to tear down.
TEST(RacePlay, ATeardownIsReadAndNotRun) {
  const Enumeration found = AllSchedules(std::string(kSetup) + R"(client a
step one { UPDATE t SET n = n + 1 WHERE id = 1; }
teardown { UPDATE t SET n = n + 10 WHERE id = 1; }
client b
step two { UPDATE t SET n = n + 1 WHERE id = 1; }
)");
  EXPECT_THAT(found.ends, ElementsAre(Pair("2 succeeded; n 2", 2U)));
}

}  // namespace
}  // namespace nextkey
