// Lines of text with a style for each piece, and painting them with terminal colours or without.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nextkey {

enum class Style : std::uint8_t {
  kPlain,
  kDim,      // What can be skipped.
  kStrong,   // Statements, headings.
  kGood,     // Results.
  kWaiting,  // Waits.
  kWoken,    // Waits that end.
  kBad,      // Errors, deadlocks, missed remarks.
};

struct Span {
  Style style = Style::kPlain;
  std::string text;
};

using Line = std::vector<Span>;

std::size_t DisplayWidth(const Line& line);
// Without trailing spaces, without a newline.
std::string Paint(const Line& line, bool with_colour);
void PadTo(Line& line, std::size_t width);
void Append(Line& line, Style style, std::string text);
// Wrapped words as lines of one style.
std::vector<Line> WrapLines(Style style, std::string_view text, std::size_t width, std::size_t indent = 0);

}  // namespace nextkey
