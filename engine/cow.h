// A value that is shared until somebody writes to it.
//
// Cow<T> behaves like a T: copies are independent values. A copy costs one reference count; the
// first write through one of several copies clones the T. Worlds fork cheaply because everything
// big inside them is a Cow. The address of the shared T is visible to nobody's output.
#pragma once

#include <atomic>
#include <utility>

namespace nextkey {

template <class T>
class Cow {
 public:
  Cow() : block_(new Block{}) {}
  explicit Cow(T value) : block_(new Block{std::move(value)}) {}
  Cow(const Cow& other) : block_(other.block_) { block_->owners.fetch_add(1, std::memory_order_relaxed); }
  Cow(Cow&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Cow& operator=(Cow other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Cow() { Release(); }

  const T& operator*() const { return block_->value; }
  const T* operator->() const { return &block_->value; }

  // The T for writing, cloned first when it is shared. The reference is good until this Cow is
  // copied or destroyed.
  T& Write() {
    if (block_->owners.load(std::memory_order_acquire) != 1) {
      Block* clone = new Block{block_->value};
      Release();
      block_ = clone;
    }
    return block_->value;
  }

  // True when both are the same shared T: then they are equal without a look inside.
  bool IsSameAs(const Cow& other) const { return block_ == other.block_; }

 private:
  struct Block {
    Block() = default;
    explicit Block(const T& v) : value(v) {}
    explicit Block(T&& v) : value(std::move(v)) {}
    T value{};
    std::atomic<unsigned> owners{1};
  };

  void Release() {
    if (block_ != nullptr && block_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete block_;
  }

  Block* block_;
};

}  // namespace nextkey
