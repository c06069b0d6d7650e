// Which index a table is read by, chosen by costs as MariaDB 10.11 does.
//
// A chooser is made once for a table of a query block. It finds the ranges that the constants of WHERE leave
// in each index and what they cost, and then answers how the table is best read when some other tables have a
// row already. Source: MariaDB 10.11, sql/opt_range.cc (test_quick_select), sql/sql_select.cc
// (make_join_statistics, best_access_path, make_join_select), sql/sql_update.cc and sql/sql_delete.cc. Not
// played: index merge, loose index scans, rowid filters, ref_or_null.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/table.h"
#include "txn/optimizer_costs.h"
#include "txn/plan.h"
#include "txn/range_tree.h"
#include "txn/sql/ast.h"

namespace nextkey {

struct AccessQuestion {
  const Table* table = nullptr;
  std::uint32_t table_position = 0;  // In FROM.
  std::uint32_t table_count = 1;     // Of the block.
  const std::vector<sql::IndexHint>* hints = nullptr;
  const std::vector<BoundExpr>* where = nullptr;  // As written.
  const std::vector<BoundExpr>* conjuncts = nullptr;
  KnownValue known;
  PlanInputs* inputs = nullptr;       // Where not null: what is looked up is noted here.
  std::vector<bool> used_columns;     // Columns of the table that the block reads.
  std::vector<bool> written_columns;  // By UPDATE of this table alone.
  bool is_change = false;  // UPDATE or DELETE of this table alone: whole rows, no pushdown, no const.
  bool is_outer = false;   // The inner side of a LEFT JOIN.
  // LIMIT, offset included; it stops a scan only where nothing sorts or groups.
  std::optional<double> limit;
  bool is_limit_of_rows = false;
  bool is_group = false;   // The order is GROUP BY's: an index that gives it is read even where it is dear.
  bool has_order = false;  // ORDER BY by this table's columns alone:
  std::vector<KeyPart> order;
};

struct AccessAnswer {
  AccessPath path;
  double rows = 0;           // That reading it once gives to the next table.
  double cost = 0;           // For all rows of the tables before it.
  bool gives_order = false;  // The scan already is in ORDER BY's order.
  bool needs_order = false;  // UPDATE and DELETE: ORDER BY names more than what WHERE fixes.
  bool is_one_row = false;   // UPDATE and DELETE: a point on the whole of a unique key.
  bool uses_buffer = false;  // A scan for many rows of the tables before it at once.
  double selectivity = 1;    // Of the conditions that `rows` has not yet counted.
};

class AccessChooser {
 public:
  explicit AccessChooser(AccessQuestion question);

  const AccessQuestion& question() const { return q_; }
  const OptimizerCosts& costs() const { return costs_; }
  // WHERE leaves no row, by the ranges of an index alone.
  bool IsImpossible() const { return is_impossible_; }
  // Rows that the best range leaves; all where there is none.
  double FoundRows() const { return range_.has_value() ? facts_[*range_].estimate.rows : costs_.rows(); }
  // The row that a whole unique key names. `constant`: tables of which that is already so.
  // Some index could be looked up by tables that are not available yet.
  bool HasKeyBehind(const std::vector<bool>& available) const;
  std::optional<AccessPath> ConstantRow(const std::vector<bool>& constant) const;
  // The best way when `available` tables have a row, and `prefix_rows` combinations of them come.
  AccessAnswer Best(const std::vector<bool>& available, double prefix_rows) const;
  // What the choice becomes in the end: for LIMIT, for ORDER BY, by a covering index. `is_first`: no table
  // that has more than one row is read before this one. `fanout`: rows of later tables a row of this.
  AccessAnswer Finish(AccessAnswer answer, bool is_first, double fanout) const;
  // UPDATE and DELETE of one table.
  AccessAnswer ForChange() const;

 private:
  struct IndexFacts {
    bool is_allowed = false;
    bool is_covering = false;
    std::vector<std::uint32_t> columns;  // In key order, the clustered key's behind the index's own.
    IndexRanges ranges;                  // parts = 0: none.
    RangeEstimate estimate;
  };
  struct Lookup {  // Equality on the first parts of an index.
    std::vector<std::vector<KeyCondition>> conditions;
    bool is_constant = true;
    bool has_null_search = false;  // IS NULL or <=>: more than one row of a unique key.
  };

  bool IsOwnColumn(const BoundExpr& expression, std::uint32_t column) const;
  bool IsKnown(const BoundExpr& expression, const std::vector<bool>& available, bool& is_constant) const;
  std::optional<KeyCondition> EqualityOn(std::uint32_t column, const std::vector<bool>& available,
                                         bool& is_constant) const;
  Lookup LookupIn(std::uint32_t index, const std::vector<bool>& available) const;
  bool IsUniqueLookup(std::uint32_t index, const Lookup& lookup) const;
  void ReadHints();
  void EstimateRanges();
  void EstimateSelectivity();
  bool Covers(std::uint32_t index) const;
  bool IsClusteredKeyEnough() const;
  // The range that costs less than `limit`, as a path.
  std::optional<std::uint32_t> BestRange(double limit) const;
  double ScanCost(std::optional<double> row_limit) const;
  std::optional<std::uint32_t> ShortestCovering() const;
  double RowsOfLookup(std::uint32_t index, const Lookup& lookup, bool& is_by_range) const;
  AccessPath RangePath(std::uint32_t index) const;

  // --- The order that ORDER BY wants (access_order.cc)
  std::vector<KeyPart> OrderWithoutConstants() const;
  bool IsConstantColumn(std::uint32_t column) const;
  bool IsFixedByBetween(std::uint32_t column) const;
  // 0: the index does not give it; 1: it does; -1: read backwards it does.
  int OrderBy(std::uint32_t index, const std::vector<KeyPart>& order) const;
  bool HasAllColumns(std::uint32_t index, const std::vector<KeyPart>& order) const;
  std::optional<std::uint32_t> CheaperForOrder(const std::vector<KeyPart>& order, const AccessAnswer& answer,
                                               double fanout) const;
  std::optional<std::uint32_t> LongerKeyForOrder(const std::vector<KeyPart>& order,
                                                 const AccessAnswer& answer) const;
  // UPDATE does not walk along an index that it changes.
  bool IsWritten(std::uint32_t index) const;
  void FitToOrder(AccessAnswer& answer, double fanout) const;

  AccessQuestion q_;
  const TableDef& def_;
  OptimizerCosts costs_;
  std::vector<IndexFacts> facts_;
  bool is_forced_ = false;
  bool is_impossible_ = false;
  bool has_tree_ = false;
  double condition_rows_ = 0;           // The fewest rows that any range leaves.
  double selectivity_ = 1;              // Of all ranges together.
  std::optional<std::uint32_t> range_;  // The index whose range beats the scan.
};

// The tables of its own block that an expression refers to; all when it has a correlated subquery.
void CollectTables(const BoundExpr& expression, std::vector<bool>& tables);

}  // namespace nextkey
