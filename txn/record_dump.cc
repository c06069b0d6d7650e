#include "txn/record_dump.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/decimal.h"
#include "engine/temporal.h"
#include "fmt/format.h"

namespace nextkey {
namespace {

constexpr std::uint64_t kMicros = 1'000'000;

// The low `bytes` bytes of a number, the highest first.
std::string BigEndian(std::uint64_t number, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = bytes; i-- > 0; number >>= 8U) text[i] = static_cast<char>(number & 0xFFU);
  return text;
}

std::string LittleEndian(std::uint64_t number, std::size_t bytes) {
  std::string text = BigEndian(number, bytes);
  std::reverse(text.begin(), text.end());
  return text;
}

// Signed numbers are stored with the sign's bit turned round, so that bytes compare as numbers do.
std::string WholeNumber(const Value& value, bool is_unsigned, std::size_t bytes) {
  const auto number = static_cast<std::uint64_t>(
      value.kind() == ValueKind::kUnsigned ? static_cast<std::int64_t>(value.AsUnsigned()) : value.AsInt());
  const std::uint64_t sign = is_unsigned ? 0 : std::uint64_t{1} << (bytes * 8 - 1);
  return BigEndian(number ^ sign, bytes);
}

// Digits behind the second take a byte for every two.
std::string Fraction(std::uint64_t micros, std::uint8_t digits) {
  const std::size_t bytes = (std::size_t{digits} + 1) / 2;
  for (std::size_t pairs = 3; pairs > bytes; --pairs) micros /= 100;
  return BigEndian(micros, bytes);
}

std::string DateTimeBytes(std::int64_t us, std::uint8_t digits) {
  const CivilTime time = CivilFromMicroseconds(us);
  const auto months = static_cast<std::uint64_t>(time.date.year * 13 + time.date.month);
  const std::uint64_t date = months << 5U | static_cast<std::uint64_t>(time.date.day);
  const std::int64_t second_of_day = (us / 1'000'000) - std::int64_t{DaysOfMicroseconds(us)} * 86'400;
  const auto seconds = static_cast<std::uint64_t>(second_of_day);
  const std::uint64_t clock = (seconds / 3600) << 12U | (seconds / 60 % 60) << 6U | seconds % 60;
  return BigEndian((date << 17U | clock) + 0x80'0000'0000ULL, 5) +
         Fraction(static_cast<std::uint64_t>(us) % kMicros, digits);
}

std::string TimeBytes(std::int64_t us, std::uint8_t digits) {
  const auto size = static_cast<std::uint64_t>(us < 0 ? -us : us);
  const std::uint64_t seconds = size / kMicros;
  const std::uint64_t clock = (seconds / 3600) << 12U | (seconds / 60 % 60) << 6U | seconds % 60;
  // The clock and its fraction are one number around a middle.
  const std::size_t bytes = (std::size_t{digits} + 1) / 2;
  std::uint64_t fraction = size % kMicros;
  for (std::size_t pairs = 3; pairs > bytes; --pairs) fraction /= 100;
  const std::uint64_t packed = clock << (bytes * 8) | fraction;
  const std::uint64_t middle = std::uint64_t{0x800000} << (bytes * 8);
  return BigEndian(us < 0 ? middle - packed : middle + packed, 3 + bytes);
}

std::string DateBytes(std::int32_t days) {
  const CivilDate date = CivilFromDays(days);
  const auto packed = static_cast<std::uint64_t>((date.year * 16 + date.month) * 32 + date.day);
  return BigEndian(packed ^ 0x800000U, 3);
}

// Nine digits in four bytes, fewer in fewer; the first bit is turned round, and a negative number wholly.
std::string DecimalBytes(const Decimal& number, const ColumnType& type) {
  constexpr std::size_t kBytes[] = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
  const Decimal stored = RoundDecimal(number, type.scale).value_or(number);
  const bool is_negative = stored.unscaled < 0;
  std::string digits = DecimalToText(is_negative ? NegateDecimal(stored) : stored);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  std::string whole = digits.substr(0, point);
  const std::string fraction = point < digits.size() ? digits.substr(point + 1) : std::string();
  const std::size_t whole_digits = type.length - type.scale;
  if (whole.size() > whole_digits) whole = whole.substr(whole.size() - whole_digits);
  whole.insert(0, whole_digits - whole.size(), '0');
  std::string bytes;
  const auto put = [&](std::string_view group) {
    std::uint64_t value = 0;
    for (const char digit : group) value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    bytes += BigEndian(value, kBytes[group.size()]);
  };
  std::string_view rest = whole;
  if (rest.size() % 9 != 0) put(rest.substr(0, rest.size() % 9));
  for (rest.remove_prefix(rest.size() % 9); !rest.empty(); rest.remove_prefix(9)) put(rest.substr(0, 9));
  for (rest = fraction; !rest.empty(); rest.remove_prefix(std::min<std::size_t>(9, rest.size())))
    put(rest.substr(0, 9));
  if (is_negative) {
    for (char& byte : bytes) byte = static_cast<char>(~byte);
  }
  if (!bytes.empty()) bytes[0] = static_cast<char>(bytes[0] ^ '\x80');
  return bytes;
}

std::string Padded(std::string text, std::size_t bytes) {
  if (text.size() < bytes) text.append(bytes - text.size(), ' ');
  return text;
}

std::string StoredBytes(const ColumnType& type, const Value& value) {
  switch (type.kind) {
    case TypeKind::kTinyInt:
      return WholeNumber(value, type.is_unsigned, 1);
    case TypeKind::kSmallInt:
      return WholeNumber(value, type.is_unsigned, 2);
    case TypeKind::kMediumInt:
      return WholeNumber(value, type.is_unsigned, 3);
    case TypeKind::kInt:
      return WholeNumber(value, type.is_unsigned, 4);
    case TypeKind::kBigInt:
      return WholeNumber(value, type.is_unsigned, 8);
    case TypeKind::kDecimal:
      return DecimalBytes(value.AsDecimal(), type);
    case TypeKind::kFloat:
      return LittleEndian(std::bit_cast<std::uint32_t>(static_cast<float>(value.AsDouble())), 4);
    case TypeKind::kDouble:
      return LittleEndian(std::bit_cast<std::uint64_t>(value.AsDouble()), 8);
    case TypeKind::kChar:
      return Padded(value.ToText(), type.length);
    case TypeKind::kVarchar:
    case TypeKind::kText:
      return value.ToText();
    case TypeKind::kDate:
      return DateBytes(value.AsDate());
    case TypeKind::kDateTime:
      return DateTimeBytes(value.AsDateTime(), type.scale);
    case TypeKind::kTimestamp: {
      const auto us = static_cast<std::uint64_t>(value.AsDateTime());
      return BigEndian(us / kMicros, 4) + Fraction(us % kMicros, type.scale);
    }
    case TypeKind::kTime:
      return TimeBytes(value.AsTime(), type.scale);
  }
  return {};
}

using MaybeText = std::optional<std::string>;  // Nullopt: NULL.

MaybeText FieldOf(const TableDef& table, std::uint32_t column, const Value& value) {
  if (column >= table.columns.size()) return BigEndian(static_cast<std::uint64_t>(value.AsInt()), 6);
  if (value.IsNull()) return std::nullopt;
  return StoredBytes(table.columns[column].type, value);
}

// In stored order: of a clustered record the key first, then transaction and roll pointer, then the rest.
std::vector<MaybeText> FieldsOf(const TableDef& table, const IndexDef& index, const Row& stored,
                                TrxId writer) {
  std::vector<MaybeText> fields;
  if (!index.is_clustered) {
    for (std::uint32_t i = 0; i < stored.size(); ++i)
      fields.push_back(FieldOf(table, index.stored_columns[i], stored[i]));
    return fields;
  }
  std::vector<bool> is_key(stored.size());
  for (const std::uint32_t position : index.key_positions) {
    is_key[position] = true;
    fields.push_back(FieldOf(table, position, stored[position]));
  }
  fields.emplace_back(BigEndian(writer.value(), 6));
  fields.emplace_back(std::string(7, '\0'));
  for (std::uint32_t position = 0; position < stored.size(); ++position) {
    if (!is_key[position]) fields.push_back(FieldOf(table, position, stored[position]));
  }
  return fields;
}

std::string FieldText(std::size_t number, const MaybeText& field) {
  constexpr std::size_t kLongest = 30;
  if (!field.has_value()) return fmt::format(" {}: SQL NULL;\n", number);
  const std::string shown = field->substr(0, kLongest);
  std::string hex;
  std::string text;
  for (const char byte : shown) {
    hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    text += byte >= ' ' && byte <= '~' ? byte : ' ';
  }
  const std::string total = field->size() > kLongest ? fmt::format(" (total {} bytes);", field->size()) : ";";
  return fmt::format(" {}: len {}; hex {}; asc {};{}\n", number, shown.size(), hex, text, total);
}

std::string FieldLines(const std::vector<MaybeText>& fields) {
  std::string text;
  for (std::size_t i = 0; i < fields.size(); ++i) text += FieldText(i, fields[i]);
  return text;
}

}  // namespace

std::string RecordText(const TableDef& table, const IndexDef& index, const Record& record) {
  const std::vector<MaybeText> fields = FieldsOf(table, index, record.row, record.writer);
  return fmt::format("PHYSICAL RECORD: n_fields {}; compact format; info bits {}\n{}", fields.size(),
                     record.is_deleted ? 32 : 0, FieldLines(fields));
}

std::string TupleText(const TableDef& table, const IndexDef& index, const Row& stored, TrxId writer) {
  const std::vector<MaybeText> fields = FieldsOf(table, index, stored, writer);
  return fmt::format("DATA TUPLE: {} fields;\n{}", fields.size(), FieldLines(fields));
}

std::string_view SupremumText() {
  return "PHYSICAL RECORD: n_fields 1; compact format; info bits 0\n"
         " 0: len 8; hex 73757072656d756d; asc supremum;;\n";
}

}  // namespace nextkey
