// @variables, system variables and what a session knows about itself. The answers are a MariaDB 10.11
// server's.
#include <gtest/gtest.h>

#include "tests/txn/expression_harness.h"

namespace nextkey {
namespace {

TEST(ExpressionSessionTest, AnswersAsTheServerDoes) {
  constexpr ExpressionCase kCases[] = {
      {"@a := 1/3", "0.333333333"},
      {"@a", "0.333333333"},
      {"last_insert_id()", "0"},
      {"last_insert_id(5)", "5"},
      {"row_count()", "-1"},
      {"found_rows()", "1"},
      {"database()", "test"},
      {"schema()", "test"},
      {"user()", "root@localhost"},
      {"current_user()", "root@localhost"},
      {"current_user", "root@localhost"},
      {"session_user()", "root@localhost"},
      {"@nosuch", "NULL"},
      {"@x := 5", "5"},
      {"@x + 1", "6"},
      {"@X", "5"},
      {"@s := 'abc'", "abc"},
      {"@d := 1.50", "1.50"},
      {"@f := 1e0", "1"},
      {"@nosuch + 1", "NULL"},
      {"b + @x", "ERROR 1690: BIGINT value is out of range in '`test`.`t`.`b` + @`x`'"},
      {"last_insert_id(7) + 1", "8"},
      {"last_insert_id(n)", "NULL"},
      {"@a1 := i", "7"},
      {"@a1", "7"},
      {"@a1 + @a1 * 2", "21"},
      {"@a2 := d", "12.50"},
      {"@a3 := 'x'", "x"},
      {"concat(@a3, @nosuch)", "NULL"},
      {"@a4 := n", "NULL"},
      {"@a4 is null", "1"},
      {"@a5 := @a1 + 1", "8"},
      {"@a5", "8"},
      {"@a6 := @a6 + 1", "NULL"},
      {"@c := 1 = 1", "1"},
      {"@r := 1/3 * 3", "0.999999999"},
      {"@r", "0.999999999"},
      {"@t := ts", "2024-02-29 13:14:15"},
      {"@t + interval 1 day", "2024-03-01 13:14:15"},
      {"coalesce(@nosuch, 1)", "1"},
      {"ifnull(@nosuch, 'x')", "x"},
      {"@@autocommit", "1"},
      {"@@tx_isolation", "REPEATABLE-READ"},
      {"@@session.tx_isolation", "REPEATABLE-READ"},
      {"@@global.tx_isolation", "REPEATABLE-READ"},
      {"@@innodb_lock_wait_timeout + 1", "51"},
      {"@@session.innodb_deadlock_detect",
       "ERROR 1238: Variable 'innodb_deadlock_detect' is a GLOBAL variable"},
      {"@@global.innodb_deadlock_detect", "1"},
      {"@@nosuch", "ERROR 1193: Unknown system variable 'nosuch'"},
      {"@@sql_mode",
       "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION"},
      {"@@session.nosuch", "ERROR 1193: Unknown system variable 'nosuch'"},
  };
  ExpressionHarness harness;
  for (const auto& [expression, answer] : kCases) {
    EXPECT_EQ(harness.Ask(expression), answer) << expression;
  }
}

}  // namespace
}  // namespace nextkey
