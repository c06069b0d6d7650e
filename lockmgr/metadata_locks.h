// Metadata locks: what keeps DDL away from open transactions, writers away from FLUSH TABLES WITH
// READ LOCK, and GET_LOCK's names from two owners.
//
// One table for three name spaces, as in MariaDB 10.11 (sql/mdl.cc, mdl.h): tables, the server-wide
// backup lock, user-level locks. Grants follow the compatibility matrices for granted and for
// waiting locks; a circle among metadata locks is found when a wait begins, and the waiter with the
// least deadlock weight loses.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

class MetadataLocks {
 public:
  // A request that the session's own locks cover is granted at once, and counted: user-level locks
  // are re-entrant. Requires: the session does not wait. `may_wait` false refuses instead.
  MdlOutcome Acquire(SessionId session, const MdlKey& key, MdlMode mode, MdlDuration duration,
                     bool may_wait = true);
  // ALTER and DROP first hold a weaker mode, then wait for the stronger one.
  MdlOutcome Upgrade(SessionId session, const MdlKey& key, MdlMode to, bool may_wait = true);
  MdlEvents Downgrade(SessionId session, const MdlKey& key, MdlMode to);

  // Locks of tables for a transaction become explicit ones: LOCK TABLES has all it wants.
  void MakeExplicit(SessionId session);

  MdlEvents Release(SessionId session, const MdlKey& key);        // One instance of the newest.
  MdlEvents ReleaseAll(SessionId session, MdlDuration duration);  // All of one duration, user locks excepted.
  MdlEvents ReleaseUserLocks(SessionId session, std::uint64_t* instances);
  MdlEvents CancelWait(SessionId session);  // Requires: it waits.

  bool IsWaiting(SessionId session) const;
  MdlLock WaitingRequest(SessionId session) const;
  std::vector<SessionId> Blockers(SessionId session) const;
  bool Holds(SessionId session, const MdlKey& key, MdlMode at_least) const;
  std::optional<SessionId> Owner(const MdlKey& key) const;  // Of a granted exclusive lock.

  std::vector<MdlLock> List() const;  // Granted and waiting, in order.
  void PutInto(Canonical& canonical) const;
};

std::vector<std::string> Violations(const MetadataLocks& locks);

// `Waiting for table metadata lock`, `Waiting for backup lock`, `User lock`.
std::string_view WaitStateName(MdlSpace space);

}  // namespace nextkey
