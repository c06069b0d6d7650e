// MD5, SHA-1 and CRC-32 of a text, for the SQL functions of these names. Nothing of ours relies on
// them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nextkey {

std::string Md5Hex(std::string_view text);   // 32 lower-case hexadecimal digits (RFC 1321).
std::string Sha1Hex(std::string_view text);  // 40 of them (RFC 3174).
std::uint32_t Crc32Of(std::string_view text);

}  // namespace nextkey
