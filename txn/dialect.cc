#include "txn/dialect.h"

#include "fmt/format.h"

namespace nextkey {

Dialect::Dialect() {
  for (const LockRuleLine& line : LockRuleTable()) rules[static_cast<std::size_t>(line.rule)] = line.mariadb;
}

Dialect Dialect::With(LockRule rule, RuleColumn column, RuleCell cell) const {
  Dialect changed = *this;
  changed.rules[static_cast<std::size_t>(rule)].At(column) = cell;
  changed.name += fmt::format(", {} {}: {}", LineOf(rule).name,
                              column == RuleColumn::kRepeatableRead ? "RR" : "RC", RuleCellName(cell));
  return changed;
}

}  // namespace nextkey
