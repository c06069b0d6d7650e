// A table's definition as SHOW CREATE TABLE writes it, and the words it shares with other listings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/table.h"

namespace nextkey {

std::string CreateTableText(const Table& table);

std::string_view EngineName(StorageEngine engine);
std::string_view CollationName(Collation collation);
// `5`, `'x'`, `NULL`.
std::string DefaultText(const Value& value);
// Without a hidden clustered index, in the server's order: PRIMARY, unique ones over NOT NULL columns,
// other unique ones, the rest.
std::vector<const IndexDef*> IndexesAsListed(const TableDef& def);

}  // namespace nextkey
