// Puts one race with one fix on trial: plays it in many orders, and says what came out.
//
// The named permutations of the file come first, then clients in turns, in lockstep and one after the
// other, then random schedules; then a search through all of them (sim/explore). Where that ends within
// its budget of states, the verdict and every expectation are decided. Where it does not, a broken
// invariant is proved by the schedule that breaks it; else the verdict is `incomplete`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/explore/exact.h"
#include "sim/mistake.h"
#include "sim/race/inspect.h"
#include "sim/race/program.h"
#include "sim/race/schedule.h"

namespace nextkey {

enum class Verdict : std::uint8_t { kHolds, kBreaks, kIncomplete };
std::string_view VerdictName(Verdict verdict);

struct TrialOptions {
  std::size_t random_schedules = 300;
  std::uint64_t seed = 1;
  std::uint64_t most_states = 20'000;  // Of the search; 0: there is none.
};

struct TriedSchedule {
  Schedule schedule;
  EndState end;
  std::uint32_t switches = 0;  // Choices by another client than the last one, while that one could go on.
  std::string permutation;     // Its name, if the file has it.
};

// What the requests paid, over all schedules that were tried.
struct TrialPrice {
  std::uint64_t waits = 0;  // Statements and calls that had to wait.
  std::uint64_t retries = 0;
  std::int64_t longest_us = 0;  // The longest schedule, in virtual time.
};

// What a search that came to its end says of all schedules.
struct SearchFigures {
  std::uint64_t states = 0;
  std::optional<Whole> schedules;  // Absent: infinitely many.
  Fraction bad;                    // How likely a broken invariant is if each choice is drawn at random.
};

// How often an invariant was broken.
struct BrokenOften {
  std::size_t schedules = 0;  // Of those that were tried.
  Fraction probability;       // Among all of them, where the search came to its end.
};

struct ExpectationCheck {
  const Expectation* expectation = nullptr;
  enum class Result : std::uint8_t { kMet, kNotContradicted, kMissed };
  Result result = Result::kMet;
  std::string why;                  // A sentence, where it was missed.
  std::optional<Schedule> witness;  // That shows it, or contradicts it.
};

struct Trial {
  ProgramRef program;
  Verdict verdict = Verdict::kIncomplete;
  std::vector<TriedSchedule> ends;  // One for each way to end: the simplest schedule that was seen.
  std::size_t schedules = 0;        // That were tried.
  std::map<std::uint32_t, BrokenOften> broken;  // By invariant.
  std::optional<TriedSchedule> worst;           // The simplest schedule that breaks something.
  std::optional<SearchFigures> search;          // Absent: it did not come to its end.
  TrialPrice price;
  std::vector<ExpectationCheck> expectations;  // Of this fix.

  // Every expectation is met or not contradicted, and nothing breaks that is not expected to.
  bool IsAsExpected() const;
};

std::variant<Trial, std::vector<Mistake>> PutOnTrial(ProgramRef program, const TrialOptions& options);

}  // namespace nextkey
