// What the search leaves out of a state must not matter: every race that ships is counted once more
// with two clients, by a recursion that takes two worlds for the same only if all of them is.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/explore/explore_race.h"
#include "sim/race/inspect.h"
#include "sim/race/play.h"
#include "sim/race/shipped_races.h"
#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

struct Counted {
  std::map<std::string, Whole> schedules;  // By outcome.
  std::map<std::string, Fraction> probabilities;
};

// Counts from a world on. Remembers whole worlds: clock, ids, transaction numbers, and all.
class WholeWorlds {
 public:
  WholeWorlds(const Program& program, std::size_t most) : program_(program), most_(most) {}

  // Null: there are more worlds than `most`, or schedules without end. `broken`: by invariant, which of those
  // that must hold always did not.
  const Counted* Count(const RaceWorld& world, const std::vector<bool>& broken) {
    Canonical all;
    world.PutInto(all);
    for (const bool was_broken : broken) all.Put(was_broken ? 1 : 0);
    const auto [found, is_new] = counted_.try_emplace(all.Digest());
    if (!is_new) return found->second.get();
    if (counted_.size() > most_) return nullptr;
    auto counted = std::make_unique<Counted>();
    const std::vector<Choice> choices = ChoicesOf(world, program_);
    if (choices.empty()) {
      const std::string end = OutcomeText(EndWith(world, broken), program_);
      counted->schedules[end] = 1;
      counted->probabilities[end] = 1;
    }
    for (const Choice& choice : choices) {
      RaceWorld next = world;
      PlayChoice(next, program_, choice, nullptr);
      const Counted* behind = Count(next, BrokenIn(next, broken));
      if (behind == nullptr) return nullptr;
      for (const auto& [end, schedules] : behind->schedules) counted->schedules[end] += schedules;
      for (const auto& [end, probability] : behind->probabilities)
        counted->probabilities[end] += probability / static_cast<std::uint64_t>(choices.size());
    }
    return (counted_[all.Digest()] = std::move(counted)).get();
  }

  const Counted* Count(const RaceWorld& first) {
    return Count(first, BrokenIn(first, std::vector<bool>(program_.invariants.size(), false)));
  }

 private:
  std::vector<bool> BrokenIn(const RaceWorld& world, std::vector<bool> broken) const {
    for (const BrokenInvariant& one : BrokenInvariants(world, program_, InvariantsAsked::kAlwaysOnly))
      broken[one.invariant] = true;
    return broken;
  }

  EndState EndWith(const RaceWorld& world, const std::vector<bool>& broken) const {
    EndState end = EndOf(world, program_);
    for (const BrokenInvariant& now : std::exchange(end.broken, {})) {
      if (!broken[now.invariant]) end.broken.push_back(now);
    }
    for (std::uint32_t i = 0; i < broken.size(); ++i) {
      if (broken[i]) end.broken.push_back({i, ""});
    }
    std::sort(end.broken.begin(), end.broken.end(),
              [](const auto& a, const auto& b) { return a.invariant < b.invariant; });
    return end;
  }

  const Program& program_;
  std::size_t most_;
  std::map<Fingerprint, std::unique_ptr<Counted>> counted_;  // Null while it is being counted.
};

// False where there are too many worlds.
bool CompareWithWholeWorlds(const ProgramRef& program, std::size_t most) {
  const RaceWorld first = OpenOf(*program);
  WholeWorlds worlds(*program, most);
  const Counted* expected = worlds.Count(first);
  if (expected == nullptr) return false;
  for (const bool sorts : {true, false}) {
    ExploreOptions options;
    options.sorts_clients = sorts;
    const auto explored = ExploreRace(program, options);
    const auto& found = std::get<Exploration>(explored);
    EXPECT_TRUE(found.is_complete);
    EXPECT_EQ(found.outcomes.size(), expected->schedules.size());
    for (const ExploredOutcome& outcome : found.outcomes) {
      const std::string end = OutcomeText(outcome.end, *program);
      const auto same = expected->schedules.find(end);
      EXPECT_NE(same, expected->schedules.end()) << end;
      if (same == expected->schedules.end()) continue;
      EXPECT_EQ(outcome.schedules, same->second) << end;
      EXPECT_EQ(outcome.probability, expected->probabilities.at(end)) << end;
    }
  }
  return true;
}

class WholeWorldsOf : public ::testing::TestWithParam<ShippedRace> {};

TEST_P(WholeWorldsOf, HaveTheCountsThatTheSearchGives) {
  const char* const given = std::getenv("NEXTKEY_WHOLE_WORLDS");
  const std::size_t most = given == nullptr ? 1'500 : std::stoull(given);
  const auto file = FileOf(GetParam());
  const std::vector<std::string> fixes = FixesOf(*file);
  int compared = 0;
  for (const std::string& fix : fixes) {
    SCOPED_TRACE(fix);
    RaceOptions options{.fix = fix};
    options.clients[file->clients.front().name.text] = 2;
    const bool was_small = CompareWithWholeWorlds(std::get<ProgramRef>(BuildProgram(file, options)), most);
    compared += was_small ? 1 : 0;
    if (given != nullptr) std::cout << fix << (was_small ? " compared\n" : " has too many worlds\n");
  }
  EXPECT_GT(compared, 0);
}

INSTANTIATE_TEST_SUITE_P(All, WholeWorldsOf, ::testing::ValuesIn(ShippedRaces()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace nextkey
