// Who is connected, what each session does, and since when: for information_schema.PROCESSLIST, SHOW
// PROCESSLIST and performance_schema.threads.
//
// States are spelled as MariaDB 10.11's process list does. Times are the simulation's: a statement that
// does not wait takes none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "txn/state.h"

namespace nextkey {

struct Process {
  SessionId session;
  std::string command;  // `Query`, `Sleep`.
  std::int64_t time_us = 0;
  std::string state;  // `Updating`, `Waiting for table metadata lock`; empty while it is idle.
  std::optional<std::string> info;
};

// In the order of their numbers. `asking` runs the statement that asks, in the state `own_state`.
std::vector<Process> ListProcesses(const ServerState& state, const SessionState& asking,
                                   std::string_view own_state);

// Where a statement stands that reads or writes rows, as the process list says it: `Updating`.
std::string_view StateAtRows(const Execution& execution);

}  // namespace nextkey
