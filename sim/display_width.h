// How wide a text stands on a terminal, and cutting and filling texts to a width.
//
// Widths are columns: a Korean syllable takes two, a combining accent none. Texts are UTF-8; bytes
// that are none count as one column each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nextkey {

// One character of a text: how many bytes, how many columns.
struct Character {
  std::size_t bytes = 1;
  std::size_t columns = 1;
};
// Requires: at < text.size().
Character CharacterAt(std::string_view text, std::size_t at);

std::size_t DisplayWidth(std::string_view text);
// The text, or its beginning with `…` behind it, no wider than `width`.
std::string ClipToWidth(std::string_view text, std::size_t width);
std::string PadRight(std::string_view text, std::size_t width);
std::string PadLeft(std::string_view text, std::size_t width);
// Broken at spaces into lines no wider than `width`; words that are wider are cut. Lines after the
// first begin with `indent` spaces. At least one line. Newlines in the text count as spaces.
std::vector<std::string> WrapWords(std::string_view text, std::size_t width, std::size_t indent = 0);
// A statement, broken in front of its clauses (FROM, WHERE, VALUES, ...) where that helps.
std::vector<std::string> WrapSql(std::string_view sql, std::size_t width, std::size_t indent);
// Newlines, tabs and control characters as visible text (`\n`, `?`), so that a value can't spoil
// the layout or steer the terminal.
std::string MakePrintable(std::string_view text);

}  // namespace nextkey
