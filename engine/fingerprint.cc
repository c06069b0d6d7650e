// Little-endian bytes and XXH3: both the same on every machine.
#include "engine/fingerprint.h"

#include <algorithm>
#include <utility>

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

Fingerprint DigestOf(std::span<const std::uint64_t> numbers) {
  if constexpr (std::endian::native == std::endian::little) {
    const XXH128_hash_t hash = XXH3_128bits(numbers.data(), numbers.size_bytes());
    return {hash.high64, hash.low64};
  }
  Canonical canonical;
  for (const std::uint64_t number : numbers) canonical.Put(number);
  return canonical.Digest();
}

void Canonical::PutText(std::string_view text) {
  Put(text.size());
  AppendBytes(text);
}

void Canonical::Append(const Canonical& other) { AppendBytes(other.bytes()); }

void Canonical::AppendBytes(std::string_view bytes) {
  if (Room() < bytes.size()) Grow(bytes.size());
  end_ += bytes.copy(end_, bytes.size());
}

void Canonical::Grow(std::size_t more) {
  constexpr std::size_t kFirst = 1024;
  const std::size_t size = bytes().size();
  const std::size_t capacity = std::max({kFirst, 2 * (size + Room()), size + more});
  auto grown = std::make_unique_for_overwrite<char[]>(capacity);
  std::copy_n(bytes_.get(), size, grown.get());
  bytes_ = std::move(grown);
  end_ = bytes_.get() + size;
  limit_ = bytes_.get() + capacity;
}

Fingerprint Canonical::Digest() const {
  const XXH128_hash_t hash = XXH3_128bits(bytes().data(), bytes().size());
  return {hash.high64, hash.low64};
}

}  // namespace nextkey
