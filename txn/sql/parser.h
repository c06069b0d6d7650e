// Text to statement: one SQL statement at a time, by a generated grammar.
//
// The grammar (grammar.y, lexer.re) is the documentation of what we understand. Anything else is a
// ParseError with its place in the text and a remedy; what MySQL would take and we don't says
// "not supported yet: ...". Nesting is bounded, so that no text can exhaust the stack.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "txn/sql/ast.h"

namespace nextkey::sql {

inline constexpr int kMaxNesting = 200;  // Parentheses, subqueries and operators inside each other.

struct ParseError {
  TextRange place;      // In the text given to the parser; a caret is drawn below its beginning.
  std::string message;  // `unexpected "form", expected FROM`, without the place.
};

// `text` holds one statement, with or without its semicolon. The Statement's text is trimmed.
std::variant<StatementRef, ParseError> ParseStatement(std::string_view text);

// An expression alone, as in CHECK (...) and generated defaults.
std::variant<ExprRef, ParseError> ParseExpression(std::string_view text);

}  // namespace nextkey::sql
