// Where a statement ends in a text of many.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "txn/sql/parser.h"
#include "txn/sql/statement_splitter.h"

namespace nextkey::sql {
namespace {

// All statements of a text; the last one marked with `...` when its semicolon is missing.
std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> statements;
  std::size_t offset = 0;
  for (;;) {
    const auto found = FindStatement(text, offset);
    if (const auto* error = std::get_if<ParseError>(&found)) {
      statements.push_back("error at " + std::to_string(error->place.begin) + ": " + error->message);
      return statements;
    }
    const auto& next = std::get<std::optional<NextStatement>>(found);
    if (!next) return statements;
    const TextRange range = next->statement.text;
    statements.emplace_back(text.substr(range.begin, range.end - range.begin));
    if (!next->statement.has_semicolon) statements.back() += "...";
    offset = next->behind;
  }
}

using Statements = std::vector<std::string>;

TEST(StatementSplitter, SemicolonsEndStatements) {
  EXPECT_EQ(Split("begin; select 1 ;\ncommit"), (Statements{"begin", "select 1", "commit..."}));
  EXPECT_EQ(Split(" ; ;; begin;;"), (Statements{"begin"}));
  EXPECT_EQ(Split(""), Statements{});
  EXPECT_EQ(Split(" \n -- nothing\n/* at all */"), Statements{});
}

TEST(StatementSplitter, TheTagStandsBehindTheSemicolon) {
  const std::string_view text = "select 1; -- T1, waits\ncommit; -- T2";
  const auto first = std::get<std::optional<NextStatement>>(FindStatement(text, 0));
  ASSERT_TRUE(first);
  EXPECT_EQ(text.substr(first->behind, 13), " -- T1, waits");
  EXPECT_EQ(Split(text), (Statements{"select 1", "commit"}));
}

TEST(StatementSplitter, TextsNamesAndCommentsHideSemicolons) {
  EXPECT_EQ(Split(R"(select 'a;''b\';c', "d;\"e""f", `g;h``i`; next;)"),
            (Statements{R"(select 'a;''b\';c', "d;\"e""f", `g;h``i`)", "next"}));
  EXPECT_EQ(Split("select 1 /* ; ' */ + 2 -- ; '\n + 3 # ; `\n;x;"),
            (Statements{"select 1 /* ; ' */ + 2 -- ; '\n + 3", "x"}));
  EXPECT_EQ(Split("select 2--1; select 1 --\t;\n;"), (Statements{"select 2--1", "select 1"}));
  EXPECT_EQ(Split("select '`', \"'\"; b;"), (Statements{"select '`', \"'\"", "b"}));
}

TEST(StatementSplitter, CommentsAroundAStatementAreNotPartOfIt) {
  EXPECT_EQ(Split("/* a */ begin /* b */; -- c\n # d\n commit -- e"), (Statements{"begin", "commit..."}));
}

TEST(StatementSplitter, ExecutableCommentsArePartOfIt) {
  EXPECT_EQ(Split("/*!40101 set names utf8 */; /*M! do 1 */;"),
            (Statements{"/*!40101 set names utf8 */", "/*M! do 1 */"}));
}

TEST(StatementSplitter, WhatHasNoEndIsSaidWithItsBeginning) {
  EXPECT_EQ(
      Split("begin; select 'a; b;"),
      (Statements{"begin", "error at 14: the text that begins here has no end: a closing ' is missing"}));
  EXPECT_EQ(Split("select `a; b;"),
            (Statements{"error at 7: the name that begins here has no end: a closing ` is missing"}));
  EXPECT_EQ(Split("/* a; b;"),
            (Statements{"error at 0: the comment that begins here has no end: */ is missing"}));
  EXPECT_EQ(Split("select 'a\\'"),
            (Statements{"error at 7: the text that begins here has no end: a closing ' is missing"}));
}

// What is found here parses, and what is trimmed away is no loss.
TEST(StatementSplitter, EachFindParses) {
  for (const std::string& statement :
       Split("set @a = ';'; select @a -- x\n; insert into t values ('it''s;'); ")) {
    EXPECT_TRUE(std::holds_alternative<StatementRef>(ParseStatement(statement))) << statement;
  }
}

}  // namespace
}  // namespace nextkey::sql
