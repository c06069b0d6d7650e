// One index: records in key order on pages of 16 KB, with their version chains.
//
// A tree of two levels: a directory of pages in key order, and the records of each page in key
// order. Pages are filled and split as InnoDB's are (record_size.h, page_fill.h), since lock
// structures are counted by page. A page is shared between worlds until it is written to.
// The tree knows no transactions beyond their ids and no locks: a split is reported, so that the
// caller can move the locks along.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "engine/cow.h"
#include "engine/digest_cache.h"
#include "engine/ids.h"
#include "engine/key_order.h"
#include "engine/page_fill.h"
#include "engine/record_size.h"
#include "engine/row.h"
#include "engine/schema.h"

namespace nextkey {

// An older state of a clustered record; the chain goes from new to old.
struct Version {
  Row row;
  TrxId writer;
  bool is_deleted = false;
  // Mutable for the destructor alone, which takes a long chain apart without recursion.
  mutable std::shared_ptr<const Version> older;

  ~Version();
};
using VersionRef = std::shared_ptr<const Version>;

struct Record {
  Row row;                  // As stored: see IndexDef.
  TrxId writer;             // Clustered: who wrote this version. Secondary: who touched it last.
  bool is_deleted = false;  // Delete-marked.
  std::uint32_t heap = 0;   // Heap number on its page; given by Insert.
  VersionRef older;         // Clustered only.
};

// A position in the tree, good until the next change of the tree. `record` counts from 0; one past
// the last record of a page is the page's supremum.
struct Place {
  std::uint32_t page = 0;  // Position in the directory, not a PageNumber.
  std::uint32_t record = 0;

  friend constexpr auto operator<=>(const Place&, const Place&) = default;
};

// A page whose records were parted: `right` stands behind `left`, one of the two is new (the left
// one where inserts come in descending order). `moved` holds the slots of the records that went to
// the new page, old and new, in key order; it may be empty.
struct PageSplit {
  PageNumber left;
  PageNumber right;
  std::vector<std::pair<RecordSlot, RecordSlot>> moved;
  // What stood first on `right` before the new record was put in: a record, or its supremum.
  RecordSlot first_of_right;
};

struct Inserted {
  RecordSlot slot;
  std::optional<PageSplit> split;  // It happened before the record was put in.
  // The record was to go behind the last one of a full page, and stands first on the next page
  // instead (btr_insert_into_right_sibling). GapEndFor had named the full page's supremum; here is
  // what stood first on the next page. Gap locks on the former now reach over the latter too.
  struct WentRight {
    RecordSlot full_supremum;
    RecordSlot old_first;
  };
  std::optional<WentRight> went_right;
};

class IndexTree {
 public:
  // Requires: def.Finish() was done on its table.
  IndexTree(const TableDef& table, const IndexDef& def);

  // Searching. A key is a list of values in key order (IndexDef::key_positions) and may be a prefix
  // of the whole key. Delete-marked records count. Results never stand on a supremum that has a
  // record behind it: they go on to the next page, unless there is none.
  Place First() const;
  Place End() const;                                   // The last page's supremum.
  Place LowerBound(std::span<const Value> key) const;  // First record >= key.
  Place UpperBound(std::span<const Value> key) const;  // First record > key (all with the prefix are passed).
  // Where a search for the first record >= key begins: as LowerBound, but it stops at the supremum of the
  // page that the key belongs to. For records > key that place is GapEndFor's. Requires: a key.
  Place SeekFrom(std::span<const Value> key) const;
  std::optional<Place> Find(std::span<const Value> key) const;  // Requires: the whole key.
  std::optional<Place> FindSlot(RecordSlot slot) const;         // Of a record, not of a supremum.

  // Moving. Next visits the supremum of every page; NextRecord and PreviousRecord skip them.
  std::optional<Place> Next(Place place) const;      // From a record or a supremum.
  std::optional<Place> Previous(Place place) const;  // To a record or the supremum of the page before.
  std::optional<Place> NextRecord(Place place) const;
  std::optional<Place> PreviousRecord(Place place) const;

  bool IsSupremum(Place place) const { return place.record >= PageAt(place).size(); }
  bool IsEnd(Place place) const { return place == End(); }
  // Requires: not a supremum.
  const Record& At(Place place) const { return PageAt(place).RecordAt(place.record); }
  RecordSlot SlotAt(Place place) const;  // Heap 0 on a supremum.
  // The highest writer of any entry that ever stood there (page_get_max_trx_id). Of secondary indexes only.
  TrxId NewestWriterOnPage(Place place) const { return PageAt(place).newest_writer; }
  // Where the gap in front of a new record with this key ends: the record behind it on the same
  // page or that page's supremum. That is what an insert asks the lock table about.
  Place GapEndFor(std::span<const Value> key) const;

  KeyValues KeyOf(const Row& stored) const;  // The whole key of a stored row.
  std::strong_ordering CompareToKey(const Row& stored,
                                    std::span<const Value> key) const;  // By the key's length.

  // Changing. Insert requires that no record has the same whole key.
  Inserted Insert(Record record);
  // Keeps the slot and the key. -> whether a field changed its size, so that the server has to erase
  // the old record and to insert the new one.
  bool Replace(Place place, Record record);
  void Erase(Place place);  // An emptied page goes, unless it is the last one.

  // How many records stand from one place up to, and without, another. Requires: from <= to.
  std::size_t RecordsBetween(Place from, Place to) const;

  std::size_t record_count() const { return record_count_; }  // Delete-marked ones included.
  std::size_t page_count() const { return pages_.size(); }

  // A page stands as its digest, which is kept until the page is written to.
  void PutInto(Canonical& canonical) const;
  // The same with `put_writer` telling who wrote a version, for states that are equal but for such
  // names. Of a row's values those that `is_left_out` names by their position are left out.
  void PutInto(Canonical& canonical, absl::FunctionRef<void(TrxId)> put_writer,
               const std::vector<bool>& is_left_out) const;

 private:
  static constexpr std::uint32_t kGone = 0xFFFFFFFF;

  struct Key {
    std::uint64_t head = 0;  // KeyOrder::HeadOf the first key value: settles most comparisons.
    std::uint32_t heap = 0;
  };
  struct FreeHeap {
    std::uint32_t heap = 0;
    std::uint32_t bytes = 0;  // Room for a record of this size; 0: the number alone.
  };
  struct Page {
    PageNumber number;
    TrxId newest_writer;
    std::uint32_t bytes = 0;        // Of its records.
    std::uint32_t last_insert = 0;  // Heap number; 0 after an erasure or a split.
    Row low;                        // No record before it belongs here; empty on the first page.
    PageSpace space;
    absl::InlinedVector<FreeHeap, 2> free_heaps;  // Erased, to be used again, last in first out.
    absl::InlinedVector<Key, 4> keys;             // In key order.
    std::vector<Record> records;                  // By heap number, from 1; erased ones are empty.
    DigestCache digest;                           // Of all this.

    std::uint32_t size() const { return static_cast<std::uint32_t>(keys.size()); }
    const Record& RecordAt(std::uint32_t position) const { return records[keys[position].heap - 1]; }
    Record& RecordAt(std::uint32_t position) { return records[keys[position].heap - 1]; }
  };
  struct PageRef {
    std::uint64_t low_head = 0;
    Cow<Page> page;
  };
  // What all copies of the tree share.
  struct Layout {
    KeyOrder order;
    RecordSize size;
    bool is_clustered = false;
  };

  const Page& PageAt(Place place) const { return *pages_[place.page].page; }
  Page& WritePage(std::uint32_t position);
  // The page on which a key belongs: the last one whose low bound is not above it (or, for a key
  // that may be a prefix and the first record of its kind, strictly below it).
  std::uint32_t PageFor(std::span<const Value> key, bool strictly_below) const;
  bool HasRoomFor(std::uint32_t page, std::uint32_t bytes) const;
  Place MakeRoom(Place place, const PageFill& fill, const Row& row, std::uint64_t head, Inserted& inserted);
  Place PlaceForNew(const Row& row, std::uint64_t head) const;
  Place Settle(std::uint32_t page, std::uint32_t record) const;
  PageFill FillOf(const Page& page, std::uint32_t at, std::uint32_t new_bytes) const;
  PageSplit Split(std::uint32_t page, const SplitPlan& plan, const Row& new_row, std::uint64_t new_head,
                  std::uint32_t new_at);
  Page TakePart(Page& from, std::uint32_t begin, std::uint32_t end, PageSplit& split);
  static void Free(Page& page, std::uint32_t heap, std::uint32_t bytes);
  static void Reorganize(Page& page);
  static std::uint32_t NewHeap(Page& page, std::uint32_t bytes);
  RecordSlot PutOn(Page& page, std::uint32_t at, std::uint64_t head, Record record, std::uint32_t bytes);
  Fingerprint DigestOf(const Page& page) const;
  void AddPage(std::uint32_t position, std::uint64_t low_head, Page page);
  void RemovePage(std::uint32_t position);
  void RenumberFrom(std::uint32_t position);

  std::shared_ptr<const Layout> layout_;
  std::size_t record_count_ = 0;
  absl::InlinedVector<PageRef, 1> pages_;  // In key order; never empty.
  // The directory position of each page number (from 1): kGone for those that were removed.
  absl::InlinedVector<std::uint32_t, 2> position_of_page_;
};

}  // namespace nextkey
