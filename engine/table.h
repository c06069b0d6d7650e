// A table's contents and the catalog of all tables.
//
// A Table is its definition, one tree an index, and the counters that survive a rollback. It
// offers storage only: who may see or change what is txn's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/cow.h"
#include "engine/index_tree.h"
#include "engine/schema.h"
#include "engine/table_statistics.h"

namespace nextkey {

struct Table {
  TableDefRef def;
  std::vector<IndexTree> trees;  // As def->indexes; [0] is the clustered one.
  std::uint64_t next_auto_increment = 1;
  std::uint64_t next_row_id = 1;  // Hidden row ids of MyISAM: places in its file. InnoDB's are the catalog's.
  std::vector<std::uint64_t> free_row_ids;  // Of deleted rows; a new row takes the last one.
  TrxId created_by;                         // A snapshot older than this answers error 1412.
  TableStatistics statistics;

  explicit Table(TableDefRef definition);
  Table() = default;

  const IndexTree& clustered() const { return trees[0]; }
  // MyISAM: where a new row goes, and what becomes of the place of one that goes.
  std::uint64_t TakeRowId();
  void FreeRowId(std::uint64_t id);
  void PutInto(Canonical& canonical) const;
};

// The stored row of index `index` for a clustered row.
Row EntryFor(const TableDef& table, const IndexDef& index, const Row& clustered_row);
// Whether that row is `entry`, or the same for both clustered rows.
bool IsEntryOf(const IndexDef& index, const Row& clustered_row, const Row& entry);
bool HaveSameEntry(const IndexDef& index, const Row& a, const Row& b);

// The whole clustered key inside a stored row of a secondary index.
KeyValues ClusteredKeyOf(const TableDef& table, const IndexDef& secondary, const Row& entry);

// As performance_schema.data_locks spells a record: the index's own columns, then those of the
// clustered key that are not among them, joined by `, `; texts and times in single quotes. Of a
// clustered record only the key; a hidden row id is `rowid:3`.
std::string LockData(const TableDef& table, const IndexDef& index, const Row& stored);

// Names are case-sensitive, as on Linux.
class Catalog {
 public:
  // The pointers are good until the catalog changes.
  const Table* Find(std::string_view name) const;
  const Table* Find(TableId id) const;
  Table* FindForWrite(TableId id);  // Clones the table when it is shared with another world.
  // All tables in the order of their ids.
  absl::InlinedVector<const Table*, 8> All() const;

  void Add(Table table);  // Requires: neither its id nor its name is taken.
  void Drop(TableId id);
  TableId NewTableId() { return TableId(next_table_++); }
  IndexId NewIndexId() { return IndexId(next_index_++); }
  // InnoDB's tables without a key share one counter (dict_sys_t::get_new_row_id).
  std::uint64_t NewRowId() { return next_row_id_++; }

  void PutInto(Canonical& canonical) const;
  void PutCountersInto(Canonical& canonical) const;  // The ids that come next.

 private:
  struct Slot {
    TableId id;
    Cow<Table> table;
  };
  using NameIndex = std::vector<std::pair<std::string, TableId>>;  // In the order of names.
  std::size_t PositionOf(TableId id) const;                        // tables_.size() where there is none.

  std::vector<Slot> tables_;  // In the order of ids.
  Cow<NameIndex> names_;      // Changed by DDL alone.
  std::uint32_t next_table_ = 1;
  std::uint32_t next_index_ = 1;
  std::uint64_t next_row_id_ = 1;
};

}  // namespace nextkey
