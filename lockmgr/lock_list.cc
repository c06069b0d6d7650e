// The lock table as others see it: a list of locks, canonical bytes, and what would be unsound.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "lockmgr/check.h"
#include "lockmgr/lock_table.h"

namespace nextkey {

std::vector<LockDescription> LockTable::List() const {
  std::vector<LockDescription> list;
  for (const auto& [trx, locks] : transactions_) {
    for (StructureId id = locks.first; !id.IsNull(); id = At(id).trx_next) {
      LockDescription description = DescribeStructure(At(id));
      if (!At(id).on_page) {
        list.push_back(description);
        continue;
      }
      const PageLock& on_page = *At(id).on_page;
      on_page.records.ForEach([&](std::uint32_t heap) {
        description.record = RecordPlace{on_page.page.index, {on_page.page.page, heap}};
        list.push_back(description);
      });
    }
  }
  return list;
}

std::vector<BlockingLock> LockTable::AllInTheWay(TrxId trx) const {
  std::vector<BlockingLock> all;
  const StructureId waiting = FindTrx(trx)->waiting;
  const std::optional<PageLock>& wanted = At(waiting).on_page;
  for (StructureId id = StillInTheWay(waiting); !id.IsNull(); id = NextInTheWay(waiting, At(id).queue_next)) {
    BlockingLock blocking{DescribeStructure(At(id)), 1};
    if (wanted) {
      blocking.lock.record = RecordPlace{wanted->page.index, {wanted->page.page, wanted->records.First()}};
    }
    for (StructureId before = At(id).trx_previous; !before.IsNull(); before = At(before).trx_previous)
      ++blocking.structure;
    all.push_back(std::move(blocking));
  }
  return all;
}

std::vector<LockStructure> LockTable::StructuresOf(TrxId trx) const {
  std::vector<LockStructure> structures;
  const TrxLocks* locks = FindTrx(trx);
  if (locks == nullptr) return structures;
  for (StructureId id = locks->first; !id.IsNull(); id = At(id).trx_next) structures.push_back(At(id));
  return structures;
}

std::size_t LockTable::structure_count() const { return structures_.size(); }

std::size_t LockTable::structure_count(TrxId trx) const {
  const TrxLocks* locks = FindTrx(trx);
  return locks == nullptr ? 0 : locks->length;
}

std::size_t LockTable::memory_bytes() const {
  std::size_t bytes = sizeof(*this) + structures_.capacity() * sizeof(LockStructure) +
                      pages_.capacity() * sizeof(std::pair<PageKey, LockQueue>) +
                      tables_.capacity() * sizeof(std::pair<TableId, LockQueue>) +
                      transactions_.capacity() * sizeof(std::pair<TrxId, TrxLocks>);
  for (const LockStructure& structure : structures_) {
    if (structure.on_page) bytes += structure.on_page->records.heap_bytes();
  }
  return bytes;
}

// --- Canonical bytes --------------------------------------------------------------------------------

namespace {

bool IsAsGoodAsUnknown(const TrxLocks& locks) {
  return locks.length == 0 && locks.undo_records == 0 && !locks.changed_non_transactional &&
         locks.keeps_gap_locks && !locks.replaces_duplicates && locks.detector_rank == 0;
}

// How many waits began since this one's did, as far as that can matter to weights.
std::uint64_t WaitsSince(const TrxLocks& locks, std::uint64_t waits_begun, std::uint64_t transactions) {
  return locks.waiting.IsNull() ? 0 : std::min(waits_begun - locks.wait_number, 2 * transactions + 1);
}

}  // namespace

void LockTable::PutInto(Canonical& canonical) const {
  PutInto(
      canonical, [](TrxId trx) { return trx.value(); }, [](IndexId, RecordSlot slot) { return slot; });
}

// Two orders are state: that of a transaction's structures and that of a queue's. Structures are
// numbered by transaction; then each queue is a list of such numbers.
void LockTable::PutInto(Canonical& canonical, absl::FunctionRef<std::uint64_t(TrxId)> rename_trx,
                        absl::FunctionRef<RecordSlot(IndexId, RecordSlot)> rename_slot) const {
  absl::InlinedVector<std::pair<std::uint64_t, const TrxLocks*>, 8> by_name;
  for (const auto& [trx, locks] : transactions_) {
    if (!IsAsGoodAsUnknown(locks)) by_name.emplace_back(rename_trx(trx), &locks);
  }
  std::sort(by_name.begin(), by_name.end());

  absl::InlinedVector<std::uint32_t, 32> numbers(structures_.size() + 1);
  std::uint32_t next_number = 0;
  std::vector<RecordSlot> slots;
  canonical.Put(detects_deadlocks_ ? 1 : 0);
  canonical.Put(by_name.size());
  for (const auto& [name, locks] : by_name) {
    canonical.Put(name);
    canonical.Put(locks->undo_records);
    canonical.Put((locks->changed_non_transactional ? 1U : 0U) | (locks->keeps_gap_locks ? 2U : 0U) |
                  (locks->replaces_duplicates ? 4U : 0U) | std::uint64_t{locks->detector_rank} << 8);
    canonical.Put(locks->waits_for.IsNull() ? 0 : rename_trx(locks->waits_for));
    if (order_ == QueueOrder::kGrantedFirst)
      canonical.Put(WaitsSince(*locks, waits_begun_, transactions_.size()));
    canonical.Put(locks->length);
    for (StructureId id = locks->first; !id.IsNull(); id = At(id).trx_next) {
      const LockStructure& structure = At(id);
      numbers[id.value()] = ++next_number;
      canonical.PutId(structure.table);
      const auto mode = static_cast<std::uint64_t>(structure.mode);
      const std::uint64_t span =
          structure.on_page ? static_cast<std::uint64_t>(structure.on_page->span) + 1 : 0;
      canonical.Put(mode | span << 8 | (structure.is_waiting ? 1U << 16 : 0U));
      if (!structure.on_page) continue;
      const PageKey page = structure.on_page->page;
      canonical.PutId(page.index);
      canonical.PutId(page.page);
      slots.clear();
      structure.on_page->records.ForEach([&](std::uint32_t heap) {
        slots.push_back(heap == 0 ? RecordSlot{page.page, 0} : rename_slot(page.index, {page.page, heap}));
      });
      std::sort(slots.begin(), slots.end());
      canonical.Put(slots.size());
      for (const RecordSlot& slot : slots) canonical.Put(slot.heap);
    }
  }
  const auto put_queue = [&](const LockQueue& queue) {
    canonical.Put(queue.length);
    for (StructureId id = queue.first; !id.IsNull(); id = At(id).queue_next)
      canonical.Put(numbers[id.value()]);
  };
  for (const auto& [page, queue] : pages_) put_queue(queue);
  for (const auto& [table, queue] : tables_) put_queue(queue);
  canonical.Put(unchecked_.size());
  absl::InlinedVector<std::uint64_t, 4> unchecked;
  for (const TrxId trx : unchecked_) unchecked.push_back(rename_trx(trx));
  std::sort(unchecked.begin(), unchecked.end());
  for (const std::uint64_t name : unchecked) canonical.Put(name);
}

void LockTable::PutInto(const Form& form) const {
  const auto is_unordered = [&](const LockStructure& structure) {
    return !form.orders_intentions && !structure.on_page && !structure.is_waiting &&
           (structure.mode == LockMode::kIntentionShared || structure.mode == LockMode::kIntentionExclusive);
  };
  absl::InlinedVector<std::uint32_t, 32> numbers(structures_.size() + 1);  // 0: stands in no order.
  std::uint32_t next_number = 0;
  Canonical& c = form.queues;
  const auto put_queue = [&](const LockQueue& queue) {
    for (StructureId id = queue.first; !id.IsNull(); id = At(id).queue_next) {
      const LockStructure& structure = At(id);
      if (is_unordered(structure)) continue;
      numbers[id.value()] = ++next_number;
      const std::uint64_t span =
          structure.on_page ? static_cast<std::uint64_t>(structure.on_page->span) + 1 : 0;
      c.Put(1 | static_cast<std::uint64_t>(structure.mode) << 8 | span << 16 |
            (structure.is_waiting ? 1U << 24 : 0U));
      form.mention(structure.trx);
      if (structure.is_waiting) form.mention(TrxWaitedForBy(structure));
      if (!structure.on_page) continue;
      structure.on_page->records.ForEach([&](std::uint32_t heap) { c.Put(heap + std::uint64_t{1}); });
      c.Put(0);
    }
    c.Put(0);
  };
  c.Put(pages_.size());
  for (const auto& [page, queue] : pages_) {
    c.PutId(page.index);
    c.PutId(page.page);
    put_queue(queue);
  }
  for (const auto& [table, queue] : tables_) {
    const bool has_order = form.orders_intentions || HasOtherThanIntentions(queue);
    if (!has_order) continue;
    c.PutId(table);
    put_queue(queue);
  }
  c.Put(0);
  for (const auto& [trx, locks] : transactions_) {
    if (IsAsGoodAsUnknown(locks)) continue;
    Canonical& own = form.own_part(trx);
    own.Put(locks.undo_records);
    own.Put((locks.changed_non_transactional ? 1U : 0U) | (locks.keeps_gap_locks ? 2U : 0U) |
            (locks.replaces_duplicates ? 4U : 0U) |
            (std::find(unchecked_.begin(), unchecked_.end(), trx) != unchecked_.end() ? 8U : 0U));
    if (order_ == QueueOrder::kGrantedFirst) own.Put(WaitsSince(locks, waits_begun_, transactions_.size()));
    own.Put(locks.length);
    for (StructureId id = locks.first; !id.IsNull(); id = At(id).trx_next) {
      own.Put(numbers[id.value()]);
      if (numbers[id.value()] != 0) continue;
      own.Put(std::uint64_t{At(id).table.value()} << 8 | static_cast<std::uint64_t>(At(id).mode));
    }
  }
}

// --- Violations ---------------------------------------------------------------------------------------

namespace {

std::string Name(const LockStructure& lock) {
  if (!lock.on_page) {
    return fmt::format("{} of transaction {} on table {}", ModeName(lock.mode), lock.trx.value(),
                       lock.table.value());
  }
  return fmt::format("{} of transaction {} on page {} of index {}",
                     RecordModeName(lock.mode, lock.on_page->span, false), lock.trx.value(),
                     lock.on_page->page.page.value(), lock.on_page->page.index.value());
}

}  // namespace

std::vector<std::string> Violations(const LockTable& locks) {
  std::vector<std::string> broken;
  std::size_t in_queues = 0;
  std::size_t in_transactions = 0;

  const auto conflict_of_granted = [&](const LockStructure& a, const LockStructure& b) {
    if (a.is_waiting || b.is_waiting || a.trx == b.trx) return false;
    if (!a.on_page) return !IsCompatible(a.mode, b.mode);
    bool is_conflict = false;
    a.on_page->records.ForEach([&](std::uint32_t heap) {
      // A granted insert intention is history: others' gap locks may come after it. Inherited gap
      // locks conflict with nothing.
      if (a.on_page->span == LockSpan::kInsertIntention || b.on_page->span == LockSpan::kInsertIntention)
        return;
      const RecordLockView a_view{a.trx, a.mode, a.on_page->span, heap == 0};
      const RecordLockView b_view{b.trx, b.mode, b.on_page->span, heap == 0};
      is_conflict = is_conflict || (b.Covers(heap) && MustWait(a_view, b_view));
    });
    return is_conflict;
  };

  const auto check_queue = [&](const LockQueue& queue) {
    std::uint32_t length = 0;
    std::uint32_t waiting = 0;
    StructureId previous;
    for (StructureId id = queue.first; !id.IsNull(); id = locks.At(id).queue_next) {
      const LockStructure& lock = locks.At(id);
      if (lock.queue_previous != previous)
        broken.push_back("The queue's chain is broken at " + Name(lock) + ".");
      previous = id;
      ++length;
      if (lock.is_waiting) ++waiting;
      if (length > 200) continue;  // Pairs cost the square.
      for (StructureId other = lock.queue_next; !other.IsNull(); other = locks.At(other).queue_next) {
        if (conflict_of_granted(lock, locks.At(other))) {
          broken.push_back(Name(lock) + " and " + Name(locks.At(other)) + " are both granted.");
        }
      }
    }
    if (queue.last != previous) broken.push_back("A queue's last structure is not the end of its chain.");
    if (queue.length != length) broken.push_back("A queue's length is wrong.");
    if (queue.waiting != waiting) broken.push_back("A queue's count of waiting structures is wrong.");
    in_queues += length;
  };
  for (const auto& [page, queue] : locks.pages_) check_queue(queue);
  for (const auto& [table, queue] : locks.tables_) check_queue(queue);

  for (const auto& [trx, state] : locks.transactions_) {
    std::uint32_t length = 0;
    std::uint32_t waiting = 0;
    StructureId previous;
    for (StructureId id = state.first; !id.IsNull(); id = locks.At(id).trx_next) {
      const LockStructure& lock = locks.At(id);
      if (lock.trx != trx)
        broken.push_back(Name(lock) + fmt::format(" is chained to transaction {}.", trx.value()));
      if (lock.trx_previous != previous) {
        broken.push_back(fmt::format("The chain of transaction {} is broken.", trx.value()));
      }
      if (lock.is_waiting && state.waiting != id)
        broken.push_back(Name(lock) + " waits unknown to its owner.");
      previous = id;
      ++length;
      if (lock.is_waiting) ++waiting;
    }
    in_transactions += length;
    if (state.last != previous || state.length != length) {
      broken.push_back(fmt::format("The end or the length of transaction {}'s chain is wrong.", trx.value()));
    }
    if (waiting > 1)
      broken.push_back(fmt::format("Transaction {} waits for {} locks.", trx.value(), waiting));
    if ((waiting == 0) != state.waits_for.IsNull()) {
      broken.push_back(
          fmt::format("Transaction {} has an edge and no wait, or a wait and no edge.", trx.value()));
    }
    if (waiting == 1 && locks.StillInTheWay(state.waiting).IsNull()) {
      broken.push_back(Name(locks.At(state.waiting)) + " waits for nobody.");
    }
    if (waiting == 1 && !locks.Blocker(trx)) {
      broken.push_back(Name(locks.At(state.waiting)) +
                       " has an edge to a transaction that is not in its way.");
    }
  }
  if (in_queues != locks.structures_.size() || in_transactions != locks.structures_.size()) {
    broken.push_back("Some structures are not chained into a queue and a transaction.");
  }
  return broken;
}

}  // namespace nextkey
