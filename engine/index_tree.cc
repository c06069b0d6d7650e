// Searching and moving. index_tree_change.cc changes the tree.
#include "engine/index_tree.h"

#include <algorithm>

namespace nextkey {
Version::~Version() {
  // A chain that nobody else shares is taken apart here, link by link: the default would recurse as
  // deep as the chain is long.
  std::shared_ptr<const Version> next = std::move(older);
  while (next != nullptr && next.use_count() == 1) {
    std::shared_ptr<const Version> after = std::move(next->older);
    next = std::move(after);
  }
}

IndexTree::IndexTree(const TableDef& table, const IndexDef& def)
    : layout_(std::make_shared<const Layout>(
          Layout{KeyOrder(table, def), RecordSize(table, def), def.is_clustered})) {
  Page first;
  first.number = PageNumber(1);
  pages_.push_back(PageRef{0, Cow<Page>(std::move(first))});
  position_of_page_.push_back(0);
}

// --- Searching ----------------------------------------------------------------------------------

std::uint32_t IndexTree::PageFor(std::span<const Value> key, bool strictly_below) const {
  if (pages_.size() == 1 || key.empty()) return 0;
  const std::uint64_t head = layout_->order.HeadOf(key[0]);
  const auto is_low_enough = [&](const PageRef& page) {
    if (page.low_head != head) return page.low_head < head;
    const std::strong_ordering order = layout_->order.Compare(page.page->low, key);
    return order == std::strong_ordering::less || (!strictly_below && order == std::strong_ordering::equal);
  };
  // The first page has no low bound.
  const auto behind = std::partition_point(pages_.begin() + 1, pages_.end(), is_low_enough);
  return static_cast<std::uint32_t>(behind - pages_.begin()) - 1;
}

Place IndexTree::Settle(std::uint32_t page, std::uint32_t record) const {
  const bool is_behind_last = record == pages_[page].page->size();
  if (is_behind_last && page + 1 < pages_.size()) return {page + 1, 0};
  return {page, record};
}

Place IndexTree::First() const { return {0, 0}; }

Place IndexTree::End() const {
  const auto last = static_cast<std::uint32_t>(pages_.size() - 1);
  return {last, pages_[last].page->size()};
}

Place IndexTree::LowerBound(std::span<const Value> key) const {
  if (key.empty()) return First();
  const Place in_page = SeekFrom(key);
  return Settle(in_page.page, in_page.record);
}

Place IndexTree::SeekFrom(std::span<const Value> key) const {
  const std::uint64_t head = layout_->order.HeadOf(key[0]);
  const std::uint32_t page = PageFor(key, true);
  const Page& found_page = *pages_[page].page;
  const auto& keys = found_page.keys;
  const auto found = std::partition_point(keys.begin(), keys.end(), [&](const Key& other) {
    if (other.head != head) return other.head < head;
    return layout_->order.Compare(found_page.records[other.heap - 1].row, key) == std::strong_ordering::less;
  });
  return {page, static_cast<std::uint32_t>(found - keys.begin())};
}

Place IndexTree::UpperBound(std::span<const Value> key) const {
  if (key.empty()) return End();
  const Place in_page = GapEndFor(key);
  return Settle(in_page.page, in_page.record);
}

std::optional<Place> IndexTree::Find(std::span<const Value> key) const {
  const Place place = LowerBound(key);
  if (IsSupremum(place)) return std::nullopt;
  if (CompareToKey(At(place).row, key) != std::strong_ordering::equal) return std::nullopt;
  return place;
}

std::optional<Place> IndexTree::FindSlot(RecordSlot slot) const {
  const std::uint32_t number = slot.page.value();
  if (slot.IsSupremum() || number == 0 || number > position_of_page_.size()) return std::nullopt;
  const std::uint32_t page = position_of_page_[number - 1];
  if (page == kGone) return std::nullopt;
  const auto& keys = pages_[page].page->keys;
  // On a page that was filled in key order the heap number tells the position.
  if (slot.heap <= keys.size() && keys[slot.heap - 1].heap == slot.heap) return Place{page, slot.heap - 1};
  const auto found = std::ranges::find(keys, slot.heap, &Key::heap);
  if (found == keys.end()) return std::nullopt;
  return Place{page, static_cast<std::uint32_t>(found - keys.begin())};
}

Place IndexTree::GapEndFor(std::span<const Value> key) const {
  const std::uint64_t head = layout_->order.HeadOf(key[0]);
  const std::uint32_t page = PageFor(key, false);
  const Page& found_page = *pages_[page].page;
  const auto& keys = found_page.keys;
  const auto found = std::partition_point(keys.begin(), keys.end(), [&](const Key& other) {
    if (other.head != head) return other.head < head;
    return layout_->order.Compare(found_page.records[other.heap - 1].row, key) !=
           std::strong_ordering::greater;
  });
  return {page, static_cast<std::uint32_t>(found - keys.begin())};
}

// --- Moving -------------------------------------------------------------------------------------

std::optional<Place> IndexTree::Next(Place place) const {
  if (!IsSupremum(place)) return Place{place.page, place.record + 1};
  if (place.page + 1 == pages_.size()) return std::nullopt;
  return Place{place.page + 1, 0};
}

std::optional<Place> IndexTree::Previous(Place place) const {
  if (place.record > 0) return Place{place.page, place.record - 1};
  if (place.page == 0) return std::nullopt;
  const std::uint32_t page = place.page - 1;
  return Place{page, pages_[page].page->size()};
}

std::optional<Place> IndexTree::NextRecord(Place place) const {
  std::optional<Place> next = Next(place);
  while (next && IsSupremum(*next)) next = Next(*next);
  return next;
}

std::optional<Place> IndexTree::PreviousRecord(Place place) const {
  std::optional<Place> previous = Previous(place);
  while (previous && IsSupremum(*previous)) previous = Previous(*previous);
  return previous;
}

std::size_t IndexTree::RecordsBetween(Place from, Place to) const {
  std::size_t records = to.record;
  for (std::uint32_t page = from.page; page < to.page; ++page) records += pages_[page].page->size();
  return records - from.record;
}

RecordSlot IndexTree::SlotAt(Place place) const {
  const Page& page = PageAt(place);
  return {page.number, place.record >= page.size() ? 0 : page.keys[place.record].heap};
}

KeyValues IndexTree::KeyOf(const Row& stored) const { return layout_->order.KeyOf(stored); }

std::strong_ordering IndexTree::CompareToKey(const Row& stored, std::span<const Value> key) const {
  return layout_->order.Compare(stored, key);
}

// --- Canonical bytes ----------------------------------------------------------------------------

namespace {

void PutVersions(const VersionRef& newest, Canonical& canonical) {
  for (const Version* version = newest.get(); version != nullptr; version = version->older.get()) {
    canonical.Put(version->is_deleted ? 2 : 1);
    canonical.PutId(version->writer);
    version->row.PutInto(canonical);
  }
  canonical.Put(0);
}

}  // namespace

Fingerprint IndexTree::DigestOf(const Page& page) const {
  return page.digest.Get([&page] {
    Canonical canonical;
    canonical.PutId(page.number);
    canonical.PutId(page.newest_writer);
    canonical.Put(page.records.size(), page.last_insert, page.space.garbage_bytes, page.space.heap_count);
    page.low.PutInto(canonical);
    canonical.Put(page.free_heaps.size());
    for (const FreeHeap& free : page.free_heaps) canonical.Put(std::uint64_t{free.heap} << 32 | free.bytes);
    canonical.Put(page.keys.size());
    for (const Key& key : page.keys) {
      const Record& record = page.records[key.heap - 1];
      canonical.Put(std::uint64_t{record.heap} << 1 | (record.is_deleted ? 1 : 0));
      canonical.PutId(record.writer);
      record.row.PutInto(canonical);
      PutVersions(record.older, canonical);
    }
    return canonical.Digest();
  });
}

void IndexTree::PutInto(Canonical& canonical) const {
  canonical.Put(position_of_page_.size());  // The next page number.
  canonical.Put(pages_.size());
  for (const PageRef& ref : pages_) {
    const Fingerprint digest = DigestOf(*ref.page);
    canonical.Put(digest.high);
    canonical.Put(digest.low);
  }
}

void IndexTree::PutInto(Canonical& canonical, absl::FunctionRef<void(TrxId)> put_writer,
                        const std::vector<bool>& is_left_out) const {
  const auto put_row = [&](const Row& row) {
    if (is_left_out.empty()) return row.PutInto(canonical);
    canonical.Put(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i >= is_left_out.size() || !is_left_out[i]) row[i].PutInto(canonical);
    }
  };
  canonical.Put(position_of_page_.size());
  canonical.Put(pages_.size());
  for (const PageRef& ref : pages_) {
    const Page& page = *ref.page;
    canonical.PutId(page.number);
    if (!layout_->is_clustered) put_writer(page.newest_writer);  // Of rows each one tells its own.
    canonical.Put(page.records.size(), page.last_insert, page.space.garbage_bytes, page.space.heap_count);
    put_row(page.low);
    canonical.Put(page.free_heaps.size());
    for (const FreeHeap& free : page.free_heaps) canonical.Put(std::uint64_t{free.heap} << 32 | free.bytes);
    canonical.Put(page.keys.size());
    for (const Key& key : page.keys) {
      const Record& record = page.records[key.heap - 1];
      canonical.Put(std::uint64_t{record.heap} << 1 | (record.is_deleted ? 1 : 0));
      put_writer(record.writer);
      put_row(record.row);
      for (const Version* version = record.older.get(); version != nullptr; version = version->older.get()) {
        canonical.Put(version->is_deleted ? 2 : 1);
        put_writer(version->writer);
        put_row(version->row);
      }
      canonical.Put(0);
    }
  }
}

}  // namespace nextkey
