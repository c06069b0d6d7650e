// Checks a Hermitage case against its remarks: which held, which did not, and what happened instead.
//
// Statements without a remark claim nothing, except that an error which no remark of the case names
// is a miss as well: a case whose statements fail shows nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/remark.h"
#include "sim/script.h"
#include "sim/step_report.h"

namespace nextkey {

struct CheckedRemark {
  std::uint32_t line = 1;  // In the file.
  std::string session;
  std::string words;  // Of one claim.
  bool held = false;
  std::string instead;  // Why it was missed; empty when it held.
};

struct CheckedCase {
  std::string name;
  std::uint32_t line = 1;
  std::vector<CheckedRemark> remarks;  // In the order of the text.
  // Errors that no remark names, and statements for a session that waited.
  std::vector<std::string> undocumented;

  std::uint64_t MissedCount() const;
  bool IsAsDocumented() const { return MissedCount() == 0 && undocumented.empty(); }
};

// Requires: the reports are those of the case's steps, from the first on; fewer after a script error.
CheckedCase CheckCase(const ScriptCase& one, const std::vector<StepReport>& reports);

}  // namespace nextkey
