// A race file with its fixes applied, step by step, before it is compiled: what `nextkey diff`
// compares and program.cc turns into instructions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/mistake.h"
#include "sim/race/ast.h"

namespace nextkey {

struct DraftStep {
  Name name;
  Block block;
  bool is_removed = false;  // Keeps its place: what was wrapped around it stays wrapped.
};

// Places of steps: what runs around them.
struct DraftWrap {
  std::size_t first = 0;
  std::size_t last = 0;
  Block enter;
  Block leave;
};

struct DraftTemplate {
  const ClientTemplate* source = nullptr;
  std::vector<DraftStep> steps;
  std::vector<DraftWrap> wraps;  // A later one stands around an earlier one of the same steps.
  std::optional<Retry> retry;
  std::optional<sql::IsolationLevel> isolation;
};

// Refers into the file, which has to outlive it.
struct RaceDraft {
  std::vector<DraftTemplate> templates;
  std::vector<const Block*> setup;
  std::vector<SetServer> server;
  const LocalExpression* processes = nullptr;  // Null: one.
};

RaceDraft DraftOf(const RaceFile& file);
// Applies a fix and those that it uses. Mistakes are added to `mistakes`.
void ApplyFix(RaceDraft& draft, const RaceFile& file, std::string_view fix, std::vector<Mistake>& mistakes);

}  // namespace nextkey
