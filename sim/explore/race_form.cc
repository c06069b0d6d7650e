#include "sim/explore/race_form.h"

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include "absl/container/inlined_vector.h"

namespace nextkey {
namespace {

class RaceWriter {
 public:
  RaceWriter(StateForm& form, const RaceWorld& world, const Program& program, const ProgramReads& reads,
             const KnownClients& known)
      : form_(form), c_(form.shared()), world_(world), program_(program), reads_(reads), known_(known) {}

  void Write() {
    if (!reads_.keeps_all_because.empty()) {
      world_.PutInto(c_);
      return;
    }
    FindActors();
    for (std::uint32_t server = 0; server < world_.servers.size(); ++server) PutOneServer(server);
    for (std::uint32_t client = 0; client < world_.clients.size(); ++client) PutClient(client);
    for (std::uint32_t service = 0; service < world_.services.size(); ++service) PutService(service);
    for (std::uint32_t i = 0; i < world_.replicas.size(); ++i) PutReplica(i);
    for (const bool is_left : world_.faults_left) c_.Put(is_left ? 1 : 0);
    if (world_.ticks_left > 0) c_.Put(world_.ticks_left);
  }

 private:
  struct SessionPlace {
    SessionId session;
    std::uint32_t actor = 0;
    std::uint32_t server = 0;
  };

  void FindActors() {
    for (std::uint32_t client = 0; client < world_.clients.size(); ++client) {
      const auto& sessions = world_.clients[client]->sessions;
      for (std::uint32_t server = 0; server < sessions.size(); ++server)
        sessions_.push_back({sessions[server], client, server});
    }
    const auto clients = static_cast<std::uint32_t>(world_.clients.size());
    for (std::uint32_t i = 0; i < world_.replicas.size(); ++i)
      sessions_.push_back({world_.replicas[i]->applier, clients + i, i + 1});
    std::sort(sessions_.begin(), sessions_.end(),
              [](const SessionPlace& a, const SessionPlace& b) { return a.session < b.session; });
  }

  const SessionPlace& PlaceOf(SessionId session) const {
    return *std::lower_bound(sessions_.begin(), sessions_.end(), session,
                             [](const SessionPlace& place, SessionId id) { return place.session < id; });
  }

  void PutOneServer(std::uint32_t server) {
    const auto actor_of = [&](SessionId session) { return PlaceOf(session).actor; };
    const auto reads_of = [&](SessionId session) {
      const SessionPlace& place = PlaceOf(session);
      if (place.actor >= world_.clients.size()) return SessionReads{};
      if (IsKnown(place.actor)) {
        SessionReads nothing;
        nothing.is_known = true;
        return nothing;
      }
      const ClientState& client = *world_.clients[place.actor];
      const ReadsBefore& before = reads_.Before(world_, program_, place.actor);
      SessionReads reads;
      // A client's variables stand in the session that it spoke to last.
      reads.variables = place.server == client.server ? &before.variables : &no_variables_;
      reads.row_count = before.row_count;
      reads.found_rows = before.found_rows;
      reads.last_insert_id = before.last_insert_id;
      reads.warnings = false;
      reads.is_over = client.phase == ClientPhase::kDone;
      return reads;
    };
    PutServer(form_, world_.servers[server].state(), reads_.scope, {actor_of, reads_of});
  }

  // --- Clients ----------------------------------------------------------------------------------------

  std::int64_t Relative(std::int64_t time_us) const { return time_us - world_.now_us(); }

  bool IsKnown(std::uint32_t client) const { return client < known_.size() && known_[client]; }

  void PutClient(std::uint32_t place) {
    if (IsKnown(place)) return;
    const ClientState& client = *world_.clients[place];
    Canonical& own = form_.OwnOf(place);
    const bool is_at_rest = client.phase == ClientPhase::kReady || client.phase == ClientPhase::kDone;
    if (!is_at_rest || client.timer || client.call.stage != CallStage::kNotBegun) form_.Bind(place);
    own.Put(static_cast<std::uint64_t>(client.phase));
    own.Put(program_.clients[place].process);
    if (client.phase == ClientPhase::kDone) {
      own.Put(static_cast<std::uint64_t>(client.outcome.end));
      own.Put(client.sessions.size());
      return;
    }
    own.Put((client.is_unwinding ? 1U : 0U) | (client.rolls_back ? 2U : 0U) | (client.is_paused ? 4U : 0U) |
            (client.timer.has_value() ? 8U : 0U));
    if (!client.is_unwinding || !client.rolls_back) own.Put(client.instruction);
    own.Put(client.server);
    own.Put(client.attempt);
    PutCall(own, place);
    if (client.timer) {
      own.PutSigned(std::max<std::int64_t>(0, Relative(client.timer->from_us)));
      own.PutSigned(std::max<std::int64_t>(0, Relative(client.timer->to_us)));
    }
    own.Put(client.scopes.size());
    for (const ClientScope& scope : client.scopes) {
      own.Put(static_cast<std::uint64_t>(scope.kind));
      own.Put(scope.place);
    }
    if (client.is_unwinding) PutFailure(own, place);
  }

  // Why it failed counts for its retries; how, for the end.
  void PutFailure(Canonical& own, std::uint32_t place) const {
    const RequestOutcome& outcome = world_.clients[place]->outcome;
    own.Put(static_cast<std::uint64_t>(outcome.end));
    if (!program_.TemplateOf(place).retry) return;
    own.PutSigned(outcome.error);
    own.PutText(outcome.error == 0 ? outcome.reason : "");
  }

  void PutCall(Canonical& own, std::uint32_t place) const {
    const ClientState& client = *world_.clients[place];
    const CallState& call = client.call;
    own.Put(static_cast<std::uint64_t>(call.stage));
    if (call.stage == CallStage::kNotBegun) return;
    const auto* made =
        std::get_if<CallService>(&program_.TemplateOf(place).instructions[client.instruction].what);
    own.PutText(call.key);
    own.Put(call.node);
    if (made == nullptr) {
      own.Put(call.got);
      return PutAllOf(own, call);
    }
    const ServiceConfiguration& service = program_.services[made->service];
    switch (service.kind) {
      case ServiceKind::kMutex:
      case ServiceKind::kPool:
        return;
      case ServiceKind::kSpinLock:
        if (service.Option("tries")) own.Put(call.tries);
        if (service.Option("wait")) own.PutSigned(Relative(call.started_us));
        return;
      case ServiceKind::kRedissonLock:
        if (service.Option("wait")) own.PutSigned(Relative(call.started_us));
        return;
      case ServiceKind::kRedlock:
        own.Put(call.tries);
        // Which nodes said yes, and how long the try takes, counts while they are asked: what is taken
        // back is taken back from all of them, and later tries begin anew.
        if (call.stage != CallStage::kAsk) return;
        own.Put(static_cast<std::uint64_t>(std::popcount(call.got)));
        own.PutSigned(Relative(call.try_started_us));
        return;
      case ServiceKind::kRedis:
      case ServiceKind::kSimpleLock:
      case ServiceKind::kReplica:
        own.Put(call.got);
        PutAllOf(own, call);
        return;
    }
  }

  void PutAllOf(Canonical& own, const CallState& call) const {
    own.Put(call.tries);
    own.PutSigned(Relative(call.started_us));
    own.PutSigned(Relative(call.try_started_us));
  }

  // --- Services ---------------------------------------------------------------------------------------

  void PutService(std::uint32_t service) {
    c_.Put(world_.services[service]->index());
    std::visit([&](const auto& state) { PutState(state, service); }, *world_.services[service]);
  }

  void PutState(std::monostate, std::uint32_t) {}

  void PutState(const MutexState& mutex, std::uint32_t) {
    c_.Put(mutex.entries.size());
    for (const auto& [key, entry] : mutex.entries) {
      PutKey(key);
      form_.Mention(entry.owner);
      c_.Put(entry.count);
      PutClients(entry.waiters);
    }
  }

  void PutState(const PoolState& pool, std::uint32_t) {
    for (const auto& [process, one] : pool.pools) {
      if (one.holders.empty() && one.waiters.empty()) continue;
      c_.Put(process + std::uint64_t{1});
      c_.Put(one.holders.size());
      form_.NewPlace();  // Who holds a connection stands in no order.
      for (const std::uint32_t holder : one.holders) form_.MentionToo(holder);
      PutClients(one.waiters);
    }
    c_.Put(0);
  }

  void PutState(const RedisState& redis, std::uint32_t service) {
    for (const RedisNode& node : redis.nodes) {
      PutKeys(node.keys, node, service);
      c_.Put(node.last_token);
      c_.Put(node.before_last_write.has_value() ? 1 : 0);
      if (node.before_last_write) PutKeys(*node.before_last_write, node, service);
    }
    c_.Put(redis.subscriptions.size());
    for (const auto& [key, subscription] : redis.subscriptions) {
      PutKey(key);
      c_.Put(subscription.subscribers);
      c_.Put(subscription.permits);
      PutClients(subscription.waiters);
    }
  }

  // When keys expire, by how far that is away.
  void PutKeys(const RedisKeys& keys, const RedisNode& node, std::uint32_t service) {
    c_.Put(keys.size());
    for (const auto& [name, key] : keys) {
      c_.PutText(name);
      key.value.PutInto(c_);
      form_.Mention(key.owner);
      // Which of the owner's locks it is: the last, the one before, ..
      c_.Put(world_.clients[key.owner]->lock_serial - key.serial);
      c_.Put(key.count);
      c_.Put((key.expires_us ? 1U : 0U) | (key.watched_since_us ? 2U : 0U));
      if (key.expires_us) c_.PutSigned(Relative(*key.expires_us - node.clock_offset_us));
      if (key.watched_since_us) c_.PutSigned(SinceRenewal(service, *key.watched_since_us));
    }
    c_.PutSigned(node.clock_offset_us);
  }

  // A watchdog renews each third of its life: how long ago the last time was is all that counts.
  std::int64_t SinceRenewal(std::uint32_t service, std::int64_t since_us) const {
    const std::int64_t life_us = program_.services[service].Milliseconds("watchdog") * 1000;
    return (world_.now_us() - since_us) % std::max<std::int64_t>(1, life_us / 3);
  }

  void PutKey(const ProcessKey& key) {
    c_.Put(key.process);
    c_.PutText(key.key);
  }

  void PutClients(const std::vector<std::uint32_t>& clients) {
    c_.Put(clients.size());
    for (const std::uint32_t client : clients) form_.Mention(client);
  }

  // --- Replicas ---------------------------------------------------------------------------------------

  void PutReplica(std::uint32_t place) {
    const ReplicaState& replica = *world_.replicas[place];
    bool has_lag = false;
    for (const ServiceConfiguration& service : program_.services)
      has_lag |=
          service.kind == ServiceKind::kReplica && service.server == place + 1 && service.Option("lag");
    c_.Put(replica.next_statement);
    c_.Put(replica.queue.size());
    for (const ReplicatedTransaction& transaction : replica.queue) {
      if (has_lag) c_.PutSigned(Relative(transaction.committed_us));
      c_.Put(transaction.statements.size());
      for (const sql::StatementRef& statement : transaction.statements) c_.PutText(statement->text);
    }
  }

  StateForm& form_;
  Canonical& c_;
  const RaceWorld& world_;
  const Program& program_;
  const ProgramReads& reads_;
  const KnownClients& known_;
  absl::InlinedVector<SessionPlace, 8> sessions_;
  const std::vector<std::string> no_variables_;
};

}  // namespace

void PutRace(StateForm& form, const RaceWorld& world, const Program& program, const ProgramReads& reads,
             const KnownClients& known) {
  form.Reset(world.clients.size() + world.replicas.size());
  RaceWriter(form, world, program, reads, known).Write();
}

}  // namespace nextkey
