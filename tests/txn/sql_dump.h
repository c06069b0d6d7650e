// Parsed statements as compact s-expressions, for tests of the parser:
//     (select (1 + (b * 2)) -> [(+ 1 (* b 2))]).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "txn/sql/ast.h"

namespace nextkey::sql {

std::string Dump(const Expr& expression);
std::string Dump(const Statement& statement);

// Parse and dump; `error 7-12: message` where it does not parse.
std::string DumpStatement(std::string_view text);
std::string DumpExpression(std::string_view text);

struct Example {
  std::string_view text;
  std::string_view tree;  // Or the error.
};

void ExpectStatements(const std::vector<Example>& examples);
void ExpectExpressions(const std::vector<Example>& examples);

}  // namespace nextkey::sql
