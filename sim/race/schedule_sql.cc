#include "sim/race/schedule_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "sim/race/play.h"

namespace nextkey {
namespace {

std::string Assignment(const std::string& name, const Value& value) {
  return fmt::format("@{} = {}", name, SqlLiteral(value));
}

class ScriptWriter {
 public:
  explicit ScriptWriter(const Program& program) : program_(program) {}

  std::variant<ScriptText, NoScript> Write(const Schedule& schedule) {
    auto opened = OpenRace(program_);
    if (std::holds_alternative<std::vector<Mistake>>(opened)) return NoScript{"the race can't be set up"};
    RaceWorld world = std::get<RaceWorld>(std::move(opened));
    WriteHead(schedule);
    WriteSetup();
    for (std::uint32_t client = 0; client < program_.clients.size(); ++client) WriteClient(world, client);
    text_ += '\n';
    for (std::size_t i = 0; i < schedule.choices.size(); ++i) {
      if (auto why = WhyNot(world, schedule.choices[i]))
        return NoScript{fmt::format("choice {} is {}", i + 1, *why)};
      WriteChoice(world, schedule.choices[i]);
    }
    return ScriptText{std::move(text_)};
  }

 private:
  void WriteHead(const Schedule& schedule) {
    text_ += fmt::format("# {}: {}.\n", program_.file->title.text, program_.file->sentence);
    text_ += fmt::format("# The schedule {}, statement by statement.\n", TokenOf(program_, schedule));
  }

  void WriteSetup() {
    for (const PlacedStatement& one : program_.server_variables) {
      if (one.server == 0) Put(one.statement->text, "", "");
    }
    if (!program_.parameters.empty()) Put(SetAll(program_.parameters), "", "");
    for (const std::vector<PlacedStatement>& block : program_.setup) {
      for (const PlacedStatement& one : block) Put(one.statement->text, "", "");
    }
    text_ += '\n';
  }

  void WriteClient(const RaceWorld& world, std::uint32_t client) {
    UserVariables variables = program_.parameters;
    variables["me"] = Value::Int(program_.clients[client].number);
    Put(SetAll(variables), NameOf(client), "");
    for (const PlacedStatement& one : program_.TemplateOf(client).setup) {
      if (one.server == 0) Put(one.statement->text, NameOf(client), "");
    }
    // What it computed before its first statement.
    const ClientState& state = *world.clients[client];
    UserVariables computed;
    for (const auto& [name, value] : world.servers.front().user_variables(state.sessions.front())) {
      const UserVariables& first = (*world.first_variables)[client];
      const auto before = first.find(name);
      if (before == first.end() || !(before->second == value)) computed.emplace(name, value);
    }
    if (!computed.empty()) Put(SetAll(computed), NameOf(client), "");
  }

  // Why a choice has no place in a script; absent if it has one. A replica that nobody asks does not matter.
  std::optional<std::string> WhyNot(const RaceWorld& world, const Choice& choice) const {
    if (choice.kind == ChoiceKind::kFault) return "a fault, and no statement of a client";
    if (choice.kind == ChoiceKind::kPurge) return "purge, which no statement can call";
    if (choice.kind == ChoiceKind::kTick) return "time that passes by itself";
    if (choice.kind == ChoiceKind::kTimer &&
        world.clients[choice.actor]->phase == ClientPhase::kWaitsForServer)
      return "a wait in the server that ends by the clock, which no statement can move";
    if (choice.kind != ChoiceKind::kClient) return std::nullopt;
    if (world.clients[choice.actor]->phase == ClientPhase::kInStatement)
      return "the going on of a statement, and a script's statements run whole";
    const Instruction* next = NextInstruction(world, program_, choice.actor);
    const auto* send = next == nullptr ? nullptr : std::get_if<SendSql>(&next->what);
    if (send != nullptr && send->server != 0) return "for a replica, and a script speaks to one server";
    return std::nullopt;
  }

  void WriteChoice(RaceWorld& world, const Choice& choice) {
    const Instruction* next =
        choice.kind == ChoiceKind::kClient ? NextInstruction(world, program_, choice.actor) : nullptr;
    const bool is_sql = choice.kind == ChoiceKind::kClient &&
                        (next == nullptr || std::holds_alternative<SendSql>(next->what));
    ChoiceReport report;
    PlayChoice(world, program_, choice, &report);
    if (is_sql) {
      Put(report.step.sql, NameOf(choice.actor), RemarkOf(report.step));
    } else if (choice.kind == ChoiceKind::kClient) {
      text_ += fmt::format("# {}: {}\n", NameOf(choice.actor), report.step.sql);
    }
    for (const LocalComputing& one : report.computed) Put(one.text, NameOf(one.client), "");
  }

  static std::string RemarkOf(const StepReport& step) {
    if (step.status == StepStatus::kBlocked) return ", waits";
    return step.result.error ? fmt::format(", error {}", step.result.error->number) : "";
  }

  static std::string SetAll(const UserVariables& variables) {
    std::string text;
    for (const auto& [name, value] : variables)
      text += (text.empty() ? "SET " : ", ") + Assignment(name, value);
    return text;
  }

  const std::string& NameOf(std::uint32_t client) const { return program_.clients[client].name; }

  void Put(const std::string& statement, const std::string& session, const std::string& remark) {
    text_ += statement + ";";
    if (!session.empty()) text_ += " -- " + session + remark;
    text_ += '\n';
  }

  const Program& program_;
  std::string text_;
};

}  // namespace

std::variant<ScriptText, NoScript> ScheduleAsSql(const Program& program, const Schedule& schedule) {
  return ScriptWriter(program).Write(schedule);
}

}  // namespace nextkey
