// The errors whose number or text is not the same on every server.
#pragma once

#include <string_view>

#include "engine/schema.h"
#include "txn/dialect.h"
#include "txn/result.h"

namespace nextkey::errors {

// A lock that NOWAIT would have had to wait for: 1205, or MySQL's 3572.
SqlError LockNotAvailable(const Dialect& dialect);
// A circle of named locks: 1213, or MySQL's 3058.
SqlError UserLockDeadlock(const Dialect& dialect);
// MySQL's 3057; NULL is printed as such.
SqlError UserLockName(std::string_view name);
// 1062; MySQL names the table with the key.
SqlError DuplicateEntry(const Dialect& dialect, const TableDef& table, std::size_t index,
                        std::string_view key);
// 4025, or MySQL's 3819.
SqlError CheckFailed(const Dialect& dialect, std::string_view check, std::string_view table);

}  // namespace nextkey::errors
