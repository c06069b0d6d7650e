#include "txn/query_planner.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "fmt/format.h"
#include "txn/access_path.h"
#include "txn/equal_columns.h"
#include "txn/errors.h"
#include "txn/join_order.h"
#include "txn/system_tables.h"

namespace nextkey {

using sql::Op;

namespace {

void Flatten(BoundExpr expression, std::vector<BoundExpr>& conjuncts) {
  if (expression.op == Op::kAnd) {
    for (BoundExpr& arg : expression.args) Flatten(std::move(arg), conjuncts);
  } else {
    conjuncts.push_back(std::move(expression));
  }
}

template <class Visit>
void VisitAll(BoundExpr& expression, const Visit& visit) {
  visit(expression);
  for (BoundExpr& arg : expression.args) VisitAll(arg, visit);
}

bool HasOwnSlot(const BoundExpr& expression) {
  if (expression.slot >= 0 && expression.subquery < 0) return true;
  return std::any_of(expression.args.begin(), expression.args.end(), HasOwnSlot);
}

}  // namespace

const Table* FindTable(const PlanContext& context, const sql::TableReference& reference) {
  if (const Table* table = FindSystemTable(context.system_tables, reference)) return table;
  const bool is_ours = reference.schema.empty() || reference.schema == errors::kSchema;
  const Table* table = is_ours ? context.catalog->Find(reference.name) : nullptr;
  if (table != nullptr && context.inputs != nullptr)
    context.inputs->definitions.push_back({reference.name, table->def});
  return table;
}

std::optional<SqlError> BlockPlanner::OpenTables(const std::vector<sql::TableReference>& from) {
  for (const sql::TableReference& reference : from) {
    const Table* table = FindTable(context_, reference);
    if (table == nullptr) return errors::NoSuchTable(reference.schema, reference.name);
    for (const ScopeTable& other : scope_.tables) {
      if (other.alias == reference.alias) return errors::NonUniqueTable(reference.alias);
    }
    for (const sql::IndexHint& hint : reference.hints) {
      for (const std::string& index : hint.indexes) {
        if (table->def->FindIndex(index) == nullptr) return errors::NoSuchIndexHint(index, reference.alias);
      }
    }
    scope_.tables.push_back({reference.alias, table->def});
    TablePlan plan;
    plan.table = scope_.tables.back();
    plan.id = table->def->id;
    plan.from_position = static_cast<std::uint32_t>(query_.tables.size());
    plan.is_outer = reference.join == sql::JoinKind::kLeft;
    query_.tables.push_back(std::move(plan));
  }
  outer_conjuncts_.resize(query_.tables.size());
  return std::nullopt;
}

std::optional<SqlError> BlockPlanner::ExpandStar(const sql::Expr& star) {
  bool found = false;
  for (std::uint32_t table = 0; table < scope_.tables.size(); ++table) {
    const ScopeTable& scope_table = scope_.tables[table];
    if (!star.qualifier.empty() && scope_table.alias != star.qualifier) continue;
    found = true;
    for (std::uint32_t column = 0; column < scope_table.def->columns.size(); ++column) {
      const ColumnDef& def = scope_table.def->columns[column];
      BoundExpr expression;
      expression.op = Op::kColumn;
      expression.column = {0, table, column};
      expression.column_type = def.type;
      expression.collation = def.type.collation;
      query_.output.push_back({def.name, std::move(expression)});
    }
  }
  if (found) return std::nullopt;
  if (star.qualifier.empty()) return errors::MakeError(1096, "HY000", "No tables used");
  return errors::MakeError(1051, "42S02", fmt::format("Unknown table '{}'", star.qualifier));
}

std::optional<SqlError> BlockPlanner::BindItems(const std::vector<sql::SelectItem>& items) {
  for (const sql::SelectItem& item : items) {
    if (item.expression->op == Op::kStar) {
      if (auto error = ExpandStar(*item.expression)) return error;
      continue;
    }
    auto bound = Bind(*item.expression, "SELECT", Binder::Clause::kAggregatesAllowed);
    if (auto* error = std::get_if<SqlError>(&bound)) return *error;
    query_.output.push_back({item.alias, std::get<BoundExpr>(std::move(bound))});
    scope_.select_aliases.emplace_back(item.alias, item.expression.get());
  }
  return std::nullopt;
}

std::optional<SqlError> BlockPlanner::BindConditions(const std::vector<sql::TableReference>& from,
                                                     const sql::ExprRef& where) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::vector<BoundExpr>& target = query_.tables[i].is_outer ? outer_conjuncts_[i] : conjuncts_;
    if (from[i].join_condition != nullptr) {
      auto bound = Bind(*from[i].join_condition, "ON");
      if (auto* error = std::get_if<SqlError>(&bound)) return *error;
      Flatten(std::get<BoundExpr>(std::move(bound)), target);
    }
    for (const std::string& name : from[i].using_columns) {
      const auto right = scope_.tables[i].def->FindColumn(name);
      for (std::size_t left = 0; left < i; ++left) {
        const auto column = scope_.tables[left].def->FindColumn(name);
        if (!column.has_value() || !right.has_value()) continue;
        BoundExpr equal;
        equal.op = Op::kEqual;
        for (const auto& [table, position] : {std::pair(left, *column), std::pair(i, *right)}) {
          BoundExpr side;
          side.op = Op::kColumn;
          side.column = {0, static_cast<std::uint32_t>(table), position};
          side.column_type = scope_.tables[table].def->columns[position].type;
          side.collation = side.column_type.collation;
          equal.args.push_back(std::move(side));
        }
        equal.collation = equal.args[0].collation;
        target.push_back(std::move(equal));
        break;
      }
      if (!right.has_value()) return errors::UnknownColumn(name, "from clause");
    }
  }
  if (where != nullptr) {
    auto bound = Bind(*where, "WHERE", Binder::Clause::kWhere);
    if (auto* error = std::get_if<SqlError>(&bound)) return *error;
    Flatten(std::get<BoundExpr>(std::move(bound)), conjuncts_);
  }
  return std::nullopt;
}

std::optional<SqlError> BlockPlanner::BindGroups(const sql::SelectStatement& select) {
  for (const sql::ExprRef& expression : select.group_by) {
    const bool is_position = expression->op == Op::kLiteral && expression->literal.kind() == ValueKind::kInt;
    if (is_position) {
      const std::int64_t position = expression->literal.AsInt();
      if (position < 1 || position > static_cast<std::int64_t>(query_.output.size())) {
        return errors::UnknownColumn(std::to_string(position), "GROUP BY");
      }
      query_.group_by.push_back(query_.output[static_cast<std::size_t>(position - 1)].expression);
      continue;
    }
    auto bound = Bind(*expression, "GROUP BY");
    if (auto* error = std::get_if<SqlError>(&bound)) return *error;
    query_.group_by.push_back(std::get<BoundExpr>(std::move(bound)));
  }
  if (select.having != nullptr) {
    auto bound = Bind(*select.having, "HAVING", Binder::Clause::kAggregatesAllowed);
    if (auto* error = std::get_if<SqlError>(&bound)) return *error;
    query_.having = std::get<BoundExpr>(std::move(bound));
  }
  return std::nullopt;
}

std::optional<SqlError> BlockPlanner::BindOrder(const std::vector<sql::OrderItem>& order,
                                                const std::vector<sql::SelectItem>* items) {
  for (const sql::OrderItem& item : order) {
    const bool is_position = items != nullptr && item.expression->op == Op::kLiteral &&
                             item.expression->literal.kind() == ValueKind::kInt;
    if (is_position) {
      const std::int64_t position = item.expression->literal.AsInt();
      if (position < 1 || position > static_cast<std::int64_t>(query_.output.size())) {
        return errors::UnknownColumn(std::to_string(position), "ORDER BY");
      }
      query_.order_by.push_back(
          {query_.output[static_cast<std::size_t>(position - 1)].expression, item.is_descending});
      continue;
    }
    auto bound = Bind(*item.expression, "ORDER BY", Binder::Clause::kAggregatesAllowed);
    if (auto* error = std::get_if<SqlError>(&bound)) return *error;
    query_.order_by.push_back({std::get<BoundExpr>(std::move(bound)), item.is_descending});
  }
  return std::nullopt;
}

std::optional<SqlError> BlockPlanner::BindLimit(const std::optional<sql::Limit>& limit) {
  if (!limit.has_value()) return std::nullopt;
  for (const auto& [expression, target] :
       {std::pair(limit->count, &query_.limit), std::pair(limit->offset, &query_.offset)}) {
    if (expression == nullptr) continue;
    auto bound = Bind(*expression, "limit clause");
    if (auto* error = std::get_if<SqlError>(&bound)) return *error;
    *target = std::get<BoundExpr>(std::move(bound));
  }
  return std::nullopt;
}

std::optional<SqlError> BlockPlanner::BindAssignments(const std::vector<sql::Assignment>& assignments,
                                                      std::vector<AssignmentPlan>& bound) {
  for (const sql::Assignment& assignment : assignments) {
    std::optional<AssignmentPlan> plan;
    for (std::uint32_t table = 0; table < scope_.tables.size() && !plan.has_value(); ++table) {
      const ScopeTable& candidate = scope_.tables[table];
      if (!assignment.qualifier.empty() && candidate.alias != assignment.qualifier) continue;
      const auto column = candidate.def->FindColumn(assignment.column);
      if (column.has_value()) plan = AssignmentPlan{table, *column, {}};
    }
    if (!plan.has_value()) {
      const std::string name =
          assignment.qualifier.empty() ? assignment.column : assignment.qualifier + "." + assignment.column;
      return errors::UnknownColumn(name, "SET");
    }
    const ColumnDef& column = scope_.tables[plan->table].def->columns[plan->column];
    if (assignment.value->op == Op::kDefault && assignment.value->name.empty()) {
      plan->value.op = Op::kDefault;
      plan->value.column = {0, plan->table, plan->column};
      plan->value.column_type = column.type;
    } else {
      auto value = Bind(*assignment.value, "SET");
      if (auto* error = std::get_if<SqlError>(&value)) return *error;
      plan->value = std::get<BoundExpr>(std::move(value));
    }
    bound.push_back(std::move(*plan));
  }
  return std::nullopt;
}

template <class Visit>
void BlockPlanner::VisitBlock(std::vector<AssignmentPlan>* assignments, const Visit& visit) {
  for (OutputColumn& column : query_.output) VisitAll(column.expression, visit);
  for (BoundExpr& conjunct : conjuncts_) VisitAll(conjunct, visit);
  for (std::vector<BoundExpr>& conjuncts : outer_conjuncts_) {
    for (BoundExpr& conjunct : conjuncts) VisitAll(conjunct, visit);
  }
  for (BoundExpr& expression : query_.group_by) VisitAll(expression, visit);
  for (BoundExpr& aggregate : query_.aggregates) VisitAll(aggregate, visit);
  if (query_.having.has_value()) VisitAll(*query_.having, visit);
  for (SortKey& key : query_.order_by) VisitAll(key.expression, visit);
  if (assignments != nullptr) {
    for (AssignmentPlan& assignment : *assignments) VisitAll(assignment.value, visit);
  }
}

std::optional<SqlError> BlockPlanner::PlanSubqueries(const BlockPurpose& purpose,
                                                     std::vector<AssignmentPlan>* assignments) {
  query_.slot_is_kept.assign(static_cast<std::size_t>(binder_.slot_count), false);
  deepest_outer_ = binder_.deepest_outer;
  std::vector<bool> is_correlated;
  std::vector<std::size_t> columns;
  for (const BoundSubquery& subquery : binder_.subqueries) {
    std::uint32_t number = 0;
    std::uint32_t deepest = 0;
    const std::size_t place = query_.subqueries.size();
    if (place < is_pulled_.size() && is_pulled_[place]) {  // No expression asks for it any more.
      query_.subqueries.push_back(number_);
      is_correlated.push_back(false);
      columns.push_back(1);
      continue;
    }
    if (auto error =
            PlanSelect(context_, plan_, *subquery.select, &scope_, static_cast<std::int32_t>(number_),
                       purpose.subquery_locking, purpose.subquery_locking, &number, &deepest)) {
      return error;
    }
    query_.subqueries.push_back(number);
    is_correlated.push_back(deepest > 0);
    columns.push_back(plan_.queries[number].output.size());
    if (deepest > 0) deepest_outer_ = std::max(deepest_outer_, deepest - 1);
  }
  std::optional<SqlError> error;
  VisitBlock(assignments, [&](BoundExpr& node) {
    if (node.subquery < 0) return;
    const auto place = static_cast<std::size_t>(node.subquery);
    node.is_correlated = is_correlated[place];
    if (!node.is_correlated) query_.slot_is_kept[static_cast<std::size_t>(node.slot)] = true;
    const bool is_row = node.op == Op::kInSubquery && !node.args.empty() && node.args[0].op == Op::kRow;
    const std::size_t wanted = is_row ? node.args[0].args.size() : 1;
    if (node.op != Op::kExists && columns[place] != wanted) error = errors::OperandColumns(wanted);
  });
  return error;
}

namespace {

// Whether nothing of it changes from row to row; subqueries are looked at by the caller.
bool IsWithoutColumns(const BoundExpr& expression) {
  if (expression.op == Op::kColumn || expression.op == Op::kAggregate || expression.op == Op::kDefault)
    return false;
  if (expression.slot >= 0 && expression.subquery < 0) return false;
  return std::all_of(expression.args.begin(), expression.args.end(), IsWithoutColumns);
}

// Whether a unique key of the table is given whole by equalities with what does not depend on the table
// itself.
bool IsGivenByUniqueKey(const TableDef& def, std::uint32_t table, std::size_t tables,
                        const std::vector<BoundExpr>& conjuncts) {
  const auto is_given = [&](const KeyPart& part) {
    return std::any_of(conjuncts.begin(), conjuncts.end(), [&](const BoundExpr& conjunct) {
      if (conjunct.op != Op::kEqual || conjunct.args.size() != 2) return false;
      for (std::size_t side : {std::size_t{0}, std::size_t{1}}) {
        const BoundExpr& column = conjunct.args[side];
        if (column.op != Op::kColumn || column.column.depth != 0 || column.column.table != table ||
            column.column.column != part.column)
          continue;
        std::vector<bool> used(tables);
        CollectTables(conjunct.args[1 - side], used);
        if (!used[table]) return true;
      }
      return false;
    });
  };
  return std::any_of(def.indexes.begin(), def.indexes.end(), [&](const IndexDef& index) {
    return index.is_unique && !index.parts.empty() &&
           std::all_of(index.parts.begin(), index.parts.end(), is_given);
  });
}

// Rows that a whole unique key names, and the ends of indexes that MIN and MAX ask for, are read while a
// block is optimized.
bool IsReadByOptimizer(const QueryPlan& query) {
  return query.is_answered_by_first_row ||
         std::all_of(query.tables.begin(), query.tables.end(),
                     [](const TablePlan& table) { return table.path.kind == AccessKind::kConst; });
}

bool IsKeyColumn(const std::vector<TablePlan>& tables, const BoundExpr& expression) {
  if (expression.op != Op::kColumn || expression.column.depth != 0) return false;
  const std::vector<IndexDef>& indexes = tables[expression.column.table].table.def->indexes;
  return std::any_of(indexes.begin(), indexes.end(), [&](const IndexDef& index) {
    return std::any_of(index.parts.begin(), index.parts.end(),
                       [&](const KeyPart& part) { return part.column == expression.column.column; });
  });
}

// What a key column is compared with, and does not change from row to row.
void CollectRangeEnds(const std::vector<TablePlan>& tables, const BoundExpr& condition,
                      std::vector<BoundExpr>& ends) {
  if (condition.op == Op::kAnd || condition.op == Op::kOr) {
    for (const BoundExpr& arg : condition.args) CollectRangeEnds(tables, arg, ends);
    return;
  }
  const bool is_comparison = condition.op >= Op::kEqual && condition.op <= Op::kGreaterEqual;
  if (!is_comparison && condition.op != Op::kIn && condition.op != Op::kBetween) return;
  const bool has_key = std::any_of(condition.args.begin(), condition.args.end(),
                                   [&](const BoundExpr& arg) { return IsKeyColumn(tables, arg); });
  if (!has_key) return;
  std::copy_if(condition.args.begin(), condition.args.end(), std::back_inserter(ends), IsWithoutColumns);
}

}  // namespace

// The optimizer of the block evaluates some subqueries itself: the last written first, those whose rows are
// read while they are optimized; then those that give the end of a range, where that is cheap
// (st_select_lex::optimize_unflattened_subqueries, Item_subselect::is_expensive).
void BlockPlanner::FindEarlySubqueries(std::vector<AssignmentPlan>* assignments) {
  if (number_ != 0) return;
  constexpr double kExpensiveRows = 100;  // expensive_subquery_limit
  const auto inner_of = [&](const BoundExpr& node) -> const QueryPlan* {
    const bool is_single = node.op == Op::kSubquery || node.op == Op::kExists;
    if (!is_single || node.subquery < 0 || node.is_correlated) return nullptr;
    const QueryPlan& inner = plan_.queries[query_.subqueries[static_cast<std::size_t>(node.subquery)]];
    return inner.slot_is_kept.empty() && !inner.tables.empty() ? &inner : nullptr;
  };
  std::vector<BoundExpr>& early = query_.early;
  VisitBlock(assignments, [&](BoundExpr& node) {
    const QueryPlan* inner = inner_of(node);
    if (inner != nullptr && IsReadByOptimizer(*inner)) early.push_back(node);
  });
  std::sort(early.begin(), early.end(),
            [](const BoundExpr& a, const BoundExpr& b) { return a.subquery > b.subquery; });
  std::vector<BoundExpr> ends;
  for (const BoundExpr& conjunct : conjuncts_) CollectRangeEnds(query_.tables, conjunct, ends);
  for (const std::vector<BoundExpr>& conjuncts : outer_conjuncts_) {
    for (const BoundExpr& conjunct : conjuncts) CollectRangeEnds(query_.tables, conjunct, ends);
  }
  for (BoundExpr& end : ends) {
    VisitAll(end, [&](BoundExpr& node) {
      const QueryPlan* inner = inner_of(node);
      if (inner == nullptr || IsReadByOptimizer(*inner) || inner->examined_rows > kExpensiveRows) return;
      early.push_back(node);
    });
  }
}

// `x IN (SELECT c FROM s WHERE ..)` joins the block when a unique key of s is given whole: then s has one row
// at most for each row outside (pull_out_semijoin_tables).
void BlockPlanner::PullOutSubqueries(std::vector<sql::TableReference>& from, const BlockPurpose& purpose) {
  if (purpose.is_single_change) return;
  pulled_locking_.resize(query_.tables.size());
  for (std::size_t at = 0; at < conjuncts_.size(); ++at) {
    const BoundExpr& conjunct = conjuncts_[at];
    if (conjunct.op != Op::kInSubquery || conjunct.subquery < 0) continue;
    const auto subquery = static_cast<std::size_t>(conjunct.subquery);
    const sql::SelectStatement& select = *binder_.subqueries[subquery].select;
    const bool is_plain = select.from.size() == 1 && select.items.size() == 1 && select.group_by.empty() &&
                          select.having == nullptr && !select.limit.has_value() &&
                          conjunct.args[0].op != Op::kRow;
    if (!is_plain) continue;
    StatementPlan scratch;
    BlockPlanner inner(context_, scratch, &scope_, -1);
    if (inner.OpenTables(select.from) || inner.BindItems(select.items) ||
        inner.BindConditions(select.from, select.where))
      continue;
    if (!inner.binder_.subqueries.empty() || !inner.binder_.aggregates.empty() ||
        inner.query_.output.size() != 1)
      continue;
    const auto table = static_cast<std::uint32_t>(query_.tables.size());
    const auto move_outward = [&](BoundExpr& node) {
      if (node.op != Op::kColumn && node.op != Op::kDefault) return;
      if (node.column.depth == 0) {
        node.column.table += table;
      } else {
        --node.column.depth;
      }
    };
    BoundExpr equal;
    equal.op = Op::kEqual;
    equal.collation = conjunct.collation;
    equal.args = {conjunct.args[0], inner.query_.output[0].expression};
    VisitAll(equal.args[1], move_outward);
    std::vector<BoundExpr> added{std::move(equal)};
    for (BoundExpr& condition : inner.conjuncts_) {
      VisitAll(condition, move_outward);
      added.push_back(std::move(condition));
    }
    const TableDef& def = *inner.query_.tables[0].table.def;
    if (!IsGivenByUniqueKey(def, table, table + 1, added)) continue;
    conjuncts_.erase(conjuncts_.begin() + static_cast<std::ptrdiff_t>(at));
    conjuncts_.insert(conjuncts_.end(), added.begin(), added.end());
    --at;
    scope_.tables.push_back(inner.scope_.tables[0]);
    query_.tables.push_back(std::move(inner.query_.tables[0]));
    query_.tables.back().from_position = table;
    outer_conjuncts_.emplace_back();
    pulled_locking_.push_back(purpose.subquery_locking);
    from.push_back(select.from[0]);
    is_pulled_.resize(binder_.subqueries.size());
    is_pulled_[subquery] = true;
  }
}

std::vector<bool> BlockPlanner::UsedColumns(std::uint32_t table,
                                            const std::vector<AssignmentPlan>* assignments) {
  std::vector<bool> used(scope_.tables[table].def->columns.size());
  const auto visit = [&](BoundExpr& node) {
    if (node.op == Op::kColumn && node.column.depth == 0 && node.column.table == table)
      used[node.column.column] = true;
    if (node.is_correlated) used.assign(used.size(), true);
  };
  VisitBlock(nullptr, visit);
  if (assignments != nullptr) {
    for (AssignmentPlan assignment : *assignments) VisitAll(assignment.value, visit);
  }
  return used;
}

sql::RowLocking BlockPlanner::LockingOf(std::uint32_t table, const BlockPurpose& purpose) const {
  if (table < purpose.changed_tables.size() && purpose.changed_tables[table]) return sql::RowLocking::kUpdate;
  if (table < pulled_locking_.size() && pulled_locking_[table].has_value()) return *pulled_locking_[table];
  return purpose.locking;
}

// A table that is looked up by another one's column never matches where that column is NULL: the server
// decides that as soon as it has the other row (add_not_null_conds).
void BlockPlanner::AddNotNullConditions() {
  for (const TablePlan& table : query_.tables) {
    if (table.path.kind != AccessKind::kRef) continue;
    for (const std::vector<KeyCondition>& part : table.path.conditions) {
      if (part.front().op != Op::kEqual) continue;
      const BoundExpr& key = part.front().keys.front();
      if (key.op != Op::kColumn || key.column.depth != 0) continue;
      TablePlan& source = query_.tables[key.column.table];
      if (!source.table.def->columns[key.column.column].is_nullable || source.path.kind == AccessKind::kConst)
        continue;
      BoundExpr is_null;
      is_null.op = Op::kIsNull;
      is_null.args.push_back(key);
      BoundExpr condition;
      condition.op = Op::kNot;
      condition.args.push_back(std::move(is_null));
      if (!table.is_outer) source.conditions.push_back(std::move(condition));
    }
  }
}

// `k = 5` where the look-up is for k = 5.
bool BlockPlanner::IsDecidedByLookup(const TablePlan& plan, const BoundExpr& conjunct) {
  if (plan.path.kind != AccessKind::kRef || conjunct.op != Op::kEqual) return false;
  const std::vector<std::uint32_t>& columns = plan.table.def->indexes[plan.path.index].stored_columns;
  return std::any_of(conjunct.args.begin(), conjunct.args.end(), [&](const BoundExpr& side) {
    const auto end = columns.begin() + static_cast<std::ptrdiff_t>(plan.path.conditions.size());
    return side.op == Op::kColumn && std::find(columns.begin(), end, side.column.column) != end;
  });
}

void BlockPlanner::PlaceConditions() {
  const std::size_t count = query_.tables.size();
  std::vector<std::size_t> level_of(count);
  for (std::size_t level = 0; level < query_.order.size(); ++level) level_of[query_.order[level]] = level;
  for (BoundExpr& conjunct : conjuncts_) {
    std::vector<bool> tables(count);
    CollectTables(conjunct, tables);
    if (HasOwnSlot(conjunct) && count > 0) tables[query_.order.back()] = true;
    std::optional<std::size_t> level;
    for (std::size_t table = 0; table < count; ++table) {
      if (tables[table]) level = std::max(level.value_or(0), level_of[table]);
    }
    if (!level.has_value()) {
      query_.constant_conditions.push_back(std::move(conjunct));
      continue;
    }
    TablePlan& plan = query_.tables[query_.order[*level]];
    const bool is_own = std::count(tables.begin(), tables.end(), true) == 1;
    if (plan.path.has_index_condition && is_own && !HasOwnSlot(conjunct) &&
        !IsDecidedByLookup(plan, conjunct)) {
      const std::vector<std::uint32_t>& stored = plan.table.def->indexes[plan.path.index].stored_columns;
      bool fits = true;
      VisitAll(conjunct, [&](BoundExpr& node) {
        if (node.subquery >= 0 || (node.op == Op::kColumn && node.column.depth > 0)) fits = false;
        if (node.op == Op::kColumn &&
            std::find(stored.begin(), stored.end(), node.column.column) == stored.end())
          fits = false;
      });
      if (fits) plan.index_conditions.push_back(conjunct);
    }
    plan.conditions.push_back(std::move(conjunct));
  }
  for (std::size_t table = 0; table < count; ++table)
    query_.tables[table].join_conditions = std::move(outer_conjuncts_[table]);
  // Conditions with a subquery are not pushed down; where there are no others, the index does not watch over
  // the range's end either.
  for (TablePlan& table : query_.tables) {
    if (table.index_conditions.empty()) table.path.has_index_condition = false;
  }
}

// MAX(c) and MIN(c) alone, of the first column of an index: one end of it answers (opt_sum_query).
void BlockPlanner::ReadOneEndOfIndex() {
  if (query_.tables.size() != 1 || query_.aggregates.size() != 1 || !query_.group_by.empty() ||
      !conjuncts_.empty())
    return;
  const BoundExpr& aggregate = query_.aggregates[0];
  const bool is_max = aggregate.name == "max";
  if ((!is_max && aggregate.name != "min") || aggregate.args[0].op != Op::kColumn ||
      aggregate.args[0].column.depth > 0)
    return;
  const TableDef& def = *query_.tables[0].table.def;
  const std::uint32_t column = aggregate.args[0].column.column;
  if (!is_max && def.columns[column].is_nullable) return;  // The NULLs stand in front.
  for (std::uint32_t index = 0; index < def.indexes.size(); ++index) {
    const KeyPart& part = def.indexes[index].parts[0];
    if ((index == 0 && def.HasHiddenRowId()) || part.column != column) continue;
    AccessPath& path = query_.tables[0].path;
    path = AccessPath{};
    path.kind = AccessKind::kIndex;
    path.index = index;
    path.is_descending = is_max != part.is_descending;
    path.is_covering = index != 0;
    query_.is_answered_by_first_row = true;
    return;
  }
}

namespace {

std::string_view KindName(AccessKind kind) {
  switch (kind) {
    case AccessKind::kConst:
      return "const";
    case AccessKind::kRef:
      return "ref";
    case AccessKind::kRange:
      return "range";
    case AccessKind::kIndex:
      return "index";
    case AccessKind::kFullScan:
      return "ALL";
  }
  return "";
}

std::string ExplainOf(const TablePlan& plan, bool has_sort) {
  std::string text = fmt::format("{} {}", plan.table.alias, KindName(plan.path.kind));
  if (plan.path.kind != AccessKind::kFullScan) text += " " + plan.table.def->indexes[plan.path.index].name;
  if (plan.path.is_covering) text += " (Using index)";
  if (plan.path.has_index_condition && !plan.index_conditions.empty()) text += " (Using index condition)";
  if (has_sort) text += " (Using filesort)";
  return text;
}

}  // namespace

std::optional<SqlError> BlockPlanner::Finish(std::vector<sql::TableReference> from,
                                             const BlockPurpose& purpose,
                                             std::vector<AssignmentPlan>* assignments) {
  query_.aggregates = binder_.aggregates;
  query_.is_grouped = !query_.aggregates.empty() || !query_.group_by.empty();
  PullOutSubqueries(from, purpose);
  if (auto error = PlanSubqueries(purpose, assignments)) return error;
  FindEarlySubqueries(assignments);
  ChoosePaths(from, purpose, assignments);
  ReadOneEndOfIndex();
  PlaceConditions();
  AddNotNullConditions();
  for (std::uint32_t table : query_.order) {
    plan_.explain.push_back(
        ExplainOf(query_.tables[table], !query_.order_by.empty() && table == query_.order[0]));
  }
  plan_.queries[number_] = std::move(query_);
  return std::nullopt;
}

std::optional<SqlError> PlanSelect(const PlanContext& context, StatementPlan& plan,
                                   const sql::SelectStatement& select, const Scope* outer,
                                   std::int32_t parent, sql::RowLocking locking,
                                   sql::RowLocking subquery_locking, std::uint32_t* number,
                                   std::uint32_t* deepest_outer) {
  BlockPlanner block(context, plan, outer, parent);
  if (auto error = block.OpenTables(select.from)) return error;
  if (auto error = block.BindItems(select.items)) return error;
  if (auto error = block.BindConditions(select.from, select.where)) return error;
  if (auto error = block.BindGroups(select)) return error;
  if (auto error = block.BindOrder(select.order_by, &select.items)) return error;
  if (auto error = block.BindLimit(select.limit)) return error;
  block.query().is_distinct = select.is_distinct;
  block.query().into_variables = select.into_variables;
  BlockPurpose purpose;
  purpose.locking = std::max(locking, select.locking.strength);
  purpose.subquery_locking = subquery_locking;
  if (!select.locking.of_tables.empty()) {
    purpose.locking = locking;
    for (const sql::TableReference& reference : select.from) {
      const auto& names = select.locking.of_tables;
      const bool is_named = std::find(names.begin(), names.end(), reference.alias) != names.end();
      purpose.changed_tables.push_back(is_named && select.locking.strength == sql::RowLocking::kUpdate);
    }
  }
  for (TablePlan& table : block.query().tables) table.waiting = select.locking.waiting;
  if (number != nullptr) *number = block.number();
  if (auto error = block.Finish(select.from, purpose, nullptr)) return error;
  if (deepest_outer != nullptr) *deepest_outer = block.deepest_outer();
  return std::nullopt;
}

}  // namespace nextkey
