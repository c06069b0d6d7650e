#include "engine/temporal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/characters.h"

namespace nextkey {
namespace {

constexpr std::array<std::int64_t, 7> kFractionUnits = {1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};

std::int64_t FractionUnit(int digits) {
  return kFractionUnits[static_cast<std::size_t>(std::clamp(digits, 0, 6))];
}

bool IsPunctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// Reads a text from its beginning; every Take leaves it behind what it took.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool IsAtEnd() const { return text_.empty(); }
  char Peek() const { return text_.empty() ? '\0' : text_.front(); }
  void Skip() { text_.remove_prefix(1); }
  bool TakeIf(char c) {
    if (Peek() != c || IsAtEnd()) return false;
    Skip();
    return true;
  }

  std::size_t DigitsAhead() const {
    const auto end = std::find_if_not(text_.begin(), text_.end(), IsNumeral);
    return static_cast<std::size_t>(end - text_.begin());
  }
  char AfterDigits() const {
    const std::size_t digits = DigitsAhead();
    return digits < text_.size() ? text_[digits] : '\0';
  }

  // A number of one to `most` digits.
  std::optional<std::int32_t> Number(std::size_t most) {
    const std::size_t digits = std::min(DigitsAhead(), most);
    if (digits == 0) return std::nullopt;
    std::int32_t number = 0;
    for (std::size_t i = 0; i < digits; ++i) number = number * 10 + (text_[i] - '0');
    text_.remove_prefix(digits);
    return number;
  }

  // The digits behind the point: microseconds and how many digits there were, 6 at most.
  struct Fraction {
    std::int32_t microseconds = 0;
    std::uint8_t digits = 0;
  };
  Fraction TakeFraction() {
    Fraction fraction;
    for (; IsNumeral(Peek()); Skip()) {
      if (fraction.digits == 6) continue;
      fraction.microseconds = fraction.microseconds * 10 + (Peek() - '0');
      ++fraction.digits;
    }
    fraction.microseconds *= static_cast<std::int32_t>(FractionUnit(fraction.digits));
    return fraction;
  }

 private:
  std::string_view text_;
};

std::int32_t FullYear(std::int32_t year, std::size_t digits) {
  if (digits != 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

bool IsValidClock(const CivilTime& time) { return time.hour < 24 && time.minute < 60 && time.second < 60; }

std::optional<ParsedTime> Finish(const CivilTime& time, bool has_clock, std::uint8_t digits,
                                 const Reader& reader) {
  if (!IsValidDate(time.date) || !IsValidClock(time)) return std::nullopt;
  ParsedTime parsed;
  parsed.value = has_clock ? Value::DateTime(MicrosecondsFromCivil(time), digits)
                           : Value::Date(DaysFromCivil(time.date));
  parsed.has_rest = !reader.IsAtEnd();
  return parsed;
}

// `20240131`, `240131`, `20240131102030`, `240131102030`, with a fraction perhaps.
std::optional<ParsedTime> ReadPlainDigits(std::string_view text) {
  Reader reader(text);
  const std::size_t digits = reader.DigitsAhead();
  const std::size_t year_digits = digits == 8 || digits >= 14 ? 4 : 2;
  CivilTime time;
  const auto take = [&reader] { return reader.DigitsAhead() == 0 ? 0 : *reader.Number(2); };
  time.date.year = FullYear(*reader.Number(year_digits), year_digits);
  time.date.month = take();
  time.date.day = take();
  const bool has_clock = reader.DigitsAhead() > 0;
  time.hour = take();
  time.minute = take();
  time.second = take();
  Reader::Fraction fraction;
  if (has_clock && digits >= 12 && reader.TakeIf('.')) fraction = reader.TakeFraction();
  time.microsecond = fraction.microseconds;
  return Finish(time, has_clock, fraction.digits, reader);
}

bool TakePunctuation(Reader& reader) {
  bool found = false;
  for (; IsPunctuation(reader.Peek()); reader.Skip()) found = true;
  return found;
}

// ` 10:20:30.5` or `T10:20` behind a date; false where there is none.
bool TakeClock(Reader& reader, CivilTime& time, std::uint8_t& digits) {
  Reader ahead = reader;
  if (!ahead.TakeIf('T')) {
    while (IsBlank(ahead.Peek()) || IsPunctuation(ahead.Peek())) ahead.Skip();
  }
  const std::optional<std::int32_t> hour = ahead.Number(2);
  if (!hour) return false;
  time.hour = *hour;
  reader = ahead;
  if (!TakePunctuation(reader) || reader.IsAtEnd()) return true;
  const std::optional<std::int32_t> minute = reader.Number(2);
  if (!minute) return true;
  time.minute = *minute;
  if (!TakePunctuation(reader) || reader.IsAtEnd()) return true;
  const std::optional<std::int32_t> second = reader.Number(2);
  if (!second) return true;
  time.second = *second;
  if (!reader.TakeIf('.')) return true;
  const Reader::Fraction fraction = reader.TakeFraction();
  time.microsecond = fraction.microseconds;
  digits = fraction.digits;
  return true;
}

}  // namespace

std::int32_t DaysInMonth(std::int32_t year, std::int32_t month) {
  constexpr std::array<std::int32_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && is_leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

bool IsValidDate(const CivilDate& date) {
  return date.year >= 1 && date.year <= 9999 && date.month >= 1 && date.month <= 12 && date.day >= 1 &&
         date.day <= DaysInMonth(date.year, date.month);
}

// Years begin in March here, so that the leap day is a year's last day.
std::int32_t DaysFromCivil(const CivilDate& date) {
  const std::int32_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int32_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int32_t year_of_era = year - era * 400;
  const std::int32_t month_from_march = (date.month + 9) % 12;
  const std::int32_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const std::int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate CivilFromDays(std::int32_t days) {
  const std::int32_t shifted = days + 719468;
  const std::int32_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const std::int32_t day_of_era = shifted - era * 146097;
  const std::int32_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int32_t month_from_march = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  date.month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

std::int64_t MicrosecondsFromCivil(const CivilTime& time) {
  const std::int64_t seconds = (time.hour * std::int64_t{60} + time.minute) * 60 + time.second;
  return DaysFromCivil(time.date) * kMicrosecondsPerDay + seconds * kMicrosecondsPerSecond + time.microsecond;
}

std::int32_t DaysOfMicroseconds(std::int64_t microseconds) {
  const std::int64_t days = microseconds / kMicrosecondsPerDay;
  return static_cast<std::int32_t>(microseconds % kMicrosecondsPerDay < 0 ? days - 1 : days);
}

CivilTime CivilFromMicroseconds(std::int64_t microseconds) {
  const std::int32_t days = DaysOfMicroseconds(microseconds);
  const std::int64_t of_day = microseconds - days * kMicrosecondsPerDay;
  const auto seconds = static_cast<std::int32_t>(of_day / kMicrosecondsPerSecond);
  CivilTime time;
  time.date = CivilFromDays(days);
  time.hour = seconds / 3600;
  time.minute = seconds / 60 % 60;
  time.second = seconds % 60;
  time.microsecond = static_cast<std::int32_t>(of_day % kMicrosecondsPerSecond);
  return time;
}

bool IsInCalendar(std::int64_t microseconds) {
  return microseconds >= DaysFromCivil({1, 1, 1}) * kMicrosecondsPerDay &&
         microseconds < (DaysFromCivil({9999, 12, 31}) + std::int64_t{1}) * kMicrosecondsPerDay;
}

std::int64_t TruncateToFraction(std::int64_t microseconds, int fraction_digits) {
  const std::int64_t unit = FractionUnit(fraction_digits);
  return microseconds - microseconds % unit;
}

std::int64_t RoundToFraction(std::int64_t microseconds, int fraction_digits) {
  const std::int64_t half = FractionUnit(fraction_digits) / 2;
  return TruncateToFraction(microseconds < 0 ? microseconds - half : microseconds + half, fraction_digits);
}

namespace {

std::string FractionToText(std::int64_t microsecond, int digits) {
  if (digits <= 0) return "";
  return fmt::format(".{:0{}}", microsecond / FractionUnit(digits), std::min(digits, 6));
}

}  // namespace

std::string DateToText(std::int32_t days) {
  const CivilDate date = CivilFromDays(days);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string DateTimeToText(std::int64_t microseconds, int fraction_digits) {
  const CivilTime time = CivilFromMicroseconds(microseconds);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}{}", time.date.year, time.date.month, time.date.day,
                     time.hour, time.minute, time.second, FractionToText(time.microsecond, fraction_digits));
}

std::string TimeToText(std::int64_t microseconds, int fraction_digits) {
  const std::int64_t size = microseconds < 0 ? -microseconds : microseconds;
  const std::int64_t seconds = size / kMicrosecondsPerSecond;
  return fmt::format("{}{:02}:{:02}:{:02}{}", microseconds < 0 ? "-" : "", seconds / 3600, seconds / 60 % 60,
                     seconds % 60, FractionToText(size % kMicrosecondsPerSecond, fraction_digits));
}

std::optional<ParsedTime> ReadDateTime(std::string_view text) {
  text = Trim(text);
  Reader reader(text);
  const std::size_t year_digits = reader.DigitsAhead();
  if (year_digits == 0) return std::nullopt;
  const char behind = reader.AfterDigits();
  if (year_digits >= 6 && (behind == '\0' || behind == '.' || !IsPunctuation(behind)))
    return ReadPlainDigits(text);
  if (year_digits > 4) return std::nullopt;
  CivilTime time;
  time.date.year = FullYear(*reader.Number(4), year_digits);
  if (!TakePunctuation(reader)) return std::nullopt;
  const std::optional<std::int32_t> month = reader.Number(2);
  if (!month || !TakePunctuation(reader)) return std::nullopt;
  const std::optional<std::int32_t> day = reader.Number(2);
  if (!day) return std::nullopt;
  time.date.month = *month;
  time.date.day = *day;
  std::uint8_t digits = 0;
  const bool has_clock = TakeClock(reader, time, digits);
  return Finish(time, has_clock, digits, reader);
}

std::optional<ParsedTime> ReadTime(std::string_view text) {
  text = Trim(text);
  Reader reader(text);
  const bool is_negative = reader.TakeIf('-');
  const std::size_t leading = reader.DigitsAhead();
  if (leading == 0 || leading > 9) return std::nullopt;
  std::int64_t days = 0;
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  std::int64_t seconds = 0;
  std::int64_t first = *reader.Number(9);
  if (reader.Peek() == ' ' && first <= 34) {
    reader.Skip();
    days = first;
    const std::optional<std::int32_t> hour = reader.Number(2);
    if (!hour) return std::nullopt;
    first = *hour;
    if (reader.Peek() != ':') hours = first;
  } else if (reader.Peek() != ':') {  // `102030`: digits alone are seconds first.
    hours = first / 10000;
    minutes = first / 100 % 100;
    seconds = first % 100;
  }
  if (reader.TakeIf(':')) {
    hours = first;
    const std::optional<std::int32_t> minute = reader.Number(2);
    if (!minute) return std::nullopt;
    minutes = *minute;
    if (reader.TakeIf(':')) {
      const std::optional<std::int32_t> second = reader.Number(2);
      if (!second) return std::nullopt;
      seconds = *second;
    }
  }
  if (minutes > 59 || seconds > 59) return std::nullopt;
  Reader::Fraction fraction;
  if (reader.TakeIf('.')) fraction = reader.TakeFraction();
  const std::int64_t whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  const std::int64_t size = whole * kMicrosecondsPerSecond + fraction.microseconds;
  return ParsedTime{Value::Time(is_negative ? -size : size, fraction.digits), !reader.IsAtEnd()};
}

std::optional<Value> ParseDateTime(std::string_view text) {
  const std::optional<ParsedTime> parsed = ReadDateTime(text);
  if (!parsed || parsed->has_rest) return std::nullopt;
  return parsed->value;
}

std::optional<Value> ParseTime(std::string_view text) {
  const std::optional<ParsedTime> parsed = ReadTime(text);
  if (!parsed || parsed->has_rest) return std::nullopt;
  return parsed->value;
}

std::optional<Value> DateTimeFromNumber(std::int64_t number) {
  if (number < 101 || number > 99991231235959) return std::nullopt;
  const bool has_clock = number > 99991231;
  const std::int64_t date_part = has_clock ? number / 1'000'000 : number;
  const std::int64_t clock = has_clock ? number % 1'000'000 : 0;
  const auto year = static_cast<std::int32_t>(date_part / 10000);
  CivilTime time;
  time.date.year = FullYear(year, year < 100 ? 2 : 4);
  time.date.month = static_cast<std::int32_t>(date_part / 100 % 100);
  time.date.day = static_cast<std::int32_t>(date_part % 100);
  time.hour = static_cast<std::int32_t>(clock / 10000);
  time.minute = static_cast<std::int32_t>(clock / 100 % 100);
  time.second = static_cast<std::int32_t>(clock % 100);
  if (!IsValidDate(time.date) || !IsValidClock(time)) return std::nullopt;
  return has_clock ? Value::DateTime(MicrosecondsFromCivil(time), 0) : Value::Date(DaysFromCivil(time.date));
}

}  // namespace nextkey
