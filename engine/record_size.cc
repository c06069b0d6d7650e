#include "engine/record_size.h"

#include <algorithm>
#include <array>

namespace nextkey {
namespace {

constexpr std::uint32_t kHeaderBytes = 5;
constexpr std::uint32_t kTrxIdBytes = 6;
constexpr std::uint32_t kRollPointerBytes = 7;
constexpr std::uint32_t kRowIdBytes = 6;
constexpr std::uint32_t kMaxBytesOfCharacter = 4;
// Longer records have their longest fields elsewhere, and a pointer in their place.
constexpr std::uint32_t kRecordLimit = 8126;
constexpr std::uint32_t kPointerBytes = 20;
constexpr std::uint32_t kShortestOffPage = 2 * kPointerBytes;

// Nine digits in four bytes, fewer in fewer.
std::uint32_t DigitBytes(std::uint32_t digits) {
  constexpr std::array<std::uint32_t, 9> kBytes = {0, 1, 1, 2, 2, 3, 3, 4, 4};
  return digits / 9 * 4 + kBytes[digits % 9];
}

std::uint32_t FractionBytes(const ColumnType& type) { return (type.scale + 1u) / 2; }

}  // namespace

std::uint32_t FixedBytes(const ColumnType& type) {
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
    case TypeKind::kDecimal: {
      const std::uint32_t digits = type.length == 0 ? 10 : type.length;
      return DigitBytes(digits - std::min<std::uint32_t>(digits, type.scale)) + DigitBytes(type.scale);
    }
    case TypeKind::kDateTime:
      return 5 + FractionBytes(type);
    case TypeKind::kTimestamp:
      return 4 + FractionBytes(type);
    case TypeKind::kTime:
      return 3 + FractionBytes(type);
    case TypeKind::kChar:
    case TypeKind::kVarchar:
    case TypeKind::kText:
      return 0;
  }
  return 0;
}

std::uint32_t MinimalRecordBytes(const TableDef& table) {
  std::uint32_t bytes = kHeaderBytes + kTrxIdBytes + kRollPointerBytes;
  if (table.HasHiddenRowId()) bytes += kRowIdBytes;
  std::uint32_t nullable = 0;
  for (const ColumnDef& column : table.columns) {
    if (column.is_nullable) ++nullable;
    const std::uint32_t fixed = FixedBytes(column.type);
    const bool is_long =
        column.type.kind == TypeKind::kText || column.type.length * kMaxBytesOfCharacter > 127;
    bytes += fixed != 0 ? fixed : (is_long ? 2 : 1);
  }
  return bytes + (nullable + 7) / 8;
}

RecordSize::RecordSize(const TableDef& table, const IndexDef& index) {
  std::uint32_t nullable = 0;
  for (const std::uint32_t column : index.stored_columns) {
    Field field;
    if (column >= table.columns.size()) {
      field.fixed_bytes = kRowIdBytes;
    } else {
      const ColumnType& type = table.columns[column].type;
      if (table.columns[column].is_nullable) ++nullable;
      field.fixed_bytes = FixedBytes(type);
      field.is_variable = field.fixed_bytes == 0;
      field.has_long_length = type.kind == TypeKind::kText || type.length * kMaxBytesOfCharacter > 255;
      if (type.kind == TypeKind::kChar) field.padded_to = type.length;
    }
    fields_.push_back(field);
  }
  base_bytes_ =
      kHeaderBytes + (nullable + 7) / 8 + (index.is_clustered ? kTrxIdBytes + kRollPointerBytes : 0);
}

std::uint32_t RecordSize::VariableBytes(const Field& field, const Value& value) const {
  const std::size_t length = value.kind() == ValueKind::kText ? value.AsText().size() : value.ToText().size();
  return std::max(static_cast<std::uint32_t>(length), field.padded_to);
}

bool RecordSize::HasFieldOfOtherSize(const Row& a, const Row& b) const {
  const std::size_t count = std::min({fields_.size(), a.size(), b.size()});
  for (std::size_t i = 0; i < count; ++i) {
    if (a[i].IsNull() != b[i].IsNull()) return true;
    if (a[i].IsNull() || !fields_[i].is_variable) continue;
    if (VariableBytes(fields_[i], a[i]) != VariableBytes(fields_[i], b[i])) return true;
  }
  return false;
}

std::uint32_t RecordSize::BytesOf(const Row& stored) const {
  std::uint32_t bytes = base_bytes_;
  const std::size_t count = std::min(fields_.size(), stored.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Field& field = fields_[i];
    if (stored[i].IsNull()) continue;
    if (!field.is_variable) {
      bytes += field.fixed_bytes;
      continue;
    }
    const std::uint32_t length = VariableBytes(field, stored[i]);
    bytes += length + (field.has_long_length && length > 127 ? 2 : 1);
  }
  if (bytes < kRecordLimit) return bytes;
  // The longest fields leave the page, one after the other, until the rest is short enough.
  std::vector<std::uint32_t> lengths;
  for (std::size_t i = 0; i < count; ++i) {
    if (fields_[i].is_variable && !stored[i].IsNull())
      lengths.push_back(VariableBytes(fields_[i], stored[i]));
  }
  std::ranges::sort(lengths, std::ranges::greater());
  for (const std::uint32_t length : lengths) {
    if (bytes < kRecordLimit || length <= kShortestOffPage) break;
    bytes -= length - kPointerBytes;
  }
  return bytes;
}

}  // namespace nextkey
