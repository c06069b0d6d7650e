#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "sim/command_line/commands.h"
#include "sim/command_line/shared_options.h"
#include "sim/race/race_command.h"

namespace nextkey {
namespace {

constexpr std::string_view kRaceExamples = R"(Examples:
  nextkey races                                  what ships, and what each shows
  nextkey race coupon                            the race as it is, and every fix
  nextkey race likes.race --fix row_lock         a file of your own, one fix
  nextkey race order --clients 3 --set stock_at_first=2
  nextkey diff coupon row_lock                   what a fix changes
  nextkey replay coupon --schedule TOKEN         the timeline of a schedule that was printed

How to write a race file: sim/race/RACE_FILES.md

Exit codes: 0 as the file expects; 1 an expectation was missed, or something breaks that is not
expected to; 2 a mistake in the file or on the command line.)";

struct RaceOptionsOfCommand {
  RaceCommand command;
  PageOptions page;

  RaceCommand Command() const {
    RaceCommand race = command;
    race.with_colour = page.UsesColour();
    race.width = page.Width();
    return race;
  }
};

using Options = std::shared_ptr<RaceOptionsOfCommand>;

void AddSearch(CLI::App& command, RaceCommand& race) {
  command.add_option("--fix", race.fix, "Only this fix (default: the race as it is, and all of them)")
      ->option_text("NAME");
  command.add_option("--schedules", race.schedules, "Random schedules for each fix (300)")
      ->check(CLI::Range(0, 10'000'000))
      ->option_text("N");
  command.add_option("--seed", race.seed, "Where the random schedules begin (1)")->option_text("N");
  command
      .add_option("--max-states", race.most_states,
                  "A fix with more states than these is tried at random only (20000); 0: every one is")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{UINT32_MAX - 1}))
      ->option_text("N");
  command
      .add_option("--format", race.format,
                  "table: a line for each fix; isolationtester: as that program prints a spec "
                  "(default for a spec)")
      ->transform(CLI::Transformer(std::map<std::string, RaceFormat>{
          {"table", RaceFormat::kTable}, {"isolationtester", RaceFormat::kIsolationTester}}))
      ->option_text("table|isolationtester");
}

void AddRace(CLI::App& app, int& exit_code) {
  const Options options = std::make_shared<RaceOptionsOfCommand>();
  CLI::App& race =
      *app.add_subcommand("race", "Play a race in every order: what breaks, and which fix helps");
  race.footer(std::string(kRaceExamples));
  race.add_option("RACE", options->command.race, "A race file, or the name of one that ships")
      ->required()
      ->option_text(" ");
  AddSearch(race, options->command);
  AddRaceSetup(race, options->command);
  AddRaceParameters(race, options->command);
  AddPurge(race, options->command.purge);
  options->page.AddTo(race);
  race.callback([options, &exit_code] { exit_code = RunRace(options->Command(), std::cout, std::cerr); });
}

void AddList(CLI::App& app, int& exit_code) {
  const Options options = std::make_shared<RaceOptionsOfCommand>();
  CLI::App& races = *app.add_subcommand("races", "List the races that ship");
  options->page.AddTo(races);
  races.callback([options, &exit_code] { exit_code = RunRaces(options->Command(), std::cout); });
}

void AddDiff(CLI::App& app, int& exit_code) {
  const auto command = std::make_shared<RaceCommand>();
  CLI::App& diff = *app.add_subcommand("diff", "Show what a fix of a race changes");
  diff.add_option("RACE", command->race, "A race file, or the name of one that ships")
      ->required()
      ->option_text(" ");
  diff.add_option("FIX", command->fix, "One of its fixes")->required()->option_text(" ");
  diff.callback([command, &exit_code] { exit_code = RunRaceDiff(*command, std::cout, std::cerr); });
}

}  // namespace

void AddRaces(CLI::App& app, int& exit_code) {
  AddRace(app, exit_code);
  AddList(app, exit_code);
  AddDiff(app, exit_code);
}

}  // namespace nextkey
