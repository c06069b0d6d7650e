// What a table looks like: columns, indexes, foreign keys. Plain data, shared and never changed
// once made: ALTER TABLE makes a new TableDef.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ids.h"
#include "engine/value.h"

namespace nextkey {

enum class TypeKind : std::uint8_t {
  kTinyInt,
  kSmallInt,
  kMediumInt,
  kInt,
  kBigInt,
  kDecimal,
  kFloat,
  kDouble,
  kChar,
  kVarchar,
  kText,
  kDate,
  kDateTime,
  kTimestamp,
  kTime,
};

struct ColumnType {
  TypeKind kind = TypeKind::kInt;
  bool is_unsigned = false;
  std::uint32_t length = 0;  // CHAR and VARCHAR: characters. DECIMAL: digits in all.
  std::uint8_t scale = 0;    // DECIMAL: digits behind the point. Times: digits of the second.
  Collation collation = Collation::kGeneralCi;

  friend bool operator==(const ColumnType&, const ColumnType&) = default;
};

// CHAR, VARCHAR and TEXT: compared by a collation.
inline bool IsText(const ColumnType& type) {
  return type.kind == TypeKind::kChar || type.kind == TypeKind::kVarchar || type.kind == TypeKind::kText;
}

enum class DefaultKind : std::uint8_t {
  kNone,  // NOT NULL without a default: error 1364 in strict mode.
  kValue,
  kCurrentTimestamp,
};

struct ColumnDef {
  std::string name;
  ColumnType type;
  bool is_nullable = true;
  bool is_auto_increment = false;
  DefaultKind default_kind = DefaultKind::kValue;
  Value default_value;  // Already of the column's type.
  bool on_update_current_timestamp = false;
};

struct KeyPart {
  std::uint32_t column = 0;  // Position in TableDef::columns.
  bool is_descending = false;
};

// An index as the engine keeps it. The clustered index stores whole rows (all columns in table
// order, then the hidden row id where there is no key to cluster by); a secondary index stores its
// own columns and then those of the clustered key that are not among them. A unique secondary index
// is unique over its declared parts, where none of them is NULL; its order is that of all stored
// columns.
struct IndexDef {
  IndexId id;
  std::string name;  // `PRIMARY`, `GEN_CLUST_INDEX` or the user's.
  bool is_clustered = false;
  bool is_unique = false;
  std::vector<KeyPart> parts;  // As declared; for GEN_CLUST_INDEX the hidden row id's position.

  // Derived by TableDef::Finish.
  std::vector<std::uint32_t> stored_columns;  // Table column of each stored value.
  std::vector<std::uint32_t> key_positions;   // Positions in the stored row, in key order; for a
                                              // secondary index all of them.
};

enum class ReferenceAction : std::uint8_t { kRestrict, kNoAction, kCascade, kSetNull };

struct ForeignKeyDef {
  std::string name;                    // `child_ibfk_1` where the user gave none.
  std::vector<std::uint32_t> columns;  // Of this table.
  std::string parent_table;
  std::vector<std::string> parent_columns;
  ReferenceAction on_delete = ReferenceAction::kRestrict;
  ReferenceAction on_update = ReferenceAction::kRestrict;
};

struct CheckDef {
  std::string name;
  std::string expression;  // SQL text; txn parses it.
};

enum class StorageEngine : std::uint8_t {
  kInnoDb,
  kMyIsam,
  kSystem,  // Made up when a statement opens it, as information_schema's are; neither locked nor kept.
};

struct TableDef {
  TableId id;
  std::string name;
  StorageEngine engine = StorageEngine::kInnoDb;
  std::vector<ColumnDef> columns;
  std::vector<IndexDef> indexes;  // The clustered one first (also for MyISAM: its own row order).
  std::vector<ForeignKeyDef> foreign_keys;
  std::vector<CheckDef> checks;
  std::string comment;

  bool HasHiddenRowId() const { return indexes[0].name == "GEN_CLUST_INDEX"; }
  // The position of the hidden row id in a stored row. Requires: HasHiddenRowId().
  std::uint32_t HiddenRowIdPosition() const { return static_cast<std::uint32_t>(columns.size()); }

  std::optional<std::uint32_t> FindColumn(std::string_view name) const;  // Case-insensitive.
  const IndexDef* FindIndex(std::string_view name) const;                // Case-insensitive.

  // The order in which CREATE TABLE makes the indexes: PRIMARY, unique ones over NOT NULL columns,
  // other unique ones, the rest; each as declared. Rows go into the indexes, and duplicates are
  // found, in this order. To be called before index ids are given; an index that ALTER TABLE adds
  // in place goes behind the others. Source: MariaDB, sql/sql_table.cc, sort_keys.
  void SortIndexesAsCreateTable();

  // Chooses the clustered index as InnoDB does (PRIMARY, else the first UNIQUE over NOT NULL
  // columns, else a hidden row id), puts it first, and fills in the derived fields. Columns of the
  // primary key become NOT NULL. A GEN_CLUST_INDEX is added where none is given; its id is then 0
  // and to be filled in by the caller (`if (def.indexes[0].id.IsNull()) ...`). Requires: every
  // index has its parts. May be called again, as after ALTER TABLE.
  void Finish();

  void PutInto(Canonical& canonical) const;
};

using TableDefRef = std::shared_ptr<const TableDef>;

}  // namespace nextkey
