// What the lock table is made of: lock structures and the queues and transactions that they are
// chained into.
//
// A structure is one table lock, or all locks of one transaction, mode and span on one page: a
// bitmap over heap numbers. Each is a link of two chains: its queue (the page's or the table's) and
// its transaction, both in the order of creation. Plain data; LockTable keeps the chains whole.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "engine/ids.h"
#include "lockmgr/lock_types.h"

namespace nextkey {

// A set of heap numbers. Two words are stored in place: most pages of small tables need no more.
class RecordBits {
 public:
  bool Has(std::uint32_t heap) const {
    const std::size_t word = heap / 64;
    return word < words_.size() && ((words_[word] >> (heap % 64)) & 1) != 0;
  }
  void Set(std::uint32_t heap) {
    const std::size_t word = heap / 64;
    if (word >= words_.size()) words_.resize(word + 1);
    words_[word] |= std::uint64_t{1} << (heap % 64);
  }
  void Clear(std::uint32_t heap) {
    const std::size_t word = heap / 64;
    if (word >= words_.size()) return;
    words_[word] &= ~(std::uint64_t{1} << (heap % 64));
    while (!words_.empty() && words_.back() == 0) words_.pop_back();  // Equal sets, equal words.
  }
  bool IsEmpty() const { return words_.empty(); }
  // A number above all members.
  std::uint32_t Limit() const { return static_cast<std::uint32_t>(words_.size() * 64); }
  // The smallest member. Requires: not empty.
  std::uint32_t First() const {
    std::size_t word = 0;
    while (words_[word] == 0) ++word;
    return static_cast<std::uint32_t>(word * 64) + static_cast<std::uint32_t>(std::countr_zero(words_[word]));
  }
  template <class Visitor>
  void ForEach(Visitor visit) const {
    for (std::size_t word = 0; word < words_.size(); ++word) {
      for (std::uint64_t rest = words_[word]; rest != 0; rest &= rest - 1) {
        visit(static_cast<std::uint32_t>(word * 64) + static_cast<std::uint32_t>(std::countr_zero(rest)));
      }
    }
  }
  std::size_t heap_bytes() const { return words_.capacity() > 2 ? words_.capacity() * 8 : 0; }

 private:
  absl::InlinedVector<std::uint64_t, 2> words_;  // The last word is never 0.
};

struct PageKey {
  IndexId index;
  PageNumber page;

  friend constexpr auto operator<=>(const PageKey&, const PageKey&) = default;
};

// What a record lock structure covers.
struct PageLock {
  PageKey page;
  LockSpan span = LockSpan::kNextKey;
  RecordBits records;  // A waiting structure has one.
};

// Names a structure until the next one is removed; 0 names none.
using StructureId = Id<struct StructureTag>;

struct LockStructure {
  LockStructure(TrxId owner, TableId locked_table, LockMode lock_mode)
      : trx(owner), table(locked_table), mode(lock_mode) {}
  LockStructure(TrxId owner, TableId locked_table, LockMode lock_mode, PageKey page, LockSpan span,
                std::uint32_t heap)
      : LockStructure(owner, locked_table, lock_mode) {
    on_page.emplace();
    on_page->page = page;
    on_page->span = span;
    on_page->records.Set(heap);
  }

  TrxId trx;
  TableId table;
  LockMode mode = LockMode::kShared;
  bool is_waiting = false;
  std::optional<PageLock> on_page;  // Absent for a table lock.
  StructureId queue_previous;
  StructureId queue_next;
  StructureId trx_previous;
  StructureId trx_next;

  bool Covers(std::uint32_t heap) const { return on_page->records.Has(heap); }
};

// The structures of one page, or of one table, in the order of creation.
struct LockQueue {
  StructureId first;
  StructureId last;
  std::uint32_t length = 0;
  std::uint32_t waiting = 0;
  std::array<std::uint32_t, 5> by_mode{};  // Waiting ones included.

  std::uint32_t& CountOf(LockMode mode) { return by_mode[static_cast<std::size_t>(mode)]; }
  std::uint32_t CountOf(LockMode mode) const { return by_mode[static_cast<std::size_t>(mode)]; }
};

struct TrxLocks {
  StructureId first;
  StructureId last;
  std::uint32_t length = 0;
  StructureId waiting;  // None while it does not wait.
  TrxId waits_for;      // The end of its edge; null while it does not wait.
  std::uint64_t undo_records = 0;
  bool changed_non_transactional = false;
  bool keeps_gap_locks = true;
  bool replaces_duplicates = false;
  std::uint32_t detector_rank = 0;
  std::uint64_t wait_number = 0;  // Of its wait, over all waits so far; only where weights are counted.
};

}  // namespace nextkey
