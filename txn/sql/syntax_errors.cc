#include "txn/sql/syntax_errors.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

#include "grammar.h"
#include "txn/sql/expression_builder.h"
#include "txn/sql/keywords.h"
#include "txn/sql/similar_words.h"
#include "txn/sql/unsupported.h"

namespace nextkey::sql {
namespace {

using Code = GrammarParser::token;

// Longer statements get no suggestions: each one costs a parse.
constexpr std::size_t kLongestSuggestedFor = 20'000;
constexpr std::size_t kMostExpected = 6;

std::string_view SourceOf(const std::string& text, const Token& token) {
  return std::string_view(text).substr(token.place.begin, token.place.end - token.place.begin);
}

std::string Quoted(std::string_view word) { return "\"" + std::string(word) + "\""; }

std::string NameOfToken(const std::string& text, const Token& token) {
  constexpr std::size_t kLongestShown = 40;
  if (token.code == Code::T_END_OF_TEXT) return "end of the statement";
  const std::string_view source = SourceOf(text, token);
  if (token.code == Code::T_STRING && source.size() <= kLongestShown) return std::string(source);
  if (source.size() <= kLongestShown) return Quoted(source);
  std::size_t end = kLongestShown;
  while (end > 0 && (static_cast<unsigned char>(source[end]) & 0xc0) == 0x80) --end;  // Whole characters.
  return Quoted(std::string(source.substr(0, end)) + "...");
}

// --- What was meant -------------------------------------------------------------------------------

struct Suggestion {
  std::size_t token = 0;
  std::string_view word;
  std::size_t reached = 0;  // How far the statement is understood with it.
  std::size_t distance = 0;
};

// The token at which the parse stops, or their number when all is well.
std::size_t Reach(const std::string& text, const std::vector<Token>& tokens, ParseGoal goal) {
  ParseState state(text, tokens, goal);
  GrammarParser(state).parse();
  if (state.syntax_error()) return state.syntax_error()->token;
  return state.error() ? state.taken() : tokens.size();
}

// Tries keywords that look like the unexpected word, or like the one before it (`select a form t`
// stops at t): one that brings the parser further was probably meant.
std::optional<Suggestion> FindSuggestion(std::size_t unexpected, const std::string& text,
                                         std::vector<Token> tokens, ParseGoal goal) {
  if (tokens.size() > kLongestSuggestedFor) return std::nullopt;
  std::optional<Suggestion> best;
  for (const std::size_t place : {unexpected, unexpected - 1}) {
    if (place >= tokens.size() || tokens[place].code != Code::T_NAME) continue;
    const std::string word = ToLower(SourceOf(text, tokens[place]));
    const Token original = tokens[place];
    for (const Keyword& keyword : Keywords()) {
      if (keyword.token == Code::T_RESERVED || !IsSlipOf(word, keyword.word)) continue;
      tokens[place].code = keyword.token;
      const Suggestion found{.token = place,
                             .word = keyword.word,
                             .reached = Reach(text, tokens, goal),
                             .distance = EditDistance(word, keyword.word)};
      tokens[place] = original;
      if (found.reached <= unexpected) continue;
      const bool is_better = !best || found.reached > best->reached ||
                             (found.reached == best->reached && found.distance < best->distance);
      if (is_better) best = found;
    }
  }
  return best;
}

// --- What was expected ----------------------------------------------------------------------------

using Symbols = std::vector<int>;

// What could stand behind a beginning that we know.
Symbols ExpectedAfter(std::vector<int> codes) {
  std::vector<Token> tokens;
  for (const int code : codes) tokens.push_back(Token{.code = code, .place = {}, .text = "x"});
  tokens.push_back(Token{.code = Code::T_RESERVED, .place = {}, .text = {}});
  tokens.push_back(Token{});
  const std::string text;
  ParseState state(text, tokens, ParseGoal::kStatement);
  GrammarParser(state).parse();
  Symbols expected = state.syntax_error() ? state.syntax_error()->expected : Symbols{};
  std::sort(expected.begin(), expected.end());
  return expected;
}

// Takes `group` out of `expected` when all of it is there.
bool TakeGroup(Symbols& expected, const Symbols& group) {
  if (group.empty() || !std::includes(expected.begin(), expected.end(), group.begin(), group.end()))
    return false;
  Symbols rest;
  std::set_difference(expected.begin(), expected.end(), group.begin(), group.end(), std::back_inserter(rest));
  expected = std::move(rest);
  return true;
}

std::string NameOfSymbol(int symbol) {
  const std::string name = GrammarParser::symbol_name(static_cast<GrammarParser::symbol_kind_type>(symbol));
  const bool is_sign = !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) == 0;
  return is_sign ? Quoted(name) : name;
}

std::string DescribeExpected(Symbols expected) {
  std::sort(expected.begin(), expected.end());
  std::vector<std::string> names;
  if (expected == ExpectedAfter({})) return "a statement";
  const std::vector<int> column = {Code::T_CREATE, Code::T_TABLE, Code::T_NAME, Code::T_OPEN, Code::T_NAME};
  if (expected == ExpectedAfter(column)) return "a type";
  if (expected == ExpectedAfter({column.begin(), column.end() - 1})) return "a column or a key";
  if (expected == ExpectedAfter({Code::T_SELECT})) return "an expression or \"*\"";
  if (expected == ExpectedAfter({Code::T_DO, Code::T_NAME, Code::T_OPEN, Code::T_INTEGER, Code::T_AS})) {
    return "a type";
  }
  const bool takes_expression =
      TakeGroup(expected, ExpectedAfter({Code::T_DO})) ||
      TakeGroup(expected, ExpectedAfter({Code::T_DO, Code::T_INTEGER, Code::T_EQUAL})) ||
      TakeGroup(expected, ExpectedAfter({Code::T_DO, Code::T_INTEGER, Code::T_PLUS})) ||
      TakeGroup(expected, ExpectedAfter({Code::T_DO, Code::T_MINUS}));
  if (takes_expression) names.emplace_back("an expression");
  if (TakeGroup(expected, ExpectedAfter({Code::T_USE}))) names.emplace_back("a name");
  // Behind BETWEEN there are fewer of them.
  for (const std::vector<int>& beginning :
       {std::vector<int>{Code::T_DO, Code::T_INTEGER},
        std::vector<int>{Code::T_DO, Code::T_INTEGER, Code::T_BETWEEN, Code::T_INTEGER}}) {
    Symbols operators = ExpectedAfter(beginning);
    std::erase_if(operators, [&](int symbol) {
      return symbol == GrammarParser::symbol_kind::S_COMMA ||
             symbol == GrammarParser::symbol_kind::S_SEMICOLON ||
             symbol == GrammarParser::symbol_kind::S_YYEOF ||
             (symbol == GrammarParser::symbol_kind::S_AND && beginning.size() > 2);
    });
    if (TakeGroup(expected, operators)) {
      names.emplace_back("an operator");
      break;
    }
  }
  // A point or := could go on almost everywhere; nobody looks for them.
  const auto is_hardly_meant = [](int symbol) {
    return symbol == GrammarParser::symbol_kind::S_POINT || symbol == GrammarParser::symbol_kind::S_ASSIGN;
  };
  Symbols likely = expected;
  std::erase_if(likely, is_hardly_meant);
  if (!likely.empty() || !names.empty()) expected = std::move(likely);
  for (const int symbol : expected) names.push_back(NameOfSymbol(symbol));
  if (names.empty() || names.size() > kMostExpected) return {};
  std::string list = names.front();
  for (std::size_t i = 1; i < names.size(); ++i) {
    list += (i + 1 == names.size() ? " or " : ", ") + names[i];
  }
  return list;
}

// --- Special cases --------------------------------------------------------------------------------

std::vector<std::string> LowerWords(const std::string& text, const std::vector<Token>& tokens,
                                    std::size_t end) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < std::min(end, tokens.size()); ++i) {
    words.push_back(ToLower(SourceOf(text, tokens[i])));
  }
  return words;
}

std::optional<ParseError> ExplainIsolationLevel(std::size_t unexpected, const std::string& text,
                                                const std::vector<Token>& tokens) {
  constexpr std::array<std::string_view, 4> kLevels = {"read uncommitted", "read committed",
                                                       "repeatable read", "serializable"};
  const std::vector<std::string> words = LowerWords(text, tokens, tokens.size() - 1);
  std::size_t begin = 0;
  for (std::size_t i = 2; i <= std::min(unexpected, words.size()); ++i) {
    if (words[i - 2] == "isolation" && words[i - 1] == "level") begin = i;
  }
  if (begin == 0 || unexpected > begin + 1) return std::nullopt;
  std::size_t end = begin;
  while (end < words.size() && words[end] != "," && words[end] != ";") ++end;
  if (end == begin) return std::nullopt;
  const TextRange place{.begin = tokens[begin].place.begin, .end = tokens[end - 1].place.end};
  std::string given;
  for (std::size_t i = begin; i < end; ++i) given += (i == begin ? "" : " ") + words[i];
  const auto distance_to = [&](std::string_view level) {
    return level.starts_with(given) || given.starts_with(level) ? 0 : EditDistance(given, level);
  };
  const std::string_view nearest = *std::min_element(
      kLevels.begin(), kLevels.end(),
      [&](std::string_view a, std::string_view b) { return distance_to(a) < distance_to(b); });
  std::string message =
      "unknown isolation level " + Quoted(text.substr(place.begin, place.end - place.begin));
  message += distance_to(nearest) * 2 < given.size()
                 ? "; did you mean " + Quoted(nearest) + "?"
                 : ", expected READ UNCOMMITTED, READ COMMITTED, REPEATABLE READ or SERIALIZABLE";
  return ParseError{.place = place, .message = std::move(message)};
}

// A reserved word that stands where a name would do.
bool IsMeantAsName(const SyntaxError& error, const std::string& text, const std::vector<Token>& tokens) {
  const Token& token = tokens[error.token];
  if (token.code == Code::T_NAME || !FindKeyword(SourceOf(text, token))) return false;
  const auto expects = [&](int symbol) {
    return std::find(error.expected.begin(), error.expected.end(), symbol) != error.expected.end();
  };
  if (!expects(GrammarParser::symbol_kind::S_NAME)) return false;
  if (!expects(GrammarParser::symbol_kind::S_INTEGER)) return true;
  // In an expression many words could be slips of another kind: NOT, INTERVAL.
  constexpr std::array<int, 8> kBehindNames = {Code::T_COMMA, Code::T_CLOSE,      Code::T_POINT,
                                               Code::T_EQUAL, Code::T_FROM,       Code::T_SEMICOLON,
                                               Code::T_DESC,  Code::T_END_OF_TEXT};
  const int next = tokens[std::min(error.token + 1, tokens.size() - 1)].code;
  return std::find(kBehindNames.begin(), kBehindNames.end(), next) != kBehindNames.end();
}

}  // namespace

ParseError Explain(const SyntaxError& error, const std::string& text, const std::vector<Token>& tokens,
                   ParseGoal goal) {
  const Token& token = tokens[error.token];
  const std::vector<std::string> words = LowerWords(text, tokens, error.token + 8);
  const std::vector<std::string_view> views(words.begin(), words.end());
  if (goal == ParseGoal::kStatement) {
    if (const auto feature = RecogniseUnsupported(views, error.token)) {
      return ParseError{.place = token.place,
                        .message = "not supported yet: " + std::string(NameOf(*feature))};
    }
  }
  if (auto level = ExplainIsolationLevel(error.token, text, tokens)) return *level;
  if (tokens.size() == 1 || tokens[0].code == Code::T_SEMICOLON) {
    return ParseError{.place = token.place, .message = "there is no statement here"};
  }
  if (const auto meant = FindSuggestion(error.token, text, tokens, goal)) {
    const Token& misspelt = tokens[meant->token];
    return ParseError{.place = misspelt.place,
                      .message = "unexpected " + NameOfToken(text, misspelt) + "; did you mean " +
                                 Quoted(meant->word) + "?"};
  }
  if (error.token > 0 && tokens[error.token - 1].code == Code::T_SEMICOLON) {
    return ParseError{.place = token.place,
                      .message = "unexpected " + NameOfToken(text, token) +
                                 " behind the semicolon: one statement at a time"};
  }
  std::string message = "unexpected " + NameOfToken(text, token);
  const std::string expected = DescribeExpected(error.expected);
  if (!expected.empty()) {
    message += ", expected " + expected;
  } else if (error.token > 0) {
    message += " after " + NameOfToken(text, tokens[error.token - 1]);
  }
  if (words[0] == "set" && words[error.token] == "read") {
    message += "; write 'READ-COMMITTED' and 'REPEATABLE-READ' in quotes";
  } else if (IsMeantAsName(error, text, tokens)) {
    message += "; to use this reserved word as a name write it in backticks";
  }
  return ParseError{.place = token.place, .message = std::move(message)};
}

}  // namespace nextkey::sql
