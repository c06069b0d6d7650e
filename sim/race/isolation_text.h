// The lines that PostgreSQL's isolationtester prints, byte for byte; result sets as libpq's PQprint
// writes them: columns aligned, numbers right, NULL as nothing. Widths count bytes, as there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "txn/result.h"

namespace nextkey {

// `step s1r: SELECT 1;`; the same with ` <waiting ...>`; `step s1r: <... completed>`
std::string StepDoneLine(std::string_view step, std::string_view sql);
std::string StepWaitsLine(std::string_view step, std::string_view sql);
std::string StepCompletedLine(std::string_view step);

// Of one statement: its rows, or `ERROR:  text`; nothing where there is neither.
std::string IsolationResult(const StatementResult& result);
// `s1: WARNING:  text` a line; notes are not told.
std::string IsolationWarnings(std::string_view session, const StatementResult& result);
std::size_t CountWarnings(const StatementResult& result);

}  // namespace nextkey
