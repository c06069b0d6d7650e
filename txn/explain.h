// EXPLAIN: the access paths of a statement, which decide its locks, as the server's ten columns show them.
//
// The statement is planned as if it were to run, and not run. What our planner chooses by rules is shown,
// with the server's words; counts of rows are the table's, or what the keys find in it now.
#pragma once

#include "txn/turn.h"

namespace nextkey {

Progress RunStatement(Turn& turn, const sql::ExplainStatement& statement);

}  // namespace nextkey
