// What the parser makes of a statement: plain trees, shared and never changed.
//
// Names are not looked up here; a table or column that does not exist is found when the statement
// runs, as on a server.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/schema.h"
#include "engine/value.h"
#include "txn/named_table.h"

namespace nextkey::sql {

// Where something stands in the statement's text: bytes from its beginning.
struct TextRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct SelectStatement;

// --- Expressions --------------------------------------------------------------------------------

enum class Op : std::uint8_t {
  kLiteral,
  kColumn,          // [qualifier.]name
  kStar,            // `*` or `t.*` in a select list, and in COUNT(*)
  kUserVariable,    // @name
  kAssignVariable,  // @name := args[0]
  kSystemVariable,  // @@[session.|global.]name; qualifier holds the scope
  kDefault,         // DEFAULT, or DEFAULT(name)
  kInsertedValue,   // VALUES(name) in ON DUPLICATE KEY UPDATE
  kNegate,
  kNot,
  kBitNot,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kIntegerDivide,
  kModulo,
  kBitAnd,
  kBitOr,
  kBitXor,
  kShiftLeft,
  kShiftRight,
  kEqual,
  kNullSafeEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAnd,
  kOr,
  kXor,
  kIsNull,
  kIsTrue,
  kIsFalse,     // IS NOT ... is kNot of these
  kIn,          // args[0] IN (args[1..])
  kInSubquery,  // args[0] IN (subquery)
  kBetween,     // args[0] BETWEEN args[1] AND args[2]
  kLike,        // args[0] LIKE args[1] [ESCAPE args[2]]
  kCase,        // CASE [operand] WHEN..; see has_operand and has_else
  kCast,        // CAST(args[0] AS cast_type)
  kInterval,    // date +/- INTERVAL args[1] unit; name: the unit, lower case; negative: see is_negated
  kFunction,    // name(args), name in lower case
  kAggregate,   // count, sum, min, max, avg, group_concat; name in lower case
  kSubquery,    // (SELECT ...) as a value
  kExists,
  kRow,  // (a, b, ...)
};

struct Expr {
  Op op = Op::kLiteral;
  TextRange text;           // In the statement as given to the parser; without parentheses around it.
  std::uint16_t depth = 1;  // Nodes on the longest way down; the parser keeps it within kMaxNesting.
  std::string name;
  std::string qualifier;  // Table or alias; scope of a system variable.
  Value literal;
  std::vector<std::shared_ptr<const Expr>> args;
  std::shared_ptr<const SelectStatement> subquery;
  ColumnType cast_type;
  bool has_operand = false;  // CASE x WHEN: args[0] is x.
  bool has_else = false;     // The last argument is the ELSE.
  bool is_distinct = false;  // COUNT(DISTINCT x).
  bool is_negated = false;   // DATE_SUB and `- INTERVAL`.
};
using ExprRef = std::shared_ptr<const Expr>;

// --- Queries ------------------------------------------------------------------------------------

enum class IndexHintKind : std::uint8_t { kUse, kForce, kIgnore };

struct IndexHint {
  IndexHintKind kind = IndexHintKind::kUse;
  std::vector<std::string> indexes;
};

enum class JoinKind : std::uint8_t { kInner, kStraight, kLeft };

struct TableReference {
  std::string schema;  // `db` of db.t; empty where none was given.
  std::string name;
  std::string alias;  // The name where none was given.
  std::vector<IndexHint> hints;
  JoinKind join = JoinKind::kInner;  // How it is joined to the tables before it.
  ExprRef join_condition;            // ON; null where there is none.
  std::vector<std::string> using_columns;
  TextRange text;
  std::string argument;  // Of SHOW's own tables: which table it asks about.
};

struct SelectItem {
  ExprRef expression;
  std::string alias;  // As given, or the expression's text: the column's heading.
};

struct OrderItem {
  ExprRef expression;
  bool is_descending = false;
};

struct Limit {
  ExprRef count;
  ExprRef offset;  // Null: 0.
};

enum class RowLocking : std::uint8_t { kNone, kShare, kUpdate };
enum class LockWaiting : std::uint8_t { kWait, kNoWait, kSkipLocked };

struct LockingClause {
  RowLocking strength = RowLocking::kNone;
  LockWaiting waiting = LockWaiting::kWait;
  std::optional<std::uint32_t> wait_seconds;  // MariaDB's WAIT n.
  std::vector<std::string> of_tables;         // MySQL's FOR UPDATE OF t.
};

struct SelectStatement {
  std::vector<SelectItem> items;
  std::vector<TableReference> from;  // Empty: no table (SELECT 1, FROM DUAL).
  ExprRef where;
  std::vector<ExprRef> group_by;
  ExprRef having;
  std::vector<OrderItem> order_by;
  std::optional<Limit> limit;
  LockingClause locking;
  bool is_distinct = false;
  std::vector<std::string> into_variables;  // INTO @a, @b (lower case, without the @).
  bool keeps_warnings = false;              // SHOW WARNINGS: the ones before it stay.
  std::uint16_t depth = 1;                  // As Expr::depth, with all its expressions.
};

// --- Changes ------------------------------------------------------------------------------------

struct Assignment {
  std::string qualifier;
  std::string column;
  ExprRef value;
  TextRange text;
};

enum class DuplicateHandling : std::uint8_t { kError, kIgnore, kReplace, kUpdate };

struct InsertStatement {
  TableReference table;
  std::vector<std::string> columns;        // Empty: all, in order.
  std::vector<std::vector<ExprRef>> rows;  // VALUES, or SET as one row.
  std::shared_ptr<const SelectStatement> query;
  DuplicateHandling on_duplicate = DuplicateHandling::kError;
  bool is_ignore = false;           // INSERT IGNORE ... ON DUPLICATE KEY UPDATE too.
  std::vector<Assignment> updates;  // ON DUPLICATE KEY UPDATE.
};

struct UpdateStatement {
  std::vector<TableReference> tables;  // More than one: a multi-table UPDATE.
  std::vector<Assignment> assignments;
  ExprRef where;
  std::vector<OrderItem> order_by;
  std::optional<Limit> limit;
  bool is_ignore = false;
};

struct DeleteStatement {
  std::vector<std::string> targets;  // Multi-table DELETE: aliases to delete from.
  std::vector<TableReference> tables;
  ExprRef where;
  std::vector<OrderItem> order_by;
  std::optional<Limit> limit;
  bool is_ignore = false;
};

// --- Definitions --------------------------------------------------------------------------------

struct ColumnSpec {
  std::string name;
  ColumnType type;
  std::optional<bool> is_nullable;  // Absent: NULL, unless it is in the primary key.
  bool is_auto_increment = false;
  bool is_primary_key = false;
  bool is_unique = false;
  ExprRef default_value;  // Null: none given. kFunction now() is CURRENT_TIMESTAMP.
  bool on_update_current_timestamp = false;
  std::string comment;
  bool has_collation = false;  // Its own COLLATE; without one type.collation is the table's already.
};

struct IndexColumn {
  std::string column;
  bool is_descending = false;
};

enum class IndexSpecKind : std::uint8_t { kPrimary, kUnique, kPlain };

struct IndexSpec {
  IndexSpecKind kind = IndexSpecKind::kPlain;
  std::string name;  // Empty: to be made up.
  std::vector<IndexColumn> columns;
};

struct ForeignKeySpec {
  std::string name;
  std::vector<std::string> columns;
  std::string parent_table;
  std::vector<std::string> parent_columns;
  ReferenceAction on_delete = ReferenceAction::kRestrict;
  ReferenceAction on_update = ReferenceAction::kRestrict;
};

struct CheckSpec {
  std::string name;
  ExprRef condition;
  std::string text;    // As written.
  std::string column;  // Of a column's own CHECK; empty for one of the table.
};

struct CreateTableStatement {
  std::string schema;
  std::string name;
  bool if_not_exists = false;
  std::vector<ColumnSpec> columns;
  std::vector<IndexSpec> indexes;
  std::vector<ForeignKeySpec> foreign_keys;
  std::vector<CheckSpec> checks;
  std::optional<StorageEngine> engine;  // Absent: the session's default_storage_engine.
  std::optional<std::uint64_t> auto_increment;
  std::optional<Collation> collation;
  std::string comment;
  std::string like_table;  // CREATE TABLE a LIKE b.
};

struct DropTableStatement {
  std::vector<std::string> names;
  bool if_exists = false;
};

struct TruncateStatement {
  std::string name;
};

struct AddColumn {
  ColumnSpec column;
  bool is_first = false;
  std::string after;
};
struct DropColumn {
  std::string name;
};
struct ModifyColumn {
  std::string old_name;
  ColumnSpec column;
};
struct AddIndex {
  IndexSpec index;
};
struct DropIndex {
  std::string name;
};  // `PRIMARY` for DROP PRIMARY KEY.
struct AddForeignKey {
  ForeignKeySpec key;
};
struct DropForeignKey {
  std::string name;
};
struct AddCheck {
  CheckSpec check;
};
struct DropConstraint {
  std::string name;
};
struct RenameTable {
  std::string to;
};
struct SetEngine {
  StorageEngine engine = StorageEngine::kInnoDb;
};
struct SetAutoIncrement {
  std::uint64_t next = 1;
};
struct ForceRebuild {};
using AlterAction =
    std::variant<AddColumn, DropColumn, ModifyColumn, AddIndex, DropIndex, AddForeignKey, DropForeignKey,
                 AddCheck, DropConstraint, RenameTable, SetEngine, SetAutoIncrement, ForceRebuild>;

// ALTER TABLE, CREATE INDEX and DROP INDEX.
struct AlterTableStatement {
  std::string name;
  std::vector<AlterAction> actions;
};

// --- Transactions, sessions, locks ----------------------------------------------------------------

enum class IsolationLevel : std::uint8_t { kReadUncommitted, kReadCommitted, kRepeatableRead, kSerializable };

struct BeginStatement {
  bool with_consistent_snapshot = false;
  std::optional<bool> is_read_only;  // READ ONLY / READ WRITE.
};

struct CommitStatement {
  bool and_chain = false;
  bool release = false;
};
struct RollbackStatement {
  bool and_chain = false;
  bool release = false;
};
struct SavepointStatement {
  std::string name;
};
struct RollbackToStatement {
  std::string name;
};
struct ReleaseSavepointStatement {
  std::string name;
};

enum class VariableScope : std::uint8_t { kUser, kSession, kGlobal, kNextTransaction };

struct VariableAssignment {
  VariableScope scope = VariableScope::kSession;
  std::string name;  // Lower case for system variables.
  ExprRef value;     // Null: DEFAULT. A bare word (ON, REPEATABLE-READ) is a text literal.
};

struct SetStatement {
  std::vector<VariableAssignment> assignments;
};

struct SetTransactionStatement {
  VariableScope scope = VariableScope::kNextTransaction;
  std::optional<IsolationLevel> isolation;
  std::optional<bool> is_read_only;
};

enum class TableLockKind : std::uint8_t { kRead, kReadLocal, kWrite };

struct TableLockItem {
  std::string name;
  std::string alias;
  TableLockKind kind = TableLockKind::kRead;
};

struct LockTablesStatement {
  std::vector<TableLockItem> items;
};
struct UnlockTablesStatement {};
struct FlushTablesStatement {
  std::vector<std::string> names;
  bool with_read_lock = false;
};

struct AnalyzeTableStatement {
  std::vector<std::string> names;
};
struct UseStatement {
  std::string schema;
};
struct DoStatement {
  std::vector<ExprRef> expressions;
};

enum class KillKind : std::uint8_t { kConnection, kQuery };
struct KillStatement {
  KillKind kind = KillKind::kConnection;
  ExprRef session;
};

struct Statement;
struct ExplainStatement {
  std::shared_ptr<const Statement> statement;
};

using StatementBody =
    std::variant<std::shared_ptr<const SelectStatement>, InsertStatement, UpdateStatement, DeleteStatement,
                 CreateTableStatement, DropTableStatement, TruncateStatement, AlterTableStatement,
                 BeginStatement, CommitStatement, RollbackStatement, SavepointStatement, RollbackToStatement,
                 ReleaseSavepointStatement, SetStatement, SetTransactionStatement, LockTablesStatement,
                 UnlockTablesStatement, FlushTablesStatement, AnalyzeTableStatement, UseStatement,
                 DoStatement, KillStatement, ExplainStatement>;

struct Statement {
  StatementBody body;
  std::string text;  // As written, without the semicolon and the white space around it.
  std::vector<nextkey::NamedTable> tables = {};  // That it names.
};
using StatementRef = std::shared_ptr<const Statement>;

// With the tables that the body names.
StatementRef MakeStatement(StatementBody body, std::string text);

}  // namespace nextkey::sql
