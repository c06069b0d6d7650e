#include "tests/fuzz/work_bound.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include "txn/sql/ast.h"

namespace nextkey {
namespace {

using sql::ExprRef;
using sql::SelectStatement;

int TablesOf(const SelectStatement& select);

int TablesOf(const ExprRef& expression) {
  if (expression == nullptr) return 0;
  int tables = expression->subquery == nullptr ? 0 : TablesOf(*expression->subquery);
  for (const ExprRef& argument : expression->args) tables += TablesOf(argument);
  return tables;
}

int TablesOf(const std::vector<sql::TableReference>& references) {
  int tables = static_cast<int>(references.size());
  for (const sql::TableReference& reference : references) tables += TablesOf(reference.join_condition);
  return tables;
}

int TablesOf(const SelectStatement& select) {
  int tables = TablesOf(select.from) + TablesOf(select.where) + TablesOf(select.having);
  for (const sql::SelectItem& item : select.items) tables += TablesOf(item.expression);
  for (const ExprRef& group : select.group_by) tables += TablesOf(group);
  for (const sql::OrderItem& item : select.order_by) tables += TablesOf(item.expression);
  return tables;
}

// What one statement may look at, given how many rows there may be; it may add to them.
struct Estimate {
  double& rows;

  double Over(int tables) const { return std::pow(std::max(rows, 1.0), tables); }

  double operator()(const std::shared_ptr<const SelectStatement>& select) const {
    return Over(TablesOf(*select));
  }
  double operator()(const sql::InsertStatement& insert) const {
    double added = static_cast<double>(insert.rows.size());
    double looked_at = added;
    for (const auto& row : insert.rows) {
      for (const ExprRef& value : row) looked_at += Over(TablesOf(value));
    }
    if (insert.query != nullptr) looked_at += (added = Over(TablesOf(*insert.query)));
    for (const sql::Assignment& update : insert.updates) looked_at += added * Over(TablesOf(update.value));
    rows += added;
    return looked_at;
  }
  double operator()(const sql::UpdateStatement& update) const {
    int tables = TablesOf(update.tables) + TablesOf(update.where);
    for (const sql::Assignment& assignment : update.assignments) tables += TablesOf(assignment.value);
    return Over(tables);
  }
  double operator()(const sql::DeleteStatement& deletion) const {
    return Over(TablesOf(deletion.tables) + TablesOf(deletion.where));
  }
  double operator()(const sql::SetStatement& set) const {
    int tables = 0;
    for (const sql::VariableAssignment& assignment : set.assignments) tables += TablesOf(assignment.value);
    return Over(tables);
  }
  double operator()(const sql::DoStatement& statement) const {
    int tables = 0;
    for (const ExprRef& expression : statement.expressions) tables += TablesOf(expression);
    return Over(tables);
  }
  double operator()(const auto&) const { return rows; }  // DDL reads a table once.
};

}  // namespace

double WorkBound(const ScriptCase& script) {
  double rows = 0;
  double work = 0;
  for (const ScriptStep& step : script.steps) {
    work += std::visit(Estimate{rows}, step.statement->body) + rows;  // The locks are listed after each.
  }
  return work;
}

}  // namespace nextkey
