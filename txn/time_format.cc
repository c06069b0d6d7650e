#include "txn/time_format.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <span>

#include "engine/temporal.h"
#include "txn/words.h"

namespace nextkey {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                       "Friday", "Saturday", "Sunday"};

std::string_view NameOf(std::span<const std::string_view> names, std::int32_t place) {
  return names[static_cast<std::size_t>(place)];
}

std::int32_t HourOfTwelve(std::int32_t hour) { return (hour + 11) % 12 + 1; }

std::string_view Ordinal(std::int32_t day) {
  if (day >= 11 && day <= 13) return "th";
  switch (day % 10) {
    case 1:
      return "st";
    case 2:
      return "nd";
    case 3:
      return "rd";
    default:
      return "th";
  }
}

std::string FormatLetter(const CivilTime& time, std::int32_t days, char letter) {
  const CivilDate& date = time.date;
  const std::int32_t weekday = WeekdayOf(days);
  switch (letter) {
    case 'a':
      return std::string(NameOf(kWeekdays, weekday).substr(0, 3));
    case 'b':
      return std::string(NameOf(kMonths, date.month - 1).substr(0, 3));
    case 'c':
      return fmt::format("{}", date.month);
    case 'D':
      return fmt::format("{}{}", date.day, Ordinal(date.day));
    case 'd':
      return fmt::format("{:02}", date.day);
    case 'e':
      return fmt::format("{}", date.day);
    case 'f':
      return fmt::format("{:06}", time.microsecond);
    case 'H':
      return fmt::format("{:02}", time.hour);
    case 'h':
    case 'I':
      return fmt::format("{:02}", HourOfTwelve(time.hour));
    case 'i':
      return fmt::format("{:02}", time.minute);
    case 'j':
      return fmt::format("{:03}", days - DaysFromCivil(CivilDate{date.year, 1, 1}) + 1);
    case 'k':
      return fmt::format("{}", time.hour);
    case 'l':
      return fmt::format("{}", HourOfTwelve(time.hour));
    case 'M':
      return std::string(NameOf(kMonths, date.month - 1));
    case 'm':
      return fmt::format("{:02}", date.month);
    case 'p':
      return time.hour < 12 ? "AM" : "PM";
    case 'r':
      return fmt::format("{:02}:{:02}:{:02} {}", HourOfTwelve(time.hour), time.minute, time.second,
                         time.hour < 12 ? "AM" : "PM");
    case 'S':
    case 's':
      return fmt::format("{:02}", time.second);
    case 'T':
      return fmt::format("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
    case 'W':
      return std::string(NameOf(kWeekdays, weekday));
    case 'w':
      return fmt::format("{}", (weekday + 1) % 7);
    case 'Y':
      return fmt::format("{:04}", date.year);
    case 'y':
      return fmt::format("{:02}", date.year % 100);
    default:  // `%%` too.
      return std::string(1, letter);
  }
}

// --- Parsing --------------------------------------------------------------------------------------

struct Reader {
  std::string_view text;
  CivilTime time;
  bool has_date = false;
  bool has_time = false;
  std::optional<bool> is_afternoon;

  std::optional<std::int32_t> TakeNumber(std::size_t most_digits) {
    std::int32_t number = 0;
    std::size_t length = 0;
    for (; length < most_digits && length < text.size(); ++length) {
      const char c = text[length];
      if (c < '0' || c > '9') break;
      number = number * 10 + (c - '0');
    }
    if (length == 0) return std::nullopt;
    text.remove_prefix(length);
    return number;
  }

  bool TakeInto(std::int32_t& field, std::size_t most_digits, std::int32_t most) {
    const std::optional<std::int32_t> number = TakeNumber(most_digits);
    if (!number || *number > most) return false;
    field = *number;
    return true;
  }

  bool TakeMonthName(bool is_short) {
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
      const std::string_view name = is_short ? kMonths[i].substr(0, 3) : kMonths[i];
      if (!StartsWithWord(text, name)) continue;
      text.remove_prefix(name.size());
      time.date.month = static_cast<std::int32_t>(i) + 1;
      return true;
    }
    return false;
  }

  bool TakeHalfOfDay() {
    const bool is_am = StartsWithWord(text, "AM");
    if (!is_am && !StartsWithWord(text, "PM")) return false;
    is_afternoon = !is_am;
    text.remove_prefix(2);
    return true;
  }

  bool TakeFraction() {
    const std::size_t before = text.size();
    if (!TakeInto(time.microsecond, 6, 999'999)) return false;
    for (std::size_t taken = before - text.size(); taken < 6; ++taken) time.microsecond *= 10;
    return true;
  }

  bool TakeYear(std::size_t digits) {
    const std::size_t before = text.size();
    if (!TakeInto(time.date.year, digits, 9999)) return false;
    if (before - text.size() <= 2) time.date.year += time.date.year < 70 ? 2000 : 1900;
    return true;
  }

  bool TakeLetter(char letter) {
    constexpr std::string_view kOfTime = "fHhIiklprSsT";
    (kOfTime.find(letter) != std::string_view::npos ? has_time : has_date) = true;
    switch (letter) {
      case 'Y':
        return TakeYear(4);
      case 'y':
        return TakeYear(2);
      case 'm':
      case 'c':
        return TakeInto(time.date.month, 2, 12);
      case 'M':
        return TakeMonthName(false);
      case 'b':
        return TakeMonthName(true);
      case 'd':
      case 'e':
        return TakeInto(time.date.day, 2, 31);
      case 'H':
      case 'k':
        return TakeInto(time.hour, 2, 23);
      case 'h':
      case 'I':
      case 'l':
        if (!is_afternoon) is_afternoon = false;
        return TakeInto(time.hour, 2, 12);
      case 'i':
        return TakeInto(time.minute, 2, 59);
      case 'S':
      case 's':
        return TakeInto(time.second, 2, 59);
      case 'f':
        return TakeFraction();
      case 'p':
        return TakeHalfOfDay();
      case 'T':
        return TakeAll("%H:%i:%S");
      case 'r':
        return TakeAll("%I:%i:%S %p");
      default:
        return false;
    }
  }

  bool TakeAll(std::string_view format) {
    for (std::size_t i = 0; i < format.size(); ++i) {
      if (format[i] == '%' && i + 1 < format.size()) {
        while (text.starts_with(' ')) text.remove_prefix(1);
        if (!TakeLetter(format[++i])) return false;
      } else if (format[i] == ' ') {
        while (text.starts_with(' ')) text.remove_prefix(1);
      } else {
        if (!text.starts_with(format[i])) return false;
        text.remove_prefix(1);
      }
    }
    return true;
  }
};

}  // namespace

// 1970-01-01 was a Thursday.
std::int32_t WeekdayOf(std::int32_t days) { return ((days + 3) % 7 + 7) % 7; }

std::string FormatMoment(std::int64_t microseconds, std::string_view format) {
  const CivilTime time = CivilFromMicroseconds(microseconds);
  const std::int32_t days = DaysOfMicroseconds(microseconds);
  std::string text;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '%' && i + 1 < format.size()) {
      text += FormatLetter(time, days, format[++i]);
    } else {
      text += format[i];
    }
  }
  return text;
}

std::optional<Value> ParseMoment(std::string_view text, std::string_view format) {
  Reader reader;
  reader.text = text;
  if (!reader.TakeAll(format)) return std::nullopt;
  if (reader.is_afternoon) reader.time.hour = reader.time.hour % 12 + (*reader.is_afternoon ? 12 : 0);
  const std::uint8_t digits = format.find("%f") != std::string_view::npos ? 6 : 0;
  if (!reader.has_date) {
    reader.time.date = CivilDate{};
    return Value::Time(MicrosecondsFromCivil(reader.time), digits);
  }
  if (!IsValidDate(reader.time.date)) return std::nullopt;
  if (!reader.has_time) return Value::Date(DaysFromCivil(reader.time.date));
  return Value::DateTime(MicrosecondsFromCivil(reader.time), digits);
}

}  // namespace nextkey
