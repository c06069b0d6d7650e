#include "txn/access_path.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "txn/key_length.h"

namespace nextkey {
namespace {

using sql::Op;

bool IsRangeOp(Op op) {
  return op == Op::kLess || op == Op::kLessEqual || op == Op::kGreater || op == Op::kGreaterEqual;
}

Op Mirrored(Op op) {
  switch (op) {
    case Op::kLess:
      return Op::kGreater;
    case Op::kLessEqual:
      return Op::kGreaterEqual;
    case Op::kGreater:
      return Op::kLess;
    case Op::kGreaterEqual:
      return Op::kLessEqual;
    default:
      return op;
  }
}

bool IsSameLiteral(const BoundExpr& a, const BoundExpr& b) {
  return a.op == Op::kLiteral && b.op == Op::kLiteral && a.literal == b.literal;
}

class Chooser {
 public:
  explicit Chooser(const AccessQuestion& question) : q_(question), def_(*question.table->def) {}

  AccessAnswer Choose();

 private:
  struct Candidate {
    AccessPath path;
    std::size_t equal_parts = 0;
    bool has_list = false;  // IN, or IS NULL.
    bool has_range = false;
    bool is_constant = true;  // All keys are known before any table is read.
  };

  bool IsOwnColumn(const BoundExpr& expression, std::uint32_t column) const {
    return expression.op == Op::kColumn && expression.column.depth == 0 &&
           expression.column.table == q_.table_position && expression.column.column == column;
  }
  // It can be evaluated before this table has a row.
  bool IsKnown(const BoundExpr& expression, bool& is_constant) const;
  bool FitsColumn(std::uint32_t column, const BoundExpr& key) const;
  void ConditionsOn(std::uint32_t column, std::vector<KeyCondition>& conditions, bool& is_constant) const;
  bool ListOf(const BoundExpr& disjunction, std::uint32_t column, std::vector<BoundExpr>& keys) const;
  Candidate Examine(std::uint32_t index) const;
  std::vector<std::uint32_t> AllowedIndexes(bool& is_forced) const;
  bool IsCovering(std::uint32_t index) const;
  bool IsClusteredKeyEnough() const;
  // 0: the index does not give the wanted order; 1: it does; -1: read backwards it does.
  int OrderBy(const AccessPath& path) const;
  void Finish(AccessPath& path, AccessAnswer& answer) const;

  const AccessQuestion& q_;
  const TableDef& def_;
};

bool Chooser::IsKnown(const BoundExpr& expression, bool& is_constant) const {
  std::vector<bool> tables(q_.available.size());
  CollectTables(expression, tables);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (!tables[i]) continue;
    if (!q_.available[i]) return false;
    is_constant = false;
  }
  return true;
}

// A number compared with a text column compares as numbers: the index's order is of no use.
bool Chooser::FitsColumn(std::uint32_t column, const BoundExpr& key) const {
  const TypeKind kind = def_.columns[column].type.kind;
  const bool is_text = kind == TypeKind::kChar || kind == TypeKind::kVarchar || kind == TypeKind::kText;
  if (!is_text) return true;
  if (key.op == Op::kLiteral) return !key.literal.IsNumber();
  if (key.op == Op::kColumn) {
    const TypeKind other = key.column_type.kind;
    return other == TypeKind::kChar || other == TypeKind::kVarchar || other == TypeKind::kText;
  }
  return true;
}

// `c = 1 OR c = 2 OR c IN (3, 4)` is a list of keys.
bool Chooser::ListOf(const BoundExpr& expression, std::uint32_t column, std::vector<BoundExpr>& keys) const {
  if (expression.op == Op::kOr) {
    return std::all_of(expression.args.begin(), expression.args.end(),
                       [&](const BoundExpr& arg) { return ListOf(arg, column, keys); });
  }
  if (expression.op == Op::kEqual && expression.args.size() == 2) {
    for (std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      if (!IsOwnColumn(expression.args[side], column)) continue;
      keys.push_back(expression.args[1 - side]);
      return true;
    }
    return false;
  }
  if (expression.op == Op::kIn && IsOwnColumn(expression.args[0], column)) {
    keys.insert(keys.end(), expression.args.begin() + 1, expression.args.end());
    return true;
  }
  return false;
}

void Chooser::ConditionsOn(std::uint32_t column, std::vector<KeyCondition>& conditions,
                           bool& is_constant) const {
  const auto add = [&](Op op, std::vector<BoundExpr> keys) {
    bool keys_are_constant = is_constant;
    for (const BoundExpr& key : keys) {
      if (!FitsColumn(column, key) || !IsKnown(key, keys_are_constant)) return;
    }
    is_constant = keys_are_constant;
    conditions.push_back({op, std::move(keys)});
  };
  for (const BoundExpr& conjunct : *q_.conjuncts) {
    if (conjunct.args.size() == 2 &&
        (conjunct.op == Op::kEqual || conjunct.op == Op::kNullSafeEqual || IsRangeOp(conjunct.op))) {
      if (IsOwnColumn(conjunct.args[0], column)) {
        add(conjunct.op, {conjunct.args[1]});
      } else if (IsOwnColumn(conjunct.args[1], column)) {
        add(Mirrored(conjunct.op), {conjunct.args[0]});
      }
    } else if (conjunct.op == Op::kBetween && IsOwnColumn(conjunct.args[0], column) &&
               IsSameLiteral(conjunct.args[1], conjunct.args[2])) {
      const std::size_t before = conditions.size();
      add(Op::kEqual, {conjunct.args[1]});  // As the server rewrites it.
      if (conditions.size() > before) conditions.back().is_between = true;
    } else if (conjunct.op == Op::kBetween && IsOwnColumn(conjunct.args[0], column)) {
      add(Op::kGreaterEqual, {conjunct.args[1]});
      add(Op::kLessEqual, {conjunct.args[2]});
    } else if (conjunct.op == Op::kIsNull && IsOwnColumn(conjunct.args[0], column)) {
      conditions.push_back({Op::kIsNull, {}});
    } else if (conjunct.op == Op::kIn || conjunct.op == Op::kOr) {
      std::vector<BoundExpr> keys;
      if (ListOf(conjunct, column, keys)) add(Op::kIn, std::move(keys));
    }
  }
  // Equality first, then lists, then ranges: the first of them shapes the path.
  const auto rank = [](const KeyCondition& condition) {
    if (condition.op == Op::kEqual || condition.op == Op::kNullSafeEqual) return 0;
    return condition.op == Op::kIn || condition.op == Op::kIsNull ? 1 : 2;
  };
  std::stable_sort(conditions.begin(), conditions.end(),
                   [&](const KeyCondition& a, const KeyCondition& b) { return rank(a) < rank(b); });
}

Chooser::Candidate Chooser::Examine(std::uint32_t index) const {
  Candidate candidate;
  candidate.path.index = index;
  const IndexDef& def = def_.indexes[index];
  if (def_.HasHiddenRowId() && index == 0) return candidate;
  bool has_null = false;
  for (const KeyPart& part : def.parts) {
    std::vector<KeyCondition> conditions;
    ConditionsOn(part.column, conditions, candidate.is_constant);
    if (conditions.empty()) break;
    const Op op = conditions.front().op;
    candidate.path.conditions.push_back(std::move(conditions));
    if (IsRangeOp(op)) {
      candidate.has_range = true;
      break;
    }
    if (op == Op::kIn) candidate.has_list = true;
    if (op == Op::kIsNull || op == Op::kNullSafeEqual) has_null = true;
    ++candidate.equal_parts;
  }
  candidate.path.is_whole_unique_key =
      def.is_unique && candidate.equal_parts == def.parts.size() && !has_null;
  return candidate;
}

std::vector<std::uint32_t> Chooser::AllowedIndexes(bool& is_forced) const {
  std::vector<std::uint32_t> allowed;
  const auto names_index = [&](const sql::IndexHint& hint, std::uint32_t index) {
    return std::any_of(hint.indexes.begin(), hint.indexes.end(),
                       [&](const std::string& name) { return def_.FindIndex(name) == &def_.indexes[index]; });
  };
  for (std::uint32_t index = 0; index < def_.indexes.size(); ++index) {
    bool is_allowed = true;
    for (const sql::IndexHint& hint : *q_.hints) {
      const bool is_named = names_index(hint, index);
      if (hint.kind == sql::IndexHintKind::kIgnore ? is_named : !is_named) is_allowed = false;
      if (hint.kind != sql::IndexHintKind::kIgnore) is_forced = true;
    }
    if (is_allowed) allowed.push_back(index);
  }
  return allowed;
}

bool Chooser::IsCovering(std::uint32_t index) const {
  if (index == 0) return false;
  const std::vector<std::uint32_t>& stored = def_.indexes[index].stored_columns;
  for (std::uint32_t column = 0; column < q_.used_columns.size(); ++column) {
    if (q_.used_columns[column] && std::find(stored.begin(), stored.end(), column) == stored.end())
      return false;
  }
  return true;
}

bool Chooser::IsClusteredKeyEnough() const {
  if (def_.HasHiddenRowId()) return false;
  for (std::uint32_t column = 0; column < q_.used_columns.size(); ++column) {
    if (q_.used_columns[column] &&
        std::ranges::find(def_.indexes[0].parts, column, &KeyPart::column) == def_.indexes[0].parts.end())
      return false;
  }
  return true;
}

int Chooser::OrderBy(const AccessPath& path) const {
  if (!q_.has_order || q_.order.empty()) return 0;
  const IndexDef& def = def_.indexes[path.index];
  // Columns fixed by equality may be left out of ORDER BY.
  std::size_t part = 0;
  int direction = 0;
  std::vector<std::uint32_t> columns;
  for (std::uint32_t position : def.key_positions)
    columns.push_back(def.stored_columns.empty() ? position : def.stored_columns[position]);
  const auto is_fixed = [&](std::size_t at) {
    return at < path.conditions.size() && path.conditions[at].front().op == Op::kEqual;
  };
  // A column that BETWEEN fixes falls out of ORDER BY, but its part of the index is not known to be constant.
  const auto is_fixed_by_between = [&](std::uint32_t column) {
    for (std::size_t at = 0; at < path.conditions.size() && at < columns.size(); ++at) {
      if (columns[at] == column && is_fixed(at) && path.conditions[at].front().is_between) return true;
    }
    return false;
  };
  for (const KeyPart& wanted : q_.order) {
    if (is_fixed_by_between(wanted.column)) continue;
    while (part < columns.size() && columns[part] != wanted.column && is_fixed(part) &&
           !path.conditions[part].front().is_between)
      ++part;
    if (part >= columns.size() || columns[part] != wanted.column) return 0;
    const bool index_descends = part < def.parts.size() && def.parts[part].is_descending;
    const int step = wanted.is_descending == index_descends ? 1 : -1;
    if (!is_fixed(part)) {
      if (direction != 0 && direction != step) return 0;
      direction = step;
    }
    ++part;
  }
  return direction == 0 ? 1 : direction;
}

void Chooser::Finish(AccessPath& path, AccessAnswer& answer) const {
  path.is_covering = !q_.is_change && IsCovering(path.index);
  const int order = OrderBy(path);
  // Lists on the first of several parts are read in key order, too.
  answer.gives_order = order != 0;
  path.is_descending = order < 0;
  const bool is_equality_alone = path.kind == AccessKind::kConst || path.kind == AccessKind::kRef;
  path.has_index_condition = !q_.is_change && path.index != 0 && !path.is_covering && !path.is_descending &&
                             path.kind == AccessKind::kRange && !is_equality_alone;
  answer.path = std::move(path);
}

AccessAnswer Chooser::Choose() {
  AccessAnswer answer;
  bool is_forced = false;
  const std::vector<std::uint32_t> allowed = AllowedIndexes(is_forced);
  const Candidate* best = nullptr;
  int best_rank = 100;
  std::vector<Candidate> candidates;
  candidates.reserve(allowed.size());
  for (std::uint32_t index : allowed) {
    Candidate candidate = Examine(index);
    if (candidate.path.conditions.empty()) continue;
    candidates.push_back(std::move(candidate));
    Candidate& c = candidates.back();
    const bool is_equality = !c.has_list && !c.has_range;
    int rank = 0;
    if (c.path.is_whole_unique_key && is_equality) {
      c.path.kind = c.is_constant && !q_.is_change ? AccessKind::kConst
                                                   : (q_.is_change ? AccessKind::kRange : AccessKind::kRef);
      rank = index == 0 ? 0 : 1;
    } else if (c.equal_parts > 0 && is_equality) {
      const bool is_null_search = c.path.conditions.front().front().op == Op::kIsNull;
      c.path.kind = q_.is_change && c.is_constant ? AccessKind::kRange : AccessKind::kRef;
      if (is_null_search && !q_.is_change) c.path.kind = AccessKind::kRange;
      rank = index == 0 ? 2 : 3;
    } else {
      c.path.kind = AccessKind::kRange;
      rank = index == 0 ? 4 : 5;
    }
    if (rank < best_rank || (rank == best_rank && best != nullptr && c.equal_parts > best->equal_parts)) {
      best = &c;
      best_rank = rank;
    }
  }
  if (best != nullptr) {
    AccessPath path = best->path;
    Finish(path, answer);
    return answer;
  }
  // No condition helps: the order wanted, a covering index, or the whole table.
  for (std::uint32_t index : allowed) {
    if (index != 0 && !(is_forced || (IsCovering(index) && !q_.is_change))) continue;
    if (index == 0 && def_.HasHiddenRowId()) continue;
    AccessPath path;
    path.index = index;
    path.kind = AccessKind::kIndex;
    if (OrderBy(path) == 0) continue;
    Finish(path, answer);
    return answer;
  }
  // Of the covering ones the shortest (find_shortest_key); the clustered index takes part where its key is
  // enough.
  AccessPath path;
  std::uint32_t shortest = std::numeric_limits<std::uint32_t>::max();
  for (std::uint32_t index : allowed) {
    if (q_.is_change || !(index == 0 ? IsClusteredKeyEnough() : IsCovering(index))) continue;
    if (ScannedBytes(def_, index) >= shortest) continue;
    shortest = ScannedBytes(def_, index);
    path.index = index;
    path.kind = index == 0 ? AccessPath().kind : AccessKind::kIndex;
  }
  Finish(path, answer);
  return answer;
}

}  // namespace

void CollectTables(const BoundExpr& expression, std::vector<bool>& tables) {
  if ((expression.op == Op::kColumn || expression.op == Op::kDefault) && expression.column.depth == 0 &&
      expression.column.table < tables.size() && expression.op == Op::kColumn) {
    tables[expression.column.table] = true;
  }
  if (expression.subquery >= 0 && expression.is_correlated) std::fill(tables.begin(), tables.end(), true);
  for (const BoundExpr& arg : expression.args) CollectTables(arg, tables);
}

AccessAnswer ChooseAccess(const AccessQuestion& question) { return Chooser(question).Choose(); }

}  // namespace nextkey
