// Metadata locks: the matrices as the comments of MariaDB's mdl.cc draw them, and stories of the
// scripts mdl_ddl, ftwrl_waits, get_lock and get_lock_deadlock as the real server played them.
#include "lockmgr/metadata_locks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace nextkey {
namespace {

using enum MdlMode;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr SessionId S(std::uint32_t number) { return SessionId(number); }
MdlKey Table(const std::string& name) { return {MdlSpace::kTable, "test." + name}; }
MdlKey UserLock(const std::string& name) { return {MdlSpace::kUserLock, name}; }
const MdlKey kBackup{MdlSpace::kBackup, ""};

constexpr std::array kTableModes = {kShared,        kSharedHighPriority, kSharedRead,
                                    kSharedWrite,   kSharedUpgradable,   kSharedReadOnly,
                                    kSharedNoWrite, kSharedNoReadWrite,  kExclusive};

TEST(MetadataLocks, TableModesAreCompatibleAsTheServersMatrixSays) {
  //                                        granted: S SH SR SW SU SRO SNW SNRW X
  constexpr std::array<std::string_view, 9> kMatrix = {"++++++++-",   // wanted S
                                                       "++++++++-",   //        SH
                                                       "+++++++--",   //        SR
                                                       "+++++----",   //        SW
                                                       "++++-+---",   //        SU
                                                       "+++-+++--",   //        SRO
                                                       "+++--+---",   //        SNW
                                                       "++-------",   //        SNRW
                                                       "---------"};  //        X
  for (std::size_t wanted = 0; wanted < 9; ++wanted) {
    for (std::size_t held = 0; held < 9; ++held) {
      EXPECT_EQ(IsMdlCompatible(MdlSpace::kTable, kTableModes[wanted], kTableModes[held]),
                kMatrix[wanted][held] == '+')
          << wanted << " wanted, " << held << " granted";
    }
  }
}

TEST(MetadataLocks, TableModesHaveTheServersPriorities) {
  //                                        waiting: S SH SR SW SU SRO SNW SNRW X
  constexpr std::array<std::string_view, 9> kMatrix = {"++++++++-",   // wanted S
                                                       "+++++++++",   //        SH
                                                       "+++++++--",   //        SR
                                                       "++++++---",   //        SW
                                                       "++++++++-",   //        SU
                                                       "+++-+++--",   //        SRO
                                                       "++++++++-",   //        SNW
                                                       "++++++++-",   //        SNRW
                                                       "+++++++++"};  //        X
  for (std::size_t wanted = 0; wanted < 9; ++wanted) {
    for (std::size_t waiting = 0; waiting < 9; ++waiting) {
      EXPECT_EQ(MayPassWaiting(MdlSpace::kTable, kTableModes[wanted], kTableModes[waiting]),
                kMatrix[wanted][waiting] == '+')
          << wanted << " wanted, " << waiting << " waiting";
    }
  }
}

TEST(MetadataLocks, BackupModesAreCompatibleAsTheServersMatrixSays) {
  constexpr std::array kModes = {kBackupFtwrl1, kBackupFtwrl2, kBackupDml,       kBackupTransDml,
                                 kBackupSysDml, kBackupDdl,    kBackupAlterCopy, kBackupCommit};
  //                                        granted: F1 F2 D TD SD DD AC C
  constexpr std::array<std::string_view, 8> kGranted = {"++-----+",   // wanted FTWRL1
                                                        "++------",   //        FTWRL2
                                                        "--++++++",   //        DML
                                                        "--++++++",   //        TRANS_DML
                                                        "--++++++",   //        SYS_DML
                                                        "--++++++",   //        DDL
                                                        "--++++++",   //        ALTER_COPY
                                                        "+-++++++"};  //        COMMIT
  //                                        waiting: F1 F2 D TD SD DD AC C
  constexpr std::array<std::string_view, 8> kWaiting = {"++++++++",   // wanted FTWRL1
                                                        "++++++++",   //        FTWRL2
                                                        "--++++++",   //        DML
                                                        "--++++++",   //        TRANS_DML
                                                        "--++++++",   //        SYS_DML
                                                        "--++++++",   //        DDL
                                                        "--++++++",   //        ALTER_COPY
                                                        "+-++++++"};  //        COMMIT
  for (std::size_t wanted = 0; wanted < 8; ++wanted) {
    for (std::size_t other = 0; other < 8; ++other) {
      EXPECT_EQ(IsMdlCompatible(MdlSpace::kBackup, kModes[wanted], kModes[other]),
                kGranted[wanted][other] == '+')
          << wanted << " wanted, " << other << " granted";
      EXPECT_EQ(MayPassWaiting(MdlSpace::kBackup, kModes[wanted], kModes[other]),
                kWaiting[wanted][other] == '+')
          << wanted << " wanted, " << other << " waiting";
    }
  }
}

// Plays and checks after each call that the locks are sound.
class Story {
 public:
  MdlStatus Ask(std::uint32_t session, const MdlKey& key, MdlMode mode,
                MdlDuration duration = MdlDuration::kTransaction) {
    outcome = locks.Acquire(S(session), key, mode, duration);
    EXPECT_THAT(Violations(locks), IsEmpty());
    return outcome.status;
  }
  MdlStatus GetLock(std::uint32_t session, const std::string& name) {
    return Ask(session, UserLock(name), kSharedNoWrite, MdlDuration::kExplicit);
  }
  std::vector<SessionId> EndTransaction(std::uint32_t session) {
    const MdlEvents events = locks.ReleaseAll(S(session), MdlDuration::kTransaction);
    EXPECT_THAT(Violations(locks), IsEmpty());
    return events.granted;
  }

  MetadataLocks locks;
  MdlOutcome outcome;
};

// mdl_ddl: ALTER waits for a transaction that read the table; new readers queue behind it, the
// transaction itself goes on reading.
TEST(MetadataLocks, DdlWaitsForReadersAndKeepsNewOnesOut) {
  Story story;
  EXPECT_EQ(story.Ask(1, Table("t"), kSharedRead), MdlStatus::kGranted);
  EXPECT_EQ(story.Ask(2, Table("t"), kSharedUpgradable), MdlStatus::kGranted);
  const MdlOutcome upgrade = story.locks.Upgrade(S(2), Table("t"), kExclusive);
  EXPECT_EQ(upgrade.status, MdlStatus::kWaiting);
  EXPECT_THAT(upgrade.blockers, ElementsAre(S(1)));
  EXPECT_EQ(story.Ask(3, Table("t"), kSharedRead), MdlStatus::kWaiting);
  EXPECT_THAT(story.outcome.blockers, ElementsAre(S(2)));
  EXPECT_EQ(story.Ask(1, Table("t"), kSharedRead), MdlStatus::kGranted);
  EXPECT_EQ(story.Ask(4, Table("t"), kSharedHighPriority), MdlStatus::kGranted);  // Reads definitions only.
  story.EndTransaction(4);
  EXPECT_THAT(story.EndTransaction(1), ElementsAre(S(2)));
  EXPECT_TRUE(story.locks.Holds(S(2), Table("t"), kExclusive));
  EXPECT_THAT(story.EndTransaction(2), ElementsAre(S(3)));
}

TEST(MetadataLocks, AnUpgradeChangesTheLockThatIsThere) {
  Story story;
  story.Ask(1, Table("t"), kSharedUpgradable);
  EXPECT_EQ(story.locks.Upgrade(S(1), Table("t"), kSharedNoWrite).status, MdlStatus::kGranted);
  EXPECT_EQ(story.locks.List().size(), 1U);
  EXPECT_EQ(story.Ask(2, Table("t"), kSharedWrite), MdlStatus::kWaiting);
  EXPECT_THAT(story.locks.Downgrade(S(1), Table("t"), kSharedUpgradable).granted, ElementsAre(S(2)));
  EXPECT_EQ(story.locks.List().size(), 2U);
}

// ftwrl_waits: FLUSH TABLES WITH READ LOCK waits for a running write; reads pass, later writes wait
// behind it; commits wait once it is there.
TEST(MetadataLocks, FlushWaitsForWritesAndKeepsNewOnesOut) {
  Story story;
  story.Ask(1, kBackup, kBackupTransDml, MdlDuration::kStatement);
  EXPECT_EQ(story.Ask(2, kBackup, kBackupFtwrl1, MdlDuration::kExplicit), MdlStatus::kWaiting);
  EXPECT_EQ(story.Ask(3, Table("t"), kSharedRead), MdlStatus::kGranted);
  EXPECT_EQ(story.Ask(4, kBackup, kBackupTransDml, MdlDuration::kStatement), MdlStatus::kWaiting);
  EXPECT_EQ(story.Ask(5, kBackup, kBackupCommit), MdlStatus::kGranted);
  EXPECT_THAT(story.locks.ReleaseAll(S(1), MdlDuration::kStatement).granted, ElementsAre(S(2)));
  EXPECT_EQ(story.locks.Upgrade(S(2), kBackup, kBackupFtwrl2).status, MdlStatus::kWaiting);
  EXPECT_THAT(story.EndTransaction(5), ElementsAre(S(2)));
  EXPECT_EQ(story.Ask(5, kBackup, kBackupCommit), MdlStatus::kWaiting);
  EXPECT_THAT(story.locks.Release(S(2), kBackup).granted, ElementsAre(S(4), S(5)));
}

// LOCK TABLES ... WRITE waits for readers; those that come later wait behind it in turn.
TEST(MetadataLocks, FirstComeFirstServedAmongEquals) {
  Story story;
  story.Ask(1, Table("t"), kExclusive);
  story.Ask(2, Table("t"), kSharedRead);
  story.Ask(3, Table("t"), kSharedNoReadWrite);
  story.Ask(4, Table("t"), kSharedRead);
  // The waiting SNRW goes before both readers, the earlier one too: priority comes first.
  EXPECT_THAT(story.EndTransaction(1), ElementsAre(S(3)));
  EXPECT_THAT(story.EndTransaction(3), ElementsAre(S(2), S(4)));
}

TEST(MetadataLocks, ASessionHoldsSeveralLocksOfAKey) {
  Story story;
  story.Ask(1, Table("t"), kSharedRead);
  story.Ask(1, Table("t"), kSharedRead);   // The same duration: covered.
  story.Ask(1, Table("t"), kSharedWrite);  // Stronger: one more.
  story.Ask(1, Table("t"), kSharedRead, MdlDuration::kExplicit);
  EXPECT_EQ(story.locks.List().size(), 3U);
  EXPECT_EQ(story.Ask(2, Table("t"), kExclusive), MdlStatus::kWaiting);
  EXPECT_THAT(story.EndTransaction(1), IsEmpty());
  EXPECT_THAT(story.locks.Release(S(1), Table("t")).granted, ElementsAre(S(2)));
}

// get_lock: counted, first come first served.
TEST(MetadataLocks, UserLocksAreCounted) {
  Story story;
  story.GetLock(1, "a");
  story.GetLock(1, "a");
  EXPECT_EQ(story.GetLock(2, "a"), MdlStatus::kWaiting);
  EXPECT_EQ(story.GetLock(3, "a"), MdlStatus::kWaiting);
  EXPECT_EQ(story.locks.Owner(UserLock("a")), S(1));
  EXPECT_EQ(story.locks.Owner(UserLock("A")), std::nullopt);  // Names are case-sensitive.
  EXPECT_THAT(story.locks.Release(S(1), UserLock("a")).granted, IsEmpty());
  EXPECT_THAT(story.locks.Release(S(1), UserLock("a")).granted, ElementsAre(S(2)));
  EXPECT_THAT(story.locks.CancelWait(S(3)).granted, IsEmpty());
  story.GetLock(2, "a");
  story.GetLock(2, "b");
  EXPECT_THAT(story.locks.ReleaseAll(S(2), MdlDuration::kExplicit).granted, IsEmpty());
  std::uint64_t instances = 0;
  story.locks.ReleaseUserLocks(S(2), &instances);
  EXPECT_EQ(instances, 3U);
  EXPECT_THAT(story.locks.List(), IsEmpty());
}

TEST(MetadataLocks, RefusedRequestsLeaveNothing) {
  Story story;
  story.GetLock(1, "a");
  EXPECT_EQ(story.locks.Acquire(S(2), UserLock("a"), kSharedNoWrite, MdlDuration::kExplicit, false).status,
            MdlStatus::kRefused);
  EXPECT_EQ(story.locks.List().size(), 1U);
}

// get_lock_deadlock: the closer loses and keeps its locks. Having been a victim weighs: the next time
// the other one loses (seen on MariaDB 10.11.19).
TEST(MetadataLocks, ACircleOfUserLocks) {
  Story story;
  for (const std::uint32_t victim : {2, 1}) {
    story.GetLock(1, "a");
    story.GetLock(2, "b");
    EXPECT_EQ(story.GetLock(1, "b"), MdlStatus::kWaiting);
    const MdlStatus status = story.GetLock(2, "a");
    EXPECT_EQ(status, victim == 2 ? MdlStatus::kDeadlock : MdlStatus::kWaiting);
    ASSERT_EQ(story.outcome.deadlocks.size(), 1U);
    EXPECT_EQ(story.outcome.deadlocks[0].victim, S(victim));
    EXPECT_EQ(story.outcome.deadlocks[0].circle.size(), 2U);
    EXPECT_FALSE(story.locks.IsWaiting(S(victim)));
    std::uint64_t instances = 0;
    EXPECT_THAT(story.locks.ReleaseUserLocks(S(victim), &instances).granted, ElementsAre(S(3 - victim)));
    story.locks.ReleaseUserLocks(S(3 - victim), &instances);
  }
}

// Two transactions, each behind the other's ALTER: a circle of four; the DDL outweighs those that read
// rows, and of these the closer loses (tried on MariaDB 10.11.19).
TEST(MetadataLocks, TransactionsLoseAgainstDdl) {
  Story story;
  story.Ask(1, Table("t"), kSharedRead);
  story.Ask(2, Table("s"), kSharedRead);
  EXPECT_EQ(story.Ask(3, Table("t"), kExclusive), MdlStatus::kWaiting);
  EXPECT_EQ(story.Ask(4, Table("s"), kExclusive), MdlStatus::kWaiting);
  EXPECT_EQ(story.Ask(1, Table("s"), kSharedRead), MdlStatus::kWaiting);
  EXPECT_EQ(story.Ask(2, Table("t"), kSharedRead), MdlStatus::kDeadlock);
  EXPECT_EQ(story.outcome.deadlocks[0].circle.size(), 4U);
  EXPECT_THAT(story.EndTransaction(2), ElementsAre(S(4)));
  EXPECT_THAT(story.EndTransaction(4), ElementsAre(S(1)));
  EXPECT_THAT(story.EndTransaction(1), ElementsAre(S(3)));
}

// A reader that asks for a second table loses when the DDL closes the circle, too.
TEST(MetadataLocks, TheReaderLosesWhenDdlClosesTheCircle) {
  Story story;
  story.Ask(1, Table("t"), kSharedRead);
  story.Ask(2, Table("s"), kExclusive);
  EXPECT_EQ(story.Ask(1, Table("s"), kSharedRead), MdlStatus::kWaiting);
  EXPECT_EQ(story.Ask(2, Table("t"), kExclusive), MdlStatus::kWaiting);
  EXPECT_EQ(story.outcome.deadlocks[0].victim, S(1));
  EXPECT_THAT(story.EndTransaction(1), ElementsAre(S(2)));
}

TEST(MetadataLocks, WaitStatesAreSpelledAsInTheProcessList) {
  EXPECT_EQ(WaitStateName(MdlSpace::kTable), "Waiting for table metadata lock");
  EXPECT_EQ(WaitStateName(MdlSpace::kBackup), "Waiting for backup lock");
  EXPECT_EQ(WaitStateName(MdlSpace::kUserLock), "User lock");
}

TEST(MetadataLocks, IsAValue) {
  const auto bytes = [](const MetadataLocks& locks) {
    Canonical canonical;
    locks.PutInto(canonical);
    return std::string(canonical.bytes());
  };
  Story one;
  one.Ask(7, Table("gone"), kSharedRead);
  one.EndTransaction(7);
  one.Ask(1, Table("t"), kSharedRead);
  Story two;
  two.Ask(1, Table("t"), kSharedRead);
  EXPECT_EQ(bytes(one.locks), bytes(two.locks));
  Story three = one;
  three.Ask(2, Table("t"), kExclusive);
  EXPECT_NE(bytes(one.locks), bytes(three.locks));
  EXPECT_FALSE(one.locks.IsWaiting(S(2)));
}

}  // namespace
}  // namespace nextkey
