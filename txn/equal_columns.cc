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

bool IsLiteral(const BoundExpr& expression, const BoundExpr& same) {
  return expression.op == Op::kLiteral && same.op == Op::kLiteral && expression.literal == same.literal;
}

// `c IN (5)`, `c BETWEEN 5 AND 5` and `c = 5 OR c = 5` are c = 5.
BoundExpr Simplified(const BoundExpr& conjunct) {
  const bool is_list = conjunct.op == Op::kIn || conjunct.op == Op::kBetween;
  if (is_list && conjunct.args.size() > 1 && IsOwnColumn(conjunct.args[0])) {
    const BoundExpr& first = conjunct.args[1];
    const bool is_one = (conjunct.op == Op::kIn && conjunct.args.size() == 2) ||
                        std::all_of(conjunct.args.begin() + 1, conjunct.args.end(),
                                    [&](const BoundExpr& key) { return IsLiteral(key, first); });
    if (is_one) return Equality(conjunct.args[0], first);
  }
  if (conjunct.op != Op::kOr) return conjunct;
  const BoundExpr first = Simplified(conjunct.args[0]);
  if (!IsEqualityOf(first, false)) return conjunct;
  const bool is_one = std::all_of(conjunct.args.begin(), conjunct.args.end(), [&](const BoundExpr& arg) {
    const BoundExpr other = Simplified(arg);
    return IsEqualityOf(other, false) && IsOwnColumn(first.args[0]) && IsOwnColumn(other.args[0]) &&
           first.args[0].column == other.args[0].column && IsLiteral(first.args[1], other.args[1]);
  });
  return is_one ? first : conjunct;
}

// Whether all columns in it are the one.
bool IsAbout(const BoundExpr& expression, const BoundExpr& column, bool& found) {
  if (expression.slot >= 0 || expression.subquery >= 0) return false;
  if (expression.op == Op::kColumn) {
    found = true;
    return expression.column == column.column;
  }
  return std::all_of(expression.args.begin(), expression.args.end(),
                     [&](const BoundExpr& arg) { return IsAbout(arg, column, found); });
}

void Substitute(BoundExpr& expression, const BoundExpr& column) {
  if (expression.op == Op::kColumn) {
    expression = column;
    return;
  }
  for (BoundExpr& arg : expression.args) Substitute(arg, column);
}

void AddWhatFollows(const EqualColumns& equal, std::uint32_t table,
                    const std::vector<const BoundExpr*>& known, std::vector<BoundExpr>& all) {
  for (const BoundExpr& column : equal.columns) {
    if (column.column.table != table) continue;
    // The constant goes first: the look-up takes what it finds first.
    if (equal.literal != nullptr) all.insert(all.begin(), Equality(column, *equal.literal));
    for (const BoundExpr& other : equal.columns) {
      if (other.column == column.column) continue;
      all.push_back(Equality(column, other));
      for (const BoundExpr* conjunct : known) {
        bool found = false;
        if (!IsAbout(*conjunct, other, found) || !found || IsEqualityOf(*conjunct, false)) continue;
        all.push_back(*conjunct);
        Substitute(all.back(), column);
      }
    }
  }
}

}  // namespace

std::vector<std::vector<BoundExpr>> WithEqualColumns(const std::vector<BoundExpr>& conjuncts,
                                                     const std::vector<std::vector<BoundExpr>>& outer) {
  std::vector<BoundExpr> shared;
  for (const BoundExpr& conjunct : conjuncts) shared.push_back(Simplified(conjunct));
  std::vector<std::vector<BoundExpr>> by_table;
  for (std::uint32_t table = 0; table < outer.size(); ++table) {
    std::vector<BoundExpr> own;
    for (const BoundExpr& conjunct : outer[table]) own.push_back(Simplified(conjunct));
    std::vector<const BoundExpr*> known;
    for (const BoundExpr& conjunct : shared) known.push_back(&conjunct);
    for (const BoundExpr& conjunct : own) known.push_back(&conjunct);
    std::vector<BoundExpr> all = own.empty() ? shared : own;
    for (const EqualColumns& equal : ClassesOf(known)) AddWhatFollows(equal, table, known, all);
    by_table.push_back(std::move(all));
  }
  return by_table;
}

}  // namespace nextkey
