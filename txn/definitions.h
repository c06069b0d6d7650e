// CREATE, DROP, TRUNCATE and ALTER TABLE: they commit first, then hold exclusive metadata locks.
#pragma once

#include "txn/turn.h"

namespace nextkey {

Progress RunStatement(Turn& turn, const sql::CreateTableStatement& statement);
Progress RunStatement(Turn& turn, const sql::DropTableStatement& statement);
Progress RunStatement(Turn& turn, const sql::TruncateStatement& statement);
Progress RunStatement(Turn& turn, const sql::AlterTableStatement& statement);
Progress RunStatement(Turn& turn, const sql::AnalyzeTableStatement& statement);

}  // namespace nextkey
