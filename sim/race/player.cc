#include "sim/race/player.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/race/wait_circle.h"

namespace nextkey {
namespace {

// A client that has computed so much without a statement or a call will do so for ever.
constexpr std::uint32_t kMostLocalInstructions = 10'000;

RequestOutcome OutcomeOf(const SqlError& error) {
  RequestOutcome outcome{RequestEnd::kFailed, error.number, error.message};
  if (error.number == 1213) outcome.end = RequestEnd::kDeadlocked;
  if (error.number == 1205) outcome.end = RequestEnd::kTimedOut;
  return outcome;
}

// In isolationtester's specs an error ends the step, and the session goes on with its next one.
void SkipStep(ClientState& state, const ProgramTemplate& compiled) {
  const std::uint32_t step = compiled.instructions[state.instruction].step;
  const auto is_last = [&] { return state.instruction + 1 == compiled.instructions.size(); };
  while (!is_last() && compiled.instructions[state.instruction].step == step) ++state.instruction;
}

}  // namespace

bool RacePlayer::Play(Choice choice) {
  for (Server& server : world_.servers) server.SetTellsInWords(recorder_.IsWanted());
  switch (choice.kind) {
    case ChoiceKind::kClient:
      PlayClient(choice.actor);
      break;
    case ChoiceKind::kTimer:
      PlayTimer(choice);
      break;
    case ChoiceKind::kReplica:
      PlayReplica(choice.actor);
      break;
    case ChoiceKind::kFault:
      PlayFault(choice);
      break;
    case ChoiceKind::kPurge:
      PlayPurge(choice.actor);
      break;
    case ChoiceKind::kTick:
      PlayTick(choice.actor);
      break;
  }
  CollectCommitted();
  return others_went_on_;
}

void RacePlayer::PlayClient(std::uint32_t client) {
  if (world_.clients[client]->phase == ClientPhase::kInStatement) return GoOn(client);
  const Instruction* next = NextInstruction(world_, program_, client);
  if (recorder_.IsWanted()) recorder_.Begin(client, next == nullptr ? "ROLLBACK" : next->text);
  if (next == nullptr) {
    Send(client, world_.clients[client]->scopes.back().place, program_.rollback);
  } else if (const auto* send = std::get_if<SendSql>(&next->what)) {
    Send(client, send->server, send->statement);
  } else {
    Call(client, std::get<CallService>(next->what));
  }
}

// A statement that stood before a lock, or whose wait has ended.
void RacePlayer::GoOn(std::uint32_t client) {
  recorder_.Begin(client, "-- goes on");
  const std::uint32_t server = world_.clients[client]->server;
  at_work_ = world_.clients[client]->sessions[server];
  Process(server, world_.servers[server].GoOn(at_work_, plans_));
}

void RacePlayer::PlayPurge(std::uint32_t server) {
  recorder_.BeginForNobody("purge", fmt::format("-- of {}", program_.servers[server]));
  Process(server, world_.servers[server].Purge(plans_));
}

void RacePlayer::PlayTick(std::uint32_t which) {
  const bool is_second = which == Choice::kTickOfASecond;
  recorder_.BeginForNobody("time", is_second ? "-- a second" : "-- until a key expires");
  if (is_second) --world_.ticks_left;
  PassTo(is_second ? world_.now_us() + 1'000'000 : *world_.NextExpiry());
}

void RacePlayer::PassTo(std::int64_t time_us) {
  const std::int64_t passes_us = time_us - world_.now_us();
  if (passes_us <= 0) return;
  for (Server& server : world_.servers) server.PassTime(passes_us);
  ExpireKeys(world_);
  recorder_.TimePassed(passes_us);
}

// --- Servers -------------------------------------------------------------------------------------------

// The variables are the client's, not one connection's.
void RacePlayer::UseServer(ClientState& state, std::uint32_t server) {
  if (state.server == server) return;
  world_.servers[server].SetUserVariables(
      state.sessions[server], world_.servers[state.server].user_variables(state.sessions[state.server]));
  state.server = server;
}

void RacePlayer::Send(std::uint32_t client, std::uint32_t server, const sql::StatementRef& statement) {
  ClientState& state = Client(client);
  UseServer(state, server);
  at_work_ = state.sessions[server];
  Process(server, world_.servers[server].Execute(state.sessions[server], statement, plans_));
}

void RacePlayer::Process(std::uint32_t server, std::vector<Event> events) {
  if (recorder_.IsWanted()) recorder_.Record(events);
  const auto owner_of = [&](SessionId session) -> std::optional<std::uint32_t> {
    for (std::uint32_t client = 0; client < world_.clients.size(); ++client) {
      const auto& sessions = world_.clients[client]->sessions;
      if (server < sessions.size() && sessions[server] == session) return client;
    }
    return std::nullopt;
  };
  const bool goes_by_rows = program_.options.granularity == Granularity::kRow;
  for (const Event& event : events) {
    if (const auto* let_go = std::get_if<WaitEnded>(&event)) {
      others_went_on_ |= let_go->session != at_work_;
      const auto client = goes_by_rows ? owner_of(let_go->session) : std::nullopt;
      if (client) Client(*client).phase = ClientPhase::kInStatement;
    } else if (const auto* yields = std::get_if<StatementYields>(&event)) {
      if (const auto client = owner_of(yields->session)) Client(*client).phase = ClientPhase::kInStatement;
    }
    if (const auto* waits = std::get_if<StatementWaits>(&event)) {
      others_went_on_ |= waits->session != at_work_;
      if (const auto client = owner_of(waits->session)) Client(*client).phase = ClientPhase::kWaitsForServer;
    } else if (const auto* ended = std::get_if<StatementEnded>(&event)) {
      others_went_on_ |= ended->session != at_work_;
      const auto client = owner_of(ended->session);
      if (client) OnStatementEnded(*client, server, ended->result);
      if (!client && server > 0 && world_.replicas[server - 1]->applier == ended->session) {
        OnApplierEnded(server, ended->result);
      }
    }
  }
}

void RacePlayer::TrackTransaction(ClientState& state, std::uint32_t server) {
  const ClientScope scope{ClientScope::Kind::kTransaction, server};
  const auto found = std::find(state.scopes.begin(), state.scopes.end(), scope);
  const bool is_open = world_.servers[server].IsInTransaction(state.sessions[server]);
  if (is_open && found == state.scopes.end()) state.scopes.push_back(scope);
  if (!is_open && found != state.scopes.end()) state.scopes.erase(found);
}

void RacePlayer::OnStatementEnded(std::uint32_t client, std::uint32_t server, const StatementResult& result) {
  ClientState& state = Client(client);
  state.phase = ClientPhase::kReady;
  TrackTransaction(state, server);
  if (state.rolls_back) {
    state.rolls_back = false;
    if (!Unwind(client)) return;
  } else if (result.error && program_.file->title.text.empty()) {
    SkipStep(state, program_.TemplateOf(client));
  } else if (result.error) {
    FailWith(state, *result.error);
    if (!Unwind(client)) return;
  } else {
    ++state.instruction;
  }
  Advance(client);
}

// --- Services ------------------------------------------------------------------------------------------

const CallService& RacePlayer::CallOf(std::uint32_t client) const {
  const ClientState& state = *world_.clients[client];
  return std::get<CallService>(program_.TemplateOf(client).instructions[state.instruction].what);
}

void RacePlayer::Call(std::uint32_t client, const CallService& call) {
  ClientState& state = Client(client);
  state.timer.reset();
  std::vector<Value> arguments;
  for (const SessionExpressionRef& argument : call.arguments) {
    auto value = world_.servers[state.server].Evaluate(state.sessions[state.server], *argument);
    if (const auto* error = std::get_if<SqlError>(&value)) {
      FailWith(state, *error);
      if (Unwind(client)) Advance(client);
      return;
    }
    arguments.push_back(std::get<Value>(std::move(value)));
  }
  ServiceDesk desk{world_, program_};
  const CallResult result = MakeCall(desk, client, call, arguments);
  ApplyCall(client, result, false);
  ApplyLetGo(desk);
}

void RacePlayer::ApplyLetGo(ServiceDesk& desk) {
  for (const auto& [client, result] : desk.let_go) {
    Client(client).timer.reset();
    ApplyCall(client, result, true);
  }
}

void RacePlayer::ApplyCall(std::uint32_t client, const CallResult& result, bool had_waited) {
  ClientState& state = Client(client);
  const CallService& call = CallOf(client);
  if (std::holds_alternative<CallWaits>(result)) {
    state.phase = ClientPhase::kWaitsForService;
    if (recorder_.IsWanted()) {
      recorder_.CallWaits(client, program_.services[call.service].name, HoldersOf(world_, program_, client));
    }
    return;
  }
  if (std::holds_alternative<CallSleeps>(result)) {
    state.phase = ClientPhase::kSleeps;
    recorder_.CallGoesOn(client, "not yet; waits a moment");
    return;
  }
  state.phase = ClientPhase::kReady;
  if (std::holds_alternative<CallGoesOn>(result)) {
    recorder_.CallGoesOn(client, had_waited ? "tries again" : "goes on");
    return;
  }
  if (const auto* failed = std::get_if<CallFailed>(&result)) {
    recorder_.CallEnded(client, Value::Null(), failed->outcome.reason, had_waited);
    state.call = CallState{};
    FailRequest(state, failed->outcome);
    if (Unwind(client)) Advance(client);
    return;
  }
  const Value& answer = std::get<CallAnswered>(result).value;
  recorder_.CallEnded(client, answer, "", had_waited);
  state.call = CallState{};
  if (!call.into.empty()) {
    world_.servers[state.server].SetUserVariable(state.sessions[state.server], call.into, answer);
    if (recorder_.IsWanted())
      recorder_.Computed(client, fmt::format("SET @{} = {}", call.into, SqlLiteral(answer)));
  }
  ++state.instruction;
  Advance(client);
}

// --- Timers --------------------------------------------------------------------------------------------

void RacePlayer::PlayTimer(const Choice& choice) {
  const std::uint32_t client = choice.actor;
  recorder_.Begin(client, "");
  ClientState& state = Client(client);
  if (state.phase == ClientPhase::kWaitsForServer) {
    for (std::uint32_t server = 0; server < world_.servers.size(); ++server) {
      const SessionState& session = *world_.servers[server].state().sessions.at(state.sessions[server]);
      if (!session.wait || !session.wait->deadline_us) continue;
      PassTo(*session.wait->deadline_us);
      Process(server, world_.servers[server].FireDeadline(state.sessions[server], plans_));
      return;
    }
  }
  PassTo(choice.IsEarlyTimer() ? state.timer->from_us : state.timer->to_us);
  state.timer.reset();
  recorder_.TimerFired(client);
  ServiceDesk desk{world_, program_};
  if (std::exchange(state.is_paused, false)) StartWatchdogs(desk, client);
  const bool is_in_call = state.call.stage != CallStage::kNotBegun;
  const bool waited_in_call = is_in_call && state.phase == ClientPhase::kWaitsForService;
  state.phase = ClientPhase::kReady;
  if (waited_in_call || (is_in_call && state.call.stage == CallStage::kGiveUp)) {
    ApplyCall(client, EndCallWait(desk, client, CallOf(client)), true);
    ApplyLetGo(desk);
  } else if (!is_in_call) {
    Advance(client);
  }
}

// --- Local computing -----------------------------------------------------------------------------------

void RacePlayer::Advance(std::uint32_t client) {
  const std::vector<Instruction>& instructions = program_.TemplateOf(client).instructions;
  std::uint32_t left = kMostLocalInstructions;
  while (true) {
    ClientState& state = Client(client);
    if (state.phase != ClientPhase::kReady || state.rolls_back) return;
    if (--left == 0) {
      FailRequest(state, {RequestEnd::kFailed, 0,
                          fmt::format("{} instructions without a statement or a call: an endless loop",
                                      kMostLocalInstructions)});
      state.scopes.erase(
          std::remove_if(state.scopes.begin(), state.scopes.end(),
                         [](const ClientScope& scope) { return scope.kind == ClientScope::Kind::kBlock; }),
          state.scopes.end());
      left = kMostLocalInstructions;
      if (!Unwind(client)) return;
      continue;
    }
    if (!Run(client, instructions[state.instruction])) return;
  }
}

bool RacePlayer::Run(std::uint32_t client, const Instruction& instruction) {
  ClientState& state = Client(client);
  if (const auto* set = std::get_if<SetVariables>(&instruction.what)) {
    if (recorder_.IsWanted()) recorder_.Computed(client, instruction.text);
    return RunSet(state, *set) || Unwind(client);
  }
  if (const auto* test = std::get_if<JumpUnless>(&instruction.what)) {
    return RunTest(state, *test) || Unwind(client);
  }
  if (const auto* think = std::get_if<Think>(&instruction.what)) {
    if (!RunThink(state, *think)) return Unwind(client);
    return state.phase == ClientPhase::kReady;
  }
  if (const auto* jump = std::get_if<Jump>(&instruction.what)) {
    state.instruction = jump->target;
    return true;
  }
  if (const auto* fail = std::get_if<Fail>(&instruction.what)) {
    FailRequest(state, {RequestEnd::kRefused, 0, fail->reason});
    return Unwind(client);
  }
  if (const auto* enter = std::get_if<EnterScope>(&instruction.what)) {
    state.scopes.push_back({ClientScope::Kind::kBlock, enter->leave});
    ++state.instruction;
    return true;
  }
  if (std::holds_alternative<LeaveScope>(instruction.what)) {
    const auto last = std::find_if(state.scopes.rbegin(), state.scopes.rend(), [](const ClientScope& scope) {
      return scope.kind == ClientScope::Kind::kBlock;
    });
    if (last != state.scopes.rend()) state.scopes.erase(std::next(last).base());
    ++state.instruction;
    return true;
  }
  if (std::holds_alternative<ResumeUnwinding>(instruction.what)) {
    if (state.is_unwinding) return Unwind(client);
    ++state.instruction;
    return true;
  }
  if (std::holds_alternative<EndRequest>(instruction.what)) {
    state.phase = ClientPhase::kDone;
    recorder_.News(client, "succeeded");
    return false;
  }
  return false;  // A statement or a call: the client's next choice.
}

bool RacePlayer::RunSet(ClientState& state, const SetVariables& set) {
  Server& server = world_.servers[state.server];
  for (const SetVariables::Assignment& assignment : set.assignments) {
    auto value = server.Evaluate(state.sessions[state.server], *assignment.value);
    if (const auto* error = std::get_if<SqlError>(&value)) {
      FailWith(state, *error);
      return false;
    }
    server.SetUserVariable(state.sessions[state.server], assignment.name, std::get<Value>(std::move(value)));
  }
  ++state.instruction;
  return true;
}

bool RacePlayer::RunThink(ClientState& state, const Think& think) {
  auto value = world_.servers[state.server].Evaluate(state.sessions[state.server], *think.milliseconds);
  if (const auto* error = std::get_if<SqlError>(&value)) {
    FailWith(state, *error);
    return false;
  }
  ++state.instruction;
  constexpr std::int64_t kLongest_ms = 31'536'000'000;  // A year.
  const std::int64_t milliseconds = std::min(ToInteger(std::get<Value>(value)).value_or(0), kLongest_ms);
  if (milliseconds <= 0) return true;
  const std::int64_t until_us = world_.now_us() + milliseconds * 1000;
  state.timer = TimerWindow{until_us, until_us};
  state.phase = ClientPhase::kSleeps;
  return true;
}

bool RacePlayer::RunTest(ClientState& state, const JumpUnless& test) {
  auto value = world_.servers[state.server].Evaluate(state.sessions[state.server], *test.condition);
  if (const auto* error = std::get_if<SqlError>(&value)) {
    FailWith(state, *error);
    return false;
  }
  if (IsTrue(std::get<Value>(value))) {
    ++state.instruction;
  } else {
    state.instruction = test.target;
  }
  return true;
}

// --- Failing -------------------------------------------------------------------------------------------

// The first failure counts; what fails while it is dealt with does not change it.
void RacePlayer::FailRequest(ClientState& state, RequestOutcome outcome) {
  if (!state.is_unwinding) state.outcome = std::move(outcome);
  state.is_unwinding = true;
}

void RacePlayer::FailWith(ClientState& state, const SqlError& error) { FailRequest(state, OutcomeOf(error)); }

bool RacePlayer::Unwind(std::uint32_t client) {
  ClientState& state = Client(client);
  while (!state.scopes.empty()) {
    const ClientScope scope = state.scopes.back();
    if (scope.kind == ClientScope::Kind::kBlock) {
      state.scopes.pop_back();
      state.instruction = scope.place;
      return true;
    }
    if (world_.servers[scope.place].IsInTransaction(state.sessions[scope.place])) {
      state.rolls_back = true;
      return false;
    }
    state.scopes.pop_back();
  }
  return EndAttempt(client);
}

bool RacePlayer::MayTryAgain(std::uint32_t client) const {
  const ClientState& state = *world_.clients[client];
  const std::optional<RetryRule>& retry = program_.TemplateOf(client).retry;
  if (!retry || state.attempt >= retry->times) return false;
  const auto has = [](const auto& list, const auto& wanted) {
    return std::find(list.begin(), list.end(), wanted) != list.end();
  };
  if (state.outcome.error != 0) return has(retry->errors, state.outcome.error);
  return has(retry->reasons, state.outcome.reason);
}

// As SET would say it: those that the request did not begin with are NULL again.
std::string RacePlayer::BackToFirstVariables(std::uint32_t client) const {
  const ClientState& state = *world_.clients[client];
  const UserVariables& first = (*world_.first_variables)[client];
  std::string text;
  for (const auto& [name, value] :
       world_.servers[state.server].user_variables(state.sessions[state.server])) {
    const auto found = first.find(name);
    text += fmt::format("{}@{} = {}", text.empty() ? "SET " : ", ", name,
                        found == first.end() ? std::string("NULL") : SqlLiteral(found->second));
  }
  return text;
}

bool RacePlayer::EndAttempt(std::uint32_t client) {
  ClientState& state = Client(client);
  const bool tries_again = MayTryAgain(client);
  if (recorder_.IsWanted()) {
    const std::string why =
        state.outcome.error != 0 ? fmt::format("error {}", state.outcome.error) : state.outcome.reason;
    const std::string_view what = tries_again ? "tries again" : RequestEndName(state.outcome.end);
    recorder_.News(client, fmt::format("{}: {}", what, why), tries_again);
  }
  if (!tries_again) {
    state.phase = ClientPhase::kDone;
    state.is_unwinding = false;
    return false;
  }
  const RetryRule& retry = *program_.TemplateOf(client).retry;
  const std::uint32_t doublings = retry.backoff_doubles ? std::min<std::uint32_t>(state.attempt, 30) : 0;
  const std::int64_t until_us = world_.now_us() + (retry.backoff_ms << doublings) * 1000;
  ++state.attempt;
  state.is_unwinding = false;
  state.outcome = RequestOutcome{};
  state.instruction = 0;
  if (recorder_.IsWanted()) recorder_.Computed(client, BackToFirstVariables(client));
  for (std::size_t server = 0; server < state.sessions.size(); ++server) {
    world_.servers[server].SetUserVariables(state.sessions[server], (*world_.first_variables)[client]);
  }
  if (until_us <= world_.now_us()) return true;
  state.timer = TimerWindow{until_us, until_us};
  state.phase = ClientPhase::kSleeps;
  return false;
}

}  // namespace nextkey
