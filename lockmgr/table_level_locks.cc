#include "lockmgr/table_level_locks.h"

#include <algorithm>

#include "lockmgr/check.h"

namespace nextkey {
namespace {

template <class Locks>
bool Has(const Locks& locks, SessionId session) {
  return std::any_of(locks.begin(), locks.end(), [&](const auto& lock) { return lock.session == session; });
}

template <class Locks>
bool HasMode(const Locks& locks, TableLevelMode mode) {
  return std::any_of(locks.begin(), locks.end(), [&](const auto& lock) { return lock.mode == mode; });
}

bool IsWrite(TableLevelMode mode) {
  return mode == TableLevelMode::kConcurrentInsert || mode == TableLevelMode::kWrite;
}

}  // namespace

// A reader may go beside an insert at the end unless it has to keep inserts out. It does not pass a
// waiting writer (a waiting insert is none), unless it reads already. Source: thr_lock.
bool TableLevelLocks::MayRead(const Queue& queue, SessionId session, TableLevelMode mode) {
  if (!queue.writing.empty()) {
    const bool is_beside_insert =
        mode == TableLevelMode::kRead && queue.writing.front().mode == TableLevelMode::kConcurrentInsert;
    return Has(queue.writing, session) || is_beside_insert;
  }
  return queue.waiting_to_write.empty() ||
         queue.waiting_to_write.front().mode == TableLevelMode::kConcurrentInsert ||
         Has(queue.reading, session);
}

bool TableLevelLocks::MayWrite(const Queue& queue, SessionId session, TableLevelMode mode) {
  if (!queue.writing.empty()) return Has(queue.writing, session);
  if (!queue.waiting_to_write.empty()) return false;
  return queue.reading.empty() || (mode == TableLevelMode::kConcurrentInsert &&
                                   !HasMode(queue.reading, TableLevelMode::kReadNoInsert));
}

TableLevelStatus TableLevelLocks::Acquire(SessionId session, TableId table, TableLevelMode mode) {
  RequireFact(!IsWaiting(session), "a session waits for one table at a time");
  Queue& queue = queues_[table];
  const bool is_write = IsWrite(mode);
  const bool is_granted = is_write ? MayWrite(queue, session, mode) : MayRead(queue, session, mode);
  if (is_granted) {
    (is_write ? queue.writing : queue.reading).push_back({session, mode});
    return TableLevelStatus::kGranted;
  }
  (is_write ? queue.waiting_to_write : queue.waiting_to_read).push_back({session, mode});
  return TableLevelStatus::kWaiting;
}

void TableLevelLocks::LetReadersGoOn(Queue& queue, bool beside_insert, std::vector<SessionId>& granted) {
  Locks still_waiting;
  for (const Lock& lock : queue.waiting_to_read) {
    if (beside_insert && lock.mode == TableLevelMode::kReadNoInsert) {
      still_waiting.push_back(lock);
      continue;
    }
    queue.reading.push_back(lock);
    granted.push_back(lock.session);
  }
  queue.waiting_to_read = std::move(still_waiting);
}

// Writers first. With an insert at the end go the readers that let it. Source: wake_up_waiters.
void TableLevelLocks::WakeUp(Queue& queue, std::vector<SessionId>& granted) {
  if (!queue.writing.empty()) return;
  if (queue.waiting_to_write.empty()) {
    LetReadersGoOn(queue, false, granted);
    return;
  }
  const Lock writer = queue.waiting_to_write.front();
  const bool is_insert = writer.mode == TableLevelMode::kConcurrentInsert;
  const bool may_start =
      queue.reading.empty() || (is_insert && !HasMode(queue.reading, TableLevelMode::kReadNoInsert));
  if (!may_start) return;
  queue.waiting_to_write.erase(queue.waiting_to_write.begin());
  queue.writing.push_back(writer);
  granted.push_back(writer.session);
  if (is_insert) LetReadersGoOn(queue, true, granted);
}

std::vector<SessionId> TableLevelLocks::Remove(SessionId session, bool granted_ones) {
  std::vector<SessionId> granted;
  const auto is_its = [&](const Lock& lock) { return lock.session == session; };
  for (auto entry = queues_.begin(); entry != queues_.end();) {
    Queue& queue = entry->second;
    std::size_t removed =
        std::erase_if(queue.waiting_to_write, is_its) + std::erase_if(queue.waiting_to_read, is_its);
    if (granted_ones) removed += std::erase_if(queue.writing, is_its) + std::erase_if(queue.reading, is_its);
    if (removed != 0) WakeUp(queue, granted);
    const bool is_empty = queue.writing.empty() && queue.reading.empty() && queue.waiting_to_write.empty() &&
                          queue.waiting_to_read.empty();
    entry = is_empty ? queues_.erase(entry) : entry + 1;
  }
  return granted;
}

std::vector<SessionId> TableLevelLocks::ReleaseAll(SessionId session) { return Remove(session, true); }

std::vector<SessionId> TableLevelLocks::CancelWait(SessionId session) { return Remove(session, false); }

bool TableLevelLocks::IsWaiting(SessionId session) const {
  return std::any_of(queues_.begin(), queues_.end(), [&](const auto& entry) {
    return Has(entry.second.waiting_to_write, session) || Has(entry.second.waiting_to_read, session);
  });
}

// Whoever holds the table, and the writers that go first.
std::vector<SessionId> TableLevelLocks::Blockers(SessionId session) const {
  std::vector<SessionId> blockers;
  const auto add = [&](const Locks& locks) {
    for (const Lock& lock : locks) {
      const bool is_known = std::find(blockers.begin(), blockers.end(), lock.session) != blockers.end();
      if (lock.session != session && !is_known) blockers.push_back(lock.session);
    }
  };
  for (const auto& [table, queue] : queues_) {
    const bool waits_to_read = Has(queue.waiting_to_read, session);
    if (!waits_to_read && !Has(queue.waiting_to_write, session)) continue;
    add(queue.writing);
    if (waits_to_read) {
      add(queue.waiting_to_write);
      continue;
    }
    add(queue.reading);
    for (const Lock& ahead : queue.waiting_to_write) {
      if (ahead.session == session) break;
      add({ahead});
    }
  }
  return blockers;
}

std::vector<TableLevelLock> TableLevelLocks::List() const {
  std::vector<TableLevelLock> list;
  for (const auto& [table, queue] : queues_) {
    const auto add = [&, id = table](const Locks& locks, bool is_waiting) {
      for (const Lock& lock : locks) list.push_back({lock.session, id, lock.mode, is_waiting});
    };
    add(queue.writing, false);
    add(queue.reading, false);
    add(queue.waiting_to_write, true);
    add(queue.waiting_to_read, true);
  }
  return list;
}

void TableLevelLocks::PutInto(Canonical& canonical) const {
  PutInto(canonical, [&](SessionId session) { canonical.PutId(session); });
}

void TableLevelLocks::PutInto(Canonical& canonical, absl::FunctionRef<void(SessionId)> mention) const {
  canonical.Put(queues_.size());
  for (const auto& [table, queue] : queues_) {
    canonical.PutId(table);
    for (const Locks* locks :
         {&queue.writing, &queue.reading, &queue.waiting_to_write, &queue.waiting_to_read}) {
      canonical.Put(locks->size());
      for (const Lock& lock : *locks) {
        mention(lock.session);
        canonical.Put(static_cast<std::uint64_t>(lock.mode));
      }
    }
  }
}

std::vector<std::string> Violations(const TableLevelLocks& locks) {
  std::vector<std::string> broken;
  for (const auto& [table, queue] : locks.queues_) {
    const std::string name = "table " + std::to_string(table.value());
    const SessionId writer = queue.writing.empty() ? SessionId() : queue.writing.front().session;
    for (const auto& lock : queue.writing) {
      if (lock.session != writer) broken.push_back("Two sessions write " + name + ".");
    }
    if (HasMode(queue.writing, TableLevelMode::kWrite)) {
      for (const auto& lock : queue.reading) {
        if (lock.session != writer) broken.push_back("A session reads " + name + " while another writes it.");
      }
    }
    const bool nobody_holds = queue.writing.empty() && queue.reading.empty();
    const bool somebody_waits = !queue.waiting_to_read.empty() || !queue.waiting_to_write.empty();
    if (nobody_holds && somebody_waits)
      broken.push_back("Somebody waits for " + name + ", which nobody holds.");
  }
  return broken;
}

}  // namespace nextkey
