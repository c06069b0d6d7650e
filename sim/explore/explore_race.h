// Explores one race with one fix: every schedule, counted exactly, and the simplest one to each
// outcome.
//
// A search that ends within its budget gives counts, probabilities and a verdict for all schedules.
// One that does not gives what it saw: a broken invariant is proved by the schedule that breaks it,
// `holds` is never said of a part.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/explore/checkpoint.h"
#include "sim/explore/exact.h"
#include "sim/explore/program_reads.h"
#include "sim/explore/search.h"
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
  bool counts = true;  // False: only which outcomes there are (reach.h), in a fraction of the memory.
  // Only schedules with at most so many context switches. The answer is then one for these alone.
  std::optional<std::uint32_t> most_switches = std::nullopt;
  std::uint64_t most_bytes = UINT64_MAX;
  const std::atomic<bool>* interrupt = nullptr;  // True stops the search.
  SearchProgress* progress = nullptr;
  bool reduces =
      true;  // Without counts: partial-order reduction (reach.h). False: more states, the same answer.
  bool reuses_steps = true;                          // False: slower, and the same answer.
  bool keeps_checkpoint = false;                     // Of a search that is stopped, where it counts.
  std::shared_ptr<const Checkpoint> from = nullptr;  // To go on from; see GoOnExploring.
};

// All but what stops a search in vain.
SearchLimits LimitsOf(const ExploreOptions& options);

struct ExploredOutcome {
  EndState end;
  std::optional<Whole> schedules;  // Absent: infinitely many, or not known.
  Fraction probability;            // 0 where it is not known.
  std::uint32_t switches = 0;
  Schedule witness;
};

struct Exploration {
  ProgramRef program;
  Verdict verdict = Verdict::kIncomplete;
  bool is_complete = false;  // All schedules, of any number of context switches.
  bool is_counted = true;    // Else it was asked only which outcomes there are.
  bool is_reduced = false;   // Partial-order reduction: not all states were gone through.
  SearchStop stop = SearchStop::kNot;
  std::optional<std::uint32_t> most_switches;  // Others were left out.
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t depth = 0;                // Choices in the longest schedule that goes through no loop twice.
  std::optional<Whole> schedules;         // Absent: infinitely many, or not known.
  Fraction never_ends;                    // Probability of going round for ever.
  std::vector<ExploredOutcome> outcomes;  // Those that break an invariant first.
  std::shared_ptr<const Checkpoint> checkpoint;  // Of a search that was stopped; null: not kept.
  std::string symmetry;                          // `on`, `off`, or why there is none.

  // Counts are known: of all schedules, or of all within the bound on context switches.
  bool HasCounts() const { return is_counted && stop == SearchStop::kNot; }
  bool HasProbabilities() const { return HasCounts() && is_complete; }
  Fraction BadShare() const;
  const ExploredOutcome* Worst() const;  // The simplest that breaks an invariant; null: none does.
};

// What the outcomes prove.
Verdict VerdictOf(const Exploration& exploration);
// Why clients that are alike are told apart all the same, or that they are not.
std::string SymmetryText(const Program& program, const ProgramReads& reads, bool sorts_clients);

// Mistakes: the race's set-up fails.
std::variant<Exploration, std::vector<Mistake>> ExploreRace(ProgramRef program,
                                                            const ExploreOptions& options);

// The same search from a checkpoint on: its race, symmetry and bound on context switches stand in it.
std::variant<Exploration, std::vector<Mistake>> GoOnExploring(std::shared_ptr<const Checkpoint> checkpoint,
                                                              ExploreOptions options);

}  // namespace nextkey
