// What the services beside the database do when they are called: one call at a time, as data.
//
// An operation of several calls (a Redlock, a lock that tries again) keeps its place in the client's
// CallState. A call may let others go on: they are told in ServiceDesk::let_go, in order. The rules
// of each kind stand in service_rules.cc.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/race/program.h"
#include "sim/race/world.h"

namespace nextkey {

struct CallAnswered {
  Value value;
};
struct CallFailed {
  RequestOutcome outcome;
};
struct CallGoesOn {};  // The next call is a choice of its own.
struct CallWaits {};   // For somebody else; ClientState::timer says until when.
struct CallSleeps {};  // Until ClientState::timer.
using CallResult = std::variant<CallAnswered, CallFailed, CallGoesOn, CallWaits, CallSleeps>;

struct ServiceDesk {
  RaceWorld& world;
  const Program& program;
  std::vector<std::pair<std::uint32_t, CallResult>> let_go = {};  // Other clients.

  std::int64_t now_us() const { return world.now_us(); }
  ClientState& Client(std::uint32_t client) { return world.clients[client].Write(); }
  std::uint32_t ProcessOf(std::uint32_t client) const { return program.clients[client].process; }
};

// The client's next call of an operation. `arguments` count at the first one only.
CallResult MakeCall(ServiceDesk& desk, std::uint32_t client, const CallService& call,
                    const std::vector<Value>& arguments);
// A call that waits or sleeps has met its timer.
CallResult EndCallWait(ServiceDesk& desk, std::uint32_t client, const CallService& call);

// Whether the client's next call finds nothing and changes nothing, whatever others do meanwhile: it lets go
// what it does not have. Requires: the client is ready, and calls `call` next.
bool IsCallInVain(const RaceWorld& world, const Program& program, std::uint32_t client,
                  const CallService& call);

// The client is gone, with its process' share: mutexes and connections are free, its subscriptions
// and watchdogs are over; what stands on Redis nodes stays until it expires.
void ForgetClient(ServiceDesk& desk, std::uint32_t client);
// While a client stands still its watchdogs do, too.
void StopWatchdogs(ServiceDesk& desk, std::uint32_t client);
void StartWatchdogs(ServiceDesk& desk, std::uint32_t client);

// Removes what has expired by now.
void ExpireKeys(RaceWorld& world);

ServiceState FirstState(const ServiceConfiguration& service, bool may_fail_over);
// Faults of Redis nodes.
void LoseNode(ServiceDesk& desk, std::uint32_t service, std::uint32_t node);
void FailOver(ServiceDesk& desk, std::uint32_t service, std::uint32_t node);
void JumpClock(ServiceDesk& desk, std::uint32_t service, std::uint32_t node, std::int64_t milliseconds);

// --- Kinds (mutex_calls.cc, redis_calls.cc, redisson_calls.cc, redlock_calls.cc) ----------------------

CallResult CallMutex(ServiceDesk& desk, std::uint32_t client, const CallService& call, std::string key);
void ForgetMutexes(ServiceDesk& desk, std::uint32_t client, std::uint32_t service);
CallResult CallPool(ServiceDesk& desk, std::uint32_t client, const CallService& call);
CallResult EndPoolWait(ServiceDesk& desk, std::uint32_t client, const CallService& call);
void ForgetConnections(ServiceDesk& desk, std::uint32_t client, std::uint32_t service);

CallResult CallRedis(ServiceDesk& desk, std::uint32_t client, const CallService& call,
                     const std::vector<Value>& arguments);
// simple_lock and spin_lock.
CallResult CallSetNxLock(ServiceDesk& desk, std::uint32_t client, const CallService& call);
CallResult CallRedisson(ServiceDesk& desk, std::uint32_t client, const CallService& call);
CallResult EndRedissonWait(ServiceDesk& desk, std::uint32_t client, const CallService& call);
void ForgetSubscriptions(ServiceDesk& desk, std::uint32_t client, std::uint32_t service);
CallResult CallRedlock(ServiceDesk& desk, std::uint32_t client, const CallService& call);

// --- What they share -----------------------------------------------------------------------------------

inline RedisState& RedisOf(ServiceDesk& desk, std::uint32_t service) {
  return std::get<RedisState>(desk.world.services[service].Write());
}
inline std::int64_t NodeClock(const ServiceDesk& desk, const RedisNode& node) {
  return desk.now_us() + node.clock_offset_us;
}
// To be called before a write, for a follower that will not get it.
inline void RememberForFollower(RedisNode& node) {
  if (node.before_last_write) node.before_last_write = node.keys;
}
// Whether the node has this lock of this client.
inline bool HasLock(const RedisNode& node, const std::string& key, std::uint32_t client,
                    std::uint32_t serial) {
  const auto found = node.keys.find(key);
  return found != node.keys.end() && found->second.owner == client && found->second.serial == serial;
}
// 1, or the next token where the lock is fenced.
Value LockAnswer(const ServiceConfiguration& service, RedisNode& node);

}  // namespace nextkey
