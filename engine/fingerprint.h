// Canonical bytes of a value, and their 128-bit fingerprint.
//
// Every part of the world writes itself into a Canonical in a fixed order; two values are equal
// when their bytes are. Fingerprints are the same in every process and on every machine: nothing
// that depends on an address, a hash seed or the order of a hash table may be written.
#pragma once

#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/ids.h"

namespace nextkey {

struct Fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  std::string ToHex() const;  // 32 lower-case hexadecimal digits.
  friend constexpr auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
};

// As of a Canonical that these were put into.
Fingerprint DigestOf(std::span<const std::uint64_t> numbers);

class Canonical {
 public:
  // Fixed width, little-endian.
  void Put(std::uint64_t number) {
    if (capacity_ - size_ < sizeof(number)) Grow(sizeof(number));
    if constexpr (std::endian::native == std::endian::big) number = __builtin_bswap64(number);
    std::memcpy(bytes_.get() + size_, &number, sizeof(number));
    size_ += sizeof(number);
  }
  void PutSigned(std::int64_t number) { Put(static_cast<std::uint64_t>(number)); }
  void PutText(std::string_view text);  // Length first, so that neighbours can't run together.
  template <class Tag, class Rep>
  void PutId(Id<Tag, Rep> id) {
    Put(static_cast<std::uint64_t>(id.value()));
  }

  std::string_view bytes() const { return {bytes_.get(), size_}; }
  void Clear() { size_ = 0; }  // Keeps the room.
  void Append(const Canonical& other);
  Fingerprint Digest() const;  // XXH3, 128 bits.

 private:
  void AppendBytes(std::string_view bytes);
  void Grow(std::size_t more);

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace nextkey
