#include "sim/world.h"

namespace nextkey {

const WorldSession* World::FindSession(std::string_view name) const {
  for (const WorldSession& session : sessions) {
    if (session.name == name) return &session;
  }
  return nullptr;
}

const WorldSession* World::FindSession(SessionId id) const {
  for (const WorldSession& session : sessions) {
    if (session.id == id) return &session;
  }
  return nullptr;
}

Fingerprint World::Digest() const {
  Canonical canonical;
  const Fingerprint of_server = server.Digest();
  canonical.Put(of_server.high);
  canonical.Put(of_server.low);
  canonical.Put(sessions.size());
  for (const WorldSession& session : sessions) {
    canonical.PutText(session.name);
    canonical.PutId(session.id);
    canonical.Put(session.running_step);
  }
  canonical.Put(next_step);
  return canonical.Digest();
}

}  // namespace nextkey
