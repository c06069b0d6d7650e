// Days, months and clock times: plain arithmetic on the proleptic Gregorian calendar, in UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/value.h"

namespace nextkey {

inline constexpr std::int64_t kMicrosecondsOfSecond = 1'000'000;
inline constexpr std::int64_t kMicrosecondsOfDay = 86'400 * kMicrosecondsOfSecond;

struct CivilTime {
  std::int64_t year = 1970;
  std::int64_t month = 1;
  std::int64_t day = 1;
  std::int64_t hour = 0;  // Of a TIME: may pass 23.
  std::int64_t minute = 0;
  std::int64_t second = 0;
  std::int64_t microsecond = 0;
};

std::int64_t DaysInMonth(std::int64_t year, std::int64_t month);
std::int64_t DaysFromCivil(std::int64_t year, std::int64_t month, std::int64_t day);  // Since 1970-01-01.
CivilTime CivilFromMicroseconds(std::int64_t microseconds);
CivilTime CivilFromDays(std::int64_t days);
std::int64_t MicrosecondsFromCivil(const CivilTime& civil);

// Floor division: what lies before 1970 belongs to the day that it is in.
std::int64_t DaysOfMicroseconds(std::int64_t microseconds);

// Year 0 to 9999, which a server can store and print.
bool IsRepresentable(std::int64_t microseconds);

// `20240229` or `20240229131415`, as a Date or a DateTime.
std::optional<Value> DateTimeFromNumber(std::int64_t number);
// `101112`, signed.
std::optional<std::int64_t> TimeFromNumber(std::int64_t number);
// `10:11:12.5`, `2 10:11`, `-101112`; a full date and time gives its time of day.
std::optional<Value> ParseTime(std::string_view text);

// As the calendar prints them without separators: 20240229131415.
std::int64_t NumberFromDate(std::int64_t days);
std::int64_t NumberFromDateTime(std::int64_t microseconds);
std::int64_t NumberFromTime(std::int64_t microseconds);  // Signed, without the fraction.

}  // namespace nextkey
