// Says what is wrong with a statement that the grammar does not derive: what was unexpected, what
// would have been expected in words that a user knows, and which word was probably meant.
#pragma once

#include <string>
#include <vector>

#include "txn/sql/parse_state.h"
#include "txn/sql/parser.h"
#include "txn/sql/token.h"

namespace nextkey::sql {

ParseError Explain(const SyntaxError& error, const std::string& text, const std::vector<Token>& tokens,
                   ParseGoal goal);

}  // namespace nextkey::sql
