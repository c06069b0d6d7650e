// What can happen next in a race.
#include <algorithm>
#include <cstdint>
#include <utility>

#include "sim/race/play.h"
#include "sim/race/player.h"

namespace nextkey {
namespace {

class ChoiceLister {
 public:
  ChoiceLister(const RaceWorld& world, const Program& program) : world_(world), program_(program) {}

  std::vector<Choice> List() {
    for (std::uint32_t client = 0; client < world_.clients.size(); ++client) {
      const ClientPhase phase = world_.clients[client]->phase;
      if (phase == ClientPhase::kReady || phase == ClientPhase::kInStatement)
        Add(ChoiceKind::kClient, client);
    }
    const bool somebody_can_act = !choices_.empty();
    AddReplicas();
    AddTimers(somebody_can_act);
    if (!world_.IsOver()) {
      AddFaults();
      AddPurges();
      AddTicks();
    }
    return std::move(choices_);
  }

 private:
  struct Timer {
    Choice choice;
    TimerWindow window;
  };

  void Add(ChoiceKind kind, std::uint32_t actor, std::uint32_t target = 0) {
    choices_.push_back({kind, actor, target});
  }

  std::optional<TimerWindow> DeadlineOf(const ClientState& client) const {
    for (std::size_t server = 0; server < client.sessions.size(); ++server) {
      const SessionState& session = *world_.servers[server].state().sessions.at(client.sessions[server]);
      if (session.wait && session.wait->deadline_us) {
        return TimerWindow{*session.wait->deadline_us, *session.wait->deadline_us};
      }
    }
    return std::nullopt;
  }

  // Those without a lag apply whenever they like, and hold nobody's time up.
  void AddReplicas() {
    for (std::uint32_t i = 0; i < world_.replicas.size(); ++i) {
      const ReplicaState& replica = *world_.replicas[i];
      if (replica.queue.empty()) continue;
      const std::uint32_t server = i + 1;
      const Choice choice{ChoiceKind::kReplica, server, 0};
      const SessionState& applier = *world_.servers[server].state().sessions.at(replica.applier);
      if (applier.wait) {
        if (applier.wait->deadline_us) {
          timers_.push_back({choice, {*applier.wait->deadline_us, *applier.wait->deadline_us}});
        }
        continue;
      }
      const std::optional<std::int64_t> lag_ms = LagOf(server);
      if (!lag_ms) {
        choices_.push_back(choice);
        continue;
      }
      const std::int64_t due_us = replica.queue.front().committed_us + *lag_ms * 1000;
      timers_.push_back({choice, {due_us, due_us}});
    }
  }

  std::optional<std::int64_t> LagOf(std::uint32_t server) const {
    for (const ServiceConfiguration& service : program_.services) {
      if (service.kind == ServiceKind::kReplica && service.server == server) return service.Option("lag");
    }
    return std::nullopt;
  }

  // Those that are due, or may be. Nobody can act: time moves as far as the first deadline. A delay of
  // random length ends as early as it may or at its latest: whatever order other lengths would give,
  // one of these gives it, too. At any timing each may be the first to fire.
  void AddTimers(bool somebody_can_act) {
    for (std::uint32_t client = 0; client < world_.clients.size(); ++client) {
      const ClientState& state = *world_.clients[client];
      const Choice choice{ChoiceKind::kTimer, client, 0};
      if (state.phase == ClientPhase::kWaitsForServer) {
        if (const auto window = DeadlineOf(state)) timers_.push_back({choice, *window});
      } else if (state.timer) {
        timers_.push_back({choice, *state.timer});
      }
    }
    if (timers_.empty()) return;
    std::int64_t limit_us = world_.now_us();
    if (program_.options.timing == Timing::kAny) {
      limit_us = INT64_MAX;
    } else if (!somebody_can_act) {
      const auto first = std::min_element(timers_.begin(), timers_.end(), [](const Timer& a, const Timer& b) {
        return a.window.to_us < b.window.to_us;
      });
      limit_us = std::max(limit_us, first->window.to_us);
    }
    std::sort(timers_.begin(), timers_.end(),
              [](const Timer& a, const Timer& b) { return a.choice < b.choice; });
    for (const Timer& timer : timers_) {
      if (timer.window.to_us <= limit_us) choices_.push_back(timer.choice);
      const bool may_be_early = std::max(world_.now_us(), timer.window.from_us) < timer.window.to_us;
      if (may_be_early && timer.window.from_us <= limit_us) Add(ChoiceKind::kTimer, timer.choice.actor, 1);
    }
  }

  // Like a replica, it holds nobody's time up.
  void AddPurges() {
    if (program_.options.purge != PurgeMode::kChoice) return;
    for (std::uint32_t server = 0; server < world_.servers.size(); ++server) {
      if (world_.servers[server].CanPurge()) Add(ChoiceKind::kPurge, server);
    }
  }

  // What else time brings is a timer.
  void AddTicks() {
    if (program_.options.timing != Timing::kAny) return;
    const std::optional<std::int64_t> expiry_us = world_.NextExpiry();
    if (expiry_us && *expiry_us > world_.now_us()) Add(ChoiceKind::kTick, Choice::kTickToExpiry);
    if (world_.ticks_left > 0) Add(ChoiceKind::kTick, Choice::kTickOfASecond);
  }

  void AddFaults() {
    for (std::uint32_t i = 0; i < program_.faults.size(); ++i) {
      if (!world_.faults_left[i]) continue;
      const ProgramFault& fault = program_.faults[i];
      if (fault.kind == FaultKind::kPause || fault.kind == FaultKind::kDie) {
        AddClientFault(i, fault);
        continue;
      }
      const auto& redis = std::get<RedisState>(*world_.services[fault.target]);
      for (std::uint32_t node = 0; node < redis.nodes.size(); ++node) Add(ChoiceKind::kFault, i, node);
    }
  }

  void AddClientFault(std::uint32_t place, const ProgramFault& fault) {
    for (std::uint32_t client = 0; client < world_.clients.size(); ++client) {
      const ClientState& state = *world_.clients[client];
      if (program_.clients[client].template_index != fault.target) continue;
      if (state.phase == ClientPhase::kDone) continue;
      const bool is_ready = state.phase == ClientPhase::kReady;
      if (fault.kind == FaultKind::kPause && !is_ready) continue;
      if (fault.at_step) {
        const Instruction* next = is_ready ? NextInstruction(world_, program_, client) : nullptr;
        if (next == nullptr || next->step != *fault.at_step) continue;
      }
      Add(ChoiceKind::kFault, place, client);
    }
  }

  const RaceWorld& world_;
  const Program& program_;
  std::vector<Choice> choices_;
  std::vector<Timer> timers_;
};

}  // namespace

std::optional<std::uint32_t> ClientOf(const Choice& choice, const Program& program) {
  switch (choice.kind) {
    case ChoiceKind::kClient:
    case ChoiceKind::kTimer:
      return choice.actor;
    case ChoiceKind::kReplica:
    case ChoiceKind::kPurge:
    case ChoiceKind::kTick:
      return std::nullopt;
    case ChoiceKind::kFault: {
      const FaultKind kind = program.faults[choice.actor].kind;
      if (kind == FaultKind::kPause || kind == FaultKind::kDie) return choice.target;
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::vector<Choice> ChoicesOf(const RaceWorld& world, const Program& program) {
  return ChoiceLister(world, program).List();
}

bool PlayChoice(RaceWorld& world, const Program& program, Choice choice, ChoiceReport* report,
                PlanCache* plans) {
  return RacePlayer(world, program, report, plans).Play(choice);
}

const Instruction* NextInstruction(const RaceWorld& world, const Program& program, std::uint32_t client) {
  const ClientState& state = *world.clients[client];
  if (state.rolls_back) return nullptr;
  return &program.TemplateOf(client).instructions[state.instruction];
}

}  // namespace nextkey
