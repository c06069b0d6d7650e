// The table of all races that ship: every fix explored with three clients, as a Markdown page
// (`nextkey explore --verdicts`).
//
// A race of one template has three clients of it; a race of several has its file's numbers.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "sim/explore/explore_race.h"
#include "sim/race/shipped_races.h"

namespace nextkey {

// The race as it is, then with each of its fixes.
std::vector<ProgramRef> VerdictPrograms(const ShippedRace& race);
// `| row_lock | holds | 1680 | 57 | 0 | 1 succeeded, 2 refused; sold 1 |`
std::string VerdictRow(const Exploration& exploration);
// The heading of a race, and what stands above its rows.
std::string VerdictHeading(const ShippedRace& race, const Program& program);

// The page. Returns false where a race can't be explored: then `err` says why.
bool WriteVerdicts(const ExploreOptions& options, std::ostream& out, std::ostream& err);

}  // namespace nextkey
