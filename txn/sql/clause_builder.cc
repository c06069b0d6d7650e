#include "txn/sql/clause_builder.h"

#include <algorithm>
#include <utility>

#include "txn/sql/definition_builder.h"
#include "txn/sql/expression_builder.h"

namespace nextkey::sql {
namespace {

std::uint16_t DeepestIn(const SelectStatement& select) {
  std::uint16_t depth = std::max(DepthOf(select.where), DepthOf(select.having));
  for (const SelectItem& item : select.items) depth = std::max(depth, DepthOf(item.expression));
  for (const TableReference& table : select.from) depth = std::max(depth, DepthOf(table.join_condition));
  for (const ExprRef& group : select.group_by) depth = std::max(depth, DepthOf(group));
  for (const OrderItem& order : select.order_by) depth = std::max(depth, DepthOf(order.expression));
  return depth;
}

}  // namespace

std::shared_ptr<const SelectStatement> FinishSelect(ParseState& state, SelectHead head,
                                                    SelectStatement clauses, LockingClause locking,
                                                    std::vector<std::string> into_variables) {
  SelectStatement select = std::move(clauses);
  select.items = std::move(head.items);
  select.is_distinct = head.modifiers.is_distinct;
  select.locking = std::move(locking);
  select.into_variables = std::move(into_variables);
  if (head.modifiers.is_straight_join) {
    for (std::size_t i = 1; i < select.from.size(); ++i) {
      if (select.from[i].join == JoinKind::kInner) select.from[i].join = JoinKind::kStraight;
    }
  }
  const int depth = DeepestIn(select) + 1;
  if (depth > kMaxNesting) {
    FailTooDeep(state, select.items.front().expression->text);
    return std::make_shared<const SelectStatement>();
  }
  select.depth = static_cast<std::uint16_t>(depth);
  return std::make_shared<const SelectStatement>(std::move(select));
}

ExprRef MakeStarOf(ParseState& state, TextRange text, std::string table) {
  Expr star = NodeOf(Op::kStar, text);
  star.qualifier = std::move(table);
  return Finish(state, std::move(star));
}

LockingClause WithStrength(LockingClause waiting, LockingClause strength) {
  waiting.strength = strength.strength;
  waiting.of_tables = std::move(strength.of_tables);
  return waiting;
}

CreateTableStatement NamedTable(CreateTableStatement table, QualifiedName name, bool if_not_exists) {
  table.schema = std::move(name.schema);
  table.name = std::move(name.name);
  table.if_not_exists = if_not_exists;
  return FinishTable(std::move(table));
}

TableOptions MergedOptions(TableOptions options, TableOptions more) {
  if (more.table.engine) options.table.engine = more.table.engine;
  options.rebuilds |= more.rebuilds;
  if (more.table.auto_increment) options.table.auto_increment = more.table.auto_increment;
  if (more.table.collation) options.table.collation = more.table.collation;
  if (!more.table.comment.empty()) options.table.comment = std::move(more.table.comment);
  return options;
}

void CheckIndexType(ParseState& state, TextRange place, std::string_view name) {
  const std::string lower = ToLower(name);
  if (lower == "btree" || lower == "hash") return;
  state.Fail(place, "unknown kind of index \"" + std::string(name) + "\", expected BTREE or HASH");
}

ExprRef MakeSetValue(ParseState& state, ExprRef value) {
  if (value->op != Op::kColumn || !value->qualifier.empty()) return value;
  return MakeLiteral(state, value->text, Value::Text(value->name));
}

std::vector<VariableAssignment> AssignmentsOf(std::vector<SetItem> items) {
  std::vector<VariableAssignment> assignments;
  VariableScope scope = VariableScope::kSession;
  for (SetItem& item : items) {
    if (item.bequeaths_scope) scope = item.assignment.scope;
    if (item.inherits_scope) item.assignment.scope = scope;
    assignments.push_back(std::move(item.assignment));
  }
  return assignments;
}

VariableAssignment MakeNamesAssignment(ParseState& state, TextRange place, std::string character_set) {
  return VariableAssignment{.scope = VariableScope::kSession,
                            .name = "names",
                            .value = MakeLiteral(state, place, Value::Text(std::move(character_set)))};
}

VariableAssignment MakeSystemAssignment(std::string_view name, ExprRef value) {
  VariableAssignment assignment{.scope = VariableScope::kSession, .name = {}, .value = std::move(value)};
  if (name.starts_with("global.")) {
    assignment.scope = VariableScope::kGlobal;
    name.remove_prefix(7);
  } else if (name.starts_with("session.") || name.starts_with("local.")) {
    name.remove_prefix(name.find('.') + 1);
  } else if (name == "transaction_isolation" || name == "tx_isolation" || name == "transaction_read_only" ||
             name == "tx_read_only") {
    // @@name without a scope is the next transaction alone (manual, "SET TRANSACTION").
    assignment.scope = VariableScope::kNextTransaction;
  }
  assignment.name = std::string(name);
  return assignment;
}

}  // namespace nextkey::sql
