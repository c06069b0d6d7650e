// What happened in one step, in words: blocks of lines, each spoken by one session or by nobody.
//
// The words are chosen here; where a block stands on the page is for report_text.h.
#pragma once

#include <string>
#include <vector>

#include "sim/step_report.h"
#include "sim/styled_text.h"

namespace nextkey {

struct TextBlock {
  std::string session;  // Empty: over the whole width.
  std::vector<Line> lines;
  bool waits_afterwards = false;  // The session waits from here on.
};

struct StepTextOptions {
  std::size_t session_width = 80;  // Columns for a session's block.
  std::size_t full_width = 95;     // For a block of nobody's.
  bool with_plan = false;
};

std::vector<TextBlock> StepBlocks(const StepReport& report, const StepTextOptions& options);

// `ok`, `1 row`, `no rows`, `ok, 2 warnings`: an outcome in a few words. Requires: no error.
std::string OutcomeText(const StatementResult& result);
// `waits for X,REC_NOT_GAP on PRIMARY of t, record 1, held by T1`
std::string WaitText(const Wait& wait, const SessionNames& names);
// `20 s`, `1.5 s`, `2 min 30 s`
std::string DurationText(std::int64_t microseconds);
// `1 row`, `2 rows`
std::string Counted(std::uint64_t count, std::string_view noun);

// Who waits for whom, as a circle, the victim and the reason.
std::vector<Line> DeadlockLines(const DeadlockReport& deadlock, const SessionNames& names, std::size_t width);
// `ann has X,REC_NOT_GAP on PRIMARY of t, record 5: row found by its whole primary key (row_search_mvcc)`
std::vector<Line> ReasonLines(const std::vector<LockReason>& reasons, const SessionNames& names,
                              std::size_t width);
std::vector<Line> LockLines(const std::vector<LockRow>& locks, const SessionNames& names, std::size_t width);

}  // namespace nextkey
