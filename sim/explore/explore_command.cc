#include "sim/explore/explore_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "sim/exit_codes.h"
#include "sim/explore/explore_text.h"
#include "sim/explore/verdicts.h"

namespace nextkey {
namespace {

ExploreScope ScopeOf(const ExploreCommand& command) { return {command.race.faults, command.sorts_clients}; }

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

// `order+row_lock.checkpoint`
std::string CheckpointPath(const ExploreCommand& command, const Program& program) {
  if (!command.checkpoint.empty()) return command.checkpoint;
  const std::string& fix = program.options.fix;
  return program.file->title.text + (fix.empty() ? "" : "+" + fix) + ".checkpoint";
}

// False: it can't be written.
bool KeepCheckpoint(const ExploreCommand& command, const Exploration& exploration, std::ostream& err) {
  const bool is_wanted = !command.checkpoint.empty() || ExploreWatch::WasInterrupted();
  if (exploration.checkpoint == nullptr || !is_wanted) return true;
  const std::string path = CheckpointPath(command, *exploration.program);
  if (!WriteCheckpoint(path, *exploration.checkpoint)) {
    err << ToText({OnCommandLine("nextkey", fmt::format("{} can't be written", path),
                                 "Choose another file with --checkpoint.")});
    return false;
  }
  err << fmt::format("stopped after {} states; go on with: nextkey explore --go-on {}\n", exploration.states,
                     path);
  return true;
}

int Print(const ExploreCommand& command, const std::vector<Exploration>& explorations, std::ostream& out) {
  if (command.as_json) return ExitCodeOf(explorations);
  const RaceTextOptions text{command.race.width, command.race.with_colour};
  out << RaceOpening(*explorations.front().program, text) << "\n" << ExplorationTable(explorations, text);
  if (explorations.size() == 1) out << "\n" << WorstStory(explorations.front(), text);
  return ExitCodeOf(explorations);
}

int GoOn(const ExploreCommand& command, std::ostream& out, std::ostream& err) {
  auto read = ReadCheckpoint(command.go_on);
  if (const auto* mistake = std::get_if<Mistake>(&read)) return Refuse({*mistake}, err);
  const auto checkpoint = std::make_shared<const Checkpoint>(std::get<Checkpoint>(std::move(read)));
  std::optional<ExploreWatch> watch(std::in_place, command.watch, err);
  ExploreOptions options = OptionsOf(command, *watch);
  options.keeps_checkpoint = true;
  auto explored = GoOnExploring(checkpoint, options);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&explored)) return Refuse(*mistakes, err);
  std::vector explorations = {std::get<Exploration>(std::move(explored))};
  NameAnomalies(explorations.front());
  TrySerializable(explorations.front(), options);
  const RaceOptions& race = explorations.front().program->options;
  if (command.as_json) {
    out << ExplorationJson(explorations.front(), {race.faults, checkpoint->race.sorts_clients}) << "\n";
  }
  if (!KeepCheckpoint(command, explorations.front(), err)) return kExitMistake;
  watch.reset();
  return Print(command, explorations, out);
}

}  // namespace

ExploreOptions OptionsOf(const ExploreCommand& command, ExploreWatch& watch) {
  ExploreOptions options;
  options.most_states = command.most_states;
  options.jobs = command.jobs;
  options.sorts_clients = command.sorts_clients;
  options.counts = command.counts;
  options.reduces = command.reduces;
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
  if (!command.go_on.empty()) return GoOn(command, out, err);
  if (command.race.race.empty()) {
    err << "nextkey: which race? `nextkey races` lists those that ship; a file of your own needs its path\n";
    return kExitMistake;
  }
  auto built = BuildPrograms(command.race);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&built)) {
    err << ToText(*mistakes);
    return kExitMistake;
  }
  if (!command.checkpoint.empty() && std::get<std::vector<ProgramRef>>(built).size() > 1) {
    return Refuse({OnCommandLine("nextkey", "--checkpoint takes one fix at a time", "Give --fix NAME.")},
                  err);
  }
  if (command.sample) return RunSamples(command, std::get<std::vector<ProgramRef>>(built), out, err);
  std::vector<Exploration> explorations;
  std::optional<ExploreWatch> watch(std::in_place, command.watch, err);
  ExploreOptions options = OptionsOf(command, *watch);
  options.keeps_checkpoint = true;
  for (ProgramRef& program : std::get<std::vector<ProgramRef>>(built)) {
    auto explored = ExploreRace(std::move(program), options);
    if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&explored)) {
      err << ToText(*mistakes);
      return kExitMistake;
    }
    explorations.push_back(std::get<Exploration>(std::move(explored)));
    Exploration& explored_now = explorations.back();
    NameAnomalies(explored_now);
    TrySerializable(explored_now, options);
    if (command.as_json) out << ExplorationJson(explored_now, ScopeOf(command)) << "\n";
    if (!KeepCheckpoint(command, explored_now, err)) return kExitMistake;
    explored_now.checkpoint.reset();
  }
  watch.reset();
  return Print(command, explorations, out);
}

}  // namespace nextkey
