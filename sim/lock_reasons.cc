#include "sim/lock_reasons.h"

#include <algorithm>
#include <optional>

namespace nextkey {
namespace {

bool IsAtPlaceOf(const LockRuleApplied& applied, const LockRow& lock) {
  return applied.table == lock.table && applied.index == lock.index && applied.data == lock.data;
}

bool CoversOnlyGap(const LockRow& lock) {
  return lock.mode.find(",GAP") != std::string::npos || lock.data == "supremum pseudo-record";
}

// How well a rule's report fits the lock: as it was asked for; passed on to a gap; asked for, and cut down to
// what was not held yet.
enum class Fit : std::uint8_t { kNone, kSameStrength, kPassedOn, kExact };

Fit FitOf(const LockRuleApplied& applied, const LockRow& lock) {
  if (!IsAtPlaceOf(applied, lock)) return Fit::kNone;
  const std::string strength = lock.mode.substr(0, lock.mode.find(','));
  if (applied.session.IsNull()) {
    const bool fits = CoversOnlyGap(lock) && (applied.mode.empty() || applied.mode == strength);
    return fits ? Fit::kPassedOn : Fit::kNone;
  }
  if (applied.session != lock.session) return Fit::kNone;
  if (applied.mode == lock.mode) return Fit::kExact;
  return applied.mode.substr(0, applied.mode.find(',')) == strength ? Fit::kSameStrength : Fit::kNone;
}

}  // namespace

bool IsSameLock(const LockRow& a, const LockRow& b) {
  return a.session == b.session && a.table == b.table && a.index == b.index && a.mode == b.mode &&
         a.data == b.data;
}

std::vector<LockReason> ReasonsFor(const std::vector<LockRow>& before, const std::vector<LockRow>& after,
                                   const std::vector<LockRuleApplied>& applied) {
  std::vector<LockReason> reasons;
  for (const LockRow& lock : after) {
    const auto is_same = [&](const LockRow& other) { return IsSameLock(lock, other); };
    if (std::any_of(before.begin(), before.end(), is_same)) continue;
    Fit best = Fit::kNone;
    std::optional<LockRule> rule;
    for (const LockRuleApplied& one : applied) {
      const Fit fit = FitOf(one, lock);
      if (fit == Fit::kNone || fit < best) continue;
      best = fit;
      rule = one.rule;
    }
    if (rule.has_value()) reasons.push_back({lock, *rule});
  }
  return reasons;
}

}  // namespace nextkey
