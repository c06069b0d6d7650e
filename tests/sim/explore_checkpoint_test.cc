// A search that is stopped and goes on from its checkpoint: against one that was not stopped.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>

#include "sim/exit_codes.h"
#include "sim/explore/checkpoint.h"
#include "sim/explore/explore_command.h"
#include "tests/sim/explore_harness.h"

namespace nextkey {
namespace {

using CheckpointRef = std::shared_ptr<const Checkpoint>;

Exploration ExploreSome(const ProgramRef& program, std::uint64_t most_states, unsigned jobs = 1) {
  ExploreOptions options;
  options.most_states = most_states;
  options.jobs = jobs;
  options.keeps_checkpoint = true;
  return ExploreOne(program, options);
}

// Through a file, as between two runs of the program.
CheckpointRef WrittenAndRead(const Checkpoint& checkpoint, const Folder& folder) {
  const std::string path = folder.PathOf("a.checkpoint");
  EXPECT_TRUE(WriteCheckpoint(path, checkpoint));
  return std::make_shared<const Checkpoint>(Get<Checkpoint, Mistake>(ReadCheckpoint(path)));
}

Exploration GoOnFrom(const CheckpointRef& checkpoint, ExploreOptions options = {}) {
  options.keeps_checkpoint = true;
  return Get<Exploration>(GoOnExploring(checkpoint, options));
}

TEST(Checkpoints, WhatWasStoppedEndsAsIfItHadNotBeen) {
  const Folder folder("checkpoints");
  for (const char* const race : {kCounter, kCrossed, kSpin}) {
    SCOPED_TRACE(race);
    const ProgramRef program = ProgramOf(race);
    const Exploration whole = ExploreOne(program);
    for (std::uint64_t most = 1; most < whole.states; most = most * 2 + 1) {
      const unsigned jobs = most % 4 == 3 ? 2 : 1;
      const Exploration stopped = ExploreSome(program, most, jobs);
      ASSERT_NE(stopped.checkpoint, nullptr) << most;
      EXPECT_EQ(stopped.verdict == Verdict::kHolds, false);
      const Exploration all = GoOnFrom(WrittenAndRead(*stopped.checkpoint, folder), {.jobs = jobs});
      ExpectSame(all, whole);
      EXPECT_EQ(all.states, whole.states);
      EXPECT_EQ(all.transitions, whole.transitions);
      EXPECT_EQ(all.depth, whole.depth);
      EXPECT_EQ(all.checkpoint, nullptr);
    }
  }
}

TEST(Checkpoints, MayBeMadeAgainAndAgain) {
  const Folder folder("checkpoints_again");
  const ProgramRef program = ProgramOf(kCounter);
  const Exploration whole = ExploreOne(program);
  Exploration part = ExploreSome(program, 10);
  int parts = 1;
  for (; part.checkpoint != nullptr; ++parts) {
    ASSERT_LT(parts, 100);
    part = GoOnFrom(WrittenAndRead(*part.checkpoint, folder), {.most_states = part.states + 10});
  }
  EXPECT_GT(parts, 3);
  ExpectSame(part, whole);
}

TEST(Checkpoints, KeepSymmetryAndTheBoundOnSwitches) {
  const Folder folder("checkpoints_bound");
  ExploreOptions options;
  options.sorts_clients = false;
  options.most_switches = 2;
  const ProgramRef program = ProgramOf(kCrossed);
  const Exploration whole = ExploreOne(program, options);
  options.most_states = whole.states / 2;
  options.keeps_checkpoint = true;
  const Exploration stopped = ExploreOne(program, options);
  ASSERT_NE(stopped.checkpoint, nullptr);
  const Exploration all = GoOnFrom(WrittenAndRead(*stopped.checkpoint, folder));
  ExpectSame(all, whole);
  EXPECT_EQ(all.most_switches, 2U);
  EXPECT_EQ(all.states, whole.states);
}

TEST(Checkpoints, ThatAreDamagedAreRefused) {
  const Folder folder("checkpoints_damaged");
  const Exploration stopped = ExploreSome(ProgramOf(kCounter), 20);
  ASSERT_NE(stopped.checkpoint, nullptr);
  const std::string path = folder.PathOf("a.checkpoint");
  ASSERT_TRUE(WriteCheckpoint(path, *stopped.checkpoint));
  std::ifstream written(path, std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(written)), std::istreambuf_iterator<char>());
  const auto message = [&](const std::string& text) {
    const auto read = ReadCheckpoint(folder.Write("b.checkpoint", text));
    return std::holds_alternative<Mistake>(read) ? std::get<Mistake>(read).message : "";
  };
  EXPECT_EQ(message(good), "");
  EXPECT_EQ(message("race a \"b\""), "this is no checkpoint of a search");
  const std::string changed = "the checkpoint is damaged: its numbers are not those that were written";
  EXPECT_EQ(message(good.substr(0, good.size() - 1)), changed);
  std::string other = good;
  other.back() = static_cast<char>(other.back() + 1);
  EXPECT_EQ(message(other), changed);
  EXPECT_EQ(ReadCheckpoint(folder.PathOf("none")).index(), 1U);
}

// The numbers are whole, and belong to another text.
TEST(Checkpoints, OfAnotherRaceAreRefused) {
  const Folder folder("checkpoints_of_another_race");
  const Exploration stopped = ExploreSome(ProgramOf(kCounter), 20);
  ASSERT_NE(stopped.checkpoint, nullptr);
  const std::string path = folder.PathOf("a.checkpoint");
  ASSERT_TRUE(WriteCheckpoint(path, *stopped.checkpoint));
  const auto read = [&] { return std::make_shared<Checkpoint>(std::get<Checkpoint>(ReadCheckpoint(path))); };
  const auto changed = read();
  changed->race.text += "# more\n";
  EXPECT_EQ(GoOnExploring(changed, {}).index(), 1U);
  const auto mixed = read();
  mixed->race = ExploreSome(ProgramOf(kSpin), 2).checkpoint->race;
  const auto answer = GoOnExploring(mixed, {});
  ASSERT_EQ(answer.index(), 1U);
  EXPECT_EQ(std::get<1>(answer).front().message, "the checkpoint is none of this race");
}

TEST(Checkpoints, AreWrittenAndReadByTheCommand) {
  const Folder folder("checkpoints_command");
  ExploreCommand command;
  command.race.race = "order";
  command.race.only_unfixed = true;
  command.race.clients = {"2"};
  command.as_json = true;
  std::ostringstream whole;
  std::ostringstream err;
  ASSERT_EQ(RunExplore(command, whole, err), kExitOk) << err.str();
  command.most_states = 50;
  command.checkpoint = folder.PathOf("order.checkpoint");
  std::ostringstream part;
  EXPECT_EQ(RunExplore(command, part, err), kExitIncomplete);
  EXPECT_NE(err.str().find("nextkey explore --go-on " + command.checkpoint), std::string::npos) << err.str();
  ExploreCommand more;
  more.go_on = command.checkpoint;
  more.as_json = true;
  std::ostringstream all;
  EXPECT_EQ(RunExplore(more, all, err), kExitOk);
  EXPECT_EQ(all.str(), whole.str());
}

}  // namespace
}  // namespace nextkey
