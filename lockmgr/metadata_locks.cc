#include "lockmgr/metadata_locks.h"

#include <algorithm>
#include <utility>

#include "lockmgr/check.h"
#include "lockmgr/erase_if.h"

namespace nextkey {

void MdlEvents::Append(MdlEvents other) {
  granted.insert(granted.end(), other.granted.begin(), other.granted.end());
  for (MdlDeadlock& deadlock : other.deadlocks) deadlocks.push_back(std::move(deadlock));
}

// --- Queues -----------------------------------------------------------------------------------------

const MetadataLocks::Queue* MetadataLocks::Find(const MdlKey& key) const {
  const auto found = queues_.find(key);
  return found == queues_.end() ? nullptr : &found->second;
}

// The session's own lock that makes the request unnecessary; one of the same duration first.
MetadataLocks::Ticket* MetadataLocks::FindCovering(Queue& queue, MdlSpace space, SessionId session,
                                                   MdlMode mode, MdlDuration duration) {
  Ticket* covering = nullptr;
  for (Ticket& ticket : queue.granted) {
    if (ticket.session != session || !IsMdlAtLeast(space, ticket.mode, mode)) continue;
    if (ticket.duration == duration) return &ticket;
    if (covering == nullptr) covering = &ticket;
  }
  return covering;
}

// Source: MDL_lock::can_grant_lock.
bool MetadataLocks::MayGrant(const Queue& queue, MdlSpace space, SessionId session, MdlMode mode) {
  for (const Ticket& waiting : queue.waiting) {
    if (!MayPassWaiting(space, mode, waiting.mode)) return false;
  }
  for (const Ticket& granted : queue.granted) {
    if (granted.session != session && !IsMdlCompatible(space, mode, granted.mode)) return false;
  }
  return true;
}

// The ticket that is upgraded changes its mode and goes to the end.
void MetadataLocks::ApplyUpgrade(Queue& queue, SessionId session, MdlMode to) {
  auto upgraded = queue.granted.end();
  for (auto ticket = queue.granted.begin(); ticket != queue.granted.end(); ++ticket) {
    const MdlSpace space = ticket->mode >= MdlMode::kBackupFtwrl1 ? MdlSpace::kBackup : MdlSpace::kTable;
    if (ticket->session != session || !IsMdlUpgradable(space, ticket->mode, to)) continue;
    if (upgraded == queue.granted.end() || ticket->sequence > upgraded->sequence) upgraded = ticket;
  }
  RequireFact(upgraded != queue.granted.end(), "an upgrade starts from a lock that can be upgraded");
  Ticket changed = *upgraded;
  changed.mode = to;
  queue.granted.erase(upgraded);
  queue.granted.push_back(changed);
}

// Source: MDL_lock::reschedule_waiters. First come, first served among equals; a waiter that may not
// go on does not keep back those behind it but through its priority.
void MetadataLocks::Reschedule(Queues::iterator at, MdlEvents& events) {
  const MdlSpace space = at->first.space;
  Queue& queue = at->second;
  for (std::size_t i = 0; i < queue.waiting.size();) {
    Ticket ticket = queue.waiting[i];
    if (!MayGrant(queue, space, ticket.session, ticket.mode)) {
      ++i;
      continue;
    }
    queue.waiting.erase(queue.waiting.begin() + static_cast<std::ptrdiff_t>(i));
    waits_.erase(ticket.session);
    events.granted.push_back(ticket.session);
    if (ticket.is_upgrade) {
      ApplyUpgrade(queue, ticket.session, ticket.mode);
    } else {
      ticket.sequence = next_sequence_++;
      queue.granted.push_back(ticket);
    }
  }
  if (queue.granted.empty() && queue.waiting.empty()) queues_.erase(at);
}

void MetadataLocks::RemoveWaiting(SessionId session, MdlEvents& events) {
  const auto wait = waits_.find(session);
  RequireFact(wait != waits_.end(), "a cancelled wait was there");
  const auto queue = queues_.find(wait->second);
  waits_.erase(wait);
  EraseIf(queue->second.waiting, [&](const Ticket& ticket) { return ticket.session == session; });
  Reschedule(queue, events);
}

// --- Requests ----------------------------------------------------------------------------------------

MdlOutcome MetadataLocks::Acquire(SessionId session, const MdlKey& key, MdlMode mode, MdlDuration duration,
                                  bool may_wait) {
  RequireFact(!IsWaiting(session), "a session waits for one metadata lock at a time");
  const auto found = queues_.find(key);
  if (found != queues_.end()) {
    const Ticket* covering = FindCovering(found->second, key.space, session, mode, duration);
    if (covering != nullptr) {
      if (covering->duration != duration || duration == MdlDuration::kExplicit) {
        found->second.granted.push_back({session, mode, duration, false, next_sequence_++});
      }
      return {};
    }
  }
  return AcquireOrWait(key, {session, mode, duration, false, 0}, may_wait);
}

MdlOutcome MetadataLocks::Upgrade(SessionId session, const MdlKey& key, MdlMode to, bool may_wait) {
  RequireFact(!IsWaiting(session), "a session waits for one metadata lock at a time");
  const bool is_done = key.space != MdlSpace::kBackup && Holds(session, key, to);
  if (is_done) return {};
  return AcquireOrWait(key, {session, to, MdlDuration::kTransaction, true, 0}, may_wait);
}

MdlOutcome MetadataLocks::AcquireOrWait(const MdlKey& key, Ticket ticket, bool may_wait) {
  MdlOutcome outcome;
  const auto [at, is_new] = queues_.try_emplace(key);
  Queue& queue = at->second;
  if (is_new || MayGrant(queue, key.space, ticket.session, ticket.mode)) {
    if (ticket.is_upgrade) {
      ApplyUpgrade(queue, ticket.session, ticket.mode);
    } else {
      ticket.sequence = next_sequence_++;
      queue.granted.push_back(ticket);
    }
    return outcome;
  }
  if (!may_wait) {
    outcome.status = MdlStatus::kRefused;
    outcome.blockers = EdgesOf(key, ticket);
    return outcome;
  }
  return Wait(key, ticket);
}

MdlEvents MetadataLocks::Downgrade(SessionId session, const MdlKey& key, MdlMode to) {
  MdlEvents events;
  const auto found = queues_.find(key);
  if (found == queues_.end()) return events;
  auto& granted = found->second.granted;
  auto newest = granted.end();
  for (auto ticket = granted.begin(); ticket != granted.end(); ++ticket) {
    if (ticket->session != session || ticket->mode == to || !IsMdlAtLeast(key.space, ticket->mode, to))
      continue;
    if (newest == granted.end() || ticket->sequence > newest->sequence) newest = ticket;
  }
  if (newest == granted.end()) return events;
  Ticket changed = *newest;
  changed.mode = to;
  granted.erase(newest);
  granted.push_back(changed);
  Reschedule(found, events);
  return events;
}

// --- Endings ------------------------------------------------------------------------------------------

void MetadataLocks::MakeExplicit(SessionId session) {
  for (auto& [key, queue] : queues_) {
    if (key.space != MdlSpace::kTable) continue;
    for (Ticket& ticket : queue.granted) {
      if (ticket.session == session) ticket.duration = MdlDuration::kExplicit;
    }
  }
}

MdlEvents MetadataLocks::Release(SessionId session, const MdlKey& key) {
  MdlEvents events;
  const auto found = queues_.find(key);
  if (found == queues_.end()) return events;
  auto& granted = found->second.granted;
  auto newest = granted.end();
  for (auto ticket = granted.begin(); ticket != granted.end(); ++ticket) {
    if (ticket->session != session) continue;
    if (newest == granted.end() || ticket->sequence > newest->sequence) newest = ticket;
  }
  if (newest == granted.end()) return events;
  granted.erase(newest);
  Reschedule(found, events);
  return events;
}

namespace {

// A session's lock to be released, and when it was granted.
struct Release {
  std::uint64_t sequence = 0;
  MdlKey key;
};

void NewestFirst(std::vector<Release>& releases) {
  std::sort(releases.begin(), releases.end(),
            [](const Release& a, const Release& b) { return a.sequence > b.sequence; });
}

}  // namespace

// Newest first. A session has a few locks: to look for each of them costs less than to keep a list.
MdlEvents MetadataLocks::ReleaseAll(SessionId session, MdlDuration duration) {
  MdlEvents events;
  while (true) {
    auto newest_queue = queues_.end();
    const Ticket* newest = nullptr;
    for (auto queue = queues_.begin(); queue != queues_.end(); ++queue) {
      if (queue->first.space == MdlSpace::kUserLock) continue;
      for (const Ticket& ticket : queue->second.granted) {
        if (ticket.session != session || ticket.duration != duration) continue;
        if (newest != nullptr && newest->sequence > ticket.sequence) continue;
        newest_queue = queue;
        newest = &ticket;
      }
    }
    if (newest == nullptr) return events;
    newest_queue->second.granted.erase(newest);
    Reschedule(newest_queue, events);
  }
}

MdlEvents MetadataLocks::ReleaseUserLocks(SessionId session, std::uint64_t* instances) {
  std::vector<nextkey::Release> releases;
  for (const auto& [key, queue] : queues_) {
    if (key.space != MdlSpace::kUserLock) continue;
    for (const Ticket& ticket : queue.granted) {
      if (ticket.session == session) releases.push_back({ticket.sequence, key});
    }
  }
  if (instances != nullptr) *instances = releases.size();
  NewestFirst(releases);
  MdlEvents events;
  for (const nextkey::Release& release : releases) events.Append(Release(session, release.key));
  return events;
}

MdlEvents MetadataLocks::CancelWait(SessionId session) {
  MdlEvents events;
  RemoveWaiting(session, events);
  return events;
}

void MetadataLocks::ForgetSession(SessionId session) {
  RequireFact(!IsWaiting(session), "a session that ends does not wait");
  victim_counts_.erase(session);
}

// --- Questions ------------------------------------------------------------------------------------------

bool MetadataLocks::IsWaiting(SessionId session) const { return waits_.contains(session); }

MdlLock MetadataLocks::WaitingRequest(SessionId session) const {
  const Ticket& ticket = WaitingTicket(session);
  return {session, waits_.find(session)->second, ticket.mode, ticket.duration, true};
}

std::vector<SessionId> MetadataLocks::Blockers(SessionId session) const {
  const auto wait = waits_.find(session);
  if (wait == waits_.end()) return {};
  return EdgesOf(wait->second, WaitingTicket(session));
}

bool MetadataLocks::Holds(SessionId session, const MdlKey& key, MdlMode at_least) const {
  const Queue* queue = Find(key);
  return queue != nullptr &&
         std::any_of(queue->granted.begin(), queue->granted.end(), [&](const Ticket& ticket) {
           return ticket.session == session && IsMdlAtLeast(key.space, ticket.mode, at_least);
         });
}

bool MetadataLocks::HoldsAny(SessionId session, const MdlKey& key) const {
  const Queue* queue = Find(key);
  return queue != nullptr && std::any_of(queue->granted.begin(), queue->granted.end(),
                                         [&](const Ticket& ticket) { return ticket.session == session; });
}

bool MetadataLocks::WouldWait(const MdlKey& key, MdlMode mode) const {
  const Queue* queue = Find(key);
  return queue != nullptr && !MayGrant(*queue, key.space, SessionId(), mode);
}

std::optional<SessionId> MetadataLocks::Owner(const MdlKey& key) const {
  const Queue* queue = Find(key);
  if (queue == nullptr || queue->granted.empty()) return std::nullopt;
  return queue->granted.front().session;
}

// --- Reports ----------------------------------------------------------------------------------------------

std::vector<MdlLock> MetadataLocks::List() const {
  std::vector<MdlLock> list;
  for (const auto& [key, queue] : queues_) {
    for (const Ticket& t : queue.granted) list.push_back({t.session, key, t.mode, t.duration, false});
    for (const Ticket& t : queue.waiting) list.push_back({t.session, key, t.mode, t.duration, true});
  }
  return list;
}

void MetadataLocks::PutInto(Canonical& canonical) const {
  PutInto(canonical, [](SessionId session) { return std::uint64_t{session.value()}; });
}

// Of the sequence numbers only the order counts: a ticket's rank among all that are granted.
void MetadataLocks::PutInto(Canonical& canonical, absl::FunctionRef<std::uint64_t(SessionId)> rename) const {
  absl::InlinedVector<std::uint64_t, 16> sequences;
  for (const auto& [key, queue] : queues_) {
    for (const Ticket& ticket : queue.granted) sequences.push_back(ticket.sequence);
  }
  std::sort(sequences.begin(), sequences.end());
  const auto put = [&](const Ticket& ticket) {
    canonical.Put(rename(ticket.session));
    canonical.Put(static_cast<std::uint64_t>(ticket.mode) | static_cast<std::uint64_t>(ticket.duration) << 8 |
                  (ticket.is_upgrade ? 1U << 16 : 0U));
  };
  canonical.Put(queues_.size());
  for (const auto& [key, queue] : queues_) {
    canonical.Put(static_cast<std::uint64_t>(key.space));
    canonical.PutText(key.name);
    canonical.Put(queue.granted.size());
    for (const Ticket& ticket : queue.granted) {
      put(ticket);
      const auto rank = std::lower_bound(sequences.begin(), sequences.end(), ticket.sequence);
      canonical.Put(static_cast<std::uint64_t>(rank - sequences.begin()));
    }
    canonical.Put(queue.waiting.size());
    for (const Ticket& ticket : queue.waiting) put(ticket);
  }
  absl::InlinedVector<std::pair<std::uint64_t, std::uint32_t>, 8> victims;
  for (const auto& [session, count] : victim_counts_) victims.emplace_back(rename(session), count);
  std::sort(victims.begin(), victims.end());
  canonical.Put(victims.size());
  for (const auto& [name, count] : victims) {
    canonical.Put(name);
    canonical.Put(count);
  }
}

void MetadataLocks::PutInto(const Form& form) const {
  struct Granted {
    SessionId session;
    std::uint64_t sequence = 0;
    std::uint64_t number = 0;  // Of the ticket, counted through all queues.
  };
  absl::InlinedVector<Granted, 16> granted;
  Canonical& c = form.queues;
  std::uint64_t number = 0;
  const auto put = [&](const Ticket& ticket) {
    c.Put(1 | static_cast<std::uint64_t>(ticket.mode) << 8 |
          static_cast<std::uint64_t>(ticket.duration) << 16 | (ticket.is_upgrade ? 1U << 24 : 0U));
    form.mention(ticket.session);
  };
  for (const auto& [key, queue] : queues_) {
    if (!form.is_wanted(key.space)) continue;
    c.Put(static_cast<std::uint64_t>(key.space) + 1);
    c.PutText(key.name);
    for (const Ticket& ticket : queue.granted) {
      put(ticket);
      granted.push_back({ticket.session, ticket.sequence, ++number});
    }
    c.Put(0);
    for (const Ticket& ticket : queue.waiting) put(ticket);
    c.Put(0);
  }
  c.Put(0);
  // A session's own locks are released newest first.
  std::sort(granted.begin(), granted.end(),
            [](const Granted& a, const Granted& b) { return a.sequence < b.sequence; });
  for (const Granted& one : granted) form.own_part(one.session).Put(one.number);
  for (const auto& [session, count] : victim_counts_)
    form.own_part(session).Put(std::uint64_t{1} << 32 | count);
}

std::vector<std::string> Violations(const MetadataLocks& locks) {
  std::vector<std::string> broken;
  std::size_t waiting = 0;
  for (const auto& [key, queue] : locks.queues_) {
    const std::string name = key.name.empty() ? "the backup lock" : "'" + key.name + "'";
    if (queue.granted.empty() && queue.waiting.empty())
      broken.push_back("An empty queue is kept for " + name + ".");
    for (const auto& a : queue.granted) {
      for (const auto& b : queue.granted) {
        if (a.session != b.session && !IsMdlCompatible(key.space, a.mode, b.mode)) {
          broken.push_back("Two sessions hold incompatible locks on " + name + ".");
        }
      }
    }
    for (const auto& ticket : queue.waiting) {
      ++waiting;
      const auto wait = locks.waits_.find(ticket.session);
      if (wait == locks.waits_.end() || wait->second != key) {
        broken.push_back("A request waits for " + name + " unknown to its session.");
      }
      if (locks.EdgesOf(key, ticket).empty())
        broken.push_back("A request waits for " + name + " behind nobody.");
    }
  }
  if (waiting != locks.waits_.size()) broken.push_back("A session waits without a request.");
  return broken;
}

}  // namespace nextkey
