#include "txn/access_path.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace nextkey {
namespace {

using sql::Op;

constexpr double kNoLimit = std::numeric_limits<double>::max();
constexpr double kAssumedRowsPerKey = 10;

// A number compared with a text column compares as numbers: the index's order is of no use.
bool FitsColumn(const ColumnDef& column, const BoundExpr& key) {
  if (!IsText(column.type)) return true;
  if (key.op == Op::kLiteral) return !key.literal.IsNumber();
  return key.op != Op::kColumn || IsText(key.column_type);
}

}  // namespace

AccessChooser::AccessChooser(AccessQuestion question)
    : q_(std::move(question)), def_(*q_.table->def), costs_(*q_.table, q_.inputs) {
  ReadHints();
  EstimateRanges();
  EstimateSelectivity();
  const bool has_limit = q_.is_limit_of_rows && q_.limit.has_value();
  range_ = BestRange(ScanCost(has_limit ? q_.limit : std::nullopt));
}

void AccessChooser::ReadHints() {
  const auto names_index = [&](const sql::IndexHint& hint, std::uint32_t index) {
    return std::any_of(hint.indexes.begin(), hint.indexes.end(),
                       [&](const std::string& name) { return def_.FindIndex(name) == &def_.indexes[index]; });
  };
  for (std::uint32_t index = 0; index < def_.indexes.size(); ++index) {
    IndexFacts facts;
    facts.is_allowed = index != 0 || !def_.HasHiddenRowId();
    for (const sql::IndexHint& hint : *q_.hints) {
      if ((hint.kind == sql::IndexHintKind::kIgnore) == names_index(hint, index)) facts.is_allowed = false;
      if (hint.kind == sql::IndexHintKind::kForce) is_forced_ = true;
    }
    const IndexDef& def = def_.indexes[index];
    for (const KeyPart& part : def.parts) facts.columns.push_back(part.column);
    // A secondary index that is not unique is also ordered by the clustered key, and searched by it.
    if (index != 0 && !def.is_unique) facts.columns = def.stored_columns;
    std::erase_if(facts.columns, [&](std::uint32_t column) { return column >= def_.columns.size(); });
    facts.is_covering = facts.is_allowed && !q_.is_change && Covers(index);
    facts_.push_back(std::move(facts));
  }
}

bool AccessChooser::Covers(std::uint32_t index) const {
  if (index == 0) return false;
  const std::vector<std::uint32_t>& stored = def_.indexes[index].stored_columns;
  for (std::uint32_t column = 0; column < q_.used_columns.size(); ++column) {
    if (q_.used_columns[column] && std::find(stored.begin(), stored.end(), column) == stored.end())
      return false;
  }
  return true;
}

// The primary key takes part where it holds all that is read, though its records are whole rows.
bool AccessChooser::IsClusteredKeyEnough() const {
  if (def_.HasHiddenRowId() || q_.is_change || !facts_[0].is_allowed) return false;
  const std::vector<KeyPart>& parts = def_.indexes[0].parts;
  for (std::uint32_t column = 0; column < q_.used_columns.size(); ++column) {
    if (q_.used_columns[column] && std::ranges::find(parts, column, &KeyPart::column) == parts.end())
      return false;
  }
  return true;
}

void AccessChooser::EstimateRanges() {
  condition_rows_ = costs_.rows();
  const std::optional<RangeTree> tree = MakeRangeTree(def_, q_.table_position, *q_.conjuncts, q_.known);
  if (!tree.has_value()) return;
  for (std::uint32_t index = 0; index < facts_.size(); ++index) {
    IndexFacts& facts = facts_[index];
    if (!facts.is_allowed) continue;
    const bool begins = tree->columns.contains(facts.columns.empty() ? 0 : facts.columns.front());
    const bool is_empty = (begins || q_.is_change) &&
                          std::any_of(facts.columns.begin(), facts.columns.end(), [&](std::uint32_t column) {
                            const auto set = tree->columns.find(column);
                            return set != tree->columns.end() && set->second.empty();
                          });
    if (is_empty) is_impossible_ = true;
    facts.ranges = RangesOfIndex(def_, def_.indexes[index], facts.columns, *tree);
    if (facts.ranges.parts == 0) continue;
    has_tree_ = true;
    facts.estimate = costs_.Estimate(index, facts.ranges.ranges, facts.is_covering);
    condition_rows_ = std::min(condition_rows_, facts.estimate.rows);
  }
}

// The shares of the rows that the ranges leave are taken as independent of each other; each column counts
// once, and ranges over more key parts come first (calculate_cond_selectivity_for_table).
void AccessChooser::EstimateSelectivity() {
  std::vector<bool> is_counted(def_.columns.size());
  std::uint32_t longest = 0;
  for (const IndexFacts& facts : facts_) longest = std::max(longest, facts.ranges.parts);
  for (std::uint32_t parts = longest; parts > 0; --parts) {
    for (std::uint32_t index = 0; index < facts_.size(); ++index) {
      const IndexFacts& facts = facts_[index];
      if (facts.ranges.parts != parts) continue;
      std::uint32_t fresh = 0;
      while (fresh < parts && !is_counted[facts.columns[fresh]]) is_counted[facts.columns[fresh++]] = true;
      if (fresh == 0) continue;
      selectivity_ *= facts.estimate.rows / costs_.rows();
      if (fresh == parts) continue;
      const double shorter = costs_.RowsPerKey(index, fresh);
      const double longer = costs_.RowsPerKey(index, fresh + 1);
      selectivity_ = std::min(1.0, selectivity_ * shorter / longer);
    }
  }
}

double AccessChooser::ScanCost(std::optional<double> row_limit) const {
  const double compare = costs_.rows() / kTimeForCompare;
  double cost = 2 + compare + costs_.ScanTime();
  if (row_limit.has_value() && *row_limit < costs_.rows()) cost = costs_.rows() + compare + 1;
  if (is_forced_) return kNoLimit;
  if (const std::optional<std::uint32_t> covering = ShortestCovering()) {
    cost = std::min(cost, costs_.KeyReadTime(*covering, 1, costs_.rows()) + compare);
  }
  return cost;
}

std::optional<std::uint32_t> AccessChooser::BestRange(double limit) const {
  std::optional<std::uint32_t> best;
  for (std::uint32_t index = 0; index < facts_.size(); ++index) {
    if (facts_[index].ranges.parts == 0 || facts_[index].estimate.cost >= limit) continue;
    limit = facts_[index].estimate.cost;
    best = index;
  }
  return best;
}

std::optional<std::uint32_t> AccessChooser::ShortestCovering() const {
  std::optional<std::uint32_t> shortest;
  double least = kNoLimit;
  for (std::uint32_t index = 0; index < facts_.size(); ++index) {
    const bool covers = facts_[index].is_covering || (index == 0 && IsClusteredKeyEnough());
    if (!covers) continue;
    const double cost = costs_.KeyReadTime(index, 1, costs_.rows());
    if (cost < least) {
      least = cost;
      shortest = index;
    }
  }
  return shortest;
}

// --- Equality -------------------------------------------------------------------------------------------

bool AccessChooser::IsOwnColumn(const BoundExpr& expression, std::uint32_t column) const {
  return expression.op == Op::kColumn && expression.column.depth == 0 &&
         expression.column.table == q_.table_position && expression.column.column == column;
}

bool AccessChooser::IsKnown(const BoundExpr& expression, const std::vector<bool>& available,
                            bool& is_constant) const {
  std::vector<bool> tables(available.size());
  CollectTables(expression, tables);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (!tables[i]) continue;
    if (!available[i]) return false;
    is_constant = false;
  }
  return true;
}

std::optional<KeyCondition> AccessChooser::EqualityOn(std::uint32_t column,
                                                      const std::vector<bool>& available,
                                                      bool& is_constant) const {
  const auto fits = [&](const BoundExpr& key) {
    bool is_key_constant = true;
    if (!FitsColumn(def_.columns[column], key) || !IsKnown(key, available, is_key_constant)) return false;
    is_constant = is_constant && is_key_constant;
    return true;
  };
  for (const BoundExpr& conjunct : *q_.conjuncts) {
    if (conjunct.args.size() == 2 && (conjunct.op == Op::kEqual || conjunct.op == Op::kNullSafeEqual)) {
      for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
        const BoundExpr& key = conjunct.args[1 - side];
        if (IsOwnColumn(conjunct.args[side], column) && fits(key)) return KeyCondition{conjunct.op, {key}};
      }
    }
    if (conjunct.args.empty() || !IsOwnColumn(conjunct.args[0], column)) continue;
    if (conjunct.op == Op::kIsNull && def_.columns[column].is_nullable) return KeyCondition{Op::kIsNull, {}};
  }
  return std::nullopt;
}

AccessChooser::Lookup AccessChooser::LookupIn(std::uint32_t index, const std::vector<bool>& available) const {
  Lookup lookup;
  for (const std::uint32_t column : facts_[index].columns) {
    std::optional<KeyCondition> equality = EqualityOn(column, available, lookup.is_constant);
    if (!equality.has_value()) break;
    if (equality->op != Op::kEqual) lookup.has_null_search = true;
    lookup.conditions.push_back({std::move(*equality)});
  }
  return lookup;
}

bool AccessChooser::IsUniqueLookup(std::uint32_t index, const Lookup& lookup) const {
  const IndexDef& index_def = def_.indexes[index];
  return index_def.is_unique && lookup.conditions.size() == index_def.parts.size() && !lookup.has_null_search;
}

bool AccessChooser::HasKeyBehind(const std::vector<bool>& available) const {
  const std::vector<bool> all(available.size(), true);
  bool is_constant = true;
  for (std::uint32_t index = 0; index < facts_.size(); ++index) {
    if (!facts_[index].is_allowed) continue;
    for (const std::uint32_t column : facts_[index].columns) {
      if (EqualityOn(column, all, is_constant) && !EqualityOn(column, available, is_constant)) return true;
    }
  }
  return false;
}

std::optional<AccessPath> AccessChooser::ConstantRow(const std::vector<bool>& constant) const {
  for (std::uint32_t index = 0; index < facts_.size(); ++index) {
    if (!facts_[index].is_allowed) continue;
    Lookup lookup = LookupIn(index, constant);
    if (!IsUniqueLookup(index, lookup)) continue;
    AccessPath path;
    path.kind = AccessKind::kConst;
    path.index = index;
    path.conditions = std::move(lookup.conditions);
    path.is_whole_unique_key = true;
    path.is_covering = facts_[index].is_covering;
    return path;
  }
  return std::nullopt;
}

// --- The best way ---------------------------------------------------------------------------------------

AccessPath AccessChooser::RangePath(std::uint32_t index) const {
  AccessPath path;
  path.kind = AccessKind::kRange;
  path.index = index;
  path.ranges = facts_[index].ranges.ranges;
  path.is_covering = facts_[index].is_covering;
  return path;
}

// How many rows a look-up finds: counted where the range of constants is the same, else by the statistics.
double AccessChooser::RowsOfLookup(std::uint32_t index, const Lookup& lookup, bool& is_by_range) const {
  const IndexFacts& facts = facts_[index];
  const std::size_t parts = lookup.conditions.size();
  const bool has_range = facts.ranges.parts > 0;
  is_by_range = false;
  if (has_range && lookup.is_constant && facts.ranges.parts == parts && facts.ranges.ranges.size() == 1) {
    is_by_range = true;
    return facts.estimate.rows;
  }
  double rows = costs_.RowsPerKey(index, parts);
  if (!has_range) return rows;
  if (lookup.is_constant && facts.ranges.parts > parts) rows = std::max(rows, facts.estimate.rows);
  if (facts.ranges.parts <= parts && facts.ranges.ranges.size() == 1)
    rows = std::min(rows, facts.estimate.rows);
  return rows;
}

AccessAnswer AccessChooser::Best(const std::vector<bool>& available, double prefix_rows) const {
  const double table_rows = costs_.rows();
  const double worst_seeks = std::max(2.0, std::min(table_rows / kAssumedRowsPerKey, costs_.ScanTime() * 3));
  AccessAnswer best;
  double best_total = kNoLimit;
  bool has_lookup = false;
  for (std::uint32_t index = 0; index < facts_.size(); ++index) {
    if (!facts_[index].is_allowed) continue;
    Lookup lookup = LookupIn(index, available);
    if (lookup.conditions.empty()) continue;
    AccessAnswer answer;
    const bool is_one_row = IsUniqueLookup(index, lookup);
    if (is_one_row) {
      answer.rows = 1;
      answer.cost = prefix_rows;
    } else {
      bool is_by_range = false;
      answer.rows = RowsOfLookup(index, lookup, is_by_range);
      answer.cost = is_by_range
                        ? facts_[index].estimate.cost - kRangeSetupCost - answer.rows / kTimeForCompare
                        : costs_.LookupCost(index, answer.rows, facts_[index].is_covering, worst_seeks);
      answer.cost *= prefix_rows;
    }
    if (answer.cost + 0.0001 >= best_total - answer.rows / kTimeForCompare) continue;
    best_total = answer.cost + answer.rows / kTimeForCompare;
    answer.path.kind = AccessKind::kRef;
    answer.path.index = index;
    answer.path.conditions = std::move(lookup.conditions);
    answer.path.is_whole_unique_key = is_one_row;
    answer.path.is_covering = facts_[index].is_covering;
    best = std::move(answer);
    has_lookup = true;
  }
  // Scans, and ranges, which are only there when they beat the scan.
  const double found_rows = FoundRows();
  const double read_cost = range_.has_value() ? facts_[*range_].estimate.cost : costs_.ScanTime();
  const bool is_worse = !has_lookup || best.rows >= found_rows || best.cost > read_cost;
  const bool is_same_index =
      has_lookup && range_ == best.path.index && best.path.conditions.size() >= facts_[*range_].ranges.parts;
  const bool is_covered = has_lookup && !range_.has_value() && ShortestCovering().has_value();
  const bool is_unwanted = has_lookup && !range_.has_value() && is_forced_;
  if (!is_worse || is_same_index || is_covered || is_unwanted) return best;
  const double matching = table_rows * selectivity_;
  AccessAnswer scan;
  scan.rows = matching;
  const double compare = (found_rows - matching) / kTimeForCompare;
  if (range_.has_value()) {
    scan.cost = prefix_rows * (read_cost + compare);
    scan.path = RangePath(*range_);
  } else {
    scan.uses_buffer = !q_.is_outer;
    scan.cost = q_.is_outer ? prefix_rows * (read_cost + compare) : read_cost + compare;
  }
  const double weight = prefix_rows / kTimeForCompare;
  const bool is_better = !has_lookup || scan.cost + weight * scan.rows < best.cost + weight * best.rows;
  return is_better ? scan : best;
}

AccessAnswer AccessChooser::Finish(AccessAnswer answer, bool is_first, double fanout) const {
  // The range knows more key parts than the look-up.
  if (answer.path.kind == AccessKind::kRef && range_ == answer.path.index &&
      answer.path.conditions.size() < facts_[*range_].ranges.parts) {
    answer.path = RangePath(*range_);
  }
  const bool stops_early = is_first && q_.limit.has_value() && *q_.limit < answer.rows;
  const AccessAnswer before_limit = answer;
  if (answer.path.kind == AccessKind::kFullScan && has_tree_ && stops_early) {
    if (const std::optional<std::uint32_t> range = BestRange(ScanCost(q_.limit)))
      answer.path = RangePath(*range);
  }
  if (is_first && q_.has_order) FitToOrder(answer, fanout);
  if (answer.path.kind == AccessKind::kFullScan) {
    if (const std::optional<std::uint32_t> covering = ShortestCovering()) {
      answer.path.kind = AccessKind::kIndex;
      answer.path.index = *covering;
      answer.path.is_covering = true;
    }
  }
  const bool is_lookup_by_null = answer.path.kind == AccessKind::kRef && !answer.path.is_whole_unique_key;
  answer.path.has_index_condition = answer.path.index != 0 && !answer.path.is_covering &&
                                    !answer.path.is_descending &&
                                    (answer.path.kind == AccessKind::kRange || is_lookup_by_null);
  return answer;
}

AccessAnswer AccessChooser::ForChange() const {
  AccessAnswer answer;
  const std::optional<std::uint32_t> range = BestRange(ScanCost(q_.limit));
  if (range.has_value()) answer.path = RangePath(*range);
  answer.rows = range.has_value() ? facts_[*range].estimate.rows : costs_.rows();
  answer.needs_order = q_.has_order && !OrderWithoutConstants().empty();
  answer.is_one_row = range.has_value() && answer.path.ranges->size() == 1 &&
                      IsWholeUniqueKey(def_.indexes[*range], answer.path.ranges->front());
  if (answer.is_one_row) answer.gives_order = true;
  if (q_.has_order && !answer.is_one_row) FitToOrder(answer, 1);
  return answer;
}

void CollectTables(const BoundExpr& expression, std::vector<bool>& tables) {
  if (expression.op == Op::kColumn && expression.column.depth == 0 &&
      expression.column.table < tables.size()) {
    tables[expression.column.table] = true;
  }
  if (expression.subquery >= 0 && expression.is_correlated) std::fill(tables.begin(), tables.end(), true);
  for (const BoundExpr& arg : expression.args) CollectTables(arg, tables);
}

}  // namespace nextkey
