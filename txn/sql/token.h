// A word of a statement, as the lexer cuts it.
#pragma once

#include <string>

#include "txn/sql/ast.h"

namespace nextkey::sql {

struct Token {
  int code = 0;  // The grammar's token code; 0: the end.
  TextRange place;
  std::string text;  // Names and texts: without quotes, escapes resolved. Empty for keywords.
};

}  // namespace nextkey::sql
