// Redlock: the nodes are asked one after the other, so that several clients may share them so that
// nobody has more than half.
#include <algorithm>
#include <bit>

#include "sim/race/service_calls.h"

namespace nextkey {
namespace {

class RedlockCall {
 public:
  RedlockCall(ServiceDesk& desk, std::uint32_t client, const CallService& call)
      : desk_(desk),
        client_(client),
        service_(desk.program.services[call.service]),
        redis_(RedisOf(desk, call.service)),
        state_(desk.Client(client)),
        call_(state_.call) {}

  CallResult Lock() {
    switch (call_.stage) {
      case CallStage::kNotBegun:
        ++state_.lock_serial;
        BeginTry();
        return Ask();
      case CallStage::kTry:  // The delay is over.
        BeginTry();
        return Ask();
      case CallStage::kTakeBack:
        return TakeBack();
      case CallStage::kAsk:
      case CallStage::kWaiting:
      case CallStage::kSubscribe:
      case CallStage::kGiveUp:
      case CallStage::kRelease:
        break;
    }
    return Ask();
  }

  CallResult Unlock() {
    call_.stage = CallStage::kRelease;
    CompareAndDelete(redis_.nodes[call_.node]);
    if (++call_.node < redis_.nodes.size()) return CallGoesOn{};
    return CallAnswered{Value::Null()};
  }

 private:
  void BeginTry() {
    call_.stage = CallStage::kAsk;
    call_.node = 0;
    call_.got = 0;
    call_.try_started_us = desk_.now_us();
  }

  CallResult Ask() {
    RedisNode& node = redis_.nodes[call_.node];
    if (!node.keys.contains(call_.key)) {
      RememberForFollower(node);
      RedisKey stored;
      stored.owner = client_;
      stored.serial = state_.lock_serial;
      stored.expires_us = NodeClock(desk_, node) + TimeToLive();
      node.keys.emplace(call_.key, std::move(stored));
      call_.got |= 1U << call_.node;
    }
    if (++call_.node < redis_.nodes.size()) return CallGoesOn{};
    const std::size_t quorum = redis_.nodes.size() / 2 + 1;
    const std::int64_t drift_us = TimeToLive() / 100 + 2000;
    const std::int64_t validity_us = TimeToLive() - (desk_.now_us() - call_.try_started_us) - drift_us;
    if (static_cast<std::size_t>(std::popcount(call_.got)) >= quorum && validity_us > 0) {
      return CallAnswered{Value::Int(1)};
    }
    call_.stage = CallStage::kTakeBack;
    call_.node = 0;
    return CallGoesOn{};
  }

  CallResult TakeBack() {
    CompareAndDelete(redis_.nodes[call_.node]);
    if (++call_.node < redis_.nodes.size()) return CallGoesOn{};
    ++call_.tries;
    const bool is_last = call_.tries > service_.Option("retries").value_or(0);
    call_.stage = is_last ? CallStage::kGiveUp : CallStage::kTry;
    call_.node = 0;
    call_.got = 0;
    state_.timer = TimerWindow{desk_.now_us(), desk_.now_us() + service_.Milliseconds("retry_delay") * 1000};
    return CallSleeps{};
  }

  void CompareAndDelete(RedisNode& node) {
    if (!HasLock(node, call_.key, client_, state_.lock_serial)) return;
    RememberForFollower(node);
    node.keys.erase(call_.key);
  }

  std::int64_t TimeToLive() const { return service_.Milliseconds("ttl") * 1000; }

  ServiceDesk& desk_;
  std::uint32_t client_;
  const ServiceConfiguration& service_;
  RedisState& redis_;
  ClientState& state_;
  CallState& call_;
};

}  // namespace

CallResult CallRedlock(ServiceDesk& desk, std::uint32_t client, const CallService& call) {
  RedlockCall redlock(desk, client, call);
  return call.operation == ServiceOperation::kUnlock ? redlock.Unlock() : redlock.Lock();
}

}  // namespace nextkey
