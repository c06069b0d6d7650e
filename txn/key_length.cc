#include "txn/key_length.h"

#include <array>

namespace nextkey {
namespace {

constexpr std::uint32_t kBytesPerCharacter = 4;  // utf8mb4
constexpr std::uint32_t kHiddenRowIdBytes = 6;
constexpr std::uint32_t kTextBytes = 10;  // Length and pointer.

// Of nine digits four bytes, of fewer as many as they need (my_decimal_get_binary_size).
std::uint32_t DecimalBytes(std::uint32_t digits) {
  constexpr std::array<std::uint32_t, 10> kBytes = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
  return digits / 9 * 4 + kBytes[digits % 9];
}

std::uint32_t FractionBytes(const ColumnType& type) { return (type.scale + 1U) / 2; }

// Without what says how long the value is.
std::uint32_t ValueBytes(const ColumnType& type) {
  switch (type.kind) {
    case TypeKind::kTinyInt:
      return 1;
    case TypeKind::kSmallInt:
      return 2;
    case TypeKind::kMediumInt:
    case TypeKind::kDate:
      return 3;
    case TypeKind::kInt:
    case TypeKind::kFloat:
      return 4;
    case TypeKind::kBigInt:
    case TypeKind::kDouble:
      return 8;
    case TypeKind::kDecimal:
      return DecimalBytes(type.length - type.scale) + DecimalBytes(type.scale);
    case TypeKind::kChar:
    case TypeKind::kVarchar:
      return type.length * kBytesPerCharacter;
    case TypeKind::kText:
      return kTextBytes;
    case TypeKind::kDateTime:
      return 5 + FractionBytes(type);
    case TypeKind::kTimestamp:
      return 4 + FractionBytes(type);
    case TypeKind::kTime:
      return 3 + FractionBytes(type);
  }
  return 0;
}

std::uint32_t RowBytes(const TableDef& table) {
  std::uint32_t bytes = 0;
  std::uint32_t null_bits = 0;
  bool has_variable_length = false;
  for (const ColumnDef& column : table.columns) {
    bytes += ValueBytes(column.type);
    null_bits += column.is_nullable ? 1 : 0;
    has_variable_length |= column.type.kind == TypeKind::kText;
    if (column.type.kind == TypeKind::kVarchar) {
      bytes += column.type.length * kBytesPerCharacter < 256 ? 1 : 2;
      has_variable_length = true;
    }
  }
  if (!has_variable_length) ++null_bits;  // A row of fixed length has a bit that marks it as deleted.
  return bytes + (null_bits + 7) / 8;
}

std::uint32_t KeyBytes(const TableDef& table, const IndexDef& index) {
  std::uint32_t bytes = 0;
  for (const KeyPart& part : index.parts) {
    const ColumnDef& column = table.columns[part.column];
    bytes += ValueBytes(column.type) + (column.is_nullable ? 1 : 0);
    if (column.type.kind == TypeKind::kVarchar) bytes += 2;
  }
  return bytes;
}

}  // namespace

std::uint32_t ScannedBytes(const TableDef& table, std::uint32_t index) {
  if (index == 0) return RowBytes(table);
  const std::uint32_t reference =
      table.HasHiddenRowId() ? kHiddenRowIdBytes : KeyBytes(table, table.indexes[0]);
  return KeyBytes(table, table.indexes[index]) + reference;
}

}  // namespace nextkey
