// Small questions about texts, over std::string_view. Letters are ASCII letters.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace nextkey {

inline constexpr std::string_view kWhiteSpace = " \t\n\v\f\r";

inline bool IsSpace(char c) { return kWhiteSpace.find(c) != std::string_view::npos; }
inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
inline bool IsLetter(char c) { return ToLower(c) >= 'a' && ToLower(c) <= 'z'; }
// What names of sessions are made of.
inline bool IsNameCharacter(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }

inline std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

inline std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return ToLower(c); });
  return lower;
}

inline bool EqualsIgnoreCase(std::string_view a, std::string_view b) { return ToLower(a) == ToLower(b); }
inline bool StartsWithIgnoreCase(std::string_view text, std::string_view beginning) {
  return EqualsIgnoreCase(text.substr(0, beginning.size()), beginning);
}
inline bool EndsWithIgnoreCase(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && EqualsIgnoreCase(text.substr(text.size() - end.size()), end);
}

// Line breaks and the white space around them become one space.
inline std::string OnOneLine(std::string_view sql) {
  std::string line;
  for (std::size_t at = 0; at < sql.size();) {
    std::size_t end = at;
    bool has_break = false;
    while (end < sql.size() && IsSpace(sql[end])) has_break = sql[end++] == '\n' || has_break;
    if (end == at) {
      line += sql[at++];
    } else {
      line += has_break ? std::string_view(" ") : sql.substr(at, end - at);
      at = end;
    }
  }
  return line;
}

// At least one part.
inline std::vector<std::string_view> Split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = text.find(separator); at != text.npos; at = text.find(separator)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  parts.push_back(text);
  return parts;
}

// The lines of comment (`#`, `--`) that a text opens with, without their marks.
inline std::vector<std::string> OpeningComment(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = Trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() && lines.empty()) continue;
    if (!line.starts_with('#') && !line.starts_with("--")) break;
    line.remove_prefix(line.starts_with('#') ? 1 : 2);
    if (line.starts_with(' ')) line.remove_prefix(1);
    lines.emplace_back(line);
  }
  return lines;
}

}  // namespace nextkey
