#include "sim/race/world.h"

#include <fmt/format.h>

#include <algorithm>

namespace nextkey {
namespace {

void Put(Canonical& c, const CallState& call) {
  c.Put(static_cast<std::uint64_t>(call.stage));
  if (call.stage == CallStage::kNotBegun) return;
  c.PutText(call.key);
  c.Put(call.node);
  c.Put(call.got);
  c.Put(call.tries);
  c.PutSigned(call.started_us);
  c.PutSigned(call.try_started_us);
}

void Put(Canonical& c, const ClientState& client) {
  c.Put(static_cast<std::uint64_t>(client.phase));
  c.Put((client.is_unwinding ? 1U : 0U) | (client.rolls_back ? 2U : 0U) | (client.is_paused ? 4U : 0U) |
        (client.timer.has_value() ? 8U : 0U));
  c.Put(client.instruction);
  c.Put(client.server);
  c.Put(client.attempt);
  c.Put(client.lock_serial);
  Put(c, client.call);
  if (client.timer) {
    c.PutSigned(client.timer->from_us);
    c.PutSigned(client.timer->to_us);
  }
  c.Put(client.scopes.size());
  for (const ClientScope& scope : client.scopes) {
    c.Put(static_cast<std::uint64_t>(scope.kind));
    c.Put(scope.place);
  }
  c.Put(client.sessions.size());
  for (const SessionId session : client.sessions) c.PutId(session);
  c.Put(static_cast<std::uint64_t>(client.outcome.end));
  c.PutSigned(client.outcome.error);
  c.PutText(client.outcome.reason);
}

void Put(Canonical& c, const ReplicaState& replica) {
  c.PutId(replica.applier);
  c.Put(replica.next_statement);
  c.Put(replica.queue.size());
  for (const ReplicatedTransaction& transaction : replica.queue) {
    c.PutSigned(transaction.committed_us);
    c.Put(transaction.statements.size());
    for (const sql::StatementRef& statement : transaction.statements) c.PutText(statement->text);
  }
}

}  // namespace

bool RaceWorld::IsOver() const {
  return std::all_of(clients.begin(), clients.end(),
                     [](const Cow<ClientState>& client) { return client->phase == ClientPhase::kDone; });
}

std::optional<std::int64_t> RaceWorld::NextExpiry() const {
  std::optional<std::int64_t> next;
  for (const Cow<ServiceState>& service : services) {
    const auto* redis = std::get_if<RedisState>(&*service);
    if (redis == nullptr) continue;
    for (const RedisNode& node : redis->nodes) {
      for (const auto& [name, key] : node.keys) {
        if (!key.expires_us) continue;
        const std::int64_t at_us = *key.expires_us - node.clock_offset_us;
        if (!next || at_us < *next) next = at_us;
      }
    }
  }
  return next;
}

void RaceWorld::PutInto(Canonical& canonical) const {
  for (const Server& server : servers) server.PutInto(canonical);
  canonical.Put(clients.size());
  for (const Cow<ClientState>& client : clients) Put(canonical, *client);
  for (const Cow<ServiceState>& service : services) nextkey::PutInto(canonical, *service);
  for (const Cow<ReplicaState>& replica : replicas) Put(canonical, *replica);
  for (const bool is_left : faults_left) canonical.Put(is_left ? 1 : 0);
  if (ticks_left > 0) canonical.Put(ticks_left);
}

Fingerprint RaceWorld::Digest() const {
  Canonical canonical;
  PutInto(canonical);
  return canonical.Digest();
}

bool operator==(const RaceWorld& a, const RaceWorld& b) {
  Canonical of_a;
  Canonical of_b;
  a.PutInto(of_a);
  b.PutInto(of_b);
  return of_a.bytes() == of_b.bytes();
}

std::vector<std::string> RaceWorld::CheckInvariants() const {
  std::vector<std::string> broken;
  for (const Server& server : servers) {
    for (std::string& sentence : server.CheckInvariants()) broken.push_back(std::move(sentence));
  }
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const ClientState& client = *clients[i];
    bool waits = false;
    bool stands = false;
    for (std::size_t server = 0; server < client.sessions.size(); ++server) {
      waits |= servers[server].IsWaiting(client.sessions[server]);
      stands |= servers[server].CanGoOn(client.sessions[server]);
    }
    if (waits != (client.phase == ClientPhase::kWaitsForServer)) {
      broken.push_back(fmt::format("client {} and the servers disagree whether it waits", i));
    }
    if (stands != (client.phase == ClientPhase::kInStatement)) {
      broken.push_back(fmt::format("client {} and the servers disagree whether its statement can go on", i));
    }
    if (client.phase == ClientPhase::kSleeps && !client.timer) {
      broken.push_back(fmt::format("client {} sleeps and nothing will wake it", i));
    }
  }
  return broken;
}

std::string_view RequestEndName(RequestEnd end) {
  switch (end) {
    case RequestEnd::kSucceeded:
      return "succeeded";
    case RequestEnd::kRefused:
      return "refused";
    case RequestEnd::kDeadlocked:
      return "deadlocked";
    case RequestEnd::kTimedOut:
      return "timed_out";
    case RequestEnd::kFailed:
      return "failed";
    case RequestEnd::kDied:
      return "died";
  }
  return "";
}

}  // namespace nextkey
