// A step as one JSON line, with the keys, the order and the spelling that a real server's recorder
// uses: the two can be compared with `diff`.
//
// Keys: step, session, sql, status, columns, rows, affected, errno, error, warnings, wait (when
// blocked), plan (when asked for), unblocked, locks. With reasons, a lock that the step brought has the keys
// why (the rule) and source. Integers and decimals without a fraction are
// numbers, other decimals and times are texts; connection ids in results of CONNECTION_ID() and
// IS_USED_LOCK() are `conn:T1`.
#pragma once

#include <string>

#include "sim/step_report.h"

namespace nextkey {

struct JsonlOptions {
  bool with_plan = false;
  std::string script_name;  // Not empty: key `script` in front, when several files are played.
  std::string case_name;    // Not empty: key `case`, for files that hold several cases.
};

// Ends with a newline.
std::string ToJsonLine(const StepReport& report, const JsonlOptions& options);

}  // namespace nextkey
