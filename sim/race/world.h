// Everything that a race simulates, as one value: the servers, the clients and how far their
// requests came, the services beside the database, the clock, the faults that are left.
//
// Copies are independent. The Program stands outside and is shared. What statistics need (how long
// somebody waited, how often it tried) is told by reports and is not part of the world.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/cow.h"
#include "engine/fingerprint.h"
#include "engine/ids.h"
#include "sim/race/program.h"
#include "sim/race/service_state.h"
#include "txn/server.h"

namespace nextkey {

enum class ClientPhase : std::uint8_t {
  kReady,            // It can make its next choice.
  kInStatement,      // Its statement stands before a lock, or has got it: going on is its next choice.
  kWaitsForServer,   // Its statement waits for a lock, or sleeps.
  kWaitsForService,  // Its call waits: a mutex, a connection, a message.
  kSleeps,           // Thinking, backing off, standing still.
  kDone,
};

enum class RequestEnd : std::uint8_t { kSucceeded, kRefused, kDeadlocked, kTimedOut, kFailed, kDied };

struct RequestOutcome {
  RequestEnd end = RequestEnd::kSucceeded;
  int error = 0;       // MySQL's number, where an error ended it.
  std::string reason;  // FAIL's text, a service's error, or the server's.

  friend bool operator==(const RequestOutcome&, const RequestOutcome&) = default;
};

// What a failing request leaves, last entered first: an open transaction, or an `around`.
struct ClientScope {
  enum class Kind : std::uint8_t { kTransaction, kBlock };
  Kind kind = Kind::kBlock;
  std::uint32_t place = 0;  // The server, or the first instruction of leaving.

  friend bool operator==(const ClientScope&, const ClientScope&) = default;
};

// A timer that may go off from `from_us` on, and does so at `to_us` at the latest.
struct TimerWindow {
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;

  friend bool operator==(const TimerWindow&, const TimerWindow&) = default;
};

// How far an operation of a service came. What comes next is the client's next choice.
enum class CallStage : std::uint8_t {
  kNotBegun,
  kWaiting,    // In a mutex's or a pool's queue.
  kTry,        // SETNX or Redisson's script once more.
  kSubscribe,  // Redisson.
  kAsk,        // Redlock: the next node.
  kTakeBack,   // Redlock: it was not enough.
  kGiveUp,     // Redlock: the delay behind the last try.
  kRelease,    // Redlock: unlock.
};

struct CallState {
  CallStage stage = CallStage::kNotBegun;
  std::string key;
  std::uint32_t node = 0;   // The next one to ask.
  std::uint32_t got = 0;    // Redlock: the nodes that said yes, a bit each.
  std::uint32_t tries = 0;  // That failed.
  std::int64_t started_us = 0;
  std::int64_t try_started_us = 0;

  friend bool operator==(const CallState&, const CallState&) = default;
};

struct ClientState {
  ClientPhase phase = ClientPhase::kReady;
  bool is_unwinding = false;  // It failed, and leaves its scopes.
  bool rolls_back = false;    // Its next choice is the ROLLBACK of its innermost scope.
  bool is_paused = false;     // By a fault.
  std::uint32_t instruction = 0;
  std::uint32_t server = 0;       // That it spoke to last: its session there has the variables.
  std::uint32_t attempt = 0;      // Of its template's retries.
  std::uint32_t lock_serial = 0;  // How many Redlocks it has asked for.
  CallState call;
  std::optional<TimerWindow> timer;
  absl::InlinedVector<ClientScope, 2> scopes;
  absl::InlinedVector<SessionId, 2> sessions;  // By server; empty once it is gone.
  RequestOutcome outcome;                      // Of the failure while it unwinds.

  friend bool operator==(const ClientState&, const ClientState&) = default;
};

// Committed on the primary, not yet applied.
struct ReplicatedTransaction {
  std::vector<sql::StatementRef> statements;
  std::int64_t committed_us = 0;
};

struct ReplicaState {
  SessionId applier;
  std::uint32_t next_statement = 0;  // Of the first transaction; 0: not begun.
  std::vector<ReplicatedTransaction> queue;
};

struct RaceWorld {
  std::vector<Server> servers;  // The primary, then the replicas.
  std::vector<Cow<ClientState>> clients;
  std::vector<Cow<ServiceState>> services;
  std::vector<Cow<ReplicaState>> replicas;  // Of servers[1] on.
  std::vector<bool> faults_left;
  std::uint32_t ticks_left = 0;  // Seconds that may pass yet, where time passes as it likes.
  // The variables that a request starts with, by client. Told by the program: the same in all worlds
  // of one race.
  Cow<std::vector<UserVariables>> first_variables;

  std::int64_t now_us() const { return servers.front().now_us(); }
  bool IsOver() const;  // Every client is done.
  // The world's time when the next key of a Redis node expires; nullopt: none will.
  std::optional<std::int64_t> NextExpiry() const;

  void PutInto(Canonical& canonical) const;
  Fingerprint Digest() const;
  // Equal canonical bytes: no future can tell the two apart. Requires: worlds of one program.
  friend bool operator==(const RaceWorld& a, const RaceWorld& b);
  // Broken invariants of ours, a sentence each.
  std::vector<std::string> CheckInvariants() const;
};

// `succeeded`, `refused`, ..
std::string_view RequestEndName(RequestEnd end);

}  // namespace nextkey
