#include "txn/scan_ranges.h"

#include <algorithm>
#include <utility>

#include "engine/column_type.h"
#include "txn/query.h"

namespace nextkey {
namespace {

using sql::Op;

struct Bound {
  Value value;
  bool is_inclusive = true;
};

// What one key part's conditions come to: a list of points, or a low and a high bound.
struct PartValues {
  bool is_points = false;
  KeyValues points;
  std::optional<Bound> low;
  std::optional<Bound> high;
};

bool IsPointCondition(Op op) {
  return op == Op::kEqual || op == Op::kIn || op == Op::kIsNull || op == Op::kNullSafeEqual;
}

class RangeMaker {
 public:
  RangeMaker(Turn& turn, std::uint32_t query, const TablePlan& table)
      : turn_(turn),
        query_(query),
        plan_(table),
        def_(*table.table.def),
        index_(def_.indexes[table.path.index]) {}

  Progress Run(KeyRanges& ranges);

 private:
  // Behind a secondary index's own columns come the clustered key's.
  const ColumnDef& ColumnOf(std::size_t part) const {
    const bool is_own = part < index_.parts.size();
    return def_.columns[is_own ? index_.parts[part].column : index_.stored_columns[part]];
  }

  Progress Read(std::size_t part, PartValues& values);
  void AddPoint(const ColumnDef& column, Op op, const Value& value, PartValues& values) const;
  void ZeroFor(const ColumnDef& column, Value& value) const;
  // False when nothing can fulfil it.
  bool Narrow(const ColumnDef& column, Op op, const Value& value, PartValues& values) const;
  void SortPoints(std::size_t part, KeyValues& points) const;
  bool IsPossible(std::size_t part, const PartValues& values) const;

  Turn& turn_;
  std::uint32_t query_;
  const TablePlan& plan_;
  const TableDef& def_;
  const IndexDef& index_;
};

void RangeMaker::AddPoint(const ColumnDef& column, Op op, const Value& value, PartValues& values) const {
  if (value.IsNull()) {
    if (op == Op::kIsNull || op == Op::kNullSafeEqual) values.points.push_back(value);
    return;
  }
  const auto stored = StoreInto(column.type, value);
  const Value* kept = std::get_if<Value>(&stored);
  if (kept == nullptr || CompareSql(*kept, value, column.type.collation) != std::strong_ordering::equal)
    return;
  values.points.push_back(*kept);
}

// The key of a table that is read before anything is decided is put together even from a NULL: a column that
// can't be NULL then gets its type's zero.
void RangeMaker::ZeroFor(const ColumnDef& column, Value& value) const {
  if (column.is_nullable) return;
  const TypeKind kind = column.type.kind;
  const bool is_text = kind == TypeKind::kChar || kind == TypeKind::kVarchar || kind == TypeKind::kText;
  const auto stored = StoreInto(column.type, is_text ? Value::Text("") : Value::Int(0));
  if (const Value* zero = std::get_if<Value>(&stored)) value = *zero;
}

bool RangeMaker::Narrow(const ColumnDef& column, Op op, const Value& value, PartValues& values) const {
  if (value.IsNull()) return false;
  const bool is_low = op == Op::kGreater || op == Op::kGreaterEqual;
  Bound bound{value, op == Op::kGreaterEqual || op == Op::kLessEqual};
  const auto stored = StoreInto(column.type, value);
  const Value* kept = std::get_if<Value>(&stored);
  if (kept == nullptr) return true;  // The condition itself decides, row by row.
  // A bound that falls between two values of the column (id < 2.5) is rounded by the column, as in
  // range_tree.cc.
  const auto order = CompareSql(*kept, value, column.type.collation);
  if (order != std::strong_ordering::equal)
    bound.is_inclusive = !is_low || order == std::strong_ordering::greater;
  bound.value = *kept;
  std::optional<Bound>& side = is_low ? values.low : values.high;
  if (side.has_value()) {
    const auto compared = Value::CompareStored(bound.value, side->value, column.type.collation);
    const bool is_tighter = is_low ? compared > 0 : compared < 0;
    if (!is_tighter && !(compared == 0 && !bound.is_inclusive)) return true;
  }
  side = std::move(bound);
  return true;
}

void RangeMaker::SortPoints(std::size_t part, KeyValues& points) const {
  const ColumnDef& column = ColumnOf(part);
  const bool is_descending = part < index_.parts.size() && index_.parts[part].is_descending;
  std::stable_sort(points.begin(), points.end(), [&](const Value& a, const Value& b) {
    const auto order = Value::CompareStored(a, b, column.type.collation);
    return is_descending ? order > 0 : order < 0;
  });
  const auto end = std::unique(points.begin(), points.end(), [&](const Value& a, const Value& b) {
    return Value::CompareStored(a, b, column.type.collation) == 0;
  });
  points.erase(end, points.end());
}

// `id > 5 AND id <= 5` has no place in the index: the server finds that out before it reads anything.
bool RangeMaker::IsPossible(std::size_t part, const PartValues& values) const {
  if (!values.low.has_value() || !values.high.has_value()) return true;
  const auto order =
      Value::CompareStored(values.low->value, values.high->value, ColumnOf(part).type.collation);
  return order < 0 || (order == 0 && values.low->is_inclusive && values.high->is_inclusive);
}

Progress RangeMaker::Read(std::size_t part, PartValues& values) {
  const ColumnDef& column = ColumnOf(part);
  for (const KeyCondition& condition : plan_.path.conditions[part]) {
    const bool is_points = IsPointCondition(condition.op);
    if (is_points && values.is_points) continue;  // The first list is the path; the rest are conditions.
    if (is_points) values.is_points = true;
    if (condition.op == Op::kIsNull) AddPoint(column, condition.op, Value::Null(), values);
    for (const BoundExpr& key : condition.keys) {
      Value value;
      const Progress progress = EvaluateIn(turn_, query_, key, value);
      if (progress != Progress::kDone) return progress;
      if (value.IsNull() && plan_.path.kind == AccessKind::kConst && key.op == Op::kColumn &&
          key.column.depth == 0)
        ZeroFor(column, value);
      if (is_points) {
        AddPoint(column, condition.op, value, values);
      } else if (!Narrow(column, condition.op, value, values)) {
        values.is_points = true;  // An empty list of points.
      }
    }
  }
  if (values.is_points) SortPoints(part, values.points);
  return Progress::kDone;
}

Progress RangeMaker::Run(KeyRanges& ranges) {
  if (plan_.path.ranges.has_value()) {
    ranges = *plan_.path.ranges;
    if (plan_.path.is_descending) std::reverse(ranges.begin(), ranges.end());
    return Progress::kDone;
  }
  absl::InlinedVector<KeyValues, 1> prefixes(1);
  ranges.clear();
  const std::size_t parts = plan_.path.conditions.size();
  for (std::size_t part = 0; part < parts; ++part) {
    PartValues values;
    const Progress progress = Read(part, values);
    if (progress != Progress::kDone) return progress;
    if (!values.is_points) {
      for (const KeyValues& prefix : prefixes) {
        KeyRange range{prefix, prefix, true, true, false};
        if (values.low.has_value()) {
          range.low.push_back(values.low->value);
          range.low_inclusive = values.low->is_inclusive;
        } else if (values.high.has_value() && ColumnOf(part).is_nullable) {
          range.low.push_back(Value::Null());  // NULL is below nothing: `v < 5` begins behind the NULLs.
          range.low_inclusive = false;
        }
        if (values.high.has_value()) {
          range.high.push_back(values.high->value);
          range.high_inclusive = values.high->is_inclusive;
        }
        // `>= 20 AND <= 20` is read as `= 20` (HA_READ_KEY_EXACT for a range of one key).
        range.is_point = values.low.has_value() && values.high.has_value() && range.low == range.high;
        if (IsPossible(part, values)) ranges.push_back(std::move(range));
      }
      break;
    }
    absl::InlinedVector<KeyValues, 1> longer;
    for (const KeyValues& prefix : prefixes) {
      for (const Value& point : values.points) {
        longer.push_back(prefix);
        longer.back().push_back(point);
      }
    }
    prefixes = std::move(longer);
    if (part + 1 == parts) {
      for (const KeyValues& prefix : prefixes) ranges.push_back({prefix, prefix, true, true, true});
    }
  }
  if (parts == 0) ranges.push_back({{}, {}, true, true, false});
  if (plan_.path.is_descending) std::reverse(ranges.begin(), ranges.end());
  return Progress::kDone;
}

}  // namespace

Progress MakeRanges(Turn& turn, std::uint32_t query, const TablePlan& table, KeyRanges& ranges) {
  return RangeMaker(turn, query, table).Run(ranges);
}

}  // namespace nextkey
