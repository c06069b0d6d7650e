#include "txn/read_predicate.h"

#include <algorithm>
#include <compare>

#include "engine/table.h"

namespace nextkey {
namespace {

// Refers to nothing but rows of the block's own tables that are known: those read before, and this one.
bool CanBeDecided(const BoundExpr& expression, const std::vector<Row>& rows) {
  if (expression.subquery >= 0) return false;
  if (expression.op == sql::Op::kColumn) {
    if (expression.column.depth > 0 || expression.column.table >= rows.size()) return false;
    if (rows[expression.column.table].IsEmpty()) return false;
  }
  return std::all_of(expression.args.begin(), expression.args.end(),
                     [&](const BoundExpr& arg) { return CanBeDecided(arg, rows); });
}

class PredicateTest {
 public:
  PredicateTest(const ReadPredicate& predicate, const Row& row)
      : predicate_(predicate),
        block_(predicate.plan->queries[predicate.query]),
        plan_(block_.tables[predicate.from_position]),
        index_(predicate.table->indexes[plan_.path.index]),
        tree_(*predicate.table, index_),
        row_(row),
        entry_(EntryOf(row)) {}

  RowMatch Match(const std::optional<Row>& last) const {
    const std::optional<std::size_t> range = RangeOf(entry_);
    if (!range.has_value() || (last.has_value() && IsBehind(*range, EntryOf(*last)))) return RowMatch::kNo;
    const RowMatch by_index = MatchOfAll(plan_.index_conditions);
    const RowMatch by_row = MatchOfAll(plan_.is_outer ? plan_.join_conditions : plan_.conditions);
    if (by_index == RowMatch::kNo || by_row == RowMatch::kNo) return RowMatch::kNo;
    return by_index == RowMatch::kYes ? by_row : by_index;
  }

 private:
  Row EntryOf(const Row& row) const {
    return plan_.path.index == 0 ? row : EntryFor(*predicate_.table, index_, row);
  }

  bool IsInside(const KeyRange& range, const Row& entry) const {
    if (!range.low.empty()) {
      const std::strong_ordering order = tree_.CompareToKey(entry, range.low);
      if (order < 0 || (order == 0 && !range.low_inclusive)) return false;
    }
    if (range.is_point) return tree_.CompareToKey(entry, range.low) == 0;
    if (range.high.empty()) return true;
    const std::strong_ordering order = tree_.CompareToKey(entry, range.high);
    return order < 0 || (order == 0 && range.high_inclusive);
  }

  std::optional<std::size_t> RangeOf(const Row& entry) const {
    for (std::size_t i = 0; i < predicate_.ranges.size(); ++i) {
      if (IsInside(predicate_.ranges[i], entry)) return i;
    }
    return std::nullopt;
  }

  // The cursor goes through its ranges in their order.
  bool IsBehind(std::size_t range, const Row& last) const {
    const std::size_t last_range = RangeOf(last).value_or(range);
    if (range != last_range) return range > last_range;
    const std::strong_ordering order = tree_.CompareToKey(entry_, tree_.KeyOf(last));
    return plan_.path.is_descending ? order < 0 : order > 0;
  }

  RowMatch MatchOfAll(const std::vector<BoundExpr>& conditions) const {
    std::vector<Row> rows = predicate_.rows;
    rows.resize(block_.tables.size());
    rows[predicate_.from_position] = row_;
    RowMatch match = RowMatch::kYes;
    for (const BoundExpr& condition : conditions) {
      const RowMatch one = MatchOfOne(condition, rows);
      if (one == RowMatch::kNo) return one;
      if (one == RowMatch::kUnknown) match = one;
    }
    return match;
  }

  RowMatch MatchOfOne(const BoundExpr& condition, const std::vector<Row>& rows) const {
    if (!CanBeDecided(condition, rows)) return RowMatch::kUnknown;
    UserVariables variables = predicate_.variables;
    std::vector<Warning> warnings;
    std::int64_t last_insert_id = 0;
    SessionView session;
    session.user_variables = &variables;
    session.session_variables = &predicate_.session_variables;
    session.global_variables = &predicate_.global_variables;
    session.now_us = predicate_.started_us;
    session.last_insert_id = &last_insert_id;
    session.warnings = &warnings;
    Memo memo(block_.slot_is_kept.size());
    const Evaluated answer = Evaluate(condition, RowView{rows, {}, nullptr, nullptr}, session, memo);
    const auto* value = std::get_if<Value>(&answer);
    if (value == nullptr) return RowMatch::kUnknown;
    return IsTrue(*value) ? RowMatch::kYes : RowMatch::kNo;
  }

  const ReadPredicate& predicate_;
  const QueryPlan& block_;
  const TablePlan& plan_;
  const IndexDef& index_;
  const IndexTree tree_;
  const Row& row_;
  const Row entry_;
};

}  // namespace

RowMatch MatchOf(const ReadPredicate& predicate, const Row& row, const std::optional<Row>& last) {
  if (row.IsEmpty()) return RowMatch::kNo;
  const TableDef& table = *predicate.table;
  const std::size_t columns = table.columns.size() + (table.HasHiddenRowId() ? 1 : 0);
  if (row.size() != columns) return RowMatch::kUnknown;  // Of the table before or after an ALTER TABLE.
  return PredicateTest(predicate, row).Match(last);
}

}  // namespace nextkey
