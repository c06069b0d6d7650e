// Decimal arithmetic against a real server: each row is an expression that MariaDB 10.11.19 was
// asked for, and its answer.
#include "engine/decimal.h"

#include <gtest/gtest.h>

namespace nextkey {
namespace {

Decimal Number(std::string_view text) {
  const std::optional<Decimal> number = ParseDecimal(text);
  EXPECT_TRUE(number.has_value()) << text;
  return number.value_or(Decimal{});
}

std::string TextOf(const std::optional<Decimal>& number) {
  return number ? DecimalToText(*number) : "overflow";
}

using Operation = std::optional<Decimal> (*)(const Decimal&, const Decimal&);

std::optional<Decimal> Divide(const Decimal& a, const Decimal& b) { return DivideDecimal(a, b); }

struct Case {
  std::string_view a;
  std::string_view b;
  std::string_view result;
};

void ExpectAll(Operation operation, std::initializer_list<Case> cases) {
  for (const Case& c : cases)
    EXPECT_EQ(TextOf(operation(Number(c.a), Number(c.b))), c.result) << c.a << " " << c.b;
}

TEST(Decimal, SumsAndDifferencesHaveTheLargerScale) {
  ExpectAll(AddDecimal, {{"1.5", "2.25", "3.75"}, {"0.1", "0.2", "0.3"}, {"-1.5", "1.50", "0.00"}});
  ExpectAll(SubtractDecimal, {{"5.05", "5", "0.05"}, {"1", "1.001", "-0.001"}});
}

TEST(Decimal, ProductsHaveTheSumOfTheScales) {
  ExpectAll(MultiplyDecimal, {{"1.23", "4.5", "5.535"},
                              {"-0.5", "0.5", "-0.25"},
                              {"1.00", "1.000", "1.00000"},
                              {"123456789012.123456", "98765.4321", "12193263112460905.2703853376"}});
}

TEST(Decimal, QuotientsHaveFourMoreDigits) {
  ExpectAll(Divide, {{"10", "3", "3.3333"},
                     {"10.0", "3", "3.33333"},
                     {"1", "8", "0.1250"},
                     {"-10", "3", "-3.3333"},
                     {"2", "3.00", "0.6667"},
                     {"1.5", "0.25", "6.00000"},
                     {"100", "7.123", "14.0390"},
                     {"0", "5", "0.0000"},
                     {"0.000001", "3", "0.0000003333"},
                     {"1.0", "1000000", "0.00000"}});
  ExpectAll(DivideDecimalWhole, {{"10", "3", "3"}, {"-10", "3", "-3"}, {"10.5", "0.3", "35"}});
}

TEST(Decimal, RemaindersHaveTheSignOfTheDividend) {
  ExpectAll(ModuloDecimal, {{"10", "3", "1"},
                            {"-10", "3", "-1"},
                            {"10.5", "3", "1.5"},
                            {"-10.5", "3.25", "-0.75"},
                            {"5", "-3", "2"},
                            {"10.5", "0.3", "0.0"}});
}

TEST(Decimal, RoundsHalfAwayFromZero) {
  EXPECT_EQ(TextOf(RoundDecimal(Number("2.5"), 0)), "3");
  EXPECT_EQ(TextOf(RoundDecimal(Number("-2.5"), 0)), "-3");
  EXPECT_EQ(TextOf(RoundDecimal(Number("1.005"), 2)), "1.01");
  EXPECT_EQ(TextOf(RoundDecimal(Number("1234.567"), -2)), "1200");
  EXPECT_EQ(TextOf(TruncateDecimal(Number("-1.999"), 2)), "-1.99");
  EXPECT_EQ(TextOf(TruncateDecimal(Number("1.999"), 1)), "1.9");
  EXPECT_EQ(DecimalToText(FloorDecimal(Number("-1.5"))), "-2");
  EXPECT_EQ(DecimalToText(FloorDecimal(Number("2.0"))), "2");
  EXPECT_EQ(DecimalToText(CeilingDecimal(Number("-1.5"))), "-1");
  EXPECT_EQ(DecimalToText(CeilingDecimal(Number("2.1"))), "3");
}

TEST(Decimal, ComparesByValueWhateverTheScale) {
  EXPECT_EQ(CompareDecimal(Number("1.50"), Number("1.5")), std::strong_ordering::equal);
  EXPECT_EQ(CompareDecimal(Number("-1"), Number("0.001")), std::strong_ordering::less);
  EXPECT_EQ(
      CompareDecimal(Number("99999999999999999999999999999999999999"), Number("0.00000000000000000001")),
      std::strong_ordering::greater);
}

// 38 digits are all there is: what goes beyond is reported, digits behind the point go first.
TEST(Decimal, ReportsOverflow) {
  const Decimal largest = Number("99999999999999999999999999999999999999");
  EXPECT_EQ(AddDecimal(largest, Number("1")), std::nullopt);
  EXPECT_EQ(MultiplyDecimal(largest, Number("2")), std::nullopt);
  EXPECT_EQ(DivideDecimal(largest, Number("0.1")), std::nullopt);
  EXPECT_EQ(TextOf(MultiplyDecimal(largest, Number("1.0"))), DecimalToText(largest));
  EXPECT_EQ(ParseDecimal("100000000000000000000000000000000000000"), std::nullopt);
  EXPECT_EQ(TextOf(DivideDecimal(largest, Number("99999999999999999999999999999999999998"))), "1.0000");
}

TEST(Decimal, ReadsTheNumberAtTheBeginningOfAText) {
  EXPECT_EQ(DecimalToText(Number(" -12.50 ")), "-12.50");
  EXPECT_EQ(DecimalToText(Number("1e3")), "1000");
  EXPECT_EQ(DecimalToText(Number("1.5e-3")), "0.0015");
  EXPECT_EQ(DecimalToText(Number(".5")), "0.5");
  EXPECT_EQ(DecimalToText(Number("+7")), "7");
  for (const std::string_view text : {"", " ", "abc", ".", "-", "1 2", "12abc", "1e", "1.2.3"}) {
    EXPECT_EQ(ParseDecimal(text), std::nullopt) << text;
  }
  const DecimalPrefix prefix = ReadDecimal("12abc");
  EXPECT_EQ(DecimalToText(prefix.number), "12");
  EXPECT_EQ(prefix.rest, "abc");
}

TEST(Decimal, ConvertsFromAndToOtherNumbers) {
  EXPECT_EQ(TextOf(DecimalFromDouble(1.005)), "1.005");
  EXPECT_EQ(TextOf(DecimalFromDouble(1e20)), "100000000000000000000");
  EXPECT_EQ(DecimalFromDouble(1e39), std::nullopt);
  EXPECT_EQ(DecimalToDouble(Number("0.1")), 0.1);
  EXPECT_EQ(DecimalToDouble(Number("12345678901234567890.123")), 12345678901234567890.123);
  EXPECT_EQ(DecimalToInt(Number("-2.5")), -3);
  EXPECT_EQ(DecimalToInt(Number("9223372036854775807.5")), std::nullopt);
  EXPECT_EQ(DecimalToUnsigned(Number("18446744073709551615")), 18446744073709551615u);
  EXPECT_EQ(DecimalToUnsigned(Number("-1")), std::nullopt);
}

}  // namespace
}  // namespace nextkey
