// The words that every layer shares: typed numbers for transactions, tables, indexes and sessions,
// and the place of a record inside an index.
//
// An id of one kind does not compile where another kind is wanted. Id 0 names nothing. Ids are
// given out in order and never used again within one world, so that the order of ids is the order
// of creation.
#pragma once

#include <compare>
#include <cstdint>
#include <utility>

namespace nextkey {

template <class Tag, class Representation = std::uint32_t>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(Representation value) : value_(value) {}

  constexpr Representation value() const { return value_; }
  constexpr bool IsNull() const { return value_ == 0; }

  friend constexpr auto operator<=>(Id, Id) = default;

  template <typename H>
  friend H AbslHashValue(H state, Id id) {
    return H::combine(std::move(state), id.value_);
  }

 private:
  Representation value_ = 0;
};

using TrxId = Id<struct TrxTag, std::uint64_t>;
using TableId = Id<struct TableTag>;
using IndexId = Id<struct IndexTag>;  // Unique over all tables of a server.
using SessionId = Id<struct SessionTag>;
using PageNumber = Id<struct PageTag>;  // Counted from 1 within one index.

// A record's place inside its index: the page that it stands on and its number in that page's
// heap. A record keeps its slot until it is erased or its page splits. Heap number 0 is the page's
// supremum pseudo-record, which bounds the gap behind the page's last record.
struct RecordSlot {
  PageNumber page;
  std::uint32_t heap = 0;

  constexpr bool IsSupremum() const { return heap == 0; }

  friend constexpr auto operator<=>(const RecordSlot&, const RecordSlot&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const RecordSlot& slot) {
    return H::combine(std::move(state), slot.page, slot.heap);
  }
};

}  // namespace nextkey
