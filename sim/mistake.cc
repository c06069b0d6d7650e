#include "sim/mistake.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/display_width.h"

namespace nextkey {
namespace {

constexpr std::size_t kMostMistakes = 10;
constexpr std::size_t kTabColumns = 4;
constexpr std::size_t kShownColumns = 100;  // Of a long line.

struct LineBounds {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// A line ends at \n, \r\n or a lone \r, as in an editor.
bool EndsLine(std::string_view text, std::size_t at) {
  if (text[at] == '\n') return true;
  return text[at] == '\r' && (at + 1 == text.size() || text[at + 1] != '\n');
}

LineBounds LineAround(std::string_view text, std::size_t offset) {
  LineBounds line{offset, offset};
  while (line.begin > 0 && !EndsLine(text, line.begin - 1)) --line.begin;
  while (line.end < text.size() && text[line.end] != '\n' && text[line.end] != '\r') ++line.end;
  line.end = std::max(line.begin, line.end);
  return line;
}

// The line with tabs spread and control characters hidden; `caret` gets the column of `offset`.
std::string ShowLine(std::string_view line, std::size_t offset, std::size_t* caret) {
  std::string shown;
  std::size_t columns = 0;
  *caret = 0;
  for (std::size_t at = 0; at < line.size();) {
    if (at == offset) *caret = columns;
    const Character character = CharacterAt(line, at);
    const std::string piece = line[at] == '\t' ? std::string(kTabColumns - columns % kTabColumns, ' ')
                                               : MakePrintable(line.substr(at, character.bytes));
    shown += piece;
    columns += DisplayWidth(piece);
    at += character.bytes;
  }
  if (offset >= line.size()) *caret = columns;
  return shown;
}

// Cuts off what stands far to the left of the caret, then what is too long.
std::string AroundCaret(std::string_view shown, std::size_t* caret) {
  if (DisplayWidth(shown) <= kShownColumns) return std::string(shown);
  std::string prefix;
  if (*caret > kShownColumns / 2) {
    const std::size_t to_drop = *caret - kShownColumns / 2;
    std::size_t dropped = 0;
    std::size_t at = 0;
    while (dropped < to_drop) {
      const Character character = CharacterAt(shown, at);
      dropped += character.columns;
      at += character.bytes;
    }
    shown.remove_prefix(at);
    *caret = *caret - dropped + 1;
    prefix = "…";
  }
  return ClipToWidth(prefix + std::string(shown), kShownColumns);
}

}  // namespace

TextPlace PlaceOf(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  TextPlace place;
  std::size_t line_begin = 0;
  for (std::size_t at = 0; at < offset; ++at) {
    if (!EndsLine(text, at)) continue;
    ++place.line;
    line_begin = at + 1;
  }
  for (std::size_t at = line_begin; at < offset; at += CharacterAt(text, at).bytes) ++place.column;
  return place;
}

Mistake MistakeAt(std::string_view file, std::string_view text, std::size_t offset, std::string message,
                  std::string remedy) {
  offset = std::min(offset, text.size());
  Mistake mistake;
  mistake.file = std::string(file);
  mistake.place = PlaceOf(text, offset);
  mistake.message = std::move(message);
  mistake.remedy = std::move(remedy);
  const LineBounds line = LineAround(text, offset);
  // Far more than is shown, yet bounded: a line may be many megabytes long.
  const std::size_t begin = offset > line.begin + 4096 ? offset - 4096 : line.begin;
  const std::size_t end = std::min(line.end, offset + 4096);
  std::size_t caret = 0;
  const std::string shown = ShowLine(text.substr(begin, end - begin), offset - begin, &caret);
  mistake.shown_line = AroundCaret(shown, &caret);
  mistake.caret_line = std::string(caret, ' ') + "^";
  return mistake;
}

std::string ToText(const Mistake& mistake) {
  std::string text = MakePrintable(mistake.file);
  if (mistake.place) text += fmt::format(":{}:{}", mistake.place->line, mistake.place->column);
  text += fmt::format(": {}\n", mistake.message);
  if (!mistake.shown_line.empty())
    text += fmt::format("    {}\n    {}\n", mistake.shown_line, mistake.caret_line);
  if (!mistake.remedy.empty()) text += fmt::format("  {}\n", mistake.remedy);
  return text;
}

std::string ToText(const std::vector<Mistake>& mistakes) {
  std::string text;
  for (std::size_t i = 0; i < std::min(mistakes.size(), kMostMistakes); ++i) text += ToText(mistakes[i]);
  if (mistakes.size() > kMostMistakes) {
    text += fmt::format("{} more mistakes are not shown\n", mistakes.size() - kMostMistakes);
  }
  return text;
}

}  // namespace nextkey
