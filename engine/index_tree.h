// One index: records in key order on pages of 16 KB, with their version chains.
//
// A tree of two levels: a directory of pages in key order, and the records of each page in key
// order. Pages are filled and split as InnoDB's are (by bytes of its compact record format), since
// lock structures are counted by page. A page is shared between worlds until it is written to.
// The tree knows no transactions beyond their ids and no locks: a split is reported, so that the
// caller can move the locks along.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/cow.h"
#include "engine/ids.h"
#include "engine/row.h"
#include "engine/schema.h"

namespace nextkey {

// An older state of a clustered record; the chain goes from new to old.
struct Version {
  Row row;
  TrxId writer;
  bool is_deleted = false;
  std::shared_ptr<const Version> older;
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

// Records that went to another page: slots by their old and new names, in key order, and the two
// pages. `right` is new and stands behind `left`.
struct PageSplit {
  PageNumber left;
  PageNumber right;
  std::vector<std::pair<RecordSlot, RecordSlot>> moved;
};

struct Inserted {
  RecordSlot slot;
  std::optional<PageSplit> split;  // It happened before the record was put in.
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
  std::optional<Place> Find(std::span<const Value> key) const;  // Requires: the whole key.
  std::optional<Place> FindSlot(RecordSlot slot) const;         // Of a record, not of a supremum.

  // Moving. Next visits the supremum of every page; NextRecord and PreviousRecord skip them.
  std::optional<Place> Next(Place place) const;      // From a record or a supremum.
  std::optional<Place> Previous(Place place) const;  // To a record or the supremum of the page before.

  bool IsSupremum(Place place) const;
  bool IsEnd(Place place) const { return place == End(); }
  const Record& At(Place place) const;   // Requires: not a supremum.
  RecordSlot SlotAt(Place place) const;  // Heap 0 on a supremum.
  // Where the gap in front of a new record with this key ends: the record behind it on the same
  // page or that page's supremum. That is what an insert asks the lock table about.
  Place GapEndFor(std::span<const Value> key) const;

  std::vector<Value> KeyOf(const Row& stored) const;  // The whole key of a stored row.
  std::strong_ordering CompareToKey(const Row& stored,
                                    std::span<const Value> key) const;  // By the key's length.

  // Changing. Insert requires that no record has the same whole key.
  Inserted Insert(Record record);
  void Replace(Place place, Record record);  // Keeps the slot and the key.
  void Erase(Place place);                   // An emptied page goes, unless it is the last one.

  std::size_t record_count() const { return record_count_; }  // Delete-marked ones included.
  std::size_t page_count() const { return pages_.size(); }

  void PutInto(Canonical& canonical) const;

 private:
  struct Page {
    PageNumber number;
    std::uint32_t bytes = 0;                // Used by records and directory slots.
    std::vector<Record> records;            // In key order.
    std::vector<std::uint32_t> free_heaps;  // Erased, to be used again, last in first out.
    std::uint32_t next_heap = 1;
  };

  std::vector<std::uint32_t> key_positions_;
  std::vector<bool> key_descending_;
  std::vector<Collation> key_collations_;
  bool is_clustered_ = false;
  std::uint32_t next_page_ = 1;
  std::size_t record_count_ = 0;
  std::vector<Cow<Page>> pages_;  // In key order; never empty.
};

}  // namespace nextkey
