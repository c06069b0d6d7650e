// Faults: what goes wrong beside the database, at most once each.
//
// pause: the client's thread stands still before its next statement or call, and its watchdogs with
//   it; what it holds runs out meanwhile.
// die: the client's process is gone. The server rolls back what it had open; its mutexes and pooled
//   connections are free; what it set in Redis stays until it expires.
// lose_node: a Redis node without persistence comes back empty.
// fail_over: the follower that takes over has not got the node's last write.
// clock_jump: keys expire by the node's clock, which jumps.
#include <fmt/format.h>

#include <utility>

#include "sim/race/player.h"

namespace nextkey {

void RacePlayer::PlayFault(const Choice& choice) {
  const ProgramFault& fault = program_.faults[choice.actor];
  world_.faults_left[choice.actor] = false;
  ServiceDesk desk{world_, program_};
  switch (fault.kind) {
    case FaultKind::kPause:
      recorder_.Begin(choice.target, fmt::format("-- {}: stands still", fault.name));
      Pause(choice.target, fault.milliseconds);
      return;
    case FaultKind::kDie:
      recorder_.Begin(choice.target, fmt::format("-- {}: is gone", fault.name));
      Die(choice.target);
      return;
    case FaultKind::kLoseNode:
      recorder_.BeginForNobody(fault.name, fmt::format("-- node {} comes back empty", choice.target + 1));
      LoseNode(desk, fault.target, choice.target);
      return;
    case FaultKind::kFailOver:
      recorder_.BeginForNobody(fault.name,
                               fmt::format("-- node {}: its follower takes over", choice.target + 1));
      FailOver(desk, fault.target, choice.target);
      return;
    case FaultKind::kClockJump:
      recorder_.BeginForNobody(fault.name, fmt::format("-- node {}: its clock jumps {} ms", choice.target + 1,
                                                       fault.milliseconds));
      JumpClock(desk, fault.target, choice.target, fault.milliseconds);
      return;
  }
}

void RacePlayer::Pause(std::uint32_t client, std::int64_t milliseconds) {
  ClientState& state = Client(client);
  const std::int64_t until_us = world_.now_us() + milliseconds * 1000;
  state.phase = ClientPhase::kSleeps;
  state.timer = TimerWindow{until_us, until_us};
  state.is_paused = true;
  ServiceDesk desk{world_, program_};
  StopWatchdogs(desk, client);
}

void RacePlayer::Die(std::uint32_t client) {
  ServiceDesk desk{world_, program_};
  ForgetClient(desk, client);
  ClientState& state = Client(client);
  const absl::InlinedVector<SessionId, 2> sessions = std::exchange(state.sessions, {});
  state.phase = ClientPhase::kDone;
  state.outcome = {RequestEnd::kDied, 0, ""};
  state.is_unwinding = false;
  state.rolls_back = false;
  state.scopes.clear();
  state.call = CallState{};
  state.timer.reset();
  recorder_.News(client, "died");
  for (std::uint32_t server = 0; server < sessions.size(); ++server) {
    Process(server, world_.servers[server].Disconnect(sessions[server]));
  }
  ApplyLetGo(desk);
}

}  // namespace nextkey
