// Widths on a terminal: Korean syllables take two columns, accents that combine none.
#include "sim/display_width.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nextkey {
namespace {

using ::testing::ElementsAre;

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("seat"), 4u);
  EXPECT_EQ(DisplayWidth("좌석"), 4u);
  EXPECT_EQ(DisplayWidth("é"), 1u);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1u);  // An e and a combining accent.
  EXPECT_EQ(DisplayWidth("…"), 1u);
}

TEST(DisplayWidth, ClipsBetweenCharacters) {
  EXPECT_EQ(ClipToWidth("좌석예약", 8), "좌석예약");
  EXPECT_EQ(ClipToWidth("좌석예약", 7), "좌석예…");
  EXPECT_EQ(ClipToWidth("좌석예약", 6), "좌석…");  // Half a syllable does not fit.
  EXPECT_EQ(ClipToWidth("abc", 0), "");
}

TEST(DisplayWidth, PadsToColumns) {
  EXPECT_EQ(PadRight("좌석", 6), "좌석  ");
  EXPECT_EQ(PadLeft("좌석", 6), "  좌석");
  EXPECT_EQ(PadLeft("12345", 3), "12345");
}

TEST(WrapWords, BreaksAtSpaces) {
  EXPECT_THAT(WrapWords("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(WrapWords("one two three", 8, 2), ElementsAre("one two", "  three"));
  EXPECT_THAT(WrapWords("", 8), ElementsAre(""));
}

TEST(WrapWords, CutsWordsThatAreTooLong) {
  EXPECT_THAT(WrapWords("abcdefghij", 4), ElementsAre("abcd", "efgh", "ij"));
  EXPECT_THAT(WrapWords("좌석예약", 5), ElementsAre("좌석", "예약"));
}

TEST(WrapSql, BreaksInFrontOfClauses) {
  EXPECT_THAT(WrapSql("select id from seat where id = 1", 40, 2),
              ElementsAre("select id from seat where id = 1"));
  EXPECT_THAT(WrapSql("select id from seat where id = 1", 24, 2),
              ElementsAre("select id from seat", "  where id = 1"));
  EXPECT_THAT(WrapSql("select * from seat where id = 1 for update", 24, 2),
              ElementsAre("select * from seat", "  where id = 1", "  for update"));
}

TEST(WrapSql, NeverExceedsTheWidth) {
  const std::string sql = "insert into reservation (reservation_id, seat_id, booked_by) values (1, 2, '" +
                          std::string(90, 'x') + "')";
  for (std::size_t width = 20; width < 120; ++width) {
    for (const std::string& line : WrapSql(sql, width, 2)) EXPECT_LE(DisplayWidth(line), width) << line;
  }
}

TEST(MakePrintable, HidesWhatSteersATerminal) {
  EXPECT_EQ(MakePrintable("a\nb\tc"), "a\\nb\\tc");
  EXPECT_EQ(MakePrintable("\x1b[31mred"), "?[31mred");
  EXPECT_EQ(MakePrintable("\xC2\x9B"
                          "31m"),
            "?31m");
  EXPECT_EQ(MakePrintable("\xFF"), "?");
  EXPECT_EQ(MakePrintable("좌석"), "좌석");
}

}  // namespace
}  // namespace nextkey
