// Which rule took each lock that a step brought.
#pragma once

#include <vector>

#include "txn/lock_rules.h"
#include "txn/result.h"

namespace nextkey {

struct LockReason {
  LockRow lock;
  LockRule rule;
};

// The locks of `after` that are not in `before`, each with the rule of `applied` (in the order in which they
// were applied) that accounts for it. A lock whose rule was not reported is left out.
std::vector<LockReason> ReasonsFor(const std::vector<LockRow>& before, const std::vector<LockRow>& after,
                                   const std::vector<LockRuleApplied>& applied);

bool IsSameLock(const LockRow& a, const LockRow& b);

}  // namespace nextkey
