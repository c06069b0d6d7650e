// The services beside the database, one story each. What they do stands in their manuals and sources;
// service_rules.cc names them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sim/race/wait_circle.h"
#include "sim/step_text.h"
#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

std::string Race(const std::string& rest) {
  return R"(race service "A service beside the database"
setup { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0), (2, 0); }
result n { SELECT n FROM t WHERE id = 1 }
)" + rest;
}

// Everybody takes the lock, works for `work`, and lets it go.
std::string Worker(const std::string& service, int clients, const std::string& work) {
  return Race("service s " + service + "\nclient c " + std::to_string(clients) + "\n" +
              "step lock { CALL s.lock('k') INTO @got; IF NOT @got THEN FAIL 'no lock'; END IF; }\n" +
              "step work { THINK " + work + "; UPDATE t SET n = n + 1 WHERE id = 1; }\n" +
              "step unlock { CALL s.unlock('k'); }\n");
}

std::string EndBy(const std::string& text, SchedulerKind kind, RaceOptions options = {}) {
  const ProgramRef program = ProgramOf(text, std::move(options));
  const PlayedRace played = PlayBy(*program, kind);
  return EndText(played.end, *program) + (played.end.is_cut ? " (cut)" : "");
}

TEST(RaceServices, ASimpleLockRefusesAllWhoComeWhileTheFirstHoldsIt) {
  EXPECT_EQ(EndBy(Worker("simple_lock", 10, "1 s"), SchedulerKind::kLockstep), "1 succeeded, 9 refused; n 1");
}

TEST(RaceServices, RedissonWithOneSecondOfWorkAndFiveOfWaitingServesFiveOfTen) {
  EXPECT_EQ(EndBy(Worker("redisson_lock (wait 5 s, lease 10 s)", 10, "1 s"), SchedulerKind::kLockstep),
            "5 succeeded, 5 refused; n 5");
}

TEST(RaceServices, RedissonWithoutALimitServesAll) {
  EXPECT_EQ(EndBy(Worker("redisson_lock", 4, "1 s"), SchedulerKind::kLockstep), "4 succeeded; n 4");
}

TEST(RaceServices, ASpinLockTriesAgainUntilItsTriesAreUsedUp) {
  EXPECT_EQ(EndBy(Worker("spin_lock (interval 100 ms)", 3, "1 s"), SchedulerKind::kLockstep),
            "3 succeeded; n 3");
  EXPECT_EQ(EndBy(Worker("spin_lock (interval 100 ms, tries 5)", 3, "1 s"), SchedulerKind::kLockstep),
            "1 succeeded, 2 refused; n 1");
}

// The first works longer than its lease: the second gets the lock, and the first may not unlock it.
TEST(RaceServices, ALeaseThatEndsTooSoonLetsASecondIn) {
  EXPECT_EQ(EndBy(Worker("redisson_lock (wait 10 s, lease 2 s)", 2, "3 s"), SchedulerKind::kLockstep),
            "2 failed; n 2");
}

TEST(RaceServices, InLockstepTheFirstToAskGetsEveryNode) {
  EXPECT_EQ(EndBy(Worker("redlock (nodes 3, ttl 5000 ms, retries 0)", 3, "1 s"), SchedulerKind::kLockstep),
            "1 succeeded, 2 refused; n 1");
}

// Three clients, three nodes, each has one: nobody has two, and all are refused.
TEST(RaceServices, ARedlockVoteCanBeSplit) {
  const ProgramRef program = ProgramOf(Worker("redlock (nodes 3, ttl 5000 ms, retries 0)", 3, "1 s"));
  const RaceWorld world =
      PlayNames(OpenOf(*program), *program, {"c1", "c2", "c2", "c3", "c3", "c3", "c1", "c1", "c2"});
  const PlayedRace rest = PlayToEnd(world, *program, Scheduler(SchedulerKind::kLockstep));
  EXPECT_EQ(EndText(rest.end, *program), "3 refused; n 0");
}

// The holder stands still for longer than its lease: a second one works at the same time, and the
// first finds at the end that the lock is not its own.
TEST(RaceServices, APauseOutlastsALease) {
  const std::string text =
      Worker("redisson_lock (wait 10 s, lease 2 s)", 2, "100 ms") + "fault gc pause c at work for 5 s\n";
  EXPECT_EQ(EndBy(text, SchedulerKind::kLockstep), "2 succeeded; n 2");
  const ProgramRef program = ProgramOf(text, {.fix = "", .clients = {}, .parameters = {}, .faults = {"gc"}});
  // c1 locks; its work is a pause, then the statement that the fault stops.
  RaceWorld world = PlayNames(OpenOf(*program), *program, {"c1", "c2", "c2", "c2", "~c1"});
  PlayChoice(world, *program, {ChoiceKind::kFault, 0, 0}, nullptr);
  const PlayedRace rest = PlayToEnd(world, *program, Scheduler(SchedulerKind::kLockstep));
  EXPECT_EQ(EndText(rest.end, *program), "1 succeeded, 1 failed; n 2");
}

// With a watchdog a long pause does the same, after 30 seconds; a short one does no harm.
TEST(RaceServices, AWatchdogStandsStillWithItsHolder) {
  for (const auto& [pause, wanted] : {std::pair<std::string, std::string>{"5 s", "2 succeeded; n 2"},
                                      {"60 s", "1 succeeded, 1 failed; n 2"}}) {
    const ProgramRef program =
        ProgramOf(Worker("redisson_lock", 2, "100 ms") + "fault gc pause c at work for " + pause,
                  {.fix = "", .clients = {}, .parameters = {}, .faults = {"gc"}});
    RaceWorld world = PlayNames(OpenOf(*program), *program, {"c1", "c2", "c2", "c2", "~c1"});
    PlayChoice(world, *program, {ChoiceKind::kFault, 0, 0}, nullptr);
    const PlayedRace rest = PlayToEnd(world, *program, Scheduler(SchedulerKind::kLockstep));
    EXPECT_EQ(EndText(rest.end, *program), wanted) << pause;
  }
}

// D3.h: the holder dies. Without an expiry all who come later are refused; with one they go on.
TEST(RaceServices, ASimpleLockWhoseHolderDiesStaysUnlessItExpires) {
  for (const auto& [service, wanted] :
       {std::pair<std::string, std::string>{"spin_lock (interval 1 s, tries 20)", "1 refused, 1 died; n 0"},
        {"spin_lock (interval 1 s, tries 20, expire 5 s)", "1 succeeded, 1 died; n 1"}}) {
    const ProgramRef program = ProgramOf(Worker(service, 2, "100 ms") + "fault crash die c\n",
                                         {.fix = "", .clients = {}, .parameters = {}, .faults = {"crash"}});
    RaceWorld world = PlayNames(OpenOf(*program), *program, {"c1"});
    PlayChoice(world, *program, {ChoiceKind::kFault, 0, 0}, nullptr);
    const PlayedRace rest = PlayToEnd(world, *program, Scheduler(SchedulerKind::kLockstep));
    EXPECT_EQ(EndText(rest.end, *program), wanted) << service;
  }
}

// One node forgets the lock; on three nodes two remember it.
TEST(RaceServices, ALostNodeLetsASecondInWhereThereIsOnlyOne) {
  const auto end_with = [](const std::string& nodes) {
    const ProgramRef program =
        ProgramOf(Worker("redlock (nodes " + nodes + ", ttl 5000 ms, retries 0)", 2, "1 s") +
                      "fault lost lose_node s\n",
                  {.fix = "", .clients = {}, .parameters = {}, .faults = {"lost"}});
    RaceWorld world = OpenOf(*program);
    while (world.clients[0]->phase == ClientPhase::kReady) world = PlayNames(world, *program, {"c1"});
    PlayChoice(world, *program, {ChoiceKind::kFault, 0, 0}, nullptr);
    return EndText(PlayToEnd(world, *program, Scheduler(SchedulerKind::kLockstep)).end, *program);
  };
  EXPECT_EQ(end_with("1"), "2 succeeded; n 2");
  EXPECT_EQ(end_with("3"), "1 succeeded, 1 refused; n 1");
}

TEST(RaceServices, AWaitForAServiceIsToldLikeAWaitForALock) {
  const ProgramRef program = ProgramOf(Race(R"(service m mutex
client a
step a1 { CALL m.lock('x'); }
step a2 { CALL m.unlock('x'); }
client b
step b1 { CALL m.lock('x'); SELECT 1; }
step b2 { CALL m.unlock('x'); }
)"));
  RaceWorld world = OpenOf(*program);
  std::vector<ChoiceReport> reports(3);
  PlayChoice(world, *program, {ChoiceKind::kClient, 0, 0}, reports.data());
  PlayChoice(world, *program, {ChoiceKind::kClient, 1, 0}, &reports[1]);
  PlayChoice(world, *program, {ChoiceKind::kClient, 0, 0}, &reports[2]);
  EXPECT_EQ(reports[0].step.sql, "CALL m.lock('x')");
  EXPECT_EQ(reports[0].step.status, StepStatus::kOk);
  EXPECT_EQ(reports[1].step.session, "b");
  EXPECT_EQ(reports[1].step.status, StepStatus::kBlocked);
  ASSERT_TRUE(reports[1].step.wait.has_value());
  EXPECT_EQ(WaitText(*reports[1].step.wait, reports[1].step.names), "waits for m, held by a");
  ASSERT_EQ(reports[2].step.unblocked.size(), 1U);
  EXPECT_EQ(reports[2].step.unblocked[0].session, "b");
  EXPECT_EQ(reports[2].step.unblocked[0].sql, "CALL m.lock('x')");
}

TEST(RaceServices, AMutexLivesInOneProcess) {
  const std::string body = R"(client c 2
step lock { CALL m.lock(); }
step read { SELECT n INTO @n FROM t WHERE id = 1; }
step write { UPDATE t SET n = @n + 1 WHERE id = 1; }
step unlock { CALL m.unlock(); }
)";
  EXPECT_EQ(EndBy(Race("service m mutex\n" + body), SchedulerKind::kLockstep), "2 succeeded; n 2");
  const std::string two = Race("processes 2\nservice m mutex\n" + body);
  EXPECT_EQ(EndBy(two, SchedulerKind::kLockstep), "2 succeeded; n 1");
}

const char* const kPooled = R"(service pool pool (size 2)
client c 3
step acquire { CALL pool.acquire(); }
step work { THINK 40 s; }
step release { CALL pool.release(); }
)";

TEST(RaceServices, APoolThatIsEmptyFailsWithHikarisMessageAfterThirtySeconds) {
  const ProgramRef program = ProgramOf(Race(kPooled));
  RaceWorld world = PlayNames(OpenOf(*program), *program, {"c1", "c2", "c3"});
  EXPECT_EQ(world.clients[2]->phase, ClientPhase::kWaitsForService);
  const std::int64_t start_us = world.now_us();
  world = PlayNames(world, *program, {"~c3"});
  EXPECT_EQ(world.now_us() - start_us, 30'000'000);
  EXPECT_EQ(world.clients[2]->outcome.reason, "Connection is not available, request timed out after 30000ms");
  EXPECT_EQ(world.clients[2]->outcome.end, RequestEnd::kTimedOut);
}

TEST(RaceServices, TimersOfOneMomentAreChoicesOfTheirOwn) {
  const ProgramRef program = ProgramOf(Race("client c 2\nstep s { THINK 1 s; SELECT 1; }\n"));
  const RaceWorld world = OpenOf(*program);
  const std::vector<Choice> wanted = {{ChoiceKind::kTimer, 0, 0}, {ChoiceKind::kTimer, 1, 0}};
  EXPECT_EQ(ChoicesOf(world, *program), wanted);
  EXPECT_EQ(AllSchedules(Race("client c 2\nstep s { THINK 1 s; SELECT 1; }\n")).schedules, 6U);
}

// A holds the row and wants the mutex, b has the mutex and wants the row: no server sees the circle.
TEST(RaceServices, ACircleOverTwoLayersStandsUntilATimeOutEndsIt) {
  const ProgramRef program = ProgramOf(Race(R"(service m mutex
client a
step begin { BEGIN; }
step row { UPDATE t SET n = n + 1 WHERE id = 1; }
step mutex { CALL m.lock(); }
step commit { COMMIT; }
step unlock { CALL m.unlock(); }
client b
step b_begin { BEGIN; }
step b_mutex { CALL m.lock(); }
step b_row { UPDATE t SET n = n + 1 WHERE id = 1; }
step b_commit { COMMIT; }
step b_unlock { CALL m.unlock(); }
)"));
  const RaceWorld world = PlayNames(OpenOf(*program), *program, {"a", "a", "b", "b", "a", "b"});
  const std::optional<WaitCircle> circle = FindCircle(world, *program);
  ASSERT_TRUE(circle.has_value());
  ASSERT_EQ(circle->members.size(), 2U);
  EXPECT_TRUE(circle->IsAcrossLayers());
  EXPECT_EQ(WaitLayerName(circle->members[0].layer), "mutex");
  EXPECT_EQ(WaitLayerName(circle->members[1].layer), "row lock");
  EXPECT_EQ(ChoicesOf(world, *program).size(), 1U);  // Only innodb_lock_wait_timeout.
}

TEST(RaceServices, TwoMutexesInOppositeOrderAreStuckForEver) {
  const Enumeration found = AllSchedules(Race(R"(service m mutex
client a
step a1 { CALL m.lock('x'); }
step a2 { CALL m.lock('y'); }
step a3 { CALL m.unlock('y'); }
step a4 { CALL m.unlock('x'); }
client b
step b1 { CALL m.lock('y'); }
step b2 { CALL m.lock('x'); }
step b3 { CALL m.unlock('x'); }
step b4 { CALL m.unlock('y'); }
)"));
  EXPECT_GT(found.ends.at("2 stuck; n 0"), 0U);
  EXPECT_GT(found.ends.at("2 succeeded; n 0"), 0U);
}

RaceOptions WithFault(const std::string& fault) {
  RaceOptions options;
  options.faults = {fault};
  return options;
}

// Tokens grow by one with each lock that was got; a resource that remembers the last one refuses an older
// one.
TEST(RaceServices, AFencedLockAnswersAGrowingToken) {
  const ProgramRef program = ProgramOf(Race(R"(service s simple_lock (fenced 1)
client c 2
step lock { CALL s.lock('k') INTO @token; IF NOT @token THEN FAIL 'no lock'; END IF; }
step keep { UPDATE t SET n = @token WHERE id = @me; }
step unlock { CALL s.unlock('k'); }
result second { SELECT n FROM t WHERE id = 2 }
)"));
  EXPECT_EQ(EndText(PlayBy(*program, SchedulerKind::kOneAfterTheOther).end, *program),
            "2 succeeded; n 1; second 2");
}

// c1's lock runs out while it stands still; c2 writes with the newer token, and c1 comes too late.
TEST(RaceServices, AFencedResourceRefusesTheOlderToken) {
  const ProgramRef program = ProgramOf(Race(R"(service s spin_lock (interval 100 ms, expire 500 ms, fenced 1)
client c 2
step lock { CALL s.lock('k') INTO @token; }
step write {
  UPDATE t SET n = @token WHERE id = 1 AND n < @token;
  IF ROW_COUNT() = 0 THEN FAIL 'too old'; END IF;
}
step unlock { CALL s.unlock('k'); }
fault gc pause c at write for 2 s
)"),
                                       WithFault("gc"));
  RaceWorld world = PlayNames(OpenOf(*program), *program, {"c1"});
  PlayChoice(world, *program, {ChoiceKind::kFault, 0, 0}, nullptr);
  const PlayedRace rest = PlayToEnd(world, *program, Scheduler(SchedulerKind::kLockstep));
  EXPECT_EQ(EndText(rest.end, *program), "1 succeeded, 1 refused; n 2");
}

// The follower has not heard of c1's lock: c2 gets it, too. Had there been no fail-over, c2 would be refused.
TEST(RaceServices, AFailOverLosesTheLastWrite) {
  const std::string text = Worker("simple_lock", 2, "1 s") + "fault over fail_over s\n";
  EXPECT_EQ(EndBy(text, SchedulerKind::kLockstep), "1 succeeded, 1 refused; n 1");
  const ProgramRef program = ProgramOf(text, WithFault("over"));
  RaceWorld world = PlayNames(OpenOf(*program), *program, {"c1"});
  PlayChoice(world, *program, {ChoiceKind::kFault, 0, 0}, nullptr);
  const PlayedRace rest = PlayToEnd(world, *program, Scheduler(SchedulerKind::kLockstep));
  EXPECT_EQ(EndText(rest.end, *program), "2 succeeded; n 2");
}

// The same with three nodes: the two others know of the lock.
TEST(RaceServices, ARedlockSurvivesOneFailOver) {
  const ProgramRef program =
      ProgramOf(Worker("redlock (nodes 3, ttl 5 s, retries 0)", 2, "1 s") + "fault over fail_over s\n",
                WithFault("over"));
  RaceWorld world = PlayNames(OpenOf(*program), *program, {"c1", "c1", "c1"});
  PlayChoice(world, *program, {ChoiceKind::kFault, 0, 2}, nullptr);
  const PlayedRace rest = PlayToEnd(world, *program, Scheduler(SchedulerKind::kLockstep));
  EXPECT_EQ(EndText(rest.end, *program), "1 succeeded, 1 refused; n 1");
}

// The lock would live for 5 s. The node's clock jumps by 10 s: it is gone at once, and c2 gets it.
TEST(RaceServices, AClockThatJumpsForwardEndsALock) {
  const auto end_with = [](const std::string& jump) {
    const ProgramRef program =
        ProgramOf(Worker("simple_lock (expire 5 s)", 2, "1 s") + "fault drift clock_jump s by " + jump + "\n",
                  WithFault("drift"));
    RaceWorld world = PlayNames(OpenOf(*program), *program, {"c1"});
    PlayChoice(world, *program, {ChoiceKind::kFault, 0, 0}, nullptr);
    return EndText(PlayToEnd(world, *program, Scheduler(SchedulerKind::kLockstep)).end, *program);
  };
  EXPECT_EQ(end_with("10 s"), "2 succeeded; n 2");
  EXPECT_EQ(end_with("4 s"), "1 succeeded, 1 refused; n 1");
}

// What is written at 0 s is on the replica at 2 s: a reader after one second misses it, one after three does
// not.
TEST(RaceServices, AReplicaIsAsLateAsItsLag) {
  const auto seen_after = [](const std::string& time) {
    const ProgramRef program =
        ProgramOf(Race("service copy replica (lag 2 s)\nclient a\n"
                       "step write { UPDATE t SET n = 7 WHERE id = 1; }\n"
                       "step wait { THINK " +
                       time +
                       "; }\n"
                       "step read { ON copy SELECT n INTO @n FROM t WHERE id = 1; }\n"
                       "step keep { UPDATE t SET n = @n WHERE id = 2; }\n"
                       "result kept { SELECT n FROM t WHERE id = 2 }\n"));
    return EndText(PlayBy(*program, SchedulerKind::kOneAfterTheOther).end, *program);
  };
  EXPECT_EQ(seen_after("1 s"), "1 succeeded; n 7; kept 0");
  EXPECT_EQ(seen_after("3 s"), "1 succeeded; n 7; kept 7");
}

// Redlock's delay lasts from 0 to 200 ms. Two of them end before the holder's 300 ms do if they are short,
// and behind them if they are long.
TEST(RaceServices, ADelayOfRandomLengthMayEndEarlyOrLate) {
  const ProgramRef program =
      ProgramOf(Worker("redlock (nodes 1, ttl 5 s, retries 2, retry_delay 200 ms)", 2, "300 ms"));
  // c1 locks and works. c2 asks once, and takes back what it has not got.
  const RaceWorld world = PlayNames(OpenOf(*program), *program, {"c1", "c2", "c2"});
  const auto end_after = [&](const std::vector<bool>& early) {
    RaceWorld next = world;
    for (const bool is_early : early) {
      PlayChoice(next, *program, {ChoiceKind::kTimer, 1, is_early ? 1U : 0U}, nullptr);
      if (next.clients[1]->phase == ClientPhase::kReady) next = PlayNames(next, *program, {"c2", "c2"});
    }
    const PlayedRace rest = PlayToEnd(next, *program, Scheduler(SchedulerKind::kOneAfterTheOther));
    return EndText(rest.end, *program);
  };
  const std::vector<Choice> wanted = {{ChoiceKind::kTimer, 1, 0}, {ChoiceKind::kTimer, 1, 1}};
  EXPECT_EQ(ChoicesOf(world, *program), wanted);
  EXPECT_EQ(end_after({true, true}), "1 succeeded, 1 refused; n 1");
  EXPECT_EQ(end_after({false}), "2 succeeded; n 2");
}

}  // namespace
}  // namespace nextkey
