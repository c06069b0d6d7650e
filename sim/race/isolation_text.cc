#include "sim/race/isolation_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace nextkey {
namespace {

// What PQprint takes for a number: digits and signs alone, no letter E in front, a digit at the end.
bool LooksLikeNumber(std::string_view text) {
  const bool begins_with_e = text.front() == 'E' || text.front() == 'e';
  const bool ends_with_digit = text.back() >= '0' && text.back() <= '9';
  return text.find_first_not_of("0123456789.Ee -") == text.npos && !begins_with_e && ends_with_digit;
}

struct PrintedColumn {
  std::size_t width = 0;
  bool is_number = true;  // Empty fields decide nothing.

  void Add(std::string_view field) {
    width = std::max(width, field.size());
    if (!field.empty() && !LooksLikeNumber(field)) is_number = false;
  }
  std::string Pad(std::string_view field) const {
    const std::string spaces(width - field.size(), ' ');
    return is_number ? spaces + std::string(field) : std::string(field) + spaces;
  }
};

std::string Joined(const std::vector<std::string>& parts, char separator) {
  std::string line;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) line += separator;
    line += part;
  }
  return line + "\n";
}

std::string RowLine(const std::vector<PrintedColumn>& columns, const std::vector<std::string>& fields) {
  std::vector<std::string> padded;
  for (std::size_t i = 0; i < columns.size(); ++i) padded.push_back(columns[i].Pad(fields[i]));
  return Joined(padded, '|');
}

std::string ResultSet(const StatementResult& result) {
  std::vector<std::vector<std::string>> rows;
  for (const std::vector<Value>& row : result.rows) {
    std::vector<std::string>& fields = rows.emplace_back();
    for (const Value& value : row) fields.push_back(value.IsNull() ? "" : value.ToText());
  }
  std::vector<PrintedColumn> columns(result.columns.size());
  std::vector<std::string> rule;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (const std::vector<std::string>& fields : rows) columns[i].Add(fields[i]);
    columns[i].width = std::max(columns[i].width, result.columns[i].size());
    rule.emplace_back(columns[i].width, '-');
  }
  std::string text = RowLine(columns, result.columns) + Joined(rule, '+');
  for (const std::vector<std::string>& fields : rows) text += RowLine(columns, fields);
  return text + fmt::format("({} row{})\n\n", rows.size(), rows.size() == 1 ? "" : "s");
}

}  // namespace

std::string StepDoneLine(std::string_view step, std::string_view sql) {
  return fmt::format("step {}: {}\n", step, sql);
}

std::string StepWaitsLine(std::string_view step, std::string_view sql) {
  return fmt::format("step {}: {} <waiting ...>\n", step, sql);
}

std::string StepCompletedLine(std::string_view step) {
  return fmt::format("step {}: <... completed>\n", step);
}

std::string IsolationResult(const StatementResult& result) {
  if (result.error) return fmt::format("ERROR:  {}\n", result.error->message);
  return result.has_rows ? ResultSet(result) : "";
}

std::string IsolationWarnings(std::string_view session, const StatementResult& result) {
  std::string text;
  for (const Warning& warning : result.warnings) {
    if (warning.level == WarningLevel::kWarning)
      text += fmt::format("{}: WARNING:  {}\n", session, warning.message);
  }
  return text;
}

std::size_t CountWarnings(const StatementResult& result) {
  return static_cast<std::size_t>(
      std::count_if(result.warnings.begin(), result.warnings.end(),
                    [](const Warning& warning) { return warning.level == WarningLevel::kWarning; }));
}

}  // namespace nextkey
