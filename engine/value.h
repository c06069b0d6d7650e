// One SQL value: NULL, a number, a text or a point in time, and how MySQL compares and prints it.
//
// A Value knows its kind and nothing of columns: storing into a column (rounding, truncation,
// range errors) is column_type.h's business, expressions are txn's. Decimals are exact up to 38
// digits. Times are UTC.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "engine/fingerprint.h"

namespace nextkey {

enum class ValueKind : std::uint8_t {
  kNull,
  kInt,       // Signed 64 bits.
  kUnsigned,  // Unsigned 64 bits.
  kDecimal,
  kDouble,
  kText,
  kDate,      // Days since 1970-01-01.
  kDateTime,  // Microseconds since 1970-01-01 00:00:00 UTC.
  kTime,      // Microseconds, signed.
};

// unscaled / 10^scale. Requires: scale <= 38.
struct Decimal {
  __int128 unscaled = 0;
  std::uint8_t scale = 0;
};

// How two texts compare. general_ci and unicode_ci ignore case and accents, bin compares code
// points; all pad the shorter text with spaces.
enum class Collation : std::uint8_t { kGeneralCi, kUnicodeCi, kBin };

class Value {
 public:
  Value() = default;  // NULL.
  static Value Null() { return Value(); }
  static Value Int(std::int64_t number);
  static Value Unsigned(std::uint64_t number);
  static Value Bool(bool truth) { return Int(truth ? 1 : 0); }
  static Value OfDecimal(Decimal number);
  static Value Double(double number);
  static Value Text(std::string text);
  static Value Date(std::int32_t days);
  // `fraction_digits` (0 to 6) is how many digits of the second are printed.
  static Value DateTime(std::int64_t microseconds, std::uint8_t fraction_digits);
  static Value Time(std::int64_t microseconds, std::uint8_t fraction_digits);

  ValueKind kind() const { return kind_; }
  bool IsNull() const { return kind_ == ValueKind::kNull; }
  bool IsNumber() const { return kind_ >= ValueKind::kInt && kind_ <= ValueKind::kDouble; }
  bool IsTemporal() const { return kind_ >= ValueKind::kDate; }

  // Each requires the kind that it names.
  std::int64_t AsInt() const;
  std::uint64_t AsUnsigned() const;
  const Decimal& AsDecimal() const;
  double AsDouble() const;
  const std::string& AsText() const;
  std::int32_t AsDate() const;
  std::int64_t AsDateTime() const;  // Microseconds.
  std::int64_t AsTime() const;      // Microseconds.
  std::uint8_t fraction_digits() const { return fraction_digits_; }

  // As a MySQL client prints it: `NULL`, `-3`, `12.50`, `2024-01-01 00:00:00`; a text as it is.
  std::string ToText() const;

  // The order of two values of one column (the same kind, NULL first). Texts by `collation`.
  static std::strong_ordering CompareStored(const Value& a, const Value& b, Collation collation);

  void PutInto(Canonical& canonical) const;
  friend bool operator==(const Value& a, const Value& b);  // Same kind and the same bytes.

 private:
  ValueKind kind_ = ValueKind::kNull;
  std::uint8_t fraction_digits_ = 0;
  std::variant<std::int64_t, double, std::shared_ptr<const Decimal>, std::shared_ptr<const std::string>>
      data_ = std::int64_t{0};
};

}  // namespace nextkey
