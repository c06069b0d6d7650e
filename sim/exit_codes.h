// What the program's exit codes mean, and how a mistake is told.
#pragma once

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "sim/mistake.h"

namespace nextkey {

inline constexpr int kExitOk = 0;
inline constexpr int kExitMissed = 1;      // An expectation was missed, or something breaks that should not.
inline constexpr int kExitMistake = 2;     // In a file, or on the command line.
inline constexpr int kExitIncomplete = 3;  // A budget ran out, or a bound was set.

inline int Refuse(const std::vector<Mistake>& mistakes, std::ostream& err) {
  err << ToText(mistakes);
  return kExitMistake;
}

// A mistake that stands in no file.
inline Mistake OnCommandLine(std::string command, std::string message, std::string remedy) {
  Mistake mistake;
  mistake.file = std::move(command);
  mistake.message = std::move(message);
  mistake.remedy = std::move(remedy);
  return mistake;
}

}  // namespace nextkey
