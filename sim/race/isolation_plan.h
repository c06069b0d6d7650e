// A spec of isolationtester, made ready to be played: its sessions, and the orders of their steps.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "sim/mistake.h"
#include "sim/race/ast.h"

namespace nextkey {

// More orders than these are not played; the mistake says to name some.
inline constexpr std::size_t kMostPermutations = 10'000;

struct SpecBlock {
  std::vector<sql::StatementRef> statements;
  std::size_t offset = 0;  // In the file.
};

struct SpecStep {
  std::string name;
  std::string sql;  // As it stands between the braces, without blanks at its ends.
  std::vector<sql::StatementRef> statements;
  std::size_t offset = 0;
};

struct SpecSession {
  std::string name;
  SpecBlock setup;
  std::vector<SpecStep> steps;
  std::vector<sql::StatementRef> teardown;
};

// A marker: what else must have happened before a step is reported as completed.
struct SpecMarker {
  StepMarker::Kind kind = StepMarker::Kind::kStar;
  std::size_t session = 0;  // Of the other step; neither is set for a star.
  std::size_t step = 0;     // Place in its session.
  std::size_t warnings = 0;
};

struct SpecEntry {
  std::size_t session = 0;
  std::size_t step = 0;  // Place in its session.
  std::vector<SpecMarker> markers;
};
using SpecOrder = std::vector<SpecEntry>;

struct IsolationPlan {
  std::vector<SpecBlock> setup;
  std::vector<SpecSession> sessions;
  std::vector<sql::StatementRef> teardown;
  std::vector<SpecOrder> orders;  // The permutations; without any, every order of the steps.
};

// Mistakes: a block that holds more than SQL, too many orders.
std::variant<IsolationPlan, std::vector<Mistake>> PlanIsolationSpec(const RaceFile& spec);

}  // namespace nextkey
