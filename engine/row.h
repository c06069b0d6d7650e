// A row: an immutable list of values that many versions and worlds share.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/value.h"

namespace nextkey {

class Row {
 public:
  Row() = default;  // No values at all.
  explicit Row(std::vector<Value> values)
      : values_(std::make_shared<const std::vector<Value>>(std::move(values))) {}

  std::size_t size() const { return values_ == nullptr ? 0 : values_->size(); }
  bool IsEmpty() const { return size() == 0; }
  const Value& operator[](std::size_t position) const { return (*values_)[position]; }
  std::span<const Value> values() const {
    return values_ == nullptr ? std::span<const Value>() : std::span<const Value>(*values_);
  }

  friend bool operator==(const Row& a, const Row& b);
  void PutInto(Canonical& canonical) const;

 private:
  std::shared_ptr<const std::vector<Value>> values_;
};

}  // namespace nextkey
