// Statements about sessions and transactions: BEGIN, COMMIT, ROLLBACK, savepoints, SET.
#pragma once

#include "txn/turn.h"

namespace nextkey {

// Commits what is open, as BEGIN, LOCK TABLES and definitions do first. May wait while somebody has
// FLUSH TABLES WITH READ LOCK.
Progress CommitOpen(Turn& turn);

Progress RunStatement(Turn& turn, const sql::BeginStatement& statement);
Progress RunStatement(Turn& turn, const sql::CommitStatement& statement);
Progress RunStatement(Turn& turn, const sql::RollbackStatement& statement);
Progress RunStatement(Turn& turn, const sql::SavepointStatement& statement);
Progress RunStatement(Turn& turn, const sql::RollbackToStatement& statement);
Progress RunStatement(Turn& turn, const sql::ReleaseSavepointStatement& statement);
Progress RunStatement(Turn& turn, const sql::SetStatement& statement);
Progress RunStatement(Turn& turn, const sql::SetTransactionStatement& statement);
Progress RunStatement(Turn& turn, const sql::UseStatement& statement);
Progress RunStatement(Turn& turn, const sql::DoStatement& statement);

}  // namespace nextkey
