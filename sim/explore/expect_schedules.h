// For tests with GoogleTest: an expectation about every order in which sessions can take turns.
//
//     EXPECT_HOLDS_FOR_ALL_SCHEDULES({.race = kBooking, .fix = "row_lock", .clients = {{"buyer", 3}}});
//
// explores a race file's text; a failure shows the simplest schedule that breaks an invariant, step by
// step. A test that has a system of worlds and choices of its own (search.h) gives it, the world to
// begin with, and what must be true of every outcome:
//
//     EXPECT_HOLDS_FOR_ALL_SCHEDULES(system, world, [](const Outcome& end) { return end.sold <= 1; });
//
// Its failure names the choices by PrintToString. A loop that never ends breaks no expectation.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/explore/all_schedules.h"
#include "sim/explore/search.h"
#include "sim/explore/witness.h"

#define EXPECT_HOLDS_FOR_ALL_SCHEDULES(...) EXPECT_TRUE(::nextkey::HoldsForAllSchedules(__VA_ARGS__))
#define ASSERT_HOLDS_FOR_ALL_SCHEDULES(...) ASSERT_TRUE(::nextkey::HoldsForAllSchedules(__VA_ARGS__))

namespace nextkey {

inline testing::AssertionResult HoldsForAllSchedules(const AllSchedulesOf& question) {
  if (const std::optional<std::string> why = WhyNotForAllSchedules(question))
    return testing::AssertionFailure() << *why;
  return testing::AssertionSuccess();
}

template <class System, class Holds>
testing::AssertionResult HoldsForAllSchedules(const System& system, const typename System::World& world,
                                              Holds holds, SearchLimits limits = {}) {
  const SearchResult<System> found = Search(system, world, limits);
  const std::vector<std::optional<Witness>> witnesses = FindWitnesses(found.graph, found.outcomes.size());
  std::optional<std::size_t> worst;
  for (std::size_t i = 0; i < found.outcomes.size(); ++i) {
    if (!witnesses[i] || holds(found.outcomes[i])) continue;
    if (!worst || IsSimpler(*witnesses[i], *witnesses[*worst])) worst = i;
  }
  if (!worst && found.graph.IsComplete()) return testing::AssertionSuccess();
  if (!worst) return testing::AssertionFailure() << "not all schedules were looked at";
  testing::AssertionResult failure = testing::AssertionFailure();
  failure << "a schedule ends with " << testing::PrintToString(found.outcomes[*worst]) << ", after "
          << SwitchesText(witnesses[*worst]->switches) << ":";
  const auto choices = ChoicesOnPath(system, world, witnesses[*worst]->edges);
  for (const typename System::Choice& choice : *choices) failure << " " << testing::PrintToString(choice);
  return failure;
}

}  // namespace nextkey
