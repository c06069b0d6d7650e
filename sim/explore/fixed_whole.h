// A whole number of at most so many limbs of 64 bits: for sums that are known beforehand to fit.
//
// A Whole takes any number, and several times as long for each addition.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/explore/exact.h"

namespace nextkey {

template <std::size_t kLimbs>
class FixedWhole {
 public:
  static constexpr std::uint64_t kBits = 64 * kLimbs;

  FixedWhole() = default;
  // Requires: it fits.
  explicit FixedWhole(const Whole& number) { export_bits(number, limbs_.begin(), 64, false); }
  explicit operator Whole() const {
    Whole number;
    import_bits(number, limbs_.begin(), limbs_.end(), 64, false);
    return number;
  }

  FixedWhole& operator+=(const FixedWhole& other) {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < kLimbs; ++i) {
      const std::uint64_t with_carry = limbs_[i] + carry;
      const std::uint64_t sum = with_carry + other.limbs_[i];
      carry = static_cast<std::uint64_t>(with_carry < carry) | static_cast<std::uint64_t>(sum < with_carry);
      limbs_[i] = sum;
    }
    return *this;
  }
  FixedWhole& operator*=(std::uint64_t factor) {
    std::uint64_t carry = 0;
    for (std::uint64_t& limb : limbs_) {
      const Double product = Double{limb} * factor + carry;
      limb = static_cast<std::uint64_t>(product);
      carry = static_cast<std::uint64_t>(product >> 64);
    }
    return *this;
  }

 private:
  __extension__ using Double = unsigned __int128;

  std::array<std::uint64_t, kLimbs> limbs_ = {};  // The lowest first.
};

}  // namespace nextkey
