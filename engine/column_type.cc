#include "engine/column_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "engine/collation.h"

namespace nextkey {
namespace {

using Stored = std::variant<Value, StoreError>;
using Wide = __int128;

// --- Numbers ------------------------------------------------------------------------------------

struct WholeRange {
  Wide least;
  Wide most;
};

int BitsOf(TypeKind kind) {
  if (kind == TypeKind::kTinyInt) return 8;
  if (kind == TypeKind::kSmallInt) return 16;
  if (kind == TypeKind::kMediumInt) return 24;
  return kind == TypeKind::kInt ? 32 : 64;
}

WholeRange RangeOf(const ColumnType& type) {
  const int bits = BitsOf(type.kind);
  if (type.is_unsigned) return {0, (Wide{1} << bits) - 1};
  return {-(Wide{1} << (bits - 1)), (Wide{1} << (bits - 1)) - 1};
}

// 20240131, 20240131102030.5, 102030: what a date or time is as a number.
Decimal TemporalNumber(const Value& value) {
  if (value.kind() == ValueKind::kTime) {
    const std::int64_t size = std::abs(value.AsTime());
    const std::int64_t seconds = size / kMicrosecondsPerSecond;
    const Wide clock = seconds / 3600 * 10000 + seconds / 60 % 60 * 100 + seconds % 60;
    const Wide number = clock * kMicrosecondsPerSecond + size % kMicrosecondsPerSecond;
    return {value.AsTime() < 0 ? -number : number, 6};
  }
  const bool is_date = value.kind() == ValueKind::kDate;
  const CivilTime time =
      CivilFromMicroseconds(is_date ? value.AsDate() * kMicrosecondsPerDay : value.AsDateTime());
  const Wide date = time.date.year * Wide{10000} + time.date.month * 100 + time.date.day;
  if (is_date) return {date, 0};
  const Wide whole = date * 1'000'000 + time.hour * 10000 + time.minute * 100 + time.second;
  return {whole * kMicrosecondsPerSecond + time.microsecond, 6};
}

// The exact number that any value but a double stands for.
std::variant<Decimal, StoreError> ExactNumberOf(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return Decimal{};
    case ValueKind::kInt:
      return DecimalFromInt(value.AsInt());
    case ValueKind::kUnsigned:
      return DecimalFromUnsigned(value.AsUnsigned());
    case ValueKind::kDecimal:
      return value.AsDecimal();
    case ValueKind::kDouble: {
      const std::optional<Decimal> number = DecimalFromDouble(value.AsDouble());
      if (!number) return StoreError::kOutOfRange;
      return *number;
    }
    case ValueKind::kText: {
      const DecimalPrefix prefix = ReadDecimal(value.AsText());
      if (!prefix.has_digits) return StoreError::kIncorrectInteger;
      if (prefix.has_overflow) return StoreError::kOutOfRange;
      if (!prefix.rest.empty()) return StoreError::kTruncated;
      return prefix.number;
    }
    case ValueKind::kDate:
    case ValueKind::kDateTime:
    case ValueKind::kTime:
      return TemporalNumber(value);
  }
  return Decimal{};
}

Stored StoreWhole(const ColumnType& type, const Value& value) {
  Wide whole = 0;
  if (value.kind() == ValueKind::kDouble) {
    const double rounded = std::nearbyint(value.AsDouble());
    if (!(std::abs(rounded) < 1e20)) return StoreError::kOutOfRange;
    whole = static_cast<Wide>(rounded);
  } else {
    const std::variant<Decimal, StoreError> number = ExactNumberOf(value);
    if (const auto* error = std::get_if<StoreError>(&number)) return *error;
    const Decimal& exact = std::get<Decimal>(number);
    // A negative number does not fit even where it would round to 0.
    if (type.is_unsigned && exact.unscaled < 0) return StoreError::kOutOfRange;
    const std::optional<Decimal> rounded = RoundDecimal(exact, 0);
    if (!rounded) return StoreError::kOutOfRange;
    whole = rounded->unscaled;
  }
  const WholeRange range = RangeOf(type);
  if (whole < range.least || whole > range.most) return StoreError::kOutOfRange;
  return type.is_unsigned ? Value::Unsigned(static_cast<std::uint64_t>(whole))
                          : Value::Int(static_cast<std::int64_t>(whole));
}

int DigitsOf(const ColumnType& type) { return type.length == 0 ? 10 : static_cast<int>(type.length); }

Stored StoreDecimal(const ColumnType& type, const Value& value) {
  const std::variant<Decimal, StoreError> number = ExactNumberOf(value);
  if (const auto* error = std::get_if<StoreError>(&number)) return *error;
  const Decimal& exact = std::get<Decimal>(number);
  if (type.is_unsigned && exact.unscaled < 0) return StoreError::kOutOfRange;
  const std::optional<Decimal> rounded = RoundDecimal(exact, type.scale);
  if (!rounded || !FitsDigits(*rounded, DigitsOf(type))) return StoreError::kOutOfRange;
  return Value::OfDecimal(*rounded);
}

std::variant<double, StoreError> DoubleFromText(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\n\v\f\r");
  if (begin == std::string_view::npos) return StoreError::kIncorrectInteger;
  text.remove_prefix(begin);
  if (text.front() == '+') text.remove_prefix(1);
  const std::string_view unsigned_part = text.substr(text.starts_with('-') ? 1 : 0);
  const bool is_number =
      !unsigned_part.empty() &&
      (unsigned_part.front() == '.' || (unsigned_part.front() >= '0' && unsigned_part.front() <= '9'));
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!is_number || read.ec == std::errc::invalid_argument) return StoreError::kIncorrectInteger;
  // Too small is zero, too large an error.
  if (read.ec == std::errc::result_out_of_range && text.find("e-") == std::string_view::npos) {
    return StoreError::kOutOfRange;
  }
  const std::string_view rest(read.ptr, static_cast<std::size_t>(text.data() + text.size() - read.ptr));
  if (rest.find_first_not_of(" \t\n\v\f\r") != std::string_view::npos) return StoreError::kTruncated;
  return number;
}

std::variant<double, StoreError> ApproximateNumberOf(const Value& value) {
  if (value.kind() == ValueKind::kDouble) return value.AsDouble();
  if (value.kind() == ValueKind::kText) return DoubleFromText(value.AsText());
  const std::variant<Decimal, StoreError> exact = ExactNumberOf(value);
  if (const auto* error = std::get_if<StoreError>(&exact)) return *error;
  return DecimalToDouble(std::get<Decimal>(exact));
}

Stored StoreApproximate(const ColumnType& type, const Value& value) {
  const std::variant<double, StoreError> number = ApproximateNumberOf(value);
  if (const auto* error = std::get_if<StoreError>(&number)) return *error;
  const double approximate = std::get<double>(number);
  if (type.is_unsigned && approximate < 0) return StoreError::kOutOfRange;
  if (!std::isfinite(approximate)) return StoreError::kOutOfRange;
  if (type.kind == TypeKind::kDouble) return Value::Double(approximate);
  if (std::abs(approximate) > static_cast<double>(std::numeric_limits<float>::max()))
    return StoreError::kOutOfRange;
  return Value::Float(static_cast<float>(approximate));
}

// --- Texts --------------------------------------------------------------------------------------

Stored StoreText(const ColumnType& type, const Value& value) {
  std::string converted;
  const bool is_text = value.kind() == ValueKind::kText;
  if (!is_text) converted = value.ToText();
  std::string_view text = is_text ? std::string_view(value.AsText()) : std::string_view(converted);
  if (type.kind != TypeKind::kText) {
    const std::string_view kept = text.size() <= type.length ? text : CharacterPrefix(text, type.length);
    const std::string_view lost = text.substr(kept.size());
    if (!WithoutTrailingSpaces(lost).empty()) return StoreError::kTooLong;
    text = kept;
    if (type.kind == TypeKind::kChar) text = WithoutTrailingSpaces(text);
  }
  if (is_text && text.size() == value.AsText().size()) return value;  // Shared, not copied.
  return Value::Text(std::string(text));
}

// --- Times --------------------------------------------------------------------------------------

// A date or a datetime.
std::optional<Value> PointInTimeOf(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kDate:
    case ValueKind::kDateTime:
      return value;
    case ValueKind::kText:
      return ParseDateTime(value.AsText());
    case ValueKind::kInt:
      return DateTimeFromNumber(value.AsInt());
    case ValueKind::kUnsigned:
    case ValueKind::kDecimal:
    case ValueKind::kDouble: {
      const std::variant<Decimal, StoreError> number = ExactNumberOf(value);
      if (!std::holds_alternative<Decimal>(number)) return std::nullopt;
      const Decimal whole = FloorDecimal(std::get<Decimal>(number));
      const std::optional<std::int64_t> digits = DecimalToInt(whole);
      std::optional<Value> time = digits ? DateTimeFromNumber(*digits) : std::nullopt;
      const std::optional<Decimal> fraction = SubtractDecimal(std::get<Decimal>(number), whole);
      if (!time || !fraction || time->kind() == ValueKind::kDate) return time;
      const std::optional<Decimal> micros = TruncateDecimal(*fraction, 6);
      if (!micros) return time;
      return Value::DateTime(time->AsDateTime() + static_cast<std::int64_t>(micros->unscaled), 6);
    }
    case ValueKind::kNull:
    case ValueKind::kTime:
      return std::nullopt;
  }
  return std::nullopt;
}

Stored StoreDate(const Value& value) {
  const std::optional<Value> time = PointInTimeOf(value);
  if (!time) return StoreError::kIncorrectTime;
  return time->kind() == ValueKind::kDate ? *time : Value::Date(DaysOfMicroseconds(time->AsDateTime()));
}

// TIMESTAMP counts seconds from 1970 in 31 bits; second 0 stands for the zero date.
bool FitsTimestamp(std::int64_t microseconds) {
  constexpr std::int64_t kSeconds = std::int64_t{1} << 31;
  return microseconds >= kMicrosecondsPerSecond && microseconds < kSeconds * kMicrosecondsPerSecond;
}

// Towards the past, also before 1970: the clock's digits are cut off, not the number's.
std::int64_t CutFraction(std::int64_t microseconds, int digits) {
  const std::int64_t of_day = microseconds - DaysOfMicroseconds(microseconds) * kMicrosecondsPerDay;
  return microseconds - of_day + TruncateToFraction(of_day, digits);
}

Stored StoreDateTime(const ColumnType& type, const Value& value) {
  const std::optional<Value> time = PointInTimeOf(value);
  if (!time) return StoreError::kIncorrectTime;
  const bool is_date = time->kind() == ValueKind::kDate;
  const std::int64_t given = is_date ? time->AsDate() * kMicrosecondsPerDay : time->AsDateTime();
  const std::int64_t kept = CutFraction(given, type.scale);
  if (!IsInCalendar(kept)) return StoreError::kIncorrectTime;
  if (type.kind == TypeKind::kTimestamp && !FitsTimestamp(kept)) return StoreError::kIncorrectTime;
  return Value::DateTime(kept, type.scale);
}

std::optional<Value> TimeFromText(std::string_view text) {
  if (std::optional<Value> time = ParseTime(text)) return time;
  const std::optional<Value> point = ParseDateTime(text);
  if (!point || point->kind() != ValueKind::kDateTime) return std::nullopt;
  const std::int64_t microseconds = point->AsDateTime();
  return Value::Time(microseconds - DaysOfMicroseconds(microseconds) * kMicrosecondsPerDay, 6);
}

Stored StoreTime(const ColumnType& type, const Value& value) {
  std::optional<Value> time;
  if (value.kind() == ValueKind::kTime) {
    time = value;
  } else if (value.kind() == ValueKind::kDate) {
    time = Value::Time(0, 0);
  } else if (value.kind() == ValueKind::kDateTime) {
    time = Value::Time(value.AsDateTime() - DaysOfMicroseconds(value.AsDateTime()) * kMicrosecondsPerDay, 6);
  } else {
    time = TimeFromText(value.ToText());
  }
  if (!time || std::abs(time->AsTime()) > kMaxTime) return StoreError::kIncorrectTime;
  return Value::Time(TruncateToFraction(time->AsTime(), type.scale), type.scale);
}

// --- Names --------------------------------------------------------------------------------------

std::string WholeName(const ColumnType& type, std::string_view name, int signed_width, int unsigned_width) {
  int width = type.is_unsigned ? unsigned_width : signed_width;
  if (type.length != 0) width = static_cast<int>(type.length);
  return fmt::format("{}({}){}", name, width, type.is_unsigned ? " unsigned" : "");
}

std::string TimeName(const ColumnType& type, std::string_view name) {
  return type.scale == 0 ? std::string(name) : fmt::format("{}({})", name, type.scale);
}

}  // namespace

std::variant<Value, StoreError> StoreInto(const ColumnType& type, const Value& value) {
  if (value.IsNull()) return value;
  switch (type.kind) {
    case TypeKind::kTinyInt:
    case TypeKind::kSmallInt:
    case TypeKind::kMediumInt:
    case TypeKind::kInt:
    case TypeKind::kBigInt:
      return StoreWhole(type, value);
    case TypeKind::kDecimal:
      return StoreDecimal(type, value);
    case TypeKind::kFloat:
    case TypeKind::kDouble:
      return StoreApproximate(type, value);
    case TypeKind::kChar:
    case TypeKind::kVarchar:
    case TypeKind::kText:
      return StoreText(type, value);
    case TypeKind::kDate:
      return StoreDate(value);
    case TypeKind::kDateTime:
    case TypeKind::kTimestamp:
      return StoreDateTime(type, value);
    case TypeKind::kTime:
      return StoreTime(type, value);
  }
  return value;
}

std::string TypeName(const ColumnType& type) {
  const std::string_view sign = type.is_unsigned ? " unsigned" : "";
  switch (type.kind) {
    case TypeKind::kTinyInt:
      return WholeName(type, "tinyint", 4, 3);
    case TypeKind::kSmallInt:
      return WholeName(type, "smallint", 6, 5);
    case TypeKind::kMediumInt:
      return WholeName(type, "mediumint", 9, 8);
    case TypeKind::kInt:
      return WholeName(type, "int", 11, 10);
    case TypeKind::kBigInt:
      return WholeName(type, "bigint", 20, 20);
    case TypeKind::kDecimal:
      return fmt::format("decimal({},{}){}", DigitsOf(type), type.scale, sign);
    case TypeKind::kFloat:
      return fmt::format("float{}", sign);
    case TypeKind::kDouble:
      return fmt::format("double{}", sign);
    case TypeKind::kChar:
      return fmt::format("char({})", type.length);
    case TypeKind::kVarchar:
      return fmt::format("varchar({})", type.length);
    case TypeKind::kText:
      return "text";
    case TypeKind::kDate:
      return "date";
    case TypeKind::kDateTime:
      return TimeName(type, "datetime");
    case TypeKind::kTimestamp:
      return TimeName(type, "timestamp");
    case TypeKind::kTime:
      return TimeName(type, "time");
  }
  return "";
}

}  // namespace nextkey
