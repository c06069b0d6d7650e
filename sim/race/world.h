// Everything that a race simulates, as one value: the servers, the clients and how far their
// requests came, the services beside the database, the clock, the faults that are left.
//
// Copies are independent. The Program stands outside and is shared. What statistics need (how long
// somebody waited, how often it tried) is told by events and is not part of the world.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/fingerprint.h"
#include "engine/ids.h"
#include "sim/race/program.h"
#include "sim/race/services.h"
#include "txn/server.h"

namespace nextkey {

enum class ClientPhase : std::uint8_t {
  kReady,            // Its next instruction is a statement or a call.
  kWaitsForServer,   // Its statement waits for a lock.
  kWaitsForService,  // Its call waits: a mutex, a connection, a message.
  kSleeps,           // Thinking, or backing off before the next try.
  kDone,
};

enum class RequestEnd : std::uint8_t { kSucceeded, kRefused, kDeadlocked, kTimedOut, kFailed, kDied };

struct RequestOutcome {
  RequestEnd end = RequestEnd::kSucceeded;
  int error = 0;       // MySQL's number, where an error ended it.
  std::string reason;  // FAIL's text, or a service's error.
};

// ... ClientState, services' states, see the implementation of this header.

}  // namespace nextkey
