// One search in parts that need nothing of each other: on other machines, on another day.
//
// Every schedule passes the cut between the beginning and the units exactly once (levels.h). So what a
// unit counts from its states on, times the ways that lead there, adds up to the whole: the same
// outcomes, counts, probabilities and witnesses as one search has. States that two units come to are
// looked at by both; that is the price, and MergedSearch::states tells it.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "sim/explore/explore_race.h"
#include "sim/explore/work_unit.h"

namespace nextkey {

struct SplitOptions {
  std::uint32_t units = 1;
  bool sorts_clients = true;
  // Who came first is part of the states. A unit that needs it and does not have it says so.
  bool keeps_arrivals = false;
};

// At most so many units: a race may have fewer states than were asked for.
std::variant<std::vector<WorkUnit>, std::vector<Mistake>> SplitSearch(ProgramRef program,
                                                                      const SplitOptions& options);

// Of `options` the budgets and jobs count.
std::variant<UnitResult, std::vector<Mistake>> RunUnit(const WorkUnit& unit, const ExploreOptions& options);

struct MergedSearch {
  Exploration exploration;         // Its states and transitions are those of all parts together.
  std::uint64_t largest_unit = 0;  // States.
  std::uint64_t states_before = 0;
};
// Mistakes: a part is missing, there twice, or of another search.
std::variant<MergedSearch, std::vector<Mistake>> MergeUnits(const std::vector<UnitResult>& results);

}  // namespace nextkey
