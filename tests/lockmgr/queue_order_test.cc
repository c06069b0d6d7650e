// MySQL 8.4's queue: what is granted stands in front, who holds the record overtakes whom he keeps waiting,
// and a release grants by weight. Expected outcomes are counted by hand from lock0lock.cc and lock0wait.cc of
// MySQL 8.4.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockmgr/lock_table.h"

namespace nextkey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr TableId kTable(1);
constexpr IndexId kIndex(1);
constexpr PageNumber kPage(3);
constexpr TrxId kT1(1), kT2(2), kT3(3), kT4(4), kT5(5);

class GrantedFirst : public testing::Test {
 protected:
  GrantedFirst() { locks_.SetQueueOrder(QueueOrder::kGrantedFirst); }
  ~GrantedFirst() override { EXPECT_THAT(Violations(locks_), IsEmpty()); }

  LockStatus Lock(TrxId trx, std::uint32_t heap, LockMode mode) {
    return locks_.LockRecord(trx, kTable, {kIndex, {kPage, heap}}, mode, LockSpan::kRecordOnly).status;
  }
  LockStatus Shared(TrxId trx, std::uint32_t heap) { return Lock(trx, heap, LockMode::kShared); }
  LockStatus Exclusive(TrxId trx, std::uint32_t heap) { return Lock(trx, heap, LockMode::kExclusive); }

  LockTable locks_;
};

TEST_F(GrantedFirst, AHolderTakesXPastAWaiterThatItKeepsWaiting) {
  ASSERT_EQ(Shared(kT1, 2), LockStatus::kGranted);
  ASSERT_EQ(Exclusive(kT2, 2), LockStatus::kWaiting);
  EXPECT_EQ(Exclusive(kT1, 2), LockStatus::kGranted);
  EXPECT_THAT(locks_.ReleaseAll(kT1).granted, ElementsAre(kT2));
}

TEST_F(GrantedFirst, WhoHoldsNothingThereDoesNotOvertake) {
  ASSERT_EQ(Shared(kT1, 2), LockStatus::kGranted);
  ASSERT_EQ(Exclusive(kT2, 2), LockStatus::kWaiting);
  EXPECT_EQ(Exclusive(kT3, 2), LockStatus::kWaiting);
}

TEST_F(GrantedFirst, AnInsertDoesNotOvertake) {
  ASSERT_EQ(
      locks_.LockRecord(kT1, kTable, {kIndex, {kPage, 2}}, LockMode::kExclusive, LockSpan::kNextKey).status,
      LockStatus::kGranted);
  ASSERT_EQ(
      locks_.LockRecord(kT2, kTable, {kIndex, {kPage, 2}}, LockMode::kExclusive, LockSpan::kNextKey).status,
      LockStatus::kWaiting);
  const LockOutcome insert =
      locks_.LockRecord(kT1, kTable, {kIndex, {kPage, 2}}, LockMode::kExclusive, LockSpan::kInsertIntention);
  ASSERT_EQ(insert.deadlocks.size(), 1U);  // T1 waits for T2, which waits for T1.
}

// T1 keeps T2 and T3 waiting; T4 waits for T3's other record, so that T3 weighs 2 and T2 weighs 1.
TEST_F(GrantedFirst, TheHeavierWaiterGoesFirst) {
  ASSERT_EQ(Exclusive(kT3, 9), LockStatus::kGranted);
  ASSERT_EQ(Exclusive(kT1, 2), LockStatus::kGranted);
  ASSERT_EQ(Exclusive(kT2, 2), LockStatus::kWaiting);
  ASSERT_EQ(Exclusive(kT3, 2), LockStatus::kWaiting);
  ASSERT_EQ(Exclusive(kT4, 9), LockStatus::kWaiting);
  EXPECT_THAT(locks_.ReleaseAll(kT1).granted, ElementsAre(kT3));
  EXPECT_THAT(locks_.ReleaseAll(kT3).granted, testing::UnorderedElementsAre(kT2, kT4));
}

TEST_F(GrantedFirst, EqualWeightsGoInTheOrderOfTheirWaits) {
  ASSERT_EQ(Exclusive(kT1, 2), LockStatus::kGranted);
  ASSERT_EQ(Exclusive(kT3, 2), LockStatus::kWaiting);
  ASSERT_EQ(Exclusive(kT2, 2), LockStatus::kWaiting);
  EXPECT_THAT(locks_.ReleaseAll(kT1).granted, ElementsAre(kT3));
}

// Only what is granted counts: T4's S is held against T2's S, not against T3, which still waits for X.
TEST_F(GrantedFirst, AReaderIsGrantedPastAWaitingWriter) {
  ASSERT_EQ(Exclusive(kT1, 2), LockStatus::kGranted);
  ASSERT_EQ(Shared(kT2, 2), LockStatus::kWaiting);
  ASSERT_EQ(Exclusive(kT3, 2), LockStatus::kWaiting);
  ASSERT_EQ(Shared(kT4, 2), LockStatus::kWaiting);
  EXPECT_THAT(locks_.ReleaseAll(kT1).granted, ElementsAre(kT2, kT4));
  EXPECT_TRUE(locks_.IsWaiting(kT3));
}

// Whose edge ends elsewhere is not looked at: T5 came while T3 stood in its way, and waits for T3.
TEST_F(GrantedFirst, OnlyWaitersForTheReleaserAreLookedAt) {
  ASSERT_EQ(Shared(kT1, 2), LockStatus::kGranted);
  ASSERT_EQ(Exclusive(kT3, 2), LockStatus::kWaiting);
  ASSERT_EQ(Shared(kT5, 2), LockStatus::kWaiting);
  EXPECT_THAT(locks_.ReleaseAll(kT1).granted, ElementsAre(kT3));
  EXPECT_THAT(locks_.ReleaseAll(kT3).granted, ElementsAre(kT5));
}

// T2 weighs 2, since T4 waits for it. T3, alone, weighs 1; but once more than twice as many waits began after
// its own as there are waiters (three), it counts for three.
class Overtaken : public GrantedFirst {
 protected:
  // Who is let go first, when T3's wait is `passers` + 2 waits old.
  TrxId FirstAfter(std::uint64_t passers) {
    EXPECT_EQ(Exclusive(kT1, 2), LockStatus::kGranted);
    EXPECT_EQ(Exclusive(kT2, 9), LockStatus::kGranted);
    EXPECT_EQ(Exclusive(kT3, 2), LockStatus::kWaiting);
    for (std::uint64_t i = 0; i < passers; ++i) {
      EXPECT_EQ(Exclusive(TrxId(20 + i), 2), LockStatus::kWaiting);
      locks_.CancelWait(TrxId(20 + i));
    }
    EXPECT_EQ(Exclusive(kT2, 2), LockStatus::kWaiting);
    EXPECT_EQ(Exclusive(kT4, 9), LockStatus::kWaiting);
    const LockEvents events = locks_.ReleaseAll(kT1);
    return events.granted.size() == 1 ? events.granted[0] : TrxId();
  }
};

TEST_F(Overtaken, SixWaitsLaterItIsStillTheLighter) { EXPECT_EQ(FirstAfter(4), kT2); }
TEST_F(Overtaken, SevenWaitsLaterItGoesFirst) { EXPECT_EQ(FirstAfter(5), kT3); }

}  // namespace
}  // namespace nextkey
