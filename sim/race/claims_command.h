// `nextkey claims` and `nextkey claims N`: the table of verdicts, and the replays behind one of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>

namespace nextkey {

// `number` 0: all of them, a line each. Exit codes: 0; 2 there is no such claim.
int RunClaims(std::uint32_t number, std::size_t width, std::ostream& out, std::ostream& err);

}  // namespace nextkey
