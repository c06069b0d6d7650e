// Tells what a statement reads and writes, where somebody keeps the history (history_events.h).
//
// Whoever reads or writes a row asks ReportsHistory first; the last two return at once where nobody keeps it.
// None of them changes what a server does.
#pragma once

#include <cstdint>

#include "txn/scan.h"
#include "txn/turn.h"

namespace nextkey {

inline bool ReportsHistory(const Turn& turn) { return turn.state.reports_history; }

// Requires: the cursor was opened by FetchNext. `level` is its place in the block's nested loops.
void ReportScanOpened(Turn& turn, std::uint32_t query, std::uint32_t level, const ReadMode& mode);
void ReportScanEnded(Turn& turn, std::uint32_t query, std::uint32_t level);
// Of the row under the cursor. Requires: it was not let go yet.
void ReportRowRead(Turn& turn, std::uint32_t query, std::uint32_t level, const ReadMode& mode, bool is_match);

// `before` is empty where there was no row, `after` where there is none now. Equal ones: an UPDATE found
// nothing to change.
void ReportRowWritten(Turn& turn, TableId table, const Row& before, const Row& after);
// Before the change is taken back.
void ReportWriteUndone(const ServerState& state, std::vector<Event>& events, TrxId trx,
                       const UndoEntry& entry);
void ReportTransactionEnded(const ServerState& state, std::vector<Event>& events, SessionId session,
                            TrxId trx, bool is_committed);

}  // namespace nextkey
