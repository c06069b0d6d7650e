// Races in tests: a text becomes a program and a world, every schedule is enumerated naively.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/race/inspect.h"
#include "sim/race/parser.h"
#include "sim/race/play.h"
#include "sim/race/scheduler.h"
#include "sim/race/shipped_races.h"

namespace nextkey {

inline std::string FileText(const std::filesystem::path& path) {
  return std::get<SourceFile>(ReadSourceFile(path.string())).text;
}

// Fails the test where a text is no race file.
inline RaceFile RaceFileOf(std::string text, std::string name = "a.race") {
  RaceFileOrMistakes read = ReadRaceFile(SourceFile{std::move(name), std::move(text)});
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) {
    ADD_FAILURE() << ToText(*mistakes);
    return {};
  }
  return std::get<RaceFile>(std::move(read));
}

// Throws where a text is no race: a test can't go on without it.
inline ProgramRef ProgramOf(const std::string& text, RaceOptions options = {}) {
  RaceFileOrMistakes read = ReadRaceFile(SourceFile{"test.race", text});
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) {
    throw std::runtime_error(ToText(*mistakes));
  }
  auto program =
      BuildProgram(std::make_shared<const RaceFile>(std::get<RaceFile>(std::move(read))), std::move(options));
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&program)) {
    throw std::runtime_error(ToText(*mistakes));
  }
  return std::get<ProgramRef>(program);
}

inline ProgramRef ProgramOfFile(const std::string& name, RaceOptions options = {}) {
  const auto source = ReadSourceFile(std::string(NEXTKEY_SOURCE_DIR) + "/sim/races/" + name);
  return ProgramOf(std::get<SourceFile>(source).text, std::move(options));
}

inline std::shared_ptr<const RaceFile> FileOf(const ShippedRace& race) {
  return std::make_shared<const RaceFile>(
      RaceFileOf(std::string(race.text), std::string(race.name) + ".race"));
}

// The race as it is, ``, and all of its fixes.
inline std::vector<std::string> FixesOf(const RaceFile& file) {
  std::vector<std::string> fixes = {""};
  for (const Fix& fix : file.fixes) fixes.push_back(fix.name.text);
  return fixes;
}

inline RaceWorld OpenOf(const Program& program) {
  auto world = OpenRace(program);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&world)) {
    throw std::runtime_error(ToText(*mistakes));
  }
  return std::get<RaceWorld>(std::move(world));
}

inline std::string CountsText(const OutcomeCounts& counts) {
  std::string text;
  const auto add = [&](std::uint32_t count, std::string_view name) {
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(name);
  };
  for (std::size_t i = 0; i < counts.ended.size(); ++i) {
    add(counts.ended[i], RequestEndName(static_cast<RequestEnd>(i)));
  }
  add(counts.stuck, "stuck");
  return text;
}

// `3 succeeded; counter 1`
inline std::string EndText(const EndState& end, const Program& program) {
  std::string text = CountsText(end.counts);
  for (std::size_t i = 0; i < end.results.size(); ++i) {
    text += "; " + program.results[i].name + " " + end.results[i].ToText();
  }
  return text;
}

// The same, with the invariants that are broken.
inline std::string OutcomeText(const EndState& end, const Program& program) {
  std::string text = EndText(end, program);
  for (const BrokenInvariant& broken : end.broken)
    text += "; not so: " + program.invariants[broken.invariant].sentence + broken.why;
  return text;
}

// Every schedule, one after the other, without any cleverness: how many lead to which end.
struct Enumeration {
  std::map<std::string, std::uint64_t> ends;
  std::uint64_t schedules = 0;
};

inline void Enumerate(const RaceWorld& world, const Program& program, Enumeration& found) {
  const std::vector<Choice> choices = ChoicesOf(world, program);
  if (choices.empty()) {
    ++found.schedules;
    ++found.ends[EndText(EndOf(world, program), program)];
    return;
  }
  for (const Choice& choice : choices) {
    RaceWorld next = world;
    PlayChoice(next, program, choice, nullptr);
    for (const std::string& sentence : next.CheckInvariants()) ADD_FAILURE() << sentence;
    Enumerate(next, program, found);
  }
}

inline Enumeration AllSchedules(const std::string& text, RaceOptions options = {}) {
  const ProgramRef program = ProgramOf(text, std::move(options));
  Enumeration found;
  Enumerate(OpenOf(*program), *program, found);
  return found;
}

// Plays clients by their names: `a a b`; `~a` is the timer of a. Answers the end.
inline RaceWorld PlayNames(RaceWorld world, const Program& program, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const bool is_timer = name.front() == '~';
    const auto client = program.FindClient(is_timer ? name.substr(1) : name);
    if (!client) throw std::runtime_error("no client " + name);
    const Choice choice{is_timer ? ChoiceKind::kTimer : ChoiceKind::kClient, *client, 0};
    const std::vector<Choice> choices = ChoicesOf(world, program);
    if (std::find(choices.begin(), choices.end(), choice) == choices.end()) {
      throw std::runtime_error(name + " can't go on");
    }
    PlayChoice(world, program, choice, nullptr);
  }
  return world;
}

inline PlayedRace PlayBy(const Program& program, SchedulerKind kind, std::uint64_t seed = 0) {
  return PlayToEnd(OpenOf(program), program, Scheduler(kind, seed));
}

}  // namespace nextkey
