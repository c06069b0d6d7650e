// The command line of nextkey: options, help and exit codes. The work is done by the library.

#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/explore/explore_command.h"
#include "sim/explore/split_command.h"
#include "sim/race/claims_command.h"
#include "sim/race/race_command.h"
#include "sim/replay_command.h"
#include "sim/rules_command.h"
#include "txn/dialect.h"

namespace nextkey {
namespace {

constexpr int kExitUsage = 2;
constexpr std::size_t kWidthWithoutTerminal = 100;

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

constexpr std::string_view kExploreExamples = R"(Examples:
  nextkey explore coupon                         the race as it is: every schedule, counted
  nextkey explore coupon --all-fixes             and with each of its fixes
  nextkey explore order --fix row_lock --clients 4 --format json
  nextkey explore --verdicts                     all races that ship, as Markdown

Exit codes: 0 as the file expects; 1 an invariant breaks where the file does not expect it to, or holds
where it should break; 2 a mistake in the file or on the command line; 3 a budget ran out, or a bound
was set: the answer is not one for all schedules. Ctrl-C prints what is known so far.)";

bool UsesColour(std::string_view choice) {
  if (choice != "auto") return choice == "always";
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal != nullptr && std::string_view(terminal) == "dumb") return false;
  return isatty(STDOUT_FILENO) == 1;
}

std::size_t TerminalWidth() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return kWidthWithoutTerminal;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "nextkey plays scripts of several sessions on a simulated MySQL, step by step, with every lock.");
  app.name("nextkey");
  app.set_version_flag("--version", "nextkey " NEXTKEY_VERSION);
  app.footer("Try:  nextkey replay --help");

  ReplayCommand command;
  std::string format = "text";
  std::string purge = "eager";
  std::string colour = "auto";
  std::size_t width = 0;
  std::string server(DialectNames().front());
  const auto add_server = [&](CLI::App* command_with_server) {
    command_with_server
        ->add_option("--server", server, "Whose locks and errors: mariadb-10.11 (default), mysql-8.4")
        ->check(CLI::IsMember({"mariadb-10.11", "mysql-8.4"}))
        ->option_text("mariadb-10.11|mysql-8.4");
  };
  std::vector<std::string> settings;
  CLI::App* replay = app.add_subcommand("replay", "Play scripts in the order written and show what happens");
  replay->footer(std::string(kReplayExamples));
  replay->add_option("FILE", command.files, "Tagged SQL, or Hermitage's Markdown; - is standard input")
      ->required()
      ->option_text(" ");
  replay
      ->add_option("--format", format,
                   "text (default): for people; jsonl: a JSON line a step; sql: --schedule as a script")
      ->check(CLI::IsMember({"text", "jsonl", "sql"}))
      ->option_text("text|jsonl|sql");
  replay->add_flag("--locks", command.with_locks, "Show the lock table after each step");
  replay->add_flag("--why", command.with_why, "Say which rule took each lock that appears, and its source");
  add_server(replay);
  replay->add_flag("--plan", command.with_plan, "Show which index each statement reads");
  replay->add_flag(
      "--timeline", command.with_timeline,
      "Hermitage files: show the timeline of each case (default: of those with a missed remark)");
  replay
      ->add_option("--purge", purge, "eager (default): delete-marked rows go after each step; off: they stay")
      ->check(CLI::IsMember({"eager", "off"}))
      ->option_text("eager|off");
  replay
      ->add_option(
          "--set", settings,
          "A global variable at the server's start, such as innodb_autoinc_lock_mode=2; may be repeated")
      ->option_text("NAME=VALUE")
      ->allow_extra_args(false);
  replay->add_option("--color,--colour", colour, "auto (default): on a terminal, unless NO_COLOR is set")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->option_text("auto|always|never");
  replay->add_option("--width", width, "Columns of the page (default: the terminal's, else 100)")
      ->check(CLI::Range(50, 1000))
      ->option_text("N");

  std::string token;
  replay->add_option("--schedule", token, "A race's schedule, as `nextkey race` prints it; FILE is the race")
      ->option_text("TOKEN");

  RaceCommand race;
  CLI::App* run_race =
      app.add_subcommand("race", "Play a race in every order: what breaks, and which fix helps");
  run_race->footer(std::string(kRaceExamples));
  run_race->add_option("RACE", race.race, "A race file, or the name of one that ships")
      ->required()
      ->option_text(" ");
  run_race->add_option("--fix", race.fix, "Only this fix (default: the race as it is, and all of them)")
      ->option_text("NAME");
  run_race->add_option("--schedules", race.schedules, "Random schedules for each fix (300)")
      ->check(CLI::Range(0, 10'000'000))
      ->option_text("N");
  run_race->add_option("--seed", race.seed, "Where the random schedules begin (1)")->option_text("N");
  run_race
      ->add_option("--max-states", race.most_states,
                   "A fix with more states than these is tried at random only (20000); 0: every one is")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{UINT32_MAX - 1}))
      ->option_text("N");
  run_race
      ->add_option("--format", race.format,
                   "table: a line for each fix; isolationtester: as that program prints a spec "
                   "(default for a spec)")
      ->transform(CLI::Transformer(std::map<std::string, RaceFormat>{
          {"table", RaceFormat::kTable}, {"isolationtester", RaceFormat::kIsolationTester}}))
      ->option_text("table|isolationtester");
  ExploreCommand explore;
  bool all_fixes = false;
  std::string explore_format = "text";
  std::string symmetry = "on";
  CLI::App* run_explore =
      app.add_subcommand("explore", "Go through every schedule of a race and count them exactly");
  run_explore->footer(std::string(kExploreExamples));
  SplitCommand split;
  CLI::Option* explored_race =
      run_explore->add_option("RACE", race.race, "A race file, or the name of one that ships")
          ->option_text(" ");
  run_explore->add_option("--fix", race.fix, "With this fix (default: the race as it is)")
      ->option_text("NAME");
  run_explore->add_flag("--all-fixes", all_fixes, "The race as it is, and with each of its fixes");
  run_explore
      ->add_flag("--verdicts", explore.writes_verdicts,
                 "No RACE, but all that ship, with three clients, as Markdown")
      ->excludes(explored_race);
  run_explore->add_option("--jobs", explore.jobs, "Threads; the answer is the same for any number (1)")
      ->check(CLI::Range(1, 1024))
      ->option_text("N");
  run_explore->add_option("--max-states", explore.most_states, "Stop after so many states (2000000)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{UINT32_MAX - 1}))
      ->option_text("N");
  run_explore
      ->add_option("--max-switches", explore.most_switches,
                   "Only schedules with at most so many context switches")
      ->option_text("K");
  double seconds = 0;
  run_explore->add_option("--time", seconds, "Stop after so many seconds")
      ->check(CLI::Range(0.001, 1e9))
      ->option_text("SECONDS");
  run_explore
      ->add_option("--max-memory", explore.most_bytes, "Stop at so many bytes; 500MB, 2GB (an estimate)")
      ->transform(CLI::AsSizeValue(false))
      ->option_text("BYTES");
  run_explore->add_option("--split", split.units, "Write so many work units instead: see --unit and merge")
      ->check(CLI::Range(1, 100000))
      ->option_text("K");
  run_explore->add_flag("--arrivals", split.keeps_arrivals,
                        "Of --split: who came first is part of the states");
  run_explore->add_option("--unit", split.unit, "Run this work unit, and write its result")
      ->excludes(explored_race)
      ->option_text("FILE");
  run_explore->add_option("-o,--output", split.output, "The folder of --split, or the result file of --unit")
      ->option_text("PATH");
  std::vector<std::string> results;
  bool compares = false;
  CLI::App* merge = app.add_subcommand("merge", "Add up the results of work units to one answer");
  merge->add_option("FILES", results, "The results of all units")->required()->option_text("...");
  merge->add_flag("--compare", compares, "Also run it as one search, and compare the work");
  merge->add_option("--format", explore_format, "text (default); json: one object")
      ->check(CLI::IsMember({"text", "json"}))
      ->option_text("text|json");
  bool progress = false;
  run_explore->add_flag("--progress", progress, "Say how far it is (as it does on a terminal)");
  run_explore
      ->add_option("--symmetry", symmetry, "on (default): clients that are alike are not told apart; off")
      ->check(CLI::IsMember({"on", "off"}))
      ->option_text("on|off");
  run_explore->add_option("--format", explore_format, "text (default); json: an object a line and fix")
      ->check(CLI::IsMember({"text", "json"}))
      ->option_text("text|json");
  run_explore
      ->add_option("--purge", purge, "eager (default): delete-marked rows go after each step; off: they stay")
      ->check(CLI::IsMember({"eager", "off"}))
      ->option_text("eager|off");
  CLI::App* diff = app.add_subcommand("diff", "Show what a fix of a race changes");
  diff->add_option("RACE", race.race, "A race file, or the name of one that ships")
      ->required()
      ->option_text(" ");
  diff->add_option("FIX", race.fix, "One of its fixes")->required()->option_text(" ");
  std::uint32_t claim = 0;
  CLI::App* claims = app.add_subcommand("claims", "Put twelve claims about locks on trial");
  claims->add_option("N", claim, "Show the replays of this one")->option_text(" ");
  CLI::App* races = app.add_subcommand("races", "List the races that ship");
  for (CLI::App* with_clients : {run_race, run_explore, replay}) {
    with_clients->add_option("--clients", race.clients, "How many clients come: N, or NAME=N")
        ->option_text("N");
    with_clients->add_option("--fault", race.faults, "Lets this fault of the file happen")
        ->option_text("NAME");
    with_clients->add_flag("--load", race.uses_load_values,
                           "The documents' own numbers instead of small ones");
  }
  for (CLI::App* with_parameters : {run_race, run_explore}) {
    with_parameters->add_option("--set", race.parameters, "Parameters of the race: name=value,..")
        ->option_text("NAME=VALUE");
  }
  for (CLI::App* with_page : {run_race, run_explore, merge, races, claims}) {
    with_page->add_option("--color,--colour", colour, "auto (default): on a terminal, unless NO_COLOR is set")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->option_text("auto|always|never");
    with_page->add_option("--width", width, "Columns of the page (default: the terminal's, else 100)")
        ->check(CLI::Range(50, 1000))
        ->option_text("N");
  }
  std::string rules_format = "text";
  CLI::App* rules =
      app.add_subcommand("rules", "Print which locks a statement takes: the table that replay follows");
  rules
      ->add_option("--format", rules_format,
                   "text (default): one server; markdown: all, with sources and proofs")
      ->check(CLI::IsMember({"text", "markdown"}))
      ->option_text("text|markdown");
  add_server(rules);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0 && !replay->parsed() && argc > 1 && argv[1][0] != '-') {
      std::cerr << "nextkey: there is no command " << argv[1] << "; to play a script: nextkey replay FILE\n";
      return kExitUsage;
    }
    return app.exit(error, std::cout, std::cerr) == 0 ? 0 : kExitUsage;
  }
  race.with_colour = UsesColour(colour);
  race.width = width != 0 ? width : TerminalWidth();
  if (run_explore->parsed()) {
    race.only_unfixed = race.fix.empty() && !all_fixes;
    race.purge = purge == "off" ? PurgeMode::kOff : PurgeMode::kEager;
    explore.race = race;
    explore.sorts_clients = symmetry == "on";
    explore.as_json = explore_format == "json";
    if (seconds > 0) explore.watch.seconds = seconds;
    explore.watch.shows_progress = progress || isatty(STDERR_FILENO) == 1;
    explore.watch.minds_interrupts = true;
    split.explore = explore;
    if (!split.unit.empty()) return RunWorkUnit(split, std::cout, std::cerr);
    if (race.race.empty()) {
      std::cerr << "nextkey: explore needs a race: a file, or one of `nextkey races`\n";
      return kExitUsage;
    }
    if (split.units > 0) return RunSplit(split, std::cout, std::cerr);
    return RunExplore(explore, std::cout, std::cerr);
  }
  if (merge->parsed()) {
    explore.race = race;
    explore.as_json = explore_format == "json";
    return RunMerge(results, compares, explore, std::cout, std::cerr);
  }
  if (run_race->parsed()) return RunRace(race, std::cout, std::cerr);
  if (claims->parsed()) return RunClaims(claim, race.width, std::cout, std::cerr);
  if (races->parsed()) return RunRaces(race, std::cout);
  if (diff->parsed()) return RunRaceDiff(race, std::cout, std::cerr);
  if (rules->parsed()) {
    std::cout << (rules_format == "markdown" ? RulesMarkdown() : RulesText(*FindDialect(server)));
    return 0;
  }
  if (!replay->parsed()) {
    std::cerr << app.help();
    return kExitUsage;
  }
  if (!token.empty()) {
    race.race = command.files.front();
    race.parameters = settings;
    race.as_sql = format == "sql";
    return RunRaceReplay(race, token, command.with_locks, std::cout, std::cerr);
  }
  if (format == "sql") {
    std::cerr << "nextkey: --format sql writes a race's schedule as a script: give --schedule TOKEN\n";
    return kExitUsage;
  }
  for (const std::string& text : settings) {
    auto setting = ParseServerSetting(text);
    if (const auto* wrong = std::get_if<std::string>(&setting)) {
      std::cerr << "nextkey: --set " << text << ": " << *wrong << "\n";
      return kExitUsage;
    }
    command.settings.push_back(std::get<ServerSetting>(std::move(setting)));
  }
  command.format = format == "jsonl" ? ReportFormat::kJsonl : ReportFormat::kText;
  command.server = *FindDialect(server);
  command.purge = purge == "off" ? PurgeMode::kOff : PurgeMode::kEager;
  command.with_colour = UsesColour(colour);
  command.width = width != 0 ? width : TerminalWidth();
  const int exit_code = RunReplay(command, std::cout, std::cerr);
  std::cout.flush();
  return exit_code;
}

}  // namespace
}  // namespace nextkey

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  return nextkey::Main(argc, argv);
}
