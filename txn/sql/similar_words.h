// How alike two words are, for messages that ask "did you mean ..?".
#pragma once

#include <cstddef>
#include <string_view>

namespace nextkey::sql {

// Letters to insert, remove, change or swap with their neighbour.
std::size_t EditDistance(std::string_view a, std::string_view b);

// Close enough to be a slip of `meant`, and not the same.
bool IsSlipOf(std::string_view word, std::string_view meant);

}  // namespace nextkey::sql
