// Sentences behind a session's tag, and what they claim. `?` is a claim that is not understood.
#include "sim/remark.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nextkey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Spell {
  std::string operator()(const ClaimBlocks&) const { return "blocks"; }
  std::string operator()(const ClaimUnblocks& claim) const {
    std::string text = "unblocks";
    for (const std::string& session : claim.sessions) text += " " + session;
    return text;
  }
  std::string operator()(const ClaimShows& claim) const {
    std::string text = claim.is_eventual ? "shows in the end" : "shows";
    for (const auto& [key, value] : claim.pairs) text += " " + key + "=" + value;
    return text;
  }
  std::string operator()(const ClaimShowsNothing& claim) const {
    return claim.is_eventual ? "nothing in the end" : "nothing";
  }
  std::string operator()(const ClaimShowsInsertedRow&) const { return "inserted row"; }
  std::string operator()(const ClaimChangesNothing&) const { return "changes nothing"; }
  std::string operator()(const ClaimError& claim) const { return claim.session + " error " + claim.text; }
  std::string operator()(const NotUnderstood&) const { return "?"; }
};

std::vector<std::string> ClaimsOf(std::string_view remark) {
  std::vector<std::string> claims;
  for (const Claim& claim : ReadRemark(remark)) claims.push_back(std::visit(Spell{}, claim.what));
  return claims;
}

TEST(Remark, Waiting) {
  EXPECT_THAT(ClaimsOf("BLOCKS"), ElementsAre("blocks"));
  EXPECT_THAT(ClaimsOf("This unblocks T2"), ElementsAre("unblocks T2"));
  EXPECT_THAT(ClaimsOf("unblocks T2 and T3"), ElementsAre("unblocks T2 T3"));
  EXPECT_THAT(ClaimsOf("BLOCKS, unblocks T3."), ElementsAre("blocks", "unblocks T3"));
}

TEST(Remark, Rows) {
  EXPECT_THAT(ClaimsOf("Shows 7 => 30"), ElementsAre("shows 7=30"));
  EXPECT_THAT(ClaimsOf("Now shows 7 => 30, 8 => -1.5"), ElementsAre("shows 7=30 8=-1.5"));
  EXPECT_THAT(ClaimsOf("Still shows 7=>NULL again"), ElementsAre("shows 7=NULL"));
  EXPECT_THAT(ClaimsOf("returns 7 => 30, unblocks T1"), ElementsAre("shows 7=30", "unblocks T1"));
  EXPECT_THAT(ClaimsOf("Returns nothing"), ElementsAre("nothing"));
  EXPECT_THAT(ClaimsOf("Still returns nothing"), ElementsAre("nothing"));
  EXPECT_THAT(ClaimsOf("Returns the newly inserted row"), ElementsAre("inserted row"));
  EXPECT_THAT(ClaimsOf("BLOCKS (eventually shows 7 => 30, 8 => 1)"),
              ElementsAre("blocks", "shows in the end 7=30 8=1"));
}

TEST(Remark, ChangesAndErrors) {
  EXPECT_THAT(ClaimsOf("Doesn't delete anything"), ElementsAre("changes nothing"));
  EXPECT_THAT(ClaimsOf("prints \"ERROR 1205 (HY000): Lock wait; try, again\""),
              ElementsAre(" error ERROR 1205 (HY000): Lock wait; try, again"));
  EXPECT_THAT(ClaimsOf("causes T1 to print \"ERROR 1213\""), ElementsAre("T1 error ERROR 1213"));
  EXPECT_THAT(ClaimsOf("BLOCKS, causes T2 to abort with deadlock error, unblocks T3"),
              ElementsAre("blocks", "T2 error ERROR 1213", "unblocks T3"));
}

TEST(Remark, ExplanationsClaimNothing) {
  EXPECT_THAT(ClaimsOf(""), IsEmpty());
  EXPECT_THAT(ClaimsOf("Returns 7 => 30, despite rows that are gone, or so it seems"),
              ElementsAre("shows 7=30"));
  EXPECT_THAT(ClaimsOf("despite all of that. BLOCKS"), ElementsAre("blocks"));
}

TEST(Remark, WhatIsNotUnderstoodIsSaid) {
  EXPECT_THAT(ClaimsOf("makes the editor happy"), ElementsAre("?"));
  EXPECT_THAT(ClaimsOf("BLOCKS until T1 commits"), ElementsAre("?"));
  EXPECT_THAT(ClaimsOf("Shows 7 => 30 or so"), ElementsAre("?"));
  EXPECT_THAT(ClaimsOf("Shows seven"), ElementsAre("?"));
  EXPECT_THAT(ClaimsOf("doesn't BLOCK"), ElementsAre("?"));
  EXPECT_THAT(ClaimsOf("prints an error"), ElementsAre("?"));
  EXPECT_THAT(ClaimsOf("BLOCKS. Or does it"), ElementsAre("blocks", "?"));
}

TEST(Remark, ClaimsKeepTheirWords) {
  const std::vector<Claim> claims = ReadRemark("This unblocks T2, now shows 1 => 2");
  ASSERT_EQ(claims.size(), 2u);
  EXPECT_EQ(claims[0].words, "This unblocks T2");
  EXPECT_EQ(claims[1].words, "now shows 1 => 2");
}

}  // namespace
}  // namespace nextkey
