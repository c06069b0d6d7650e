// Whether a race holds for all schedules, asked by a program: `nextkey explore` for tests.
//
// With GoogleTest: expect_schedules.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace nextkey {

struct AllSchedulesOf {
  std::string race;                                    // The text of a race file.
  std::string fix = "";                                // Empty: the race as it is.
  std::map<std::string, std::uint32_t> clients = {};   // By template; absent: the file's number.
  std::map<std::string, std::string> parameters = {};  // By name.
  std::uint64_t most_states = 2'000'000;
  unsigned jobs = 1;
};

// nullopt: every invariant holds whatever the order. Else why not: how many schedules break one, the
// simplest of them as a timeline, and its token; or a mistake in the text; or a budget that ran out.
std::optional<std::string> WhyNotForAllSchedules(const AllSchedulesOf& question);

}  // namespace nextkey
