// How waits end: release, cancellation, grants.
//
// Whenever a structure leaves its queue, each waiter of that page or table is looked at again, in the
// order of the list: it is let go, or its edge moves to whatever is the first in its way now. A moved
// edge that ends at a waiting transaction may close a circle; such ends are collected and looked at
// when the release is through. Sources: lock_release, lock_rec_dequeue_from_page, lock_table_dequeue,
// lock_rec_unlock, lock_cancel_waiting_and_release.
#include <algorithm>
#include <cstddef>
#include <utility>

#include "lockmgr/check.h"
#include "lockmgr/erase_if.h"
#include "lockmgr/lock_table.h"

namespace nextkey {

StructureId LockTable::NextInTheWay(StructureId waiting, StructureId from) const {
  const LockStructure& wanted = At(waiting);
  if (!wanted.on_page) {
    for (StructureId id = from; id != waiting; id = At(id).queue_next) {
      if (At(id).trx != wanted.trx && !IsCompatible(wanted.mode, At(id).mode)) return id;
    }
    return StructureId();
  }
  const std::uint32_t heap = wanted.on_page->records.First();
  const bool is_on_supremum = heap == 0;
  const RecordLockView wanted_view{wanted.trx, wanted.mode, wanted.on_page->span, is_on_supremum};
  for (StructureId id = from; id != waiting; id = At(id).queue_next) {
    const LockStructure& held = At(id);
    if (held.Covers(heap) &&
        MustWait(wanted_view, {held.trx, held.mode, held.on_page->span, is_on_supremum})) {
      return id;
    }
  }
  return StructureId();
}

StructureId LockTable::StillInTheWay(StructureId waiting) const {
  return NextInTheWay(waiting, QueueOf(At(waiting)).first);
}

// The structure stays in its place and counts as granted. The end of its edge need not be looked at on
// its account any more.
void LockTable::SetNotWaiting(StructureId id) {
  LockStructure& structure = At(id);
  TrxLocks& trx = TrxOf(structure.trx);
  structure.is_waiting = false;
  --QueueOf(structure).waiting;
  EraseIf(unchecked_, [&](TrxId end) { return end == trx.waits_for; });
  trx.waiting = StructureId();
  trx.waits_for = TrxId();
}

void LockTable::Grant(StructureId id, LockEvents& events) {
  const TrxId trx = At(id).trx;
  SetNotWaiting(id);
  events.granted.push_back(trx);
}

void LockTable::RecheckWaiter(StructureId waiting, bool checks_circles, LockEvents& events) {
  const StructureId blocker = StillInTheWay(waiting);
  if (blocker.IsNull()) {
    Grant(waiting, events);
    return;
  }
  const TrxId end = At(blocker).trx;
  TrxOf(At(waiting).trx).waits_for = end;
  if (!checks_circles || !detects_deadlocks_ || TrxOf(end).waits_for.IsNull()) return;
  const auto comes_before = [&](TrxId a, TrxId b) {
    return std::pair(TrxOf(a).detector_rank, a) < std::pair(TrxOf(b).detector_rank, b);
  };
  const auto place = std::lower_bound(unchecked_.begin(), unchecked_.end(), end, comes_before);
  if (place == unchecked_.end() || *place != end) unchecked_.insert(place, end);
}

void LockTable::Dequeue(StructureId id, LockEvents& events) {
  const bool is_on_page = At(id).on_page.has_value();
  const PageKey page = is_on_page ? At(id).on_page->page : PageKey();
  const TableId table = At(id).table;
  // A table's waiters in front of the one that goes can't have waited for it.
  const StructureId last(static_cast<std::uint32_t>(structures_.size()));
  StructureId next = At(id).queue_next == last ? id : At(id).queue_next;
  const bool is_last_in_queue = At(id).queue_next.IsNull();
  Remove(id);

  if (is_on_page) {
    const LockQueue* queue = FindPage(page);
    if (queue == nullptr || queue->waiting == 0) return;
    next = queue->first;
  } else {
    const auto queue = tables_.find(table);
    if (is_last_in_queue || queue == tables_.end() || queue->second.waiting == 0) return;
  }
  for (; !next.IsNull(); next = At(next).queue_next) {
    if (At(next).is_waiting) RecheckWaiter(next, true, events);
  }
}

void LockTable::CancelWaitAndDequeue(TrxId trx, LockEvents& events) {
  Dequeue(TrxOf(trx).waiting, events);
  TrxLocks& locks = TrxOf(trx);
  EraseIf(unchecked_, [&](TrxId end) { return end == locks.waits_for; });
  locks.waits_for = TrxId();
}

// --- Endings ----------------------------------------------------------------------------------------

// From the newest structure to the oldest: that decides the order of the grants over pages and tables.
LockEvents LockTable::ReleaseAll(TrxId trx) {
  LockEvents events;
  if (FindTrx(trx) == nullptr) return events;
  const bool has_locks = FindTrx(trx)->length != 0;
  if (IsWaiting(trx)) CancelWaitAndDequeue(trx, events);
  while (!TrxOf(trx).last.IsNull()) Dequeue(TrxOf(trx).last, events);
  EraseIf(unchecked_, [&](TrxId end) { return end == trx; });
  transactions_.erase(trx);
  if (has_locks) CheckMovedEdges(events);  // Who locked nothing does not look at others' circles.
  return events;
}

// Moved edges are not looked at here: the server does not either.
LockEvents LockTable::ReleaseRecord(TrxId trx, RecordPlace place, LockMode mode) {
  LockEvents events;
  const LockQueue* queue = FindPage({place.index, place.slot.page});
  if (queue == nullptr) return events;
  const std::uint32_t heap = place.slot.heap;
  StructureId held = queue->first;
  while (!held.IsNull() && (At(held).trx != trx || At(held).mode != mode || !At(held).Covers(heap))) {
    held = At(held).queue_next;
  }
  if (held.IsNull()) return events;
  RequireFact(!At(held).is_waiting, "a released lock was granted");
  At(held).on_page->records.Clear(heap);
  if (queue->waiting == 0) return events;
  for (StructureId id = queue->first; !id.IsNull(); id = At(id).queue_next) {
    if (At(id).is_waiting && At(id).Covers(heap)) RecheckWaiter(id, false, events);
  }
  return events;
}

LockEvents LockTable::ReleaseTable(TrxId trx, TableId table, LockMode mode) {
  LockEvents events;
  const TrxLocks* locks = FindTrx(trx);
  if (locks == nullptr) return events;
  for (StructureId id = locks->last; !id.IsNull(); id = At(id).trx_previous) {
    if (At(id).on_page || At(id).table != table || At(id).mode != mode || At(id).is_waiting) continue;
    Dequeue(id, events);
    break;
  }
  return events;
}

LockEvents LockTable::CancelWait(TrxId trx) {
  RequireFact(IsWaiting(trx), "a cancelled wait was there");
  LockEvents events;
  CancelWaitAndDequeue(trx, events);
  CheckMovedEdges(events);
  return events;
}

}  // namespace nextkey
