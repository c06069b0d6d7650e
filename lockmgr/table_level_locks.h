// The locks of tables whose engine has no row locks (MyISAM): one statement, or one LOCK TABLES, at
// a time writes a table. Source: MariaDB 10.11, mysys/thr_lock.c.
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
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
  std::vector<TableLevelLock> List() const;  // By table: writers, readers, then those that wait for each.
  void PutInto(Canonical& canonical) const;
  // The same with a session mentioned where it stands.
  void PutInto(Canonical& canonical, absl::FunctionRef<void(SessionId)> mention) const;

  friend std::vector<std::string> Violations(const TableLevelLocks& locks);

 private:
  struct Lock {
    SessionId session;
    TableLevelMode mode = TableLevelMode::kRead;
  };
  using Locks = std::vector<Lock>;
  // Four lists a table, each in the order of arrival.
  struct Queue {
    Locks writing;
    Locks reading;
    Locks waiting_to_write;
    Locks waiting_to_read;
  };

  static bool MayRead(const Queue& queue, SessionId session, TableLevelMode mode);
  static bool MayWrite(const Queue& queue, SessionId session, TableLevelMode mode);
  static void LetReadersGoOn(Queue& queue, bool beside_insert, std::vector<SessionId>& granted);
  static void WakeUp(Queue& queue, std::vector<SessionId>& granted);
  std::vector<SessionId> Remove(SessionId session, bool granted_ones);

  boost::container::flat_map<TableId, Queue> queues_;
};

std::vector<std::string> Violations(const TableLevelLocks& locks);

}  // namespace nextkey
