// Expressions: names looked up once a statement, then evaluated row by row.
//
// Evaluation never waits. A node that may have to (a subquery, GET_LOCK, SLEEP) is *deferred*:
// Evaluate returns it with its arguments; the executor does the work, which may take several turns,
// writes the answer into the memo, and evaluates again from the start. A node with a side effect
// (@v := 1, RELEASE_LOCK) writes its own answer into the memo, so that it takes effect once.
// Values convert and compare as MySQL's do (manual, "Type Conversion in Expression Evaluation").
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/row.h"
#include "engine/schema.h"
#include "engine/value.h"
#include "txn/result.h"
#include "txn/session_variables.h"
#include "txn/sql/ast.h"

namespace nextkey {

// --- Binding ------------------------------------------------------------------------------------

// Where a column is found: `depth` query blocks outward, the table's place in FROM, its column.
struct ColumnPosition {
  std::uint32_t depth = 0;
  std::uint32_t table = 0;
  std::uint32_t column = 0;

  friend bool operator==(const ColumnPosition&, const ColumnPosition&) = default;
};

// The kind of value that an expression gives for any row. Not known for user variables, subqueries
// and what is made of them: these give whatever they have.
struct ResultType {
  bool is_known = false;
  ValueKind kind = ValueKind::kNull;  // kNull: always NULL.
  std::uint8_t scale = 0;             // Digits behind the point, of a decimal's value or of a second.

  friend bool operator==(const ResultType&, const ResultType&) = default;
};

struct BoundExpr {
  sql::Op op = sql::Op::kLiteral;
  // Function, aggregate, variable, interval unit (all in lower case); of a column `t`.`c`, quoted.
  std::string name;
  ResultType type;
  Value literal;
  ColumnPosition column;   // kColumn, kDefault (of a column), kInsertedValue.
  ColumnType column_type;  // Of that column.
  ColumnType cast_type;
  std::vector<BoundExpr> args;
  Collation collation = Collation::kGeneralCi;  // For comparisons of texts.
  std::int32_t slot = -1;                       // Memo slot, or -1.
  std::int32_t function = -1;                   // kFunction: its place among all functions.
  std::int32_t aggregate = -1;                  // kAggregate: its place in the block's aggregates.
  std::int32_t subquery = -1;  // kSubquery, kExists, kInSubquery: place in Binder::subqueries.
  bool has_operand = false;
  bool has_else = false;
  bool is_distinct = false;
  bool is_negated = false;
  bool is_system_global = false;
  bool is_correlated = false;  // A subquery that refers to an enclosing block; set by the planner.
};

struct ScopeTable {
  std::string alias;
  TableDefRef def;
};

// The tables that names may mean, and the enclosing query block's. In ON DUPLICATE KEY UPDATE,
// VALUES(c) means a column of `inserted`.
struct Scope {
  std::vector<ScopeTable> tables = {};
  const Scope* outer = nullptr;
  // For ORDER BY, GROUP BY and HAVING. A column of the tables comes first, except when the whole
  // ORDER BY item is the name.
  std::vector<std::pair<std::string, const sql::Expr*>> select_aliases = {};
};

// A subquery met while binding; the executor plans it with `scope` as its outer scope.
struct BoundSubquery {
  std::shared_ptr<const sql::SelectStatement> select;
  bool is_correlated = false;  // Filled in by the executor's binder when it binds the block.
};

// Binds the expressions of one query block and hands out slots and places.
class Binder {
 public:
  explicit Binder(const Scope& scope, std::string_view schema = "test") : scope_(scope), schema_(schema) {}

  enum class Clause : std::uint8_t { kOther, kWhere, kAggregatesAllowed };
  // Errors: 1054 unknown column in '...', 1052 ambiguous, 1111 invalid use of group function,
  // 1305 unknown function, 1582 wrong parameter count, 1241 operand columns, 1426 precision.
  // `clause_name` is what the server prints. MySQL: `field list`, `where clause`, `on clause`,
  // `order clause`, `group statement`, `having clause`. MariaDB 10.11: `SELECT`, `WHERE`, `ON`,
  // `ORDER BY`, `GROUP BY`, `HAVING`, `SET` (UPDATE), `VALUES` and `INSERT INTO`.
  // Constant parts are folded into literals when that gives neither an error nor a warning.
  std::variant<BoundExpr, SqlError> Bind(const sql::Expr& expression, std::string_view clause_name,
                                         Clause clause = Clause::kOther);

  std::vector<BoundExpr> aggregates;  // Each kAggregate node, args bound; COUNT(*) counts a literal 1.
  std::vector<BoundSubquery> subqueries;
  std::int32_t slot_count = 0;
  std::uint32_t deepest_outer = 0;  // How many blocks outward names reached; 0: not correlated.

 private:
  friend class ExpressionBinder;

  const Scope& scope_;
  std::string schema_;
};

// --- Evaluation ---------------------------------------------------------------------------------

// A deferred node's answer. kSubquery: the value, or none for no row. kExists: Value::Bool.
// kInSubquery: all values of the subquery's only column; for (a, b) IN (SELECT c, d ...) the values
// of all rows, one row after the other. A function: its value.
struct MemoEntry {
  bool is_set = false;
  std::vector<Value> values;
};
using Memo = std::vector<MemoEntry>;  // By slot.

// The rows that column positions mean: one a table of the block, then the enclosing blocks'.
struct RowView {
  std::span<const Row> rows = {};  // Table rows (table column order); an empty Row is all NULL (outer join).
  std::span<const Value> aggregates = {};  // Finished aggregates, when there are any.
  const Row* inserted = nullptr;           // VALUES(c).
  const RowView* outer = nullptr;
};

// What expressions see of the session and may change in it.
struct SessionView {
  UserVariables* user_variables = nullptr;
  const SystemVariables* session_variables = nullptr;
  const SystemVariables* global_variables = nullptr;
  std::int64_t now_us = 0;                 // The statement's start: NOW().
  std::int64_t* last_insert_id = nullptr;  // LAST_INSERT_ID(expr) writes it.
  std::int64_t row_count = -1;             // ROW_COUNT()
  std::int64_t found_rows = 0;
  SessionId session = {};                    // CONNECTION_ID()
  std::string_view schema = {};              // DATABASE()
  std::vector<Warning>* warnings = nullptr;  // 1292 truncated value, 1365 division by 0, …
  // INSERT and UPDATE in strict mode, their WHERE too: these warnings are errors. Not DELETE.
  bool is_strict = false;
  std::uint64_t* random_state = nullptr;  // RAND() moves it on; null: the same number every time.
};

struct Deferred {
  const BoundExpr* node = nullptr;
  std::vector<Value> arguments;  // Evaluated: GET_LOCK's name and seconds; empty for a subquery.
                                 // They convert with ToText, ToDouble.
};

using Evaluated = std::variant<Value, SqlError, Deferred>;

// Deferred functions: get_lock, release_lock, release_all_locks, is_free_lock, is_used_lock, sleep.
// Everything else is answered here; `memo` is also written by @v := x and by rand().
// A decimal comes rounded to the digits of the expression's type.
bool IsDeferredFunction(std::string_view name);
Evaluated Evaluate(const BoundExpr& expression, const RowView& rows, const SessionView& session, Memo& memo);

// --- Rules that the executor shares ---------------------------------------------------------------

// MySQL's comparison of any two kinds; nullopt when either is NULL.
std::optional<std::strong_ordering> CompareSql(const Value& a, const Value& b, Collation collation);
bool IsTrue(const Value& value);  // Not NULL and not zero.
double ToDouble(const Value& value);
std::optional<std::int64_t> ToInteger(const Value& value);  // Rounded; nullopt for NULL.

// Sums up one aggregate over a group.
class Aggregator {
 public:
  explicit Aggregator(const BoundExpr& aggregate);
  void Add(const Value& argument);  // COUNT(*): any value that is not NULL.
  Value Finish() const;
  void PutInto(Canonical& canonical) const;

 private:
  enum class Kind : std::uint8_t {
    kCount,
    kSum,
    kAverage,
    kMin,
    kMax,
    kGroupConcat,
    kBitAnd,
    kBitOr,
    kBitXor
  };

  void AddToSum(const Value& argument);

  Kind kind_ = Kind::kCount;
  bool is_distinct_ = false;
  Collation collation_ = Collation::kGeneralCi;
  ResultType type_;
  std::uint64_t count_ = 0;
  Value value_;
  std::set<std::string> seen_;  // DISTINCT: the values' bytes, folded.
};

}  // namespace nextkey
