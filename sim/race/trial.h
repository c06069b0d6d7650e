// Puts one race with one fix on trial: plays it in many orders, and says what came out.
//
// The named permutations of the file come first, then clients in turns, in lockstep and one after the
// other, then random schedules. That some order breaks an invariant is proved by showing it; that none
// does is not: the verdict is then `incomplete`, with the number of schedules that were tried.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

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
  std::map<std::uint32_t, std::size_t> broken;  // By invariant: in how many of them.
  std::optional<TriedSchedule> worst;           // The simplest schedule that breaks something.
  TrialPrice price;
  std::vector<ExpectationCheck> expectations;  // Of this fix.

  // Every expectation is met or not contradicted, and nothing breaks that is not expected to.
  bool IsAsExpected() const;
};

std::variant<Trial, std::vector<Mistake>> PutOnTrial(ProgramRef program, const TrialOptions& options);

}  // namespace nextkey
