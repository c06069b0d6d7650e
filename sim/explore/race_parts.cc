#include "sim/explore/race_parts.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "sim/race/play.h"

namespace nextkey {
namespace {

std::uint64_t WithBytesReversed(std::uint64_t number) {
  std::uint64_t reversed = 0;
  for (int i = 0; i < 8; ++i) reversed = reversed << 8 | (number >> (8 * i) & 0xFF);
  return reversed;
}

// Most significant byte first, so that their bytes sort as lists of numbers do.
using PlaceNumbers = absl::InlinedVector<std::uint64_t, 8>;
PlaceNumbers NumbersOf(const std::vector<std::uint32_t>& places) {
  PlaceNumbers numbers;
  for (const std::uint32_t place : places) numbers.push_back(WithBytesReversed(place));
  return numbers;
}

// `next` null: ROLLBACK.
bool UsesNoTable(const Instruction* next) {
  if (next == nullptr) return true;
  const sql::StatementBody& body = std::get<SendSql>(next->what).statement->body;
  if (const auto* begin = std::get_if<sql::BeginStatement>(&body)) return !begin->with_consistent_snapshot;
  if (const auto* commit = std::get_if<sql::CommitStatement>(&body))
    return !commit->and_chain && !commit->release;
  const auto* rollback = std::get_if<sql::RollbackStatement>(&body);
  return rollback != nullptr && !rollback->and_chain && !rollback->release;
}

}  // namespace

bool ComesBefore(const ActorParts& a, const ActorParts& b) {
  if (a.locks == b.locks && a.own != b.own) {
    if (const int order = a.own->bytes.compare(b.own->bytes); order != 0) return order < 0;
  } else if (a.locks != b.locks) {
    const auto order = ComparePieces({a.locks->bytes, a.own->bytes}, {b.locks->bytes, b.own->bytes});
    if (order != 0) return order < 0;
  }
  return a.places != b.places && a.places->bytes < b.places->bytes;
}

template <class Part>
std::pair<Part*, bool> RaceParts::Kept<Part>::Keep(const Fingerprint& digest) {
  const auto [known, is_new] = by_digest.try_emplace(digest, nullptr);
  if (!is_new) return {known->second, false};
  Part& part = parts.emplace_back();
  part.number = static_cast<std::uint32_t>(parts.size());
  part.digest = digest;
  known->second = &part;
  return {&part, true};
}

namespace {

const Cow<Transaction>* TransactionOf(const ServerState& server, const SessionState& session) {
  if (session.trx.IsNull()) return nullptr;
  const auto found = server.transactions.find(session.trx);
  return found == server.transactions.end() ? nullptr : &found->second;
}

}  // namespace

OwnSources::OwnSources(const RaceWorld& world, std::uint32_t at_work) : now_us_(world.now_us()) {
  const ServerState& server = world.servers.front().state();
  for (std::uint32_t i = 0; i < world.clients.size(); ++i) {
    if (i == at_work || world.clients[i]->sessions.empty()) continue;
    const Cow<SessionState>& session = server.sessions.at(world.clients[i]->sessions.front());
    Source& source = sources_.emplace_back(Source{i, world.clients[i], session, std::nullopt});
    if (const auto* transaction = TransactionOf(server, *session)) source.transaction = *transaction;
  }
}

KnownClients OwnSources::UnchangedIn(const RaceWorld& world) const {
  KnownClients known(world.clients.size(), false);
  if (world.now_us() != now_us_) return known;
  const ServerState& server = world.servers.front().state();
  for (const Source& source : sources_) {
    const auto session = server.sessions.find(source.session->id);
    if (session == server.sessions.end() || !session->second.IsSameAs(source.session)) continue;
    const Cow<Transaction>* transaction = TransactionOf(server, *session->second);
    const bool has_same = source.transaction
                              ? transaction != nullptr && transaction->IsSameAs(*source.transaction)
                              : transaction == nullptr;
    known[source.client] = has_same && world.clients[source.client].IsSameAs(source.state);
  }
  return known;
}

StateParts RaceParts::PartsOf(const StateForm& form, const RaceWorld& world, const KnownClients& known,
                              const StateParts& before) {
  StateParts parts;
  parts.shared = form.shared().Digest();
  absl::InlinedVector<PartDigests, 8> digests;
  for (std::uint32_t i = 0; i < form.actors().size(); ++i) {
    const StateForm::Actor& actor = form.actors()[i];
    PartDigests& digest = digests.emplace_back();
    digest.locks = actor.locks.Digest();
    digest.places = DigestOf(NumbersOf(actor.places));
    const bool is_known = i < known.size() && known[i];
    if (is_known) {
      digest.known_own = before.actors[i]->own;
    } else {
      digest.own = actor.own.Digest();
    }
  }
  {
    const std::lock_guard guard(lock_);
    for (std::uint32_t i = 0; i < form.actors().size(); ++i)
      parts.actors.push_back(ActorOf(form.actors()[i], digests[i], world, i));
  }
  const ServerState& server = world.servers.front().state();
  for (const auto& [id, transaction] : server.transactions) {
    for (std::uint16_t i = 0; i < world.clients.size(); ++i) {
      const auto& sessions = world.clients[i]->sessions;
      if (!sessions.empty() && sessions.front() == transaction->session) parts.begun.push_back(i);
    }
  }
  return parts;
}

ActorRef RaceParts::ActorOf(const FormPart* locks, const OwnPart* own, const FormPart* places,
                            Recent& recent) {
  ActorRef& known = recent.PlaceOf(locks, own, places);
  if (known != nullptr && known->own == own && known->locks == locks && known->places == places) return known;
  const std::lock_guard guard(lock_);
  return known = KeepActor(locks, own, places);
}

ActorRef RaceParts::KeepActor(const FormPart* locks, const OwnPart* own, const FormPart* places) {
  const auto [known, is_new] = actor_of_.try_emplace(ActorKey(locks, own, places), nullptr);
  if (!is_new) return known->second;
  ActorParts& actor = actors_.emplace_back();
  actor.locks = locks;
  actor.own = own;
  actor.places = places;
  actor.number = static_cast<std::uint32_t>(actors_.size());
  const auto next_sight = static_cast<std::uint32_t>(sights_.size() + 1);
  actor.sight =
      sights_.try_emplace(std::tuple(locks->number, own->exposed, places->number), next_sight).first->second;
  actor.is_unseen = !own->is_bound && own->exposes_nothing && locks->bytes.empty() && places->bytes.empty();
  actor.sight_digest = DigestOf(std::array{std::uint64_t{actor.sight}});
  actor.digest = DigestOf(std::array{locks->digest.high, locks->digest.low, own->digest.high, own->digest.low,
                                     places->digest.high, places->digest.low});
  known->second = &actor;
  return &actor;
}

ActorRef RaceParts::ActorOf(const StateForm::Actor& actor, const PartDigests& digests, const RaceWorld& world,
                            std::uint32_t client) {
  const auto [locks, are_new_locks] = locks_.Keep(digests.locks);
  if (are_new_locks) locks->bytes = actor.locks.bytes();
  const auto [places, are_new_places] = places_.Keep(digests.places);
  if (are_new_places) {
    Canonical bytes;
    for (const std::uint64_t number : NumbersOf(actor.places)) bytes.Put(number);
    places->bytes = bytes.bytes();
  }
  const OwnPart* own = digests.known_own;
  if (own == nullptr) own = OwnOf(actor, digests.own, world, client);
  return KeepActor(locks, own, places);
}

const OwnPart* RaceParts::OwnOf(const StateForm::Actor& actor, const Fingerprint& digest,
                                const RaceWorld& world, std::uint32_t client) {
  const auto [own, is_new] = own_[program_.clients[client].template_index].Keep(digest);
  if (!is_new) return own;
  own->bytes = actor.own.bytes();
  own->is_bound = actor.is_bound;
  own->exposes_nothing = actor.exposed.bytes().empty();
  own->outlook = OutlookOf(world, client);
  const auto [exposed, is_new_exposed] = exposed_.Keep(actor.exposed.Digest());
  if (is_new_exposed) exposed->bytes = actor.exposed.bytes();
  own->exposed = exposed->number;
  return own;
}

ClientOutlook RaceParts::OutlookOf(const RaceWorld& world, std::uint32_t client) const {
  const ClientState& state = *world.clients[client];
  ClientOutlook outlook;
  if (state.phase == ClientPhase::kDone) outlook.end = state.outcome.end;
  outlook.is_ready = state.phase == ClientPhase::kReady;
  const Instruction* next = outlook.is_ready ? NextInstruction(world, program_, client) : nullptr;
  outlook.sends_sql = outlook.is_ready && (next == nullptr || std::holds_alternative<SendSql>(next->what));
  outlook.uses_no_table = outlook.sends_sql && UsesNoTable(next);
  const auto* call = next == nullptr ? nullptr : std::get_if<CallService>(&next->what);
  outlook.asks_node = call != nullptr && program_.services[call->service].kind == ServiceKind::kRedlock;
  outlook.lets_go = outlook.asks_node &&
                    (state.call.stage == CallStage::kTakeBack || state.call.stage == CallStage::kRelease);
  const auto note = [&](const TimerWindow& window) {
    outlook.has_deadline = true;
    outlook.deadline_is_now |= window.from_us <= world.now_us() || window.to_us <= world.now_us();
  };
  if (state.timer) note(*state.timer);
  for (std::size_t server = 0; server < state.sessions.size(); ++server) {
    const SessionState& session = *world.servers[server].state().sessions.at(state.sessions[server]);
    if (session.wait && session.wait->deadline_us)
      note({*session.wait->deadline_us, *session.wait->deadline_us});
  }
  return outlook;
}

}  // namespace nextkey
