// Random numbers that are the same on every machine: mt19937_64's, drawn without the standard library's
// distributions, which differ from one to the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace nextkey {

class RandomDraw {
 public:
  explicit RandomDraw(std::uint64_t seed) : random_(seed) {}

  // From 0 to `bound` - 1, each with equal probability. Requires: bound > 0.
  std::size_t Below(std::size_t bound) {
    const std::uint64_t wanted = bound;
    // Numbers at the upper end, which would favour some answers, are drawn again.
    const std::uint64_t biased = (UINT64_MAX % wanted + 1) % wanted;
    while (true) {
      const std::uint64_t number = random_();
      if (number <= UINT64_MAX - biased) return static_cast<std::size_t>(number % wanted);
    }
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace nextkey
