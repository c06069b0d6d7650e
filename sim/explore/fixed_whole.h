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
    Double carry = 0;
    for (std::size_t i = 0; i < kLimbs; ++i) {
      carry += Double{limbs_[i]} + other.limbs_[i];
      limbs_[i] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    return *this;
  }
  FixedWhole& operator*=(std::uint64_t factor) {
    Double carry = 0;
    for (std::uint64_t& limb : limbs_) {
      carry += Double{limb} * factor;
      limb = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    return *this;
  }

 private:
  __extension__ using Double = unsigned __int128;

  std::array<std::uint64_t, kLimbs> limbs_ = {};  // The lowest first.
};

}  // namespace nextkey
