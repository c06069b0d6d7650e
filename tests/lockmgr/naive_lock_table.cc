#include "tests/lockmgr/naive_lock_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace nextkey {
namespace {

bool HasRecordPart(LockSpan span, bool is_supremum) {
  return !is_supremum && (span == LockSpan::kNextKey || span == LockSpan::kRecordOnly);
}

bool HasGapPart(LockSpan span, bool is_supremum) {
  return span == LockSpan::kNextKey || span == LockSpan::kGapOnly ||
         (is_supremum && span == LockSpan::kRecordOnly);
}

bool ModesClash(LockMode a, LockMode b) {
  const auto is = [&](LockMode one, LockMode other) {
    return (a == one && b == other) || (a == other && b == one);
  };
  using enum LockMode;
  return a == kExclusive || b == kExclusive || is(kIntentionExclusive, kShared) ||
         is(kShared, kAutoIncrement) || is(kAutoIncrement, kAutoIncrement);
}

bool Suffices(LockMode held, LockMode wanted) {
  using enum LockMode;
  static const std::set<std::pair<LockMode, LockMode>> kSuffices = {
      {kIntentionShared, kIntentionShared},
      {kIntentionExclusive, kIntentionShared},
      {kIntentionExclusive, kIntentionExclusive},
      {kShared, kIntentionShared},
      {kShared, kShared},
      {kExclusive, kIntentionShared},
      {kExclusive, kIntentionExclusive},
      {kExclusive, kShared},
      {kExclusive, kExclusive},
      {kExclusive, kAutoIncrement},
      {kAutoIncrement, kAutoIncrement}};
  return kSuffices.contains({held, wanted});
}

LockSpan Plain(LockSpan span, bool is_supremum) {
  return is_supremum && span != LockSpan::kInsertIntention ? LockSpan::kNextKey : span;
}

std::string Line(const LockDescription& lock) {
  if (!lock.record) {
    return fmt::format("{} table {} {}{}", lock.trx.value(), lock.table.value(), ModeName(lock.mode),
                       lock.is_waiting ? " waits" : "");
  }
  return fmt::format("{} index {} page {} heap {} {} {}{}", lock.trx.value(), lock.record->index.value(),
                     lock.record->slot.page.value(), lock.record->slot.heap, ModeName(lock.mode),
                     static_cast<int>(lock.span), lock.is_waiting ? " waits" : "");
}

std::string EdgeLine(TrxId from, TrxId to) {
  return fmt::format("{} waits for {}", from.value(), to.value());
}

}  // namespace

bool NaiveLockTable::Clashes(const Lock& wanted, const Lock& held) {
  if (wanted.trx == held.trx || wanted.page != held.page || !ModesClash(wanted.mode, held.mode)) return false;
  if (!wanted.page) return wanted.table == held.table;
  const std::uint32_t heap = *wanted.heaps.begin();
  if (!held.heaps.contains(heap)) return false;
  const bool is_supremum = heap == 0;
  if (wanted.span == LockSpan::kInsertIntention) return HasGapPart(held.span, is_supremum);
  return HasRecordPart(wanted.span, is_supremum) && HasRecordPart(held.span, is_supremum);
}

bool NaiveLockTable::Has(TrxId trx, RecordPlace place, LockMode mode, LockSpan span) const {
  const LockSpan wanted = Plain(span, place.slot.IsSupremum());
  return std::any_of(locks_.begin(), locks_.end(), [&](const Lock& lock) {
    return lock.trx == trx && !lock.waits && lock.page == std::pair(place.index, place.slot.page) &&
           lock.heaps.contains(place.slot.heap) && Suffices(lock.mode, mode) &&
           lock.span != LockSpan::kInsertIntention &&
           (lock.span == LockSpan::kNextKey || Plain(lock.span, place.slot.IsSupremum()) == wanted);
  });
}

bool NaiveLockTable::HasTable(TrxId trx, TableId table, LockMode mode) const {
  return std::any_of(locks_.begin(), locks_.end(), [&](const Lock& lock) {
    return lock.trx == trx && !lock.waits && !lock.page && lock.table == table && Suffices(lock.mode, mode);
  });
}

std::optional<TrxId> NaiveLockTable::InTheWay(const Lock& wanted, std::size_t before) const {
  for (std::size_t i = 0; i < before; ++i) {
    if (Clashes(wanted, locks_[i])) return locks_[i].trx;
  }
  return std::nullopt;
}

// A granted lock joins the first lock of its kind on the page, unless somebody waits for the record.
void NaiveLockTable::Add(Lock lock) {
  const std::uint32_t heap = *lock.heaps.begin();
  lock.span = Plain(lock.span, heap == 0);
  const bool has_waiter = std::any_of(locks_.begin(), locks_.end(), [&](const Lock& other) {
    return other.waits && other.page == lock.page && other.heaps.contains(heap);
  });
  if (!has_waiter && !lock.waits) {
    for (Lock& other : locks_) {
      if (other.trx == lock.trx && other.page == lock.page && other.mode == lock.mode &&
          other.span == lock.span && !other.waits) {
        other.heaps.insert(heap);
        return;
      }
    }
  }
  locks_.push_back(std::move(lock));
}

NaiveLockTable::Result NaiveLockTable::Wait(Lock lock, TrxId blocker) {
  const TrxId trx = lock.trx;
  lock.waits = true;
  if (lock.page) lock.span = Plain(lock.span, *lock.heaps.begin() == 0);
  locks_.push_back(std::move(lock));
  trx_[trx].waits_for = blocker;
  Result result;
  Resolve(trx, result);
  std::erase(result.granted, trx);
  const bool is_victim = std::find(result.victims.begin(), result.victims.end(), trx) != result.victims.end();
  result.status = is_victim ? "deadlock" : IsWaiting(trx) ? "waiting" : "granted";
  return result;
}

NaiveLockTable::Result NaiveLockTable::LockRecord(TrxId trx, TableId table, RecordPlace place, LockMode mode,
                                                  LockSpan span, bool refuse) {
  Lock lock{trx, table, std::pair(place.index, place.slot.page), mode, span, false, {place.slot.heap}};
  if (span != LockSpan::kInsertIntention) {
    if (HasTable(trx, table, mode) || Has(trx, place, mode, span)) return {};
    const bool needs_only_gap = span == LockSpan::kNextKey && !place.slot.IsSupremum() &&
                                Has(trx, place, mode, LockSpan::kRecordOnly);
    if (needs_only_gap) lock.span = LockSpan::kGapOnly;
    if (needs_only_gap && Has(trx, place, mode, LockSpan::kGapOnly)) return {};
  }
  const auto blocker = InTheWay(lock, locks_.size());
  if (blocker && refuse) return {"refused", {}, {}};
  if (blocker) return Wait(lock, *blocker);
  if (span == LockSpan::kInsertIntention) return {};
  // A page's only lock takes one more gap as it is, the supremum's too.
  const auto is_of_page = [&](const Lock& other) { return other.page == lock.page; };
  const auto only = std::find_if(locks_.begin(), locks_.end(), is_of_page);
  if (lock.span == LockSpan::kGapOnly && std::count_if(locks_.begin(), locks_.end(), is_of_page) == 1 &&
      only->trx == trx && only->mode == mode && only->span == lock.span && !only->waits) {
    only->heaps.insert(place.slot.heap);
    return {};
  }
  Add(lock);
  return {};
}

NaiveLockTable::Result NaiveLockTable::LockImplicitly(TrxId trx, TableId table, RecordPlace place) {
  constexpr LockMode kX = LockMode::kExclusive;
  if (HasTable(trx, table, kX) || Has(trx, place, kX, LockSpan::kRecordOnly)) return {};
  Lock lock{trx,
            table,
            std::pair(place.index, place.slot.page),
            kX,
            LockSpan::kRecordOnly,
            false,
            {place.slot.heap}};
  const auto blocker = InTheWay(lock, locks_.size());
  return blocker ? Wait(lock, *blocker) : Result{};
}

NaiveLockTable::Result NaiveLockTable::LockWholeTable(TrxId trx, TableId table, LockMode mode, bool refuse) {
  if (HasTable(trx, table, mode)) return {};
  const Lock lock{trx, table, std::nullopt, mode, LockSpan::kNextKey, false, {}};
  for (auto held = locks_.rbegin(); held != locks_.rend(); ++held) {
    if (!Clashes(lock, *held)) continue;
    return refuse ? Result{"refused", {}, {}} : Wait(lock, held->trx);
  }
  locks_.push_back(lock);
  return {};
}

void NaiveLockTable::MakeExplicit(TrxId owner, TableId table, RecordPlace place) {
  constexpr LockMode kX = LockMode::kExclusive;
  if (Has(owner, place, kX, LockSpan::kRecordOnly)) return;
  Add({owner,
       table,
       std::pair(place.index, place.slot.page),
       kX,
       LockSpan::kRecordOnly,
       false,
       {place.slot.heap}});
}

// --- Waits and their ends -------------------------------------------------------------------------------

TrxId NaiveLockTable::EdgeOf(TrxId trx) const {
  const auto found = trx_.find(trx);
  return found == trx_.end() ? TrxId() : found->second.waits_for;
}

void NaiveLockTable::Grant(Lock& lock, Result& result) {
  lock.waits = false;
  remembered_.erase(EdgeOf(lock.trx));
  trx_[lock.trx].waits_for = TrxId();
  result.granted.push_back(lock.trx);
}

// Looks again at the waiters in the queue of `gone`.
void NaiveLockTable::Recheck(const Lock& gone, std::size_t from, bool remember, Result& result) {
  for (std::size_t i = from; i < locks_.size(); ++i) {
    Lock& lock = locks_[i];
    if (!lock.waits || lock.page != gone.page || (!gone.page && lock.table != gone.table)) continue;
    if (gone.page && !gone.heaps.empty() && !gone.heaps.contains(*lock.heaps.begin())) continue;
    const auto blocker = InTheWay(lock, i);
    if (!blocker) {
      Grant(lock, result);
      continue;
    }
    trx_[lock.trx].waits_for = *blocker;
    if (remember && !EdgeOf(*blocker).IsNull()) remembered_.insert(*blocker);
  }
}

void NaiveLockTable::Erase(std::size_t position, Result& result) {
  Lock gone = locks_[position];
  gone.heaps.clear();  // All waiters of the page are looked at.
  locks_.erase(locks_.begin() + static_cast<std::ptrdiff_t>(position));
  Recheck(gone, gone.page ? 0 : position, true, result);
}

void NaiveLockTable::StopWaiting(TrxId trx, Result& result) {
  for (std::size_t i = 0; i < locks_.size(); ++i) {
    if (locks_[i].trx != trx || !locks_[i].waits) continue;
    Erase(i, result);
    break;
  }
  remembered_.erase(EdgeOf(trx));
  trx_[trx].waits_for = TrxId();
}

NaiveLockTable::Result NaiveLockTable::ReleaseAll(TrxId trx) {
  Result result;
  const auto is_its = [&](const Lock& lock) { return lock.trx == trx; };
  const bool has_locks = std::any_of(locks_.begin(), locks_.end(), is_its);
  if (IsWaiting(trx)) StopWaiting(trx, result);
  for (std::size_t i = locks_.size(); i-- > 0;) {
    if (locks_[i].trx == trx) Erase(i, result);
  }
  remembered_.erase(trx);
  trx_.erase(trx);
  if (has_locks) ResolveRemembered(result);
  return result;
}

NaiveLockTable::Result NaiveLockTable::ReleaseRecord(TrxId trx, RecordPlace place, LockMode mode) {
  Result result;
  for (Lock& lock : locks_) {
    if (lock.trx != trx || lock.mode != mode || lock.page != std::pair(place.index, place.slot.page))
      continue;
    if (lock.heaps.erase(place.slot.heap) == 0) continue;
    Lock gone = lock;
    gone.heaps = {place.slot.heap};
    Recheck(gone, 0, false, result);
    break;
  }
  return result;
}

NaiveLockTable::Result NaiveLockTable::ReleaseTable(TrxId trx, TableId table, LockMode mode) {
  Result result;
  for (std::size_t i = locks_.size(); i-- > 0;) {
    const Lock& lock = locks_[i];
    if (lock.trx != trx || lock.page || lock.table != table || lock.mode != mode || lock.waits) continue;
    Erase(i, result);
    break;
  }
  return result;
}

NaiveLockTable::Result NaiveLockTable::CancelWait(TrxId trx) {
  Result result;
  StopWaiting(trx, result);
  ResolveRemembered(result);
  return result;
}

// --- Circles ----------------------------------------------------------------------------------------------

std::uint64_t NaiveLockTable::Weight(TrxId trx) const {
  const auto count =
      std::count_if(locks_.begin(), locks_.end(), [&](const Lock& lock) { return lock.trx == trx; });
  return trx_.at(trx).undo_records + static_cast<std::uint64_t>(count);
}

// The whole path is laid out. Brent's search notices a circle of n behind a tail of t at step 2^k - 1,
// for the least k with 2^k - 1 >= t and 2^k >= n.
void NaiveLockTable::Resolve(TrxId start, Result& result) {
  std::vector<TrxId> path = {start};
  std::size_t tail = 0;
  while (true) {
    const TrxId next = EdgeOf(path.back());
    if (next.IsNull()) return;
    const auto seen = std::find(path.begin(), path.end(), next);
    tail = static_cast<std::size_t>(seen - path.begin());
    if (seen != path.end()) break;
    path.push_back(next);
  }
  const std::size_t length = path.size() - tail;
  std::size_t power = 1;
  while (power - 1 < tail || power < length) power *= 2;
  const std::size_t noticed = power - 1 - tail;
  TrxId victim;
  for (std::size_t i = 1; i <= length; ++i) {
    const TrxId member = path[tail + (noticed + i) % length];
    if (victim.IsNull() || Weight(member) < Weight(victim)) victim = member;
  }
  if (tail == 0 && Weight(start) == Weight(victim)) victim = start;
  result.victims.push_back(victim);
  StopWaiting(victim, result);
}

void NaiveLockTable::ResolveRemembered(Result& result) {
  while (!remembered_.empty()) {
    const TrxId trx = *remembered_.begin();
    remembered_.erase(trx);
    Resolve(trx, result);
  }
}

// --- Moves ------------------------------------------------------------------------------------------------

void NaiveLockTable::OnInsert(IndexId index, RecordSlot inserted, RecordSlot heir) {
  const std::vector<Lock> before = locks_;
  for (const Lock& lock : before) {
    if (lock.page != std::pair(index, heir.page) || !lock.heaps.contains(heir.heap)) continue;
    if (lock.span == LockSpan::kInsertIntention || !HasGapPart(lock.span, heir.IsSupremum())) continue;
    if (HasTable(lock.trx, lock.table, LockMode::kExclusive)) continue;
    Add({lock.trx,
         lock.table,
         std::pair(index, inserted.page),
         lock.mode,
         LockSpan::kGapOnly,
         false,
         {inserted.heap}});
  }
}

void NaiveLockTable::Inherit(RecordPlace heir, RecordPlace donor) {
  const std::vector<Lock> before = locks_;
  for (const Lock& lock : before) {
    if (lock.page != std::pair(donor.index, donor.slot.page) || !lock.heaps.contains(donor.slot.heap))
      continue;
    if (lock.span == LockSpan::kInsertIntention) continue;
    const Trx& trx = trx_[lock.trx];
    const bool looks_for_rows = (lock.mode == LockMode::kExclusive) != trx.replaces;
    if (!trx.keeps_gap_locks && looks_for_rows) continue;
    Add({lock.trx,
         lock.table,
         std::pair(heir.index, heir.slot.page),
         lock.mode,
         LockSpan::kGapOnly,
         false,
         {heir.slot.heap}});
  }
}

void NaiveLockTable::ClearPlace(RecordPlace place, Result& result) {
  for (Lock& lock : locks_) {
    if (lock.page != std::pair(place.index, place.slot.page) || lock.heaps.erase(place.slot.heap) == 0)
      continue;
    if (lock.waits) Grant(lock, result);
  }
}

NaiveLockTable::Result NaiveLockTable::OnErase(IndexId index, RecordSlot erased, RecordSlot heir) {
  Result result;
  Inherit({index, heir}, {index, erased});
  ClearPlace({index, erased}, result);
  return result;
}

void NaiveLockTable::OnMove(RecordPlace from, RecordPlace to) {
  const std::size_t count = locks_.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (locks_[i].page != std::pair(from.index, from.slot.page) || locks_[i].heaps.erase(from.slot.heap) == 0)
      continue;
    Lock moved = locks_[i];
    locks_[i].waits = false;
    moved.page = std::pair(to.index, to.slot.page);
    moved.heaps = {to.slot.heap};
    Add(std::move(moved));
  }
}

void NaiveLockTable::OnSplit(IndexId index, PageNumber left, PageNumber right,
                             const std::vector<std::pair<RecordSlot, RecordSlot>>& moved) {
  const std::size_t count = locks_.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (locks_[i].page != std::pair(index, left)) continue;
    for (const auto& [from, to] : moved) {
      if (locks_[i].heaps.erase(from.heap) == 0) continue;
      Lock one = locks_[i];
      locks_[i].waits = false;
      one.page = std::pair(index, right);
      one.heaps = {to.heap};
      Add(std::move(one));
    }
  }
  OnMove({index, {left, 0}}, {index, {right, 0}});
  Inherit({index, {left, 0}}, {index, moved.front().second});
}

NaiveLockTable::Result NaiveLockTable::OnPageDiscarded(IndexId index, PageNumber page, RecordSlot heir) {
  Result result;
  Inherit({index, heir}, {index, {page, 0}});
  ClearPlace({index, {page, 0}}, result);
  std::erase_if(locks_, [&](const Lock& lock) { return lock.page == std::pair(index, page); });
  return result;
}

// --- Questions --------------------------------------------------------------------------------------------

bool NaiveLockTable::IsWaiting(TrxId trx) const {
  return std::any_of(locks_.begin(), locks_.end(),
                     [&](const Lock& lock) { return lock.trx == trx && lock.waits; });
}

bool NaiveLockTable::IsLocked(RecordPlace place) const {
  return std::any_of(locks_.begin(), locks_.end(), [&](const Lock& lock) {
    return lock.page == std::pair(place.index, place.slot.page) && lock.heaps.contains(place.slot.heap);
  });
}

bool NaiveLockTable::IsPageLockedBesideSupremum(IndexId index, PageNumber page) const {
  return std::any_of(locks_.begin(), locks_.end(), [&](const Lock& lock) {
    return lock.page == std::pair(index, page) &&
           (lock.heaps.size() > 1 || (lock.heaps.size() == 1 && !lock.heaps.contains(0)));
  });
}

bool NaiveLockTable::IsPageKnown(IndexId index, PageNumber page) const {
  return std::any_of(locks_.begin(), locks_.end(),
                     [&](const Lock& lock) { return lock.page == std::pair(index, page); });
}

// Nobody else holds or awaits the record: `trx` can have written it unseen.
bool NaiveLockTable::MayBeWrittenBy(TrxId trx, RecordPlace place) const {
  return std::none_of(locks_.begin(), locks_.end(), [&](const Lock& lock) {
    return lock.trx != trx && lock.page == std::pair(place.index, place.slot.page) &&
           lock.heaps.contains(place.slot.heap) && HasRecordPart(lock.span, place.slot.IsSupremum());
  });
}

std::vector<std::string> NaiveLockTable::Describe() const {
  std::vector<std::string> lines;
  for (const Lock& lock : locks_) {
    LockDescription description{lock.trx, std::nullopt, lock.table, lock.mode, lock.span, lock.waits};
    if (!lock.page) lines.push_back(Line(description));
    for (const std::uint32_t heap : lock.heaps) {
      description.record = RecordPlace{lock.page->first, {lock.page->second, heap}};
      lines.push_back(Line(description));
    }
  }
  for (const auto& [trx, state] : trx_) {
    if (!state.waits_for.IsNull()) lines.push_back(EdgeLine(trx, state.waits_for));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> Describe(const LockTable& locks) {
  std::vector<std::string> lines;
  for (const LockDescription& lock : locks.List()) {
    lines.push_back(Line(lock));
    if (lock.is_waiting) lines.push_back(EdgeLine(lock.trx, locks.Blocker(lock.trx)->trx));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace nextkey
