// Values: texts as a client prints them, order, canonical bytes.
#include "engine/value.h"

#include <gtest/gtest.h>

#include "engine/cow.h"
#include "engine/decimal.h"
#include "engine/row.h"
#include "engine/temporal.h"

namespace nextkey {
namespace {

TEST(Fingerprint, IsXxh3) {
  // Known answers of XXH3_128bits with seed 0, from the reference program `xxhsum -H2`.
  EXPECT_EQ(Canonical().Digest().ToHex(), "99aa06d3014798d86001c324468d497f");
  Canonical number;
  number.Put(0x0102030405060708);
  EXPECT_EQ(number.bytes(), std::string_view("\x08\x07\x06\x05\x04\x03\x02\x01", 8));
}

TEST(Value, IsSixteenBytes) { EXPECT_EQ(sizeof(Value), 16u); }

// concat(...) on MariaDB 10.11.19.
TEST(Value, DoublesPrintAsTheServerPrintsThem) {
  EXPECT_EQ(Value::Double(1e14).ToText(), "100000000000000");
  EXPECT_EQ(Value::Double(1e15).ToText(), "1e15");
  EXPECT_EQ(Value::Double(123456789012345678.0).ToText(), "1.2345678901234568e17");
  EXPECT_EQ(Value::Double(0.00001).ToText(), "0.00001");
  EXPECT_EQ(Value::Double(1e-15).ToText(), "0.000000000000001");
  EXPECT_EQ(Value::Double(1e-16).ToText(), "1e-16");
  EXPECT_EQ(Value::Double(1.234567890123456e-5).ToText(), "0.00001234567890123456");
  EXPECT_EQ(Value::Double(1.5e300).ToText(), "1.5e300");
  EXPECT_EQ(Value::Double(-1.2345678901234567e-14).ToText(), "-0.000000000000012345678901234567");
  EXPECT_EQ(Value::Double(0.1 + 0.2).ToText(), "0.30000000000000004");
  EXPECT_EQ(Value::Double(123456789.125).ToText(), "123456789.125");
  EXPECT_EQ(Value::Double(-0.0).ToText(), "0");
}

TEST(Value, FloatsPrintSixDigits) {
  EXPECT_EQ(Value::Float(0.1F).ToText(), "0.1");
  EXPECT_EQ(Value::Float(1234567.0F).ToText(), "1234570");
  EXPECT_EQ(Value::Float(16777217.0F).ToText(), "16777200");
  EXPECT_EQ(Value::Float(1e10F).ToText(), "10000000000");
  EXPECT_EQ(Value::Float(1.5e-10F).ToText(), "0.00000000015");
  EXPECT_EQ(Value::Float(1e15F).ToText(), "1e15");
  EXPECT_EQ(Value::Float(999999.9F).ToText(), "1000000");
}

TEST(Value, OtherKindsPrint) {
  EXPECT_EQ(Value::Null().ToText(), "NULL");
  EXPECT_EQ(Value::Int(-3).ToText(), "-3");
  EXPECT_EQ(Value::Unsigned(18446744073709551615u).ToText(), "18446744073709551615");
  EXPECT_EQ(Value::OfDecimal({-50, 2}).ToText(), "-0.50");
  EXPECT_EQ(Value::OfDecimal(*ParseDecimal("12345678901234567890123456789.5")).ToText(),
            "12345678901234567890123456789.5");
  EXPECT_EQ(Value::Date(19723).ToText(), "2024-01-01");
  EXPECT_EQ(Value::DateTime(1704067200000000, 0).ToText(), "2024-01-01 00:00:00");
  EXPECT_EQ(Value::DateTime(1704067200500000, 3).ToText(), "2024-01-01 00:00:00.500");
  EXPECT_EQ(Value::Time(-3661000000, 0).ToText(), "-01:01:01");
}

TEST(Value, NullIsFirstAndKindsOfNumbersMix) {
  const auto compare = [](const Value& a, const Value& b) {
    return Value::CompareStored(a, b, Collation::kGeneralCi);
  };
  EXPECT_TRUE(compare(Value::Null(), Value::Int(-9)) < 0);
  EXPECT_TRUE(compare(Value::Null(), Value::Null()) == 0);
  EXPECT_TRUE(compare(Value::Int(-1), Value::Unsigned(18446744073709551615u)) < 0);
  EXPECT_TRUE(compare(Value::Int(2), Value::OfDecimal({20, 1})) == 0);
  EXPECT_TRUE(compare(Value::OfDecimal({15, 1}), Value::Double(1.25)) > 0);
  EXPECT_TRUE(compare(Value::Text("a"), Value::Text("A ")) == 0);
  EXPECT_TRUE(compare(Value::Date(19723), Value::DateTime(1704067200000000, 0)) == 0);
}

TEST(Value, EqualMeansTheSameKindAndBytes) {
  EXPECT_EQ(Value::Text("a"), Value::Text("a"));
  EXPECT_NE(Value::Text("a"), Value::Text("A"));
  EXPECT_NE(Value::Int(1), Value::Unsigned(1));
  EXPECT_NE(Value::OfDecimal({10, 1}), Value::OfDecimal({1, 0}));
  const Value wide = Value::OfDecimal(*ParseDecimal("12345678901234567890123456789"));
  const Value copy = wide;
  EXPECT_EQ(copy, Value::OfDecimal(*ParseDecimal("12345678901234567890123456789")));
}

TEST(Row, CopiesShareAndFingerprintsTell) {
  const auto digest = [](const Row& row) {
    Canonical canonical;
    row.PutInto(canonical);
    return canonical.Digest();
  };
  const Row row({Value::Int(1), Value::Text("a"), Value::Null()});
  const Row copy = row;
  EXPECT_EQ(&copy[0], &row[0]);
  EXPECT_EQ(copy, Row({Value::Int(1), Value::Text("a"), Value::Null()}));
  EXPECT_EQ(digest(copy), digest(row));
  EXPECT_NE(digest(row), digest(Row({Value::Int(1), Value::Text("b"), Value::Null()})));
  // Neighbours do not run together.
  EXPECT_NE(digest(Row({Value::Text("ab"), Value::Text("c")})),
            digest(Row({Value::Text("a"), Value::Text("bc")})));
  EXPECT_TRUE(Row().IsEmpty());
}

TEST(Cow, CopiesAreIndependent) {
  Cow<int> a(1);
  Cow<int> b = a;
  EXPECT_TRUE(a.IsSameAs(b));
  b.Write() = 2;
  EXPECT_EQ(*a, 1);
  EXPECT_EQ(*b, 2);
}

// Each day of 4,000 years, forth and back; three dates that every calendar knows.
TEST(Calendar, DaysAreCountedWithoutAGap) {
  EXPECT_EQ(DaysFromCivil({1970, 1, 1}), 0);
  EXPECT_EQ(DaysFromCivil({2000, 3, 1}), 11017);
  EXPECT_EQ(DaysFromCivil({2024, 1, 1}), 19723);
  std::int32_t expected = DaysFromCivil({1, 1, 1});
  for (std::int32_t year = 1; year <= 4000; ++year) {
    for (std::int32_t month = 1; month <= 12; ++month) {
      for (std::int32_t day = 1; day <= DaysInMonth(year, month); ++day, ++expected) {
        ASSERT_EQ(DaysFromCivil({year, month, day}), expected);
        const CivilDate date = CivilFromDays(expected);
        ASSERT_TRUE(date.year == year && date.month == month && date.day == day) << expected;
      }
    }
  }
}

}  // namespace
}  // namespace nextkey
