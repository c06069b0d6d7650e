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
#include "sim/explore/searched_race.h"
#include "sim/explore/witness.h"
#include "sim/mistake.h"

namespace nextkey {

// What all parts of one search have in common.
struct SplitRace {
  SearchedRace race;
  std::uint32_t units = 1;
  std::uint64_t states_before = 0;  // That were looked at to split it.
};

struct UnitStart {
  std::string token;
  StartWeight weight;            // How many choices there were, the token says.
  std::vector<WayToStart> ways;  // `start` is not written.
};

struct WorkUnit {
  SplitRace split;
  std::uint32_t number = 1;
  std::vector<UnitStart> starts;
};

struct UnitOutcome {
  std::optional<Whole> schedules;  // Absent: infinitely many.
  Fraction probability;
  Witness witness;  // From the race's beginning.
};

struct UnitResult {
  SplitRace split;
  std::uint32_t number = 1;
  bool is_complete = false;
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t depth = 0;
  std::optional<Whole> schedules;
  Fraction never_ends;
  std::vector<UnitOutcome> outcomes;
};

std::string ToJson(const WorkUnit& unit);
std::string ToJson(const UnitResult& result);

// A mistake names the file.
std::variant<WorkUnit, Mistake> ReadWorkUnit(const std::string& path);
std::variant<UnitResult, Mistake> ReadUnitResult(const std::string& path);

}  // namespace nextkey
