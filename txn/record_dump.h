// A record as InnoDB's monitor prints it: field by field, in hexadecimal and as text.
//
// The bytes are those that a server stores for the same values. Only the roll pointer is made up, as there
// is no undo log: it is all zeros.
#pragma once

#include <string>
#include <string_view>

#include "engine/index_tree.h"
#include "engine/schema.h"

namespace nextkey {

// `PHYSICAL RECORD: n_fields 2; ..` and a line a field.
std::string RecordText(const TableDef& table, const IndexDef& index, const Record& record);

// `DATA TUPLE: 2 fields;` and a line a field: an entry that `writer` was about to store, or to take away.
std::string TupleText(const TableDef& table, const IndexDef& index, const Row& stored, TrxId writer);

// The supremum, as the monitor prints it.
std::string_view SupremumText();

}  // namespace nextkey
