// The rules between two requests, as tables written by hand from MySQL's manual ("InnoDB Locking").
#include "lockmgr/lock_types.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace nextkey {
namespace {

constexpr TrxId kOne(1);
constexpr TrxId kTwo(2);

constexpr std::array kModes = {LockMode::kIntentionShared, LockMode::kIntentionExclusive, LockMode::kShared,
                               LockMode::kExclusive, LockMode::kAutoIncrement};
constexpr std::array kSpans = {LockSpan::kNextKey, LockSpan::kRecordOnly, LockSpan::kGapOnly,
                               LockSpan::kInsertIntention};

// The manual's matrix of table locks; AUTO_INC as the server has it: a table-level insert lock.
TEST(LockTypes, TableLocksAreCompatibleAsInTheManualsMatrix) {
  //                                                held: IS   IX   S    X    AI
  constexpr std::array<std::string_view, 5> kMatrix = {"+ + + - +",   // wanted IS
                                                       "+ + - - +",   //        IX
                                                       "+ - + - -",   //        S
                                                       "- - - - -",   //        X
                                                       "+ + - - -"};  //        AUTO_INC
  for (std::size_t wanted = 0; wanted < kModes.size(); ++wanted) {
    for (std::size_t held = 0; held < kModes.size(); ++held) {
      EXPECT_EQ(IsCompatible(kModes[wanted], kModes[held]), kMatrix[wanted][2 * held] == '+')
          << ModeName(kModes[wanted]) << " wanted, " << ModeName(kModes[held]) << " held";
    }
  }
}

TEST(LockTypes, AStrongerLockMakesAWeakerOneUnnecessary) {
  //                                              wanted: IS   IX   S    X    AI
  constexpr std::array<std::string_view, 5> kMatrix = {"+ - - - -",   // held IS
                                                       "+ + - - -",   //      IX
                                                       "+ - + - -",   //      S
                                                       "+ + + + +",   //      X
                                                       "- - - - +"};  //      AUTO_INC
  for (std::size_t held = 0; held < kModes.size(); ++held) {
    for (std::size_t wanted = 0; wanted < kModes.size(); ++wanted) {
      EXPECT_EQ(IsAtLeast(kModes[held], kModes[wanted]), kMatrix[held][2 * wanted] == '+')
          << ModeName(kModes[held]) << " held, " << ModeName(kModes[wanted]) << " wanted";
    }
  }
}

// Gaps conflict with inserts into them and with nothing else; records with records.
TEST(LockTypes, ARequestWaitsForTheRecordOrForTheGapThatItInsertsInto) {
  //                                      held: next-key record gap insert
  constexpr std::array<std::string_view, 4> kMatrix = {"W W - -",   // wanted next-key
                                                       "W W - -",   //        record only
                                                       "- - - -",   //        gap only
                                                       "W - W -"};  //        insert intention
  for (const auto& [wanted_mode, held_mode] : {std::pair(LockMode::kExclusive, LockMode::kExclusive),
                                               std::pair(LockMode::kExclusive, LockMode::kShared),
                                               std::pair(LockMode::kShared, LockMode::kExclusive),
                                               std::pair(LockMode::kShared, LockMode::kShared)}) {
    const bool is_compatible = wanted_mode == LockMode::kShared && held_mode == LockMode::kShared;
    for (std::size_t wanted = 0; wanted < kSpans.size(); ++wanted) {
      for (std::size_t held = 0; held < kSpans.size(); ++held) {
        const bool waits = !is_compatible && kMatrix[wanted][2 * held] == 'W';
        EXPECT_EQ(MustWait({kOne, wanted_mode, kSpans[wanted]}, {kTwo, held_mode, kSpans[held]}), waits)
            << RecordModeName(wanted_mode, kSpans[wanted], false) << " wanted, "
            << RecordModeName(held_mode, kSpans[held], false) << " held";
      }
    }
  }
}

// The supremum is no record: what is locked there is the gap behind the last row.
TEST(LockTypes, OnTheSupremumOnlyInsertsWait) {
  const RecordLockView held{kTwo, LockMode::kExclusive, LockSpan::kNextKey, true};
  EXPECT_FALSE(MustWait({kOne, LockMode::kExclusive, LockSpan::kNextKey, true}, held));
  EXPECT_TRUE(MustWait({kOne, LockMode::kExclusive, LockSpan::kInsertIntention, true}, held));
  const RecordLockView intention{kTwo, LockMode::kExclusive, LockSpan::kInsertIntention, true};
  EXPECT_FALSE(MustWait({kOne, LockMode::kExclusive, LockSpan::kInsertIntention, true}, intention));
}

TEST(LockTypes, NobodyWaitsForHimself) {
  for (const LockSpan wanted : kSpans) {
    for (const LockSpan held : kSpans) {
      EXPECT_FALSE(MustWait({kOne, LockMode::kExclusive, wanted}, {kOne, LockMode::kExclusive, held}));
    }
  }
}

TEST(LockTypes, NamesAreThoseOfDataLocks) {
  EXPECT_EQ(ModeName(LockMode::kAutoIncrement), "AUTO_INC");
  EXPECT_EQ(RecordModeName(LockMode::kShared, LockSpan::kNextKey, false), "S");
  EXPECT_EQ(RecordModeName(LockMode::kExclusive, LockSpan::kRecordOnly, false), "X,REC_NOT_GAP");
  EXPECT_EQ(RecordModeName(LockMode::kShared, LockSpan::kGapOnly, false), "S,GAP");
  EXPECT_EQ(RecordModeName(LockMode::kExclusive, LockSpan::kInsertIntention, false),
            "X,GAP,INSERT_INTENTION");
  EXPECT_EQ(RecordModeName(LockMode::kExclusive, LockSpan::kNextKey, true), "X");
  EXPECT_EQ(RecordModeName(LockMode::kExclusive, LockSpan::kGapOnly, true), "X,GAP");
  EXPECT_EQ(RecordModeName(LockMode::kExclusive, LockSpan::kInsertIntention, true), "X,INSERT_INTENTION");
}

}  // namespace
}  // namespace nextkey
