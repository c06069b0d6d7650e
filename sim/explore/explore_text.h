// What an exploration found, as a person reads it, and as JSON.
#pragma once

#include <string>
#include <vector>

#include "sim/explore/explore_race.h"
#include "sim/explore/sampling.h"
#include "sim/race/race_text.h"

namespace nextkey {

// A line a fix: verdict, schedules, states, the share of bad ones; then each fix's outcomes with
// their exact counts, probabilities and the tokens of their simplest schedules.
std::string ExplorationTable(const std::vector<Exploration>& explorations, const RaceTextOptions& options);

// `2 succeeded, 1 refused; sold 1, stock 0`
std::string OutcomeText(const Program& program, const EndState& end);

// The simplest schedule that breaks an invariant, as a timeline. Empty: none does.
std::string WorstStory(const Exploration& exploration, const RaceTextOptions& options);
// A schedule that breaks one, as a timeline.
std::string BadStory(const Program& program, const Schedule& schedule, const EndState& end,
                     const RaceTextOptions& options);

// A line a fix: how many of the random schedules were bad, and what follows from it; then each fix's
// outcomes.
std::string SampleTable(const std::vector<Sample>& samples, const RaceTextOptions& options);

struct ExploreScope {
  std::vector<std::string> faults;
  bool sorts_clients = true;
};
// One object, one line, without a line break at its end. An outcome that breaks something has
//   "anomaly": {"name": "P4", "title": "lost update", "kind": "level-based" or "scope-based",
//               "cycle": [{"from", "to", "edge": "ww", "wr" or "rw", "table", "key", "predicate": by a search
//               and
//                          not a row that it wanted, "from_statement", "to_statement"}, ..]}
// of its witness; or null and "serial_order": [names], an order that would have come to the same. Where it
// was found out, "at_serializable" is the verdict with all clients at that level.
std::string ExplorationJson(const Exploration& exploration, const ExploreScope& scope);
std::string SampleJson(const Sample& sample, const ExploreScope& scope);

}  // namespace nextkey
