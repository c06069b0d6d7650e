// What the generated parser carries along: the tokens, the race file as far as it was read, and what
// is wrong with it.
//
// Checks what an item alone shows: SQL that the server could not parse, expressions that look at more
// than variables, numbers without their unit. What needs the whole file is left to check.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/race/ast.h"
#include "sim/race/lexer.h"

namespace nextkey::race {

inline constexpr int kMaxBlockNesting = 32;  // IF and WHILE inside each other.

// The grammar was not met at a token.
struct SyntaxError {
  std::size_t token = 0;
  std::vector<int> expected;  // The grammar's symbols, not token codes.
};

class RaceBuilder {
 public:
  RaceBuilder(SourceFile source, const std::vector<Token>& tokens);

  // --- For the parser and what drives it.
  const Token& Next();
  void FailSyntax(std::vector<int> expected);
  // Goes on at a token, after an error.
  void ContinueAt(std::size_t token);
  std::optional<SyntaxError> syntax_error;
  std::vector<Problem> problems;
  RaceFile file;
  // Declared in vain: what uses them is no mistake of its own.
  std::vector<std::string> unknown_services;
  std::vector<std::string> unknown_results;

  void Complain(std::size_t offset, std::string message, std::string remedy) {
    problems.push_back({offset, std::move(message), std::move(remedy)});
  }

  // --- Items.
  void AddTitle(Name title, std::string sentence);
  void AddProcesses(sql::TextRange item, LocalExpression count);
  LocalExpression CheckedProcesses(LocalExpression count);
  void AddParameter(Parameter parameter) { file.parameters.push_back(std::move(parameter)); }
  void AddSetup(sql::TextRange place, Block block);
  void AddTeardown(sql::TextRange place, Block block);
  void AddService(Name name, const Name& kind, std::vector<ServiceOption> options);
  void AddClient(ClientTemplate client);
  void AddInvariant(sql::TextRange place, std::string sentence, bool is_always, Block block);
  void AddResult(Name name, Block block);
  void AddPermutation(sql::TextRange place, std::vector<PermutationStep> steps);
  // `head` holds the name and perhaps the sentence.
  void AddNamedPermutation(sql::TextRange place, std::vector<PermutationStep> head,
                           std::vector<PermutationStep> steps);
  void AddExpectation(sql::TextRange place, std::string source, Name fix, Expectation expectation,
                      Name schedule);
  Fault MakeFault(Name name, const Name& kind, Name target);

  // --- Parts.
  Name NameAt(sql::TextRange place) const;
  LocalExpression Expression(sql::TextRange place, const std::string& text);
  // A number or variable, and its unit.
  LocalExpression Time(sql::TextRange place, const std::string& quantity, const std::string& unit);
  // An expression, and its unit behind it.
  LocalExpression Duration(sql::TextRange place, const std::string& text);
  ServiceOption Option(Name name, sql::TextRange place, const std::string& quantity, const std::string& unit);
  Value NumberValue(sql::TextRange place, const std::string& number, bool is_negative);
  std::uint32_t Count(sql::TextRange place, const std::string& number);
  int ErrorNumber(sql::TextRange place, const std::string& number);
  sql::IsolationLevel Level(sql::TextRange place, const std::string& text);
  SqlAction Sql(sql::TextRange place, std::string text, Name server);
  static Retry Joined(Retry first, Retry more);
  PermutationStep QuotedStep(sql::TextRange place, std::string name, std::vector<StepMarker> markers);

  // Of IF and WHILE. False: too deep, and told so.
  bool Enter(sql::TextRange place);
  void Leave() { --nesting_; }

  template <typename T>
  void SetOnce(std::optional<T>& target, T value, sql::TextRange place, std::string_view word) {
    if (target)
      Complain(place.begin, "a second " + std::string(word) + " of the same client", "Keep one of them.");
    target = std::move(value);
  }

 private:
  // The only statement of a block that holds a query.
  std::optional<SqlAction> OnlyQuery(const Block& block, std::string_view item);
  void CheckSeesVariablesOnly(const sql::Expr& expression, std::size_t offset);

  const std::vector<Token>& tokens_;
  std::size_t taken_ = 0;
  int nesting_ = 0;
  std::vector<std::uint32_t> quoted_;  // Where quoted steps of a permutation stand.
};

}  // namespace nextkey::race
