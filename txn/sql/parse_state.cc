#include "txn/sql/parse_state.h"

#include <algorithm>
#include <utility>

namespace nextkey::sql {

const Token* ParseState::Next() {
  if (error_) return &tokens_.back();
  const Token* token = &tokens_[std::min(taken_, tokens_.size() - 1)];
  ++taken_;
  return token;
}

void ParseState::Fail(TextRange place, std::string message) {
  if (HasFailed()) return;
  error_ = ParseError{.place = place, .message = std::move(message)};
}

void ParseState::Refuse(TextRange place, Feature feature) {
  Fail(place, "not supported yet: " + std::string(NameOf(feature)));
}

void ParseState::FailSyntax(std::vector<int> expected) {
  if (HasFailed()) return;
  syntax_error_ =
      SyntaxError{.token = std::min(taken_ - 1, tokens_.size() - 1), .expected = std::move(expected)};
}

}  // namespace nextkey::sql
