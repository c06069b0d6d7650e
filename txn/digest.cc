#include "txn/digest.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

namespace nextkey {
namespace {

constexpr std::size_t kBlockBytes = 64;

// The text, a bit 1, zeros, and the length in bits in the last eight bytes.
std::string Padded(std::string_view text, std::endian order) {
  std::string bytes(text);
  bytes += static_cast<char>(0x80);
  while (bytes.size() % kBlockBytes != kBlockBytes - 8) bytes += '\0';
  const std::uint64_t bits = std::uint64_t{text.size()} * 8;
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned shift = order == std::endian::little ? 8 * i : 56 - 8 * i;
    bytes += static_cast<char>(bits >> shift & 0xFFU);
  }
  return bytes;
}

std::uint32_t WordAt(std::string_view bytes, std::size_t place, std::endian order) {
  std::uint32_t word = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const unsigned shift = order == std::endian::little ? 8 * i : 24 - 8 * i;
    word |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[place + i])) << shift;
  }
  return word;
}

std::uint32_t Md5Round(unsigned step, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  switch (step / 16) {
    case 0:
      return (b & c) | (~b & d);
    case 1:
      return (d & b) | (~d & c);
    case 2:
      return b ^ c ^ d;
    default:
      return c ^ (b | ~d);
  }
}

unsigned Md5Word(unsigned step) {
  switch (step / 16) {
    case 0:
      return step;
    case 1:
      return (5 * step + 1) % 16;
    case 2:
      return (3 * step + 5) % 16;
    default:
      return 7 * step % 16;
  }
}

std::uint32_t Sha1Round(unsigned step, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if (step < 20) return ((b & c) | (~b & d)) + 0x5A827999U;
  if (step < 40) return (b ^ c ^ d) + 0x6ED9EBA1U;
  if (step < 60) return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDCU;
  return (b ^ c ^ d) + 0xCA62C1D6U;
}

}  // namespace

std::string Md5Hex(std::string_view text) {
  constexpr std::array<std::array<int, 4>, 4> kShifts = {
      {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};
  std::array<std::uint32_t, 4> state = {0x67452301U, 0xEFCDAB89U, 0x98BADCFEU, 0x10325476U};
  const std::string bytes = Padded(text, std::endian::little);
  for (std::size_t block = 0; block < bytes.size(); block += kBlockBytes) {
    auto [a, b, c, d] = state;
    for (unsigned step = 0; step < 64; ++step) {
      const auto constant =
          static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(step + 1.0)) * 4294967296.0));
      const std::uint32_t word = WordAt(bytes, block + std::size_t{4} * Md5Word(step), std::endian::little);
      const std::uint32_t mixed = a + Md5Round(step, b, c, d) + constant + word;
      a = d;
      d = c;
      c = b;
      b += std::rotl(mixed, kShifts[step / 16][step % 4]);
    }
    state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
  }
  std::string hex;
  for (const std::uint32_t word : state) {
    for (unsigned shift = 0; shift < 32; shift += 8) hex += fmt::format("{:02x}", word >> shift & 0xFFU);
  }
  return hex;
}

std::string Sha1Hex(std::string_view text) {
  std::array<std::uint32_t, 5> state = {0x67452301U, 0xEFCDAB89U, 0x98BADCFEU, 0x10325476U, 0xC3D2E1F0U};
  const std::string bytes = Padded(text, std::endian::big);
  for (std::size_t block = 0; block < bytes.size(); block += kBlockBytes) {
    std::array<std::uint32_t, 80> words{};
    for (unsigned i = 0; i < 16; ++i) words[i] = WordAt(bytes, block + std::size_t{4} * i, std::endian::big);
    for (unsigned i = 16; i < 80; ++i) {
      words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    }
    auto [a, b, c, d, e] = state;
    for (unsigned step = 0; step < 80; ++step) {
      const std::uint32_t mixed = std::rotl(a, 5) + Sha1Round(step, b, c, d) + e + words[step];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = mixed;
    }
    state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
  }
  std::string hex;
  for (const std::uint32_t word : state) hex += fmt::format("{:08x}", word);
  return hex;
}

std::uint32_t Crc32Of(std::string_view text) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : text) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1U ^ 0xEDB88320U : crc >> 1U;
  }
  return ~crc;
}

}  // namespace nextkey
