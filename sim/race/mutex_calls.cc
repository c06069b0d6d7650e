// Mutexes and connection pools: what lives inside of one process.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/race/service_calls.h"

namespace nextkey {
namespace {

void HandOver(ServiceDesk& desk, MutexState& mutex, const ProcessKey& key) {
  const auto entry = mutex.entries.find(key);
  if (entry->second.waiters.empty()) {
    mutex.entries.erase(entry);
    return;
  }
  const std::uint32_t next = entry->second.waiters.front();
  entry->second.waiters.erase(entry->second.waiters.begin());
  entry->second.owner = next;
  entry->second.count = 1;
  desk.let_go.emplace_back(next, CallAnswered{Value::Int(1)});
}

PoolState::Pool& PoolOf(ServiceDesk& desk, std::uint32_t client, std::uint32_t service) {
  return std::get<PoolState>(desk.world.services[service].Write()).pools[desk.ProcessOf(client)];
}

void ServeWaiters(ServiceDesk& desk, PoolState::Pool& pool, std::size_t size) {
  while (!pool.waiters.empty() && pool.holders.size() < size) {
    const std::uint32_t next = pool.waiters.front();
    pool.waiters.erase(pool.waiters.begin());
    pool.holders.push_back(next);
    desk.let_go.emplace_back(next, CallAnswered{Value::Int(1)});
  }
}

std::size_t SizeOf(const ServiceDesk& desk, std::uint32_t service) {
  return static_cast<std::size_t>(desk.program.services[service].Option("size").value_or(1));
}

}  // namespace

CallResult CallMutex(ServiceDesk& desk, std::uint32_t client, const CallService& call, std::string key) {
  MutexState& mutex = std::get<MutexState>(desk.world.services[call.service].Write());
  const ProcessKey place{desk.ProcessOf(client), std::move(key)};
  const auto entry = mutex.entries.find(place);
  const bool is_own = entry != mutex.entries.end() && entry->second.owner == client;
  if (call.operation == ServiceOperation::kUnlock) {
    if (!is_own) {
      return CallFailed{{RequestEnd::kFailed, 0, "a mutex was unlocked by one who did not have it"}};
    }
    if (--entry->second.count == 0) HandOver(desk, mutex, place);
    return CallAnswered{Value::Int(1)};
  }
  if (entry == mutex.entries.end()) {
    mutex.entries.emplace(place, MutexState::Entry{client, 1, {}});
    return CallAnswered{Value::Int(1)};
  }
  if (is_own) {
    ++entry->second.count;
    return CallAnswered{Value::Int(1)};
  }
  entry->second.waiters.push_back(client);
  desk.Client(client).call.stage = CallStage::kWaiting;
  return CallWaits{};
}

void ForgetMutexes(ServiceDesk& desk, std::uint32_t client, std::uint32_t service) {
  MutexState& mutex = std::get<MutexState>(desk.world.services[service].Write());
  std::vector<ProcessKey> owned;
  for (auto& [key, entry] : mutex.entries) {
    std::erase(entry.waiters, client);
    if (entry.owner == client) owned.push_back(key);
  }
  for (const ProcessKey& key : owned) HandOver(desk, mutex, key);
}

CallResult CallPool(ServiceDesk& desk, std::uint32_t client, const CallService& call) {
  PoolState::Pool& pool = PoolOf(desk, client, call.service);
  const std::size_t size = SizeOf(desk, call.service);
  if (call.operation == ServiceOperation::kRelease) {
    const auto held = std::find(pool.holders.begin(), pool.holders.end(), client);
    if (held == pool.holders.end()) {
      return CallFailed{{RequestEnd::kFailed, 0, "a connection was given back that had not been taken"}};
    }
    pool.holders.erase(held);
    ServeWaiters(desk, pool, size);
    return CallAnswered{Value::Int(1)};
  }
  if (pool.holders.size() < size) {
    pool.holders.push_back(client);
    return CallAnswered{Value::Int(1)};
  }
  pool.waiters.push_back(client);
  ClientState& state = desk.Client(client);
  const std::int64_t until_us =
      desk.now_us() + desk.program.services[call.service].Milliseconds("timeout") * 1000;
  state.call.stage = CallStage::kWaiting;
  state.timer = TimerWindow{until_us, until_us};
  return CallWaits{};
}

CallResult EndPoolWait(ServiceDesk& desk, std::uint32_t client, const CallService& call) {
  std::erase(PoolOf(desk, client, call.service).waiters, client);
  return CallFailed{{RequestEnd::kTimedOut, 0,
                     fmt::format("Connection is not available, request timed out after {}ms",
                                 desk.program.services[call.service].Milliseconds("timeout"))}};
}

void ForgetConnections(ServiceDesk& desk, std::uint32_t client, std::uint32_t service) {
  PoolState::Pool& pool = PoolOf(desk, client, service);
  std::erase(pool.waiters, client);
  std::erase(pool.holders, client);
  ServeWaiters(desk, pool, SizeOf(desk, service));
}

}  // namespace nextkey
