// The commands of the program: each takes its options from the command line and runs when it is
// named. The work itself is done elsewhere (replay_command.h, race_command.h, ..).
#pragma once

#include <CLI/CLI.hpp>

namespace nextkey {

// Each adds its commands to `app`. The one that is named runs at the end of parsing, and leaves its
// exit code in `exit_code`, which must live as long as `app`.
void AddReplay(CLI::App& app, int& exit_code);   // replay
void AddRaces(CLI::App& app, int& exit_code);    // race, races, diff
void AddExplore(CLI::App& app, int& exit_code);  // explore, merge
void AddTables(CLI::App& app, int& exit_code);   // claims, rules

}  // namespace nextkey
