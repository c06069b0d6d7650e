// Walks a bound expression for one row: what txn/expression.h's Evaluate is made of.
//
// Internal to the expressions of txn. A walk stops at the first error or at the first deferred node
// that has no answer yet; what was answered before stands in the memo.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "txn/convert.h"
#include "txn/expression.h"

namespace nextkey {

class Evaluator {
 public:
  Evaluator(const RowView& rows, const SessionView& session, Memo& memo)
      : rows_(rows), session_(session), memo_(memo), sink_(session.warnings, session.is_strict) {}

  // nullopt: stopped, and Stopped() says why.
  std::optional<Value> Eval(const BoundExpr& node);
  // With the digits that division computed beyond those of its type.
  std::optional<Value> EvalExact(const BoundExpr& node);
  Evaluated Finish(std::optional<Value> value);

  std::nullopt_t Fail(int number, std::string_view sqlstate, std::string message);
  // 1690 `BIGINT value is out of range in '...'`
  std::nullopt_t FailOutOfRange(std::string_view type, const BoundExpr& node);
  void WarnDivisionByZero();

  const SessionView& session() const { return session_; }
  WarningSink& sink() { return sink_; }
  Memo& memo() { return memo_; }

 private:
  std::optional<Value> EvalNode(const BoundExpr& node);
  std::optional<Value> EvalFresh(const BoundExpr& node);
  std::optional<Value> EvalColumn(const BoundExpr& node) const;
  std::optional<Value> EvalDefault(const BoundExpr& node);
  std::optional<Value> EvalArithmetic(const BoundExpr& node);
  std::optional<Value> EvalBits(const BoundExpr& node);
  std::optional<Value> EvalComparison(const BoundExpr& node);
  std::optional<Value> EvalLogic(const BoundExpr& node);
  std::optional<Value> EvalTruthTest(const BoundExpr& node);
  std::optional<Value> EvalIn(const BoundExpr& node);
  std::optional<Value> EvalInSubquery(const BoundExpr& node);
  std::optional<Value> EvalBetween(const BoundExpr& node);
  std::optional<Value> EvalLike(const BoundExpr& node);
  std::optional<Value> EvalCase(const BoundExpr& node);
  std::optional<Value> EvalAssign(const BoundExpr& node);
  std::optional<Value> EvalSystemVariable(const BoundExpr& node);
  std::optional<Value> EvalFunction(const BoundExpr& node);
  std::optional<Value> EvalLazy(const BoundExpr& node);
  std::optional<Value> EvalRow(const BoundExpr& node);

  // Of rows too. Outer nullopt: stopped. Inner: NULL.
  using Ordering = std::optional<std::strong_ordering>;
  std::optional<Ordering> CompareNodes(const BoundExpr& a, const BoundExpr& b, Collation collation);
  // Three-valued equality of rows and values; the inner nullopt is NULL.
  std::optional<std::optional<bool>> EqualNodes(const BoundExpr& a, const BoundExpr& b, Collation collation);
  std::optional<bool> NullSafeEqualNodes(const BoundExpr& a, const BoundExpr& b, Collation collation);
  std::optional<std::optional<bool>> TruthOf(const BoundExpr& node);
  std::optional<Value> Defer(const BoundExpr& node);

  const RowView& rows_;
  const SessionView& session_;
  Memo& memo_;
  WarningSink sink_;
  std::optional<SqlError> error_;
  std::optional<Deferred> deferred_;
};

// --- Functions ------------------------------------------------------------------------------------

struct FunctionCall {
  const BoundExpr& node;
  std::span<const Value> args;
  Evaluator& evaluator;

  WarningSink& sink() const { return evaluator.sink(); }
  std::int64_t now_us() const { return evaluator.session().now_us; }
  std::int64_t Int(std::size_t place) const { return ToInt(args[place], sink()); }
  std::string Text(std::size_t place) const { return args[place].ToText(); }
  double Double(std::size_t place) const { return ToDouble(args[place], sink()); }
};

// What a function gives, for ResultType.
enum class FunctionResult : std::uint8_t {
  kInt,
  kUnsigned,
  kDouble,
  kText,
  kDate,
  kDateTime,       // Digits: a literal argument's.
  kTime,           // As above.
  kAsFirst,        // The kind of the first argument; a text counts as a double.
  kRounded,        // ROUND and TRUNCATE: the first argument's, with as many digits as the second says.
  kWhole,          // CEIL and FLOOR: a decimal becomes one without digits.
  kUnified,        // The one kind for all arguments: COALESCE, GREATEST.
  kUnifiedTail,    // The one kind for all but the first: IF.
  kFirstArgument,  // NULLIF.
  kUnknown,
};

// Whether the same arguments always give the same answer: then a constant call is folded.
enum class Repeats : std::uint8_t { kAlways, kWithinStatement };

enum class NullRule : std::uint8_t { kNullIfAnyIs, kTakesNulls };

struct FunctionDef {
  std::string_view name;
  int min_arguments = 0;
  int max_arguments = 0;  // -1: any number.
  FunctionResult result = FunctionResult::kUnknown;
  // Null: the evaluator knows it by name, because its arguments are not all evaluated, or it is
  // deferred.
  std::optional<Value> (*call)(const FunctionCall&) = nullptr;
  NullRule nulls = NullRule::kNullIfAnyIs;
  Repeats repeats = Repeats::kAlways;
};

// nullopt: there is none. `name` in lower case.
std::optional<std::int32_t> FindFunction(std::string_view name);
const FunctionDef& FunctionAt(std::int32_t place);

std::span<const FunctionDef> TextFunctions();
std::span<const FunctionDef> NumberFunctions();
std::span<const FunctionDef> TimeFunctions();
std::span<const FunctionDef> SessionFunctions();

// --- Parts in files of their own ------------------------------------------------------------------

// Comparison with warnings; `today_us` for clock times against dates.
std::optional<std::strong_ordering> CompareSql(const Value& a, const Value& b, Collation collation,
                                               std::int64_t today_us, WarningSink& sink);

// `date` moved by an interval. A Date, a DateTime, a Time or a text, as the date is; NULL beyond the
// calendar. `unit` in lower case.
Value AddInterval(const Value& date, const Value& amount, std::string_view unit, bool is_negated,
                  WarningSink& sink);

// As the server prints it in `BIGINT value is out of range in '...'`.
std::string PrintExpression(const BoundExpr& node, std::string_view schema);

// The type of a node whose arguments have theirs.
ResultType InferType(const BoundExpr& node);
ResultType UnifyTypes(std::span<const BoundExpr> args);
// The value as IF, CASE, COALESCE give it back, whatever branch it came from.
Value ConvertToType(const ResultType& type, Value value, std::int64_t today_us, WarningSink& sink);

}  // namespace nextkey
