#include "sim/race/wait_circle.h"

#include <algorithm>
#include <utility>

namespace nextkey {
namespace {

struct WaitEdge {
  std::vector<std::uint32_t> holders;
  bool is_any_enough = false;  // One of them has to let go, not all: a pool.
  WaitLayer layer = WaitLayer::kRowLock;
  std::string waits_for;
};

WaitLayer LayerOf(WaitKind kind) {
  switch (kind) {
    case WaitKind::kRowLock:
      return WaitLayer::kRowLock;
    case WaitKind::kTableLock:
    case WaitKind::kAutoIncLock:
    case WaitKind::kTableLevelLock:
      return WaitLayer::kTableLock;
    case WaitKind::kMetadataLock:
    case WaitKind::kBackupLock:
      return WaitLayer::kMetadataLock;
    case WaitKind::kUserLock:
    case WaitKind::kSleep:  // Waits for nobody.
      return WaitLayer::kNamedLock;
  }
  return WaitLayer::kRowLock;
}

const CallService* CallOf(const RaceWorld& world, const Program& program, std::uint32_t client) {
  const ClientState& state = *world.clients[client];
  if (state.call.stage == CallStage::kNotBegun) return nullptr;
  return std::get_if<CallService>(&program.TemplateOf(client).instructions[state.instruction].what);
}

std::optional<WaitEdge> ServerEdge(const RaceWorld& world, std::uint32_t client) {
  const ClientState& state = *world.clients[client];
  for (std::size_t server = 0; server < state.sessions.size(); ++server) {
    const std::optional<Wait> wait = world.servers[server].WaitOf(state.sessions[server]);
    if (!wait) continue;
    WaitEdge edge{{}, false, LayerOf(wait->kind), wait->what};
    for (const SessionId blocker : wait->blockers) {
      for (std::uint32_t other = 0; other < world.clients.size(); ++other) {
        const auto& sessions = world.clients[other]->sessions;
        if (server < sessions.size() && sessions[server] == blocker) edge.holders.push_back(other);
      }
    }
    return edge;
  }
  return std::nullopt;
}

std::optional<WaitEdge> EdgeOf(const RaceWorld& world, const Program& program, std::uint32_t client) {
  if (world.clients[client]->phase == ClientPhase::kWaitsForServer) return ServerEdge(world, client);
  const CallService* call = CallOf(world, program, client);
  if (call == nullptr) return std::nullopt;
  const ServiceConfiguration& service = program.services[call->service];
  WaitEdge edge{HoldersOf(world, program, client), false, WaitLayer::kRedis, service.name};
  if (service.kind == ServiceKind::kMutex) edge.layer = WaitLayer::kMutex;
  if (service.kind == ServiceKind::kPool) {
    edge.layer = WaitLayer::kPool;
    edge.is_any_enough = true;
  }
  return edge;
}

class CircleFinder {
 public:
  CircleFinder(const RaceWorld& world, const Program& program) {
    for (std::uint32_t client = 0; client < world.clients.size(); ++client) {
      std::optional<WaitEdge> edge = EdgeOf(world, program, client);
      if (edge && edge->holders.empty()) edge.reset();
      edges_.push_back(std::move(edge));
    }
  }

  std::optional<WaitCircle> Find() {
    while (RemoveOneThatCanGoOn()) {
    }
    for (std::uint32_t client = 0; client < edges_.size(); ++client) {
      if (edges_[client]) return Follow(client);
    }
    return std::nullopt;
  }

 private:
  bool IsStuck(std::uint32_t client) const { return edges_[client].has_value(); }

  // Keeps only those whose holders are stuck themselves.
  bool RemoveOneThatCanGoOn() {
    for (std::optional<WaitEdge>& edge : edges_) {
      if (!edge) continue;
      const auto stuck =
          static_cast<std::size_t>(std::count_if(edge->holders.begin(), edge->holders.end(),
                                                 [this](std::uint32_t holder) { return IsStuck(holder); }));
      const bool waits_in_vain = edge->is_any_enough ? stuck == edge->holders.size() : stuck > 0;
      if (waits_in_vain) continue;
      edge.reset();
      return true;
    }
    return false;
  }

  std::optional<WaitCircle> Follow(std::uint32_t client) const {
    std::vector<std::uint32_t> path;
    while (std::find(path.begin(), path.end(), client) == path.end()) {
      path.push_back(client);
      const std::vector<std::uint32_t>& holders = edges_[client]->holders;
      client = *std::find_if(holders.begin(), holders.end(),
                             [this](std::uint32_t holder) { return IsStuck(holder); });
    }
    WaitCircle circle;
    for (auto at = std::find(path.begin(), path.end(), client); at != path.end(); ++at) {
      circle.members.push_back({*at, edges_[*at]->layer, edges_[*at]->waits_for});
    }
    return circle;
  }

  std::vector<std::optional<WaitEdge>> edges_;
};

}  // namespace

std::vector<std::uint32_t> HoldersOf(const RaceWorld& world, const Program& program, std::uint32_t client) {
  const CallService* call = CallOf(world, program, client);
  if (call == nullptr) return {};
  const std::string& key = world.clients[client]->call.key;
  const std::uint32_t process = program.clients[client].process;
  const ServiceState& service = *world.services[call->service];
  std::vector<std::uint32_t> holders;
  if (const auto* mutex = std::get_if<MutexState>(&service)) {
    const auto entry = mutex->entries.find({process, key});
    if (entry != mutex->entries.end()) holders.push_back(entry->second.owner);
  } else if (const auto* pool = std::get_if<PoolState>(&service)) {
    const auto entry = pool->pools.find(process);
    if (entry != pool->pools.end()) holders = entry->second.holders;
  } else if (const auto* redis = std::get_if<RedisState>(&service)) {
    for (const RedisNode& node : redis->nodes) {
      const auto entry = node.keys.find(key);
      if (entry != node.keys.end() && entry->second.owner != client) holders.push_back(entry->second.owner);
    }
  }
  std::sort(holders.begin(), holders.end());
  holders.erase(std::unique(holders.begin(), holders.end()), holders.end());
  return holders;
}

std::string_view WaitLayerName(WaitLayer layer) {
  switch (layer) {
    case WaitLayer::kRowLock:
      return "row lock";
    case WaitLayer::kTableLock:
      return "table lock";
    case WaitLayer::kMetadataLock:
      return "metadata lock";
    case WaitLayer::kNamedLock:
      return "named lock";
    case WaitLayer::kMutex:
      return "mutex";
    case WaitLayer::kPool:
      return "connection pool";
    case WaitLayer::kRedis:
      return "Redis lock";
  }
  return "";
}

bool WaitCircle::IsAcrossLayers() const {
  return std::any_of(members.begin(), members.end(),
                     [this](const Member& member) { return member.layer != members.front().layer; });
}

std::optional<WaitCircle> FindCircle(const RaceWorld& world, const Program& program) {
  return CircleFinder(world, program).Find();
}

}  // namespace nextkey
