// Query blocks at work: nested loops over the tables, conditions, groups, order and limits.
//
// Everything about how far a block got is in its QueryState; a call that waits returns and the next
// one goes on from there. Expressions with a part that may wait are evaluated again from the start
// once that part's answer is in the memo (expression.h).
#pragma once

#include "txn/turn.h"

namespace nextkey {

enum class RowStep : std::uint8_t { kRow, kEnd, kWaiting, kFailed };

// The next combination of rows that fulfils the block's conditions, in QueryState::rows.
RowStep NextJoinedRow(Turn& turn, std::uint32_t query);

// The whole block: its rows end up in QueryState::output, in order.
Progress RunQuery(Turn& turn, std::uint32_t query);

// Makes the block ready to run again (a correlated subquery's next turn).
void ResetQuery(const QueryPlan& plan, QueryState& state);

// One expression over the current rows of a block. `inserted` is what VALUES(c) means.
struct EvaluateOptions {
  std::span<const Value> aggregates;
  std::span<const Row> rows;  // Instead of the block's current ones, where not empty.
  const Row* inserted = nullptr;
};
Progress EvaluateIn(Turn& turn, std::uint32_t query, const BoundExpr& expression, Value& value,
                    const EvaluateOptions& options = {});

// One expression of a statement without a query block (INSERT .. VALUES, SET, DO).
Progress EvaluateAlone(Turn& turn, const BoundExpr& expression, Value& value, std::span<const Row> rows = {},
                       const Row* inserted = nullptr);

SessionView ViewOf(Turn& turn);

}  // namespace nextkey
