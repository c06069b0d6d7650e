// Finds where a statement ends in a text of many: at a semicolon that is in no text, name or comment.
//
// Knows nothing of SQL beyond that, so it also gets over statements that the parser refuses.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

#include "txn/sql/ast.h"
#include "txn/sql/parser.h"

namespace nextkey::sql {

struct SplitStatement {
  TextRange text;              // Without the semicolon, and without white space and comments around it.
  bool has_semicolon = false;  // Only the last statement can be without.
};

struct NextStatement {
  SplitStatement statement;
  std::size_t behind = 0;  // Where to look for the next one: behind the semicolon.
};

// The first statement that begins at `offset` or behind it; nullopt when there is only white space
// and comments. `/*! ... */` counts as part of a statement. A semicolon without a statement before
// it is passed over. Error: a text, name or comment without an end, with the place where it begins.
std::variant<std::optional<NextStatement>, ParseError> FindStatement(std::string_view text,
                                                                     std::size_t offset);

}  // namespace nextkey::sql
