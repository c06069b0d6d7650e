// Redisson's lock: tries, listens, waits for a message, tries again.
//
// A waiter whose lock is kept alive by a watchdog needs no timer of its own: waking up after the
// lock's life, it could only find it renewed. Should the watchdog stop, the waiters get their timers
// (service_calls.cc).
#include <algorithm>

#include "sim/race/service_calls.h"

namespace nextkey {
namespace {

class RedissonCall {
 public:
  RedissonCall(ServiceDesk& desk, std::uint32_t client, const CallService& call)
      : desk_(desk),
        client_(client),
        service_(desk.program.services[call.service]),
        redis_(RedisOf(desk, call.service)),
        node_(redis_.nodes.front()),
        state_(desk.Client(client)),
        place_{desk.ProcessOf(client), state_.call.key} {}

  CallResult Lock() {
    if (state_.call.stage == CallStage::kSubscribe) {
      ++redis_.subscriptions[place_].subscribers;
      state_.call.stage = CallStage::kTry;
      return CallGoesOn{};
    }
    if (TryLock()) return Answer(LockAnswer(service_, node_));
    const std::optional<std::int64_t> left_us = TimeLeft();
    if (left_us && *left_us <= 0) return Answer(Value::Int(0));
    if (state_.call.stage != CallStage::kTry) return Subscribe();
    Subscription& subscription = redis_.subscriptions[place_];
    if (subscription.permits > 0) {
      --subscription.permits;
      return CallGoesOn{};
    }
    subscription.waiters.push_back(client_);
    SetTimer(left_us);
    return CallWaits{};
  }

  CallResult Unlock() {
    const auto found = node_.keys.find(place_.key);
    if (found == node_.keys.end() || found->second.owner != client_) {
      return CallFailed{{RequestEnd::kFailed, 0, "attempt to unlock lock, not locked by current thread"}};
    }
    RememberForFollower(node_);
    if (--found->second.count > 0) {
      if (found->second.expires_us) found->second.expires_us = NodeClock(desk_, node_) + Lease();
    } else {
      node_.keys.erase(found);
      Publish();
    }
    return CallAnswered{Value::Null()};
  }

  // A message came, or the time is over.
  CallResult WakeUp() {
    const std::optional<std::int64_t> left_us = TimeLeft();
    if (left_us && *left_us <= 0) return Answer(Value::Int(0));
    return CallGoesOn{};
  }

 private:
  bool TryLock() {
    const auto found = node_.keys.find(place_.key);
    if (found != node_.keys.end() && found->second.owner != client_) return false;
    RememberForFollower(node_);
    RedisKey& key = node_.keys[place_.key];
    key.count = found == node_.keys.end() ? 1 : key.count + 1;
    key.owner = client_;
    if (service_.Option("lease")) {
      key.expires_us = NodeClock(desk_, node_) + Lease();
    } else {
      key.watched_since_us = desk_.now_us();
    }
    return true;
  }

  std::int64_t Lease() const { return service_.Milliseconds("lease") * 1000; }

  std::optional<std::int64_t> TimeLeft() const {
    const std::optional<std::int64_t> wait_ms = service_.Option("wait");
    if (!wait_ms) return std::nullopt;
    return state_.call.started_us + *wait_ms * 1000 - desk_.now_us();
  }

  // The first thread of a process subscribes for all of them.
  CallResult Subscribe() {
    const auto entry = redis_.subscriptions.find(place_);
    if (entry == redis_.subscriptions.end()) {
      state_.call.stage = CallStage::kSubscribe;
    } else {
      ++entry->second.subscribers;
      state_.call.stage = CallStage::kTry;
    }
    return CallGoesOn{};
  }

  void SetTimer(std::optional<std::int64_t> left_us) {
    state_.timer.reset();
    std::optional<std::int64_t> waits_us = left_us;
    const RedisKey& key = node_.keys.at(place_.key);
    if (key.expires_us) {
      const std::int64_t lives_us = *key.expires_us - NodeClock(desk_, node_);
      waits_us = std::min(lives_us, waits_us.value_or(lives_us));
    }
    if (waits_us) state_.timer = TimerWindow{desk_.now_us() + *waits_us, desk_.now_us() + *waits_us};
  }

  CallResult Answer(Value value) {
    const bool is_subscribed = state_.call.stage == CallStage::kTry;
    const auto entry = redis_.subscriptions.find(place_);
    if (is_subscribed && entry != redis_.subscriptions.end() && --entry->second.subscribers == 0) {
      redis_.subscriptions.erase(entry);
    }
    return CallAnswered{std::move(value)};
  }

  // One permit a process; who waits longest takes it.
  void Publish() {
    std::vector<std::uint32_t> woken;
    for (auto& [place, subscription] : redis_.subscriptions) {
      if (place.key != place_.key) continue;
      if (subscription.waiters.empty()) {
        ++subscription.permits;
        continue;
      }
      woken.push_back(subscription.waiters.front());
      subscription.waiters.erase(subscription.waiters.begin());
    }
    for (const std::uint32_t waiter : woken) desk_.let_go.emplace_back(waiter, CallGoesOn{});
  }

  ServiceDesk& desk_;
  std::uint32_t client_;
  const ServiceConfiguration& service_;
  RedisState& redis_;
  RedisNode& node_;
  ClientState& state_;
  ProcessKey place_;
};

}  // namespace

CallResult CallRedisson(ServiceDesk& desk, std::uint32_t client, const CallService& call) {
  RedissonCall redisson(desk, client, call);
  return call.operation == ServiceOperation::kUnlock ? redisson.Unlock() : redisson.Lock();
}

CallResult EndRedissonWait(ServiceDesk& desk, std::uint32_t client, const CallService& call) {
  for (auto& [place, subscription] : RedisOf(desk, call.service).subscriptions) {
    std::erase(subscription.waiters, client);
  }
  return RedissonCall(desk, client, call).WakeUp();
}

void ForgetSubscriptions(ServiceDesk& desk, std::uint32_t client, std::uint32_t service) {
  const ClientState& state = *desk.world.clients[client];
  RedisState& redis = RedisOf(desk, service);
  const auto entry = redis.subscriptions.find({desk.ProcessOf(client), state.call.key});
  if (state.call.stage != CallStage::kTry || entry == redis.subscriptions.end()) return;
  std::erase(entry->second.waiters, client);
  if (--entry->second.subscribers == 0) redis.subscriptions.erase(entry);
}

}  // namespace nextkey
