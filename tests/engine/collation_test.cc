// Collations and LIKE against a real server: what MariaDB 10.11.19 says to each comparison.
#include "engine/collation.h"

#include <gtest/gtest.h>

namespace nextkey {
namespace {

constexpr auto kEqual = std::strong_ordering::equal;

struct EqualityCase {
  std::string_view a;
  std::string_view b;
  bool general;
  bool unicode;
  bool bin;
};

TEST(Collation, EqualAsTheServerSays) {
  const EqualityCase cases[] = {
      {"a", "A", true, true, false},
      {"\u00e9", "E", true, true, false},
      {"\u00df", "s", true, false, false},
      {"\u00df", "ss", false, true, false},
      {"a", "a  ", true, true, true},
      {"a", "a\t", false, false, false},
      {"\u00c4", "A", true, true, false},
      {"\u00f8", "o", false, false, false},
      {"\u00e6", "ae", false, false, false},
      {"\u0436", "\u0416", true, true, false},
      {"\u0439", "\u0438", false, false, false},
      {"\uac00", "\uac01", false, false, false},
      {"\U0001f600", "\U0001f601", true, true, false},
      {"", " ", true, true, true},
      {"i", "\u0130", true, true, false},
      {"\u0142", "l", false, false, false},
      {"\u03c3", "\u03c2", true, true, false},
      {"\u00f1", "N", true, true, false},
  };
  for (const EqualityCase& c : cases) {
    SCOPED_TRACE(std::string(c.a) + " = " + std::string(c.b));
    for (const auto& [collation, equal] :
         {std::pair{Collation::kGeneralCi, c.general}, std::pair{Collation::kUnicodeCi, c.unicode},
          std::pair{Collation::kBin, c.bin}}) {
      EXPECT_EQ(CompareText(c.a, c.b, collation) == kEqual, equal);
      EXPECT_EQ(FoldForCompare(c.a, collation) == FoldForCompare(c.b, collation), equal);
      if (equal) {
        EXPECT_EQ(FoldHead(c.a, collation), FoldHead(c.b, collation));
      }
    }
  }
}

struct OrderCase {
  std::string_view a;
  std::string_view b;
  bool general;
  bool unicode;
  bool bin;
};

TEST(Collation, SmallerAsTheServerSays) {
  const OrderCase cases[] = {{"_", "a", false, true, true},
                             {"_", "A", false, true, false},
                             {"Z", "_", true, false, true},
                             {"a", "B", true, true, false}};
  for (const OrderCase& c : cases) {
    SCOPED_TRACE(std::string(c.a) + " < " + std::string(c.b));
    EXPECT_EQ(CompareText(c.a, c.b, Collation::kGeneralCi) < 0, c.general);
    EXPECT_EQ(CompareText(c.a, c.b, Collation::kUnicodeCi) < 0, c.unicode);
    EXPECT_EQ(CompareText(c.a, c.b, Collation::kBin) < 0, c.bin);
  }
}

// Heads may be equal for different texts, but never in the wrong order.
TEST(Collation, HeadsKeepTheOrder) {
  const std::string_view texts[] = {"",     " ", "a",  "A",     "ab",     "abc",    "abcd",
                                    "abce", "b", "\t", "a\t",   "\u00e9", "\uac00", "\U0001f600",
                                    "zz",   "_", "0",  "00001", "00002",  "a b",    "a  b"};
  for (const Collation collation : {Collation::kGeneralCi, Collation::kUnicodeCi, Collation::kBin}) {
    for (const std::string_view a : texts) {
      for (const std::string_view b : texts) {
        if (FoldHead(a, collation) < FoldHead(b, collation)) {
          EXPECT_TRUE(CompareText(a, b, collation) < 0) << a << " " << b;
        }
      }
    }
  }
}

struct LikeCase {
  std::string_view text;
  std::string_view pattern;
  bool matches;
};

TEST(Collation, LikeAsTheServerSays) {
  const LikeCase cases[] = {{"abc", "A%", true},
                            {"abc", "a_c", true},
                            {"abc", "%", true},
                            {"", "%", true},
                            {"", "", true},
                            {"abc", "", false},
                            {"abc", "ab", false},
                            {"ab ", "ab", false},
                            {"ab", "ab ", false},
                            {"a%c", "a\\%c", true},
                            {"abc", "a\\%c", false},
                            {"abcabc", "%bc", true},
                            {"abcabc", "%b%a%", true},
                            {"\u00e9", "E", true},
                            {"\u65e5\u672c\u8a9e", "\u65e5_\u8a9e", true},
                            {"\u65e5\u672c\u8a9e", "\u65e5__\u8a9e", false},
                            {"aaab", "%ab", true},
                            {"a\\", "a\\\\", true},
                            {"%", "\\%", true},
                            {"abc", "%%c", true},
                            {"abc", "_%_", true},
                            {"ab", "_%_%_", false},
                            {"\u00df", "s", true}};
  for (const LikeCase& c : cases) {
    EXPECT_EQ(MatchesLike(c.text, c.pattern, Collation::kGeneralCi), c.matches)
        << c.text << " like " << c.pattern;
  }
  EXPECT_TRUE(MatchesLike("a_c", "a|_c", Collation::kGeneralCi, U'|'));
  EXPECT_FALSE(MatchesLike("abc", "a|_c", Collation::kGeneralCi, U'|'));
  EXPECT_FALSE(MatchesLike("abc", "A%", Collation::kBin));
}

TEST(Collation, CountsAndMapsCharacters) {
  EXPECT_EQ(CharacterLength("\u65e5\u672c\u8a9e\u00e9\U0001f600"), 5u);
  EXPECT_EQ(CharacterPrefix("\u65e5\u672c\u8a9e", 2), "\u65e5\u672c");
  EXPECT_EQ(UpperText("stra\u00dfe \u00e9\u00e0 \u0436\u044f \u00f1"),
            "STRA\u00dfE \u00c9\u00c0 \u0416\u042f \u00d1");
  EXPECT_EQ(LowerText("\u00c9\u00c0 \u0416\u042f \u00d1\u0130\u0141 ABC"),
            "\u00e9\u00e0 \u0436\u044f \u00f1i\u0142 abc");
  EXPECT_TRUE(IsValidUtf8("\u65e5"));
  EXPECT_FALSE(IsValidUtf8("a\xff"));
  EXPECT_EQ(CharacterLength("a\xff"), 2u);
}

}  // namespace
}  // namespace nextkey
