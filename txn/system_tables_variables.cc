// Variables and counters: information_schema.SESSION_VARIABLES, GLOBAL_VARIABLES, SESSION_STATUS and
// GLOBAL_STATUS, what SHOW VARIABLES and SHOW STATUS read, and SHOW WARNINGS.
//
// Of the counters there are those about row locks alone.

#include <array>
#include <string>
#include <utility>

#include "txn/system_tables.h"
#include "txn/words.h"

namespace nextkey {
namespace {

using enum SystemColumnKind;

using Pairs = std::vector<std::pair<std::string, std::string>>;

SystemRows RowsOf(Pairs pairs, bool in_capitals) {
  SystemRows rows;
  for (auto& [name, value] : pairs) {
    rows.push_back(
        {Value::Text(in_capitals ? UpperWord(name) : std::move(name)), Value::Text(std::move(value))});
  }
  return rows;
}

// --- Variables ----------------------------------------------------------------------------------------

// Variables that are the server's alone show its value in a session too, and the other way round not at all.
Pairs SessionVariables(const Inspection& inspection) {
  Pairs pairs;
  for (const std::string_view name : VariableNames()) {
    const bool is_global = ReachOf(name) == VariableReach::kGlobalOnly;
    const SystemVariables& from = is_global ? inspection.state.global : inspection.session.variables;
    pairs.emplace_back(name, from.GetAsShown(name));
  }
  return pairs;
}

Pairs GlobalVariables(const Inspection& inspection) {
  Pairs pairs;
  for (const std::string_view name : VariableNames()) {
    if (ReachOf(name) == VariableReach::kSessionOnly) continue;
    pairs.emplace_back(name, inspection.state.global.GetAsShown(name));
  }
  return pairs;
}

// --- Counters -----------------------------------------------------------------------------------------

Pairs Status(const Inspection& inspection) {
  const ServerReports& reports = *inspection.state.reports;
  std::uint64_t waiting = 0;
  for (const auto& [id, transaction] : inspection.state.transactions)
    waiting += inspection.state.locks.IsWaiting(id) ? 1U : 0U;
  const std::uint64_t waits = reports.row_lock_waits;
  const auto milliseconds = [](std::int64_t us) { return std::to_string(us / 1000); };
  const std::int64_t average = waits == 0 ? 0 : reports.row_lock_wait_us / static_cast<std::int64_t>(waits);
  return {{"Innodb_row_lock_current_waits", std::to_string(waiting)},
          {"Innodb_row_lock_time", milliseconds(reports.row_lock_wait_us)},
          {"Innodb_row_lock_time_avg", milliseconds(average)},
          {"Innodb_row_lock_time_max", milliseconds(reports.longest_row_lock_wait_us)},
          {"Innodb_row_lock_waits", std::to_string(waits)},
          {"Threads_connected", std::to_string(inspection.state.sessions.size())}};
}

// --- Warnings -----------------------------------------------------------------------------------------

std::string_view LevelName(WarningLevel level) {
  switch (level) {
    case WarningLevel::kNote:
      return "Note";
    case WarningLevel::kWarning:
      return "Warning";
    case WarningLevel::kError:
      return "Error";
  }
  return "";
}

SystemRowsOrError Warnings(const Inspection& inspection) {
  SystemRows rows;
  for (const Warning& warning : inspection.session.warnings) {
    if (inspection.argument == "errors" && warning.level != WarningLevel::kError) continue;
    rows.push_back({Value::Text(std::string(LevelName(warning.level))), Value::Int(warning.number),
                    Value::Text(warning.message)});
  }
  return rows;
}

constexpr auto kCapitals = std::to_array<SystemColumn>({{"VARIABLE_NAME"}, {"VARIABLE_VALUE"}});
constexpr auto kShown = std::to_array<SystemColumn>({{"Variable_name"}, {"Value"}});
constexpr auto kWarningColumns = std::to_array<SystemColumn>({{"Level"}, {"Code", kSigned}, {"Message"}});

template <Pairs (*make)(const Inspection&), bool in_capitals>
SystemRowsOrError Make(const Inspection& inspection) {
  return RowsOf(make(inspection), in_capitals);
}

constexpr auto kVariableTables = std::to_array<SystemTableDef>({
    {kInformationSchema, "SESSION_VARIABLES", kCapitals, Make<SessionVariables, true>},
    {kInformationSchema, "GLOBAL_VARIABLES", kCapitals, Make<GlobalVariables, true>},
    {kInformationSchema, "SESSION_STATUS", kCapitals, Make<Status, true>},
    {kInformationSchema, "GLOBAL_STATUS", kCapitals, Make<Status, true>},
    {kShowSchema, "session_variables", kShown, Make<SessionVariables, false>},
    {kShowSchema, "global_variables", kShown, Make<GlobalVariables, false>},
    {kShowSchema, "status", kShown, Make<Status, false>},
    {kShowSchema, "warnings", kWarningColumns, Warnings},
});

}  // namespace

std::span<const SystemTableDef> VariableTables() { return kVariableTables; }

}  // namespace nextkey
