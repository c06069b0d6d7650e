// Cuts a race file into the tokens of grammar.y.
//
// Outside of blocks these are words, names, numbers and signs. A block of SQL is cut into statements,
// conditions, and the words that steer between them; SQL itself stays uncut, for sql::ParseStatement.
// The words of our own (client, fix, result ..) may be names as well: which one is meant is the
// grammar's business, but for a permutation without braces, whose end nothing marks. There such a word
// is a step if one was declared under that name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "txn/sql/ast.h"

namespace nextkey::race {

struct Token {
  int code = 0;  // The grammar's token code; 0: the end.
  sql::TextRange place;
  std::string text;          // Names and texts without their quotes; conditions and SQL as written.
  bool begins_line = false;  // The first one on its line.
  bool is_in_braces = false;
};

// Becomes a Mistake.
struct Problem {
  std::size_t offset = 0;
  std::string message;
  std::string remedy;
};

struct TokenList {
  std::vector<Token> tokens;      // The last one is the end.
  std::vector<Problem> problems;  // Where there are any, tokens may be missing.
};

// Requires: at most 4 GiB, as SourceFile promises.
TokenList Tokenize(std::string_view text);

// Begins something at the top of a file: `client`, `fix`, .. .
bool BeginsItem(int token_code);

}  // namespace nextkey::race
