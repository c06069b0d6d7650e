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

#include "txn/lock_rules.h"

namespace nextkey {

struct Dialect {
  std::string name = "mariadb-10.11";
  LockRules rules;

  Dialect();  // MariaDB 10.11.

  RuleCell Cell(LockRule rule, sql::IsolationLevel isolation) const {
    return rules[static_cast<std::size_t>(rule)].At(ColumnOf(isolation));
  }
  bool Applies(LockRule rule, sql::IsolationLevel isolation) const {
    return Cell(rule, isolation) != RuleCell::kNothing;
  }

  // The same server, but for one cell.
  Dialect With(LockRule rule, RuleColumn column, RuleCell cell) const;
};

}  // namespace nextkey
