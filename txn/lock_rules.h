// The locking protocol as a table: which span of the index a statement locks in which situation.
//
// Strength is the statement's (S or X); this table says how much of the index is covered, at
// REPEATABLE READ and SERIALIZABLE and at the two levels below. An absent span means no lock.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "lockmgr/lock_types.h"
#include "txn/sql/ast.h"

namespace nextkey {

enum class LockSituation : std::uint8_t {
  kScannedRecord,        // A record that a scan reads, in any index.
  kExactClusteredStart,  // The first record of `key >= whole clustered key`, when it has that key.
  kSupremum,             // A scan reaches the end of a page or index.
  kPastEqualKeys,        // The first record behind those equal to the key.
  kBehindDescending,     // The record behind the start of a descending scan.
  kRowOfEntry,           // The clustered row of a secondary entry that was read.
  kDuplicateClustered,   // An insert meets a record with its clustered key.
  kDuplicateSecondary,   // An insert checks a unique secondary key: equal entries and the next one.
  kParentFound,          // A foreign key's parent is there.
  kParentDeleted,        // It is there, delete-marked.
  kParentMissing,        // It is not: the record behind its place.
  kParentSupremum,       // Or the end of the index.
  kChildFound,           // A child refers to the row that goes.
  kChildDeleted,
  kChildMissing,
  kChildSupremum,
  kCascadedRow,  // A child's row that a cascade changes.
};

std::optional<LockSpan> SpanFor(LockSituation situation, sql::IsolationLevel isolation);

// Gap locks are kept at REPEATABLE READ and SERIALIZABLE.
inline bool KeepsGapLocks(sql::IsolationLevel isolation) {
  return isolation >= sql::IsolationLevel::kRepeatableRead;
}

}  // namespace nextkey
