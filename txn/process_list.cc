#include "txn/process_list.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "txn/system_tables.h"
#include "txn/waits.h"

namespace nextkey {
namespace {

using enum SystemColumnKind;

// A SELECT of which every table is known to give one row at most reads it while it is optimized.
bool ReadsWhilePlanning(const QueryPlan& query) {
  return !query.tables.empty() &&
         std::all_of(query.tables.begin(), query.tables.end(),
                     [](const TablePlan& t) { return t.path.kind == AccessKind::kConst; });
}

std::string_view StateOfSelect(const Execution& execution) {
  for (std::size_t i = execution.queries.size(); i-- > 0;) {
    if (execution.queries[i].stage != QueryStage::kScanning) continue;
    const QueryPlan& query = execution.plan->queries[i];
    if (ReadsWhilePlanning(query)) return "Statistics";
    return query.order_by.empty() ? "Sending data" : "Creating sort index";
  }
  return "Sending data";
}

std::string_view StateOf(const SessionState& session) {
  switch (session.wait->kind) {
    case WaitKind::kRowLock:
    case WaitKind::kTableLock:
    case WaitKind::kAutoIncLock:
      return StateAtRows(*session.execution);
    case WaitKind::kSleep:
      return "User sleep";
    case WaitKind::kMetadataLock:
    case WaitKind::kBackupLock:
    case WaitKind::kTableLevelLock:
    case WaitKind::kUserLock:
      return WaitKindName(session.wait->kind);
  }
  return "";
}

// --- The tables -------------------------------------------------------------------------------------

constexpr auto kProcessColumns = std::to_array<SystemColumn>({
    {"ID", kSigned},
    {"USER"},
    {"HOST"},
    {"DB"},
    {"COMMAND"},
    {"TIME", kSigned},
    {"STATE"},
    {"INFO"},
    {"TIME_MS", kDecimal},
    {"STAGE", kSigned},
    {"MAX_STAGE", kSigned},
    {"PROGRESS", kDecimal},
    {"MEMORY_USED", kSigned},
    {"MAX_MEMORY_USED", kSigned},
    {"EXAMINED_ROWS", kSigned},
    {"QUERY_ID", kSigned},
    {"INFO_BINARY"},
    {"TID", kSigned},
});

Value TextOrNull(const std::optional<std::string>& text) {
  return text.has_value() ? Value::Text(*text) : Value::Null();
}

Value Id(SessionId session) { return Value::Int(session.value()); }

SystemRowsOrError ProcessRows(const Inspection& inspection) {
  SystemRows rows;
  std::vector<Process> processes =
      ListProcesses(inspection.state, inspection.session, "Filling schema table");
  std::reverse(processes.begin(), processes.end());  // The server lists the newest connection first.
  const Value none = Value::Int(0);
  for (const Process& process : processes) {
    rows.push_back({Id(process.session), Value::Text("root"), Value::Text("localhost"),
                    Value::Text(std::string(errors::kSchema)), Value::Text(process.command),
                    Value::Int(process.time_us / 1'000'000), Value::Text(process.state),
                    TextOrNull(process.info), Value::OfDecimal({process.time_us, 3}), none, none,
                    Value::OfDecimal({0, 3}), none, none, none, none, TextOrNull(process.info),
                    Id(process.session)});
  }
  return rows;
}

constexpr auto kShowColumns = std::to_array<SystemColumn>({
    {"Id", kSigned},
    {"User"},
    {"Host"},
    {"db"},
    {"Command"},
    {"Time", kSigned},
    {"State"},
    {"Info"},
    {"Progress", kDecimal},
});

SystemRowsOrError ShowRows(const Inspection& inspection) {
  constexpr std::size_t kShortInfo = 100;  // Without FULL.
  SystemRows rows;
  for (Process& process : ListProcesses(inspection.state, inspection.session, "starting")) {
    if (process.info.has_value() && inspection.argument != "full")
      process.info = process.info->substr(0, kShortInfo);
    rows.push_back({Id(process.session), Value::Text("root"), Value::Text("localhost"),
                    Value::Text(std::string(errors::kSchema)), Value::Text(process.command),
                    Value::Int(process.time_us / 1'000'000), Value::Text(process.state),
                    TextOrNull(process.info), Value::OfDecimal({0, 3})});
  }
  return rows;
}

constexpr auto kProcessTables = std::to_array<SystemTableDef>({
    {kInformationSchema, "PROCESSLIST", kProcessColumns, ProcessRows},
    {kShowSchema, "processlist", kShowColumns, ShowRows},
});

}  // namespace

std::string_view StateAtRows(const Execution& execution) {
  const sql::Statement& statement = *execution.statement;
  if (const auto* insert = std::get_if<sql::InsertStatement>(&statement.body)) {
    if (insert->query == nullptr) return "Update";
    const bool reads = !execution.queries.empty() && execution.queries[0].stage == QueryStage::kScanning;
    return reads || !insert->query->from.empty() ? "Sending data" : "Executing";
  }
  const bool sorts = execution.plan != nullptr && !execution.plan->queries.empty() &&
                     !execution.plan->queries[0].order_by.empty();
  if (std::holds_alternative<sql::UpdateStatement>(statement.body))
    return sorts && execution.changes.empty() ? "init for update" : "Updating";
  if (std::holds_alternative<sql::DeleteStatement>(statement.body)) return "Updating";
  return execution.plan == nullptr ? "" : StateOfSelect(execution);
}

std::vector<Process> ListProcesses(const ServerState& state, const SessionState& asking,
                                   std::string_view own_state) {
  std::vector<Process> processes;
  for (const auto& [id, session] : state.sessions) {
    if (session->is_killed) continue;
    Process process;
    process.session = id;
    const bool is_asking = id == asking.id;
    const SessionState& own = is_asking ? asking : *session;
    const bool runs = own.execution.has_value();
    process.command = runs ? "Query" : "Sleep";
    process.time_us = state.now_us - (runs ? own.execution->started_us : own.idle_since_us);
    if (is_asking) {
      process.state = std::string(own_state);
    } else if (own.wait.has_value()) {
      process.state = std::string(StateOf(own));
    }
    if (runs) process.info = own.execution->statement->text;
    processes.push_back(std::move(process));
  }
  return processes;
}

std::span<const SystemTableDef> ProcessTables() { return kProcessTables; }

}  // namespace nextkey
