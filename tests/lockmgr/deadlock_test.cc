// Stories of circles: found or not yet seen, and who loses. Outcomes are the real server's (the
// script of the same name, or the numbers of equal weights tried on MariaDB 10.11.19).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockmgr/lock_table.h"
#include "tests/lockmgr/lock_story.h"

namespace nextkey {
namespace {

using namespace lock_story;
using testing::ElementsAre;
using testing::IsEmpty;

// deadlock_two_rows: equal weights, so the one that closes the circle loses.
TEST(Deadlock, TwoRowsInOppositeOrder) {
  Story story;
  story.Lock(1, Row(1), kX, kRecord);
  story.Lock(2, Row(2), kX, kRecord);
  EXPECT_EQ(story.Lock(1, Row(2), kX, kRecord).status, LockStatus::kWaiting);
  const LockOutcome closer = story.Lock(2, Row(1), kX, kRecord);
  EXPECT_EQ(closer.status, LockStatus::kDeadlock);
  EXPECT_FALSE(story.locks.IsWaiting(T(2)));
  ASSERT_THAT(Victims(closer.deadlocks), ElementsAre(T(2)));
  const Deadlock& deadlock = closer.deadlocks.front();
  ASSERT_EQ(deadlock.circle.size(), 2U);
  EXPECT_EQ(deadlock.circle[0].waiter, T(2));
  EXPECT_EQ(deadlock.circle[0].holder, T(1));
  EXPECT_EQ(deadlock.circle[0].wanted.record, Row(1));
  EXPECT_EQ(deadlock.circle[0].held.record, Row(1));
  EXPECT_EQ(deadlock.circle[0].waiter_weight, 2U);  // Its lock and its wait.
  EXPECT_EQ(deadlock.circle[1].waiter, T(1));
  EXPECT_THAT(story.Commit(2).granted, ElementsAre(T(1)));
}

// deadlock_weight: undo records count, then the other one loses and the closer goes to sleep until the
// victim is rolled back.
TEST(Deadlock, TheLighterLoses) {
  Story story;
  story.Lock(1, Row(1), kX, kRecord);
  story.Lock(2, Row(2), kX, kRecord);
  story.locks.SetWeight(T(2), 1, false);
  story.Lock(1, Row(2), kX, kRecord);
  const LockOutcome closer = story.Lock(2, Row(1), kX, kRecord);
  EXPECT_EQ(closer.status, LockStatus::kWaiting);
  EXPECT_THAT(Victims(closer.deadlocks), ElementsAre(T(1)));
  EXPECT_FALSE(story.locks.IsWaiting(T(1)));
  EXPECT_THAT(story.Commit(1).granted, ElementsAre(T(2)));
}

// Who loses does not depend on whether the circle is told.
TEST(Deadlock, WithoutItsCircleTellsTheVictimAlone) {
  Story story;
  story.locks.SetDescribesCircles(false);
  story.Lock(1, Row(1), kX, kRecord);
  story.Lock(2, Row(2), kX, kRecord);
  story.locks.SetWeight(T(2), 1, false);
  story.Lock(1, Row(2), kX, kRecord);
  const LockOutcome closer = story.Lock(2, Row(1), kX, kRecord);
  ASSERT_THAT(Victims(closer.deadlocks), ElementsAre(T(1)));
  EXPECT_THAT(closer.deadlocks.front().circle, IsEmpty());
}

TEST(Deadlock, WhatCantBeRolledBackOutweighsAll) {
  Story story;
  story.Lock(1, Row(1), kX, kRecord);
  story.Lock(2, Row(2), kX, kRecord);
  story.locks.SetWeight(T(1), 1000, false);
  story.locks.SetWeight(T(2), 0, true);
  story.Lock(1, Row(2), kX, kRecord);
  EXPECT_THAT(Victims(story.Lock(2, Row(1), kX, kRecord).deadlocks), ElementsAre(T(1)));
}

// deadlock_weight_pages_narrow: 300 rows on one page are one structure, on several pages several.
TEST(Deadlock, PagesWeigh) {
  for (const std::uint32_t pages : {1U, 5U}) {
    Story story;
    for (std::uint32_t i = 0; i < 300; ++i) story.Lock(1, Row(10 + i / pages, 1 + i % pages), kX, kRecord);
    story.Lock(2, Row(1), kX, kRecord);
    story.locks.SetWeight(T(2), 2, false);
    story.Lock(1, Row(1), kX, kRecord);
    // T1: the pages and its wait. T2: a lock, a wait, two undo records.
    const TrxId victim = pages == 1 ? T(1) : T(2);
    EXPECT_THAT(Victims(story.Lock(2, Row(10), kX, kRecord).deadlocks), ElementsAre(victim));
  }
}

// upgrade_past_waiter: an S holder that wants X queues behind a waiting X: a circle at once. The
// waiter is the lighter one, and its cancelled wait lets the holder have X without waiting.
TEST(Deadlock, AnUpgradeDoesNotPassAWaiter) {
  Story story;
  story.LockTableFor(1, kIS);
  story.Lock(1, Row(1), kS, kRecord);
  story.LockTableFor(2, kIX);
  story.Lock(2, Row(1), kX, kRecord);
  story.LockTableFor(1, kIX);
  const LockOutcome upgrade = story.Lock(1, Row(1), kX, kRecord);
  EXPECT_EQ(upgrade.status, LockStatus::kGranted);
  EXPECT_THAT(Victims(upgrade.deadlocks), ElementsAre(T(2)));
  EXPECT_THAT(upgrade.granted, IsEmpty());
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 IS table 1", "T1 S,REC_NOT_GAP 1", "T1 IX table 1",
                                              "T1 X,REC_NOT_GAP 1", "T2 IX table 1"));
}

// A victim's cancelled wait can let others go on.
TEST(Deadlock, AVictimsWaitWasInTheWayOfOthers) {
  Story story;
  story.Lock(1, Row(1), kS, kRecord);
  story.Lock(2, Row(2), kX, kRecord);
  story.Lock(2, Row(1), kX, kRecord);  // Waits for T1.
  story.Lock(3, Row(1), kS, kRecord);  // Waits for T2's wait.
  story.locks.SetWeight(T(1), 9, false);
  const LockOutcome closer = story.Lock(1, Row(2), kX, kRecord);
  EXPECT_EQ(closer.status, LockStatus::kWaiting);
  EXPECT_THAT(Victims(closer.deadlocks), ElementsAre(T(2)));
  EXPECT_THAT(closer.granted, ElementsAre(T(3)));
}

// deadlock_three_weights: the lightest of the circle loses, whoever closes it.
TEST(Deadlock, TheLightestOfThreeLoses) {
  Story story;
  const std::uint64_t undo_records[] = {0, 4, 2, 3};
  for (std::uint32_t i = 1; i <= 3; ++i) {
    story.Lock(i, Row(i), kX, kRecord);
    story.locks.SetWeight(T(i), undo_records[i], false);
  }
  story.Lock(1, Row(2), kX, kRecord);
  story.Lock(2, Row(3), kX, kRecord);
  const LockOutcome closer = story.Lock(3, Row(1), kX, kRecord);
  EXPECT_EQ(closer.status, LockStatus::kWaiting);
  EXPECT_THAT(Victims(closer.deadlocks), ElementsAre(T(2)));
  EXPECT_THAT(story.Commit(2).granted, ElementsAre(T(1)));
  EXPECT_THAT(story.Commit(1).granted, ElementsAre(T(3)));
}

// Ties, as the server broke them: the closer where it is among the lightest; otherwise the first
// behind the place where Brent's search notices the circle, which depends on its length.
TEST(Deadlock, EqualWeights) {
  struct Case {
    std::uint32_t length;
    bool closer_is_heavier;
    std::uint64_t victim;
  };
  for (const Case& c :
       {Case{3, false, 3}, Case{4, false, 4}, Case{3, true, 1}, Case{4, true, 1}, Case{5, true, 3}}) {
    Story story;
    for (std::uint32_t i = 1; i <= c.length; ++i) story.Lock(i, Row(i), kX, kRecord);
    if (c.closer_is_heavier) story.locks.SetWeight(T(c.length), 1, false);
    for (std::uint32_t i = 1; i < c.length; ++i) story.Lock(i, Row(i + 1), kX, kRecord);
    EXPECT_THAT(Victims(story.Lock(c.length, Row(1), kX, kRecord).deadlocks), ElementsAre(T(c.victim)))
        << c.length << (c.closer_is_heavier ? ", heavier closer" : "");
  }
}

// deadlock_edge_first_holder: T3 waits for T1 and T2, its edge goes to T1. T2 then waits for T3: the
// circle is real and unseen, until T1's commit moves the edge.
TEST(Deadlock, ACircleOverALaterHolderIsSeenWhenTheEdgeMoves) {
  const RecordPlace other{IndexId(2), Slot(1)};
  Story story;
  story.Lock(1, Row(1), kS, kRecord);
  story.Lock(2, Row(1), kS, kRecord);
  story.Lock(3, other, kX, kRecord);
  story.locks.SetWeight(T(3), 1, false);
  EXPECT_EQ(story.Lock(3, Row(1), kX, kRecord).blocker, T(1));
  const LockOutcome unseen = story.Lock(2, other, kX, kRecord);
  EXPECT_EQ(unseen.status, LockStatus::kWaiting);
  EXPECT_THAT(unseen.deadlocks, IsEmpty());
  const LockEvents moved = story.Commit(1);
  EXPECT_THAT(moved.granted, IsEmpty());
  EXPECT_THAT(Victims(moved.deadlocks), ElementsAre(T(2)));
  EXPECT_THAT(story.Commit(2).granted, ElementsAre(T(3)));
}

// deadlock_edge_other_holder: the same with T1 as the one that waits for T3: found at once.
TEST(Deadlock, ACircleOverTheFirstHolderIsSeenAtOnce) {
  const RecordPlace other{IndexId(2), Slot(1)};
  Story story;
  story.Lock(1, Row(1), kS, kRecord);
  story.Lock(2, Row(1), kS, kRecord);
  story.Lock(3, other, kX, kRecord);
  story.locks.SetWeight(T(3), 1, false);
  story.Lock(3, Row(1), kX, kRecord);
  EXPECT_EQ(story.Lock(1, other, kX, kRecord).status, LockStatus::kDeadlock);
}

// order_fk_two_victims: three S holders want X in turn. Two block. The third one's request closes a
// circle and kills itself; its rollback moves the edges of the other two onto each other, and kills the
// one whose session used InnoDB first.
TEST(Deadlock, OneRequestMakesTwoVictims) {
  for (const bool last_session_is_oldest : {false, true}) {
    Story story;
    for (const std::uint64_t trx : {1, 2, 3}) {  // C, D, E: each inserted a child row.
      story.locks.SetWeight(T(trx), 1, false);
      story.locks.SetDetectorRank(T(trx), trx == 3 && last_session_is_oldest ? 1 : 2);
      story.Lock(trx, Row(1), kS, kRecord);
    }
    EXPECT_EQ(story.Lock(2, Row(1), kX, kRecord).status, LockStatus::kWaiting);
    EXPECT_EQ(story.Lock(3, Row(1), kX, kRecord).status, LockStatus::kWaiting);
    EXPECT_EQ(story.Lock(1, Row(1), kX, kRecord).status, LockStatus::kDeadlock);
    const LockEvents rollback = story.Commit(1);
    const std::uint64_t victim = last_session_is_oldest ? 3 : 2;
    EXPECT_THAT(Victims(rollback.deadlocks), ElementsAre(T(victim)));
    EXPECT_THAT(story.Commit(victim).granted, ElementsAre(T(5 - victim)));
  }
}

TEST(Deadlock, DetectionCanBeOff) {
  Story story;
  story.locks.SetDeadlockDetection(false);
  story.Lock(1, Row(1), kX, kRecord);
  story.Lock(2, Row(2), kX, kRecord);
  story.Lock(1, Row(2), kX, kRecord);
  EXPECT_EQ(story.Lock(2, Row(1), kX, kRecord).status, LockStatus::kWaiting);
  EXPECT_THAT(story.locks.CancelWait(T(2)).granted, IsEmpty());  // Its time-out.
}

// A circle can run through a table and a record.
TEST(Deadlock, TableAndRecord) {
  Story story;
  story.LockTableFor(1, kIX);
  story.LockTableFor(2, kIX, TableId(2));
  story.Lock(2, Row(1), kX, kRecord);
  EXPECT_EQ(story.LockTableFor(1, kX, TableId(2)).status, LockStatus::kWaiting);
  story.LockTableFor(2, kIX);
  EXPECT_EQ(story.LockTableFor(3, kIS).status, LockStatus::kGranted);
  const LockOutcome closer = story.LockTableFor(2, kX);
  EXPECT_EQ(closer.status, LockStatus::kWaiting);  // Its edge goes to T3, the last holder.
  EXPECT_EQ(closer.blocker, T(3));
  EXPECT_THAT(Victims(story.Commit(3).deadlocks), ElementsAre(T(1)));
}

}  // namespace
}  // namespace nextkey
