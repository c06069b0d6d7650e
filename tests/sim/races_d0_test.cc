// The product order (D0): five buyers, one product. A test a row; the figures are the document's.
#include "tests/sim/race_rows.h"

namespace nextkey {
namespace {

using ::testing::ElementsAre;

// All five have a snapshot with one product in it. Two run whole. The other three write their details,
// each with a shared lock on the product, and then want it exclusively: two are victims.
TEST(DocumentRaces, D0a_WithoutALockThreeAreSoldOfOneAndTwoEndInADeadlock) {
  EXPECT_EQ(EndIn("order.race", With(""), "three_sold_of_one"), "3 succeeded, 2 deadlocked; sold 3; stock 0");
}

TEST(DocumentRaces, D0b_WithARowLockOneSucceedsAndFourFindItOutOfStock) {
  EXPECT_THAT(Ends("order.race", With("row_lock"), 100),
              ElementsAre("1 succeeded, 4 refused; sold 1; stock 0"));
}

// Two tries more, of 200 ms at most, are over before the second of sleep under the lock is.
TEST(DocumentRaces, D0c_WithARedlockAndASleepOneSucceedsAndNobodyElseGetsTheLock) {
  EXPECT_EQ(EndInLockstep("order.race", With("redlock")), "1 succeeded, 4 refused; sold 1; stock 0");
  for (const std::string& end : Ends("order.race", With("redlock"), 60))
    EXPECT_TRUE(end == "1 succeeded, 4 refused; sold 1; stock 0" || end == "5 refused; sold 0; stock 1")
        << end;
}

// Each of three has one node, and nobody two: three times over, and all are refused. a is the first to
// ask node 1, b node 2, c node 3, which takes b one question more and c two.
TEST(DocumentRaces, D0c_ASplitVoteLeavesNone) {
  const std::string arrive = "a3b3c3";
  // a: node 1; b: nodes 1, 2; c: nodes 1, 2, 3; then the other nodes of a and b; all take back.
  const std::string split = "ab2c3a2ba3b3c3";
  EXPECT_EQ(EndAfter("order.race", With("redlock", {{"buyer", 3}}),
                     arrive + split + ".a.b.c" + split + ".a.b.c" + split + ".a.b.c"),
            "3 refused; sold 0; stock 1");
}

// Ten tries outlast the sleep. Whoever gets the lock then has read the stock before he asked for it.
TEST(DocumentRaces, D0c_WithMoreRetriesItOversellsInSpiteOfTheSleep) {
  EXPECT_EQ(EndInLockstep("order.race", With("redlock_with_more_retries", {{"buyer", 2}})),
            "2 succeeded; sold 2; stock 0");
}

// The first lets the lock go before it commits. That is early enough for a second.
TEST(DocumentRaces, D0d_WithoutTheSleepItOversells) {
  // a: order, read, three nodes, detail, decrement, three nodes. b has read, and gets the lock before a
  // commits; its detail waits for a.
  EXPECT_EQ(EndAfter("order.race", With("redlock_without_sleep", {{"buyer", 2}}), "a3b3a8b4ab5"),
            "2 succeeded; sold 2; stock 0");
}

TEST(DocumentRaces, D0e_ARedlockOutsideAndARowLockInsideAreExact) {
  for (const std::string& end : Ends("order.race", With("redlock_and_row_lock"), 60))
    EXPECT_TRUE(end == "1 succeeded, 4 refused; sold 1; stock 0" || end == "5 refused; sold 0; stock 1")
        << end;
}

}  // namespace
}  // namespace nextkey
