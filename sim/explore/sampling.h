// Tries random schedules of a race that is too big to be searched whole.
//
// Uniform: each choice that is possible is drawn with equal probability, so the share of bad schedules
// estimates the probability that the search gives exactly. PCT ("A Randomized Scheduler with Probabilistic
// Guarantees of Finding Bugs", Burckhardt et al., ASPLOS 2010): actors have random priorities, and
// at d-1 random places of a schedule the one in front falls behind all others. A schedule that is bad because
// of d orderings is met with a probability of at least 1 / (n k^(d-1)), for n actors and k choices; its
// shares estimate nothing.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "sim/explore/explore_race.h"

namespace nextkey {

enum class SampleMode : std::uint8_t { kUniform, kPct };

struct SampleOptions {
  SampleMode mode = SampleMode::kUniform;
  std::uint64_t schedules = 1000;
  std::uint64_t seed = 1;
  std::uint32_t depth = 3;                       // Of PCT: at least 1.
  const std::atomic<bool>* interrupt = nullptr;  // True stops it.
};

// Limits of a probability.
struct Interval {
  double from = 0;
  double to = 1;
};

struct SampledOutcome {
  EndState end;
  std::uint64_t seen = 0;
  std::uint32_t switches = 0;
  Schedule witness;  // The simplest that was seen: the fewest context switches, then the fewest choices.
};

struct Sample {
  ProgramRef program;
  SampleOptions options;
  std::uint64_t schedules = 0;           // That were played.
  std::uint64_t bad = 0;                 // That break an invariant.
  std::uint64_t cut = 0;                 // That were stopped before their end: too long.
  std::uint64_t longest = 0;             // Choices.
  std::uint64_t actors = 0;              // That ever had a choice: clients, replicas, faults.
  std::vector<SampledOutcome> outcomes;  // Those that break an invariant first, then by how often.

  // `breaks` or `incomplete`: a part proves nothing of all.
  Verdict verdict() const { return bad > 0 ? Verdict::kBreaks : Verdict::kIncomplete; }
  // Of the probability that a schedule is bad: Clopper and Pearson's, at 95 %. Uniform only.
  Interval BadShare() const;
  // An outcome that was not seen has at most this probability, at 95 %. Uniform only.
  double UnseenBound() const;
  // The probability, at least, that one schedule meets what needs `depth` orderings. PCT only.
  double PctGuarantee() const;
};

// Mistakes: the race's set-up fails.
std::variant<Sample, std::vector<Mistake>> SampleRace(ProgramRef program, const SampleOptions& options);

// Clopper and Pearson's exact interval for `seen` of `all`, at 95 %.
Interval ExactInterval(std::uint64_t seen, std::uint64_t all);

}  // namespace nextkey
