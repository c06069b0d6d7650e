// The locks of tables whose engine has no row locks (MyISAM): one statement, or one LOCK TABLES, at
// a time writes a table. Source: MariaDB 10.11, mysys/thr_lock.c.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/fingerprint.h"
#include "engine/ids.h"

namespace nextkey {

enum class TableLevelMode : std::uint8_t {
  kRead,          // TL_READ: lets concurrent inserts at the end go on where it is READ LOCAL.
  kReadNoInsert,  // LOCK TABLES ... READ, and reads of statements that write.
  kConcurrentInsert,
  kWrite,
};

struct TableLevelLock {
  SessionId session;
  TableId table;
  TableLevelMode mode = TableLevelMode::kRead;
  bool is_waiting = false;
};

enum class TableLevelStatus : std::uint8_t { kGranted, kWaiting };

class TableLevelLocks {
 public:
  TableLevelStatus Acquire(SessionId session, TableId table, TableLevelMode mode);
  // All of the session's locks and its wait; returns who goes on, in order.
  std::vector<SessionId> ReleaseAll(SessionId session);
  std::vector<SessionId> CancelWait(SessionId session);

  bool IsWaiting(SessionId session) const;
  std::vector<SessionId> Blockers(SessionId session) const;
  std::vector<TableLevelLock> List() const;
  void PutInto(Canonical& canonical) const;
};

std::vector<std::string> Violations(const TableLevelLocks& locks);

}  // namespace nextkey
