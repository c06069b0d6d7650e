// Who goes next, decided without looking ahead: in turns, one after the other, at random, in lockstep.
//
// The same seed gives the same schedule on every machine.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "sim/race/inspect.h"
#include "sim/race/play.h"
#include "sim/race/random_draw.h"
#include "sim/race/schedule.h"

namespace nextkey {

enum class SchedulerKind : std::uint8_t {
  kRoundRobin,        // Each client one choice, in turns.
  kOneAfterTheOther,  // The first client until it waits or is done, then the next.
  kRandom,            // Each possible choice with equal probability; delays seldom end early.
  kLockstep,          // Whoever has made the fewest choices.
};

class Scheduler {
 public:
  explicit Scheduler(SchedulerKind kind, std::uint64_t seed = 0) : kind_(kind), random_(seed) {}

  // A place in `choices`, which are not empty. Only kRandom lets faults and ticks happen.
  std::size_t Choose(const std::vector<Choice>& choices);

 private:
  std::size_t Draw(const std::vector<Choice>& choices);

  SchedulerKind kind_;
  RandomDraw random_;
  std::uint32_t last_ = 0;  // The client that went last.
  bool has_begun_ = false;
  std::vector<std::uint64_t> how_often_;  // By client.
};

struct PlayedRace {
  Schedule schedule;
  EndState end;
};

// How the schedule ends, played from `world` on: what was broken on the way included, of the invariants
// that hold always. Requires: PlaySchedule plays it.
EndState EndOfSchedule(RaceWorld world, const Program& program, const Schedule& schedule);

// Counts context switches: choices of another client than the last one's, while that one could have gone on.
class SwitchCounter {
 public:
  explicit SwitchCounter(const Program& program) : program_(program) {}

  // `choice` is the one of `possible` that is made.
  void Note(const std::vector<Choice>& possible, const Choice& choice);
  std::uint32_t switches() const { return switches_; }

 private:
  const Program& program_;
  std::optional<std::uint32_t> last_;
  std::uint32_t switches_ = 0;
};

// Of a schedule. Requires: as above.
std::uint32_t SwitchesOf(RaceWorld world, const Program& program, const Schedule& schedule);

// A place in the choices, which are not empty.
using ChooseNext = absl::FunctionRef<std::size_t(const std::vector<Choice>&)>;
constexpr std::size_t kLongestSchedule = 100'000;

// Plays until nothing can happen any more, or `most_choices` were made.
PlayedRace PlayToEnd(RaceWorld world, const Program& program, ChooseNext choose,
                     std::size_t most_choices = kLongestSchedule);
PlayedRace PlayToEnd(RaceWorld world, const Program& program, Scheduler scheduler,
                     std::size_t most_choices = kLongestSchedule);

}  // namespace nextkey
