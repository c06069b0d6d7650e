// Whether an index gives the rows in ORDER BY's order, and whether reading it for that is worth while.
//
// An index that does not cover is read in its order only where LIMIT stops the scan early enough. Source:
// MariaDB 10.11, sql/sql_select.cc (test_if_skip_sort_order, test_if_cheaper_ordering, test_if_order_by_key,
// test_if_subkey), sql/sql_update.cc and sql_delete.cc (get_index_for_order).

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "txn/access_path.h"

namespace nextkey {

using sql::Op;

namespace {

constexpr double kCostMargin = 0.001;

}  // namespace

bool AccessChooser::IsConstantColumn(std::uint32_t column) const {
  bool is_constant = true;
  const std::optional<KeyCondition> equality =
      EqualityOn(column, std::vector<bool>(q_.table_count), is_constant);
  return equality.has_value() && is_constant;
}

// `c BETWEEN a AND a`: ORDER BY does not need the column, but its part of an index is not known to be
// constant.
bool AccessChooser::IsFixedByBetween(std::uint32_t column) const {
  return std::any_of(q_.where->begin(), q_.where->end(), [&](const BoundExpr& conjunct) {
    return conjunct.op == Op::kBetween && IsOwnColumn(conjunct.args[0], column) &&
           conjunct.args[1].op == Op::kLiteral && conjunct.args[2].op == Op::kLiteral &&
           conjunct.args[1].literal == conjunct.args[2].literal;
  });
}

std::vector<KeyPart> AccessChooser::OrderWithoutConstants() const {
  std::vector<KeyPart> order;
  for (const KeyPart& part : q_.order) {
    if (!IsConstantColumn(part.column) && !IsFixedByBetween(part.column)) order.push_back(part);
  }
  return order;
}

bool AccessChooser::HasAllColumns(std::uint32_t index, const std::vector<KeyPart>& order) const {
  const std::vector<std::uint32_t>& columns = def_.indexes[index].stored_columns;
  const std::size_t usable = index == 0 ? def_.indexes[0].parts.size() : columns.size();
  return std::all_of(order.begin(), order.end(), [&](const KeyPart& part) {
    if (index == 0) {
      return std::any_of(def_.indexes[0].parts.begin(), def_.indexes[0].parts.end(),
                         [&](const KeyPart& own) { return own.column == part.column; });
    }
    return std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(usable), part.column) !=
           columns.begin() + static_cast<std::ptrdiff_t>(usable);
  });
}

int AccessChooser::OrderBy(std::uint32_t index, const std::vector<KeyPart>& order) const {
  if (!facts_[index].is_allowed) return 0;
  const IndexDef& def = def_.indexes[index];
  std::vector<std::uint32_t> columns;
  for (const std::uint32_t position : def.key_positions) columns.push_back(def.stored_columns[position]);
  std::size_t part = 0;
  int direction = 0;
  for (const KeyPart& wanted : order) {
    // Columns fixed by equality may be left out of ORDER BY.
    while (part < columns.size() && columns[part] != wanted.column && IsConstantColumn(columns[part]) &&
           !IsFixedByBetween(columns[part]))
      ++part;
    if (part >= columns.size() || columns[part] != wanted.column) return 0;
    const bool index_descends = part < def.parts.size() && def.parts[part].is_descending;
    const int step = wanted.is_descending == index_descends ? 1 : -1;
    if (direction != 0 && direction != step) return 0;
    direction = step;
    ++part;
  }
  return direction == 0 ? 1 : direction;
}

// A longer index that begins as the one that the look-up uses, and gives the order.
std::optional<std::uint32_t> AccessChooser::LongerKeyForOrder(const std::vector<KeyPart>& order,
                                                              const AccessAnswer& answer) const {
  const std::size_t parts = answer.path.kind == AccessKind::kRef ? answer.path.conditions.size()
                                                                 : facts_[answer.path.index].ranges.parts;
  const std::vector<std::uint32_t>& used = facts_[answer.path.index].columns;
  std::optional<std::uint32_t> best;
  for (std::uint32_t index = 0; index < facts_.size(); ++index) {
    const std::vector<std::uint32_t>& columns = facts_[index].columns;
    if (index == answer.path.index || !facts_[index].is_allowed || columns.size() < parts) continue;
    if (answer.path.is_covering && !facts_[index].is_covering) continue;
    if (!std::equal(used.begin(), used.begin() + static_cast<std::ptrdiff_t>(parts), columns.begin()))
      continue;
    if (!HasAllColumns(index, order) || OrderBy(index, order) == 0) continue;
    if (!best.has_value() || def_.indexes[index].parts.size() < def_.indexes[*best].parts.size())
      best = index;
  }
  return best;
}

std::optional<std::uint32_t> AccessChooser::CheaperForOrder(const std::vector<KeyPart>& order,
                                                            const AccessAnswer& answer, double fanout) const {
  const double table_rows = costs_.rows();
  const bool has_reference = answer.path.kind != AccessKind::kFullScan;
  const bool takes_any = !has_reference && (is_forced_ || q_.is_group);
  const double read_cost = (q_.is_change ? costs_.ScanTime() : answer.cost) + kCostMargin;
  double expected_rows = condition_rows_;
  if (q_.is_change) expected_rows = table_rows;
  if (answer.path.kind == AccessKind::kRef) expected_rows = std::max(1.0, answer.rows);
  expected_rows = std::floor(std::min(expected_rows, table_rows * (q_.is_change ? 1 : selectivity_)));
  std::optional<std::uint32_t> best;
  std::size_t best_parts = 0;
  double best_rows = 0;
  bool best_covers = false;
  for (std::uint32_t index = 0; index < facts_.size(); ++index) {
    const IndexFacts& facts = facts_[index];
    if (!HasAllColumns(index, order) || OrderBy(index, order) == 0) continue;
    const bool covers = facts.is_covering || index == 0;
    if (!covers && !q_.limit.has_value() && !takes_any) continue;
    double limit = q_.limit.value_or(table_rows);
    limit = limit < fanout ? 1 : std::floor(limit / fanout);
    limit =
        limit > expected_rows ? table_rows : std::floor(limit * table_rows / std::max(1.0, expected_rows));
    const std::size_t parts = def_.indexes[index].parts.size();
    const double a_key = costs_.RowsPerKey(index, parts);
    double cost = limit / a_key * std::min(a_key, costs_.ScanTime());
    if (facts.ranges.parts > 0) {
      const double share = limit * facts.estimate.rows / table_rows;
      const double range_cost =
          facts.estimate.cost * (facts.estimate.rows > share ? share / facts.estimate.rows : 1);
      cost = std::min(cost, range_cost);
    }
    if (!takes_any && !(covers && !has_reference) && cost >= read_cost) continue;
    const double found = facts.ranges.parts > 0 ? facts.estimate.rows : table_rows;
    if (best_covers && !covers) continue;
    const bool reference_covers = has_reference && facts_[answer.path.index].is_covering;
    if (covers && reference_covers && expected_rows < limit) continue;
    const bool is_better = !best.has_value() ||
                           (limit <= std::min(found, best_rows) ? parts < best_parts : found < best_rows) ||
                           (!best_covers && covers);
    if (!is_better) continue;
    best = index;
    best_parts = parts;
    best_rows = found;
    best_covers = covers;
  }
  return best;
}

bool AccessChooser::IsWritten(std::uint32_t index) const {
  const auto is_written = [this](const KeyPart& part) {
    return part.column < q_.written_columns.size() && q_.written_columns[part.column];
  };
  const std::vector<KeyPart>& parts = def_.indexes[index].parts;
  const std::vector<KeyPart>& behind = def_.indexes[0].parts;
  return std::any_of(parts.begin(), parts.end(), is_written) ||
         std::any_of(behind.begin(), behind.end(), is_written);
}

void AccessChooser::FitToOrder(AccessAnswer& answer, double fanout) const {
  const std::vector<KeyPart> order = OrderWithoutConstants();
  if (order.empty()) {
    answer.gives_order = true;
    return;
  }
  const auto take = [&](std::uint32_t index) {
    answer.gives_order = true;
    answer.path.is_descending = OrderBy(index, order) < 0;
  };
  const bool is_scan = answer.path.kind == AccessKind::kFullScan;
  if (!is_scan) {
    if (!q_.is_change && !HasAllColumns(answer.path.index, order)) {
      if (const std::optional<std::uint32_t> longer = LongerKeyForOrder(order, answer)) {
        if (answer.path.kind == AccessKind::kRange) {
          answer.path = RangePath(*longer);
        } else {
          answer.path.index = *longer;
          answer.path.is_covering = facts_[*longer].is_covering;
        }
      }
    }
    if (OrderBy(answer.path.index, order) != 0) return take(answer.path.index);
    if (q_.is_change) return;
  }
  if (q_.is_change && !q_.limit.has_value()) return;
  const std::optional<std::uint32_t> index = CheaperForOrder(order, answer, fanout);
  if (!index.has_value() || IsWritten(*index)) return;
  if (!q_.is_change && facts_[*index].ranges.parts > 0) {
    answer.path = RangePath(*index);
  } else {
    answer.path = AccessPath{};
    answer.path.kind = AccessKind::kIndex;
    answer.path.index = *index;
    answer.path.is_covering = facts_[*index].is_covering;
  }
  take(*index);
}

}  // namespace nextkey
