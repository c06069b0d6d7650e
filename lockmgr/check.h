// A fact that cannot be false unless the program is wrong: checked in release builds too.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace nextkey {

// Ends the process with the sentence and its place when `fact` does not hold.
inline void RequireFact(bool fact, const char* sentence,
                        std::source_location place = std::source_location::current()) {
  if (fact) [[likely]] {
    return;
  }
  std::fprintf(stderr, "%s:%u: broken: %s\n", place.file_name(), static_cast<unsigned>(place.line()),
               sentence);
  std::abort();
}

}  // namespace nextkey
