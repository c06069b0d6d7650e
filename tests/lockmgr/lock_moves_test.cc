// Stories of records that come, go and move: who inherits which gap.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "lockmgr/lock_table.h"
#include "tests/lockmgr/lock_story.h"

namespace nextkey {
namespace {

using namespace lock_story;
using testing::ElementsAre;
using testing::IsEmpty;

// A new row splits a gap: whoever locked the whole has both halves now. Locks of the record alone and
// insert intentions don't reach over it.
TEST(LockMoves, ANewRowInheritsTheGap) {
  Story story;
  story.Lock(1, Row(9), kX, kNextKey);
  story.Lock(2, Row(9), kS, kGap);
  story.Lock(3, Row(9), kX, kInsert);  // Waits.
  story.Lock(1, Supremum(), kS, kNextKey);
  story.locks.OnInsert(kIndex, Slot(5), Slot(9));
  story.locks.OnInsert(kIndex, Slot(6), Slot(0));
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 X 9", "T1 S sup", "T1 X,GAP 5", "T1 S,GAP 6", "T2 S,GAP 5",
                                              "T2 S,GAP 9", "T3 X,GAP,INSERT_INTENTION 9 waits"));
}

TEST(LockMoves, ARecordLockIsNoGapToInherit) {
  Story story;
  story.Lock(1, Row(9), kX, kRecord);
  story.locks.OnInsert(kIndex, Slot(5), Slot(9));
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 X,REC_NOT_GAP 9"));
}

// delete_gone_gap, rollback_insert_gap: an erased row's locks become gap locks on the next one, waiting
// ones too; the waiters go on and look again.
TEST(LockMoves, AnErasedRowsLocksBecomeGaps) {
  Story story;
  story.Lock(1, Row(2), kX, kRecord);
  story.Lock(2, Row(2), kS, kNextKey);  // Waits.
  story.Lock(3, Row(2), kX, kGap);
  const LockEvents events = story.locks.OnErase(kIndex, Slot(2), Slot(3));
  EXPECT_THAT(events.granted, ElementsAre(T(2)));
  EXPECT_THAT(Locks(story.locks), ElementsAre("T1 X,GAP 3", "T2 S,GAP 3", "T3 X,GAP 3"));
  EXPECT_EQ(story.Lock(3, Row(3), kX, kInsert).status, LockStatus::kWaiting);
  EXPECT_FALSE(story.locks.HasRecordLocks(Row(2)));
}

// dup_key_wait_rollback: two inserts wait with S for a row; it is rolled back; both have the gap and
// then wait for each other.
TEST(LockMoves, TwoDuplicatesOfARolledBackRow) {
  Story story;
  story.locks.MakeExplicit(T(1), kTable, Row(20));
  story.Lock(2, Row(20), kS, kRecord);
  story.Lock(3, Row(20), kS, kRecord);
  LockEvents events = story.locks.OnErase(kIndex, Slot(20), Slot(30));
  EXPECT_THAT(events.granted, ElementsAre(T(2), T(3)));
  EXPECT_THAT(story.Commit(1).granted, IsEmpty());
  EXPECT_EQ(story.Lock(2, Row(30), kX, kInsert).status, LockStatus::kWaiting);
  const LockOutcome closer = story.Lock(3, Row(30), kX, kInsert);
  EXPECT_EQ(closer.status, LockStatus::kDeadlock);
  EXPECT_THAT(story.Commit(3).granted, ElementsAre(T(2)));
  story.locks.OnInsert(kIndex, Slot(20), Slot(30));
  EXPECT_THAT(Locks(story.locks), ElementsAre("T2 S,GAP 20", "T2 S,GAP 30", "T2 X,GAP,INSERT_INTENTION 30"));
}

// Below REPEATABLE READ locks of statements that look for rows (X) are not inherited, those of
// duplicate checks (S) are; REPLACE checks with X.
TEST(LockMoves, ReadCommittedInheritsOnlyDuplicateChecks) {
  for (const bool replaces : {false, true}) {
    Story story;
    story.locks.SetKeepsGapLocks(T(1), false);
    story.locks.SetReplacesDuplicates(T(1), replaces);
    story.Lock(1, Row(2), kS, kNextKey);
    story.Lock(1, Row(2), kX, kNextKey);
    story.Lock(2, Row(3), kX, kNextKey);
    story.locks.OnErase(kIndex, Slot(2), Slot(3));
    EXPECT_THAT(Locks(story.locks), ElementsAre(replaces ? "T1 X,GAP 3" : "T1 S,GAP 3", "T2 X 3"));
  }
}

// A split takes locks and waits along, in the order of the page's list; the left supremum inherits the
// gap in front of the right page's first row, of record locks too (as MariaDB 10.11.19 does).
TEST(LockMoves, ASplitMovesLocks) {
  Story story;
  story.Lock(1, Row(1), kX, kNextKey);
  story.Lock(1, Row(4), kX, kNextKey);
  story.Lock(1, Supremum(), kX, kNextKey);
  story.Lock(2, Row(3), kX, kRecord);
  story.Lock(3, Row(3), kS, kRecord);  // Waits for T2.
  const std::vector<std::pair<RecordSlot, RecordSlot>> moved = {{Slot(3), Slot(1, 2)}, {Slot(4), Slot(2, 2)}};
  story.locks.OnSplit(kIndex, PageNumber(1), PageNumber(2), moved, moved.front().second);
  EXPECT_THAT(Violations(story.locks), IsEmpty());
  EXPECT_THAT(Locks(story.locks, true),
              ElementsAre("T1 X 1:1", "T1 X 2:sup", "T1 X 2:2", "T2 X,REC_NOT_GAP 2:1", "T2 X 1:sup",
                          "T3 S,REC_NOT_GAP 2:1 waits", "T3 S 1:sup"));
  EXPECT_EQ(story.locks.Blocker(T(3))->trx, T(2));
  EXPECT_THAT(story.Commit(2).granted, ElementsAre(T(3)));
}

// Record by record, the same locks result.
TEST(LockMoves, ASplitCanBeToldRecordByRecord) {
  Story story;
  story.Lock(1, Row(3), kX, kNextKey);
  story.Lock(2, Row(3), kX, kRecord);
  story.locks.OnMove(kIndex, Slot(3), Slot(1, 2));
  story.locks.OnSplitRight(kIndex, PageNumber(1), PageNumber(2), Slot(1, 2));
  EXPECT_THAT(Locks(story.locks, true),
              ElementsAre("T1 X 1:sup", "T1 X 2:1", "T2 X,REC_NOT_GAP 2:1 waits", "T2 X 1:sup"));
  EXPECT_THAT(Violations(story.locks), IsEmpty());
}

TEST(LockMoves, AnEmptiedPagesGapGoesToTheNextRow) {
  Story story;
  story.Lock(1, Row(2), kX, kNextKey);
  story.Lock(1, Supremum(), kX, kNextKey);
  story.Lock(2, Supremum(), kX, kInsert);  // Waits.
  story.locks.OnErase(kIndex, Slot(2), Slot(0));
  const LockEvents events = story.locks.OnPageDiscarded(kIndex, PageNumber(1), Slot(7, 2));
  EXPECT_THAT(events.granted, ElementsAre(T(2)));
  EXPECT_THAT(Locks(story.locks, true), ElementsAre("T1 X,GAP 2:7"));
  EXPECT_EQ(story.locks.structure_count(), 1U);
  EXPECT_THAT(Violations(story.locks), IsEmpty());
}

TEST(LockMoves, ADroppedIndexTakesItsLocksAlong) {
  Story story;
  story.Lock(1, Row(1), kX, kNextKey);
  story.Lock(1, Row(1, 2), kX, kNextKey);
  story.Lock(1, {IndexId(2), Slot(1)}, kX, kNextKey);
  story.locks.OnIndexDropped(kIndex);
  EXPECT_EQ(story.locks.structure_count(), 1U);
  EXPECT_THAT(Violations(story.locks), IsEmpty());
}

}  // namespace
}  // namespace nextkey
