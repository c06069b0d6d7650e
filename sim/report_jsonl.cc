#include "sim/report_jsonl.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/text.h"

namespace nextkey {
namespace {

using Json = nlohmann::ordered_json;

// --- Writing: one line, a space behind each comma and colon --------------------------------------

std::string JsonText(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The shortest digits that read back as the same number; 1e16 and beyond with an exponent.
std::string JsonDouble(double number) {
  if (!std::isfinite(number)) return "null";
  const double size = std::abs(number);
  const bool is_plain = number == 0 || (size >= 1e-4 && size < 1e16);
  char buffer[400];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number,
                                 is_plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(buffer, end.ptr);
  if (is_plain && text.find('.') == std::string::npos) text += ".0";
  return text;
}

void Write(const Json& json, std::string& out);

template <class Range, class WriteOne>
void WriteList(const Range& range, char open, char close, std::string& out, WriteOne write_one) {
  out += open;
  bool is_first = true;
  for (const auto& item : range) {
    if (!std::exchange(is_first, false)) out += ", ";
    write_one(item);
  }
  out += close;
}

void Write(const Json& json, std::string& out) {
  if (json.is_object()) {
    WriteList(json.items(), '{', '}', out, [&](const auto& item) {
      out += JsonText(item.key()) + ": ";
      Write(item.value(), out);
    });
  } else if (json.is_array()) {
    WriteList(json, '[', ']', out, [&](const Json& item) { Write(item, out); });
  } else if (json.is_string()) {
    out += JsonText(json.get_ref<const std::string&>());
  } else if (json.is_number_float()) {
    out += JsonDouble(json.get<double>());
  } else {
    out += json.dump();
  }
}

// --- Values ------------------------------------------------------------------------------------

// A driver reads a fraction into microseconds: six digits, or none where they are all zero.
std::string FractionText(std::int64_t microseconds) {
  return microseconds == 0 ? "" : fmt::format(".{:06}", microseconds);
}

std::string DateTimeText(const Value& value) {
  const std::string seconds = value.ToText().substr(0, 19);
  const std::int64_t fraction = value.AsDateTime() % 1'000'000;
  return seconds + FractionText(fraction < 0 ? fraction + 1'000'000 : fraction);
}

// A duration in days, hours, minutes and seconds; only the days are negative.
std::string TimeText(std::int64_t microseconds) {
  constexpr std::int64_t kDay = 86'400'000'000;
  const std::int64_t days = microseconds / kDay - (microseconds % kDay < 0 ? 1 : 0);
  const std::int64_t rest = microseconds - days * kDay;
  const std::int64_t seconds = rest / 1'000'000;
  std::string text;
  if (days != 0) text = fmt::format("{} day{}, ", days, days == 1 || days == -1 ? "" : "s");
  text += fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  return text + FractionText(rest % 1'000'000);
}

Json DecimalJson(const Value& value) {
  const std::string text = value.ToText();
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return number;
  return text;
}

Json ToJson(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return nullptr;
    case ValueKind::kInt:
      return value.AsInt();
    case ValueKind::kUnsigned:
      return value.AsUnsigned();
    case ValueKind::kDecimal:
      return DecimalJson(value);
    case ValueKind::kDouble:
      return value.AsDouble();
    case ValueKind::kDateTime:
      return DateTimeText(value);
    case ValueKind::kTime:
      return TimeText(value.AsTime());
    case ValueKind::kText:
    case ValueKind::kDate:
      return value.ToText();
  }
  return nullptr;
}

// --- Outcomes ----------------------------------------------------------------------------------

bool NamesConnections(std::string_view text) {
  const std::string lower = ToLower(text);
  return lower.find("is_used_lock") != lower.npos || lower.find("connection_id") != lower.npos;
}

// Which columns of a result show connection ids: those whose heading says so; under aliases any may.
std::vector<bool> ConnectionColumns(const StatementResult& result, std::string_view sql) {
  std::vector<bool> columns;
  bool has_any = false;
  for (const std::string& heading : result.columns) {
    columns.push_back(NamesConnections(heading));
    has_any |= columns.back();
  }
  if (!has_any && NamesConnections(sql)) columns.assign(columns.size(), true);
  return columns;
}

Json CellJson(const Value& value, bool shows_connections, const SessionNames& names) {
  if (shows_connections && (value.kind() == ValueKind::kInt || value.kind() == ValueKind::kUnsigned)) {
    const std::int64_t number =
        value.kind() == ValueKind::kInt ? value.AsInt() : static_cast<std::int64_t>(value.AsUnsigned());
    for (const auto& [session, name] : names) {
      if (static_cast<std::int64_t>(session.value()) == number) return "conn:" + name;
    }
  }
  return ToJson(value);
}

void PutOutcome(const StatementResult& result, const std::string& sql, const SessionNames& names, Json& out) {
  out["status"] = result.error ? "error" : "ok";
  out["columns"] = nullptr;
  out["rows"] = nullptr;
  out["affected"] = nullptr;
  out["errno"] = nullptr;
  out["error"] = nullptr;
  out["warnings"] = 0;
  if (result.error) {
    out["errno"] = result.error->number;
    out["error"] = result.error->message;
    return;
  }
  out["warnings"] = result.warnings.size();
  if (!result.has_rows) {
    out["affected"] = result.affected;
    return;
  }
  out["columns"] = result.columns;
  const std::vector<bool> shows_connections = ConnectionColumns(result, sql);
  Json rows = Json::array();
  for (const std::vector<Value>& row : result.rows) {
    Json cells = Json::array();
    for (std::size_t i = 0; i < row.size(); ++i)
      cells.push_back(CellJson(row[i], shows_connections[i], names));
    rows.push_back(std::move(cells));
  }
  out["rows"] = std::move(rows);
}

void PutWait(const StepReport& report, Json& out) {
  out["status"] = "blocked";
  for (const char* key : {"columns", "rows", "affected", "errno", "error"}) out[key] = nullptr;
  out["warnings"] = 0;
  out["wait"] = report.wait ? std::string(WaitKindName(report.wait->kind)) : "";
}

void PutScriptError(const StepReport& report, Json& out) {
  out["status"] = "script_error";
  for (const char* key : {"rows", "columns", "affected", "errno"}) out[key] = nullptr;
  out["error"] = fmt::format("session {} is blocked", report.session);
}

Json UnblockedJson(const StepReport& report) {
  std::vector<const EarlierStatement*> by_name;
  for (const EarlierStatement& one : report.unblocked) by_name.push_back(&one);
  std::stable_sort(by_name.begin(), by_name.end(), [](const EarlierStatement* a, const EarlierStatement* b) {
    return a->session < b->session;
  });
  Json list = Json::array();
  for (const EarlierStatement* one : by_name) {
    Json item;
    item["session"] = one->session;
    item["step"] = one->step;
    item["sql"] = one->sql;
    PutOutcome(one->result, one->sql, report.names, item);
    list.push_back(std::move(item));
  }
  return list;
}

Json LockJson(const StepReport& report, const LockRow& row) {
  Json json;
  json["session"] = std::string(NameOf(report, row.session));
  json["table"] = row.table;
  json["index"] = row.is_record ? Json(row.index) : Json(nullptr);
  json["type"] = row.is_record ? "RECORD" : "TABLE";
  json["mode"] = row.mode;
  json["status"] = row.is_waiting ? "WAITING" : "GRANTED";
  json["data"] = row.data ? Json(*row.data) : Json(nullptr);
  if (row.is_deleted) json["deleted"] = true;
  const auto reason = std::find_if(report.reasons.begin(), report.reasons.end(),
                                   [&](const LockReason& one) { return IsSameLock(one.lock, row); });
  if (reason != report.reasons.end()) {
    json["why"] = LineOf(reason->rule).name;
    json["source"] = LineOf(reason->rule).source;
  }
  return json;
}

Json LocksJson(const StepReport& report) {
  Json list = Json::array();
  for (const LockRow& row : SortedLocks(report)) list.push_back(LockJson(report, row));
  return list;
}

Json PlanJson(const std::string& plan) {
  Json list = Json::array();
  for (const std::string_view line : Split(plan, "\n")) list.push_back(std::string(line));
  return list;
}

}  // namespace

std::string ToJsonLine(const StepReport& report, const JsonlOptions& options) {
  Json json;
  if (!options.script_name.empty()) json["script"] = options.script_name;
  if (!options.case_name.empty()) json["case"] = options.case_name;
  json["step"] = report.number;
  json["session"] = report.session;
  json["sql"] = report.sql;
  switch (report.status) {
    case StepStatus::kOk:
    case StepStatus::kError:
      PutOutcome(report.result, report.sql, report.names, json);
      break;
    case StepStatus::kBlocked:
      PutWait(report, json);
      break;
    case StepStatus::kScriptError:
      PutScriptError(report, json);
      break;
  }
  if (options.with_plan && !report.result.plan.empty()) json["plan"] = PlanJson(report.result.plan);
  json["unblocked"] = UnblockedJson(report);
  json["locks"] = LocksJson(report);
  std::string line;
  Write(json, line);
  return line + "\n";
}

}  // namespace nextkey
