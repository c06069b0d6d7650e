// How each service is modelled, and what its options mean.
//
// mutex: a Java monitor, or any other re-entrant lock of one process. A process has its own for each
//   key (none: one for all); clients are spread over the processes. Waiters get it in the order in
//   which they came; it is handed over by unlock.
// pool: connections of one process (HikariCP: maximumPoolSize 10, connectionTimeout 30 s). Waiters
//   are served in order (ConcurrentBag hands over through a fair queue); one that waits for
//   `timeout` fails with HikariCP's message.
// redis: one node: SET [NX] [PX], GET, DEL, and compare-and-delete as one script. Keys expire by the
//   node's own clock.
// simple_lock: SETNX, answering whether it was got; unlock is a plain DEL, whoever's the lock is by
//   then (Lettuce and a few lines of one's own). `expire` is SETNX's PX.
// spin_lock: the same over and over: after each SETNX that failed the thread sleeps `interval`, until
//   it had `tries` of them or has waited for `wait`. Neither: for ever.
// redisson_lock: RedissonLock.tryLock(wait, lease): one script that locks, or tells the time that the
//   lock still lives; then subscribes to the lock's channel (once a process), tries again, and waits
//   for a message, at most for the lock's life or the rest of `wait`. Unlocking publishes, and wakes
//   one waiter a process, which tries again: somebody else may be faster. Re-entrant. Without `lease`
//   a watchdog keeps the lock alive for `watchdog` (30 s) at each third of it, as long as its holder
//   lives and runs. Unlocking what one does not have is an error. Without `wait`: lock(), which waits
//   for ever; wait 0: one try.
// redlock: SET NX PX on each of `nodes`, one after the other. Got if more than half said yes and time
//   is left: ttl - time spent - (ttl * 0.01 + 2 ms). Else it is given back on all nodes, and after a
//   delay of 0 to `retry_delay`, at random, tried again, `retries` times; the delay follows the last
//   one, too (python's redlock). Unlock compares and deletes on all nodes.
// replica: a second server, with locks of its own, that applies the primary's committed writes in
//   the order of the commits, `lag` later. Without `lag` it does so at any time.
//
// `fenced` locks answer a growing token instead of 1, counted where the lock lives.
// Sources: Redis manual "Distributed Locks with Redis"; Redisson's RedissonLock and LockPubSub;
// HikariCP's README and HikariPool; redlock-py.
#include <array>

#include "sim/race/services.h"

namespace nextkey {
namespace {

using Kind = ServiceKind;
using Operation = ServiceOperation;

constexpr std::string_view kGotIt = "1 if it was got, else 0";

constexpr auto kOperations = std::to_array<OperationRule>({
    {Kind::kMutex, Operation::kLock, "lock", 0, 1, ""},
    {Kind::kMutex, Operation::kUnlock, "unlock", 0, 1, ""},
    {Kind::kPool, Operation::kAcquire, "acquire", 0, 0, ""},
    {Kind::kPool, Operation::kRelease, "release", 0, 0, ""},
    {Kind::kRedis, Operation::kSet, "set", 2, 4, "1 if it was set, else 0"},
    {Kind::kRedis, Operation::kGet, "get", 1, 1, "the value, or NULL"},
    {Kind::kRedis, Operation::kDelete, "del", 1, 1, "how many keys went"},
    {Kind::kRedis, Operation::kDelete, "delete", 1, 1, "how many keys went"},
    {Kind::kRedis, Operation::kCompareAndDelete, "compare_and_delete", 2, 2, "how many keys went"},
    {Kind::kSimpleLock, Operation::kLock, "lock", 1, 1, kGotIt},
    {Kind::kSimpleLock, Operation::kUnlock, "unlock", 1, 1, "how many keys went"},
    {Kind::kSpinLock, Operation::kLock, "lock", 1, 1, kGotIt},
    {Kind::kSpinLock, Operation::kUnlock, "unlock", 1, 1, "how many keys went"},
    {Kind::kRedissonLock, Operation::kLock, "lock", 1, 1, kGotIt},
    {Kind::kRedissonLock, Operation::kUnlock, "unlock", 1, 1, ""},
    {Kind::kRedlock, Operation::kLock, "lock", 1, 1, kGotIt},
    {Kind::kRedlock, Operation::kUnlock, "unlock", 1, 1, ""},
});

constexpr std::int64_t kLongest_ms = 31'536'000'000;  // A year.
constexpr std::int64_t kMostOfAKind = 100'000;

constexpr auto kOptions = std::to_array<OptionRule>({
    {Kind::kPool, "size", 10, 1, kMostOfAKind},
    {Kind::kPool, "timeout", 30'000, 0, kLongest_ms, true},
    {Kind::kSimpleLock, "expire", std::nullopt, 1, kLongest_ms, true},
    {Kind::kSimpleLock, "fenced", std::nullopt, 0, 1},
    {Kind::kSpinLock, "expire", std::nullopt, 1, kLongest_ms, true},
    {Kind::kSpinLock, "interval", 100, 1, kLongest_ms, true},
    {Kind::kSpinLock, "tries", std::nullopt, 1, kMostOfAKind},
    {Kind::kSpinLock, "wait", std::nullopt, 0, kLongest_ms, true},
    {Kind::kSpinLock, "fenced", std::nullopt, 0, 1},
    {Kind::kRedissonLock, "wait", std::nullopt, 0, kLongest_ms, true},
    {Kind::kRedissonLock, "lease", std::nullopt, 1, kLongest_ms, true},
    {Kind::kRedissonLock, "watchdog", 30'000, 3, kLongest_ms, true},
    {Kind::kRedissonLock, "fenced", std::nullopt, 0, 1},
    {Kind::kRedlock, "nodes", 3, 1, 31},
    {Kind::kRedlock, "ttl", 10'000, 1, kLongest_ms, true},
    {Kind::kRedlock, "retries", 3, 0, kMostOfAKind},
    {Kind::kRedlock, "retry_delay", 200, 0, kLongest_ms, true},
    {Kind::kReplica, "lag", std::nullopt, 0, kLongest_ms, true},
});

}  // namespace

const OperationRule* FindOperation(ServiceKind kind, std::string_view name) {
  for (const OperationRule& rule : kOperations) {
    if (rule.kind == kind && rule.name == name) return &rule;
  }
  return nullptr;
}

std::vector<std::string_view> OperationNames(ServiceKind kind) {
  std::vector<std::string_view> names;
  for (const OperationRule& rule : kOperations) {
    if (rule.kind == kind) names.push_back(rule.name);
  }
  return names;
}

const OptionRule* FindOption(ServiceKind kind, std::string_view name) {
  for (const OptionRule& rule : kOptions) {
    if (rule.kind == kind && rule.name == name) return &rule;
  }
  return nullptr;
}

std::vector<std::string_view> OptionNames(ServiceKind kind) {
  std::vector<std::string_view> names;
  for (const OptionRule& rule : kOptions) {
    if (rule.kind == kind) names.push_back(rule.name);
  }
  return names;
}

std::string_view ServiceKindName(ServiceKind kind) {
  switch (kind) {
    case ServiceKind::kMutex:
      return "mutex";
    case ServiceKind::kPool:
      return "pool";
    case ServiceKind::kRedis:
      return "redis";
    case ServiceKind::kSimpleLock:
      return "simple_lock";
    case ServiceKind::kSpinLock:
      return "spin_lock";
    case ServiceKind::kRedissonLock:
      return "redisson_lock";
    case ServiceKind::kRedlock:
      return "redlock";
    case ServiceKind::kReplica:
      return "replica";
  }
  return "";
}

std::optional<std::int64_t> ServiceConfiguration::Option(const std::string& option) const {
  const auto found = options.find(option);
  if (found == options.end()) return std::nullopt;
  return found->second;
}

std::int64_t ServiceConfiguration::Milliseconds(const std::string& option) const {
  return Option(option).value_or(0);
}

}  // namespace nextkey
