// The steps of a request once a fix is applied: which ones, in which order, and what stands around
// them. Points into the race file and copies none of it.
//
// Items of a fix take effect one after the other, those of a fix that it uses in its place. A step
// that an earlier item inserted can be named, one that it removed can't. `around` counts when all else
// is done; a later one that covers the same steps stands outside.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/race/ast.h"
#include "sim/race/lexer.h"

namespace nextkey::race {

struct PlannedStep {
  Name name;
  const Block* block = nullptr;
  bool is_of_fix = false;  // Replaced or inserted.
};

struct PlannedScope {
  std::size_t first = 0;  // Places in `steps`; both are inside.
  std::size_t last = 0;
  const Block* enter = nullptr;
  const Block* leave = nullptr;
};

struct PlannedRequest {
  std::vector<PlannedStep> steps;
  std::vector<PlannedScope> scopes;
};

// One request a client template, in their order. `fix` may be null: the race as it is. What names
// nothing is told to `problems` and left out.
std::vector<PlannedRequest> PlanRequests(const RaceFile& file, const Fix* fix,
                                         std::vector<Problem>& problems);

// With those that it uses, each once, in the order of their effect. Circles are told.
std::vector<const FixItem*> ItemsOf(const RaceFile& file, const Fix& fix, std::vector<Problem>& problems);

}  // namespace nextkey::race
