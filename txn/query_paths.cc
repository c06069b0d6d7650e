// The access paths of one query block: what the optimizer is asked, and what becomes of its answers.

#include <algorithm>
#include <iterator>
#include <utility>

#include "txn/access_path.h"
#include "txn/equal_columns.h"
#include "txn/join_order.h"
#include "txn/query_planner.h"

namespace nextkey {

using sql::Op;

namespace {

// `answers`: of subqueries that were evaluated already.
bool IsConstant(const BoundExpr& expression, const Memo* answers) {
  if (expression.subquery >= 0) {
    const auto slot = static_cast<std::size_t>(expression.slot);
    return answers != nullptr && slot < answers->size() && (*answers)[slot].is_set;
  }
  const bool depends = expression.op == Op::kColumn || expression.op == Op::kDefault ||
                       expression.op == Op::kInsertedValue || expression.op == Op::kAggregate ||
                       expression.op == Op::kAssignVariable || expression.op == Op::kRow;
  if (depends || expression.slot >= 0) return false;
  return std::all_of(expression.args.begin(), expression.args.end(),
                     [answers](const BoundExpr& arg) { return IsConstant(arg, answers); });
}

// A row of NULLs of the table can't fulfil the condition.
bool RejectsNullOf(const BoundExpr& conjunct, std::uint32_t table) {
  const auto is_column = [table](const BoundExpr& e) {
    return e.op == Op::kColumn && e.column.depth == 0 && e.column.table == table;
  };
  const auto rejects = [table](const BoundExpr& arg) { return RejectsNullOf(arg, table); };
  if (conjunct.op == Op::kOr) return std::all_of(conjunct.args.begin(), conjunct.args.end(), rejects);
  if (conjunct.op == Op::kAnd) return std::any_of(conjunct.args.begin(), conjunct.args.end(), rejects);
  if (conjunct.op == Op::kNot)
    return conjunct.args[0].op == Op::kIsNull && is_column(conjunct.args[0].args[0]);
  const bool is_comparison = conjunct.op >= Op::kEqual && conjunct.op <= Op::kGreaterEqual;
  if (is_comparison && conjunct.op != Op::kNullSafeEqual) {
    return std::any_of(conjunct.args.begin(), conjunct.args.end(), is_column);
  }
  const bool is_range = conjunct.op == Op::kIn || conjunct.op == Op::kBetween || conjunct.op == Op::kLike;
  return is_range && is_column(conjunct.args[0]);
}

}  // namespace

std::optional<Value> BlockPlanner::KnownNow(const BoundExpr& expression) const {
  const Memo* answers = number_ == 0 ? context_.answers : nullptr;
  if (!IsConstant(expression, answers)) return std::nullopt;
  if (expression.op == Op::kLiteral) return expression.literal;
  std::optional<Value> value =
      ValueNow(expression, *context_.session, answers == nullptr ? Memo() : *answers);
  if (context_.inputs != nullptr) context_.inputs->known.push_back({expression, value});
  return value;
}

std::optional<Value> ValueNow(const BoundExpr& expression, SessionView session, Memo answers) {
  std::vector<Warning> forgotten;
  session.warnings = &forgotten;
  session.is_strict = false;
  const Evaluated value = Evaluate(expression, RowView{}, session, answers);
  const Value* known = std::get_if<Value>(&value);
  return known == nullptr ? std::nullopt : std::optional(*known);
}

std::optional<double> BlockPlanner::LimitNow() const {
  if (!query_.limit.has_value()) return std::nullopt;
  double limit = 0;
  for (const std::optional<BoundExpr>* part : {&query_.limit, &query_.offset}) {
    if (!part->has_value()) continue;
    const std::optional<Value> value = KnownNow(**part);
    if (!value.has_value() || value->IsNull()) return std::nullopt;
    limit += ToDouble(*value);
  }
  return limit;
}

// ORDER BY plain columns of one table may come for free; with GROUP BY it is that one's order which counts.
std::optional<std::uint32_t> BlockPlanner::OrderTable(std::vector<KeyPart>& order) const {
  std::optional<std::uint32_t> table;
  const auto add = [&](const BoundExpr& e, bool is_descending) {
    const bool is_column = e.op == Op::kColumn && e.column.depth == 0;
    if (!is_column || (table.has_value() && *table != e.column.table)) return false;
    table = e.column.table;
    order.push_back({e.column.column, is_descending});
    return true;
  };
  if (!query_.group_by.empty()) {
    for (const BoundExpr& expression : query_.group_by) {
      if (!add(expression, false)) return std::nullopt;
    }
    return table;
  }
  for (const SortKey& key : query_.order_by) {
    if (!add(key.expression, key.is_descending)) return std::nullopt;
  }
  return table;
}

// A LEFT JOIN whose table must have a row to fulfil WHERE is an inner one (simplify_joins).
void BlockPlanner::SimplifyOuterJoins() {
  for (std::uint32_t table = 0; table < query_.tables.size(); ++table) {
    if (!query_.tables[table].is_outer) continue;
    const bool rejects_null =
        std::any_of(conjuncts_.begin(), conjuncts_.end(),
                    [table](const BoundExpr& conjunct) { return RejectsNullOf(conjunct, table); });
    if (!rejects_null) continue;
    query_.tables[table].is_outer = false;
    std::vector<BoundExpr>& on = outer_conjuncts_[table];
    conjuncts_.insert(conjuncts_.end(), std::make_move_iterator(on.begin()),
                      std::make_move_iterator(on.end()));
    on.clear();
  }
}

AccessQuestion BlockPlanner::AccessQuestionFor(std::uint32_t table,
                                               const std::vector<sql::TableReference>& from,
                                               const BlockPurpose& purpose,
                                               const std::vector<AssignmentPlan>* assignments) {
  const TablePlan& plan = query_.tables[table];
  AccessQuestion question;
  question.table = TableOf(plan.id);
  question.table_position = table;
  question.table_count = static_cast<std::uint32_t>(query_.tables.size());
  question.hints = &from[table].hints;
  question.where = &conjuncts_;
  question.conjuncts = &lookup_conjuncts_[table];
  question.known = [this](const BoundExpr& expression) { return KnownNow(expression); };
  question.inputs = context_.inputs;
  question.is_change = purpose.is_single_change;
  if (purpose.is_single_change && assignments != nullptr) {
    question.written_columns.resize(plan.table.def->columns.size());
    for (const AssignmentPlan& assignment : *assignments) question.written_columns[assignment.column] = true;
  }
  question.is_outer = plan.is_outer;
  question.used_columns = UsedColumns(table, assignments);
  const bool is_changed = table < purpose.changed_tables.size() && purpose.changed_tables[table];
  if (is_changed) question.used_columns.assign(question.used_columns.size(), true);
  question.limit = LimitNow();
  question.is_limit_of_rows = query_.order_by.empty() && !query_.is_grouped && !query_.is_distinct;
  return question;
}

void BlockPlanner::ChoosePaths(const std::vector<sql::TableReference>& from, const BlockPurpose& purpose,
                               const std::vector<AssignmentPlan>* assignments) {
  SimplifyOuterJoins();
  lookup_conjuncts_ = WithEqualColumns(conjuncts_, outer_conjuncts_);
  std::vector<KeyPart> order;
  const std::optional<std::uint32_t> order_table = OrderTable(order);
  const bool may_give_order = !query_.is_grouped && !query_.is_distinct;
  JoinQuestion join;
  join.limit = LimitNow();
  if (query_.tables.size() > 1) join.sort_table = order_table;
  std::optional<std::uint32_t> impossible;
  for (std::uint32_t table = 0; table < query_.tables.size(); ++table) {
    AccessQuestion question = AccessQuestionFor(table, from, purpose, assignments);
    question.is_group = !query_.group_by.empty();
    question.has_order = (may_give_order || question.is_group) && order_table == table;
    if (question.is_group) question.limit.reset();
    question.order = order;
    AccessChooser chooser(std::move(question));
    if (chooser.IsImpossible() && !query_.tables[table].is_outer) impossible = table;
    const bool keeps_place = query_.tables[table].is_outer || from[table].join == sql::JoinKind::kStraight;
    join.tables.push_back({std::move(chooser), query_.tables[table].is_outer, keeps_place});
  }
  std::vector<ChosenTable> chosen;
  if (purpose.is_single_change) {
    chosen.push_back({0, join.tables[0].chooser.ForChange()});
  } else if (!join.tables.empty()) {
    chosen = ChooseJoinOrder(join);
  }
  bool is_first = true;
  double fanout = 1;
  for (ChosenTable& choice : chosen) {
    TablePlan& plan = query_.tables[choice.table];
    const bool is_constant = choice.answer.path.kind == AccessKind::kConst;
    const bool is_scan =
        choice.answer.path.kind == AccessKind::kFullScan || choice.answer.path.kind == AccessKind::kIndex;
    if (!is_constant) {
      const double rows = is_scan ? join.tables[choice.table].chooser.costs().rows() : choice.answer.rows;
      query_.examined_rows += rows * fanout;
      fanout *= choice.answer.rows;
    }
    plan.path = std::move(choice.answer.path);
    plan.locking = LockingOf(choice.table, purpose);
    query_.order.push_back(choice.table);
    const bool is_sorted = is_constant ? query_.tables.size() == 1
                                       : is_first && order_table == choice.table && choice.answer.gives_order;
    if (is_sorted && may_give_order) query_.order_by.clear();
    query_.needs_order = choice.answer.needs_order;
    query_.is_one_row = choice.answer.is_one_row;
    is_first = is_first && is_constant;
  }
  if (query_.tables.size() > 1) {
    const auto first_unknown = std::find_if(
        query_.order.begin(), query_.order.end(),
        [this](std::uint32_t table) { return query_.tables[table].path.kind != AccessKind::kConst; });
    query_.known_tables = static_cast<std::uint32_t>(first_unknown - query_.order.begin());
  }
  if (impossible.has_value()) ReadNothing(*impossible);
}

const Table* BlockPlanner::TableOf(TableId id) const {
  for (const SystemTableRef& table : context_.system_tables) {
    if (table->contents.def->id == id) return &table->contents;
  }
  return context_.catalog->Find(id);
}

// The ranges of an index show that no row fulfils WHERE: only constant rows are read at all.
void BlockPlanner::ReadNothing(std::uint32_t table) {
  AccessPath& path = query_.tables[table].path;
  if (path.kind == AccessKind::kConst) return;
  path.kind = AccessKind::kRange;
  path.ranges.emplace();
  path.has_index_condition = false;
  const auto is_not_constant = [this](std::uint32_t other) {
    return query_.tables[other].path.kind != AccessKind::kConst;
  };
  std::erase(query_.order, table);
  query_.order.insert(std::find_if(query_.order.begin(), query_.order.end(), is_not_constant), table);
}

}  // namespace nextkey
