// Which server is simulated, as a value: its locking rules, and what else servers do differently.
//
// A Dialect stands beside the world and never changes while it runs; the world refers to it and writes its
// name into its canonical bytes. Two dialects of one name are equal. A test that wants a server with one
// rule off makes a copy with another name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lockmgr/lock_table.h"
#include "txn/lock_rules.h"

namespace nextkey {

// What a refused request (NOWAIT) and a circle of named locks are answered with.
enum class WaitErrors : std::uint8_t {
  kShared,  // 1205 and 1213, as row locks.
  kOwn,     // 3572 and 3058.
};

// How error 1062 names the key.
enum class KeyNaming : std::uint8_t {
  kIndex,          // PRIMARY
  kTableAndIndex,  // t.PRIMARY
};

// What GET_LOCK and its like make of names.
enum class NamedLocks : std::uint8_t {
  kAsWritten,  // '' and NULL name no lock: the functions answer NULL.
  kFolded,     // Without regard to case, 64 characters at most; error 3057 else. A NULL time-out is 0.
};

struct Dialect {
  std::string name;
  LockRules rules;
  WaitErrors wait_errors = WaitErrors::kShared;
  KeyNaming key_naming = KeyNaming::kIndex;
  NamedLocks named_locks = NamedLocks::kAsWritten;
  int check_error = 4025;                     // Of a CHECK constraint.
  std::int64_t lock_wait_timeout_s = 86'400;  // Default: a day; MySQL: a year.
  std::int64_t innodb_autoinc_lock_mode = 1;
  QueueOrder queue_order = QueueOrder::kByCreation;

  Dialect() : Dialect(MariaDb1011()) {}
  static Dialect MariaDb1011();
  static Dialect MySql84();

  RuleCell Cell(LockRule rule, sql::IsolationLevel isolation) const {
    return rules[static_cast<std::size_t>(rule)].At(ColumnOf(isolation));
  }
  bool Applies(LockRule rule, sql::IsolationLevel isolation) const {
    return Cell(rule, isolation) != RuleCell::kNothing;
  }

  // The same server, but for one cell. It has another name.
  Dialect With(LockRule rule, RuleColumn column, RuleCell cell) const;

 private:
  explicit Dialect(std::string server) : name(std::move(server)), rules() {}
};

// By name; absent where there is no such server.
std::optional<Dialect> FindDialect(std::string_view name);
std::vector<std::string_view> DialectNames();

}  // namespace nextkey
