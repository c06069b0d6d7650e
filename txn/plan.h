// How a statement gets at its rows: the access path decides which locks are taken.
//
// A plan is made when a statement starts to run (names are looked up then), and is shared and never
// changed. Names and expressions follow from the statement and the schema; the access paths, which
// also depend on the tables' contents at that moment, are part of the world.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/schema.h"
#include "txn/expression.h"
#include "txn/result.h"
#include "txn/sql/ast.h"

namespace nextkey {

// One side of a range on an index column, or an equality; the key value is an expression that is
// evaluated when the scan opens.
struct KeyCondition {
  sql::Op op = sql::Op::kEqual;  // kEqual, kIn (several keys), kIsNull, kNullSafeEqual, kLess, …
  std::vector<BoundExpr> keys;
};

struct KeyRange {
  KeyValues low;   // Empty: from the beginning.
  KeyValues high;  // Empty: to the end.
  bool low_inclusive = true;
  bool high_inclusive = true;
  bool is_point = false;  // Equality: low = high, a prefix of the key.
};

using KeyRanges = absl::InlinedVector<KeyRange, 1>;

enum class AccessKind : std::uint8_t {
  kConst,     // The whole of a unique key, by constants: at most one row.
  kRef,       // Equality on the first columns of an index.
  kRange,     // Ranges and lists.
  kIndex,     // The whole of a secondary index, in its order.
  kFullScan,  // The whole clustered index.
};

struct AccessPath {
  AccessKind kind = AccessKind::kFullScan;
  std::uint32_t index = 0;                            // Position in TableDef::indexes.
  std::vector<std::vector<KeyCondition>> conditions;  // By key part: equalities, then at most one range part.
  std::optional<KeyRanges> ranges;                    // Known already: read instead of the conditions.
  bool is_whole_unique_key = false;                   // Every equality point has at most one row.
  bool is_descending = false;
  bool is_covering = false;
  bool has_index_condition = false;  // Index condition pushdown.
};

struct TablePlan {
  ScopeTable table;
  TableId id;
  std::uint32_t from_position = 0;  // In QueryPlan::tables.
  AccessPath path;
  std::vector<BoundExpr> conditions;        // Conjuncts that can be decided once this table has a row.
  std::vector<BoundExpr> index_conditions;  // Those of them that the index entry alone decides.
  sql::RowLocking locking = sql::RowLocking::kNone;
  sql::LockWaiting waiting = sql::LockWaiting::kWait;
  bool is_outer = false;                   // LEFT JOIN: a row of NULLs where nothing matches.
  std::vector<BoundExpr> join_conditions;  // Of a LEFT JOIN's ON.
};

struct OutputColumn {
  std::string heading;
  BoundExpr expression;
};

struct SortKey {
  BoundExpr expression;
  bool is_descending = false;
};

// One query block.
struct QueryPlan {
  std::vector<TablePlan> tables;               // In the order of FROM; columns refer to it.
  std::vector<std::uint32_t> order;            // In which order the tables are read.
  std::uint32_t known_tables = 0;              // That many of them have one row at most: all are read first.
  std::vector<BoundExpr> constant_conditions;  // Refer to no table of this block.
  std::vector<OutputColumn> output;
  std::vector<BoundExpr> group_by;
  std::vector<BoundExpr> aggregates;
  std::optional<BoundExpr> having;
  std::vector<SortKey> order_by;  // Empty where the scan gives the order.
  bool needs_order = false;       // Of UPDATE: there is an ORDER BY, which the scan may give.
  bool is_one_row = false;        // Of UPDATE: a point on the whole of a unique key.
  std::optional<BoundExpr> limit;
  std::optional<BoundExpr> offset;
  bool is_distinct = false;
  bool is_grouped = false;                // GROUP BY or aggregates.
  bool is_answered_by_first_row = false;  // MIN or MAX of an index's first column.
  std::int32_t parent = -1;               // The enclosing block, in StatementPlan::queries.
  std::vector<std::uint32_t> subqueries;  // BoundExpr::subquery -> position in StatementPlan::queries.
  std::vector<bool> slot_is_kept;         // Memo slots of subqueries that are evaluated once.
  std::vector<std::string> into_variables;
  double examined_rows = 0;      // By the optimizer's estimate; rows found by a whole unique key don't count.
  std::vector<BoundExpr> early;  // Of the outermost block: subqueries that the optimizer evaluates itself.
};

struct AssignmentPlan {
  std::uint32_t table = 0;  // Position in the query's tables.
  std::uint32_t column = 0;
  BoundExpr value;
};

struct InsertPlan {
  TableId table;
  std::vector<std::uint32_t> columns;  // Target column of each value.
  std::vector<std::vector<BoundExpr>> rows;
  std::vector<AssignmentPlan> updates;  // ON DUPLICATE KEY UPDATE.
  sql::DuplicateHandling on_duplicate = sql::DuplicateHandling::kError;
  bool is_ignore = false;
  bool has_query = false;    // INSERT .. SELECT: the rows are queries[0]'s output.
  bool is_buffered = false;  // The query reads the table that is written.
};

struct ChangePlan {  // UPDATE and DELETE, on the rows of queries[0].
  std::vector<AssignmentPlan> assignments;
  // The tables that are changed, one after the other for each found row: positions in the query's.
  std::vector<std::uint32_t> targets;
  bool is_delete = false;
  bool is_buffered = false;  // Rows are collected first, then changed.
  bool is_ignore = false;
};

struct StatementPlan {
  std::vector<QueryPlan> queries;  // [0] is the outermost block, where there is one.
  std::optional<InsertPlan> insert;
  std::optional<ChangePlan> change;
  std::vector<BoundExpr> expressions;     // Of SET and DO.
  std::vector<std::uint32_t> subqueries;  // Of expressions outside any block; as QueryPlan's.
  std::uint32_t slot_count = 0;           // Memo slots of those.
  std::vector<std::string> explain;       // `t range PRIMARY (Using index)`, one a table.
};
using StatementPlanRef = std::shared_ptr<const StatementPlan>;

}  // namespace nextkey
