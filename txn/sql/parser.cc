#include "txn/sql/parser.h"

#include <cctype>
#include <string>
#include <utility>

#include "grammar.h"
#include "txn/sql/lexer.h"
#include "txn/sql/parse_state.h"
#include "txn/sql/syntax_errors.h"

namespace nextkey::sql {
namespace {

using Code = GrammarParser::token;

// Refuses before parsing what would make the parser's stack as deep as the text is long.
std::optional<ParseError> FindTooManyParentheses(const std::vector<Token>& tokens) {
  int depth = 0;
  for (const Token& token : tokens) {
    if (token.code == Code::T_OPEN && ++depth > kMaxNesting) {
      return ParseError{.place = token.place,
                        .message = "nested too deeply: at most " + std::to_string(kMaxNesting) + " levels"};
    }
    if (token.code == Code::T_CLOSE) --depth;
  }
  return std::nullopt;
}

struct Parsed {
  StatementBody body;
  ExprRef expression;
};

std::variant<Parsed, ParseError> Parse(const std::string& text, ParseGoal goal) {
  auto lexed = Tokenize(text);
  if (auto* error = std::get_if<ParseError>(&lexed)) return std::move(*error);
  const auto& tokens = std::get<std::vector<Token>>(lexed);
  if (auto error = FindTooManyParentheses(tokens)) return std::move(*error);
  ParseState state(text, tokens, goal);
  GrammarParser(state).parse();
  if (state.error()) return *state.error();
  if (state.syntax_error()) return Explain(*state.syntax_error(), text, tokens, goal);
  return Parsed{.body = std::move(state.body), .expression = std::move(state.expression)};
}

// From the first to the last token, without the semicolon.
std::string TrimmedText(const std::string& text) {
  std::size_t begin = 0;
  std::size_t end = text.size();
  const auto is_space = [&](std::size_t at) {
    return std::isspace(static_cast<unsigned char>(text[at])) != 0;
  };
  while (begin < end && is_space(begin)) ++begin;
  while (end > begin && (is_space(end - 1) || text[end - 1] == ';')) --end;
  return text.substr(begin, end - begin);
}

}  // namespace

std::variant<StatementRef, ParseError> ParseStatement(std::string_view text) {
  const std::string copy(text);
  auto parsed = Parse(copy, ParseGoal::kStatement);
  if (auto* error = std::get_if<ParseError>(&parsed)) return std::move(*error);
  return MakeStatement(std::move(std::get<Parsed>(parsed).body), TrimmedText(copy));
}

std::variant<ExprRef, ParseError> ParseExpression(std::string_view text) {
  const std::string copy(text);
  auto parsed = Parse(copy, ParseGoal::kExpression);
  if (auto* error = std::get_if<ParseError>(&parsed)) return std::move(*error);
  return std::move(std::get<Parsed>(parsed).expression);
}

}  // namespace nextkey::sql
