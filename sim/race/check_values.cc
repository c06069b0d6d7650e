// Numbers that make sense, and queries that ask one thing.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "sim/race/check.h"
#include "sim/race/services.h"
#include "sim/text.h"

namespace nextkey::race {
namespace {

// What an expression is when it is a plain number, with its sign.
std::optional<std::int64_t> NumberIn(const sql::Expr& expression) {
  if (expression.op == sql::Op::kLiteral && expression.literal.kind() == ValueKind::kInt) {
    return expression.literal.AsInt();
  }
  if (expression.op == sql::Op::kNegate) {
    const std::optional<std::int64_t> number = NumberIn(*expression.args[0]);
    return number ? std::optional(-*number) : std::nullopt;
  }
  if (expression.op == sql::Op::kMultiply) {  // Of a unit of time.
    const auto first = NumberIn(*expression.args[0]);
    const auto second = NumberIn(*expression.args[1]);
    if (first && second && *first < 0 && *second > 0) return *first;
  }
  return std::nullopt;
}

class ValueChecker {
 public:
  ValueChecker(const RaceFile& file, std::vector<Problem>& problems) : file_(file), problems_(problems) {}

  void Run() {
    for (const Parameter& parameter : file_.parameters) CheckParameter(parameter);
    for (const Service& service : file_.services) {
      for (const ServiceOption& option : service.options) CheckOption(service, option);
    }
    for (const ClientTemplate& client : file_.clients) CheckClient(client);
    for (const Fault& fault : file_.faults) CheckTime(fault.milliseconds);
    for (const Fix& fix : file_.fixes) CheckFix(fix);
    for (const Invariant& invariant : file_.invariants) CheckInvariant(invariant);
    for (const ResultQuery& result : file_.results) CheckQuery(result.query, "result");
    for (const Expectation& expectation : file_.expectations) {
      if (expectation.condition) {
        CheckIsQuestion(*expectation.condition->expression, expectation.condition->offset, "expectation",
                        expectation.condition->text);
      }
    }
  }

 private:
  void Complain(std::size_t offset, std::string message, std::string remedy) {
    problems_.push_back({offset, std::move(message), std::move(remedy)});
  }

  void CheckParameter(const Parameter& parameter) {
    const bool is_text = parameter.value.kind() == ValueKind::kText;
    if (parameter.load_value && (parameter.load_value->kind() == ValueKind::kText) != is_text) {
      Complain(parameter.name.offset,
               fmt::format("parameter \"{}\" is a number in one place and a text in the other",
                           parameter.name.text),
               "Give both values in one kind.");
    }
  }

  void CheckOption(const Service& service, const ServiceOption& option) {
    const OptionRule* rule = FindOption(service.kind, option.name.text);
    if (rule == nullptr) return;
    if (rule->is_time && !option.has_unit) {
      Complain(option.value.offset,
               fmt::format("a unit of time is missing: {} {}", option.name.text, option.value.text),
               "Write ms, s or min.");
      return;
    }
    if (!rule->is_time && option.has_unit) {
      Complain(option.value.offset, fmt::format("\"{}\" is a number without a unit", option.name.text), "");
      return;
    }
    const std::optional<std::int64_t> number = NumberIn(*option.value.expression);
    if (!number || (*number >= rule->least && *number <= rule->most)) return;
    const std::string_view unit = rule->is_time ? " ms" : "";
    Complain(option.value.offset, fmt::format("\"{}\" can't be {}{}", option.name.text, *number, unit),
             fmt::format("It is {}{} at least, {}{} at most.", rule->least, unit, rule->most, unit));
  }

  void CheckClient(const ClientTemplate& client) {
    if (client.count) {
      const std::optional<std::int64_t> count = NumberIn(*client.count->expression);
      if (count && *count < 1) {
        Complain(client.count->offset, fmt::format("{} clients \"{}\"", *count, client.name.text),
                 "One takes part at least; a template that nobody uses can go.");
      } else if (client.count->expression->op == sql::Op::kLiteral && !count) {
        Complain(client.count->offset, fmt::format("{} is no whole number", client.count->text), "");
      }
    }
    if (client.retry) CheckRetry(*client.retry);
    for (const Step& step : client.steps) CheckTimes(step.block.actions);
  }

  void CheckRetry(const Retry& retry) {
    const std::optional<std::int64_t> times = NumberIn(*retry.times.expression);
    if (times && *times < 1) {
      Complain(retry.times.offset, fmt::format("a request is tried again {} times", *times),
               "Leave the retry out, or give 1 at least.");
    }
    CheckTime(retry.backoff_ms);
  }

  void CheckTime(const std::optional<LocalExpression>& time) {
    if (!time) return;
    const std::optional<std::int64_t> number = NumberIn(*time->expression);
    if (number && *number < 0) Complain(time->offset, "a negative time", "Time only goes forward.");
  }

  void CheckTimes(const Actions& actions) {
    for (const Action& action : actions) {
      if (const auto* think = std::get_if<ThinkAction>(&action.what)) CheckTime(think->milliseconds);
      if (const auto* loop = std::get_if<WhileAction>(&action.what)) CheckTimes(loop->actions);
      if (const auto* branches = std::get_if<IfAction>(&action.what)) {
        for (const IfAction::Branch& branch : branches->branches) CheckTimes(branch.actions);
      }
    }
  }

  void CheckFix(const Fix& fix) {
    for (const FixItem& item : fix.items) {
      if (const auto* retry = std::get_if<SetRetry>(&item)) CheckRetry(retry->retry);
      if (const auto* replace = std::get_if<ReplaceStep>(&item)) CheckTimes(replace->block.actions);
      if (const auto* insert = std::get_if<InsertBeside>(&item)) CheckTimes(insert->inserted.block.actions);
      if (const auto* wrap = std::get_if<WrapSteps>(&item)) {
        CheckTimes(wrap->enter.actions);
        CheckTimes(wrap->leave.actions);
      }
    }
  }

  // --- Queries that are asked from outside.
  void CheckInvariant(const Invariant& invariant) {
    const sql::SelectStatement* select = CheckQuery(invariant.query, "invariant");
    if (select == nullptr || select->items.size() != 1) return;
    const sql::SelectItem& item = select->items[0];
    const std::string& text = invariant.query.text;
    CheckIsQuestion(
        *item.expression, invariant.query.offset, "invariant",
        text.substr(item.expression->text.begin, item.expression->text.end - item.expression->text.begin));
  }

  // The query, if it is one.
  const sql::SelectStatement* CheckQuery(const SqlAction& query, std::string_view item) {
    const auto* body = std::get_if<std::shared_ptr<const sql::SelectStatement>>(&query.statement->body);
    if (body == nullptr) {
      Complain(query.offset,
               fmt::format("this {} would change the data or the transaction that it looks at", item),
               "It is one SELECT, which sees what is committed.");
      return nullptr;
    }
    const sql::SelectStatement& select = **body;
    if (!select.into_variables.empty() || select.locking.strength != sql::RowLocking::kNone) {
      Complain(
          query.offset,
          fmt::format("this {} {}", item, select.into_variables.empty() ? "takes locks" : "sets a variable"),
          "Leave it a plain SELECT: it only looks.");
    }
    const bool has_star =
        std::any_of(select.items.begin(), select.items.end(),
                    [](const sql::SelectItem& one) { return one.expression->op == sql::Op::kStar; });
    if (has_star || select.items.size() > 1) {
      Complain(query.offset + select.items[has_star ? 0 : 1].expression->text.begin,
               fmt::format("this {} gives {}", item,
                           has_star ? "all columns" : fmt::format("{} columns", select.items.size())),
               item == "result" ? "A result is one value: write one result for each."
                                : "Join the conditions with AND, or write one invariant for each.");
      return nullptr;
    }
    return &select;
  }

  void CheckIsQuestion(const sql::Expr& expression, std::size_t offset, std::string_view item,
                       std::string text) {
    const std::size_t place = offset + expression.text.begin;
    const auto refuse = [&](std::string_view kind) {
      Complain(place, fmt::format("this {} is neither true nor false: {} is {}", item, text, kind),
               fmt::format("Compare it with something: {} = ..", text));
    };
    switch (expression.op) {
      case sql::Op::kLiteral:
        if (expression.literal.kind() == ValueKind::kText) {
          Complain(place, fmt::format("this {} is neither true nor false: {} is a text", item, text),
                   "Write the condition itself, without quotes around it.");
        }
        if (expression.literal.kind() == ValueKind::kInt) {
          Complain(place, fmt::format("this {} says {} whatever happens", item, text),
                   "Ask for something that can change.");
        }
        return;
      case sql::Op::kAdd:
      case sql::Op::kSubtract:
      case sql::Op::kMultiply:
      case sql::Op::kDivide:
      case sql::Op::kIntegerDivide:
      case sql::Op::kModulo:
      case sql::Op::kNegate:
        return refuse("a number");
      case sql::Op::kAggregate:
        if (const std::string name = ToLower(expression.name); name == "min" || name == "max") return;
        return refuse(ToLower(expression.name) == "group_concat" ? "a text" : "a number");
      default:
        return;
    }
  }

  const RaceFile& file_;
  std::vector<Problem>& problems_;
};

}  // namespace

void CheckValues(const RaceFile& file, std::vector<Problem>& problems) { ValueChecker(file, problems).Run(); }

}  // namespace nextkey::race
