// The simulated server: a value that takes one statement of a session at a time and says what
// happened.
//
// Execute and AdvanceTime are the only ways forward. Each runs the statement until it ends or
// waits; then whoever it let go, in the order of the grants, until nobody can go on by himself.
// Both are pure: the same server and the same call give the same server and the same events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fingerprint.h"
#include "engine/ids.h"
#include "txn/result.h"
#include "txn/sql/ast.h"
#include "txn/state.h"

namespace nextkey {

enum class PurgeMode : std::uint8_t { kEager, kOff };

class Server {
 public:
  Server() = default;

  SessionId Connect();
  // Requires: the session does not wait.
  std::vector<Event> Execute(SessionId session, const sql::StatementRef& statement);
  // Moves the clock by `microseconds`, and fires each deadline on the way when it falls due.
  std::vector<Event> AdvanceTime(std::int64_t microseconds);
  // What the server would find out in the background some seconds after the tables were filled.
  void AnalyzeTables();
  // When the next waiting statement times out or wakes up; nullopt when none can.
  std::optional<std::int64_t> NextDeadline() const;
  std::int64_t now_us() const;  // Microseconds since 1970-01-01 UTC; starts at 2024-01-01.

  bool IsWaiting(SessionId session) const;
  std::optional<Wait> WaitOf(SessionId session) const;
  std::vector<LockRow> ListLocks() const;
  void SetPurgeMode(PurgeMode mode);

  const ServerState& state() const { return state_; }
  void PutInto(Canonical& canonical) const;
  Fingerprint Digest() const;
  // Equal canonical bytes: no future can tell the two apart.
  friend bool operator==(const Server& a, const Server& b);
  // Broken invariants, a sentence each.
  std::vector<std::string> CheckInvariants() const;

 private:
  ServerState state_;
};

}  // namespace nextkey
