// The errors of the simulated server: MySQL's numbers, SQLSTATEs and texts, one function each.
// Texts are MariaDB 10.11's (sql/share/errmsg-utf8.txt).
#pragma once

#include <string>
#include <string_view>

#include "engine/column_type.h"
#include "engine/schema.h"
#include "txn/result.h"

namespace nextkey::errors {

// The name of the only schema, as error texts show it.
inline constexpr std::string_view kSchema = "test";

SqlError MakeError(int number, std::string_view sqlstate, std::string message);

SqlError Deadlock();                                                       // 1213
SqlError LockWaitTimeout();                                                // 1205
SqlError AutoIncrementReadFailed();                                        // 1467
SqlError RecordChanged(std::string_view table);                            // 1020
SqlError DuplicateEntry(std::string_view key, std::string_view index);     // 1062
SqlError NoSuchTable(std::string_view schema, std::string_view table);     // 1146; empty: kSchema.
SqlError NoSuchTable(std::string_view table);                              // 1146
SqlError TableExists(std::string_view table);                              // 1050
SqlError UnknownColumn(std::string_view column, std::string_view clause);  // 1054
SqlError DuplicateColumn(std::string_view column);                         // 1060
SqlError DuplicateKeyName(std::string_view index);                         // 1061
SqlError NonUniqueTable(std::string_view alias);                           // 1066
SqlError MultiplePrimaryKeys();                                            // 1068
SqlError NoSuchKeyColumn(std::string_view column);                         // 1072
SqlError WrongAutoIncrement();                                             // 1075
SqlError CantDrop(std::string_view kind, std::string_view name);           // 1091
SqlError NoSuchIndexHint(std::string_view index, std::string_view table);  // 1176
SqlError ColumnCount(std::size_t row);                                     // 1136
SqlError ColumnTwice(std::string_view column);                             // 1110
SqlError OperandColumns(std::size_t wanted);                               // 1241
SqlError SubqueryRows();                                                   // 1242
SqlError NotNull(std::string_view column);                                 // 1048
SqlError NoDefault(std::string_view column);                               // 1364
SqlError CannotStore(StoreError why, const ColumnDef& column, const Value& value, std::size_t row);
SqlError TableLockedForRead(std::string_view table);                            // 1099
SqlError TableNotLocked(std::string_view table);                                // 1100
SqlError GlobalReadLock();                                                      // 1223
SqlError LockedTablesActive();                                                  // 1192
SqlError ReadOnlyTransaction();                                                 // 1792
SqlError TransactionInProgress();                                               // 1568
SqlError NoSuchSavepoint(std::string_view name);                                // 1305
SqlError TableDefinitionChanged();                                              // 1412
SqlError ParentRowReferenced(const ForeignKeyDef& key, const TableDef& child);  // 1451
SqlError NoParentRow(const ForeignKeyDef& key, const TableDef& child);          // 1452
SqlError CheckFailed(std::string_view check, std::string_view table);           // 4025
SqlError ForeignKeyIncorrect(std::string_view table);                           // 1005
SqlError TableReferenced(const ForeignKeyDef& key, const TableDef& child);      // 1701

}  // namespace nextkey::errors
