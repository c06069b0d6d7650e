// Names and calls that can't be bound. The answers are a MariaDB 10.11 server's.
#include <gtest/gtest.h>

#include "tests/txn/expression_harness.h"

namespace nextkey {
namespace {

TEST(ExpressionErrorsTest, AnswersAsTheServerDoes) {
  constexpr ExpressionCase kCases[] = {
      {"x.b + 1", "ERROR 1054: Unknown column 'x.b' in 'SELECT'"},
      {"foo(1)", "ERROR 1305: FUNCTION test.foo does not exist"},
      {"abs(1, 2)", "ERROR 1582: Incorrect parameter count in the call to native function 'abs'"},
      {"abs()", "ERROR 1582: Incorrect parameter count in the call to native function 'abs'"},
      {"concat()", "ERROR 1582: Incorrect parameter count in the call to native function 'concat'"},
      {"now(7)", "ERROR 1426: Too big precision specified for 'current_timestamp'. Maximum is 6"},
      {"nosuch", "ERROR 1054: Unknown column 'nosuch' in 'SELECT'"},
      {"q.nosuch", "ERROR 1054: Unknown column 'q.nosuch' in 'SELECT'"},
      {"T.I", "ERROR 1054: Unknown column 'T.I' in 'SELECT'"},
      {"count(i) + nosuch", "ERROR 1054: Unknown column 'nosuch' in 'SELECT'"},
      {"sum(sum(i))", "ERROR 1111: Invalid use of group function"},
      {"(1, 2) = (1, 2, 3)", "ERROR 1241: Operand should contain 2 column(s)"},
      {"(1, 2)", "ERROR 1241: Operand should contain 1 column(s)"},
      {"sum(count(*))", "ERROR 1111: Invalid use of group function"},
      {"nosuch(1)", "ERROR 1305: FUNCTION test.nosuch does not exist"},
      {"i()", "ERROR 1305: FUNCTION test.i does not exist"},
      {"nullif(1)", "ERROR 1582: Incorrect parameter count in the call to native function 'nullif'"},
      {"ifnull(1)", "ERROR 1582: Incorrect parameter count in the call to native function 'ifnull'"},
      {"coalesce()", "ERROR 1582: Incorrect parameter count in the call to native function 'coalesce'"},
      {"round()", "ERROR 1582: Incorrect parameter count in the call to native function 'round'"},
      {"round(1, 2, 3)", "ERROR 1582: Incorrect parameter count in the call to native function 'round'"},
      {"greatest(1)", "ERROR 1582: Incorrect parameter count in the call to native function 'greatest'"},
      {"concat_ws(',')", "ERROR 1582: Incorrect parameter count in the call to native function 'concat_ws'"},
      {"last_insert_id(1, 2)",
       "ERROR 1582: Incorrect parameter count in the call to native function 'last_insert_id'"},
      {"database(1)", "ERROR 1582: Incorrect parameter count in the call to native function 'database'"},
  };
  ExpressionHarness harness;
  for (const auto& [expression, answer] : kCases) {
    EXPECT_EQ(harness.Ask(expression), answer) << expression;
  }
}

}  // namespace
}  // namespace nextkey
