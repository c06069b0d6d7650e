#include "engine/table_statistics.h"

#include <algorithm>

#include "engine/table.h"

namespace nextkey {
namespace {

// A segment takes its first 32 pages one by one, then extents of 64.
constexpr std::uint32_t kSinglePages = 32;
constexpr std::uint32_t kExtentPages = 64;

std::uint32_t ReservedPages(std::uint32_t used) {
  if (used <= kSinglePages) return used;
  return kSinglePages + (used - kSinglePages + kExtentPages - 1) / kExtentPages * kExtentPages;
}

std::vector<std::uint64_t> DistinctPrefixes(const IndexTree& tree) {
  std::vector<std::uint64_t> distinct;
  KeyValues last;
  for (std::optional<Place> place = tree.First(); place.has_value(); place = tree.NextRecord(*place)) {
    if (tree.IsSupremum(*place)) continue;
    const Record& record = tree.At(*place);
    if (record.is_deleted) continue;
    KeyValues key = tree.KeyOf(record.row);
    if (distinct.empty()) distinct.resize(key.size());
    std::size_t same = 0;
    // NULLs count as equal (innodb_stats_method).
    while (same < last.size() && tree.CompareToKey(record.row, std::span(last).first(same + 1)) == 0) ++same;
    for (std::size_t part = same; part < key.size(); ++part) ++distinct[part];
    last = std::move(key);
  }
  return distinct;
}

}  // namespace

TableStatistics Analyze(const Table& table) {
  AnalyzedFigures figures;
  for (const IndexTree& tree : table.trees) figures.distinct.push_back(DistinctPrefixes(tree));
  figures.rows = figures.distinct[0].empty() ? 0 : figures.distinct[0].back();
  const auto pages = static_cast<std::uint32_t>(table.clustered().page_count());
  figures.clustered_leaf_pages = ReservedPages(pages);
  // The root is a page of its own once there is more than one leaf.
  figures.clustered_pages = pages == 1 ? 1 : figures.clustered_leaf_pages + 1;
  TableStatistics statistics;
  statistics.rows = figures.rows;
  statistics.analyzed = Cow<AnalyzedFigures>(std::move(figures));
  return statistics;
}

void TableStatistics::PutInto(Canonical& canonical) const {
  canonical.Put(rows, analyzed->rows, analyzed->clustered_pages, analyzed->clustered_leaf_pages,
                analyzed->distinct.size());
  for (const std::vector<std::uint64_t>& index : analyzed->distinct) {
    canonical.Put(index.size());
    for (const std::uint64_t keys : index) canonical.Put(keys);
  }
}

}  // namespace nextkey
