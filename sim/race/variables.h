// Which session variables a statement or an expression reads and sets, and which functions it calls.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "sim/race/ast.h"

namespace nextkey::race {

struct VariableUse {
  std::vector<Name> read;     // In order, with their places in the file.
  std::set<std::string> set;  // By SELECT .. INTO, SET, :=, CALL .. INTO.
  std::set<std::string> functions;

  void Add(VariableUse more);
};

VariableUse UseOf(const SqlAction& action);
VariableUse UseOf(const LocalExpression& expression);
// What is nested in them included.
VariableUse UseOf(const Action& action);
VariableUse UseOf(const Actions& actions);

}  // namespace nextkey::race
