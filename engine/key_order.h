// The order of an index's records: NULL first, descending parts reversed, texts by collation.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/row.h"
#include "engine/schema.h"
#include "engine/value.h"

namespace nextkey {

class KeyOrder {
 public:
  KeyOrder(const TableDef& table, const IndexDef& index);

  // By as many parts as `key` has.
  std::strong_ordering Compare(const Row& stored, std::span<const Value> key) const;
  std::strong_ordering CompareRows(const Row& a, const Row& b) const;  // By the whole key.
  KeyValues KeyOf(const Row& stored) const;

  // 64 bits of the first key value, such that a < b follows from HeadOf(a) < HeadOf(b). Equal heads
  // say nothing.
  std::uint64_t HeadOf(const Value& first) const;
  std::uint64_t HeadOfRow(const Row& stored) const { return HeadOf(stored[parts_[0].position]); }

 private:
  struct Part {
    std::uint32_t position = 0;  // In the stored row.
    bool is_descending = false;
    Collation collation = Collation::kGeneralCi;
  };

  std::vector<Part> parts_;
};

}  // namespace nextkey
