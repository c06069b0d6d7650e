// The fingerprint of a value that is computed once and kept until the value changes.
//
// Copies start empty: whoever copies a value is about to change it. Several threads may ask at the
// same time; they compute and keep the same fingerprint.
#pragma once

#include <atomic>
#include <cstdint>

#include "engine/fingerprint.h"

namespace nextkey {

class DigestCache {
 public:
  DigestCache() = default;
  DigestCache(const DigestCache&) {}
  DigestCache& operator=(const DigestCache&) {
    Forget();
    return *this;
  }

  template <class Compute>
  Fingerprint Get(Compute compute) const {
    if (is_known_.load(std::memory_order_acquire)) {
      return {high_.load(std::memory_order_relaxed), low_.load(std::memory_order_relaxed)};
    }
    const Fingerprint fingerprint = compute();
    high_.store(fingerprint.high, std::memory_order_relaxed);
    low_.store(fingerprint.low, std::memory_order_relaxed);
    is_known_.store(true, std::memory_order_release);
    return fingerprint;
  }

  void Forget() { is_known_.store(false, std::memory_order_relaxed); }

 private:
  mutable std::atomic<std::uint64_t> high_{0};
  mutable std::atomic<std::uint64_t> low_{0};
  mutable std::atomic<bool> is_known_{false};
};

}  // namespace nextkey
