// Plays every scenario in tests/scenarios and compares with the expected output beside it.
//
// tests/scenarios/NAME.sql or NAME.md, expected in NAME.txt: standard output with --locks and 100
// columns, then standard error and the exit code where there is something to say. NEXTKEY_REWRITE=1 writes
// the expectations anew; whoever does that reads the difference as carefully as code.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "sim/replay_command.h"

namespace nextkey {
namespace {

namespace fs = std::filesystem;

fs::path ScenarioFolder() { return fs::path(NEXTKEY_SOURCE_DIR) / "tests" / "scenarios"; }

std::vector<std::string> ScenarioNames() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(ScenarioFolder())) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".sql" || extension == ".md") names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string Contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string ReplaceAll(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// What a user would see, with the files named without their folder.
std::string Play(const std::string& name) {
  ReplayCommand command;
  command.files = {(ScenarioFolder() / name).string()};
  command.with_locks = fs::path(name).extension() == ".sql";
  std::ostringstream out;
  std::ostringstream err;
  const int exit_code = RunReplay(command, out, err);
  std::string text = out.str();
  if (!err.str().empty()) text += "--- standard error\n" + err.str();
  if (exit_code != 0) text += "--- exit code " + std::to_string(exit_code) + "\n";
  return ReplaceAll(text, ScenarioFolder().string() + "/", "");
}

class Scenario : public ::testing::TestWithParam<std::string> {};

TEST_P(Scenario, GoesAsExpected) {
  const fs::path expected = (ScenarioFolder() / GetParam()).replace_extension(".txt");
  const std::string played = Play(GetParam());
  const char* rewrite = std::getenv("NEXTKEY_REWRITE");
  if (rewrite != nullptr && std::string(rewrite) == "1") {
    std::ofstream(expected, std::ios::binary) << played;
    return;
  }
  ASSERT_TRUE(fs::exists(expected)) << "NEXTKEY_REWRITE=1 writes " << expected;
  EXPECT_EQ(played, Contents(expected))
      << "replay it with: nextkey replay --locks tests/scenarios/" << GetParam();
}

TEST_P(Scenario, GivesTheSameBytesAgain) { EXPECT_EQ(Play(GetParam()), Play(GetParam())); }

INSTANTIATE_TEST_SUITE_P(All, Scenario, ::testing::ValuesIn(ScenarioNames()), [](const auto& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.'; }, '_');
  return name;
});

}  // namespace
}  // namespace nextkey
