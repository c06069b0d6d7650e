#include "txn/lock_rules.h"

#include <array>

namespace nextkey {
namespace {

struct Rule {
  LockSituation situation;
  std::optional<LockSpan> repeatable_read;  // And SERIALIZABLE.
  std::optional<LockSpan> read_committed;   // And READ UNCOMMITTED.
  std::string_view source;                  // Of MariaDB 10.11's InnoDB.
};

constexpr LockSpan kNextKey = LockSpan::kNextKey;
constexpr LockSpan kRecord = LockSpan::kRecordOnly;
constexpr LockSpan kGap = LockSpan::kGapOnly;
constexpr std::nullopt_t kNothing = std::nullopt;

constexpr std::array kRules = {
    Rule{LockSituation::kScannedRecord, kNextKey, kRecord, "row_search_mvcc"},
    Rule{LockSituation::kExactClusteredStart, kRecord, kRecord, "row_search_mvcc"},
    Rule{LockSituation::kSupremum, kNextKey, kNothing, "row_search_mvcc"},
    Rule{LockSituation::kPastEqualKeys, kGap, kNothing, "row_search_mvcc, ROW_SEL_EXACT"},
    Rule{LockSituation::kBehindDescending, kGap, kNothing, "row_search_mvcc, !moves_up"},
    Rule{LockSituation::kRowOfEntry, kRecord, kRecord, "row_sel_get_clust_rec_for_mysql"},
    Rule{LockSituation::kDuplicateClustered, kRecord, kRecord, "row_ins_duplicate_error_in_clust"},
    Rule{LockSituation::kDuplicateSecondary, kNextKey, kNextKey, "row_ins_scan_sec_index_for_duplicate"},
    Rule{LockSituation::kParentFound, kRecord, kRecord, "row_ins_check_foreign_constraint"},
    Rule{LockSituation::kParentDeleted, kNextKey, kRecord, "row_ins_check_foreign_constraint"},
    Rule{LockSituation::kParentMissing, kGap, kNothing, "row_ins_check_foreign_constraint"},
    Rule{LockSituation::kParentSupremum, kNextKey, kNothing, "row_ins_check_foreign_constraint"},
    Rule{LockSituation::kChildFound, kRecord, kRecord, "row_ins_check_foreign_constraint"},
    Rule{LockSituation::kChildDeleted, kNextKey, kRecord, "row_ins_check_foreign_constraint"},
    Rule{LockSituation::kChildMissing, kGap, kNothing, "row_ins_check_foreign_constraint"},
    Rule{LockSituation::kChildSupremum, kNextKey, kNothing, "row_ins_check_foreign_constraint"},
    Rule{LockSituation::kCascadedRow, kRecord, kRecord, "row_ins_foreign_check_on_constraint"},
};

}  // namespace

std::optional<LockSpan> SpanFor(LockSituation situation, sql::IsolationLevel isolation) {
  for (const Rule& rule : kRules) {
    if (rule.situation == situation)
      return KeepsGapLocks(isolation) ? rule.repeatable_read : rule.read_committed;
  }
  return std::nullopt;
}

}  // namespace nextkey
