// Old versions of rows: who still needs them, and purge, which takes away what nobody does.
#pragma once

#include "txn/state.h"

namespace nextkey {

// Whether `version` or an older one of the row is alive and has exactly this secondary entry.
bool IsNeededByVersion(const IndexDef& index, const Row& entry, const Version* version);

// Whether Purge would find something.
bool CanPurge(const ServerState& state);
// Purges every committed transaction that all open views see. May let waiters go.
void Purge(ServerState& state, std::vector<Event>& events);

}  // namespace nextkey
