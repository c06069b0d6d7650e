// The deadlock detector: follows single edges, picks the lightest of a circle.
//
// Each waiter has one edge, so that a circle is found by walking on; the walk costs what the path
// costs. It is Brent's: the transaction at which it notices the circle is part of the result, as the
// search for the victim starts behind it and equal weights go to the first seen, unless the
// transaction whose wait closed the circle is among the lightest. Source: Deadlock::find_cycle,
// report, check_and_resolve; lock_sys_t::deadlock_check.
#include <algorithm>
#include <cstddef>

#include "lockmgr/check.h"
#include "lockmgr/lock_table.h"

namespace nextkey {

std::optional<TrxId> LockTable::FindCircle(TrxId start) const {
  TrxId tortoise = start;
  TrxId hare = start;
  std::size_t power = 1;
  for (std::size_t steps = 1;; ++steps) {
    const TrxLocks* locks = FindTrx(hare);
    if (locks == nullptr || locks->waits_for.IsNull()) return std::nullopt;
    hare = locks->waits_for;
    if (hare == tortoise) return hare;
    if (steps == power) {
      power *= 2;
      steps = 0;
      tortoise = hare;
    }
  }
}

// Undo records and structures. What can't be rolled back outweighs everything.
std::uint64_t LockTable::WeightOf(TrxId trx) const {
  const TrxLocks* locks = FindTrx(trx);
  if (locks == nullptr) return 0;
  const std::uint64_t weight = locks->undo_records + locks->length;
  return locks->changed_non_transactional ? weight | (std::uint64_t{1} << 63) : weight;
}

void LockTable::ResolveCircle(TrxId start, LockEvents& events) {
  const std::optional<TrxId> in_circle = FindCircle(start);
  if (!in_circle) return;
  TrxId victim;
  std::uint64_t least = ~std::uint64_t{0};
  bool is_start_inside = false;
  for (TrxId member = *in_circle;;) {
    member = TrxOf(member).waits_for;
    if (const std::uint64_t weight = WeightOf(member); weight < least) {
      least = weight;
      victim = member;
    }
    is_start_inside = is_start_inside || member == start;
    if (member == *in_circle) break;
  }
  if (is_start_inside && WeightOf(start) == least) victim = start;

  Deadlock deadlock;
  if (describes_circles_) deadlock.circle = Describe(is_start_inside ? start : *in_circle, *in_circle);
  deadlock.victim = victim;
  events.deadlocks.push_back(std::move(deadlock));
  const std::size_t number = events.deadlocks.size() - 1;
  CancelWaitAndDequeue(victim, events);
  // Whom this lets go is woken first, while the victim still has its other locks
  // (lock_cancel_waiting_and_release).
  events.deadlocks[number].granted_before = static_cast<std::uint32_t>(events.granted.size());
}

void LockTable::CheckMovedEdges(LockEvents& events) {
  bool has_several = false;
  const std::size_t circles_before = events.deadlocks.size();
  while (!unchecked_.empty()) {
    has_several = has_several || unchecked_.size() > 1;
    const TrxId trx = unchecked_.front();
    unchecked_.erase(unchecked_.begin());
    ResolveCircle(trx, events);
  }
  if (has_several && events.deadlocks.size() > circles_before) has_compared_ranks_ = true;
}

LockDescription LockTable::DescribeStructure(const LockStructure& structure) const {
  LockDescription description{.trx = structure.trx,
                              .record = std::nullopt,
                              .table = structure.table,
                              .mode = structure.mode,
                              .span = LockSpan::kNextKey,
                              .is_waiting = structure.is_waiting};
  if (structure.on_page) description.span = structure.on_page->span;
  return description;
}

LockDescription LockTable::WaitingRequest(TrxId trx) const {
  RequireFact(IsWaiting(trx), "a described request waits");
  const LockStructure& waiting = At(FindTrx(trx)->waiting);
  LockDescription description = DescribeStructure(waiting);
  if (waiting.on_page) {
    description.record = RecordPlace{waiting.on_page->page.index,
                                     {waiting.on_page->page.page, waiting.on_page->records.First()}};
  }
  return description;
}

// The first structure of the edge's end that is in the way.
std::optional<LockDescription> LockTable::Blocker(TrxId trx) const {
  if (!IsWaiting(trx)) return std::nullopt;
  const TrxLocks& locks = *FindTrx(trx);
  const LockStructure& wanted = At(locks.waiting);
  const LockDescription request = WaitingRequest(trx);
  for (StructureId id = QueueOf(wanted).first; id != locks.waiting; id = At(id).queue_next) {
    const LockStructure& held = At(id);
    if (held.trx != locks.waits_for) continue;
    if (!wanted.on_page && IsCompatible(wanted.mode, held.mode)) continue;
    if (wanted.on_page) {
      const bool is_on_supremum = request.record->slot.IsSupremum();
      const RecordLockView wanted_view{trx, wanted.mode, wanted.on_page->span, is_on_supremum};
      const RecordLockView held_view{held.trx, held.mode, held.on_page->span, is_on_supremum};
      if (!held.Covers(request.record->slot.heap) || !MustWait(wanted_view, held_view)) continue;
    }
    LockDescription description = DescribeStructure(held);
    description.record = request.record;
    return description;
  }
  return std::nullopt;
}

std::vector<DeadlockEdge> LockTable::Describe(TrxId start, TrxId in_circle) const {
  RequireFact(!FindTrx(in_circle)->waits_for.IsNull(), "a member of a circle waits");
  std::vector<DeadlockEdge> circle;
  for (TrxId waiter = start;;) {
    const TrxId holder = FindTrx(waiter)->waits_for;
    DeadlockEdge edge{.waiter = waiter,
                      .holder = holder,
                      .wanted = WaitingRequest(waiter),
                      .held = {},
                      .waiter_weight = WeightOf(waiter),
                      .structures = FindTrx(waiter)->length,
                      .rows = 0,
                      .in_the_way = AllInTheWay(waiter)};
    for (StructureId id = FindTrx(waiter)->first; !id.IsNull(); id = At(id).trx_next) {
      if (At(id).on_page) At(id).on_page->records.ForEach([&](std::uint32_t) { ++edge.rows; });
    }
    if (const auto blocker = Blocker(waiter)) edge.held = *blocker;
    circle.push_back(std::move(edge));
    waiter = holder;
    if (waiter == start) return circle;
  }
}

}  // namespace nextkey
