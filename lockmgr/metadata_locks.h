// Metadata locks: what keeps DDL away from open transactions, writers away from FLUSH TABLES WITH
// READ LOCK, and GET_LOCK's names from two owners.
//
// One table for three name spaces, as in MariaDB 10.11 (sql/mdl.cc, mdl.h): tables, the server-wide
// backup lock, user-level locks. Grants follow the compatibility matrices for granted and for
// waiting locks; a circle among metadata locks is found when a wait begins, and the waiter with the
// least deadlock weight loses.
#pragma once

#include <boost/container/flat_map.hpp>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "engine/fingerprint.h"
#include "engine/ids.h"

namespace nextkey {

enum class MdlSpace : std::uint8_t { kBackup, kTable, kUserLock };

enum class MdlMode : std::uint8_t {
  // Tables and user-level locks (weakest first).
  kShared,
  kSharedHighPriority,
  kSharedRead,
  kSharedWrite,
  kSharedUpgradable,
  kSharedReadOnly,
  kSharedNoWrite,
  kSharedNoReadWrite,
  kExclusive,
  // The backup space.
  kBackupFtwrl1,  // FLUSH TABLES WITH READ LOCK waits for running writes.
  kBackupFtwrl2,  // and for commits.
  kBackupDml,
  kBackupTransDml,
  kBackupSysDml,
  kBackupDdl,
  kBackupAlterCopy,
  kBackupCommit,
};

enum class MdlDuration : std::uint8_t { kStatement, kTransaction, kExplicit };

struct MdlKey {
  MdlSpace space = MdlSpace::kTable;
  std::string name;  // Empty in the backup space.

  friend auto operator<=>(const MdlKey&, const MdlKey&) = default;
};
inline const MdlKey kBackupKey{MdlSpace::kBackup, ""};

struct MdlLock {
  SessionId session;
  MdlKey key;
  MdlMode mode = MdlMode::kShared;
  MdlDuration duration = MdlDuration::kTransaction;
  bool is_waiting = false;
};

enum class MdlStatus : std::uint8_t { kGranted, kWaiting, kRefused, kDeadlock };

struct MdlDeadlock {
  std::vector<MdlLock> circle;  // The waiting requests in the circle, each for the next one's lock.
  SessionId victim;
};

// What a change led to, in order: sessions whose waits ended, and victims whose waits were cancelled.
struct MdlEvents {
  std::vector<SessionId> granted;
  std::vector<MdlDeadlock> deadlocks;

  void Append(MdlEvents other);
};

struct MdlOutcome {
  MdlStatus status = MdlStatus::kGranted;
  std::vector<SessionId> blockers;     // While waiting.
  std::vector<MdlDeadlock> deadlocks;  // Circles that the wait closed.
  std::vector<SessionId> granted;      // Others whom a victim's cancelled wait let go.
};

// The rules, as pure functions. `wanted` and `other` are modes of one space.
bool IsMdlCompatible(MdlSpace space, MdlMode wanted, MdlMode granted_to_other);
// Whether a request may pass one that waits already: a question of priority.
bool MayPassWaiting(MdlSpace space, MdlMode wanted, MdlMode waiting);
// Whether `held` keeps away everything that `wanted` would.
bool IsMdlAtLeast(MdlSpace space, MdlMode held, MdlMode wanted);
// The least of a circle loses: who waits to flush, then who reads or writes rows, then who changes
// tables or waits for a name.
std::uint32_t MdlWeight(MdlSpace space, MdlMode mode);
bool IsMdlUpgradable(MdlSpace space, MdlMode mode, MdlMode to);

class MetadataLocks {
 public:
  // A request that the session's own locks cover is granted at once. It is counted (one more lock to
  // release) where it is of explicit duration or of another duration than what covers it: user-level
  // locks are re-entrant. Requires: the session does not wait. `may_wait` false refuses instead.
  MdlOutcome Acquire(SessionId session, const MdlKey& key, MdlMode mode, MdlDuration duration,
                     bool may_wait = true);
  // ALTER and DROP first hold a weaker mode, then wait for the stronger one.
  MdlOutcome Upgrade(SessionId session, const MdlKey& key, MdlMode to, bool may_wait = true);
  MdlEvents Downgrade(SessionId session, const MdlKey& key, MdlMode to);

  // Locks of tables for a transaction become explicit ones: LOCK TABLES has all it wants.
  void MakeExplicit(SessionId session);

  MdlEvents Release(SessionId session, const MdlKey& key);        // One instance, the newest.
  MdlEvents ReleaseAll(SessionId session, MdlDuration duration);  // All of one duration, user locks excepted.
  MdlEvents ReleaseUserLocks(SessionId session, std::uint64_t* instances);
  MdlEvents CancelWait(SessionId session);  // Requires: it waits.

  bool IsWaiting(SessionId session) const;
  MdlLock WaitingRequest(SessionId session) const;
  std::vector<SessionId> Blockers(SessionId session) const;
  bool Holds(SessionId session, const MdlKey& key, MdlMode at_least) const;
  bool HoldsAny(SessionId session, const MdlKey& key) const;
  // Whether somebody who holds nothing would have to wait.
  bool WouldWait(const MdlKey& key, MdlMode mode) const;
  // The first of those that have a lock on it: the owner of a user-level lock.
  std::optional<SessionId> Owner(const MdlKey& key) const;

  // The connection is gone. Requires: its locks are released, it does not wait.
  void ForgetSession(SessionId session);

  std::vector<MdlLock> List() const;  // By key: granted, then waiting ones, each in order.
  void PutInto(Canonical& canonical) const;
  // The same with sessions renamed, one-to-one.
  void PutInto(Canonical& canonical, absl::FunctionRef<std::uint64_t(SessionId)> rename) const;
  // The same in two parts: the queues, in which a session is only mentioned, and each session's own
  // part, which tells nothing of others. Of the spaces that are not asked for nothing is told.
  struct Form {
    Canonical& queues;
    absl::FunctionRef<void(SessionId)> mention;  // At this place of the queues.
    absl::FunctionRef<Canonical&(SessionId)> own_part;
    absl::FunctionRef<bool(MdlSpace)> is_wanted;
  };
  void PutInto(const Form& form) const;

  friend std::vector<std::string> Violations(const MetadataLocks& locks);

 private:
  struct Ticket {
    SessionId session;
    MdlMode mode = MdlMode::kShared;
    MdlDuration duration = MdlDuration::kTransaction;
    bool is_upgrade = false;     // A waiting one that will change another ticket's mode.
    std::uint64_t sequence = 0;  // Of the grant: a session's locks are released newest first.
  };
  struct Queue {
    absl::InlinedVector<Ticket, 6> granted;
    absl::InlinedVector<Ticket, 2> waiting;
  };
  using Queues = boost::container::flat_map<MdlKey, Queue>;
  struct SearchState;

  const Queue* Find(const MdlKey& key) const;
  static Ticket* FindCovering(Queue& queue, MdlSpace space, SessionId session, MdlMode mode,
                              MdlDuration duration);
  static bool MayGrant(const Queue& queue, MdlSpace space, SessionId session, MdlMode mode);
  static void ApplyUpgrade(Queue& queue, SessionId session, MdlMode to);
  MdlOutcome AcquireOrWait(const MdlKey& key, Ticket ticket, bool may_wait);
  MdlOutcome Wait(const MdlKey& key, Ticket ticket);
  void Reschedule(Queues::iterator at, MdlEvents& events);
  void RemoveWaiting(SessionId session, MdlEvents& events);
  bool Visit(SessionId node, SearchState& search) const;
  std::uint32_t WeightOf(SessionId waiter) const;
  std::vector<SessionId> EdgesOf(const MdlKey& key, const Ticket& waiting) const;
  const Ticket& WaitingTicket(SessionId session) const;

  Queues queues_;
  boost::container::flat_map<SessionId, MdlKey> waits_;  // Who waits, and for what.
  // How often a session was a victim: it weighs that much more next time.
  boost::container::flat_map<SessionId, std::uint32_t> victim_counts_;
  std::uint64_t next_sequence_ = 1;
};

std::vector<std::string> Violations(const MetadataLocks& locks);

// `Waiting for table metadata lock`, `Waiting for backup lock`, `User lock`.
std::string_view WaitStateName(MdlSpace space);

}  // namespace nextkey
