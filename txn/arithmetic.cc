// + - * / DIV % and the bit operations, with MySQL's kinds of results and its errors.
//
// Two whole numbers give a whole number, unsigned when one of them is, and error 1690 when it does
// not fit; a decimal makes it a decimal, a double or a text a double. Division always gives a
// decimal or a double; by zero it gives NULL and warning 1365.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "txn/evaluator.h"

namespace nextkey {
namespace {

using sql::Op;
using Wide = __int128;

enum class NumberClass : std::uint8_t { kWhole, kDecimal, kDouble };

NumberClass ClassOf(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
    case ValueKind::kInt:
    case ValueKind::kUnsigned:
    case ValueKind::kDate:
      return NumberClass::kWhole;
    case ValueKind::kDateTime:
    case ValueKind::kTime:
      return value.fraction_digits() == 0 ? NumberClass::kWhole : NumberClass::kDecimal;
    case ValueKind::kDecimal:
      return NumberClass::kDecimal;
    case ValueKind::kDouble:
    case ValueKind::kText:
      return NumberClass::kDouble;
  }
  return NumberClass::kWhole;
}

Wide ToWide(const Value& value, WarningSink& sink) {
  return value.kind() == ValueKind::kUnsigned ? Wide{value.AsUnsigned()} : Wide{ToInt(value, sink)};
}

bool IsZeroDivisor(const Value& value, NumberClass number_class, WarningSink& sink) {
  if (number_class == NumberClass::kDouble) {
    WarningSink silent;
    return ToDouble(value, silent) == 0;
  }
  return IsZero(ToDecimal(value, sink));
}

// nullopt: out of range.
std::optional<Value> OfWide(Wide number, bool is_unsigned) {
  if (is_unsigned) {
    if (number < 0 || number > Wide{std::numeric_limits<std::uint64_t>::max()}) return std::nullopt;
    return Value::Unsigned(static_cast<std::uint64_t>(number));
  }
  if (number < std::numeric_limits<std::int64_t>::min() ||
      number > std::numeric_limits<std::int64_t>::max()) {
    return std::nullopt;
  }
  return Value::Int(static_cast<std::int64_t>(number));
}

std::optional<Value> OfDecimal(const std::optional<Decimal>& number) {
  if (!number) return std::nullopt;
  return Value::OfDecimal(*number);
}

std::optional<Value> OfDouble(double number) {
  if (!std::isfinite(number)) return std::nullopt;
  return Value::Double(number);
}

// Requires: for kIntegerDivide and kModulo, b is not zero.
std::optional<Value> ComputeWhole(Op op, Wide a, Wide b, bool is_unsigned) {
  switch (op) {
    case Op::kAdd:
      return OfWide(a + b, is_unsigned);
    case Op::kSubtract:
      return OfWide(a - b, is_unsigned);
    case Op::kMultiply: {
      Wide product = 0;
      if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
      return OfWide(product, is_unsigned);
    }
    case Op::kIntegerDivide:
      return OfWide(a / b, is_unsigned);
    case Op::kModulo:
      return OfWide(a % b, is_unsigned && a >= 0);
    default:  // kDivide works on decimals.
      return std::nullopt;
  }
}

// The digits that the server computes: whole words of nine, cut off. What a user sees of them is
// the business of the expression's type.
std::optional<Decimal> DivideInWords(const Decimal& a, const Decimal& b) {
  constexpr int kWord = 9;
  const auto rounded_up = [](int digits) { return (digits + kWord - 1) / kWord * kWord; };
  const int words_a = rounded_up(a.scale);
  const int words_b = rounded_up(b.scale);
  const int more = std::max(0, kDivisionScaleIncrement - (words_a - a.scale + words_b - b.scale));
  const int scale = std::min(rounded_up(words_a + words_b + more), 27);
  // Some digits more first, since the quotient comes rounded.
  const std::optional<Decimal> quotient = DivideDecimal(a, b, scale + 3 - a.scale);
  if (!quotient || quotient->scale <= scale) return quotient;
  return TruncateDecimal(*quotient, scale);
}

// Requires: for the divisions, b is not zero.
std::optional<Value> ComputeDecimal(Op op, const Decimal& a, const Decimal& b) {
  switch (op) {
    case Op::kAdd:
      return OfDecimal(AddDecimal(a, b));
    case Op::kSubtract:
      return OfDecimal(SubtractDecimal(a, b));
    case Op::kMultiply:
      return OfDecimal(MultiplyDecimal(a, b));
    case Op::kDivide:
      return OfDecimal(DivideInWords(a, b));
    case Op::kIntegerDivide: {
      const std::optional<Decimal> quotient = DivideDecimalWhole(a, b);
      if (!quotient) return std::nullopt;
      const std::optional<std::int64_t> whole = DecimalToInt(*quotient);
      if (!whole) return std::nullopt;
      return Value::Int(*whole);
    }
    case Op::kModulo:
      return OfDecimal(ModuloDecimal(a, b));
    default:  // Not arithmetic.
      return std::nullopt;
  }
}

std::optional<Value> ComputeDouble(Op op, double a, double b) {
  switch (op) {
    case Op::kAdd:
      return OfDouble(a + b);
    case Op::kSubtract:
      return OfDouble(a - b);
    case Op::kMultiply:
      return OfDouble(a * b);
    case Op::kDivide:
      return OfDouble(a / b);
    case Op::kModulo:
      return OfDouble(std::fmod(a, b));
    default:  // DIV works on decimals.
      return std::nullopt;
  }
}

std::optional<Value> Negate(const Value& value, WarningSink& sink) {
  if (ClassOf(value) == NumberClass::kDouble) return Value::Double(-ToDouble(value, sink));
  if (ClassOf(value) == NumberClass::kDecimal) return Value::OfDecimal(NegateDecimal(ToDecimal(value, sink)));
  return OfWide(-ToWide(value, sink), false);
}

std::string_view TypeInError(NumberClass number_class, bool is_unsigned) {
  switch (number_class) {
    case NumberClass::kWhole:
      return is_unsigned ? "BIGINT UNSIGNED" : "BIGINT";
    case NumberClass::kDecimal:
      return "DECIMAL";
    case NumberClass::kDouble:
      return "DOUBLE";
  }
  return "";
}

bool IsDivision(Op op) { return op == Op::kDivide || op == Op::kIntegerDivide || op == Op::kModulo; }

}  // namespace

std::optional<Value> Evaluator::EvalArithmetic(const BoundExpr& node) {
  const std::optional<Value> a = EvalExact(node.args[0]);
  if (!a) return std::nullopt;
  if (node.op == Op::kNegate) {
    if (a->IsNull()) return Value::Null();
    if (std::optional<Value> negated = Negate(*a, sink_)) return negated;
    // A literal beyond the signed range becomes a decimal, a column does not.
    if (node.args[0].op == Op::kLiteral) return Value::OfDecimal(NegateDecimal(ToDecimal(*a, sink_)));
    return FailOutOfRange("BIGINT", node);
  }
  const std::optional<Value> b = EvalExact(node.args[1]);
  if (!b) return std::nullopt;
  if (a->IsNull() || b->IsNull()) return Value::Null();

  NumberClass number_class = std::max(ClassOf(*a), ClassOf(*b));
  if (node.op == Op::kDivide) number_class = std::max(number_class, NumberClass::kDecimal);
  if (node.op == Op::kIntegerDivide && number_class == NumberClass::kDouble)
    number_class = NumberClass::kDecimal;
  const bool is_unsigned = a->kind() == ValueKind::kUnsigned || b->kind() == ValueKind::kUnsigned;
  if (IsDivision(node.op) && IsZeroDivisor(*b, number_class, sink_)) {
    WarnDivisionByZero();
    return Value::Null();
  }
  std::optional<Value> result;
  if (number_class == NumberClass::kWhole) {
    result = ComputeWhole(node.op, ToWide(*a, sink_), ToWide(*b, sink_), is_unsigned);
  } else if (number_class == NumberClass::kDecimal) {
    const Decimal first = ToDecimal(*a, sink_);
    result = ComputeDecimal(node.op, first, ToDecimal(*b, sink_));
  } else {
    const double first = ToDouble(*a, sink_);
    result = ComputeDouble(node.op, first, ToDouble(*b, sink_));
  }
  if (result) return result;
  return FailOutOfRange(TypeInError(number_class, is_unsigned), node);
}

void Evaluator::WarnDivisionByZero() { sink_.Warn(1365, "Division by 0"); }

std::nullopt_t Evaluator::FailOutOfRange(std::string_view type, const BoundExpr& node) {
  return Fail(1690, "22003",
              fmt::format("{} value is out of range in '{}'", type, PrintExpression(node, session_.schema)));
}

std::optional<Value> Evaluator::EvalBits(const BoundExpr& node) {
  const std::optional<Value> first = Eval(node.args[0]);
  if (!first) return std::nullopt;
  if (node.op == Op::kBitNot) {
    return first->IsNull() ? Value::Null() : Value::Unsigned(~ToBits(*first, sink_));
  }
  const std::optional<Value> second = Eval(node.args[1]);
  if (!second) return std::nullopt;
  if (first->IsNull() || second->IsNull()) return Value::Null();
  const std::uint64_t a = ToBits(*first, sink_);
  const std::uint64_t b = ToBits(*second, sink_);
  switch (node.op) {
    case Op::kBitAnd:
      return Value::Unsigned(a & b);
    case Op::kBitOr:
      return Value::Unsigned(a | b);
    case Op::kBitXor:
      return Value::Unsigned(a ^ b);
    case Op::kShiftLeft:
      return Value::Unsigned(b < 64 ? a << b : 0);
    case Op::kShiftRight:
      return Value::Unsigned(b < 64 ? a >> b : 0);
    default:  // No bit operation.
      return Value::Null();
  }
}

}  // namespace nextkey
