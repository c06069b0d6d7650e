// sim/races/FIVE_BUYERS.md says what the search says of the order race with its document's five buyers.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>
#include <string>

#include "sim/explore/verdicts.h"
#include "tests/sim/explore_harness.h"

namespace nextkey {
namespace {

std::string Page() { return FileText(std::string(NEXTKEY_SOURCE_DIR) + "/sim/races/FIVE_BUYERS.md"); }

Exploration FiveBuyers(const std::string& fix) {
  RaceOptions options{.fix = fix};
  options.clients["buyer"] = 5;
  return ExploreOne(ProgramOfFile("order.race", options));
}

TEST(FiveBuyers, WithARowLockOneOfThemBuys) {
  EXPECT_NE(Page().find(VerdictRow(FiveBuyers("row_lock")) + "\n"), std::string::npos);
}

// D0.a: three sold of one, and two deadlocks, with its exact share.
TEST(FiveBuyers, WithoutALockEndInFifteenWays) {
  if (std::getenv("NEXTKEY_FIVE_BUYERS") == nullptr)
    GTEST_SKIP() << "370,000 states; NEXTKEY_FIVE_BUYERS=1 goes through them";
  const Exploration found = FiveBuyers("");
  const std::string page = Page();
  EXPECT_NE(page.find(VerdictRow(found) + "\n"), std::string::npos) << VerdictRow(found);
  EXPECT_EQ(found.outcomes.size(), 15U);
  for (const ExploredOutcome& outcome : found.outcomes) {
    const std::string ways =
        fmt::format(" | {} | {}/{} |\n", outcome.schedules->str(), numerator(outcome.probability).str(),
                    denominator(outcome.probability).str());
    EXPECT_NE(page.find(ways), std::string::npos) << ways;
  }
}

}  // namespace
}  // namespace nextkey
