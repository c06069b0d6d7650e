// Reading a user's file, and refusing what can't be a script: folders, binary data, far too much,
// nothing at all.
//
// A byte-order mark is dropped; line ends of all systems are left as they are. `-` is standard
// input, whose name in messages is `<stdin>`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "sim/mistake.h"

namespace nextkey {

inline constexpr std::size_t kMostSourceBytes = std::size_t{64} << 20;

struct SourceFile {
  std::string name;  // As the user gave it.
  std::string text;  // UTF-8 without a byte-order mark and without NUL bytes.
};

std::variant<SourceFile, Mistake> ReadSourceFile(const std::string& path);
// The checks alone. An empty text passes: whether there is a statement in it is for the readers.
std::variant<SourceFile, Mistake> CheckSource(std::string name, std::string text);

}  // namespace nextkey
