// Says what is wrong where the grammar is not met: what was unexpected, what would have been right,
// and which word was probably meant.
#pragma once

#include <string_view>
#include <vector>

#include "sim/race/lexer.h"
#include "sim/race/race_builder.h"

namespace nextkey::race {

Problem Explain(const SyntaxError& error, std::string_view text, const std::vector<Token>& tokens);

}  // namespace nextkey::race
