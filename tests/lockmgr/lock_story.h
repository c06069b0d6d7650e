// Words for stories about one lock table: rows by number on one page, transactions by number, and the
// list of locks as a page of text.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "lockmgr/lock_table.h"

namespace nextkey::lock_story {

constexpr TableId kTable(1);
constexpr IndexId kIndex(1);
constexpr LockMode kS = LockMode::kShared;
constexpr LockMode kX = LockMode::kExclusive;
constexpr LockMode kIS = LockMode::kIntentionShared;
constexpr LockMode kIX = LockMode::kIntentionExclusive;
constexpr LockSpan kNextKey = LockSpan::kNextKey;
constexpr LockSpan kRecord = LockSpan::kRecordOnly;
constexpr LockSpan kGap = LockSpan::kGapOnly;
constexpr LockSpan kInsert = LockSpan::kInsertIntention;

constexpr TrxId T(std::uint64_t number) { return TrxId(number); }
constexpr RecordSlot Slot(std::uint32_t heap, std::uint32_t page = 1) { return {PageNumber(page), heap}; }
constexpr RecordPlace Row(std::uint32_t heap, std::uint32_t page = 1) { return {kIndex, Slot(heap, page)}; }
constexpr RecordPlace Supremum(std::uint32_t page = 1) { return Row(0, page); }

// `T1 X,REC_NOT_GAP 3`, with ` waits` behind a waiting one; `sup` for a supremum, `1:3` for a record of
// page 1 where `with_pages`.
inline std::vector<std::string> Locks(const LockTable& locks, bool with_pages = false) {
  std::vector<std::string> lines;
  for (const LockDescription& lock : locks.List()) {
    std::string line = fmt::format("T{} ", lock.trx.value());
    if (lock.record) {
      const RecordSlot slot = lock.record->slot;
      line += RecordModeName(lock.mode, lock.span, slot.IsSupremum()) + " ";
      if (with_pages) line += fmt::format("{}:", slot.page.value());
      line += slot.IsSupremum() ? "sup" : fmt::format("{}", slot.heap);
    } else {
      line += fmt::format("{} table {}", ModeName(lock.mode), lock.table.value());
    }
    if (lock.is_waiting) line += " waits";
    lines.push_back(std::move(line));
  }
  return lines;
}

inline std::vector<TrxId> Victims(const std::vector<Deadlock>& deadlocks) {
  std::vector<TrxId> victims;
  for (const Deadlock& deadlock : deadlocks) victims.push_back(deadlock.victim);
  return victims;
}

// Plays and checks after each call that the table is sound.
class Story {
 public:
  LockOutcome Lock(std::uint64_t trx, RecordPlace place, LockMode mode, LockSpan span,
                   WaitPolicy policy = WaitPolicy::kWait) {
    return Checked(locks.LockRecord(T(trx), kTable, place, mode, span, policy));
  }
  LockOutcome LockTableFor(std::uint64_t trx, LockMode mode, TableId table = kTable) {
    return Checked(locks.LockWholeTable(T(trx), table, mode));
  }
  LockEvents Commit(std::uint64_t trx) { return Checked(locks.ReleaseAll(T(trx))); }

  LockTable locks;

 private:
  template <class Result>
  Result Checked(Result result) {
    EXPECT_THAT(Violations(locks), testing::IsEmpty());
    return result;
  }
};

}  // namespace nextkey::lock_story
