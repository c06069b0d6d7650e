// COUNT, SUM, AVG, MIN, MAX, GROUP_CONCAT and the bit aggregates over one group.
//
// NULLs are skipped. Sums of whole numbers and decimals are decimals, of doubles and texts doubles.
#include <algorithm>

#include "engine/collation.h"
#include "txn/evaluator.h"

namespace nextkey {
namespace {

constexpr std::size_t kGroupConcatLimit = 1'048'576;  // group_concat_max_len, MariaDB's default.

bool IsDoubleSum(const Value& argument) {
  return argument.kind() == ValueKind::kDouble || argument.kind() == ValueKind::kText;
}

// Equal exactly for values that DISTINCT takes as one.
std::string DistinctKey(const Value& value, Collation collation) {
  if (value.kind() == ValueKind::kText) return FoldForCompare(value.AsText(), collation);
  Canonical bytes;
  value.PutInto(bytes);
  return std::string(bytes.bytes());
}

}  // namespace

Aggregator::Aggregator(const BoundExpr& aggregate)
    : is_distinct_(aggregate.is_distinct), collation_(aggregate.collation), type_(aggregate.type) {
  const std::string& name = aggregate.name;
  if (name == "count") kind_ = Kind::kCount;
  if (name == "sum") kind_ = Kind::kSum;
  if (name == "avg") kind_ = Kind::kAverage;
  if (name == "min") kind_ = Kind::kMin;
  if (name == "max") kind_ = Kind::kMax;
  if (name == "group_concat") kind_ = Kind::kGroupConcat;
  if (name == "bit_and") kind_ = Kind::kBitAnd;
  if (name == "bit_or") kind_ = Kind::kBitOr;
  if (name == "bit_xor") kind_ = Kind::kBitXor;
  if (kind_ == Kind::kBitAnd) value_ = Value::Unsigned(~std::uint64_t{0});
  if (kind_ == Kind::kBitOr || kind_ == Kind::kBitXor) value_ = Value::Unsigned(0);
}

void Aggregator::Add(const Value& argument) {
  if (argument.IsNull()) return;
  if (is_distinct_ && !seen_.insert(DistinctKey(argument, collation_)).second) return;
  ++count_;
  WarningSink silent;
  switch (kind_) {
    case Kind::kCount:
      break;
    case Kind::kSum:
    case Kind::kAverage:
      AddToSum(argument);
      break;
    case Kind::kMin:
      if (value_.IsNull() || *CompareSql(argument, value_, collation_) < 0) value_ = argument;
      break;
    case Kind::kMax:
      if (value_.IsNull() || *CompareSql(argument, value_, collation_) > 0) value_ = argument;
      break;
    case Kind::kGroupConcat: {
      std::string text = value_.IsNull() ? argument.ToText() : value_.AsText() + "," + argument.ToText();
      if (text.size() > kGroupConcatLimit) text.resize(kGroupConcatLimit);
      value_ = Value::Text(std::move(text));
      break;
    }
    case Kind::kBitAnd:
      value_ = Value::Unsigned(value_.AsUnsigned() & ToBits(argument, silent));
      break;
    case Kind::kBitOr:
      value_ = Value::Unsigned(value_.AsUnsigned() | ToBits(argument, silent));
      break;
    case Kind::kBitXor:
      value_ = Value::Unsigned(value_.AsUnsigned() ^ ToBits(argument, silent));
      break;
  }
}

void Aggregator::AddToSum(const Value& argument) {
  WarningSink silent;
  if (IsDoubleSum(argument) || value_.kind() == ValueKind::kDouble) {
    const double before = value_.IsNull() ? 0 : ToDouble(value_, silent);
    value_ = Value::Double(before + ToDouble(argument, silent));
    return;
  }
  const Decimal before = value_.IsNull() ? Decimal{} : value_.AsDecimal();
  const std::optional<Decimal> sum = AddDecimal(before, ToDecimal(argument, silent));
  value_ = sum ? Value::OfDecimal(*sum) : Value::Double(DecimalToDouble(before) + ToDouble(argument, silent));
}

Value Aggregator::Finish() const {
  switch (kind_) {
    case Kind::kCount:
      return Value::Int(static_cast<std::int64_t>(count_));
    case Kind::kSum:
    case Kind::kAverage:
      break;
    case Kind::kMin:
    case Kind::kMax:
    case Kind::kGroupConcat:
    case Kind::kBitAnd:
    case Kind::kBitOr:
    case Kind::kBitXor:
      return value_;
  }
  if (value_.IsNull()) return value_;
  const bool is_average = kind_ == Kind::kAverage;
  if (value_.kind() == ValueKind::kDouble) {
    return is_average ? Value::Double(value_.AsDouble() / static_cast<double>(count_)) : value_;
  }
  std::optional<Decimal> result = value_.AsDecimal();
  if (is_average) result = DivideDecimal(*result, DecimalFromUnsigned(count_));
  if (result && type_.is_known && type_.kind == ValueKind::kDecimal)
    result = RoundDecimal(*result, type_.scale);
  return result ? Value::OfDecimal(*result) : value_;
}

}  // namespace nextkey
