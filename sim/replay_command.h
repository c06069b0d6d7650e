// `nextkey replay`: reads all files, plays them, prints what happened.
//
// Every file is read and parsed before anything is played: with one mistake in them nothing is
// played and nothing goes to `out`. Exit codes: 0 ok; 1 a remark of a Hermitage file was missed; 2 a
// mistake in a file, or a statement for a session that waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "sim/server_settings.h"
#include "txn/server.h"

namespace nextkey {

enum class ReportFormat : std::uint8_t { kText, kJsonl };

struct ReplayCommand {
  std::vector<std::string> files;  // `-` is standard input.
  ReportFormat format = ReportFormat::kText;
  bool with_locks = false;
  bool with_plan = false;
  bool with_why = false;        // Which rule took each lock.
  bool with_anomalies = false;  // Of the text: which anomaly each case shows.
  Dialect server = Dialect();
  bool with_timeline = false;  // Of Hermitage cases that went as documented too.
  PurgeMode purge = PurgeMode::kEager;
  std::vector<ServerSetting> settings = {};  // Of each file's server.
  bool with_colour = false;
  std::size_t width = 100;
};

int RunReplay(const ReplayCommand& command, std::ostream& out, std::ostream& err);

}  // namespace nextkey
