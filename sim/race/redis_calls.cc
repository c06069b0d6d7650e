// Raw commands of one Redis node, and the locks that applications build on SETNX and DEL.
#include <utility>

#include "sim/race/service_calls.h"
#include "sim/text.h"

namespace nextkey {
namespace {

struct SetOptions {
  bool only_if_absent = false;
  std::optional<std::int64_t> milliseconds;
};

SetOptions OptionsOf(const std::vector<Value>& arguments) {
  SetOptions options;
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    if (arguments[i].kind() == ValueKind::kText && EqualsIgnoreCase(arguments[i].AsText(), "nx")) {
      options.only_if_absent = true;
    } else {
      options.milliseconds = ToInteger(arguments[i]);
    }
  }
  return options;
}

Value Set(ServiceDesk& desk, RedisNode& node, std::uint32_t client, const std::vector<Value>& arguments) {
  const std::string key = arguments[0].ToText();
  const SetOptions options = OptionsOf(arguments);
  if (options.only_if_absent && node.keys.contains(key)) return Value::Int(0);
  RememberForFollower(node);
  RedisKey stored;
  stored.value = arguments[1];
  stored.owner = client;
  if (options.milliseconds) stored.expires_us = NodeClock(desk, node) + *options.milliseconds * 1000;
  node.keys.insert_or_assign(key, std::move(stored));
  return Value::Int(1);
}

Value Delete(RedisNode& node, const std::string& key) {
  if (!node.keys.contains(key)) return Value::Int(0);
  RememberForFollower(node);
  node.keys.erase(key);
  return Value::Int(1);
}

CallResult Refused(ServiceDesk& desk, std::uint32_t client, const ServiceConfiguration& service) {
  if (service.kind == ServiceKind::kSimpleLock) return CallAnswered{Value::Int(0)};
  ClientState& state = desk.Client(client);
  ++state.call.tries;
  const std::optional<std::int64_t> tries = service.Option("tries");
  if (tries && state.call.tries >= *tries) return CallAnswered{Value::Int(0)};
  const std::optional<std::int64_t> wait_ms = service.Option("wait");
  if (wait_ms && desk.now_us() - state.call.started_us >= *wait_ms * 1000) {
    return CallAnswered{Value::Int(0)};
  }
  const std::int64_t until_us = desk.now_us() + service.Milliseconds("interval") * 1000;
  state.timer = TimerWindow{until_us, until_us};
  state.call.stage = CallStage::kTry;
  return CallSleeps{};
}

}  // namespace

Value LockAnswer(const ServiceConfiguration& service, RedisNode& node) {
  if (service.Option("fenced").value_or(0) == 0) return Value::Int(1);
  return Value::Int(static_cast<std::int64_t>(++node.last_token));
}

CallResult CallRedis(ServiceDesk& desk, std::uint32_t client, const CallService& call,
                     const std::vector<Value>& arguments) {
  RedisNode& node = RedisOf(desk, call.service).nodes.front();
  const std::string key = arguments[0].ToText();
  const auto found = node.keys.find(key);
  switch (call.operation) {
    case ServiceOperation::kSet:
      return CallAnswered{Set(desk, node, client, arguments)};
    case ServiceOperation::kGet:
      return CallAnswered{found == node.keys.end() ? Value::Null() : found->second.value};
    case ServiceOperation::kDelete:
      return CallAnswered{Delete(node, key)};
    case ServiceOperation::kCompareAndDelete:
      if (found == node.keys.end() || found->second.value.ToText() != arguments[1].ToText()) {
        return CallAnswered{Value::Int(0)};
      }
      return CallAnswered{Delete(node, key)};
    case ServiceOperation::kLock:
    case ServiceOperation::kUnlock:
    case ServiceOperation::kAcquire:
    case ServiceOperation::kRelease:
      break;  // Of other kinds.
  }
  return CallAnswered{Value::Null()};
}

CallResult CallSetNxLock(ServiceDesk& desk, std::uint32_t client, const CallService& call) {
  const ServiceConfiguration& service = desk.program.services[call.service];
  RedisNode& node = RedisOf(desk, call.service).nodes.front();
  const std::string& key = desk.world.clients[client]->call.key;
  if (call.operation == ServiceOperation::kUnlock) return CallAnswered{Delete(node, key)};
  if (node.keys.contains(key)) return Refused(desk, client, service);
  RememberForFollower(node);
  RedisKey stored;
  stored.owner = client;
  if (const auto expire_ms = service.Option("expire")) {
    stored.expires_us = NodeClock(desk, node) + *expire_ms * 1000;
  }
  node.keys.emplace(key, std::move(stored));
  return CallAnswered{LockAnswer(service, node)};
}

}  // namespace nextkey
