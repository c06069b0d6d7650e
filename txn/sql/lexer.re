// The lexer's rules, for re2c: the longest match wins, then the first rule.

#include "txn/sql/lexer.h"

#include <cctype>
#include <cstdio>
#include <optional>
#include <string_view>

#include "grammar.h"
#include "txn/sql/keywords.h"

namespace nextkey::sql {
namespace {

using Code = GrammarParser::token;

// `'it''s'` to `it's`. Escapes: manual, "String Literals".
std::string Unquote(std::string_view quoted) {
  const char quote = quoted.front();
  const bool has_escapes = quote != '`';
  std::string text;
  text.reserve(quoted.size());
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == quote) {
      text += quoted[i++];
      continue;
    }
    if (quoted[i] != '\\' || !has_escapes) {
      text += quoted[i];
      continue;
    }
    const char escaped = quoted[++i];
    switch (escaped) {
      case '0': text += '\0'; break;
      case 'b': text += '\b'; break;
      case 'n': text += '\n'; break;
      case 'r': text += '\r'; break;
      case 't': text += '\t'; break;
      case 'Z': text += '\x1a'; break;
      case '%':
      case '_':  // Left for LIKE.
        text += '\\';
        text += escaped;
        break;
      default: text += escaped;
    }
  }
  return text;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return lower;
}

bool IsCharacterSetIntroducer(std::string_view word) {
  const std::string lower = LowerCase(word);
  return lower == "_utf8mb4" || lower == "_utf8mb3" || lower == "_utf8" || lower == "_latin1" ||
         lower == "_ascii" || lower == "n";
}

// Signs that text programs put in by themselves; for the grammar of words they would be letters.
struct Lookalike {
  std::string_view bytes;
  std::string_view message;
};
constexpr std::string_view kQuoteMessage = "unexpected typographic quote; SQL's are ' and \"";
constexpr std::string_view kSpaceMessage = "unexpected invisible character; SQL needs a plain space";
constexpr Lookalike kLookalikes[] = {
    {"\xe2\x80\x98", kQuoteMessage}, {"\xe2\x80\x99", kQuoteMessage}, {"\xe2\x80\x9c", kQuoteMessage},
    {"\xe2\x80\x9d", kQuoteMessage}, {"\xc2\xa0", kSpaceMessage},     {"\xe2\x80\x87", kSpaceMessage},
    {"\xe2\x80\xaf", kSpaceMessage}, {"\xe3\x80\x80", kSpaceMessage}, {"\xe2\x80\x8b", kSpaceMessage},
    {"\xef\xbb\xbf", kSpaceMessage},
};

std::string NameOfByte(unsigned char byte) {
  char text[64];
  std::snprintf(text, sizeof text, byte < 0x20 || byte == 0x7f ? "control character 0x%02x" : "byte 0x%02x",
                byte);
  return text;
}

// Executable comments of a newer version than ours are comments.
bool IsVersionSpoken(std::string_view digits) {
  return digits.size() < 5 || std::stol(std::string(digits)) <= (digits.size() == 5 ? 80099 : 101199);
}

class Lexer {
 public:
  explicit Lexer(const std::string& text)
      : begin_(text.data()), cursor_(begin_), limit_(begin_ + text.size()) {}

  std::variant<std::vector<Token>, ParseError> Run() {
    while (Step()) {
    }
    if (error_) return *error_;
    return std::move(tokens_);
  }

 private:
  // Takes one token; false at the end and after an error.
  bool Step();
  // Past `*/`; false when there is none. `cursor_` stands behind the comment's beginning.
  bool SkipComment();

  std::uint32_t Offset(const char* at) const { return static_cast<std::uint32_t>(at - begin_); }
  bool Fail(const char* from, const char* to, std::string message) {
    error_ = ParseError{.place = {.begin = Offset(from), .end = Offset(to)}, .message = std::move(message)};
    return false;
  }
  bool Add(int code, const char* from, std::string text = {}) {
    tokens_.push_back(Token{.code = code,
                            .place = {.begin = Offset(from), .end = Offset(cursor_)},
                            .text = std::move(text)});
    return true;
  }
  bool AddText(const char* from);
  bool AddWord(const char* from);

  const char* begin_;
  const char* cursor_;
  const char* limit_;
  const char* executable_comment_ = nullptr;  // Where the open one begins.
  std::vector<Token> tokens_;
  std::optional<ParseError> error_;
};

bool Lexer::SkipComment() {
  const std::string_view rest(cursor_, static_cast<std::size_t>(limit_ - cursor_));
  const std::size_t end = rest.find("*/");
  if (end == std::string_view::npos) return false;
  cursor_ += end + 2;
  return true;
}

bool Lexer::AddText(const char* from) {
  std::string text = Unquote({from, static_cast<std::size_t>(cursor_ - from)});
  if (!tokens_.empty()) {
    Token& last = tokens_.back();
    if (last.code == Code::T_STRING) {
      last.text += text;
      last.place.end = Offset(cursor_);
      return true;
    }
    if (last.code == Code::T_NAME && begin_[last.place.begin] != '`' && IsCharacterSetIntroducer(last.text) &&
        (last.text.size() > 1 || last.place.end == Offset(from))) {
      last.code = Code::T_STRING;
      last.text = std::move(text);
      last.place.end = Offset(cursor_);
      return true;
    }
    // DATE '2024-01-01' is a date, not a column with an alias.
    if (last.code == Code::T_DATE) last.code = Code::T_DATE_LITERAL;
    if (last.code == Code::T_TIME) last.code = Code::T_TIME_LITERAL;
    if (last.code == Code::T_TIMESTAMP) last.code = Code::T_TIMESTAMP_LITERAL;
  }
  return Add(Code::T_STRING, from, std::move(text));
}

bool Lexer::AddWord(const char* from) {
  const std::string_view word(from, static_cast<std::size_t>(cursor_ - from));
  for (const Lookalike& sign : kLookalikes) {
    const std::size_t found = word.find(sign.bytes);
    if (found == std::string_view::npos) continue;
    return Fail(from + found, from + found + sign.bytes.size(), std::string(sign.message));
  }
  const bool is_after_point = tokens_.size() >= 2 && tokens_.back().code == Code::T_POINT;
  const std::optional<int> keyword = is_after_point ? std::nullopt : FindKeyword(word);
  if (!keyword) return Add(Code::T_NAME, from, std::string(word));
  // INSERT .. SELECT .. JOIN b ON DUPLICATE KEY: not the condition of the join.
  if (*keyword == Code::T_KEY && tokens_.size() >= 2 && tokens_[tokens_.size() - 2].code == Code::T_ON &&
      tokens_.back().code == Code::T_NAME && LowerCase(tokens_.back().text) == "duplicate") {
    tokens_.pop_back();
    tokens_.back().code = Code::T_ON_DUPLICATE_KEY;
    tokens_.back().place.end = Offset(cursor_);
    return true;
  }
  return Add(*keyword, from);
}

bool Lexer::Step() {
  const char* marker = nullptr;
  const char* from = cursor_;
  const auto text = [&] { return std::string(from, cursor_); };
  // clang-format off
  /*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = cursor_;
    re2c:define:YYLIMIT = limit_;
    re2c:define:YYMARKER = marker;
    re2c:yyfill:enable = 0;
    re2c:flags:type-header = 0;
    re2c:eof = 0;

    continuation = [\x80-\xbf];
    wide = [\xc2-\xdf] continuation
         | "\xe0" [\xa0-\xbf] continuation
         | [\xe1-\xec\xee\xef] continuation continuation
         | "\xed" [\x80-\x9f] continuation
         | "\xf0" [\x90-\xbf] continuation continuation
         | [\xf1-\xf3] continuation continuation continuation
         | "\xf4" [\x80-\x8f] continuation continuation;
    letter = [A-Za-z_$] | wide;
    digit = [0-9];
    word = (letter | digit)+;
    hex = [0-9a-fA-F];

    single = ['] ( [^'\\] | "\\" [^] | "''" )* ['];
    double = ["] ( [^"\\] | "\\" [^] | ["]["] )* ["];
    backtick = "`" ( [^`] | "``" )* "`";

    $ {
      if (executable_comment_ != nullptr) {
        return Fail(executable_comment_, executable_comment_ + 2, "the comment that begins here has no end: */ is missing");
      }
      Add(0, from);
      return false;
    }
    [ \t\r\n\f\v]+ { return true; }

    // Comments.
    "#" [^\n]* { return true; }
    "--" [\x01-\x09\x0b-\x20] [^\n]* { return true; }
    "--\n" { return true; }
    "--" {
      if (cursor_ == limit_) return true;
      cursor_ = from + 1;  // Two signs: 2--1.
      return Add(Code::T_MINUS, from);
    }
    "/*!" digit* {
      std::string_view version(from + 3, static_cast<std::size_t>(cursor_ - from - 3));
      if (executable_comment_ == nullptr && IsVersionSpoken(version)) {
        executable_comment_ = from;
        return true;
      }
      return SkipComment() ||
             Fail(from, from + 2, "the comment that begins here has no end: */ is missing");
    }
    "/*M!" digit* {
      executable_comment_ = from;
      return true;
    }
    "/*" {
      return SkipComment() ||
             Fail(from, from + 2, "the comment that begins here has no end: */ is missing");
    }
    "*/" {
      if (executable_comment_ == nullptr) {
        cursor_ = from + 1;
        return Add(Code::T_STAR, from);
      }
      executable_comment_ = nullptr;
      return true;
    }

    // Texts and names.
    single | double { return AddText(from); }
    ['] { return Fail(from, cursor_, "the text that begins here has no end: a closing ' is missing"); }
    ["] { return Fail(from, cursor_, "the text that begins here has no end: a closing \" is missing"); }
    backtick {
      std::string name = Unquote({from, static_cast<std::size_t>(cursor_ - from)});
      if (name.empty()) return Fail(from, cursor_, "a name is missing between the backticks");
      return Add(Code::T_NAME, from, std::move(name));
    }
    "`" { return Fail(from, cursor_, "the name that begins here has no end: a closing ` is missing"); }
    "@" (letter | digit | ".")+ { return Add(Code::T_USER_VARIABLE, from, LowerCase(text().substr(1))); }
    "@" (single | double | backtick) {
      return Add(Code::T_USER_VARIABLE, from,
                 LowerCase(Unquote({from + 1, static_cast<std::size_t>(cursor_ - from - 1)})));
    }
    "@@" [A-Za-z0-9_]+ ("." [A-Za-z0-9_]+)? {
      return Add(Code::T_SYSTEM_VARIABLE, from, LowerCase(text().substr(2)));
    }

    // Numbers. What begins like a number and goes on with letters is a name (1st).
    digit+ { return Add(Code::T_INTEGER, from); }
    digit+ "." digit* | "." digit+ {
      // In t.1st the point is no decimal point.
      if (*from == '.' && !tokens_.empty() && tokens_.back().code == Code::T_NAME &&
          tokens_.back().place.end == Offset(from)) {
        cursor_ = from + 1;
        return Add(Code::T_POINT, from);
      }
      return Add(Code::T_DECIMAL_NUMBER, from);
    }
    (digit+ ("." digit*)? | "." digit+) [eE] [+-]? digit+ { return Add(Code::T_FLOAT_NUMBER, from); }
    "0x" hex+ { return Add(Code::T_HEX_NUMBER, from); }
    "0b" [01]+ { return Add(Code::T_BIT_NUMBER, from); }
    [bB] ['] [01]* ['] { return Add(Code::T_BIT_NUMBER, from); }
    [xX] ['] (hex hex)* ['] { return Add(Code::T_HEX_TEXT, from); }
    [xX] ['] [^']* ['] { return Fail(from, cursor_, "a text in hexadecimal digits needs pairs of them: x'4a4b'"); }
    word { return AddWord(from); }

    // Signs.
    "("   { return Add(Code::T_OPEN, from); }
    ")"   { return Add(Code::T_CLOSE, from); }
    ","   { return Add(Code::T_COMMA, from); }
    "."   { return Add(Code::T_POINT, from); }
    ";"   { return Add(Code::T_SEMICOLON, from); }
    "+"   { return Add(Code::T_PLUS, from); }
    "-"   { return Add(Code::T_MINUS, from); }
    "*"   { return Add(Code::T_STAR, from); }
    "/"   { return Add(Code::T_SLASH, from); }
    "%"   { return Add(Code::T_PERCENT, from); }
    "="   { return Add(Code::T_EQUAL, from); }
    ":="  { return Add(Code::T_ASSIGN, from); }
    "<=>" { return Add(Code::T_NULL_SAFE_EQUAL, from); }
    "<>"  { return Add(Code::T_NOT_EQUAL, from); }
    "!="  { return Add(Code::T_NOT_EQUAL, from); }
    "<="  { return Add(Code::T_LESS_EQUAL, from); }
    ">="  { return Add(Code::T_GREATER_EQUAL, from); }
    "<"   { return Add(Code::T_LESS, from); }
    ">"   { return Add(Code::T_GREATER, from); }
    "<<"  { return Add(Code::T_SHIFT_LEFT, from); }
    ">>"  { return Add(Code::T_SHIFT_RIGHT, from); }
    "&"   { return Add(Code::T_AMPERSAND, from); }
    "|"   { return Add(Code::T_BAR, from); }
    "^"   { return Add(Code::T_CARET, from); }
    "~"   { return Add(Code::T_TILDE, from); }
    "!"   { return Add(Code::T_EXCLAMATION, from); }
    "&&"  { return Add(Code::T_AND_AND, from); }
    "||"  { return Add(Code::T_OR, from); }
    "->" | "->>" { return Add(Code::T_JSON_ARROW, from); }

    "?" { return Fail(from, cursor_, "unexpected \"?\": statements are not prepared here, write the value"); }
    "\\" | "{" | "}" | "[" | "]" | ":" | "@" | "@@" {
      return Fail(from, cursor_, "unexpected \"" + text() + "\"");
    }
    * {
      return Fail(from, cursor_, "unexpected " + NameOfByte(static_cast<unsigned char>(*from)));
    }
  */
  // clang-format on
}

}  // namespace

std::variant<std::vector<Token>, ParseError> Tokenize(const std::string& text) { return Lexer(text).Run(); }

}  // namespace nextkey::sql
