// The tables that a statement opens: those that it names, then those that refer to the written ones.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/table.h"
#include "txn/named_table.h"
#include "txn/sql/ast.h"

namespace nextkey {

// Good as long as the statement.
class OpenedTables {
 public:
  OpenedTables(const Catalog& catalog, const sql::Statement& statement);

  std::size_t size() const { return named_.size() + referring_.size(); }
  const NamedTable& operator[](std::size_t at) const {
    return at < named_.size() ? named_[at] : referring_[at - named_.size()];
  }

 private:
  bool Has(const NamedTable& table) const;  // In the same mode.

  const std::vector<NamedTable>& named_;
  std::vector<NamedTable> referring_;
};

}  // namespace nextkey
