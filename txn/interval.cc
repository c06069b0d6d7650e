// Dates moved by intervals: `d + INTERVAL 1 MONTH`, DATE_ADD, DATE_SUB.
//
// Months and years keep the day where the month has it, and take the month's last day otherwise.
// Source: MySQL manual, "Date and Time Functions", DATE_ADD.
#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/container/inlined_vector.h"
#include "engine/temporal.h"
#include "txn/evaluator.h"

namespace nextkey {
namespace {

struct Interval {
  std::int64_t months = 0;
  std::int64_t microseconds = 0;
};

struct SimpleUnit {
  std::string_view name;
  std::int64_t months = 0;
  std::int64_t microseconds = 0;
};

constexpr std::array<SimpleUnit, 9> kSimpleUnits = {{
    {"microsecond", 0, 1},
    {"second", 0, kMicrosecondsPerSecond},
    {"minute", 0, 60 * kMicrosecondsPerSecond},
    {"hour", 0, 3600 * kMicrosecondsPerSecond},
    {"day", 0, kMicrosecondsPerDay},
    {"week", 0, 7 * kMicrosecondsPerDay},
    {"month", 1, 0},
    {"quarter", 3, 0},
    {"year", 12, 0},
}};

// Parts of a compound unit from the left, in microseconds (or months), and the name.
struct CompoundUnit {
  std::string_view name;
  std::string_view first;
  std::string_view last;
};

constexpr std::array<CompoundUnit, 11> kCompoundUnits = {{
    {"year_month", "year", "month"},
    {"day_hour", "day", "hour"},
    {"day_minute", "day", "minute"},
    {"day_second", "day", "second"},
    {"day_microsecond", "day", "microsecond"},
    {"hour_minute", "hour", "minute"},
    {"hour_second", "hour", "second"},
    {"hour_microsecond", "hour", "microsecond"},
    {"minute_second", "minute", "second"},
    {"minute_microsecond", "minute", "microsecond"},
    {"second_microsecond", "second", "microsecond"},
}};

constexpr std::array<std::string_view, 5> kPartsInOrder = {"day", "hour", "minute", "second", "microsecond"};

const SimpleUnit* FindSimple(std::string_view name) {
  const auto found = std::find_if(kSimpleUnits.begin(), kSimpleUnits.end(),
                                  [&](const SimpleUnit& unit) { return unit.name == name; });
  return found == kSimpleUnits.end() ? nullptr : &*found;
}

// No interval that leads anywhere is longer than the calendar.
constexpr std::int64_t kMostMonths = 12 * 20'000;
constexpr std::int64_t kMostMicroseconds = 20'000LL * 366 * kMicrosecondsPerDay;

std::optional<std::int64_t> Scaled(std::int64_t amount, std::int64_t unit, std::int64_t most) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(amount, unit, &result) || result > most || result < -most) return std::nullopt;
  return result;
}

std::optional<Interval> ReadSimple(const SimpleUnit& unit, const Value& amount, WarningSink& sink) {
  if (unit.name == "second") {  // The only one with digits behind the point.
    const std::optional<Decimal> micro = RoundDecimal(ToDecimal(amount, sink), 6);
    if (!micro || micro->unscaled > kMostMicroseconds || micro->unscaled < -kMostMicroseconds)
      return std::nullopt;
    return Interval{0, static_cast<std::int64_t>(micro->unscaled)};
  }
  const std::int64_t count = ToInt(amount, sink);
  if (amount.kind() == ValueKind::kUnsigned && count < 0) return std::nullopt;
  const std::optional<std::int64_t> months = Scaled(count, unit.months, kMostMonths);
  const std::optional<std::int64_t> microseconds = Scaled(count, unit.microseconds, kMostMicroseconds);
  if (!months || !microseconds) return std::nullopt;
  return Interval{*months, *microseconds};
}

// The groups of digits in a text: `1 10:11:12` has four.
absl::InlinedVector<std::int64_t, 5> DigitGroups(std::string_view text, std::string& last_group) {
  absl::InlinedVector<std::int64_t, 5> groups;
  bool is_inside = false;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (is_digit && !is_inside) {
      groups.push_back(0);
      last_group.clear();
    }
    if (is_digit) {
      last_group += c;
      if (groups.back() < 1'000'000'000'000) groups.back() = groups.back() * 10 + (c - '0');
    }
    is_inside = is_digit;
  }
  return groups;
}

std::optional<Interval> ReadCompound(const CompoundUnit& unit, const Value& amount) {
  const std::string text = amount.ToText();
  std::string last_group;
  absl::InlinedVector<std::int64_t, 5> groups = DigitGroups(text, last_group);
  const bool is_negative =
      text.find_first_not_of(' ') != std::string::npos && text[text.find_first_not_of(' ')] == '-';
  Interval interval;
  if (unit.name == "year_month") {
    if (groups.size() == 1) groups.insert(groups.begin(), 0);
    if (groups.size() != 2) return std::nullopt;
    const std::optional<std::int64_t> months = Scaled(groups[0], 12, kMostMonths);
    if (!months || groups[1] > kMostMonths) return std::nullopt;
    interval.months = *months + groups[1];
  } else {
    const auto first = std::find(kPartsInOrder.begin(), kPartsInOrder.end(), unit.first);
    const auto last = std::find(kPartsInOrder.begin(), kPartsInOrder.end(), unit.last);
    const auto width = static_cast<std::size_t>(last - first) + 1;
    if (groups.size() > width || groups.empty()) return std::nullopt;
    // Missing parts are missing on the left.
    auto part = last - static_cast<std::ptrdiff_t>(groups.size()) + 1;
    if (unit.last == "microsecond") {  // `.5` is half a second.
      for (std::size_t digits = last_group.size(); digits < 6; ++digits) groups.back() *= 10;
    }
    for (const std::int64_t group : groups) {
      const std::optional<std::int64_t> piece =
          Scaled(group, FindSimple(*part++)->microseconds, kMostMicroseconds);
      if (!piece) return std::nullopt;
      interval.microseconds += *piece;
    }
  }
  if (is_negative) interval = Interval{-interval.months, -interval.microseconds};
  return interval;
}

std::optional<Interval> ReadInterval(std::string_view unit, const Value& amount, WarningSink& sink) {
  if (const SimpleUnit* simple = FindSimple(unit)) return ReadSimple(*simple, amount, sink);
  for (const CompoundUnit& compound : kCompoundUnits) {
    if (compound.name == unit) return ReadCompound(compound, amount);
  }
  return std::nullopt;
}

// nullopt beyond the years 0 to 9999.
std::optional<std::int64_t> Moved(std::int64_t moment_us, const Interval& interval) {
  std::int64_t moved = moment_us;
  if (interval.months != 0) {
    CivilTime civil = CivilFromMicroseconds(moment_us);
    CivilDate& date = civil.date;
    const std::int64_t month = std::int64_t{date.year} * 12 + date.month - 1 + interval.months;
    if (month < 12 || month >= 12 * 10'000) return std::nullopt;
    date.year = static_cast<std::int32_t>(month / 12);
    date.month = static_cast<std::int32_t>(month % 12 + 1);
    date.day = std::min(date.day, DaysInMonth(date.year, date.month));
    moved = MicrosecondsFromCivil(civil);
  }
  moved += interval.microseconds;
  return IsInCalendar(moved) ? std::optional<std::int64_t>(moved) : std::nullopt;
}

bool MovesWholeDays(std::string_view unit) {
  return unit == "day" || unit == "week" || unit == "month" || unit == "quarter" || unit == "year" ||
         unit == "year_month";
}

std::uint8_t DigitsOfAmount(std::string_view unit, const Value& amount) {
  if (unit.ends_with("microsecond")) return 6;
  if (unit != "second") return 0;
  if (amount.kind() == ValueKind::kDecimal) return std::min<std::uint8_t>(amount.AsDecimal().scale, 6);
  return amount.kind() == ValueKind::kText || amount.kind() == ValueKind::kDouble ? 6 : 0;
}

}  // namespace

Value AddInterval(const Value& date, const Value& amount, std::string_view unit, bool is_negated,
                  WarningSink& sink) {
  if (date.IsNull() || amount.IsNull()) return Value::Null();
  std::optional<Interval> interval = ReadInterval(unit, amount, sink);
  if (interval && is_negated) interval = Interval{-interval->months, -interval->microseconds};
  if (date.kind() == ValueKind::kTime && !MovesWholeDays(unit)) {
    if (!interval) return Value::Null();
    const std::int64_t moved = date.AsTime() + interval->microseconds;
    if (moved > kMaxTime || moved < -kMaxTime) {
      sink.Warn(1441, "Datetime function: time field overflow");
      return Value::Null();
    }
    return Value::Time(moved, std::max(date.fraction_digits(), DigitsOfAmount(unit, amount)));
  }
  const std::optional<Value> moment = ToMoment(date, 0, sink);
  if (!moment) return Value::Null();
  const std::optional<std::int64_t> moved =
      interval ? Moved(MicrosecondsOf(*moment), *interval) : std::nullopt;
  if (!moved) {
    if (interval) sink.Warn(1441, "Datetime function: datetime field overflow");
    return Value::Null();
  }
  const bool stays_date = moment->kind() == ValueKind::kDate && MovesWholeDays(unit);
  const Value result = [&] {
    if (stays_date) return Value::Date(DaysOfMicroseconds(*moved));
    if (date.kind() == ValueKind::kText) {
      const bool has_fraction = *moved % kMicrosecondsPerSecond != 0;
      return Value::DateTime(*moved, has_fraction ? 6 : 0);
    }
    return Value::DateTime(*moved, std::max(moment->fraction_digits(), DigitsOfAmount(unit, amount)));
  }();
  return date.kind() == ValueKind::kText ? Value::Text(result.ToText()) : result;
}

}  // namespace nextkey
