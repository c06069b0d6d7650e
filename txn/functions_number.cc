// Functions of numbers: rounding, powers, logarithms, GREATEST and LEAST.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "txn/evaluator.h"

namespace nextkey {
namespace {

using Result = FunctionResult;
using Answer = std::optional<Value>;

// What arithmetic makes of it: a text is a double, a date a decimal.
Value NumberOf(const FunctionCall& call, std::size_t place) {
  const Value& value = call.args[place];
  if (value.IsNumber()) return value;
  if (value.kind() == ValueKind::kText) return Value::Double(call.Double(place));
  return Value::OfDecimal(ToDecimal(value, call.sink()));
}

Answer FiniteOr(const FunctionCall& call, double number) {
  if (std::isfinite(number)) return Value::Double(number);
  return call.evaluator.FailOutOfRange("DOUBLE", call.node);
}

Answer Abs(const FunctionCall& call) {
  const Value number = NumberOf(call, 0);
  switch (number.kind()) {
    case ValueKind::kInt:
      if (number.AsInt() == std::numeric_limits<std::int64_t>::min()) {
        return call.evaluator.FailOutOfRange("BIGINT", call.node);
      }
      return Value::Int(std::abs(number.AsInt()));
    case ValueKind::kDecimal: {
      const Decimal decimal = number.AsDecimal();
      return decimal.unscaled < 0 ? Value::OfDecimal(NegateDecimal(decimal)) : number;
    }
    case ValueKind::kDouble:
      return Value::Double(std::fabs(number.AsDouble()));
    default:  // Unsigned.
      return number;
  }
}

Answer Sign(const FunctionCall& call) {
  const double number = call.Double(0);
  return Value::Int(number > 0 ? 1 : number < 0 ? -1 : 0);
}

// A decimal without digits is a whole number as far as it fits.
Value WholeOf(const Decimal& number) {
  const std::optional<std::int64_t> whole = DecimalToInt(number);
  return whole ? Value::Int(*whole) : Value::OfDecimal(number);
}

Answer Ceiling(const FunctionCall& call) {
  const Value number = NumberOf(call, 0);
  if (IsWhole(number)) return number;
  if (number.kind() == ValueKind::kDecimal) return WholeOf(CeilingDecimal(number.AsDecimal()));
  return Value::Double(std::ceil(number.AsDouble()));
}

Answer Floor(const FunctionCall& call) {
  const Value number = NumberOf(call, 0);
  if (IsWhole(number)) return number;
  if (number.kind() == ValueKind::kDecimal) return WholeOf(FloorDecimal(number.AsDecimal()));
  return Value::Double(std::floor(number.AsDouble()));
}

enum class Rounding : std::uint8_t { kNearest, kTowardsZero };

// To a multiple of 10^-digits; `digits` may be negative.
std::optional<Decimal> RoundTo(const Decimal& number, std::int64_t digits, Rounding rounding) {
  const auto round = [&](const Decimal& what, int scale) {
    return rounding == Rounding::kNearest ? RoundDecimal(what, scale) : TruncateDecimal(what, scale);
  };
  if (digits >= number.scale) return number;
  if (digits >= 0) return round(number, static_cast<int>(digits));
  const std::int64_t scale = number.scale - digits;
  if (scale > kMaxDecimalDigits) return Decimal{};
  // 1234 to the hundreds: 12.34 to 12, then times 100.
  const std::optional<Decimal> small = round(Decimal{number.unscaled, static_cast<std::uint8_t>(scale)}, 0);
  if (!small) return std::nullopt;
  __int128 factor = 1;
  for (std::int64_t i = digits; i < 0; ++i) factor *= 10;
  return MultiplyDecimal(*small, Decimal{factor, 0});
}

double RoundTo(double number, std::int64_t digits, Rounding rounding) {
  const std::int64_t bounded = std::clamp<std::int64_t>(digits, -400, 400);
  const double factor = std::pow(10.0, static_cast<double>(std::abs(bounded)));
  const double scaled = bounded < 0 ? number / factor : number * factor;
  if (!std::isfinite(scaled)) return number;
  const double whole = rounding == Rounding::kNearest ? std::rint(scaled) : std::trunc(scaled);
  return bounded < 0 ? whole * factor : whole / factor;
}

Answer RoundBy(const FunctionCall& call, Rounding rounding) {
  const Value number = NumberOf(call, 0);
  const std::int64_t digits = call.args.size() > 1 ? std::clamp<std::int64_t>(call.Int(1), -400, 400) : 0;
  if (number.kind() == ValueKind::kDouble) return Value::Double(RoundTo(number.AsDouble(), digits, rounding));
  const std::optional<Decimal> rounded = RoundTo(ToDecimal(number, call.sink()), digits, rounding);
  if (!rounded) return call.evaluator.FailOutOfRange("DECIMAL", call.node);
  if (number.kind() == ValueKind::kDecimal) return Value::OfDecimal(*rounded);
  if (number.kind() == ValueKind::kUnsigned || rounded->unscaled > std::numeric_limits<std::int64_t>::max()) {
    const std::optional<std::uint64_t> whole = DecimalToUnsigned(*rounded);
    if (!whole) return call.evaluator.FailOutOfRange("BIGINT UNSIGNED", call.node);
    return Value::Unsigned(*whole);
  }
  const std::optional<std::int64_t> whole = DecimalToInt(*rounded);
  if (!whole) return call.evaluator.FailOutOfRange("BIGINT", call.node);
  return Value::Int(*whole);
}

Answer Round(const FunctionCall& call) { return RoundBy(call, Rounding::kNearest); }

Answer Truncate(const FunctionCall& call) { return RoundBy(call, Rounding::kTowardsZero); }

Answer Power(const FunctionCall& call) { return FiniteOr(call, std::pow(call.Double(0), call.Double(1))); }

Answer SquareRoot(const FunctionCall& call) {
  const double number = call.Double(0);
  return number < 0 ? Value::Null() : Value::Double(std::sqrt(number));
}

Answer Exponential(const FunctionCall& call) { return FiniteOr(call, std::exp(call.Double(0))); }

// NULL and warning 1365 where there is no logarithm.
Answer NoLogarithm(const FunctionCall& call) {
  call.evaluator.WarnDivisionByZero();
  return Value::Null();
}

Answer NaturalLogarithm(const FunctionCall& call) {
  const double number = call.Double(0);
  return number <= 0 ? NoLogarithm(call) : Value::Double(std::log(number));
}

Answer Logarithm(const FunctionCall& call) {
  if (call.args.size() == 1) return NaturalLogarithm(call);
  const double base = call.Double(0);
  const double number = call.Double(1);
  if (base <= 0 || base == 1 || number <= 0) return NoLogarithm(call);
  return Value::Double(std::log(number) / std::log(base));
}

Answer BinaryLogarithm(const FunctionCall& call) {
  const double number = call.Double(0);
  return number <= 0 ? NoLogarithm(call) : Value::Double(std::log(number) / std::numbers::ln2);
}

Answer DecimalLogarithm(const FunctionCall& call) {
  const double number = call.Double(0);
  return number <= 0 ? NoLogarithm(call) : Value::Double(std::log10(number));
}

Answer Pi(const FunctionCall&) { return Value::OfDecimal(Decimal{3'141'593, 6}); }
Answer Sine(const FunctionCall& call) { return Value::Double(std::sin(call.Double(0))); }
Answer Cosine(const FunctionCall& call) { return Value::Double(std::cos(call.Double(0))); }
Answer Tangent(const FunctionCall& call) { return Value::Double(std::tan(call.Double(0))); }

// MOD(a, b) is a % b.
Answer Modulo(const FunctionCall& call) {
  BoundExpr operation;
  operation.op = sql::Op::kModulo;
  for (const Value& value : call.args) {
    BoundExpr operand;
    operand.literal = value;
    operation.args.push_back(std::move(operand));
  }
  return call.evaluator.EvalExact(operation);
}

Answer IsNull(const FunctionCall& call) { return Value::Bool(call.args[0].IsNull()); }

// --- GREATEST and LEAST ---------------------------------------------------------------------------

// All are converted to the one kind first; where that is not known, as they are.
Answer Extreme(const FunctionCall& call, std::strong_ordering wanted) {
  Value best;
  for (const Value& arg : call.args) {
    Value value = ConvertToType(call.node.type, arg, call.now_us(), call.sink());
    if (value.IsNull()) return value;
    if (best.IsNull() ||
        *CompareSql(value, best, call.node.collation, call.now_us(), call.sink()) == wanted) {
      best = std::move(value);
    }
  }
  return best;
}

Answer Greatest(const FunctionCall& call) { return Extreme(call, std::strong_ordering::greater); }
Answer Least(const FunctionCall& call) { return Extreme(call, std::strong_ordering::less); }

constexpr auto kNumberFunctions = std::to_array<FunctionDef>({
    {"abs", 1, 1, Result::kAsFirst, Abs},
    {"sign", 1, 1, Result::kInt, Sign},
    {"ceil", 1, 1, Result::kWhole, Ceiling},
    {"ceiling", 1, 1, Result::kWhole, Ceiling},
    {"floor", 1, 1, Result::kWhole, Floor},
    {"round", 1, 2, Result::kRounded, Round},
    {"truncate", 2, 2, Result::kRounded, Truncate},
    {"mod", 2, 2, Result::kUnknown, Modulo},
    {"pow", 2, 2, Result::kDouble, Power},
    {"power", 2, 2, Result::kDouble, Power},
    {"sqrt", 1, 1, Result::kDouble, SquareRoot},
    {"exp", 1, 1, Result::kDouble, Exponential},
    {"ln", 1, 1, Result::kDouble, NaturalLogarithm},
    {"log", 1, 2, Result::kDouble, Logarithm},
    {"log2", 1, 1, Result::kDouble, BinaryLogarithm},
    {"log10", 1, 1, Result::kDouble, DecimalLogarithm},
    {"pi", 0, 0, Result::kUnknown, Pi},
    {"sin", 1, 1, Result::kDouble, Sine},
    {"cos", 1, 1, Result::kDouble, Cosine},
    {"tan", 1, 1, Result::kDouble, Tangent},
    {"isnull", 1, 1, Result::kInt, IsNull, NullRule::kTakesNulls},
    {"greatest", 2, -1, Result::kUnified, Greatest},
    {"least", 2, -1, Result::kUnified, Least},
});

}  // namespace

std::span<const FunctionDef> NumberFunctions() { return kNumberFunctions; }

}  // namespace nextkey
