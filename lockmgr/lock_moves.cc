// What becomes of locks when records come, go and move to another page.
//
// Sources: lock_update_insert, lock_update_delete, lock_update_split_right, lock_update_discard,
// lock_rec_inherit_to_gap, lock_rec_inherit_to_gap_if_gap_lock, lock_rec_move,
// lock_move_rec_list_end, lock_rec_reset_and_release_wait, lock_rec_store_on_page_infimum,
// lock_rec_restore_from_page_infimum. A structure whose last record went stays, empty: it counts for its
// transaction's weight, and the next lock of its kind on the page uses it.
#include <algorithm>
#include <utility>
#include <vector>

#include "lockmgr/check.h"
#include "lockmgr/lock_table.h"

namespace nextkey {
void LockTable::OnInsert(IndexId index, RecordSlot inserted, RecordSlot heir, PassedOn passed_on) {
  const LockQueue* queue = FindPage({index, heir.page});
  if (queue == nullptr) return;
  // Structures that this loop adds don't cover the heir: they end it, or stand in front of it.
  for (StructureId id = queue->first; !id.IsNull(); id = At(id).queue_next) {
    const LockStructure& lock = At(id);
    if (!lock.Covers(heir.heap) || lock.on_page->span == LockSpan::kInsertIntention) continue;
    if (lock.on_page->span == LockSpan::kRecordOnly && !heir.IsSupremum()) continue;
    const TrxId trx = lock.trx;
    const TableId table = lock.table;
    const LockMode mode = lock.mode;
    const bool passes_on = TrxOf(trx).keeps_gap_locks ? passed_on.of_keepers : passed_on.of_others;
    if (passes_on && !HoldsTable(trx, table, LockMode::kExclusive)) {
      AddGranted(trx, table, {index, inserted}, mode, LockSpan::kGapOnly);
    }
  }
}

void LockTable::InheritToGap(RecordPlace heir, RecordPlace donor, const Inheritance& inheritance) {
  const LockQueue* queue = FindPage(PageOf(donor));
  if (queue == nullptr) return;
  for (StructureId id = queue->first; !id.IsNull(); id = At(id).queue_next) {
    const LockStructure& lock = At(id);
    if (!lock.Covers(donor.slot.heap) || lock.on_page->span == LockSpan::kInsertIntention) continue;
    const TrxLocks& trx = TrxOf(lock.trx);
    const LockMode of_searches = trx.replaces_duplicates ? LockMode::kShared : LockMode::kExclusive;
    const PassedOn& passed_on = lock.mode == of_searches ? inheritance.searched : inheritance.checked;
    if (!(trx.keeps_gap_locks ? passed_on.of_keepers : passed_on.of_others)) continue;
    AddGranted(lock.trx, lock.table, heir, lock.mode, LockSpan::kGapOnly);
  }
}

void LockTable::ResetAndReleaseWaiters(RecordPlace place, LockEvents& events) {
  const LockQueue* queue = FindPage(PageOf(place));
  if (queue == nullptr) return;
  for (StructureId id = queue->first; !id.IsNull();) {
    const StructureId behind = At(id).queue_next;
    if (At(id).Covers(place.slot.heap)) {
      At(id).on_page->records.Clear(place.slot.heap);
      if (At(id).is_waiting) Grant(id, events);
    }
    id = behind;
  }
}

LockEvents LockTable::OnErase(IndexId index, RecordSlot erased, RecordSlot heir,
                              const Inheritance& inheritance) {
  LockEvents events;
  InheritToGap({index, heir}, {index, erased}, inheritance);
  ResetAndReleaseWaiters({index, erased}, events);
  return events;
}

// Moves one bit to the end of the list of the place's new page. A waiting request waits on in a new
// structure, for the same transaction.
void LockTable::MoveStructureBit(StructureId id, RecordPlace from, RecordPlace to) {
  LockStructure& lock = At(id);
  lock.on_page->records.Clear(from.slot.heap);
  if (!lock.is_waiting) {
    AddGranted(lock.trx, lock.table, to, lock.mode, lock.on_page->span);
    return;
  }
  lock.is_waiting = false;
  --QueueOf(lock).waiting;
  LockStructure moved(lock.trx, lock.table, lock.mode, PageOf(to), lock.on_page->span, to.slot.heap);
  moved.is_waiting = true;
  Append(std::move(moved));
}

void LockTable::MoveRecord(RecordPlace from, RecordPlace to) {
  const LockQueue* queue = FindPage(PageOf(from));
  if (queue == nullptr) return;
  // Within one page, structures that the loop adds don't cover the old place.
  for (StructureId id = queue->first; !id.IsNull(); id = At(id).queue_next) {
    if (At(id).Covers(from.slot.heap)) MoveStructureBit(id, from, to);
  }
}

void LockTable::OnMove(IndexId index, RecordSlot from, RecordSlot to) {
  MoveRecord({index, from}, {index, to});
}

void LockTable::OnReinsert(IndexId index, RecordSlot slot) {
  const LockQueue* queue = FindPage({index, slot.page});
  if (queue == nullptr) return;
  std::uint32_t unused = 0;
  bool is_locked = false;
  for (StructureId id = queue->first; !id.IsNull(); id = At(id).queue_next) {
    unused = std::max(unused, At(id).on_page->records.Limit());
    is_locked = is_locked || At(id).Covers(slot.heap);
  }
  if (!is_locked) return;
  const RecordPlace infimum{index, {slot.page, unused}};
  MoveRecord({index, slot}, infimum);
  MoveRecord(infimum, {index, slot});
}

void LockTable::OnSplit(IndexId index, PageNumber left, PageNumber right,
                        std::span<const std::pair<RecordSlot, RecordSlot>> moved, RecordSlot first_of_right,
                        const Inheritance& inheritance) {
  const LockQueue* queue = moved.empty() ? nullptr : FindPage({index, moved.front().first.page});
  for (StructureId id = queue == nullptr ? StructureId() : queue->first; !id.IsNull();
       id = At(id).queue_next) {
    for (const auto& [from, to] : moved) {
      if (At(id).Covers(from.heap)) MoveStructureBit(id, {index, from}, {index, to});
    }
  }
  OnSplitRight(index, left, right, first_of_right, inheritance);
}

void LockTable::OnSplitRight(IndexId index, PageNumber left, PageNumber right, RecordSlot first_of_right,
                             const Inheritance& inheritance) {
  const RecordPlace left_supremum{index, {left, 0}};
  MoveRecord(left_supremum, {index, {right, 0}});
  InheritToGap(left_supremum, {index, first_of_right}, inheritance);
}

LockEvents LockTable::OnPageDiscarded(IndexId index, PageNumber page, RecordSlot heir,
                                      const Inheritance& inheritance) {
  LockEvents events;
  const LockQueue* queue = FindPage({index, page});
  if (queue == nullptr) return events;
  // By then the page has no records: only the supremum's locks are left to inherit.
  InheritToGap({index, heir}, {index, {page, 0}}, inheritance);
  ResetAndReleaseWaiters({index, {page, 0}}, events);
  while ((queue = FindPage({index, page})) != nullptr) {
    RequireFact(!At(queue->first).is_waiting, "nobody waits on a page that goes");
    Remove(queue->first);
  }
  return events;
}

void LockTable::OnIndexDropped(IndexId index) {
  while (true) {
    const auto page = pages_.lower_bound({index, PageNumber()});
    if (page == pages_.end() || page->first.index != index) return;
    RequireFact(!At(page->second.first).is_waiting, "nobody waits for a record of a dropped index");
    Remove(page->second.first);
  }
}

}  // namespace nextkey
