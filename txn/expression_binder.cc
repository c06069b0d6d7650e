// Looks up names, checks calls, numbers what waits or has a side effect, and folds constants.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "txn/evaluator.h"
#include "txn/expression.h"
#include "txn/words.h"

namespace nextkey {
namespace {

using sql::Expr;
using sql::Op;

SqlError Error(int number, std::string_view sqlstate, std::string message) {
  return SqlError{number, std::string(sqlstate), std::move(message)};
}

constexpr std::array<std::string_view, 6> kDeferredFunctions = {
    "get_lock", "release_lock", "release_all_locks", "is_free_lock", "is_used_lock", "sleep"};

// Changes something, or must give the same answer when the row is evaluated again.
bool HasSideEffect(const BoundExpr& node) {
  if (node.op == Op::kAssignVariable) return true;
  return node.op == Op::kFunction &&
         (node.name == "rand" || (node.name == "last_insert_id" && !node.args.empty()));
}

// The same for every row and every session.
bool IsPure(const BoundExpr& node) {
  switch (node.op) {
    case Op::kLiteral:
    case Op::kColumn:
    case Op::kStar:
    case Op::kUserVariable:
    case Op::kAssignVariable:
    case Op::kSystemVariable:
    case Op::kDefault:
    case Op::kInsertedValue:
    case Op::kAggregate:
    case Op::kSubquery:
    case Op::kExists:
    case Op::kInSubquery:
    case Op::kRow:
      return false;
    case Op::kFunction: {
      const FunctionDef& def = FunctionAt(node.function);
      return def.repeats == Repeats::kAlways;
    }
    default:  // Operators.
      return true;
  }
}

// Columns decide over literals, and utf8mb4_bin over the others.
std::optional<Collation> CollationOf(const BoundExpr& node) {
  if (node.op == Op::kColumn || node.op == Op::kInsertedValue || node.op == Op::kDefault) {
    if (!IsText(node.column_type)) return std::nullopt;
    return node.column_type.collation;
  }
  if (node.op == Op::kCast && IsText(node.cast_type) && node.cast_type.collation == Collation::kBin) {
    return Collation::kBin;
  }
  std::optional<Collation> result;
  for (const BoundExpr& arg : node.args) {
    const std::optional<Collation> one = CollationOf(arg);
    if (one && (!result || *one == Collation::kBin)) result = one;
  }
  return result;
}

}  // namespace

bool IsDeferredFunction(std::string_view name) {
  return std::find(kDeferredFunctions.begin(), kDeferredFunctions.end(), name) != kDeferredFunctions.end();
}

// One call of Binder::Bind.
class ExpressionBinder {
 public:
  ExpressionBinder(Binder& binder, std::string_view clause_name, Binder::Clause clause)
      : binder_(binder), clause_name_(clause_name), clause_(clause) {}

  std::variant<BoundExpr, SqlError> Run(const Expr& expression) {
    is_order_item_ = IsSameWord(clause_name_, "order clause") || IsSameWord(clause_name_, "order by");
    root_ = &expression;
    BoundExpr bound;
    if (!BindNode(expression, bound)) return *error_;
    if (bound.op == Op::kRow) return Error(1241, "21000", "Operand should contain 1 column(s)");
    return bound;
  }

 private:
  bool Fail(SqlError error) {
    if (!error_) error_ = std::move(error);
    return false;
  }

  bool BindNode(const Expr& expression, BoundExpr& bound) {
    bound.op = expression.op;
    bound.name = LowerWord(expression.name);
    bound.literal = expression.literal;
    bound.cast_type = expression.cast_type;
    bound.has_operand = expression.has_operand;
    bound.has_else = expression.has_else;
    bound.is_distinct = expression.is_distinct;
    bound.is_negated = expression.is_negated;
    switch (expression.op) {
      case Op::kColumn:
        return BindName(expression, bound);
      case Op::kInsertedValue:
        return BindOwnColumn(expression, bound);
      case Op::kDefault:
        return expression.name.empty() ? true : BindDefault(expression, bound);
      case Op::kStar:
        return Fail(Error(1064, "42000", "`*` stands only in a select list and in COUNT(*)"));
      case Op::kAggregate:
        return BindAggregate(expression, bound);
      case Op::kFunction:
        return BindFunction(expression, bound);
      case Op::kSystemVariable:
        return BindSystemVariable(expression, bound);
      default:  // Arguments only.
        return BindArguments(expression, bound) && Complete(expression, bound);
    }
  }

  bool BindArguments(const Expr& expression, BoundExpr& bound) {
    bound.args.reserve(expression.args.size());
    for (const sql::ExprRef& arg : expression.args) {
      if (!BindNode(*arg, bound.args.emplace_back())) return false;
    }
    return true;
  }

  // Requires: the arguments are bound.
  bool Complete(const Expr& expression, BoundExpr& bound) {
    if (!CheckColumns(bound)) return false;
    if (expression.subquery != nullptr) {
      bound.subquery = static_cast<std::int32_t>(binder_.subqueries.size());
      binder_.subqueries.push_back(BoundSubquery{expression.subquery, false});
    }
    const bool is_deferred =
        expression.subquery != nullptr || (bound.op == Op::kFunction && IsDeferredFunction(bound.name));
    if (is_deferred || HasSideEffect(bound)) bound.slot = binder_.slot_count++;
    bound.collation = CollationOf(bound).value_or(Collation::kGeneralCi);
    bound.type = InferType(bound);
    Fold(bound);
    return true;
  }

  // Rows stand only where two of the same width are compared.
  bool CheckColumns(const BoundExpr& bound) {
    const bool takes_rows =
        bound.op == Op::kEqual || bound.op == Op::kNullSafeEqual || bound.op == Op::kNotEqual ||
        bound.op == Op::kLess || bound.op == Op::kLessEqual || bound.op == Op::kGreater ||
        bound.op == Op::kGreaterEqual || bound.op == Op::kIn || bound.op == Op::kInSubquery;
    if (bound.op == Op::kAggregate) return true;
    const auto width = [](const BoundExpr& arg) { return arg.op == Op::kRow ? arg.args.size() : 1; };
    const std::size_t expected = takes_rows && !bound.args.empty() ? width(bound.args[0]) : 1;
    for (const BoundExpr& arg : bound.args) {
      // The width of a subquery is known to the executor alone.
      if (takes_rows && arg.op == Op::kSubquery) continue;
      if (takes_rows && bound.args[0].op == Op::kSubquery) continue;
      if (width(arg) == expected && (takes_rows || arg.op != Op::kRow)) continue;
      return Fail(Error(1241, "21000", fmt::format("Operand should contain {} column(s)", expected)));
    }
    return true;
  }

  void Fold(BoundExpr& bound) {
    // A clock time may turn into a moment of today.
    const auto is_literal = [](const BoundExpr& arg) {
      return arg.op == Op::kLiteral && arg.literal.kind() != ValueKind::kTime;
    };
    if (!IsPure(bound) || !std::all_of(bound.args.begin(), bound.args.end(), is_literal)) return;
    std::vector<Warning> warnings;
    SessionView session;
    session.warnings = &warnings;
    const RowView no_rows;
    Memo memo;
    Evaluator evaluator(no_rows, session, memo);
    const std::optional<Value> value = evaluator.EvalExact(bound);
    if (!value || !warnings.empty()) return;
    BoundExpr literal;
    literal.literal = *value;
    literal.name = PrintExpression(bound, binder_.schema_);
    literal.has_operand = bound.args.size() == 2 && bound.op != Op::kFunction;
    literal.type = bound.type;
    literal.collation = bound.collation;
    bound = std::move(literal);
  }

  // --- Names ---

  struct Found {
    ColumnPosition position;
    int count = 0;
  };

  static Found FindIn(const Scope& scope, const Expr& name) {
    Found found;
    for (std::size_t table = 0; table < scope.tables.size(); ++table) {
      const ScopeTable& candidate = scope.tables[table];
      if (candidate.def == nullptr) continue;
      // Table names are case-sensitive, as on a server on Linux.
      if (!name.qualifier.empty() && !MatchesQualifier(candidate.alias, name.qualifier)) continue;
      const std::optional<std::uint32_t> column = candidate.def->FindColumn(name.name);
      if (!column) continue;
      if (found.count++ == 0) found.position = ColumnPosition{0, static_cast<std::uint32_t>(table), *column};
    }
    return found;
  }

  // `schema.table` counts as `table`.
  static bool MatchesQualifier(std::string_view alias, std::string_view qualifier) {
    const std::size_t dot = qualifier.rfind('.');
    return alias == qualifier || (dot != std::string_view::npos && alias == qualifier.substr(dot + 1));
  }

  bool BindName(const Expr& name, BoundExpr& bound) {
    const bool is_whole_order_item = is_order_item_ && &name == root_;
    if (is_whole_order_item) {
      if (const Expr* aliased = FindAlias(binder_.scope_, name)) return BindAliased(*aliased, bound);
    }
    std::uint32_t depth = 0;
    for (const Scope* scope = &binder_.scope_; scope != nullptr; scope = scope->outer, ++depth) {
      const Found found = FindIn(*scope, name);
      if (found.count > 1) {
        return Fail(Error(1052, "23000",
                          fmt::format("Column '{}' in {} is ambiguous", FullName(name), clause_name_)));
      }
      if (found.count == 1) {
        SetColumn(*scope, found.position, depth, bound);
        return true;
      }
      if (depth == 0) {
        if (const Expr* aliased = FindAlias(*scope, name)) return BindAliased(*aliased, bound);
      }
    }
    return Fail(
        Error(1054, "42S22", fmt::format("Unknown column '{}' in '{}'", FullName(name), clause_name_)));
  }

  static std::string FullName(const Expr& name) {
    return name.qualifier.empty() ? name.name : fmt::format("{}.{}", name.qualifier, name.name);
  }

  const Expr* FindAlias(const Scope& scope, const Expr& name) const {
    if (is_inside_alias_ || !name.qualifier.empty()) return nullptr;
    for (const auto& [alias, expression] : scope.select_aliases) {
      if (IsSameWord(alias, name.name)) return expression;
    }
    return nullptr;
  }

  // Inside an alias's expression names mean columns: `SELECT a + 1 AS a ... ORDER BY a`.
  bool BindAliased(const Expr& expression, BoundExpr& bound) {
    is_inside_alias_ = true;
    const bool is_bound = BindNode(expression, bound);
    is_inside_alias_ = false;
    return is_bound;
  }

  void SetColumn(const Scope& scope, ColumnPosition position, std::uint32_t depth, BoundExpr& bound) {
    position.depth = depth;
    binder_.deepest_outer = std::max(binder_.deepest_outer, depth);
    const ScopeTable& table = scope.tables[position.table];
    const ColumnDef& column = table.def->columns[position.column];
    bound.name = fmt::format("`{}`.`{}`", table.alias, column.name);
    bound.column = position;
    bound.column_type = column.type;
    bound.collation = column.type.collation;
    bound.type = InferType(bound);
  }

  bool BindOwnColumn(const Expr& expression, BoundExpr& bound) {
    const Found found = FindIn(binder_.scope_, expression);
    if (found.count == 0) {
      return Fail(Error(1054, "42S22",
                        fmt::format("Unknown column '{}' in '{}'", FullName(expression), clause_name_)));
    }
    SetColumn(binder_.scope_, found.position, 0, bound);
    return true;
  }

  bool BindDefault(const Expr& expression, BoundExpr& bound) {
    if (!BindOwnColumn(expression, bound)) return false;
    const ColumnDef& column = binder_.scope_.tables[bound.column.table].def->columns[bound.column.column];
    if (column.default_kind == DefaultKind::kNone) {
      return Fail(Error(1364, "HY000", fmt::format("Field '{}' doesn't have a default value", column.name)));
    }
    bound.literal = column.default_value;
    // CURRENT_TIMESTAMP is evaluated with the row.
    bound.is_negated = column.default_kind == DefaultKind::kCurrentTimestamp;
    return true;
  }

  bool BindSystemVariable(const Expr& expression, BoundExpr& bound) {
    bound.is_system_global = IsSameWord(expression.qualifier, "global");
    bound.has_operand = !expression.qualifier.empty();  // A scope was named.
    return Complete(expression, bound);
  }

  // --- Calls ---

  bool BindAggregate(const Expr& expression, BoundExpr& bound) {
    if (clause_ != Binder::Clause::kAggregatesAllowed || is_inside_aggregate_) {
      return Fail(Error(1111, "HY000", "Invalid use of group function"));
    }
    is_inside_aggregate_ = true;
    const bool counts_rows = expression.args.empty() || expression.args[0]->op == Op::kStar;
    const bool is_bound = counts_rows ? true : BindArguments(expression, bound);
    is_inside_aggregate_ = false;
    if (!is_bound) return false;
    if (counts_rows) {
      BoundExpr one;
      one.literal = Value::Int(1);
      one.type = InferType(one);
      bound.args.push_back(std::move(one));
    }
    GatherArguments(bound);
    bound.collation = CollationOf(bound).value_or(Collation::kGeneralCi);
    bound.type = InferType(bound);
    // SUM and AVG add up all digits that a division computed.
    if (bound.args[0].type.kind == ValueKind::kDecimal && (bound.name == "sum" || bound.name == "avg")) {
      bound.args[0].type.is_known = false;
    }
    bound.aggregate = static_cast<std::int32_t>(binder_.aggregates.size());
    binder_.aggregates.push_back(bound);
    return true;
  }

  // COUNT(DISTINCT a, b) counts rows (a, b), GROUP_CONCAT(a, b) joins them first.
  static void GatherArguments(BoundExpr& bound) {
    if (bound.args.size() < 2) return;
    BoundExpr all;
    all.op = bound.name == "group_concat" ? Op::kFunction : Op::kRow;
    if (all.op == Op::kFunction) {
      all.name = "concat";
      all.function = *FindFunction("concat");
    }
    all.args = std::move(bound.args);
    all.type = InferType(all);
    bound.args.clear();
    bound.args.push_back(std::move(all));
  }

  bool BindFunction(const Expr& expression, BoundExpr& bound) {
    const std::optional<std::int32_t> place = FindFunction(bound.name);
    if (!place) {
      return Fail(Error(1305, "42000",
                        fmt::format("FUNCTION {}.{} does not exist", binder_.schema_, expression.name)));
    }
    const FunctionDef& def = FunctionAt(*place);
    const int count = static_cast<int>(expression.args.size());
    if (count < def.min_arguments || (def.max_arguments >= 0 && count > def.max_arguments)) {
      return Fail(Error(
          1582, "42000",
          fmt::format("Incorrect parameter count in the call to native function '{}'", expression.name)));
    }
    bound.function = *place;
    return BindArguments(expression, bound) && CheckPrecision(def, bound) && Complete(expression, bound);
  }

  bool CheckPrecision(const FunctionDef& def, const BoundExpr& bound) {
    const bool takes_digits = def.result == FunctionResult::kDateTime || def.result == FunctionResult::kTime;
    if (!takes_digits || bound.args.size() != 1 || def.min_arguments != 0) return true;
    const Value& digits = bound.args[0].literal;
    if (digits.kind() != ValueKind::kInt || digits.AsInt() <= 6) return true;
    const std::string name = bound.name == "now" ? "current_timestamp" : bound.name;
    return Fail(
        Error(1426, "42000", fmt::format("Too big precision specified for '{}'. Maximum is 6", name)));
  }

  Binder& binder_;
  std::string_view clause_name_;
  Binder::Clause clause_;
  const Expr* root_ = nullptr;
  bool is_order_item_ = false;
  bool is_inside_alias_ = false;
  bool is_inside_aggregate_ = false;
  std::optional<SqlError> error_;
};

std::variant<BoundExpr, SqlError> Binder::Bind(const Expr& expression, std::string_view clause_name,
                                               Clause clause) {
  return ExpressionBinder(*this, clause_name, clause).Run(expression);
}

}  // namespace nextkey
