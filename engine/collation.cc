#include "engine/collation.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

namespace nextkey {
namespace {

constexpr char32_t kReplacement = 0xFFFD;  // The weight of everything beyond U+FFFF.

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// --- general_ci ---------------------------------------------------------------------------------

struct CodePointRange {
  char32_t first;
  char32_t last;
};

// Where the server's table, which is older than today's Unicode, drops accents and case. Outside a
// code point weighs what it is.
constexpr CodePointRange kFoldedRanges[] = {
    {0xB5, 0x233},    {0x253, 0x292},   {0x345, 0x345},   {0x386, 0x3F5},   {0x400, 0x4F9},   {0x561, 0x586},
    {0x1E00, 0x1EF9}, {0x1F00, 0x1FFC}, {0x2170, 0x217F}, {0x24D0, 0x24E9}, {0xFF41, 0xFF5A},
};

struct FoldException {
  char32_t code_point;
  char32_t weight;
};

// Letters within the ranges that the server's table keeps apart or folds in its own way (seen with
// WEIGHT_STRING over the whole plane).
constexpr FoldException kFoldExceptions[] = {
    {0xDF, 'S'},      {0x180, 0x180},   {0x19A, 0x19A},   {0x19E, 0x19E},   {0x25C, 0x25C},
    {0x261, 0x261},   {0x265, 0x265},   {0x266, 0x266},   {0x26A, 0x26A},   {0x26B, 0x26B},
    {0x26C, 0x26C},   {0x271, 0x271},   {0x27D, 0x27D},   {0x282, 0x282},   {0x287, 0x287},
    {0x289, 0x289},   {0x28C, 0x28C},   {0x345, 0x399},   {0x387, 0x387},   {0x3D7, 0x3D7},
    {0x3D9, 0x3D9},   {0x3F2, 0x3A3},   {0x3F3, 0x3F3},   {0x3F5, 0x3F5},   {0x419, 0x419},
    {0x439, 0x419},   {0x48B, 0x48B},   {0x4C6, 0x4C6},   {0x4CA, 0x4CA},   {0x4CE, 0x4CE},
    {0x4CF, 0x4CF},   {0x4F7, 0x4F7},   {0x1F71, 0x1FBB}, {0x1F73, 0x1FC9}, {0x1F75, 0x1FCB},
    {0x1F77, 0x1FDB}, {0x1F79, 0x1FF9}, {0x1F7B, 0x1FEB}, {0x1F7D, 0x1FFB}, {0x1FBB, 0x1FBB},
    {0x1FC1, 0x1FC1}, {0x1FC9, 0x1FC9}, {0x1FCB, 0x1FCB}, {0x1FCD, 0x1FCD}, {0x1FCE, 0x1FCE},
    {0x1FCF, 0x1FCF}, {0x1FD3, 0x1FD3}, {0x1FDB, 0x1FDB}, {0x1FDD, 0x1FDD}, {0x1FDE, 0x1FDE},
    {0x1FDF, 0x1FDF}, {0x1FE3, 0x1FE3}, {0x1FEB, 0x1FEB}, {0x1FED, 0x1FED}, {0x1FEE, 0x1FEE},
    {0x1FEF, 0x1FEF}, {0x1FF9, 0x1FF9}, {0x1FFB, 0x1FFB},
};

char32_t UpperAscii(char32_t c) { return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c; }

// The letter that the accents stand on.
char32_t BaseLetter(char32_t code_point) {
  std::array<utf8proc_int32_t, 16> parts{};
  const utf8proc_ssize_t count = utf8proc_decompose_char(
      static_cast<utf8proc_int32_t>(code_point), parts.data(), parts.size(), UTF8PROC_DECOMPOSE, nullptr);
  return count > 0 ? static_cast<char32_t>(parts[0]) : code_point;
}

char32_t UpperCodePoint(char32_t c) {
  if (c == 0xDF) return c;  // Sharp s has no capital here, although Unicode has one by now.
  return static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c)));
}

char32_t GeneralWeight(char32_t code_point) {
  if (code_point < 0x80) return UpperAscii(code_point);
  if (code_point > 0xFFFF) return kReplacement;
  const auto range = std::ranges::find_if(kFoldedRanges, [code_point](const CodePointRange& folded) {
    return folded.first <= code_point && code_point <= folded.last;
  });
  if (range == std::end(kFoldedRanges)) return code_point;
  const auto exception =
      std::ranges::lower_bound(kFoldExceptions, code_point, {}, &FoldException::code_point);
  if (exception != std::end(kFoldExceptions) && exception->code_point == code_point) return exception->weight;
  return BaseLetter(UpperCodePoint(BaseLetter(code_point)));
}

// --- unicode_ci ---------------------------------------------------------------------------------

// ASCII in the order of the Unicode collation table, letters as capitals.
constexpr std::string_view kUnicodeAsciiOrder =
    "\t\n\v\f\r `^_-,;:!?.'\"()[]{}@*/\\&#%+<=>|~$0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr char32_t kBehindAscii = 0x100;

// The place in that order, from 1; 0 for control characters.
constexpr std::array<std::uint8_t, 128> kUnicodeAsciiWeights = [] {
  std::array<std::uint8_t, 128> weights{};
  for (std::size_t i = 0; i < kUnicodeAsciiOrder.size(); ++i) {
    const char c = kUnicodeAsciiOrder[i];
    weights[static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(i + 1);
    if (c >= 'A' && c <= 'Z')
      weights[static_cast<std::size_t>(c - 'A' + 'a')] = static_cast<std::uint8_t>(i + 1);
  }
  return weights;
}();

char32_t UnicodeWeight(char32_t code_point) {
  const char32_t general = code_point == 0xA0 ? U' ' : GeneralWeight(code_point);
  return general < 0x80 ? kUnicodeAsciiWeights[general] : kBehindAscii + general;
}

// --- Weights of a text --------------------------------------------------------------------------

// Gives the weights of a text one by one, then nothing.
class Weights {
 public:
  Weights(std::string_view text, Collation collation) : text_(text), collation_(collation) {}

  std::optional<char32_t> Next() {
    if (has_repeat_) {
      has_repeat_ = false;
      return repeat_;
    }
    while (!text_.empty()) {
      const char32_t code_point = TakeCodePoint(text_);
      const char32_t weight = WeightOf(code_point);
      if (weight != 0 || collation_ != Collation::kUnicodeCi) return weight;
    }
    return std::nullopt;
  }

 private:
  char32_t WeightOf(char32_t code_point) {
    switch (collation_) {
      case Collation::kBin:
        return code_point;
      case Collation::kGeneralCi:
        return GeneralWeight(code_point);
      case Collation::kUnicodeCi:
        break;
    }
    const char32_t weight = UnicodeWeight(code_point);
    if (code_point == 0xDF || code_point == 0x1E9E) {  // Sharp s counts twice.
      has_repeat_ = true;
      repeat_ = kUnicodeAsciiWeights['S'];
      return repeat_;
    }
    return weight;
  }

  std::string_view text_;
  Collation collation_;
  bool has_repeat_ = false;
  char32_t repeat_ = 0;
};

char32_t SpaceWeight(Collation collation) {
  return collation == Collation::kUnicodeCi ? kUnicodeAsciiWeights[' '] : U' ';
}

std::strong_ordering CompareWeights(std::string_view a, std::string_view b, Collation collation) {
  Weights left(a, collation);
  Weights right(b, collation);
  const char32_t space = SpaceWeight(collation);
  for (;;) {
    const std::optional<char32_t> x = left.Next();
    const std::optional<char32_t> y = right.Next();
    if (!x && !y) return std::strong_ordering::equal;
    const char32_t p = x.value_or(space);
    const char32_t q = y.value_or(space);
    if (p != q) return p <=> q;
  }
}

// Where the two texts stop being the same ASCII letters.
std::size_t CommonAsciiPrefix(std::string_view a, std::string_view b) {
  const std::size_t length = std::min(a.size(), b.size());
  std::size_t at = 0;
  while (at < length && a[at] == b[at] && static_cast<unsigned char>(a[at]) < 0x80) ++at;
  return at;
}

bool SameCharacter(char32_t a, char32_t b, Collation collation) {
  if (a == b) return true;
  switch (collation) {
    case Collation::kBin:
      return false;
    case Collation::kGeneralCi:
      return GeneralWeight(a) == GeneralWeight(b);
    case Collation::kUnicodeCi:
      return UnicodeWeight(a) == UnicodeWeight(b);
  }
  return false;
}

// What one step of a LIKE pattern asks for.
struct LikeStep {
  enum class Kind : std::uint8_t { kCharacter, kAnyOne, kAnyMany } kind = Kind::kCharacter;
  char32_t character = 0;
};

LikeStep TakeLikeStep(std::string_view& pattern, char32_t escape) {
  char32_t c = TakeCodePoint(pattern);
  if (escape != 0 && c == escape && !pattern.empty()) {
    c = TakeCodePoint(pattern);
    return {LikeStep::Kind::kCharacter, c};
  }
  if (c == U'%') return {LikeStep::Kind::kAnyMany, 0};
  if (c == U'_') return {LikeStep::Kind::kAnyOne, 0};
  return {LikeStep::Kind::kCharacter, c};
}

}  // namespace

std::strong_ordering CompareText(std::string_view a, std::string_view b, Collation collation) {
  const std::size_t same = CommonAsciiPrefix(a, b);
  return CompareWeights(a.substr(same), b.substr(same), collation);
}

std::string FoldForCompare(std::string_view text, Collation collation) {
  std::string fold;
  fold.reserve(text.size() * 3);
  std::size_t without_spaces = 0;
  Weights weights(text, collation);
  const char32_t space = SpaceWeight(collation);
  while (const std::optional<char32_t> weight = weights.Next()) {
    for (const int shift : {16, 8, 0}) fold.push_back(static_cast<char>((*weight >> shift) & 0xFF));
    if (*weight != space) without_spaces = fold.size();
  }
  fold.resize(without_spaces);
  return fold;
}

std::uint64_t FoldHead(std::string_view text, Collation collation) {
  Weights weights(text, collation);
  const char32_t space = SpaceWeight(collation);
  std::uint64_t head = 0;
  for (int i = 0; i < 3; ++i) head = head << 21 | (weights.Next().value_or(space) & 0x1FFFFF);
  return head | std::uint64_t{1} << 63;
}

bool MatchesLike(std::string_view text, std::string_view pattern, Collation collation, char32_t escape) {
  // After the last `%`: where to go on when what follows it does not match.
  std::optional<std::string_view> retry_pattern;
  std::string_view retry_text;
  for (;;) {
    bool is_match = false;
    if (pattern.empty()) {
      is_match = text.empty();
      if (is_match) return true;
    } else {
      std::string_view rest = pattern;
      const LikeStep step = TakeLikeStep(rest, escape);
      if (step.kind == LikeStep::Kind::kAnyMany) {
        pattern = rest;
        retry_pattern = rest;
        retry_text = text;
        continue;
      }
      if (!text.empty()) {
        std::string_view text_rest = text;
        const char32_t c = TakeCodePoint(text_rest);
        is_match = step.kind == LikeStep::Kind::kAnyOne || SameCharacter(c, step.character, collation);
        if (is_match) {
          text = text_rest;
          pattern = rest;
        }
      }
    }
    if (is_match) continue;
    if (!retry_pattern || retry_text.empty()) return false;
    TakeCodePoint(retry_text);
    text = retry_text;
    pattern = *retry_pattern;
  }
}

char32_t TakeCodePoint(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text[0]);
  std::size_t length = 1;
  char32_t code_point = first;
  if (first >= 0xF0 && first < 0xF8) {
    length = 4;
    code_point = first & 0x07u;
  } else if (first >= 0xE0 && first < 0xF0) {
    length = 3;
    code_point = first & 0x0Fu;
  } else if (first >= 0xC2 && first < 0xE0) {
    length = 2;
    code_point = first & 0x1Fu;
  }
  bool is_whole = length <= text.size();
  for (std::size_t i = 1; is_whole && i < length; ++i) {
    is_whole = IsContinuation(text[i]);
    code_point = code_point << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  if (!is_whole || code_point > 0x10FFFF) {
    code_point = first;
    length = 1;
  }
  text.remove_prefix(length);
  return code_point;
}

void AppendCodePoint(std::string& text, char32_t code_point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const utf8proc_ssize_t length =
      utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes.data());
  for (utf8proc_ssize_t i = 0; i < length; ++i)
    text.push_back(static_cast<char>(bytes[static_cast<std::size_t>(i)]));
}

std::size_t CharacterLength(std::string_view text) {
  std::size_t length = 0;
  for (; !text.empty(); ++length) TakeCodePoint(text);
  return length;
}

std::string_view CharacterPrefix(std::string_view text, std::size_t characters) {
  std::string_view rest = text;
  for (; characters > 0 && !rest.empty(); --characters) TakeCodePoint(rest);
  return text.substr(0, text.size() - rest.size());
}

std::string_view WithoutTrailingSpaces(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool IsValidUtf8(std::string_view text) {
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t before = text.size();
    TakeCodePoint(text);
    if (first >= 0x80 && before - text.size() == 1) return false;
  }
  return true;
}

namespace {

template <class Map>
std::string MapText(std::string_view text, Map map) {
  std::string mapped;
  mapped.reserve(text.size());
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t c = TakeCodePoint(text);
    const std::string_view character = before.substr(0, before.size() - text.size());
    if (character.size() == 1 && c >= 0x80) {
      mapped += character;  // No UTF-8: it stays as it is.
    } else {
      AppendCodePoint(mapped, map(c));
    }
  }
  return mapped;
}

}  // namespace

std::string LowerText(std::string_view text) {
  return MapText(text, [](char32_t c) {
    return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
  });
}

std::string UpperText(std::string_view text) { return MapText(text, UpperCodePoint); }

}  // namespace nextkey
