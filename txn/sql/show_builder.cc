#include "txn/sql/show_builder.h"

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/str_join.h"
#include "txn/sql/expression_builder.h"
#include "txn/system_schema.h"

namespace nextkey::sql {
namespace {

// One kind of SHOW: its words, the table that it reads, which columns it gives out (none: all), and the
// column that LIKE is about.
struct ShowKind {
  std::string_view words;
  std::string_view table;
  std::string_view argument = {};
  std::string_view columns = {};
  std::string_view like_column = {};
  bool needs_table = false;
};

constexpr std::string_view kPlainColumns = "Field,Type,Null,Key,Default,Extra";

constexpr auto kKinds = std::to_array<ShowKind>({
    {"processlist", "processlist"},
    {"full processlist", "processlist", "full"},
    {"engine innodb status", "engine_status"},
    {"tables", "tables", {}, "Tables_in_test", "Tables_in_test"},
    {"full tables", "tables", {}, {}, "Tables_in_test"},
    {"open tables", "open_tables", {}, {}, "Table"},
    {"databases", "databases", {}, {}, "Database"},
    {"schemas", "databases", {}, {}, "Database"},
    {"columns", "columns", {}, kPlainColumns, "Field", true},
    {"fields", "columns", {}, kPlainColumns, "Field", true},
    {"full columns", "columns", {}, {}, "Field", true},
    {"full fields", "columns", {}, {}, "Field", true},
    {"index", "index", {}, {}, {}, true},
    {"indexes", "index", {}, {}, {}, true},
    {"keys", "index", {}, {}, {}, true},
    {"variables", "session_variables", {}, {}, "Variable_name"},
    {"session variables", "session_variables", {}, {}, "Variable_name"},
    {"local variables", "session_variables", {}, {}, "Variable_name"},
    {"global variables", "global_variables", {}, {}, "Variable_name"},
    {"status", "status", {}, {}, "Variable_name"},
    {"session status", "status", {}, {}, "Variable_name"},
    {"local status", "status", {}, {}, "Variable_name"},
    {"global status", "status", {}, {}, "Variable_name"},
    {"warnings", "warnings", "warnings"},
    {"errors", "warnings", "errors"},
});

const ShowKind* FindKind(std::string_view words) {
  for (const ShowKind& kind : kKinds) {
    if (kind.words == words) return &kind;
  }
  return nullptr;
}

SelectItem ColumnItem(ParseState& state, TextRange place, std::string_view column) {
  return {MakeColumn(state, place, {}, std::string(column)), std::string(column)};
}

// The columns of a comma-separated list; `*` for an empty one.
std::vector<SelectItem> ItemsOf(ParseState& state, TextRange place, std::string_view columns) {
  if (columns.empty()) return {SelectItem{MakeNamed(state, Op::kStar, place, {}), "*"}};
  std::vector<SelectItem> items;
  while (!columns.empty()) {
    const std::size_t end = std::min(columns.find(','), columns.size());
    items.push_back(ColumnItem(state, place, columns.substr(0, end)));
    columns.remove_prefix(std::min(end + 1, columns.size()));
  }
  return items;
}

StatementBody Query(ParseState& state, TextRange place, const ShowKind& kind, ShowClauses clauses) {
  SelectStatement select;
  TableReference table;
  table.schema = std::string(kShowSchema);
  table.name = std::string(kind.table);
  table.alias = table.name;
  table.text = place;
  table.argument = kind.needs_table ? clauses.from->name : std::string(kind.argument);
  select.from.push_back(std::move(table));
  select.where = std::move(clauses.where);
  if (clauses.like.has_value()) {
    ExprRef column = MakeColumn(state, place, {}, std::string(kind.like_column));
    ExprRef pattern = MakeLiteral(state, place, Value::Text(*clauses.like));
    select.where = MakeOperation(state, Op::kLike, place, {std::move(column), std::move(pattern)});
  }
  select.limit = std::move(clauses.limit);
  select.keeps_warnings = kind.table == "warnings";
  std::vector<SelectItem> items = ItemsOf(state, place, kind.columns);
  if (kind.table == "tables" && clauses.like.has_value()) items[0].alias += " (" + *clauses.like + ")";
  return FinishSelect(state, SelectHead{std::move(items), {}}, std::move(select), {}, {});
}

}  // namespace

StatementBody MakeShow(ParseState& state, TextRange place, const std::vector<std::string>& words,
                       ShowClauses clauses) {
  const ShowKind* kind = FindKind(ToLower(absl::StrJoin(words, " ")));
  const bool fits = kind != nullptr && kind->needs_table == (kind->needs_table && clauses.from.has_value()) &&
                    !(clauses.like.has_value() && kind->like_column.empty());
  if (!fits) {
    state.Refuse(place, Feature::kShow);
    return {};
  }
  return Query(state, place, *kind, std::move(clauses));
}

StatementBody MakeShowCreateTable(ParseState& state, TextRange place, QualifiedName table) {
  ShowClauses clauses;
  clauses.from = std::move(table);
  return Query(state, place, {.words = {}, .table = "create_table", .needs_table = true}, std::move(clauses));
}

StatementBody MakeDescribe(ParseState& state, TextRange place, QualifiedName table,
                           std::optional<std::string> column) {
  ShowClauses clauses;
  clauses.from = std::move(table);
  clauses.like = std::move(column);
  return Query(state, place, *FindKind("columns"), std::move(clauses));
}

StatementBody MakeExplain(ParseState& state, TextRange place, StatementBody body) {
  return ExplainStatement{MakeStatement(std::move(body), std::string(state.Source(place)))};
}

StatementBody MakeKill(ParseState& state, TextRange place, const std::vector<std::string>& words,
                       ExprRef session) {
  KillStatement kill{.kind = KillKind::kConnection, .session = std::move(session)};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = ToLower(words[i]);
    const bool is_manner = i == 0 && (word == "hard" || word == "soft");
    const bool is_last = i + 1 == words.size();
    if (is_last && word == "query") {
      kill.kind = KillKind::kQuery;
    } else if (!is_manner && !(is_last && word == "connection")) {
      state.Fail(place, "KILL takes CONNECTION or QUERY, and the number of a session");
    }
  }
  return kill;
}

}  // namespace nextkey::sql
