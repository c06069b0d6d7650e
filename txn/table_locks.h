// LOCK TABLES, FLUSH TABLES WITH READ LOCK, and what they forbid to whom.
#pragma once

#include "txn/statement_tables.h"
#include "txn/turn.h"

namespace nextkey {

Progress RunStatement(Turn& turn, const sql::LockTablesStatement& statement);
Progress RunStatement(Turn& turn, const sql::UnlockTablesStatement& statement);
Progress RunStatement(Turn& turn, const sql::FlushTablesStatement& statement);

// Ends the session's LOCK TABLES, if it has any; the global read lock stays.
void UnlockTables(Turn& turn);
// LOCK TABLES failed: what it had so far goes.
void AbandonLockTables(Turn& turn);

// Under LOCK TABLES only the tables that were locked may be used, in the mode that was locked: errors
// 1100 and 1099. Writers also meet READ ONLY (1792).
std::optional<SqlError> CheckAllowed(const Turn& turn, const OpenedTables& tables);

// Under LOCK TABLES a table's definition may be changed by who locked it for writing; nullopt without.
std::optional<SqlError> CheckLockedForWrite(const Turn& turn, const std::vector<std::string>& names);

// MyISAM's table locks for one statement, and their end.
Progress LockForStatement(Turn& turn, const std::vector<NamedTable>& tables);
void UnlockAfterStatement(Turn& turn);

}  // namespace nextkey
