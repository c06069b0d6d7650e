// Canonical bytes of a value, and their 128-bit fingerprint.
//
// Every part of the world writes itself into a Canonical in a fixed order; two values are equal
// when their bytes are. Fingerprints are the same in every process and on every machine: nothing
// that depends on an address, a hash seed or the order of a hash table may be written.
#pragma once

#include <bit>
#include <compare>
#include <concepts>
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
  template <std::convertible_to<std::uint64_t>... Numbers>
  void Put(Numbers... numbers) {
    constexpr std::size_t kBytes = sizeof...(numbers) * sizeof(std::uint64_t);
    if (Room() < kBytes) Grow(kBytes);
    char* at = end_;
    (Store(static_cast<std::uint64_t>(numbers), at), ...);
    end_ = at;
  }
  void PutSigned(std::int64_t number) { Put(static_cast<std::uint64_t>(number)); }
  void PutText(std::string_view text);  // Length first, so that neighbours can't run together.
  template <class Tag, class Rep>
  void PutId(Id<Tag, Rep> id) {
    Put(static_cast<std::uint64_t>(id.value()));
  }

  std::string_view bytes() const { return {bytes_.get(), static_cast<std::size_t>(end_ - bytes_.get())}; }
  void Clear() { end_ = bytes_.get(); }  // Keeps the room.
  void Append(const Canonical& other);
  Fingerprint Digest() const;  // XXH3, 128 bits.

 private:
  static void Store(std::uint64_t number, char*& at) {
    if constexpr (std::endian::native == std::endian::big) number = __builtin_bswap64(number);
    std::memcpy(at, &number, sizeof(number));
    at += sizeof(number);
  }
  std::size_t Room() const { return static_cast<std::size_t>(limit_ - end_); }
  void AppendBytes(std::string_view bytes);
  void Grow(std::size_t more);

  std::unique_ptr<char[]> bytes_;
  char* end_ = nullptr;    // Behind the last byte.
  char* limit_ = nullptr;  // Behind the room for more.
};

}  // namespace nextkey
