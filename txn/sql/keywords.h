// The words of SQL: which word is which token, and which are too special to be names.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace nextkey::sql {

struct Keyword {
  std::string_view word;  // In lower case.
  int token = 0;          // The grammar's token code.
};

// All keywords, sorted. Words that are reserved on a server but mean nothing to our grammar are
// among them: like there, they are names only in backticks.
std::span<const Keyword> Keywords();

// In any case of letters; nullopt: an ordinary name.
std::optional<int> FindKeyword(std::string_view word);

}  // namespace nextkey::sql
