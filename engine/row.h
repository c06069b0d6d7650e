// A row: an immutable list of values that many versions and worlds share.
//
// One block of memory holds the count of owners and the values, so that a copy costs one reference
// and a row of a big table costs one allocation.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/value.h"

namespace nextkey {

// What a record is found by: values in the order of an index. Those of most keys lie in place.
using KeyValues = absl::InlinedVector<Value, 2>;

class Row {
 public:
  Row() = default;  // No values at all.
  explicit Row(std::vector<Value>&& values);
  explicit Row(std::span<const Value> values);
  // A row of so many values, each told by its position.
  template <class ValueAt>
  static Row Of(std::size_t size, ValueAt value_at) {
    Row row;
    if (size == 0) return row;
    row.block_ = NewBlock(size);
    for (std::size_t i = 0; i < size; ++i) std::construct_at(ValuesOf(row.block_) + i, value_at(i));
    return row;
  }

  Row(const Row& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  Row(Row&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Row& operator=(Row other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Row() {
    if (block_ != nullptr && block_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) Destroy(block_);
  }

  std::size_t size() const { return block_ == nullptr ? 0 : block_->size; }
  bool IsEmpty() const { return size() == 0; }
  const Value& operator[](std::size_t position) const { return ValuesOf(block_)[position]; }
  std::span<const Value> values() const {
    return block_ == nullptr ? std::span<const Value>()
                             : std::span<const Value>(ValuesOf(block_), block_->size);
  }

  friend bool operator==(const Row& a, const Row& b);
  void PutInto(Canonical& canonical) const;

 private:
  // The values follow the block.
  struct alignas(Value) Block {
    std::atomic<std::uint32_t> owners{1};
    std::uint32_t size = 0;
  };
  static Block* NewBlock(std::size_t size);  // Its values are not there yet.
  static Value* ValuesOf(Block* block) { return reinterpret_cast<Value*>(block + 1); }
  static void Destroy(Block* block);

  Block* block_ = nullptr;
};

}  // namespace nextkey
