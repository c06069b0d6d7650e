// A server as a part of a state's canonical form: without what no future can tell apart.
//
// Left out are reports and statistics for SHOW, the ids of transactions (who wrote a version is told
// by which running transactions own it or do not see it), the order of a queue in which nobody will
// ever wait, absolute times where nobody reads the clock, and what a session will not read any more.
// What may be left out is the caller's to know: FormScope is about the statements that will run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/ids.h"
#include "txn/state.h"
#include "txn/state_form.h"

namespace nextkey {

// What the statements to come can tell apart. True and empty are always safe.
struct FormScope {
  bool reads_clock = true;
  bool defines_tables = true;      // DDL.
  bool locks_whole_tables = true;  // DDL, LOCK TABLES, FLUSH TABLES: somebody may wait for a table.
  bool uses_named_locks = true;    // GET_LOCK and its like.
  bool changes_settings = true;    // SET of system variables, SET TRANSACTION.
  bool compares_arrivals = true;   // LockTable::HasComparedRanks may become true.
  // By table: the columns that nobody reads, by position. Their values are left out.
  std::map<TableId, std::vector<bool>> unread_columns;
};

// What a session may still read of its own. Null and true are always safe.
struct SessionReads {
  const std::vector<std::string>* variables = nullptr;  // In order; null: all of them.
  bool row_count = true;
  bool found_rows = true;
  bool last_insert_id = true;
  bool warnings = true;
  bool is_over = false;   // It sends nothing any more.
  bool is_known = false;  // What is its own need not be written: the caller has it.
};

struct ServerFormNames {
  absl::FunctionRef<std::uint32_t(SessionId)> actor_of;
  absl::FunctionRef<SessionReads(SessionId)> reads_of;
};

void PutServer(StateForm& form, const ServerState& server, const FormScope& scope,
               const ServerFormNames& names);

// A statement in flight (canonical.cc). Rows of `unread_columns` are put without these; times are left
// out where nobody reads the clock.
void PutExecution(Canonical& canonical, const Execution& execution, const FormScope& scope);

}  // namespace nextkey
