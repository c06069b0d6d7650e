#include "sim/race/service_state.h"

namespace nextkey {
namespace {

void Put(Canonical& c, const std::vector<std::uint32_t>& clients) {
  c.Put(clients.size());
  for (const std::uint32_t client : clients) c.Put(client);
}

void Put(Canonical& c, const std::optional<std::int64_t>& time) {
  c.Put(time.has_value() ? 1 : 0);
  if (time.has_value()) c.PutSigned(*time);
}

void Put(Canonical& c, const ProcessKey& key) {
  c.Put(key.process);
  c.PutText(key.key);
}

void Put(Canonical& c, const RedisKeys& keys) {
  c.Put(keys.size());
  for (const auto& [name, key] : keys) {
    c.PutText(name);
    key.value.PutInto(c);
    c.Put(key.owner);
    c.Put(key.serial);
    c.Put(key.count);
    Put(c, key.expires_us);
    Put(c, key.watched_since_us);
  }
}

struct Writer {
  Canonical& c;

  void operator()(std::monostate) const {}
  void operator()(const MutexState& mutex) const {
    c.Put(mutex.entries.size());
    for (const auto& [key, entry] : mutex.entries) {
      Put(c, key);
      c.Put(entry.owner);
      c.Put(entry.count);
      Put(c, entry.waiters);
    }
  }
  void operator()(const PoolState& pool) const {
    c.Put(pool.pools.size());
    for (const auto& [process, one] : pool.pools) {
      c.Put(process);
      Put(c, one.holders);
      Put(c, one.waiters);
    }
  }
  void operator()(const RedisState& redis) const {
    c.Put(redis.nodes.size());
    for (const RedisNode& node : redis.nodes) {
      Put(c, node.keys);
      c.PutSigned(node.clock_offset_us);
      c.Put(node.last_token);
      c.Put(node.before_last_write.has_value() ? 1 : 0);
      if (node.before_last_write) Put(c, *node.before_last_write);
    }
    c.Put(redis.subscriptions.size());
    for (const auto& [key, subscription] : redis.subscriptions) {
      Put(c, key);
      c.Put(subscription.subscribers);
      c.Put(subscription.permits);
      Put(c, subscription.waiters);
    }
  }
};

}  // namespace

void PutInto(Canonical& canonical, const ServiceState& service) {
  canonical.Put(service.index());
  std::visit(Writer{canonical}, service);
}

}  // namespace nextkey
