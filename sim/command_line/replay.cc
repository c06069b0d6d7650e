#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/command_line/commands.h"
#include "sim/command_line/shared_options.h"
#include "sim/exit_codes.h"
#include "sim/race/race_command.h"
#include "sim/replay_command.h"

namespace nextkey {
namespace {

constexpr std::string_view kReplayExamples = R"(Examples:
  nextkey replay booking.sql                     a timeline, a column a session
  nextkey replay --locks booking.sql             with the lock table after each step
  nextkey replay --format jsonl booking.sql      a JSON line a step
  nextkey replay mysql.md                        checks the remarks of a Hermitage file
  echo 'select 1; -- T1' | nextkey replay -      reads standard input

A script is SQL whose statements name their sessions in a comment:
  create table t (id int primary key, v int);    no name: the session `setup`
  insert into t values (1, 10);
  begin; update t set v = 11 where id = 1; -- T1
  update t set v = 12 where id = 1; -- T2, waits for T1
  select sleep(60); -- T3, a minute of virtual time passes: T2 gives up

Exit codes: 0 ok; 1 a remark was missed; 2 a mistake in a file or on the command line.)";

struct ReplayOptions {
  ReplayCommand command;
  std::string format = "text";
  std::vector<std::string> settings;
  RaceCommand race;  // Of --schedule.
  std::string token;
  ServerOption server;
  PageOptions page;
};

int RunSchedule(const ReplayOptions& options) {
  RaceCommand race = options.race;
  race.race = options.command.files.front();
  race.parameters = options.settings;
  race.as_sql = options.format == "sql";
  race.purge = options.command.purge;
  race.with_colour = options.page.UsesColour();
  race.width = options.page.Width();
  return RunRaceReplay(race, options.token, options.command.with_locks, std::cout, std::cerr);
}

int Run(const ReplayOptions& options) {
  if (!options.token.empty()) return RunSchedule(options);
  if (options.format == "sql") {
    std::cerr << "nextkey: --format sql writes a race's schedule as a script: give --schedule TOKEN\n";
    return kExitMistake;
  }
  if (options.command.purge == PurgeMode::kChoice) {
    std::cerr << "nextkey: --purge choice is one of a race's schedule: give --schedule TOKEN\n";
    return kExitMistake;
  }
  ReplayCommand command = options.command;
  for (const std::string& text : options.settings) {
    auto setting = ParseServerSetting(text);
    if (const auto* wrong = std::get_if<std::string>(&setting)) {
      std::cerr << "nextkey: --set " << text << ": " << *wrong << "\n";
      return kExitMistake;
    }
    command.settings.push_back(std::get<ServerSetting>(std::move(setting)));
  }
  command.format = options.format == "jsonl" ? ReportFormat::kJsonl : ReportFormat::kText;
  command.server = options.server.Chosen();
  command.with_colour = options.page.UsesColour();
  command.width = options.page.Width();
  return RunReplay(command, std::cout, std::cerr);
}

}  // namespace

void AddReplay(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<ReplayOptions>();
  CLI::App& replay = *app.add_subcommand("replay", "Play scripts in the order written and show what happens");
  replay.footer(std::string(kReplayExamples));
  replay
      .add_option("FILE", options->command.files, "Tagged SQL, or Hermitage's Markdown; - is standard input")
      ->required()
      ->option_text(" ");
  replay
      .add_option("--format", options->format,
                  "text (default): for people; jsonl: a JSON line a step; sql: --schedule as a script")
      ->check(CLI::IsMember({"text", "jsonl", "sql"}))
      ->option_text("text|jsonl|sql");
  replay.add_flag("--locks", options->command.with_locks, "Show the lock table after each step");
  replay.add_flag("--why", options->command.with_why,
                  "Say which rule took each lock that appears, and its source");
  options->server.AddTo(replay);
  replay.add_flag("--plan", options->command.with_plan, "Show which index each statement reads");
  replay.add_flag("--anomalies", options->command.with_anomalies,
                  "Name the anomaly that the script's history shows, with the cycle that proves it");
  replay.add_flag("--timeline", options->command.with_timeline,
                  "Hermitage files: show the timeline of each case (default: of those with a missed remark)");
  AddPurge(replay, options->command.purge);
  replay
      .add_option("--set", options->settings,
                  "A global variable at the server's start, such as innodb_autoinc_lock_mode=2; with "
                  "--schedule a parameter of the race; may be repeated")
      ->option_text("NAME=VALUE")
      ->allow_extra_args(false);
  options->page.AddTo(replay);
  replay
      .add_option("--schedule", options->token,
                  "A race's schedule, as `nextkey race` prints it; FILE is the race")
      ->option_text("TOKEN");
  AddRaceSetup(replay, options->race);
  replay.callback([options, &exit_code] { exit_code = Run(*options); });
}

}  // namespace nextkey
