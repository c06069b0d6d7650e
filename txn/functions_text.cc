// Functions of texts. Positions and lengths count characters, from 1.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "engine/collation.h"
#include "txn/digest.h"
#include "txn/evaluator.h"

namespace nextkey {
namespace {

using Result = FunctionResult;
using Answer = std::optional<Value>;

constexpr std::size_t kLongestText = 16'777'216;  // max_allowed_packet: what is longer becomes NULL.

Value TextOf(std::string_view text) { return Value::Text(std::string(text)); }

// NULL, with a warning, where the text would be too long.
std::optional<Value> TooLong(const FunctionCall& call) {
  call.sink().Warn(1301, fmt::format("Result of {}() was larger than max_allowed_packet ({}) - truncated",
                                     call.node.name, kLongestText));
  return Value::Null();
}

// `count` characters from the character `from` (counted from 0) on.
std::string_view Slice(std::string_view text, std::size_t from, std::size_t count) {
  text.remove_prefix(CharacterPrefix(text, from).size());
  return CharacterPrefix(text, count);
}

std::size_t AsCount(std::int64_t number) { return number <= 0 ? 0 : static_cast<std::size_t>(number); }

// --- Lengths, cases, parts ------------------------------------------------------------------------

Answer Length(const FunctionCall& call) { return Value::Int(static_cast<std::int64_t>(call.Text(0).size())); }

Answer CharLength(const FunctionCall& call) {
  return Value::Int(static_cast<std::int64_t>(CharacterLength(call.Text(0))));
}

Answer Lower(const FunctionCall& call) { return Value::Text(LowerText(call.Text(0))); }
Answer Upper(const FunctionCall& call) { return Value::Text(UpperText(call.Text(0))); }

// Position 0 gives nothing, a negative one counts from the end.
Answer Substring(const FunctionCall& call) {
  const std::string text = call.Text(0);
  const auto length = static_cast<std::int64_t>(CharacterLength(text));
  const std::int64_t position = call.Int(1);
  const std::int64_t count = call.args.size() > 2 ? call.Int(2) : length;
  const std::int64_t from = position > 0 ? position - 1 : length + position;
  if (position == 0 || from < 0 || from >= length || count <= 0) return TextOf("");
  return TextOf(Slice(text, AsCount(from), AsCount(count)));
}

Answer Left(const FunctionCall& call) {
  const std::string text = call.Text(0);
  return TextOf(CharacterPrefix(text, AsCount(call.Int(1))));
}

Answer Right(const FunctionCall& call) {
  const std::string text = call.Text(0);
  const std::size_t length = CharacterLength(text);
  const std::size_t count = std::min(length, AsCount(call.Int(1)));
  return TextOf(Slice(text, length - count, count));
}

Answer SubstringIndex(const FunctionCall& call) {
  const std::string text = call.Text(0);
  const std::string delimiter = call.Text(1);
  std::int64_t count = call.Int(2);
  if (delimiter.empty() || count == 0) return TextOf("");
  if (count > 0) {
    std::size_t place = text.find(delimiter);
    while (--count > 0 && place != std::string::npos) place = text.find(delimiter, place + delimiter.size());
    return TextOf(std::string_view(text).substr(0, place));
  }
  std::size_t place = text.rfind(delimiter);
  while (++count < 0 && place != std::string::npos) {
    place = place == 0 ? std::string::npos : text.rfind(delimiter, place - 1);
  }
  return TextOf(place == std::string::npos ? std::string_view(text)
                                           : std::string_view(text).substr(place + delimiter.size()));
}

// --- Putting together -----------------------------------------------------------------------------

Answer Concat(const FunctionCall& call) {
  std::string text;
  for (const Value& arg : call.args) text += arg.ToText();
  if (text.size() > kLongestText) return TooLong(call);
  return Value::Text(std::move(text));
}

// Skips NULLs, except for the separator.
Answer ConcatWithSeparator(const FunctionCall& call) {
  if (call.args[0].IsNull()) return Value::Null();
  const std::string separator = call.Text(0);
  std::string text;
  bool is_first = true;
  for (const Value& arg : call.args.subspan(1)) {
    if (arg.IsNull()) continue;
    if (!is_first) text += separator;
    is_first = false;
    text += arg.ToText();
  }
  if (text.size() > kLongestText) return TooLong(call);
  return Value::Text(std::move(text));
}

Answer Repeat(const FunctionCall& call) {
  const std::string piece = call.Text(0);
  const std::size_t count = AsCount(call.Int(1));
  if (piece.empty()) return TextOf("");
  if (count > kLongestText / piece.size()) return TooLong(call);
  std::string text;
  text.reserve(piece.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return Value::Text(std::move(text));
}

Answer Space(const FunctionCall& call) {
  const std::size_t count = AsCount(call.Int(0));
  if (count > kLongestText) return TooLong(call);
  return Value::Text(std::string(count, ' '));
}

enum class PadSide : std::uint8_t { kLeft, kRight };

Answer Pad(const FunctionCall& call, PadSide side) {
  const std::string text = call.Text(0);
  const std::int64_t wanted = call.Int(1);
  const std::string filler = call.args.size() > 2 ? call.Text(2) : " ";
  if (wanted < 0) return Value::Null();
  const std::size_t length = CharacterLength(text);
  if (AsCount(wanted) <= length) return TextOf(CharacterPrefix(text, AsCount(wanted)));
  if (filler.empty()) return Value::Null();
  if (AsCount(wanted) > kLongestText) return TooLong(call);
  std::size_t missing = AsCount(wanted) - length;
  const std::size_t filler_length = CharacterLength(filler);
  std::string padding;
  for (; missing >= filler_length; missing -= filler_length) padding += filler;
  padding += CharacterPrefix(filler, missing);
  return Value::Text(side == PadSide::kLeft ? padding + text : text + padding);
}

Answer LeftPad(const FunctionCall& call) { return Pad(call, PadSide::kLeft); }
Answer RightPad(const FunctionCall& call) { return Pad(call, PadSide::kRight); }

Answer Replace(const FunctionCall& call) {
  const std::string from = call.Text(1);
  if (from.empty()) return TextOf(call.Text(0));
  std::string text = absl::StrReplaceAll(call.Text(0), {{from, call.Text(2)}});
  if (text.size() > kLongestText) return TooLong(call);
  return Value::Text(std::move(text));
}

Answer Insert(const FunctionCall& call) {
  const std::string text = call.Text(0);
  const auto length = static_cast<std::int64_t>(CharacterLength(text));
  const std::int64_t position = call.Int(1);
  const std::int64_t given = call.Int(2);
  if (position < 1 || position > length) return TextOf(text);
  const std::int64_t rest = length - position + 1;
  const std::int64_t count = given < 0 || given > rest ? rest : given;
  const std::string_view head = CharacterPrefix(text, AsCount(position - 1));
  const std::string_view tail = Slice(text, AsCount(position - 1 + count), AsCount(length));
  return Value::Text(fmt::format("{}{}{}", head, call.Text(3), tail));
}

Answer Reverse(const FunctionCall& call) {
  const std::string text = call.Text(0);
  std::string result;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view first = CharacterPrefix(rest, 1);
    result.insert(0, first);
    rest.remove_prefix(first.size());
  }
  return Value::Text(std::move(result));
}

// --- Trimming -------------------------------------------------------------------------------------

std::string_view TrimLeft(std::string_view text, std::string_view what) {
  while (!what.empty() && text.starts_with(what)) text.remove_prefix(what.size());
  return text;
}

std::string_view TrimRight(std::string_view text, std::string_view what) {
  while (!what.empty() && text.ends_with(what)) text.remove_suffix(what.size());
  return text;
}

std::string WhatToTrim(const FunctionCall& call) { return call.args.size() > 1 ? call.Text(1) : " "; }

Answer Trim(const FunctionCall& call) {
  const std::string text = call.Text(0);
  const std::string what = WhatToTrim(call);
  return TextOf(TrimRight(TrimLeft(text, what), what));
}

Answer LeftTrim(const FunctionCall& call) {
  const std::string text = call.Text(0);
  return TextOf(TrimLeft(text, WhatToTrim(call)));
}

Answer RightTrim(const FunctionCall& call) {
  const std::string text = call.Text(0);
  return TextOf(TrimRight(text, WhatToTrim(call)));
}

// --- Searching and comparing ----------------------------------------------------------------------

// The place of `what` in characters from 1, beginning at the character `from` (from 1); 0: nowhere.
std::int64_t Find(std::string_view what, std::string_view text, std::int64_t from, Collation collation) {
  const std::size_t width = CharacterLength(what);
  const std::size_t length = CharacterLength(text);
  if (from < 1 || AsCount(from) > length + 1) return 0;
  std::string_view rest = text.substr(CharacterPrefix(text, AsCount(from - 1)).size());
  for (std::size_t place = AsCount(from); place + width <= length + 1; ++place) {
    const std::string_view candidate = CharacterPrefix(rest, width);
    // LIKE compares without padding; a candidate has as many characters as `what`.
    if (candidate == what || CompareText(candidate, what, collation) == 0)
      return static_cast<std::int64_t>(place);
    if (rest.empty()) break;
    rest.remove_prefix(CharacterPrefix(rest, 1).size());
  }
  return 0;
}

Answer Locate(const FunctionCall& call) {
  const std::int64_t from = call.args.size() > 2 ? call.Int(2) : 1;
  return Value::Int(Find(call.Text(0), call.Text(1), from, call.node.collation));
}

Answer Instr(const FunctionCall& call) {
  return Value::Int(Find(call.Text(1), call.Text(0), 1, call.node.collation));
}

Answer Field(const FunctionCall& call) {
  if (call.args[0].IsNull()) return Value::Int(0);
  const bool are_texts = std::all_of(call.args.begin(), call.args.end(),
                                     [](const Value& v) { return v.kind() == ValueKind::kText; });
  for (std::size_t i = 1; i < call.args.size(); ++i) {
    if (call.args[i].IsNull()) continue;
    const bool is_equal = are_texts || (call.args[0].IsNumber() && call.args[i].IsNumber())
                              ? *CompareSql(call.args[0], call.args[i], call.node.collation) == 0
                              : call.Double(0) == call.Double(i);
    if (is_equal) return Value::Int(static_cast<std::int64_t>(i));
  }
  return Value::Int(0);
}

Answer Elt(const FunctionCall& call) {
  if (call.args[0].IsNull()) return Value::Null();
  const std::int64_t place = call.Int(0);
  if (place < 1 || AsCount(place) >= call.args.size()) return Value::Null();
  const Value& chosen = call.args[AsCount(place)];
  return chosen.IsNull() ? chosen : Value::Text(chosen.ToText());
}

Answer FindInSet(const FunctionCall& call) {
  const std::string wanted = call.Text(0);
  const std::string set = call.Text(1);
  std::int64_t place = 0;
  for (std::size_t begin = 0; begin <= set.size() && !set.empty();) {
    const std::size_t end = std::min(set.find(',', begin), set.size());
    ++place;
    if (CompareText(std::string_view(set).substr(begin, end - begin), wanted, call.node.collation) == 0) {
      return Value::Int(place);
    }
    begin = end + 1;
  }
  return Value::Int(0);
}

Answer StringCompare(const FunctionCall& call) {
  const std::strong_ordering order = CompareText(call.Text(0), call.Text(1), call.node.collation);
  return Value::Int(order < 0 ? -1 : order > 0 ? 1 : 0);
}

// --- Bytes, bases, digests ------------------------------------------------------------------------

Answer Ascii(const FunctionCall& call) {
  const std::string text = call.Text(0);
  return Value::Int(text.empty() ? 0 : static_cast<unsigned char>(text[0]));
}

Answer Ord(const FunctionCall& call) {
  const std::string text = call.Text(0);
  std::int64_t code = 0;
  for (const char byte : CharacterPrefix(text, 1)) code = code * 256 + static_cast<unsigned char>(byte);
  return Value::Int(code);
}

Answer Char(const FunctionCall& call) {
  std::string text;
  for (std::size_t i = 0; i < call.args.size(); ++i) {
    if (call.args[i].IsNull()) continue;
    const auto code = static_cast<std::uint32_t>(call.Int(i));
    for (int shift = 24; shift >= 0; shift -= 8) {
      if (shift > 0 && code >> shift == 0) continue;
      text += static_cast<char>(code >> shift & 0xFFU);
    }
  }
  return Value::Text(std::move(text));
}

Answer Hex(const FunctionCall& call) {
  const Value& value = call.args[0];
  if (value.IsNumber()) return Value::Text(fmt::format("{:X}", static_cast<std::uint64_t>(call.Int(0))));
  std::string text;
  for (const char byte : value.ToText()) text += fmt::format("{:02X}", static_cast<unsigned char>(byte));
  return Value::Text(std::move(text));
}

Answer Unhex(const FunctionCall& call) {
  std::string digits = call.Text(0);
  if (digits.size() % 2 == 1) digits.insert(0, "0");
  const bool is_hex = digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  return is_hex ? Value::Text(absl::HexStringToBytes(digits)) : Value::Null();
}

Answer Bin(const FunctionCall& call) {
  return Value::Text(fmt::format("{:b}", static_cast<std::uint64_t>(call.Int(0))));
}
Answer Oct(const FunctionCall& call) {
  return Value::Text(fmt::format("{:o}", static_cast<std::uint64_t>(call.Int(0))));
}

Answer Quote(const FunctionCall& call) {
  if (call.args[0].IsNull()) return TextOf("NULL");
  return Value::Text(fmt::format("'{}'", absl::StrReplaceAll(call.Text(0), {{"\\", "\\\\"}, {"'", "\\'"}})));
}

Answer Md5(const FunctionCall& call) { return Value::Text(Md5Hex(call.Text(0))); }
Answer Sha1(const FunctionCall& call) { return Value::Text(Sha1Hex(call.Text(0))); }
Answer Crc32(const FunctionCall& call) { return Value::Unsigned(Crc32Of(call.Text(0))); }

// 1234567.891 with two digits: 1,234,567.89
Answer Format(const FunctionCall& call) {
  const auto digits = static_cast<int>(std::clamp<std::int64_t>(call.Int(1), 0, 30));
  const Decimal number = ToDecimal(call.args[0], call.sink());
  const std::optional<Decimal> rounded = RoundDecimal(number, digits);
  std::string text = DecimalToText(rounded.value_or(number));
  const std::size_t begin = text.starts_with('-') ? 1 : 0;
  const std::size_t end = std::min(text.find('.'), text.size());
  for (std::size_t place = end; place > begin + 3; place -= 3) text.insert(place - 3, ",");
  return Value::Text(std::move(text));
}

using enum NullRule;

constexpr auto kTextFunctions = std::to_array<FunctionDef>({
    {"concat", 1, -1, Result::kText, Concat},
    {"concat_ws", 2, -1, Result::kText, ConcatWithSeparator, kTakesNulls},
    {"length", 1, 1, Result::kInt, Length},
    {"octet_length", 1, 1, Result::kInt, Length},
    {"char_length", 1, 1, Result::kInt, CharLength},
    {"character_length", 1, 1, Result::kInt, CharLength},
    {"lower", 1, 1, Result::kText, Lower},
    {"lcase", 1, 1, Result::kText, Lower},
    {"upper", 1, 1, Result::kText, Upper},
    {"ucase", 1, 1, Result::kText, Upper},
    {"substring", 2, 3, Result::kText, Substring},
    {"substr", 2, 3, Result::kText, Substring},
    {"mid", 2, 3, Result::kText, Substring},
    {"left", 2, 2, Result::kText, Left},
    {"right", 2, 2, Result::kText, Right},
    {"substring_index", 3, 3, Result::kText, SubstringIndex},
    {"repeat", 2, 2, Result::kText, Repeat},
    {"space", 1, 1, Result::kText, Space},
    {"lpad", 2, 3, Result::kText, LeftPad},
    {"rpad", 2, 3, Result::kText, RightPad},
    {"replace", 3, 3, Result::kText, Replace},
    {"insert", 4, 4, Result::kText, Insert},
    {"reverse", 1, 1, Result::kText, Reverse},
    {"trim", 1, 2, Result::kText, Trim},
    {"ltrim", 1, 2, Result::kText, LeftTrim},
    {"rtrim", 1, 2, Result::kText, RightTrim},
    {"locate", 2, 3, Result::kInt, Locate},
    {"position", 2, 2, Result::kInt, Locate},
    {"instr", 2, 2, Result::kInt, Instr},
    {"field", 2, -1, Result::kInt, Field, kTakesNulls},
    {"elt", 2, -1, Result::kText, Elt, kTakesNulls},
    {"find_in_set", 2, 2, Result::kInt, FindInSet},
    {"strcmp", 2, 2, Result::kInt, StringCompare},
    {"ascii", 1, 1, Result::kInt, Ascii},
    {"ord", 1, 1, Result::kInt, Ord},
    {"char", 1, -1, Result::kText, Char, kTakesNulls},
    {"hex", 1, 1, Result::kText, Hex},
    {"unhex", 1, 1, Result::kText, Unhex},
    {"bin", 1, 1, Result::kText, Bin},
    {"oct", 1, 1, Result::kText, Oct},
    {"quote", 1, 1, Result::kText, Quote, kTakesNulls},
    {"md5", 1, 1, Result::kText, Md5},
    {"sha1", 1, 1, Result::kText, Sha1},
    {"sha", 1, 1, Result::kText, Sha1},
    {"crc32", 1, 1, Result::kUnsigned, Crc32},
    {"format", 2, 2, Result::kText, Format},
});

}  // namespace

std::span<const FunctionDef> TextFunctions() { return kTextFunctions; }

}  // namespace nextkey
