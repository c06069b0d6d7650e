// How values turn into other kinds: numbers, texts and times, with the warnings that a server gives.
//
// Conversions never fail: what is no number counts as 0, as far as it is one, and a warning says
// so. In strict statements (INSERT, UPDATE, DELETE) the same warnings are errors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/decimal.h"
#include "engine/schema.h"
#include "engine/value.h"
#include "txn/result.h"

namespace nextkey {

// Where conversions leave their warnings. The first one becomes the error of a strict statement.
class WarningSink {
 public:
  WarningSink() = default;  // Forgets them.
  WarningSink(std::vector<Warning>* warnings, bool is_strict) : warnings_(warnings), is_strict_(is_strict) {}

  void Warn(int number, std::string message);
  // 1292 `Truncated incorrect DOUBLE value: 'abc'`
  void WarnTruncated(std::string_view type, std::string_view text);
  // 1292 `Incorrect datetime value: 'abc'`
  void WarnIncorrectTime(std::string_view type, std::string_view text);
  const std::optional<SqlError>& error() const { return error_; }
  bool has_error() const { return error_.has_value(); }

 private:
  std::vector<Warning>* warnings_ = nullptr;
  bool is_strict_ = false;
  std::optional<SqlError> error_;
};

// Requires of all below: the value is not NULL.
double ToDouble(const Value& value, WarningSink& sink);
Decimal ToDecimal(const Value& value, WarningSink& sink);
// Rounded; beyond 64 bits the nearest number. Of a text the whole number in front.
std::int64_t ToInt(const Value& value, WarningSink& sink);
// The 64 bits that bit operations work on.
std::uint64_t ToBits(const Value& value, WarningSink& sink);
bool ToTruth(const Value& value, WarningSink& sink);

// A Date or a DateTime; nullopt, with a warning, for what is none. `today_us`: the day that a clock
// time belongs to.
std::optional<Value> ToMoment(const Value& value, std::int64_t today_us, WarningSink& sink);
// Microseconds of a TIME, or of a date's time of day.
std::optional<Value> ToTimeOfDay(const Value& value, WarningSink& sink);

std::int64_t MicrosecondsOf(const Value& moment);  // Of a Date or a DateTime.

// As the calendar prints them without separators: 20240229131415.
std::int64_t NumberFromDate(std::int32_t days);
std::int64_t NumberFromDateTime(std::int64_t microseconds);
std::int64_t NumberFromTime(std::int64_t microseconds);  // Signed, without the fraction.
// `101112` as microseconds, signed.
std::optional<std::int64_t> TimeFromNumber(std::int64_t number);

// CAST. NULL stays NULL. `text` is how the expression is printed in a warning.
Value CastTo(const ColumnType& type, const Value& value, std::string_view text, std::int64_t today_us,
             WarningSink& sink);

}  // namespace nextkey
