// Everything that a replay simulates, as one value: the server, who is connected, and how far the
// script has come.
//
// Copies are independent: a copy that plays the same steps sees the same events and comes to the
// same fingerprint. The script itself stands outside and is shared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fingerprint.h"
#include "engine/ids.h"
#include "txn/server.h"

namespace nextkey {

// One connection of the script.
struct WorldSession {
  std::string name;
  SessionId id;
  std::uint32_t running_step = 0;  // Number of the step whose statement still waits; 0: none.

  friend bool operator==(const WorldSession& a, const WorldSession& b) = default;
};

struct World {
  Server server;
  std::vector<WorldSession> sessions;  // In the order of their first statements.
  std::uint32_t next_step = 0;         // Position in ScriptCase::steps.

  // Both null where there is none.
  const WorldSession* FindSession(std::string_view name) const;
  const WorldSession* FindSession(SessionId id) const;

  Fingerprint Digest() const;
  friend bool operator==(const World& a, const World& b) = default;
};

}  // namespace nextkey
