// Locks for what takes less time than putting a thread to sleep does.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace nextkey {

// Asks again and again; lets others run where it takes long.
template <class IsSo>
void SpinUntil(IsSo is_so) {
  constexpr int kTries = 1024;  // A microsecond or two.
  for (int tries = 0; !is_so(); ++tries) {
    if (tries % kTries == kTries - 1) std::this_thread::yield();
  }
}

// As std::mutex is used. It is as large as its word.
class SpinLock {
 public:
  void lock() {
    SpinUntil([this] {
      return word_.load(std::memory_order_relaxed) == 0 && word_.exchange(1, std::memory_order_acquire) == 0;
    });
  }
  void unlock() { word_.store(0, std::memory_order_release); }

 private:
  std::atomic<std::uint32_t> word_ = 0;
};

}  // namespace nextkey
