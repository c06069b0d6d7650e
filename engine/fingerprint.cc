// Little-endian bytes and XXH3: both the same on every machine.
#include "engine/fingerprint.h"

#include <array>
#include <bit>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace nextkey {

std::string Fingerprint::ToHex() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(32);
  for (const std::uint64_t half : {high, low}) {
    for (int shift = 60; shift >= 0; shift -= 4) hex.push_back(kDigits[(half >> shift) & 15]);
  }
  return hex;
}

void Canonical::Put(std::uint64_t number) {
  std::array<char, 8> bytes;
  if constexpr (std::endian::native == std::endian::little) {
    bytes = std::bit_cast<std::array<char, 8>>(number);
  } else {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>((number >> (8 * i)) & 0xff);
  }
  bytes_.append(bytes.data(), bytes.size());
}

void Canonical::PutText(std::string_view text) {
  Put(text.size());
  bytes_.append(text);
}

Fingerprint Canonical::Digest() const {
  const XXH128_hash_t hash = XXH3_128bits(bytes_.data(), bytes_.size());
  return {hash.high64, hash.low64};
}

}  // namespace nextkey
