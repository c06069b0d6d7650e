#include "tests/sim/recording.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <variant>

#include "sim/server_settings.h"

namespace nextkey {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// "10", 10 and 10.0 are the same value.
std::string Scalar(const Json& value) {
  if (!value.is_string() && !value.is_number()) return value.dump();
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' ? Json(number).dump() : text;
}

// What is compared of a statement's outcome, as one text.
std::string Outcome(const Json& step) {
  std::vector<std::string> rows;
  if (step["rows"].is_array()) {
    for (const Json& row : step["rows"]) {
      std::string text;
      for (const Json& value : row) text += Scalar(value) + " | ";
      rows.push_back(text);
    }
  }
  std::string sql = step["sql"].get<std::string>();
  std::transform(sql.begin(), sql.end(), sql.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (sql.find("order by") == std::string::npos) std::sort(rows.begin(), rows.end());
  std::string text = step["status"].get<std::string>() + ", errno " + step["errno"].dump() + ", affected " +
                     step["affected"].dump();
  for (const std::string& row : rows) text += "\n    " + row;
  return text;
}

}  // namespace

fs::path RecordedFolder() { return fs::path(NEXTKEY_SOURCE_DIR) / "tests" / "recorded"; }

std::vector<std::string> RecordedNames() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(RecordedFolder())) {
    if (entry.path().extension() == ".sql") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Script ReadRecorded(const std::string& name) {
  ScriptOrMistakes read = ReadScript((RecordedFolder() / (name + ".sql")).string());
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) {
    ADD_FAILURE() << name << ": " << mistakes->front().message;
    return Script{};
  }
  return std::get<Script>(std::move(read));
}

void ApplyRecordedSettings(const std::string& name, World& world) {
  std::ifstream in(RecordedFolder() / (name + ".sql"));
  const std::string mark = "# --set ";
  for (std::string line; std::getline(in, line) && line.starts_with(mark);) {
    const auto setting = ParseServerSetting(line.substr(mark.size()));
    EXPECT_TRUE(std::holds_alternative<ServerSetting>(setting)) << line;
    if (const auto* known = std::get_if<ServerSetting>(&setting)) ApplySettings({*known}, world.server);
  }
}

std::vector<Json> Recording(const std::filesystem::path& path) {
  std::vector<Json> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

std::string Described(const Json& step) {
  std::string text = Outcome(step);
  std::vector<std::string> parts;
  for (const Json& other : step["unblocked"]) {
    parts.push_back("\n  let go: " + other["session"].get<std::string>() + " step " + other["step"].dump() +
                    " " + Outcome(other));
  }
  std::sort(parts.begin(), parts.end());
  for (const std::string& part : parts) text += part;
  parts.clear();
  for (const Json& lock : step["locks"]) {
    std::string line = "\n  lock:";
    for (const char* key : {"session", "table", "index", "type", "mode", "status", "data"})
      line += " " + lock[key].dump();
    parts.push_back(line + (lock.contains("deleted") ? " (deleted)" : ""));
  }
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  for (const std::string& part : parts) text += part;
  return text;
}

}  // namespace nextkey
