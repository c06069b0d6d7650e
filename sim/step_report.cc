#include "sim/step_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "sim/text.h"

namespace nextkey {
namespace {

struct DataOrder {
  int group = 0;
  std::vector<std::tuple<int, double, std::string>> parts;

  auto operator<=>(const DataOrder&) const = default;
};

DataOrder OrderOf(const std::optional<std::string>& data) {
  if (!data) return {0, {}};
  if (data->starts_with("supremum")) return {2, {}};
  DataOrder order{1, {}};
  for (const std::string_view part : Split(*data, ", ")) {
    double number = 0;
    const auto read = std::from_chars(part.data(), part.data() + part.size(), number);
    const bool is_number = read.ec == std::errc() && read.ptr == part.data() + part.size();
    const int group = is_number ? 1 : part == "NULL" ? 0 : 2;
    order.parts.emplace_back(group, is_number ? number : 0, std::string(part));
  }
  return order;
}

}  // namespace

std::string_view NameOf(const StepReport& report, SessionId session) {
  const auto found = report.names.find(session);
  return found == report.names.end() ? std::string_view("?") : std::string_view(found->second);
}

std::vector<LockRow> SortedLocks(const StepReport& report) {
  using Key = std::tuple<std::string_view, std::string, bool, std::string, DataOrder, std::string, bool>;
  std::vector<std::pair<Key, const LockRow*>> keyed;
  for (const LockRow& row : report.locks) {
    keyed.emplace_back(Key(NameOf(report, row.session), row.table, row.is_record, row.index,
                           OrderOf(row.data), row.mode, row.is_waiting),
                       &row);
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<LockRow> sorted;
  for (std::size_t i = 0; i < keyed.size(); ++i) {
    if (i == 0 || keyed[i].first != keyed[i - 1].first) sorted.push_back(*keyed[i].second);
  }
  return sorted;
}

std::string ErrorText(const SqlError& error) {
  return fmt::format("ERROR {} ({}): {}", error.number, error.sqlstate, error.message);
}

}  // namespace nextkey
