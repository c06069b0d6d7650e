// The SQL that we understand.
//
// This grammar is the documentation: a statement that it derives is taken, and every other one is an
// error with its place. Rules that end in Refuse(..) recognise what MySQL takes and we don't; the
// rest of those stands in unsupported.cc. Actions only gather: what nodes look like is
// expression_builder.h's business, what tables look like definition_builder.h's.

%require "3.8"
%language "c++"
%skeleton "lalr1.cc"
%expect 0

%define api.namespace {nextkey::sql}
%define api.parser.class {GrammarParser}
%define api.token.prefix {T_}
%define api.token.constructor
%define api.value.type variant
%define api.location.type {nextkey::sql::TextRange}
%define parse.error custom
%define parse.lac full
%locations
%param { nextkey::sql::ParseState& state }

%code requires {
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "txn/sql/ast.h"
#include "txn/sql/clause_builder.h"
#include "txn/sql/definition_builder.h"
#include "txn/sql/expression_builder.h"
#include "txn/sql/parse_state.h"
#include "txn/sql/show_builder.h"

namespace nextkey::sql {

using Expressions = std::vector<ExprRef>;
using Names = std::vector<std::string>;
using Select = std::shared_ptr<const SelectStatement>;

#define YYLLOC_DEFAULT(Current, Rhs, N)                                  \
  do {                                                                   \
    if (N) {                                                             \
      (Current).begin = YYRHSLOC(Rhs, 1).begin;                          \
      (Current).end = YYRHSLOC(Rhs, N).end;                              \
    } else {                                                             \
      (Current).begin = (Current).end = YYRHSLOC(Rhs, 0).end;            \
    }                                                                    \
  } while (false)

}  // namespace nextkey::sql
}

%code {
namespace {

using namespace nextkey::sql;

GrammarParser::symbol_type yylex(ParseState& state) {
  using Code = GrammarParser::token;
  if (!state.is_started()) {
    state.Start();
    const int goal = state.goal() == ParseGoal::kStatement ? Code::T_A_STATEMENT : Code::T_AN_EXPRESSION;
    return GrammarParser::symbol_type(goal, TextRange{});
  }
  const Token& token = *state.Next();
  switch (token.code) {
    case Code::T_NAME:
    case Code::T_STRING:
    case Code::T_USER_VARIABLE:
    case Code::T_SYSTEM_VARIABLE:
      return GrammarParser::symbol_type(token.code, token.text, token.place);
    default: return GrammarParser::symbol_type(token.code, token.place);
  }
}

template <typename T>
std::vector<T> With(std::vector<T> list, T last) {
  list.push_back(std::move(last));
  return list;
}

template <typename T>
std::vector<T> Joined(std::vector<T> list, std::vector<T> more) {
  list.insert(list.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return list;
}

}  // namespace
}

%token END_OF_TEXT 0 "the end of the statement"
%token A_STATEMENT "(a statement)" AN_EXPRESSION "(an expression)"
%token <std::string> NAME "a name" STRING "a text" USER_VARIABLE "an @variable"
%token <std::string> SYSTEM_VARIABLE "an @@variable"
%token INTEGER "a number" DECIMAL_NUMBER "a number with a point" FLOAT_NUMBER "a number with an exponent"
%token HEX_NUMBER "a hexadecimal number" BIT_NUMBER "a binary number" HEX_TEXT "a hexadecimal text"
%token INTERVAL_UNIT "a unit of time" RESERVED "a reserved word"
%token DATE_LITERAL "DATE '..'" TIME_LITERAL "TIME '..'" TIMESTAMP_LITERAL "TIMESTAMP '..'"
%token ON_DUPLICATE_KEY "ON DUPLICATE KEY"

%token OPEN "(" CLOSE ")" COMMA "," POINT "." SEMICOLON ";" PLUS "+" MINUS "-" STAR "*" SLASH "/"
%token PERCENT "%" EQUAL "=" ASSIGN ":=" NULL_SAFE_EQUAL "<=>" NOT_EQUAL "<>" LESS_EQUAL "<="
%token GREATER_EQUAL ">=" LESS "<" GREATER ">" SHIFT_LEFT "<<" SHIFT_RIGHT ">>" AMPERSAND "&" BAR "|"
%token AND_AND "&&" CARET "^" TILDE "~" EXCLAMATION "!" JSON_ARROW "->"

// Reserved words.
%token ADD "ADD" ALL "ALL" ALTER "ALTER" ANALYZE "ANALYZE" AND "AND" AS "AS" ASC "ASC" BETWEEN "BETWEEN"
%token BIGINT "BIGINT" BINARY "BINARY" BOTH "BOTH" BY "BY" CASCADE "CASCADE" CASE "CASE" CHANGE "CHANGE"
%token CHAR "CHAR" CHARACTER "CHARACTER" CHECK "CHECK" COLLATE "COLLATE" COLUMN "COLUMN"
%token CONSTRAINT "CONSTRAINT" CONVERT "CONVERT" CREATE "CREATE" CROSS "CROSS" CURRENT_DATE "CURRENT_DATE"
%token CURRENT_TIME "CURRENT_TIME" CURRENT_TIMESTAMP "CURRENT_TIMESTAMP" CURRENT_USER "CURRENT_USER"
%token DATABASES "DATABASES" DECIMAL "DECIMAL" DEFAULT "DEFAULT" DELAYED "DELAYED" DELETE "DELETE" DESC "DESC"
%token DESCRIBE "DESCRIBE" DISTINCT "DISTINCT"
%token DIV "DIV" DOUBLE "DOUBLE" DROP "DROP" DUAL "DUAL" ELSE "ELSE" EXISTS "EXISTS" EXPLAIN "EXPLAIN" FALSE "FALSE"
%token FLOAT "FLOAT" FOR "FOR" FORCE "FORCE" FOREIGN "FOREIGN" FROM "FROM" GROUP "GROUP" HAVING "HAVING"
%token HIGH_PRIORITY "HIGH_PRIORITY" IF "IF" IGNORE "IGNORE" IN "IN" INDEX "INDEX" INNER "INNER"
%token INSERT "INSERT" INT "INT" INTERVAL "INTERVAL" INTO "INTO" IS "IS" JOIN "JOIN" KEY "KEY" KEYS "KEYS" KILL "KILL"
%token LEADING "LEADING" LEFT "LEFT" LIKE "LIKE" LIMIT "LIMIT" LOCALTIME "LOCALTIME" LOCK "LOCK"
%token LONGTEXT "LONGTEXT" LOW_PRIORITY "LOW_PRIORITY" MEDIUMINT "MEDIUMINT" MEDIUMTEXT "MEDIUMTEXT"
%token MOD "MOD" NO_WRITE_TO_BINLOG "NO_WRITE_TO_BINLOG" NOT "NOT" NULL "NULL" ON "ON" OR "OR" ORDER "ORDER"
%token OUTER "OUTER" PRECISION "PRECISION" PRIMARY "PRIMARY" READ "READ" REFERENCES "REFERENCES"
%token REGEXP "REGEXP" RELEASE "RELEASE" RENAME "RENAME" REPEAT "REPEAT" REPLACE "REPLACE"
%token RESTRICT "RESTRICT" RIGHT "RIGHT" SELECT "SELECT" SEPARATOR "SEPARATOR" SET "SET" SHOW "SHOW"
%token SMALLINT "SMALLINT"
%token SQL_BIG_RESULT "SQL_BIG_RESULT" SQL_CALC_FOUND_ROWS "SQL_CALC_FOUND_ROWS"
%token SQL_SMALL_RESULT "SQL_SMALL_RESULT" STRAIGHT_JOIN "STRAIGHT_JOIN" TABLE "TABLE" THEN "THEN"
%token TINYINT "TINYINT" TINYTEXT "TINYTEXT" TO "TO" TRAILING "TRAILING" TRUE "TRUE" UNIQUE "UNIQUE"
%token UNLOCK "UNLOCK" UNSIGNED "UNSIGNED" UPDATE "UPDATE" USE "USE" USING "USING" UTC_DATE "UTC_DATE"
%token UTC_TIME "UTC_TIME" UTC_TIMESTAMP "UTC_TIMESTAMP" VALUES "VALUES" VARCHAR "VARCHAR" VARYING "VARYING"
%token WHEN "WHEN" WHERE "WHERE" WITH "WITH" WRITE "WRITE" XOR "XOR" ZEROFILL "ZEROFILL"

// Words that may also be names; `word` below lists them again.
%token ACTION "ACTION" AFTER "AFTER" ALGORITHM "ALGORITHM" AUTO_INCREMENT "AUTO_INCREMENT"
%token BEGIN "BEGIN" BOOLEAN "BOOLEAN" CHAIN "CHAIN" CHARSET "CHARSET" COMMENT "COMMENT"
%token COMMIT "COMMIT" COMMITTED "COMMITTED" CONSISTENT "CONSISTENT" DATE "DATE" DATETIME "DATETIME" DO "DO"
%token END "END" ENGINE "ENGINE" ESCAPE "ESCAPE" FIRST "FIRST" FLUSH "FLUSH" GLOBAL "GLOBAL"
%token ISOLATION "ISOLATION" LEVEL "LEVEL" LOCAL "LOCAL" LOCKED "LOCKED" MODE "MODE" MODIFY "MODIFY"
%token NAMES "NAMES" NO "NO" NOWAIT "NOWAIT" OF "OF" OFFSET "OFFSET" ONLY "ONLY" QUICK "QUICK"
%token REPEATABLE "REPEATABLE" ROLLBACK "ROLLBACK" ROW "ROW" SAVEPOINT "SAVEPOINT" SERIAL "SERIAL"
%token SERIALIZABLE "SERIALIZABLE" SESSION "SESSION" SHARE "SHARE" SIGNED "SIGNED" SKIP "SKIP"
%token SNAPSHOT "SNAPSHOT" SQL_BUFFER_RESULT "SQL_BUFFER_RESULT" SQL_CACHE "SQL_CACHE"
%token SQL_NO_CACHE "SQL_NO_CACHE" START "START" TABLES "TABLES" TEXT "TEXT" TIME "TIME"
%token TIMESTAMP "TIMESTAMP" TRANSACTION "TRANSACTION" TRUNCATE "TRUNCATE" UNCOMMITTED "UNCOMMITTED"
%token UNKNOWN "UNKNOWN" VALUE "VALUE" WAIT "WAIT" WORK "WORK"

// Loosest first. The layers above comparison are spelled out in the rules.
%precedence "UNIQUE"
%precedence "KEY"
%precedence ":="
%precedence "OR"
%precedence "XOR"
%precedence "AND" "&&"
%right "BETWEEN"
%left "IN" "LIKE" "REGEXP"
%precedence "NOT"
%precedence "=" "<=>" ">=" ">" "<=" "<" "<>" "IS"
%precedence "ESCAPE"
%left "|"
%left "&"
%left "<<" ">>"
%left "-" "+"
%left "*" "/" "DIV" "%" "MOD"
%left "^"
%precedence SIGN
%precedence "COLLATE" "->"

%type <std::string> word name name_or_text opt_as_alias column_name charset_name unit call_name opt_index_name opt_constraint_name collation_word index_type
%type <Names> names column_list table_names index_names opt_index_names into into_variables name_list using_columns
%type <QualifiedName> table_name
%type <ExprRef> expr or_expr xor_expr and_expr not_expr comparison predicate bit_expr simple_expr
%type <ExprRef> opt_where where having opt_case_operand opt_else argument interval number_literal literal
%type <ExprRef> value default_value now_call set_value limit_number opt_escape
%type <Expressions> or_terms and_terms expressions opt_arguments arguments case_branches values opt_values group_by
%type <std::vector<Expressions>> value_rows
%type <Select> select select_in_parentheses
%type <SelectHead> select_head
%type <SelectStatement> clauses where_clauses group_clauses having_clauses order_clauses limit_clause opt_where_clauses opt_group_clauses opt_having_clauses opt_order_clauses opt_limit_clause
%type <std::vector<SelectItem>> select_items
%type <SelectItem> select_item
%type <std::vector<TableReference>> table_references table_reference
%type <TableReference> table_factor
%type <std::vector<IndexHint>> index_hints
%type <IndexHintKind> index_hint_kind
%type <JoinKind> inner_join
%type <std::vector<OrderItem>> opt_order_by order_by order_items
%type <OrderItem> order_item
%type <bool> opt_direction opt_if_exists opt_if_not_exists is_not
%type <std::optional<Limit>> opt_limit limit
%type <LockingClause> locking opt_locking lock_strength lock_options
%type <Modifiers> select_options change_options
%type <std::vector<Assignment>> assignments opt_on_duplicate
%type <Assignment> assignment
%type <InsertStatement> insert_target insert_body insert_source
%type <StatementBody> statement insert update delete create_table create_index drop alter_table begin commit set_statement lock_tables flush truncate analyze show describe explain explained kill
%type <Op> comparison_operator
%type <TypeDraft> type cast_type
%type <TypeKind> integer_type time_type text_type
%type <std::optional<TextRange>> opt_length
%type <bool> opt_unsigned
%type <ColumnDraft> column
%type <TableElement> table_element table_key
%type <std::vector<TableElement>> table_elements
%type <std::vector<IndexColumn>> index_columns index_parts
%type <IndexColumn> index_part
%type <ForeignKeySpec> foreign_key
%type <ReferenceAction> reference_action
%type <TableOptions> opt_table_options table_options table_option create_option
%type <std::vector<AlterAction>> alter_actions alter_action
%type <Position> opt_position
%type <std::vector<SetItem>> set_items
%type <SetItem> set_item
%type <VariableScope> scope
%type <IsolationLevel> isolation_level
%type <SetTransactionStatement> transaction_characteristics transaction_characteristic
%type <bool> access_mode
%type <BeginStatement> start_options start_option
%type <TransactionEnd> transaction_end
%type <std::vector<TableLockItem>> table_locks
%type <TableLockItem> table_lock
%type <TableLockKind> table_lock_kind
%type <IndexSpecKind> unique_kind
%type <Names> show_words kill_words
%type <std::string> show_word
%type <ShowClauses> show_clauses show_filter
%type <ExprRef> kill_session

%start text

%%

text:
    A_STATEMENT statement opt_semicolon END_OF_TEXT { state.body = std::move($2); }
  | AN_EXPRESSION expr END_OF_TEXT { state.expression = std::move($2); }
  ;

opt_semicolon: %empty | ";" ;

statement:
    select { $$ = std::move($1); }
  | select_in_parentheses { $$ = std::move($1); }
  | insert { $$ = std::move($1); }
  | update { $$ = std::move($1); }
  | delete { $$ = std::move($1); }
  | create_table { $$ = std::move($1); }
  | create_index { $$ = std::move($1); }
  | drop { $$ = std::move($1); }
  | alter_table { $$ = std::move($1); }
  | truncate { $$ = std::move($1); }
  | begin { $$ = std::move($1); }
  | commit { $$ = std::move($1); }
  | set_statement { $$ = std::move($1); }
  | lock_tables { $$ = std::move($1); }
  | flush { $$ = std::move($1); }
  | analyze { $$ = std::move($1); }
  | USE name { $$ = UseStatement{std::move($2)}; }
  | DO expressions { $$ = DoStatement{std::move($2)}; }
  | show { $$ = std::move($1); }
  | describe { $$ = std::move($1); }
  | explain { $$ = std::move($1); }
  | kill { $$ = std::move($1); }
  ;

// --- Names ----------------------------------------------------------------------------------------

name:
    NAME { $$ = std::move($1); }
  | word { $$ = std::move($1); }
  ;

// Keywords that are not reserved.
word: word_token { $$ = std::string(state.Source(@1)); } ;
word_token:
    ACTION | AFTER | ALGORITHM | AUTO_INCREMENT | BEGIN | BOOLEAN | CHAIN | CHARSET | COMMENT |
    COMMIT | COMMITTED | CONSISTENT | DATE | DATETIME | DO | END | ENGINE | ESCAPE | FIRST | FLUSH |
    GLOBAL | ISOLATION | LEVEL | LOCAL | LOCKED | MODE | MODIFY | NAMES | NO | NOWAIT | OF |
    OFFSET | ONLY | REPEATABLE | ROLLBACK | ROW | SAVEPOINT | SERIAL | SERIALIZABLE | SESSION |
    SHARE | SIGNED | SKIP | SNAPSHOT | START | TABLES | TEXT | TIME | TIMESTAMP | TRANSACTION |
    TRUNCATE | UNCOMMITTED | UNKNOWN | VALUE | WAIT | WORK
  ;

name_or_text:
    name { $$ = std::move($1); }
  | STRING { $$ = std::move($1); }
  ;

names:
    name { $$ = {std::move($1)}; }
  | names "," name { $$ = With(std::move($1), std::move($3)); }
  ;

name_list: "(" names ")" { $$ = std::move($2); } ;

table_name:
    name { $$ = QualifiedName{.schema = {}, .name = std::move($1)}; }
  | name "." name { $$ = QualifiedName{.schema = std::move($1), .name = std::move($3)}; }
  ;

table_names:
    table_name { $$ = {std::move($1.name)}; }
  | table_names "," table_name { $$ = With(std::move($1), std::move($3.name)); }
  ;

column_name:
    name { $$ = std::move($1); }
  | name "." name { $$ = std::move($3); }
  | name "." name "." name { $$ = std::move($5); }
  ;

// --- Expressions ----------------------------------------------------------------------------------
// From the loosest to the tightest: OR, XOR, AND, NOT, comparison, predicate, arithmetic, simple.

expressions:
    expr { $$ = {std::move($1)}; }
  | expressions "," expr { $$ = With(std::move($1), std::move($3)); }
  ;

expr: or_expr { $$ = std::move($1); } ;

or_expr:
    xor_expr %prec ":=" { $$ = std::move($1); }
  | or_terms %prec ":=" { $$ = MakeChain(state, Op::kOr, std::move($1)); }
  ;
or_terms:
    xor_expr "OR" xor_expr { $$ = {std::move($1), std::move($3)}; }
  | or_terms "OR" xor_expr { $$ = With(std::move($1), std::move($3)); }
  ;

xor_expr:
    and_expr %prec ":=" { $$ = std::move($1); }
  | xor_expr "XOR" and_expr { $$ = MakeOperation(state, Op::kXor, @$, {std::move($1), std::move($3)}); }
  ;

and_expr:
    not_expr %prec ":=" { $$ = std::move($1); }
  | and_terms %prec ":=" { $$ = MakeChain(state, Op::kAnd, std::move($1)); }
  ;
and_terms:
    not_expr and not_expr { $$ = {std::move($1), std::move($3)}; }
  | and_terms and not_expr { $$ = With(std::move($1), std::move($3)); }
  ;

// BETWEEN takes the word alone.
and: "AND" | "&&" ;

not_expr:
    comparison %prec ":=" { $$ = std::move($1); }
  | "NOT" not_expr { $$ = MakeOperation(state, Op::kNot, @$, {std::move($2)}); }
  ;

comparison:
    predicate %prec ":=" { $$ = std::move($1); }
  | comparison comparison_operator predicate %prec ":=" {
      $$ = MakeOperation(state, $2, @$, {std::move($1), std::move($3)});
    }
  | comparison comparison_operator quantifier select_in_parentheses {
      state.Refuse(@3, Feature::kQuantifiedComparison);
      $$ = std::move($1);
    }
  | comparison "IS" is_not "NULL" {
      $$ = MakeOperation(state, Op::kIsNull, @$, {std::move($1)});
      if ($3) $$ = MakeOperation(state, Op::kNot, @$, {std::move($$)});
    }
  | comparison "IS" is_not "UNKNOWN" {
      $$ = MakeOperation(state, Op::kIsNull, @$, {std::move($1)});
      if ($3) $$ = MakeOperation(state, Op::kNot, @$, {std::move($$)});
    }
  | comparison "IS" is_not "TRUE" {
      $$ = MakeOperation(state, Op::kIsTrue, @$, {std::move($1)});
      if ($3) $$ = MakeOperation(state, Op::kNot, @$, {std::move($$)});
    }
  | comparison "IS" is_not "FALSE" {
      $$ = MakeOperation(state, Op::kIsFalse, @$, {std::move($1)});
      if ($3) $$ = MakeOperation(state, Op::kNot, @$, {std::move($$)});
    }
  ;
is_not: %empty { $$ = false; } | "NOT" { $$ = true; } ;
quantifier: "ALL" ;

comparison_operator:
    "=" { $$ = Op::kEqual; }
  | "<=>" { $$ = Op::kNullSafeEqual; }
  | "<>" { $$ = Op::kNotEqual; }
  | "<" { $$ = Op::kLess; }
  | "<=" { $$ = Op::kLessEqual; }
  | ">" { $$ = Op::kGreater; }
  | ">=" { $$ = Op::kGreaterEqual; }
  ;

predicate:
    bit_expr %prec ":=" { $$ = std::move($1); }
  | predicate "IN" "(" expressions ")" {
      $4.insert($4.begin(), std::move($1));
      $$ = MakeOperation(state, Op::kIn, @$, std::move($4));
    }
  | predicate "NOT" "IN" "(" expressions ")" {
      $5.insert($5.begin(), std::move($1));
      $$ = MakeOperation(state, Op::kIn, @$, std::move($5));
      $$ = MakeOperation(state, Op::kNot, @$, {std::move($$)});
    }
  | predicate "IN" select_in_parentheses {
      $$ = MakeSubquery(state, Op::kInSubquery, @$, std::move($3), {std::move($1)});
    }
  | predicate "NOT" "IN" select_in_parentheses {
      $$ = MakeSubquery(state, Op::kInSubquery, @$, std::move($4), {std::move($1)});
      $$ = MakeOperation(state, Op::kNot, @$, {std::move($$)});
    }
  | predicate "BETWEEN" predicate "AND" predicate %prec "BETWEEN" {
      $$ = MakeOperation(state, Op::kBetween, @$, {std::move($1), std::move($3), std::move($5)});
    }
  | predicate "NOT" "BETWEEN" predicate "AND" predicate %prec "BETWEEN" {
      $$ = MakeOperation(state, Op::kBetween, @$, {std::move($1), std::move($4), std::move($6)});
      $$ = MakeOperation(state, Op::kNot, @$, {std::move($$)});
    }
  | predicate "LIKE" predicate opt_escape %prec "LIKE" {
      Expressions args = {std::move($1), std::move($3)};
      if ($4) args.push_back(std::move($4));
      $$ = MakeOperation(state, Op::kLike, @$, std::move(args));
    }
  | predicate "NOT" "LIKE" predicate opt_escape %prec "LIKE" {
      Expressions args = {std::move($1), std::move($4)};
      if ($5) args.push_back(std::move($5));
      $$ = MakeOperation(state, Op::kLike, @$, std::move(args));
      $$ = MakeOperation(state, Op::kNot, @$, {std::move($$)});
    }
  | predicate "REGEXP" predicate %prec "LIKE" {
      state.Refuse(@2, Feature::kRegularExpression);
      $$ = std::move($1);
    }
  ;
opt_escape: %empty %prec "LIKE" { $$ = nullptr; } | "ESCAPE" bit_expr %prec "ESCAPE" { $$ = std::move($2); } ;

bit_expr:
    simple_expr %prec ":=" { $$ = std::move($1); }
  | bit_expr "|" bit_expr { $$ = MakeOperation(state, Op::kBitOr, @$, {std::move($1), std::move($3)}); }
  | bit_expr "&" bit_expr { $$ = MakeOperation(state, Op::kBitAnd, @$, {std::move($1), std::move($3)}); }
  | bit_expr "<<" bit_expr { $$ = MakeOperation(state, Op::kShiftLeft, @$, {std::move($1), std::move($3)}); }
  | bit_expr ">>" bit_expr { $$ = MakeOperation(state, Op::kShiftRight, @$, {std::move($1), std::move($3)}); }
  | bit_expr "+" bit_expr { $$ = MakeOperation(state, Op::kAdd, @$, {std::move($1), std::move($3)}); }
  | bit_expr "-" bit_expr { $$ = MakeOperation(state, Op::kSubtract, @$, {std::move($1), std::move($3)}); }
  | bit_expr "+" interval { $$ = AddInterval(state, @$, std::move($1), $3, false); }
  | bit_expr "-" interval { $$ = AddInterval(state, @$, std::move($1), $3, true); }
  | interval "+" bit_expr { $$ = AddInterval(state, @$, std::move($3), $1, false); }
  | bit_expr "*" bit_expr { $$ = MakeOperation(state, Op::kMultiply, @$, {std::move($1), std::move($3)}); }
  | bit_expr "/" bit_expr { $$ = MakeOperation(state, Op::kDivide, @$, {std::move($1), std::move($3)}); }
  | bit_expr "DIV" bit_expr { $$ = MakeOperation(state, Op::kIntegerDivide, @$, {std::move($1), std::move($3)}); }
  | bit_expr "%" bit_expr { $$ = MakeOperation(state, Op::kModulo, @$, {std::move($1), std::move($3)}); }
  | bit_expr "MOD" bit_expr { $$ = MakeOperation(state, Op::kModulo, @$, {std::move($1), std::move($3)}); }
  | bit_expr "^" bit_expr { $$ = MakeOperation(state, Op::kBitXor, @$, {std::move($1), std::move($3)}); }
  ;

interval: "INTERVAL" expr unit { $$ = MakeInterval(state, @$, std::move($2), std::move($3)); } ;
unit:
    name { $$ = UnitNamed(state, @1, $1); }
  | INTERVAL_UNIT { $$ = ToLower(state.Source(@1)); }
  ;

simple_expr:
    literal { $$ = std::move($1); }
  | name { $$ = MakeColumn(state, @$, {}, std::move($1)); }
  | name "." name { $$ = MakeColumn(state, @$, std::move($1), std::move($3)); }
  | name "." name "." name { $$ = MakeColumn(state, @$, std::move($3), std::move($5)); }
  | USER_VARIABLE { $$ = MakeNamed(state, Op::kUserVariable, @$, std::move($1)); }
  | USER_VARIABLE ":=" expr %prec ":=" {
      $$ = MakeNamed(state, Op::kAssignVariable, @$, std::move($1), {std::move($3)});
    }
  | SYSTEM_VARIABLE { $$ = MakeSystemVariable(state, @$, $1); }
  | "+" simple_expr %prec SIGN { $$ = std::move($2); }
  | "-" simple_expr %prec SIGN { $$ = MakeNegation(state, @$, std::move($2)); }
  | "~" simple_expr %prec SIGN { $$ = MakeOperation(state, Op::kBitNot, @$, {std::move($2)}); }
  | "!" simple_expr %prec SIGN { $$ = MakeOperation(state, Op::kNot, @$, {std::move($2)}); }
  | "BINARY" simple_expr %prec SIGN { $$ = MakeCast(state, @$, std::move($2), BinaryText()); }
  | simple_expr "COLLATE" collation_word {
      if (CollationNamed(state, @3, $3) != Collation::kBin) state.Refuse(@2, Feature::kCollateExpression);
      $$ = MakeCast(state, @$, std::move($1), BinaryText());
    }
  | "(" expr ")" { $$ = std::move($2); }
  | "(" expr "," expressions ")" {
      $4.insert($4.begin(), std::move($2));
      $$ = MakeOperation(state, Op::kRow, @$, std::move($4));
    }
  | select_in_parentheses { $$ = MakeSubquery(state, Op::kSubquery, @$, std::move($1)); }
  | "EXISTS" select_in_parentheses { $$ = MakeSubquery(state, Op::kExists, @$, std::move($2)); }
  | "CASE" opt_case_operand case_branches opt_else "END" {
      $$ = MakeCase(state, @$, std::move($2), std::move($3), std::move($4));
    }
  | call_name "(" expr "AS" cast_type ")" {
      if (ToLower($1) != "cast") state.Fail(@4, "unexpected AS: only CAST(.. AS type) has it");
      $$ = MakeCast(state, @$, std::move($3), $5.type);
    }
  | "CONVERT" "(" expr "," cast_type ")" { $$ = MakeCast(state, @$, std::move($3), $5.type); }
  | "CONVERT" "(" expr "USING" charset_name ")" {
      CheckCharacterSet(state, @5, $5);
      $$ = MakeCast(state, @$, std::move($3), TextType(TypeKind::kChar, 0).type);
    }
  | "VALUES" "(" column_name ")" { $$ = MakeNamed(state, Op::kInsertedValue, @$, std::move($3)); }
  | "DEFAULT" "(" column_name ")" { $$ = MakeNamed(state, Op::kDefault, @$, std::move($3)); }
  | now_call { $$ = std::move($1); }
  | call_name "(" opt_arguments ")" {
      $$ = MakeCall(state, @$, Call{.name_place = @1, .open = @2, .name = std::move($1), .args = std::move($3)});
    }
  | call_name "(" "DISTINCT" expressions ")" {
      $$ = MakeCall(state, @$, Call{.name_place = @1, .open = @2, .name = std::move($1),
                                    .args = std::move($4), .is_distinct = true});
    }
  | call_name "(" "ALL" expr ")" {
      $$ = MakeCall(state, @$, Call{.name_place = @1, .open = @2, .name = std::move($1), .args = {std::move($4)}});
    }
  | call_name "(" "*" ")" {
      ExprRef star = MakeNamed(state, Op::kStar, @3, {});
      $$ = MakeCall(state, @$, Call{.name_place = @1, .open = @2, .name = std::move($1), .args = {std::move(star)}});
    }
  | call_name "(" arguments group_concat_options ")" {
      state.Refuse(@4, Feature::kGroupConcatOptions);
      $$ = std::move($3.front());
    }
  | call_name "(" "DISTINCT" expressions group_concat_options ")" {
      state.Refuse(@5, Feature::kGroupConcatOptions);
      $$ = std::move($4.front());
    }
  | call_name "(" expr "FROM" expr ")" {
      $$ = MakeCallWithFrom(state, @$, Call{.name_place = @1, .open = @2, .name = std::move($1),
                                            .args = {std::move($3), std::move($5)}});
    }
  | call_name "(" expr "FROM" expr "FOR" expr ")" {
      $$ = MakeCallWithFrom(state, @$, Call{.name_place = @1, .open = @2, .name = std::move($1),
                                            .args = {std::move($3), std::move($5), std::move($7)}});
    }
  | call_name "(" trim_side {
      state.Refuse(@3, Feature::kTrimOptions);
      $$ = MakeNamed(state, Op::kLiteral, @$, {});
    }
  | simple_expr "->" STRING {
      state.Refuse(@2, Feature::kJson);
      $$ = std::move($1);
    }
  ;

literal:
    number_literal { $$ = std::move($1); }
  | STRING { $$ = MakeLiteral(state, @$, Value::Text(std::move($1))); }
  | HEX_TEXT { $$ = MakeLiteral(state, @$, HexTextValue(state, @1)); }
  | "NULL" { $$ = MakeLiteral(state, @$, Value::Null()); }
  | "TRUE" { $$ = MakeLiteral(state, @$, Value::Int(1)); }
  | "FALSE" { $$ = MakeLiteral(state, @$, Value::Int(0)); }
  | DATE_LITERAL STRING { $$ = MakeLiteral(state, @$, TemporalValue(state, @2, TemporalKind::kDate, $2)); }
  | TIME_LITERAL STRING { $$ = MakeLiteral(state, @$, TemporalValue(state, @2, TemporalKind::kTime, $2)); }
  | TIMESTAMP_LITERAL STRING {
      $$ = MakeLiteral(state, @$, TemporalValue(state, @2, TemporalKind::kTimestamp, $2));
    }
  ;
number_literal:
    INTEGER { $$ = MakeLiteral(state, @$, IntegerValue(state, @1)); }
  | DECIMAL_NUMBER { $$ = MakeLiteral(state, @$, DecimalValue(state, @1)); }
  | FLOAT_NUMBER { $$ = MakeLiteral(state, @$, FloatValue(state, @1)); }
  | HEX_NUMBER { $$ = MakeLiteral(state, @$, HexValue(state, @1)); }
  | BIT_NUMBER { $$ = MakeLiteral(state, @$, BitValue(state, @1)); }
  ;

opt_case_operand: %empty { $$ = nullptr; } | expr { $$ = std::move($1); } ;
case_branches:
    "WHEN" expr "THEN" expr { $$ = {std::move($2), std::move($4)}; }
  | case_branches "WHEN" expr "THEN" expr {
      $$ = With(With(std::move($1), std::move($3)), std::move($5));
    }
  ;
opt_else: %empty { $$ = nullptr; } | "ELSE" expr { $$ = std::move($2); } ;

// Names of functions; the reserved ones are functions only before a parenthesis.
call_name:
    name { $$ = std::move($1); }
  | "IF" { $$ = "if"; }
  | "LEFT" { $$ = "left"; }
  | "RIGHT" { $$ = "right"; }
  | "REPLACE" { $$ = "replace"; }
  | "INSERT" { $$ = "insert"; }
  | "REPEAT" { $$ = "repeat"; }
  | "MOD" { $$ = "mod"; }
  | "CHAR" { $$ = "char"; }
  ;

// CURRENT_TIMESTAMP and its kind, which need no parentheses.
now_call:
    now_name opt_length { $$ = MakeNow(state, @$, @1, $2); }
  | now_name "(" ")" { $$ = MakeNow(state, @$, @1, std::nullopt); }
  ;
now_name:
    "CURRENT_TIMESTAMP" | "CURRENT_DATE" | "CURRENT_TIME" | "LOCALTIME" | "UTC_DATE" | "UTC_TIME"
  | "UTC_TIMESTAMP" | "CURRENT_USER"
  ;

opt_arguments: %empty { $$ = {}; } | arguments { $$ = std::move($1); } ;
arguments:
    argument { $$ = {std::move($1)}; }
  | arguments "," argument { $$ = With(std::move($1), std::move($3)); }
  ;
argument:
    expr { $$ = std::move($1); }
  | interval { $$ = std::move($1); }
  ;
group_concat_options: order_by opt_separator | "SEPARATOR" STRING ;
opt_separator: %empty | "SEPARATOR" STRING ;
trim_side: "LEADING" | "TRAILING" | "BOTH" ;

// --- Queries --------------------------------------------------------------------------------------

select:
    select_head { $$ = FinishSelect(state, std::move($1), {}, {}, {}); }
  | select_head clauses { $$ = FinishSelect(state, std::move($1), std::move($2), {}, {}); }
  | select_head locking { $$ = FinishSelect(state, std::move($1), {}, std::move($2), {}); }
  | select_head locking into { $$ = FinishSelect(state, std::move($1), {}, std::move($2), std::move($3)); }
  | select_head clauses locking { $$ = FinishSelect(state, std::move($1), std::move($2), std::move($3), {}); }
  | select_head clauses into opt_locking {
      $$ = FinishSelect(state, std::move($1), std::move($2), std::move($4), std::move($3));
    }
  | select_head clauses locking into {
      $$ = FinishSelect(state, std::move($1), std::move($2), std::move($3), std::move($4));
    }
  | select_head into opt_locking { $$ = FinishSelect(state, std::move($1), {}, std::move($3), std::move($2)); }
  | select_head into clauses opt_locking {
      $$ = FinishSelect(state, std::move($1), std::move($3), std::move($4), std::move($2));
    }
  ;

select_in_parentheses: "(" select ")" { $$ = std::move($2); } ;

select_head:
    "SELECT" select_options select_items {
      $$ = SelectHead{.items = std::move($3), .modifiers = $2};
    }
  ;
select_options:
    %empty { $$ = {}; }
  | select_options "ALL" { $$ = $1; }
  | select_options "DISTINCT" { $$ = $1; $$.is_distinct = true; }
  | select_options "STRAIGHT_JOIN" { $$ = $1; $$.is_straight_join = true; }
  | select_options ignored_select_option { $$ = $1; }
  ;
// Hints about caching and priority: no effect here.
ignored_select_option:
    "HIGH_PRIORITY" | "SQL_SMALL_RESULT" | "SQL_BIG_RESULT" | "SQL_BUFFER_RESULT" | "SQL_NO_CACHE"
  | "SQL_CACHE" | "SQL_CALC_FOUND_ROWS"
  ;

select_items:
    select_item { $$ = {std::move($1)}; }
  | "*" { $$ = {SelectItem{.expression = MakeNamed(state, Op::kStar, @1, {}), .alias = "*"}}; }
  | select_items "," select_item { $$ = With(std::move($1), std::move($3)); }
  ;
select_item:
    expr opt_as_alias {
      std::string heading = $2.empty() ? HeadingOf(state, *$1, @1) : std::move($2);
      $$ = SelectItem{.expression = std::move($1), .alias = std::move(heading)};
    }
  | name "." "*" {
      $$ = SelectItem{.expression = MakeStarOf(state, @$, std::move($1)), .alias = std::string(state.Source(@$))};
    }
  | name "." name "." "*" {
      $$ = SelectItem{.expression = MakeStarOf(state, @$, std::move($3)), .alias = std::string(state.Source(@$))};
    }
  ;
opt_as_alias:
    %empty { $$ = {}; }
  | name_or_text { $$ = std::move($1); }
  | "AS" name_or_text { $$ = std::move($2); }
  ;

into: "INTO" into_variables { $$ = std::move($2); } ;
into_variables:
    USER_VARIABLE { $$ = {std::move($1)}; }
  | into_variables "," USER_VARIABLE { $$ = With(std::move($1), std::move($3)); }
  ;

// FROM, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT: each may be left out, at least one is there.
clauses:
    "FROM" table_references opt_where_clauses {
      $$ = std::move($3);
      $$.from = std::move($2);
    }
  | "FROM" "DUAL" opt_where_clauses { $$ = std::move($3); }
  | where_clauses { $$ = std::move($1); }
  ;
opt_where_clauses: %empty { $$ = {}; } | where_clauses { $$ = std::move($1); } ;
where_clauses:
    where opt_group_clauses {
      $$ = std::move($2);
      $$.where = std::move($1);
    }
  | group_clauses { $$ = std::move($1); }
  ;
opt_group_clauses: %empty { $$ = {}; } | group_clauses { $$ = std::move($1); } ;
group_clauses:
    group_by opt_having_clauses {
      $$ = std::move($2);
      $$.group_by = std::move($1);
    }
  | having_clauses { $$ = std::move($1); }
  ;
opt_having_clauses: %empty { $$ = {}; } | having_clauses { $$ = std::move($1); } ;
having_clauses:
    having opt_order_clauses {
      $$ = std::move($2);
      $$.having = std::move($1);
    }
  | order_clauses { $$ = std::move($1); }
  ;
opt_order_clauses: %empty { $$ = {}; } | order_clauses { $$ = std::move($1); } ;
order_clauses:
    order_by opt_limit_clause {
      $$ = std::move($2);
      $$.order_by = std::move($1);
    }
  | limit_clause { $$ = std::move($1); }
  ;
opt_limit_clause: %empty { $$ = {}; } | limit_clause { $$ = std::move($1); } ;
limit_clause: limit { $$.limit = std::move($1); } ;

where: "WHERE" expr { $$ = std::move($2); } ;
opt_where: %empty { $$ = nullptr; } | where { $$ = std::move($1); } ;
group_by:
    "GROUP" "BY" order_items {
      for (OrderItem& item : $3) $$.push_back(std::move(item.expression));
    }
  ;
having: "HAVING" expr { $$ = std::move($2); } ;
order_by: "ORDER" "BY" order_items { $$ = std::move($3); } ;
opt_order_by: %empty { $$ = {}; } | order_by { $$ = std::move($1); } ;
order_items:
    order_item { $$ = {std::move($1)}; }
  | order_items "," order_item { $$ = With(std::move($1), std::move($3)); }
  ;
order_item: expr opt_direction { $$ = OrderItem{.expression = std::move($1), .is_descending = $2}; } ;
opt_direction: %empty { $$ = false; } | "ASC" { $$ = false; } | "DESC" { $$ = true; } ;

opt_limit: %empty { $$ = std::nullopt; } | limit { $$ = std::move($1); } ;
limit:
    "LIMIT" limit_number { $$ = Limit{.count = std::move($2), .offset = nullptr}; }
  | "LIMIT" limit_number "," limit_number { $$ = Limit{.count = std::move($4), .offset = std::move($2)}; }
  | "LIMIT" limit_number "OFFSET" limit_number { $$ = Limit{.count = std::move($2), .offset = std::move($4)}; }
  ;
limit_number: INTEGER { $$ = MakeLiteral(state, @$, IntegerValue(state, @1)); } ;

opt_locking: %empty { $$ = {}; } | locking { $$ = std::move($1); } ;
locking:
    lock_strength lock_options { $$ = WithStrength(std::move($2), $1); }
  | "LOCK" "IN" "SHARE" "MODE" lock_options { $$ = WithStrength(std::move($5), {.strength = RowLocking::kShare}); }
  ;
lock_strength:
    "FOR" "UPDATE" { $$.strength = RowLocking::kUpdate; }
  | "FOR" "SHARE" { $$.strength = RowLocking::kShare; }
  | "FOR" "UPDATE" "OF" table_names { $$.strength = RowLocking::kUpdate; $$.of_tables = std::move($4); }
  | "FOR" "SHARE" "OF" table_names { $$.strength = RowLocking::kShare; $$.of_tables = std::move($4); }
  ;
lock_options:
    %empty { $$ = {}; }
  | "NOWAIT" { $$.waiting = LockWaiting::kNoWait; }
  | "SKIP" "LOCKED" { $$.waiting = LockWaiting::kSkipLocked; }
  | "WAIT" INTEGER { $$.wait_seconds = static_cast<std::uint32_t>(SmallNumber(state, @2, 0xffffffff)); }
  ;

// Joined from left to right; a comma joins like INNER JOIN without a condition.
table_references:
    table_reference { $$ = std::move($1); }
  | table_references "," table_reference { $$ = Joined(std::move($1), std::move($3)); }
  ;
table_reference:
    table_factor { $$ = {std::move($1)}; }
  | table_reference inner_join table_factor {
      $3.join = $2;
      $$ = With(std::move($1), std::move($3));
    }
  | table_reference inner_join table_factor "ON" expr {
      $3.join = $2;
      $3.join_condition = std::move($5);
      $$ = With(std::move($1), std::move($3));
    }
  | table_reference inner_join table_factor "USING" using_columns {
      $3.join = $2;
      $3.using_columns = std::move($5);
      $$ = With(std::move($1), std::move($3));
    }
  | table_reference "LEFT" opt_outer "JOIN" table_factor "ON" expr {
      $5.join = JoinKind::kLeft;
      $5.join_condition = std::move($7);
      $$ = With(std::move($1), std::move($5));
    }
  | table_reference "LEFT" opt_outer "JOIN" table_factor "USING" using_columns {
      $5.join = JoinKind::kLeft;
      $5.using_columns = std::move($7);
      $$ = With(std::move($1), std::move($5));
    }
  ;
using_columns: name_list { $$ = std::move($1); } ;
inner_join:
    "JOIN" { $$ = JoinKind::kInner; }
  | "INNER" "JOIN" { $$ = JoinKind::kInner; }
  | "CROSS" "JOIN" { $$ = JoinKind::kInner; }
  | "STRAIGHT_JOIN" { $$ = JoinKind::kStraight; }
  ;
opt_outer: %empty | "OUTER" ;
table_factor:
    table_name opt_table_alias index_hints {
      $$.text = @$;
      $$.alias = $2.empty() ? $1.name : std::move($2);
      $$.schema = std::move($1.schema);
      $$.name = std::move($1.name);
      $$.hints = std::move($3);
    }
  | select_in_parentheses opt_table_alias { state.Refuse(@1, Feature::kDerivedTable); }
  | "(" table_references ")" { state.Refuse(@1, Feature::kNestedJoin); }
  ;
%type <std::string> opt_table_alias;
opt_table_alias:
    %empty { $$ = {}; }
  | name { $$ = std::move($1); }
  | "AS" name { $$ = std::move($2); }
  ;
index_hints:
    %empty { $$ = {}; }
  | index_hints index_hint_kind index_word opt_hint_purpose "(" opt_index_names ")" {
      $$ = With(std::move($1), IndexHint{.kind = $2, .indexes = std::move($6)});
    }
  ;
index_hint_kind:
    "USE" { $$ = IndexHintKind::kUse; }
  | "FORCE" { $$ = IndexHintKind::kForce; }
  | "IGNORE" { $$ = IndexHintKind::kIgnore; }
  ;
index_word: "INDEX" | "KEY" ;
opt_hint_purpose: %empty | "FOR" "JOIN" | "FOR" "ORDER" "BY" | "FOR" "GROUP" "BY" ;
opt_index_names: %empty { $$ = {}; } | index_names { $$ = std::move($1); } ;
%type <std::string> index_name;
index_name:
    name { $$ = std::move($1); }
  | "PRIMARY" { $$ = "PRIMARY"; }
  ;
index_names:
    index_name { $$ = {std::move($1)}; }
  | index_names "," index_name { $$ = With(std::move($1), std::move($3)); }
  ;

// --- INSERT, REPLACE, UPDATE, DELETE --------------------------------------------------------------

// Words about priority have no effect here.
change_options:
    %empty { $$ = {}; }
  | change_options "IGNORE" { $$ = $1; $$.is_ignore = true; }
  | change_options "LOW_PRIORITY" { $$ = $1; }
  | change_options "HIGH_PRIORITY" { $$ = $1; }
  | change_options "DELAYED" { $$ = $1; }
  | change_options "QUICK" { $$ = $1; }
  ;
insert:
    "INSERT" change_options insert_target opt_on_duplicate {
      $3.is_ignore = $2.is_ignore;
      if ($2.is_ignore) $3.on_duplicate = DuplicateHandling::kIgnore;
      if (!$4.empty()) $3.on_duplicate = DuplicateHandling::kUpdate;
      $3.updates = std::move($4);
      $$ = std::move($3);
    }
  | "REPLACE" change_options insert_target {
      $3.on_duplicate = DuplicateHandling::kReplace;
      $$ = std::move($3);
    }
  ;
insert_target:
    opt_into_word table_name insert_body {
      $$ = std::move($3);
      $$.table.schema = std::move($2.schema);
      $$.table.alias = $2.name;
      $$.table.name = std::move($2.name);
      $$.table.text = @2;
    }
  ;
opt_into_word: %empty | "INTO" ;
insert_body:
    insert_source { $$ = std::move($1); }
  | "(" column_list ")" insert_source {
      $$ = std::move($4);
      $$.columns = std::move($2);
    }
  | "(" ")" insert_source { $$ = std::move($3); }
  | "SET" assignments {
      $$.rows.emplace_back();
      for (Assignment& assignment : $2) {
        $$.columns.push_back(std::move(assignment.column));
        $$.rows.front().push_back(std::move(assignment.value));
      }
    }
  ;
column_list:
    column_name { $$ = {std::move($1)}; }
  | column_list "," column_name { $$ = With(std::move($1), std::move($3)); }
  ;
insert_source:
    values_word value_rows { $$.rows = std::move($2); }
  | values_word value_rows "AS" name {
      state.Refuse(@3, Feature::kRowAlias);
      $$.rows = std::move($2);
    }
  | select { $$.query = std::move($1); }
  | select_in_parentheses { $$.query = std::move($1); }
  ;
values_word: "VALUES" | "VALUE" ;
value_rows:
    "(" opt_values ")" { $$.push_back(std::move($2)); }
  | value_rows "," "(" opt_values ")" { $$ = With(std::move($1), std::move($4)); }
  ;
opt_values: %empty { $$ = {}; } | values { $$ = std::move($1); } ;
values:
    value { $$ = {std::move($1)}; }
  | values "," value { $$ = With(std::move($1), std::move($3)); }
  ;
value:
    expr { $$ = std::move($1); }
  | "DEFAULT" { $$ = MakeNamed(state, Op::kDefault, @1, {}); }
  ;
opt_on_duplicate:
    %empty { $$ = {}; }
  | ON_DUPLICATE_KEY "UPDATE" assignments { $$ = std::move($3); }
  ;

assignments:
    assignment { $$ = {std::move($1)}; }
  | assignments "," assignment { $$ = With(std::move($1), std::move($3)); }
  ;
assignment:
    name assign value {
      $$ = Assignment{.qualifier = {}, .column = std::move($1), .value = std::move($3), .text = @$};
    }
  | name "." name assign value {
      $$ = Assignment{.qualifier = std::move($1), .column = std::move($3), .value = std::move($5), .text = @$};
    }
  | name "." name "." name assign value {
      $$ = Assignment{.qualifier = std::move($3), .column = std::move($5), .value = std::move($7), .text = @$};
    }
  ;
assign: "=" | ":=" ;

update:
    "UPDATE" change_options table_references "SET" assignments opt_where opt_order_by opt_limit {
      $$ = UpdateStatement{.tables = std::move($3),
                           .assignments = std::move($5),
                           .where = std::move($6),
                           .order_by = std::move($7),
                           .limit = std::move($8),
                           .is_ignore = $2.is_ignore};
    }
  ;

delete:
    "DELETE" change_options "FROM" table_factor opt_where opt_order_by opt_limit {
      DeleteStatement statement;
      statement.tables.push_back(std::move($4));
      statement.where = std::move($5);
      statement.order_by = std::move($6);
      statement.limit = std::move($7);
      statement.is_ignore = $2.is_ignore;
      $$ = std::move(statement);
    }
  | "DELETE" change_options targets "FROM" table_references opt_where {
      $$ = DeleteStatement{.targets = std::move($3), .tables = std::move($5), .where = std::move($6),
                           .order_by = {}, .limit = {}, .is_ignore = $2.is_ignore};
    }
  | "DELETE" change_options "FROM" targets "USING" table_references opt_where {
      $$ = DeleteStatement{.targets = std::move($4), .tables = std::move($6), .where = std::move($7),
                           .order_by = {}, .limit = {}, .is_ignore = $2.is_ignore};
    }
  ;
%type <Names> targets;
%type <std::string> target;
targets:
    target { $$ = {std::move($1)}; }
  | targets "," target { $$ = With(std::move($1), std::move($3)); }
  ;
target:
    table_name { $$ = std::move($1.name); }
  | name "." "*" { $$ = std::move($1); }
  | name "." name "." "*" { $$ = std::move($3); }
  ;

// --- Tables and indexes ---------------------------------------------------------------------------

create_table:
    "CREATE" "TABLE" opt_if_not_exists table_name "(" table_elements ")" opt_table_options {
      CreateTableStatement table = std::move($8.table);
      for (TableElement& element : $6) AddElement(table, std::move(element));
      $$ = NamedTable(std::move(table), std::move($4), $3);
    }
  | "CREATE" "TABLE" opt_if_not_exists table_name "(" table_elements ")" opt_table_options opt_as select {
      state.Refuse(@10, Feature::kCreateTableSelect);
      $$ = CreateTableStatement{};
    }
  | "CREATE" "TABLE" opt_if_not_exists table_name opt_table_options opt_as select {
      state.Refuse(@7, Feature::kCreateTableSelect);
      $$ = CreateTableStatement{};
    }
  | "CREATE" "TABLE" opt_if_not_exists table_name "LIKE" table_name {
      CreateTableStatement table;
      table.like_table = std::move($6.name);
      $$ = NamedTable(std::move(table), std::move($4), $3);
    }
  | "CREATE" "TABLE" opt_if_not_exists table_name "(" "LIKE" table_name ")" {
      CreateTableStatement table;
      table.like_table = std::move($7.name);
      $$ = NamedTable(std::move(table), std::move($4), $3);
    }
  ;
opt_as: %empty | "AS" ;
opt_if_not_exists: %empty { $$ = false; } | "IF" "NOT" "EXISTS" { $$ = true; } ;
opt_if_exists: %empty { $$ = false; } | "IF" "EXISTS" { $$ = true; } ;

table_elements:
    table_element { $$.push_back(std::move($1)); }
  | table_elements "," table_element { $$ = With(std::move($1), std::move($3)); }
  ;
table_element:
    column { $$ = std::move($1); }
  | table_key { $$ = std::move($1); }
  ;

// A column and its attributes, in any order.
column:
    name type { $$ = StartColumn(std::move($1), $2); }
  | column "NOT" "NULL" { $$ = std::move($1); $$.column.is_nullable = false; }
  | column "NULL" { $$ = std::move($1); $$.column.is_nullable = true; }
  | column "AUTO_INCREMENT" { $$ = std::move($1); $$.column.is_auto_increment = true; }
  | column "PRIMARY" "KEY" { $$ = std::move($1); $$.column.is_primary_key = true; }
  | column "KEY" { $$ = std::move($1); $$.column.is_primary_key = true; }
  | column "UNIQUE" { $$ = std::move($1); $$.column.is_unique = true; }
  | column "UNIQUE" "KEY" { $$ = std::move($1); $$.column.is_unique = true; }
  | column "DEFAULT" default_value { $$ = std::move($1); $$.column.default_value = std::move($3); }
  | column "ON" "UPDATE" now_call { $$ = std::move($1); $$.column.on_update_current_timestamp = true; }
  | column "ON" "UPDATE" name "(" opt_arguments ")" {
      if (ToLower($4) != "now") state.Fail(@4, "ON UPDATE takes CURRENT_TIMESTAMP or NOW()");
      $$ = std::move($1);
      $$.column.on_update_current_timestamp = true;
    }
  | column "COMMENT" STRING { $$ = std::move($1); $$.column.comment = std::move($3); }
  | column character_set charset_name { $$ = std::move($1); CheckCharacterSet(state, @3, $3); }
  | column "COLLATE" collation_word {
      $$ = std::move($1);
      $$.column.type.collation = CollationNamed(state, @3, $3);
      $$.column.has_collation = true;
    }
  | column opt_constraint_name "CHECK" "(" expr ")" {
      $$ = std::move($1);
      $$.checks.push_back(CheckSpec{.name = std::move($2), .condition = std::move($5),
                                    .text = std::string(state.Source(@5)), .column = $$.column.name});
    }
  | column "REFERENCES" table_name name_list {
      $$ = std::move($1);
      $$.foreign_keys.push_back(ForeignKeySpec{.name = {}, .columns = {$$.column.name},
                                               .parent_table = std::move($3.name), .parent_columns = std::move($4)});
    }
  | column "ON" "DELETE" reference_action {
      $$ = std::move($1);
      if ($$.foreign_keys.empty()) state.Fail(@2, "ON DELETE stands behind REFERENCES");
      else $$.foreign_keys.back().on_delete = $4;
    }
  | column "ON" "UPDATE" reference_action {
      $$ = std::move($1);
      if ($$.foreign_keys.empty()) state.Fail(@2, "ON UPDATE stands behind REFERENCES, or takes CURRENT_TIMESTAMP");
      else $$.foreign_keys.back().on_update = $4;
    }
  | column "AS" "(" expr ")" { $$ = std::move($1); state.Refuse(@2, Feature::kGeneratedColumn); }
  ;

default_value:
    literal { $$ = std::move($1); }
  | "-" number_literal { $$ = MakeNegation(state, @$, std::move($2)); }
  | "+" number_literal { $$ = std::move($2); }
  | now_call { $$ = std::move($1); }
  | name "(" opt_arguments ")" {
      $$ = MakeCall(state, @$, Call{.name_place = @1, .open = @2, .name = std::move($1), .args = std::move($3)});
    }
  | "(" expr ")" { $$ = std::move($2); }
  ;

type:
    integer_type opt_length opt_unsigned { $$ = NumberType($1); $$.type.is_unsigned = $3; }
  | "BOOLEAN" { $$ = NumberType(TypeKind::kTinyInt); }
  | "SERIAL" { $$ = NumberType(TypeKind::kBigInt); $$.type.is_unsigned = true; $$.is_serial = true; }
  | "DECIMAL" opt_length opt_unsigned {
      $$ = DecimalType(state, @$, $2 ? SmallNumber(state, *$2, 255) : 10, 0);
      $$.type.is_unsigned = $3;
    }
  | "DECIMAL" "(" INTEGER "," INTEGER ")" opt_unsigned {
      $$ = DecimalType(state, @$, SmallNumber(state, @3, 255), SmallNumber(state, @5, 255));
      $$.type.is_unsigned = $7;
    }
  | "FLOAT" opt_precision opt_unsigned { $$ = NumberType(TypeKind::kFloat); $$.type.is_unsigned = $3; }
  | "DOUBLE" opt_precision opt_unsigned { $$ = NumberType(TypeKind::kDouble); $$.type.is_unsigned = $3; }
  | "DOUBLE" "PRECISION" opt_precision opt_unsigned { $$ = NumberType(TypeKind::kDouble); $$.type.is_unsigned = $4; }
  | "CHAR" opt_length {
      $$ = TextType(TypeKind::kChar, $2 ? static_cast<std::uint32_t>(SmallNumber(state, *$2, 255)) : 1);
    }
  | varchar "(" INTEGER ")" {
      $$ = TextType(TypeKind::kVarchar, static_cast<std::uint32_t>(SmallNumber(state, @3, 65535)));
    }
  | text_type opt_length { $$ = TextType($1, 0); }
  | "SET" "(" expressions ")" { state.Refuse(@1, Feature::kUnsupportedType); }
  | "BINARY" opt_length { state.Refuse(@1, Feature::kUnsupportedType); }
  | "DATE" { $$ = NumberType(TypeKind::kDate); }
  | time_type opt_length { $$ = TimeType(state, $1, $2); }
  ;
varchar: "VARCHAR" | "CHAR" "VARYING" ;
integer_type:
    "TINYINT" { $$ = TypeKind::kTinyInt; }
  | "SMALLINT" { $$ = TypeKind::kSmallInt; }
  | "MEDIUMINT" { $$ = TypeKind::kMediumInt; }
  | "INT" { $$ = TypeKind::kInt; }
  | "BIGINT" { $$ = TypeKind::kBigInt; }
  ;
text_type: "TEXT" { $$ = TypeKind::kText; } | "TINYTEXT" { $$ = TypeKind::kText; }
  | "MEDIUMTEXT" { $$ = TypeKind::kText; } | "LONGTEXT" { $$ = TypeKind::kText; } ;
time_type:
    "DATETIME" { $$ = TypeKind::kDateTime; }
  | "TIMESTAMP" { $$ = TypeKind::kTimestamp; }
  | "TIME" { $$ = TypeKind::kTime; }
  ;
opt_length: %empty { $$ = std::nullopt; } | "(" INTEGER ")" { $$ = @2; } ;
opt_precision: opt_length | "(" INTEGER "," INTEGER ")" ;
opt_unsigned:
    %empty { $$ = false; }
  | opt_unsigned "UNSIGNED" { $$ = true; }
  | opt_unsigned "SIGNED" { $$ = $1; }
  | opt_unsigned "ZEROFILL" { $$ = true; state.Refuse(@2, Feature::kZerofill); }
  ;

cast_type:
    "SIGNED" opt_int { $$ = NumberType(TypeKind::kBigInt); }
  | "UNSIGNED" opt_int { $$ = NumberType(TypeKind::kBigInt); $$.type.is_unsigned = true; }
  | "INT" { $$ = NumberType(TypeKind::kBigInt); }
  | "CHAR" opt_length {
      $$ = TextType(TypeKind::kChar, $2 ? static_cast<std::uint32_t>(SmallNumber(state, *$2, 65535)) : 0);
    }
  | varchar "(" INTEGER ")" {
      $$ = TextType(TypeKind::kChar, static_cast<std::uint32_t>(SmallNumber(state, @3, 65535)));
    }
  | "DECIMAL" opt_length { $$ = DecimalType(state, @$, $2 ? SmallNumber(state, *$2, 255) : 10, 0); }
  | "DECIMAL" "(" INTEGER "," INTEGER ")" {
      $$ = DecimalType(state, @$, SmallNumber(state, @3, 255), SmallNumber(state, @5, 255));
    }
  | "BINARY" { $$.type = BinaryText(); }
  | "FLOAT" { $$ = NumberType(TypeKind::kFloat); }
  | "DOUBLE" { $$ = NumberType(TypeKind::kDouble); }
  | "DATE" { $$ = NumberType(TypeKind::kDate); }
  | "DATETIME" opt_length { $$ = TimeType(state, TypeKind::kDateTime, $2); }
  | "TIME" opt_length { $$ = TimeType(state, TypeKind::kTime, $2); }
  ;
opt_int: %empty | "INT" ;

charset_name:
    name_or_text { $$ = std::move($1); }
  | "DEFAULT" { $$ = "default"; }
  | "BINARY" { $$ = "binary"; }
  ;
character_set: "CHARACTER" "SET" | "CHARSET" | "CHAR" "SET" ;
collation_word: name_or_text { $$ = std::move($1); } | "BINARY" { $$ = "binary"; } ;

table_key:
    opt_constraint_name "PRIMARY" "KEY" opt_index_type index_columns {
      $$ = IndexSpec{.kind = IndexSpecKind::kPrimary, .name = "PRIMARY", .columns = std::move($5)};
    }
  | opt_constraint_name "UNIQUE" opt_index_word opt_index_name opt_index_type index_columns {
      std::string name = $4.empty() ? std::move($1) : std::move($4);
      $$ = IndexSpec{.kind = IndexSpecKind::kUnique, .name = std::move(name), .columns = std::move($6)};
    }
  | index_word opt_index_name opt_index_type index_columns {
      $$ = IndexSpec{.kind = IndexSpecKind::kPlain, .name = std::move($2), .columns = std::move($4)};
    }
  | opt_constraint_name "FOREIGN" "KEY" opt_index_name foreign_key {
      $5.name = $1.empty() ? std::move($4) : std::move($1);
      $$ = std::move($5);
    }
  | opt_constraint_name "CHECK" "(" expr ")" {
      $$ = CheckSpec{.name = std::move($1), .condition = std::move($4), .text = std::string(state.Source(@4)),
                     .column = {}};
    }
  ;
opt_constraint_name:
    %empty { $$ = {}; }
  | "CONSTRAINT" { $$ = {}; }
  | "CONSTRAINT" name { $$ = std::move($2); }
  ;
opt_index_word: %empty | index_word ;
opt_index_name: %empty { $$ = {}; } | name { $$ = std::move($1); } ;
opt_index_type: %empty | "USING" index_type ;
// BTREE and HASH: InnoDB makes the same of both.
index_type: name { $$ = std::move($1); CheckIndexType(state, @1, $$); } ;
index_columns: "(" index_parts ")" index_options { $$ = std::move($2); } ;
index_parts:
    index_part { $$ = {std::move($1)}; }
  | index_parts "," index_part { $$ = With(std::move($1), std::move($3)); }
  ;
index_part:
    name opt_direction { $$ = IndexColumn{.column = std::move($1), .is_descending = $2}; }
  | name "(" INTEGER ")" opt_direction { state.Refuse(@3, Feature::kIndexPrefix); }
  | "(" expr ")" opt_direction { state.Refuse(@1, Feature::kFunctionalIndex); }
  ;
index_options: %empty | index_options index_option ;
index_option: "USING" index_type | "COMMENT" STRING ;

foreign_key:
    name_list "REFERENCES" table_name name_list {
      $$.columns = std::move($1);
      $$.parent_table = std::move($3.name);
      $$.parent_columns = std::move($4);
    }
  | foreign_key "ON" "DELETE" reference_action { $$ = std::move($1); $$.on_delete = $4; }
  | foreign_key "ON" "UPDATE" reference_action { $$ = std::move($1); $$.on_update = $4; }
  ;
reference_action:
    "RESTRICT" { $$ = ReferenceAction::kRestrict; }
  | "CASCADE" { $$ = ReferenceAction::kCascade; }
  | "SET" "NULL" { $$ = ReferenceAction::kSetNull; }
  | "NO" "ACTION" { $$ = ReferenceAction::kNoAction; }
  | "SET" "DEFAULT" { $$ = ReferenceAction::kRestrict; state.Refuse(@$, Feature::kSetDefaultAction); }
  ;

opt_table_options: %empty { $$ = {}; } | table_options { $$ = std::move($1); } ;
table_options:
    create_option { $$ = std::move($1); }
  | table_options create_option { $$ = MergedOptions(std::move($1), std::move($2)); }
  | table_options "," create_option { $$ = MergedOptions(std::move($1), std::move($3)); }
  ;
create_option:
    table_option { $$ = std::move($1); }
  | "COMMENT" opt_equal STRING { $$.table.comment = std::move($3); }
  ;
table_option:
    "ENGINE" opt_equal name_or_text { $$.table.engine = EngineNamed(state, @3, $3); }
  | "AUTO_INCREMENT" opt_equal INTEGER {
      $$.table.auto_increment = SmallNumber(state, @3, std::numeric_limits<std::uint64_t>::max());
    }
  | opt_default character_set opt_equal charset_name { CheckCharacterSet(state, @4, $4); }
  | opt_default "COLLATE" opt_equal collation_word { $$.table.collation = CollationNamed(state, @4, $4); }
  | NAME opt_equal option_value { $$ = IgnoredTableOption(state, @1, $1, $3); }
  ;
opt_default: %empty | "DEFAULT" ;
opt_equal: %empty | "=" ;
%type <std::string> option_value;
option_value:
    name_or_text { $$ = std::move($1); }
  | INTEGER { $$ = std::string(); }
  | "DEFAULT" { $$ = "default"; }
  ;

create_index:
    "CREATE" unique_kind "INDEX" name opt_index_type "ON" table_name index_columns alter_algorithms {
      $$ = AlterTableStatement{
          .name = std::move($7.name),
          .actions = {AddIndex{IndexSpec{.kind = $2, .name = std::move($4), .columns = std::move($8)}}}};
    }
  ;
unique_kind:
    %empty { $$ = IndexSpecKind::kPlain; }
  | "UNIQUE" { $$ = IndexSpecKind::kUnique; }
  ;
alter_algorithms: %empty | alter_algorithms alter_algorithm ;
// How a server goes about it; here it is always the same.
alter_algorithm:
    "ALGORITHM" opt_equal algorithm_value
  | "LOCK" opt_equal algorithm_value
  ;
algorithm_value: name | "DEFAULT" ;

drop:
    "DROP" table_word opt_if_exists table_names opt_restrict {
      $$ = DropTableStatement{.names = std::move($4), .if_exists = $3};
    }
  | "DROP" "INDEX" index_name "ON" table_name alter_algorithms {
      $$ = AlterTableStatement{.name = std::move($5.name), .actions = {DropIndex{std::move($3)}}};
    }
  ;
table_word: "TABLE" | "TABLES" ;
opt_restrict: %empty | "RESTRICT" | "CASCADE" ;

truncate:
    "TRUNCATE" "TABLE" table_name { $$ = TruncateStatement{std::move($3.name)}; }
  | "TRUNCATE" table_name { $$ = TruncateStatement{std::move($2.name)}; }
  ;

alter_table:
    "ALTER" "TABLE" table_name { $$ = AlterTableStatement{.name = std::move($3.name), .actions = {}}; }
  | "ALTER" "TABLE" table_name alter_actions {
      $$ = AlterTableStatement{.name = std::move($3.name), .actions = std::move($4)};
    }
  | "RENAME" "TABLE" table_name "TO" table_name {
      $$ = AlterTableStatement{.name = std::move($3.name), .actions = {RenameTable{std::move($5.name)}}};
    }
  | "RENAME" "TABLE" table_name "TO" table_name "," {
      state.Refuse(@6, Feature::kRenameSeveral);
      $$ = AlterTableStatement{};
    }
  ;
alter_actions:
    alter_action { $$ = std::move($1); }
  | alter_actions "," alter_action { $$ = Joined(std::move($1), std::move($3)); }
  ;
alter_action:
    "ADD" opt_column column opt_position {
      $$ = AddColumnActions(std::move($3), $4.is_first, std::move($4.after));
    }
  | "ADD" opt_column "(" table_elements ")" {
      for (TableElement& element : $4) $$ = Joined(std::move($$), AddElementActions(std::move(element)));
    }
  | "ADD" table_key { $$ = AddElementActions(std::move($2)); }
  | "DROP" opt_column name opt_restrict { $$.emplace_back(DropColumn{std::move($3)}); }
  | "DROP" index_word index_name { $$.emplace_back(DropIndex{std::move($3)}); }
  | "DROP" "PRIMARY" "KEY" { $$.emplace_back(DropIndex{"PRIMARY"}); }
  | "DROP" "FOREIGN" "KEY" name { $$.emplace_back(DropForeignKey{std::move($4)}); }
  | "DROP" "CONSTRAINT" name { $$.emplace_back(DropConstraint{std::move($3)}); }
  | "DROP" "CHECK" name { $$.emplace_back(DropConstraint{std::move($3)}); }
  | "MODIFY" opt_column column opt_position {
      if ($4.is_first || !$4.after.empty()) state.Refuse(@4, Feature::kColumnPosition);
      std::string name = $3.column.name;
      $$.emplace_back(ModifyColumn{.old_name = std::move(name), .column = std::move($3.column)});
    }
  | "CHANGE" opt_column name column opt_position {
      if ($5.is_first || !$5.after.empty()) state.Refuse(@5, Feature::kColumnPosition);
      $$.emplace_back(ModifyColumn{.old_name = std::move($3), .column = std::move($4.column)});
    }
  | "RENAME" opt_to table_name { $$.emplace_back(RenameTable{std::move($3.name)}); }
  | "RENAME" "COLUMN" name "TO" name { state.Refuse(@2, Feature::kAlterColumn); }
  | "RENAME" index_word name "TO" name { state.Refuse(@2, Feature::kAlterColumn); }
  | "ALTER" opt_column name alter_column { state.Refuse(@1, Feature::kAlterColumn); }
  | "ORDER" "BY" name { state.Refuse(@1, Feature::kAlterOther); }
  | "FORCE" { $$.emplace_back(ForceRebuild{}); }
  | alter_algorithm { $$ = {}; }
  | create_option { $$ = TableOptionActions($1); }
  ;
alter_column: "SET" "DEFAULT" default_value | "DROP" "DEFAULT" ;
opt_column: %empty | "COLUMN" ;
opt_to: %empty | "TO" | "AS" | "=" ;
opt_position:
    %empty { $$ = {}; }
  | "FIRST" { $$.is_first = true; }
  | "AFTER" name { $$.after = std::move($2); }
  ;

// --- Transactions ---------------------------------------------------------------------------------

begin:
    "BEGIN" opt_work { $$ = BeginStatement{}; }
  | "START" "TRANSACTION" { $$ = BeginStatement{}; }
  | "START" "TRANSACTION" start_options { $$ = std::move($3); }
  ;
opt_work: %empty | "WORK" ;
start_options:
    start_option { $$ = $1; }
  | start_options "," start_option {
      $$ = $1;
      $$.with_consistent_snapshot = $1.with_consistent_snapshot || $3.with_consistent_snapshot;
      if ($3.is_read_only) {
        if ($1.is_read_only && *$1.is_read_only != *$3.is_read_only) {
          state.Fail(@3, "READ ONLY and READ WRITE exclude each other");
        }
        $$.is_read_only = $3.is_read_only;
      }
    }
  ;
start_option:
    "WITH" "CONSISTENT" "SNAPSHOT" { $$.with_consistent_snapshot = true; }
  | access_mode { $$.is_read_only = $1; }
  ;
access_mode: "READ" "ONLY" { $$ = true; } | "READ" "WRITE" { $$ = false; } ;

commit:
    "COMMIT" opt_work transaction_end { $$ = CommitStatement{.and_chain = $3.and_chain, .release = $3.release}; }
  | "ROLLBACK" opt_work transaction_end { $$ = RollbackStatement{.and_chain = $3.and_chain, .release = $3.release}; }
  | "ROLLBACK" opt_work "TO" name { $$ = RollbackToStatement{std::move($4)}; }
  | "ROLLBACK" opt_work "TO" "SAVEPOINT" name { $$ = RollbackToStatement{std::move($5)}; }
  | "SAVEPOINT" name { $$ = SavepointStatement{std::move($2)}; }
  | "RELEASE" "SAVEPOINT" name { $$ = ReleaseSavepointStatement{std::move($3)}; }
  ;
transaction_end:
    %empty { $$ = {}; }
  | "AND" "CHAIN" { $$.and_chain = true; }
  | "AND" "NO" "CHAIN" { $$ = {}; }
  | "RELEASE" { $$.release = true; }
  | "NO" "RELEASE" { $$ = {}; }
  | "AND" "CHAIN" "NO" "RELEASE" { $$.and_chain = true; }
  | "AND" "NO" "CHAIN" "RELEASE" { $$.release = true; }
  | "AND" "NO" "CHAIN" "NO" "RELEASE" { $$ = {}; }
  ;

// --- SET ------------------------------------------------------------------------------------------

set_statement:
    "SET" set_items { $$ = SetStatement{AssignmentsOf(std::move($2))}; }
  | "SET" "TRANSACTION" transaction_characteristics {
      $3.scope = VariableScope::kNextTransaction;
      $$ = $3;
    }
  | "SET" scope "TRANSACTION" transaction_characteristics {
      $4.scope = $2;
      $$ = $4;
    }
  ;
scope:
    "GLOBAL" { $$ = VariableScope::kGlobal; }
  | "SESSION" { $$ = VariableScope::kSession; }
  | "LOCAL" { $$ = VariableScope::kSession; }
  ;
transaction_characteristics:
    transaction_characteristic { $$ = $1; }
  | transaction_characteristics "," transaction_characteristic {
      $$ = $1;
      if ($3.isolation) $$.isolation = $3.isolation;
      if ($3.is_read_only) $$.is_read_only = $3.is_read_only;
    }
  ;
transaction_characteristic:
    "ISOLATION" "LEVEL" isolation_level { $$.isolation = $3; }
  | access_mode { $$.is_read_only = $1; }
  ;
isolation_level:
    "READ" "UNCOMMITTED" { $$ = IsolationLevel::kReadUncommitted; }
  | "READ" "COMMITTED" { $$ = IsolationLevel::kReadCommitted; }
  | "REPEATABLE" "READ" { $$ = IsolationLevel::kRepeatableRead; }
  | "SERIALIZABLE" { $$ = IsolationLevel::kSerializable; }
  ;

set_items:
    set_item { $$.push_back(std::move($1)); }
  | set_items "," set_item { $$ = With(std::move($1), std::move($3)); }
  ;
set_item:
    USER_VARIABLE assign expr { $$.assignment = {VariableScope::kUser, std::move($1), std::move($3)}; }
  | name assign set_value {
      $$.assignment = {VariableScope::kSession, ToLower($1), std::move($3)};
      $$.inherits_scope = true;
    }
  | scope name assign set_value {
      $$.assignment = {$1, ToLower($2), std::move($4)};
      $$.bequeaths_scope = true;
    }
  | SYSTEM_VARIABLE assign set_value { $$.assignment = MakeSystemAssignment($1, std::move($3)); }
  | "NAMES" charset_name { $$.assignment = MakeNamesAssignment(state, @2, std::move($2)); }
  | "NAMES" charset_name "COLLATE" collation_word {
      $$.assignment = MakeNamesAssignment(state, @2, std::move($2));
    }
  | character_set charset_name { $$.assignment = MakeNamesAssignment(state, @2, std::move($2)); }
  ;
set_value:
    expr { $$ = MakeSetValue(state, std::move($1)); }
  | "DEFAULT" { $$ = nullptr; }
  | "ON" { $$ = MakeLiteral(state, @1, Value::Text("ON")); }
  | "ALL" { $$ = MakeLiteral(state, @1, Value::Text("ALL")); }
  | "BINARY" { $$ = MakeLiteral(state, @1, Value::Text("binary")); }
  ;

// --- Locks on tables, and the rest ----------------------------------------------------------------

lock_tables:
    "LOCK" table_word table_locks { $$ = LockTablesStatement{std::move($3)}; }
  | "UNLOCK" table_word { $$ = UnlockTablesStatement{}; }
  ;
table_locks:
    table_lock { $$ = {std::move($1)}; }
  | table_locks "," table_lock { $$ = With(std::move($1), std::move($3)); }
  ;
table_lock:
    table_name opt_table_alias table_lock_kind {
      $$.alias = $2.empty() ? $1.name : std::move($2);
      $$.name = std::move($1.name);
      $$.kind = $3;
    }
  ;
table_lock_kind:
    "READ" { $$ = TableLockKind::kRead; }
  | "READ" "LOCAL" { $$ = TableLockKind::kReadLocal; }
  | "WRITE" { $$ = TableLockKind::kWrite; }
  | "LOW_PRIORITY" "WRITE" { $$ = TableLockKind::kWrite; }
  ;

flush:
    "FLUSH" opt_local table_word { $$ = FlushTablesStatement{}; }
  | "FLUSH" opt_local table_word with_read_lock { $$ = FlushTablesStatement{.names = {}, .with_read_lock = true}; }
  | "FLUSH" opt_local table_word table_names {
      $$ = FlushTablesStatement{.names = std::move($4), .with_read_lock = false};
    }
  | "FLUSH" opt_local table_word table_names with_read_lock {
      $$ = FlushTablesStatement{.names = std::move($4), .with_read_lock = true};
    }
  ;
with_read_lock: "WITH" "READ" "LOCK" ;
opt_local: %empty | "LOCAL" | "NO_WRITE_TO_BINLOG" ;

analyze: "ANALYZE" opt_local table_word table_names { $$ = AnalyzeTableStatement{std::move($4)}; } ;

// --- Looking at the server ------------------------------------------------------------------------

// Which words go together is show_builder.h's business.
show:
    "SHOW" show_words show_clauses { $$ = MakeShow(state, @2, $2, std::move($3)); }
  | "SHOW" "CREATE" "TABLE" table_name { $$ = MakeShowCreateTable(state, @4, std::move($4)); }
  ;
show_words:
    show_word { $$ = {std::move($1)}; }
  | show_words show_word { $$ = With(std::move($1), std::move($2)); }
  ;
show_word:
    name { $$ = std::move($1); }
  | "INDEX" { $$ = "index"; }
  | "KEYS" { $$ = "keys"; }
  | "DATABASES" { $$ = "databases"; }
  ;
show_clauses:
    show_filter { $$ = std::move($1); }
  | from table_name show_filter {
      $$ = std::move($3);
      $$.from = std::move($2);
    }
  | from table_name from name show_filter {
      $$ = std::move($5);
      $$.from = std::move($2);
      $$.of_schema = std::move($4);
    }
  ;
from: "FROM" | "IN" ;
show_filter:
    %empty { $$ = {}; }
  | "LIKE" STRING { $$.like = std::move($2); }
  | where { $$.where = std::move($1); }
  | limit { $$.limit = std::move($1); }
  ;

describe:
    describe_word table_name { $$ = MakeDescribe(state, @2, std::move($2), std::nullopt); }
  | describe_word table_name name_or_text { $$ = MakeDescribe(state, @2, std::move($2), std::move($3)); }
  ;
explain: describe_word explained { $$ = MakeExplain(state, @2, std::move($2)); } ;
describe_word: "DESCRIBE" | "DESC" | "EXPLAIN" ;
explained:
    select { $$ = std::move($1); }
  | select_in_parentheses { $$ = std::move($1); }
  | insert { $$ = std::move($1); }
  | update { $$ = std::move($1); }
  | delete { $$ = std::move($1); }
  ;

kill:
    "KILL" kill_session { $$ = MakeKill(state, @1, {}, std::move($2)); }
  | "KILL" kill_words kill_session { $$ = MakeKill(state, @2, $2, std::move($3)); }
  ;
kill_words:
    name { $$ = {std::move($1)}; }
  | kill_words name { $$ = With(std::move($1), std::move($2)); }
  ;
kill_session:
    number_literal { $$ = std::move($1); }
  | USER_VARIABLE { $$ = MakeNamed(state, Op::kUserVariable, @$, std::move($1)); }
  | "(" expr ")" { $$ = std::move($2); }
  | select_in_parentheses { $$ = MakeSubquery(state, Op::kSubquery, @$, std::move($1)); }
  ;

%%

namespace nextkey::sql {

void GrammarParser::report_syntax_error(const context& context) const {
  std::vector<symbol_kind_type> kinds(static_cast<std::size_t>(YYNTOKENS));
  const int count = context.expected_tokens(kinds.data(), static_cast<int>(kinds.size()));
  std::vector<int> expected;
  for (int i = 0; i < count; ++i) expected.push_back(static_cast<int>(kinds[static_cast<std::size_t>(i)]));
  state.FailSyntax(std::move(expected));
}

void GrammarParser::error(const location_type& place, const std::string& message) { state.Fail(place, message); }

}  // namespace nextkey::sql
