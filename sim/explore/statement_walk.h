// Goes through all expressions, tables, query blocks and assignments of a statement, subqueries included.
//
// The star of COUNT(*) names no columns and is not shown.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "txn/sql/ast.h"

namespace nextkey {

class StatementWalk {
 public:
  std::function<void(const sql::Expr&)> on_expression = [](const sql::Expr&) {};
  std::function<void(const sql::TableReference&)> on_table = [](const sql::TableReference&) {};
  std::function<void(const sql::SelectStatement&)> on_select = [](const sql::SelectStatement&) {};
  std::function<void(const std::string&)> on_assignment = [](const std::string&) {};  // To a column.

  void Visit(const sql::Statement& statement);

 private:
  void Visit(const sql::ExprRef& expression);
  void Visit(const std::vector<sql::ExprRef>& expressions);
  void Visit(const std::vector<sql::TableReference>& tables);
  void Visit(const std::vector<sql::OrderItem>& order);
  void Visit(const std::vector<sql::Assignment>& assignments);
  void Visit(const std::optional<sql::Limit>& limit);
  void Visit(const std::shared_ptr<const sql::SelectStatement>& select);
  void VisitBody(const std::shared_ptr<const sql::SelectStatement>& select) { Visit(select); }
  void VisitBody(const sql::InsertStatement& insert);
  void VisitBody(const sql::UpdateStatement& update);
  void VisitBody(const sql::DeleteStatement& statement);
  void VisitBody(const sql::SetStatement& set);
  void VisitBody(const sql::DoStatement& statement) { Visit(statement.expressions); }
  void VisitBody(const sql::KillStatement& kill) { Visit(kill.session); }
  template <class Other>
  void VisitBody(const Other&) {}
};

}  // namespace nextkey
