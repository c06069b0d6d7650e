// Which locks statements take: one table, a rule a line.
//
// Every lock that a statement asks for, keeps, passes on or lets go is taken by a named rule. A rule says
// how strong the lock is; its cells say how much of the index it covers, at REPEATABLE READ and SERIALIZABLE
// and at the two levels below, for each server that is simulated (dialect.h). Nothing else decides: a cell
// that is changed changes what the server does. LOCK_RULES.md is this table, printed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lockmgr/lock_types.h"
#include "txn/sql/ast.h"

namespace nextkey {

// In the order of the table.
enum class LockRule : std::uint8_t {
  // Tables.
  kTableOfRead,
  kTableOfInsert,
  kTableOfParent,
  kTableOfChild,
  kTableOfCascade,
  kChildOfDefinition,
  kLockedTable,
  kAutoIncrementOfQuery,
  kAutoIncrementContended,
  kAutoIncrementOfUpdate,
  // Reads that lock without being asked to.
  kReadOfWrite,
  kSerializableRead,
  // Scans.
  kRowPoint,
  kDeletedRowPoint,
  kUniqueEntryPoint,
  kDeletedUniqueEntryPoint,
  kExactStart,
  kScannedRow,
  kScannedEntry,
  kBehindClusteredRange,
  kBehindExactEnd,
  kBehindRange,
  kBehindEqualKeys,
  kBehindDescending,
  kSupremum,
  kRowOfEntry,
  kRowOfCoveringShare,
  // What a scan lets go.
  kSemiConsistentRead,
  kLetGoUnmatchedRow,
  kLetGoRowBehindRange,
  kLetGoDeletedRow,
  kPassDeletedRecord,
  // Locks that nobody wrote down.
  kImplicitRow,
  kImplicitEntry,
  kOwnRow,
  kOwnEntry,
  // Changes.
  kChangedEntry,
  kRevivedRecord,
  kInsertIntention,
  kDuplicateRow,
  kDuplicateEntry,
  kBehindDuplicateEntry,
  kExistingRow,
  // Foreign keys.
  kParentFound,
  kParentDeleted,
  kParentMissing,
  kParentSupremum,
  kChildFound,
  kChildDeleted,
  kChildMissing,
  kChildSupremum,
  kCascadedRow,
  // Records that come, go and move.
  kInsertedIntoGap,
  kRolledBackSearched,
  kRolledBackChecked,
  kPurgedSearched,
  kPurgedChecked,
  kSplitPage,
  kEmptiedPage,
};
inline constexpr std::size_t kLockRuleCount = static_cast<std::size_t>(LockRule::kEmptiedPage) + 1;

// The two columns of isolation levels.
enum class RuleColumn : std::uint8_t {
  kRepeatableRead,  // And SERIALIZABLE.
  kReadCommitted,   // And READ UNCOMMITTED.
};

// What a rule does in one column.
enum class RuleCell : std::uint8_t {
  kNothing,
  kNextKey,
  kRecordOnly,
  kGapOnly,
  kInsertIntention,
  kApplies,  // Of rules about whole tables, or about what is not locked.
};

struct RuleCells {
  RuleCell repeatable_read = RuleCell::kNothing;
  RuleCell read_committed = RuleCell::kNothing;

  constexpr RuleCell At(RuleColumn column) const {
    return column == RuleColumn::kRepeatableRead ? repeatable_read : read_committed;
  }
  constexpr RuleCell& At(RuleColumn column) {
    return column == RuleColumn::kRepeatableRead ? repeatable_read : read_committed;
  }
  friend constexpr bool operator==(const RuleCells&, const RuleCells&) = default;
};

// All cells of one server.
using LockRules = std::array<RuleCells, kLockRuleCount>;

// How strong the lock of a rule is.
enum class RuleStrength : std::uint8_t {
  kOfRead,            // S or X: as the statement reads; IS or IX on the table.
  kOfDuplicateCheck,  // S; X for REPLACE and ON DUPLICATE KEY UPDATE.
  kShared,
  kExclusive,
  kIntentionShared,
  kIntentionExclusive,
  kAutoIncrement,
  kOfLockTables,  // S for READ, X for WRITE.
  kAsBefore,      // The lock that is passed on keeps its strength.
  kNone,          // The rule is about what is not locked.
};

// A line of the table.
struct LockRuleLine {
  LockRule rule;
  std::string_view name;  // Stable: --why and LOCK_RULES.md print it.
  RuleStrength strength;
  RuleCells mariadb;
  RuleCells mysql;
  std::string_view source;  // Where MariaDB's sources say it; empty file names are row0sel.cc.
  // Recorded scripts (tests/recorded) that go another way when the cell of the column is changed.
  std::string_view repeatable_read_proof;
  std::string_view read_committed_proof;
  std::string_view mysql_evidence;  // Empty: unproven, taken over from MariaDB.
};

std::span<const LockRuleLine> LockRuleTable();
const LockRuleLine& LineOf(LockRule rule);

std::string_view RuleCellName(RuleCell cell);
std::string_view RuleStrengthName(RuleStrength strength);

// Requires: the rule's strength is one mode, whatever the statement.
LockMode FixedModeOf(LockRule rule);

// Absent where nothing is locked.
std::optional<LockSpan> SpanOf(RuleCell cell);

inline bool CoversRecord(RuleCell cell) {
  return cell == RuleCell::kNextKey || cell == RuleCell::kRecordOnly;
}

// Gap locks are kept at REPEATABLE READ and SERIALIZABLE.
inline bool KeepsGapLocks(sql::IsolationLevel isolation) {
  return isolation >= sql::IsolationLevel::kRepeatableRead;
}

inline RuleColumn ColumnOf(sql::IsolationLevel isolation) {
  return KeepsGapLocks(isolation) ? RuleColumn::kRepeatableRead : RuleColumn::kReadCommitted;
}

}  // namespace nextkey
