#include "sim/server_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

#include "txn/session_variables.h"
#include "txn/words.h"

namespace nextkey {
namespace {

Value ValueOf(std::string_view text) {
  std::int64_t number = 0;
  const std::from_chars_result read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return is_number ? Value::Int(number) : Value::Text(std::string(text));
}

// Letters to insert, remove or change.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, change});
    }
  }
  return row.back();
}

// Names that look like `name`, or have it in them.
std::string Suggestion(std::string_view name) {
  constexpr std::size_t kMostNames = 3;
  std::vector<std::pair<std::size_t, std::string_view>> close;
  for (const std::string_view known : VariableNames()) {
    const bool contains = name.size() > 3 && known.find(name) != std::string_view::npos;
    const std::size_t distance = contains ? 0 : Distance(name, known);
    if (distance <= std::max<std::size_t>(2, name.size() / 5)) close.emplace_back(distance, known);
  }
  std::sort(close.begin(), close.end());
  std::string text;
  for (std::size_t i = 0; i < close.size() && i < kMostNames; ++i) {
    text += fmt::format("{}{}", i == 0 ? "; did you mean " : " or ", close[i].second);
  }
  return text.empty() ? "; SHOW VARIABLES in a script lists those that are known" : text + "?";
}

std::string NameOf(std::string_view text) {
  std::string name = LowerWord(text);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace

std::variant<ServerSetting, std::string> ParseServerSetting(std::string_view text) {
  const std::size_t equal = text.find('=');
  if (equal == std::string_view::npos || equal == 0)
    return fmt::format("\"{}\" is no setting; write NAME=VALUE, as in innodb_lock_wait_timeout=5", text);
  ServerSetting setting{NameOf(text.substr(0, equal)), ValueOf(text.substr(equal + 1))};
  const VariableReach reach = ReachOf(setting.name);
  if (reach == VariableReach::kUnknown)
    return fmt::format("unknown variable {}{}", setting.name, Suggestion(setting.name));
  if (reach == VariableReach::kSessionOnly)
    return fmt::format("{} belongs to a session; SET it in the script", setting.name);
  Server server;
  if (const auto error = server.SetVariable(setting.name, setting.value)) return error->message;
  return setting;
}

void ApplySettings(const std::vector<ServerSetting>& settings, Server& server) {
  for (const ServerSetting& setting : settings) server.SetVariable(setting.name, setting.value);
}

}  // namespace nextkey
