// How MySQL's collations compare, fold and match UTF-8 texts.
//
// A text is a sequence of weights. utf8mb4_bin: the code points. utf8mb4_general_ci: one weight a
// code point, upper-cased and without accents; everything beyond U+FFFF weighs the same.
// utf8mb4_unicode_ci: ASCII in the order of the Unicode collation table (punctuation, digits,
// letters; control characters do not count), `ß` is `ss`, everything else as in general_ci and
// behind ASCII. It differs from the server's where that table has more to say: ligatures and
// letters with strokes stand behind `z` here, other expansions, contractions and ignorable
// characters are missing, scripts are ordered by code point.
// All pad the shorter text with spaces: trailing spaces do not count. LIKE goes code point by code
// point and does not pad. Sources: MySQL manual, "Unicode Character Sets"; MariaDB's
// strings/ctype-utf8.c.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/value.h"

namespace nextkey {

std::strong_ordering CompareText(std::string_view a, std::string_view b, Collation collation);

// Bytes that are equal exactly for texts that compare as equal: for hashing, DISTINCT and GROUP BY.
std::string FoldForCompare(std::string_view text, Collation collation);
// Never 0; a < b follows from head(a) < head(b).
std::uint64_t FoldHead(std::string_view text, Collation collation);

// `%` any characters, `_` one; `escape` in front makes them ordinary (0: no escape character).
bool MatchesLike(std::string_view text, std::string_view pattern, Collation collation,
                 char32_t escape = U'\\');

// --- UTF-8 --------------------------------------------------------------------------------------
// Code points; each byte that is no UTF-8 counts as one.
std::size_t CharacterLength(std::string_view text);
// The first `characters` code points.
std::string_view CharacterPrefix(std::string_view text, std::size_t characters);
std::string_view WithoutTrailingSpaces(std::string_view text);
bool IsValidUtf8(std::string_view text);
std::string LowerText(std::string_view text);
std::string UpperText(std::string_view text);
// Takes the first code point off `text`. Requires: `text` is not empty.
char32_t TakeCodePoint(std::string_view& text);
void AppendCodePoint(std::string& text, char32_t code_point);

}  // namespace nextkey
