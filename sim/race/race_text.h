// A race's trials as a person reads them: one screen, a line a fix.
#pragma once

#include <string>
#include <vector>

#include "sim/race/trial.h"
#include "sim/script.h"
#include "sim/styled_text.h"

namespace nextkey {

struct RaceTextOptions {
  std::size_t width = 100;
  bool with_colour = false;
};

// `row_lock`; `(as it is)`.
std::string FixName(const Program& program);
void Put(std::string& out, const Line& line, const RaceTextOptions& options);
// A timeline's columns are the clients.
ScriptCase ClientsAsCase(const Program& program);

// What the race is about, who comes, and the parameters.
std::string RaceOpening(const Program& program, const RaceTextOptions& options);
// `buyer × 3, total_quantity = 1`
std::string ClientsAndParameters(const Program& program);
// A line a fix: verdict, schedules, how the requests ended, results, price; then what broke, with the token
// of the simplest bad schedule; then what the file expected.
std::string TrialTable(const std::vector<Trial>& trials, const RaceTextOptions& options);

}  // namespace nextkey
