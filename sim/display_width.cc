#include "sim/display_width.h"

#include <utf8proc.h>

#include <algorithm>
#include <iterator>

#include "sim/text.h"

namespace nextkey {

Character CharacterAt(std::string_view text, std::size_t at) {
  const unsigned char first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return {1, first < 0x20 || first == 0x7F ? std::size_t{0} : std::size_t{1}};
  utf8proc_int32_t code_point = 0;
  const utf8proc_ssize_t bytes = utf8proc_iterate(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
      static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size() - at, 4)), &code_point);
  if (bytes <= 0) return {1, 1};
  return {static_cast<std::size_t>(bytes),
          static_cast<std::size_t>(std::max(0, utf8proc_charwidth(code_point)))};
}

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = CharacterAt(text, at);
    width += character.columns;
    at += character.bytes;
  }
  return width;
}

namespace {

// How many bytes of `text` fit into `width` columns.
std::size_t BytesWithin(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const Character character = CharacterAt(text, at);
    if (used + character.columns > width) break;
    used += character.columns;
    at += character.bytes;
  }
  return at;
}

}  // namespace

std::string ClipToWidth(std::string_view text, std::size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width == 0) return "";
  return std::string(text.substr(0, BytesWithin(text, width - 1))) + "…";
}

std::string PadRight(std::string_view text, std::size_t width) {
  const std::size_t used = DisplayWidth(text);
  return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string PadLeft(std::string_view text, std::size_t width) {
  const std::size_t used = DisplayWidth(text);
  return std::string(width > used ? width - used : 0, ' ') + std::string(text);
}

std::vector<std::string> WrapWords(std::string_view text, std::size_t width, std::size_t indent) {
  width = std::max<std::size_t>(width, indent + 4);
  std::vector<std::string> lines;
  std::string line;
  std::size_t used = 0;
  bool has_word = false;
  const auto end_line = [&] {
    lines.push_back(line);
    line.assign(indent, ' ');
    used = indent;
    has_word = false;
  };
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = text.find_first_of(" \n", at);
    if (end == std::string_view::npos) end = text.size();
    std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (has_word && used + 1 + DisplayWidth(word) > width) end_line();
    if (has_word) {
      line += ' ';
      ++used;
    }
    while (used + DisplayWidth(word) > width) {
      // A character wider than what is left goes on the next line; one always fits on a fresh one.
      const std::size_t bytes = BytesWithin(word, width - used);
      line += word.substr(0, bytes);
      word.remove_prefix(bytes);
      end_line();
    }
    line += word;
    used += DisplayWidth(word);
    has_word = has_word || !word.empty();
  }
  if (has_word || lines.empty()) lines.push_back(line);
  return lines;
}

namespace {

bool BeginsClause(std::string_view word) {
  constexpr std::string_view kClauses[] = {"from", "where", "set",  "values", "order", "group", "for",
                                           "lock", "on",    "join", "limit",  "into",  "select"};
  return std::find(std::begin(kClauses), std::end(kClauses), ToLower(word)) != std::end(kClauses);
}

// `select *`, `from t`, `where id = 1`, `for update`.
std::vector<std::string> Clauses(std::string_view sql) {
  std::vector<std::string> clauses;
  bool is_after_clause_word = true;  // `insert into`, `for update`: no break right behind one.
  for (const std::string_view word : Split(sql, " ")) {
    const bool begins = BeginsClause(word);
    if (clauses.empty() || (begins && !is_after_clause_word)) {
      clauses.emplace_back(word);
    } else {
      clauses.back() += ' ';
      clauses.back() += word;
    }
    is_after_clause_word = begins || clauses.back().size() == word.size();
  }
  return clauses;
}

}  // namespace

std::vector<std::string> WrapSql(std::string_view sql, std::size_t width, std::size_t indent) {
  if (DisplayWidth(sql) <= width) return {std::string(sql)};
  std::vector<std::string> lines;
  std::string line;
  for (const std::string& clause : Clauses(sql)) {
    const bool fits = line.empty() || DisplayWidth(line) + 1 + DisplayWidth(clause) <= width;
    if (!fits) {
      lines.push_back(line);
      line.assign(indent, ' ');
      line += clause;
    } else {
      line += (line.empty() ? "" : " ") + clause;
    }
    if (DisplayWidth(line) <= width) continue;
    const std::size_t lead = line.find_first_not_of(' ');
    std::vector<std::string> wrapped = WrapWords(std::string_view(line).substr(lead), width - lead, indent);
    for (std::string& piece : wrapped) piece.insert(0, lead, ' ');
    line = wrapped.back();
    lines.insert(lines.end(), wrapped.begin(), wrapped.end() - 1);
  }
  lines.push_back(line);
  return lines;
}

std::string MakePrintable(std::string_view text) {
  std::string printable;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = CharacterAt(text, at);
    const char c = text[at];
    if (character.bytes > 1) {
      // C1 control characters can steer a terminal too.
      const bool is_c1 = c == '\xC2' && static_cast<unsigned char>(text[at + 1]) < 0xA0;
      printable += is_c1 ? std::string_view("?") : text.substr(at, character.bytes);
    } else if (c == '\n') {
      printable += "\\n";
    } else if (c == '\t') {
      printable += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || static_cast<unsigned char>(c) >= 0x80) {
      printable += '?';
    } else {
      printable += c;
    }
    at += character.bytes;
  }
  return printable;
}

}  // namespace nextkey
