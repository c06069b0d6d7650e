// What the generated parser carries along: the statement's tokens, how far it got, what it made, and
// why it stopped.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "txn/sql/ast.h"
#include "txn/sql/parser.h"
#include "txn/sql/token.h"
#include "txn/sql/unsupported.h"

namespace nextkey::sql {

// The grammar was not met at a token. Codes of what it would have taken, unless nobody asked.
struct SyntaxError {
  std::size_t token = 0;
  std::vector<int> expected;  // The grammar's symbols, not token codes.
};

enum class ParseGoal : std::uint8_t { kStatement, kExpression };

class ParseState {
 public:
  ParseState(const std::string& text, const std::vector<Token>& tokens, ParseGoal goal)
      : text_(text), tokens_(tokens), goal_(goal) {}

  // For the lexer side of the parser: the next token, after one that tells the goal; the end once
  // the parse has failed.
  const Token* Next();
  ParseGoal goal() const { return goal_; }
  bool is_started() const { return is_started_; }
  void Start() { is_started_ = true; }

  // --- For the grammar's actions.
  std::string_view Source(TextRange range) const {
    return std::string_view(text_).substr(range.begin, range.end - range.begin);
  }
  // The parse has failed; the first failure stays. Actions go on with what they have.
  void Fail(TextRange place, std::string message);
  void Refuse(TextRange place, Feature feature);
  void FailSyntax(std::vector<int> expected);

  StatementBody body;
  ExprRef expression;

  bool HasFailed() const { return error_.has_value() || syntax_error_.has_value(); }
  const std::optional<ParseError>& error() const { return error_; }
  const std::optional<SyntaxError>& syntax_error() const { return syntax_error_; }
  // Tokens taken, the one that was looked at included.
  std::size_t taken() const { return taken_; }

 private:
  const std::string& text_;
  const std::vector<Token>& tokens_;
  ParseGoal goal_;
  bool is_started_ = false;
  std::size_t taken_ = 0;
  std::optional<ParseError> error_;
  std::optional<SyntaxError> syntax_error_;
};

}  // namespace nextkey::sql
