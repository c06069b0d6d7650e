// Printing, comparing and hashing of values.
#include "engine/value.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "engine/collation.h"
#include "engine/decimal.h"
#include "engine/temporal.h"

namespace nextkey {
namespace {

// MySQL prints up to 15 digits in front of the point, and as many zeros behind it, without an
// exponent (strings/dtoa.c, my_gcvt).
constexpr int kMaxPlainExponent = 15;

// The digits and exponent of `1.25e+02` as MySQL writes them: 125; `1e20`; `1.5e-20`.
std::string FromScientific(std::string_view scientific) {
  const std::size_t e = scientific.find('e');
  std::string digits;
  const bool is_negative = scientific.front() == '-';
  for (const char c : scientific.substr(0, e)) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  int exponent = 0;
  std::string_view power = scientific.substr(e + 1);
  if (power.front() == '+') power.remove_prefix(1);
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  const int point = exponent + 1;  // Digits in front of the point.

  const std::string_view all = digits;
  const std::string_view sign = is_negative ? "-" : "";
  const int length = static_cast<int>(all.size());
  if (point > kMaxPlainExponent || point < 1 - kMaxPlainExponent) {
    return fmt::format("{}{}{}{}e{}", sign, all.substr(0, 1), length > 1 ? "." : "", all.substr(1), exponent);
  }
  if (point <= 0) return fmt::format("{}0.{:0>{}}{}", sign, "", -point, all);
  if (point >= length) return fmt::format("{}{}{:0>{}}", sign, all, "", point - length);
  const auto split = static_cast<std::size_t>(point);
  return fmt::format("{}{}.{}", sign, all.substr(0, split), all.substr(split));
}

std::string DoubleToText(double number, bool is_single) {
  if (number == 0) return "0";
  std::array<char, 64> buffer;
  char* const begin = buffer.data();
  char* const end = begin + buffer.size();
  const auto written = is_single ? std::to_chars(begin, end, number, std::chars_format::scientific, 5)
                                 : std::to_chars(begin, end, number, std::chars_format::scientific);
  return FromScientific(std::string_view(begin, static_cast<std::size_t>(written.ptr - begin)));
}

std::strong_ordering OrderOf(double a, double b) {
  if (a < b) return std::strong_ordering::less;
  return a > b ? std::strong_ordering::greater : std::strong_ordering::equal;
}

// Requires: a whole number or a decimal.
Decimal ExactNumber(const Value& value) {
  if (value.kind() == ValueKind::kDecimal) return value.AsDecimal();
  if (value.kind() == ValueKind::kUnsigned) return DecimalFromUnsigned(value.AsUnsigned());
  return DecimalFromInt(value.AsInt());
}

double ApproximateNumber(const Value& value) {
  return value.kind() == ValueKind::kDouble ? value.AsDouble() : DecimalToDouble(ExactNumber(value));
}

std::strong_ordering CompareNumbers(const Value& a, const Value& b) {
  if (a.kind() == ValueKind::kDouble || b.kind() == ValueKind::kDouble) {
    return OrderOf(ApproximateNumber(a), ApproximateNumber(b));
  }
  return CompareDecimal(ExactNumber(a), ExactNumber(b));
}

std::int64_t MicrosecondsOf(const Value& value) {
  return value.kind() == ValueKind::kDate ? value.AsDate() * kMicrosecondsPerDay : value.AsDateTime();
}

// A date or a datetime, which compare with each other.
bool IsPointInTime(const Value& value) {
  return value.kind() == ValueKind::kDate || value.kind() == ValueKind::kDateTime;
}

}  // namespace

Value Value::OfDecimal(Decimal number) {
  constexpr __int128 kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr __int128 kMost = std::numeric_limits<std::int64_t>::max();
  if (number.unscaled >= kLeast && number.unscaled <= kMost) {
    return Value(ValueKind::kDecimal, number.scale, static_cast<std::int64_t>(number.unscaled));
  }
  Value value(ValueKind::kDecimal, kWideDecimal, 0);
  value.data_.decimal = new Box<Decimal>{number};
  return value;
}

Value Value::Double(double number) {
  Value value(ValueKind::kDouble, 0, 0);
  value.data_.real = number;
  return value;
}

Value Value::Float(float number) {
  Value value(ValueKind::kDouble, kSinglePrecision, 0);
  value.data_.real = static_cast<double>(number);
  return value;
}

Value Value::Text(std::string text) {
  Value value;
  value.data_.text = new Box<std::string>{std::move(text)};
  value.kind_ = ValueKind::kText;
  return value;
}

void Value::Release() {
  if (kind_ == ValueKind::kText) {
    if (data_.text->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete data_.text;
  } else if (data_.decimal->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete data_.decimal;
  }
}

std::string Value::ToText() const {
  switch (kind_) {
    case ValueKind::kNull:
      return "NULL";
    case ValueKind::kInt:
      return std::to_string(AsInt());
    case ValueKind::kUnsigned:
      return std::to_string(AsUnsigned());
    case ValueKind::kDecimal:
      return DecimalToText(AsDecimal());
    case ValueKind::kDouble:
      return DoubleToText(AsDouble(), digits_ == kSinglePrecision);
    case ValueKind::kText:
      return AsText();
    case ValueKind::kDate:
      return DateToText(AsDate());
    case ValueKind::kDateTime:
      return DateTimeToText(AsDateTime(), digits_);
    case ValueKind::kTime:
      return TimeToText(AsTime(), digits_);
  }
  return "";
}

std::strong_ordering Value::CompareStored(const Value& a, const Value& b, Collation collation) {
  if (a.kind() == b.kind()) {
    switch (a.kind()) {
      case ValueKind::kNull:
        return std::strong_ordering::equal;
      case ValueKind::kUnsigned:
        return a.AsUnsigned() <=> b.AsUnsigned();
      case ValueKind::kDecimal:
        return CompareDecimal(a.AsDecimal(), b.AsDecimal());
      case ValueKind::kDouble:
        return OrderOf(a.AsDouble(), b.AsDouble());
      case ValueKind::kText:
        return CompareText(a.AsText(), b.AsText(), collation);
      case ValueKind::kInt:
      case ValueKind::kDate:
      case ValueKind::kDateTime:
      case ValueKind::kTime:
        return a.data_.number <=> b.data_.number;
    }
  }
  if (a.IsNumber() && b.IsNumber()) return CompareNumbers(a, b);
  if (IsPointInTime(a) && IsPointInTime(b)) return MicrosecondsOf(a) <=> MicrosecondsOf(b);
  return a.kind() <=> b.kind();
}

void Value::PutBox(Canonical& canonical) const {
  if (kind_ == ValueKind::kText) return canonical.PutText(AsText());
  const auto unscaled = static_cast<unsigned __int128>(data_.decimal->value.unscaled);
  canonical.Put(data_.decimal->value.scale, static_cast<std::uint64_t>(unscaled >> 64),
                static_cast<std::uint64_t>(unscaled));
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind_ != b.kind_ || a.digits_ != b.digits_) return false;
  if (a.kind_ == ValueKind::kNull) return true;
  if (a.kind_ == ValueKind::kText) return a.data_.text == b.data_.text || a.AsText() == b.AsText();
  if (a.IsBoxed()) {
    const Decimal& x = a.data_.decimal->value;
    const Decimal& y = b.data_.decimal->value;
    return x.unscaled == y.unscaled && x.scale == y.scale;
  }
  return a.data_.number == b.data_.number;
}

}  // namespace nextkey
