// Options that several commands take.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <string>

#include "sim/race/race_command.h"
#include "txn/dialect.h"
#include "txn/server.h"

namespace nextkey {

// --color, --width
class PageOptions {
 public:
  void AddTo(CLI::App& command);
  bool UsesColour() const;
  std::size_t Width() const;

 private:
  std::string colour_ = "auto";
  std::size_t width_ = 0;  // 0: the terminal's.
};

// --server
class ServerOption {
 public:
  void AddTo(CLI::App& command);
  Dialect Chosen() const;

 private:
  std::string name_ = std::string(DialectNames().front());
};

// --purge
void AddPurge(CLI::App& command, PurgeMode& purge);
// --clients, --fault, --load: how a race is set up.
void AddRaceSetup(CLI::App& command, RaceCommand& race);
// --set, of a race's parameters.
void AddRaceParameters(CLI::App& command, RaceCommand& race);

}  // namespace nextkey
