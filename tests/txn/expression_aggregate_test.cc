// Aggregates over the one row of t. The answers are a MariaDB 10.11 server's.
#include <gtest/gtest.h>

#include "tests/txn/expression_harness.h"

namespace nextkey {
namespace {

TEST(ExpressionAggregateTest, AnswersAsTheServerDoes) {
  constexpr ExpressionCase kCases[] = {
      {"count(*)", "1"},
      {"count(n)", "0"},
      {"sum(i)", "7"},
      {"sum(d)", "12.50"},
      {"sum(f)", "0.5"},
      {"sum(n)", "NULL"},
      {"avg(i)", "7.0000"},
      {"avg(d)", "12.500000"},
      {"avg(f)", "0.5"},
      {"avg(n)", "NULL"},
      {"min(s)", "Abc"},
      {"max(dt)", "2024-02-29"},
      {"min(n)", "NULL"},
      {"group_concat(s)", "Abc"},
      {"group_concat(n)", "NULL"},
      {"group_concat(i, s)", "7Abc"},
      {"sum(i) / count(*)", "7.0000"},
      {"sum(i) + 1", "8"},
      {"avg(i) + 1", "8.0000"},
      {"sum(u)", "3"},
      {"sum(i / 3)", "2.3333"},
      {"sum(dt)", "20240229"},
      {"avg(dt)", "20240229.0000"},
      {"count(distinct i)", "1"},
      {"sum(distinct i)", "7"},
      {"sum(i * 2) / count(*) + max(d)", "26.5000"},
      {"count(distinct i, u)", "1"},
      {"count(distinct i, n)", "0"},
      {"count(distinct s)", "1"},
      {"sum(distinct d)", "12.50"},
      {"min(i + 0.5)", "7.5"},
      {"max(s)", "Abc"},
      {"avg(i / 3)", "2.33333333"},
      {"avg(i * 1.5)", "10.50000"},
      {"sum(1/3)", "0.3333"},
      {"group_concat(d)", "12.50"},
      {"group_concat(distinct s)", "Abc"},
      {"max(ts3)", "2024-02-29 13:14:15.678"},
      {"min(tm)", "10:11:12"},
      {"max(concat(s, 'x'))", "Abcx"},
      {"count(*) = 1", "1"},
      {"if(count(*) > 0, sum(i), 0)", "7"},
      {"coalesce(sum(n), 0)", "0"},
      {"ifnull(max(n), 0) + 1", "1"},
      {"sum(i) + i", "14"},
  };
  ExpressionHarness harness;
  for (const auto& [expression, answer] : kCases) {
    EXPECT_EQ(harness.Ask(expression), answer) << expression;
  }
}

}  // namespace
}  // namespace nextkey
