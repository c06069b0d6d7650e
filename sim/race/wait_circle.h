// Who keeps whom from going on, over all layers: row locks, metadata and named locks of the servers,
// mutexes, connection pools, Redis locks.
//
// Each server sees the circles of its own locks alone. One that runs over two layers stands until a
// time-out ends it, or for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/race/program.h"
#include "sim/race/world.h"

namespace nextkey {

// The clients that have what a client's call asks for: the owner of a mutex or of a Redis lock, the
// holders of a pool's connections. Empty: it is in no call, or nobody has it.
std::vector<std::uint32_t> HoldersOf(const RaceWorld& world, const Program& program, std::uint32_t client);

enum class WaitLayer : std::uint8_t {
  kRowLock,
  kTableLock,
  kMetadataLock,
  kNamedLock,
  kMutex,
  kPool,
  kRedis
};
std::string_view WaitLayerName(WaitLayer layer);  // `row lock`, `connection pool`, ..

struct WaitCircle {
  struct Member {
    std::uint32_t client = 0;
    WaitLayer layer = WaitLayer::kRowLock;
    std::string waits_for;  // What the next member has.
  };
  std::vector<Member> members;  // Each waits for the next one, the last for the first.

  bool IsAcrossLayers() const;
};

// A circle of clients none of whom can go on before another one of them does. Waits that a time-out
// will end count, too.
std::optional<WaitCircle> FindCircle(const RaceWorld& world, const Program& program);

}  // namespace nextkey
