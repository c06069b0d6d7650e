#include "lockmgr/lock_table.h"

#include <algorithm>

#include "lockmgr/check.h"

namespace nextkey {
namespace {

LockSpan SpanAt(RecordPlace place, LockSpan span) {
  if (!place.slot.IsSupremum() || span == LockSpan::kInsertIntention) return span;
  return LockSpan::kNextKey;
}

bool SpanCovers(LockSpan held, LockSpan wanted) {
  return held == LockSpan::kNextKey || (held == wanted && held != LockSpan::kInsertIntention);
}

RecordLockView ViewOf(const LockStructure& structure, bool is_on_supremum) {
  return {structure.trx, structure.mode, structure.on_page->span, is_on_supremum};
}

LockStructure RecordStructure(TrxId trx, TableId table, RecordPlace place, LockMode mode, LockSpan span) {
  return LockStructure(trx, table, mode, PageOf(place), SpanAt(place, span), place.slot.heap);
}

LockOutcome Refused(TrxId blocker) {
  LockOutcome outcome;
  outcome.status = LockStatus::kRefused;
  outcome.blocker = blocker;
  return outcome;
}

}  // namespace

void LockEvents::Append(LockEvents other) {
  const auto before = static_cast<std::uint32_t>(granted.size());
  for (Deadlock& deadlock : other.deadlocks) {
    deadlock.granted_before += before;
    deadlocks.push_back(std::move(deadlock));
  }
  granted.insert(granted.end(), other.granted.begin(), other.granted.end());
}

// --- Chains ---------------------------------------------------------------------------------------

const TrxLocks* LockTable::FindTrx(TrxId trx) const {
  const auto found = transactions_.find(trx);
  return found == transactions_.end() ? nullptr : &found->second;
}

TrxLocks& LockTable::TrxOf(TrxId trx) {
  const auto found = transactions_.find(trx);
  RequireFact(found != transactions_.end(), "a transaction with locks is known to the lock table");
  return found->second;
}

const LockQueue* LockTable::FindPage(PageKey page) const {
  const auto found = pages_.find(page);
  return found == pages_.end() ? nullptr : &found->second;
}

LockQueue& LockTable::QueueOf(const LockStructure& structure) {
  return structure.on_page ? pages_[structure.on_page->page] : tables_[structure.table];
}

const LockQueue& LockTable::QueueOf(const LockStructure& structure) const {
  return structure.on_page ? pages_.find(structure.on_page->page)->second
                           : tables_.find(structure.table)->second;
}

StructureId LockTable::Append(LockStructure structure) {
  const StructureId id(static_cast<std::uint32_t>(structures_.size() + 1));
  LockQueue& queue = QueueOf(structure);
  TrxLocks& trx = transactions_[structure.trx];
  structure.queue_previous = queue.last;
  structure.trx_previous = trx.last;
  (queue.last.IsNull() ? queue.first : At(queue.last).queue_next) = id;
  (trx.last.IsNull() ? trx.first : At(trx.last).trx_next) = id;
  queue.last = id;
  trx.last = id;
  ++queue.length;
  ++queue.CountOf(structure.mode);
  ++trx.length;
  if (structure.is_waiting) {
    ++queue.waiting;
    trx.waiting = id;
  }
  structures_.push_back(std::move(structure));
  if (!At(id).is_waiting) MoveToFront(id);
  return id;
}

// Source: MySQL's lock_rec_insert_to_granted, lock_rec_move_granted_to_front. Tables keep their order.
void LockTable::MoveToFront(StructureId id) {
  if (order_ != QueueOrder::kGrantedFirst || !At(id).on_page) return;
  LockStructure& moved = At(id);
  LockQueue& queue = QueueOf(moved);
  if (queue.first == id) return;
  At(moved.queue_previous).queue_next = moved.queue_next;
  (moved.queue_next.IsNull() ? queue.last : At(moved.queue_next).queue_previous) = moved.queue_previous;
  At(queue.first).queue_previous = id;
  moved.queue_previous = StructureId();
  moved.queue_next = queue.first;
  queue.first = id;
}

// Takes a structure out of its chains. The last structure of the store moves into its place, so that
// ids of structures are good until the next removal only. The transaction's edge stays as it is.
void LockTable::Remove(StructureId id) {
  LockStructure& gone = At(id);
  LockQueue& queue = QueueOf(gone);
  TrxLocks& trx = TrxOf(gone.trx);
  (gone.queue_previous.IsNull() ? queue.first : At(gone.queue_previous).queue_next) = gone.queue_next;
  (gone.queue_next.IsNull() ? queue.last : At(gone.queue_next).queue_previous) = gone.queue_previous;
  (gone.trx_previous.IsNull() ? trx.first : At(gone.trx_previous).trx_next) = gone.trx_next;
  (gone.trx_next.IsNull() ? trx.last : At(gone.trx_next).trx_previous) = gone.trx_previous;
  --queue.length;
  --queue.CountOf(gone.mode);
  --trx.length;
  if (gone.is_waiting) --queue.waiting;
  if (trx.waiting == id) trx.waiting = StructureId();
  if (queue.length == 0 && gone.on_page) {
    pages_.erase(gone.on_page->page);
  } else if (queue.length == 0) {
    tables_.erase(gone.table);
  }
  const StructureId last(static_cast<std::uint32_t>(structures_.size()));
  if (id != last) RenameStructure(last, id);
  structures_.pop_back();
}

void LockTable::RenameStructure(StructureId from, StructureId to) {
  At(to) = std::move(At(from));
  const LockStructure& moved = At(to);
  LockQueue& queue = QueueOf(moved);
  TrxLocks& trx = TrxOf(moved.trx);
  (moved.queue_previous.IsNull() ? queue.first : At(moved.queue_previous).queue_next) = to;
  (moved.queue_next.IsNull() ? queue.last : At(moved.queue_next).queue_previous) = to;
  (moved.trx_previous.IsNull() ? trx.first : At(moved.trx_previous).trx_next) = to;
  (moved.trx_next.IsNull() ? trx.last : At(moved.trx_next).trx_previous) = to;
  if (trx.waiting == from) trx.waiting = to;
}

// --- Record queues ----------------------------------------------------------------------------------

// Source: lock_rec_has_expl. A transaction's structures on a page are found through the shorter of
// the two chains; both have them in the same order.
bool LockTable::HoldsExplicitly(TrxId trx, RecordPlace place, LockMode mode, LockSpan span) const {
  const LockQueue* queue = FindPage(PageOf(place));
  const TrxLocks* locks = FindTrx(trx);
  if (queue == nullptr || locks == nullptr) return false;
  const LockSpan wanted = SpanAt(place, span);
  const auto covers = [&](const LockStructure& held) {
    return !held.is_waiting && held.Covers(place.slot.heap) &&
           SpanCovers(SpanAt(place, held.on_page->span), wanted) && IsAtLeast(held.mode, mode);
  };
  if (queue->length <= locks->length) {
    for (StructureId id = queue->first; !id.IsNull(); id = At(id).queue_next) {
      if (At(id).trx == trx && covers(At(id))) return true;
    }
    return false;
  }
  for (StructureId id = locks->first; !id.IsNull(); id = At(id).trx_next) {
    if (At(id).on_page && At(id).on_page->page == PageOf(place) && covers(At(id))) return true;
  }
  return false;
}

// Source: lock_rec_other_has_conflicting. A waiting request in front counts as held.
StructureId LockTable::FirstInTheWay(const RecordLockView& wanted, RecordPlace place) const {
  const LockQueue* queue = FindPage(PageOf(place));
  if (queue == nullptr) return StructureId();
  for (StructureId id = queue->first; !id.IsNull(); id = At(id).queue_next) {
    const LockStructure& held = At(id);
    if (held.Covers(place.slot.heap) && MustWait(wanted, ViewOf(held, wanted.is_on_supremum)) &&
        !Overtakes(wanted, place, held)) {
      return id;
    }
  }
  return StructureId();
}

// Whether `waiter`, which stands in the way, is passed because the requester's own lock keeps it waiting.
// Source: MySQL's rec_lock_check_conflict, Trx_locks_cache::has_granted_blocker.
bool LockTable::Overtakes(const RecordLockView& wanted, RecordPlace place,
                          const LockStructure& waiter) const {
  return order_ == QueueOrder::kGrantedFirst && waiter.is_waiting && waiter.mode == LockMode::kExclusive &&
         wanted.mode == LockMode::kExclusive && wanted.span != LockSpan::kInsertIntention &&
         HoldsExplicitly(wanted.trx, place, LockMode::kShared, LockSpan::kRecordOnly);
}

bool LockTable::OvertakesAny(const RecordLockView& wanted, RecordPlace place) const {
  const LockQueue* queue = FindPage(PageOf(place));
  if (queue == nullptr || queue->waiting == 0) return false;
  for (StructureId id = queue->first; !id.IsNull(); id = At(id).queue_next) {
    const LockStructure& held = At(id);
    if (held.Covers(place.slot.heap) && MustWait(wanted, ViewOf(held, wanted.is_on_supremum)) &&
        Overtakes(wanted, place, held)) {
      return true;
    }
  }
  return false;
}

// Source: lock_rec_find_similar_on_page.
StructureId LockTable::FindSimilar(const LockQueue& queue, TrxId trx, LockMode mode, LockSpan span) const {
  const auto is_similar = [&](const LockStructure& held) {
    return !held.is_waiting && held.mode == mode && held.on_page->span == span;
  };
  const TrxLocks* locks = FindTrx(trx);
  if (locks == nullptr) return StructureId();
  if (queue.length <= locks->length) {
    for (StructureId id = queue.first; !id.IsNull(); id = At(id).queue_next) {
      if (At(id).trx == trx && is_similar(At(id))) return id;
    }
    return StructureId();
  }
  const PageKey page = At(queue.first).on_page->page;
  for (StructureId id = locks->first; !id.IsNull(); id = At(id).trx_next) {
    if (At(id).on_page && At(id).on_page->page == page && is_similar(At(id))) return id;
  }
  return StructureId();
}

// A gap is asked for, and the page's only structure is of just this kind: the request sets its bit there
// without looking at what it locks (lock_rec_lock). So a supremum comes to a structure of gaps.
StructureId LockTable::OnlyOneLike(RecordPlace place, TrxId trx, LockMode mode, LockSpan span) const {
  const LockQueue* queue = FindPage(PageOf(place));
  if (span != LockSpan::kGapOnly || queue == nullptr || queue->length != 1) return StructureId();
  const LockStructure& held = At(queue->first);
  const bool is_like = !held.is_waiting && held.trx == trx && held.mode == mode && held.on_page->span == span;
  return is_like ? queue->first : StructureId();
}

bool LockTable::HasWaiterOn(const LockQueue& queue, std::uint32_t heap) const {
  if (queue.waiting == 0) return false;
  for (StructureId id = queue.first; !id.IsNull(); id = At(id).queue_next) {
    if (At(id).is_waiting && At(id).Covers(heap)) return true;
  }
  return false;
}

// Source: lock_rec_add_to_queue. While somebody waits for the record, a new structure goes to the end
// of the list: setting a bit in an older one would put the lock in front of the waiter. Where granted ones
// stand in front anyway, that does not matter.
void LockTable::AddGranted(TrxId trx, TableId table, RecordPlace place, LockMode mode, LockSpan span) {
  const LockQueue* queue = FindPage(PageOf(place));
  const bool may_join =
      order_ == QueueOrder::kGrantedFirst || (queue != nullptr && !HasWaiterOn(*queue, place.slot.heap));
  if (queue != nullptr && may_join) {
    const StructureId similar = FindSimilar(*queue, trx, mode, SpanAt(place, span));
    if (!similar.IsNull()) {
      At(similar).on_page->records.Set(place.slot.heap);
      return;
    }
  }
  Append(RecordStructure(trx, table, place, mode, span));
}

// --- Requests -----------------------------------------------------------------------------------------

LockOutcome LockTable::Enqueue(LockStructure structure, StructureId blocker) {
  const TrxId trx = structure.trx;
  RequireFact(!IsWaiting(trx), "a transaction waits for one lock at a time");
  structure.is_waiting = true;
  const TrxId waits_for = At(blocker).trx;
  Append(std::move(structure));
  TrxOf(trx).waits_for = waits_for;
  if (order_ == QueueOrder::kGrantedFirst) TrxOf(trx).wait_number = ++waits_begun_;

  LockEvents events;
  if (detects_deadlocks_) ResolveCircle(trx, events);
  LockOutcome outcome;
  outcome.deadlocks = std::move(events.deadlocks);
  outcome.granted = std::move(events.granted);
  // The victim's cancelled wait may have let the requester itself go on.
  std::erase(outcome.granted, trx);
  const bool is_victim = !outcome.deadlocks.empty() && outcome.deadlocks.front().victim == trx;
  if (is_victim) {
    outcome.status = LockStatus::kDeadlock;
  } else if (IsWaiting(trx)) {
    outcome.status = LockStatus::kWaiting;
    outcome.blocker = TrxOf(trx).waits_for;
  }
  return outcome;
}

// Source: lock_rec_lock.
LockOutcome LockTable::LockRecord(TrxId trx, TableId table, RecordPlace place, LockMode mode, LockSpan span,
                                  WaitPolicy policy) {
  if (span == LockSpan::kInsertIntention) return RequestInsertIntention(trx, table, place, mode, policy);
  if (HoldsTable(trx, table, mode) || HoldsExplicitly(trx, place, mode, span)) return {};
  // Who has the record already needs only the gap.
  if (span == LockSpan::kNextKey && !place.slot.IsSupremum() &&
      HoldsExplicitly(trx, place, mode, LockSpan::kRecordOnly)) {
    span = LockSpan::kGapOnly;
    if (HoldsExplicitly(trx, place, mode, span)) return {};
  }
  const RecordLockView wanted{trx, mode, SpanAt(place, span), place.slot.IsSupremum()};
  const StructureId blocker = FirstInTheWay(wanted, place);
  if (blocker.IsNull()) {
    const StructureId only = OnlyOneLike(place, trx, mode, span);
    if (!only.IsNull()) {
      At(only).on_page->records.Set(place.slot.heap);
      return {};
    }
    AddGranted(trx, table, place, mode, span);
    return {};
  }
  if (policy == WaitPolicy::kRefuse) return Refused(At(blocker).trx);
  return Enqueue(RecordStructure(trx, table, place, mode, span), blocker);
}

// Source: lock_rec_insert_check_and_lock. One that need not wait leaves nothing behind.
LockOutcome LockTable::RequestInsertIntention(TrxId trx, TableId table, RecordPlace place, LockMode mode,
                                              WaitPolicy policy) {
  const RecordLockView wanted{trx, mode, LockSpan::kInsertIntention, place.slot.IsSupremum()};
  const StructureId blocker = FirstInTheWay(wanted, place);
  if (blocker.IsNull()) return {};
  if (policy == WaitPolicy::kRefuse) return Refused(At(blocker).trx);
  return Enqueue(RecordStructure(trx, table, place, mode, LockSpan::kInsertIntention), blocker);
}

LockOutcome LockTable::LockImplicitly(TrxId trx, TableId table, RecordPlace place, WaitPolicy policy) {
  constexpr LockMode kMode = LockMode::kExclusive;
  constexpr LockSpan kSpan = LockSpan::kRecordOnly;
  if (HoldsTable(trx, table, kMode) || HoldsExplicitly(trx, place, kMode, kSpan)) return {};
  const RecordLockView wanted{trx, kMode, kSpan, false};
  const StructureId blocker = FirstInTheWay(wanted, place);
  if (blocker.IsNull()) {
    // Who was overtaken waits for a lock that can be seen (lock_rec_lock_slow).
    if (OvertakesAny(wanted, place)) AddGranted(trx, table, place, kMode, kSpan);
    return {};
  }
  if (policy == WaitPolicy::kRefuse) return Refused(At(blocker).trx);
  return Enqueue(RecordStructure(trx, table, place, kMode, kSpan), blocker);
}

void LockTable::MakeExplicit(TrxId owner, TableId table, RecordPlace place) {
  constexpr LockMode kMode = LockMode::kExclusive;
  constexpr LockSpan kSpan = LockSpan::kRecordOnly;
  if (!HoldsExplicitly(owner, place, kMode, kSpan)) AddGranted(owner, table, place, kMode, kSpan);
}

namespace {

bool HasIncompatible(const LockQueue& queue, LockMode wanted) {
  for (const LockMode held : {LockMode::kIntentionShared, LockMode::kIntentionExclusive, LockMode::kShared,
                              LockMode::kExclusive, LockMode::kAutoIncrement}) {
    if (queue.CountOf(held) != 0 && !IsCompatible(wanted, held)) return true;
  }
  return false;
}

}  // namespace

// Source: lock_table, lock_table_other_has_incompatible. A new request looks from the end of the
// list, so that its edge goes to the last one in its way; later looks start in front.
LockOutcome LockTable::LockWholeTable(TrxId trx, TableId table, LockMode mode, WaitPolicy policy) {
  if (HoldsTable(trx, table, mode)) return {};
  LockStructure structure(trx, table, mode);
  const auto queue = tables_.find(table);
  if (queue != tables_.end() && HasIncompatible(queue->second, mode)) {
    for (StructureId id = queue->second.last; !id.IsNull(); id = At(id).queue_previous) {
      if (At(id).trx == trx || IsCompatible(mode, At(id).mode)) continue;
      if (policy == WaitPolicy::kRefuse) return Refused(At(id).trx);
      return Enqueue(std::move(structure), id);
    }
  }
  Append(std::move(structure));
  return {};
}

// --- Questions ------------------------------------------------------------------------------------------

bool LockTable::Holds(TrxId trx, RecordPlace place, LockMode mode, LockSpan span) const {
  return HoldsExplicitly(trx, place, mode, span);
}

bool LockTable::HasNothingToAsk(TrxId trx, TableId table, RecordPlace place, LockMode mode,
                                LockSpan span) const {
  if (HoldsTable(trx, table, mode) || HoldsExplicitly(trx, place, mode, span)) return true;
  return span == LockSpan::kNextKey && HoldsExplicitly(trx, place, mode, LockSpan::kRecordOnly) &&
         HoldsExplicitly(trx, place, mode, LockSpan::kGapOnly);
}

LockSpan LockTable::WrittenSpan(TrxId trx, RecordPlace place, LockMode mode, LockSpan span) const {
  return OnlyOneLike(place, trx, mode, span).IsNull() ? SpanAt(place, span) : span;
}

bool LockTable::HoldsTable(TrxId trx, TableId table, LockMode mode) const {
  const auto queue = tables_.find(table);
  const TrxLocks* locks = FindTrx(trx);
  if (queue == tables_.end() || locks == nullptr) return false;
  // Record requests ask for S and X all the time, and hardly anybody locks whole tables so.
  const bool is_possible = queue->second.CountOf(LockMode::kExclusive) != 0 ||
                           queue->second.CountOf(mode) != 0 || mode == LockMode::kIntentionShared;
  if (!is_possible) return false;
  const auto covers = [&](const LockStructure& held) {
    return !held.is_waiting && IsAtLeast(held.mode, mode);
  };
  if (queue->second.length <= locks->length) {
    for (StructureId id = queue->second.first; !id.IsNull(); id = At(id).queue_next) {
      if (At(id).trx == trx && covers(At(id))) return true;
    }
    return false;
  }
  for (StructureId id = locks->first; !id.IsNull(); id = At(id).trx_next) {
    if (!At(id).on_page && At(id).table == table && covers(At(id))) return true;
  }
  return false;
}

bool LockTable::IsAutoIncrementContended(TrxId trx, TableId table) const {
  const auto queue = tables_.find(table);
  if (queue == tables_.end() || queue->second.CountOf(LockMode::kAutoIncrement) == 0) return false;
  for (StructureId id = queue->second.first; !id.IsNull(); id = At(id).queue_next) {
    if (At(id).mode == LockMode::kAutoIncrement && At(id).trx != trx) return true;
  }
  return false;
}

bool LockTable::IsWaiting(TrxId trx) const {
  const TrxLocks* locks = FindTrx(trx);
  return locks != nullptr && !locks->waiting.IsNull();
}

bool LockTable::HasRecordLocks(RecordPlace place) const {
  const LockQueue* queue = FindPage(PageOf(place));
  if (queue == nullptr) return false;
  for (StructureId id = queue->first; !id.IsNull(); id = At(id).queue_next) {
    if (At(id).Covers(place.slot.heap)) return true;
  }
  return false;
}

// --- Weights and settings --------------------------------------------------------------------------------

void LockTable::SetWeight(TrxId trx, std::uint64_t undo_records, bool changed_non_transactional) {
  TrxLocks& locks = transactions_[trx];
  locks.undo_records = undo_records;
  locks.changed_non_transactional = changed_non_transactional;
}

void LockTable::SetKeepsGapLocks(TrxId trx, bool keeps_gap_locks) {
  transactions_[trx].keeps_gap_locks = keeps_gap_locks;
}

void LockTable::SetReplacesDuplicates(TrxId trx, bool replaces_duplicates) {
  transactions_[trx].replaces_duplicates = replaces_duplicates;
}

void LockTable::SetDetectorRank(TrxId trx, std::uint32_t rank) { transactions_[trx].detector_rank = rank; }

}  // namespace nextkey
