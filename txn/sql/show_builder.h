// SHOW, DESCRIBE and EXPLAIN for the grammar's actions: a SHOW is a query of one of the server's own
// tables, whose columns have the headings that SHOW prints.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "txn/sql/ast.h"
#include "txn/sql/clause_builder.h"
#include "txn/sql/parse_state.h"

namespace nextkey::sql {

// What stands behind the words of SHOW.
struct ShowClauses {
  std::optional<QualifiedName> from;  // FROM or IN a table, or a schema.
  std::string of_schema;              // A second FROM.
  std::optional<std::string> like;
  ExprRef where;
  std::optional<Limit> limit;
};

// `words` are those between SHOW and its clauses; fails, by name, where we don't know them together.
StatementBody MakeShow(ParseState& state, TextRange place, const std::vector<std::string>& words,
                       ShowClauses clauses);
StatementBody MakeShowCreateTable(ParseState& state, TextRange place, QualifiedName table);
// DESCRIBE table [column].
StatementBody MakeDescribe(ParseState& state, TextRange place, QualifiedName table,
                           std::optional<std::string> column);
// EXPLAIN of the statement that stands at `place`.
StatementBody MakeExplain(ParseState& state, TextRange place, StatementBody body);
// KILL [CONNECTION | QUERY] session; also MariaDB's HARD and SOFT.
StatementBody MakeKill(ParseState& state, TextRange place, const std::vector<std::string>& words,
                       ExprRef session);

}  // namespace nextkey::sql
