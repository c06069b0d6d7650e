// What a race file must be beyond its grammar: names that mean something, values that make sense,
// variables that somebody sets, locks that somebody lets go.
//
// Each function adds what it finds to `problems`, in no particular order, and changes nothing else.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "sim/race/ast.h"
#include "sim/race/race_builder.h"

namespace nextkey::race {

// Every client finds its number here.
inline constexpr std::string_view kClientNumber = "me";
// How many requests ended so; invariants and expectations see them.
inline constexpr std::array<std::string_view, 7> kCounts = {"succeeded", "refused", "deadlocked", "timed_out",
                                                            "failed",    "died",    "stuck"};
inline bool IsCount(std::string_view name) {
  return std::find(kCounts.begin(), kCounts.end(), name) != kCounts.end();
}

// Names: two of the same, and those that mean nothing.
void CheckNames(const RaceBuilder& read, std::vector<Problem>& problems);
// Counts, times, options, what an invariant or a result asks.
void CheckValues(const RaceFile& file, std::vector<Problem>& problems);
// What each request does with each fix: variables that nobody sets, locks that nobody lets go,
// loops without an end, statements that can't be reached. Requires: the names are right.
void CheckRequests(const RaceFile& file, std::vector<Problem>& problems);

}  // namespace nextkey::race
