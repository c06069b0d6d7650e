// Circles of metadata locks: for whom a request waits, the search when a wait begins, the victims.
// Source: MariaDB 10.11, sql/mdl.cc (MDL_context::find_deadlock, MDL_lock::visit_subgraph,
// Deadlock_detection_visitor).
#include <algorithm>
#include <cstddef>
#include <utility>

#include "lockmgr/check.h"
#include "lockmgr/metadata_locks.h"

namespace nextkey {

const MetadataLocks::Ticket& MetadataLocks::WaitingTicket(SessionId session) const {
  const auto wait = waits_.find(session);
  RequireFact(wait != waits_.end(), "a session with a waiting request waits");
  const Queue& queue = queues_.find(wait->second)->second;
  const auto ticket = std::find_if(queue.waiting.begin(), queue.waiting.end(),
                                   [&](const Ticket& waiting) { return waiting.session == session; });
  RequireFact(ticket != queue.waiting.end(), "a waiting request stands in its queue");
  return *ticket;
}

std::uint32_t MetadataLocks::WeightOf(SessionId waiter) const {
  const MdlSpace space = waits_.find(waiter)->second.space;
  const auto victim_count = victim_counts_.find(waiter);
  return MdlWeight(space, WaitingTicket(waiter).mode) +
         (victim_count == victim_counts_.end() ? 0 : victim_count->second);
}

// For whom a request waits: holders in the order of their grants, then waiting ones that go first.
std::vector<SessionId> MetadataLocks::EdgesOf(const MdlKey& key, const Ticket& waiting) const {
  std::vector<SessionId> ends;
  const auto add = [&](SessionId end) {
    if (end != waiting.session && std::find(ends.begin(), ends.end(), end) == ends.end()) ends.push_back(end);
  };
  const Queue* queue = Find(key);
  if (queue == nullptr) return ends;
  for (const Ticket& ticket : queue->granted) {
    if (!IsMdlCompatible(key.space, waiting.mode, ticket.mode)) add(ticket.session);
  }
  for (const Ticket& ticket : queue->waiting) {
    if (!MayPassWaiting(key.space, waiting.mode, ticket.mode)) add(ticket.session);
  }
  return ends;
}

// A search for a way back to `start`. The lightest session on it loses; of equals the one nearest to
// the start. Victims found before are passed over. Sources: MDL_lock::visit_subgraph,
// Deadlock_detection_visitor.
struct MetadataLocks::SearchState {
  SessionId start;
  std::vector<SessionId> passed_over;
  std::vector<SessionId> path;
  std::vector<SessionId> circle;
  SessionId victim;
};

bool MetadataLocks::Visit(SessionId node, SearchState& search) const {
  constexpr std::size_t kMaxDepth = 32;
  const auto wait = waits_.find(node);
  if (wait == waits_.end()) return false;
  const auto& skip = search.passed_over;
  if (std::find(skip.begin(), skip.end(), node) != skip.end()) return false;

  search.path.push_back(node);
  const std::vector<SessionId> ends = EdgesOf(wait->second, WaitingTicket(node));
  bool is_found = search.path.size() >= kMaxDepth;
  is_found = is_found || std::find(ends.begin(), ends.end(), search.start) != ends.end();
  if (is_found) search.circle = search.path;
  for (std::size_t i = 0; !is_found && i < ends.size(); ++i) is_found = Visit(ends[i], search);
  search.path.pop_back();
  if (is_found) {
    if (search.victim.IsNull() || WeightOf(search.victim) >= WeightOf(node)) search.victim = node;
  } else {
    search.passed_over.push_back(node);  // No way back from here.
  }
  return is_found;
}

MdlOutcome MetadataLocks::Wait(const MdlKey& key, Ticket ticket) {
  const SessionId session = ticket.session;
  queues_[key].waiting.push_back(ticket);
  waits_[session] = key;

  MdlOutcome outcome;
  std::vector<SessionId> victims;
  while (victims.empty() || victims.back() != session) {
    SearchState search{session, victims, {}, {}, {}};
    if (!Visit(session, search)) break;
    MdlDeadlock deadlock;
    for (const SessionId member : search.circle) deadlock.circle.push_back(WaitingRequest(member));
    deadlock.victim = search.victim;
    outcome.deadlocks.push_back(std::move(deadlock));
    victims.push_back(search.victim);
  }
  MdlEvents events;
  for (const SessionId victim : victims) {
    ++victim_counts_[victim];
    // A victim found earlier may have let a later one go on already.
    if (IsWaiting(victim)) RemoveWaiting(victim, events);
  }
  outcome.granted = std::move(events.granted);
  std::erase(outcome.granted, session);
  if (!victims.empty() && victims.back() == session) {
    outcome.status = MdlStatus::kDeadlock;
  } else if (IsWaiting(session)) {
    outcome.status = MdlStatus::kWaiting;
    outcome.blockers = Blockers(session);
  }
  return outcome;
}

}  // namespace nextkey
