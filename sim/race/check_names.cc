// Every name is declared once, and whatever is mentioned was declared.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "sim/race/check.h"
#include "sim/race/did_you_mean.h"
#include "sim/race/request_plan.h"
#include "sim/race/services.h"
#include "sim/text.h"

namespace nextkey::race {
namespace {

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class NameChecker {
 public:
  NameChecker(const RaceBuilder& read, std::vector<Problem>& problems)
      : read_(read), file_(read.file), problems_(problems) {}

  void Run() {
    CheckDuplicates();
    CheckClientNames();
    CheckParameters();
    for (const Service& service : file_.services) CheckOptions(service);
    CheckBlocks();
    for (const Fault& fault : file_.faults) CheckFault(fault);
    for (const Fix& fix : file_.fixes) CheckFix(fix);
    for (const Permutation& permutation : file_.permutations) CheckPermutation(permutation);
    for (const Expectation& expectation : file_.expectations) CheckExpectation(expectation);
  }

 private:
  void Complain(std::size_t offset, std::string message, std::string remedy) {
    problems_.push_back({offset, std::move(message), std::move(remedy)});
  }

  template <typename List>
  static std::vector<std::string> NamesOf(const List& list) {
    std::vector<std::string> names;
    for (const auto& one : list) {
      if (!one.name.text.empty()) names.push_back(one.name.text);
    }
    return names;
  }

  // --- Two of the same.
  template <typename List>
  void CheckUnique(const List& list, std::string_view what) {
    std::set<std::string> seen;
    for (const auto& one : list) {
      if (one.name.text.empty() || seen.insert(one.name.text).second) continue;
      Complain(one.name.offset, fmt::format("a second {} \"{}\"", what, one.name.text),
               "Give it a name of its own.");
    }
  }

  void CheckDuplicates() {
    CheckUnique(file_.parameters, "parameter");
    CheckUnique(file_.services, "service");
    CheckUnique(file_.clients, "client");
    CheckUnique(file_.faults, "fault");
    CheckUnique(file_.results, "result");
    CheckUnique(file_.fixes, "fix");
    CheckUnique(file_.permutations, "permutation");
    std::set<std::string> of_sessions;  // A permutation names them alone.
    for (const ClientTemplate& client : file_.clients) {
      CheckUnique(client.steps, "step");
      if (!client.is_session) continue;
      std::set<std::string> mine;
      for (const Step& step : client.steps) {
        mine.insert(step.name.text);
        if (!of_sessions.contains(step.name.text)) continue;
        Complain(step.name.offset, fmt::format("another session has a step \"{}\" too", step.name.text),
                 "Permutations name steps alone: give it a name of its own.");
      }
      of_sessions.merge(mine);
    }
  }

  // --- Clients and parameters.
  // `buyer2` is the second buyer; nobody else may be called so.
  void CheckClientNames() {
    if (file_.clients.empty()) {
      Complain(file_.source.text.size(), "nobody takes part in this race",
               "A client looks like this: client buyer 3  step pay { UPDATE .. }");
    }
    for (const ClientTemplate& client : file_.clients) {
      for (const ClientTemplate& other : file_.clients) {
        if (!other.count || !client.name.text.starts_with(other.name.text)) continue;
        const std::string_view number = std::string_view(client.name.text).substr(other.name.text.size());
        if (number.empty() || !std::all_of(number.begin(), number.end(), [](char c) { return IsDigit(c); }))
          continue;
        Complain(client.name.offset,
                 fmt::format("\"{}\" would also be the name of a \"{}\"", client.name.text, other.name.text),
                 "Call it something without a number at its end.");
      }
    }
  }

  void CheckParameters() {
    for (const Parameter& parameter : file_.parameters) {
      const std::string name = ToLower(parameter.name.text);
      if (name != kClientNumber && !IsCount(name)) continue;
      Complain(parameter.name.offset, fmt::format("@{} has a meaning of its own", name),
               "Choose another name.");
    }
    for (const ClientTemplate& client : file_.clients) {
      CheckConstant(client.count);
      if (client.retry) CheckRetry(*client.retry);
    }
    for (const Service& service : file_.services) {
      for (const ServiceOption& option : service.options) CheckConstant(option.value);
    }
    for (const Fault& fault : file_.faults) CheckConstant(fault.milliseconds);
  }
  void CheckRetry(const Retry& retry) {
    CheckConstant(retry.times);
    CheckConstant(retry.backoff_ms);
  }
  // What is known before anybody begins: numbers and parameters.
  void CheckConstant(const std::optional<LocalExpression>& expression) {
    if (!expression) return;
    CheckParameterRead(*expression->expression, expression->offset);
  }
  void CheckParameterRead(const sql::Expr& expression, std::size_t offset) {
    if (expression.op == sql::Op::kUserVariable) {
      std::vector<std::string> known;
      for (const Parameter& parameter : file_.parameters) known.push_back(ToLower(parameter.name.text));
      if (!Contains(known, ToLower(expression.name))) {
        Complain(
            offset, fmt::format("unknown parameter \"{}\"", expression.name),
            DidYouMean(expression.name, known, fmt::format("Declare it: parameter {} = 1", expression.name)));
      }
    }
    for (const sql::ExprRef& argument : expression.args) {
      if (argument) CheckParameterRead(*argument, offset);
    }
  }

  void CheckOptions(const Service& service) {
    std::vector<std::string> known;
    for (const std::string_view name : OptionNames(service.kind)) known.emplace_back(name);
    std::set<std::string> seen;
    for (const ServiceOption& option : service.options) {
      if (!Contains(known, option.name.text)) {
        Complain(option.name.offset,
                 fmt::format("a {} has no option \"{}\"", ServiceKindName(service.kind), option.name.text),
                 DidYouMean(option.name.text, known, "It has no options at all."));
      } else if (!seen.insert(option.name.text).second) {
        Complain(option.name.offset, fmt::format("option \"{}\" is given twice", option.name.text),
                 "Keep one of them.");
      }
    }
  }

  // --- Calls and replicas in blocks.
  void CheckBlocks() {
    for (const Block& block : file_.setup) CheckOutside(block, "the setup of a race");
    if (file_.teardown) CheckOutside(*file_.teardown, "the teardown of a race");
    for (const ClientTemplate& client : file_.clients) {
      if (client.setup) CheckOutside(*client.setup, "a client's setup");
      if (client.teardown) CheckOutside(*client.teardown, "a client's teardown");
      for (const Step& step : client.steps) CheckActions(step.block.actions);
    }
  }

  // Set-up is SQL alone: nobody schedules it.
  void CheckOutside(const Block& block, std::string_view where) {
    for (const Action& action : block.actions) {
      const auto* sql = std::get_if<SqlAction>(&action.what);
      if (sql != nullptr && sql->server.text.empty()) continue;
      Complain(action.offset, fmt::format("{} takes plain statements only", where), "Put it into a step.");
    }
  }

  void CheckActions(const Actions& actions) {
    for (const Action& action : actions) {
      if (const auto* sql = std::get_if<SqlAction>(&action.what)) CheckReplica(sql->server);
      if (const auto* call = std::get_if<CallAction>(&action.what)) CheckCall(*call);
      if (const auto* loop = std::get_if<WhileAction>(&action.what)) CheckActions(loop->actions);
      if (const auto* branches = std::get_if<IfAction>(&action.what)) {
        for (const IfAction::Branch& branch : branches->branches) CheckActions(branch.actions);
      }
    }
  }

  const Service* FindService(std::string_view name) const {
    for (const Service& service : file_.services) {
      if (service.name.text == name) return &service;
    }
    return nullptr;
  }

  void CheckReplica(const Name& server) {
    if (server.text.empty() || Contains(read_.unknown_services, server.text)) return;
    const Service* service = FindService(server.text);
    if (service != nullptr && service->kind == ServiceKind::kReplica) return;
    std::vector<std::string> replicas;
    for (const Service& known : file_.services) {
      if (known.kind == ServiceKind::kReplica) replicas.push_back(known.name.text);
    }
    Complain(
        server.offset,
        service == nullptr
            ? fmt::format("unknown replica \"{}\"", server.text)
            : fmt::format("\"{}\" is a {}, no replica", server.text, ServiceKindName(service->kind)),
        DidYouMean(server.text, replicas,
                   fmt::format("Declare it: service {} replica", service == nullptr ? server.text : "copy")));
  }

  void CheckCall(const CallAction& call) {
    const Service* service = FindService(call.service.text);
    if (service == nullptr) {
      if (Contains(read_.unknown_services, call.service.text)) return;
      Complain(call.service.offset, fmt::format("unknown service \"{}\"", call.service.text),
               DidYouMean(call.service.text, NamesOf(file_.services),
                          fmt::format("Declare it: service {} mutex", call.service.text)));
      return;
    }
    const OperationRule* rule = FindOperation(service->kind, call.operation.text);
    if (rule == nullptr) {
      std::vector<std::string> known;
      for (const std::string_view name : OperationNames(service->kind)) known.emplace_back(name);
      Complain(
          call.operation.offset,
          fmt::format("a {} has no operation \"{}\"", ServiceKindName(service->kind), call.operation.text),
          DidYouMean(call.operation.text, known,
                     fmt::format("It is read by ON {} SELECT ..;", call.service.text)));
      return;
    }
    CheckArguments(call, *rule);
  }

  void CheckArguments(const CallAction& call, const OperationRule& rule) {
    const std::size_t count = call.arguments.size();
    if (count < rule.fewest_arguments || count > rule.most_arguments) {
      const std::string wanted = rule.fewest_arguments == rule.most_arguments
                                     ? fmt::format("{}", rule.most_arguments)
                                     : fmt::format("{} to {}", rule.fewest_arguments, rule.most_arguments);
      Complain(call.operation.offset,
               fmt::format("{}.{} takes {} argument{}, not {}", call.service.text, rule.name, wanted,
                           rule.most_arguments == 1 ? "" : "s", count),
               rule.fewest_arguments == 1 && count == 0 ? "Which key? For example 'coupon:1'." : "");
    }
    if (!call.into.text.empty() && rule.answer.empty()) {
      Complain(call.into.offset, fmt::format("{}.{} answers nothing", call.service.text, rule.name),
               "Leave INTO out: it goes on when it is done.");
    }
  }

  // --- Faults.
  void CheckFault(const Fault& fault) {
    const bool hits_client = fault.kind == FaultKind::kPause || fault.kind == FaultKind::kDie;
    std::vector<std::string> known;
    if (hits_client) known = NamesOf(file_.clients);
    for (const Service& service : file_.services) {
      const bool is_in_redis = service.kind != ServiceKind::kMutex && service.kind != ServiceKind::kPool &&
                               service.kind != ServiceKind::kReplica;
      if (!hits_client && is_in_redis) known.push_back(service.name.text);
    }
    const std::string_view wanted = hits_client ? "client" : "Redis service";
    if (!Contains(known, fault.target.text) && !Contains(read_.unknown_services, fault.target.text)) {
      Complain(
          fault.target.offset,
          fmt::format("this fault hits a {}, and there is no {} \"{}\"", wanted, wanted, fault.target.text),
          DidYouMean(fault.target.text, known,
                     hits_client ? "" : "Mutexes, pools and replicas live elsewhere."));
    }
    CheckFaultStep(fault, hits_client);
    const bool takes_time = fault.kind == FaultKind::kPause || fault.kind == FaultKind::kClockJump;
    if (takes_time && !fault.milliseconds) {
      Complain(fault.name.offset, fmt::format("fault \"{}\" does not say for how long", fault.name.text),
               "Write `for 15 s` behind it.");
    } else if (!takes_time && fault.milliseconds) {
      Complain(fault.milliseconds->offset, "this fault lasts for ever", "Leave the time out.");
    }
  }

  void CheckFaultStep(const Fault& fault, bool hits_client) {
    if (!fault.at_step) return;
    if (!hits_client) {
      Complain(fault.at_step->offset, "a service has no steps", "Leave `at` out: it can happen at any time.");
      return;
    }
    for (const ClientTemplate& client : file_.clients) {
      if (client.name.text != fault.target.text) continue;
      std::vector<std::string> steps = NamesOf(client.steps);
      for (const Fix& fix : file_.fixes) {
        for (const FixItem& item : fix.items) {
          if (const auto* insert = std::get_if<InsertBeside>(&item))
            steps.push_back(insert->inserted.name.text);
        }
      }
      if (Contains(steps, fault.at_step->text)) return;
      Complain(fault.at_step->offset,
               fmt::format("client \"{}\" has no step \"{}\"", client.name.text, fault.at_step->text),
               DidYouMean(fault.at_step->text, steps));
    }
  }

  // --- Fixes.
  void CheckFix(const Fix& fix) {
    if (fix.items.empty()) {
      Complain(
          fix.name.offset, fmt::format("fix \"{}\" changes nothing", fix.name.text),
          "Say what it does: replace, remove, before, after, around, isolation, retry, server, processes, "
          "setup or use.");
    }
    std::map<std::string, std::size_t> replaced;
    for (const FixItem& item : fix.items) {
      if (const auto* use = std::get_if<UseFix>(&item)) CheckFixName(use->fix);
      if (const auto* setup = std::get_if<MoreSetup>(&item)) CheckOutside(setup->block, "a setup");
      if (const auto* insert = std::get_if<InsertBeside>(&item)) CheckActions(insert->inserted.block.actions);
      if (const auto* retry = std::get_if<SetRetry>(&item)) CheckRetry(retry->retry);
      if (const auto* wrap = std::get_if<WrapSteps>(&item)) {
        CheckActions(wrap->enter.actions);
        CheckActions(wrap->leave.actions);
      }
      if (const auto* replace = std::get_if<ReplaceStep>(&item)) {
        CheckActions(replace->block.actions);
        const StepRef& step = replace->step;
        if (!replaced.emplace(step.client.text + "." + step.step.text, 0).second) {
          Complain(step.step.offset, fmt::format("step \"{}\" is replaced twice", step.step.text),
                   "Keep one of them.");
        }
      }
    }
    PlanRequests(file_, &fix, problems_);
  }

  void CheckFixName(const Name& fix) {
    const std::vector<std::string> known = NamesOf(file_.fixes);
    if (fix.text.empty() || Contains(known, fix.text)) return;
    Complain(fix.offset, fmt::format("unknown fix \"{}\"", fix.text),
             DidYouMean(fix.text, known, "This file has no fixes."));
  }

  // --- Permutations and expectations.
  void CheckPermutation(const Permutation& permutation) {
    std::set<std::string> mentioned;
    for (const PermutationStep& step : permutation.steps) mentioned.insert(step.step.text);
    for (const PermutationStep& step : permutation.steps) {
      CheckMentionedStep(step.step);
      for (const StepMarker& marker : step.markers) {
        if (marker.kind == StepMarker::Kind::kStar || mentioned.contains(marker.step.text)) continue;
        Complain(marker.step.offset, fmt::format("step \"{}\" is not in this permutation", marker.step.text),
                 DidYouMean(marker.step.text, {mentioned.begin(), mentioned.end()}));
      }
    }
  }

  // `s1`, `buyer.read`, `buyer2.read`
  void CheckMentionedStep(const Name& mentioned) {
    const std::size_t point = mentioned.text.find('.');
    if (point == std::string::npos) return CheckLoneStep(mentioned);
    const std::string who = mentioned.text.substr(0, point);
    const std::string step = mentioned.text.substr(point + 1);
    const ClientTemplate* client = FindClient(who);
    if (client == nullptr) {
      Complain(mentioned.offset, fmt::format("unknown client \"{}\"", who),
               DidYouMean(who, NumberedClients()));
      return;
    }
    const std::vector<std::string> steps = StepsOf(*client);
    if (!Contains(steps, step)) {
      Complain(mentioned.offset + point + 1, fmt::format("unknown step \"{}\"", step),
               DidYouMean(step, steps));
    }
  }

  void CheckLoneStep(const Name& mentioned) {
    std::vector<std::string> known;
    const ClientTemplate* several = nullptr;
    std::size_t owners = 0;
    for (const ClientTemplate& client : file_.clients) {
      const std::vector<std::string> steps = StepsOf(client);
      known.insert(known.end(), steps.begin(), steps.end());
      if (!Contains(steps, mentioned.text)) continue;
      ++owners;
      if (client.count) several = &client;
    }
    if (owners == 0) {
      Complain(mentioned.offset, fmt::format("unknown step \"{}\"", mentioned.text),
               DidYouMean(mentioned.text, known));
    } else if (several != nullptr) {
      Complain(mentioned.offset,
               fmt::format("which \"{}\" does step \"{}\"?", several->name.text, mentioned.text),
               fmt::format("Say whose: {}1.{}", several->name.text, mentioned.text));
    } else if (owners > 1) {
      Complain(mentioned.offset, fmt::format("several clients have a step \"{}\"", mentioned.text),
               fmt::format("Say whose: CLIENT.{}", mentioned.text));
    }
  }

  // By its own name where it is alone, else with a number behind.
  const ClientTemplate* FindClient(std::string_view who) const {
    for (const ClientTemplate& client : file_.clients) {
      const std::string& name = client.name.text;
      if (!client.count) {
        if (who == name) return &client;
        continue;
      }
      if (!who.starts_with(name)) continue;
      const std::string_view number = who.substr(name.size());
      const bool is_number = !number.empty() && number.size() < 6 && number[0] != '0' &&
                             std::all_of(number.begin(), number.end(), [](char c) { return IsDigit(c); });
      if (!is_number) continue;
      const std::optional<std::int64_t> count = CountOf(client);
      if (!count || std::stoll(std::string(number)) <= *count) return &client;
    }
    return nullptr;
  }

  std::optional<std::int64_t> CountOf(const ClientTemplate& client) const {
    const sql::Expr& count = *client.count->expression;
    const Value* value = count.op == sql::Op::kLiteral ? &count.literal : nullptr;
    for (const Parameter& parameter : file_.parameters) {
      if (count.op == sql::Op::kUserVariable && ToLower(parameter.name.text) == count.name)
        value = &parameter.value;
    }
    if (value == nullptr || value->kind() != ValueKind::kInt) return std::nullopt;
    return value->AsInt();
  }

  std::vector<std::string> NumberedClients() const {
    std::vector<std::string> names;
    for (const ClientTemplate& client : file_.clients) {
      const std::int64_t count = client.count ? CountOf(client).value_or(1) : 0;
      if (!client.count) names.push_back(client.name.text);
      for (std::int64_t number = 1; number <= std::min<std::int64_t>(count, 9); ++number) {
        names.push_back(fmt::format("{}{}", client.name.text, number));
      }
    }
    return names;
  }

  // Those that fixes insert included: a schedule may belong to a fix.
  std::vector<std::string> StepsOf(const ClientTemplate& client) const {
    std::vector<std::string> steps = NamesOf(client.steps);
    for (const Fix& fix : file_.fixes) {
      for (const FixItem& item : fix.items) {
        const auto* insert = std::get_if<InsertBeside>(&item);
        if (insert != nullptr && Contains(steps, insert->step.step.text))
          steps.push_back(insert->inserted.name.text);
      }
    }
    return steps;
  }

  void CheckExpectation(const Expectation& expectation) {
    CheckFixName(expectation.fix);
    const std::vector<std::string> known = NamesOf(file_.permutations);
    if (!expectation.schedule.text.empty() && !Contains(known, expectation.schedule.text)) {
      Complain(expectation.schedule.offset,
               fmt::format("unknown permutation \"{}\"", expectation.schedule.text),
               DidYouMean(expectation.schedule.text, known, "No permutation of this file has a name."));
    }
    if (expectation.condition)
      CheckSeenResults(*expectation.condition->expression, expectation.condition->offset);
  }

  void CheckSeenResults(const sql::Expr& expression, std::size_t offset) {
    if (expression.op == sql::Op::kUserVariable) {
      std::vector<std::string> known;
      for (const ResultQuery& result : file_.results) known.push_back(ToLower(result.name.text));
      for (const Parameter& parameter : file_.parameters) known.push_back(ToLower(parameter.name.text));
      known.insert(known.end(), kCounts.begin(), kCounts.end());
      const std::string name = ToLower(expression.name);
      if (!Contains(known, name) && !Contains(read_.unknown_results, name)) {
        Complain(offset + expression.text.begin, fmt::format("unknown result \"@{}\"", name),
                 Nearest(name, known).empty() ? fmt::format("Declare it: result {} {{ SELECT .. }}", name)
                                              : DidYouMean(name, known));
      }
    }
    for (const sql::ExprRef& argument : expression.args) {
      if (argument) CheckSeenResults(*argument, offset);
    }
  }

  const RaceBuilder& read_;
  const RaceFile& file_;
  std::vector<Problem>& problems_;
};

}  // namespace

void CheckNames(const RaceBuilder& read, std::vector<Problem>& problems) {
  NameChecker(read, problems).Run();
}

}  // namespace nextkey::race
