// The race of a search that goes on somewhere else or another day, as a file holds it: its text, its options,
// and what its states are told apart by.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "sim/mistake.h"
#include "sim/race/program.h"

namespace nextkey {

struct SearchedRace {
  std::string file;  // Its name.
  std::string text;
  RaceOptions options;
  bool sorts_clients = true;
  bool keeps_arrivals = false;
  std::string program;  // Its fingerprint: what a token means must not change on the way.
};

// Of a program as it was searched.
SearchedRace SearchedRaceOf(const Program& program, bool sorts_clients, bool keeps_arrivals);

std::string ToJson(const SearchedRace& race);
SearchedRace ReadSearchedRace(const std::string& text);  // Throws std::exception where it is none.

// A mistake: this program reads it differently.
std::variant<ProgramRef, std::vector<Mistake>> ProgramOf(const SearchedRace& race);
// Whether two files are of one search.
bool AreOfOneSearch(const SearchedRace& a, const SearchedRace& b);

}  // namespace nextkey
