#include <unistd.h>

#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/command_line/commands.h"
#include "sim/command_line/shared_options.h"
#include "sim/explore/explore_command.h"
#include "sim/explore/split_command.h"

namespace nextkey {
namespace {

constexpr std::string_view kExploreExamples = R"(Examples:
  nextkey explore coupon                         the race as it is: every schedule, counted
  nextkey explore coupon --all-fixes             and with each of its fixes
  nextkey explore order --fix row_lock --clients 4 --format json
  nextkey explore order --clients 8 --mode random --schedules 10000
  nextkey explore --verdicts                     all races that ship, as Markdown

Exit codes: 0 as the file expects; 1 an invariant breaks where the file does not expect it to, or holds
where it should break; 2 a mistake in the file or on the command line; 3 a budget ran out, or a bound
was set: the answer is not one for all schedules. Ctrl-C prints what is known so far, and writes a
checkpoint to go on from.)";

struct ExploreOptionsOfCommand {
  SplitCommand command;
  bool all_fixes = false;
  bool shows_progress = false;
  double seconds = 0;  // 0: as many as it takes.
  std::string format = "text";
  std::string symmetry = "on";
  std::string mode = "all";
  std::string reduction = "on";
  SampleOptions sample;
  PageOptions page;
};

void AddFormat(CLI::App& command, std::string& format, const char* what) {
  command.add_option("--format", format, what)
      ->check(CLI::IsMember({"text", "json"}))
      ->option_text("text|json");
}

void AddWhatToSearch(CLI::App& command, ExploreOptionsOfCommand& options) {
  ExploreCommand& explore = options.command.explore;
  CLI::Option* race =
      command.add_option("RACE", explore.race.race, "A race file, or the name of one that ships")
          ->option_text(" ");
  command.add_option("--fix", explore.race.fix, "With this fix (default: the race as it is)")
      ->option_text("NAME");
  command.add_flag("--all-fixes", options.all_fixes, "The race as it is, and with each of its fixes");
  command
      .add_flag("--verdicts", explore.writes_verdicts,
                "No RACE, but all that ship, with three clients, as Markdown")
      ->excludes(race);
  command.add_option("--unit", options.command.unit, "Run this work unit, and write its result")
      ->excludes(race)
      ->option_text("FILE");
  command.add_option("--go-on", explore.go_on, "Go on with a search that was stopped: its checkpoint")
      ->excludes(race)
      ->option_text("FILE");
  AddRaceSetup(command, explore.race);
  AddRaceParameters(command, explore.race);
  AddPurge(command, explore.race.purge);
}

void AddBudgets(CLI::App& command, ExploreOptionsOfCommand& options) {
  ExploreCommand& explore = options.command.explore;
  command.add_option("--max-states", explore.most_states, "Stop after so many states (2000000)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{UINT32_MAX - 1}))
      ->option_text("N");
  command
      .add_option("--max-switches", explore.most_switches,
                  "Only schedules with at most so many context switches")
      ->option_text("K");
  command.add_option("--time", options.seconds, "Stop after so many seconds")
      ->check(CLI::Range(0.001, 1e9))
      ->option_text("SECONDS");
  command.add_option("--max-memory", explore.most_bytes, "Stop at so many bytes; 500MB, 2GB (an estimate)")
      ->transform(CLI::AsSizeValue(false))
      ->option_text("BYTES");
  command
      .add_option("--checkpoint", explore.checkpoint,
                  "Where a search that is stopped is written to, for --go-on (Ctrl-C: RACE.checkpoint)")
      ->option_text("FILE");
}

void AddHow(CLI::App& command, ExploreOptionsOfCommand& options) {
  SplitCommand& split = options.command;
  command.add_option("--jobs", split.explore.jobs, "Threads; the answer is the same for any number (1)")
      ->check(CLI::Range(1, 1024))
      ->option_text("N");
  command
      .add_option("--symmetry", options.symmetry,
                  "on (default): clients that are alike are not told apart; off")
      ->check(CLI::IsMember({"on", "off"}))
      ->option_text("on|off");
  command.add_option("--split", split.units, "Write so many work units instead: see --unit and merge")
      ->check(CLI::Range(1, 100000))
      ->option_text("K");
  command.add_flag("--arrivals", split.keeps_arrivals, "Of --split: who came first is part of the states");
  command.add_option("-o,--output", split.output, "The folder of --split, or the result file of --unit")
      ->option_text("PATH");
  command.add_flag("--progress", options.shows_progress, "Say how far it is (as it does on a terminal)");
}

void AddSampling(CLI::App& command, ExploreOptionsOfCommand& options) {
  command
      .add_option("--mode", options.mode,
                  "all (default): every schedule, counted; verdict: every one, but only which outcomes there "
                  "are, in less memory and fewer states; random: some, each choice drawn with equal "
                  "probability; pct: some, by "
                  "random priorities")
      ->check(CLI::IsMember({"all", "verdict", "random", "pct"}))
      ->option_text("all|verdict|random|pct");
  command
      .add_option("--reduction", options.reduction,
                  "Of verdict: on (default): what concerns nobody else is done at once (partial-order "
                  "reduction); off")
      ->check(CLI::IsMember({"on", "off"}))
      ->option_text("on|off");
  command.add_option("--schedules", options.sample.schedules, "Of random and pct: how many (1000)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
      ->option_text("N");
  command.add_option("--seed", options.sample.seed, "Of random and pct: where they begin (1)")
      ->option_text("N");
  command
      .add_option("--depth", options.sample.depth,
                  "Of pct: how many orderings a bug needs, one more than the changes of priority (3)")
      ->check(CLI::Range(1, 64))
      ->option_text("D");
}

int Run(const ExploreOptionsOfCommand& options) {
  SplitCommand split = options.command;
  ExploreCommand& explore = split.explore;
  explore.race.only_unfixed = explore.race.fix.empty() && !options.all_fixes;
  explore.race.with_colour = options.page.UsesColour();
  explore.race.width = options.page.Width();
  explore.sorts_clients = options.symmetry == "on";
  explore.as_json = options.format == "json";
  explore.counts = options.mode != "verdict";
  explore.reduces = options.reduction == "on";
  if (options.mode == "random" || options.mode == "pct") explore.sample = options.sample;
  if (options.mode == "pct") explore.sample->mode = SampleMode::kPct;
  if (options.seconds > 0) explore.watch.seconds = options.seconds;
  explore.watch.shows_progress = options.shows_progress || isatty(STDERR_FILENO) == 1;
  explore.watch.minds_interrupts = true;
  if (!split.unit.empty()) return RunWorkUnit(split, std::cout, std::cerr);
  if (split.units > 0) return RunSplit(split, std::cout, std::cerr);
  return RunExplore(explore, std::cout, std::cerr);
}

void AddSearch(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<ExploreOptionsOfCommand>();
  CLI::App& explore =
      *app.add_subcommand("explore", "Go through every schedule of a race and count them exactly");
  explore.footer(std::string(kExploreExamples));
  AddWhatToSearch(explore, *options);
  AddBudgets(explore, *options);
  AddSampling(explore, *options);
  AddHow(explore, *options);
  AddFormat(explore, options->format, "text (default); json: an object a line and fix");
  options->page.AddTo(explore);
  explore.callback([options, &exit_code] { exit_code = Run(*options); });
}

struct MergeOptions {
  std::vector<std::string> results;
  bool compares = false;
  std::string format = "text";
  PageOptions page;
};

void AddMerge(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<MergeOptions>();
  CLI::App& merge = *app.add_subcommand("merge", "Add up the results of work units to one answer");
  merge.add_option("FILES", options->results, "The results of all units")->required()->option_text("...");
  merge.add_flag("--compare", options->compares, "Also run it as one search, and compare the work");
  AddFormat(merge, options->format, "text (default); json: one object");
  options->page.AddTo(merge);
  merge.callback([options, &exit_code] {
    ExploreCommand explore;
    explore.race.with_colour = options->page.UsesColour();
    explore.race.width = options->page.Width();
    explore.as_json = options->format == "json";
    exit_code = RunMerge(options->results, options->compares, explore, std::cout, std::cerr);
  });
}

}  // namespace

void AddExplore(CLI::App& app, int& exit_code) {
  AddSearch(app, exit_code);
  AddMerge(app, exit_code);
}

}  // namespace nextkey
