// What README.md shows on a console is what the program prints.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

std::string OutputOf(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  char buffer[4096];
  for (std::size_t size = 0; (size = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) text.append(buffer, size);
  pclose(pipe);
  return text;
}

TEST(Readme, ConsolesShowWhatIsPrinted) {
  const std::string page = FileText(NEXTKEY_SOURCE_DIR "/README.md");
  const std::string_view open = "```console\n$ ./nextkey ";
  int consoles = 0;
  for (std::size_t at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
    const std::size_t command = at + open.size();
    const std::size_t output = page.find('\n', command) + 1;
    const std::string arguments = page.substr(command, output - 1 - command);
    SCOPED_TRACE(arguments);
    EXPECT_EQ(OutputOf("cd '" NEXTKEY_SOURCE_DIR "' && '" NEXTKEY_PROGRAM "' " + arguments),
              page.substr(output, page.find("```", output) - output));
    ++consoles;
  }
  EXPECT_EQ(consoles, 2);
}

}  // namespace
}  // namespace nextkey
