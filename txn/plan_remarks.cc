#include "txn/plan_remarks.h"

#include <algorithm>

#include "txn/lock_rules.h"
#include "txn/transaction.h"

namespace nextkey {
namespace {

void CollectColumns(const BoundExpr& expression, std::uint32_t table, std::vector<std::uint32_t>& columns) {
  const bool is_own =
      expression.op == sql::Op::kColumn && expression.column.depth == 0 && expression.column.table == table;
  const std::uint32_t column = expression.column.column;
  if (is_own && std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
  for (const BoundExpr& argument : expression.args) CollectColumns(argument, table, columns);
}

bool LeadsAnIndex(const TableDef& def, std::uint32_t column) {
  return std::any_of(def.indexes.begin(), def.indexes.end(), [&](const IndexDef& index) {
    return !index.parts.empty() && index.parts[0].column == column;
  });
}

}  // namespace

std::vector<PlanLocksTable> TablesLockedByPlan(const Turn& turn, const StatementPlan& plan) {
  std::vector<PlanLocksTable> found;
  for (const QueryPlan& query : plan.queries) {
    for (const TablePlan& table : query.tables) {
      const TableDef& def = *table.table.def;
      const bool reads_all =
          table.path.kind == AccessKind::kFullScan || table.path.kind == AccessKind::kIndex;
      const bool locks = table.locking != sql::RowLocking::kNone && def.engine == StorageEngine::kInnoDb;
      if (!reads_all || !locks) continue;
      std::vector<std::uint32_t> columns;
      for (const auto* conditions : {&table.conditions, &table.join_conditions}) {
        for (const BoundExpr& condition : *conditions)
          CollectColumns(condition, table.from_position, columns);
      }
      if (columns.empty()) continue;
      PlanLocksTable one{turn.session_id, def.name, {}, KeepsGapLocks(IsolationOf(turn.session))};
      for (const std::uint32_t column : columns) {
        if (!LeadsAnIndex(def, column)) one.columns.push_back(def.columns[column].name);
      }
      found.push_back(std::move(one));
    }
  }
  return found;
}

}  // namespace nextkey
