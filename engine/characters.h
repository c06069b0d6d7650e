// Questions about characters as SQL's numbers and dates see them: ASCII alone.
#pragma once

namespace nextkey {

constexpr bool IsNumeral(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace nextkey
