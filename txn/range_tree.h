// What a condition says about each column by itself: the ranges of values that can fulfil it.
//
// A tree is made of the conditions whose other side is known before any table is read, and is the base of the
// estimates and of range scans. AND narrows, OR widens; a condition that says nothing gives no tree. Source:
// MariaDB 10.11, sql/opt_range.cc (get_mm_tree, tree_and, tree_or; here each column stands for itself, so
// that
// `(a = 1 AND b = 2) OR (a = 3 AND b = 4)` also lets (1, 4) through).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "engine/schema.h"
#include "engine/value.h"
#include "txn/expression.h"
#include "txn/plan.h"

namespace nextkey {

struct ValueBound {
  Value value;
  bool is_inclusive = true;
};

// An end that is missing is open. NULL stands below all values.
struct ValueInterval {
  std::optional<ValueBound> low;
  std::optional<ValueBound> high;
};
using ValueSet = std::vector<ValueInterval>;  // Ascending, apart from each other; empty: nothing fits.

struct RangeTree {
  std::map<std::uint32_t, ValueSet> columns;  // Those that are not here may have any value.

  bool IsImpossible() const;
};

// The value of an expression that depends on no row; nullopt where it can't be known yet.
using KnownValue = std::function<std::optional<Value>(const BoundExpr&)>;

// nullopt: the condition restricts no column of the table.
std::optional<RangeTree> MakeRangeTree(const TableDef& table, std::uint32_t table_position,
                                       const std::vector<BoundExpr>& conjuncts, const KnownValue& known);

// The ranges of an index, in its order, that a tree leaves, and by how many key parts they are shaped;
// parts are 0 when the tree says nothing about the first. `columns`: the index's, those of the
// clustered key that follow them included.
struct IndexRanges {
  KeyRanges ranges;
  std::uint32_t parts = 0;
};
IndexRanges RangesOfIndex(const TableDef& table, const IndexDef& index,
                          const std::vector<std::uint32_t>& columns, const RangeTree& tree);

}  // namespace nextkey
