#include "sim/command_line/shared_options.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string_view>
#include <vector>

namespace nextkey {
namespace {

constexpr std::size_t kWidthWithoutTerminal = 100;

}  // namespace

void PageOptions::AddTo(CLI::App& command) {
  command.add_option("--color,--colour", colour_, "auto (default): on a terminal, unless NO_COLOR is set")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->option_text("auto|always|never");
  command.add_option("--width", width_, "Columns of the page (default: the terminal's, else 100)")
      ->check(CLI::Range(50, 1000))
      ->option_text("N");
}

bool PageOptions::UsesColour() const {
  if (colour_ != "auto") return colour_ == "always";
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal != nullptr && std::string_view(terminal) == "dumb") return false;
  return isatty(STDOUT_FILENO) == 1;
}

std::size_t PageOptions::Width() const {
  if (width_ != 0) return width_;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return kWidthWithoutTerminal;
}

void ServerOption::AddTo(CLI::App& command) {
  command.add_option("--server", name_, "Whose locks and errors: mariadb-10.11 (default), mysql-8.4")
      ->check(CLI::IsMember({"mariadb-10.11", "mysql-8.4"}))
      ->option_text("mariadb-10.11|mysql-8.4");
}

Dialect ServerOption::Chosen() const { return *FindDialect(name_); }

void AddPurge(CLI::App& command, PurgeMode& purge) {
  command
      .add_option(
          "--purge", purge,
          "eager (default): delete-marked rows go after each step; off: they stay; choice: of a race's "
          "schedule, purge is a choice of its own")
      ->transform(CLI::Transformer(std::map<std::string, PurgeMode>{
          {"eager", PurgeMode::kEager}, {"off", PurgeMode::kOff}, {"choice", PurgeMode::kChoice}}))
      ->option_text("eager|off|choice");
}

void AddRaceSetup(CLI::App& command, RaceCommand& race) {
  command.add_option("--clients", race.clients, "How many clients come: N, or NAME=N")->option_text("N");
  command.add_option("--fault", race.faults, "Lets this fault of the file happen")->option_text("NAME");
  command
      .add_option("--granularity", race.granularity,
                  "statement (default): a statement runs until it ends or waits; row: it stops before each "
                  "row's lock, and going on is a choice")
      ->transform(CLI::Transformer(std::map<std::string, Granularity>{{"statement", Granularity::kStatement},
                                                                      {"row", Granularity::kRow}}))
      ->option_text("statement|row");
  command.add_flag("--any-timing", race.has_any_timing,
                   "Any timer may fire at any moment (default: time passes when nobody can act)");
  command
      .add_option("--ticks", race.ticks,
                  "Of --any-timing: how often a second may pass, where a statement reads the clock (1)")
      ->option_text("N");
  command.add_flag("--load", race.uses_load_values, "The documents' own numbers instead of small ones");
}

void AddRaceParameters(CLI::App& command, RaceCommand& race) {
  command.add_option("--set", race.parameters, "Parameters of the race: name=value,..")
      ->option_text("NAME=VALUE");
}

}  // namespace nextkey
