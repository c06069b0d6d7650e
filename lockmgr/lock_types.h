// The vocabulary of InnoDB's locks, and whether one request has to wait for another.
//
// Two questions, two enums: how strong a lock is, and how much of the index it covers. Rule
// sources: MySQL manual, "InnoDB Locking"; server file storage/innobase/lock/lock0lock.cc, function
// lock_rec_has_to_wait.
#pragma once

#include <cstdint>
#include <string>

#include "engine/ids.h"

namespace nextkey {

enum class LockMode : std::uint8_t {
  kIntentionShared,
  kIntentionExclusive,
  kShared,
  kExclusive,
  kAutoIncrement
};

enum class LockSpan : std::uint8_t {
  kNextKey,  // The record and the gap in front of it.
  kRecordOnly,
  kGapOnly,
  kInsertIntention,  // A gap, asked for by an insert.
};

bool IsCompatible(LockMode wanted, LockMode held);
// Whether holding `held` makes asking for `wanted` unnecessary.
bool IsAtLeast(LockMode held, LockMode wanted);

// What MustWait looks at on either side.
struct RecordLockView {
  TrxId trx;
  LockMode mode = LockMode::kShared;
  LockSpan span = LockSpan::kNextKey;
  bool is_on_supremum = false;
};

bool MustWait(const RecordLockView& wanted, const RecordLockView& held);

// As performance_schema.data_locks spells it: `X`, `X,REC_NOT_GAP`, `S,GAP`,
// `X,GAP,INSERT_INTENTION`; on a supremum `X`, rarely `X,GAP`, and `X,INSERT_INTENTION`.
std::string ModeName(LockMode mode);
std::string RecordModeName(LockMode mode, LockSpan span, bool is_on_supremum);

}  // namespace nextkey
