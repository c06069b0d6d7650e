// `nextkey race`, `races`, `diff`, and the replay of a race's schedule.
//
// Exit codes: 0 as the file expects; 1 an expectation was missed, or something breaks that is not
// expected to; 2 a mistake in the file or on the command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

#include "sim/mistake.h"
#include "sim/race/program.h"
#include "txn/server.h"

namespace nextkey {

enum class RaceFormat : std::uint8_t {
  kTable,
  kIsolationTester,  // As PostgreSQL's isolationtester prints a spec.
};

struct RaceCommand {
  std::string race;                     // A file, or the name of a race that ships.
  std::string fix;                      // Empty: the race as it is, and all of them.
  bool only_unfixed = false;            // The race as it is alone.
  std::vector<std::string> clients;     // `3`, or `buyer=3`
  std::vector<std::string> parameters;  // `name=value`, several by commas
  std::vector<std::string> faults;
  bool uses_load_values = false;
  std::size_t schedules = 300;
  std::uint64_t seed = 1;
  std::uint64_t most_states = 20'000;  // Of the search for a verdict on all schedules.
  PurgeMode purge = PurgeMode::kEager;
  Granularity granularity = Granularity::kStatement;
  bool has_any_timing = false;
  std::uint32_t ticks = 1;
  std::optional<RaceFormat> format;  // Absent: isolationtester's for its specs, else the table.
  bool with_colour = false;
  std::size_t width = 100;
  bool as_sql = false;  // Of a replayed schedule: a tagged SQL script instead of a timeline.
};

// The race with each fix that the command asks for.
std::variant<std::vector<ProgramRef>, std::vector<Mistake>> BuildPrograms(const RaceCommand& command);

int RunRace(const RaceCommand& command, std::ostream& out, std::ostream& err);
// What ships, with the sentence of each.
int RunRaces(const RaceCommand& command, std::ostream& out);
// What the fix changes, step by step.
int RunRaceDiff(const RaceCommand& command, std::ostream& out, std::ostream& err);
// Plays the schedule that a token stands for, as a timeline or as a tagged SQL script.
int RunRaceReplay(const RaceCommand& command, const std::string& token, bool with_locks, std::ostream& out,
                  std::ostream& err);

}  // namespace nextkey
