#include "sim/race/compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/text.h"

namespace nextkey {
namespace {

class StepCompiler {
 public:
  StepCompiler(const CompileContext& context, const DraftTemplate& drafted, ProgramTemplate& compiled)
      : context_(context), drafted_(drafted), compiled_(compiled) {}

  void Run() {
    for (std::size_t step = 0; step < drafted_.steps.size(); ++step) {
      step_ = static_cast<std::uint32_t>(step);
      compiled_.steps.push_back(drafted_.steps[step].name.text);
      OpenWraps(step);
      if (!drafted_.steps[step].is_removed) Compile(drafted_.steps[step].block.actions);
      CloseWraps(step);
    }
    Add(EndRequest{}, "", 0);
  }

 private:
  std::uint32_t Here() const { return static_cast<std::uint32_t>(compiled_.instructions.size()); }

  template <class What>
  std::uint32_t Add(What what, std::string text, std::size_t offset) {
    compiled_.instructions.push_back({std::move(what), step_, std::move(text), offset});
    return Here() - 1;
  }

  template <class What>
  What& At(std::uint32_t place) {
    return std::get<What>(compiled_.instructions[place].what);
  }

  // The widest first; of equal ones the last that the file names.
  void OpenWraps(std::size_t step) {
    std::vector<std::size_t> opening;
    for (std::size_t i = 0; i < drafted_.wraps.size(); ++i) {
      if (drafted_.wraps[i].first == step) opening.push_back(i);
    }
    std::sort(opening.begin(), opening.end(), [this](std::size_t a, std::size_t b) {
      const std::size_t end_a = drafted_.wraps[a].last;
      const std::size_t end_b = drafted_.wraps[b].last;
      return end_a != end_b ? end_a > end_b : a > b;
    });
    for (const std::size_t wrap : opening) {
      Compile(drafted_.wraps[wrap].enter.actions);
      open_.push_back({wrap, Add(EnterScope{}, "", drafted_.wraps[wrap].enter.begin)});
    }
  }

  void CloseWraps(std::size_t step) {
    while (!open_.empty() && drafted_.wraps[open_.back().wrap].last == step) {
      const Block& leave = drafted_.wraps[open_.back().wrap].leave;
      Add(LeaveScope{}, "", leave.begin);
      At<EnterScope>(open_.back().instruction).leave = Here();
      Compile(leave.actions);
      Add(ResumeUnwinding{}, "", leave.end);
      open_.pop_back();
    }
  }

  void Compile(const Actions& actions) {
    for (const Action& action : actions) {
      std::visit([&](const auto& one) { Compile(one, action.offset); }, action.what);
    }
  }

  void Compile(const SqlAction& action, std::size_t offset) {
    if (std::optional<SetVariables> local = AsLocal(action)) {
      Add(std::move(*local), action.text, offset);
      return;
    }
    const PlacedStatement placed = CompileStatement(context_, action);
    Add(SendSql{placed.statement, placed.server}, action.text, offset);
  }

  // SET of user variables, by what needs no server.
  static std::optional<SetVariables> AsLocal(const SqlAction& action) {
    const auto* set = std::get_if<sql::SetStatement>(&action.statement->body);
    if (set == nullptr || !action.server.text.empty()) return std::nullopt;
    SetVariables local;
    for (const sql::VariableAssignment& assignment : set->assignments) {
      if (assignment.scope != sql::VariableScope::kUser || assignment.value == nullptr) return std::nullopt;
      auto bound = BindSessionExpression(*assignment.value);
      if (!std::holds_alternative<SessionExpressionRef>(bound)) return std::nullopt;
      local.assignments.push_back(
          {ToLower(assignment.name), std::get<SessionExpressionRef>(std::move(bound))});
    }
    return local;
  }

  void Compile(const IfAction& action, std::size_t offset) {
    std::vector<std::uint32_t> jumps_to_end;
    for (std::size_t i = 0; i < action.branches.size(); ++i) {
      const IfAction::Branch& branch = action.branches[i];
      std::optional<std::uint32_t> test;
      if (branch.condition) test = AddTest(*branch.condition);
      Compile(branch.actions);
      if (i + 1 < action.branches.size()) jumps_to_end.push_back(Add(Jump{}, "", offset));
      if (test) At<JumpUnless>(*test).target = Here();
    }
    for (const std::uint32_t jump : jumps_to_end) At<Jump>(jump).target = Here();
  }

  void Compile(const WhileAction& action, std::size_t offset) {
    const std::uint32_t start = Here();
    const std::uint32_t test = AddTest(action.condition);
    Compile(action.actions);
    Add(Jump{start}, "", offset);
    At<JumpUnless>(test).target = Here();
  }

  std::uint32_t AddTest(const LocalExpression& condition) {
    return Add(JumpUnless{CompileExpression(context_, condition), 0}, "IF " + condition.text,
               condition.offset);
  }

  void Compile(const FailAction& action, std::size_t offset) {
    Add(Fail{action.reason}, fmt::format("FAIL '{}'", action.reason), offset);
  }

  void Compile(const ThinkAction& action, std::size_t offset) {
    Add(Think{CompileExpression(context_, action.milliseconds)}, "THINK " + action.milliseconds.text, offset);
  }

  void Compile(const CallAction& action, std::size_t offset) {
    const auto service =
        std::find_if(context_.services->begin(), context_.services->end(),
                     [&](const ServiceConfiguration& one) { return one.name == action.service.text; });
    if (service == context_.services->end()) {
      context_.AddMistake(action.service.offset,
                          fmt::format("there is no service \"{}\"", action.service.text),
                          "Declare it with `service`.");
      return;
    }
    const OperationRule* rule = FindOperation(service->kind, action.operation.text);
    if (rule == nullptr) {
      context_.AddMistake(
          action.operation.offset,
          fmt::format("a {} has no operation \"{}\"", ServiceKindName(service->kind), action.operation.text),
          "It has " + ListOf(OperationNames(service->kind)) + ".");
      return;
    }
    if (action.arguments.size() < rule->fewest_arguments || action.arguments.size() > rule->most_arguments) {
      context_.AddMistake(action.operation.offset,
                          fmt::format("{} takes {} to {} arguments", rule->name, rule->fewest_arguments,
                                      rule->most_arguments),
                          "");
      return;
    }
    CallService call{static_cast<std::uint32_t>(service - context_.services->begin()),
                     rule->operation,
                     {},
                     action.into.text};
    std::string text = fmt::format("CALL {}.{}(", action.service.text, action.operation.text);
    for (const LocalExpression& argument : action.arguments) {
      if (!call.arguments.empty()) text += ", ";
      text += argument.text;
      call.arguments.push_back(CompileExpression(context_, argument));
    }
    text += ")";
    if (!action.into.text.empty()) text += " INTO @" + action.into.text;
    Add(std::move(call), std::move(text), offset);
  }

  static std::string ListOf(const std::vector<std::string_view>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : ", ") + std::string(names[i]);
    return text.empty() ? "none" : text;
  }

  struct OpenWrap {
    std::size_t wrap = 0;
    std::uint32_t instruction = 0;  // Its EnterScope.
  };

  const CompileContext& context_;
  const DraftTemplate& drafted_;
  ProgramTemplate& compiled_;
  std::uint32_t step_ = 0;
  std::vector<OpenWrap> open_;
};

}  // namespace

void CompileContext::AddMistake(std::size_t offset, std::string message, std::string remedy) const {
  mistakes->push_back(
      MistakeAt(file->source.name, file->source.text, offset, std::move(message), std::move(remedy)));
}

void CompileSteps(const CompileContext& context, const DraftTemplate& drafted, ProgramTemplate& compiled) {
  StepCompiler(context, drafted, compiled).Run();
}

PlacedStatement CompileStatement(const CompileContext& context, const SqlAction& action) {
  PlacedStatement placed{action.statement, 0, action.offset};
  if (action.server.text.empty()) return placed;
  const auto server = std::find(context.servers->begin(), context.servers->end(), action.server.text);
  if (server == context.servers->end()) {
    context.AddMistake(action.server.offset, fmt::format("there is no server \"{}\"", action.server.text),
                       "Declare it as `service NAME replica`.");
  } else {
    placed.server = static_cast<std::uint32_t>(server - context.servers->begin());
  }
  return placed;
}

std::vector<PlacedStatement> CompileStatements(const CompileContext& context, const Block& block) {
  std::vector<PlacedStatement> statements;
  for (const Action& action : block.actions) {
    if (const auto* sql = std::get_if<SqlAction>(&action.what)) {
      statements.push_back(CompileStatement(context, *sql));
    } else {
      context.AddMistake(action.offset, "only SQL can stand here", "Move it into a step.");
    }
  }
  return statements;
}

SessionExpressionRef CompileExpression(const CompileContext& context, const LocalExpression& expression) {
  auto bound = BindSessionExpression(*expression.expression);
  if (auto* made = std::get_if<SessionExpressionRef>(&bound)) return std::move(*made);
  context.AddMistake(expression.offset, std::get<SqlError>(bound).message,
                     "Only variables, numbers, texts and functions of them can stand here; read tables with "
                     "SELECT .. INTO @variable.");
  return std::make_shared<const SessionExpression>();
}

}  // namespace nextkey
