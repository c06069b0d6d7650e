// How two values of any kinds compare, and what they count as in conditions.
//
// Two texts compare by collation; a date with anything compares as moments; a text with a whole
// number or a decimal compares as decimals, with a double as doubles. Source: MySQL manual, "Type
// Conversion in Expression Evaluation"; MariaDB differs from it in comparing texts with whole
// numbers exactly.
#include <limits>

#include "engine/collation.h"
#include "engine/temporal.h"
#include "txn/evaluator.h"

namespace nextkey {
namespace {

template <class Number>
std::strong_ordering Order(Number a, Number b) {
  return a < b   ? std::strong_ordering::less
         : b < a ? std::strong_ordering::greater
                 : std::strong_ordering::equal;
}

// A signed and an unsigned number, by value.
std::strong_ordering OrderMixed(std::int64_t a, std::uint64_t b) {
  return a < 0 ? std::strong_ordering::less : Order(static_cast<std::uint64_t>(a), b);
}

std::strong_ordering Reversed(std::strong_ordering order) { return 0 <=> order; }

std::strong_ordering OrderWholeNumbers(const Value& a, const Value& b) {
  const bool a_is_signed = a.kind() == ValueKind::kInt;
  const bool b_is_signed = b.kind() == ValueKind::kInt;
  if (a_is_signed && b_is_signed) return Order(a.AsInt(), b.AsInt());
  if (a_is_signed) return OrderMixed(a.AsInt(), b.AsUnsigned());
  if (b_is_signed) return Reversed(OrderMixed(b.AsInt(), a.AsUnsigned()));
  return Order(a.AsUnsigned(), b.AsUnsigned());
}

bool IsWhole(ValueKind kind) { return kind == ValueKind::kInt || kind == ValueKind::kUnsigned; }

bool IsMoment(ValueKind kind) { return kind == ValueKind::kDate || kind == ValueKind::kDateTime; }

// The moment that a value is compared as. What is no date at all counts as the zero date, which is
// before all others.
constexpr std::int64_t kZeroDate = std::numeric_limits<std::int64_t>::min();

std::int64_t ComparableMoment(const Value& value, std::int64_t today_us, WarningSink& sink) {
  if (value.kind() == ValueKind::kText || value.IsNumber()) {
    WarningSink silent;
    const std::optional<Value> moment = ToMoment(value, today_us, silent);
    if (moment) return MicrosecondsOf(*moment);
    const bool is_zero = value.IsNumber() && !ToTruth(value, silent);
    if (!is_zero) sink.WarnTruncated("datetime", value.ToText());
    return kZeroDate;
  }
  const std::optional<Value> moment = ToMoment(value, today_us, sink);
  return moment ? MicrosecondsOf(*moment) : kZeroDate;
}

std::int64_t ComparableTime(const Value& value, WarningSink& sink) {
  WarningSink silent;
  const std::optional<Value> time = ToTimeOfDay(value, silent);
  if (time) return time->AsTime();
  sink.WarnTruncated("time", value.ToText());
  return std::numeric_limits<std::int64_t>::min();
}

}  // namespace

std::optional<std::strong_ordering> CompareSql(const Value& a, const Value& b, Collation collation,
                                               std::int64_t today_us, WarningSink& sink) {
  if (a.IsNull() || b.IsNull()) return std::nullopt;
  const ValueKind left = a.kind();
  const ValueKind right = b.kind();
  if (IsWhole(left) && IsWhole(right)) return OrderWholeNumbers(a, b);
  if (left == ValueKind::kText && right == ValueKind::kText) {
    return CompareText(a.AsText(), b.AsText(), collation);
  }
  if (IsMoment(left) || IsMoment(right)) {
    const std::int64_t first = ComparableMoment(a, today_us, sink);
    return Order(first, ComparableMoment(b, today_us, sink));
  }
  if (left == ValueKind::kTime || right == ValueKind::kTime) {
    const std::int64_t first = ComparableTime(a, sink);
    return Order(first, ComparableTime(b, sink));
  }
  if (left == ValueKind::kDouble || right == ValueKind::kDouble) {
    const double first = ToDouble(a, sink);
    return Order(first, ToDouble(b, sink));
  }
  const Decimal first = ToDecimal(a, sink);
  return CompareDecimal(first, ToDecimal(b, sink));
}

std::optional<std::strong_ordering> CompareSql(const Value& a, const Value& b, Collation collation) {
  WarningSink silent;
  return CompareSql(a, b, collation, 0, silent);
}

bool IsTrue(const Value& value) {
  WarningSink silent;
  return ToTruth(value, silent);
}

double ToDouble(const Value& value) {
  WarningSink silent;
  return ToDouble(value, silent);
}

std::optional<std::int64_t> ToInteger(const Value& value) {
  if (value.IsNull()) return std::nullopt;
  WarningSink silent;
  return ToInt(value, silent);
}

}  // namespace nextkey
