// `nextkey explore`: every schedule of a race, counted exactly.
//
// Exit codes: 0 as the file expects; 1 an invariant breaks where the file does not expect it to, or
// holds where it expects it to break; 2 a mistake in the file or on the command line; 3 a budget ran out,
// or a bound was set: the answer is not one for all schedules.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <vector>

#include "sim/explore/explore_race.h"
#include "sim/explore/explore_watch.h"
#include "sim/explore/sampling.h"
#include "sim/race/race_command.h"

namespace nextkey {

struct ExploreCommand {
  RaceCommand race;
  std::uint64_t most_states = 2'000'000;
  unsigned jobs = 1;
  bool sorts_clients = true;
  bool counts = true;  // Else only which outcomes there are.
  bool reduces = true;
  bool as_json = false;
  bool writes_verdicts = false;  // Of all races that ship, instead of one race.
  std::optional<std::uint32_t> most_switches;
  std::uint64_t most_bytes = UINT64_MAX;
  std::optional<SampleOptions> sample;  // Random schedules instead of a search.
  // Where a search that is stopped is written to; empty: only after Ctrl-C, by the race's name.
  std::string checkpoint;
  std::string go_on;  // From this checkpoint, instead of `race`.
  WatchOptions watch;
};

// What the command asks of a search that `watch` watches.
ExploreOptions OptionsOf(const ExploreCommand& command, ExploreWatch& watch);
// By the expectations of the file.
int ExitCodeOf(const std::vector<Exploration>& explorations);

int RunExplore(const ExploreCommand& command, std::ostream& out, std::ostream& err);

}  // namespace nextkey
