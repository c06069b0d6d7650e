// `nextkey rules`: prints the locking table, for a terminal or as the page LOCK_RULES.md.
#pragma once

#include <string>

#include "txn/dialect.h"

namespace nextkey {

// One server's rules in columns.
std::string RulesText(const Dialect& dialect);
// Both servers' rules, with their sources and what proves them.
std::string RulesMarkdown();

}  // namespace nextkey
