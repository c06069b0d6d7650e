// How long a key and a row are in the server's own memory: what it compares when it looks for the shortest
// index to scan (find_shortest_key and handler::keyread_time in MariaDB 10.11). Not the size on a page: see
// engine/record_size.h for that.
#pragma once

#include <cstdint>

#include "engine/schema.h"

namespace nextkey {

// What scanning the whole index costs per row, in bytes: the clustered index holds whole rows, a secondary
// one its key and the clustered key.
std::uint32_t ScannedBytes(const TableDef& table, std::uint32_t index);

}  // namespace nextkey
