// Explores one race with one fix: every schedule, counted exactly, and the simplest one to each
// outcome.
//
// A search that ends within its budget gives counts, probabilities and a verdict for all schedules.
// One that does not gives what it saw: a broken invariant is proved by the schedule that breaks it,
// `holds` is never said of a part.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/explore/exact.h"
#include "sim/mistake.h"
#include "sim/race/inspect.h"
#include "sim/race/program.h"
#include "sim/race/schedule.h"
#include "sim/race/trial.h"

namespace nextkey {

struct ExploreOptions {
  std::uint64_t most_states = 2'000'000;
  unsigned jobs = 1;
  bool sorts_clients = true;
};

struct ExploredOutcome {
  EndState end;
  std::optional<Whole> schedules;  // Absent: infinitely many, or not known (an incomplete search).
  Fraction probability;            // 0 where it is not known.
  std::uint32_t switches = 0;
  Schedule witness;
};

struct Exploration {
  ProgramRef program;
  Verdict verdict = Verdict::kIncomplete;
  bool is_complete = false;
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t depth = 0;                // Choices in the longest schedule that goes through no loop twice.
  std::optional<Whole> schedules;         // Absent: infinitely many, or not known.
  Fraction never_ends;                    // Probability of going round for ever.
  std::vector<ExploredOutcome> outcomes;  // Those that break an invariant first.
  std::string symmetry;                   // `on`, `off`, or why there is none.

  Fraction BadShare() const;
  const ExploredOutcome* Worst() const;  // The simplest that breaks an invariant; null: none does.
};

// Mistakes: the race's set-up fails.
std::variant<Exploration, std::vector<Mistake>> ExploreRace(ProgramRef program,
                                                            const ExploreOptions& options);

}  // namespace nextkey
