// The program: finds the command, and says what its exit code is. The commands stand in command_line/.

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "sim/command_line/commands.h"
#include "sim/exit_codes.h"
#include "sim/process_memory.h"

namespace nextkey {
namespace {

int Main(int argc, char** argv) {
  CLI::App app(
      "nextkey plays scripts of several sessions on a simulated MySQL, step by step, with every lock.");
  app.name("nextkey");
  app.set_version_flag("--version", "nextkey " NEXTKEY_VERSION);
  app.footer("Try:  nextkey replay --help");
  int exit_code = kExitMistake;
  AddReplay(app, exit_code);
  AddRaces(app, exit_code);
  AddExplore(app, exit_code);
  AddTables(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0 && app.get_subcommands().empty() && argc > 1 && argv[1][0] != '-') {
      std::cerr << "nextkey: there is no command " << argv[1] << "; to play a script: nextkey replay FILE\n";
      return kExitMistake;
    }
    return app.exit(error, std::cout, std::cerr) == 0 ? 0 : kExitMistake;
  }
  if (app.get_subcommands().empty()) std::cerr << app.help();
  std::cout.flush();
  return exit_code;
}

}  // namespace
}  // namespace nextkey

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  nextkey::KeepFreedMemory();
  return nextkey::Main(argc, argv);
}
