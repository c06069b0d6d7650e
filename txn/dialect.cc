#include "txn/dialect.h"

#include "fmt/format.h"

namespace nextkey {

constexpr std::string_view kMariaDb = "mariadb-10.11";
constexpr std::string_view kMySql = "mysql-8.4";

Dialect Dialect::MariaDb1011() {
  Dialect dialect{std::string(kMariaDb)};
  for (const LockRuleLine& line : LockRuleTable())
    dialect.rules[static_cast<std::size_t>(line.rule)] = line.mariadb;
  return dialect;
}

Dialect Dialect::MySql84() {
  Dialect dialect{std::string(kMySql)};
  for (const LockRuleLine& line : LockRuleTable())
    dialect.rules[static_cast<std::size_t>(line.rule)] = line.mysql;
  dialect.wait_errors = WaitErrors::kOwn;
  dialect.key_naming = KeyNaming::kTableAndIndex;
  dialect.named_locks = NamedLocks::kFolded;
  dialect.check_error = 3819;
  dialect.lock_wait_timeout_s = 31'536'000;
  dialect.innodb_autoinc_lock_mode = 2;
  dialect.queue_order = QueueOrder::kGrantedFirst;
  return dialect;
}

Dialect Dialect::With(LockRule rule, RuleColumn column, RuleCell cell) const {
  Dialect changed = *this;
  changed.rules[static_cast<std::size_t>(rule)].At(column) = cell;
  changed.name += fmt::format(", {} {}: {}", LineOf(rule).name,
                              column == RuleColumn::kRepeatableRead ? "RR" : "RC", RuleCellName(cell));
  return changed;
}

std::optional<Dialect> FindDialect(std::string_view name) {
  if (name == kMariaDb) return Dialect::MariaDb1011();
  if (name == kMySql) return Dialect::MySql84();
  return std::nullopt;
}

std::vector<std::string_view> DialectNames() { return {kMariaDb, kMySql}; }

}  // namespace nextkey
