// Stories of queues: who is let through, who waits, in which order they go on, what is listed.
#include "lockmgr/lock_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lockmgr/lock_story.h"

namespace nextkey {
namespace {

using namespace lock_story;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(LockTable, ReadersShareAWriterWaitsForBoth) {
  Story story;
  EXPECT_EQ(story.Lock(1, Row(1), kS, kRecord).status, LockStatus::kGranted);
  EXPECT_EQ(story.Lock(2, Row(1), kS, kRecord).status, LockStatus::kGranted);
  const LockOutcome writer = story.Lock(3, Row(1), kX, kRecord);
  EXPECT_EQ(writer.status, LockStatus::kWaiting);
  EXPECT_EQ(writer.blocker, T(1));  // One edge, to the first in the way.
  EXPECT_THAT(Locks(story.locks),
              ElementsAre("T1 S,REC_NOT_GAP 1", "T2 S,REC_NOT_GAP 1", "T3 X,REC_NOT_GAP 1 waits"));
  EXPECT_THAT(story.Commit(1).granted, IsEmpty());
  EXPECT_EQ(story.locks.Blocker(T(3))->trx, T(2));  // The edge moved.
  EXPECT_THAT(story.Commit(2).granted, ElementsAre(T(3)));
}

// four_waiters: S queues behind an earlier waiting X; compatible neighbours go on together.
TEST(LockTable, FirstComeFirstServed) {
  Story story;
  story.Lock(1, Row(1), kX, kRecord);
  story.Lock(2, Row(1), kS, kRecord);
  story.Lock(3, Row(1), kS, kRecord);
  story.Lock(4, Row(1), kX, kRecord);
  story.Lock(5, Row(1), kS, kRecord);
  EXPECT_THAT(story.Commit(1).granted, ElementsAre(T(2), T(3)));
  EXPECT_THAT(story.Commit(2).granted, IsEmpty());
  EXPECT_THAT(story.Commit(3).granted, ElementsAre(T(4)));
  EXPECT_THAT(story.Commit(4).granted, ElementsAre(T(5)));
}

// Who was let go asks again from where it stood, and has the lock.
TEST(LockTable, ARetriedRequestFindsItsLock) {
  Story story;
  story.Lock(1, Row(1), kX, kRecord);
  story.Lock(2, Row(1), kX, kNextKey);
  story.Commit(1);
  EXPECT_EQ(story.Lock(2, Row(1), kX, kNextKey).status, LockStatus::kGranted);
  EXPECT_THAT(Locks(story.locks), ElementsAre("T2 X 1"));
}

// locks_after_select_share_own: what is covered is not added; next to an own record lock only the gap
// is, even past a waiter.
TEST(LockTable, OnlyWhatIsMissingIsAdded) {
  Story story;
  story.Lock(1, Row(20), kX, kRecord);
  story.Lock(1, Row(20), kS, kRecord);
  story.Lock(2, Row(20), kX, kRecord);
  EXPECT_EQ(story.Lock(1, Row(20), kS, kNextKey).status, LockStatus::kGranted);
  EXPECT_EQ(story.Lock(1, Row(20), kX, kNextKey).status, LockStatus::kGranted);
  EXPECT_EQ(story.Lock(1, Row(20), kX, kNextKey).status, LockStatus::kGranted);
  EXPECT_THAT(Locks(story.locks),
              ElementsAre("T1 X,REC_NOT_GAP 20", "T1 S,GAP 20", "T1 X,GAP 20", "T2 X,REC_NOT_GAP 20 waits"));
}

TEST(LockTable, SharedThenExclusiveAreBothListed) {
  Story story;
  story.LockTableFor(1, kIS);
  story.LockTableFor(1, kIX);
  story.LockTableFor(1, kIS);  // Covered by either.
  story.Lock(1, Row(1), kS, kNextKey);
  story.Lock(1, Row(1), kX, kNextKey);
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 IS table 1", "T1 IX table 1", "T1 S 1", "T1 X 1"));
}

TEST(LockTable, ALockOfTheWholeTableCoversItsRecords) {
  Story story;
  story.LockTableFor(1, kS);
  story.Lock(1, Row(1), kS, kNextKey);
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 S table 1"));
  story.Lock(1, Row(1), kX, kRecord);
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 S table 1", "T1 X,REC_NOT_GAP 1"));
}

// insert_intention: one that never waits leaves nothing, one that waited stays listed when granted,
// and is no help when it asks again.
TEST(LockTable, InsertIntentionsStayAfterHavingWaited) {
  Story story;
  story.Lock(1, Row(3), kX, kGap);
  EXPECT_EQ(story.Lock(1, Row(3), kX, kInsert).status, LockStatus::kGranted);
  EXPECT_EQ(story.Lock(2, Row(3), kX, kInsert).status, LockStatus::kWaiting);
  EXPECT_EQ(story.Lock(3, Row(3), kX, kInsert).status, LockStatus::kWaiting);
  EXPECT_THAT(story.Commit(1).granted, ElementsAre(T(2), T(3)));
  EXPECT_THAT(Locks(story.locks), ElementsAre("T2 X,GAP,INSERT_INTENTION 3", "T3 X,GAP,INSERT_INTENTION 3"));
  story.Lock(4, Row(3), kS, kGap);  // Gap locks pass insert intentions.
  EXPECT_EQ(story.Lock(2, Row(3), kX, kInsert).status, LockStatus::kWaiting);
}

TEST(LockTable, TheSupremumHasNoGapFlag) {
  Story story;
  story.Lock(1, Supremum(), kX, kGap);
  story.Lock(1, Row(5), kX, kNextKey);
  EXPECT_EQ(story.locks.structure_count(), 1U);  // One structure: X on the page.
  story.Lock(2, Supremum(), kX, kNextKey);       // Gaps are shared.
  story.Lock(3, Supremum(), kX, kInsert);
  EXPECT_THAT(Locks(story.locks),
              ElementsAre("T1 X sup", "T1 X 5", "T2 X sup", "T3 X,INSERT_INTENTION sup waits"));
}

// As tests/recorded/supremum_with_gap_flag was seen: the page's only structure takes the supremum as a gap.
TEST(LockTable, TheSupremumComesToAnOnlyStructureOfGaps) {
  Story story;
  story.Lock(1, Row(5), kX, kGap);
  story.Lock(1, Supremum(), kX, kGap);
  story.Lock(1, Supremum(), kX, kNextKey);  // It has it already.
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 X,GAP sup", "T1 X,GAP 5"));
  EXPECT_EQ(story.Lock(2, Supremum(), kX, kInsert).status, LockStatus::kWaiting);
  Story other;
  other.Lock(2, Row(7), kS, kGap);  // Not the only one.
  other.Lock(1, Row(5), kX, kGap);
  other.Lock(1, Supremum(), kX, kGap);
  EXPECT_THAT(Locks(other.locks), ElementsAre("T1 X,GAP 5", "T1 X sup", "T2 S,GAP 7"));
}

TEST(LockTable, RefusedRequestsLeaveNothing) {
  Story story;
  story.Lock(1, Row(1), kX, kRecord);
  EXPECT_EQ(story.Lock(2, Row(1), kS, kRecord, WaitPolicy::kRefuse).status, LockStatus::kRefused);
  EXPECT_EQ(story.Lock(2, Row(2), kS, kRecord, WaitPolicy::kRefuse).status, LockStatus::kGranted);
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 X,REC_NOT_GAP 1", "T2 S,REC_NOT_GAP 2"));
}

// An inserter's implicit lock becomes a structure when another runs into it.
TEST(LockTable, ImplicitLocksBecomeExplicitOnce) {
  Story story;
  story.locks.MakeExplicit(T(1), kTable, Row(7));
  story.locks.MakeExplicit(T(1), kTable, Row(7));
  EXPECT_EQ(story.Lock(2, Row(7), kX, kRecord).status, LockStatus::kWaiting);
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 X,REC_NOT_GAP 7", "T2 X,REC_NOT_GAP 7 waits"));
}

// A change of an entry that nobody locks records nothing; one that somebody locks waits.
TEST(LockTable, ChangesLockImplicitly) {
  Story story;
  EXPECT_EQ(story.locks.LockImplicitly(T(1), kTable, Row(7)).status, LockStatus::kGranted);
  EXPECT_THAT(Locks(story.locks), IsEmpty());
  story.Lock(2, Row(7), kS, kNextKey);
  EXPECT_EQ(story.locks.LockImplicitly(T(1), kTable, Row(7)).status, LockStatus::kWaiting);
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 X,REC_NOT_GAP 7 waits", "T2 S 7"));
}

// Locks of one transaction, mode and span on one page are one structure, unless somebody waits for the
// record: an older structure would put the new lock in front of the waiter.
TEST(LockTable, StructuresAreSharedByPageUnlessSomebodyWaits) {
  Story story;
  for (std::uint32_t heap = 2; heap < 200; ++heap) story.Lock(1, Row(heap), kX, kNextKey);
  EXPECT_EQ(story.locks.structure_count(T(1)), 1U);
  story.Lock(1, Row(2, 2), kX, kNextKey);
  EXPECT_EQ(story.locks.structure_count(T(1)), 2U);  // A page of its own.

  story.Lock(4, Row(299), kX, kGap);
  story.Lock(2, Row(300), kS, kGap);
  story.Lock(3, Row(300), kX, kInsert);  // Waits for T2.
  story.Lock(4, Row(301), kX, kGap);
  EXPECT_EQ(story.locks.structure_count(T(4)), 1U);  // Nobody waits for 301.
  story.Lock(4, Row(300), kX, kGap);
  EXPECT_EQ(story.locks.structure_count(T(4)), 2U);
  EXPECT_THAT(story.Commit(2).granted, ElementsAre(T(3)));  // T4's gap lock came later.
}

// grant_order_rows: the waiters of one page go on in the order in which their waits began.
TEST(LockTable, GrantsOnOnePageFollowTheWaits) {
  Story story;
  for (const std::uint32_t heap : {1, 3, 2}) story.Lock(1, Row(heap), kX, kRecord);
  story.Lock(2, Row(3), kX, kRecord);
  story.Lock(3, Row(1), kX, kRecord);
  story.Lock(4, Row(2), kX, kRecord);
  EXPECT_THAT(story.Commit(1).granted, ElementsAre(T(2), T(3), T(4)));
}

// grant_order_tables: over several pages, in the reverse order of the releaser's structures.
TEST(LockTable, GrantsOverPagesFollowTheReleaser) {
  Story story;
  for (const std::uint32_t page : {1, 2, 3}) story.Lock(1, Row(1, page), kX, kRecord);
  for (const std::uint32_t page : {1, 2, 3}) story.Lock(1 + page, Row(1, page), kX, kRecord);
  EXPECT_THAT(story.Commit(1).granted, ElementsAre(T(4), T(3), T(2)));
}

TEST(LockTable, ACancelledWaitLetsThoseBehindGoOn) {
  Story story;
  story.Lock(1, Row(1), kS, kRecord);
  story.Lock(2, Row(1), kX, kRecord);
  story.Lock(3, Row(1), kS, kRecord);
  EXPECT_TRUE(story.locks.IsWaiting(T(3)));
  EXPECT_THAT(story.locks.CancelWait(T(2)).granted, ElementsAre(T(3)));
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 S,REC_NOT_GAP 1", "T3 S,REC_NOT_GAP 1"));
}

// READ COMMITTED lets a row go that did not match; the structure stays and is used again.
TEST(LockTable, ARecordCanBeReleasedAlone) {
  Story story;
  story.Lock(1, Row(1), kX, kRecord);
  story.Lock(1, Row(2), kX, kRecord);
  story.Lock(2, Row(1), kX, kRecord);
  EXPECT_THAT(story.locks.ReleaseRecord(T(1), Row(1), kX).granted, ElementsAre(T(2)));
  EXPECT_THAT(story.locks.ReleaseRecord(T(1), Row(2), kX).granted, IsEmpty());
  EXPECT_EQ(story.locks.structure_count(T(1)), 1U);
  story.Lock(1, Row(3), kX, kRecord);
  EXPECT_EQ(story.locks.structure_count(T(1)), 1U);
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 X,REC_NOT_GAP 3", "T2 X,REC_NOT_GAP 1"));
}

// AUTO_INC goes with the statement; simple inserts wait for it, other tables' locks don't.
TEST(LockTable, AutoIncrementLocksGoWithTheStatement) {
  Story story;
  story.LockTableFor(1, kIX);
  story.LockTableFor(1, LockMode::kAutoIncrement);
  EXPECT_EQ(story.LockTableFor(2, kIX).status, LockStatus::kGranted);
  EXPECT_EQ(story.LockTableFor(2, LockMode::kAutoIncrement).status, LockStatus::kWaiting);
  EXPECT_EQ(story.LockTableFor(3, LockMode::kAutoIncrement, TableId(2)).status, LockStatus::kGranted);
  EXPECT_THAT(story.locks.ReleaseTable(T(1), kTable, LockMode::kAutoIncrement).granted, ElementsAre(T(2)));
  EXPECT_THAT(Locks(story.locks),
              ElementsAre("T1 IX table 1", "T2 IX table 1", "T2 AUTO_INC table 1", "T3 AUTO_INC table 2"));
}

// A new request for a table looks from the end of the list, later looks start in front.
TEST(LockTable, ATableRequestsFirstEdgeGoesToTheLastHolder) {
  Story story;
  story.LockTableFor(1, kIX);
  story.LockTableFor(2, kIX);
  story.LockTableFor(3, kIX);
  EXPECT_EQ(story.LockTableFor(4, kX).blocker, T(3));
  story.Commit(2);
  EXPECT_EQ(story.locks.Blocker(T(4))->trx, T(1));
  story.Commit(1);
  EXPECT_THAT(story.Commit(3).granted, ElementsAre(T(4)));
}

TEST(LockTable, QuestionsAreAnswered) {
  Story story;
  story.LockTableFor(1, kIX);
  story.Lock(1, Row(1), kX, kNextKey);
  story.Lock(2, Row(1), kS, kRecord);
  EXPECT_TRUE(story.locks.Holds(T(1), Row(1), kS, kGap));
  EXPECT_TRUE(story.locks.Holds(T(1), Row(1), kX, kRecord));
  EXPECT_FALSE(story.locks.Holds(T(2), Row(1), kS, kRecord));  // It only waits.
  EXPECT_TRUE(story.locks.HoldsTable(T(1), kTable, kIS));
  EXPECT_FALSE(story.locks.HoldsTable(T(2), kTable, kIS));
  EXPECT_TRUE(story.locks.HasRecordLocks(Row(1)));
  EXPECT_FALSE(story.locks.HasRecordLocks(Row(2)));
  EXPECT_EQ(story.locks.WaitingRequest(T(2)).record, Row(1));
  EXPECT_EQ(story.locks.Blocker(T(2))->span, kNextKey);
}

// A copy goes its own way, and equal tables have equal bytes however they came about.
TEST(LockTable, IsAValue) {
  const auto bytes = [](const LockTable& locks) {
    Canonical canonical;
    locks.PutInto(canonical);
    return std::string(canonical.bytes());
  };
  Story one;
  one.Lock(1, Row(1), kX, kRecord);
  one.Lock(2, Row(1), kS, kRecord);
  Story two = one;
  EXPECT_EQ(bytes(one.locks), bytes(two.locks));
  two.Commit(1);
  EXPECT_NE(bytes(one.locks), bytes(two.locks));
  EXPECT_TRUE(one.locks.IsWaiting(T(2)));

  Story three;  // What came and went leaves no trace.
  three.Lock(9, Row(8), kX, kRecord);
  three.Lock(1, Row(1), kX, kRecord);
  three.Commit(9);
  three.Lock(2, Row(1), kS, kRecord);
  EXPECT_EQ(bytes(one.locks), bytes(three.locks));

  Story other_order;  // The order of the structures on a page does.
  other_order.Lock(2, Row(5), kS, kRecord);
  other_order.Lock(1, Row(5), kS, kRecord);
  Story same_locks;
  same_locks.Lock(1, Row(5), kS, kRecord);
  same_locks.Lock(2, Row(5), kS, kRecord);
  EXPECT_EQ(Locks(other_order.locks), Locks(same_locks.locks));
  EXPECT_NE(bytes(other_order.locks), bytes(same_locks.locks));
}

// A million row locks are some thousand structures, of some hundred bytes each.
TEST(LockTable, AMillionRowsAreThousandsOfStructures) {
  LockTable locks;
  constexpr std::uint32_t kRowsPerPage = 500;
  for (std::uint32_t page = 1; page <= 2000; ++page) {
    for (std::uint32_t heap = 1; heap <= kRowsPerPage; ++heap) {
      locks.LockRecord(T(1), kTable, Row(heap, page), kX, kNextKey);
    }
  }
  EXPECT_EQ(locks.structure_count(), 2000U);
  EXPECT_LT(locks.memory_bytes(), 1'000'000U);
  EXPECT_EQ(locks.List().size(), 1'000'000U);
}

}  // namespace
}  // namespace nextkey
