#include "sim/race/syntax_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "grammar.h"
#include "sim/race/did_you_mean.h"
#include "sim/text.h"

namespace nextkey::race {
namespace {

using Kind = Grammar::symbol_kind;
using Code = Grammar::token;

constexpr std::size_t kLongestShown = 40;
constexpr std::size_t kMostExpected = 6;

std::string NameOfToken(std::string_view text, const Token& token) {
  if (token.code == Code::T_END_OF_FILE) return "end of the file";
  std::string_view source = text.substr(token.place.begin, token.place.end - token.place.begin);
  if (source.empty()) return "end of the block";
  const std::size_t line_end = std::min(source.find_first_of("\r\n"), source.size());
  if (line_end == source.size() && source.size() <= kLongestShown) {
    return source.front() == '"' ? std::string(source) : fmt::format("\"{}\"", source);
  }
  std::size_t end = std::min(line_end, kLongestShown);
  while (end > 0 && end < source.size() && (static_cast<unsigned char>(source[end]) & 0xc0) == 0x80) --end;
  return fmt::format("\"{}..\"", source.substr(0, end));
}

std::string NameOfSymbol(int symbol) {
  return Grammar::symbol_name(static_cast<Grammar::symbol_kind_type>(symbol));
}

bool Contains(const std::vector<int>& symbols, int symbol) {
  return std::find(symbols.begin(), symbols.end(), symbol) != symbols.end();
}

// Words of ours, which a name may be as well.
bool IsOwnWord(int symbol) { return symbol >= Kind::S_RACE && symbol <= Kind::S_NOTICES; }
bool IsWord(int symbol) { return symbol >= Kind::S_PERMUTATION && symbol <= Kind::S_NOTICES; }
bool IsInBlock(const std::vector<int>& expected) { return Contains(expected, Kind::S_SQL); }

// Where a file's item may begin.
bool TakesItem(const std::vector<int>& expected) {
  return Contains(expected, Kind::S_RACE) && Contains(expected, Kind::S_CLIENT) &&
         !Contains(expected, Kind::S_WORD);
}

// A word that would be right here and looks like the one that stands here, or stands before it.
std::string Meant(std::string_view text, const Token& token, const std::vector<int>& expected) {
  if (token.code != Code::T_WORD) return {};
  std::vector<std::string> words;
  for (const int symbol : expected) {
    if (IsWord(symbol)) words.push_back(NameOfSymbol(symbol));
  }
  return Nearest(text.substr(token.place.begin, token.place.end - token.place.begin), words);
}

std::string Quoted(int symbol) {
  const std::string name = NameOfSymbol(symbol);
  const bool is_description = name.starts_with("a ") || name.starts_with("an ") || name.starts_with("the ");
  return is_description ? name : fmt::format("\"{}\"", name);
}

std::string Expected(std::vector<int> expected) {
  std::vector<std::string> names;
  if (TakesItem(expected)) {
    std::erase_if(expected, [](int symbol) { return IsWord(symbol) && symbol != Kind::S_STEP; });
    names.emplace_back("a new item (client, fix, invariant ..)");
    if (expected.size() > 3) return names.front();
  } else if (IsInBlock(expected)) {
    return Contains(expected, Kind::S_SQL_END) ? "a statement or \"END\"" : "a statement or \"}\"";
  } else if (Contains(expected, Kind::S_WORD)) {
    std::erase_if(expected, [](int symbol) { return IsOwnWord(symbol) || symbol == Kind::S_QUOTED; });
  }
  std::erase_if(expected, [](int symbol) { return symbol == Kind::S_YYEOF; });
  for (const int symbol : expected) names.push_back(Quoted(symbol));
  if (names.empty() || names.size() > kMostExpected) return {};
  std::string list = names.front();
  for (std::size_t i = 1; i < names.size(); ++i) list += (i + 1 == names.size() ? " or " : ", ") + names[i];
  return list;
}

// What people write who know MySQL's stored programs or another race format.
std::string Remedy(const SyntaxError& error, std::string_view text, const std::vector<Token>& tokens) {
  const Token& token = tokens[error.token];
  const int before = error.token > 0 ? tokens[error.token - 1].code : 0;
  const auto expects = [&](int symbol) { return Contains(error.expected, symbol); };
  if (before == Code::T_SQL_FAIL) return "FAIL takes a reason in quotes: FAIL 'out of stock';";
  if (expects(Kind::S_SQL_THEN)) return "A condition ends with THEN: IF @stock < 1 THEN .. END IF;";
  if (expects(Kind::S_SQL_DO)) return "A condition ends with DO: WHILE @i < 3 DO .. END WHILE;";
  if (expects(Kind::S_SQL_END) && token.code == Code::T_CLOSE_BRACE) {
    return "An IF ends with END IF; and a WHILE with END WHILE;";
  }
  if (before == Code::T_SQL_END && expects(Kind::S_SQL_IF)) return "An IF ends with END IF;";
  if (before == Code::T_SQL_END && expects(Kind::S_SQL_WHILE)) return "A WHILE ends with END WHILE;";
  const bool is_in_call = token.is_in_braces && (expects(Kind::S_POINT) || expects(Kind::S_OPEN));
  if (before == Code::T_SQL_CALL || is_in_call) {
    return "A call looks like this: CALL service.operation(arguments) INTO @x;";
  }
  if (before == Code::T_ISOLATION) return "Write it behind `isolation`: isolation read committed";
  if (before == Code::T_INVARIANT) {
    return "An invariant begins with its sentence: invariant \"stock is never negative\" { SELECT .. }";
  }
  if (expects(Kind::S_STEP) && !TakesItem(error.expected)) {
    return token.code == Code::T_OPEN_BRACE ? "The steps of a client stand without braces around them."
                                            : "A client has at least one step: step NAME { .. }";
  }
  if (token.code == Code::T_STRANGE && text[token.place.begin] == '`') {
    return "Names stand without quotes here, or in \"..\".";
  }
  return {};
}

}  // namespace

Problem Explain(const SyntaxError& error, std::string_view text, const std::vector<Token>& tokens) {
  const Token& token = tokens[error.token];
  for (const std::size_t place : {error.token, error.token - 1}) {
    if (place >= tokens.size()) continue;
    const std::string meant = Meant(text, tokens[place], error.expected);
    if (meant.empty()) continue;
    return Problem{
        tokens[place].place.begin,
        fmt::format("unexpected {}; did you mean \"{}\"?", NameOfToken(text, tokens[place]), meant),
        {}};
  }
  std::string message = "unexpected " + NameOfToken(text, token);
  const std::string expected = Expected(error.expected);
  if (!expected.empty()) {
    message += ", expected " + expected;
  } else if (error.token > 0) {
    message += " after " + NameOfToken(text, tokens[error.token - 1]);
  }
  return Problem{token.place.begin, std::move(message), Remedy(error, text, tokens)};
}

}  // namespace nextkey::race
