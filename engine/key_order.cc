#include "engine/key_order.h"

#include <algorithm>
#include <bit>

#include "engine/collation.h"
#include "engine/decimal.h"
#include "engine/temporal.h"

namespace nextkey {
namespace {

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

// Doubles in the order of unsigned numbers; never 0.
std::uint64_t OrderedBits(double number) {
  const auto bits = std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number);
  return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
}

std::uint64_t OrderedBits(std::int64_t number) { return static_cast<std::uint64_t>(number) ^ kSignBit; }

// All numbers as doubles, so that those of different kinds keep their order; big ones share heads.
std::uint64_t AscendingHead(const Value& value, Collation collation) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return 0;
    case ValueKind::kInt:
      return OrderedBits(static_cast<double>(value.AsInt()));
    case ValueKind::kUnsigned:
      return OrderedBits(static_cast<double>(value.AsUnsigned()));
    case ValueKind::kDecimal:
      return OrderedBits(DecimalToDouble(value.AsDecimal()));
    case ValueKind::kDouble:
      return OrderedBits(value.AsDouble());
    case ValueKind::kText:
      return FoldHead(value.AsText(), collation);
    case ValueKind::kDate:
      return OrderedBits(value.AsDate() * kMicrosecondsPerDay);
    case ValueKind::kDateTime:
      return OrderedBits(value.AsDateTime());
    case ValueKind::kTime:
      return OrderedBits(value.AsTime());
  }
  return 0;
}

bool IsDescending(const std::vector<KeyPart>& parts, std::uint32_t column, bool* found) {
  const auto part = std::ranges::find(parts, column, &KeyPart::column);
  *found = part != parts.end();
  return *found && part->is_descending;
}

}  // namespace

KeyOrder::KeyOrder(const TableDef& table, const IndexDef& index) {
  for (const std::uint32_t position : index.key_positions) {
    const std::uint32_t column = index.stored_columns[position];
    Part part;
    part.position = position;
    bool is_declared = false;
    part.is_descending = IsDescending(index.parts, column, &is_declared);
    if (!is_declared) part.is_descending = IsDescending(table.indexes[0].parts, column, &is_declared);
    if (column < table.columns.size()) part.collation = table.columns[column].type.collation;
    parts_.push_back(part);
  }
}

std::strong_ordering KeyOrder::Compare(const Row& stored, std::span<const Value> key) const {
  for (std::size_t i = 0; i < key.size(); ++i) {
    const Part& part = parts_[i];
    const Value& value = stored[part.position];
    const std::strong_ordering order = part.is_descending
                                           ? Value::CompareStored(key[i], value, part.collation)
                                           : Value::CompareStored(value, key[i], part.collation);
    if (order != std::strong_ordering::equal) return order;
  }
  return std::strong_ordering::equal;
}

std::strong_ordering KeyOrder::CompareRows(const Row& a, const Row& b) const {
  for (const Part& part : parts_) {
    const Value& x = a[part.position];
    const Value& y = b[part.position];
    const std::strong_ordering order = part.is_descending ? Value::CompareStored(y, x, part.collation)
                                                          : Value::CompareStored(x, y, part.collation);
    if (order != std::strong_ordering::equal) return order;
  }
  return std::strong_ordering::equal;
}

KeyValues KeyOrder::KeyOf(const Row& stored) const {
  KeyValues key;
  key.reserve(parts_.size());
  for (const Part& part : parts_) key.push_back(stored[part.position]);
  return key;
}

std::uint64_t KeyOrder::HeadOf(const Value& first) const {
  const std::uint64_t head = AscendingHead(first, parts_[0].collation);
  return parts_[0].is_descending ? ~head : head;
}

}  // namespace nextkey
