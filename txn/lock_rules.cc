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
     "ha_innodb.cc: ha_innobase::store_lock; row_search_mvcc",
     "read_only_for_update",
     "join_not_null",
     "recorded: lock_end_of_range"},
    {LockRule::kTableOfInsert,
     "table that a row is inserted into",
     S::kIntentionExclusive,
     {kYes, kYes},
     {kYes, kYes},
     "row0ins.cc: row_ins_step",
     "odku_own_duplicate",
     "own_row_own_entries",
     "recorded: innodb_data_locks"},
    {LockRule::kTableOfParent,
     "parent table of a foreign key that is checked",
     S::kIntentionShared,
     {kYes, kYes},
     {kYes, kYes},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "ignore_foreign_key",
     "rc_fk_no_gap",
     ""},
    {LockRule::kTableOfChild,
     "child table that is searched for referring rows",
     S::kIntentionShared,
     {kYes, kYes},
     {kYes, kYes},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "fk_cascade",
     "rules_rc_foreign_keys",
     ""},
    {LockRule::kTableOfCascade,
     "child table that a cascade changes",
     S::kIntentionExclusive,
     {kYes, kYes},
     {kYes, kYes},
     "row0ins.cc: row_ins_foreign_check_on_constraint",
     "fk_cascade",
     "rules_rc_foreign_keys",
     ""},
    {LockRule::kLockedTable,
     "LOCK TABLES while autocommit is off",
     S::kOfLockTables,
     {kYes, kYes},
     {kYes, kYes},
     "ha_innodb.cc: ha_innobase::external_lock",
     "lock_tables_autocommit0",
     "rules_rc_lock_tables",
     ""},
    {LockRule::kAutoIncrementOfQuery,
     "AUTO_INCREMENT of INSERT .. SELECT, to the statement's end",
     S::kAutoIncrement,
     {kYes, kYes},
     {kNothing, kNothing},
     "ha_innodb.cc: innobase_lock_autoinc, innodb_autoinc_lock_mode = 1",
     "rules_rr_auto_increment",
     "rules_rc_auto_increment",
     "manual: AUTO_INCREMENT Handling in InnoDB: the default mode is 2"},
    {LockRule::kAutoIncrementContended,
     "AUTO_INCREMENT while somebody else holds its lock",
     S::kAutoIncrement,
     {kYes, kYes},
     {kNothing, kNothing},
     "ha_innodb.cc: innobase_lock_autoinc, innodb_autoinc_lock_mode = 1",
     "rules_rr_auto_increment",
     "rules_rc_auto_increment",
     "manual: AUTO_INCREMENT Handling in InnoDB: the default mode is 2"},
    // --- Reads that lock without being asked to
    {LockRule::kReadOfWrite,
     "table that a writing statement only reads",
     S::kShared,
     {kYes, kNothing},
     {kYes, kNothing},
     "ha_innodb.cc: ha_innobase::store_lock",
     "auto_increment_given",
     "insert_select",
     ""},
    {LockRule::kSerializableRead,
     "plain read in a SERIALIZABLE transaction",
     S::kShared,
     {kYes, kNothing},
     {kYes, kNothing},
     "ha_innodb.cc: ha_innobase::store_lock",
     "begin_keeps_next_isolation",
     "-",
     "recorded: isolation-anomaly"},
    // --- Scans
    {LockRule::kRowPoint,
     "row found by its whole primary key",
     S::kOfRead,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row_search_mvcc",
     "impossible_range",
     "rc_reads",
     "recorded: innodb_data_locks"},
    {LockRule::kDeletedRowPoint,
     "delete-marked row found by its whole primary key",
     S::kOfRead,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row_search_mvcc",
     "rules_rr_purged_share",
     "rules_rc_scan",
     "read: row_compare_row_to_range"},
    {LockRule::kUniqueEntryPoint,
     "entry found by its whole unique key",
     S::kOfRead,
     {kNextKey, kRecord},
     {kRecord, kRecord},
     "row_search_mvcc",
     "between_of_one_value",
     "rules_rc_scan",
     "read: row_compare_row_to_range"},
    {LockRule::kDeletedUniqueEntryPoint,
     "delete-marked entry found by its whole unique key",
     S::kOfRead,
     {kNextKey, kRecord},
     {kNextKey, kRecord},
     "row_search_mvcc",
     "rules_rr_deleted_unique",
     "rules_rc_scan",
     "read: row_compare_row_to_range"},
    {LockRule::kExactStart,
     "row that a range begins with by its whole primary key",
     S::kOfRead,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row_search_mvcc",
     "upgrade_past_waiter_range",
     "rules_rc_scan",
     "recorded: lock_end_of_range"},
    {LockRule::kScannedRow,
     "row that a scan reads",
     S::kOfRead,
     {kNextKey, kRecord},
     {kNextKey, kRecord},
     "row_search_mvcc",
     "snapshot_rc",
     "join_not_null",
     "recorded: lock_end_of_range"},
    {LockRule::kScannedEntry,
     "secondary entry that a scan reads",
     S::kOfRead,
     {kNextKey, kRecord},
     {kNextKey, kRecord},
     "row_search_mvcc",
     "hidden_row_ids",
     "own_row_own_entries",
     "read: row_compare_row_to_range"},
    {LockRule::kBehindClusteredRange,
     "row behind a range of the primary key, read forward",
     S::kOfRead,
     {kNextKey, kRecord},
     {kGap, kRecord},
     "row_search_mvcc",
     "purge-off/delete_gone_gap",
     "rules_rc_scan",
     "recorded: lock_end_of_range"},
    {LockRule::kBehindExactEnd,
     "row behind the one that such a range includes as its end",
     S::kOfRead,
     {kNextKey, kRecord},
     {kNothing, kRecord},
     "row_search_mvcc",
     "insert_select",
     "rules_rc_scan",
     "recorded: lock_end_of_range"},
    {LockRule::kBehindRange,
     "record that ends a range of a secondary index, or of a backward read",
     S::kOfRead,
     {kNextKey, kRecord},
     {kNextKey, kRecord},
     "row_search_mvcc",
     "backward_ends",
     "backward_ends",
     "recorded: lock_end_of_range, for backward reads"},
    {LockRule::kBehindEqualKeys,
     "gap behind the records equal to the key, or where it is missing",
     S::kOfRead,
     {kGap, kNothing},
     {kGap, kNothing},
     "row_search_mvcc, ROW_SEL_EXACT",
     "purge-off/delete_gone_gap",
     "join_not_null",
     "recorded: innodb_data_locks"},
    {LockRule::kBehindDescending,
     "gap behind the record that a backward read starts with",
     S::kOfRead,
     {kGap, kNothing},
     {kGap, kNothing},
     "row_search_mvcc, !moves_up",
     "backward_ends",
     "rules_rc_scan",
     "recorded: lock_end_of_range"},
    {LockRule::kSupremum,
     "end of the page or index that a scan runs into",
     S::kOfRead,
     {kNextKey, kNothing},
     {kNextKey, kNothing},
     "row_search_mvcc",
     "read_only_for_update",
     "join_not_null",
     "recorded: lock_end_of_range"},
    {LockRule::kRowOfEntry,
     "row of a secondary entry",
     S::kOfRead,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row_sel_get_clust_rec_for_mysql",
     "between_of_one_value",
     "own_row_own_entries",
     ""},
    {LockRule::kRowOfCoveringShare,
     "row of an entry that holds all that FOR SHARE reads",
     S::kShared,
     {kNothing, kNothing},
     {kNothing, kNothing},
     "row_search_mvcc, need_to_access_clustered",
     "uniq_eq",
     "rules_rc_scan",
     ""},
    // --- What a scan lets go
    {LockRule::kSemiConsistentRead,
     "UPDATE looks at a locked row's last committed version before it waits",
     S::kNone,
     {kNothing, kYes},
     {kNothing, kYes},
     "row_search_mvcc, ROW_READ_TRY_SEMI_CONSISTENT",
     "full_scan_nopk",
     "rules_rc_scan",
     ""},
    {LockRule::kLetGoUnmatchedRow,
     "row that WHERE rules out is let go",
     S::kNone,
     {kNothing, kYes},
     {kNothing, kYes},
     "row_unlock_for_mysql",
     "full_scan_nopk",
     "join_not_null",
     ""},
    {LockRule::kLetGoRowBehindRange,
     "row behind the range is let go",
     S::kNone,
     {kNothing, kYes},
     {kNothing, kYes},
     "handler.cc: handler::read_range_next",
     "purge-off/delete_gone_gap",
     "rules_rc_scan",
     ""},
    {LockRule::kLetGoDeletedRow,
     "delete-marked row is let go",
     S::kNone,
     {kNothing, kYes},
     {kNothing, kYes},
     "row_search_mvcc: row_unlock_for_mysql",
     "snapshot_first_read",
     "rules_rc_scan",
     ""},
    // --- Locks that nobody wrote down
    {LockRule::kImplicitRow,
     "row that its writer has not committed, when another one asks for it",
     S::kExclusive,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "lock0lock.cc: lock_rec_convert_impl_to_expl",
     "insert_ignore",
     "rules_rc_change",
     ""},
    {LockRule::kImplicitEntry,
     "entry of such a row",
     S::kExclusive,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "lock0lock.cc: lock_rec_convert_impl_to_expl; row0vers.cc: row_vers_impl_x_locked",
     "replace_moves_row",
     "ru_dirty",
     ""},
    {LockRule::kOwnRow,
     "row that one has written oneself needs no record lock",
     S::kNone,
     {kYes, kYes},
     {kYes, kYes},
     "lock0lock.cc: lock_rec_convert_impl_to_expl",
     "locks_after_select_share_own",
     "rules_rc_change",
     ""},
    {LockRule::kOwnEntry,
     "entry of a row that one has written oneself needs no record lock",
     S::kNone,
     {kYes, kYes},
     {kYes, kYes},
     "row0vers.cc: row_vers_impl_x_locked_low",
     "rules_rr_deleted_unique",
     "own_row_own_entries",
     ""},
    // --- Changes
    {LockRule::kChangedEntry,
     "secondary entry that a change delete-marks",
     S::kExclusive,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "lock0lock.cc: lock_sec_rec_modify_check_and_lock",
     "many_locks_mixed",
     "rules_rc_change",
     ""},
    {LockRule::kRevivedRecord,
     "delete-marked record that an insert uses again",
     S::kExclusive,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "lock0lock.cc: lock_clust_rec_modify_check_and_lock",
     "rules_rr_deleted_unique",
     "rules_rc_change",
     ""},
    {LockRule::kInsertIntention,
     "gap that a record is inserted into",
     S::kExclusive,
     {kInsert, kInsert},
     {kInsert, kInsert},
     "lock0lock.cc: lock_rec_insert_check_and_lock",
     "purge-off/delete_gone_gap",
     "rules_rc_auto_increment",
     "recorded: innodb_data_locks"},
    {LockRule::kDuplicateRow,
     "row that has the primary key already",
     S::kOfDuplicateCheck,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row0ins.cc: row_ins_duplicate_error_in_clust",
     "insert_ignore",
     "rules_rc_change",
     ""},
    {LockRule::kDuplicateEntry,
     "entry that has the unique key already",
     S::kOfDuplicateCheck,
     {kNextKey, kNextKey},
     {kNextKey, kNextKey},
     "row0ins.cc: row_ins_scan_sec_index_for_duplicate",
     "odku_own_duplicate",
     "rules_rc_auto_increment",
     ""},
    {LockRule::kBehindDuplicateEntry,
     "entry behind delete-marked ones with the unique key",
     S::kOfDuplicateCheck,
     {kNextKey, kNextKey},
     {kNextKey, kNextKey},
     "row0ins.cc: row_ins_scan_sec_index_for_duplicate",
     "delete_marked_insert",
     "rules_rc_change",
     ""},
    {LockRule::kExistingRow,
     "row that REPLACE or ON DUPLICATE KEY UPDATE changes",
     S::kExclusive,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row_search_mvcc, by ha_index_read_idx_map",
     "odku_unique",
     "rules_rc_change",
     ""},
    // --- Foreign keys
    {LockRule::kParentFound,
     "parent row",
     S::kShared,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "fk_child_insert",
     "rules_rc_foreign_keys",
     ""},
    {LockRule::kParentDeleted,
     "delete-marked parent row",
     S::kShared,
     {kNextKey, kRecord},
     {kNextKey, kRecord},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "fk_waits_for_parent",
     "rules_rc_foreign_keys",
     ""},
    {LockRule::kParentMissing,
     "gap where the parent row would be",
     S::kShared,
     {kGap, kNothing},
     {kGap, kNothing},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "rc_fk_no_gap",
     "rc_fk_no_gap",
     ""},
    {LockRule::kParentSupremum,
     "end of the parent's index",
     S::kShared,
     {kNextKey, kNothing},
     {kNextKey, kNothing},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "ignore_foreign_key",
     "rules_rc_foreign_keys",
     ""},
    {LockRule::kChildFound,
     "entry that refers to the row that goes",
     S::kShared,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "ignore_foreign_key",
     "rc_fk_no_gap",
     ""},
    {LockRule::kChildDeleted,
     "delete-marked entry that refers to it",
     S::kShared,
     {kNextKey, kRecord},
     {kNextKey, kRecord},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "fk_parent_delete",
     "rules_rc_foreign_keys",
     ""},
    {LockRule::kChildMissing,
     "gap where referring entries would be",
     S::kShared,
     {kGap, kNothing},
     {kGap, kNothing},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "rc_fk_no_gap",
     "rc_fk_no_gap",
     ""},
    {LockRule::kChildSupremum,
     "end of the child's index",
     S::kShared,
     {kNextKey, kNothing},
     {kNextKey, kNothing},
     "row0ins.cc: row_ins_check_foreign_constraint",
     "ignore_foreign_key",
     "rules_rc_foreign_keys",
     ""},
    {LockRule::kCascadedRow,
     "child row that a cascade changes",
     S::kExclusive,
     {kRecord, kRecord},
     {kRecord, kRecord},
     "row0ins.cc: row_ins_foreign_check_on_constraint",
     "fk_cascade",
     "rules_rc_foreign_keys",
     ""},
    // --- Records that come, go and move
    {LockRule::kInsertedIntoGap,
     "locks of a gap reach over a record that is inserted into it",
     S::kAsBefore,
     {kGap, kGap},
     {kGap, kGap},
     "lock0lock.cc: lock_update_insert",
     "dup_key_wait_rollback",
     "rules_rc_auto_increment",
     ""},
    {LockRule::kRolledBackSearched,
     "an insert is rolled back: what searches locked there goes to the next gap",
     S::kAsBefore,
     {kGap, kNothing},
     {kGap, kNothing},
     "lock0lock.cc: lock_update_delete, lock_rec_inherit_to_gap",
     "insert_blocks_gap_lock",
     "rules_rc_change",
     ""},
    {LockRule::kRolledBackChecked,
     "an insert is rolled back: what duplicate checks locked goes to the next gap",
     S::kAsBefore,
     {kGap, kGap},
     {kGap, kGap},
     "lock0lock.cc: lock_update_delete, lock_rec_inherit_to_gap",
     "dup_key_wait_rollback",
     "rules_rc_auto_increment",
     ""},
    {LockRule::kPurgedSearched,
     "a record is purged: what searches locked there goes to the next gap",
     S::kAsBefore,
     {kGap, kNothing},
     {kGap, kNothing},
     "lock0lock.cc: lock_update_delete, lock_rec_inherit_to_gap",
     "delete_gone_gap",
     "rules_rc_change",
     ""},
    {LockRule::kPurgedChecked,
     "a record is purged: what duplicate checks locked goes to the next gap",
     S::kAsBefore,
     {kGap, kGap},
     {kGap, kGap},
     "lock0lock.cc: lock_update_delete, lock_rec_inherit_to_gap",
     "rules_rr_purged_share",
     "rules_rc_change",
     ""},
    {LockRule::kSplitPage,
     "a page splits: the end of its left half inherits the gap that follows",
     S::kAsBefore,
     {kGap, kGap},
     {kGap, kGap},
     "lock0lock.cc: lock_update_split_right",
     "rules_rr_split",
     "rules_rc_split",
     ""},
    {LockRule::kEmptiedPage,
     "an emptied page goes: the locks of its end go to the end of the page before",
     S::kAsBefore,
     {kGap, kGap},
     {kGap, kGap},
     "lock0lock.cc: lock_update_discard",
     "rules_rr_emptied_page",
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
