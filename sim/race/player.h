// One choice at work: a client's next action, what it lets go, and the local computing of all of them.
//
// Lives for one call of PlayChoice. A request that fails leaves its scopes in the reverse order of
// their entering: an `around` runs its FINALLY, an open transaction sends ROLLBACK; both are choices
// of their own again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/race/choice_recorder.h"
#include "sim/race/play.h"
#include "sim/race/program.h"
#include "sim/race/service_calls.h"
#include "sim/race/world.h"

namespace nextkey {

class RacePlayer {
 public:
  RacePlayer(RaceWorld& world, const Program& program, ChoiceReport* report, PlanCache* plans = nullptr)
      : world_(world), program_(program), plans_(plans), recorder_(world, program, report) {}

  // -> whether it let somebody else's statement go on.
  bool Play(Choice choice);
  // The local computing of a client, up to its next choice.
  void Advance(std::uint32_t client);

 private:
  // --- Choices ---
  void PlayClient(std::uint32_t client);
  void PlayTimer(const Choice& choice);
  void PlayReplica(std::uint32_t server);
  void PlayFault(const Choice& choice);
  void PlayPurge(std::uint32_t server);
  void PlayTick(std::uint32_t which);
  void GoOn(std::uint32_t client);
  void Pause(std::uint32_t client, std::int64_t milliseconds);
  void Die(std::uint32_t client);

  // --- Servers ---
  void Send(std::uint32_t client, std::uint32_t server, const sql::StatementRef& statement);
  void Process(std::uint32_t server, std::vector<Event> events);
  void OnStatementEnded(std::uint32_t client, std::uint32_t server, const StatementResult& result);
  void OnApplierEnded(std::uint32_t server, const StatementResult& result);
  void ApplyNextStatement(std::uint32_t server);
  void TrackTransaction(ClientState& state, std::uint32_t server);
  void UseServer(ClientState& state, std::uint32_t server);
  void CollectCommitted();

  // --- Services ---
  void Call(std::uint32_t client, const CallService& call);
  void ApplyCall(std::uint32_t client, const CallResult& result, bool had_waited);
  void ApplyLetGo(ServiceDesk& desk);
  const CallService& CallOf(std::uint32_t client) const;

  // --- Local computing ---
  // Each answers whether the client goes on computing.
  bool Run(std::uint32_t client, const Instruction& instruction);
  bool RunSet(ClientState& state, const SetVariables& set);
  bool RunThink(ClientState& state, const Think& think);
  bool RunTest(ClientState& state, const JumpUnless& test);
  bool Unwind(std::uint32_t client);
  bool EndAttempt(std::uint32_t client);
  void FailRequest(ClientState& state, RequestOutcome outcome);
  void FailWith(ClientState& state, const SqlError& error);
  bool MayTryAgain(std::uint32_t client) const;
  std::string BackToFirstVariables(std::uint32_t client) const;

  void PassTo(std::int64_t time_us);
  ClientState& Client(std::uint32_t client) { return world_.clients[client].Write(); }

  RaceWorld& world_;
  const Program& program_;
  PlanCache* plans_;
  ChoiceRecorder recorder_;
  SessionId at_work_;  // Whose statement the choice is.
  bool others_went_on_ = false;
};

}  // namespace nextkey
