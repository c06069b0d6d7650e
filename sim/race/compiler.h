// From the steps of a client to one flat list of instructions.
#pragma once

#include <string>
#include <vector>

#include "sim/mistake.h"
#include "sim/race/program.h"
#include "sim/race/program_draft.h"

namespace nextkey {

// What names in a race file may mean.
struct CompileContext {
  const RaceFile* file = nullptr;
  const std::vector<ServiceConfiguration>* services = nullptr;
  const std::vector<std::string>* servers = nullptr;
  std::vector<Mistake>* mistakes = nullptr;

  void AddMistake(std::size_t offset, std::string message, std::string remedy) const;
};

void CompileSteps(const CompileContext& context, const DraftTemplate& drafted, ProgramTemplate& compiled);

// A block that runs outside of all schedules: SQL alone.
std::vector<PlacedStatement> CompileStatements(const CompileContext& context, const Block& block);
PlacedStatement CompileStatement(const CompileContext& context, const SqlAction& action);

// Null: a mistake was added.
SessionExpressionRef CompileExpression(const CompileContext& context, const LocalExpression& expression);

}  // namespace nextkey
