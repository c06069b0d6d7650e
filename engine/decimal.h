// Exact decimal arithmetic as MySQL's DECIMAL does it, up to 38 digits.
//
// A result that needs more than 38 digits in front of and behind the point loses digits behind the
// point first; when the digits in front do not fit either, the answer is nullopt (MySQL's error
// 1690). Rounding is half away from zero. Sources: MySQL manual, "Precision Math", and MariaDB's
// strings/decimal.c for the scale of results.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/value.h"

namespace nextkey {

inline constexpr int kMaxDecimalDigits = 38;
// How many digits a division adds to the dividend's scale: div_precision_increment.
inline constexpr int kDivisionScaleIncrement = 4;

// --- From and to other numbers ------------------------------------------------------------------
Decimal DecimalFromInt(std::int64_t number);
Decimal DecimalFromUnsigned(std::uint64_t number);
// The shortest decimal that reads back as `number`; nullopt beyond 38 digits.
std::optional<Decimal> DecimalFromDouble(double number);
double DecimalToDouble(const Decimal& number);
// Rounded to a whole number; nullopt out of range.
std::optional<std::int64_t> DecimalToInt(const Decimal& number);
std::optional<std::uint64_t> DecimalToUnsigned(const Decimal& number);

// The number at the beginning of `text` and what stands behind it.
struct DecimalPrefix {
  Decimal number;
  bool has_digits = false;    // Otherwise `number` is 0.
  bool has_overflow = false;  // More than 38 digits: `number` is the largest, with the text's sign.
  std::string_view rest;      // Without leading spaces.
};
// White space in front, a sign, digits with a point, an exponent.
DecimalPrefix ReadDecimal(std::string_view text);
// The whole text, spaces around it allowed; nullopt where it is no number or has too many digits.
std::optional<Decimal> ParseDecimal(std::string_view text);
std::string DecimalToText(const Decimal& number);  // All digits of the scale: `-0.50`.

// --- Arithmetic ---------------------------------------------------------------------------------
std::optional<Decimal> AddDecimal(const Decimal& a, const Decimal& b);       // Scale: the larger one.
std::optional<Decimal> SubtractDecimal(const Decimal& a, const Decimal& b);  // Scale: the larger one.
std::optional<Decimal> MultiplyDecimal(const Decimal& a, const Decimal& b);  // Scale: the sum.
// Scale: a.scale + scale_increment, rounded. The server keeps more digits inside an expression and
// rounds where the value is shown or stored (1/3*3 is 1.0000): ask for a larger increment then.
// Requires: b is not zero.
std::optional<Decimal> DivideDecimal(const Decimal& a, const Decimal& b,
                                     int scale_increment = kDivisionScaleIncrement);
// The whole quotient, cut off (DIV). Requires: b is not zero.
std::optional<Decimal> DivideDecimalWhole(const Decimal& a, const Decimal& b);
// The remainder has the sign of `a` and the larger scale. Requires: b is not zero.
std::optional<Decimal> ModuloDecimal(const Decimal& a, const Decimal& b);
Decimal NegateDecimal(const Decimal& number);

// By value, whatever the scales.
std::strong_ordering CompareDecimal(const Decimal& a, const Decimal& b);
bool IsZero(const Decimal& number);

// --- Rounding -----------------------------------------------------------------------------------
// Half away from zero; more digits are filled with zeros. `scale` up to 38; below 0 digits in front
// of the point become zeros, and the scale 0. nullopt when the digits do not fit.
std::optional<Decimal> RoundDecimal(const Decimal& number, int scale);
std::optional<Decimal> TruncateDecimal(const Decimal& number, int scale);  // Towards zero.
Decimal FloorDecimal(const Decimal& number);                               // Scale 0.
Decimal CeilingDecimal(const Decimal& number);                             // Scale 0.

// Whether it fits into DECIMAL(digits, scale), given that it has that scale.
bool FitsDigits(const Decimal& number, int digits);

}  // namespace nextkey
