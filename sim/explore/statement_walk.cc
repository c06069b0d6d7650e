#include "sim/explore/statement_walk.h"

#include <variant>

namespace nextkey {

void StatementWalk::Visit(const sql::Statement& statement) {
  std::visit([this](const auto& body) { VisitBody(body); }, statement.body);
}

void StatementWalk::Visit(const sql::ExprRef& expression) {
  if (!expression) return;
  on_expression(*expression);
  if (expression->op == sql::Op::kAggregate && expression->args.size() == 1 && expression->args[0] &&
      expression->args[0]->op == sql::Op::kStar) {
    return;
  }
  Visit(expression->args);
  Visit(expression->subquery);
}

void StatementWalk::Visit(const std::vector<sql::ExprRef>& expressions) {
  for (const sql::ExprRef& one : expressions) Visit(one);
}

void StatementWalk::Visit(const std::vector<sql::TableReference>& tables) {
  for (const sql::TableReference& table : tables) {
    on_table(table);
    Visit(table.join_condition);
  }
}

void StatementWalk::Visit(const std::vector<sql::OrderItem>& order) {
  for (const sql::OrderItem& item : order) Visit(item.expression);
}

void StatementWalk::Visit(const std::vector<sql::Assignment>& assignments) {
  for (const sql::Assignment& assignment : assignments) {
    on_assignment(assignment.column);
    Visit(assignment.value);
  }
}

void StatementWalk::Visit(const std::optional<sql::Limit>& limit) {
  if (!limit) return;
  Visit(limit->count);
  Visit(limit->offset);
}

void StatementWalk::Visit(const std::shared_ptr<const sql::SelectStatement>& select) {
  if (!select) return;
  on_select(*select);
  for (const sql::SelectItem& item : select->items) Visit(item.expression);
  Visit(select->from);
  Visit(select->where);
  Visit(select->group_by);
  Visit(select->having);
  Visit(select->order_by);
  Visit(select->limit);
}

void StatementWalk::VisitBody(const sql::InsertStatement& insert) {
  on_table(insert.table);
  for (const std::vector<sql::ExprRef>& row : insert.rows) Visit(row);
  Visit(insert.query);
  Visit(insert.updates);
}

void StatementWalk::VisitBody(const sql::UpdateStatement& update) {
  Visit(update.tables);
  Visit(update.assignments);
  Visit(update.where);
  Visit(update.order_by);
  Visit(update.limit);
}

void StatementWalk::VisitBody(const sql::DeleteStatement& statement) {
  Visit(statement.tables);
  Visit(statement.where);
  Visit(statement.order_by);
  Visit(statement.limit);
}

void StatementWalk::VisitBody(const sql::SetStatement& set) {
  for (const sql::VariableAssignment& assignment : set.assignments) Visit(assignment.value);
}

}  // namespace nextkey
