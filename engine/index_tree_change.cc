// Putting records in and taking them out: heap numbers, page splits, pages that go.
#include <algorithm>
#include <iterator>

#include "engine/index_tree.h"

namespace nextkey {
// --- Pages --------------------------------------------------------------------------------------

IndexTree::Page& IndexTree::WritePage(std::uint32_t position) {
  Page& page = pages_[position].page.Write();
  page.digest.Forget();
  return page;
}

void IndexTree::RenumberFrom(std::uint32_t position) {
  for (; position < pages_.size(); ++position) {
    position_of_page_[pages_[position].page->number.value() - 1] = position;
  }
}

void IndexTree::AddPage(std::uint32_t position, std::uint64_t low_head, Page page) {
  pages_.insert(pages_.begin() + position, PageRef{low_head, Cow<Page>(std::move(page))});
  RenumberFrom(position);
}

void IndexTree::RemovePage(std::uint32_t position) {
  position_of_page_[pages_[position].page->number.value() - 1] = kGone;
  pages_.erase(pages_.begin() + position);
  RenumberFrom(position);
  if (position != 0) return;
  // The page that is first now takes every lesser key.
  pages_[0].low_head = 0;
  WritePage(0).low = Row();
}

// An erased record's number and room.
void IndexTree::Free(Page& page, std::uint32_t heap, std::uint32_t bytes) {
  page.records[heap - 1] = Record();
  page.free_heaps.push_back(FreeHeap{heap, bytes});
  page.bytes -= bytes;
  page.space.garbage_bytes += bytes;
}

// Closes the holes. Unlike the server's, records keep their heap numbers; the unused ones go on
// without room.
void IndexTree::Reorganize(Page& page) {
  page.space = PageSpace{0, page.size()};
  for (FreeHeap& free : page.free_heaps) free.bytes = 0;
}

// A heap number for a record of this size.
std::uint32_t IndexTree::NewHeap(Page& page, std::uint32_t bytes) {
  auto& free = page.free_heaps;
  if (!free.empty() && free.back().bytes >= bytes) {
    const std::uint32_t heap = free.back().heap;
    free.pop_back();
    page.space.garbage_bytes -= bytes;
    return heap;
  }
  if (page.space.garbage_bytes > 0 && !FitsBehindHeap(page.bytes, page.space, bytes)) Reorganize(page);
  ++page.space.heap_count;
  const auto without_room =
      std::find_if(free.rbegin(), free.rend(), [](const FreeHeap& f) { return f.bytes == 0; });
  if (without_room != free.rend()) {
    const std::uint32_t heap = without_room->heap;
    free.erase(std::next(without_room).base());
    return heap;
  }
  page.records.emplace_back();
  return static_cast<std::uint32_t>(page.records.size());
}

// The records [begin, end) of `from` as a new page; heap numbers are counted anew.
IndexTree::Page IndexTree::TakePart(Page& from, std::uint32_t begin, std::uint32_t end, PageSplit& split) {
  Page taken;
  position_of_page_.push_back(kGone);
  taken.number = PageNumber(static_cast<std::uint32_t>(position_of_page_.size()));
  taken.newest_writer = from.newest_writer;
  taken.keys.reserve(from.keys.size() + 1);
  taken.records.reserve(from.keys.size() + 1);
  for (std::uint32_t i = begin; i < end; ++i) {
    const Key key = from.keys[i];
    Record record = std::move(from.records[key.heap - 1]);
    record.heap = i - begin + 1;
    split.moved.emplace_back(RecordSlot{from.number, key.heap}, RecordSlot{taken.number, record.heap});
    taken.bytes += layout_->size.BytesOf(record.row);
    taken.keys.push_back(Key{key.head, record.heap});
    taken.records.push_back(std::move(record));
  }
  taken.space.heap_count = end - begin;
  // The server frees a tail as one list that begins with its first record, a head one by one.
  const bool is_tail = begin != 0;
  for (std::uint32_t i = 0; i < end - begin; ++i) {
    const std::uint32_t position = is_tail ? end - 1 - i : i;
    Free(from, from.keys[position].heap, layout_->size.BytesOf(taken.records[position - begin].row));
  }
  from.keys.erase(from.keys.begin() + begin, from.keys.begin() + end);
  if (begin != end) from.last_insert = 0;
  return taken;
}

PageSplit IndexTree::Split(std::uint32_t position, const SplitPlan& plan, const Row& new_row,
                           std::uint64_t new_head, std::uint32_t new_at) {
  Page& old = WritePage(position);
  if (pages_.size() == 1) Reorganize(old);  // The root's records go to a page of their own first.
  const std::uint32_t count = old.size();
  // What bounds the right page from below: its first record, which may be the new one.
  const bool starts_with_new = plan.at == count || (!plan.new_goes_left && new_at == plan.at);
  const Row low = starts_with_new ? new_row : old.RecordAt(plan.at).row;
  const std::uint64_t low_head = starts_with_new ? new_head : old.keys[plan.at].head;

  PageSplit split;
  if (plan.left_is_new) {
    Page left = TakePart(old, 0, plan.at, split);
    split.left = left.number;
    split.right = old.number;
    left.low = old.low;
    old.low = low;
    const std::uint64_t left_head = pages_[position].low_head;
    pages_[position].low_head = low_head;
    AddPage(position, left_head, std::move(left));
  } else {
    Page right = TakePart(old, plan.at, count, split);
    split.left = old.number;
    split.right = right.number;
    right.low = low;
    AddPage(position + 1, low_head, std::move(right));
  }
  split.first_of_right = SlotAt({position + 1, 0});
  return split;
}

PageFill IndexTree::FillOf(const Page& page, std::uint32_t at, std::uint32_t new_bytes) const {
  PageFill fill;
  fill.records = page.size();
  fill.bytes = page.bytes;
  fill.space = page.space;
  fill.at = at;
  fill.new_bytes = new_bytes;
  fill.is_clustered = layout_->is_clustered;
  fill.is_only_page = pages_.size() == 1;
  if (page.last_insert == 0) return fill;
  if (at > 0 && page.keys[at - 1].heap == page.last_insert) {
    fill.pattern = InsertPattern::kAscending;
  } else if (at < fill.records && page.keys[at].heap == page.last_insert) {
    fill.pattern = InsertPattern::kDescending;
  }
  return fill;
}

// --- Records ------------------------------------------------------------------------------------

RecordSlot IndexTree::PutOn(Page& page, std::uint32_t at, std::uint64_t head, Record record,
                            std::uint32_t bytes) {
  record.heap = NewHeap(page, bytes);
  if (!layout_->is_clustered) page.newest_writer = std::max(page.newest_writer, record.writer);
  const std::uint32_t heap = record.heap;
  page.keys.insert(page.keys.begin() + at, Key{head, heap});
  page.records[heap - 1] = std::move(record);
  page.bytes += bytes;
  page.last_insert = heap;
  ++record_count_;
  return {page.number, heap};
}

// Without a reorganization.
bool IndexTree::HasRoomFor(std::uint32_t position, std::uint32_t bytes) const {
  const Page& page = *pages_[position].page;
  const bool has_hole = !page.free_heaps.empty() && page.free_heaps.back().bytes >= bytes;
  return has_hole || FitsBehindHeap(page.bytes, page.space, bytes);
}

// Where the record goes when its page is full: to the next page, or to a half of its own.
Place IndexTree::MakeRoom(Place place, const PageFill& fill, const Row& row, std::uint64_t head,
                          Inserted& inserted) {
  if (IsSupremum(place) && place.page + 1 < pages_.size() && HasRoomFor(place.page + 1, fill.new_bytes)) {
    const Place next{place.page + 1, 0};
    inserted.went_right = Inserted::WentRight{SlotAt(place), SlotAt(next)};
    pages_[next.page].low_head = head;
    WritePage(next.page).low = row;
    return next;
  }
  const Page& full = PageAt(place);
  std::vector<std::uint32_t> sizes;
  sizes.reserve(fill.records);
  for (std::uint32_t i = 0; i < full.size(); ++i)
    sizes.push_back(layout_->size.BytesOf(full.RecordAt(i).row));
  const SplitPlan plan = PlanSplit(fill, sizes);
  inserted.split = Split(place.page, plan, row, head, place.record);
  return plan.new_goes_left ? place : Place{place.page + 1, place.record - plan.at};
}

Inserted IndexTree::Insert(Record record) {
  const std::uint32_t bytes = layout_->size.BytesOf(record.row);
  const std::uint64_t head = layout_->order.HeadOfRow(record.row);
  Place place = PlaceForNew(record.row, head);
  Inserted inserted;
  const PageFill fill = FillOf(PageAt(place), place.record, bytes);
  if (!FitsOnPage(fill)) place = MakeRoom(place, fill, record.row, head, inserted);
  inserted.slot = PutOn(WritePage(place.page), place.record, head, std::move(record), bytes);
  return inserted;
}

// As GapEndFor, with a row instead of its key.
Place IndexTree::PlaceForNew(const Row& row, std::uint64_t head) const {
  const KeyOrder& order = layout_->order;
  const auto page_is_low_enough = [&](const PageRef& page) {
    if (page.low_head != head) return page.low_head < head;
    return order.CompareRows(page.page->low, row) != std::strong_ordering::greater;
  };
  const auto behind = std::partition_point(pages_.begin() + 1, pages_.end(), page_is_low_enough);
  const auto page = static_cast<std::uint32_t>(behind - pages_.begin()) - 1;
  const Page& found_page = *pages_[page].page;
  const auto& keys = found_page.keys;
  const auto found = std::partition_point(keys.begin(), keys.end(), [&](const Key& key) {
    if (key.head != head) return key.head < head;
    return order.CompareRows(found_page.records[key.heap - 1].row, row) != std::strong_ordering::greater;
  });
  return {page, static_cast<std::uint32_t>(found - keys.begin())};
}

bool IndexTree::Replace(Place place, Record record) {
  Page& page = WritePage(place.page);
  Record& old = page.RecordAt(place.record);
  record.heap = old.heap;
  if (!layout_->is_clustered) page.newest_writer = std::max(page.newest_writer, record.writer);
  const bool is_inserted_anew = layout_->size.HasFieldOfOtherSize(old.row, record.row);
  if (is_inserted_anew) {
    const std::uint32_t old_bytes = layout_->size.BytesOf(old.row);
    page.bytes = page.bytes + layout_->size.BytesOf(record.row) - old_bytes;
    page.space.garbage_bytes += old_bytes;
    page.last_insert = old.heap;
  }
  old = std::move(record);
  return is_inserted_anew;
}

void IndexTree::Erase(Place place) {
  Page& page = WritePage(place.page);
  const std::uint32_t heap = page.keys[place.record].heap;
  Free(page, heap, layout_->size.BytesOf(page.records[heap - 1].row));
  page.last_insert = 0;
  page.keys.erase(page.keys.begin() + place.record);
  --record_count_;
  if (!page.keys.empty()) return;
  if (pages_.size() > 1) return RemovePage(place.page);
  // The last page begins anew.
  page.records.clear();
  page.free_heaps.clear();
  page.space = PageSpace();
}

}  // namespace nextkey
