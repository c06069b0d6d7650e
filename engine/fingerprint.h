// Canonical bytes of a value, and their 128-bit fingerprint.
//
// Every part of the world writes itself into a Canonical in a fixed order; two values are equal
// when their bytes are. Fingerprints are the same in every process and on every machine: nothing
// that depends on an address, a hash seed or the order of a hash table may be written.
#pragma once

#include <compare>
#include <cstdint>
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

class Canonical {
 public:
  void Put(std::uint64_t number);  // Fixed width, little-endian.
  void PutSigned(std::int64_t number) { Put(static_cast<std::uint64_t>(number)); }
  void PutText(std::string_view text);  // Length first, so that neighbours can't run together.
  template <class Tag, class Rep>
  void PutId(Id<Tag, Rep> id) {
    Put(static_cast<std::uint64_t>(id.value()));
  }

  std::string_view bytes() const { return bytes_; }
  void Clear() { bytes_.clear(); }  // Keeps the room.
  void Append(const Canonical& other) { bytes_.append(other.bytes_); }
  Fingerprint Digest() const;  // XXH3, 128 bits.

 private:
  std::string bytes_;
};

}  // namespace nextkey
