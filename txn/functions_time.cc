// Functions of dates and times.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "engine/temporal.h"
#include "txn/evaluator.h"
#include "txn/time_format.h"
#include "txn/words.h"

namespace nextkey {
namespace {

using Result = FunctionResult;
using Answer = std::optional<Value>;

constexpr std::int64_t kDaysBeforeEpoch = 719'528;  // TO_DAYS('1970-01-01').

std::optional<Value> MomentOf(const FunctionCall& call, std::size_t place) {
  return ToMoment(call.args[place], call.now_us(), call.sink());
}

std::optional<CivilTime> CivilOf(const FunctionCall& call, std::size_t place = 0) {
  const std::optional<Value> moment = MomentOf(call, place);
  if (!moment) return std::nullopt;
  return CivilFromMicroseconds(MicrosecondsOf(*moment));
}

std::optional<std::int32_t> DaysOf(const FunctionCall& call, std::size_t place = 0) {
  const std::optional<Value> moment = MomentOf(call, place);
  if (!moment) return std::nullopt;
  return DaysOfMicroseconds(MicrosecondsOf(*moment));
}

template <class Part>
Answer PartOfDate(const FunctionCall& call, Part part) {
  const std::optional<CivilTime> civil = CivilOf(call);
  return civil ? Value::Int(part(civil->date)) : Value::Null();
}

// --- Parts ----------------------------------------------------------------------------------------

Answer Date(const FunctionCall& call) {
  const std::optional<std::int32_t> days = DaysOf(call);
  return days ? Value::Date(*days) : Value::Null();
}

Answer Time(const FunctionCall& call) {
  return ToTimeOfDay(call.args[0], call.sink()).value_or(Value::Null());
}

Answer Year(const FunctionCall& call) {
  return PartOfDate(call, [](const CivilDate& date) { return date.year; });
}
Answer Month(const FunctionCall& call) {
  return PartOfDate(call, [](const CivilDate& date) { return date.month; });
}
Answer Day(const FunctionCall& call) {
  return PartOfDate(call, [](const CivilDate& date) { return date.day; });
}
Answer Quarter(const FunctionCall& call) {
  return PartOfDate(call, [](const CivilDate& date) { return (date.month + 2) / 3; });
}
Answer DayOfYear(const FunctionCall& call) {
  return PartOfDate(call, [](const CivilDate& date) {
    return DaysFromCivil(date) - DaysFromCivil(CivilDate{date.year, 1, 1}) + 1;
  });
}

template <class Part>
Answer PartOfTime(const FunctionCall& call, Part part) {
  const std::optional<Value> time = ToTimeOfDay(call.args[0], call.sink());
  return time ? Value::Int(part(std::abs(time->AsTime()))) : Value::Null();
}

Answer Hour(const FunctionCall& call) {
  return PartOfTime(call, [](std::int64_t us) { return us / kMicrosecondsPerSecond / 3600; });
}
Answer Minute(const FunctionCall& call) {
  return PartOfTime(call, [](std::int64_t us) { return us / kMicrosecondsPerSecond / 60 % 60; });
}
Answer Second(const FunctionCall& call) {
  return PartOfTime(call, [](std::int64_t us) { return us / kMicrosecondsPerSecond % 60; });
}
Answer Microsecond(const FunctionCall& call) {
  return PartOfTime(call, [](std::int64_t us) { return us % kMicrosecondsPerSecond; });
}

Answer Weekday(const FunctionCall& call) {
  const std::optional<std::int32_t> days = DaysOf(call);
  return days ? Value::Int(WeekdayOf(*days)) : Value::Null();
}

Answer DayOfWeek(const FunctionCall& call) {
  const std::optional<std::int32_t> days = DaysOf(call);
  return days ? Value::Int((WeekdayOf(*days) + 1) % 7 + 1) : Value::Null();
}

Answer DayName(const FunctionCall& call) {
  const std::optional<Value> moment = MomentOf(call, 0);
  return moment ? Value::Text(FormatMoment(MicrosecondsOf(*moment), "%W")) : Value::Null();
}

Answer MonthName(const FunctionCall& call) {
  const std::optional<Value> moment = MomentOf(call, 0);
  return moment ? Value::Text(FormatMoment(MicrosecondsOf(*moment), "%M")) : Value::Null();
}

Answer LastDay(const FunctionCall& call) {
  std::optional<CivilTime> civil = CivilOf(call);
  if (!civil) return Value::Null();
  civil->date.day = DaysInMonth(civil->date.year, civil->date.month);
  return Value::Date(DaysFromCivil(civil->date));
}

// EXTRACT(unit FROM date): the parts of a simple unit. The first argument is the unit's name.
Answer Extract(const FunctionCall& call) {
  const std::string unit = LowerWord(call.Text(0));
  const FunctionCall rest{call.node, call.args.subspan(1), call.evaluator};
  if (unit == "year") return Year(rest);
  if (unit == "quarter") return Quarter(rest);
  if (unit == "month") return Month(rest);
  if (unit == "day") return Day(rest);
  if (unit == "hour") return Hour(rest);
  if (unit == "minute") return Minute(rest);
  if (unit == "second") return Second(rest);
  if (unit == "microsecond") return Microsecond(rest);
  return call.evaluator.Fail(1235, "42000",
                             fmt::format("This version of nextkey doesn't yet support 'EXTRACT({})'", unit));
}

// --- Differences and sums -------------------------------------------------------------------------

Answer AddDays(const FunctionCall& call) {
  return AddInterval(call.args[0], call.args[1], "day", false, call.sink());
}

Answer SubtractDays(const FunctionCall& call) {
  return AddInterval(call.args[0], call.args[1], "day", true, call.sink());
}

Answer DateDifference(const FunctionCall& call) {
  const std::optional<std::int32_t> a = DaysOf(call, 0);
  const std::optional<std::int32_t> b = DaysOf(call, 1);
  return a && b ? Value::Int(std::int64_t{*a} - *b) : Value::Null();
}

// Whole months from a to b; one that is not over does not count.
std::int64_t MonthsBetween(std::int64_t a_us, std::int64_t b_us) {
  if (b_us < a_us) return -MonthsBetween(b_us, a_us);
  const CivilTime a = CivilFromMicroseconds(a_us);
  const CivilTime b = CivilFromMicroseconds(b_us);
  std::int64_t months = (std::int64_t{b.date.year} - a.date.year) * 12 + b.date.month - a.date.month;
  const auto since_month_began = [](const CivilTime& civil, std::int64_t us) {
    return us -
           std::int64_t{DaysFromCivil(CivilDate{civil.date.year, civil.date.month, 1})} * kMicrosecondsPerDay;
  };
  if (since_month_began(b, b_us) < since_month_began(a, a_us)) --months;
  return months;
}

// TIMESTAMPDIFF(unit, a, b): from a to b. The first argument is the unit's name.
Answer TimestampDifference(const FunctionCall& call) {
  const std::string unit = LowerWord(call.Text(0));
  const std::optional<Value> a = MomentOf(call, 1);
  const std::optional<Value> b = MomentOf(call, 2);
  if (!a || !b) return Value::Null();
  const std::int64_t from = MicrosecondsOf(*a);
  const std::int64_t to = MicrosecondsOf(*b);
  if (unit == "year") return Value::Int(MonthsBetween(from, to) / 12);
  if (unit == "quarter") return Value::Int(MonthsBetween(from, to) / 3);
  if (unit == "month") return Value::Int(MonthsBetween(from, to));
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> kUnits = {
      {{"week", 7 * kMicrosecondsPerDay},
       {"day", kMicrosecondsPerDay},
       {"hour", 3600 * kMicrosecondsPerSecond},
       {"minute", 60 * kMicrosecondsPerSecond},
       {"second", kMicrosecondsPerSecond},
       {"microsecond", 1}}};
  for (const auto& [name, microseconds] : kUnits) {
    if (unit == name) return Value::Int((to - from) / microseconds);
  }
  return Value::Null();
}

// TIMESTAMPADD(unit, amount, date)
Answer TimestampAdd(const FunctionCall& call) {
  return AddInterval(call.args[2], call.args[1], LowerWord(call.Text(0)), false, call.sink());
}

Answer TimeDifference(const FunctionCall& call) {
  const bool are_moments =
      call.args[0].kind() == ValueKind::kDateTime || call.args[1].kind() == ValueKind::kDateTime;
  if (are_moments) {
    const std::optional<Value> a = MomentOf(call, 0);
    const std::optional<Value> b = MomentOf(call, 1);
    if (!a || !b) return Value::Null();
    const std::int64_t us = std::clamp(MicrosecondsOf(*a) - MicrosecondsOf(*b), -kMaxTime, kMaxTime);
    return Value::Time(us, std::max(a->fraction_digits(), b->fraction_digits()));
  }
  const std::optional<Value> a = ToTimeOfDay(call.args[0], call.sink());
  const std::optional<Value> b = ToTimeOfDay(call.args[1], call.sink());
  if (!a || !b) return Value::Null();
  return Value::Time(std::clamp(a->AsTime() - b->AsTime(), -kMaxTime, kMaxTime),
                     std::max(a->fraction_digits(), b->fraction_digits()));
}

// --- Numbers and texts ----------------------------------------------------------------------------

Answer ToDays(const FunctionCall& call) {
  const std::optional<std::int32_t> days = DaysOf(call);
  return days ? Value::Int(*days + kDaysBeforeEpoch) : Value::Null();
}

Answer FromDays(const FunctionCall& call) {
  const std::int64_t number = call.Int(0);
  const bool is_known = number >= 366 && number <= 3'652'424;  // Years 1 to 9999.
  const std::int64_t days = is_known ? number - kDaysBeforeEpoch : 0;
  return is_known ? Value::Date(static_cast<std::int32_t>(days)) : Value::Null();
}

Answer MakeDate(const FunctionCall& call) {
  const std::int64_t year = call.Int(0);
  const std::int64_t day = call.Int(1);
  if (year < 0 || year > 9999 || day < 1 || day > 3'660'000) return Value::Null();
  const auto full_year = static_cast<std::int32_t>(year < 70 ? year + 2000 : year < 100 ? year + 1900 : year);
  const std::int64_t days = DaysFromCivil(CivilDate{full_year, 1, 1}) + day - 1;
  return days <= 2'932'896 ? Value::Date(static_cast<std::int32_t>(days)) : Value::Null();
}

Answer SecondsToTime(const FunctionCall& call) {
  const Decimal seconds = ToDecimal(call.args[0], call.sink());
  const std::optional<Decimal> micro = RoundDecimal(seconds, 6);
  const __int128 us = micro ? micro->unscaled : __int128{kMaxTime};
  const auto clipped = static_cast<std::int64_t>(std::clamp<__int128>(us, -kMaxTime, kMaxTime));
  return Value::Time(clipped, std::min<std::uint8_t>(seconds.scale, 6));
}

Answer TimeToSeconds(const FunctionCall& call) {
  const std::optional<Value> time = ToTimeOfDay(call.args[0], call.sink());
  return time ? Value::Int(time->AsTime() / kMicrosecondsPerSecond) : Value::Null();
}

Answer FromUnixTime(const FunctionCall& call) {
  const Decimal seconds = ToDecimal(call.args[0], call.sink());
  const std::optional<Decimal> micro = RoundDecimal(seconds, 6);
  constexpr __int128 kMost = __int128{2'147'483'647} * kMicrosecondsPerSecond + kMicrosecondsPerSecond - 1;
  if (!micro || micro->unscaled < 0 || micro->unscaled > kMost) return Value::Null();
  const auto us = static_cast<std::int64_t>(micro->unscaled);
  if (call.args.size() > 1) return Value::Text(FormatMoment(us, call.Text(1)));
  return Value::DateTime(us, std::min<std::uint8_t>(seconds.scale, 6));
}

Answer DateFormat(const FunctionCall& call) {
  const std::optional<Value> moment = MomentOf(call, 0);
  return moment ? Value::Text(FormatMoment(MicrosecondsOf(*moment), call.Text(1))) : Value::Null();
}

Answer StringToDate(const FunctionCall& call) {
  std::optional<Value> value = ParseMoment(call.Text(0), call.Text(1));
  if (value) return value;
  call.sink().Warn(1411,
                   fmt::format("Incorrect datetime value: '{}' for function str_to_date", call.Text(0)));
  return Value::Null();
}

Answer Timestamp(const FunctionCall& call) {
  const std::optional<Value> moment = MomentOf(call, 0);
  if (!moment) return Value::Null();
  std::int64_t us = MicrosecondsOf(*moment);
  std::uint8_t digits = moment->fraction_digits();
  if (call.args.size() > 1) {
    const std::optional<Value> time = ToTimeOfDay(call.args[1], call.sink());
    if (!time) return Value::Null();
    us += time->AsTime();
    digits = std::max(digits, time->fraction_digits());
  }
  return IsInCalendar(us) ? Value::DateTime(us, digits) : Value::Null();
}

constexpr auto kTimeFunctions = std::to_array<FunctionDef>({
    {"date", 1, 1, Result::kDate, Date},
    {"time", 1, 1, Result::kUnknown, Time},
    {"timestamp", 1, 2, Result::kUnknown, Timestamp},
    {"year", 1, 1, Result::kInt, Year},
    {"month", 1, 1, Result::kInt, Month},
    {"day", 1, 1, Result::kInt, Day},
    {"dayofmonth", 1, 1, Result::kInt, Day},
    {"quarter", 1, 1, Result::kInt, Quarter},
    {"dayofyear", 1, 1, Result::kInt, DayOfYear},
    {"hour", 1, 1, Result::kInt, Hour},
    {"minute", 1, 1, Result::kInt, Minute},
    {"second", 1, 1, Result::kInt, Second},
    {"microsecond", 1, 1, Result::kInt, Microsecond},
    {"weekday", 1, 1, Result::kInt, Weekday},
    {"dayofweek", 1, 1, Result::kInt, DayOfWeek},
    {"dayname", 1, 1, Result::kText, DayName},
    {"monthname", 1, 1, Result::kText, MonthName},
    {"last_day", 1, 1, Result::kDate, LastDay},
    {"extract", 2, 2, Result::kInt, Extract},
    {"adddate", 2, 2, Result::kUnknown, AddDays},
    {"subdate", 2, 2, Result::kUnknown, SubtractDays},
    {"datediff", 2, 2, Result::kInt, DateDifference},
    {"timestampdiff", 3, 3, Result::kInt, TimestampDifference},
    {"timestampadd", 3, 3, Result::kUnknown, TimestampAdd},
    {"timediff", 2, 2, Result::kUnknown, TimeDifference},
    {"to_days", 1, 1, Result::kInt, ToDays},
    {"from_days", 1, 1, Result::kDate, FromDays},
    {"makedate", 2, 2, Result::kDate, MakeDate},
    {"sec_to_time", 1, 1, Result::kUnknown, SecondsToTime},
    {"time_to_sec", 1, 1, Result::kInt, TimeToSeconds},
    {"from_unixtime", 1, 2, Result::kUnknown, FromUnixTime},
    {"date_format", 2, 2, Result::kText, DateFormat},
    {"str_to_date", 2, 2, Result::kUnknown, StringToDate},
});

}  // namespace

std::span<const FunctionDef> TimeFunctions() { return kTimeFunctions; }

}  // namespace nextkey
