// The claims' verdicts, a test a claim. What should come out stands in the documents' page: which part of
// each sentence a server agrees with.
#include "sim/race/claims.h"

#include <gtest/gtest.h>

#include <string>

namespace nextkey {
namespace {

std::string Verdict(std::uint32_t number) {
  for (const LockClaim& claim : Claims()) {
    if (claim.number != number) continue;
    const auto result = Try(claim, 100);
    if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&result)) return ToText(*mistakes);
    return VerdictText(claim, std::get<ClaimResult>(result));
  }
  return "no such claim";
}

TEST(Claims, Claim1_NoPhantomsForPlainReadsAlone) { EXPECT_EQ(Verdict(1), "holds only: plain SELECTs"); }
TEST(Claims, Claim2_OnlyThroughAnIndex) { EXPECT_EQ(Verdict(2), "holds only: through the primary key"); }
TEST(Claims, Claim3_APlainSelectNeverWaits) { EXPECT_EQ(Verdict(3), "holds only: a plain SELECT"); }
TEST(Claims, Claim4_TheLockReachesTheNextRecordOrTheEnd) {
  EXPECT_EQ(Verdict(4), "holds only: 21 where 20 is the next row");
}
TEST(Claims, Claim5_AWaitEndsAfterFiftySeconds) { EXPECT_EQ(Verdict(5), "breaks"); }
TEST(Claims, Claim6_AUniqueSecondaryIndexLocksItsGap) {
  EXPECT_EQ(Verdict(6), "holds only: the primary key; a unique secondary index under READ COMMITTED");
}
TEST(Claims, Claim7_ExactByDeadlock) { EXPECT_EQ(Verdict(7), "holds only: no update is lost"); }
TEST(Claims, Claim8_LetGoBeforeTheCommit) { EXPECT_EQ(Verdict(8), "breaks"); }
TEST(Claims, Claim9_AroundTheTransactionAndForLongEnough) {
  EXPECT_EQ(Verdict(9), "holds only: around the whole transaction, with a lease that is long enough");
}
// Six rows: both take the 20 ms that two turns at three connections take. One row: six turns of 10 ms with a
// lock.
TEST(Claims, Claim10_RareConflictsMakeNoDifference) {
  EXPECT_EQ(Verdict(10),
            "holds only: rare: optimistic takes no longer; frequent: pessimistic takes no longer");
}
TEST(Claims, Claim11_UntilTheNodeIsLost) {
  EXPECT_EQ(Verdict(11), "holds only: while it lives; of three, when one comes back empty");
}
TEST(Claims, Claim12_UntilTwoUpdatesFallIntoOneSecond) {
  EXPECT_EQ(Verdict(12), "holds only: two updates in different seconds");
}

}  // namespace
}  // namespace nextkey
