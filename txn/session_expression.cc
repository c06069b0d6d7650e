#include "txn/session_expression.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "txn/errors.h"

namespace nextkey {
namespace {

SqlError MayWait(std::string_view what) {
  return errors::MakeError(1235, "42000",
                           fmt::format("'{}' is not for expressions over variables alone", what));
}

// The first function in it that the executor would have to answer; nullptr: none.
const BoundExpr* FindDeferred(const BoundExpr& node) {
  if (node.op == sql::Op::kFunction && IsDeferredFunction(node.name)) return &node;
  for (const BoundExpr& part : node.args) {
    if (const BoundExpr* found = FindDeferred(part)) return found;
  }
  return nullptr;
}

}  // namespace

std::variant<SessionExpressionRef, SqlError> BindSessionExpression(const sql::Expr& expression) {
  const Scope no_tables;
  Binder binder(no_tables);
  auto bound = binder.Bind(expression, "SET");
  if (auto* error = std::get_if<SqlError>(&bound)) return std::move(*error);
  if (!binder.subqueries.empty()) return MayWait("(SELECT ..)");
  if (const BoundExpr* node = FindDeferred(std::get<BoundExpr>(bound))) return MayWait(node->name);
  auto made = std::make_shared<SessionExpression>();
  made->bound = std::get<BoundExpr>(std::move(bound));
  made->slot_count = static_cast<std::uint32_t>(binder.slot_count);
  return SessionExpressionRef(std::move(made));
}

std::variant<Value, SqlError> Evaluate(const SessionExpression& expression, const ServerState& state,
                                       SessionState& session) {
  std::vector<Warning> unheard;
  SessionView view;
  view.user_variables = &session.user_variables;
  view.session_variables = &session.variables;
  view.global_variables = &state.global;
  view.now_us = state.now_us;
  view.last_insert_id = &session.last_insert_id;
  view.row_count = session.row_count;
  view.found_rows = session.found_rows;
  view.session = session.id;
  view.schema = errors::kSchema;
  view.warnings = &unheard;
  Memo memo(expression.slot_count);
  Evaluated evaluated = Evaluate(expression.bound, RowView{}, view, memo);
  if (auto* value = std::get_if<Value>(&evaluated)) return std::move(*value);
  if (auto* error = std::get_if<SqlError>(&evaluated)) return std::move(*error);
  return MayWait(std::get<Deferred>(evaluated).node->name);
}

}  // namespace nextkey
