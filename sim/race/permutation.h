// A named permutation, played: steps in the order that the file gives.
//
// An entry runs its client up to the end of the named step, or until it waits; what is left of the
// step is done as soon as it is let go. A client that is named while it still waits is waited for:
// time passes. Behind the last entry a race goes on, one client after the other, until nothing can
// happen any more; in isolationtester's specs, where a permutation names all that is to be done, it
// ends there. Steps of one client run in the order of the file: those between two named ones run, too.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "sim/mistake.h"
#include "sim/race/inspect.h"
#include "sim/race/schedule.h"

namespace nextkey {

// The choices of one entry, as places in the schedule: [begin, end).
struct PlayedEntry {
  std::uint32_t client = 0;
  std::string step;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool waits = false;  // It had not ended when the next entry began.
};

struct PlayedPermutation {
  Schedule schedule;
  std::vector<PlayedEntry> entries;
  RaceWorld world;
  EndState end;
};

// Mistakes: an entry whose client or step is not there, or whose client waits for ever.
std::variant<PlayedPermutation, std::vector<Mistake>> PlayPermutation(RaceWorld world, const Program& program,
                                                                      const Permutation& permutation);

}  // namespace nextkey
