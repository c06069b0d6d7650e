// Functions that answer from the session: LAST_INSERT_ID, ROW_COUNT, DATABASE, NOW and RAND.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/temporal.h"
#include "txn/evaluator.h"

namespace nextkey {
namespace {

using Result = FunctionResult;
using Answer = std::optional<Value>;

// --- Who and what ---------------------------------------------------------------------------------

Answer LastInsertId(const FunctionCall& call) {
  std::int64_t* id = call.evaluator.session().last_insert_id;
  if (call.args.empty()) return Value::Int(id == nullptr ? 0 : *id);
  const bool is_null = call.args[0].IsNull();
  const std::int64_t given = is_null ? 0 : call.Int(0);
  if (id != nullptr) *id = given;
  return is_null ? Value::Null() : Value::Int(given);
}

Answer RowCount(const FunctionCall& call) { return Value::Int(call.evaluator.session().row_count); }

Answer FoundRows(const FunctionCall& call) { return Value::Int(call.evaluator.session().found_rows); }

Answer ConnectionId(const FunctionCall& call) {
  return Value::Int(static_cast<std::int64_t>(call.evaluator.session().session.value()));
}

Answer Database(const FunctionCall& call) {
  const std::string_view schema = call.evaluator.session().schema;
  return schema.empty() ? Value::Null() : Value::Text(std::string(schema));
}

Answer User(const FunctionCall&) { return Value::Text("root@localhost"); }

Answer ServerVersion(const FunctionCall&) {
  std::variant<Value, SqlError> version = SystemVariables().Get("version");
  return std::get<Value>(version);
}

// --- The statement's time -------------------------------------------------------------------------

std::uint8_t Digits(const FunctionCall& call) {
  return call.args.empty() ? std::uint8_t{0}
                           : static_cast<std::uint8_t>(std::clamp<std::int64_t>(call.Int(0), 0, 6));
}

Answer Now(const FunctionCall& call) {
  return Value::DateTime(TruncateToFraction(call.now_us(), Digits(call)), Digits(call));
}

Answer CurrentDate(const FunctionCall& call) { return Value::Date(DaysOfMicroseconds(call.now_us())); }

Answer CurrentTime(const FunctionCall& call) {
  const std::int64_t now = TruncateToFraction(call.now_us(), Digits(call));
  return Value::Time(now - std::int64_t{DaysOfMicroseconds(now)} * kMicrosecondsPerDay, Digits(call));
}

Answer UnixTimestamp(const FunctionCall& call) {
  const bool is_now = call.args.empty();
  const std::optional<Value> moment = is_now ? Value::DateTime(TruncateToFraction(call.now_us(), 0), 0)
                                             : ToMoment(call.args[0], call.now_us(), call.sink());
  if (!moment) return Value::Null();
  const std::int64_t us = MicrosecondsOf(*moment);
  if (us < 0) return Value::Int(0);
  const std::uint8_t digits = moment->fraction_digits();
  if (digits == 0) return Value::Int(us / kMicrosecondsPerSecond);
  const Decimal number{us, 6};
  return Value::OfDecimal(RoundDecimal(number, digits).value_or(number));
}

// --- RAND -----------------------------------------------------------------------------------------

// MySQL's generator: two linear congruential steps modulo 2^30 - 1 (mysys/my_rnd.c).
struct Generator {
  static constexpr std::uint64_t kModulus = 0x3FFFFFFF;
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  double Next() {
    first = (first * 3 + second) % kModulus;
    second = (first + second + 33) % kModulus;
    return static_cast<double>(first) / static_cast<double>(kModulus);
  }
};

Generator Seeded(std::int64_t seed) {
  const auto low = static_cast<std::uint32_t>(seed);
  return Generator{(low * 0x10001U + 55'555'555U) % Generator::kModulus,
                   (low * 0x10000001U) % Generator::kModulus};
}

Answer Rand(const FunctionCall& call) {
  if (!call.args.empty()) {
    return Value::Double(Seeded(call.args[0].IsNull() ? 0 : call.Int(0)).Next());
  }
  const SessionView& session = call.evaluator.session();
  std::uint64_t* state = session.random_state;
  if (state == nullptr)
    return Value::Double(Seeded(static_cast<std::int64_t>(session.session.value())).Next());
  if (*state == 0) *state = Seeded(static_cast<std::int64_t>(session.session.value())).first + 1;
  // A session keeps both numbers in one word.
  Generator generator{*state >> 32U, *state & 0xFFFFFFFFU};
  const double number = generator.Next();
  *state = generator.first << 32U | generator.second;
  return Value::Double(number);
}

Answer Uuid(const FunctionCall& call) {
  return call.evaluator.Fail(1235, "42000",
                             fmt::format("This version of nextkey doesn't yet support '{}'", call.node.name));
}

using enum NullRule;
constexpr Repeats kWithin = Repeats::kWithinStatement;

constexpr auto kSessionFunctions = std::to_array<FunctionDef>({
    {"last_insert_id", 0, 1, Result::kInt, LastInsertId, kTakesNulls, kWithin},
    {"row_count", 0, 0, Result::kInt, RowCount, kTakesNulls, kWithin},
    {"found_rows", 0, 0, Result::kInt, FoundRows, kTakesNulls, kWithin},
    {"connection_id", 0, 0, Result::kInt, ConnectionId, kTakesNulls, kWithin},
    {"database", 0, 0, Result::kText, Database, kTakesNulls, kWithin},
    {"schema", 0, 0, Result::kText, Database, kTakesNulls, kWithin},
    {"user", 0, 0, Result::kText, User, kTakesNulls, kWithin},
    {"session_user", 0, 0, Result::kText, User, kTakesNulls, kWithin},
    {"system_user", 0, 0, Result::kText, User, kTakesNulls, kWithin},
    {"current_user", 0, 0, Result::kText, User, kTakesNulls, kWithin},
    {"version", 0, 0, Result::kText, ServerVersion, kTakesNulls, kWithin},
    {"now", 0, 1, Result::kDateTime, Now, kNullIfAnyIs, kWithin},
    {"current_timestamp", 0, 1, Result::kDateTime, Now, kNullIfAnyIs, kWithin},
    {"localtime", 0, 1, Result::kDateTime, Now, kNullIfAnyIs, kWithin},
    {"localtimestamp", 0, 1, Result::kDateTime, Now, kNullIfAnyIs, kWithin},
    {"sysdate", 0, 1, Result::kDateTime, Now, kNullIfAnyIs, kWithin},
    {"utc_timestamp", 0, 1, Result::kDateTime, Now, kNullIfAnyIs, kWithin},
    {"curdate", 0, 0, Result::kDate, CurrentDate, kTakesNulls, kWithin},
    {"current_date", 0, 0, Result::kDate, CurrentDate, kTakesNulls, kWithin},
    {"utc_date", 0, 0, Result::kDate, CurrentDate, kTakesNulls, kWithin},
    {"curtime", 0, 1, Result::kTime, CurrentTime, kNullIfAnyIs, kWithin},
    {"current_time", 0, 1, Result::kTime, CurrentTime, kNullIfAnyIs, kWithin},
    {"utc_time", 0, 1, Result::kTime, CurrentTime, kNullIfAnyIs, kWithin},
    {"unix_timestamp", 0, 1, Result::kUnknown, UnixTimestamp, kNullIfAnyIs, kWithin},
    {"rand", 0, 1, Result::kDouble, Rand, kTakesNulls, kWithin},
    {"uuid", 0, 0, Result::kText, Uuid, kTakesNulls, kWithin},
    {"uuid_short", 0, 0, Result::kUnsigned, Uuid, kTakesNulls, kWithin},
});

}  // namespace

std::span<const FunctionDef> SessionFunctions() { return kSessionFunctions; }

}  // namespace nextkey
