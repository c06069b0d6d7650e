// Stories of MyISAM's table locks: the script lock_tables_myisam as the real server played it, and the
// rules of MySQL's manual ("Internal Locking Methods", "Concurrent Inserts").
#include "lockmgr/table_level_locks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nextkey {
namespace {

using enum TableLevelMode;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TableId kTable(1);
constexpr SessionId S(std::uint32_t number) { return SessionId(number); }
constexpr auto kGranted = TableLevelStatus::kGranted;
constexpr auto kWaiting = TableLevelStatus::kWaiting;

class Story {
 public:
  TableLevelStatus Ask(std::uint32_t session, TableLevelMode mode) {
    const TableLevelStatus status = locks.Acquire(S(session), kTable, mode);
    EXPECT_THAT(Violations(locks), IsEmpty());
    return status;
  }
  std::vector<SessionId> End(std::uint32_t session) {
    std::vector<SessionId> granted = locks.ReleaseAll(S(session));
    EXPECT_THAT(Violations(locks), IsEmpty());
    return granted;
  }

  TableLevelLocks locks;
};

// lock_tables_myisam: LOCK TABLES ... READ lets others read and keeps inserts off.
TEST(TableLevelLocks, ReadKeepsInsertsOff) {
  Story story;
  EXPECT_EQ(story.Ask(1, kReadNoInsert), kGranted);
  EXPECT_EQ(story.Ask(2, kRead), kGranted);
  EXPECT_THAT(story.End(2), IsEmpty());
  EXPECT_EQ(story.Ask(2, kConcurrentInsert), kWaiting);
  EXPECT_THAT(story.locks.Blockers(S(2)), ElementsAre(S(1)));
  EXPECT_THAT(story.End(1), ElementsAre(S(2)));
}

// lock_tables_myisam: READ LOCAL lets inserts at the end go on, updates wait.
TEST(TableLevelLocks, ReadLocalLetsInsertsGoOn) {
  Story story;
  EXPECT_EQ(story.Ask(1, kRead), kGranted);
  EXPECT_EQ(story.Ask(2, kConcurrentInsert), kGranted);
  EXPECT_EQ(story.Ask(3, kConcurrentInsert), kWaiting);  // One insert at a time.
  EXPECT_THAT(story.End(2), ElementsAre(S(3)));
  EXPECT_THAT(story.End(3), IsEmpty());
  EXPECT_EQ(story.Ask(2, kWrite), kWaiting);
  EXPECT_THAT(story.End(1), ElementsAre(S(2)));
}

// Writes go before reads: a waiting write keeps later reads waiting, and starts before earlier ones.
TEST(TableLevelLocks, WritersComeFirst) {
  Story story;
  story.Ask(1, kRead);
  EXPECT_EQ(story.Ask(2, kWrite), kWaiting);
  EXPECT_EQ(story.Ask(3, kRead), kWaiting);
  EXPECT_EQ(story.Ask(4, kWrite), kWaiting);
  EXPECT_THAT(story.locks.Blockers(S(3)), ElementsAre(S(2), S(4)));
  EXPECT_THAT(story.End(1), ElementsAre(S(2)));
  EXPECT_THAT(story.End(2), ElementsAre(S(4)));
  EXPECT_EQ(story.Ask(5, kReadNoInsert), kWaiting);
  EXPECT_THAT(story.End(4), ElementsAre(S(3), S(5)));
}

// A waiting insert is no obstacle to readers; once it starts, those that let it go on start beside it.
TEST(TableLevelLocks, ReadersStartBesideAnInsert) {
  Story story;
  story.Ask(1, kWrite);
  story.Ask(2, kConcurrentInsert);
  story.Ask(3, kRead);
  story.Ask(4, kReadNoInsert);
  EXPECT_THAT(story.End(1), ElementsAre(S(2), S(3)));
  EXPECT_EQ(story.Ask(5, kRead), kGranted);
  EXPECT_THAT(story.End(2), ElementsAre(S(4)));
}

TEST(TableLevelLocks, AWaitCanBeGivenUp) {
  Story story;
  story.Ask(1, kRead);
  story.Ask(2, kWrite);
  story.Ask(3, kRead);
  EXPECT_THAT(story.locks.CancelWait(S(2)), ElementsAre(S(3)));
  EXPECT_FALSE(story.locks.IsWaiting(S(2)));
}

TEST(TableLevelLocks, ASessionIsNotInItsOwnWay) {
  Story story;
  story.Ask(1, kWrite);
  EXPECT_EQ(story.Ask(1, kRead), kGranted);
  EXPECT_EQ(story.Ask(1, kWrite), kGranted);
  EXPECT_THAT(story.End(1), IsEmpty());
  EXPECT_THAT(story.locks.List(), IsEmpty());
}

}  // namespace
}  // namespace nextkey
