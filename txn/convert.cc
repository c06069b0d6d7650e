#include "txn/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "engine/collation.h"
#include "engine/column_type.h"
#include "engine/temporal.h"

namespace nextkey {
namespace {

constexpr std::int64_t kMaxInt = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMinInt = std::numeric_limits<std::int64_t>::min();

std::string_view WithoutLeadingSpaces(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\n\r\v\f"), text.size()));
}

std::string_view WithoutSpaces(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\n\r\v\f";
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

double DoubleFromText(std::string_view text, WarningSink& sink) {
  std::string_view digits = WithoutLeadingSpaces(text);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  const bool starts_number = !digits.empty() && (digits.front() == '-' || digits.front() == '.' ||
                                                 (digits.front() >= '0' && digits.front() <= '9'));
  double number = 0;
  bool is_too_big = false;
  const char* end = digits.data();
  if (starts_number) {
    const std::from_chars_result read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    // Too large is the largest, too small is 0.
    if (read.ec == std::errc::result_out_of_range) {
      number = std::strtod(std::string(digits).c_str(), nullptr);
      is_too_big = std::isinf(number);
      if (is_too_big) number = std::copysign(std::numeric_limits<double>::max(), number);
    }
    if (std::isfinite(number)) end = read.ptr;
    if (!std::isfinite(number)) number = 0;  // `-inf` is a word to a server.
  }
  if (is_too_big || end == digits.data() || end != digits.data() + digits.size())
    sink.WarnTruncated("DOUBLE", text);
  return number;
}

Decimal DecimalFromText(std::string_view text, WarningSink& sink) {
  const DecimalPrefix prefix = ReadDecimal(text);
  if (!prefix.has_digits || prefix.has_overflow || !prefix.rest.empty() || text.ends_with(' ')) {
    sink.WarnTruncated("DECIMAL", text);
  }
  return prefix.number;
}

// The sign and the digits in front, as CAST reads them: `12.7` is 12, with a warning.
std::int64_t IntFromText(std::string_view text, WarningSink& sink) {
  std::string_view digits = WithoutLeadingSpaces(text);
  const bool is_negative = digits.starts_with('-');
  if (is_negative || digits.starts_with('+')) digits.remove_prefix(1);
  std::uint64_t magnitude = 0;
  const std::from_chars_result read =
      std::from_chars(digits.data(), digits.data() + digits.size(), magnitude);
  bool is_exact = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  std::int64_t result = 0;
  if (read.ec == std::errc::result_out_of_range) {
    result = is_negative ? kMinInt : -1;  // The 64 bits of the largest unsigned number.
  } else if (is_negative && magnitude > static_cast<std::uint64_t>(kMaxInt)) {
    is_exact = is_exact && magnitude == static_cast<std::uint64_t>(kMaxInt) + 1;
    result = kMinInt;
  } else {
    result = static_cast<std::int64_t>(is_negative ? 0 - magnitude : magnitude);
  }
  if (!is_exact) sink.WarnTruncated("INTEGER", text);
  return result;
}

std::int64_t IntFromDouble(double number) {
  const double rounded = std::rint(number);
  if (rounded >= 9223372036854775808.0) return kMaxInt;
  if (rounded < -9223372036854775808.0) return kMinInt;
  return static_cast<std::int64_t>(rounded);
}

std::int64_t IntFromDecimal(const Decimal& number) {
  const std::optional<std::int64_t> whole = DecimalToInt(number);
  return whole ? *whole : number.unscaled < 0 ? kMinInt : kMaxInt;
}

// A moment as a decimal: 20240229131415.678.
Decimal DecimalFromMoment(std::int64_t number, std::int64_t microseconds, std::uint8_t digits) {
  __int128 unscaled = number;
  std::int64_t fraction = (microseconds < 0 ? -microseconds : microseconds) % kMicrosecondsPerSecond;
  std::int64_t unit = kMicrosecondsPerSecond;
  for (int i = 0; i < digits; ++i) {
    unit /= 10;
    unscaled = unscaled * 10 + (number < 0 ? -(fraction / unit) : fraction / unit);
    fraction %= unit;
  }
  return Decimal{unscaled, digits};
}

std::int64_t FractionOf(std::int64_t microseconds) {
  const std::int64_t rest = microseconds % kMicrosecondsPerSecond;
  return rest < 0 ? rest + kMicrosecondsPerSecond : rest;
}

// Cut off, as the server does unless TIME_ROUND_FRACTIONAL is set.
Value WithFraction(std::int64_t microseconds, std::uint8_t digits, ValueKind kind) {
  const std::int64_t cut = TruncateToFraction(microseconds, digits);
  return kind == ValueKind::kTime ? Value::Time(cut, digits) : Value::DateTime(cut, digits);
}

void WarnOverflow(const Value& value, std::string_view type, WarningSink& sink) {
  sink.Warn(1916,
            fmt::format("Got overflow when converting '{}' to {}. Value truncated", value.ToText(), type));
}

Value CastToSigned(const Value& value, WarningSink& sink) {
  if (value.kind() == ValueKind::kUnsigned) return Value::Int(static_cast<std::int64_t>(value.AsUnsigned()));
  if (value.kind() == ValueKind::kDecimal && !DecimalToInt(value.AsDecimal()))
    WarnOverflow(value, "INT", sink);
  if (value.kind() == ValueKind::kDouble) {
    const double rounded = std::rint(value.AsDouble());
    if (rounded >= 9223372036854775808.0 || rounded < -9223372036854775808.0) {
      WarnOverflow(value, "SIGNED BIGINT", sink);
    }
  }
  return Value::Int(ToInt(value, sink));
}

Value CastToUnsigned(const Value& value, WarningSink& sink) {
  switch (value.kind()) {
    case ValueKind::kDouble: {
      const double rounded = std::rint(value.AsDouble());
      const bool is_too_big = rounded >= 18446744073709551616.0;
      if (is_too_big || rounded < 0) WarnOverflow(value, "UNSIGNED BIGINT", sink);
      if (is_too_big) return Value::Unsigned(std::numeric_limits<std::uint64_t>::max());
      return Value::Unsigned(rounded < 0 ? 0 : static_cast<std::uint64_t>(rounded));
    }
    case ValueKind::kUnsigned:
      return value;
    case ValueKind::kDecimal: {
      const std::optional<std::uint64_t> whole = DecimalToUnsigned(value.AsDecimal());
      if (whole) return Value::Unsigned(*whole);
      WarnOverflow(value, "UNSIGNED INT", sink);
      return Value::Unsigned(value.AsDecimal().unscaled < 0 ? 0 : std::numeric_limits<std::uint64_t>::max());
    }
    default: {
      const std::int64_t number = ToInt(value, sink);
      const bool is_large_text = value.kind() == ValueKind::kText &&
                                 WithoutSpaces(value.AsText()).find('-') == std::string_view::npos;
      if (number < 0 && !is_large_text) {
        sink.Warn(1105, "Cast to unsigned converted negative integer to it's positive complement");
      }
      return Value::Unsigned(static_cast<std::uint64_t>(number));
    }
  }
}

Decimal Nines(int digits, std::uint8_t scale, bool is_negative) {
  __int128 number = 0;
  for (int i = 0; i < digits; ++i) number = number * 10 + 9;
  return Decimal{is_negative ? -number : number, scale};
}

Value CastToDecimal(const ColumnType& type, const Value& value, std::string_view text, WarningSink& sink) {
  const Decimal number = ToDecimal(value, sink);
  const int digits = type.length == 0 ? 10 : static_cast<int>(type.length);
  const std::optional<Decimal> rounded = RoundDecimal(number, type.scale);
  if (rounded && FitsDigits(*rounded, digits)) return Value::OfDecimal(*rounded);
  sink.Warn(1264, fmt::format("Out of range value for column '{}' at row 1", text));
  return Value::OfDecimal(Nines(digits, type.scale, number.unscaled < 0));
}

Value CastToText(const ColumnType& type, const Value& value, WarningSink& sink) {
  std::string text = value.ToText();
  if (type.length > 0 && CharacterLength(text) > type.length) {
    sink.WarnTruncated(fmt::format("CHAR({})", type.length), text);
    text = std::string(CharacterPrefix(text, type.length));
  }
  return Value::Text(std::move(text));
}

}  // namespace

void WarningSink::Warn(int number, std::string message) {
  if (is_strict_) {
    if (!error_)
      error_ = SqlError{number, number == 1292 ? "22007" : number == 1365 ? "22012" : "HY000", message};
    return;
  }
  if (warnings_ != nullptr) warnings_->push_back(Warning{number, std::move(message)});
}

void WarningSink::WarnTruncated(std::string_view type, std::string_view text) {
  Warn(1292, fmt::format("Truncated incorrect {} value: '{}'", type, text));
}

void WarningSink::WarnIncorrectTime(std::string_view type, std::string_view text) {
  Warn(1292, fmt::format("Incorrect {} value: '{}'", type, text));
}

double ToDouble(const Value& value, WarningSink& sink) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return 0;
    case ValueKind::kInt:
      return static_cast<double>(value.AsInt());
    case ValueKind::kUnsigned:
      return static_cast<double>(value.AsUnsigned());
    case ValueKind::kDecimal:
      return DecimalToDouble(value.AsDecimal());
    case ValueKind::kDouble:
      return value.AsDouble();
    case ValueKind::kText:
      return DoubleFromText(value.AsText(), sink);
    case ValueKind::kDate:
    case ValueKind::kDateTime:
    case ValueKind::kTime:
      return DecimalToDouble(ToDecimal(value, sink));
  }
  return 0;
}

Decimal ToDecimal(const Value& value, WarningSink& sink) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return Decimal{};
    case ValueKind::kInt:
      return DecimalFromInt(value.AsInt());
    case ValueKind::kUnsigned:
      return DecimalFromUnsigned(value.AsUnsigned());
    case ValueKind::kDecimal:
      return value.AsDecimal();
    case ValueKind::kDouble:
      return DecimalFromDouble(value.AsDouble()).value_or(Nines(kMaxDecimalDigits, 0, value.AsDouble() < 0));
    case ValueKind::kText:
      return DecimalFromText(value.AsText(), sink);
    case ValueKind::kDate:
      return DecimalFromInt(NumberFromDate(value.AsDate()));
    case ValueKind::kDateTime:
      return DecimalFromMoment(NumberFromDateTime(value.AsDateTime()), FractionOf(value.AsDateTime()),
                               value.fraction_digits());
    case ValueKind::kTime:
      return DecimalFromMoment(NumberFromTime(value.AsTime()), value.AsTime(), value.fraction_digits());
  }
  return Decimal{};
}

std::int64_t ToInt(const Value& value, WarningSink& sink) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return 0;
    case ValueKind::kInt:
      return value.AsInt();
    case ValueKind::kUnsigned:
      return static_cast<std::int64_t>(value.AsUnsigned());
    case ValueKind::kDecimal:
      return IntFromDecimal(value.AsDecimal());
    case ValueKind::kDouble:
      return IntFromDouble(value.AsDouble());
    case ValueKind::kText:
      return IntFromText(value.AsText(), sink);
    case ValueKind::kDate:
    case ValueKind::kDateTime:
    case ValueKind::kTime:
      return IntFromDecimal(ToDecimal(value, sink));
  }
  return 0;
}

std::uint64_t ToBits(const Value& value, WarningSink& sink) {
  if (value.kind() != ValueKind::kText && value.kind() != ValueKind::kDecimal) {
    return static_cast<std::uint64_t>(ToInt(value, sink));
  }
  const Decimal number = ToDecimal(value, sink);
  if (const std::optional<std::uint64_t> whole = DecimalToUnsigned(number)) return *whole;
  return static_cast<std::uint64_t>(IntFromDecimal(number));
}

bool ToTruth(const Value& value, WarningSink& sink) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return false;
    case ValueKind::kInt:
      return value.AsInt() != 0;
    case ValueKind::kUnsigned:
      return value.AsUnsigned() != 0;
    case ValueKind::kDecimal:
      return !IsZero(value.AsDecimal());
    case ValueKind::kDouble:
    case ValueKind::kText:
      return ToDouble(value, sink) != 0;
    case ValueKind::kDate:
    case ValueKind::kDateTime:
      return true;
    case ValueKind::kTime:
      return value.AsTime() != 0;
  }
  return false;
}

std::optional<Value> ToMoment(const Value& value, std::int64_t today_us, WarningSink& sink) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return std::nullopt;
    case ValueKind::kDate:
    case ValueKind::kDateTime:
      return value;
    case ValueKind::kTime:
      return Value::DateTime(
          std::int64_t{DaysOfMicroseconds(today_us)} * kMicrosecondsPerDay + value.AsTime(),
          value.fraction_digits());
    case ValueKind::kText: {
      const std::optional<ParsedTime> moment = ReadDateTime(value.AsText());
      if (!moment) {
        sink.WarnIncorrectTime("datetime", value.AsText());
        return std::nullopt;
      }
      if (moment->has_rest) {
        const bool is_date = moment->value.kind() == ValueKind::kDate;
        sink.WarnTruncated(is_date ? "date" : "datetime", value.AsText());
      }
      return moment->value;
    }
    case ValueKind::kInt:
    case ValueKind::kUnsigned:
    case ValueKind::kDecimal:
    case ValueKind::kDouble: {
      const Decimal number = ToDecimal(value, sink);
      const Decimal whole = TruncateDecimal(number, 0).value_or(Decimal{});
      std::optional<Value> moment = DateTimeFromNumber(DecimalToInt(whole).value_or(0));
      if (!moment) sink.WarnIncorrectTime("datetime", value.ToText());
      if (!moment || number.scale == 0) return moment;
      const Decimal micro = RoundDecimal(number, 6).value_or(whole);
      const auto fraction = static_cast<std::int64_t>(micro.unscaled % kMicrosecondsPerSecond);
      return Value::DateTime(MicrosecondsOf(*moment) + fraction, std::min<std::uint8_t>(number.scale, 6));
    }
  }
  return std::nullopt;
}

std::optional<Value> ToTimeOfDay(const Value& value, WarningSink& sink) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return std::nullopt;
    case ValueKind::kTime:
      return value;
    case ValueKind::kDate:
      return Value::Time(0, 0);
    case ValueKind::kDateTime: {
      const std::int64_t us = value.AsDateTime();
      return Value::Time(us - std::int64_t{DaysOfMicroseconds(us)} * kMicrosecondsPerDay,
                         value.fraction_digits());
    }
    case ValueKind::kText: {
      // A full date and time gives its time of day.
      const std::optional<Value> moment = ParseDateTime(value.AsText());
      if (moment && moment->kind() == ValueKind::kDateTime &&
          value.AsText().find('-', 1) != std::string::npos) {
        return ToTimeOfDay(*moment, sink);
      }
      const std::optional<ParsedTime> time = ReadTime(value.AsText());
      if (!time) {
        sink.WarnIncorrectTime("time", value.AsText());
        return std::nullopt;
      }
      if (time->has_rest) sink.WarnTruncated("time", value.AsText());
      return time->value;
    }
    case ValueKind::kInt:
    case ValueKind::kUnsigned:
    case ValueKind::kDecimal:
    case ValueKind::kDouble: {
      const std::int64_t number = ToInt(value, sink);
      if (number > 99'999'999) {
        const std::optional<Value> moment = DateTimeFromNumber(number);
        if (moment) return ToTimeOfDay(*moment, sink);
      }
      const std::optional<std::int64_t> time = TimeFromNumber(number);
      if (!time) {
        sink.WarnIncorrectTime("time", value.ToText());
        return std::nullopt;
      }
      return Value::Time(*time, 0);
    }
  }
  return std::nullopt;
}

std::int64_t MicrosecondsOf(const Value& moment) {
  return moment.kind() == ValueKind::kDate ? std::int64_t{moment.AsDate()} * kMicrosecondsPerDay
                                           : moment.AsDateTime();
}

std::int64_t NumberFromDate(std::int32_t days) {
  const CivilDate date = CivilFromDays(days);
  return std::int64_t{date.year} * 10000 + date.month * 100 + date.day;
}

std::int64_t NumberFromDateTime(std::int64_t microseconds) {
  const CivilTime civil = CivilFromMicroseconds(microseconds);
  return NumberFromDate(DaysOfMicroseconds(microseconds)) * 1'000'000 + civil.hour * 10000 +
         civil.minute * 100 + civil.second;
}

std::int64_t NumberFromTime(std::int64_t microseconds) {
  const std::int64_t seconds = (microseconds < 0 ? -microseconds : microseconds) / kMicrosecondsPerSecond;
  const std::int64_t number = seconds / 3600 * 10000 + seconds / 60 % 60 * 100 + seconds % 60;
  return microseconds < 0 ? -number : number;
}

std::optional<std::int64_t> TimeFromNumber(std::int64_t number) {
  constexpr std::int64_t kMost = 8385959;
  if (number < -kMost || number > kMost) return std::nullopt;
  const std::int64_t magnitude = number < 0 ? -number : number;
  const std::int64_t minute = magnitude / 100 % 100;
  const std::int64_t second = magnitude % 100;
  if (minute > 59 || second > 59) return std::nullopt;
  const std::int64_t seconds = magnitude / 10000 * 3600 + minute * 60 + second;
  return (number < 0 ? -seconds : seconds) * kMicrosecondsPerSecond;
}

Value CastTo(const ColumnType& type, const Value& value, std::string_view text, std::int64_t today_us,
             WarningSink& sink) {
  if (value.IsNull()) return value;
  switch (type.kind) {
    case TypeKind::kTinyInt:
    case TypeKind::kSmallInt:
    case TypeKind::kMediumInt:
    case TypeKind::kInt:
    case TypeKind::kBigInt:
      return type.is_unsigned ? CastToUnsigned(value, sink) : CastToSigned(value, sink);
    case TypeKind::kDecimal:
      return CastToDecimal(type, value, text, sink);
    case TypeKind::kFloat:
      return Value::Double(static_cast<double>(static_cast<float>(ToDouble(value, sink))));
    case TypeKind::kDouble:
      return Value::Double(ToDouble(value, sink));
    case TypeKind::kChar:
    case TypeKind::kVarchar:
    case TypeKind::kText:
      return CastToText(type, value, sink);
    case TypeKind::kDate: {
      const std::optional<Value> moment = ToMoment(value, today_us, sink);
      if (!moment) return Value::Null();
      return Value::Date(DaysOfMicroseconds(MicrosecondsOf(*moment)));
    }
    case TypeKind::kDateTime:
    case TypeKind::kTimestamp: {
      const std::optional<Value> moment = ToMoment(value, today_us, sink);
      if (!moment) return Value::Null();
      return WithFraction(MicrosecondsOf(*moment), type.scale, ValueKind::kDateTime);
    }
    case TypeKind::kTime: {
      const std::optional<Value> time = ToTimeOfDay(value, sink);
      if (!time) return Value::Null();
      return WithFraction(time->AsTime(), type.scale, ValueKind::kTime);
    }
  }
  return value;
}

}  // namespace nextkey
