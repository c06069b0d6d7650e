#include "txn/planner.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "txn/errors.h"
#include "txn/lock_rules.h"
#include "txn/query_planner.h"

namespace nextkey {
namespace {

using sql::Op;

// --- Statements ----------------------------------------------------------------------------------------

// Reads that belong to a write: with shared locks, unless READ COMMITTED is enough.
sql::RowLocking LockingOfReads(const PlanContext& context) {
  const bool locks = context.dialect->Applies(LockRule::kReadOfWrite, context.isolation);
  return locks ? sql::RowLocking::kShare : sql::RowLocking::kNone;
}

sql::RowLocking LockingOfSelect(const PlanContext& context) {
  const bool locks = context.isolation == sql::IsolationLevel::kSerializable && context.is_multi_statement &&
                     context.dialect->Applies(LockRule::kSerializableRead, context.isolation);
  return locks ? sql::RowLocking::kShare : sql::RowLocking::kNone;
}

std::optional<SqlError> PlanStatement(const PlanContext& context,
                                      const std::shared_ptr<const sql::SelectStatement>& select,
                                      StatementPlan& plan) {
  const sql::RowLocking locking = LockingOfSelect(context);
  if (auto error = PlanSelect(context, plan, *select, nullptr, -1, locking, locking, nullptr, nullptr))
    return error;
  const QueryPlan& query = plan.queries[0];
  if (!query.into_variables.empty() && query.into_variables.size() != query.output.size()) {
    return errors::MakeError(1222, "21000", "The used SELECT statements have a different number of columns");
  }
  return std::nullopt;
}

// Expressions that stand outside any query block.
class LooseExpressions {
 public:
  LooseExpressions(const PlanContext& context, StatementPlan& plan, Scope scope)
      : context_(context), plan_(plan), scope_(std::move(scope)), binder_(scope_) {}

  std::variant<BoundExpr, SqlError> Bind(const sql::Expr& expression) {
    return binder_.Bind(expression, "VALUES");
  }

  std::optional<SqlError> Finish() {
    plan_.slot_count = static_cast<std::uint32_t>(binder_.slot_count);
    for (const BoundSubquery& subquery : binder_.subqueries) {
      std::uint32_t number = 0;
      const sql::RowLocking locking =
          plan_.insert.has_value() ? LockingOfReads(context_) : LockingOfSelect(context_);
      if (auto error = PlanSelect(context_, plan_, *subquery.select, nullptr, -1, locking, locking, &number,
                                  nullptr)) {
        return error;
      }
      if (plan_.queries[number].output.size() != 1) return errors::OperandColumns(1);
      plan_.subqueries.push_back(number);
    }
    return std::nullopt;
  }

 private:
  const PlanContext& context_;
  StatementPlan& plan_;
  Scope scope_;
  Binder binder_;
};

std::optional<SqlError> InsertColumns(const sql::InsertStatement& insert, const TableDef& def,
                                      InsertPlan& plan) {
  if (insert.columns.empty()) {
    for (std::uint32_t column = 0; column < def.columns.size(); ++column) plan.columns.push_back(column);
    return std::nullopt;
  }
  for (const std::string& name : insert.columns) {
    const auto column = def.FindColumn(name);
    if (!column.has_value()) return errors::UnknownColumn(name, "INSERT INTO");
    if (std::find(plan.columns.begin(), plan.columns.end(), *column) != plan.columns.end())
      return errors::ColumnTwice(name);
    plan.columns.push_back(*column);
  }
  return std::nullopt;
}

BoundExpr DefaultOf(std::uint32_t column, const TableDef& def) {
  BoundExpr expression;
  expression.op = Op::kDefault;
  expression.column = {0, 0, column};
  expression.column_type = def.columns[column].type;
  return expression;
}

std::optional<SqlError> PlanStatement(const PlanContext& context, const sql::InsertStatement& insert,
                                      StatementPlan& plan) {
  const Table* table = FindTable(context, insert.table);
  if (table == nullptr) return errors::NoSuchTable(insert.table.schema, insert.table.name);
  const TableDef& def = *table->def;
  InsertPlan target;
  target.table = def.id;
  target.on_duplicate = insert.on_duplicate;
  target.is_ignore = insert.is_ignore || insert.on_duplicate == sql::DuplicateHandling::kIgnore;
  if (auto error = InsertColumns(insert, def, target)) return error;
  plan.insert.emplace();  // Marks the statement as an insert for the locking of its reads.

  if (insert.query != nullptr) {
    target.has_query = true;
    const sql::RowLocking locking = LockingOfReads(context);
    if (auto error =
            PlanSelect(context, plan, *insert.query, nullptr, -1, locking, locking, nullptr, nullptr))
      return error;
    if (plan.queries[0].output.size() != target.columns.size()) return errors::ColumnCount(1);
    for (const QueryPlan& query : plan.queries) {
      for (const TablePlan& source : query.tables) target.is_buffered |= source.id == target.table;
    }
  }
  Scope scope;
  scope.tables.push_back({insert.table.alias, table->def});
  LooseExpressions expressions(context, plan, scope);
  for (std::size_t row = 0; row < insert.rows.size(); ++row) {
    const bool is_empty = insert.rows[row].empty();  // VALUES (): all defaults.
    if (!is_empty && insert.rows[row].size() != target.columns.size()) return errors::ColumnCount(row + 1);
    std::vector<BoundExpr> bound_row;
    for (std::size_t i = 0; i < target.columns.size(); ++i) {
      const bool is_default =
          is_empty || (insert.rows[row][i]->op == Op::kDefault && insert.rows[row][i]->name.empty());
      if (is_default) {
        bound_row.push_back(DefaultOf(target.columns[i], def));
        continue;
      }
      auto bound = expressions.Bind(*insert.rows[row][i]);
      if (auto* error = std::get_if<SqlError>(&bound)) return *error;
      bound_row.push_back(std::get<BoundExpr>(std::move(bound)));
    }
    target.rows.push_back(std::move(bound_row));
  }
  for (const sql::Assignment& assignment : insert.updates) {
    const auto column = def.FindColumn(assignment.column);
    if (!column.has_value()) return errors::UnknownColumn(assignment.column, "UPDATE");
    AssignmentPlan update{0, *column, {}};
    if (assignment.value->op == Op::kDefault && assignment.value->name.empty()) {
      update.value = DefaultOf(*column, def);
    } else {
      auto bound = expressions.Bind(*assignment.value);
      if (auto* error = std::get_if<SqlError>(&bound)) return *error;
      update.value = std::get<BoundExpr>(std::move(bound));
    }
    target.updates.push_back(std::move(update));
  }
  plan.insert = std::move(target);
  return expressions.Finish();
}

// Whether changing the assigned columns could move a row within the index that is being scanned.
bool ChangesScannedIndex(const TablePlan& table, std::uint32_t position,
                         const std::vector<AssignmentPlan>& assignments) {
  const IndexDef& index = table.table.def->indexes[table.path.index];
  return std::any_of(assignments.begin(), assignments.end(), [&](const AssignmentPlan& assignment) {
    if (assignment.table != position) return false;
    return std::any_of(index.key_positions.begin(), index.key_positions.end(), [&](std::uint32_t key) {
      const std::uint32_t column = index.stored_columns.empty() ? key : index.stored_columns[key];
      return column == assignment.column;
    });
  });
}

std::optional<SqlError> PlanStatement(const PlanContext& context, const sql::UpdateStatement& update,
                                      StatementPlan& plan) {
  BlockPlanner block(context, plan, nullptr, -1);
  if (auto error = block.OpenTables(update.tables)) return error;
  ChangePlan change;
  change.is_ignore = update.is_ignore;
  if (auto error = block.BindConditions(update.tables, update.where)) return error;
  if (auto error = block.BindAssignments(update.assignments, change.assignments)) return error;
  if (auto error = block.BindOrder(update.order_by, nullptr)) return error;
  if (auto error = block.BindLimit(update.limit)) return error;
  BlockPurpose purpose;
  purpose.locking = LockingOfReads(context);
  purpose.subquery_locking = LockingOfReads(context);
  purpose.is_single_change = update.tables.size() == 1;
  purpose.changed_tables.resize(update.tables.size());
  for (const AssignmentPlan& assignment : change.assignments) {
    if (purpose.changed_tables[assignment.table]) continue;
    purpose.changed_tables[assignment.table] = true;
    change.targets.push_back(assignment.table);
  }
  if (auto error = block.Finish(update.tables, purpose, &change.assignments)) return error;
  const QueryPlan& query = plan.queries[0];
  // ORDER BY: even where the scan gives the order, all rows are found before the first one changes.
  const bool has_order = query.needs_order || !query.order_by.empty();
  change.is_buffered = update.tables.size() > 1 || has_order ||
                       (!query.is_one_row && ChangesScannedIndex(query.tables[0], 0, change.assignments));
  plan.change = std::move(change);
  return std::nullopt;
}

std::optional<SqlError> PlanStatement(const PlanContext& context, const sql::DeleteStatement& statement,
                                      StatementPlan& plan) {
  BlockPlanner block(context, plan, nullptr, -1);
  if (auto error = block.OpenTables(statement.tables)) return error;
  ChangePlan change;
  change.is_delete = true;
  change.is_ignore = statement.is_ignore;
  if (auto error = block.BindConditions(statement.tables, statement.where)) return error;
  if (auto error = block.BindOrder(statement.order_by, nullptr)) return error;
  if (auto error = block.BindLimit(statement.limit)) return error;
  BlockPurpose purpose;
  purpose.locking = LockingOfReads(context);
  purpose.subquery_locking = LockingOfReads(context);
  purpose.is_single_change = statement.targets.empty();
  purpose.changed_tables.resize(statement.tables.size());
  if (statement.targets.empty()) {
    change.targets = {0};
  } else {
    for (const std::string& target : statement.targets) {
      const auto found =
          std::find_if(statement.tables.begin(), statement.tables.end(),
                       [&](const sql::TableReference& table) { return table.alias == target; });
      if (found == statement.tables.end()) {
        return errors::MakeError(1109, "42S02", fmt::format("Unknown table '{}' in MULTI DELETE", target));
      }
      change.targets.push_back(static_cast<std::uint32_t>(found - statement.tables.begin()));
    }
  }
  for (std::uint32_t table : change.targets) purpose.changed_tables[table] = true;
  if (auto error = block.Finish(statement.tables, purpose, nullptr)) return error;
  change.is_buffered = statement.tables.size() > 1 || !plan.queries[0].order_by.empty();
  plan.change = std::move(change);
  return std::nullopt;
}

std::optional<SqlError> BindAll(const PlanContext& context, const std::vector<sql::ExprRef>& list,
                                StatementPlan& plan) {
  LooseExpressions expressions(context, plan, Scope{});
  for (const sql::ExprRef& expression : list) {
    if (expression == nullptr) {
      plan.expressions.emplace_back();
      continue;
    }
    auto bound = expressions.Bind(*expression);
    if (auto* error = std::get_if<SqlError>(&bound)) return *error;
    plan.expressions.push_back(std::get<BoundExpr>(std::move(bound)));
  }
  return expressions.Finish();
}

std::optional<SqlError> PlanStatement(const PlanContext& context, const sql::SetStatement& set,
                                      StatementPlan& plan) {
  std::vector<sql::ExprRef> list;
  for (const sql::VariableAssignment& assignment : set.assignments) list.push_back(assignment.value);
  return BindAll(context, list, plan);
}

std::optional<SqlError> PlanStatement(const PlanContext& context, const sql::DoStatement& statement,
                                      StatementPlan& plan) {
  return BindAll(context, statement.expressions, plan);
}

// The other statements have no expressions and no access paths.
template <class Other>
std::optional<SqlError> PlanStatement(const PlanContext&, const Other&, StatementPlan&) {
  return std::nullopt;
}

std::optional<SqlError> PlanStatement(const PlanContext& context, const sql::KillStatement& statement,
                                      StatementPlan& plan) {
  return BindAll(context, {statement.session}, plan);
}

std::optional<SqlError> PlanStatement(const PlanContext& context, const sql::ExplainStatement& statement,
                                      StatementPlan& plan) {
  return std::visit([&](const auto& body) { return PlanStatement(context, body, plan); },
                    statement.statement->body);
}

}  // namespace

std::variant<StatementPlanRef, SqlError> MakePlan(const sql::Statement& statement,
                                                  const PlanContext& context) {
  auto plan = std::make_shared<StatementPlan>();
  std::optional<SqlError> error =
      std::visit([&](const auto& body) { return PlanStatement(context, body, *plan); }, statement.body);
  if (error.has_value()) return std::move(*error);
  return StatementPlanRef(std::move(plan));
}

}  // namespace nextkey
