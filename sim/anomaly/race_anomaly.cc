#include "sim/anomaly/race_anomaly.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "sim/anomaly/history_recorder.h"
#include "sim/race/play.h"

namespace nextkey {
namespace {

class RaceHistorian {
 public:
  RaceHistorian(const Program& program, RaceWorld world) : program_(program), world_(std::move(world)) {
    for (Server& server : world_.servers) server.SetReportsHistory(true);
    for (std::uint32_t client = 0; client < world_.clients.size(); ++client) {
      const auto& sessions = world_.clients[client]->sessions;
      sessions_.emplace_back(sessions.begin(), sessions.end());
      for (std::uint32_t server = 0; server < sessions.size(); ++server)
        recorder_.Introduce(sessions[server], program.clients[client].name, server);
    }
    for (std::uint32_t i = 0; i < world_.replicas.size(); ++i) {
      recorder_.Introduce(world_.replicas[i]->applier, program.servers[i + 1], i + 1,
                          HistoryRecorder::SessionRole::kApplier);
    }
  }

  bool Play(const Choice& choice) {
    const std::vector<Choice> choices = ChoicesOf(world_, program_);
    if (std::find(choices.begin(), choices.end(), choice) == choices.end()) return false;
    if (choice.kind == ChoiceKind::kClient) JoinRequest(choice.actor);
    ChoiceReport report;
    PlayChoice(world_, program_, choice, &report);
    if (choice.kind == ChoiceKind::kClient) {
      for (const SessionId session : sessions_[choice.actor]) recorder_.Begin(session, report.step.sql);
    }
    recorder_.NoteTables(world_.servers.front().state().catalog);
    recorder_.Add(report.step.history);
    return true;
  }

  History Finish() && {
    for (const auto& [try_of, request] : requests_) {
      const ClientState& state = *world_.clients[try_of.first];
      const bool is_last = try_of.second == state.attempt;
      const bool is_done = state.phase == ClientPhase::kDone && state.outcome.end == RequestEnd::kSucceeded;
      if (!is_last || !is_done) recorder_.Fail(request);
    }
    return std::move(recorder_).Finish();
  }

 private:
  // Each try is a request of its own: what an earlier one read is forgotten.
  void JoinRequest(std::uint32_t client) {
    const std::uint32_t attempt = world_.clients[client]->attempt;
    const auto [found, is_new] = requests_.try_emplace({client, attempt}, 0U);
    const std::string& name = program_.clients[client].name;
    if (is_new)
      found->second =
          recorder_.AddRequest(attempt == 0 ? name : fmt::format("{} (try {})", name, attempt + 1));
    for (const SessionId session : sessions_[client]) recorder_.Join(session, found->second);
  }

  const Program& program_;
  RaceWorld world_;
  HistoryRecorder recorder_;
  std::vector<std::vector<SessionId>> sessions_;                               // By client, then server.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> requests_;  // By client and try.
};

}  // namespace

std::optional<History> HistoryOf(const Program& program, const Schedule& schedule) {
  auto opened = OpenRace(program);
  if (std::holds_alternative<std::vector<Mistake>>(opened)) return std::nullopt;
  RaceHistorian historian(program, std::get<RaceWorld>(std::move(opened)));
  for (const Choice& choice : schedule.choices) {
    if (!historian.Play(choice)) return std::nullopt;
  }
  return std::move(historian).Finish();
}

std::optional<Classification> AnomalyOf(const Program& program, const Schedule& schedule) {
  const std::optional<History> history = HistoryOf(program, schedule);
  if (!history) return std::nullopt;
  return Classify(*history);
}

}  // namespace nextkey
