// An expression over a session's variables alone, as an application computes between two statements:
// `@stock >= @count`, `ROW_COUNT() = 0`.
//
// Bound once, evaluated any number of times. Evaluating reads what the session's last statement left
// behind (ROW_COUNT(), LAST_INSERT_ID(), FOUND_ROWS()) and leaves it as it is; only `@v := x` changes
// anything. No tables, no subqueries, nothing that may wait.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>

#include "txn/expression.h"
#include "txn/state.h"

namespace nextkey {

struct SessionExpression {
  BoundExpr bound;
  std::uint32_t slot_count = 0;
};
using SessionExpressionRef = std::shared_ptr<const SessionExpression>;

// Errors are the server's: 1054 for a column, 1305 for an unknown function, 1235 for what reads tables
// or may wait.
std::variant<SessionExpressionRef, SqlError> BindSessionExpression(const sql::Expr& expression);

std::variant<Value, SqlError> Evaluate(const SessionExpression& expression, const ServerState& state,
                                       SessionState& session);

}  // namespace nextkey
