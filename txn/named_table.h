// A table as a statement names it, and what the statement wants of it: for metadata locks, LOCK TABLES'
// rules and MyISAM's table locks.
#pragma once

#include <string>

#include "lockmgr/metadata_locks.h"

namespace nextkey {

struct NamedTable {
  std::string name;
  std::string alias;
  MdlMode mode = MdlMode::kSharedRead;
  bool is_written = false;
  bool is_read_for_write = false;  // Read by a statement that writes: MyISAM then keeps inserts off.
  std::string system_schema = {};  // Of a system table, in lower case; empty for all others.
  std::string argument = {};       // TableReference::argument.

  bool IsSystem() const { return !system_schema.empty(); }
};

}  // namespace nextkey
