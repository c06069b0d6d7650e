#include "txn/explain.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "txn/access_path.h"
#include "txn/create_table_text.h"
#include "txn/query.h"
#include "txn/scan_ranges.h"
#include "txn/system_tables.h"

namespace nextkey {
namespace {

using sql::Op;

constexpr std::array<std::string_view, 10> kHeadings = {
    "id", "select_type", "table", "type", "possible_keys", "key", "key_len", "ref", "rows", "Extra"};

Value Text(std::string_view text) { return Value::Text(std::string(text)); }
Value TextOrNull(const std::string& text) { return text.empty() ? Value::Null() : Value::Text(text); }

// How many bytes a column takes in a key, with one for NULL and two for a text's length.
std::size_t KeyBytes(const ColumnDef& column) {
  const ColumnType& type = column.type;
  const std::size_t fraction = (std::size_t{type.scale} + 1) / 2;
  std::size_t bytes = column.is_nullable ? 1 : 0;
  switch (type.kind) {
    case TypeKind::kTinyInt:
      return bytes + 1;
    case TypeKind::kSmallInt:
      return bytes + 2;
    case TypeKind::kMediumInt:
    case TypeKind::kDate:
      return bytes + 3;
    case TypeKind::kInt:
    case TypeKind::kFloat:
      return bytes + 4;
    case TypeKind::kBigInt:
    case TypeKind::kDouble:
      return bytes + 8;
    case TypeKind::kDecimal: {
      constexpr std::size_t kRest[] = {0, 1, 1, 2, 2, 3, 3, 4, 4};
      const std::size_t whole = type.length - type.scale;
      return bytes + whole / 9 * 4 + kRest[whole % 9] + std::size_t{type.scale} / 9 * 4 +
             kRest[type.scale % 9];
    }
    case TypeKind::kChar:
      return bytes + std::size_t{type.length} * 4;
    case TypeKind::kVarchar:
    case TypeKind::kText:
      return bytes + std::size_t{type.length} * 4 + 2;
    case TypeKind::kDateTime:
      return bytes + 5 + fraction;
    case TypeKind::kTimestamp:
      return bytes + 4 + fraction;
    case TypeKind::kTime:
      return bytes + 3 + fraction;
  }
  return bytes;
}

std::uint64_t AliveRecords(const IndexTree& tree) {
  std::uint64_t count = 0;
  for (Place place = tree.First(); !tree.IsEnd(place); place = *tree.Next(place))
    count += !tree.IsSupremum(place) && !tree.At(place).is_deleted ? 1U : 0U;
  return count;
}

std::uint64_t RecordsIn(const IndexTree& tree, const KeyRange& range) {
  std::uint64_t count = 0;
  Place place = range.low.empty()     ? tree.First()
                : range.low_inclusive ? tree.LowerBound(range.low)
                                      : tree.UpperBound(range.low);
  for (; !tree.IsEnd(place); place = *tree.Next(place)) {
    if (tree.IsSupremum(place)) continue;
    const Record& record = tree.At(place);
    if (!range.high.empty()) {
      const auto order = tree.CompareToKey(record.row, range.high);
      if (order > 0 || (order == 0 && !range.high_inclusive)) break;
    }
    if (!record.is_deleted) ++count;
  }
  return count;
}

// Whether an index whose first column this is could help with the condition.
bool IsAbout(const BoundExpr& condition, std::uint32_t table, std::uint32_t column) {
  const auto is_column = [&](const BoundExpr& side) {
    return side.op == Op::kColumn && side.column.depth == 0 && side.column.table == table &&
           side.column.column == column;
  };
  switch (condition.op) {
    case Op::kEqual:
    case Op::kNullSafeEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return is_column(condition.args[0]) || is_column(condition.args[1]);
    case Op::kIn:
    case Op::kBetween:
    case Op::kIsNull:
    case Op::kInSubquery:
      return is_column(condition.args[0]);
    case Op::kOr:
      return IsAbout(condition.args[0], table, column) && IsAbout(condition.args[1], table, column);
    case Op::kAnd:
      return IsAbout(condition.args[0], table, column) || IsAbout(condition.args[1], table, column);
    default:
      return false;
  }
}

// Equalities and IS NULL alone: the server looks such keys up, whatever our planner calls it.
bool IsLookup(const AccessPath& path) {
  return !path.conditions.empty() &&
         std::all_of(
             path.conditions.begin(), path.conditions.end(), [](const std::vector<KeyCondition>& part) {
               return part.size() == 1 && (part.front().op == Op::kIsNull || part.front().op == Op::kEqual);
             });
}

class Explainer {
 public:
  Explainer(Turn& turn, const sql::ExplainStatement& statement)
      : turn_(turn), plan_(*turn.execution.plan), statement_(*statement.statement) {}

  Progress Run();

 private:
  bool IsSelect() const {
    return !std::holds_alternative<sql::UpdateStatement>(statement_.body) &&
           !std::holds_alternative<sql::DeleteStatement>(statement_.body);
  }
  // UPDATE and DELETE of one table are planned without the optimizer of joins.
  bool IsSingleChange(std::uint32_t block) const {
    return block == 0 && !IsSelect() && plan_.queries[0].tables.size() == 1;
  }
  Progress ExplainBlock(std::uint32_t block);
  Progress Row(std::uint32_t block, const TablePlan& table, bool is_first);
  Progress CountRows(std::uint32_t block, const TablePlan& table, std::uint64_t& rows);
  Progress IsImpossible(std::uint32_t block, std::string_view& why);
  std::string SelectType(std::uint32_t block) const;
  std::string PossibleKeys(const QueryPlan& query, const TablePlan& table) const;
  std::string KeyLength(const TablePlan& table, std::size_t parts) const;
  std::string References(const QueryPlan& query, const TablePlan& table) const;
  std::string Extra(std::uint32_t block, const TablePlan& table, bool is_first) const;
  std::string_view TypeOf(std::uint32_t block, const TablePlan& table) const;
  void Message(std::uint32_t block, std::string_view extra, const Value& rows = Value::Null()) {
    std::vector<Value> row(kHeadings.size());
    row[0] = Value::Int(block + 1);
    row[1] = Value::Text(SelectType(block));
    row[8] = rows;
    row[9] = Text(extra);
    turn_.execution.result.rows.push_back(std::move(row));
  }

  Turn& turn_;
  const StatementPlan& plan_;
  const sql::Statement& statement_;
};

std::string Explainer::SelectType(std::uint32_t block) const {
  if (block == 0) return plan_.queries.size() > 1 ? "PRIMARY" : "SIMPLE";
  const std::int32_t parent = plan_.queries[block].parent;
  if (parent < 0) return "SUBQUERY";
  // The slot of a subquery that is evaluated once is kept.
  const QueryPlan& outer = plan_.queries[static_cast<std::size_t>(parent)];
  const auto place = std::find(outer.subqueries.begin(), outer.subqueries.end(), block);
  const auto number = static_cast<std::size_t>(place - outer.subqueries.begin());
  const bool is_kept = number < outer.slot_is_kept.size() && outer.slot_is_kept[number];
  return is_kept ? "SUBQUERY" : "DEPENDENT SUBQUERY";
}

std::string_view Explainer::TypeOf(std::uint32_t block, const TablePlan& table) const {
  const AccessPath& path = table.path;
  const bool is_change = IsSingleChange(block);
  switch (path.kind) {
    case AccessKind::kConst:
      return is_change ? "range" : "const";
    case AccessKind::kRef:
      return is_change ? "range" : path.is_whole_unique_key ? "eq_ref" : "ref";
    case AccessKind::kRange:
      return !is_change && IsLookup(path) ? "ref" : "range";
    case AccessKind::kIndex:
      return "index";
    case AccessKind::kFullScan:
      break;
  }
  return is_change && std::holds_alternative<sql::UpdateStatement>(statement_.body) ? "index" : "ALL";
}

std::string Explainer::PossibleKeys(const QueryPlan& query, const TablePlan& table) const {
  std::vector<std::string> names;
  for (const IndexDef* index : IndexesAsListed(*table.table.def)) {
    const std::uint32_t column = index->parts[0].column;
    const auto is_about = [&](const BoundExpr& condition) {
      return IsAbout(condition, table.from_position, column);
    };
    bool helps = std::any_of(table.join_conditions.begin(), table.join_conditions.end(), is_about);
    for (const TablePlan& other : query.tables)
      helps |= std::any_of(other.conditions.begin(), other.conditions.end(), is_about);
    if (helps) names.push_back(index->name);
  }
  return absl::StrJoin(names, ",");
}

// How many columns of the key the access path uses.
std::size_t UsedParts(const AccessPath& path) {
  std::size_t parts = path.conditions.size();
  if (!path.ranges.has_value()) return parts;
  for (const KeyRange& range : *path.ranges) parts = std::max({parts, range.low.size(), range.high.size()});
  return parts;
}

std::string Explainer::KeyLength(const TablePlan& table, std::size_t parts) const {
  const TableDef& def = *table.table.def;
  const IndexDef& index = def.indexes[table.path.index];
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < std::min(parts, index.parts.size()); ++i)
    bytes += index.parts[i].column < def.columns.size() ? KeyBytes(def.columns[index.parts[i].column]) : 6;
  return std::to_string(bytes);
}

std::string Explainer::References(const QueryPlan& query, const TablePlan& table) const {
  std::vector<std::string> parts;
  for (const std::vector<KeyCondition>& part : table.path.conditions) {
    if (part.front().keys.empty()) {
      parts.emplace_back("const");
      continue;
    }
    const BoundExpr& key = part.front().keys.front();
    const bool is_other = key.op == Op::kColumn && key.column.depth == 0;
    if (is_other && query.tables[key.column.table].path.kind != AccessKind::kConst) {
      const ScopeTable& other = query.tables[key.column.table].table;
      parts.push_back(
          fmt::format("{}.{}.{}", errors::kSchema, other.alias, other.def->columns[key.column.column].name));
    } else if (key.op == Op::kColumn && key.column.depth > 0) {
      parts.emplace_back("func");
    } else {
      parts.emplace_back("const");
    }
  }
  return absl::StrJoin(parts, ",");
}

Progress Explainer::CountRows(std::uint32_t block, const TablePlan& table, std::uint64_t& rows) {
  const Table& contents = TableFor(turn_, table.id);
  const IndexTree& tree = contents.trees[table.path.index];
  rows = AliveRecords(tree);
  if (table.path.kind == AccessKind::kConst) rows = 1;
  if (table.path.kind != AccessKind::kRef && table.path.kind != AccessKind::kRange) return Progress::kDone;
  const QueryPlan& query = plan_.queries[block];
  std::vector<bool> tables(query.tables.size());
  for (const std::vector<KeyCondition>& part : table.path.conditions) {
    for (const KeyCondition& condition : part) {
      for (const BoundExpr& key : condition.keys) CollectTables(key, tables);
    }
  }
  const bool is_constant = std::none_of(tables.begin(), tables.end(), [](bool is_used) { return is_used; });
  if (!is_constant) {
    rows = 1;  // As many as a key has on the average, for the small tables here.
    return Progress::kDone;
  }
  KeyRanges ranges;
  const Progress progress = MakeRanges(turn_, block, table, ranges);
  if (progress != Progress::kDone) return progress;
  std::uint64_t found = 0;
  for (const KeyRange& range : ranges) found += RecordsIn(tree, range);
  rows = std::max<std::uint64_t>(1, found);
  return Progress::kDone;
}

std::string Explainer::Extra(std::uint32_t block, const TablePlan& table, bool is_first) const {
  const QueryPlan& query = plan_.queries[block];
  const AccessPath& path = table.path;
  std::vector<std::string> words;
  const bool is_lookup = path.kind == AccessKind::kRef || path.kind == AccessKind::kConst;
  // Equalities that the lookup itself decides need no look at the row.
  const std::size_t decided = is_lookup ? path.conditions.size() : 0;
  const bool is_change = IsSingleChange(block);
  const bool looks_for_null = path.kind == AccessKind::kRef && !path.conditions.empty() &&
                              path.conditions.back().front().op == Op::kIsNull;
  const std::size_t conditions = table.conditions.size() + table.join_conditions.size();
  if (is_change) {
    if (conditions > 0) words.emplace_back("Using where");
  } else if (path.has_index_condition && !table.index_conditions.empty()) {
    words.emplace_back("Using index condition");
    if (conditions > table.index_conditions.size()) words.emplace_back("Using where");
  } else if (looks_for_null && !path.is_covering) {
    words.emplace_back("Using index condition");
  } else if (conditions > decided) {
    words.emplace_back("Using where");
  }
  if (path.is_covering && !is_change && path.index != 0) words.emplace_back("Using index");
  if (is_first && (query.is_distinct || (!query.group_by.empty()))) words.emplace_back("Using temporary");
  if (is_first && (!query.order_by.empty() || !query.group_by.empty())) words.emplace_back("Using filesort");
  const bool is_buffered = is_change && plan_.change->is_buffered && query.order_by.empty();
  if (is_buffered) words.emplace_back("Using buffer");
  return absl::StrJoin(words, "; ");
}

Progress Explainer::Row(std::uint32_t block, const TablePlan& table, bool is_first) {
  const QueryPlan& query = plan_.queries[block];
  const AccessPath& path = table.path;
  const bool has_all_parts = path.kind == AccessKind::kIndex || path.kind == AccessKind::kFullScan;
  const std::string_view type = TypeOf(block, table);
  const bool uses_key = type != "ALL";
  std::uint64_t rows = 0;
  const Progress progress = CountRows(block, table, rows);
  if (progress != Progress::kDone) return progress;
  const std::size_t parts = has_all_parts ? SIZE_MAX : UsedParts(path);
  const bool is_lookup = type == "const" || type == "ref" || type == "eq_ref";
  turn_.execution.result.rows.push_back(
      {Value::Int(block + 1), Value::Text(SelectType(block)), Value::Text(table.table.alias), Text(type),
       TextOrNull(PossibleKeys(query, table)),
       uses_key ? Value::Text(table.table.def->indexes[path.index].name) : Value::Null(),
       uses_key ? Value::Text(KeyLength(table, parts)) : Value::Null(),
       is_lookup ? Value::Text(References(query, table)) : Value::Null(),
       Value::Int(static_cast<std::int64_t>(rows)), Value::Text(Extra(block, table, is_first))});
  return Progress::kDone;
}

// A condition without tables that is false, or a table of one row at most that has none.
Progress Explainer::IsImpossible(std::uint32_t block, std::string_view& why) {
  const QueryPlan& query = plan_.queries[block];
  ResetQuery(query, turn_.execution.queries[block]);
  for (const BoundExpr& condition : query.constant_conditions) {
    Value value;
    const Progress progress = EvaluateIn(turn_, block, condition, value);
    if (progress != Progress::kDone) return progress;
    if (!IsTrue(value)) why = "Impossible WHERE";
  }
  if (!why.empty() || IsSingleChange(block)) return Progress::kDone;
  for (const std::uint32_t position : query.order) {
    const TablePlan& table = query.tables[position];
    if (table.path.kind != AccessKind::kConst) break;
    KeyRanges ranges;
    const Progress progress = MakeRanges(turn_, block, table, ranges);
    if (progress != Progress::kDone) return progress;
    const Table& contents = TableFor(turn_, table.id);
    std::uint64_t found = 0;
    for (const KeyRange& range : ranges) found += RecordsIn(contents.trees[table.path.index], range);
    if (found == 0) why = "Impossible WHERE noticed after reading const tables";
  }
  return Progress::kDone;
}

Progress Explainer::ExplainBlock(std::uint32_t block) {
  const QueryPlan& query = plan_.queries[block];
  std::string_view why;
  const Progress progress = IsImpossible(block, why);
  if (progress != Progress::kDone) return progress;
  const bool is_delete = std::holds_alternative<sql::DeleteStatement>(statement_.body);
  if (!why.empty()) {
    Message(block, why);
  } else if (query.tables.empty()) {
    Message(block, "No tables used");
  } else if (query.is_answered_by_first_row) {
    Message(block, "Select tables optimized away");
  } else if (is_delete && IsSingleChange(block) && query.tables[0].conditions.empty() &&
             query.tables[0].path.kind == AccessKind::kFullScan && !query.limit.has_value() &&
             query.order_by.empty()) {
    const IndexTree& tree = TableFor(turn_, query.tables[0].id).clustered();
    Message(block, "Deleting all rows", Value::Int(static_cast<std::int64_t>(AliveRecords(tree))));
  } else {
    bool is_first = true;
    for (const std::uint32_t position : query.order) {
      const Progress row = Row(block, query.tables[position], is_first);
      if (row != Progress::kDone) return row;
      is_first = false;
    }
  }
  return Progress::kDone;
}

Progress Explainer::Run() {
  StatementResult& result = turn_.execution.result;
  result.has_rows = true;
  for (const std::string_view heading : kHeadings) result.columns.emplace_back(heading);
  if (const auto* insert = std::get_if<sql::InsertStatement>(&statement_.body);
      insert != nullptr && insert->query == nullptr) {
    result.rows.push_back({Value::Int(1), Text("INSERT"), Value::Text(insert->table.alias), Text("ALL"),
                           Value::Null(), Value::Null(), Value::Null(), Value::Null(), Value::Null(),
                           Value::Null()});
  }
  for (std::uint32_t block = 0; block < plan_.queries.size(); ++block) {
    const Progress progress = ExplainBlock(block);
    if (progress != Progress::kDone) return progress;
  }
  return Progress::kDone;
}

}  // namespace

Progress RunStatement(Turn& turn, const sql::ExplainStatement& statement) {
  return Explainer(turn, statement).Run();
}

}  // namespace nextkey
