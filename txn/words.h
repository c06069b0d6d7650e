// Words as names and options are compared: ASCII letters without regard to case.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace nextkey {

inline char LowerLetter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
inline char UpperLetter(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

inline std::string LowerWord(std::string_view word) {
  std::string result(word);
  std::transform(result.begin(), result.end(), result.begin(), LowerLetter);
  return result;
}

inline std::string UpperWord(std::string_view word) {
  std::string result(word);
  std::transform(result.begin(), result.end(), result.begin(), UpperLetter);
  return result;
}

inline bool IsSameWord(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return LowerLetter(x) == LowerLetter(y); });
}

inline bool StartsWithWord(std::string_view text, std::string_view word) {
  return IsSameWord(text.substr(0, word.size()), word);
}

// `a, b` is two words; an empty text has none.
inline std::vector<std::string_view> SplitAtCommas(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string_view word = text.substr(begin, end - begin);
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (!word.empty()) words.push_back(word);
    begin = end + 1;
  }
  return words;
}

}  // namespace nextkey
