// What the statements of a race can tell apart, found by looking at them before anything runs.
//
// The search leaves out of its states what no future reads: the answer of a query that is not used
// again, a column that is only ever written, absolute times where nobody asks for the time. All that
// is said here errs on the safe side: what is not understood counts as read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/race/program.h"
#include "sim/race/world.h"
#include "txn/server_form.h"

namespace nextkey {

// What a client that stands before an instruction, or in it, may still read of its own.
struct ReadsBefore {
  std::vector<std::string> variables;  // In order.
  bool row_count = false;
  bool found_rows = false;
  bool last_insert_id = false;
  bool snapshot = false;  // Of the open transaction.

  friend bool operator==(const ReadsBefore&, const ReadsBefore&) = default;
};

struct ProgramReads {
  FormScope scope;
  // A snapshot that nobody will read makes no difference: nothing is deleted, no indexed value changed.
  bool forgets_snapshots = false;
  // By template and instruction; one more for a request that fails.
  std::vector<std::vector<ReadsBefore>> before;
  std::vector<ReadsBefore> when_failing;
  // Something shows ids, counters or other sessions as they are: nothing is left out, and why.
  std::string keeps_all_because;
  // By template: why its clients, however alike, are told apart; empty: they are not.
  std::vector<std::string> tells_clients_apart_by;

  // What this client may still read of its own.
  const ReadsBefore& Before(const RaceWorld& world, const Program& program, std::uint32_t client) const;
};

// `first` is the world that the race begins with: its tables.
ProgramReads FindReads(const Program& program, const RaceWorld& first);

}  // namespace nextkey
