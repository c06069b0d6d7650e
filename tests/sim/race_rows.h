// What the tests of the documents' rows share: a shipped race with a fix, played in one order or in many,
// and its end in words.
//
// An end reads `1 succeeded, 4 refused; sold 1; stock 0`. "Many orders" are the named permutations, the
// clients in turns, in lockstep and one after the other, and random schedules; the seeds stand fast.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/race/permutation.h"
#include "sim/race/schedule.h"
#include "tests/sim/race_harness.h"

namespace nextkey {

using Clients = std::map<std::string, std::uint32_t>;
using Parameters = std::map<std::string, std::string>;

inline RaceOptions With(std::string fix, Clients clients = {}, Parameters parameters = {},
                        std::vector<std::string> faults = {}) {
  RaceOptions options;
  options.fix = std::move(fix);
  options.clients = std::move(clients);
  options.parameters = std::move(parameters);
  options.faults = std::move(faults);
  return options;
}

inline std::string EndText(const PlayedRace& played, const Program& program) {
  return EndText(played.end, program) + (played.end.is_cut ? " (cut)" : "");
}

// Every end that many orders lead to. Each is checked against our own invariants on the way.
inline std::set<std::string> Ends(const std::string& race, RaceOptions options, std::uint64_t random) {
  const ProgramRef program = ProgramOfFile(race, std::move(options));
  const RaceWorld world = OpenOf(*program);
  std::set<std::string> ends;
  for (const Permutation& permutation : program->file->permutations) {
    const auto played = PlayPermutation(world, *program, permutation);
    if (const auto* done = std::get_if<PlayedPermutation>(&played)) {
      EXPECT_EQ(done->world.CheckInvariants(), std::vector<std::string>());
      ends.insert(EndText(done->end, *program));
    }
  }
  for (const SchedulerKind kind :
       {SchedulerKind::kRoundRobin, SchedulerKind::kLockstep, SchedulerKind::kOneAfterTheOther})
    ends.insert(EndText(PlayToEnd(world, *program, Scheduler(kind), 20'000), *program));
  for (std::uint64_t seed = 1; seed <= random; ++seed) {
    const PlayedRace played = PlayToEnd(world, *program, Scheduler(SchedulerKind::kRandom, seed), 20'000);
    ends.insert(EndText(played, *program));
  }
  return ends;
}

inline std::string EndBy(const std::string& race, RaceOptions options, SchedulerKind kind) {
  const ProgramRef program = ProgramOfFile(race, std::move(options));
  return EndText(PlayBy(*program, kind), *program);
}

// Whoever has made the fewest choices goes next: all begin, all read, and only then does anybody write.
inline std::string EndInLockstep(const std::string& race, RaceOptions options) {
  return EndBy(race, std::move(options), SchedulerKind::kLockstep);
}

inline std::string EndIn(const std::string& race, RaceOptions options, const std::string& permutation) {
  const ProgramRef program = ProgramOfFile(race, std::move(options));
  for (const Permutation& one : program->file->permutations) {
    if (one.name.text != permutation) continue;
    auto played = PlayPermutation(OpenOf(*program), *program, one);
    if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&played)) return ToText(*mistakes);
    return EndText(std::get<PlayedPermutation>(played).end, *program);
  }
  return "no such permutation";
}

// The choices of a token without its head, which names the file's fingerprint: they stay the same when a
// comment of the race file changes.
inline Schedule Choices(const std::string& choices) {
  auto read = ParseToken("test-000000:" + choices);
  if (const auto* message = std::get_if<std::string>(&read)) throw std::runtime_error(*message);
  return std::get<ReadToken>(std::move(read)).schedule;
}

inline RaceWorld WorldAfter(const Program& program, const std::string& choices,
                            std::vector<ChoiceReport>* reports = nullptr) {
  auto played = PlaySchedule(OpenOf(program), program, Choices(choices), reports);
  if (const auto* mismatch = std::get_if<ScheduleMismatch>(&played))
    throw std::runtime_error(mismatch->message);
  return std::get<RaceWorld>(std::move(played));
}

// After the choices, which need not be all: the rest goes one after the other.
inline std::string EndAfter(const std::string& race, RaceOptions options, const std::string& choices) {
  const ProgramRef program = ProgramOfFile(race, std::move(options));
  const PlayedRace rest =
      PlayToEnd(WorldAfter(*program, choices), *program, Scheduler(SchedulerKind::kOneAfterTheOther));
  return EndText(rest, *program);
}

}  // namespace nextkey
