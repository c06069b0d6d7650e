// No text exhausts the stack: deep nesting is refused with its place, long chains are taken or
// refused, and nothing that was made on the way is too deep to be destroyed.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

#include "txn/sql/parser.h"

namespace nextkey::sql {
namespace {

constexpr int kMany = 100'000;

std::string Repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string MessageOf(const std::string& text) {
  const auto parsed = ParseStatement(text);
  const auto* error = std::get_if<ParseError>(&parsed);
  return error != nullptr ? error->message : "ok";
}

TEST(SqlNesting, DeepNestingIsRefused) {
  const std::string refused = "nested too deeply: at most 200 levels";
  EXPECT_EQ(MessageOf("select " + Repeated("(", kMany) + "1" + Repeated(")", kMany)), refused);
  EXPECT_EQ(MessageOf("select " + Repeated("not ", kMany) + "1"), refused);
  EXPECT_EQ(MessageOf("select " + Repeated("!", kMany) + "1"), refused);
  EXPECT_EQ(MessageOf("select " + Repeated("- ", kMany) + "a"), refused);
  EXPECT_EQ(MessageOf("select " + Repeated("case when ", kMany) + "1" + Repeated(" then 1 end", kMany)),
            refused);
  EXPECT_EQ(MessageOf("select " + Repeated("(select ", kMany) + "1" + Repeated(")", kMany)), refused);
  EXPECT_EQ(MessageOf("select " + Repeated("@a := ", kMany) + "1"), refused);
  EXPECT_EQ(MessageOf("select " + Repeated("1 between 1 and ", kMany) + "1"), refused);
  EXPECT_EQ(MessageOf("select 1" + Repeated(" + 1", kMany)), refused);
  EXPECT_EQ(MessageOf("select 1" + Repeated(" = 1", kMany)), refused);
  EXPECT_EQ(MessageOf("select 1" + Repeated(" is null", kMany)), refused);
}

TEST(SqlNesting, ThePlaceIsWhereItBecomesTooDeep) {
  const auto parsed = ParseStatement("select " + Repeated("(", 300));
  EXPECT_EQ(std::get<ParseError>(parsed).place.begin, 7U + 200U);
}

TEST(SqlNesting, TheLimitItselfIsAllowed) {
  EXPECT_EQ(MessageOf("select " + Repeated("(", kMaxNesting) + "1" + Repeated(")", kMaxNesting)), "ok");
  EXPECT_EQ(MessageOf("select " + Repeated("not ", kMaxNesting - 2) + "a"), "ok");
  EXPECT_EQ(MessageOf("select 1" + Repeated(" + 1", kMaxNesting - 2)), "ok");
}

TEST(SqlNesting, UnclosedNestingIsAnError) {
  EXPECT_NE(MessageOf("select " + Repeated("case ", kMany)), "ok");
  EXPECT_NE(MessageOf("select " + Repeated("~", kMany)), "ok");
  EXPECT_NE(MessageOf("select " + Repeated("interval ", kMany)), "ok");
}

// AND and OR of many terms are balanced: 100,000 of them are 17 levels.
TEST(SqlNesting, LongChainsOfAndAndOrAreTaken) {
  for (const std::string_view link : {" and a = 1", " or a = 1"}) {
    const auto parsed = ParseExpression("a = 1" + Repeated(link, kMany));
    ASSERT_TRUE(std::holds_alternative<ExprRef>(parsed));
    EXPECT_LE(std::get<ExprRef>(parsed)->depth, 19);
  }
}

// A depth of 64 terms and less keeps the shape that one would draw: ((a and b) and c).
TEST(SqlNesting, ShortChainsAreLeftDeep) {
  const auto parsed = ParseExpression("a" + Repeated(" and a", 63));
  EXPECT_EQ(std::get<ExprRef>(parsed)->depth, 64);
}

TEST(SqlNesting, LongListsAreNotDeep) {
  constexpr int kMany = 20'000;
  EXPECT_EQ(MessageOf("insert into t values (0)" + Repeated(", (1)", kMany)), "ok");
  EXPECT_EQ(MessageOf("select * from t where a in (0" + Repeated(", 1", kMany) + ")"), "ok");
  EXPECT_EQ(MessageOf("select '" + Repeated("x", kMany) + "'" + Repeated(" 'y'", kMany)), "ok");
}

}  // namespace
}  // namespace nextkey::sql
