#include "sim/explore/exact.h"

#include <fmt/format.h>

namespace nextkey {

std::string WholeText(const Whole& number) {
  std::string digits = number.str();
  if (digits.size() > 24) return fmt::format("{}.{}e{}", digits[0], digits.substr(1, 3), digits.size() - 1);
  for (std::size_t place = digits.size(); place > 3;) {
    place -= 3;
    digits.insert(place, ",");
  }
  return digits;
}

std::string ShareText(const Fraction& share) {
  if (share == 0) return "0";
  if (share == 1) return "1";
  const auto number = share.convert_to<double>();
  // A probability that is not 1 must not be rounded to it.
  if (number > 0.9999) return "0.9999";
  return number < 0.0001 ? fmt::format("{:.2e}", number) : fmt::format("{:.4f}", number);
}

}  // namespace nextkey
