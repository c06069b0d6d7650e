// Where a mistake stands, and how it is shown.
#include "sim/mistake.h"

#include <gtest/gtest.h>

#include "sim/source_file.h"

namespace nextkey {
namespace {

TEST(PlaceOf, CountsLinesAndCharactersFromOne) {
  EXPECT_EQ(PlaceOf("ab\ncd", 0), (TextPlace{1, 1}));
  EXPECT_EQ(PlaceOf("ab\ncd", 4), (TextPlace{2, 2}));
  EXPECT_EQ(PlaceOf("ab\r\ncd", 5), (TextPlace{2, 2}));
  EXPECT_EQ(PlaceOf("좌석 x", 7), (TextPlace{1, 4}));  // Two syllables of three bytes, a space.
  EXPECT_EQ(PlaceOf("ab", 99), (TextPlace{1, 3}));
}

TEST(Mistake, PointsAtThePlace) {
  const std::string text = "begin; -- T1\nselect * form t; -- T1\n";
  EXPECT_EQ(ToText(MistakeAt("seat.sql", text, text.find("form"), "unexpected \"form\", expected FROM",
                             "Write FROM.")),
            "seat.sql:2:10: unexpected \"form\", expected FROM\n"
            "    select * form t; -- T1\n"
            "             ^\n"
            "  Write FROM.\n");
}

TEST(Mistake, SpreadsTabsAndMeasuresWideCharacters) {
  const std::string text = "\tselect '좌석' form t;";
  EXPECT_EQ(ToText(MistakeAt("a.sql", text, text.find("form"), "no", "")),
            "a.sql:1:14: no\n"
            "        select '좌석' form t;\n"
            "                      ^\n");
}

TEST(Mistake, ShowsTheNeighbourhoodInAVeryLongLine) {
  const std::string text = "select " + std::string(50000, 'a') + " form " + std::string(50000, 'b');
  const std::string shown = ToText(MistakeAt("a.sql", text, text.find("form"), "no", ""));
  EXPECT_LT(shown.size(), 400u);
  const std::size_t line = shown.find('\n') + 1;
  const std::size_t caret_line = shown.find('\n', line) + 1;
  // The sign of what was cut off is three bytes wide on the page of one column.
  EXPECT_EQ(shown.find("form") - line - 2, shown.find('^') - caret_line);
}

TEST(Mistake, DoesNotLetTheFileSteerTheTerminal) {
  const std::string text = "select '\x1b[2J' form";
  EXPECT_EQ(ToText(MistakeAt("a.sql", text, 0, "no", "")).find('\x1b'), std::string::npos);
}

TEST(Mistake, TenAreShownAndTheRestCounted) {
  const std::vector<Mistake> mistakes(13, MistakeAt("a.sql", "x", 0, "no", ""));
  EXPECT_NE(ToText(mistakes).find("3 more mistakes are not shown"), std::string::npos);
}

Mistake Refused(std::string text) {
  const std::variant<SourceFile, Mistake> source = CheckSource("a.sql", std::move(text));
  const Mistake* mistake = std::get_if<Mistake>(&source);
  return mistake == nullptr ? Mistake{} : *mistake;
}

TEST(CheckSource, AcceptsUtf8WithAndWithoutAByteOrderMark) {
  const auto source = CheckSource("a.sql", "\xEF\xBB\xBFselect '좌석';");
  EXPECT_EQ(std::get<SourceFile>(source).text, "select '좌석';");
}

TEST(CheckSource, NamesTheByteThatIsNotUtf8) {
  const Mistake mistake = Refused("select 1;\nselect '\xE9';");
  EXPECT_EQ(mistake.place, (TextPlace{2, 9}));
  EXPECT_EQ(mistake.message, "byte 0xE9 (byte 18 of the file) is not UTF-8");
}

TEST(CheckSource, RefusesBinaryData) {
  EXPECT_NE(Refused(std::string("sel\0ect", 7)).message.find("NUL byte (byte 3"), std::string::npos);
  EXPECT_NE(Refused("\xFF\xFEs\0").message.find("UTF-16"), std::string::npos);
}

TEST(CheckSource, SeesThatAFileIsCutShortInsideACharacter) {
  EXPECT_NE(Refused("select '\xEC\xA2").message.find("in the middle of a character"), std::string::npos);
}

TEST(CheckSource, RefusesWhatIsTooBig) {
  EXPECT_NE(Refused(std::string(kMostSourceBytes + 1, ' ')).message.find("larger than 64 MiB"),
            std::string::npos);
}

TEST(ReadSourceFile, SaysWhatIsWrongWithTheFile) {
  const auto missing = ReadSourceFile("/nonexistent/seat.sql");
  EXPECT_EQ(std::get<Mistake>(missing).message, "there is no such file");
  const auto folder = ReadSourceFile("/");
  EXPECT_EQ(std::get<Mistake>(folder).message, "this is a folder, not a file");
}

}  // namespace
}  // namespace nextkey
