#include "txn/equal_columns.h"

#include <algorithm>
#include <utility>

namespace nextkey {
namespace {

using sql::Op;

bool IsOwnColumn(const BoundExpr& expression) {
  return expression.op == Op::kColumn && expression.column.depth == 0;
}

bool IsEqualityOf(const BoundExpr& conjunct, bool wants_columns) {
  if (conjunct.op != Op::kEqual || conjunct.args.size() != 2) return false;
  const bool left = IsOwnColumn(conjunct.args[0]);
  const bool right = IsOwnColumn(conjunct.args[1]);
  if (wants_columns) {
    return left && right && conjunct.args[0].column_type.kind == conjunct.args[1].column_type.kind;
  }
  return (left && conjunct.args[1].op == Op::kLiteral) || (right && conjunct.args[0].op == Op::kLiteral);
}

// Columns known to be equal, and the literal that they are equal to.
struct EqualColumns {
  std::vector<BoundExpr> columns;
  const BoundExpr* literal = nullptr;

  bool Has(const BoundExpr& column) const {
    return std::any_of(columns.begin(), columns.end(),
                       [&](const BoundExpr& other) { return other.column == column.column; });
  }
};

std::vector<EqualColumns> ClassesOf(const std::vector<const BoundExpr*>& conjuncts) {
  std::vector<EqualColumns> classes;
  for (const BoundExpr* conjunct : conjuncts) {
    if (!IsEqualityOf(*conjunct, true)) continue;
    EqualColumns merged{{conjunct->args[0]}, nullptr};
    if (!merged.Has(conjunct->args[1])) merged.columns.push_back(conjunct->args[1]);
    for (auto known = classes.begin(); known != classes.end();) {
      if (!known->Has(conjunct->args[0]) && !known->Has(conjunct->args[1])) {
        ++known;
        continue;
      }
      for (BoundExpr& column : known->columns) {
        if (!merged.Has(column)) merged.columns.push_back(std::move(column));
      }
      known = classes.erase(known);
    }
    classes.push_back(std::move(merged));
  }
  for (const BoundExpr* conjunct : conjuncts) {
    if (!IsEqualityOf(*conjunct, false)) continue;
    const bool is_left = IsOwnColumn(conjunct->args[0]);
    for (EqualColumns& known : classes) {
      if (known.Has(conjunct->args[is_left ? 0 : 1])) known.literal = &conjunct->args[is_left ? 1 : 0];
    }
  }
  return classes;
}

BoundExpr Equality(const BoundExpr& column, const BoundExpr& other) {
  BoundExpr equality;
  equality.op = Op::kEqual;
  equality.args = {column, other};
  equality.collation = column.collation;
  return equality;
}

}  // namespace

std::vector<std::vector<BoundExpr>> WithEqualColumns(const std::vector<BoundExpr>& conjuncts,
                                                     const std::vector<std::vector<BoundExpr>>& outer) {
  std::vector<std::vector<BoundExpr>> by_table;
  for (std::uint32_t table = 0; table < outer.size(); ++table) {
    const std::vector<BoundExpr>& own = outer[table].empty() ? conjuncts : outer[table];
    std::vector<BoundExpr> all = own;
    std::vector<const BoundExpr*> known;
    for (const BoundExpr& conjunct : conjuncts) known.push_back(&conjunct);
    for (const BoundExpr& conjunct : outer[table]) known.push_back(&conjunct);
    for (const EqualColumns& equal : ClassesOf(known)) {
      for (const BoundExpr& column : equal.columns) {
        if (column.column.table != table) continue;
        // The constant goes first: the look-up takes what it finds first.
        if (equal.literal != nullptr) all.insert(all.begin(), Equality(column, *equal.literal));
        for (const BoundExpr& other : equal.columns) {
          if (other.column != column.column) all.push_back(Equality(column, other));
        }
      }
    }
    by_table.push_back(std::move(all));
  }
  return by_table;
}

}  // namespace nextkey
