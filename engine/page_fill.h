// When a page of 16 KB is full, and where it is parted then.
//
// The page of a sequential load is left full and the new record opens the next one; otherwise the
// page is halved by the number of its records, or by bytes where the new record would not fit into
// its half. An index's only page is always halved: its records are copied to a page of their own
// first, and the copy does not know which record was the last. A clustered page that is loaded in sequence
// keeps a sixteenth free for rows that grow. Source: MariaDB 10.11, storage/innobase/btr/btr0cur.cc
// (btr_cur_optimistic_insert) and btr0btr.cc (btr_page_split_and_insert, btr_page_get_split_rec_to_left and
// _right).
#pragma once

#include <cstdint>
#include <span>

namespace nextkey {

// Where the last insert on the page went, seen from the new record.
enum class InsertPattern : std::uint8_t { kScattered, kAscending, kDescending };

// What erased records left behind on a page. Their space is used again by a record that is not
// longer; a page that has no other room is reorganized, which closes the holes.
struct PageSpace {
  std::uint32_t garbage_bytes = 0;
  std::uint32_t heap_count = 0;  // Records and erased records.
};

// A leaf page that is asked to take one more record.
struct PageFill {
  std::uint32_t records = 0;
  std::uint32_t bytes = 0;  // Of the records.
  PageSpace space;
  std::uint32_t at = 0;         // The new record comes before the one with this number; 0 to records.
  std::uint32_t new_bytes = 0;  // Of the new record.
  bool is_clustered = false;
  bool is_only_page = false;
  InsertPattern pattern = InsertPattern::kScattered;
};

bool FitsOnPage(const PageFill& fill);
// Whether the record finds room behind the last one in the heap, without a reorganization.
bool FitsBehindHeap(std::uint32_t record_bytes, const PageSpace& space, std::uint32_t new_bytes);

struct SplitPlan {
  std::uint32_t at = 0;        // The first record of the right page; may be `records`.
  bool new_goes_left = false;  // The new record becomes the last of the left page, or lies in it.
  bool left_is_new = false;    // The records in front of `at` move, not those behind it.
};

// `record_bytes`: the size of each record. Requires: !FitsOnPage(fill), at least one record.
SplitPlan PlanSplit(const PageFill& fill, std::span<const std::uint32_t> record_bytes);

}  // namespace nextkey
