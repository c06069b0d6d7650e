#include "sim/explore/split_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "sim/exit_codes.h"
#include "sim/explore/explore_text.h"
#include "sim/explore/split_race.h"

namespace nextkey {
namespace {

int RefuseFor(std::string message, std::string remedy, std::ostream& err) {
  return Refuse({OnCommandLine("nextkey", std::move(message), std::move(remedy))}, err);
}

bool WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return !file.fail();
}

// `units/unit-07.json` leads to `units/unit-07.result.json`.
std::string ResultPath(const SplitCommand& command) {
  if (!command.output.empty()) return command.output;
  std::filesystem::path path = command.unit;
  return path.replace_extension(".result.json").string();
}

std::string WorkText(const MergedSearch& merged, std::size_t units) {
  return fmt::format("{} units: {} states looked at in all, {} of them before the cut; largest unit {}\n",
                     units, merged.exploration.states, merged.states_before, merged.largest_unit);
}

std::string ComparedText(const MergedSearch& merged, const Exploration& whole) {
  return fmt::format("one search: {} states; all units together did {:.2f} times that, the largest {:.2f}\n",
                     whole.states,
                     static_cast<double>(merged.exploration.states) / static_cast<double>(whole.states),
                     static_cast<double>(merged.largest_unit) / static_cast<double>(whole.states));
}

}  // namespace

int RunSplit(const SplitCommand& command, std::ostream& out, std::ostream& err) {
  if (command.output.empty()) return RefuseFor("--split writes files", "Say where to: -o FOLDER.", err);
  auto built = BuildPrograms(command.explore.race);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&built)) return Refuse(*mistakes, err);
  const auto& programs = std::get<std::vector<ProgramRef>>(built);
  if (programs.size() != 1)
    return RefuseFor("--split takes one fix at a time", "Give --fix NAME, and a folder for each.", err);
  auto split =
      SplitSearch(programs.front(), {command.units, command.explore.sorts_clients, command.keeps_arrivals});
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&split)) return Refuse(*mistakes, err);
  const auto& units = std::get<std::vector<WorkUnit>>(split);
  std::error_code error;
  std::filesystem::create_directories(command.output, error);
  const std::size_t digits = fmt::format("{}", units.size()).size();
  for (const WorkUnit& unit : units) {
    const std::string path = fmt::format("{}/unit-{:0{}}.json", command.output, unit.number, digits);
    if (!WriteFile(path, ToJson(unit)))
      return RefuseFor(fmt::format("{} can't be written", path), "Choose another folder with -o.", err);
    out << path << "\n";
  }
  return kExitOk;
}

int RunWorkUnit(const SplitCommand& command, std::ostream& out, std::ostream& err) {
  const auto read = ReadWorkUnit(command.unit);
  if (const auto* mistake = std::get_if<Mistake>(&read)) return Refuse({*mistake}, err);
  const WorkUnit& unit = std::get<WorkUnit>(read);
  std::optional<ExploreWatch> watch(std::in_place, command.explore.watch, err);
  const auto ran = RunUnit(unit, OptionsOf(command.explore, *watch));
  watch.reset();
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&ran)) return Refuse(*mistakes, err);
  const UnitResult& result = std::get<UnitResult>(ran);
  const std::string path = ResultPath(command);
  if (!WriteFile(path, ToJson(result)))
    return RefuseFor(fmt::format("{} can't be written", path), "Choose another file with -o.", err);
  out << fmt::format("unit {} of {}: {} states, {}: {}\n", unit.number, unit.split.units, result.states,
                     result.is_complete ? "complete" : "a budget ran out", path);
  return result.is_complete ? kExitOk : kExitIncomplete;
}

int RunMerge(const std::vector<std::string>& files, bool compares, const ExploreCommand& command,
             std::ostream& out, std::ostream& err) {
  std::vector<UnitResult> results;
  for (const std::string& file : files) {
    auto read = ReadUnitResult(file);
    if (const auto* mistake = std::get_if<Mistake>(&read)) return Refuse({*mistake}, err);
    results.push_back(std::get<UnitResult>(std::move(read)));
  }
  auto ran = MergeUnits(results);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&ran)) return Refuse(*mistakes, err);
  MergedSearch& merged = std::get<MergedSearch>(ran);
  NameAnomalies(merged.exploration);
  const Exploration& exploration = merged.exploration;
  const RaceOptions& race = exploration.program->options;
  if (command.as_json) {
    out << ExplorationJson(exploration, {race.faults, results.front().split.race.sorts_clients}) << "\n";
  } else {
    const RaceTextOptions text{command.race.width, command.race.with_colour};
    out << RaceOpening(*exploration.program, text) << "\n"
        << ExplorationTable({exploration}, text) << WorkText(merged, results.size());
    if (compares) {
      ExploreOptions options;
      options.most_states = command.most_states;
      options.jobs = command.jobs;
      options.sorts_clients = results.front().split.race.sorts_clients;
      const auto whole = ExploreRace(exploration.program, options);
      if (const auto* one = std::get_if<Exploration>(&whole)) out << ComparedText(merged, *one);
    }
    out << "\n" << WorstStory(exploration, text);
  }
  return ExitCodeOf({exploration});
}

}  // namespace nextkey
