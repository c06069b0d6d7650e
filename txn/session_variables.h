// A session's variables: the system variables that MySQL users set, and the @variables.
//
// The ones that the server acts on are fields; the rest of the known ones (sql_mode, names, …) are
// kept and given back without an effect. All spellings are MySQL's and MariaDB's:
// transaction_isolation and tx_isolation are one variable.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/fingerprint.h"
#include "engine/value.h"
#include "txn/result.h"
#include "txn/sql/ast.h"

namespace nextkey {

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
  std::map<std::string, Value> others;  // Known, set and without an effect.

  // Error 1193 for an unknown name; `name` in lower case.
  std::variant<Value, SqlError> Get(std::string_view name) const;
  // Errors 1193, 1231 (wrong value), 1232 (wrong type), 1238 (read-only variable).
  std::optional<SqlError> Set(std::string_view name, const Value& value);
  std::optional<SqlError> SetToDefault(std::string_view name);

  void PutInto(Canonical& canonical) const;
};

using UserVariables = std::map<std::string, Value>;  // Names in lower case, without the @.

}  // namespace nextkey
