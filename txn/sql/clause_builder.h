// Puts the clauses of queries, SET and CREATE TABLE together for the grammar's actions.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "txn/sql/ast.h"
#include "txn/sql/parse_state.h"

namespace nextkey::sql {

struct QualifiedName {
  std::string schema;
  std::string name;
};

// The words behind SELECT, INSERT, ..., as far as they mean something.
struct Modifiers {
  bool is_ignore = false;
  bool is_distinct = false;
  bool is_straight_join = false;
};

struct SelectHead {
  std::vector<SelectItem> items;
  Modifiers modifiers;
};

// Where ALTER TABLE puts a column.
struct Position {
  bool is_first = false;
  std::string after;
};

struct TableOptions {
  CreateTableStatement table;
  bool rebuilds = false;  // In ALTER TABLE: ROW_FORMAT.
};

struct TransactionEnd {
  bool and_chain = false;
  bool release = false;
};

struct SetItem {
  VariableAssignment assignment;
  bool bequeaths_scope = false;  // SET GLOBAL a = 1, b = 2: the word GLOBAL is for b, too.
  bool inherits_scope = false;   // A plain name.
};

// Head, clauses and endings of one query, with its depth filled in; fails where that is too much.
std::shared_ptr<const SelectStatement> FinishSelect(ParseState& state, SelectHead head,
                                                    SelectStatement clauses, LockingClause locking,
                                                    std::vector<std::string> into_variables);
ExprRef MakeStarOf(ParseState& state, TextRange text, std::string table);
LockingClause WithStrength(LockingClause waiting, LockingClause strength);

CreateTableStatement NamedTable(CreateTableStatement table, QualifiedName name, bool if_not_exists);
TableOptions MergedOptions(TableOptions options, TableOptions more);
void CheckIndexType(ParseState& state, TextRange place, std::string_view name);

// A value of SET: a bare word is a text.
ExprRef MakeSetValue(ParseState& state, ExprRef value);
std::vector<VariableAssignment> AssignmentsOf(std::vector<SetItem> items);
// SET NAMES and SET CHARACTER SET: the variable `names`.
VariableAssignment MakeNamesAssignment(ParseState& state, TextRange place, std::string character_set);
// `name` is what stands behind @@.
VariableAssignment MakeSystemAssignment(std::string_view name, ExprRef value);

}  // namespace nextkey::sql
