// What reading costs, in the arithmetic of MariaDB 10.11: a figure of 1 is about one page read.
//
// Numbers alone: of a table's statistics and of what its indexes hold at this moment. How many rows a range
// has is counted in the index, delete-marked and uncommitted ones included, as the server does on a few
// pages; one at least. Source: sql/handler.cc (keyread_time), sql/multi_range_read.cc
// (multi_range_read_info_const), sql/sql_const.h (the constants), storage/innobase/handler/ha_innodb.cc
// (scan_time, read_time, records_in_range, info_low).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/table.h"
#include "txn/plan.h"
#include "txn/plan_cache.h"

namespace nextkey {

inline constexpr double kTimeForCompare = 5.0;  // So many conditions cost what one read costs.
inline constexpr double kIndexLookupCost = 1.0 / 8;
inline constexpr double kRangeSetupCost = 0.02;

// One row at most.
bool IsWholeUniqueKey(const IndexDef& index, const KeyRange& range);

CountedRange CountRange(const IndexTree& tree, const KeyRange& range);

struct RangeEstimate {
  double rows = 0;
  double cost = 0;
  double ranges = 0;
};

class OptimizerCosts {
 public:
  // What is looked up is noted in `inputs`, where that is not null.
  explicit OptimizerCosts(const Table& table, PlanInputs* inputs = nullptr);

  double rows() const { return rows_; }  // Never 0.
  double ScanTime() const;               // Of the whole clustered index.
  double ReadTime(std::uint32_t index, double ranges, double rows) const;
  double KeyReadTime(std::uint32_t index, double ranges, double rows) const;
  // How many rows have the same first `parts` columns, by the statistics; a whole number.
  double RowsPerKey(std::uint32_t index, std::size_t parts) const;
  RangeEstimate Estimate(std::uint32_t index, std::span<const KeyRange> ranges, bool is_covering) const;
  // `worst_seeks`: no look-up costs more reads than that.
  double LookupCost(std::uint32_t index, double rows, bool is_covering, double worst_seeks) const;

 private:
  double KeyBytes(std::uint32_t index) const;

  const Table& table_;
  PlanInputs* inputs_ = nullptr;
  double rows_ = 1;
  std::vector<double> key_bytes_;
};

}  // namespace nextkey
