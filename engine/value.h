// One SQL value: NULL, a number, a text or a point in time, and how MySQL compares and prints it.
//
// A Value knows its kind and nothing of columns: storing into a column (rounding, truncation,
// range errors) is column_type.h's business, expressions are txn's. Decimals are exact up to 38
// digits. Times are UTC. A Value is 16 bytes: numbers and times lie inside, texts and decimals of
// more than 64 bits are shared and never changed.
#pragma once

#include <atomic>
#include <bit>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

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
  static Value Int(std::int64_t number) { return Value(ValueKind::kInt, 0, number); }
  static Value Unsigned(std::uint64_t number) {
    return Value(ValueKind::kUnsigned, 0, static_cast<std::int64_t>(number));
  }
  static Value Bool(bool truth) { return Int(truth ? 1 : 0); }
  static Value OfDecimal(Decimal number);
  static Value Double(double number);
  static Value Float(float number);  // A double that prints with six digits, as FLOAT columns do.
  static Value Text(std::string text);
  static Value Date(std::int32_t days) { return Value(ValueKind::kDate, 0, days); }
  // `fraction_digits` (0 to 6) is how many digits of the second are printed.
  static Value DateTime(std::int64_t microseconds, std::uint8_t fraction_digits) {
    return Value(ValueKind::kDateTime, fraction_digits, microseconds);
  }
  static Value Time(std::int64_t microseconds, std::uint8_t fraction_digits) {
    return Value(ValueKind::kTime, fraction_digits, microseconds);
  }

  Value(const Value& other) noexcept : kind_(other.kind_), digits_(other.digits_), data_(other.data_) {
    Share();
  }
  Value(Value&& other) noexcept : kind_(other.kind_), digits_(other.digits_), data_(other.data_) {
    other.kind_ = ValueKind::kNull;
  }
  Value& operator=(Value other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(digits_, other.digits_);
    std::swap(data_, other.data_);
    return *this;
  }
  ~Value() {
    if (IsBoxed()) Release();
  }

  ValueKind kind() const { return kind_; }
  bool IsNull() const { return kind_ == ValueKind::kNull; }
  bool IsNumber() const { return kind_ >= ValueKind::kInt && kind_ <= ValueKind::kDouble; }
  bool IsTemporal() const { return kind_ >= ValueKind::kDate; }

  // Each requires the kind that it names.
  std::int64_t AsInt() const { return data_.number; }
  std::uint64_t AsUnsigned() const { return static_cast<std::uint64_t>(data_.number); }
  Decimal AsDecimal() const {
    return digits_ == kWideDecimal ? data_.decimal->value : Decimal{data_.number, digits_};
  }
  double AsDouble() const { return data_.real; }
  const std::string& AsText() const { return data_.text->value; }
  std::int32_t AsDate() const { return static_cast<std::int32_t>(data_.number); }
  std::int64_t AsDateTime() const { return data_.number; }  // Microseconds.
  std::int64_t AsTime() const { return data_.number; }      // Microseconds.
  std::uint8_t fraction_digits() const { return IsTemporal() ? digits_ : std::uint8_t{0}; }

  // As a MySQL client prints it: `NULL`, `-3`, `12.50`, `2024-01-01 00:00:00`; a text as it is.
  std::string ToText() const;

  // The order of two values of one column (the same kind, NULL first). Texts by `collation`.
  // Numbers of different kinds compare by value, dates with datetimes as midnights.
  static std::strong_ordering CompareStored(const Value& a, const Value& b, Collation collation);

  void PutInto(Canonical& canonical) const {
    const std::uint64_t kind = static_cast<std::uint64_t>(kind_) | static_cast<std::uint64_t>(digits_) << 8;
    if (IsBoxed()) {
      canonical.Put(kind);
      PutBox(canonical);
    } else if (kind_ == ValueKind::kNull) {
      canonical.Put(kind);
    } else if (kind_ == ValueKind::kDouble) {
      canonical.Put(kind, std::bit_cast<std::uint64_t>(data_.real));
    } else {
      canonical.Put(kind, static_cast<std::uint64_t>(data_.number));
    }
  }
  friend bool operator==(const Value& a, const Value& b);  // Same kind and the same bytes.

 private:
  template <class T>
  struct Box {
    T value;
    std::atomic<std::uint32_t> owners{1};
  };
  union Data {
    std::int64_t number;
    double real;
    Box<std::string>* text;
    Box<Decimal>* decimal;
  };
  static constexpr std::uint8_t kWideDecimal = 0xff;   // digits_ of a decimal that is in a box.
  static constexpr std::uint8_t kSinglePrecision = 1;  // digits_ of a Float.

  Value(ValueKind kind, std::uint8_t digits, std::int64_t number)
      : kind_(kind), digits_(digits), data_{.number = number} {}

  bool IsBoxed() const {
    return kind_ == ValueKind::kText || (kind_ == ValueKind::kDecimal && digits_ == kWideDecimal);
  }
  void Share() const {
    if (kind_ == ValueKind::kText) {
      data_.text->owners.fetch_add(1, std::memory_order_relaxed);
    } else if (kind_ == ValueKind::kDecimal && digits_ == kWideDecimal) {
      data_.decimal->owners.fetch_add(1, std::memory_order_relaxed);
    }
  }
  // Both require: IsBoxed().
  void Release();
  void PutBox(Canonical& canonical) const;

  ValueKind kind_ = ValueKind::kNull;
  std::uint8_t digits_ = 0;  // Of the second; a decimal's scale.
  Data data_{.number = 0};
};

// A number without a fraction by its kind.
inline bool IsWhole(const Value& value) {
  return value.kind() == ValueKind::kInt || value.kind() == ValueKind::kUnsigned;
}

}  // namespace nextkey
