#include "lockmgr/lock_types.h"

#include "lockmgr/check.h"

namespace nextkey {
namespace {

bool CoversOnlyGap(const RecordLockView& lock) {
  return lock.span == LockSpan::kGapOnly || lock.is_on_supremum;
}

}  // namespace

//            held:  IS   IX   S    X    AUTO_INC
// wanted IS         +    +    +    -    +
//        IX         +    +    -    -    +
//        S          +    -    +    -    -
//        X          -    -    -    -    -
//        AUTO_INC   +    +    -    -    -
bool IsCompatible(LockMode wanted, LockMode held) {
  switch (wanted) {
    case LockMode::kIntentionShared:
      return held != LockMode::kExclusive;
    case LockMode::kIntentionExclusive:
      return held != LockMode::kExclusive && held != LockMode::kShared;
    case LockMode::kShared:
      return held == LockMode::kIntentionShared || held == LockMode::kShared;
    case LockMode::kExclusive:
      return false;
    case LockMode::kAutoIncrement:
      return held == LockMode::kIntentionShared || held == LockMode::kIntentionExclusive;
  }
  RequireFact(false, "a lock mode has one of the five values");
  return false;
}

bool IsAtLeast(LockMode held, LockMode wanted) {
  if (held == wanted || held == LockMode::kExclusive) return true;
  return wanted == LockMode::kIntentionShared &&
         (held == LockMode::kIntentionExclusive || held == LockMode::kShared);
}

bool MustWait(const RecordLockView& wanted, const RecordLockView& held) {
  if (wanted.trx == held.trx || IsCompatible(wanted.mode, held.mode)) return false;
  if (held.span == LockSpan::kInsertIntention) return false;
  if (wanted.span == LockSpan::kInsertIntention) return held.span != LockSpan::kRecordOnly;
  // Gaps are shared on purpose: a gap lock only keeps inserts out.
  return !CoversOnlyGap(wanted) && held.span != LockSpan::kGapOnly;
}

std::string ModeName(LockMode mode) {
  switch (mode) {
    case LockMode::kIntentionShared:
      return "IS";
    case LockMode::kIntentionExclusive:
      return "IX";
    case LockMode::kShared:
      return "S";
    case LockMode::kExclusive:
      return "X";
    case LockMode::kAutoIncrement:
      return "AUTO_INC";
  }
  RequireFact(false, "a lock mode has one of the five values");
  return "";
}

std::string RecordModeName(LockMode mode, LockSpan span, bool is_on_supremum) {
  const std::string name = ModeName(mode);
  switch (span) {
    case LockSpan::kNextKey:
      return name;
    case LockSpan::kRecordOnly:
      return is_on_supremum ? name : name + ",REC_NOT_GAP";
    case LockSpan::kGapOnly:
      return name + ",GAP";
    case LockSpan::kInsertIntention:
      return is_on_supremum ? name + ",INSERT_INTENTION" : name + ",GAP,INSERT_INTENTION";
  }
  RequireFact(false, "a lock span has one of the four values");
  return "";
}

}  // namespace nextkey
