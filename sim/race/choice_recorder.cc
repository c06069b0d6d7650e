#include "sim/race/choice_recorder.h"

#include <utility>

#include "sim/race/play.h"

namespace nextkey {

void ChoiceRecorder::Begin(std::uint32_t client, std::string text) {
  if (report_ == nullptr) return;
  BeginForNobody(program_.clients[client].name, std::move(text));
}

void ChoiceRecorder::BeginForNobody(std::string who, std::string text) {
  if (report_ == nullptr) return;
  StepReport& step = report_->step;
  step.session = std::move(who);
  step.sql = std::move(text);
  step.status = StepStatus::kBlocked;
  for (std::size_t client = 0; client < world_.clients.size(); ++client) {
    for (const SessionId session : world_.clients[client]->sessions) {
      step.names.emplace(session, program_.clients[client].name);
    }
  }
  for (std::size_t i = 0; i < world_.replicas.size(); ++i) {
    step.names.emplace(world_.replicas[i]->applier, program_.servers[i + 1]);
  }
}

void ChoiceRecorder::TimePassed(std::int64_t microseconds) {
  if (report_ == nullptr || microseconds <= 0) return;
  report_->step.happenings.emplace_back(nextkey::TimePassed{microseconds});
}

void ChoiceRecorder::Record(std::vector<Event> events) {
  if (report_ == nullptr) return;
  StepReport& step = report_->step;
  for (Event& event : events) {
    if (const auto* ended = std::get_if<StatementEnded>(&event)) Ended(ended->session, ended->result);
    if (const auto* waits = std::get_if<StatementWaits>(&event)) {
      if (NameOf(step, waits->session) == step.session) step.wait = waits->wait;
    }
    if (const auto* yields = std::get_if<StatementYields>(&event)) {
      if (NameOf(step, yields->session) == step.session) step.status = StepStatus::kOk;
    }
    std::visit(
        [&]<class Any>(Any& any) {
          if constexpr (std::is_same_v<Any, LockRuleApplied>) {
            step.rules.push_back(std::move(any));
          } else if constexpr (std::is_same_v<Any, HistoryEvent>) {
            step.history.push_back(std::move(any));
          } else {
            step.happenings.emplace_back(std::move(any));
          }
        },
        event);
  }
}

void ChoiceRecorder::CallWaits(std::uint32_t client, const std::string& service,
                               std::vector<std::uint32_t> blockers) {
  if (report_ == nullptr) return;
  Wait wait;
  wait.kind = WaitKind::kUserLock;
  wait.what = service;
  for (const std::uint32_t blocker : blockers) wait.blockers.push_back(SessionOf(blocker));
  report_->step.wait = wait;
  report_->step.happenings.emplace_back(StatementWaits{SessionOf(client), std::move(wait)});
}

void ChoiceRecorder::CallEnded(std::uint32_t client, const Value& answer, const std::string& error,
                               bool had_waited) {
  if (report_ == nullptr) return;
  const SessionId session = SessionOf(client);
  StatementResult result;
  if (!error.empty()) {
    result.error = SqlError{0, "", error};
  } else if (!answer.IsNull()) {
    result.has_rows = true;
    result.columns = {"answer"};
    result.rows = {{answer}};
  }
  if (had_waited) report_->step.happenings.emplace_back(WaitEnded{session});
  Ended(session, result);
  report_->step.happenings.emplace_back(StatementEnded{session, std::move(result)});
}

void ChoiceRecorder::CallGoesOn(std::uint32_t client, const std::string& what) {
  if (report_ == nullptr) return;
  StatementResult result;
  result.has_rows = true;
  result.columns = {"so far"};
  result.rows = {{Value::Text(what)}};
  const SessionId session = SessionOf(client);
  Ended(session, result);
  report_->step.happenings.emplace_back(StatementEnded{session, std::move(result)});
}

void ChoiceRecorder::TimerFired(std::uint32_t client) {
  if (report_ == nullptr) return;
  report_->step.happenings.emplace_back(nextkey::TimerFired{SessionOf(client), WaitKind::kUserLock});
}

void ChoiceRecorder::Computed(std::uint32_t client, std::string text) {
  if (report_ != nullptr) report_->computed.push_back({client, std::move(text)});
}

void ChoiceRecorder::News(std::uint32_t client, std::string text, bool is_retry) {
  if (report_ != nullptr) report_->news.push_back({client, std::move(text), is_retry});
}

SessionId ChoiceRecorder::SessionOf(std::uint32_t client) const {
  const ClientState& state = *world_.clients[client];
  return state.sessions.empty() ? SessionId() : state.sessions.front();
}

// What the client at that session was doing.
std::string ChoiceRecorder::TextOf(SessionId session) const {
  for (std::uint32_t client = 0; client < world_.clients.size(); ++client) {
    const ClientState& state = *world_.clients[client];
    for (const SessionId own : state.sessions) {
      if (own != session) continue;
      const Instruction* instruction = NextInstruction(world_, program_, client);
      return instruction == nullptr ? "ROLLBACK" : instruction->text;
    }
  }
  return "";
}

void ChoiceRecorder::Ended(SessionId session, const StatementResult& result) {
  StepReport& step = report_->step;
  const std::string name(NameOf(step, session));
  if (name == step.session) {
    step.result = result;
    step.status = result.error ? StepStatus::kError : StepStatus::kOk;
    step.wait.reset();
  } else {
    step.unblocked.push_back({name, 0, TextOf(session), result});
  }
}

}  // namespace nextkey
