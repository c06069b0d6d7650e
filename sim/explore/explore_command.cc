#include "sim/explore/explore_command.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/explore/explore_text.h"
#include "sim/explore/verdicts.h"

namespace nextkey {
namespace {

constexpr int kExitOk = 0;
constexpr int kExitMissed = 1;
constexpr int kExitMistake = 2;
constexpr int kExitIncomplete = 3;

// What the file says of this fix. Nothing said: it should hold.
bool IsAsExpected(const Exploration& exploration) {
  bool may_break = false;
  bool must_break = false;
  for (const Expectation& expectation : exploration.program->file->expectations) {
    if (expectation.fix.text != exploration.program->options.fix) continue;
    must_break |= expectation.verdict == ExpectedVerdict::kBreaks;
    may_break |= expectation.verdict == ExpectedVerdict::kBreaks;
  }
  if (exploration.verdict == Verdict::kBreaks) return may_break;
  return !must_break || !exploration.is_complete;
}

}  // namespace

int ExitCodeOf(const std::vector<Exploration>& explorations) {
  if (!std::all_of(explorations.begin(), explorations.end(), IsAsExpected)) return kExitMissed;
  const bool is_complete = std::all_of(explorations.begin(), explorations.end(),
                                       [](const Exploration& one) { return one.is_complete; });
  return is_complete ? kExitOk : kExitIncomplete;
}

int RunExplore(const ExploreCommand& command, std::ostream& out, std::ostream& err) {
  if (command.writes_verdicts) {
    const ExploreOptions options{command.most_states, command.jobs, command.sorts_clients};
    return WriteVerdicts(options, out, err) ? kExitOk : kExitMistake;
  }
  if (command.race.race.empty()) {
    err << "nextkey: which race? `nextkey races` lists those that ship; a file of your own needs its path\n";
    return kExitMistake;
  }
  auto built = BuildPrograms(command.race);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&built)) {
    err << ToText(*mistakes);
    return kExitMistake;
  }
  std::vector<Exploration> explorations;
  std::optional<ExploreWatch> watch(std::in_place, command.watch, err);
  const ExploreOptions options = {command.most_states,   command.jobs,       command.sorts_clients,
                                  command.most_switches, command.most_bytes, &watch->interrupt(),
                                  &watch->progress()};
  for (ProgramRef& program : std::get<std::vector<ProgramRef>>(built)) {
    auto explored = ExploreRace(std::move(program), options);
    if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&explored)) {
      err << ToText(*mistakes);
      return kExitMistake;
    }
    explorations.push_back(std::get<Exploration>(std::move(explored)));
    if (!command.as_json) continue;
    out << ExplorationJson(explorations.back(), {command.race.faults, command.race.purge == PurgeMode::kEager,
                                                 command.sorts_clients})
        << "\n";
  }
  watch.reset();
  if (command.as_json) return ExitCodeOf(explorations);
  const RaceTextOptions text{command.race.width, command.race.with_colour};
  out << RaceOpening(*explorations.front().program, text) << "\n" << ExplorationTable(explorations, text);
  if (explorations.size() == 1) out << "\n" << WorstStory(explorations.front(), text);
  return ExitCodeOf(explorations);
}

}  // namespace nextkey
