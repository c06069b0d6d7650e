#include "txn/range_tree.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/column_type.h"

namespace nextkey {
namespace {

using sql::Op;

// More points than this are not worth the work.
constexpr std::size_t kMostIntervals = 1000;

// --- Sets of values of one column -----------------------------------------------------------------------

class SetAlgebra {
 public:
  explicit SetAlgebra(Collation collation) : collation_(collation) {}

  ValueSet Intersect(const ValueSet& a, const ValueSet& b) const;
  ValueSet Unite(const ValueSet& a, const ValueSet& b) const;

 private:
  std::strong_ordering Compare(const Value& a, const Value& b) const {
    return Value::CompareStored(a, b, collation_);
  }
  bool StartsBefore(const std::optional<ValueBound>& a, const std::optional<ValueBound>& b) const;
  bool EndsBefore(const std::optional<ValueBound>& a, const std::optional<ValueBound>& b) const;
  // A high end that leaves something, or nothing but a point, behind a low one.
  bool Meets(const std::optional<ValueBound>& low, const std::optional<ValueBound>& high) const;
  bool Touches(const std::optional<ValueBound>& high, const std::optional<ValueBound>& low) const;

  Collation collation_;
};

bool SetAlgebra::StartsBefore(const std::optional<ValueBound>& a, const std::optional<ValueBound>& b) const {
  if (!a.has_value() || !b.has_value()) return !a.has_value() && b.has_value();
  const auto order = Compare(a->value, b->value);
  return order < 0 || (order == 0 && a->is_inclusive && !b->is_inclusive);
}

bool SetAlgebra::EndsBefore(const std::optional<ValueBound>& a, const std::optional<ValueBound>& b) const {
  if (!a.has_value() || !b.has_value()) return a.has_value();
  const auto order = Compare(a->value, b->value);
  return order < 0 || (order == 0 && !a->is_inclusive && b->is_inclusive);
}

bool SetAlgebra::Meets(const std::optional<ValueBound>& low, const std::optional<ValueBound>& high) const {
  if (!low.has_value() || !high.has_value()) return true;
  const auto order = Compare(low->value, high->value);
  return order < 0 || (order == 0 && low->is_inclusive && high->is_inclusive);
}

bool SetAlgebra::Touches(const std::optional<ValueBound>& high, const std::optional<ValueBound>& low) const {
  if (!low.has_value() || !high.has_value()) return true;
  const auto order = Compare(low->value, high->value);
  return order < 0 || (order == 0 && (low->is_inclusive || high->is_inclusive));
}

ValueSet SetAlgebra::Intersect(const ValueSet& a, const ValueSet& b) const {
  ValueSet both;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    ValueInterval common{StartsBefore(a[i].low, b[j].low) ? b[j].low : a[i].low,
                         EndsBefore(a[i].high, b[j].high) ? a[i].high : b[j].high};
    if (Meets(common.low, common.high)) both.push_back(std::move(common));
    if (EndsBefore(a[i].high, b[j].high)) {
      ++i;
    } else {
      ++j;
    }
  }
  return both;
}

ValueSet SetAlgebra::Unite(const ValueSet& a, const ValueSet& b) const {
  ValueSet all = a;
  all.insert(all.end(), b.begin(), b.end());
  std::stable_sort(all.begin(), all.end(), [this](const ValueInterval& x, const ValueInterval& y) {
    return StartsBefore(x.low, y.low);
  });
  ValueSet united;
  for (ValueInterval& interval : all) {
    if (!united.empty() && Touches(united.back().high, interval.low)) {
      if (EndsBefore(united.back().high, interval.high)) united.back().high = std::move(interval.high);
    } else {
      united.push_back(std::move(interval));
    }
  }
  return united;
}

// --- From conditions to sets ----------------------------------------------------------------------------

class TreeMaker {
 public:
  TreeMaker(const TableDef& table, std::uint32_t position, const KnownValue& known)
      : table_(table), position_(position), known_(known) {}

  std::optional<RangeTree> Make(const BoundExpr& condition) const;
  std::optional<RangeTree> All(const std::vector<BoundExpr>& conditions) const;

 private:
  std::optional<RangeTree> Any(const std::vector<BoundExpr>& conditions) const;
  std::optional<RangeTree> Negated(const BoundExpr& condition) const;
  std::optional<std::uint32_t> OwnColumn(const BoundExpr& expression) const;
  SetAlgebra AlgebraOf(std::uint32_t column) const {
    return SetAlgebra(table_.columns[column].type.collation);
  }
  const ColumnDef& ColumnAt(std::uint32_t column) const { return table_.columns[column]; }

  // `column op value`; nullopt where an index is of no use.
  std::optional<ValueSet> Compared(std::uint32_t column, Op op, const BoundExpr& key) const;
  std::optional<ValueSet> ListOf(std::uint32_t column, const BoundExpr& in) const;
  std::optional<ValueSet> Like(std::uint32_t column, const BoundExpr& like) const;
  ValueSet NotNull(std::uint32_t column) const;
  bool IsUniqueAlone(std::uint32_t column) const;
  ValueSet Beside(std::uint32_t column, const ValueSet& points) const;
  static std::optional<RangeTree> Of(std::uint32_t column, std::optional<ValueSet> set);

  const TableDef& table_;
  const std::uint32_t position_;
  const KnownValue& known_;
};

std::optional<RangeTree> TreeMaker::Of(std::uint32_t column, std::optional<ValueSet> set) {
  if (!set.has_value()) return std::nullopt;
  RangeTree tree;
  tree.columns.emplace(column, *std::move(set));
  return tree;
}

std::optional<std::uint32_t> TreeMaker::OwnColumn(const BoundExpr& expression) const {
  const bool is_own = expression.op == Op::kColumn && expression.column.depth == 0 &&
                      expression.column.table == position_ &&
                      expression.column.column < table_.columns.size();
  return is_own ? std::optional(expression.column.column) : std::nullopt;
}

ValueSet TreeMaker::NotNull(std::uint32_t column) const {
  if (!ColumnAt(column).is_nullable) return {{std::nullopt, std::nullopt}};
  return {{ValueBound{Value::Null(), false}, std::nullopt}};
}

// To leave out single rows is not worth a range (is_field_an_unique_index).
bool TreeMaker::IsUniqueAlone(std::uint32_t column) const {
  return std::any_of(table_.indexes.begin(), table_.indexes.end(), [column](const IndexDef& index) {
    return index.is_unique && index.parts.size() == 1 && index.parts[0].column == column;
  });
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

std::optional<ValueSet> TreeMaker::Compared(std::uint32_t column, Op op, const BoundExpr& key) const {
  const ColumnDef& def = ColumnAt(column);
  const std::optional<Value> value = known_(key);
  if (!value.has_value()) return std::nullopt;
  if (value->IsNull()) {
    if (op == Op::kNullSafeEqual && def.is_nullable) {
      return ValueSet{{ValueBound{Value::Null()}, ValueBound{Value::Null()}}};
    }
    return ValueSet{};
  }
  // A number compared with a text column compares as numbers: the index's order is of no use.
  if (IsText(def.type) && value->IsNumber()) return std::nullopt;
  const auto stored = StoreInto(def.type, *value);
  const Value* kept = std::get_if<Value>(&stored);
  if (kept == nullptr) return std::nullopt;
  const auto order = CompareSql(*kept, *value, def.type.collation);
  const bool is_same = order == std::strong_ordering::equal;
  if (op == Op::kEqual || op == Op::kNullSafeEqual) {
    return is_same ? ValueSet{{ValueBound{*kept}, ValueBound{*kept}}} : ValueSet{};
  }
  ValueBound bound{*kept, op == Op::kGreaterEqual || op == Op::kLessEqual};
  // A bound that falls between two values of the column (id < 2.5) is rounded by the column, and only at the
  // lower end the server sees to what that lets in (stored_field_cmp_to_item).
  const bool is_low = op == Op::kGreater || op == Op::kGreaterEqual;
  if (!is_same) bound.is_inclusive = !is_low || order == std::strong_ordering::greater;
  ValueInterval interval = NotNull(column).front();
  (is_low ? interval.low : interval.high) = std::move(bound);
  return ValueSet{std::move(interval)};
}

std::optional<ValueSet> TreeMaker::ListOf(std::uint32_t column, const BoundExpr& in) const {
  ValueSet points;
  if (in.args.size() > kMostIntervals) return std::nullopt;
  for (std::size_t i = 1; i < in.args.size(); ++i) {
    std::optional<ValueSet> point = Compared(column, Op::kEqual, in.args[i]);
    if (!point.has_value()) return std::nullopt;
    points.insert(points.end(), point->begin(), point->end());
  }
  return AlgebraOf(column).Unite(points, {});
}

// All values but the points.
ValueSet TreeMaker::Beside(std::uint32_t column, const ValueSet& points) const {
  ValueSet rest;
  ValueInterval open = NotNull(column).front();
  for (const ValueInterval& point : points) {
    rest.push_back({open.low, ValueBound{point.low->value, false}});
    open.low = ValueBound{point.low->value, false};
  }
  rest.push_back(open);
  return rest;
}

// `LIKE 'ab%'` lies between 'ab' and 'ab' followed by the greatest characters.
std::optional<ValueSet> TreeMaker::Like(std::uint32_t column, const BoundExpr& like) const {
  const ColumnDef& def = ColumnAt(column);
  if (!IsText(def.type) || like.args.size() > 2) return std::nullopt;
  const std::optional<Value> pattern = known_(like.args[1]);
  if (!pattern.has_value() || pattern->kind() != ValueKind::kText) return std::nullopt;
  std::string start;
  bool is_open = false;
  for (std::size_t i = 0; i < pattern->AsText().size() && !is_open; ++i) {
    char c = pattern->AsText()[i];
    is_open = c == '%' || c == '_';
    if (c == '\\' && i + 1 < pattern->AsText().size()) c = pattern->AsText()[++i];
    if (!is_open) start.push_back(c);
  }
  if (start.empty()) return std::nullopt;
  const Value low = Value::Text(start);
  if (!is_open) return ValueSet{{ValueBound{low}, ValueBound{low}}};
  // Characters below the space sort before the bare beginning, which counts as padded with spaces.
  const Value least = Value::Text(start + std::string(def.type.length, '\0'));
  const char* greatest = def.type.collation == Collation::kBin ? "\xF4\x8F\xBF\xBF" : "\xEF\xBF\xBF";
  for (std::uint32_t i = 0; i < def.type.length; ++i) start += greatest;
  return ValueSet{{ValueBound{least}, ValueBound{Value::Text(start)}}};
}

std::optional<RangeTree> TreeMaker::Negated(const BoundExpr& condition) const {
  if (condition.op == Op::kNot) return Make(condition.args[0]);
  if (condition.args.empty()) return std::nullopt;
  const std::optional<std::uint32_t> column = OwnColumn(condition.args[0]);
  if (!column.has_value()) return std::nullopt;
  if (condition.op == Op::kIsNull && ColumnAt(*column).is_nullable) return Of(*column, NotNull(*column));
  if (condition.op == Op::kIn) {
    const std::optional<ValueSet> points = IsUniqueAlone(*column) ? std::nullopt : ListOf(*column, condition);
    return points.has_value() ? Of(*column, Beside(*column, *points)) : std::nullopt;
  }
  if (condition.op == Op::kBetween) {
    const std::optional<ValueSet> below = Compared(*column, Op::kLess, condition.args[1]);
    const std::optional<ValueSet> above = Compared(*column, Op::kGreater, condition.args[2]);
    if (!below.has_value() || !above.has_value()) return std::nullopt;
    return Of(*column, AlgebraOf(*column).Unite(*below, *above));
  }
  return std::nullopt;
}

std::optional<RangeTree> TreeMaker::Make(const BoundExpr& condition) const {
  if (condition.op == Op::kAnd) return All(condition.args);
  if (condition.op == Op::kOr) return Any(condition.args);
  if (condition.op == Op::kNot) return Negated(condition.args[0]);
  if (condition.args.empty()) return std::nullopt;
  std::optional<std::uint32_t> column = OwnColumn(condition.args[0]);
  const bool is_comparison = condition.op >= Op::kEqual && condition.op <= Op::kGreaterEqual;
  if (is_comparison && condition.args.size() == 2) {
    const bool is_mirrored = !column.has_value();
    if (is_mirrored) column = OwnColumn(condition.args[1]);
    if (!column.has_value()) return std::nullopt;
    const BoundExpr& key = condition.args[is_mirrored ? 0 : 1];
    if (condition.op == Op::kNotEqual) {
      if (IsUniqueAlone(*column)) return std::nullopt;
      const std::optional<ValueSet> point = Compared(*column, Op::kEqual, key);
      return point.has_value() && !point->empty() ? Of(*column, Beside(*column, *point)) : std::nullopt;
    }
    return Of(*column, Compared(*column, is_mirrored ? Mirrored(condition.op) : condition.op, key));
  }
  if (!column.has_value()) return std::nullopt;
  if (condition.op == Op::kIn) return Of(*column, ListOf(*column, condition));
  if (condition.op == Op::kLike) return Of(*column, Like(*column, condition));
  if (condition.op == Op::kIsNull && ColumnAt(*column).is_nullable) {
    return Of(*column, ValueSet{{ValueBound{Value::Null()}, ValueBound{Value::Null()}}});
  }
  if (condition.op == Op::kBetween) {
    const std::optional<ValueSet> from = Compared(*column, Op::kGreaterEqual, condition.args[1]);
    const std::optional<ValueSet> to = Compared(*column, Op::kLessEqual, condition.args[2]);
    if (!from.has_value() || !to.has_value()) return Of(*column, from.has_value() ? from : to);
    return Of(*column, AlgebraOf(*column).Intersect(*from, *to));
  }
  return std::nullopt;
}

std::optional<RangeTree> TreeMaker::All(const std::vector<BoundExpr>& conditions) const {
  std::optional<RangeTree> all;
  for (const BoundExpr& condition : conditions) {
    std::optional<RangeTree> tree = Make(condition);
    if (!tree.has_value()) continue;
    if (!all.has_value()) {
      all = std::move(tree);
      continue;
    }
    for (auto& [column, set] : tree->columns) {
      const auto [known, is_new] = all->columns.try_emplace(column, set);
      if (!is_new) known->second = AlgebraOf(column).Intersect(known->second, set);
    }
  }
  return all;
}

std::optional<RangeTree> TreeMaker::Any(const std::vector<BoundExpr>& conditions) const {
  std::optional<RangeTree> any;
  for (const BoundExpr& condition : conditions) {
    std::optional<RangeTree> tree = Make(condition);
    if (!tree.has_value()) return std::nullopt;
    if (tree->IsImpossible()) continue;
    if (!any.has_value()) {
      any = std::move(tree);
      continue;
    }
    std::map<std::uint32_t, ValueSet> common;
    for (auto& [column, set] : tree->columns) {
      const auto known = any->columns.find(column);
      if (known == any->columns.end()) continue;
      ValueSet united = AlgebraOf(column).Unite(known->second, set);
      const bool is_all = !united.empty() && !united[0].low.has_value() && !united[0].high.has_value();
      if (!is_all) common[column] = std::move(united);
    }
    any->columns = std::move(common);
    if (any->columns.empty()) return std::nullopt;
  }
  if (any.has_value() || conditions.empty()) return any;
  return Make(conditions[0]);  // All of them are impossible.
}

// --- From sets to the ranges of an index ----------------------------------------------------------------

class RangeProduct {
 public:
  RangeProduct(const TableDef& table, const IndexDef& index, const std::vector<std::uint32_t>& columns,
               const RangeTree& tree)
      : table_(table), index_(index), columns_(columns), tree_(tree) {}

  IndexRanges Run() {
    Extend(0, {});
    return std::move(result_);
  }

 private:
  const ValueSet* SetAt(std::size_t part) const {
    if (part >= columns_.size()) return nullptr;
    const auto found = tree_.columns.find(columns_[part]);
    return found == tree_.columns.end() ? nullptr : &found->second;
  }
  bool IsDescending(std::size_t part) const {
    return part < index_.parts.size() && index_.parts[part].is_descending;
  }
  bool IsPoint(std::size_t part, const ValueInterval& interval) const {
    return interval.low.has_value() && interval.high.has_value() && interval.low->is_inclusive &&
           interval.high->is_inclusive &&
           Value::CompareStored(interval.low->value, interval.high->value,
                                table_.columns[columns_[part]].type.collation) == 0;
  }
  void Extend(std::size_t part, const KeyValues& prefix);
  void AddRange(std::size_t part, const KeyValues& prefix, const ValueInterval& interval);
  // An end that is reached goes on with the same end of the next part.
  void Lengthen(std::size_t part, bool is_low, KeyValues& key, bool& is_inclusive);

  const TableDef& table_;
  const IndexDef& index_;
  const std::vector<std::uint32_t>& columns_;
  const RangeTree& tree_;
  IndexRanges result_;
};

void RangeProduct::Lengthen(std::size_t part, bool is_low, KeyValues& key, bool& is_inclusive) {
  for (; is_inclusive; ++part) {
    const ValueSet* set = SetAt(part);
    if (set == nullptr || set->empty()) return;
    const bool wants_low = is_low != IsDescending(part);
    const std::optional<ValueBound>& bound = wants_low ? set->front().low : set->back().high;
    if (!bound.has_value()) return;
    key.push_back(bound->value);
    is_inclusive = bound->is_inclusive;
    result_.parts = std::max(result_.parts, static_cast<std::uint32_t>(part + 1));
  }
}

void RangeProduct::AddRange(std::size_t part, const KeyValues& prefix, const ValueInterval& interval) {
  KeyRange range{prefix, prefix, true, true, false};
  const std::optional<ValueBound>& low = IsDescending(part) ? interval.high : interval.low;
  const std::optional<ValueBound>& high = IsDescending(part) ? interval.low : interval.high;
  if (low.has_value()) {
    range.low.push_back(low->value);
    range.low_inclusive = low->is_inclusive;
    Lengthen(part + 1, true, range.low, range.low_inclusive);
  }
  if (high.has_value()) {
    range.high.push_back(high->value);
    range.high_inclusive = high->is_inclusive;
    Lengthen(part + 1, false, range.high, range.high_inclusive);
  }
  result_.ranges.push_back(std::move(range));
}

void RangeProduct::Extend(std::size_t part, const KeyValues& prefix) {
  const ValueSet* set = result_.ranges.size() > kMostIntervals ? nullptr : SetAt(part);
  if (set == nullptr) {
    if (part > 0) result_.ranges.push_back({prefix, prefix, true, true, true});
    return;
  }
  result_.parts = std::max(result_.parts, static_cast<std::uint32_t>(part + 1));
  const auto add = [&](const ValueInterval& interval) {
    if (!IsPoint(part, interval)) return AddRange(part, prefix, interval);
    KeyValues longer = prefix;
    longer.push_back(interval.low->value);
    Extend(part + 1, longer);
  };
  if (IsDescending(part)) {
    std::for_each(set->rbegin(), set->rend(), add);
  } else {
    std::for_each(set->begin(), set->end(), add);
  }
}

}  // namespace

bool RangeTree::IsImpossible() const {
  return std::any_of(columns.begin(), columns.end(),
                     [](const auto& column) { return column.second.empty(); });
}

std::optional<RangeTree> MakeRangeTree(const TableDef& table, std::uint32_t table_position,
                                       const std::vector<BoundExpr>& conjuncts, const KnownValue& known) {
  return TreeMaker(table, table_position, known).All(conjuncts);
}

IndexRanges RangesOfIndex(const TableDef& table, const IndexDef& index,
                          const std::vector<std::uint32_t>& columns, const RangeTree& tree) {
  return RangeProduct(table, index, columns, tree).Run();
}

}  // namespace nextkey
