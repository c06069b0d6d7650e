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

// The records [begin, end) of `from` as a new page; heap numbers are counted anew.
IndexTree::Page IndexTree::TakePart(Page& from, std::uint32_t begin, std::uint32_t end, PageSplit& split) {
  Page taken;
  position_of_page_.push_back(kGone);
  taken.number = PageNumber(static_cast<std::uint32_t>(position_of_page_.size()));
  taken.keys.reserve(from.keys.size() + 1);
  taken.records.reserve(from.keys.size() + 1);
  for (std::uint32_t i = begin; i < end; ++i) {
    const Key key = from.keys[i];
    Record record = std::exchange(from.records[key.heap - 1], Record());
    const std::uint32_t bytes = layout_->size.BytesOf(record.row);
    record.heap = i - begin + 1;
    split.moved.emplace_back(RecordSlot{from.number, key.heap}, RecordSlot{taken.number, record.heap});
    from.bytes -= bytes;
    taken.bytes += bytes;
    taken.keys.push_back(Key{key.head, record.heap});
    taken.records.push_back(std::move(record));
  }
  from.keys.erase(from.keys.begin() + begin, from.keys.begin() + end);
  // The first one that left is the first whose heap number is used again.
  for (auto moved = split.moved.rbegin(); moved != split.moved.rend(); ++moved) {
    from.free_heaps.push_back(moved->first.heap);
  }
  from.last_insert = 0;
  return taken;
}

PageSplit IndexTree::Split(std::uint32_t position, const SplitPlan& plan, const Row& new_row,
                           std::uint64_t new_head, std::uint32_t new_at) {
  Page& old = WritePage(position);
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
  if (page.free_heaps.empty()) {
    record.heap = static_cast<std::uint32_t>(page.records.size()) + 1;
    page.records.emplace_back();
  } else {
    record.heap = page.free_heaps.back();
    page.free_heaps.pop_back();
  }
  const std::uint32_t heap = record.heap;
  page.keys.insert(page.keys.begin() + at, Key{head, heap});
  page.records[heap - 1] = std::move(record);
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
    const Page& full = PageAt(place);
    for (std::uint32_t i = 0; i < full.size(); ++i)
      sizes.push_back(layout_->size.BytesOf(full.RecordAt(i).row));
    const SplitPlan plan = PlanSplit(fill, sizes);
    inserted.split = Split(place.page, plan, record.row, head, place.record);
    if (!plan.new_goes_left) place = {place.page + 1, place.record - plan.at};
  }
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
  const std::vector<Key>& keys = found_page.keys;
  const auto found = std::partition_point(keys.begin(), keys.end(), [&](const Key& key) {
    if (key.head != head) return key.head < head;
    return order.CompareRows(found_page.records[key.heap - 1].row, row) != std::strong_ordering::greater;
  });
  return {page, static_cast<std::uint32_t>(found - keys.begin())};
}

void IndexTree::Replace(Place place, Record record) {
  Page& page = WritePage(place.page);
  Record& old = page.RecordAt(place.record);
  record.heap = old.heap;
  page.bytes += layout_->size.BytesOf(record.row);
  page.bytes -= layout_->size.BytesOf(old.row);
  old = std::move(record);
}

void IndexTree::Erase(Place place) {
  Page& page = WritePage(place.page);
  const std::uint32_t heap = page.keys[place.record].heap;
  page.bytes -= layout_->size.BytesOf(page.records[heap - 1].row);
  page.records[heap - 1] = Record();
  page.free_heaps.push_back(heap);
  page.last_insert = 0;
  page.keys.erase(page.keys.begin() + place.record);
  --record_count_;
  if (page.keys.empty() && pages_.size() > 1) RemovePage(place.page);
}

}  // namespace nextkey
