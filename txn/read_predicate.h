// Which rows a cursor asked for: the ranges of its index, and the conditions on its table.
//
// Asked later about any row, it says whether the cursor would have wanted it. That is how a history
// finds out which writes change what a read was to see (Adya's predicate-based reads).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/schema.h"
#include "txn/history_events.h"
#include "txn/plan.h"
#include "txn/session_variables.h"

namespace nextkey {

struct ReadPredicate {
  TableDefRef table;
  StatementPlanRef plan;
  std::uint32_t query = 0;
  std::uint32_t from_position = 0;  // In that block's FROM.
  KeyRanges ranges;                 // Of the access path's index.
  std::vector<Row> rows;            // Of the tables that were read before it.
  UserVariables variables;
  SystemVariables session_variables;
  SystemVariables global_variables;
  std::int64_t started_us = 0;
};

// kUnknown: what decides can't be seen from here (a subquery, a column of an enclosing block).
enum class RowMatch : std::uint8_t { kNo, kYes, kUnknown };

// `last` is the row that the cursor stopped at, where it did not come to the end of its ranges: what lies
// behind it was not asked for. An empty row is asked for by nobody.
RowMatch MatchOf(const ReadPredicate& predicate, const Row& row, const std::optional<Row>& last);

}  // namespace nextkey
