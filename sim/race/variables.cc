#include "sim/race/variables.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "sim/text.h"

namespace nextkey::race {
namespace {

// Walks a tree of SQL; `offset` is where its text begins in the file.
class Walker {
 public:
  Walker(std::size_t offset, VariableUse& use) : offset_(offset), use_(use) {}

  void Visit(const sql::ExprRef& expression) {
    if (!expression) return;
    if (expression->op == sql::Op::kUserVariable) {
      use_.read.push_back(Name{ToLower(expression->name), offset_ + expression->text.begin});
    }
    if (expression->op == sql::Op::kAssignVariable) use_.set.insert(ToLower(expression->name));
    if (expression->op == sql::Op::kFunction) use_.functions.insert(ToLower(expression->name));
    Visit(expression->args);
    if (expression->subquery) Visit(*expression->subquery);
  }
  void Visit(const std::vector<sql::ExprRef>& list) {
    for (const sql::ExprRef& one : list) Visit(one);
  }
  void Visit(const std::vector<sql::TableReference>& tables) {
    for (const sql::TableReference& table : tables) Visit(table.join_condition);
  }
  void Visit(const std::vector<sql::OrderItem>& order) {
    for (const sql::OrderItem& item : order) Visit(item.expression);
  }
  void Visit(const std::vector<sql::Assignment>& assignments) {
    for (const sql::Assignment& assignment : assignments) Visit(assignment.value);
  }
  void Visit(const std::optional<sql::Limit>& limit) {
    if (!limit) return;
    Visit(limit->count);
    Visit(limit->offset);
  }

  void Visit(const sql::SelectStatement& select) {
    for (const sql::SelectItem& item : select.items) Visit(item.expression);
    Visit(select.from);
    Visit(select.where);
    Visit(select.group_by);
    Visit(select.having);
    Visit(select.order_by);
    Visit(select.limit);
    for (const std::string& variable : select.into_variables) use_.set.insert(ToLower(variable));
  }
  void Visit(const std::shared_ptr<const sql::SelectStatement>& select) {
    if (select) Visit(*select);
  }
  void Visit(const sql::InsertStatement& insert) {
    for (const std::vector<sql::ExprRef>& row : insert.rows) Visit(row);
    Visit(insert.query);
    Visit(insert.updates);
  }
  void Visit(const sql::UpdateStatement& update) {
    Visit(update.tables);
    Visit(update.assignments);
    Visit(update.where);
    Visit(update.order_by);
    Visit(update.limit);
  }
  void Visit(const sql::DeleteStatement& remove) {
    Visit(remove.tables);
    Visit(remove.where);
    Visit(remove.order_by);
    Visit(remove.limit);
  }
  void Visit(const sql::SetStatement& set) {
    for (const sql::VariableAssignment& assignment : set.assignments) {
      Visit(assignment.value);
      if (assignment.scope == sql::VariableScope::kUser) use_.set.insert(ToLower(assignment.name));
    }
  }
  void Visit(const sql::DoStatement& statement) { Visit(statement.expressions); }

 private:
  std::size_t offset_;
  VariableUse& use_;
};

template <typename T>
concept CanBeVisited = requires(Walker walker, const T& statement) {
  walker.Visit(statement);
};

}  // namespace

void VariableUse::Add(VariableUse more) {
  read.insert(read.end(), std::make_move_iterator(more.read.begin()),
              std::make_move_iterator(more.read.end()));
  set.merge(more.set);
  functions.merge(more.functions);
}

VariableUse UseOf(const SqlAction& action) {
  VariableUse use;
  Walker walker(action.offset, use);
  std::visit(
      [&](const auto& body) {
        if constexpr (CanBeVisited<std::decay_t<decltype(body)>>) walker.Visit(body);
      },
      action.statement->body);
  return use;
}

VariableUse UseOf(const LocalExpression& expression) {
  VariableUse use;
  Walker(expression.offset, use).Visit(expression.expression);
  return use;
}

VariableUse UseOf(const Action& action) {
  VariableUse use;
  if (const auto* sql = std::get_if<SqlAction>(&action.what)) use = UseOf(*sql);
  if (const auto* branches = std::get_if<IfAction>(&action.what)) {
    for (const IfAction::Branch& branch : branches->branches) {
      if (branch.condition) use.Add(UseOf(*branch.condition));
      use.Add(UseOf(branch.actions));
    }
  }
  if (const auto* loop = std::get_if<WhileAction>(&action.what)) {
    use.Add(UseOf(loop->condition));
    use.Add(UseOf(loop->actions));
  }
  if (const auto* call = std::get_if<CallAction>(&action.what)) {
    for (const LocalExpression& argument : call->arguments) use.Add(UseOf(argument));
    if (!call->into.text.empty()) use.set.insert(ToLower(call->into.text));
  }
  if (const auto* think = std::get_if<ThinkAction>(&action.what)) use.Add(UseOf(think->milliseconds));
  return use;
}

VariableUse UseOf(const Actions& actions) {
  VariableUse use;
  for (const Action& action : actions) use.Add(UseOf(action));
  return use;
}

}  // namespace nextkey::race
