#include "txn/sql/expression_builder.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/column_type.h"

namespace nextkey::sql {
namespace {

// Deeper AND and OR chains than this are balanced.
constexpr std::size_t kLongestLeftDeepChain = 64;

template <std::size_t size>
bool IsOneOf(std::string_view word, const std::array<std::string_view, size>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 6> kAggregates = {"count", "sum", "min", "max", "avg", "group_concat"};
constexpr std::array<std::string_view, 14> kOtherAggregates = {
    "std",     "stddev", "stddev_pop", "stddev_samp",   "variance",       "var_pop",   "var_samp",
    "bit_and", "bit_or", "bit_xor",    "json_arrayagg", "json_objectagg", "any_value", "median"};
constexpr std::array<std::string_view, 20> kUnits = {"microsecond",
                                                     "second",
                                                     "minute",
                                                     "hour",
                                                     "day",
                                                     "week",
                                                     "month",
                                                     "quarter",
                                                     "year",
                                                     "second_microsecond",
                                                     "minute_microsecond",
                                                     "minute_second",
                                                     "hour_microsecond",
                                                     "hour_second",
                                                     "hour_minute",
                                                     "day_microsecond",
                                                     "day_second",
                                                     "day_minute",
                                                     "day_hour",
                                                     "year_month"};

ExprRef Balanced(ParseState& state, Op op, const std::vector<ExprRef>& terms, std::size_t begin,
                 std::size_t end) {
  if (end - begin == 1) return terms[begin];
  const std::size_t middle = begin + (end - begin + 1) / 2;
  ExprRef left = Balanced(state, op, terms, begin, middle);
  ExprRef right = Balanced(state, op, terms, middle, end);
  const TextRange text{.begin = left->text.begin, .end = right->text.end};
  return MakeOperation(state, op, text, {std::move(left), std::move(right)});
}

std::string UnitOf(ParseState& state, const Expr& expression) {
  return UnitNamed(state, expression.text, state.Source(expression.text));
}

bool IsBareInterval(const ExprRef& expression) {
  return expression->op == Op::kInterval && expression->args[0] == nullptr;
}

ExprRef MakeAggregate(ParseState& state, TextRange text, Call call) {
  if (call.open.begin != call.name_place.end) {
    state.Fail(call.open, "no space is allowed between " + call.name + " and its parenthesis");
  }
  Expr node = NodeOf(Op::kAggregate, text);
  node.name = std::move(call.name);
  node.args = std::move(call.args);
  node.is_distinct = call.is_distinct;
  return Finish(state, std::move(node));
}

bool ParseDigits(std::string_view digits, int base, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  return error == std::errc() && end == digits.data() + digits.size();
}

// `[-]hh:mm[:ss[.ffffff]]`.
bool ParseTime(std::string_view text, std::int64_t& microseconds, std::uint8_t& fraction_digits) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  text = text.substr(0, point);
  std::array<std::uint64_t, 3> parts{};
  std::size_t count = 0;
  while (!text.empty() && count < parts.size()) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    if (!ParseDigits(text.substr(0, colon), 10, parts[count++])) return false;
    text.remove_prefix(std::min(colon + 1, text.size()));
  }
  std::uint64_t part_of_second = 0;
  if (fraction.size() > 6 || (!fraction.empty() && !ParseDigits(fraction, 10, part_of_second))) return false;
  if (count < 2 || !text.empty() || parts[0] > 838 || parts[1] > 59 || parts[2] > 59) return false;
  for (std::size_t i = fraction.size(); i < 6; ++i) part_of_second *= 10;
  const std::uint64_t seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
  microseconds = static_cast<std::int64_t>(seconds * 1'000'000 + part_of_second);
  if (is_negative) microseconds = -microseconds;
  fraction_digits = static_cast<std::uint8_t>(fraction.size());
  return true;
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return lower;
}

// --- Nodes ----------------------------------------------------------------------------------------

Expr NodeOf(Op op, TextRange text) {
  Expr node;
  node.op = op;
  node.text = text;
  return node;
}

void FailTooDeep(ParseState& state, TextRange place) {
  state.Fail(place, "nested too deeply: at most " + std::to_string(kMaxNesting) + " levels");
}

ExprRef Finish(ParseState& state, Expr expression) {
  int depth = expression.subquery ? expression.subquery->depth : 0;
  for (const ExprRef& arg : expression.args) depth = std::max<int>(depth, DepthOf(arg));
  if (depth >= kMaxNesting) {
    FailTooDeep(state, expression.text);
    return std::make_shared<const Expr>(NodeOf(Op::kLiteral, expression.text));
  }
  expression.depth = static_cast<std::uint16_t>(depth + 1);
  return std::make_shared<const Expr>(std::move(expression));
}

ExprRef MakeOperation(ParseState& state, Op op, TextRange text, std::vector<ExprRef> args) {
  Expr node = NodeOf(op, text);
  node.args = std::move(args);
  return Finish(state, std::move(node));
}

ExprRef MakeChain(ParseState& state, Op op, std::vector<ExprRef> terms) {
  if (terms.size() > kLongestLeftDeepChain) return Balanced(state, op, terms, 0, terms.size());
  ExprRef chain = std::move(terms.front());
  for (std::size_t i = 1; i < terms.size(); ++i) {
    const TextRange text{.begin = chain->text.begin, .end = terms[i]->text.end};
    chain = MakeOperation(state, op, text, {std::move(chain), std::move(terms[i])});
  }
  return chain;
}

ExprRef MakeLiteral(ParseState& state, TextRange text, Value value) {
  Expr node = NodeOf(Op::kLiteral, text);
  node.literal = std::move(value);
  return Finish(state, std::move(node));
}

ExprRef MakeNegation(ParseState& state, TextRange text, ExprRef operand) {
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;
  if (operand->op == Op::kLiteral) {
    const Value& number = operand->literal;
    switch (number.kind()) {
      case ValueKind::kInt:
        if (number.AsInt() == std::numeric_limits<std::int64_t>::min()) break;
        return MakeLiteral(state, text, Value::Int(-number.AsInt()));
      case ValueKind::kUnsigned: {
        if (number.AsUnsigned() == kHalf) {
          return MakeLiteral(state, text, Value::Int(std::numeric_limits<std::int64_t>::min()));
        }
        return MakeLiteral(
            state, text, Value::OfDecimal(Decimal{.unscaled = -static_cast<__int128>(number.AsUnsigned())}));
      }
      case ValueKind::kDecimal: {
        Decimal decimal = number.AsDecimal();
        decimal.unscaled = -decimal.unscaled;
        return MakeLiteral(state, text, Value::OfDecimal(decimal));
      }
      case ValueKind::kDouble:
        return MakeLiteral(state, text, Value::Double(-number.AsDouble()));
      case ValueKind::kNull:
      case ValueKind::kText:
      case ValueKind::kDate:
      case ValueKind::kDateTime:
      case ValueKind::kTime:
        break;
    }
  }
  return MakeOperation(state, Op::kNegate, text, {std::move(operand)});
}

ExprRef MakeColumn(ParseState& state, TextRange text, std::string qualifier, std::string name) {
  Expr node = NodeOf(Op::kColumn, text);
  node.name = std::move(name);
  node.qualifier = std::move(qualifier);
  return Finish(state, std::move(node));
}

ExprRef MakeNamed(ParseState& state, Op op, TextRange text, std::string name, std::vector<ExprRef> args) {
  Expr node = NodeOf(op, text);
  node.name = std::move(name);
  node.args = std::move(args);
  return Finish(state, std::move(node));
}

ExprRef MakeSystemVariable(ParseState& state, TextRange text, std::string_view name) {
  std::string scope;
  for (const std::string_view known : {"session.", "local.", "global."}) {
    if (!name.starts_with(known)) continue;
    scope = known == "global." ? "global" : "session";
    name.remove_prefix(known.size());
  }
  Expr node = NodeOf(Op::kSystemVariable, text);
  node.name = std::string(name);
  node.qualifier = std::move(scope);
  return Finish(state, std::move(node));
}

ExprRef MakeInterval(ParseState& state, TextRange text, ExprRef amount, std::string unit) {
  return MakeNamed(state, Op::kInterval, text, std::move(unit), {nullptr, std::move(amount)});
}

ExprRef AddInterval(ParseState& state, TextRange text, ExprRef date, const ExprRef& interval,
                    bool is_negated) {
  Expr sum = *interval;
  sum.text = text;
  sum.args[0] = std::move(date);
  sum.is_negated = sum.is_negated != is_negated;
  return Finish(state, std::move(sum));
}

ExprRef MakeSubquery(ParseState& state, Op op, TextRange text, std::shared_ptr<const SelectStatement> query,
                     std::vector<ExprRef> args) {
  Expr node = NodeOf(op, text);
  node.args = std::move(args);
  node.subquery = std::move(query);
  return Finish(state, std::move(node));
}

ExprRef MakeCast(ParseState& state, TextRange text, ExprRef operand, ColumnType type) {
  Expr node = NodeOf(Op::kCast, text);
  node.args = {std::move(operand)};
  node.cast_type = type;
  return Finish(state, std::move(node));
}

ExprRef MakeCase(ParseState& state, TextRange text, ExprRef operand, std::vector<ExprRef> branches,
                 ExprRef otherwise) {
  Expr choice = NodeOf(Op::kCase, text);
  choice.has_operand = operand != nullptr;
  choice.has_else = otherwise != nullptr;
  if (operand) choice.args.push_back(std::move(operand));
  std::move(branches.begin(), branches.end(), std::back_inserter(choice.args));
  if (otherwise) choice.args.push_back(std::move(otherwise));
  return Finish(state, std::move(choice));
}

std::string UnitNamed(ParseState& state, TextRange place, std::string_view name) {
  std::string unit = ToLower(name);
  if (unit.starts_with("sql_tsi_")) unit.erase(0, 8);
  if (!IsOneOf(unit, kUnits)) {
    state.Fail(place, "unknown unit of time \"" + std::string(name) +
                          "\"; some are SECOND, MINUTE, HOUR, DAY, MONTH and YEAR");
  }
  return unit;
}

// --- Calls ----------------------------------------------------------------------------------------

ExprRef MakeCall(ParseState& state, TextRange text, Call call) {
  call.name = ToLower(call.name);
  const std::string& name = call.name;
  if (name == "date_add" || name == "adddate" || name == "date_sub" || name == "subdate") {
    const bool is_negated = name == "date_sub" || name == "subdate";
    if (call.args.size() == 2 && IsBareInterval(call.args[1]) && !IsBareInterval(call.args[0])) {
      return AddInterval(state, text, call.args[0], call.args[1], is_negated);
    }
  }
  for (const ExprRef& arg : call.args) {
    if (IsBareInterval(arg))
      state.Fail(arg->text, "INTERVAL stands only beside + or -, and in DATE_ADD and DATE_SUB");
  }
  if (IsOneOf(name, kAggregates)) return MakeAggregate(state, text, std::move(call));
  if (IsOneOf(name, kOtherAggregates)) state.Refuse(call.name_place, Feature::kStatisticalAggregate);
  if (name.starts_with("json_")) state.Refuse(call.name_place, Feature::kJson);
  const bool has_star = !call.args.empty() && call.args[0]->op == Op::kStar;
  if (call.is_distinct || has_star) {
    state.Fail(has_star ? call.args[0]->text : call.open,
               std::string(has_star ? "* " : "DISTINCT ") +
                   "stands only in aggregates such as COUNT, not in " + name);
  }
  if (name == "row") {
    if (call.args.size() < 2) state.Fail(text, "ROW needs two values or more");
    return MakeOperation(state, Op::kRow, text, std::move(call.args));
  }
  if (name == "value" && call.args.size() == 1 && call.args[0]->op == Op::kColumn) {
    return MakeNamed(state, Op::kInsertedValue, text, call.args[0]->name);
  }
  if ((name == "timestampdiff" || name == "timestampadd") && !call.args.empty()) {
    call.args[0] = MakeLiteral(state, call.args[0]->text, Value::Text(UnitOf(state, *call.args[0])));
  }
  if (name == "current_timestamp" || name == "localtime" || name == "localtimestamp") call.name = "now";
  if (name == "current_date") call.name = "curdate";
  if (name == "current_time") call.name = "curtime";
  return MakeNamed(state, Op::kFunction, text, std::move(call.name), std::move(call.args));
}

ExprRef MakeNow(ParseState& state, TextRange text, TextRange name, std::optional<TextRange> precision) {
  Call call{.name_place = name, .open = name, .name = std::string(state.Source(name)), .args = {}};
  if (precision) {
    const std::uint64_t digits = SmallNumber(state, *precision, 6);
    call.args.push_back(MakeLiteral(state, *precision, Value::Int(static_cast<std::int64_t>(digits))));
  }
  return MakeCall(state, text, std::move(call));
}

ExprRef MakeCallWithFrom(ParseState& state, TextRange text, Call call) {
  call.name = ToLower(call.name);
  if (call.name == "extract" && call.args.size() == 2) {
    call.args[0] = MakeLiteral(state, call.args[0]->text, Value::Text(UnitOf(state, *call.args[0])));
  } else if (call.name == "trim") {
    state.Refuse(call.name_place, Feature::kTrimOptions);
  } else if (call.name != "substring" && call.name != "substr" && call.name != "mid") {
    state.Fail(call.name_place, "FROM stands only in SUBSTRING(.. FROM ..) and EXTRACT(.. FROM ..)");
  }
  return MakeNamed(state, Op::kFunction, text, std::move(call.name), std::move(call.args));
}

// --- Literals -------------------------------------------------------------------------------------

Value IntegerValue(ParseState& state, TextRange place) {
  const std::string_view digits = state.Source(place);
  std::uint64_t number = 0;
  if (!ParseDigits(digits, 10, number)) return DecimalValue(state, place);
  if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return Value::Int(static_cast<std::int64_t>(number));
  }
  return Value::Unsigned(number);
}

Value DecimalValue(ParseState& state, TextRange place) {
  constexpr int kMostDigits = 38;
  Decimal decimal;
  int digit_count = 0;
  bool is_behind_point = false;
  for (const char sign : state.Source(place)) {
    if (sign == '.') {
      is_behind_point = true;
      continue;
    }
    if (digit_count > 0 || sign != '0') ++digit_count;
    if (digit_count > kMostDigits || (is_behind_point && decimal.scale >= kMostDigits)) {
      state.Fail(place, "this number has more than 38 digits");
      return Value::Null();
    }
    decimal.unscaled = decimal.unscaled * 10 + (sign - '0');
    if (is_behind_point) ++decimal.scale;
  }
  return Value::OfDecimal(decimal);
}

Value FloatValue(ParseState& state, TextRange place) {
  const std::string_view text = state.Source(place);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range && number == 0 && text.find('-') != std::string_view::npos) {
    return Value::Double(0);  // Too small, not too big.
  }
  if (error != std::errc() || !std::isfinite(number)) {
    state.Fail(place, "this number is out of range");
  }
  return Value::Double(number);
}

Value HexValue(ParseState& state, TextRange place) {
  std::uint64_t number = 0;
  if (!ParseDigits(state.Source(place).substr(2), 16, number)) {
    state.Fail(place, "a hexadecimal number has at most 16 digits; as a text write x'..'");
  }
  return number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
             ? Value::Unsigned(number)
             : Value::Int(static_cast<std::int64_t>(number));
}

Value BitValue(ParseState& state, TextRange place) {
  std::string_view digits = state.Source(place).substr(2);
  if (digits.ends_with('\'')) digits.remove_suffix(1);
  std::uint64_t number = 0;
  if (!digits.empty() && !ParseDigits(digits, 2, number)) {
    state.Fail(place, "a binary number has at most 64 digits");
  }
  return number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
             ? Value::Unsigned(number)
             : Value::Int(static_cast<std::int64_t>(number));
}

Value HexTextValue(ParseState& state, TextRange place) {
  std::string_view digits = state.Source(place);
  digits = digits.substr(2, digits.size() - 3);
  std::string bytes;
  for (; digits.size() >= 2; digits.remove_prefix(2)) {
    std::uint64_t byte = 0;
    ParseDigits(digits.substr(0, 2), 16, byte);
    bytes += static_cast<char>(static_cast<unsigned char>(byte));
  }
  return Value::Text(std::move(bytes));
}

Value TemporalValue(ParseState& state, TextRange place, TemporalKind kind, std::string_view text) {
  const std::string_view name = kind == TemporalKind::kDate   ? "DATE"
                                : kind == TemporalKind::kTime ? "TIME"
                                                              : "DATETIME";
  if (kind == TemporalKind::kTime) {
    std::int64_t microseconds = 0;
    std::uint8_t fraction_digits = 0;
    if (ParseTime(text, microseconds, fraction_digits)) return Value::Time(microseconds, fraction_digits);
  } else if (const std::optional<Value> value = ParseDateTime(text)) {
    const bool is_date = value->kind() == ValueKind::kDate;
    if (is_date == (kind == TemporalKind::kDate)) return *value;
    constexpr std::int64_t kDay = 86'400'000'000;
    if (is_date) return Value::DateTime(value->AsDate() * kDay, 0);
  }
  state.Fail(place, "incorrect " + std::string(name) + " value: '" + std::string(text) + "'");
  return Value::Null();
}

std::uint64_t SmallNumber(ParseState& state, TextRange place, std::uint64_t most) {
  std::uint64_t number = 0;
  if (!ParseDigits(state.Source(place), 10, number) || number > most) {
    state.Fail(place, "this number is too big: at most " + std::to_string(most));
    return 0;
  }
  return number;
}

// --- Headings --------------------------------------------------------------------------------

std::string HeadingOf(const ParseState& state, const Expr& expression, TextRange whole) {
  if (expression.op == Op::kColumn) return expression.name;
  if (expression.op != Op::kLiteral) return std::string(state.Source(whole));
  const std::string_view text = state.Source(expression.text);
  const char first = text.empty() ? ' ' : text.front();
  const bool is_number = std::isdigit(static_cast<unsigned char>(first)) != 0 || first == '.';
  if (is_number) return std::string(text);
  const std::string lower = ToLower(text);
  if (lower == "null") return "NULL";
  if (lower == "true") return "TRUE";
  if (lower == "false") return "FALSE";
  const bool is_plain_text = expression.literal.kind() == ValueKind::kText && !lower.starts_with("x'");
  return is_plain_text ? expression.literal.AsText() : std::string(state.Source(whole));
}

}  // namespace nextkey::sql
