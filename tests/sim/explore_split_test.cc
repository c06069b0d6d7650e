// A search in parts, and one with a bound: against one search for everything.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/explore/bounded_switches.h"
#include "sim/explore/split_race.h"
#include "tests/sim/explore_harness.h"

namespace nextkey {
namespace {

// Through the files, as between machines.
MergedSearch InParts(const ProgramRef& program, const SplitOptions& options, const std::string& name) {
  const Folder folder(name);
  std::vector<UnitResult> results;
  for (const WorkUnit& unit : Get<std::vector<WorkUnit>>(SplitSearch(program, options))) {
    const std::string path = folder.Write("unit.json", ToJson(unit));
    const UnitResult result = Get<UnitResult>(RunUnit(Get<WorkUnit, Mistake>(ReadWorkUnit(path)), {}));
    const std::string result_path = folder.Write("result.json", ToJson(result));
    results.push_back(Get<UnitResult, Mistake>(ReadUnitResult(result_path)));
  }
  return Get<MergedSearch>(MergeUnits(results));
}

TEST(SplitSearch, PartsAddUpToTheWhole) {
  for (const char* text : {kCounter, kCrossed, kSpin}) {
    const ProgramRef program = ProgramOf(text);
    SCOPED_TRACE(program->file->title.text);
    const Exploration whole = ExploreOne(program);
    ASSERT_TRUE(whole.is_complete);
    for (const std::uint32_t units : {1U, 2U, 5U, 16U}) {
      for (const bool keeps_arrivals : {false, true}) {
        SCOPED_TRACE(std::to_string(units) + (keeps_arrivals ? " units, by arrival" : " units"));
        ExpectSame(InParts(program, {units, true, keeps_arrivals}, "add_up").exploration, whole);
      }
    }
  }
}

TEST(SplitSearch, OfShippedRacesToo) {
  for (const char* name : {"coupon.race", "seat.race", "transfer.race"}) {
    SCOPED_TRACE(name);
    const ProgramRef program = ProgramOfFile(name);
    const Exploration whole = ExploreOne(program);
    ASSERT_TRUE(whole.is_complete);
    const MergedSearch parts = InParts(program, {4, true, false}, "shipped");
    ExpectSame(parts.exploration, whole);
    EXPECT_GE(parts.exploration.states, whole.states);
    RecordProperty(name,
                   std::to_string(parts.exploration.states) + " against " + std::to_string(whole.states));
  }
}

TEST(SplitSearch, CountsClientsThatAreToldApartAlike) {
  const ProgramRef program = ProgramOf(kCounter);
  const Exploration whole = ExploreOne(program, {.sorts_clients = false});
  ExpectSame(InParts(program, {7, false, false}, "apart").exploration, whole);
  EXPECT_EQ(whole.schedules, Whole(2520));  // 8! / 2^4.
}

TEST(SplitSearch, MissesNoPart) {
  const ProgramRef program = ProgramOf(kCounter);
  std::vector<UnitResult> results;
  for (const WorkUnit& unit : Get<std::vector<WorkUnit>>(SplitSearch(program, {3, true, false})))
    results.push_back(Get<UnitResult>(RunUnit(unit, {})));
  const auto why = [](const std::vector<UnitResult>& some) {
    const auto merged = MergeUnits(some);
    const auto* mistakes = std::get_if<std::vector<Mistake>>(&merged);
    return mistakes == nullptr ? std::string() : mistakes->front().message;
  };
  EXPECT_EQ(why(results), "");
  EXPECT_EQ(why({results[0], results[2]}), "unit 2 of 3 is missing");
  EXPECT_EQ(why({results[0], results[1], results[2], results[1]}), "unit 2 is there twice");
  UnitResult other = results[1];
  other.split.race.options.parameters["stock"] = "7";
  EXPECT_EQ(why({results[0], other, results[2]}), "unit 2 is a part of another search");
}

TEST(SplitSearch, AUnitThatRanOutMakesTheAnswerIncomplete) {
  const ProgramRef program = ProgramOf(kCounter);
  std::vector<UnitResult> results;
  for (const WorkUnit& unit : Get<std::vector<WorkUnit>>(SplitSearch(program, {2, true, false})))
    results.push_back(Get<UnitResult>(RunUnit(unit, {.most_states = 9})));
  const MergedSearch merged = Get<MergedSearch>(MergeUnits(results));
  EXPECT_FALSE(merged.exploration.is_complete);
  EXPECT_NE(merged.exploration.verdict, Verdict::kHolds);
}

TEST(SplitSearch, RefusesFilesThatAreNone) {
  const Folder folder("refused");
  const auto message = [&](const std::string& text) {
    const auto read = ReadWorkUnit(folder.Write("unit.json", text));
    return std::holds_alternative<Mistake>(read) ? std::get<Mistake>(read).message : "";
  };
  EXPECT_EQ(message("select 1"), "this is no file of the format \"nextkey work unit 1\"");
  EXPECT_EQ(message("{\"format\": 7}"), "this is no file of the format \"nextkey work unit 1\"");
  EXPECT_TRUE(message("{\"format\": \"nextkey work unit 1\"}").starts_with("the file is damaged"));
  WorkUnit unit = Get<std::vector<WorkUnit>>(SplitSearch(ProgramOf(kCounter), {1, true, false})).front();
  unit.starts.front().token = "counter-000000:a9";
  EXPECT_TRUE(std::holds_alternative<std::vector<Mistake>>(RunUnit(unit, {})));
}

// --- Bounds --------------------------------------------------------------------------------------------

// By going through all schedules: how many have at most so many switches.
std::uint64_t CountWithin(const RaceWorld& world, const Program& program, std::optional<std::uint32_t> last,
                          std::uint32_t left) {
  const std::vector<Choice> choices = ChoicesOf(world, program);
  if (choices.empty()) return 1;
  const bool could_go_on =
      last && std::any_of(choices.begin(), choices.end(), [&](const Choice& one) {
        return (one.kind == ChoiceKind::kClient || one.kind == ChoiceKind::kTimer) && one.actor == *last;
      });
  std::uint64_t count = 0;
  for (const Choice& choice : choices) {
    const bool is_switch = could_go_on && choice.actor != *last;
    if (is_switch && left == 0) continue;
    RaceWorld after = world;
    PlayChoice(after, program, choice, nullptr);
    count += CountWithin(after, program, choice.actor, is_switch ? left - 1 : left);
  }
  return count;
}

TEST(Bounds, SchedulesWithinABoundOnSwitchesAreCountedExactly) {
  for (const char* text : {kCounter, kCrossed}) {
    const ProgramRef program = ProgramOf(text, {.fix = "", .clients = {{"a", text == kCounter ? 3U : 2U}}});
    SCOPED_TRACE(program->file->title.text);
    const std::string all = ExploreOne(program).schedules->str();
    for (std::uint32_t most = 0; most <= 8; ++most) {
      for (const bool sorts : {true, false}) {
        const Exploration found = ExploreOne(program, {.sorts_clients = sorts, .most_switches = most});
        EXPECT_EQ(found.schedules->str(),
                  std::to_string(CountWithin(OpenOf(*program), *program, std::nullopt, most)))
            << most;
        EXPECT_FALSE(found.is_complete);
        EXPECT_NE(found.verdict, Verdict::kHolds);
        for (const ExploredOutcome& outcome : found.outcomes) EXPECT_LE(outcome.switches, most);
        if (most == 8) {
          EXPECT_EQ(found.schedules->str(), all) << "no schedule has more";
        }
      }
    }
  }
}

TEST(Bounds, WithoutSwitchesClientsComeOneAfterTheOther) {
  const Exploration found = ExploreOne(ProgramOf(kCounter), {.most_switches = 0});
  EXPECT_EQ(found.schedules, Whole(24));  // 4!
  ASSERT_EQ(found.outcomes.size(), 1U);
  EXPECT_EQ(EndText(found.outcomes[0].end, *found.program), "4 succeeded; counter 4");
}

TEST(Bounds, WhatRanOutIsSaid) {
  const ProgramRef program = ProgramOf(kCounter);
  EXPECT_EQ(ExploreOne(program).stop, SearchStop::kNot);
  EXPECT_EQ(ExploreOne(program, {.most_states = 5}).stop, SearchStop::kStates);
  EXPECT_EQ(ExploreOne(program, {.most_bytes = 10'000}).stop, SearchStop::kBytes);
  const std::atomic<bool> interrupt = true;
  const Exploration stopped = ExploreOne(program, {.interrupt = &interrupt});
  EXPECT_EQ(stopped.stop, SearchStop::kAsked);
  EXPECT_EQ(stopped.verdict, Verdict::kIncomplete);
  EXPECT_FALSE(stopped.schedules.has_value());
}

}  // namespace
}  // namespace nextkey
