#include "sim/race/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/race/compiler.h"
#include "sim/race/program_draft.h"
#include "sim/text.h"
#include "txn/server.h"
#include "txn/sql/parser.h"

namespace nextkey {
namespace {

constexpr std::int64_t kMostClients = 100'000;

std::string_view IsolationText(sql::IsolationLevel level) {
  switch (level) {
    case sql::IsolationLevel::kReadUncommitted:
      return "READ UNCOMMITTED";
    case sql::IsolationLevel::kReadCommitted:
      return "READ COMMITTED";
    case sql::IsolationLevel::kRepeatableRead:
      return "REPEATABLE READ";
    case sql::IsolationLevel::kSerializable:
      return "SERIALIZABLE";
  }
  return "";
}

// A number, where the text is one; the text itself elsewhere.
Value ValueOf(const std::string& text) {
  auto parsed = sql::ParseExpression(text);
  if (const auto* expression = std::get_if<sql::ExprRef>(&parsed)) {
    auto bound = BindSessionExpression(**expression);
    if (const auto* made = std::get_if<SessionExpressionRef>(&bound)) {
      Server scratch;
      auto value = scratch.Evaluate(scratch.Connect(), **made);
      if (const auto* answer = std::get_if<Value>(&value); answer != nullptr && !answer->IsNull()) {
        return *answer;
      }
    }
  }
  return Value::Text(text);
}

class ProgramBuilder {
 public:
  ProgramBuilder(std::shared_ptr<const RaceFile> file, RaceOptions options)
      : file_(*file), program_(std::make_shared<Program>()) {
    program_->file = std::move(file);
    program_->options = std::move(options);
    context_ = {&file_, &program_->services, &program_->servers, &mistakes_};
  }

  std::variant<ProgramRef, std::vector<Mistake>> Build() {
    SetParameters();
    AddServices();
    RaceDraft draft = DraftOf(file_);
    if (!program_->options.fix.empty()) ApplyFix(draft, file_, program_->options.fix, mistakes_);
    if (draft.processes != nullptr) processes_ = NumberOf(*draft.processes, 1, kMostClients);
    for (const DraftTemplate& drafted : draft.templates) AddTemplate(drafted);
    CheckOptionNames();
    for (const SetServer& item : draft.server) AddServerVariable(item);
    for (const Block* block : draft.setup) program_->setup.push_back(CompileStatements(context_, *block));
    if (file_.teardown) program_->teardown = CompileStatements(context_, *file_.teardown);
    for (const Invariant& invariant : file_.invariants) {
      program_->invariants.push_back(
          {invariant.sentence, CompileStatement(context_, invariant.query), invariant.is_always});
    }
    for (const ResultQuery& result : file_.results) {
      program_->results.push_back({result.name.text, CompileStatement(context_, result.query)});
    }
    for (const std::string& name : program_->options.faults) AddFault(name);
    if (!mistakes_.empty()) return std::move(mistakes_);
    program_->rollback = std::get<sql::StatementRef>(sql::ParseStatement("ROLLBACK"));
    program_->fingerprint = FingerprintOf(*program_, program_->options);
    return ProgramRef(std::move(program_));
  }

 private:
  void AddMistake(std::size_t offset, std::string message, std::string remedy) {
    context_.AddMistake(offset, std::move(message), std::move(remedy));
  }
  // Of the options: it has no place in the file.
  void AddMistake(std::string message, std::string remedy) {
    mistakes_.push_back({file_.source.name, std::nullopt, std::move(message), "", "", std::move(remedy)});
  }

  void SetParameters() {
    for (const Parameter& parameter : file_.parameters) {
      const bool is_load = program_->options.uses_load_values && parameter.load_value.has_value();
      program_->parameters[ToLower(parameter.name.text)] = is_load ? *parameter.load_value : parameter.value;
    }
    for (const auto& [name, text] : program_->options.parameters) {
      const auto found = program_->parameters.find(ToLower(name));
      if (found != program_->parameters.end()) {
        found->second = ValueOf(text);
      } else {
        AddMistake(fmt::format("the race has no parameter \"{}\"", name), ListOfParameters());
      }
    }
    session_ = scratch_.Connect();
    scratch_.SetUserVariables(session_, program_->parameters);
  }

  std::string ListOfParameters() const {
    if (program_->parameters.empty()) return "It has none.";
    std::string text = "It has ";
    for (const auto& [name, value] : program_->parameters) text += (text == "It has " ? "" : ", ") + name;
    return text + ".";
  }

  // A number that stands fast before the race begins.
  std::int64_t NumberOf(const LocalExpression& expression, std::int64_t least, std::int64_t most) {
    const SessionExpressionRef bound = CompileExpression(context_, expression);
    auto value = scratch_.Evaluate(session_, *bound);
    const auto* answer = std::get_if<Value>(&value);
    const std::optional<std::int64_t> number = answer == nullptr ? std::nullopt : ToInteger(*answer);
    if (!number || *number < least || *number > most) {
      AddMistake(expression.offset,
                 fmt::format("\"{}\" is {}, and has to be a number from {} to {}", expression.text,
                             answer == nullptr ? std::string("no number") : answer->ToText(), least, most),
                 "Only parameters can stand here as variables.");
      return least;
    }
    return *number;
  }

  void AddServices() {
    program_->servers.push_back("primary");
    for (const Service& service : file_.services) {
      ServiceConfiguration made{service.name.text, service.kind, {}, 0};
      for (const std::string_view name : OptionNames(service.kind)) {
        const OptionRule* rule = FindOption(service.kind, name);
        if (rule->default_value) made.options[std::string(name)] = *rule->default_value;
      }
      for (const ServiceOption& option : service.options) {
        const OptionRule* rule = FindOption(service.kind, option.name.text);
        if (rule == nullptr) {
          AddMistake(
              option.name.offset,
              fmt::format("a {} has no option \"{}\"", ServiceKindName(service.kind), option.name.text), "");
          continue;
        }
        made.options[option.name.text] =
            option.value.expression == nullptr ? 1 : NumberOf(option.value, rule->least, rule->most);
      }
      if (service.kind == ServiceKind::kReplica) {
        made.server = static_cast<std::uint32_t>(program_->servers.size());
        program_->servers.push_back(made.name);
      }
      program_->services.push_back(std::move(made));
    }
  }

  void AddTemplate(const DraftTemplate& drafted) {
    ProgramTemplate compiled;
    compiled.name = drafted.source->name.text;
    const auto isolation = program_->options.isolation ? program_->options.isolation : drafted.isolation;
    if (isolation) {
      const std::string text =
          fmt::format("SET SESSION TRANSACTION ISOLATION LEVEL {}", IsolationText(*isolation));
      for (std::uint32_t server = 0; server < program_->servers.size(); ++server) {
        compiled.setup.push_back(
            {std::get<sql::StatementRef>(sql::ParseStatement(text)), server, drafted.source->name.offset});
      }
    }
    if (drafted.source->setup) {
      for (PlacedStatement& one : CompileStatements(context_, *drafted.source->setup)) {
        compiled.setup.push_back(std::move(one));
      }
    }
    if (drafted.source->teardown) compiled.teardown = CompileStatements(context_, *drafted.source->teardown);
    CompileSteps(context_, drafted, compiled);
    if (drafted.retry) compiled.retry = RuleOf(*drafted.retry);
    AddClients(drafted, compiled);
    program_->templates.push_back(std::move(compiled));
  }

  RetryRule RuleOf(const Retry& retry) {
    RetryRule rule;
    rule.times = NumberOf(retry.times, 0, 1'000'000);
    rule.errors = retry.errors;
    rule.reasons = retry.reasons;
    if (retry.backoff_ms) rule.backoff_ms = NumberOf(*retry.backoff_ms, 0, 86'400'000);
    rule.backoff_doubles = retry.backoff_doubles;
    return rule;
  }

  void AddClients(const DraftTemplate& drafted, const ProgramTemplate& compiled) {
    const auto given = program_->options.clients.find(compiled.name);
    std::int64_t count = 1;
    if (given != program_->options.clients.end()) {
      count = std::min<std::int64_t>(given->second, kMostClients);
    } else if (drafted.source->count) {
      count = NumberOf(*drafted.source->count, 0, kMostClients);
    }
    for (std::int64_t i = 1; i <= count; ++i) {
      Program::ClientPlace place;
      place.template_index = static_cast<std::uint32_t>(program_->templates.size());
      place.number = static_cast<std::uint32_t>(program_->clients.size()) + 1;
      place.process = (place.number - 1) % static_cast<std::uint32_t>(processes_);
      place.name = count == 1 ? compiled.name : fmt::format("{}{}", compiled.name, i);
      program_->clients.push_back(std::move(place));
    }
  }

  void CheckOptionNames() {
    for (const auto& [name, count] : program_->options.clients) {
      const bool is_known =
          std::any_of(file_.clients.begin(), file_.clients.end(),
                      [&wanted = name](const ClientTemplate& one) { return one.name.text == wanted; });
      if (!is_known) AddMistake(fmt::format("the race has no client \"{}\"", name), "");
    }
  }

  void AddServerVariable(const SetServer& item) {
    auto parsed = sql::ParseStatement(fmt::format("SET GLOBAL {} = {}", item.variable.text, item.value));
    if (auto* statement = std::get_if<sql::StatementRef>(&parsed)) {
      for (std::uint32_t server = 0; server < program_->servers.size(); ++server) {
        program_->server_variables.push_back({*statement, server, item.variable.offset});
      }
    } else {
      AddMistake(item.variable.offset, std::get<sql::ParseError>(parsed).message,
                 "A server's variable is set as in `server innodb_lock_wait_timeout = 5`.");
    }
  }

  void AddFault(const std::string& name) {
    const auto found = std::find_if(file_.faults.begin(), file_.faults.end(),
                                    [&](const Fault& fault) { return fault.name.text == name; });
    if (found == file_.faults.end()) {
      AddMistake(fmt::format("the race has no fault \"{}\"", name), "");
      return;
    }
    ProgramFault fault{found->name.text, found->kind, 0, std::nullopt, 0};
    const bool is_of_client = found->kind == FaultKind::kPause || found->kind == FaultKind::kDie;
    const std::optional<std::uint32_t> target = is_of_client
                                                    ? PlaceOf(program_->templates, found->target.text)
                                                    : PlaceOf(program_->services, found->target.text);
    if (!target) {
      AddMistake(
          found->target.offset,
          fmt::format("there is no {} \"{}\"", is_of_client ? "client" : "service", found->target.text), "");
      return;
    }
    fault.target = *target;
    if (!is_of_client && !HasNodes(program_->services[*target].kind)) {
      AddMistake(found->target.offset, fmt::format("\"{}\" is no Redis", found->target.text),
                 "Only a Redis node can be lost, fail over, or have its clock jump.");
    }
    if (is_of_client && found->at_step) {
      const std::vector<std::string>& steps = program_->templates[*target].steps;
      const auto step = std::find(steps.begin(), steps.end(), found->at_step->text);
      if (step == steps.end()) {
        AddMistake(found->at_step->offset,
                   fmt::format("{} has no step \"{}\"", found->target.text, found->at_step->text), "");
      } else {
        fault.at_step = static_cast<std::uint32_t>(step - steps.begin());
      }
    }
    const bool is_jump = found->kind == FaultKind::kClockJump;
    if (found->milliseconds) {
      fault.milliseconds = NumberOf(*found->milliseconds, is_jump ? -86'400'000 : 0, 86'400'000);
    }
    program_->faults.push_back(std::move(fault));
  }

  static bool HasNodes(ServiceKind kind) {
    return kind != ServiceKind::kMutex && kind != ServiceKind::kPool && kind != ServiceKind::kReplica;
  }

  template <class Named>
  static std::optional<std::uint32_t> PlaceOf(const std::vector<Named>& all, const std::string& name) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].name == name) return static_cast<std::uint32_t>(i);
    }
    return std::nullopt;
  }

  const RaceFile& file_;
  std::shared_ptr<Program> program_;
  CompileContext context_;
  std::vector<Mistake> mistakes_;
  Server scratch_;  // Computes numbers that stand fast before the race begins.
  SessionId session_;
  std::int64_t processes_ = 1;
};

}  // namespace

std::string_view GranularityName(Granularity granularity) {
  switch (granularity) {
    case Granularity::kStatement:
      return "statement";
    case Granularity::kRow:
      return "row";
  }
  return "";
}

std::string_view TimingName(Timing timing) {
  switch (timing) {
    case Timing::kMaximalProgress:
      return "maximal progress";
    case Timing::kAny:
      return "any";
  }
  return "";
}

std::string_view PurgeName(PurgeMode purge) {
  switch (purge) {
    case PurgeMode::kEager:
      return "eager";
    case PurgeMode::kOff:
      return "off";
    case PurgeMode::kChoice:
      return "choice";
  }
  return "";
}

Fingerprint FingerprintOf(const Program& program, const RaceOptions& options) {
  Canonical canonical;
  canonical.PutText(program.file->source.text);
  canonical.PutText(program.options.fix);
  for (const Program::ClientPlace& client : program.clients) canonical.PutText(client.name);
  for (const auto& [name, value] : program.parameters) {
    canonical.PutText(name);
    value.PutInto(canonical);
  }
  for (const ProgramFault& fault : program.faults) canonical.PutText(fault.name);
  canonical.Put(options.purge == PurgeMode::kEager ? 1 : options.purge == PurgeMode::kOff ? 0 : 2);
  if (options.granularity == Granularity::kRow) canonical.PutText("row");
  if (options.timing == Timing::kAny) {
    canonical.PutText("any");
    canonical.Put(options.ticks);
  }
  if (options.isolation) canonical.PutText(IsolationText(*options.isolation));
  return canonical.Digest();
}

std::optional<std::uint32_t> Program::FindClient(std::string_view name) const {
  for (std::size_t i = 0; i < clients.size(); ++i) {
    if (clients[i].name == name) return static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

std::variant<ProgramRef, std::vector<Mistake>> BuildProgram(std::shared_ptr<const RaceFile> file,
                                                            RaceOptions options) {
  return ProgramBuilder(std::move(file), std::move(options)).Build();
}

}  // namespace nextkey
