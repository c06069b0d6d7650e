// Which kind of value an expression gives, whatever the row: IF(1, 1, 2.5) is 1.0, 1/3 has four
// digits.
//
// Types grow from the leaves: InferType asks only the types of the arguments. Source: MySQL manual,
// "Flow Control Functions" and "Arithmetic Operators".
#include <algorithm>
#include <utility>

#include "engine/collation.h"
#include "engine/temporal.h"
#include "txn/evaluator.h"

namespace nextkey {
namespace {

using sql::Op;

ResultType Known(ValueKind kind, std::uint8_t scale = 0) { return ResultType{true, kind, scale}; }

std::uint8_t AddScales(std::uint8_t a, int more) {
  return static_cast<std::uint8_t>(std::min<int>(a + more, kMaxDecimalDigits - 8));
}

bool IsTemporal(ValueKind kind) { return kind >= ValueKind::kDate; }

ResultType TypeOfColumn(const ColumnType& type) {
  switch (type.kind) {
    case TypeKind::kTinyInt:
    case TypeKind::kSmallInt:
    case TypeKind::kMediumInt:
    case TypeKind::kInt:
    case TypeKind::kBigInt:
      return Known(type.is_unsigned ? ValueKind::kUnsigned : ValueKind::kInt);
    case TypeKind::kDecimal:
      return Known(ValueKind::kDecimal, type.scale);
    case TypeKind::kFloat:
    case TypeKind::kDouble:
      return Known(ValueKind::kDouble);
    case TypeKind::kChar:
    case TypeKind::kVarchar:
    case TypeKind::kText:
      return Known(ValueKind::kText);
    case TypeKind::kDate:
      return Known(ValueKind::kDate);
    case TypeKind::kDateTime:
    case TypeKind::kTimestamp:
      return Known(ValueKind::kDateTime, type.scale);
    case TypeKind::kTime:
      return Known(ValueKind::kTime, type.scale);
  }
  return {};
}

ResultType TypeOfLiteral(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kDecimal:
      return Known(ValueKind::kDecimal, value.AsDecimal().scale);
    case ValueKind::kDateTime:
    case ValueKind::kTime:
      return Known(value.kind(), value.fraction_digits());
    default:
      return Known(value.kind());
  }
}

// What a kind counts as in arithmetic: a date is a number, a text a double.
ResultType AsNumber(const ResultType& type) {
  if (!type.is_known) return type;
  switch (type.kind) {
    case ValueKind::kText:
      return Known(ValueKind::kDouble);
    case ValueKind::kDate:
      return Known(ValueKind::kInt);
    case ValueKind::kDateTime:
    case ValueKind::kTime:
      return type.scale == 0 ? Known(ValueKind::kInt) : Known(ValueKind::kDecimal, type.scale);
    default:
      return type;
  }
}

ResultType TypeOfArithmetic(const BoundExpr& node) {
  const ResultType a = AsNumber(node.args[0].type);
  const ResultType b = AsNumber(node.args[1].type);
  if (!a.is_known || !b.is_known) return {};
  if (a.kind == ValueKind::kDouble || b.kind == ValueKind::kDouble) return Known(ValueKind::kDouble);
  if (node.op == Op::kDivide) return Known(ValueKind::kDecimal, AddScales(a.scale, kDivisionScaleIncrement));
  if (a.kind == ValueKind::kDecimal || b.kind == ValueKind::kDecimal) {
    const std::uint8_t scale =
        node.op == Op::kMultiply ? AddScales(a.scale, b.scale) : std::max(a.scale, b.scale);
    return Known(ValueKind::kDecimal, scale);
  }
  const bool is_unsigned = a.kind == ValueKind::kUnsigned || b.kind == ValueKind::kUnsigned;
  return Known(is_unsigned ? ValueKind::kUnsigned : ValueKind::kInt);
}

ResultType TypeOfNegation(const ResultType& argument) {
  const ResultType number = AsNumber(argument);
  return number.kind == ValueKind::kUnsigned ? ResultType{} : number;
}

ResultType Unify(const ResultType& a, const ResultType& b) {
  if (!a.is_known || !b.is_known) return {};
  if (a.kind == ValueKind::kNull) return b;
  if (b.kind == ValueKind::kNull) return a;
  const std::uint8_t scale = std::max(a.scale, b.scale);
  if (a.kind == b.kind) return Known(a.kind, scale);
  if (IsTemporal(a.kind) && IsTemporal(b.kind)) return Known(ValueKind::kDateTime, scale);
  if (a.kind >= ValueKind::kText || b.kind >= ValueKind::kText) return Known(ValueKind::kText);
  if (a.kind == ValueKind::kDouble || b.kind == ValueKind::kDouble) return Known(ValueKind::kDouble);
  return Known(ValueKind::kDecimal, scale);
}

ResultType UnifyFrom(std::span<const BoundExpr> args, std::size_t first, std::size_t step, bool has_else) {
  ResultType type = Known(ValueKind::kNull);
  for (std::size_t i = first; i < args.size(); i += step) type = Unify(type, args[i].type);
  if (has_else) type = Unify(type, args.back().type);
  return type;
}

// CASE [x] WHEN c THEN r ... [ELSE r]: the results alone.
ResultType TypeOfCase(const BoundExpr& node) {
  const std::size_t first = node.has_operand ? 2 : 1;
  const std::size_t end = node.args.size() - (node.has_else ? 1 : 0);
  const std::span<const BoundExpr> args(node.args);
  ResultType type = UnifyFrom(args.first(end), first, 2, false);
  return node.has_else ? Unify(type, node.args.back().type) : type;
}

// GREATEST and LEAST compare numbers with texts as doubles, and a date makes a text a date.
ResultType TypeOfExtreme(std::span<const BoundExpr> args) {
  ResultType type = Known(ValueKind::kNull);
  for (const BoundExpr& arg : args) {
    const ResultType& other = arg.type;
    if (!type.is_known || !other.is_known) return {};
    const bool is_one_text = (type.kind == ValueKind::kText) != (other.kind == ValueKind::kText);
    const ResultType& not_text = type.kind == ValueKind::kText ? other : type;
    if (!is_one_text || not_text.kind == ValueKind::kNull) {
      type = Unify(type, other);
    } else {
      type = IsTemporal(not_text.kind) ? not_text : Known(ValueKind::kDouble);
    }
  }
  return type;
}

std::uint8_t LiteralDigits(const BoundExpr& node) {
  if (node.args.empty() || node.args[0].literal.kind() != ValueKind::kInt) return 0;
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(node.args[0].literal.AsInt(), 0, 6));
}

ResultType TypeOfRounding(const BoundExpr& node) {
  ResultType type = AsNumber(node.args[0].type);
  if (type.kind != ValueKind::kDecimal) return type;
  std::int64_t digits = 0;
  if (node.args.size() > 1) {
    if (node.args[1].op != Op::kLiteral || node.args[1].literal.kind() != ValueKind::kInt) return {};
    digits = node.args[1].literal.AsInt();
  }
  type.scale = static_cast<std::uint8_t>(std::clamp<std::int64_t>(digits, 0, type.scale));
  return type;
}

ResultType TypeOfFunction(const BoundExpr& node) {
  switch (FunctionAt(node.function).result) {
    case FunctionResult::kInt:
      return Known(ValueKind::kInt);
    case FunctionResult::kUnsigned:
      return Known(ValueKind::kUnsigned);
    case FunctionResult::kDouble:
      return Known(ValueKind::kDouble);
    case FunctionResult::kText:
      return Known(ValueKind::kText);
    case FunctionResult::kDate:
      return Known(ValueKind::kDate);
    case FunctionResult::kDateTime:
      return Known(ValueKind::kDateTime, LiteralDigits(node));
    case FunctionResult::kTime:
      return Known(ValueKind::kTime, LiteralDigits(node));
    case FunctionResult::kAsFirst:
      return AsNumber(node.args[0].type);
    case FunctionResult::kRounded:
      return TypeOfRounding(node);
    case FunctionResult::kWhole: {
      const ResultType type = AsNumber(node.args[0].type);
      return type.kind == ValueKind::kDecimal ? Known(ValueKind::kDecimal) : type;
    }
    case FunctionResult::kUnified:
      return node.name == "greatest" || node.name == "least" ? TypeOfExtreme(node.args)
                                                             : UnifyTypes(node.args);
    case FunctionResult::kUnifiedTail:
      return UnifyFrom(node.args, 1, 1, false);
    case FunctionResult::kFirstArgument:
      return node.args[0].type;
    case FunctionResult::kUnknown:
      return {};
  }
  return {};
}

ResultType TypeOfAggregate(const BoundExpr& node) {
  if (node.name == "count") return Known(ValueKind::kInt);
  if (node.name == "group_concat") return Known(ValueKind::kText);
  if (node.name.starts_with("bit_")) return Known(ValueKind::kUnsigned);
  if (node.name == "min" || node.name == "max") return node.args[0].type;
  const ResultType number = AsNumber(node.args[0].type);
  if (!number.is_known || number.kind == ValueKind::kDouble) return number;
  const bool is_average = node.name == "avg";
  return Known(ValueKind::kDecimal, AddScales(number.scale, is_average ? kDivisionScaleIncrement : 0));
}

}  // namespace

ResultType UnifyTypes(std::span<const BoundExpr> args) { return UnifyFrom(args, 0, 1, false); }

ResultType InferType(const BoundExpr& node) {
  switch (node.op) {
    case Op::kLiteral:
      return TypeOfLiteral(node.literal);
    case Op::kColumn:
    case Op::kInsertedValue:
    case Op::kDefault:
      return TypeOfColumn(node.column_type);
    case Op::kStar:
    case Op::kUserVariable:
    case Op::kAssignVariable:
    case Op::kSystemVariable:
    case Op::kInterval:
    case Op::kSubquery:
    case Op::kRow:
      return {};
    case Op::kNegate:
      return TypeOfNegation(node.args[0].type);
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
      return TypeOfArithmetic(node);
    case Op::kIntegerDivide:
    case Op::kNot:
    case Op::kEqual:
    case Op::kNullSafeEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
    case Op::kAnd:
    case Op::kOr:
    case Op::kXor:
    case Op::kIsNull:
    case Op::kIsTrue:
    case Op::kIsFalse:
    case Op::kIn:
    case Op::kInSubquery:
    case Op::kBetween:
    case Op::kLike:
    case Op::kExists:
      return Known(ValueKind::kInt);
    case Op::kBitNot:
    case Op::kBitAnd:
    case Op::kBitOr:
    case Op::kBitXor:
    case Op::kShiftLeft:
    case Op::kShiftRight:
      return Known(ValueKind::kUnsigned);
    case Op::kCase:
      return TypeOfCase(node);
    case Op::kCast:
      return TypeOfColumn(node.cast_type);
    case Op::kFunction:
      return TypeOfFunction(node);
    case Op::kAggregate:
      return TypeOfAggregate(node);
  }
  return {};
}

Value ConvertToType(const ResultType& type, Value value, std::int64_t today_us, WarningSink& sink) {
  if (!type.is_known || value.IsNull()) return value;
  switch (type.kind) {
    case ValueKind::kNull:
    case ValueKind::kInt:
    case ValueKind::kUnsigned:
      return value;
    case ValueKind::kDecimal: {
      const Decimal number = ToDecimal(value, sink);
      return Value::OfDecimal(RoundDecimal(number, type.scale).value_or(number));
    }
    case ValueKind::kDouble:
      return Value::Double(ToDouble(value, sink));
    case ValueKind::kText:
      return value.kind() == ValueKind::kText ? value : Value::Text(value.ToText());
    case ValueKind::kDate: {
      const std::optional<Value> moment = ToMoment(value, today_us, sink);
      if (!moment) return Value::Null();
      return Value::Date(DaysOfMicroseconds(MicrosecondsOf(*moment)));
    }
    case ValueKind::kDateTime: {
      const std::optional<Value> moment = ToMoment(value, today_us, sink);
      return moment ? Value::DateTime(MicrosecondsOf(*moment), type.scale) : Value::Null();
    }
    case ValueKind::kTime: {
      const std::optional<Value> time = ToTimeOfDay(value, sink);
      return time ? Value::Time(time->AsTime(), type.scale) : Value::Null();
    }
  }
  return value;
}

}  // namespace nextkey
