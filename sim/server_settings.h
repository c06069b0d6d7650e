// Variables that the command line gives a server at its start: `--set innodb_autoinc_lock_mode=2`.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/value.h"
#include "txn/server.h"

namespace nextkey {

struct ServerSetting {
  std::string name;  // In lower case, with underscores.
  Value value;
};

// `NAME=VALUE`, or a sentence that says what is wrong and what would be right.
std::variant<ServerSetting, std::string> ParseServerSetting(std::string_view text);

// Requires: each was parsed.
void ApplySettings(const std::vector<ServerSetting>& settings, Server& server);

}  // namespace nextkey
