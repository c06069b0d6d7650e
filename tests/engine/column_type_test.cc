// Storing into columns, case by case as MariaDB 10.11.19 does in strict mode; and the texts of
// values.
#include "engine/column_type.h"

#include <gtest/gtest.h>

namespace nextkey {
namespace {

ColumnType Type(TypeKind kind, std::uint32_t length = 0, std::uint8_t scale = 0) {
  ColumnType type;
  type.kind = kind;
  type.length = length;
  type.scale = scale;
  return type;
}

ColumnType Unsigned(ColumnType type) {
  type.is_unsigned = true;
  return type;
}

std::string Stored(const ColumnType& type, const Value& value) {
  const std::variant<Value, StoreError> stored = StoreInto(type, value);
  if (const auto* kept = std::get_if<Value>(&stored)) return kept->ToText();
  switch (std::get<StoreError>(stored)) {
    case StoreError::kOutOfRange:
      return "1264";
    case StoreError::kTooLong:
      return "1406";
    case StoreError::kIncorrectInteger:
      return "1366";
    case StoreError::kTruncated:
      return "1265";
    case StoreError::kIncorrectTime:
      return "1292";
  }
  return "";
}

std::string StoredText(const ColumnType& type, std::string text) {
  return Stored(type, Value::Text(std::move(text)));
}

Value Dec(std::string_view text) { return Value::OfDecimal(*ParseDecimal(text)); }
Value Point(std::string_view text) { return *ParseDateTime(text); }

using TextCases = std::initializer_list<std::pair<const char*, const char*>>;

void ExpectTexts(const ColumnType& type, TextCases cases) {
  for (const auto& [given, kept] : cases)
    EXPECT_EQ(StoredText(type, given), kept) << TypeName(type) << " '" << given << "'";
}

TEST(StoreInto, WholeNumbersFromTexts) {
  ExpectTexts(Type(TypeKind::kInt),
              {{"abc", "1366"},  {"", "1366"},     {" ", "1366"},    {"12abc", "1265"},
               {" 12 ", "12"},   {"1.5", "2"},     {"2.5", "3"},     {"-1.5", "-2"},
               {"1e3", "1000"},  {"1e", "1265"},   {"1 2", "1265"},  {"2147483648", "1264"},
               {"1e30", "1264"}, {".", "1366"},    {"-", "1366"},    {".5", "1"},
               {"+7", "7"},      {"0x1F", "1265"}, {"5.5a", "1265"}, {"99999999999999999999", "1264"}});
  ExpectTexts(Unsigned(Type(TypeKind::kInt)), {{"-1", "1264"}, {"4294967295", "4294967295"}});
}

TEST(StoreInto, WholeNumbersFromNumbers) {
  const ColumnType type = Type(TypeKind::kInt);
  EXPECT_EQ(Stored(type, Dec("2.5")), "3");
  EXPECT_EQ(Stored(type, Dec("-0.5")), "-1");
  EXPECT_EQ(Stored(type, Value::Double(2.5)), "2");
  EXPECT_EQ(Stored(type, Value::Double(1.5)), "2");
  EXPECT_EQ(Stored(type, Value::Double(-2.5)), "-2");
  EXPECT_EQ(Stored(type, Value::Double(1e30)), "1264");
  EXPECT_EQ(Stored(type, Value::Int(-2147483649)), "1264");
  EXPECT_EQ(Stored(type, Point("2024-01-02")), "20240102");
  EXPECT_EQ(Stored(type, Point("2024-01-02 03:04:05")), "1264");
  EXPECT_EQ(Stored(type, *ParseTime("10:11:12")), "101112");
  EXPECT_EQ(Stored(type, Value::Null()), "NULL");
  EXPECT_EQ(Stored(Unsigned(type), Dec("-0.4")), "1264");
  EXPECT_EQ(Stored(Unsigned(type), Value::Double(-0.4)), "0");
  EXPECT_EQ(std::get<Value>(StoreInto(Unsigned(type), Value::Int(1))).kind(), ValueKind::kUnsigned);
}

struct RangeCase {
  TypeKind kind;
  bool is_unsigned;
  const char* least;
  const char* most;
};

TEST(StoreInto, EveryWholeTypeEndsWhereTheManualSays) {
  const RangeCase cases[] = {{TypeKind::kTinyInt, false, "-128", "127"},
                             {TypeKind::kTinyInt, true, "0", "255"},
                             {TypeKind::kSmallInt, false, "-32768", "32767"},
                             {TypeKind::kSmallInt, true, "0", "65535"},
                             {TypeKind::kMediumInt, false, "-8388608", "8388607"},
                             {TypeKind::kMediumInt, true, "0", "16777215"},
                             {TypeKind::kInt, false, "-2147483648", "2147483647"},
                             {TypeKind::kInt, true, "0", "4294967295"},
                             {TypeKind::kBigInt, false, "-9223372036854775808", "9223372036854775807"},
                             {TypeKind::kBigInt, true, "0", "18446744073709551615"}};
  for (const RangeCase& c : cases) {
    ColumnType type = Type(c.kind);
    type.is_unsigned = c.is_unsigned;
    SCOPED_TRACE(TypeName(type));
    EXPECT_EQ(StoredText(type, c.least), c.least);
    EXPECT_EQ(StoredText(type, c.most), c.most);
    EXPECT_EQ(Stored(type, Value::OfDecimal(*AddDecimal(*ParseDecimal(c.most), {1, 0}))), "1264");
    EXPECT_EQ(Stored(type, Value::OfDecimal(*SubtractDecimal(*ParseDecimal(c.least), {1, 0}))), "1264");
    EXPECT_EQ(Stored(type, Value::OfDecimal(*AddDecimal(*ParseDecimal(c.most), {5, 1}))), "1264");
  }
}

TEST(StoreInto, Decimals) {
  const ColumnType type = Type(TypeKind::kDecimal, 5, 2);
  ExpectTexts(type, {{"abc", "1366"},
                     {"", "1366"},
                     {"12abc", "1265"},
                     {"1.2.3", "1265"},
                     {"1e2", "100.00"},
                     {" 1 ", "1.00"},
                     {"1000", "1264"},
                     {"1.239abc", "1265"}});
  EXPECT_EQ(Stored(type, Dec("999.994")), "999.99");
  EXPECT_EQ(Stored(type, Dec("999.995")), "1264");
  EXPECT_EQ(Stored(type, Dec("-1.005")), "-1.01");
  EXPECT_EQ(Stored(type, Value::Double(1.005)), "1.01");
  EXPECT_EQ(Stored(Unsigned(type), Dec("-0.001")), "1264");
  EXPECT_EQ(Stored(Type(TypeKind::kDecimal), Dec("1.5")), "2");
  EXPECT_EQ(Stored(Type(TypeKind::kDecimal), Dec("9999999999")), "9999999999");
  EXPECT_EQ(Stored(Type(TypeKind::kDecimal), Dec("10000000000")), "1264");
  EXPECT_EQ(Stored(Type(TypeKind::kDecimal, 20, 3), Point("2024-01-02 03:04:05.678")), "20240102030405.678");
}

TEST(StoreInto, Doubles) {
  ExpectTexts(Type(TypeKind::kDouble),
              {{"abc", "1366"}, {"", "1366"}, {"12abc", "1265"}, {"1e400", "1264"}, {"1.5 ", "1.5"}});
  EXPECT_EQ(Stored(Unsigned(Type(TypeKind::kDouble)), Value::Int(-1)), "1264");
  const ColumnType type = Type(TypeKind::kFloat);
  EXPECT_EQ(Stored(type, Dec("0.1")), "0.1");
  EXPECT_EQ(Stored(type, Value::Double(1e39)), "1264");
  EXPECT_EQ(Stored(type, Value::Int(16777217)), "16777200");
  EXPECT_EQ(Stored(type, Dec("1.23456789")), "1.23457");
}

TEST(StoreInto, Texts) {
  ExpectTexts(Type(TypeKind::kVarchar, 3), {{"abcd", "1406"},
                                            {"abc ", "abc"},
                                            {"abc  ", "abc"},
                                            {"abc x", "1406"},
                                            {"a ", "a "},
                                            {"\u00e4\u00f6\u00fc", "\u00e4\u00f6\u00fc"}});
  ExpectTexts(Type(TypeKind::kChar, 3),
              {{"abcd", "1406"}, {"abc ", "abc"}, {"a ", "a"}, {"", ""}, {"  a", "  a"}});
  const ColumnType type = Type(TypeKind::kVarchar, 3);
  EXPECT_EQ(Stored(type, Value::Int(123)), "123");
  EXPECT_EQ(Stored(type, Value::Int(1234)), "1406");
  EXPECT_EQ(Stored(type, Dec("1.50")), "1406");
  EXPECT_EQ(Stored(type, Value::Double(1)), "1");
  EXPECT_EQ(Stored(Type(TypeKind::kText), Value::Text("a ")), "a ");
}

TEST(StoreInto, Dates) {
  ExpectTexts(Type(TypeKind::kDate), {{"2024-01-02", "2024-01-02"},
                                      {"2024-01-02 03:04:05.678", "2024-01-02"},
                                      {"2024-02-30", "1292"},
                                      {"2024-13-01", "1292"},
                                      {"abc", "1292"},
                                      {"", "1292"},
                                      {"2024-01-02abc", "1292"},
                                      {"2024-01-02 abc", "1292"},
                                      {"20240102", "2024-01-02"},
                                      {"240102", "2024-01-02"},
                                      {"24-1-2", "2024-01-02"},
                                      {"2024/1/2", "2024-01-02"},
                                      {"2024.1.2", "2024-01-02"},
                                      {"70-01-01", "1970-01-01"},
                                      {"69-01-01", "2069-01-01"},
                                      {"0999-01-01", "0999-01-01"},
                                      {"0001-01-01", "0001-01-01"},
                                      {" 2024-01-02 ", "2024-01-02"},
                                      {"2024-1-2 3", "2024-01-02"},
                                      {"2024-01", "1292"},
                                      {"2024-01-02 25:00:00", "1292"},
                                      {"10000-01-01", "1292"},
                                      {"0000-00-00", "1292"},
                                      {"1-1-1", "0001-01-01"}});
  const ColumnType type = Type(TypeKind::kDate);
  EXPECT_EQ(Stored(type, Value::Int(240102)), "2024-01-02");
  EXPECT_EQ(Stored(type, Value::Int(20240102030405)), "2024-01-02");
  EXPECT_EQ(Stored(type, Dec("20240102.7")), "2024-01-02");
  EXPECT_EQ(Stored(type, Value::Int(99)), "1292");
  EXPECT_EQ(Stored(type, Dec("1.5")), "1292");
}

TEST(StoreInto, DateTimes) {
  ExpectTexts(Type(TypeKind::kDateTime), {{"2024-01-02", "2024-01-02 00:00:00"},
                                          {"2024-01-02 23:59:59.5", "2024-01-02 23:59:59"},
                                          {"2024-01-02T03:04:05", "2024-01-02 03:04:05"},
                                          {"2024-01-02 3:4:5", "2024-01-02 03:04:05"},
                                          {"2024-01-02 3:4", "2024-01-02 03:04:00"},
                                          {"2024-01-02 03:", "2024-01-02 03:00:00"},
                                          {"2024-01-02 03-04-05", "2024-01-02 03:04:05"},
                                          {"2024-01-02  03:04:05", "2024-01-02 03:04:05"},
                                          {"2024-01-02 03:04:60", "1292"},
                                          {"2024-01-02 24:00:00", "1292"},
                                          {"20240102030405", "2024-01-02 03:04:05"},
                                          {"20240102030405.7", "2024-01-02 03:04:05"},
                                          {"240102030405", "2024-01-02 03:04:05"},
                                          {"2024010203", "1292"},
                                          {"202401020304", "1292"},
                                          {"2024-01-02 03:04:05abc", "1292"},
                                          {"2024-01-02 03:04:05+02:00", "1292"},
                                          {"2024-01-02T03:04:05Z", "1292"},
                                          {"9999-12-31 23:59:59.5", "9999-12-31 23:59:59"}});
  ExpectTexts(Type(TypeKind::kDateTime, 0, 3), {{"2024-01-02 03:04:05.6785", "2024-01-02 03:04:05.678"},
                                                {"2024-01-02 03:04:05", "2024-01-02 03:04:05.000"}});
  ExpectTexts(Type(TypeKind::kDateTime, 0, 6),
              {{"2024-01-02 03:04:05.1234567", "2024-01-02 03:04:05.123456"}});
  EXPECT_EQ(Stored(Type(TypeKind::kDateTime), Dec("20240102030405.7")), "2024-01-02 03:04:05");
}

TEST(StoreInto, TimestampsEndIn2038) {
  ExpectTexts(Type(TypeKind::kTimestamp), {{"1970-01-01 00:00:00", "1292"},
                                           {"1970-01-01 00:00:01", "1970-01-01 00:00:01"},
                                           {"2038-01-19 03:14:07", "2038-01-19 03:14:07"},
                                           {"2038-01-19 03:14:07.5", "2038-01-19 03:14:07"},
                                           {"2038-01-19 03:14:08", "1292"},
                                           {"1969-01-01", "1292"}});
  ExpectTexts(Type(TypeKind::kTimestamp, 0, 6),
              {{"2038-01-19 03:14:07.999999", "2038-01-19 03:14:07.999999"}});
}

TEST(StoreInto, Times) {
  ExpectTexts(Type(TypeKind::kTime), {{"10:11:12", "10:11:12"},
                                      {"10:11", "10:11:00"},
                                      {"101112", "10:11:12"},
                                      {"1 10:11:12", "34:11:12"},
                                      {"12", "00:00:12"},
                                      {"-10:11:12.5", "-10:11:12"},
                                      {"839:00:00", "1292"},
                                      {"abc", "1292"},
                                      {"10:61:00", "1292"},
                                      {"", "1292"},
                                      {"10:11:12abc", "1292"},
                                      {"838:59:59.6", "838:59:59"},
                                      {"2024-01-02 03:04:05", "03:04:05"}});
  const ColumnType type = Type(TypeKind::kTime);
  EXPECT_EQ(Stored(type, Value::Int(101112)), "10:11:12");
  EXPECT_EQ(Stored(type, Dec("1.5")), "00:00:01");
  EXPECT_EQ(Stored(type, Value::Int(8396060)), "1292");
  EXPECT_EQ(Stored(type, Point("2024-01-02 03:04:05.7")), "03:04:05");
  EXPECT_EQ(Stored(type, Point("2024-01-02")), "00:00:00");
  EXPECT_EQ(StoredText(Type(TypeKind::kTime, 0, 3), "10:11:12.3456"), "10:11:12.345");
}

TEST(TypeName, AsShowCreateTable) {
  EXPECT_EQ(TypeName(Type(TypeKind::kInt)), "int(11)");
  EXPECT_EQ(TypeName(Unsigned(Type(TypeKind::kInt))), "int(10) unsigned");
  EXPECT_EQ(TypeName(Unsigned(Type(TypeKind::kInt, 5))), "int(5) unsigned");
  EXPECT_EQ(TypeName(Type(TypeKind::kTinyInt, 1)), "tinyint(1)");
  EXPECT_EQ(TypeName(Unsigned(Type(TypeKind::kTinyInt))), "tinyint(3) unsigned");
  EXPECT_EQ(TypeName(Type(TypeKind::kSmallInt)), "smallint(6)");
  EXPECT_EQ(TypeName(Unsigned(Type(TypeKind::kMediumInt))), "mediumint(8) unsigned");
  EXPECT_EQ(TypeName(Unsigned(Type(TypeKind::kBigInt))), "bigint(20) unsigned");
  EXPECT_EQ(TypeName(Type(TypeKind::kDecimal)), "decimal(10,0)");
  EXPECT_EQ(TypeName(Unsigned(Type(TypeKind::kDecimal, 7, 3))), "decimal(7,3) unsigned");
  EXPECT_EQ(TypeName(Type(TypeKind::kVarchar, 20)), "varchar(20)");
  EXPECT_EQ(TypeName(Type(TypeKind::kDateTime, 0, 6)), "datetime(6)");
  EXPECT_EQ(TypeName(Type(TypeKind::kTimestamp)), "timestamp");
}

}  // namespace
}  // namespace nextkey
