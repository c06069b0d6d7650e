// A session's variables: the system variables that MySQL users set, and the @variables.
//
// The ones that the server acts on are fields; the rest of the known ones (sql_mode, names, …) are
// kept and given back without an effect. All spellings are MySQL's and MariaDB's:
// transaction_isolation and tx_isolation are one variable. Values and defaults are MariaDB 10.11's.
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/fingerprint.h"
#include "engine/value.h"
#include "txn/result.h"
#include "txn/sql/ast.h"

namespace nextkey {

// Where a variable can be read and set.
enum class VariableReach : std::uint8_t {
  kBoth,        // A session's own value, and a global one for sessions to come.
  kGlobalOnly,  // innodb_deadlock_detect: only the server's SystemVariables count.
  kSessionOnly,
  kUnknown,  // No such variable.
};

// All known names, in order.
std::vector<std::string_view> VariableNames();

// `name` in lower case.
VariableReach ReachOf(std::string_view name);

struct SystemVariables {
  sql::IsolationLevel isolation = sql::IsolationLevel::kRepeatableRead;
  bool is_read_only = false;  // transaction_read_only
  bool autocommit = true;
  std::int64_t innodb_lock_wait_timeout_s = 50;
  std::int64_t lock_wait_timeout_s = 86400;  // MariaDB's default.
  bool foreign_key_checks = true;
  bool unique_checks = true;
  bool innodb_snapshot_isolation = false;
  std::int64_t auto_increment_increment = 1;
  std::int64_t auto_increment_offset = 1;
  // Of the global ones:
  bool innodb_deadlock_detect = true;
  std::int64_t innodb_autoinc_lock_mode = 1;
  bool innodb_rollback_on_timeout = false;
  std::map<std::string, Value> others;  // Known, set and without an effect.

  // Whether sql_mode makes wrong values errors.
  bool IsStrict() const;
  StorageEngine DefaultEngine() const;  // default_storage_engine
  bool LocksTablesInInnoDb() const;     // innodb_table_locks

  // Error 1193 for an unknown name; `name` in lower case.
  std::variant<Value, SqlError> Get(std::string_view name) const;
  bool IsOn(std::string_view name) const;  // Requires: it is known, and a yes or no.
  // As SHOW VARIABLES prints it: `ON`, `50`. Requires: it is known.
  std::string GetAsShown(std::string_view name) const;
  // Errors 1193, 1231 (wrong value), 1232 (wrong type), 1238 (read-only variable), 1115, 1273, 1298.
  // A number out of range becomes the nearest one, with warning 1292.
  std::optional<SqlError> Set(std::string_view name, const Value& value,
                              std::vector<Warning>* warnings = nullptr);
  // The same for a server that starts: variables that can't be changed afterwards can be set as well.
  std::optional<SqlError> SetAtStart(std::string_view name, const Value& value);
  std::optional<SqlError> SetToDefault(std::string_view name);
  // SET NAMES: the three character sets and the connection's collation.
  std::optional<SqlError> SetNames(std::string_view character_set, std::string_view collation = {});

  void PutInto(Canonical& canonical) const;

 private:
  std::optional<SqlError> SetChecked(std::string_view name, const Value& value,
                                     std::vector<Warning>* warnings);
};

// Whether SET may address the variable in this scope, before its value is looked at: 1193, 1229
// (global variable), 1228 (session variable), 1238 (read only).
std::optional<SqlError> CheckSetScope(std::string_view name, sql::VariableScope scope);

using UserVariables = boost::container::flat_map<std::string, Value>;  // Names in lower case, without the @.

}  // namespace nextkey
