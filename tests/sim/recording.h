// The recordings of a real server (tests/recorded), and how a replay is compared with them: status, rows,
// affected rows, error number, who is let go, and the set of all locks.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/replay.h"
#include "sim/script.h"
#include "sim/world.h"

namespace nextkey {

std::filesystem::path RecordedFolder();
std::vector<std::string> RecordedNames();  // Of the scripts, in order.
Script ReadRecorded(const std::string& name);
// Lines `# --set NAME=VALUE` in front of a script say what options its recorded server was started with.
void ApplyRecordedSettings(const std::string& name, World& world);
std::vector<nlohmann::json> Recording(const std::filesystem::path& path);

// What is compared of a step, as one text.
std::string Described(const nlohmann::json& step);

}  // namespace nextkey
