// How expressions are understood: precedence, literals, names, operators and calls.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/txn/sql_dump.h"
#include "txn/sql/parser.h"

namespace nextkey::sql {
namespace {

// Each tree, written out with all its parentheses, gives the same result on MariaDB 10.11 as the
// text without them; random expressions were compared in the same way.
TEST(SqlExpression, OperatorsBindAsOnAServer) {
  ExpectExpressions({
      {"1 or 0 and 0", "(or 1 (and 0 0))"},
      {"1 or 0 xor 1", "(or 1 (xor 0 1))"},
      {"not 1 = 2", "(not (= 1 2))"},
      {"! 1 = 2", "(= (not 1) 2)"},
      {"not 1 between 0 and 0", "(not (between 1 0 0))"},
      {"1 = 2 in (2)", "(= 1 (in 2 2))"},
      {"5 like 5 like 1", "(like (like 5 5) 1)"},
      {"1 like 7 not in (null, 0)", "(like 1 (not (in 7 NULL 0)))"},
      {"2 between 1 and 3 between 0 and 1", "(between 2 1 (between 3 0 1))"},
      {"0 = 1 is true", "(true? (= 0 1))"},
      {"1 is null is null", "(null? (null? 1))"},
      {"1 = 1 = 1", "(= (= 1 1) 1)"},
      {"2 + 3 & 1", "(& (+ 2 3) 1)"},
      {"1 | 2 ^ 3", "(| 1 (^ 2 3))"},
      {"-2 ^ 3", "(^ -2 3)"},
      {"10 - 5 - 2", "(- (- 10 5) 2)"},
      {"7 div 2 * 3 mod 4 % 3", "(% (% (* (div 7 2) 3) 4) 3)"},
      {"1 << 2 << 1", "(<< (<< 1 2) 1)"},
      {"1 || 0 && 0", "(or 1 (and 0 0))"},
      {"1 and 2 and 3 or 4", "(or (and (and 1 2) 3) 4)"},
      {"~1 + 1", "(+ (~ 1) 1)"},
      {"- - 1", "1"},
      {"2--1", "(- 2 -1)"},
      {"a = @x := 3 or 1", "(= a (@x:= (or 3 1)))"},
  });
}

// && is AND, but not the one of BETWEEN: MariaDB answers 1064.
TEST(SqlExpression, BetweenTakesTheWordAnd) {
  EXPECT_EQ(DumpExpression("2 between 1 && 3"),
            "error 12-14: unexpected \"&&\", expected an operator or AND");
}

TEST(SqlExpression, LiteralsAreOfTheSmallestKindThatHoldsThem) {
  ExpectExpressions({
      {"5", "5"},
      {"-5", "-5"},
      {"9223372036854775807", "9223372036854775807"},
      {"9223372036854775808", "9223372036854775808u"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"18446744073709551615", "18446744073709551615u"},
      {"18446744073709551616", "18446744073709551616d"},
      {"-18446744073709551615", "-18446744073709551615d"},
      {"1.50", "1.50d"},
      {".5", "0.5d"},
      {"5.", "5d"},
      {"1e3", "1000e"},
      {"2.5E-1", "0.25e"},
      {"0x1F", "31"},
      {"b'101'", "5"},
      {"0b11", "3"},
      {"x'4a4B'", "'JK'"},
      {"'it''s'", "'it's'"},
      {"\"say \"\"hi\"\"\"", "'say \"hi\"'"},
      {"'a\\tb\\\\c\\'d\\%e\\_'", "'a\tb\\c'd\\%e\\_'"},
      {"'a' 'b'  \"c\"", "'abc'"},
      {"_utf8mb4'x'", "'x'"},
      {"N'y'", "'y'"},
      {"true", "1"},
      {"null", "NULL"},
      {"date '2024-02-29'", "date:2024-02-29"},
      {"timestamp '2024-01-02 03:04:05.5'", "datetime:2024-01-02 03:04:05.5"},
      {"timestamp '2024-01-02'", "datetime:2024-01-02 00:00:00"},
      {"time '10:20:30'", "time:10:20:30"},
      {"time '-1:02'", "time:-01:02:00"},
  });
}

TEST(SqlExpression, NamesVariablesAndPredicates) {
  ExpectExpressions({
      {"t.a", "t.a"},
      {"db.t.a", "t.a"},
      {"`odd ``name`", "odd `name"},
      {"t.order", "t.order"},
      {"@@autocommit", "@@autocommit"},
      {"@@SESSION.Autocommit", "@@session.autocommit"},
      {"@@global.x", "@@global.x"},
      {"@Name", "@name"},
      {"@'my var'", "@my var"},
      {"a in (1, 2)", "(in a 1 2)"},
      {"(a, b) in ((1, 2), (3, 4))", "(in (row a b) (row 1 2) (row 3 4))"},
      {"a not in (select 1)", "(not (in-query a (select 1[1])))"},
      {"exists (select 1 from t)", "(exists (select 1[1] (from t)))"},
      {"(select 1)", "(query (select 1[1]))"},
      {"a not between 1 and 2", "(not (between a 1 2))"},
      {"a like 'x!_' escape '!'", "(like a 'x!_' '!')"},
      {"a is not null", "(not (null? a))"},
      {"a is unknown", "(null? a)"},
      {"a is not true", "(not (true? a))"},
      {"a <=> null", "(<=> a NULL)"},
  });
}

TEST(SqlExpression, CallsAndWhatLooksLikeOne) {
  ExpectExpressions({
      {"case a when 1 then 'x' when 2 then 'y' else 'z' end", "(case of else a 1 'x' 2 'y' 'z')"},
      {"case when a then b end", "(case a b)"},
      {"cast(a as signed)", "(cast bigint(20) a)"},
      {"cast(a as unsigned integer)", "(cast bigint(20) unsigned a)"},
      {"cast(a as char(3))", "(cast char(3) a)"},
      {"cast(a as decimal(5,2))", "(cast decimal(5,2) a)"},
      {"convert(a, datetime(3))", "(cast datetime(3) a)"},
      {"convert(a using utf8mb4)", "(cast char(0) a)"},
      {"binary a", "(cast char(0) bin a)"},
      {"a collate utf8mb4_bin", "(cast char(0) bin a)"},
      {"a + interval 1 day", "(+ day a 1)"},
      {"interval 2 hour + a - interval '1:30' minute_second", "(- minute_second (+ hour a 2) '1:30')"},
      {"date_add(a, interval b month)", "(+ month a b)"},
      {"subdate(a, interval 1 day)", "(- day a 1)"},
      {"adddate(a, 5)", "(adddate a 5)"},
      {"extract(day from a)", "(extract 'day' a)"},
      {"timestampdiff(SECOND, a, b)", "(timestampdiff 'second' a b)"},
      {"substring('abc' from 2 for 1)", "(substring 'abc' 2 1)"},
      {"now()", "(now)"},
      {"current_timestamp", "(now)"},
      {"CURRENT_TIMESTAMP(6)", "(now 6)"},
      {"current_date", "(curdate)"},
      {"utc_timestamp()", "(utc_timestamp)"},
      {"count(*)", "(count *)"},
      {"count(distinct a, b)", "(count distinct a b)"},
      {"SUM(all a)", "(sum a)"},
      {"group_concat(a)", "(group_concat a)"},
      {"if(a, 1, 2)", "(if a 1 2)"},
      {"coalesce(a, b, 0)", "(coalesce a b 0)"},
      {"left(a, 2)", "(left a 2)"},
      {"row(1, 2) = (1, 2)", "(= (row 1 2) (row 1 2))"},
      {"values(a) + default(b)", "(+ (values a) (default b))"},
      {"value(a)", "(values a)"},
      {"get_lock('seat', 10)", "(get_lock 'seat' 10)"},
  });
}

// `select` and every keyword that a server does not reserve (information_schema.keywords, each tried).
TEST(SqlExpression, WordsThatAreNotReservedAreNames) {
  for (const std::string_view word :
       {"action",    "after",    "begin",   "bool",  "comment",   "commit",      "count",
        "date",      "datetime", "do",      "end",   "engine",    "escape",      "first",
        "flush",     "global",   "level",   "local", "mode",      "modify",      "name",
        "names",     "no",       "offset",  "only",  "position",  "row",         "rows",
        "savepoint", "serial",   "session", "share", "signed",    "skip",        "start",
        "status",    "tables",   "text",    "time",  "timestamp", "transaction", "truncate",
        "type",      "unknown",  "user",    "value", "version",   "wait",        "work"}) {
    EXPECT_EQ(DumpExpression(word), word);
    EXPECT_EQ(DumpExpression("t." + std::string(word) + " + " + std::string(word)),
              "(+ t." + std::string(word) + " " + std::string(word) + ")");
  }
}

TEST(SqlExpression, EveryNodeKnowsItsPlace) {
  const std::string_view text = " a + ( b * 2 ) ";
  const auto parsed = ParseExpression(text);
  const ExprRef& sum = std::get<ExprRef>(parsed);
  EXPECT_EQ(sum->text.begin, 1U);
  EXPECT_EQ(sum->text.end, 14U);
  EXPECT_EQ(sum->args[0]->text.begin, 1U);
  EXPECT_EQ(sum->args[0]->text.end, 2U);
  EXPECT_EQ(text.substr(sum->args[1]->text.begin, sum->args[1]->text.end - sum->args[1]->text.begin),
            "b * 2");
}

}  // namespace
}  // namespace nextkey::sql
