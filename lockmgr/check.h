// A fact that cannot be false unless the program is wrong: checked in release builds too.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace nextkey {

// Ends the process with the sentence and its place when `fact` does not hold.
inline void RequireFact(bool fact, const char* sentence, const char* file = __builtin_FILE(),
                        unsigned line = __builtin_LINE()) {
  if (fact) [[likely]] {
    return;
  }
  std::fprintf(stderr, "%s:%u: broken: %s\n", file, line, sentence);
  std::abort();
}

}  // namespace nextkey
