// Which index a table is read by. Rules, in order: a hint decides among what it names; a unique key
// given whole by constants; equality on the first columns of an index; a range on the clustered key;
// a range on another index; the order that ORDER BY wants; a covering index; the whole table.
#pragma once

#include <vector>

#include "txn/plan.h"
#include "txn/sql/ast.h"

namespace nextkey {

struct AccessQuestion {
  const ScopeTable* table = nullptr;
  std::uint32_t table_position = 0;  // In FROM.
  const std::vector<sql::IndexHint>* hints = nullptr;
  const std::vector<BoundExpr>* conjuncts = nullptr;
  std::vector<bool> available;     // Tables that have a row already, by position.
  std::vector<bool> used_columns;  // Columns of the table that the block reads.
  bool is_change = false;          // UPDATE or DELETE of this table: whole rows, no pushdown, no const.
  bool has_order = false;          // ORDER BY by this table's columns alone:
  std::vector<KeyPart> order;
};

struct AccessAnswer {
  AccessPath path;
  bool gives_order = false;  // The scan already is in ORDER BY's order.
};

AccessAnswer ChooseAccess(const AccessQuestion& question);

// The tables of its own block that an expression refers to; all when it has a correlated subquery.
void CollectTables(const BoundExpr& expression, std::vector<bool>& tables);

}  // namespace nextkey
