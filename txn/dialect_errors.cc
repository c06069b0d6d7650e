#include "txn/dialect_errors.h"

#include "fmt/format.h"
#include "txn/errors.h"

namespace nextkey::errors {

SqlError LockNotAvailable(const Dialect& dialect) {
  if (dialect.wait_errors == WaitErrors::kShared) return LockWaitTimeout();
  return MakeError(3572, "HY000",
                   "Statement aborted because lock(s) could not be acquired immediately and NOWAIT is set.");
}

SqlError UserLockDeadlock(const Dialect& dialect) {
  if (dialect.wait_errors == WaitErrors::kShared) return Deadlock();
  return MakeError(3058, "HY000",
                   "Deadlock found when trying to get user-level lock; try rolling back "
                   "transaction/releasing locks and restarting lock acquisition.");
}

SqlError UserLockName(std::string_view name) {
  return MakeError(3057, "42000", fmt::format("Incorrect user-level lock name '{}'.", name));
}

SqlError DuplicateEntry(const Dialect& dialect, const TableDef& table, std::size_t index,
                        std::string_view key) {
  const std::string& name = table.indexes[index].name;
  if (dialect.key_naming == KeyNaming::kIndex) return DuplicateEntry(key, name);
  return DuplicateEntry(key, fmt::format("{}.{}", table.name, name));
}

SqlError CheckFailed(const Dialect& dialect, std::string_view check, std::string_view table) {
  if (dialect.check_error == 4025) return CheckFailed(check, table);
  return MakeError(dialect.check_error, "HY000", fmt::format("Check constraint '{}' is violated.", check));
}

}  // namespace nextkey::errors
