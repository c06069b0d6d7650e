// A search that was stopped, as a file from which it goes on: the race, and the graph as far as it is known.
//
// A line of JSON, then numbers, eight or four bytes each, lowest byte first: of each state its fingerprint,
// its number of edges and its outcome; of each edge its target and who makes it. Worlds are not written:
// those that are needed are played anew.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "sim/explore/rebuild_worlds.h"
#include "sim/explore/searched_race.h"
#include "sim/mistake.h"

namespace nextkey {

struct Checkpoint {
  SearchedRace race;
  std::optional<std::uint32_t> most_switches;
  SearchSoFar so_far;
};

// False: the file can't be written.
bool WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint);
// Mistakes: no such file, no checkpoint, a damaged one.
std::variant<Checkpoint, Mistake> ReadCheckpoint(const std::string& path);

}  // namespace nextkey
