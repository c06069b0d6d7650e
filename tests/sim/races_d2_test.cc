// The first-come coupon (D2). A test a row. The totals are those of a load run; here the same logic gives
// out a few coupons to a few buyers, and where a row says "exactly" every order that is tried must agree.
#include "sim/world.h"
#include "tests/sim/race_rows.h"
#include "txn/sql/parser.h"

namespace nextkey {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::StartsWith;

// 9451 of 1000 at the document's size: everybody who reads before the first write gets one, and the
// counter says what each of them computed.
TEST(DocumentRaces, D2a_WithoutALockAllGetTheOneCouponAndTheCounterSaysOne) {
  EXPECT_EQ(EndIn("coupon.race", With(""), "all_read_first"), "3 succeeded; issued 3; counter 1");
  EXPECT_EQ(EndInLockstep("coupon.race", With("", {{"buyer", 40}}, {{"total_quantity", "4"}})),
            "40 succeeded; issued 40; counter 1");
  EXPECT_EQ(EndBy("coupon.race", With(""), SchedulerKind::kOneAfterTheOther),
            "1 succeeded, 2 refused; issued 1; counter 1");
}

// 2098 of 1000: the next one reads between the unlock and the commit.
TEST(DocumentRaces, D2b_AMutexInsideTheTransactionIsLetGoBeforeTheCommit) {
  // a: begin, lock, read, issue, count, unlock; b: begin, lock, read: still 0. Then a commits.
  EXPECT_EQ(EndAfter("coupon.race", With("mutex_inside", {{"buyer", 2}}), "a6b3a"),
            "2 succeeded; issued 2; counter 1");
}

TEST(DocumentRaces, D2c_AMutexAroundTheTransactionIsExact) {
  EXPECT_THAT(Ends("coupon.race", With("mutex_outside"), 120),
              ElementsAre("1 succeeded, 2 refused; issued 1; counter 1"));
  EXPECT_THAT(Ends("coupon.race", With("mutex_outside", {{"buyer", 20}}, {{"total_quantity", "7"}}), 5),
              ElementsAre("7 succeeded, 13 refused; issued 7; counter 7"));
}

TEST(DocumentRaces, D2d_ARedissonLockAroundTheTransactionIsExact) {
  EXPECT_THAT(Ends("coupon.race", With("redisson"), 120),
              ElementsAre("1 succeeded, 2 refused; issued 1; counter 1"));
  EXPECT_THAT(Ends("coupon.race", With("redisson", {{"buyer", 20}}, {{"total_quantity", "7"}}), 5),
              ElementsAre("7 succeeded, 13 refused; issued 7; counter 7"));
}

// As MySQL prints them, comments and character sets and all.
TEST(DocumentRaces, D2_TheTablesAreReadAsMysqlPrintsThem) {
  Server server;
  const SessionId session = server.Connect();
  const auto run = [&](const std::string& text) -> int {
    auto parsed = sql::ParseStatement(text);
    if (std::holds_alternative<sql::ParseError>(parsed)) return 1064;
    for (const Event& event : server.Execute(session, std::get<sql::StatementRef>(parsed))) {
      if (const auto* ended = std::get_if<StatementEnded>(&event); ended && ended->result.error)
        return ended->result.error->number;
    }
    return 0;
  };
  EXPECT_EQ(run(R"(CREATE TABLE `coupon` (
  `id` BIGINT(20) NOT NULL AUTO_INCREMENT COMMENT 'coupon id',
  `name` VARCHAR(255) NOT NULL COMMENT 'name',
  `type` VARCHAR(255) NOT NULL COMMENT 'kind',
  `total_quantity` INT NULL COMMENT 'how many',
  `issued_quantity` INT NOT NULL COMMENT 'how many are gone',
  `discount_price` INT NOT NULL COMMENT 'discount',
  `minimum_price` INT NOT NULL COMMENT 'smallest order',
  `issue_start_date` datetime(6) NOT NULL COMMENT 'from',
  `issue_end_date` datetime(6) NOT NULL COMMENT 'to',
  `created_at` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'made',
  `updated_at` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) COMMENT 'changed',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='coupons')"),
            0);
  EXPECT_EQ(run("CREATE TABLE broken (id BIGINT NOT NULL COMMENT, PRIMARY KEY (id))"), 1064);
}

}  // namespace
}  // namespace nextkey
