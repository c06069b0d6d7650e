#include "sim/explore/explore_command.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/exit_codes.h"
#include "sim/explore/explore_text.h"
#include "sim/explore/verdicts.h"

namespace nextkey {
namespace {

ExploreScope ScopeOf(const ExploreCommand& command) {
  return {command.race.faults, command.race.purge == PurgeMode::kEager, command.sorts_clients};
}

// What the file says of this fix. Nothing said: it should hold.
bool IsAsExpected(const Program& program, Verdict verdict) {
  const bool breaks = std::any_of(program.file->expectations.begin(), program.file->expectations.end(),
                                  [&](const Expectation& expectation) {
                                    return expectation.fix.text == program.options.fix &&
                                           expectation.verdict == ExpectedVerdict::kBreaks;
                                  });
  return verdict == Verdict::kIncomplete || breaks == (verdict == Verdict::kBreaks);
}

// All fixes by random schedules.
int RunSamples(const ExploreCommand& command, const std::vector<ProgramRef>& programs, std::ostream& out,
               std::ostream& err) {
  std::optional<ExploreWatch> watch(std::in_place, command.watch, err);
  SampleOptions options = *command.sample;
  options.interrupt = &watch->interrupt();
  std::vector<Sample> samples;
  for (const ProgramRef& program : programs) {
    auto sampled = SampleRace(program, options);
    if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&sampled)) {
      err << ToText(*mistakes);
      return kExitMistake;
    }
    samples.push_back(std::get<Sample>(std::move(sampled)));
    if (command.as_json) out << SampleJson(samples.back(), ScopeOf(command)) << "\n";
  }
  watch.reset();
  const bool is_as_expected = std::all_of(samples.begin(), samples.end(), [](const Sample& one) {
    return IsAsExpected(*one.program, one.verdict());
  });
  if (!command.as_json) {
    const RaceTextOptions text{command.race.width, command.race.with_colour};
    const Sample& first = samples.front();
    out << RaceOpening(*first.program, text) << "\n" << SampleTable(samples, text);
    if (samples.size() == 1 && first.bad > 0)
      out << "\n"
          << BadStory(*first.program, first.outcomes.front().witness, first.outcomes.front().end, text);
  }
  return is_as_expected ? kExitIncomplete : kExitMissed;
}

}  // namespace

ExploreOptions OptionsOf(const ExploreCommand& command, ExploreWatch& watch) {
  ExploreOptions options;
  options.most_states = command.most_states;
  options.jobs = command.jobs;
  options.sorts_clients = command.sorts_clients;
  options.counts = command.counts;
  options.most_switches = command.most_switches;
  options.most_bytes = command.most_bytes;
  options.interrupt = &watch.interrupt();
  options.progress = &watch.progress();
  return options;
}

int ExitCodeOf(const std::vector<Exploration>& explorations) {
  const auto is_as_expected = [](const Exploration& one) { return IsAsExpected(*one.program, one.verdict); };
  if (!std::all_of(explorations.begin(), explorations.end(), is_as_expected)) return kExitMissed;
  const bool is_complete = std::all_of(explorations.begin(), explorations.end(),
                                       [](const Exploration& one) { return one.is_complete; });
  return is_complete ? kExitOk : kExitIncomplete;
}

int RunExplore(const ExploreCommand& command, std::ostream& out, std::ostream& err) {
  if (command.writes_verdicts) {
    ExploreOptions options;
    options.most_states = command.most_states;
    options.jobs = command.jobs;
    options.sorts_clients = command.sorts_clients;
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
  if (command.sample) return RunSamples(command, std::get<std::vector<ProgramRef>>(built), out, err);
  std::vector<Exploration> explorations;
  std::optional<ExploreWatch> watch(std::in_place, command.watch, err);
  const ExploreOptions options = OptionsOf(command, *watch);
  for (ProgramRef& program : std::get<std::vector<ProgramRef>>(built)) {
    auto explored = ExploreRace(std::move(program), options);
    if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&explored)) {
      err << ToText(*mistakes);
      return kExitMistake;
    }
    explorations.push_back(std::get<Exploration>(std::move(explored)));
    NameAnomalies(explorations.back());
    TrySerializable(explorations.back(), options);
    if (!command.as_json) continue;
    out << ExplorationJson(explorations.back(), ScopeOf(command)) << "\n";
  }
  watch.reset();
  if (command.as_json) return ExitCodeOf(explorations);
  const RaceTextOptions text{command.race.width, command.race.with_colour};
  out << RaceOpening(*explorations.front().program, text) << "\n" << ExplorationTable(explorations, text);
  if (explorations.size() == 1) out << "\n" << WorstStory(explorations.front(), text);
  return ExitCodeOf(explorations);
}

}  // namespace nextkey
