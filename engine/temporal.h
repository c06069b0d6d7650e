// Dates and times: the calendar, and texts as MySQL reads and prints them.
//
// The proleptic Gregorian calendar, years 1 to 9999; there is no zero date: `0000-00-00`, a day 0
// and a month 0 are refused. Points in time are UTC. Sources: MySQL manual, "String and Numeric
// Literals", "Date and Time Data Types"; MariaDB's sql-common/my_time.c.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/value.h"

namespace nextkey {

inline constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosecondsPerDay = 86'400 * kMicrosecondsPerSecond;
inline constexpr std::int64_t kMaxTime =
    (839 * std::int64_t{3600} * kMicrosecondsPerSecond) - 1;  // 838:59:59.999999

struct CivilDate {
  std::int32_t year = 1970;
  std::int32_t month = 1;
  std::int32_t day = 1;
};

// A point in time in its parts.
struct CivilTime {
  CivilDate date;
  std::int32_t hour = 0;
  std::int32_t minute = 0;
  std::int32_t second = 0;
  std::int32_t microsecond = 0;
};

std::int32_t DaysInMonth(std::int32_t year, std::int32_t month);  // Requires: month 1 to 12.
bool IsValidDate(const CivilDate& date);                          // Years 1 to 9999.
std::int32_t DaysFromCivil(const CivilDate& date);                // Since 1970-01-01. Requires: valid.
CivilDate CivilFromDays(std::int32_t days);
std::int64_t MicrosecondsFromCivil(const CivilTime& time);
CivilTime CivilFromMicroseconds(std::int64_t microseconds);
std::int32_t DaysOfMicroseconds(std::int64_t microseconds);  // The date of a point in time.

// Whether years 1 to 9999 hold it.
bool IsInCalendar(std::int64_t microseconds);

// To a multiple of 10^-fraction_digits seconds, half away from zero.
std::int64_t RoundToFraction(std::int64_t microseconds, int fraction_digits);
std::int64_t TruncateToFraction(std::int64_t microseconds, int fraction_digits);

std::string DateToText(std::int32_t days);
std::string DateTimeToText(std::int64_t microseconds, int fraction_digits);
std::string TimeToText(std::int64_t microseconds, int fraction_digits);

// What a text says, and whether something that is no part of it stands behind.
struct ParsedTime {
  Value value;
  bool has_rest = false;
};
// A Date, or a DateTime with as many fraction digits as the text has (6 at most; further ones are
// cut off): `2024-01-31`, `24-1-31`, `20240131`, `2024-01-31 10:20:30.5`, `2024/01/31T10.20`.
std::optional<ParsedTime> ReadDateTime(std::string_view text);
// A Time: `10:20:30.5`, `-100:00`, `1 10:00`, `102030`. It may be beyond kMaxTime.
std::optional<ParsedTime> ReadTime(std::string_view text);

std::optional<Value> ParseDateTime(std::string_view text);  // As ReadDateTime, without a rest.
std::optional<Value> ParseTime(std::string_view text);      // As ReadTime, without a rest.
// The number 20240131 or 20240131102030 as a Date or a DateTime.
std::optional<Value> DateTimeFromNumber(std::int64_t number);

}  // namespace nextkey
