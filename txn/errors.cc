#include "txn/errors.h"

#include <utility>

#include "fmt/format.h"

namespace nextkey::errors {

SqlError MakeError(int number, std::string_view sqlstate, std::string message) {
  return SqlError{number, std::string(sqlstate), std::move(message)};
}

SqlError Deadlock() {
  return MakeError(1213, "40001", "Deadlock found when trying to get lock; try restarting transaction");
}

SqlError AutoIncrementReadFailed() {
  return MakeError(1467, "HY000", "Failed to read auto-increment value from storage engine");
}

SqlError LockWaitTimeout() {
  return MakeError(1205, "HY000", "Lock wait timeout exceeded; try restarting transaction");
}

SqlError RecordChanged(std::string_view table) {
  return MakeError(1020, "HY000", fmt::format("Record has changed since last read in table '{}'", table));
}

SqlError DuplicateEntry(std::string_view key, std::string_view index) {
  return MakeError(1062, "23000", fmt::format("Duplicate entry '{}' for key '{}'", key, index));
}

SqlError NoSuchTable(std::string_view schema, std::string_view table) {
  return MakeError(1146, "42S02",
                   fmt::format("Table '{}.{}' doesn't exist", schema.empty() ? kSchema : schema, table));
}

SqlError NoSuchTable(std::string_view table) { return NoSuchTable(kSchema, table); }

SqlError TableExists(std::string_view table) {
  return MakeError(1050, "42S01", fmt::format("Table '{}' already exists", table));
}

SqlError UnknownColumn(std::string_view column, std::string_view clause) {
  return MakeError(1054, "42S22", fmt::format("Unknown column '{}' in '{}'", column, clause));
}

SqlError DuplicateColumn(std::string_view column) {
  return MakeError(1060, "42S21", fmt::format("Duplicate column name '{}'", column));
}

SqlError DuplicateKeyName(std::string_view index) {
  return MakeError(1061, "42000", fmt::format("Duplicate key name '{}'", index));
}

SqlError NonUniqueTable(std::string_view alias) {
  return MakeError(1066, "42000", fmt::format("Not unique table/alias: '{}'", alias));
}

SqlError MultiplePrimaryKeys() { return MakeError(1068, "42000", "Multiple primary key defined"); }

SqlError NoSuchKeyColumn(std::string_view column) {
  return MakeError(1072, "42000", fmt::format("Key column '{}' doesn't exist in table", column));
}

SqlError WrongAutoIncrement() {
  return MakeError(
      1075, "42000",
      "Incorrect table definition; there can be only one auto column and it must be defined as a key");
}

SqlError CantDrop(std::string_view kind, std::string_view name) {
  return MakeError(1091, "42000", fmt::format("Can't DROP {} `{}`; check that it exists", kind, name));
}

SqlError NoSuchIndexHint(std::string_view index, std::string_view table) {
  return MakeError(1176, "42000", fmt::format("Key '{}' doesn't exist in table '{}'", index, table));
}

SqlError ColumnCount(std::size_t row) {
  return MakeError(1136, "21S01", fmt::format("Column count doesn't match value count at row {}", row));
}

SqlError ColumnTwice(std::string_view column) {
  return MakeError(1110, "42000", fmt::format("Column '{}' specified twice", column));
}

SqlError OperandColumns(std::size_t wanted) {
  return MakeError(1241, "21000", fmt::format("Operand should contain {} column(s)", wanted));
}

SqlError SubqueryRows() { return MakeError(1242, "21000", "Subquery returns more than 1 row"); }

SqlError NotNull(std::string_view column) {
  return MakeError(1048, "23000", fmt::format("Column '{}' cannot be null", column));
}

SqlError NoDefault(std::string_view column) {
  return MakeError(1364, "HY000", fmt::format("Field '{}' doesn't have a default value", column));
}

SqlError CannotStore(StoreError why, const ColumnDef& column, const Value& value, std::size_t row) {
  switch (why) {
    case StoreError::kOutOfRange:
      return MakeError(1264, "22003",
                       fmt::format("Out of range value for column '{}' at row {}", column.name, row));
    case StoreError::kTooLong:
      return MakeError(1406, "22001",
                       fmt::format("Data too long for column '{}' at row {}", column.name, row));
    case StoreError::kIncorrectInteger: {
      const bool is_integer = column.type.kind <= TypeKind::kBigInt;
      const std::string_view kind =
          is_integer ? "integer" : (column.type.kind == TypeKind::kDecimal ? "decimal" : "double");
      return MakeError(1366, "22007",
                       fmt::format("Incorrect {} value: '{}' for column `{}`.`?`.`{}` at row {}", kind,
                                   value.ToText(), kSchema, column.name, row));
    }
    case StoreError::kTruncated:
      return MakeError(1265, "01000",
                       fmt::format("Data truncated for column '{}' at row {}", column.name, row));
    case StoreError::kIncorrectTime: {
      const std::string_view kind = column.type.kind == TypeKind::kDate   ? "date"
                                    : column.type.kind == TypeKind::kTime ? "time"
                                                                          : "datetime";
      return MakeError(1292, "22007",
                       fmt::format("Incorrect {} value: '{}' for column `{}`.`?`.`{}` at row {}", kind,
                                   value.ToText(), kSchema, column.name, row));
    }
  }
  return MakeError(1105, "HY000", "Unknown error");
}

SqlError TableLockedForRead(std::string_view table) {
  return MakeError(1099, "HY000",
                   fmt::format("Table '{}' was locked with a READ lock and can't be updated", table));
}

SqlError TableNotLocked(std::string_view table) {
  return MakeError(1100, "HY000", fmt::format("Table '{}' was not locked with LOCK TABLES", table));
}

SqlError GlobalReadLock() {
  return MakeError(1223, "HY000", "Can't execute the query because you have a conflicting read lock");
}

SqlError LockedTablesActive() {
  return MakeError(
      1192, "HY000",
      "Can't execute the given command because you have active locked tables or an active transaction");
}

SqlError ReadOnlyTransaction() {
  return MakeError(1792, "25006", "Cannot execute statement in a READ ONLY transaction");
}

SqlError TransactionInProgress() {
  return MakeError(1568, "25001",
                   "Transaction characteristics can't be changed while a transaction is in progress");
}

SqlError NoSuchSavepoint(std::string_view name) {
  return MakeError(1305, "42000", fmt::format("SAVEPOINT {} does not exist", name));
}

SqlError TableDefinitionChanged() {
  return MakeError(1412, "HY000", "Table definition has changed, please retry transaction");
}

namespace {

std::string QuotedList(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += fmt::format("{}`{}`", text.empty() ? "" : ", ", name);
  return text;
}

std::string_view ActionText(ReferenceAction action) {
  switch (action) {
    case ReferenceAction::kRestrict:
      return "";
    case ReferenceAction::kNoAction:
      return "NO ACTION";
    case ReferenceAction::kCascade:
      return "CASCADE";
    case ReferenceAction::kSetNull:
      return "SET NULL";
  }
  return "";
}

// CONSTRAINT `child_ibfk_1` FOREIGN KEY (`parent_id`) REFERENCES `parent` (`id`) ON DELETE CASCADE
std::string ConstraintText(const ForeignKeyDef& key, const TableDef& child) {
  std::vector<std::string> columns;
  for (std::uint32_t column : key.columns) columns.push_back(child.columns[column].name);
  std::string text = fmt::format("CONSTRAINT `{}` FOREIGN KEY ({}) REFERENCES `{}` ({})", key.name,
                                 QuotedList(columns), key.parent_table, QuotedList(key.parent_columns));
  if (key.on_delete != ReferenceAction::kRestrict)
    text += fmt::format(" ON DELETE {}", ActionText(key.on_delete));
  if (key.on_update != ReferenceAction::kRestrict)
    text += fmt::format(" ON UPDATE {}", ActionText(key.on_update));
  return text;
}

}  // namespace

SqlError ParentRowReferenced(const ForeignKeyDef& key, const TableDef& child) {
  return MakeError(1451, "23000",
                   fmt::format("Cannot delete or update a parent row: a foreign key constraint fails "
                               "(`{}`.`{}`, {})",
                               kSchema, child.name, ConstraintText(key, child)));
}

SqlError NoParentRow(const ForeignKeyDef& key, const TableDef& child) {
  return MakeError(
      1452, "23000",
      fmt::format("Cannot add or update a child row: a foreign key constraint fails (`{}`.`{}`, {})", kSchema,
                  child.name, ConstraintText(key, child)));
}

SqlError CheckFailed(std::string_view check, std::string_view table) {
  return MakeError(4025, "23000", fmt::format("CONSTRAINT `{}` failed for `{}`.`{}`", check, kSchema, table));
}

SqlError ForeignKeyIncorrect(std::string_view table) {
  return MakeError(
      1005, "HY000",
      fmt::format("Can't create table `{}`.`{}` (errno: 150 \"Foreign key constraint is incorrectly "
                  "formed\")",
                  kSchema, table));
}

SqlError TableReferenced(const ForeignKeyDef& key, const TableDef& child) {
  return MakeError(
      1701, "42000",
      fmt::format("Cannot truncate a table referenced in a foreign key constraint (`{}`.`{}`, {})", kSchema,
                  child.name, ConstraintText(key, child)));
}

}  // namespace nextkey::errors
