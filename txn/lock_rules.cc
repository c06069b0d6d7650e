#include "txn/lock_rules.h"

#include "lockmgr/check.h"

namespace nextkey {
namespace {

constexpr RuleCell kNothing = RuleCell::kNothing;
constexpr RuleCell kNextKey = RuleCell::kNextKey;
constexpr RuleCell kRecord = RuleCell::kRecordOnly;
constexpr RuleCell kGap = RuleCell::kGapOnly;
constexpr RuleCell kInsert = RuleCell::kInsertIntention;
constexpr RuleCell kYes = RuleCell::kApplies;

using S = RuleStrength;

// Cells: {REPEATABLE READ and SERIALIZABLE, READ COMMITTED and READ UNCOMMITTED}.
constexpr std::array<LockRuleLine, kLockRuleCount> kTable = {{
    // --- Tables
    {LockRule::kTableOfRead,
     "table of a locking read",
     S::kOfRead,
     {kYes, kYes},
     {kYes, kYes},
     "ha_innobase::store_lock, row_search_mvcc: lock_table",
     "",
     "",
     ""},
    {LockRule::kTableOfInsert,
     "table that a row is inserted into",
     S::kIntentionExclusive,
     {kYes, kYes},
     {kYes, kYes},
     "row0ins.cc: row_ins_step",
     "",
     "",
     ""},
    {LockRule::kTableOfParent,
     "parent table of a foreign key that is checked",
     S::kIntentionShared,
     {kYes, kYes},
     {kYes, kYes},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "",
     "",
     ""},
    {LockRule::kTableOfChild,
     "child table that is searched for referring rows",
     S::kIntentionShared,
     {kYes, kYes},
     {kYes, kYes},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "",
     "",
     ""},
    {LockRule::kTableOfCascade,
     "child table that a cascade changes",
     S::kIntentionExclusive,
     {kYes, kYes},
     {kYes, kYes},
     "row0ins.cc: row_ins_foreign_check_on_constraint",
     "",
     "",
     ""},
    {LockRule::kLockedTable,
     "LOCK TABLES while autocommit is off",
     S::kOfLockTables,
     {kYes, kYes},
     {kYes, kYes},
     "ha_innodb.cc: ha_innobase::external_lock",
     "",
     "",
     ""},
    {LockRule::kAutoIncrementOfQuery,
     "AUTO_INCREMENT of INSERT .. SELECT, to the statement's end",
     S::kAutoIncrement,
     {kYes, kYes},
     {kNothing, kNothing},
     "ha_innodb.cc: innobase_lock_autoinc, innodb_autoinc_lock_mode = 1",
     "",
     "",
     "manual, AUTO_INCREMENT Handling in InnoDB: the default mode is 2"},
    {LockRule::kAutoIncrementContended,
     "AUTO_INCREMENT while somebody else holds its lock",
     S::kAutoIncrement,
     {kYes, kYes},
     {kNothing, kNothing},
     "ha_innodb.cc: innobase_lock_autoinc, innodb_autoinc_lock_mode = 1",
     "",
     "",
     "manual, AUTO_INCREMENT Handling in InnoDB: the default mode is 2"},
    // --- Reads that lock without being asked to
    {LockRule::kReadOfWrite,
     "table that a writing statement only reads",
     S::kShared,
     {kYes, kNothing},
     {kYes, kNothing},
     "ha_innodb.cc: ha_innobase::store_lock",
     "",
     "",
     ""},
    {LockRule::kSerializableRead,
     "plain read in a SERIALIZABLE transaction",
     S::kShared,
     {kYes, kNothing},
     {kYes, kNothing},
     "ha_innodb.cc: ha_innobase::store_lock",
     "",
     "",
     ""},
    // --- Scans
    {LockRule::kRowPoint,
     "row found by its whole primary key",
     S::kOfRead,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row_search_mvcc",
     "",
     "",
     ""},
    {LockRule::kDeletedRowPoint,
     "delete-marked row found by its whole primary key",
     S::kOfRead,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row_search_mvcc",
     "",
     "",
     ""},
    {LockRule::kUniqueEntryPoint,
     "entry found by its whole unique key",
     S::kOfRead,
     {kNextKey, kRecord},
     {kRecord, kRecord},
     "row_search_mvcc",
     "",
     "",
     ""},
    {LockRule::kDeletedUniqueEntryPoint,
     "delete-marked entry found by its whole unique key",
     S::kOfRead,
     {kNextKey, kRecord},
     {kNextKey, kRecord},
     "row_search_mvcc",
     "",
     "",
     ""},
    {LockRule::kExactStart,
     "row that a range begins with by its whole primary key",
     S::kOfRead,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row_search_mvcc",
     "",
     "",
     ""},
    {LockRule::kScannedRow,
     "row that a scan reads",
     S::kOfRead,
     {kNextKey, kRecord},
     {kNextKey, kRecord},
     "row_search_mvcc",
     "",
     "",
     ""},
    {LockRule::kScannedEntry,
     "secondary entry that a scan reads",
     S::kOfRead,
     {kNextKey, kRecord},
     {kNextKey, kRecord},
     "row_search_mvcc",
     "",
     "",
     ""},
    {LockRule::kBehindClusteredRange,
     "row behind a range of the primary key, read forward",
     S::kOfRead,
     {kNextKey, kRecord},
     {kGap, kRecord},
     "row_search_mvcc",
     "",
     "",
     ""},
    {LockRule::kBehindExactEnd,
     "row behind the one that such a range includes as its end",
     S::kOfRead,
     {kNextKey, kRecord},
     {kNothing, kRecord},
     "row_search_mvcc",
     "",
     "",
     ""},
    {LockRule::kBehindRange,
     "record that ends a range of a secondary index, or of a backward read",
     S::kOfRead,
     {kNextKey, kRecord},
     {kNextKey, kRecord},
     "row_search_mvcc",
     "",
     "",
     ""},
    {LockRule::kBehindEqualKeys,
     "gap behind the records equal to the key, or where it is missing",
     S::kOfRead,
     {kGap, kNothing},
     {kGap, kNothing},
     "row_search_mvcc, ROW_SEL_EXACT",
     "",
     "",
     ""},
    {LockRule::kBehindDescending,
     "gap behind the record that a backward read starts with",
     S::kOfRead,
     {kGap, kNothing},
     {kGap, kNothing},
     "row_search_mvcc, !moves_up",
     "",
     "",
     ""},
    {LockRule::kSupremum,
     "end of the page or index that a scan runs into",
     S::kOfRead,
     {kNextKey, kNothing},
     {kNextKey, kNothing},
     "row_search_mvcc",
     "",
     "",
     ""},
    {LockRule::kRowOfEntry,
     "row of a secondary entry",
     S::kOfRead,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row_sel_get_clust_rec_for_mysql",
     "",
     "",
     ""},
    {LockRule::kRowOfCoveringShare,
     "row of an entry that holds all that FOR SHARE reads",
     S::kShared,
     {kNothing, kNothing},
     {kNothing, kNothing},
     "row_search_mvcc, need_to_access_clustered",
     "",
     "",
     ""},
    // --- What a scan lets go
    {LockRule::kSemiConsistentRead,
     "UPDATE looks at a locked row's last committed version before it waits",
     S::kNone,
     {kNothing, kYes},
     {kNothing, kYes},
     "row_search_mvcc, ROW_READ_TRY_SEMI_CONSISTENT",
     "",
     "",
     ""},
    {LockRule::kLetGoUnmatchedRow,
     "row that WHERE rules out is let go",
     S::kNone,
     {kNothing, kYes},
     {kNothing, kYes},
     "row_unlock_for_mysql",
     "",
     "",
     ""},
    {LockRule::kLetGoRowBehindRange,
     "row behind the range is let go",
     S::kNone,
     {kNothing, kYes},
     {kNothing, kYes},
     "handler.cc: handler::read_range_next",
     "",
     "",
     ""},
    {LockRule::kLetGoDeletedRow,
     "delete-marked row is let go",
     S::kNone,
     {kNothing, kYes},
     {kNothing, kYes},
     "row_search_mvcc: row_unlock_for_mysql",
     "",
     "",
     ""},
    // --- Locks that nobody wrote down
    {LockRule::kImplicitRow,
     "row that its writer has not committed, when another one asks for it",
     S::kExclusive,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "lock0lock.cc: lock_rec_convert_impl_to_expl",
     "",
     "",
     ""},
    {LockRule::kImplicitEntry,
     "entry of such a row",
     S::kExclusive,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "lock0lock.cc: lock_rec_convert_impl_to_expl; row0vers.cc: row_vers_impl_x_locked",
     "",
     "",
     ""},
    {LockRule::kOwnRow,
     "row that one has written oneself needs no record lock",
     S::kNone,
     {kYes, kYes},
     {kYes, kYes},
     "lock0lock.cc: lock_rec_convert_impl_to_expl",
     "",
     "",
     ""},
    {LockRule::kOwnEntry,
     "entry of a row that one has written oneself needs no record lock",
     S::kNone,
     {kYes, kYes},
     {kYes, kYes},
     "row0vers.cc: row_vers_impl_x_locked_low",
     "",
     "",
     ""},
    // --- Changes
    {LockRule::kChangedEntry,
     "secondary entry that a change delete-marks",
     S::kExclusive,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "lock0lock.cc: lock_sec_rec_modify_check_and_lock",
     "",
     "",
     ""},
    {LockRule::kRevivedRecord,
     "delete-marked record that an insert uses again",
     S::kExclusive,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "lock0lock.cc: lock_clust_rec_modify_check_and_lock",
     "",
     "",
     ""},
    {LockRule::kInsertIntention,
     "gap that a record is inserted into",
     S::kExclusive,
     {kInsert, kInsert},
     {kInsert, kInsert},
     "lock0lock.cc: lock_rec_insert_check_and_lock",
     "",
     "",
     ""},
    {LockRule::kDuplicateRow,
     "row that has the primary key already",
     S::kOfDuplicateCheck,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row0ins.cc: row_ins_duplicate_error_in_clust",
     "",
     "",
     ""},
    {LockRule::kDuplicateEntry,
     "entry that has the unique key already",
     S::kOfDuplicateCheck,
     {kNextKey, kNextKey},
     {kNextKey, kNextKey},
     "row0ins.cc: row_ins_scan_sec_index_for_duplicate",
     "",
     "",
     ""},
    {LockRule::kBehindDuplicateEntry,
     "entry behind delete-marked ones with the unique key",
     S::kOfDuplicateCheck,
     {kNextKey, kNextKey},
     {kNextKey, kNextKey},
     "row0ins.cc: row_ins_scan_sec_index_for_duplicate",
     "",
     "",
     ""},
    {LockRule::kExistingRow,
     "row that REPLACE or ON DUPLICATE KEY UPDATE changes",
     S::kExclusive,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row_search_mvcc, by ha_index_read_idx_map",
     "",
     "",
     ""},
    // --- Foreign keys
    {LockRule::kParentFound,
     "parent row",
     S::kShared,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "",
     "",
     ""},
    {LockRule::kParentDeleted,
     "delete-marked parent row",
     S::kShared,
     {kNextKey, kRecord},
     {kNextKey, kRecord},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "",
     "",
     ""},
    {LockRule::kParentMissing,
     "gap where the parent row would be",
     S::kShared,
     {kGap, kNothing},
     {kGap, kNothing},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "",
     "",
     ""},
    {LockRule::kParentSupremum,
     "end of the parent's index",
     S::kShared,
     {kNextKey, kNothing},
     {kNextKey, kNothing},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "",
     "",
     ""},
    {LockRule::kChildFound,
     "entry that refers to the row that goes",
     S::kShared,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "",
     "",
     ""},
    {LockRule::kChildDeleted,
     "delete-marked entry that refers to it",
     S::kShared,
     {kNextKey, kRecord},
     {kNextKey, kRecord},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "",
     "",
     ""},
    {LockRule::kChildMissing,
     "gap where referring entries would be",
     S::kShared,
     {kGap, kNothing},
     {kGap, kNothing},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "",
     "",
     ""},
    {LockRule::kChildSupremum,
     "end of the child's index",
     S::kShared,
     {kNextKey, kNothing},
     {kNextKey, kNothing},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "",
     "",
     ""},
    {LockRule::kCascadedRow,
     "child row that a cascade changes",
     S::kExclusive,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row0ins.cc: row_ins_foreign_check_on_constraint",
     "",
     "",
     ""},
    // --- Records that come, go and move
    {LockRule::kInsertedIntoGap,
     "locks of a gap reach over a record that is inserted into it",
     S::kAsBefore,
     {kGap, kGap},
     {kGap, kGap},
     "lock0lock.cc: lock_update_insert",
     "",
     "",
     ""},
    {LockRule::kRolledBackSearched,
     "an insert is rolled back: what searches locked there goes to the next gap",
     S::kAsBefore,
     {kGap, kNothing},
     {kGap, kNothing},
     "lock0lock.cc: lock_update_delete, lock_rec_inherit_to_gap",
     "",
     "",
     ""},
    {LockRule::kRolledBackChecked,
     "an insert is rolled back: what duplicate checks locked goes to the next gap",
     S::kAsBefore,
     {kGap, kGap},
     {kGap, kGap},
     "lock0lock.cc: lock_update_delete, lock_rec_inherit_to_gap",
     "",
     "",
     ""},
    {LockRule::kPurgedSearched,
     "a record is purged: what searches locked there goes to the next gap",
     S::kAsBefore,
     {kGap, kNothing},
     {kGap, kNothing},
     "lock0lock.cc: lock_update_delete, lock_rec_inherit_to_gap",
     "",
     "",
     ""},
    {LockRule::kPurgedChecked,
     "a record is purged: what duplicate checks locked goes to the next gap",
     S::kAsBefore,
     {kGap, kGap},
     {kGap, kGap},
     "lock0lock.cc: lock_update_delete, lock_rec_inherit_to_gap",
     "",
     "",
     ""},
    {LockRule::kSplitPage,
     "a page splits: the end of its left half inherits the gap that follows",
     S::kAsBefore,
     {kGap, kGap},
     {kGap, kGap},
     "lock0lock.cc: lock_update_split_right",
     "",
     "",
     ""},
    {LockRule::kEmptiedPage,
     "an emptied page goes: the locks of its end go to the next gap",
     S::kAsBefore,
     {kGap, kGap},
     {kGap, kGap},
     "lock0lock.cc: lock_update_discard",
     "",
     "",
     ""},
}};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].rule) != i) return false;
  }
  return true;
}
static_assert(IsInOrder(), "the table's lines stand in the order of LockRule");

}  // namespace

std::span<const LockRuleLine> LockRuleTable() { return kTable; }

const LockRuleLine& LineOf(LockRule rule) { return kTable[static_cast<std::size_t>(rule)]; }

std::string_view RuleCellName(RuleCell cell) {
  switch (cell) {
    case RuleCell::kNothing:
      return "nothing";
    case RuleCell::kNextKey:
      return "next-key";
    case RuleCell::kRecordOnly:
      return "record";
    case RuleCell::kGapOnly:
      return "gap";
    case RuleCell::kInsertIntention:
      return "insert intention";
    case RuleCell::kApplies:
      return "yes";
  }
  return "";
}

std::string_view RuleStrengthName(RuleStrength strength) {
  switch (strength) {
    case RuleStrength::kOfRead:
      return "as read";
    case RuleStrength::kOfDuplicateCheck:
      return "S or X";
    case RuleStrength::kShared:
      return "S";
    case RuleStrength::kExclusive:
      return "X";
    case RuleStrength::kIntentionShared:
      return "IS";
    case RuleStrength::kIntentionExclusive:
      return "IX";
    case RuleStrength::kAutoIncrement:
      return "AUTO_INC";
    case RuleStrength::kOfLockTables:
      return "S or X";
    case RuleStrength::kAsBefore:
      return "as before";
    case RuleStrength::kNone:
      return "";
  }
  return "";
}

LockMode FixedModeOf(LockRule rule) {
  switch (LineOf(rule).strength) {
    case RuleStrength::kShared:
      return LockMode::kShared;
    case RuleStrength::kExclusive:
      return LockMode::kExclusive;
    case RuleStrength::kIntentionShared:
      return LockMode::kIntentionShared;
    case RuleStrength::kIntentionExclusive:
      return LockMode::kIntentionExclusive;
    case RuleStrength::kAutoIncrement:
      return LockMode::kAutoIncrement;
    case RuleStrength::kOfRead:
    case RuleStrength::kOfDuplicateCheck:
    case RuleStrength::kOfLockTables:
    case RuleStrength::kAsBefore:
    case RuleStrength::kNone:
      break;
  }
  RequireFact(false, "the rule's strength does not depend on the statement");
  return LockMode::kShared;
}

std::optional<LockSpan> SpanOf(RuleCell cell) {
  switch (cell) {
    case RuleCell::kNextKey:
      return LockSpan::kNextKey;
    case RuleCell::kRecordOnly:
      return LockSpan::kRecordOnly;
    case RuleCell::kGapOnly:
      return LockSpan::kGapOnly;
    case RuleCell::kInsertIntention:
      return LockSpan::kInsertIntention;
    case RuleCell::kNothing:
    case RuleCell::kApplies:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace nextkey
