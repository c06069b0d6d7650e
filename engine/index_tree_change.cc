// Putting records in and taking them out: heap numbers, page splits, pages that go.
#include <algorithm>
#include <iterator>

#include "engine/index_tree.h"

namespace nextkey {
// --- Pages --------------------------------------------------------------------------------------

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
  pages_[0].page.Write().low = Row();
}

// The records [begin, end) of `from` as a new page; heap numbers are counted anew.
IndexTree::Page IndexTree::TakePart(Page& from, std::uint32_t begin, std::uint32_t end, PageSplit& split) {
  Page taken;
  position_of_page_.push_back(kGone);
  taken.number = PageNumber(static_cast<std::uint32_t>(position_of_page_.size()));
  taken.entries.reserve(from.entries.size() + 1);
  for (std::uint32_t i = begin; i < end; ++i) {
    Entry entry = std::move(from.entries[i]);
    const std::uint32_t bytes = layout_->size.BytesOf(entry.record.row);
    const std::uint32_t heap = taken.next_heap++;
    split.moved.emplace_back(RecordSlot{from.number, entry.record.heap}, RecordSlot{taken.number, heap});
    entry.record.heap = heap;
    from.bytes -= bytes;
    taken.bytes += bytes;
    taken.entries.push_back(std::move(entry));
  }
  from.entries.erase(from.entries.begin() + begin, from.entries.begin() + end);
  // The first one that left is the first whose heap number is used again.
  for (auto moved = split.moved.rbegin(); moved != split.moved.rend(); ++moved) {
    from.free_heaps.push_back(moved->first.heap);
  }
  from.last_insert = 0;
  return taken;
}

PageSplit IndexTree::Split(std::uint32_t position, const SplitPlan& plan, const Row& new_row,
                           std::uint64_t new_head, std::uint32_t new_at) {
  Page& old = pages_[position].page.Write();
  const auto count = static_cast<std::uint32_t>(old.entries.size());
  // What bounds the right page from below: its first record, which may be the new one.
  const bool starts_with_new = plan.at == count || (!plan.new_goes_left && new_at == plan.at);
  const Row low = starts_with_new ? new_row : old.entries[plan.at].record.row;
  const std::uint64_t low_head = starts_with_new ? new_head : old.entries[plan.at].head;

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
  fill.records = static_cast<std::uint32_t>(page.entries.size());
  fill.bytes = page.bytes;
  fill.at = at;
  fill.new_bytes = new_bytes;
  fill.is_clustered = layout_->is_clustered;
  if (page.last_insert == 0) return fill;
  if (at > 0 && page.entries[at - 1].record.heap == page.last_insert) {
    fill.pattern = InsertPattern::kAscending;
  } else if (at < fill.records && page.entries[at].record.heap == page.last_insert) {
    fill.pattern = InsertPattern::kDescending;
  }
  return fill;
}

// --- Records ------------------------------------------------------------------------------------

RecordSlot IndexTree::PutOn(Page& page, std::uint32_t at, Entry entry, std::uint32_t bytes) {
  std::uint32_t heap = 0;
  if (page.free_heaps.empty()) {
    heap = page.next_heap++;
  } else {
    heap = page.free_heaps.back();
    page.free_heaps.pop_back();
  }
  entry.record.heap = heap;
  page.entries.insert(page.entries.begin() + at, std::move(entry));
  page.bytes += bytes;
  page.last_insert = heap;
  ++record_count_;
  return {page.number, heap};
}

Inserted IndexTree::Insert(Record record) {
  const std::uint32_t bytes = layout_->size.BytesOf(record.row);
  const std::uint64_t head = layout_->order.HeadOfRow(record.row);
  Place place = PlaceForNew(record.row, head);
  const PageFill fill = FillOf(PageAt(place), place.record, bytes);
  Inserted inserted;
  if (!FitsOnPage(fill)) {
    std::vector<std::uint32_t> sizes;
    sizes.reserve(fill.records);
    for (const Entry& entry : PageAt(place).entries) sizes.push_back(layout_->size.BytesOf(entry.record.row));
    const SplitPlan plan = PlanSplit(fill, sizes);
    inserted.split = Split(place.page, plan, record.row, head, place.record);
    if (!plan.new_goes_left) place = {place.page + 1, place.record - plan.at};
  }
  Page& page = pages_[place.page].page.Write();
  inserted.slot = PutOn(page, place.record, Entry{head, std::move(record)}, bytes);
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
  const std::vector<Entry>& entries = pages_[page].page->entries;
  const auto found = std::partition_point(entries.begin(), entries.end(), [&](const Entry& entry) {
    if (entry.head != head) return entry.head < head;
    return order.CompareRows(entry.record.row, row) != std::strong_ordering::greater;
  });
  return {page, static_cast<std::uint32_t>(found - entries.begin())};
}

void IndexTree::Replace(Place place, Record record) {
  Page& page = pages_[place.page].page.Write();
  Record& old = page.entries[place.record].record;
  record.heap = old.heap;
  page.bytes += layout_->size.BytesOf(record.row);
  page.bytes -= layout_->size.BytesOf(old.row);
  old = std::move(record);
}

void IndexTree::Erase(Place place) {
  Page& page = pages_[place.page].page.Write();
  const auto erased = page.entries.begin() + place.record;
  page.bytes -= layout_->size.BytesOf(erased->record.row);
  page.free_heaps.push_back(erased->record.heap);
  page.last_insert = 0;
  page.entries.erase(erased);
  --record_count_;
  if (page.entries.empty() && pages_.size() > 1) RemovePage(place.page);
}

}  // namespace nextkey
