// The expectation of GoogleTest about all schedules: it passes, and where it fails it shows why.
#include "sim/explore/expect_schedules.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace nextkey {
namespace {

// One seat, and everybody who reads that it is free takes it.
const char* const kSeat = R"(race seat "One seat"
setup { CREATE TABLE seat (id INT PRIMARY KEY, sold INT); INSERT INTO seat VALUES (1, 0); }
result sold { SELECT sold FROM seat WHERE id = 1 }
invariant "the seat is sold at most once" { SELECT sold <= 1 FROM seat WHERE id = 1 }
client buyer 2
step begin { BEGIN; }
step look { SELECT sold INTO @sold FROM seat WHERE id = 1; }
step buy { IF @sold = 0 THEN UPDATE seat SET sold = sold + 1 WHERE id = 1; END IF; }
step commit { COMMIT; }
fix row_lock "Look with a lock" {
  replace look { SELECT sold INTO @sold FROM seat WHERE id = 1 FOR UPDATE; }
}
)";

TEST(ExpectSchedules, PassesWhereEveryOrderIsRight) {
  EXPECT_HOLDS_FOR_ALL_SCHEDULES({.race = kSeat, .fix = "row_lock"});
  EXPECT_HOLDS_FOR_ALL_SCHEDULES({.race = kSeat, .fix = "row_lock", .clients = {{"buyer", 3}}});
  EXPECT_HOLDS_FOR_ALL_SCHEDULES({.race = kSeat, .clients = {{"buyer", 1}}});
}

TEST(ExpectSchedules, ShowsTheSimplestOrderThatIsWrong) {
  EXPECT_NONFATAL_FAILURE(EXPECT_HOLDS_FOR_ALL_SCHEDULES({.race = kSeat}),
                          "not so: the seat is sold at most once");
  const std::string why = WhyNotForAllSchedules({.race = kSeat}).value();
  EXPECT_NE(why.find("schedules break an invariant"), std::string::npos) << why;
  EXPECT_NE(why.find("seat-"), std::string::npos) << "a token: " << why;
  EXPECT_NE(why.find("UPDATE seat"), std::string::npos) << "a story: " << why;
}

TEST(ExpectSchedules, SaysWhatIsWrongWithTheQuestion) {
  EXPECT_NONFATAL_FAILURE(EXPECT_HOLDS_FOR_ALL_SCHEDULES({.race = "rice seat"}), "race:1:1:");
  EXPECT_NONFATAL_FAILURE(EXPECT_HOLDS_FOR_ALL_SCHEDULES({.race = kSeat, .fix = "prayer"}), "prayer");
}

TEST(ExpectSchedules, APartIsNotAll) {
  EXPECT_NONFATAL_FAILURE(
      EXPECT_HOLDS_FOR_ALL_SCHEDULES({.race = kSeat, .fix = "row_lock", .most_states = 3}),
      "not all schedules were looked at: 3 states were not enough");
}

// Two threads that add one to a number in two steps each.
struct Adders {
  struct World {
    int number = 0;
    std::vector<int> read = {-1, -1};
    std::vector<int> steps = {0, 0};
  };
  using Choice = std::uint32_t;
  using Outcome = int;
  struct Scratch {};

  bool adds_at_once = false;

  void ChoicesOf(const World& world, std::vector<Choice>& choices) const {
    for (Choice i = 0; i < 2; ++i) {
      if (world.steps[i] < 2) choices.push_back(i);
    }
  }
  void Play(World& world, Choice choice, Scratch&) const {
    const bool is_first = world.steps[choice]++ == 0;
    if (is_first) world.read[choice] = world.number;
    if (!is_first) world.number = (adds_at_once ? world.number : world.read[choice]) + 1;
  }
  void Describe(const World& world, StateDescription& description, Scratch&) const {
    Canonical canonical;
    canonical.PutSigned(world.number);
    for (const int read : world.read) canonical.PutSigned(read);
    for (const int steps : world.steps) canonical.PutSigned(steps);
    description.fingerprint = canonical.Digest();
    description.positions = {0, 1};
    description.groups = {0, 1};
  }
  std::optional<std::uint32_t> ActorOf(Choice choice) const { return choice; }
  Outcome OutcomeOf(const World& world, Scratch&) const { return world.number; }
};

TEST(ExpectSchedules, TakesASystemOfTheTestsOwn) {
  const auto is_two = [](int number) { return number == 2; };
  static const Adders kAtOnce{true};
  static const Adders kInTwoSteps{false};
  EXPECT_HOLDS_FOR_ALL_SCHEDULES(kAtOnce, Adders::World{}, is_two);
  // One switch is enough: 0 reads, 1 does all, 0 writes.
  EXPECT_NONFATAL_FAILURE(
      EXPECT_HOLDS_FOR_ALL_SCHEDULES(kInTwoSteps, Adders::World{}, [](int number) { return number == 2; }),
      "a schedule ends with 1, after 1 context switch: 0 1 1 0");
}

}  // namespace
}  // namespace nextkey
