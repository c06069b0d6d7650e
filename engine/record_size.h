// How many bytes a record takes on an InnoDB page: row format DYNAMIC, character set utf8mb4.
//
// Source: MariaDB 10.11, storage/innobase/rem/rem0rec.cc (rec_get_converted_size) and
// include/rem0rec.h; MySQL manual, "InnoDB Row Formats" and "Data Type Storage Requirements".
#pragma once

#include <cstdint>
#include <vector>

#include "engine/row.h"
#include "engine/schema.h"

namespace nextkey {

// Bytes of a column of fixed length; 0 for the others.
std::uint32_t FixedBytes(const ColumnType& type);

// The least that a clustered record can take, as InnoDB reckons it (dict_index_calc_min_rec_len).
std::uint32_t MinimalRecordBytes(const TableDef& table);

class RecordSize {
 public:
  RecordSize(const TableDef& table, const IndexDef& index);

  std::uint32_t BytesOf(const Row& stored) const;
  // Whether one of two versions of a record has a longer field, or NULL where the other one has none
  // (row_upd_changes_field_size_or_external).
  bool HasFieldOfOtherSize(const Row& a, const Row& b) const;

 private:
  struct Field {
    std::uint32_t fixed_bytes = 0;  // Of a column of fixed length.
    std::uint32_t padded_to = 0;    // CHAR: filled with spaces up to this many bytes.
    bool is_variable = false;
    bool has_long_length = false;  // May be longer than 255 bytes.
  };

  std::uint32_t VariableBytes(const Field& field, const Value& value) const;

  std::uint32_t base_bytes_ = 0;  // Header, NULL bits, system columns.
  std::vector<Field> fields_;
};

}  // namespace nextkey
