#include "sim/race/race_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "sim/race/did_you_mean.h"
#include "sim/text.h"
#include "txn/sql/parser.h"

namespace nextkey::race {
namespace {

constexpr double kLongestTime = 1e12;  // Milliseconds: thirty years.

struct NamedLevel {
  std::string_view name;
  sql::IsolationLevel level;
};
constexpr std::array<NamedLevel, 4> kLevels = {{{"read uncommitted", sql::IsolationLevel::kReadUncommitted},
                                                {"read committed", sql::IsolationLevel::kReadCommitted},
                                                {"repeatable read", sql::IsolationLevel::kRepeatableRead},
                                                {"serializable", sql::IsolationLevel::kSerializable}}};

struct NamedServiceKind {
  std::string_view name;
  ServiceKind kind;
};
constexpr std::array<NamedServiceKind, 8> kServiceKinds = {{{"mutex", ServiceKind::kMutex},
                                                            {"pool", ServiceKind::kPool},
                                                            {"redis", ServiceKind::kRedis},
                                                            {"simple_lock", ServiceKind::kSimpleLock},
                                                            {"spin_lock", ServiceKind::kSpinLock},
                                                            {"redisson_lock", ServiceKind::kRedissonLock},
                                                            {"redlock", ServiceKind::kRedlock},
                                                            {"replica", ServiceKind::kReplica}}};

struct NamedFaultKind {
  std::string_view name;
  FaultKind kind;
};
constexpr std::array<NamedFaultKind, 5> kFaultKinds = {{{"pause", FaultKind::kPause},
                                                        {"die", FaultKind::kDie},
                                                        {"lose_node", FaultKind::kLoseNode},
                                                        {"fail_over", FaultKind::kFailOver},
                                                        {"clock_jump", FaultKind::kClockJump}}};

template <typename Table>
std::vector<std::string> NamesIn(const Table& table) {
  std::vector<std::string> names;
  for (const auto& row : table) names.emplace_back(row.name);
  return names;
}

// Milliseconds in one of them; 0: no unit of time.
double MillisecondsIn(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit == "s") return 1000;
  return unit == "min" ? 60'000 : 0;
}

bool IsNumber(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsDigit(c) || c == '.'; });
}

// Of those that a server gives, the ones that another request can have caused.
bool IsKnownError(int number) {
  constexpr std::array<int, 19> kErrors = {1020, 1048, 1062, 1099, 1100, 1205, 1213, 1223, 1264, 1292,
                                           1305, 1364, 1406, 1412, 1451, 1452, 1690, 1792, 4025};
  return std::find(kErrors.begin(), kErrors.end(), number) != kErrors.end();
}

bool IsQuery(const Action& action) {
  const auto* sql = std::get_if<SqlAction>(&action.what);
  return sql != nullptr &&
         std::holds_alternative<std::shared_ptr<const sql::SelectStatement>>(sql->statement->body);
}

// What a server answers, which a client can't compute by itself.
bool AsksServer(std::string_view function) {
  constexpr std::array<std::string_view, 6> kFunctions = {"get_lock",     "release_lock", "release_all_locks",
                                                          "is_free_lock", "is_used_lock", "sleep"};
  return std::find(kFunctions.begin(), kFunctions.end(), function) != kFunctions.end();
}

}  // namespace

RaceBuilder::RaceBuilder(SourceFile source, const std::vector<Token>& tokens) : tokens_(tokens) {
  file.source = std::move(source);
}

// --- For the parser --------------------------------------------------------------------------------

const Token& RaceBuilder::Next() { return tokens_[std::min(taken_++, tokens_.size() - 1)]; }

void RaceBuilder::FailSyntax(std::vector<int> expected) {
  syntax_error =
      SyntaxError{.token = std::min(taken_ - 1, tokens_.size() - 1), .expected = std::move(expected)};
}

void RaceBuilder::ContinueAt(std::size_t token) {
  taken_ = token;
  nesting_ = 0;
  syntax_error.reset();
}

// --- Items -----------------------------------------------------------------------------------------

void RaceBuilder::AddTitle(Name title, std::string sentence) {
  if (!file.title.text.empty()) {
    Complain(title.offset, "a second `race` in the same file", "A file holds one race: split it.");
  }
  file.title = std::move(title);
  file.sentence = std::move(sentence);
}

void RaceBuilder::AddProcesses(sql::TextRange item, LocalExpression count) {
  if (file.processes) Complain(item.begin, "`processes` is given twice", "Keep one of them.");
  file.processes = CheckedProcesses(std::move(count));
}

LocalExpression RaceBuilder::CheckedProcesses(LocalExpression count) {
  const sql::Expr& number = *count.expression;
  const bool is_number = number.op == sql::Op::kLiteral && number.literal.kind() == ValueKind::kInt;
  if (number.op == sql::Op::kLiteral && !is_number) {
    Complain(count.offset, fmt::format("{} is no whole number", count.text), "");
  } else if (number.op == sql::Op::kNegate || (is_number && number.literal.AsInt() < 1)) {
    Complain(count.offset, "an application without a server process",
             "Clients are spread over the processes: give 1 or more.");
  }
  return count;
}

void RaceBuilder::AddSetup(sql::TextRange place, Block block) {
  if (!file.clients.empty()) {
    Complain(
        place.begin, "this setup stands behind a client",
        fmt::format("The setup of client \"{0}\" stands before its first step, that of the race before the "
                    "first client.",
                    file.clients.back().name.text));
  }
  file.setup.push_back(std::move(block));
}

void RaceBuilder::AddTeardown(sql::TextRange place, Block block) {
  if (file.teardown) Complain(place.begin, "a second teardown of the race", "Put both into one block.");
  file.teardown = std::move(block);
}

void RaceBuilder::AddService(Name name, const Name& kind, std::vector<ServiceOption> options) {
  const auto* found = std::find_if(kServiceKinds.begin(), kServiceKinds.end(),
                                   [&](const NamedServiceKind& known) { return known.name == kind.text; });
  if (found == kServiceKinds.end()) {
    Complain(kind.offset, fmt::format("unknown kind of service \"{}\"", kind.text),
             DidYouMean(kind.text, NamesIn(kServiceKinds)));
    unknown_services.push_back(name.text);
    return;
  }
  file.services.push_back(Service{std::move(name), found->kind, std::move(options)});
}

void RaceBuilder::AddClient(ClientTemplate client) { file.clients.push_back(std::move(client)); }

std::optional<SqlAction> RaceBuilder::OnlyQuery(const Block& block, std::string_view item) {
  const std::string remedy =
      fmt::format("{} {} is one SELECT that gives one column.", item == "result" ? "A" : "An", item);
  if (block.actions.empty()) {
    Complain(block.begin, fmt::format("this {} holds no query", item), remedy);
    return std::nullopt;
  }
  if (block.actions.size() > 1) {
    const auto odd = std::find_if_not(block.actions.begin(), block.actions.end(), IsQuery);
    Complain(odd == block.actions.end() ? block.actions[1].offset : odd->offset,
             fmt::format("this {} holds more than a query", item), remedy);
    return std::nullopt;
  }
  const auto* query = std::get_if<SqlAction>(&block.actions.front().what);
  if (query == nullptr) {
    Complain(block.actions.front().offset, fmt::format("this {} is no query", item), remedy);
    return std::nullopt;
  }
  return *query;
}

void RaceBuilder::AddInvariant(sql::TextRange place, std::string sentence, bool is_always, Block block) {
  if (auto query = OnlyQuery(block, "invariant")) {
    file.invariants.push_back(Invariant{std::move(sentence), std::move(*query), is_always, place.begin});
  }
}

void RaceBuilder::AddResult(Name name, Block block) {
  if (auto query = OnlyQuery(block, "result")) {
    file.results.push_back(ResultQuery{std::move(name), std::move(*query)});
  } else {
    unknown_results.push_back(name.text);
  }
}

void RaceBuilder::AddPermutation(sql::TextRange place, std::vector<PermutationStep> steps) {
  quoted_.clear();
  file.permutations.push_back(Permutation{{}, {}, std::move(steps), place.begin});
}

void RaceBuilder::AddNamedPermutation(sql::TextRange place, std::vector<PermutationStep> head,
                                      std::vector<PermutationStep> steps) {
  const auto is_quoted = [&](const PermutationStep& step) {
    return std::find(quoted_.begin(), quoted_.end(), step.step.offset) != quoted_.end();
  };
  const bool is_plain =
      std::all_of(head.begin(), head.end(), [](const PermutationStep& step) { return step.markers.empty(); });
  if (!is_plain || head.size() > 2 || (head.size() == 2 && !is_quoted(head[1]))) {
    Complain(head.back().step.offset, "this is neither a permutation with a name nor one without",
             "Write `permutation NAME \"sentence\" { steps }`, or the steps alone without braces.");
    return;
  }
  quoted_.clear();
  file.permutations.push_back(Permutation{head[0].step, head.size() == 2 ? head[1].step.text : std::string(),
                                          std::move(steps), place.begin});
}

void RaceBuilder::AddExpectation(sql::TextRange place, std::string source, Name fix, Expectation expectation,
                                 Name schedule) {
  expectation.source = std::move(source);
  expectation.fix = std::move(fix);
  expectation.schedule = std::move(schedule);
  expectation.offset = place.begin;
  file.expectations.push_back(std::move(expectation));
}

Fault RaceBuilder::MakeFault(Name name, const Name& kind, Name target) {
  Fault fault;
  fault.name = std::move(name);
  fault.target = std::move(target);
  const auto* found = std::find_if(kFaultKinds.begin(), kFaultKinds.end(),
                                   [&](const NamedFaultKind& known) { return known.name == kind.text; });
  if (found != kFaultKinds.end()) {
    fault.kind = found->kind;
  } else {
    Complain(kind.offset, fmt::format("unknown kind of fault \"{}\"", kind.text),
             DidYouMean(kind.text, NamesIn(kFaultKinds)));
  }
  return fault;
}

// --- Parts -----------------------------------------------------------------------------------------

Name RaceBuilder::NameAt(sql::TextRange place) const {
  return Name{file.source.text.substr(place.begin, place.end - place.begin), place.begin};
}

void RaceBuilder::CheckSeesVariablesOnly(const sql::Expr& expression, std::size_t offset) {
  const std::size_t place = offset + expression.text.begin;
  const auto refuse = [&](std::string what) {
    Complain(place, "only variables can be seen here, not " + std::move(what),
             "Ask the server first: SELECT .. INTO @x, then use @x.");
  };
  switch (expression.op) {
    case sql::Op::kColumn:
      return refuse(fmt::format("a column (\"{}\")", expression.name));
    case sql::Op::kDefault:
      return refuse("a column's default");
    case sql::Op::kInsertedValue:
    case sql::Op::kStar:
      return refuse("a column");
    case sql::Op::kAggregate:
      return refuse(fmt::format("rows (\"{}\" looks at them)", expression.name));
    case sql::Op::kSubquery:
    case sql::Op::kInSubquery:
    case sql::Op::kExists:
      return refuse("a subquery");
    case sql::Op::kFunction:
      if (AsksServer(expression.name))
        return refuse(fmt::format("what a server answers ({})", expression.name));
      break;
    default:
      break;
  }
  for (const sql::ExprRef& argument : expression.args) {
    if (argument) CheckSeesVariablesOnly(*argument, offset);
  }
}

LocalExpression RaceBuilder::Expression(sql::TextRange place, const std::string& text) {
  LocalExpression local{.expression = nullptr, .text = text, .offset = place.begin};
  auto parsed = sql::ParseExpression(text);
  if (const auto* error = std::get_if<sql::ParseError>(&parsed)) {
    Complain(place.begin + error->place.begin, error->message, "");
    parsed = sql::ParseExpression("0");  // Whoever goes on finds an expression.
  } else {
    CheckSeesVariablesOnly(*std::get<sql::ExprRef>(parsed), place.begin);
  }
  local.expression = std::get<sql::ExprRef>(parsed);
  return local;
}

LocalExpression RaceBuilder::Time(sql::TextRange place, const std::string& quantity,
                                  const std::string& unit) {
  const double factor = MillisecondsIn(unit);
  if (unit.empty()) {
    Complain(place.end, fmt::format("a unit of time is missing behind {}", quantity), "Write ms, s or min.");
  } else if (factor == 0) {
    Complain(place.end - unit.size(), fmt::format("unknown unit of time \"{}\"", unit),
             "Write ms, s or min.");
  }
  if (!IsNumber(quantity)) {
    if (factor <= 1) return Expression(place, quantity);
    const auto before = static_cast<std::uint32_t>(place.begin - 1);  // The parenthesis has no place.
    LocalExpression time =
        Expression({.begin = before, .end = place.end}, fmt::format("({}) * {:.0f}", quantity, factor));
    time.offset = place.begin;
    return time;
  }
  const double milliseconds = std::strtod(quantity.c_str(), nullptr) * std::max(factor, 1.0);
  if (milliseconds > kLongestTime) {
    Complain(place.begin, "more than thirty years", "Give a time that a test can wait for.");
  } else if (milliseconds != std::floor(milliseconds)) {
    Complain(place.begin, "a part of a millisecond", "Times are counted in whole milliseconds.");
  }
  return Expression(place, fmt::format("{:.0f}", std::min(milliseconds, kLongestTime)));
}

LocalExpression RaceBuilder::Duration(sql::TextRange place, const std::string& text) {
  std::size_t unit_begin = text.size();
  while (unit_begin > 0 && IsLetter(text[unit_begin - 1])) --unit_begin;
  const bool is_unit = unit_begin > 0 && text[unit_begin - 1] != '@' && text[unit_begin - 1] != '_' &&
                       text[unit_begin - 1] != '.';
  const std::string_view quantity =
      Trim(std::string_view(text).substr(0, is_unit ? unit_begin : text.size()));
  return Time(place, std::string(quantity), is_unit ? text.substr(unit_begin) : std::string());
}

ServiceOption RaceBuilder::Option(Name name, sql::TextRange place, const std::string& quantity,
                                  const std::string& unit) {
  ServiceOption option{.name = std::move(name), .value = {}, .has_unit = !unit.empty()};
  if (unit.empty()) {
    option.value = Expression(place, quantity);
  } else {
    option.value = Time(place, quantity, unit);
  }
  return option;
}

Value RaceBuilder::NumberValue(sql::TextRange place, const std::string& number, bool is_negative) {
  auto parsed = sql::ParseExpression(number);
  const auto* expression = std::get_if<sql::ExprRef>(&parsed);
  if (expression == nullptr || (*expression)->op != sql::Op::kLiteral) {
    Complain(place.begin, "this number can't be read", "");
    return Value::Int(0);
  }
  const Value value = (*expression)->literal;
  if (!is_negative) return value;
  if (value.kind() == ValueKind::kInt) return Value::Int(-value.AsInt());
  if (value.kind() == ValueKind::kDecimal) {
    Decimal decimal = value.AsDecimal();
    decimal.unscaled = -decimal.unscaled;
    return Value::OfDecimal(decimal);
  }
  Complain(place.begin, "this number is too small", "");
  return Value::Int(0);
}

std::uint32_t RaceBuilder::Count(sql::TextRange place, const std::string& number) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), count);
  if (error != std::errc{} || end != number.data() + number.size()) {
    Complain(place.begin, fmt::format("{} is no whole number of a sensible size", number), "");
    return 0;
  }
  return count;
}

int RaceBuilder::ErrorNumber(sql::TextRange place, const std::string& number) {
  const auto error = static_cast<int>(std::min<std::uint32_t>(Count(place, number), 1'000'000));
  if (!IsKnownError(error)) {
    Complain(place.begin, fmt::format("no request ends with error {}", number),
             "Requests end with 1213 (deadlock), 1205 (lock wait time-out), 1062 (duplicate key) and their "
             "like; a "
             "FAIL's reason stands in quotes.");
  }
  return error;
}

sql::IsolationLevel RaceBuilder::Level(sql::TextRange place, const std::string& text) {
  std::string level;
  for (const char c : ToLower(text)) {
    const char plain = IsSpace(c) || c == '-' ? ' ' : c;
    if (plain != ' ' || (!level.empty() && level.back() != ' ')) level += plain;
  }
  for (const NamedLevel& known : kLevels) {
    if (known.name == level) return known.level;
  }
  const std::string nearest = Nearest(level, NamesIn(kLevels));
  Complain(place.begin,
           fmt::format("unknown isolation level \"{}\"{}", text,
                       nearest.empty() ? "" : fmt::format("; did you mean \"{}\"?", nearest)),
           nearest.empty() ? DidYouMean(level, NamesIn(kLevels)) : "");
  return sql::IsolationLevel::kRepeatableRead;
}

SqlAction RaceBuilder::Sql(sql::TextRange place, std::string text, Name server) {
  SqlAction action{
      .statement = nullptr, .text = std::move(text), .server = std::move(server), .offset = place.begin};
  auto parsed = sql::ParseStatement(action.text);
  if (const auto* error = std::get_if<sql::ParseError>(&parsed)) {
    Complain(place.begin + error->place.begin, error->message, "");
    parsed = sql::ParseStatement("DO 0");
  }
  action.statement = std::get<sql::StatementRef>(parsed);
  return action;
}

Retry RaceBuilder::Joined(Retry first, Retry more) {
  first.errors.insert(first.errors.end(), more.errors.begin(), more.errors.end());
  first.reasons.insert(first.reasons.end(), more.reasons.begin(), more.reasons.end());
  return first;
}

PermutationStep RaceBuilder::QuotedStep(sql::TextRange place, std::string name,
                                        std::vector<StepMarker> markers) {
  quoted_.push_back(place.begin);
  return PermutationStep{Name{std::move(name), place.begin}, std::move(markers)};
}

bool RaceBuilder::Enter(sql::TextRange place) {
  if (++nesting_ <= kMaxBlockNesting) return true;
  Complain(place.begin, fmt::format("IF and WHILE are nested deeper than {} levels", kMaxBlockNesting), "");
  return false;
}

}  // namespace nextkey::race
