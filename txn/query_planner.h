// Planning one query block: names, conditions, access paths, and through it its subqueries.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/table.h"
#include "txn/access_path.h"
#include "txn/expression.h"
#include "txn/plan.h"
#include "txn/planner.h"
#include "txn/result.h"
#include "txn/sql/ast.h"

namespace nextkey {

// What a block's tables are read for.
struct BlockPurpose {
  sql::RowLocking locking = sql::RowLocking::kNone;  // Of its tables, unless a clause says more.
  sql::RowLocking subquery_locking = sql::RowLocking::kNone;
  std::vector<bool> changed_tables;  // UPDATE and DELETE: by position in FROM.
  bool is_single_change = false;
};

// Plans one query block and, through it, its subqueries.
class BlockPlanner {
 public:
  BlockPlanner(const PlanContext& context, StatementPlan& plan, const Scope* outer, std::int32_t parent)
      : context_(context), plan_(plan), binder_(scope_) {
    scope_.outer = outer;
    number_ = static_cast<std::uint32_t>(plan.queries.size());
    plan.queries.emplace_back();
    query_.parent = parent;
  }

  std::optional<SqlError> OpenTables(const std::vector<sql::TableReference>& from);
  std::optional<SqlError> BindItems(const std::vector<sql::SelectItem>& items);
  std::optional<SqlError> BindConditions(const std::vector<sql::TableReference>& from,
                                         const sql::ExprRef& where);
  std::optional<SqlError> BindGroups(const sql::SelectStatement& select);
  std::optional<SqlError> BindOrder(const std::vector<sql::OrderItem>& order,
                                    const std::vector<sql::SelectItem>* items);
  std::optional<SqlError> BindLimit(const std::optional<sql::Limit>& limit);
  std::optional<SqlError> BindAssignments(const std::vector<sql::Assignment>& assignments,
                                          std::vector<AssignmentPlan>& bound);
  // After all names are bound: subqueries, access paths, the places of conditions.
  std::optional<SqlError> Finish(std::vector<sql::TableReference> from, const BlockPurpose& purpose,
                                 std::vector<AssignmentPlan>* assignments);

  std::uint32_t number() const { return number_; }
  std::uint32_t deepest_outer() const { return deepest_outer_; }
  QueryPlan& query() { return query_; }
  const Scope& scope() const { return scope_; }

 private:
  std::variant<BoundExpr, SqlError> Bind(const sql::Expr& expression, std::string_view clause,
                                         Binder::Clause kind = Binder::Clause::kOther) {
    return binder_.Bind(expression, clause, kind);
  }
  std::optional<SqlError> ExpandStar(const sql::Expr& star);
  std::optional<SqlError> PlanSubqueries(const BlockPurpose& purpose,
                                         std::vector<AssignmentPlan>* assignments);
  void FindEarlySubqueries(std::vector<AssignmentPlan>* assignments);
  void PullOutSubqueries(std::vector<sql::TableReference>& from, const BlockPurpose& purpose);
  void ChoosePaths(const std::vector<sql::TableReference>& from, const BlockPurpose& purpose,
                   const std::vector<AssignmentPlan>* assignments);
  AccessQuestion AccessQuestionFor(std::uint32_t table, const std::vector<sql::TableReference>& from,
                                   const BlockPurpose& purpose,
                                   const std::vector<AssignmentPlan>* assignments);
  // What a condition's constant side comes to; nullopt for what depends on rows, waits or has side effects.
  std::optional<Value> KnownNow(const BoundExpr& expression) const;
  const Table* TableOf(TableId id) const;
  std::optional<double> LimitNow() const;
  std::optional<std::uint32_t> OrderTable(std::vector<KeyPart>& order) const;
  void SimplifyOuterJoins();
  void ReadNothing(std::uint32_t table);
  static bool IsDecidedByLookup(const TablePlan& plan, const BoundExpr& conjunct);
  void AddNotNullConditions();
  void PlaceConditions();
  void ReadOneEndOfIndex();
  std::vector<bool> UsedColumns(std::uint32_t table, const std::vector<AssignmentPlan>* assignments);
  template <class Visit>
  void VisitBlock(std::vector<AssignmentPlan>* assignments, const Visit& visit);
  sql::RowLocking LockingOf(std::uint32_t table, const BlockPurpose& purpose) const;

  const PlanContext& context_;
  StatementPlan& plan_;
  Scope scope_;
  Binder binder_;
  std::uint32_t number_ = 0;
  std::uint32_t deepest_outer_ = 0;
  QueryPlan query_;
  std::vector<BoundExpr> conjuncts_;
  std::vector<std::vector<BoundExpr>> outer_conjuncts_;  // ON of each LEFT JOIN, by table.
  // What each table's access path may follow: the conjuncts and what follows from equal columns.
  std::vector<std::vector<BoundExpr>> lookup_conjuncts_;
  std::vector<std::optional<sql::RowLocking>> pulled_locking_;  // By table: of those that were a subquery's.
  std::vector<bool> is_pulled_;  // By subquery: it is a table of this block now.
};

// Plans a whole SELECT as a block of `plan`. `locking` is what the statement around it asks of its
// tables. Where they are not null, `number` gets its position in the plan and `deepest_outer` how many
// blocks outward its names reach.
std::optional<SqlError> PlanSelect(const PlanContext& context, StatementPlan& plan,
                                   const sql::SelectStatement& select, const Scope* outer,
                                   std::int32_t parent, sql::RowLocking locking,
                                   sql::RowLocking subquery_locking, std::uint32_t* number,
                                   std::uint32_t* deepest_outer);

// What an expression of constants and variables comes to; nullopt for what waits. `answers`: of its
// subqueries.
std::optional<Value> ValueNow(const BoundExpr& expression, SessionView session, Memo answers = {});

// Null when there is none of that name; there is one schema, and a table of another one is not there.
const Table* FindTable(const PlanContext& context, const sql::TableReference& reference);

}  // namespace nextkey
