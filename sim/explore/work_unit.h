// The files of a search in parts: a work unit says where to search on, a unit's result what it found.
//
// Worlds are not written down: a unit holds the race's text and options, and for each of its states a
// schedule that leads to it, as a token; with it how many schedules and which probability come to it,
// and the simplest ways, from which witnesses are put together. Both files are JSON; whole numbers and
// fractions of any size are texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/explore/count_schedules.h"
#include "sim/explore/witness.h"
#include "sim/mistake.h"
#include "sim/race/program.h"

namespace nextkey {

// What all parts of one search have in common.
struct SplitRace {
  std::string file;  // Its name.
  std::string text;
  RaceOptions options;
  bool sorts_clients = true;
  bool keeps_arrivals = false;
  std::string program;  // Its fingerprint: what a token means must not change on the way.
  std::uint32_t units = 1;
  std::uint64_t states_before = 0;  // That were looked at to split it.
};

struct UnitStart {
  std::string token;
  StartWeight weight;
  std::vector<WayToStart> ways;  // `start` is not written.
};

struct WorkUnit {
  SplitRace race;
  std::uint32_t number = 1;
  std::vector<UnitStart> starts;
};

struct UnitOutcome {
  std::optional<Whole> schedules;  // Absent: infinitely many.
  Fraction probability;
  Witness witness;  // From the race's beginning.
};

struct UnitResult {
  SplitRace race;
  std::uint32_t number = 1;
  bool is_complete = false;
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t depth = 0;
  std::optional<Whole> schedules;
  Fraction never_ends;
  std::vector<UnitOutcome> outcomes;
};

std::string ToJson(const SplitRace& race);
SplitRace ReadSplitRace(const std::string& json);  // Throws std::exception where it is none.
// Of a program as it was searched; one unit.
SplitRace SplitRaceOf(const Program& program, bool sorts_clients, bool keeps_arrivals);

std::string ToJson(const WorkUnit& unit);
std::string ToJson(const UnitResult& result);

// A mistake names the file.
std::variant<WorkUnit, Mistake> ReadWorkUnit(const std::string& path);
std::variant<UnitResult, Mistake> ReadUnitResult(const std::string& path);

// The race that a unit is a part of. A mistake: this program reads it differently.
std::variant<ProgramRef, std::vector<Mistake>> ProgramOf(const SplitRace& race);
// Whether two files are parts of one search.
bool AreOfOneSearch(const SplitRace& a, const SplitRace& b);

}  // namespace nextkey
