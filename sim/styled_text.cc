#include "sim/styled_text.h"

#include <utility>

#include "sim/display_width.h"

namespace nextkey {
namespace {

std::string_view ColourCode(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kDim:
      return "\033[2m";
    case Style::kStrong:
      return "\033[1m";
    case Style::kGood:
      return "\033[32m";
    case Style::kWaiting:
      return "\033[33m";
    case Style::kWoken:
      return "\033[36m";
    case Style::kBad:
      return "\033[31m";
  }
  return "";
}

}  // namespace

std::size_t DisplayWidth(const Line& line) {
  std::size_t width = 0;
  for (const Span& span : line) width += DisplayWidth(span.text);
  return width;
}

std::string Paint(const Line& line, bool with_colour) {
  std::string painted;
  std::string spaces;  // Held back until something follows them.
  for (const Span& span : line) {
    const std::size_t end = span.text.find_last_not_of(' ');
    if (end == std::string::npos) {
      spaces += span.text;
      continue;
    }
    painted += std::exchange(spaces, span.text.substr(end + 1));
    const std::string_view visible = std::string_view(span.text).substr(0, end + 1);
    const std::string_view code = with_colour ? ColourCode(span.style) : "";
    painted += code;
    painted += visible;
    if (!code.empty()) painted += "\033[0m";
  }
  return painted;
}

void PadTo(Line& line, std::size_t width) {
  const std::size_t used = DisplayWidth(line);
  if (used < width) line.push_back({Style::kPlain, std::string(width - used, ' ')});
}

void Append(Line& line, Style style, std::string text) { line.push_back({style, std::move(text)}); }

std::vector<Line> WrapLines(Style style, std::string_view text, std::size_t width, std::size_t indent) {
  std::vector<Line> lines;
  for (std::string& wrapped : WrapWords(text, width, indent)) lines.push_back({{style, std::move(wrapped)}});
  return lines;
}

}  // namespace nextkey
