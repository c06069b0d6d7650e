// The walk over an expression: leaves, three-valued logic, comparisons, and what runs only when it
// is needed (IF, CASE, AND). Arithmetic is in arithmetic.cc, functions are in functions_*.cc.
#include <fmt/format.h>

#include <compare>
#include <cstddef>

#include "absl/container/inlined_vector.h"
#include "engine/collation.h"
#include "engine/fingerprint.h"
#include "txn/evaluator.h"

namespace nextkey {
namespace {

using sql::Op;

Value FromTruth(std::optional<bool> truth) { return truth ? Value::Bool(*truth) : Value::Null(); }

std::optional<bool> AndThen(std::optional<bool> a, std::optional<bool> b) {
  if ((a && !*a) || (b && !*b)) return false;
  if (!a || !b) return std::nullopt;
  return true;
}

bool Holds(Op op, std::strong_ordering order) {
  switch (op) {
    case Op::kEqual:
      return order == 0;
    case Op::kNotEqual:
      return order != 0;
    case Op::kLess:
      return order < 0;
    case Op::kLessEqual:
      return order <= 0;
    case Op::kGreater:
      return order > 0;
    case Op::kGreaterEqual:
      return order >= 0;
    default:  // No comparison.
      return false;
  }
}

}  // namespace

Evaluated Evaluate(const BoundExpr& expression, const RowView& rows, const SessionView& session, Memo& memo) {
  Evaluator evaluator(rows, session, memo);
  return evaluator.Finish(evaluator.Eval(expression));
}

Evaluated Evaluator::Finish(std::optional<Value> value) {
  if (error_) return std::move(*error_);
  if (sink_.has_error()) return *sink_.error();
  if (deferred_) return std::move(*deferred_);
  return value ? std::move(*value) : Value::Null();
}

std::nullopt_t Evaluator::Fail(int number, std::string_view sqlstate, std::string message) {
  if (!error_) error_ = SqlError{number, std::string(sqlstate), std::move(message)};
  return std::nullopt;
}

std::optional<Value> Evaluator::Eval(const BoundExpr& node) {
  std::optional<Value> value = EvalExact(node);
  if (value && value->kind() == ValueKind::kDecimal && node.type.is_known &&
      node.type.kind == ValueKind::kDecimal && value->AsDecimal().scale != node.type.scale) {
    const Decimal& number = value->AsDecimal();
    return Value::OfDecimal(RoundDecimal(number, node.type.scale).value_or(number));
  }
  return value;
}

std::optional<Value> Evaluator::EvalExact(const BoundExpr& node) {
  if (node.op == Op::kLiteral) return node.literal;
  if (node.op == Op::kColumn) return EvalColumn(node);
  std::optional<Value> value = EvalNode(node);
  if (sink_.has_error()) return std::nullopt;
  return value;
}

std::optional<Value> Evaluator::EvalNode(const BoundExpr& node) {
  if (node.slot < 0) return EvalFresh(node);
  if (memo_.size() <= static_cast<std::size_t>(node.slot))
    memo_.resize(static_cast<std::size_t>(node.slot) + 1);
  const bool has_answer = memo_[static_cast<std::size_t>(node.slot)].is_set;
  if (node.op == Op::kInSubquery) return has_answer ? EvalInSubquery(node) : Defer(node);
  if (has_answer) {
    const std::vector<Value>& values = memo_[static_cast<std::size_t>(node.slot)].values;
    return values.empty() ? (node.op == Op::kExists ? Value::Bool(false) : Value::Null()) : values.front();
  }
  std::optional<Value> value = EvalFresh(node);
  if (!value) return std::nullopt;
  MemoEntry& entry = memo_[static_cast<std::size_t>(node.slot)];
  entry.is_set = true;
  entry.values.assign(1, *value);
  return value;
}

std::optional<Value> Evaluator::Defer(const BoundExpr& node) {
  Deferred deferred{&node, {}};
  if (node.op == Op::kFunction) {
    for (const BoundExpr& arg : node.args) {
      std::optional<Value> value = Eval(arg);
      if (!value) return std::nullopt;
      deferred.arguments.push_back(std::move(*value));
    }
  }
  deferred_ = std::move(deferred);
  return std::nullopt;
}

// Requires: the node has no answer in the memo.
std::optional<Value> Evaluator::EvalFresh(const BoundExpr& node) {
  switch (node.op) {
    case Op::kLiteral:
      return node.literal;
    case Op::kColumn:
      return EvalColumn(node);
    case Op::kStar:
      return Value::Int(1);
    case Op::kUserVariable: {
      if (session_.user_variables == nullptr) return Value::Null();
      const auto found = session_.user_variables->find(node.name);
      return found == session_.user_variables->end() ? Value::Null() : found->second;
    }
    case Op::kAssignVariable:
      return EvalAssign(node);
    case Op::kSystemVariable:
      return EvalSystemVariable(node);
    case Op::kDefault:
      return EvalDefault(node);
    case Op::kInsertedValue:
      if (rows_.inserted == nullptr || node.column.column >= rows_.inserted->size()) return Value::Null();
      return (*rows_.inserted)[node.column.column];
    case Op::kNegate:
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kIntegerDivide:
    case Op::kModulo:
      return EvalArithmetic(node);
    case Op::kBitNot:
    case Op::kBitAnd:
    case Op::kBitOr:
    case Op::kBitXor:
    case Op::kShiftLeft:
    case Op::kShiftRight:
      return EvalBits(node);
    case Op::kEqual:
    case Op::kNullSafeEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return EvalComparison(node);
    case Op::kNot:
    case Op::kAnd:
    case Op::kOr:
    case Op::kXor:
      return EvalLogic(node);
    case Op::kIsNull:
    case Op::kIsTrue:
    case Op::kIsFalse:
      return EvalTruthTest(node);
    case Op::kIn:
      return EvalIn(node);
    case Op::kInSubquery:
    case Op::kSubquery:
    case Op::kExists:
      return Defer(node);
    case Op::kBetween:
      return EvalBetween(node);
    case Op::kLike:
      return EvalLike(node);
    case Op::kCase:
      return EvalCase(node);
    case Op::kCast: {
      const bool is_printed = node.type.kind == ValueKind::kText;
      const std::optional<Value> value = is_printed ? Eval(node.args[0]) : EvalExact(node.args[0]);
      if (!value) return std::nullopt;
      // Only what does not fit into a decimal is reported with the expression's text.
      const bool may_not_fit = node.cast_type.kind == TypeKind::kDecimal;
      const std::string text = may_not_fit ? PrintExpression(node, session_.schema) : "";
      return CastTo(node.cast_type, *value, text, session_.now_us, sink_);
    }
    case Op::kInterval: {
      const std::optional<Value> date = Eval(node.args[0]);
      if (!date) return std::nullopt;
      const std::optional<Value> amount = Eval(node.args[1]);
      if (!amount) return std::nullopt;
      return AddInterval(*date, *amount, node.name, node.is_negated, sink_);
    }
    case Op::kFunction:
      return EvalFunction(node);
    case Op::kAggregate: {
      const auto place = static_cast<std::size_t>(node.aggregate);
      return place < rows_.aggregates.size() ? rows_.aggregates[place] : Value::Null();
    }
    case Op::kRow:
      return EvalRow(node);
  }
  return Value::Null();
}

// --- Leaves ---------------------------------------------------------------------------------------

std::optional<Value> Evaluator::EvalColumn(const BoundExpr& node) const {
  const RowView* view = &rows_;
  for (std::uint32_t depth = 0; depth < node.column.depth && view != nullptr; ++depth) view = view->outer;
  if (view == nullptr || node.column.table >= view->rows.size()) return Value::Null();
  const Row& row = view->rows[node.column.table];
  if (node.column.column >= row.size()) return Value::Null();
  return row[node.column.column];
}

std::optional<Value> Evaluator::EvalDefault(const BoundExpr& node) {
  const bool is_current_timestamp = node.is_negated;
  if (!is_current_timestamp) return node.literal;
  ColumnType type = node.column_type;
  return CastTo(type, Value::DateTime(session_.now_us, 6), "", session_.now_us, sink_);
}

std::optional<Value> Evaluator::EvalAssign(const BoundExpr& node) {
  const std::optional<Value> value = EvalExact(node.args[0]);
  if (!value) return std::nullopt;
  if (session_.user_variables != nullptr) (*session_.user_variables)[node.name] = *value;
  return value;
}

std::optional<Value> Evaluator::EvalSystemVariable(const BoundExpr& node) {
  const VariableReach reach = ReachOf(node.name);
  const bool is_scope_named = node.has_operand;
  if (reach == VariableReach::kGlobalOnly && is_scope_named && !node.is_system_global) {
    return Fail(1238, "HY000", fmt::format("Variable '{}' is a GLOBAL variable", node.name));
  }
  if (reach == VariableReach::kSessionOnly && node.is_system_global) {
    return Fail(1238, "HY000", fmt::format("Variable '{}' is a SESSION variable", node.name));
  }
  const bool reads_global = node.is_system_global || reach == VariableReach::kGlobalOnly;
  const SystemVariables* variables = reads_global ? session_.global_variables : session_.session_variables;
  const SystemVariables defaults;
  if (variables == nullptr) variables = &defaults;
  if ((node.name == "last_insert_id" || node.name == "identity") && session_.last_insert_id != nullptr) {
    return Value::Int(*session_.last_insert_id);
  }
  std::variant<Value, SqlError> value = variables->Get(node.name);
  if (SqlError* error = std::get_if<SqlError>(&value)) {
    return Fail(error->number, error->sqlstate, std::move(error->message));
  }
  return std::get<Value>(std::move(value));
}

// A row where one value is wanted, in COUNT(DISTINCT a, b): its bytes, or NULL where a part is.
std::optional<Value> Evaluator::EvalRow(const BoundExpr& node) {
  Canonical bytes;
  bool has_null = false;
  for (const BoundExpr& arg : node.args) {
    const std::optional<Value> value = Eval(arg);
    if (!value) return std::nullopt;
    has_null = has_null || value->IsNull();
    if (value->kind() == ValueKind::kText) {
      bytes.PutText(FoldForCompare(value->AsText(), arg.collation));
    } else {
      value->PutInto(bytes);
    }
  }
  return has_null ? Value::Null() : Value::Text(std::string(bytes.bytes()));
}

// --- Comparisons ----------------------------------------------------------------------------------

std::optional<Evaluator::Ordering> Evaluator::CompareNodes(const BoundExpr& a, const BoundExpr& b,
                                                           Collation collation) {
  if (a.op == Op::kRow && b.op == Op::kRow) {
    Ordering order = std::strong_ordering::equal;
    for (std::size_t i = 0; i < a.args.size() && i < b.args.size(); ++i) {
      const std::optional<Ordering> part = CompareNodes(a.args[i], b.args[i], collation);
      if (!part) return std::nullopt;
      if (!*part) return Ordering();
      if (**part != 0) return part;
    }
    return order;
  }
  const std::optional<Value> left = Eval(a);
  if (!left) return std::nullopt;
  const std::optional<Value> right = Eval(b);
  if (!right) return std::nullopt;
  return CompareSql(*left, *right, collation, session_.now_us, sink_);
}

std::optional<std::optional<bool>> Evaluator::EqualNodes(const BoundExpr& a, const BoundExpr& b,
                                                         Collation collation) {
  if (a.op != Op::kRow || b.op != Op::kRow) {
    const std::optional<Ordering> order = CompareNodes(a, b, collation);
    if (!order) return std::nullopt;
    return *order ? std::optional<bool>(**order == 0) : std::nullopt;
  }
  // A difference anywhere decides, whatever else is NULL.
  std::optional<bool> all = true;
  for (std::size_t i = 0; i < a.args.size() && i < b.args.size(); ++i) {
    const std::optional<std::optional<bool>> part = EqualNodes(a.args[i], b.args[i], collation);
    if (!part) return std::nullopt;
    all = AndThen(all, *part);
  }
  return all;
}

std::optional<bool> Evaluator::NullSafeEqualNodes(const BoundExpr& a, const BoundExpr& b,
                                                  Collation collation) {
  if (a.op == Op::kRow && b.op == Op::kRow) {
    bool all = true;
    for (std::size_t i = 0; i < a.args.size() && i < b.args.size(); ++i) {
      const std::optional<bool> part = NullSafeEqualNodes(a.args[i], b.args[i], collation);
      if (!part) return std::nullopt;
      all = all && *part;
    }
    return all;
  }
  const std::optional<Value> left = Eval(a);
  if (!left) return std::nullopt;
  const std::optional<Value> right = Eval(b);
  if (!right) return std::nullopt;
  if (left->IsNull() || right->IsNull()) return left->IsNull() == right->IsNull();
  return *CompareSql(*left, *right, collation, session_.now_us, sink_) == 0;
}

std::optional<Value> Evaluator::EvalComparison(const BoundExpr& node) {
  const BoundExpr& a = node.args[0];
  const BoundExpr& b = node.args[1];
  if (node.op == Op::kNullSafeEqual) {
    const std::optional<bool> equal = NullSafeEqualNodes(a, b, node.collation);
    if (!equal) return std::nullopt;
    return Value::Bool(*equal);
  }
  if (node.op == Op::kEqual || node.op == Op::kNotEqual) {
    const std::optional<std::optional<bool>> equal = EqualNodes(a, b, node.collation);
    if (!equal) return std::nullopt;
    if (!*equal) return Value::Null();
    return Value::Bool(**equal == (node.op == Op::kEqual));
  }
  const std::optional<Ordering> order = CompareNodes(a, b, node.collation);
  if (!order) return std::nullopt;
  if (!*order) return Value::Null();
  return Value::Bool(Holds(node.op, **order));
}

std::optional<Value> Evaluator::EvalBetween(const BoundExpr& node) {
  const std::optional<Ordering> low = CompareNodes(node.args[0], node.args[1], node.collation);
  if (!low) return std::nullopt;
  const std::optional<Ordering> high = CompareNodes(node.args[0], node.args[2], node.collation);
  if (!high) return std::nullopt;
  const auto holds = [](const Ordering& order, bool is_low) {
    return order ? std::optional<bool>(is_low ? *order >= 0 : *order <= 0) : std::nullopt;
  };
  return FromTruth(AndThen(holds(*low, true), holds(*high, false)));
}

std::optional<Value> Evaluator::EvalIn(const BoundExpr& node) {
  bool may_be_equal = false;
  for (std::size_t i = 1; i < node.args.size(); ++i) {
    const std::optional<std::optional<bool>> equal = EqualNodes(node.args[0], node.args[i], node.collation);
    if (!equal) return std::nullopt;
    if (*equal && **equal) return Value::Bool(true);
    may_be_equal = may_be_equal || !*equal;
  }
  return may_be_equal ? Value::Null() : Value::Bool(false);
}

// Requires: the subquery's values are in the memo.
std::optional<Value> Evaluator::EvalInSubquery(const BoundExpr& node) {
  const BoundExpr& operand = node.args[0];
  absl::InlinedVector<Value, 2> wanted;
  const std::span<const BoundExpr> parts = operand.op == Op::kRow ? std::span<const BoundExpr>(operand.args)
                                                                  : std::span<const BoundExpr>(&operand, 1);
  for (const BoundExpr& part : parts) {
    std::optional<Value> value = Eval(part);
    if (!value) return std::nullopt;
    wanted.push_back(std::move(*value));
  }
  const std::vector<Value>& values = memo_[static_cast<std::size_t>(node.slot)].values;
  bool may_be_equal = false;
  for (std::size_t row = 0; row + wanted.size() <= values.size(); row += wanted.size()) {
    std::optional<bool> all = true;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const Ordering order = CompareSql(wanted[i], values[row + i], node.collation, session_.now_us, sink_);
      all = AndThen(all, order ? std::optional<bool>(*order == 0) : std::nullopt);
    }
    if (all && *all) return Value::Bool(true);
    may_be_equal = may_be_equal || !all;
  }
  return may_be_equal ? Value::Null() : Value::Bool(false);
}

std::optional<Value> Evaluator::EvalLike(const BoundExpr& node) {
  const std::optional<Value> text = Eval(node.args[0]);
  if (!text) return std::nullopt;
  const std::optional<Value> pattern = Eval(node.args[1]);
  if (!pattern) return std::nullopt;
  if (text->IsNull() || pattern->IsNull()) return Value::Null();
  char32_t escape = U'\\';
  if (node.args.size() > 2) {
    const std::optional<Value> given = Eval(node.args[2]);
    if (!given) return std::nullopt;
    const std::string word = given->IsNull() ? "\\" : given->ToText();
    std::string_view rest = word;
    if (CharacterLength(word) > 1) return Fail(1210, "HY000", "Incorrect arguments to ESCAPE");
    escape = rest.empty() ? U'\0' : TakeCodePoint(rest);
  }
  return Value::Bool(MatchesLike(text->ToText(), pattern->ToText(), node.collation, escape));
}

// --- Logic ----------------------------------------------------------------------------------------

std::optional<std::optional<bool>> Evaluator::TruthOf(const BoundExpr& node) {
  const std::optional<Value> value = Eval(node);
  if (!value) return std::nullopt;
  if (value->IsNull()) return std::optional<bool>();
  const bool truth = ToTruth(*value, sink_);
  if (sink_.has_error()) return std::nullopt;
  return std::optional<bool>(truth);
}

std::optional<Value> Evaluator::EvalLogic(const BoundExpr& node) {
  const std::optional<std::optional<bool>> first = TruthOf(node.args[0]);
  if (!first) return std::nullopt;
  if (node.op == Op::kNot) return *first ? Value::Bool(!**first) : Value::Null();
  if (node.op == Op::kXor && !*first) return Value::Null();
  // AND ends at the first FALSE, OR at the first TRUE, however many operands the node has.
  const bool decides = node.op == Op::kOr;
  std::optional<bool> result = *first;
  for (std::size_t i = 1; i < node.args.size(); ++i) {
    if (node.op != Op::kXor && result && *result == decides) return Value::Bool(decides);
    const std::optional<std::optional<bool>> next = TruthOf(node.args[i]);
    if (!next) return std::nullopt;
    if (node.op == Op::kXor) {
      if (!*next) return Value::Null();
      result = *result != **next;
    } else if (*next && **next == decides) {
      result = decides;
    } else if (!*next) {
      result = std::nullopt;
    }
  }
  return FromTruth(result);
}

std::optional<Value> Evaluator::EvalTruthTest(const BoundExpr& node) {
  if (node.op == Op::kIsNull) {
    const std::optional<Value> value = Eval(node.args[0]);
    if (!value) return std::nullopt;
    return Value::Bool(value->IsNull());
  }
  const std::optional<std::optional<bool>> truth = TruthOf(node.args[0]);
  if (!truth) return std::nullopt;
  return Value::Bool(*truth && **truth == (node.op == Op::kIsTrue));
}

// CASE [operand] WHEN condition THEN result ... [ELSE result] END
std::optional<Value> Evaluator::EvalCase(const BoundExpr& node) {
  const std::size_t first = node.has_operand ? 1 : 0;
  const std::size_t end = node.args.size() - (node.has_else ? 1 : 0);
  const BoundExpr* chosen = node.has_else ? &node.args.back() : nullptr;
  for (std::size_t i = first; i + 1 < end; i += 2) {
    const std::optional<std::optional<bool>> holds =
        node.has_operand ? EqualNodes(node.args[0], node.args[i], node.collation) : TruthOf(node.args[i]);
    if (!holds) return std::nullopt;
    if (!*holds || !**holds) continue;
    chosen = &node.args[i + 1];
    break;
  }
  if (chosen == nullptr) return Value::Null();
  std::optional<Value> value = Eval(*chosen);
  if (!value) return std::nullopt;
  return ConvertToType(node.type, std::move(*value), session_.now_us, sink_);
}

// --- Functions ------------------------------------------------------------------------------------

namespace {

enum class LazyFunction : std::uint8_t { kNone, kIf, kIfNull, kNullIf };

LazyFunction LazyKind(std::string_view name) {
  if (name == "if") return LazyFunction::kIf;
  if (name == "coalesce" || name == "ifnull" || name == "nvl") return LazyFunction::kIfNull;
  if (name == "nullif") return LazyFunction::kNullIf;
  return LazyFunction::kNone;
}

}  // namespace

std::optional<Value> Evaluator::EvalFunction(const BoundExpr& node) {
  const FunctionDef& def = FunctionAt(node.function);
  if (def.call == nullptr) {
    const LazyFunction lazy = LazyKind(def.name);
    if (lazy == LazyFunction::kNone) return Defer(node);
    return EvalLazy(node);
  }
  // ROUND sees all digits that a division computed.
  const bool takes_exact_digits =
      def.result == FunctionResult::kRounded || def.result == FunctionResult::kWhole;
  absl::InlinedVector<Value, 4> args;
  for (const BoundExpr& arg : node.args) {
    std::optional<Value> value = takes_exact_digits ? EvalExact(arg) : Eval(arg);
    if (!value) return std::nullopt;
    if (value->IsNull() && def.nulls == NullRule::kNullIfAnyIs) return Value::Null();
    args.push_back(std::move(*value));
  }
  return def.call(FunctionCall{node, args, *this});
}

// IF, IFNULL, COALESCE and NULLIF evaluate no more than they need.
std::optional<Value> Evaluator::EvalLazy(const BoundExpr& node) {
  std::optional<Value> value;
  switch (LazyKind(node.name)) {
    case LazyFunction::kNone:
      return Value::Null();
    case LazyFunction::kIf: {
      const std::optional<std::optional<bool>> truth = TruthOf(node.args[0]);
      if (!truth) return std::nullopt;
      value = Eval(*truth && **truth ? node.args[1] : node.args[2]);
      break;
    }
    case LazyFunction::kIfNull:
      for (const BoundExpr& arg : node.args) {
        value = Eval(arg);
        if (!value || !value->IsNull()) break;
      }
      break;
    case LazyFunction::kNullIf: {
      const std::optional<std::optional<bool>> equal = EqualNodes(node.args[0], node.args[1], node.collation);
      if (!equal) return std::nullopt;
      if (*equal && **equal) return Value::Null();
      return Eval(node.args[0]);
    }
  }
  if (!value) return std::nullopt;
  return ConvertToType(node.type, std::move(*value), session_.now_us, sink_);
}

}  // namespace nextkey
