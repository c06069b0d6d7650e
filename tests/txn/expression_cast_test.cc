// CAST and CONVERT, with the warnings for what was lost. The answers are a MariaDB 10.11 server's.
#include <gtest/gtest.h>

#include "tests/txn/expression_harness.h"

namespace nextkey {
namespace {

TEST(ExpressionCastTest, AnswersAsTheServerDoes) {
  constexpr ExpressionCase kCases[] = {
      {"cast(1 as unsigned) - 2",
       "ERROR 1690: BIGINT UNSIGNED value is out of range in 'cast(1 as unsigned) - 2'"},
      {"cast('12abc' as signed)", "12  ! 1292 Truncated incorrect INTEGER value: '12abc'"},
      {"cast('12.7' as signed)", "12  ! 1292 Truncated incorrect INTEGER value: '12.7'"},
      {"cast(12.7 as signed)", "13"},
      {"cast(-1 as unsigned)",
       "18446744073709551615  ! 1105 Cast to unsigned converted negative integer to it's positive "
       "complement"},
      {"cast(1.555 as decimal(5,2))", "1.56"},
      {"cast('abc' as decimal)", "0  ! 1292 Truncated incorrect DECIMAL value: 'abc'"},
      {"cast(123456 as decimal(4,1))",
       "999.9  ! 1264 Out of range value for column 'cast(123456 as decimal(4,1))' at row 1"},
      {"cast(1 as char)", "1"},
      {"cast('abc' as char(2))", "ab  ! 1292 Truncated incorrect CHAR(2) value: 'abc'"},
      {"cast('2024-02-30' as date)", "NULL  ! 1292 Incorrect datetime value: '2024-02-30'"},
      {"cast('2024-02-28 10:11:12' as date)", "2024-02-28"},
      {"cast('2024-02-28 10:11:12.75' as datetime)", "2024-02-28 10:11:12"},
      {"cast('2024-02-28 10:11:12.75' as datetime(1))", "2024-02-28 10:11:12.7"},
      {"cast(20240228 as date)", "2024-02-28"},
      {"cast('10:11:12.5' as time)", "10:11:12"},
      {"cast(ts as time)", "13:14:15"},
      {"cast(1.5 as double)", "1.5"},
      {"convert('12', signed)", "12"},
      {"cast(18446744073709551615 as signed)", "-1"},
      {"cast('99999999999999999999' as signed)",
       "-1  ! 1292 Truncated incorrect INTEGER value: '99999999999999999999'"},
      {"cast(1e30 as signed)",
       "9223372036854775807  ! 1916 Got overflow when converting '1e30' to SIGNED BIGINT. Value truncated"},
      {"cast(2.5e0 as signed)", "2"},
      {"cast(3.5e0 as signed)", "4"},
      {"cast(null as signed)", "NULL"},
      {"greatest(2, cast(1 as unsigned))", "2"},
      {"coalesce(1, cast(1 as unsigned))", "1"},
      {"cast(9223372036854775807 as unsigned) + 1", "9223372036854775808"},
      {"cast(true as char)", "1"},
      {"cast(1/3 as double)", "0.333333333"},
      {"cast('1e3' as double)", "1000"},
      {"cast(d as signed)", "13"},
      {"cast(f as decimal(5,3))", "0.500"},
      {"cast(s as signed)", "0  ! 1292 Truncated incorrect INTEGER value: 'Abc'"},
      {"cast('-12' as unsigned)",
       "18446744073709551604  ! 1105 Cast to unsigned converted negative integer to it's positive "
       "complement"},
      {"cast('18446744073709551615' as unsigned)", "18446744073709551615"},
      {"cast(1.5 as unsigned)", "2"},
      {"cast(-1.5 as unsigned)",
       "0  ! 1916 Got overflow when converting '-1.5' to UNSIGNED INT. Value truncated"},
      {"cast(1e19 as unsigned)", "10000000000000000000"},
      {"cast(-1e0 as unsigned)",
       "0  ! 1916 Got overflow when converting '-1' to UNSIGNED BIGINT. Value truncated"},
      {"cast(dt as signed)", "20240229"},
      {"cast(ts as signed)", "20240229131415"},
      {"cast(tm as signed)", "101112"},
      {"cast(ts3 as decimal(20,3))", "20240229131415.678"},
      {"cast(ts as char)", "2024-02-29 13:14:15"},
      {"cast(ts as date)", "2024-02-29"},
      {"cast(ts as datetime(3))", "2024-02-29 13:14:15.000"},
      {"cast(dt as datetime)", "2024-02-29 00:00:00"},
      {"cast(tm as datetime)", "2024-01-01 10:11:12"},
      {"cast('1' as decimal(5,2))", "1.00"},
      {"cast('1.239' as decimal(5,2))", "1.24"},
      {"cast(' 12 ' as signed)", "12  ! 1292 Truncated incorrect INTEGER value: ' 12 '"},
      {"cast('' as signed)", "0  ! 1292 Truncated incorrect INTEGER value: ''"},
      {"cast('+5' as signed)", "5"},
      {"cast('0x10' as signed)", "0  ! 1292 Truncated incorrect INTEGER value: '0x10'"},
      {"cast('1e2' as signed)", "1  ! 1292 Truncated incorrect INTEGER value: '1e2'"},
      {"cast('.5' as decimal(3,1))", "0.5"},
      {"cast('10:11' as time)", "10:11:00"},
      {"cast(101112 as time)", "10:11:12"},
      {"cast('2024-01-01 10:11:12' as time)", "10:11:12"},
      {"cast('20240101' as date)", "2024-01-01"},
      {"cast('24-1-1' as date)", "2024-01-01"},
      {"cast('2024-01-01x' as date)", "2024-01-01  ! 1292 Truncated incorrect date value: '2024-01-01x'"},
      {"cast('x' as datetime)", "NULL  ! 1292 Incorrect datetime value: 'x'"},
      {"cast(null as char)", "NULL"},
      {"cast(d as char(3))", "12.  ! 1292 Truncated incorrect CHAR(3) value: '12.50'"},
      {"convert(12.5, char)", "12.5"},
      {"-1 < cast(0 as unsigned)", "1"},
      {"cast(-5.5 as unsigned)",
       "0  ! 1916 Got overflow when converting '-5.5' to UNSIGNED INT. Value truncated"},
      {"cast(99999999999999999999.5 as signed)",
       "9223372036854775807  ! 1916 Got overflow when converting '99999999999999999999.5' to INT. Value "
       "truncated"},
      {"cast(99999999999999999999.5 as unsigned)",
       "18446744073709551615  ! 1916 Got overflow when converting '99999999999999999999.5' to UNSIGNED INT. "
       "Value truncated"},
      {"cast(1e25 as unsigned)",
       "18446744073709551615  ! 1916 Got overflow when converting '1e25' to UNSIGNED BIGINT. Value "
       "truncated"},
      {"cast(1/3 as char)", "0.3333"},
      {"cast(1/3 as decimal(10,6))", "0.333333"},
      {"cast('2024-01-01 10:11:12x' as datetime)",
       "2024-01-01 10:11:12  ! 1292 Truncated incorrect datetime value: '2024-01-01 10:11:12x'"},
      {"cast('10:11:12x' as time)", "10:11:12  ! 1292 Truncated incorrect time value: '10:11:12x'"},
      {"cast('2024-01-01 10:11' as datetime)", "2024-01-01 10:11:00"},
      {"cast('2024-01-01T10:11:12' as datetime)", "2024-01-01 10:11:12"},
      {"cast('2024-13-01' as date)", "NULL  ! 1292 Incorrect datetime value: '2024-13-01'"},
      {"cast(20241301 as date)", "NULL  ! 1292 Incorrect datetime value: '20241301'"},
      {"cast(20240101101112 as datetime)", "2024-01-01 10:11:12"},
      {"cast('25:61:00' as time)", "NULL  ! 1292 Incorrect time value: '25:61:00'"},
  };
  ExpressionHarness harness;
  for (const auto& [expression, answer] : kCases) {
    EXPECT_EQ(harness.Ask(expression), answer) << expression;
  }
}

}  // namespace
}  // namespace nextkey
