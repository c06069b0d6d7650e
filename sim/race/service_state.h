// What the services beside the database know, as values: who has which mutex and which connection,
// what the Redis nodes store, who listens to which channel.
//
// Clients stand in it as their places in Program::clients, times as microseconds on the clock that
// each names. Keys that have expired are gone: whoever moves the clock removes them.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/fingerprint.h"
#include "engine/value.h"

namespace nextkey {

// Inside one process of the application.
struct ProcessKey {
  std::uint32_t process = 0;
  std::string key;

  friend auto operator<=>(const ProcessKey&, const ProcessKey&) = default;
};

struct MutexState {
  struct Entry {
    std::uint32_t owner = 0;
    std::uint32_t count = 1;             // Re-entrant.
    std::vector<std::uint32_t> waiters;  // In order.

    friend bool operator==(const Entry&, const Entry&) = default;
  };
  std::map<ProcessKey, Entry> entries;  // Those that are held.

  friend bool operator==(const MutexState&, const MutexState&) = default;
};

struct PoolState {
  struct Pool {
    std::vector<std::uint32_t> holders;  // In order; twice for two connections.
    std::vector<std::uint32_t> waiters;  // In the order of their coming.

    friend bool operator==(const Pool&, const Pool&) = default;
  };
  std::map<std::uint32_t, Pool> pools;  // By process.

  friend bool operator==(const PoolState&, const PoolState&) = default;
};

struct RedisKey {
  Value value;                             // Of raw commands.
  std::uint32_t owner = 0;                 // Who set it.
  std::uint32_t serial = 0;                // Which of the owner's locks it is: its random token.
  std::uint32_t count = 1;                 // Redisson: re-entrant.
  std::optional<std::int64_t> expires_us;  // By the node's clock; absent: never.
  // Since when a watchdog keeps it alive, by the world's clock.
  std::optional<std::int64_t> watched_since_us;

  friend bool operator==(const RedisKey&, const RedisKey&) = default;
};

using RedisKeys = std::map<std::string, RedisKey>;

struct RedisNode {
  RedisKeys keys;
  std::int64_t clock_offset_us = 0;  // Its clock is the world's and that much.
  std::uint64_t last_token = 0;      // Of fenced locks.
  // What a follower has that did not get the last write yet. Kept only while a fail-over may come.
  std::optional<RedisKeys> before_last_write;

  friend bool operator==(const RedisNode&, const RedisNode&) = default;
};

// Redisson's entry for one lock in one process: its threads share a subscription and a semaphore.
struct Subscription {
  std::uint32_t subscribers = 0;
  std::uint32_t permits = 0;           // Messages that nobody has taken yet.
  std::vector<std::uint32_t> waiters;  // In order.

  friend bool operator==(const Subscription&, const Subscription&) = default;
};

struct RedisState {
  std::vector<RedisNode> nodes;
  std::map<ProcessKey, Subscription> subscriptions;

  friend bool operator==(const RedisState&, const RedisState&) = default;
};

// std::monostate: a replica, which is a server.
using ServiceState = std::variant<std::monostate, MutexState, PoolState, RedisState>;

void PutInto(Canonical& canonical, const ServiceState& service);

}  // namespace nextkey
