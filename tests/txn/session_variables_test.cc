// SET and SELECT of system variables: values, errors and warnings are a MariaDB 10.11 server's.
#include "txn/session_variables.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace nextkey {
namespace {

Value Word(std::string_view word) { return Value::Text(std::string(word)); }

// What SELECT @@name shows after SET name = value, or the error; warnings behind.
std::string Set(SystemVariables& variables, std::string_view name, const Value& value) {
  std::vector<Warning> warnings;
  if (const std::optional<SqlError> error = variables.Set(name, value, &warnings)) {
    return fmt::format("ERROR {}: {}", error->number, error->message);
  }
  std::string text = std::get<Value>(variables.Get(name)).ToText();
  for (const Warning& warning : warnings) text += fmt::format("  ! {} {}", warning.number, warning.message);
  return text;
}

std::string Shown(const SystemVariables& variables, std::string_view name) {
  return std::get<Value>(variables.Get(name)).ToText();
}

TEST(SessionVariablesTest, ANewSessionHasTheServersDefaults) {
  struct Case {
    std::string_view name;
    std::string_view value;
  };
  constexpr Case kCases[] = {
      {"tx_isolation", "REPEATABLE-READ"},
      {"transaction_isolation", "REPEATABLE-READ"},
      {"tx_read_only", "0"},
      {"autocommit", "1"},
      {"innodb_lock_wait_timeout", "50"},
      {"lock_wait_timeout", "86400"},
      {"foreign_key_checks", "1"},
      {"unique_checks", "1"},
      {"innodb_snapshot_isolation", "0"},
      {"auto_increment_increment", "1"},
      {"auto_increment_offset", "1"},
      {"innodb_deadlock_detect", "1"},
      {"innodb_autoinc_lock_mode", "1"},
      {"innodb_rollback_on_timeout", "0"},
      {"sql_safe_updates", "0"},
      {"max_connections", "151"},
      {"wait_timeout", "28800"},
      {"character_set_client", "utf8mb4"},
      {"collation_connection", "utf8mb4_general_ci"},
      {"character_set_system", "utf8mb3"},
      {"innodb_page_size", "16384"},
      {"max_allowed_packet", "16777216"},
      {"sql_select_limit", "18446744073709551615"},
      {"completion_type", "NO_CHAIN"},
      {"default_storage_engine", "InnoDB"},
      {"group_concat_max_len", "1048576"},
      {"innodb_deadlock_report", "full"},
      {"sql_mode",
       "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION"},
  };
  const SystemVariables variables;
  for (const auto& [name, value] : kCases) EXPECT_EQ(Shown(variables, name), value) << name;
  EXPECT_TRUE(variables.IsStrict());
}

TEST(SessionVariablesTest, SetChecksAndConverts) {
  struct Case {
    std::string_view name;
    Value value;
    std::string_view answer;
  };
  const Case kCases[] = {
      {"autocommit", Value::Int(2), "ERROR 1231: Variable 'autocommit' can't be set to the value of '2'"},
      {"autocommit", Value::Int(-1), "ERROR 1231: Variable 'autocommit' can't be set to the value of '-1'"},
      {"autocommit", Word("abc"), "ERROR 1231: Variable 'autocommit' can't be set to the value of 'abc'"},
      {"autocommit", Word(""), "ERROR 1231: Variable 'autocommit' can't be set to the value of ''"},
      {"autocommit", Value::Null(), "ERROR 1231: Variable 'autocommit' can't be set to the value of 'NULL'"},
      {"autocommit", Value::OfDecimal(Decimal{15, 1}),
       "ERROR 1232: Incorrect argument type to variable 'autocommit'"},
      {"autocommit", Word("on"), "1"},
      {"autocommit", Word("OFF"), "0"},
      {"autocommit", Value::Int(1), "1"},
      {"foreign_key_checks", Word("no"),
       "ERROR 1231: Variable 'foreign_key_checks' can't be set to the value of 'no'"},
      {"foreign_key_checks", Word("off"), "0"},
      {"unique_checks", Value::Int(3),
       "ERROR 1231: Variable 'unique_checks' can't be set to the value of '3'"},
      {"innodb_snapshot_isolation", Word("on"), "1"},
      {"tx_read_only", Value::Int(1), "1"},
      {"sql_safe_updates", Value::Int(1), "1"},
      {"tx_isolation", Word("read-committed"), "READ-COMMITTED"},
      {"tx_isolation", Word("READ COMMITTED"),
       "ERROR 1231: Variable 'tx_isolation' can't be set to the value of 'READ COMMITTED'"},
      {"tx_isolation", Value::Int(0), "READ-UNCOMMITTED"},
      {"tx_isolation", Value::Int(4), "ERROR 1231: Variable 'tx_isolation' can't be set to the value of '4'"},
      {"tx_isolation", Value::Null(),
       "ERROR 1231: Variable 'tx_isolation' can't be set to the value of 'NULL'"},
      {"tx_isolation", Value::OfDecimal(Decimal{10, 1}),
       "ERROR 1232: Incorrect argument type to variable 'tx_isolation'"},
      {"tx_isolation", Word("serializable"), "SERIALIZABLE"},
      {"innodb_lock_wait_timeout", Value::Int(0), "0"},
      {"innodb_lock_wait_timeout", Value::Int(200000000),
       "100000000  ! 1292 Truncated incorrect innodb_lock_wait_timeout value: '200000000'"},
      {"innodb_lock_wait_timeout", Value::Unsigned(18446744073709551615U),
       "100000000  ! 1292 Truncated incorrect innodb_lock_wait_timeout value: '18446744073709551615'"},
      {"innodb_lock_wait_timeout", Value::Int(-1),
       "0  ! 1292 Truncated incorrect innodb_lock_wait_timeout value: '-1'"},
      {"innodb_lock_wait_timeout", Word("5"),
       "ERROR 1232: Incorrect argument type to variable 'innodb_lock_wait_timeout'"},
      {"innodb_lock_wait_timeout", Value::Double(1),
       "ERROR 1232: Incorrect argument type to variable 'innodb_lock_wait_timeout'"},
      {"innodb_lock_wait_timeout", Value::Null(),
       "ERROR 1232: Incorrect argument type to variable 'innodb_lock_wait_timeout'"},
      {"lock_wait_timeout", Value::Int(-5), "0  ! 1292 Truncated incorrect lock_wait_timeout value: '-5'"},
      {"lock_wait_timeout", Value::Int(100000000),
       "31536000  ! 1292 Truncated incorrect lock_wait_timeout value: '100000000'"},
      {"auto_increment_increment", Value::Int(0),
       "1  ! 1292 Truncated incorrect auto_increment_increment value: '0'"},
      {"auto_increment_increment", Value::Int(70000),
       "65535  ! 1292 Truncated incorrect auto_increment_increment value: '70000'"},
      {"wait_timeout", Value::Int(0), "1  ! 1292 Truncated incorrect wait_timeout value: '0'"},
      {"max_heap_table_size", Value::Int(100),
       "16384  ! 1292 Truncated incorrect max_heap_table_size value: '100'"},
      {"group_concat_max_len", Value::Int(1),
       "4  ! 1292 Truncated incorrect group_concat_max_len value: '1'"},
      {"version", Word("x"), "ERROR 1238: Variable 'version' is a read only variable"},
      {"innodb_rollback_on_timeout", Value::Int(1),
       "ERROR 1238: Variable 'innodb_rollback_on_timeout' is a read only variable"},
      {"nosuch", Value::Int(1), "ERROR 1193: Unknown system variable 'nosuch'"},
      {"sql_mode", Word(""), ""},
      {"sql_mode", Word("ANSI_QUOTES,nosuch"),
       "ERROR 1231: Variable 'sql_mode' can't be set to the value of 'nosuch'"},
      {"sql_mode", Word("STRICT_ALL_TABLES, ANSI_QUOTES"),
       "ERROR 1231: Variable 'sql_mode' can't be set to the value of ' ANSI_QUOTES'"},
      {"sql_mode", Word("strict_trans_tables"), "STRICT_TRANS_TABLES"},
      {"sql_mode", Word("traditional"),
       "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
       "TRADITIONAL,"
       "NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION"},
      {"sql_mode", Word("ansi"), "REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,ANSI"},
      {"sql_mode", Value::Int(1), "REAL_AS_FLOAT"},
      {"sql_mode", Value::Int(-1), "ERROR 1231: Variable 'sql_mode' can't be set to the value of '-1'"},
      {"sql_mode", Value::Null(), "ERROR 1231: Variable 'sql_mode' can't be set to the value of 'NULL'"},
      {"completion_type", Word("chain"), "CHAIN"},
      {"completion_type", Value::Int(2), "RELEASE"},
      {"completion_type", Value::Int(3),
       "ERROR 1231: Variable 'completion_type' can't be set to the value of '3'"},
      {"binlog_format", Word("row"), "ROW"},
      {"time_zone", Word("+01:00"), "+01:00"},
      {"time_zone", Word("+5:30"), "+05:30"},
      {"time_zone", Word("+14:30"), "ERROR 1298: Unknown or incorrect time zone: '+14:30'"},
      {"time_zone", Word("Nowhere/X"), "ERROR 1298: Unknown or incorrect time zone: 'Nowhere/X'"},
      {"time_zone", Value::Int(5), "ERROR 1232: Incorrect argument type to variable 'time_zone'"},
      {"character_set_client", Word("nosuch"), "ERROR 1115: Unknown character set: 'nosuch'"},
      {"character_set_results", Value::Null(), "NULL"},
      {"collation_connection", Word("nosuch"), "ERROR 1273: Unknown collation: 'nosuch'"},
      {"collation_connection", Word("utf8mb4_bin"), "utf8mb4_bin"},
      {"default_storage_engine", Word("nosuch"), "ERROR 1286: Unknown storage engine 'nosuch'"},
      {"default_storage_engine", Word("myisam"), "MyISAM"},
  };
  SystemVariables variables;
  for (const auto& [name, value, answer] : kCases) {
    EXPECT_EQ(Set(variables, name, value), answer) << name << " = " << value.ToText();
  }
}

TEST(SessionVariablesTest, SpellingsOfOneVariableAreOne) {
  SystemVariables variables;
  EXPECT_EQ(Set(variables, "transaction_isolation", Word("SERIALIZABLE")), "SERIALIZABLE");
  EXPECT_EQ(variables.isolation, sql::IsolationLevel::kSerializable);
  EXPECT_EQ(Shown(variables, "tx_isolation"), "SERIALIZABLE");
  EXPECT_EQ(variables.SetToDefault("tx_isolation"), std::nullopt);
  EXPECT_EQ(Shown(variables, "transaction_isolation"), "REPEATABLE-READ");
}

TEST(SessionVariablesTest, NamesSetsFourVariables) {
  SystemVariables variables;
  EXPECT_EQ(variables.SetNames("latin1"), std::nullopt);
  EXPECT_EQ(Shown(variables, "character_set_results"), "latin1");
  EXPECT_EQ(Shown(variables, "collation_connection"), "latin1_swedish_ci");
  EXPECT_EQ(variables.SetNames("utf8mb4", "utf8mb4_bin"), std::nullopt);
  EXPECT_EQ(Shown(variables, "collation_connection"), "utf8mb4_bin");
  EXPECT_EQ(variables.SetNames("nosuch")->message, "Unknown character set: 'nosuch'");
  EXPECT_EQ(variables.SetNames("utf8mb4", "latin1_bin")->message,
            "COLLATION 'latin1_bin' is not valid for CHARACTER SET 'utf8mb4'");
}

TEST(SessionVariablesTest, AScopeMustFit) {
  using enum sql::VariableScope;
  const auto check = [](std::string_view name, sql::VariableScope scope) {
    const std::optional<SqlError> error = CheckSetScope(name, scope);
    return error ? fmt::format("{}: {}", error->number, error->message) : "";
  };
  EXPECT_EQ(check("innodb_deadlock_detect", kSession),
            "1229: Variable 'innodb_deadlock_detect' is a GLOBAL variable and should be set with SET GLOBAL");
  EXPECT_EQ(check("innodb_deadlock_detect", kGlobal), "");
  EXPECT_EQ(check("innodb_autoinc_lock_mode", kGlobal),
            "1238: Variable 'innodb_autoinc_lock_mode' is a read only variable");
  EXPECT_EQ(check("last_insert_id", kGlobal),
            "1228: Variable 'last_insert_id' is a SESSION variable and can't be used with SET GLOBAL");
  EXPECT_EQ(check("nosuch", kSession), "1193: Unknown system variable 'nosuch'");
  EXPECT_EQ(check("autocommit", kGlobal), "");
}

// Equal settings leave equal bytes, however they came about.
TEST(SessionVariablesTest, DefaultsLeaveNoTrace) {
  SystemVariables changed;
  EXPECT_EQ(Set(changed, "sql_mode", Word("")), "");
  EXPECT_EQ(Set(changed, "autocommit", Value::Int(0)), "0");
  EXPECT_EQ(changed.SetToDefault("sql_mode"), std::nullopt);
  EXPECT_EQ(changed.SetToDefault("autocommit"), std::nullopt);
  Canonical a;
  Canonical b;
  changed.PutInto(a);
  SystemVariables().PutInto(b);
  EXPECT_EQ(a.bytes(), b.bytes());
}

}  // namespace
}  // namespace nextkey
