// Plays the scripts whose outcome was recorded on a real server (MariaDB 10.11.19) and compares step
// by step: status, rows, affected rows, error number, who is let go, and the set of all locks. And,
// on the same scripts: the world is a value.
//
// tests/recorded/NAME.sql, NAME.jsonl (purge eager), purge-off/NAME.jsonl where purge makes a
// difference. The recordings are the server's: they are never written anew from our own output.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/replay.h"
#include "sim/report_jsonl.h"
#include "sim/script.h"
#include "tests/sim/recording.h"

namespace nextkey {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

World NewWorld(const std::string& name, PurgeMode purge) {
  World world;
  world.server.SetPurgeMode(purge);
  ApplyRecordedSettings(name, world);
  return world;
}

std::vector<Json> Play(const std::string& name, const ScriptCase& script, PurgeMode purge) {
  std::vector<Json> lines;
  World world = NewWorld(name, purge);
  while (!IsFinished(world, script)) {
    lines.push_back(Json::parse(ToJsonLine(PlayStep(world, script, LockListing::kEachStep), {})));
    for (const std::string& broken : world.server.CheckInvariants()) ADD_FAILURE() << broken;
  }
  return lines;
}

void Compare(const std::string& name, const fs::path& recording, PurgeMode purge) {
  const Script script = ReadRecorded(name);
  ASSERT_EQ(script.cases.size(), 1U);
  const std::vector<Json> expected = Recording(recording);
  const std::vector<Json> actual = Play(name, script.cases[0], purge);
  ASSERT_FALSE(expected.empty()) << recording;
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(Described(actual[i]), Described(expected[i]))
        << name << ".sql, step " << expected[i]["step"] << " " << expected[i]["session"] << ": "
        << expected[i]["sql"];
  }
}

class Recorded : public ::testing::TestWithParam<std::string> {};

TEST_P(Recorded, AgreesWithTheRealServer) {
  Compare(GetParam(), RecordedFolder() / (GetParam() + ".jsonl"), PurgeMode::kEager);
}

TEST_P(Recorded, AgreesWithTheRealServerWithoutPurge) {
  const fs::path own = RecordedFolder() / "purge-off" / (GetParam() + ".jsonl");
  if (!fs::exists(own)) return;  // Recorded only where purge makes a difference.
  Compare(GetParam(), own, PurgeMode::kOff);
}

// At every step a copy is taken, and both go on: the same reports, the same fingerprints; and the
// original does not see what its copy does.
TEST_P(Recorded, TheWorldIsAValue) {
  const Script script = ReadRecorded(GetParam());
  World world = NewWorld(GetParam(), PurgeMode::kEager);
  while (!IsFinished(world, script.cases[0])) {
    World copy = world;
    const Fingerprint before = world.Digest();
    ASSERT_EQ(copy.Digest(), before);
    const std::string of_copy = ToJsonLine(PlayStep(copy, script.cases[0], LockListing::kEachStep), {});
    ASSERT_EQ(world.Digest(), before) << "the original changed with its copy";
    const std::string of_original = ToJsonLine(PlayStep(world, script.cases[0], LockListing::kEachStep), {});
    ASSERT_EQ(of_copy, of_original);
    ASSERT_EQ(copy.Digest(), world.Digest()) << of_original;
    ASSERT_TRUE(copy == world) << of_original;
  }
}

// A copy taken in the middle can be played to the end at any time: nothing is shared that matters.
TEST_P(Recorded, OldWorldsCanBePlayedToTheEnd) {
  const Script script = ReadRecorded(GetParam());
  std::vector<World> worlds{NewWorld(GetParam(), PurgeMode::kEager)};
  while (!IsFinished(worlds.back(), script.cases[0])) {
    worlds.push_back(worlds.back());
    PlayStep(worlds.back(), script.cases[0], LockListing::kNone);
  }
  const Fingerprint end = worlds.back().Digest();
  const std::size_t stride = std::max<std::size_t>(1, worlds.size() / 4);
  for (std::size_t i = 0; i < worlds.size(); i += stride) {
    while (!IsFinished(worlds[i], script.cases[0])) PlayStep(worlds[i], script.cases[0], LockListing::kNone);
    EXPECT_EQ(worlds[i].Digest(), end) << "from step " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Scripts, Recorded, ::testing::ValuesIn(RecordedNames()),
                         [](const auto& info) { return info.param; });

std::string FingerprintOfEnd(const std::string& name) {
  const Script script = ReadRecorded(name);
  World world = NewWorld(name, PurgeMode::kEager);
  while (!IsFinished(world, script.cases[0])) PlayStep(world, script.cases[0], LockListing::kNone);
  return world.Digest().ToHex();
}

// Prints fingerprints for the test below when it starts this program again.
TEST(RecordedFingerprints, ArePrinted) {
  if (std::getenv("NEXTKEY_PRINT_FINGERPRINTS") == nullptr) return;
  for (const std::string& name : RecordedNames())
    std::printf("fingerprint %s %s\n", name.c_str(), FingerprintOfEnd(name).c_str());
}

TEST(RecordedFingerprints, AreTheSameInAnotherProcess) {
  std::map<std::string, std::string> elsewhere;
  // Whoever runs this program in parts means this process alone.
  const std::string command =
      "env -u GTEST_TOTAL_SHARDS -u GTEST_SHARD_INDEX NEXTKEY_PRINT_FINGERPRINTS=1 '" +
      fs::read_symlink("/proc/self/exe").string() + "' --gtest_filter=RecordedFingerprints.ArePrinted";
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  char line[512];
  char name[256];
  char digest[64];
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    if (std::sscanf(line, "fingerprint %255s %63s", name, digest) == 2) elsewhere[name] = digest;
  }
  EXPECT_EQ(pclose(pipe), 0);
  ASSERT_EQ(elsewhere.size(), RecordedNames().size());
  for (const std::string& script : RecordedNames())
    EXPECT_EQ(elsewhere[script], FingerprintOfEnd(script)) << script;
}

}  // namespace
}  // namespace nextkey
