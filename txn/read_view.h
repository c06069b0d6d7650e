// A snapshot: which transactions' changes a consistent read sees.
#pragma once

#include <vector>

#include "engine/fingerprint.h"
#include "engine/ids.h"

namespace nextkey {

// Those that had committed when it was made are seen, and its creator's own.
struct ReadView {
  TrxId creator;
  TrxId limit;                // No transaction with this id or a later one is seen.
  std::vector<TrxId> active;  // In order; earlier ones that were still running.

  bool Sees(TrxId writer) const;
  void PutInto(Canonical& canonical) const;
};

}  // namespace nextkey
