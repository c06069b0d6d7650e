// `nextkey explore --split`, `nextkey explore --unit` and `nextkey merge`: one search in parts.
//
// Exit codes as `nextkey explore` has them; a unit that a budget ran out for ends with 3, and its
// result says so.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "sim/explore/explore_command.h"

namespace nextkey {

struct SplitCommand {
  ExploreCommand explore;
  std::uint32_t units = 0;  // --split
  std::string unit;         // --unit: a file.
  std::string output;       // A folder for units; a file for a result.
  bool keeps_arrivals = false;
};

int RunSplit(const SplitCommand& command, std::ostream& out, std::ostream& err);
int RunWorkUnit(const SplitCommand& command, std::ostream& out, std::ostream& err);
// With `compares` one search is run as well, and the work of both is compared.
int RunMerge(const std::vector<std::string>& files, bool compares, const ExploreCommand& command,
             std::ostream& out, std::ostream& err);

}  // namespace nextkey
