#include "sim/race/parser.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "grammar.h"
#include "sim/race/check.h"
#include "sim/race/lexer.h"
#include "sim/race/race_builder.h"
#include "sim/race/syntax_errors.h"
#include "sim/text.h"

namespace nextkey {
namespace {

using race::Problem;
using race::RaceBuilder;
using race::Token;
using race::TokenList;

constexpr std::size_t kMostShown = 1000;  // Nobody reads more, and each costs a walk to its line.

// Where the parser can go on behind an error: the next line that begins an item, behind `start`.
std::size_t NextItem(const std::vector<Token>& tokens, std::size_t start, std::size_t error) {
  for (std::size_t at = std::max(start + 1, error); at + 1 < tokens.size(); ++at) {
    const Token& token = tokens[at];
    if (token.begins_line && !token.is_in_braces && race::BeginsItem(token.code)) return at;
  }
  return tokens.size() - 1;
}

// True when the whole file was derived.
bool Parse(RaceBuilder& builder, const std::vector<Token>& tokens) {
  bool is_right = true;
  std::size_t start = 0;
  while (true) {
    is_right = race::Grammar(builder).parse() == 0 && is_right;
    if (!builder.syntax_error) return is_right;
    builder.problems.push_back(race::Explain(*builder.syntax_error, builder.file.source.text, tokens));
    start = NextItem(tokens, start, builder.syntax_error->token);
    if (start + 1 >= tokens.size() || builder.problems.size() > kMostShown) return false;
    builder.ContinueAt(start);
  }
}

std::vector<Mistake> ToMistakes(const SourceFile& source, std::vector<Problem> problems) {
  const auto key = [](const Problem& problem) { return std::tie(problem.offset, problem.message); };
  std::stable_sort(problems.begin(), problems.end(),
                   [&](const Problem& a, const Problem& b) { return key(a) < key(b); });
  problems.erase(std::unique(problems.begin(), problems.end(),
                             [&](const Problem& a, const Problem& b) { return key(a) == key(b); }),
                 problems.end());
  problems.resize(std::min(problems.size(), kMostShown));
  std::vector<Mistake> mistakes;
  for (Problem& problem : problems) {
    mistakes.push_back(MistakeAt(source.name, source.text, problem.offset, std::move(problem.message),
                                 std::move(problem.remedy)));
  }
  return mistakes;
}

}  // namespace

RaceFileOrMistakes ReadRaceFile(SourceFile source) {
  const std::string& text = source.text;
  const TokenList list = race::Tokenize(text);
  if (!list.problems.empty()) return ToMistakes(source, list.problems);
  RaceBuilder builder(source, list.tokens);
  const bool is_right = Parse(builder, list.tokens);
  builder.file.story = OpeningComment(text);
  if (is_right) {
    const bool was_clean = builder.problems.empty();
    race::CheckNames(builder, builder.problems);
    race::CheckValues(builder.file, builder.problems);
    if (was_clean && builder.problems.empty()) race::CheckRequests(builder.file, builder.problems);
  }
  if (!builder.problems.empty()) return ToMistakes(source, std::move(builder.problems));
  return std::move(builder.file);
}

RaceFileOrMistakes ReadRaceFile(const std::string& path) {
  std::variant<SourceFile, Mistake> source = ReadSourceFile(path);
  if (Mistake* mistake = std::get_if<Mistake>(&source)) return std::vector<Mistake>{std::move(*mistake)};
  return ReadRaceFile(std::get<SourceFile>(std::move(source)));
}

}  // namespace nextkey
