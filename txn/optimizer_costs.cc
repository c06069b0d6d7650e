#include "txn/optimizer_costs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/record_size.h"

namespace nextkey {
namespace {

constexpr double kPageBytes = 16384;
constexpr double kIndexBlockCopyCost = 1 / kTimeForCompare;
constexpr double kRowIdBytes = 6;

// Of a column in the server's own key format, which keeps texts at their full length.
double KeyBytesOf(const ColumnDef& column) {
  const bool is_variable = column.type.kind == TypeKind::kVarchar || column.type.kind == TypeKind::kText;
  const std::uint32_t fixed = FixedBytes(column.type);
  const double bytes = fixed != 0 ? fixed : 4.0 * column.type.length;
  return bytes + (is_variable ? 2 : 0) + (column.is_nullable ? 1 : 0);
}

double RowBytesOf(const TableDef& def) {
  double bytes = 0;
  std::uint32_t bits = 1;
  for (const ColumnDef& column : def.columns) {
    bytes += KeyBytesOf(column) - (column.is_nullable ? 1 : 0);
    if (column.is_nullable) ++bits;
  }
  return bytes + (bits + 7) / 8;
}

// Which pages a sequence of ranges touches beside those that the estimates themselves had to read.
class BlockCounter {
 public:
  explicit BlockCounter(double records_a_block) : records_a_block_(records_a_block) {}

  void AddPoint() { ++points_; }

  void AddRange(const CountedRange& counted) {
    if (has_last_ && counted.first_page == last_page_) {
      last_page_records_ += points_ - assigned_points_;
      assigned_points_ = points_;
      if (counted.first_page == counted.last_page) {
        last_page_records_ += counted.rows;
        return;
      }
      double left = counted.rows;
      if (records_a_block_ > last_page_records_) {
        left = std::max(0.0, left - std::floor((records_a_block_ - last_page_records_) / 2));
      }
      edges_ += 1;
      blocks_ += BlocksFor(left);
    } else {
      const double blocks = BlocksFor(counted.rows);
      edges_ += blocks == 1 ? 1 : 2;
      blocks_ += blocks;
      unassigned_points_ += points_ - assigned_points_;
      assigned_points_ = points_;
    }
    has_last_ = true;
    last_page_ = counted.last_page;
    last_page_records_ = 1;
  }

  double UnreadBlocks() const { return std::max(0.0, blocks_ - edges_); }
  double UnassignedPoints() const { return unassigned_points_ + points_ - assigned_points_; }

 private:
  double BlocksFor(double rows) const { return std::floor((std::max(rows, 1.0) - 1) / records_a_block_) + 1; }

  double records_a_block_;
  double points_ = 0;
  double assigned_points_ = 0;
  double unassigned_points_ = 0;
  double edges_ = 0;
  double blocks_ = 0;
  bool has_last_ = false;
  std::uint32_t last_page_ = 0;
  double last_page_records_ = 0;
};

}  // namespace

bool IsWholeUniqueKey(const IndexDef& index, const KeyRange& range) {
  return range.is_point && index.is_unique && range.low.size() == index.parts.size() &&
         std::none_of(range.low.begin(), range.low.end(), [](const Value& value) { return value.IsNull(); });
}

CountedRange CountRange(const IndexTree& tree, const KeyRange& range) {
  Place from = tree.First();
  if (!range.low.empty())
    from = range.low_inclusive ? tree.LowerBound(range.low) : tree.UpperBound(range.low);
  Place to = tree.End();
  if (!range.high.empty())
    to = range.high_inclusive ? tree.UpperBound(range.high) : tree.LowerBound(range.high);
  if (to < from) return {1, from.page, from.page};
  const auto rows = static_cast<double>(tree.RecordsBetween(from, to));
  return {std::max(rows, 1.0), from.page, to.page};
}

OptimizerCosts::OptimizerCosts(const Table& table, PlanInputs* inputs) : table_(table), inputs_(inputs) {
  if (inputs_ != nullptr)
    inputs_->figures.push_back({table.def->id, table.statistics.rows, table.statistics.analyzed});
  rows_ = std::max(1.0, static_cast<double>(table.statistics.rows));
  const TableDef& def = *table.def;
  double clustered_key = def.HasHiddenRowId() ? kRowIdBytes : 0;
  if (!def.HasHiddenRowId()) {
    for (const KeyPart& part : def.indexes[0].parts) clustered_key += KeyBytesOf(def.columns[part.column]);
  }
  for (std::size_t index = 0; index < def.indexes.size(); ++index) {
    double bytes = clustered_key;
    for (const KeyPart& part : def.indexes[index].parts) {
      if (part.column < def.columns.size()) bytes += KeyBytesOf(def.columns[part.column]);
    }
    key_bytes_.push_back(index == 0 ? RowBytesOf(def) : bytes);
  }
}

double OptimizerCosts::KeyBytes(std::uint32_t index) const { return key_bytes_[index]; }

double OptimizerCosts::ScanTime() const { return table_.statistics.analyzed->clustered_pages; }

double OptimizerCosts::ReadTime(std::uint32_t index, double ranges, double rows) const {
  if (index != 0) return ranges + rows;
  const double leaf_bytes = table_.statistics.analyzed->clustered_leaf_pages * kPageBytes;
  const double most_rows = std::floor(2 * leaf_bytes / MinimalRecordBytes(*table_.def));
  if (most_rows < rows) return ScanTime();
  return ranges + rows / most_rows * ScanTime();
}

double OptimizerCosts::KeyReadTime(std::uint32_t index, double ranges, double rows) const {
  const double bytes = KeyBytes(index);
  double cost = rows * bytes / (kPageBytes + 1) * kIndexBlockCopyCost;
  if (ranges > 0) {
    const double keys_a_block = std::floor(kPageBytes * 3 / 4 / bytes + 1);
    cost += std::floor((rows + keys_a_block - 1) / keys_a_block);
  }
  return cost;
}

double OptimizerCosts::RowsPerKey(std::uint32_t index, std::size_t parts) const {
  const AnalyzedFigures& figures = *table_.statistics.analyzed;
  const bool is_known = index < figures.distinct.size() && parts <= figures.distinct[index].size();
  const auto distinct = static_cast<double>(is_known ? figures.distinct[index][parts - 1] : 0);
  const auto rows = static_cast<double>(figures.rows);
  const double a_key = distinct == 0 ? rows : rows / distinct;
  // The server halves it, so as not to favour scans.
  return std::max(1.0, std::floor(std::floor(a_key) / 2));
}

RangeEstimate OptimizerCosts::Estimate(std::uint32_t index, std::span<const KeyRange> ranges,
                                       bool is_covering) const {
  const IndexDef& def = table_.def->indexes[index];
  RangeEstimate estimate;
  estimate.ranges = static_cast<double>(ranges.size());
  BlockCounter blocks(std::floor(kPageBytes * 3 / 4 / KeyBytes(index)) + 1);
  for (const KeyRange& range : ranges) {
    if (IsWholeUniqueKey(def, range)) {
      blocks.AddPoint();
      estimate.rows += 1;
      continue;
    }
    const CountedRange counted = CountRange(table_.trees[index], range);
    if (inputs_ != nullptr) inputs_->counts.push_back({table_.def->id, index, range, counted});
    blocks.AddRange(counted);
    estimate.rows += counted.rows;
  }
  estimate.rows = std::min(estimate.rows, rows_);
  estimate.cost = estimate.ranges * kIndexLookupCost + estimate.rows / kTimeForCompare + kRangeSetupCost;
  if (index == 0) {
    const double dives = blocks.UnreadBlocks() + blocks.UnassignedPoints();
    estimate.cost += ReadTime(index, std::min(estimate.ranges, dives), estimate.rows);
  } else {
    estimate.cost += blocks.UnreadBlocks() + KeyReadTime(index, 0, estimate.rows);
    if (!is_covering) estimate.cost += ReadTime(index, 0, estimate.rows);
  }
  return estimate;
}

double OptimizerCosts::LookupCost(std::uint32_t index, double rows, bool is_covering,
                                  double worst_seeks) const {
  const double whole_rows = std::floor(rows);
  if (index == 0) return ReadTime(index, 1, whole_rows);
  if (is_covering) return KeyReadTime(index, 1, whole_rows);
  return KeyReadTime(index, 0, whole_rows) +
         ReadTime(index, 1, std::min(whole_rows, std::floor(worst_seeks)));
}

}  // namespace nextkey
