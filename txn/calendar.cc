#include "txn/calendar.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/column_type.h"

namespace nextkey {
namespace {

constexpr std::int64_t kDaysOfEra = 146'097;       // 400 years.
constexpr std::int64_t kEpochInEraDays = 719'468;  // From 0000-03-01 to 1970-01-01.

bool IsLeapYear(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Reads digits off the front; nullopt when there are none or too many.
std::optional<std::int64_t> TakeNumber(std::string_view& text, std::size_t max_digits = 9) {
  std::size_t length = 0;
  std::int64_t number = 0;
  while (length < text.size() && IsDigit(text[length])) {
    if (length == max_digits) return std::nullopt;
    number = number * 10 + (text[length++] - '0');
  }
  if (length == 0) return std::nullopt;
  text.remove_prefix(length);
  return number;
}

// `.678` as microseconds; further digits are cut off.
std::int64_t TakeFraction(std::string_view& text, std::uint8_t& digits) {
  if (text.empty() || text.front() != '.') return 0;
  text.remove_prefix(1);
  std::int64_t microseconds = 0;
  int taken = 0;
  for (; !text.empty() && IsDigit(text.front()); text.remove_prefix(1)) {
    if (taken == 6) continue;
    microseconds = microseconds * 10 + (text.front() - '0');
    ++taken;
  }
  digits = static_cast<std::uint8_t>(taken);
  for (; taken < 6; ++taken) microseconds *= 10;
  return microseconds;
}

// `10:11:12`, `10:11` or `101112`, in seconds.
std::optional<std::int64_t> TakeClock(std::string_view& text, bool follows_days) {
  const std::optional<std::int64_t> first = TakeNumber(text);
  if (!first) return std::nullopt;
  if (text.empty() || text.front() != ':') {
    if (follows_days) return *first * 3600;
    const std::optional<std::int64_t> time = TimeFromNumber(*first);
    if (!time) return std::nullopt;
    return *time / kMicrosecondsOfSecond;
  }
  text.remove_prefix(1);
  const std::optional<std::int64_t> minute = TakeNumber(text);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t second = 0;
  if (!text.empty() && text.front() == ':') {
    text.remove_prefix(1);
    const std::optional<std::int64_t> given = TakeNumber(text);
    if (!given || *given > 59) return std::nullopt;
    second = *given;
  }
  return *first * 3600 + *minute * 60 + second;
}

}  // namespace

std::int64_t DaysInMonth(std::int64_t year, std::int64_t month) {
  constexpr std::array<std::int64_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeapYear(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

// Years begin in March here, so that the leap day is the last of its year.
std::int64_t DaysFromCivil(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::int64_t shifted_year = month <= 2 ? year - 1 : year;
  const std::int64_t era = (shifted_year >= 0 ? shifted_year : shifted_year - 399) / 400;
  const std::int64_t year_of_era = shifted_year - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysOfEra + day_of_era - kEpochInEraDays;
}

CivilTime CivilFromDays(std::int64_t days) {
  const std::int64_t shifted = days + kEpochInEraDays;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - (kDaysOfEra - 1)) / kDaysOfEra;
  const std::int64_t day_of_era = shifted - era * kDaysOfEra;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  CivilTime civil;
  civil.day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  civil.month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  civil.year = year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
  return civil;
}

std::int64_t DaysOfMicroseconds(std::int64_t microseconds) {
  const std::int64_t days = microseconds / kMicrosecondsOfDay;
  return microseconds % kMicrosecondsOfDay < 0 ? days - 1 : days;
}

CivilTime CivilFromMicroseconds(std::int64_t microseconds) {
  const std::int64_t days = DaysOfMicroseconds(microseconds);
  const std::int64_t rest = microseconds - days * kMicrosecondsOfDay;
  CivilTime civil = CivilFromDays(days);
  const std::int64_t seconds = rest / kMicrosecondsOfSecond;
  civil.hour = seconds / 3600;
  civil.minute = seconds / 60 % 60;
  civil.second = seconds % 60;
  civil.microsecond = rest % kMicrosecondsOfSecond;
  return civil;
}

std::int64_t MicrosecondsFromCivil(const CivilTime& civil) {
  const std::int64_t seconds = civil.hour * 3600 + civil.minute * 60 + civil.second;
  return DaysFromCivil(civil.year, civil.month, civil.day) * kMicrosecondsOfDay +
         seconds * kMicrosecondsOfSecond + civil.microsecond;
}

bool IsRepresentable(std::int64_t microseconds) {
  return microseconds >= DaysFromCivil(0, 1, 1) * kMicrosecondsOfDay &&
         microseconds < DaysFromCivil(10000, 1, 1) * kMicrosecondsOfDay;
}

std::optional<Value> DateTimeFromNumber(std::int64_t number) {
  if (number < 101 || number > 99991231235959) return std::nullopt;
  const bool has_time = number > 99999999;
  const std::int64_t date = has_time ? number / 1'000'000 : number;
  std::int64_t year = date / 10000;
  if (!has_time && date <= 991231) year += date >= 700000 ? 1900 : 2000;  // Two digits of the year.
  const std::int64_t month = date / 100 % 100;
  const std::int64_t day = date % 100;
  if (month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) return std::nullopt;
  if (!has_time) return Value::Date(static_cast<std::int32_t>(DaysFromCivil(year, month, day)));
  CivilTime civil{year, month, day, number / 10000 % 100, number / 100 % 100, number % 100, 0};
  if (civil.hour > 23 || civil.minute > 59 || civil.second > 59) return std::nullopt;
  return Value::DateTime(MicrosecondsFromCivil(civil), 0);
}

std::optional<std::int64_t> TimeFromNumber(std::int64_t number) {
  const std::int64_t magnitude = number < 0 ? -number : number;
  const std::int64_t minute = magnitude / 100 % 100;
  const std::int64_t second = magnitude % 100;
  if (minute > 59 || second > 59 || magnitude > 8385959) return std::nullopt;
  const std::int64_t seconds = magnitude / 10000 * 3600 + minute * 60 + second;
  return (number < 0 ? -seconds : seconds) * kMicrosecondsOfSecond;
}

std::optional<Value> ParseTime(std::string_view text) {
  text = Trimmed(text);
  if (text.find('-', 1) != std::string_view::npos && text.size() > 8) {
    const std::optional<Value> moment = ParseDateTime(text);
    if (!moment) return std::nullopt;
    if (moment->kind() == ValueKind::kDate) return Value::Time(0, 0);
    const std::int64_t us = moment->AsDateTime();
    return Value::Time(us - DaysOfMicroseconds(us) * kMicrosecondsOfDay, moment->fraction_digits());
  }
  const bool is_negative = !text.empty() && text.front() == '-';
  if (is_negative) text.remove_prefix(1);
  std::int64_t days = 0;
  const std::size_t blank = text.find(' ');
  if (blank != std::string_view::npos) {
    const std::optional<std::int64_t> given = TakeNumber(text, 4);
    if (!given || text.empty() || text.front() != ' ') return std::nullopt;
    days = *given;
    text = Trimmed(text);
  }
  const std::optional<std::int64_t> seconds = TakeClock(text, blank != std::string_view::npos);
  if (!seconds) return std::nullopt;
  std::uint8_t digits = 0;
  const std::int64_t fraction = TakeFraction(text, digits);
  if (!text.empty()) return std::nullopt;
  const std::int64_t us =
      std::min(days * 86'400 + *seconds, std::int64_t{3'020'399}) * kMicrosecondsOfSecond + fraction;
  return Value::Time(is_negative ? -us : us, digits);
}

std::int64_t NumberFromDate(std::int64_t days) {
  const CivilTime civil = CivilFromDays(days);
  return civil.year * 10000 + civil.month * 100 + civil.day;
}

std::int64_t NumberFromDateTime(std::int64_t microseconds) {
  const CivilTime civil = CivilFromMicroseconds(microseconds);
  return NumberFromDate(DaysOfMicroseconds(microseconds)) * 1'000'000 + civil.hour * 10000 +
         civil.minute * 100 + civil.second;
}

std::int64_t NumberFromTime(std::int64_t microseconds) {
  const std::int64_t seconds = (microseconds < 0 ? -microseconds : microseconds) / kMicrosecondsOfSecond;
  const std::int64_t number = seconds / 3600 * 10000 + seconds / 60 % 60 * 100 + seconds % 60;
  return microseconds < 0 ? -number : number;
}

}  // namespace nextkey
