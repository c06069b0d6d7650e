// All work is done on the unscaled 128-bit numbers; 10^38 is the first that is out of bounds.
#include "engine/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/characters.h"

namespace nextkey {
namespace {

using Wide = __int128;
using UnsignedWide = unsigned __int128;

constexpr auto kPowersOfTen = [] {
  std::array<Wide, kMaxDecimalDigits + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

Wide PowerOfTen(int exponent) { return kPowersOfTen[static_cast<std::size_t>(exponent)]; }

constexpr Wide kLimit = kPowersOfTen[kMaxDecimalDigits];

bool IsInBounds(Wide number) { return number > -kLimit && number < kLimit; }

UnsignedWide Magnitude(Wide number) {
  return number < 0 ? UnsignedWide{0} - static_cast<UnsignedWide>(number) : static_cast<UnsignedWide>(number);
}

Wide WithSign(UnsignedWide magnitude, bool is_negative) {
  const Wide number = static_cast<Wide>(magnitude);
  return is_negative ? -number : number;
}

std::optional<Decimal> Checked(Wide unscaled, int scale) {
  if (!IsInBounds(unscaled)) return std::nullopt;
  return Decimal{unscaled, static_cast<std::uint8_t>(scale)};
}

// number / 10^digits, half away from zero.
Wide DropDigits(Wide number, int digits) {
  if (digits > kMaxDecimalDigits) return 0;
  const Wide power = PowerOfTen(digits);
  const Wide quotient = number / power;
  const Wide rest = number % power;
  const bool rounds_away = Magnitude(rest) >= Magnitude(power) - Magnitude(rest);
  if (digits == 0 || !rounds_away) return quotient;
  return number < 0 ? quotient - 1 : quotient + 1;
}

std::optional<Wide> AddDigits(Wide number, int digits) {
  Wide result = 0;
  if (number == 0) return result;
  if (digits > kMaxDecimalDigits || __builtin_mul_overflow(number, PowerOfTen(digits), &result) ||
      !IsInBounds(result)) {
    return std::nullopt;
  }
  return result;
}

// Both numbers at one scale: the larger one, or the largest at which both fit.
struct Aligned {
  Wide a;
  Wide b;
  int scale;
};

Aligned Align(const Decimal& a, const Decimal& b) {
  for (int scale = std::max(a.scale, b.scale);; --scale) {
    const std::optional<Decimal> x = RoundDecimal(a, scale);
    const std::optional<Decimal> y = RoundDecimal(b, scale);
    if (x && y) return {x->unscaled, y->unscaled, scale};
  }
}

// remainder * 10 / divisor, and the new remainder. Requires: remainder < divisor < 10^38.
std::pair<int, UnsignedWide> NextDigit(UnsignedWide remainder, UnsignedWide divisor) {
  if (divisor < (UnsignedWide{1} << 124)) {
    const UnsignedWide dividend = remainder * 10;
    return {static_cast<int>(dividend / divisor), dividend % divisor};
  }
  int digit = 0;
  UnsignedWide sum = 0;
  for (int i = 0; i < 10; ++i) {
    sum += remainder;  // Less than 2 * 10^38, which 128 bits hold.
    if (sum >= divisor) {
      sum -= divisor;
      ++digit;
    }
  }
  return {digit, sum};
}

// a / b * 10^digits, half away from zero; nullopt when it is too large.
std::optional<UnsignedWide> DivideMagnitudes(UnsignedWide a, UnsignedWide b, int digits) {
  UnsignedWide quotient = a / b;
  UnsignedWide remainder = a % b;
  const UnsignedWide limit = static_cast<UnsignedWide>(kLimit);
  for (int i = 0; i < digits; ++i) {
    const auto [digit, rest] = NextDigit(remainder, b);
    if (quotient >= limit / 10) return std::nullopt;
    quotient = quotient * 10 + static_cast<UnsignedWide>(digit);
    remainder = rest;
  }
  if (remainder >= b - remainder) ++quotient;
  if (quotient >= limit) return std::nullopt;
  return quotient;
}

std::string_view SkipSpaces(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  return text;
}

// Digits gathered from a text: at most 38 are kept, the first one cut off decides the rounding.
class DigitSink {
 public:
  void Add(char c, bool is_behind_point) {
    const int digit = c - '0';
    if (unscaled_ < PowerOfTen(kMaxDecimalDigits - 1) && !is_full_) {
      unscaled_ = unscaled_ * 10 + digit;
      if (is_behind_point) ++scale_;
      return;
    }
    if (!is_full_) rounds_up_ = digit >= 5;
    is_full_ = true;
    if (!is_behind_point) ++dropped_;
  }

  // The number times 10^exponent; nullopt when it does not fit.
  std::optional<Decimal> Finish(bool is_negative, int exponent) const {
    Wide number = unscaled_ + (rounds_up_ ? 1 : 0);
    int scale = scale_ - dropped_ - exponent;
    if (scale > kMaxDecimalDigits) {
      number = DropDigits(number, scale - kMaxDecimalDigits);
      scale = kMaxDecimalDigits;
    } else if (scale < 0) {
      const std::optional<Wide> longer = AddDigits(number, -scale);
      if (!longer) return std::nullopt;
      number = *longer;
      scale = 0;
    }
    return Checked(is_negative ? -number : number, scale);
  }

 private:
  Wide unscaled_ = 0;
  int scale_ = 0;
  int dropped_ = 0;
  bool is_full_ = false;
  bool rounds_up_ = false;
};

// `e12`, `E-3`: taken off `text` when it is a whole exponent; bounded, since 10^100 never fits.
int ReadExponent(std::string_view& text) {
  std::size_t at = 1;
  if (text.empty() || (text[0] != 'e' && text[0] != 'E')) return 0;
  const bool is_negative = at < text.size() && text[at] == '-';
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  if (at >= text.size() || !IsNumeral(text[at])) return 0;
  int exponent = 0;
  for (; at < text.size() && IsNumeral(text[at]); ++at)
    exponent = std::min(exponent * 10 + (text[at] - '0'), 9999);
  text.remove_prefix(at);
  return is_negative ? -exponent : exponent;
}

}  // namespace

Decimal DecimalFromInt(std::int64_t number) { return {number, 0}; }
Decimal DecimalFromUnsigned(std::uint64_t number) { return {static_cast<Wide>(number), 0}; }

std::optional<Decimal> DecimalFromDouble(double number) {
  if (!std::isfinite(number)) return std::nullopt;
  std::array<char, 64> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific);
  return ParseDecimal(std::string_view(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data())));
}

double DecimalToDouble(const Decimal& number) {
  const UnsignedWide magnitude = Magnitude(number.unscaled);
  constexpr UnsignedWide kExactInDouble = UnsignedWide{1} << 53;
  if (magnitude <= kExactInDouble && number.scale <= 22) {
    return static_cast<double>(number.unscaled) / static_cast<double>(PowerOfTen(number.scale));
  }
  const std::string text = DecimalToText(number);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

std::optional<std::int64_t> DecimalToInt(const Decimal& number) {
  const Wide whole = DropDigits(number.unscaled, number.scale);
  if (whole < std::numeric_limits<std::int64_t>::min() || whole > std::numeric_limits<std::int64_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(whole);
}

std::optional<std::uint64_t> DecimalToUnsigned(const Decimal& number) {
  const Wide whole = DropDigits(number.unscaled, number.scale);
  if (whole < 0 || whole > static_cast<Wide>(std::numeric_limits<std::uint64_t>::max())) return std::nullopt;
  return static_cast<std::uint64_t>(whole);
}

DecimalPrefix ReadDecimal(std::string_view text) {
  std::string_view rest = SkipSpaces(text);
  const bool is_negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  DecimalPrefix prefix;
  DigitSink sink;
  bool is_behind_point = false;
  for (; !rest.empty(); rest.remove_prefix(1)) {
    if (rest.front() == '.' && !is_behind_point) {
      is_behind_point = true;
    } else if (IsNumeral(rest.front())) {
      prefix.has_digits = true;
      sink.Add(rest.front(), is_behind_point);
    } else {
      break;
    }
  }
  if (!prefix.has_digits) {
    prefix.rest = SkipSpaces(text);
    return prefix;
  }
  const std::optional<Decimal> number = sink.Finish(is_negative, ReadExponent(rest));
  prefix.has_overflow = !number.has_value();
  prefix.number = number.value_or(Decimal{is_negative ? 1 - kLimit : kLimit - 1, 0});
  prefix.rest = SkipSpaces(rest);
  return prefix;
}

std::optional<Decimal> ParseDecimal(std::string_view text) {
  const DecimalPrefix prefix = ReadDecimal(text);
  if (!prefix.has_digits || prefix.has_overflow || !prefix.rest.empty()) return std::nullopt;
  return prefix.number;
}

std::string DecimalToText(const Decimal& number) {
  std::string digits;
  for (UnsignedWide left = Magnitude(number.unscaled); left != 0; left /= 10) {
    digits.push_back(static_cast<char>('0' + static_cast<int>(left % 10)));
  }
  while (digits.size() <= number.scale) digits.push_back('0');
  if (number.unscaled < 0) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  if (number.scale != 0) digits.insert(digits.size() - number.scale, 1, '.');
  return digits;
}

std::optional<Decimal> AddDecimal(const Decimal& a, const Decimal& b) {
  Aligned sides = Align(a, b);
  // The sum of two numbers below 10^38 fits into 128 bits; one digit less then fits into 38.
  const Wide sum = sides.a + sides.b;
  if (!IsInBounds(sum) && sides.scale > 0) return Checked(DropDigits(sum, 1), sides.scale - 1);
  return Checked(sum, sides.scale);
}

std::optional<Decimal> SubtractDecimal(const Decimal& a, const Decimal& b) {
  return AddDecimal(a, NegateDecimal(b));
}

std::optional<Decimal> MultiplyDecimal(const Decimal& a, const Decimal& b) {
  Decimal x = a;
  Decimal y = b;
  for (;;) {
    Wide product = 0;
    const bool fits = !__builtin_mul_overflow(x.unscaled, y.unscaled, &product) && IsInBounds(product);
    const int scale = x.scale + y.scale;
    if (fits && scale > kMaxDecimalDigits) {
      return Checked(DropDigits(product, scale - kMaxDecimalDigits), kMaxDecimalDigits);
    }
    if (fits) return Checked(product, scale);
    if (scale == 0) return std::nullopt;
    Decimal& longer = x.scale >= y.scale ? x : y;
    longer = {DropDigits(longer.unscaled, 1), static_cast<std::uint8_t>(longer.scale - 1)};
  }
}

std::optional<Decimal> DivideDecimal(const Decimal& a, const Decimal& b, int scale_increment) {
  const bool is_negative = (a.unscaled < 0) != (b.unscaled < 0);
  for (int scale = std::min(a.scale + scale_increment, kMaxDecimalDigits); scale >= 0; --scale) {
    const int digits = scale - a.scale + b.scale;
    if (digits < 0) {  // Dividing first would round twice: divide by a longer divisor instead.
      const std::optional<Wide> divisor = AddDigits(b.unscaled, -digits);
      if (!divisor) return Decimal{0, static_cast<std::uint8_t>(scale)};
      const auto quotient = DivideMagnitudes(Magnitude(a.unscaled), Magnitude(*divisor), 0);
      if (quotient) return Checked(WithSign(*quotient, is_negative), scale);
      continue;
    }
    const auto quotient = DivideMagnitudes(Magnitude(a.unscaled), Magnitude(b.unscaled), digits);
    if (quotient) return Checked(WithSign(*quotient, is_negative), scale);
  }
  return std::nullopt;
}

std::optional<Decimal> DivideDecimalWhole(const Decimal& a, const Decimal& b) {
  const Aligned sides = Align(a, b);
  if (sides.b == 0) return std::nullopt;
  return Checked(sides.a / sides.b, 0);
}

std::optional<Decimal> ModuloDecimal(const Decimal& a, const Decimal& b) {
  const Aligned sides = Align(a, b);
  if (sides.b == 0) return std::nullopt;
  return Checked(sides.a % sides.b, sides.scale);
}

Decimal NegateDecimal(const Decimal& number) { return {-number.unscaled, number.scale}; }

std::strong_ordering CompareDecimal(const Decimal& a, const Decimal& b) {
  if (a.scale == b.scale) return a.unscaled <=> b.unscaled;
  if (a.scale > b.scale) {
    const std::strong_ordering reversed = CompareDecimal(b, a);
    if (reversed == std::strong_ordering::equal) return reversed;
    return reversed == std::strong_ordering::less ? std::strong_ordering::greater
                                                  : std::strong_ordering::less;
  }
  Wide longer = 0;
  if (__builtin_mul_overflow(a.unscaled, PowerOfTen(b.scale - a.scale), &longer)) {
    return a.unscaled < 0 ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return longer <=> b.unscaled;
}

bool IsZero(const Decimal& number) { return number.unscaled == 0; }

std::optional<Decimal> RoundDecimal(const Decimal& number, int scale) {
  if (scale < 0) {
    const std::optional<Wide> whole = AddDigits(DropDigits(number.unscaled, number.scale - scale), -scale);
    if (!whole) return std::nullopt;
    return Checked(*whole, 0);
  }
  if (scale <= number.scale) return Checked(DropDigits(number.unscaled, number.scale - scale), scale);
  const std::optional<Wide> longer = AddDigits(number.unscaled, scale - number.scale);
  if (!longer) return std::nullopt;
  return Checked(*longer, scale);
}

std::optional<Decimal> TruncateDecimal(const Decimal& number, int scale) {
  if (scale >= number.scale) return RoundDecimal(number, scale);
  const int digits = number.scale - scale;
  if (digits > kMaxDecimalDigits) return Decimal{};
  const Wide kept = number.unscaled / PowerOfTen(digits);
  if (scale >= 0) return Checked(kept, scale);
  return Checked(kept * PowerOfTen(-scale), 0);
}

Decimal FloorDecimal(const Decimal& number) {
  const Wide power = PowerOfTen(number.scale);
  const bool is_below = number.unscaled < 0 && number.unscaled % power != 0;
  return {number.unscaled / power - (is_below ? 1 : 0), 0};
}

Decimal CeilingDecimal(const Decimal& number) { return NegateDecimal(FloorDecimal(NegateDecimal(number))); }

bool FitsDigits(const Decimal& number, int digits) {
  return digits >= kMaxDecimalDigits ||
         Magnitude(number.unscaled) < static_cast<UnsignedWide>(PowerOfTen(digits));
}

}  // namespace nextkey
