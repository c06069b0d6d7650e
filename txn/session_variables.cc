#include "txn/session_variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <span>

#include "txn/words.h"

namespace nextkey {
namespace {

enum class VariableKind : std::uint8_t {
  kBool,
  kNumber,  // From `least` to `most`.
  kEnum,    // One of `words`, separated by commas.
  kWords,   // Some of `words`.
  kText,
  kCharacterSet,
  kCollation,
  kTimeZone,
  kStorageEngine,
};

enum class Access : std::uint8_t { kBoth, kGlobalOnly, kSessionOnly, kReadOnly };

struct VariableDef {
  std::string_view name;
  VariableKind kind = VariableKind::kText;
  Access access = Access::kBoth;
  std::string_view standard;  // The default, as SELECT prints it.
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::string_view words = {};
};

constexpr std::int64_t kMost32 = 4'294'967'295;
constexpr std::int64_t kMost64 = INT64_MAX;

constexpr std::string_view kSqlModes =
    "REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,IGNORE_BAD_TABLE_OPTIONS,ONLY_FULL_GROUP_BY,"
    "NO_UNSIGNED_SUBTRACTION,NO_DIR_IN_CREATE,POSTGRESQL,ORACLE,MSSQL,DB2,MAXDB,NO_KEY_OPTIONS,"
    "NO_TABLE_OPTIONS,NO_FIELD_OPTIONS,MYSQL323,MYSQL40,ANSI,NO_AUTO_VALUE_ON_ZERO,NO_BACKSLASH_ESCAPES,"
    "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ALLOW_INVALID_DATES,"
    "ERROR_FOR_DIVISION_BY_ZERO,TRADITIONAL,NO_AUTO_CREATE_USER,HIGH_NOT_PRECEDENCE,NO_ENGINE_SUBSTITUTION,"
    "PAD_CHAR_TO_FULL_LENGTH,EMPTY_STRING_IS_NULL,SIMULTANEOUS_ASSIGNMENT,TIME_ROUND_FRACTIONAL";

constexpr std::string_view kIsolationLevels = "READ-UNCOMMITTED,READ-COMMITTED,REPEATABLE-READ,SERIALIZABLE";

using enum VariableKind;
using enum Access;

// Both spellings of a variable stand here; Canonical names join them.
constexpr auto kVariables = std::to_array<VariableDef>({
    {"auto_increment_increment", kNumber, kBoth, "1", 1, 65535},
    {"auto_increment_offset", kNumber, kBoth, "1", 1, 65535},
    {"autocommit", kBool, kBoth, "1"},
    {"binlog_format", kEnum, kBoth, "MIXED", 0, 0, "MIXED,STATEMENT,ROW"},
    {"character_set_client", kCharacterSet, kBoth, "utf8mb4"},
    {"character_set_connection", kCharacterSet, kBoth, "utf8mb4"},
    {"character_set_database", kCharacterSet, kBoth, "utf8mb4"},
    {"character_set_results", kCharacterSet, kBoth, "utf8mb4"},
    {"character_set_server", kCharacterSet, kBoth, "utf8mb4"},
    {"character_set_system", kText, kReadOnly, "utf8mb3"},
    {"collation_connection", kCollation, kBoth, "utf8mb4_general_ci"},
    {"collation_database", kCollation, kBoth, "utf8mb4_general_ci"},
    {"collation_server", kCollation, kBoth, "utf8mb4_general_ci"},
    {"completion_type", kEnum, kBoth, "NO_CHAIN", 0, 0, "NO_CHAIN,CHAIN,RELEASE"},
    {"default_storage_engine", kStorageEngine, kBoth, "InnoDB"},
    {"default_week_format", kNumber, kBoth, "0", 0, 7},
    {"div_precision_increment", kNumber, kBoth, "4", 0, 30},
    {"event_scheduler", kText, kGlobalOnly, "OFF"},
    {"explicit_defaults_for_timestamp", kBool, kBoth, "1"},
    {"foreign_key_checks", kBool, kBoth, "1"},
    {"general_log", kBool, kGlobalOnly, "0"},
    {"group_concat_max_len", kNumber, kBoth, "1048576", 4, kMost32},
    {"identity", kNumber, kSessionOnly, "0", 0, kMost64},
    {"idle_transaction_timeout", kNumber, kBoth, "0", 0, 31536000},
    {"in_transaction", kBool, kReadOnly, "0"},
    {"innodb_autoinc_lock_mode", kNumber, kReadOnly, "1", 0, 2},
    {"innodb_buffer_pool_size", kNumber, kGlobalOnly, "67108864", 2097152, kMost64},
    {"innodb_deadlock_detect", kBool, kGlobalOnly, "1"},
    {"innodb_deadlock_report", kEnum, kGlobalOnly, "full", 0, 0, "off,basic,full"},
    {"innodb_file_per_table", kBool, kGlobalOnly, "1"},
    {"innodb_flush_log_at_trx_commit", kNumber, kGlobalOnly, "1", 0, 3},
    {"innodb_lock_wait_timeout", kNumber, kBoth, "50", 0, 100000000},
    {"innodb_page_size", kNumber, kReadOnly, "16384", 4096, 65536},
    {"innodb_print_all_deadlocks", kBool, kGlobalOnly, "0"},
    {"innodb_rollback_on_timeout", kBool, kReadOnly, "0"},
    {"innodb_snapshot_isolation", kBool, kBoth, "0"},
    {"innodb_stats_auto_recalc", kBool, kGlobalOnly, "1"},
    {"innodb_stats_persistent", kBool, kGlobalOnly, "1"},
    {"innodb_status_output", kBool, kGlobalOnly, "0"},
    {"innodb_status_output_locks", kBool, kGlobalOnly, "0"},
    {"innodb_strict_mode", kBool, kBoth, "1"},
    {"innodb_table_locks", kBool, kBoth, "1"},
    {"insert_id", kNumber, kSessionOnly, "0", 0, kMost64},
    {"interactive_timeout", kNumber, kBoth, "28800", 1, 31536000},
    {"join_buffer_size", kNumber, kBoth, "262144", 128, kMost64},
    {"last_insert_id", kNumber, kSessionOnly, "0", 0, kMost64},
    {"lc_time_names", kText, kBoth, "en_US"},
    {"license", kText, kReadOnly, "GPL"},
    {"lock_wait_timeout", kNumber, kBoth, "86400", 0, 31536000},
    {"log_bin", kBool, kReadOnly, "0"},
    {"low_priority_updates", kBool, kBoth, "0"},
    {"lower_case_table_names", kNumber, kReadOnly, "0", 0, 2},
    {"max_allowed_packet", kNumber, kBoth, "16777216", 1024, 1073741824},
    {"max_connections", kNumber, kGlobalOnly, "151", 10, 100000},
    {"max_heap_table_size", kNumber, kBoth, "16777216", 16384, kMost64},
    {"max_join_size", kNumber, kBoth, "18446744073709551615", 1, kMost64},
    {"net_read_timeout", kNumber, kBoth, "30", 1, 31536000},
    {"net_write_timeout", kNumber, kBoth, "60", 1, 31536000},
    {"optimizer_switch", kText, kBoth, ""},
    {"performance_schema", kBool, kReadOnly, "0"},
    {"protocol_version", kNumber, kReadOnly, "10", 0, 100},
    {"read_only", kBool, kGlobalOnly, "0"},
    {"server_id", kNumber, kBoth, "1", 1, kMost32},
    {"slow_query_log", kBool, kBoth, "0"},
    {"sort_buffer_size", kNumber, kBoth, "2097152", 1024, kMost64},
    {"sql_auto_is_null", kBool, kBoth, "0"},
    {"sql_big_selects", kBool, kBoth, "1"},
    {"sql_buffer_result", kBool, kBoth, "0"},
    {"sql_log_bin", kBool, kSessionOnly, "1"},
    {"sql_mode", kWords, kBoth,
     "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION", 0, 0,
     kSqlModes},
    {"sql_notes", kBool, kBoth, "1"},
    {"sql_quote_show_create", kBool, kBoth, "1"},
    {"sql_safe_updates", kBool, kBoth, "0"},
    {"sql_select_limit", kNumber, kBoth, "18446744073709551615", 0, kMost64},
    {"sql_warnings", kBool, kBoth, "0"},
    {"storage_engine", kStorageEngine, kBoth, "InnoDB"},
    {"system_time_zone", kText, kReadOnly, "UTC"},
    {"thread_handling", kText, kReadOnly, "one-thread-per-connection"},
    {"time_zone", kTimeZone, kBoth, "SYSTEM"},
    {"tmp_table_size", kNumber, kBoth, "16777216", 0, kMost64},
    {"transaction_alloc_block_size", kNumber, kBoth, "8192", 1024, 134217728},
    {"transaction_isolation", kEnum, kBoth, "REPEATABLE-READ", 0, 0, kIsolationLevels},
    {"transaction_read_only", kBool, kBoth, "0"},
    {"tx_isolation", kEnum, kBoth, "REPEATABLE-READ", 0, 0, kIsolationLevels},
    {"tx_read_only", kBool, kBoth, "0"},
    {"unique_checks", kBool, kBoth, "1"},
    {"version", kText, kReadOnly, "10.11.19-MariaDB"},
    {"version_comment", kText, kReadOnly, "nextkey"},
    {"wait_timeout", kNumber, kBoth, "28800", 1, 31536000},
});

const VariableDef* FindVariable(std::string_view name) {
  const auto found =
      std::lower_bound(kVariables.begin(), kVariables.end(), name,
                       [](const VariableDef& def, std::string_view wanted) { return def.name < wanted; });
  return found == kVariables.end() || found->name != name ? nullptr : &*found;
}

static_assert(std::is_sorted(kVariables.begin(), kVariables.end(),
                             [](const VariableDef& a, const VariableDef& b) { return a.name < b.name; }));

// Where a variable with several spellings is kept.
std::string_view CanonicalName(std::string_view name) {
  if (name == "tx_isolation") return "transaction_isolation";
  if (name == "tx_read_only") return "transaction_read_only";
  if (name == "storage_engine") return "default_storage_engine";
  if (name == "identity") return "last_insert_id";
  return name;
}

SqlError UnknownVariable(std::string_view name) {
  return SqlError{1193, "HY000", fmt::format("Unknown system variable '{}'", name)};
}

SqlError WrongValue(std::string_view name, std::string_view value) {
  return SqlError{1231, "42000", fmt::format("Variable '{}' can't be set to the value of '{}'", name, value)};
}

SqlError WrongType(std::string_view name) {
  return SqlError{1232, "42000", fmt::format("Incorrect argument type to variable '{}'", name)};
}

std::vector<std::string_view> WordsOf(const VariableDef& def) { return SplitAtCommas(def.words); }

// --- Fields ---------------------------------------------------------------------------------------

bool SystemVariables::*BoolField(std::string_view name) {
  if (name == "transaction_read_only") return &SystemVariables::is_read_only;
  if (name == "autocommit") return &SystemVariables::autocommit;
  if (name == "foreign_key_checks") return &SystemVariables::foreign_key_checks;
  if (name == "unique_checks") return &SystemVariables::unique_checks;
  if (name == "innodb_snapshot_isolation") return &SystemVariables::innodb_snapshot_isolation;
  if (name == "innodb_deadlock_detect") return &SystemVariables::innodb_deadlock_detect;
  if (name == "innodb_rollback_on_timeout") return &SystemVariables::innodb_rollback_on_timeout;
  return nullptr;
}

std::int64_t SystemVariables::*NumberField(std::string_view name) {
  if (name == "innodb_lock_wait_timeout") return &SystemVariables::innodb_lock_wait_timeout_s;
  if (name == "lock_wait_timeout") return &SystemVariables::lock_wait_timeout_s;
  if (name == "auto_increment_increment") return &SystemVariables::auto_increment_increment;
  if (name == "auto_increment_offset") return &SystemVariables::auto_increment_offset;
  if (name == "innodb_autoinc_lock_mode") return &SystemVariables::innodb_autoinc_lock_mode;
  return nullptr;
}

// A value that was checked goes to its field, or among the others.
void Store(SystemVariables& variables, std::string_view name, const Value& value) {
  const std::string_view canonical = CanonicalName(name);
  if (canonical == "transaction_isolation") {
    const std::vector<std::string_view> levels = SplitAtCommas(kIsolationLevels);
    const auto found = std::find(levels.begin(), levels.end(), value.AsText());
    variables.isolation = static_cast<sql::IsolationLevel>(found - levels.begin());
  } else if (bool SystemVariables::*field = BoolField(canonical)) {
    variables.*field = value.AsInt() != 0;
  } else if (std::int64_t SystemVariables::*number = NumberField(canonical)) {
    variables.*number = value.AsInt();
  } else {
    variables.others.insert_or_assign(std::string(canonical), value);
  }
}

Value DefaultOf(const VariableDef& def) {
  if (def.kind != VariableKind::kBool && def.kind != VariableKind::kNumber) {
    return Value::Text(std::string(def.standard));
  }
  std::uint64_t number = 0;
  std::from_chars(def.standard.data(), def.standard.data() + def.standard.size(), number);
  if (number > static_cast<std::uint64_t>(INT64_MAX)) return Value::Unsigned(number);
  return Value::Int(static_cast<std::int64_t>(number));
}

// --- Checking a new value -------------------------------------------------------------------------

using Checked = std::variant<Value, SqlError>;

Checked CheckBool(const VariableDef& def, const Value& value) {
  if (IsWhole(value)) {
    const std::string text = value.ToText();
    if (text == "0" || text == "1") return Value::Int(text == "1" ? 1 : 0);
    return WrongValue(def.name, text);
  }
  if (value.kind() == ValueKind::kText) {
    const std::string& word = value.AsText();
    const bool is_on = IsSameWord(word, "on") || IsSameWord(word, "true");
    const bool is_off = IsSameWord(word, "off") || IsSameWord(word, "false");
    if (is_on || is_off) return Value::Int(is_on ? 1 : 0);
  }
  if (value.IsNull() || value.kind() == ValueKind::kText) return WrongValue(def.name, value.ToText());
  return WrongType(def.name);
}

Checked CheckNumber(const VariableDef& def, const Value& value, std::vector<Warning>* warnings) {
  if (!IsWhole(value)) return WrongType(def.name);
  const bool is_huge =
      value.kind() == ValueKind::kUnsigned && value.AsUnsigned() > static_cast<std::uint64_t>(INT64_MAX);
  const std::int64_t number = is_huge ? INT64_MAX
                              : value.kind() == ValueKind::kUnsigned
                                  ? static_cast<std::int64_t>(value.AsUnsigned())
                                  : value.AsInt();
  const std::int64_t kept = std::clamp(number, def.least, def.most);
  if (is_huge && def.most == kMost64) return value;
  if ((kept != number || is_huge) && warnings != nullptr) {
    warnings->push_back(
        Warning{1292, fmt::format("Truncated incorrect {} value: '{}'", def.name, value.ToText())});
  }
  return Value::Int(kept);
}

Checked CheckEnum(const VariableDef& def, const Value& value) {
  const std::vector<std::string_view> words = WordsOf(def);
  if (IsWhole(value)) {
    const std::string text = value.ToText();
    std::size_t place = 0;
    const std::from_chars_result read = std::from_chars(text.data(), text.data() + text.size(), place);
    if (read.ec == std::errc() && place < words.size()) return Value::Text(std::string(words[place]));
    return WrongValue(def.name, text);
  }
  if (!value.IsNull() && value.kind() != ValueKind::kText) return WrongType(def.name);
  for (const std::string_view word : words) {
    if (!value.IsNull() && IsSameWord(word, value.AsText())) return Value::Text(std::string(word));
  }
  return WrongValue(def.name, value.ToText());
}

// Modes that stand for several.
std::string_view ExpandMode(std::string_view mode) {
  if (mode == "ANSI") return "REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE";
  if (mode == "TRADITIONAL") {
    return "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
           "NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION";
  }
  return {};
}

Checked CheckWords(const VariableDef& def, const Value& value) {
  const std::vector<std::string_view> known = WordsOf(def);
  std::vector<bool> chosen(known.size());
  const auto choose = [&](std::string_view word) {
    const auto found = std::find(known.begin(), known.end(), word);
    if (found != known.end()) chosen[static_cast<std::size_t>(found - known.begin())] = true;
    return found != known.end();
  };
  if (IsWhole(value)) {
    const std::string text = value.ToText();
    std::uint64_t bits = 0;
    const std::from_chars_result read = std::from_chars(text.data(), text.data() + text.size(), bits);
    if (read.ec != std::errc() || bits >> known.size() != 0) return WrongValue(def.name, text);
    for (std::size_t i = 0; i < known.size(); ++i) chosen[i] = (bits >> i & 1U) != 0;
  } else if (value.kind() == ValueKind::kText) {
    for (const std::string_view part : SplitAtCommas(value.AsText())) {
      const std::string word = UpperWord(part);
      if (!choose(word)) return WrongValue(def.name, part);
      for (const std::string_view more : SplitAtCommas(ExpandMode(word))) choose(more);
    }
  } else {
    return value.IsNull() ? WrongValue(def.name, "NULL") : WrongType(def.name);
  }
  std::string result;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!chosen[i]) continue;
    if (!result.empty()) result += ',';
    result += known[i];
  }
  return Value::Text(std::move(result));
}

struct CharacterSetDef {
  std::string_view name;
  std::string_view collation;  // The default one.
};

constexpr auto kCharacterSets = std::to_array<CharacterSetDef>({
    {"utf8mb4", "utf8mb4_general_ci"},
    {"utf8mb3", "utf8mb3_general_ci"},
    {"utf8", "utf8mb3_general_ci"},
    {"latin1", "latin1_swedish_ci"},
    {"ascii", "ascii_general_ci"},
    {"binary", "binary"},
});

const CharacterSetDef* FindCharacterSet(std::string_view name) {
  const auto found = std::find_if(kCharacterSets.begin(), kCharacterSets.end(),
                                  [&](const CharacterSetDef& set) { return IsSameWord(set.name, name); });
  return found == kCharacterSets.end() ? nullptr : &*found;
}

SqlError UnknownCharacterSet(std::string_view name) {
  return SqlError{1115, "42000", fmt::format("Unknown character set: '{}'", name)};
}

Checked CheckCharacterSet(const VariableDef& def, const Value& value) {
  if (value.IsNull() && def.name == "character_set_results") return value;
  if (value.IsNull()) return WrongValue(def.name, "NULL");
  if (value.kind() != ValueKind::kText) return WrongType(def.name);
  const CharacterSetDef* set = FindCharacterSet(value.AsText());
  if (set == nullptr) return UnknownCharacterSet(value.AsText());
  return Value::Text(std::string(set->name == "utf8" ? "utf8mb3" : set->name));
}

bool IsCollationOf(std::string_view collation, std::string_view character_set) {
  return collation == character_set || collation.starts_with(fmt::format("{}_", character_set));
}

Checked CheckCollation(const VariableDef& def, const Value& value) {
  if (value.IsNull()) return WrongValue(def.name, "NULL");
  if (value.kind() != ValueKind::kText) return WrongType(def.name);
  const std::string name = LowerWord(value.AsText());
  for (const CharacterSetDef& set : kCharacterSets) {
    if (IsCollationOf(name, set.name)) return Value::Text(name);
  }
  return SqlError{1273, "HY000", fmt::format("Unknown collation: '{}'", value.AsText())};
}

// `SYSTEM`, or `+01:30` from -12:59 to +14:00. Named zones need tables that a fresh server lacks.
Checked CheckTimeZone(const VariableDef& def, const Value& value) {
  if (value.IsNull()) return WrongValue(def.name, "NULL");
  if (value.kind() != ValueKind::kText) return WrongType(def.name);
  const std::string& text = value.AsText();
  if (IsSameWord(text, "system")) return Value::Text("SYSTEM");
  const std::size_t colon = text.find(':');
  int hours = 0;
  int minutes = 0;
  const bool has_shape = text.size() >= 5 && (text[0] == '+' || text[0] == '-') &&
                         (colon == 2 || colon == 3) && text.size() == colon + 3;
  if (has_shape) {
    const char* begin = text.data();
    const std::from_chars_result hour = std::from_chars(begin + 1, begin + colon, hours);
    const std::from_chars_result minute = std::from_chars(begin + colon + 1, begin + text.size(), minutes);
    const bool is_number = hour.ptr == begin + colon && minute.ptr == begin + text.size() && minutes < 60;
    const int offset = hours * 60 + minutes;
    if (is_number && offset <= (text[0] == '+' ? 14 * 60 : 12 * 60 + 59)) {
      return Value::Text(fmt::format("{}{:02}:{:02}", text[0], hours, minutes));
    }
  }
  return SqlError{1298, "HY000", fmt::format("Unknown or incorrect time zone: '{}'", text)};
}

Checked CheckStorageEngine(const VariableDef& def, const Value& value) {
  if (value.IsNull()) return WrongValue(def.name, "NULL");
  if (value.kind() != ValueKind::kText) return WrongType(def.name);
  for (const std::string_view engine : {"InnoDB", "MyISAM"}) {
    if (IsSameWord(engine, value.AsText())) return Value::Text(std::string(engine));
  }
  return SqlError{1286, "42000", fmt::format("Unknown storage engine '{}'", value.AsText())};
}

Checked Check(const VariableDef& def, const Value& value, std::vector<Warning>* warnings) {
  switch (def.kind) {
    case VariableKind::kBool:
      return CheckBool(def, value);
    case VariableKind::kNumber:
      return CheckNumber(def, value, warnings);
    case VariableKind::kEnum:
      return CheckEnum(def, value);
    case VariableKind::kWords:
      return CheckWords(def, value);
    case VariableKind::kText:
      if (value.IsNull()) return WrongValue(def.name, "NULL");
      if (value.kind() != ValueKind::kText) return WrongType(def.name);
      return value;
    case VariableKind::kCharacterSet:
      return CheckCharacterSet(def, value);
    case VariableKind::kCollation:
      return CheckCollation(def, value);
    case VariableKind::kTimeZone:
      return CheckTimeZone(def, value);
    case VariableKind::kStorageEngine:
      return CheckStorageEngine(def, value);
  }
  return WrongType(def.name);
}

SqlError ReadOnlyVariable(std::string_view name) {
  return SqlError{1238, "HY000", fmt::format("Variable '{}' is a read only variable", name)};
}

}  // namespace

std::vector<std::string_view> VariableNames() {
  std::vector<std::string_view> names;
  for (const VariableDef& def : kVariables) names.push_back(def.name);
  return names;
}

VariableReach ReachOf(std::string_view name) {
  const VariableDef* def = FindVariable(name);
  if (def == nullptr) return VariableReach::kUnknown;
  switch (def->access) {
    case Access::kBoth:
      return VariableReach::kBoth;
    case Access::kGlobalOnly:
      return VariableReach::kGlobalOnly;
    case Access::kReadOnly:
      return def->name == "in_transaction" ? VariableReach::kSessionOnly : VariableReach::kGlobalOnly;
    case Access::kSessionOnly:
      return VariableReach::kSessionOnly;
  }
  return VariableReach::kUnknown;
}

StorageEngine SystemVariables::DefaultEngine() const {
  const auto value = Get("default_storage_engine");
  const Value* engine = std::get_if<Value>(&value);
  const bool is_myisam = engine != nullptr && IsSameWord(engine->ToText(), "myisam");
  return is_myisam ? StorageEngine::kMyIsam : StorageEngine::kInnoDb;
}

bool SystemVariables::LocksTablesInInnoDb() const {
  const auto value = Get("innodb_table_locks");
  const Value* is_on = std::get_if<Value>(&value);
  return is_on == nullptr || is_on->ToText() != "0";
}

bool SystemVariables::IsStrict() const {
  const auto set = others.find("sql_mode");
  // The default has STRICT_TRANS_TABLES.
  return set == others.end() || set->second.AsText().find("STRICT_") != std::string::npos;
}

std::variant<Value, SqlError> SystemVariables::Get(std::string_view name) const {
  const VariableDef* def = FindVariable(name);
  if (def == nullptr) return UnknownVariable(name);
  const std::string_view canonical = CanonicalName(name);
  if (canonical == "transaction_isolation") {
    const std::vector<std::string_view> levels = WordsOf(*def);
    return Value::Text(std::string(levels[static_cast<std::size_t>(isolation)]));
  }
  if (bool SystemVariables::*field = BoolField(canonical)) return Value::Bool(this->*field);
  if (std::int64_t SystemVariables::*field = NumberField(canonical)) return Value::Int(this->*field);
  const auto found = others.find(std::string(canonical));
  return found == others.end() ? DefaultOf(*def) : found->second;
}

bool SystemVariables::IsOn(std::string_view name) const { return GetAsShown(name) == "ON"; }

std::string SystemVariables::GetAsShown(std::string_view name) const {
  const VariableDef* def = FindVariable(name);
  const std::variant<Value, SqlError> value = Get(name);
  const std::string text = std::get<Value>(value).ToText();
  if (def->kind != kBool) return text;
  return text == "0" ? "OFF" : "ON";
}

std::optional<SqlError> SystemVariables::Set(std::string_view name, const Value& value,
                                             std::vector<Warning>* warnings) {
  const VariableDef* def = FindVariable(name);
  if (def != nullptr && def->access == Access::kReadOnly) return ReadOnlyVariable(name);
  return SetChecked(name, value, warnings);
}

std::optional<SqlError> SystemVariables::SetAtStart(std::string_view name, const Value& value) {
  std::vector<Warning> warnings;
  if (auto error = SetChecked(name, value, &warnings)) return error;
  if (warnings.empty()) return std::nullopt;
  return WrongValue(name, value.ToText());
}

std::optional<SqlError> SystemVariables::SetChecked(std::string_view name, const Value& value,
                                                    std::vector<Warning>* warnings) {
  const VariableDef* def = FindVariable(name);
  if (def == nullptr) return UnknownVariable(name);
  Checked checked = Check(*def, value, warnings);
  if (SqlError* error = std::get_if<SqlError>(&checked)) return std::move(*error);
  Store(*this, name, std::get<Value>(checked));
  // A character set brings its own collation.
  if (name == "character_set_connection" || name == "character_set_server" ||
      name == "character_set_database") {
    const CharacterSetDef* set = FindCharacterSet(std::get<Value>(checked).AsText());
    const std::string collation =
        fmt::format("collation_{}", name.substr(std::string_view("character_set_").size()));
    if (set != nullptr) Store(*this, collation, Value::Text(std::string(set->collation)));
  }
  return std::nullopt;
}

std::optional<SqlError> SystemVariables::SetToDefault(std::string_view name) {
  const VariableDef* def = FindVariable(name);
  if (def == nullptr) return UnknownVariable(name);
  if (def->access == Access::kReadOnly) return ReadOnlyVariable(name);
  Store(*this, name, DefaultOf(*def));
  others.erase(std::string(CanonicalName(name)));
  return std::nullopt;
}

std::optional<SqlError> SystemVariables::SetNames(std::string_view character_set,
                                                  std::string_view collation) {
  const CharacterSetDef* set = FindCharacterSet(character_set);
  if (set == nullptr) return UnknownCharacterSet(character_set);
  const std::string chosen = LowerWord(collation.empty() ? set->collation : collation);
  const std::string name(set->name == "utf8" ? "utf8mb3" : set->name);
  if (!IsCollationOf(chosen, name)) {
    return SqlError{1253, "42000",
                    fmt::format("COLLATION '{}' is not valid for CHARACTER SET '{}'", chosen, name)};
  }
  for (const std::string_view variable :
       {"character_set_client", "character_set_connection", "character_set_results"}) {
    Store(*this, variable, Value::Text(name));
  }
  Store(*this, "collation_connection", Value::Text(chosen));
  return std::nullopt;
}

void SystemVariables::PutInto(Canonical& canonical) const {
  canonical.Put(static_cast<std::uint64_t>(isolation));
  for (const bool flag : {is_read_only, autocommit, foreign_key_checks, unique_checks,
                          innodb_snapshot_isolation, innodb_deadlock_detect, innodb_rollback_on_timeout}) {
    canonical.Put(flag ? 1 : 0);
  }
  for (const std::int64_t number : {innodb_lock_wait_timeout_s, lock_wait_timeout_s, auto_increment_increment,
                                    auto_increment_offset, innodb_autoinc_lock_mode}) {
    canonical.PutSigned(number);
  }
  canonical.Put(others.size());
  for (const auto& [name, value] : others) {
    canonical.PutText(name);
    value.PutInto(canonical);
  }
}

std::optional<SqlError> CheckSetScope(std::string_view name, sql::VariableScope scope) {
  const VariableDef* def = FindVariable(name);
  if (def == nullptr) return UnknownVariable(name);
  const bool is_global = scope == sql::VariableScope::kGlobal;
  if (def->access == Access::kReadOnly) return ReadOnlyVariable(name);
  if (def->access == Access::kGlobalOnly && !is_global) {
    return SqlError{
        1229, "HY000",
        fmt::format("Variable '{}' is a GLOBAL variable and should be set with SET GLOBAL", name)};
  }
  if (def->access == Access::kSessionOnly && is_global) {
    return SqlError{
        1228, "HY000",
        fmt::format("Variable '{}' is a SESSION variable and can't be used with SET GLOBAL", name)};
  }
  return std::nullopt;
}

}  // namespace nextkey
