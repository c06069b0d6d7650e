#include "sim/explore/search_play.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"

namespace nextkey {

bool SearchPlay::Play(RaceWorld& world, const Choice& choice, PlanCache* plans) const {
  const bool others_went_on = PlayChoice(world, program_, choice, nullptr, plans);
  ForgetSnapshots(world);
  return others_went_on;
}

void SearchPlay::ForgetSnapshots(RaceWorld& world) const {
  if (!reads_.forgets_snapshots) return;
  for (std::size_t server = 0; server < world.servers.size(); ++server) {
    absl::InlinedVector<SessionId, 8> with_snapshot;
    for (const auto& [id, transaction] : world.servers[server].state().transactions) {
      if (transaction->view) with_snapshot.push_back(transaction->session);
    }
    if (with_snapshot.empty()) continue;
    for (std::uint32_t client = 0; client < world.clients.size(); ++client) {
      const auto& sessions = world.clients[client]->sessions;
      if (server >= sessions.size() || reads_.Before(world, program_, client).snapshot) continue;
      const bool has_one =
          std::find(with_snapshot.begin(), with_snapshot.end(), sessions[server]) != with_snapshot.end();
      if (has_one) world.servers[server].ForgetSnapshot(sessions[server]);
    }
  }
}

}  // namespace nextkey
