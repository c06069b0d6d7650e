// Looking names up and choosing access paths: from a parsed statement to a StatementPlan.
#pragma once

#include <span>
#include <variant>

#include "engine/table.h"
#include "txn/dialect.h"
#include "txn/execution.h"
#include "txn/expression.h"
#include "txn/plan.h"
#include "txn/plan_cache.h"
#include "txn/result.h"
#include "txn/sql/ast.h"

namespace nextkey {

// What the plan depends on beside the statement and the catalog.
struct PlanContext {
  const Catalog* catalog = nullptr;
  std::span<const SystemTableRef> system_tables;  // Those that the statement names.
  sql::IsolationLevel isolation = sql::IsolationLevel::kRepeatableRead;
  const Dialect* dialect = nullptr;
  const SessionView* session = nullptr;  // For constants, whose values the costs depend on.
  bool is_multi_statement = false;       // Inside a transaction: SERIALIZABLE's plain reads lock.
  const Memo* answers = nullptr;         // Of QueryPlan::early, once they are there; by memo slot.
  PlanInputs* inputs = nullptr;          // Where not null: what the plan follows from is noted here.
};

// Errors are the server's: 1146 no such table, 1054 unknown column, …
std::variant<StatementPlanRef, SqlError> MakePlan(const sql::Statement& statement,
                                                  const PlanContext& context);

}  // namespace nextkey
