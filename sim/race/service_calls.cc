#include "sim/race/service_calls.h"

#include <algorithm>

namespace nextkey {
namespace {

// Calls `change(service, node, name, key)` for each key of all nodes.
template <class Change>
void ForEachKey(ServiceDesk& desk, Change change) {
  for (std::uint32_t service = 0; service < desk.world.services.size(); ++service) {
    if (!std::holds_alternative<RedisState>(*desk.world.services[service])) continue;
    for (RedisNode& node : RedisOf(desk, service).nodes) {
      for (auto& [name, key] : node.keys) change(service, node, name, key);
    }
  }
}

std::int64_t WatchdogLife(const ServiceDesk& desk, std::uint32_t service) {
  return desk.program.services[service].Milliseconds("watchdog") * 1000;
}

// When it was renewed last: at each third of its life, counted from the lock.
std::int64_t LastRenewal(const ServiceDesk& desk, std::uint32_t service, const RedisKey& key) {
  const std::int64_t third_us = std::max<std::int64_t>(1, WatchdogLife(desk, service) / 3);
  return desk.now_us() - (desk.now_us() - *key.watched_since_us) % third_us;
}

// Waiters that relied on the lock's end being told will look again at `at_us`.
void SetWaitersTimers(ServiceDesk& desk, std::uint32_t service, const std::string& key, std::int64_t at_us) {
  for (const auto& [place, subscription] : RedisOf(desk, service).subscriptions) {
    if (place.key != key) continue;
    for (const std::uint32_t waiter : subscription.waiters) {
      ClientState& state = desk.Client(waiter);
      if (!state.timer || state.timer->to_us > at_us) state.timer = TimerWindow{at_us, at_us};
    }
  }
}

// Nobody will publish for keys that are lost: their waiters look again when the lock would have ended.
void WakeWaitersOf(ServiceDesk& desk, std::uint32_t service, const RedisKeys& before,
                   const RedisKeys& after) {
  if (desk.program.services[service].kind != ServiceKind::kRedissonLock) return;
  for (const auto& [name, key] : before) {
    if (key.watched_since_us && !after.contains(name)) {
      SetWaitersTimers(desk, service, name, desk.now_us() + WatchdogLife(desk, service));
    }
  }
}

}  // namespace

CallResult MakeCall(ServiceDesk& desk, std::uint32_t client, const CallService& call,
                    const std::vector<Value>& arguments) {
  ClientState& state = desk.Client(client);
  if (state.call.stage == CallStage::kNotBegun) {
    state.call = CallState{};
    if (!arguments.empty()) state.call.key = arguments.front().ToText();
    state.call.started_us = desk.now_us();
  }
  switch (desk.program.services[call.service].kind) {
    case ServiceKind::kMutex:
      return CallMutex(desk, client, call, state.call.key);
    case ServiceKind::kPool:
      return CallPool(desk, client, call);
    case ServiceKind::kRedis:
      return CallRedis(desk, client, call, arguments);
    case ServiceKind::kSimpleLock:
    case ServiceKind::kSpinLock:
      return CallSetNxLock(desk, client, call);
    case ServiceKind::kRedissonLock:
      return CallRedisson(desk, client, call);
    case ServiceKind::kRedlock:
      return CallRedlock(desk, client, call);
    case ServiceKind::kReplica:
      break;  // Has no operations.
  }
  return CallAnswered{Value::Null()};
}

// Redlock takes back from all nodes, from those that said no as well.
bool IsCallInVain(const RaceWorld& world, const Program& program, std::uint32_t client,
                  const CallService& call) {
  const ClientState& state = *world.clients[client];
  if (program.services[call.service].kind != ServiceKind::kRedlock) return false;
  if (state.call.stage != CallStage::kTakeBack && state.call.stage != CallStage::kRelease) return false;
  const RedisNode& node = std::get<RedisState>(*world.services[call.service]).nodes[state.call.node];
  return !HasLock(node, state.call.key, client, state.lock_serial);
}

CallResult EndCallWait(ServiceDesk& desk, std::uint32_t client, const CallService& call) {
  switch (desk.program.services[call.service].kind) {
    case ServiceKind::kPool:
      return EndPoolWait(desk, client, call);
    case ServiceKind::kRedissonLock:
      return EndRedissonWait(desk, client, call);
    case ServiceKind::kRedlock:
      if (desk.world.clients[client]->call.stage == CallStage::kGiveUp) return CallAnswered{Value::Int(0)};
      return CallGoesOn{};
    case ServiceKind::kMutex:
    case ServiceKind::kRedis:
    case ServiceKind::kSimpleLock:
    case ServiceKind::kSpinLock:
    case ServiceKind::kReplica:
      break;
  }
  return CallGoesOn{};
}

void ForgetClient(ServiceDesk& desk, std::uint32_t client) {
  StopWatchdogs(desk, client);
  for (std::uint32_t service = 0; service < desk.world.services.size(); ++service) {
    const ServiceKind kind = desk.program.services[service].kind;
    if (kind == ServiceKind::kMutex) ForgetMutexes(desk, client, service);
    if (kind == ServiceKind::kPool) ForgetConnections(desk, client, service);
    if (kind == ServiceKind::kRedissonLock) ForgetSubscriptions(desk, client, service);
  }
}

void StopWatchdogs(ServiceDesk& desk, std::uint32_t client) {
  ForEachKey(desk, [&](std::uint32_t service, RedisNode& node, const std::string& name, RedisKey& key) {
    if (key.owner != client || !key.watched_since_us) return;
    const std::int64_t ends_us = LastRenewal(desk, service, key) + WatchdogLife(desk, service);
    key.expires_us = ends_us + node.clock_offset_us;
    SetWaitersTimers(desk, service, name, ends_us);
  });
}

void StartWatchdogs(ServiceDesk& desk, std::uint32_t client) {
  ForEachKey(desk, [&](std::uint32_t, RedisNode&, const std::string&, RedisKey& key) {
    if (key.owner != client || !key.watched_since_us) return;
    key.watched_since_us = desk.now_us();
    key.expires_us.reset();
  });
}

void ExpireKeys(RaceWorld& world) {
  for (Cow<ServiceState>& service : world.services) {
    const auto* redis = std::get_if<RedisState>(&*service);
    if (redis == nullptr) continue;
    for (std::size_t i = 0; i < redis->nodes.size(); ++i) {
      const std::int64_t clock_us = world.now_us() + redis->nodes[i].clock_offset_us;
      const auto has_expired = [&](const auto& entry) {
        return entry.second.expires_us && *entry.second.expires_us <= clock_us;
      };
      const RedisKeys& keys = redis->nodes[i].keys;
      if (std::none_of(keys.begin(), keys.end(), has_expired)) continue;
      RedisState& written = std::get<RedisState>(service.Write());
      std::erase_if(written.nodes[i].keys, has_expired);
      redis = &written;
    }
  }
}

ServiceState FirstState(const ServiceConfiguration& service, bool may_fail_over) {
  switch (service.kind) {
    case ServiceKind::kMutex:
      return MutexState{};
    case ServiceKind::kPool:
      return PoolState{};
    case ServiceKind::kReplica:
      return std::monostate{};
    case ServiceKind::kRedis:
    case ServiceKind::kSimpleLock:
    case ServiceKind::kSpinLock:
    case ServiceKind::kRedissonLock:
    case ServiceKind::kRedlock:
      break;
  }
  RedisState redis;
  redis.nodes.resize(static_cast<std::size_t>(service.Option("nodes").value_or(1)));
  for (RedisNode& node : redis.nodes) {
    if (may_fail_over) node.before_last_write.emplace();
  }
  return redis;
}

void LoseNode(ServiceDesk& desk, std::uint32_t service, std::uint32_t place) {
  RedisNode& node = RedisOf(desk, service).nodes[place];
  const RedisKeys before = std::move(node.keys);
  node.keys.clear();
  node.last_token = 0;
  WakeWaitersOf(desk, service, before, node.keys);
}

void FailOver(ServiceDesk& desk, std::uint32_t service, std::uint32_t place) {
  RedisNode& node = RedisOf(desk, service).nodes[place];
  const RedisKeys before = std::move(node.keys);
  node.keys = *node.before_last_write;
  WakeWaitersOf(desk, service, before, node.keys);
  ExpireKeys(desk.world);
}

void JumpClock(ServiceDesk& desk, std::uint32_t service, std::uint32_t place, std::int64_t milliseconds) {
  RedisNode& node = RedisOf(desk, service).nodes[place];
  node.clock_offset_us += milliseconds * 1000;
  ExpireKeys(desk.world);
}

}  // namespace nextkey
