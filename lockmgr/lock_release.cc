// How waits end: release, cancellation, grants.
//
// Whenever a structure leaves its queue, each waiter of that page or table is looked at again, in the
// order of the list: it is let go, or its edge moves to whatever is the first in its way now. A moved
// edge that ends at a waiting transaction may close a circle; such ends are collected and looked at
// when the release is through. MySQL 8.4 looks only at waiters whose edge ends at the releaser, record by
// record, the heavier ones first, and holds what is granted against them, not what waits. Sources:
// lock_release, lock_rec_dequeue_from_page, lock_table_dequeue, lock_rec_unlock,
// lock_cancel_waiting_and_release.
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
  const PageKey page = wanted.on_page->page;
  const RecordPlace place{page.index, RecordSlot{page.page, heap}};
  for (StructureId id = from; id != waiting; id = At(id).queue_next) {
    const LockStructure& held = At(id);
    if (held.Covers(heap) &&
        MustWait(wanted_view, {held.trx, held.mode, held.on_page->span, is_on_supremum}) &&
        !Overtakes(wanted_view, place, held)) {
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
  MoveToFront(id);
  events.granted.push_back(trx);
}

void LockTable::RecheckWaiter(StructureId waiting, bool checks_circles, LockEvents& events) {
  const StructureId blocker = StillInTheWay(waiting);
  if (blocker.IsNull()) {
    Grant(waiting, events);
    return;
  }
  PointEdge(waiting, blocker, checks_circles);
}

void LockTable::PointEdge(StructureId waiting, StructureId blocker, bool checks_circles) {
  const TrxId end = At(blocker).trx;
  TrxOf(At(waiting).trx).waits_for = end;
  if (!checks_circles || !detects_deadlocks_ || TrxOf(end).waits_for.IsNull()) return;
  const auto comes_before = [&](TrxId a, TrxId b) {
    return std::pair(TrxOf(a).detector_rank, a) < std::pair(TrxOf(b).detector_rank, b);
  };
  const auto place = std::lower_bound(unchecked_.begin(), unchecked_.end(), end, comes_before);
  if (place == unchecked_.end() || *place != end) unchecked_.insert(place, end);
}

// 1 for each transaction that waits, itself included, directly or through others; one that very many waits
// have overtaken counts for all waiters. The server's own thread counts when a wait begins, so that whoever
// releases meets the weights of the moment before. Source: MySQL's lock0wait.cc,
// lock_wait_compute_initial_weights, lock_wait_accumulate_weights.
LockTable::Weights LockTable::ScheduleWeights() const {
  constexpr std::uint64_t kMostBoosted = 1'000'000'000;
  Weights weights;
  for (const auto& [trx, locks] : transactions_) {
    if (!locks.waiting.IsNull()) weights[trx] = 0;
  }
  const std::uint64_t waiters = weights.size();
  for (const auto& [trx, locks] : transactions_) {
    if (locks.waiting.IsNull()) continue;
    const bool is_boosted = locks.wait_number + 2 * waiters < waits_begun_;
    const std::uint64_t own = is_boosted ? std::min(waiters, kMostBoosted / waiters) : 1;
    TrxId at = trx;
    for (std::uint64_t steps = 0; steps < waiters && weights.contains(at); ++steps) {
      weights[at] += own;
      at = FindTrx(at)->waits_for;
    }
  }
  return weights;
}

// Source: MySQL's lock_rec_grant_by_heap_no, lock_rec_has_to_wait_for_granted.
void LockTable::GrantByWeight(TrxId releaser, PageKey page, std::uint32_t heap, const Weights& weights,
                              LockEvents& events) {
  const LockQueue* queue = FindPage(page);
  if (queue == nullptr || queue->waiting == 0) return;
  absl::InlinedVector<StructureId, 8> granted;
  absl::InlinedVector<std::pair<std::uint64_t, StructureId>, 8> waiting;
  for (StructureId id = queue->first; !id.IsNull(); id = At(id).queue_next) {
    if (!At(id).Covers(heap)) continue;
    const TrxId trx = At(id).trx;
    if (!At(id).is_waiting) {
      granted.push_back(id);
    } else if (TrxOf(trx).waits_for == releaser) {
      const auto known = weights.find(trx);
      waiting.emplace_back(known == weights.end() ? 0 : known->second, id);
    }
  }
  std::stable_sort(waiting.begin(), waiting.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::reverse(granted.begin(), granted.end());  // The oldest first.
  for (const auto& [weight, id] : waiting) {
    const LockStructure& wanted = At(id);
    const RecordLockView wanted_view{wanted.trx, wanted.mode, wanted.on_page->span, heap == 0};
    const auto blocker = std::find_if(granted.begin(), granted.end(), [&](StructureId other) {
      const LockStructure& held = At(other);
      return MustWait(wanted_view, {held.trx, held.mode, held.on_page->span, heap == 0});
    });
    if (blocker != granted.end()) {
      PointEdge(id, *blocker, true);
      continue;
    }
    Grant(id, events);
    granted.push_back(id);
  }
}

void LockTable::Dequeue(StructureId id, LockEvents& events, const Weights* weights) {
  const bool is_on_page = At(id).on_page.has_value();
  const PageKey page = is_on_page ? At(id).on_page->page : PageKey();
  const TableId table = At(id).table;
  // A table's waiters in front of the one that goes can't have waited for it.
  const StructureId last(static_cast<std::uint32_t>(structures_.size()));
  StructureId next = At(id).queue_next == last ? id : At(id).queue_next;
  const bool is_last_in_queue = At(id).queue_next.IsNull();
  if (is_on_page && order_ == QueueOrder::kGrantedFirst) {
    const TrxId releaser = At(id).trx;
    const RecordBits records = At(id).on_page->records;
    const Weights now = weights != nullptr ? *weights : ScheduleWeights();
    Remove(id);
    records.ForEach([&](std::uint32_t heap) { GrantByWeight(releaser, page, heap, now, events); });
    return;
  }
  Remove(id);

  if (is_on_page) {
    const LockQueue* queue = FindPage(page);
    if (queue == nullptr || queue->waiting == 0) return;
    next = queue->first;
  } else {
    const auto queue = tables_.find(table);
    if (is_last_in_queue || queue == tables_.end() || queue->second.waiting == 0) return;
  }
  while (!next.IsNull()) {
    const StructureId behind = At(next).queue_next;  // A granted one may leave its place.
    if (At(next).is_waiting) RecheckWaiter(next, true, events);
    next = behind;
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
  const Weights weights = order_ == QueueOrder::kGrantedFirst ? ScheduleWeights() : Weights();
  if (IsWaiting(trx)) CancelWaitAndDequeue(trx, events);
  for (StructureId last = TrxOf(trx).last; !last.IsNull(); last = TrxOf(trx).last)
    Dequeue(last, events, &weights);
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
  if (order_ == QueueOrder::kGrantedFirst) {
    GrantByWeight(trx, {place.index, place.slot.page}, heap, ScheduleWeights(), events);
    return events;
  }
  for (StructureId id = queue->first; !id.IsNull();) {
    const StructureId behind = At(id).queue_next;
    if (At(id).is_waiting && At(id).Covers(heap)) RecheckWaiter(id, false, events);
    id = behind;
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
