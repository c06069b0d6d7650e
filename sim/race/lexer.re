// The lexer's rules, for re2c: the longest match wins, then the first rule.

#include "sim/race/lexer.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "grammar.h"
#include "sim/text.h"

namespace nextkey::race {
namespace {

using Code = Grammar::token;

// PostgreSQL's isolationtester reserves the first five; the others may be names as well.
struct Keyword {
  std::string_view word;
  int code;
};
constexpr Keyword kKeywords[] = {
    {"permutation", Code::T_PERMUTATION}, {"session", Code::T_SESSION},
    {"setup", Code::T_SETUP},             {"step", Code::T_STEP},
    {"teardown", Code::T_TEARDOWN},       {"race", Code::T_RACE},
    {"parameter", Code::T_PARAMETER},     {"service", Code::T_SERVICE},
    {"processes", Code::T_PROCESSES},     {"server", Code::T_SERVER},
    {"client", Code::T_CLIENT},           {"fault", Code::T_FAULT},
    {"invariant", Code::T_INVARIANT},     {"result", Code::T_RESULT},
    {"fix", Code::T_FIX},                 {"expect", Code::T_EXPECT},
    {"load", Code::T_LOAD},               {"retry", Code::T_RETRY},
    {"isolation", Code::T_ISOLATION},     {"on", Code::T_ON},
    {"backoff", Code::T_BACKOFF},         {"doubling", Code::T_DOUBLING},
    {"always", Code::T_ALWAYS},           {"replace", Code::T_REPLACE},
    {"remove", Code::T_REMOVE},           {"before", Code::T_BEFORE},
    {"after", Code::T_AFTER},             {"around", Code::T_AROUND},
    {"to", Code::T_TO},                   {"finally", Code::T_FINALLY},
    {"use", Code::T_USE},                 {"at", Code::T_AT},
    {"for", Code::T_FOR},                 {"by", Code::T_BY},
    {"in", Code::T_IN},                   {"some", Code::T_SOME},
    {"every", Code::T_EVERY},             {"breaks", Code::T_BREAKS},
    {"holds", Code::T_HOLDS},             {"notices", Code::T_NOTICES},
};

std::optional<int> FindKeyword(std::string_view word) {
  for (const Keyword& keyword : kKeywords) {
    if (keyword.word == word) return keyword.code;
  }
  return std::nullopt;
}

// The words that steer inside of a block. MySQL's: any case.
struct BlockWord {
  std::string_view word;
  int code;
};
constexpr BlockWord kBlockWords[] = {
    {"if", Code::T_SQL_IF},       {"then", Code::T_SQL_THEN}, {"elseif", Code::T_SQL_ELSEIF},
    {"else", Code::T_SQL_ELSE},   {"end", Code::T_SQL_END},   {"while", Code::T_SQL_WHILE},
    {"do", Code::T_SQL_DO},       {"fail", Code::T_SQL_FAIL}, {"call", Code::T_SQL_CALL},
    {"think", Code::T_SQL_THINK}, {"on", Code::T_SQL_ON},     {"into", Code::T_SQL_INTO},
};

// 0: none of them.
int FindBlockWord(std::string_view word) {
  for (const BlockWord& known : kBlockWords) {
    if (EqualsIgnoreCase(known.word, word)) return known.code;
  }
  return 0;
}

bool IsReserved(int code) {
  return code == Code::T_PERMUTATION || code == Code::T_SESSION || code == Code::T_SETUP ||
         code == Code::T_STEP || code == Code::T_TEARDOWN;
}

// Without the quotes; a doubled quote is one.
std::string Unquote(std::string_view quoted) {
  std::string text;
  const char quote = quoted.front();
  for (std::size_t at = 1; at + 1 < quoted.size(); ++at) {
    text += quoted[at];
    if (quoted[at] == quote) ++at;
  }
  return text;
}

enum class PieceKind : std::uint8_t {
  kSpace,  // White space and comments.
  kWord,
  kQuoted,  // "..", outside of blocks
  kText,    // '..', and ".." inside
  kNumber,
  kVariable,
  kSign,  // Any other character, one by one.
  kEnd,
  kUnended,  // A text or comment without its end.
};

struct Piece {
  PieceKind kind = PieceKind::kEnd;
  std::size_t begin = 0;
  std::size_t end = 0;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  TokenList Run() {
    TakeFile();
    Add(0, Piece{PieceKind::kEnd, text_.size(), text_.size()});
    return std::move(list_);
  }

 private:
  // --- Pieces.
  Piece TakePiece(bool is_in_block);
  // The next one that is no white space. Of what never ends it tells, and gives the end.
  Piece Next(bool is_in_block);
  Piece Peek(bool is_in_block) {
    const std::size_t cursor = cursor_;
    const Piece piece = Next(is_in_block);
    cursor_ = cursor;
    return piece;
  }
  std::string_view Source(const Piece& piece) const {
    return text_.substr(piece.begin, piece.end - piece.begin);
  }
  bool IsSign(const Piece& piece, char sign) const {
    return piece.kind == PieceKind::kSign && text_[piece.begin] == sign;
  }

  // --- Tokens.
  void Add(int code, const Piece& piece, std::string text = {});
  void Complain(std::size_t offset, std::string message, std::string remedy) {
    list_.problems.push_back({offset, std::move(message), std::move(remedy)});
  }
  void AddSign(const Piece& piece);

  // --- Outside of blocks.
  void TakeFile();
  void TakeWord(const Piece& word);
  void TakeLevel();
  void TakeExpectation();
  bool OpensList() const;
  int CodeInPermutation(int keyword, const Piece& word);

  // --- Inside.
  void TakeBlock(const Piece& open);
  void TakeStatement();
  void TakeSql();
  void TakeCondition(int delimiter);
  void TakeRest();
  void TakeArguments();
  bool EndsStatement(const Piece& piece) const {
    return piece.kind == PieceKind::kEnd || IsSign(piece, ';') || IsSign(piece, '}');
  }
  bool EndsCompound(const Piece& word);

  std::string_view text_;
  std::size_t cursor_ = 0;
  TokenList list_;
  std::size_t seen_to_ = 0;  // Up to where line ends were looked for.
  int braces_ = 0;
  bool is_in_permutation_ = false;
  bool needs_semicolon_ = false;  // A statement in a block is not ended yet.
  std::set<std::string, std::less<>> steps_;
};

Piece Lexer::TakePiece(bool is_in_block) {
  const char* const begin = text_.data();
  const char* cursor = begin + cursor_;
  const char* const limit = begin + text_.size();
  const char* const from = cursor;
  const char* marker = nullptr;
  const auto piece = [&](PieceKind kind) {
    cursor_ = static_cast<std::size_t>(cursor - begin);
    return Piece{kind, static_cast<std::size_t>(from - begin), cursor_};
  };
  // clang-format off
  /*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = cursor;
    re2c:define:YYLIMIT = limit;
    re2c:define:YYMARKER = marker;
    re2c:yyfill:enable = 0;
    re2c:eof = 0;

    letter = [A-Za-z_\x80-\xff];
    digit = [0-9];
    word = letter (letter | digit | "$")*;
    single = ['] ( [^'\\] | "\\" [^] | "''" )* ['];
    double = ["] ( [^"\\] | "\\" [^] | ["]["] )* ["];
    backtick = "`" ( [^`] | "``" )* "`";
    name = ["] ( [^"\r\n] | ["]["] )* ["];
    line_comment = ( "#" | "--" [\x01-\x09\x0b-\x20] ) [^\n]* | "--\n";
    comment = "/*" ( [^*] | "*"+ [^*/] )* "*"+ "/";
  */
  if (is_in_block) {
  /*!re2c
    $ { return piece(PieceKind::kEnd); }
    [ \t\r\n\f\v]+ | line_comment { return piece(PieceKind::kSpace); }
    comment {
      const bool is_executable = from[2] == '!' || (from[2] == 'M' && from[3] == '!');
      return piece(is_executable ? PieceKind::kSign : PieceKind::kSpace);
    }
    word { return piece(PieceKind::kWord); }
    digit+ ("." digit+)? { return piece(PieceKind::kNumber); }
    "@" (letter | digit | [.$])+ { return piece(PieceKind::kVariable); }
    single | double { return piece(PieceKind::kText); }
    backtick { return piece(PieceKind::kSign); }
    ['"`] | "/*" { return piece(PieceKind::kUnended); }
    [^] { return piece(PieceKind::kSign); }
  */
  }
  /*!re2c
    $ { return piece(PieceKind::kEnd); }
    [ \t\r\n\f\v]+ | line_comment | comment { return piece(PieceKind::kSpace); }
    word { return piece(PieceKind::kWord); }
    digit+ ("." digit+)? { return piece(PieceKind::kNumber); }
    "@" word { return piece(PieceKind::kVariable); }
    name { return piece(PieceKind::kQuoted); }
    single { return piece(PieceKind::kText); }
    ['"] | "/*" { return piece(PieceKind::kUnended); }
    [^] { return piece(PieceKind::kSign); }
  */
  // clang-format on
}

Piece Lexer::Next(bool is_in_block) {
  Piece piece = TakePiece(is_in_block);
  while (piece.kind == PieceKind::kSpace) piece = TakePiece(is_in_block);
  if (piece.kind != PieceKind::kUnended) return piece;
  const bool is_comment = text_[piece.begin] == '/';
  const std::string what = is_comment ? "comment" : text_[piece.begin] == '`' ? "name" : "text";
  const std::string missing = is_comment ? "*/" : "a closing " + std::string(1, text_[piece.begin]);
  const bool is_known = !list_.problems.empty() && list_.problems.back().offset == piece.begin;
  if (!is_known) {
    Complain(piece.begin, "the " + what + " that begins here has no end: " + missing + " is missing",
             !is_in_block && !is_comment ? "Outside of SQL a text ends on its own line." : "");
  }
  cursor_ = text_.size();
  return Piece{PieceKind::kEnd, text_.size(), text_.size()};
}

void Lexer::Add(int code, const Piece& piece, std::string text) {
  const std::string_view between =
      piece.begin > seen_to_ ? text_.substr(seen_to_, piece.begin - seen_to_) : std::string_view();
  const bool begins_line = list_.tokens.empty() || between.find_first_of("\r\n") != between.npos;
  seen_to_ = std::max(seen_to_, piece.end);
  list_.tokens.push_back(Token{.code = code,
                               .place = {.begin = static_cast<std::uint32_t>(piece.begin),
                                         .end = static_cast<std::uint32_t>(piece.end)},
                               .text = std::move(text),
                               .begins_line = begins_line,
                               .is_in_braces = braces_ > 0});
}

void Lexer::AddSign(const Piece& piece) {
  switch (text_[piece.begin]) {
    case '(': return Add(Code::T_OPEN, piece);
    case ')': return Add(Code::T_CLOSE, piece);
    case '{': return Add(Code::T_OPEN_BRACE, piece);
    case '}': return Add(Code::T_CLOSE_BRACE, piece);
    case ',': return Add(Code::T_COMMA, piece);
    case '.': return Add(Code::T_POINT, piece);
    case ':': return Add(Code::T_COLON, piece);
    case '=': return Add(Code::T_EQUAL, piece);
    case '*': return Add(Code::T_STAR, piece);
    case '-': return Add(Code::T_MINUS, piece);
    case ';': return Add(Code::T_SEMICOLON, piece);
    default: return Add(Code::T_STRANGE, piece);
  }
}

// --- Outside of blocks -----------------------------------------------------------------------------

void Lexer::TakeFile() {
  while (true) {
    const Piece piece = Next(false);
    switch (piece.kind) {
      case PieceKind::kEnd: return;
      case PieceKind::kWord: TakeWord(piece); continue;
      case PieceKind::kQuoted: Add(Code::T_QUOTED, piece, Unquote(Source(piece))); break;
      case PieceKind::kText: Add(Code::T_TEXT, piece, Unquote(Source(piece))); break;
      case PieceKind::kNumber: Add(Code::T_NUMBER, piece, std::string(Source(piece))); break;
      case PieceKind::kVariable: Add(Code::T_VARIABLE, piece, ToLower(Source(piece).substr(1))); break;
      case PieceKind::kSign:
        if (IsSign(piece, '{') && !OpensList()) {
          TakeBlock(piece);
          break;
        }
        if (IsSign(piece, '{')) ++braces_;
        AddSign(piece);
        if (IsSign(piece, '}')) {
          braces_ = 0;
          is_in_permutation_ = false;
        }
        if (IsSign(piece, ':')) TakeExpectation();
        break;
      case PieceKind::kSpace:
      case PieceKind::kUnended: break;  // Next() gives neither.
    }
  }
}

// `fix NAME "sentence" {` and `permutation NAME "sentence" {` are no SQL.
bool Lexer::OpensList() const {
  if (braces_ > 0) return false;
  std::size_t left = list_.tokens.size();
  const auto is_name = [&](std::size_t at) {
    const int code = list_.tokens[at].code;
    return code == Code::T_WORD || code == Code::T_QUOTED ||
           (!IsReserved(code) && FindKeyword(Source({PieceKind::kWord, list_.tokens[at].place.begin,
                                                     list_.tokens[at].place.end})));
  };
  if (left >= 3 && list_.tokens[left - 1].code == Code::T_QUOTED && is_name(left - 2)) --left;
  if (left < 2 || !is_name(left - 1)) return false;
  const int code = list_.tokens[left - 2].code;
  return code == Code::T_FIX || code == Code::T_PERMUTATION;
}

void Lexer::TakeWord(const Piece& word) {
  const std::string_view source = Source(word);
  const std::optional<int> keyword = FindKeyword(source);
  const int before = list_.tokens.empty() ? 0 : list_.tokens.back().code;
  if (before == Code::T_STEP) steps_.insert(std::string(source));
  int code = keyword.value_or(Code::T_WORD);
  if (is_in_permutation_ && keyword) code = CodeInPermutation(*keyword, word);
  Add(code, word, code == Code::T_WORD ? std::string(source) : std::string());
  if (code == Code::T_PERMUTATION) is_in_permutation_ = true;
  if (code == Code::T_ISOLATION && before != Code::T_STEP && before != Code::T_POINT) TakeLevel();
}

int Lexer::CodeInPermutation(int keyword, const Piece& word) {
  const bool is_in_marker = std::any_of(list_.tokens.rbegin(), list_.tokens.rend(), [&, done = false](
      const Token& token) mutable {
    done = done || token.code == Code::T_CLOSE || token.code == Code::T_PERMUTATION;
    return !done && token.code == Code::T_OPEN;
  });
  if (is_in_marker) return keyword;
  const bool ends = IsReserved(keyword) ||
                    (braces_ == 0 && BeginsItem(keyword) && !steps_.contains(Source(word)));
  if (!ends) return Code::T_WORD;
  is_in_permutation_ = false;
  return keyword;
}

// The words behind `isolation` that stand on its line: one name, whatever it is.
void Lexer::TakeLevel() {
  Piece level = Peek(false);
  if (level.kind != PieceKind::kWord || FindKeyword(Source(level))) return;
  const std::size_t line_end = std::min(text_.find_first_of("\r\n", level.begin), text_.size());
  cursor_ = level.end;
  while (true) {
    const Piece word = Peek(false);
    const bool is_hyphen = IsSign(word, '-');
    if (word.begin >= line_end || !(is_hyphen || (word.kind == PieceKind::kWord && !FindKeyword(Source(word)))))
      break;
    cursor_ = level.end = word.end;
  }
  Add(Code::T_LEVEL, level, std::string(Source(level)));
}

// `some` or `every`, and an expression that ends at `in NAME`, at a line that begins a new item, or
// with the file.
void Lexer::TakeExpectation() {
  const Piece scope = Peek(false);
  if (scope.kind != PieceKind::kWord) return;
  const std::optional<int> code = FindKeyword(Source(scope));
  if (code != Code::T_SOME && code != Code::T_EVERY) return;
  cursor_ = scope.end;
  Add(*code, scope);
  Piece expression{PieceKind::kText, 0, 0};
  while (true) {
    const std::size_t before = cursor_;
    const Piece piece = Next(true);
    bool is_end = piece.kind == PieceKind::kEnd;
    if (piece.kind == PieceKind::kWord) {
      const std::optional<int> keyword = FindKeyword(Source(piece));
      const bool begins_line =
          text_.substr(before, piece.begin - before).find_first_of("\r\n") != std::string_view::npos;
      is_end = keyword && ((begins_line && BeginsItem(*keyword)) ||
                           (keyword == Code::T_IN && Peek(false).kind == PieceKind::kWord));
    }
    if (is_end) {
      cursor_ = before;
      break;
    }
    if (expression.end == 0) expression.begin = piece.begin;
    expression.end = piece.end;
  }
  if (expression.end > 0) Add(Code::T_EXPRESSION, expression, std::string(Source(expression)));
}

// --- Inside of blocks ------------------------------------------------------------------------------

void Lexer::TakeBlock(const Piece& open) {
  AddSign(open);
  ++braces_;
  needs_semicolon_ = false;
  while (true) {
    const Piece piece = Peek(true);
    if (piece.kind == PieceKind::kEnd) {
      cursor_ = text_.size();
      if (list_.problems.empty()) {
        Complain(open.begin, "the block that begins here has no end: } is missing", "");
      }
      return;
    }
    if (!IsSign(piece, '}') && !IsSign(piece, ';')) {
      TakeStatement();
      continue;
    }
    cursor_ = piece.end;
    if (needs_semicolon_) {
      const std::size_t end = IsSign(piece, ';') ? piece.end : piece.begin;
      Add(Code::T_SEMICOLON, Piece{PieceKind::kSign, piece.begin, end});
      needs_semicolon_ = false;
    }
    if (!IsSign(piece, '}')) continue;
    --braces_;
    return AddSign(piece);
  }
}

void Lexer::TakeStatement() {
  const Piece first = Peek(true);
  const int word = first.kind == PieceKind::kWord ? FindBlockWord(Source(first)) : 0;
  // DO is a statement of SQL's, and INTO begins none.
  if (word == 0 || word == Code::T_SQL_DO || word == Code::T_SQL_INTO) return TakeSql();
  cursor_ = first.end;
  Add(word, first);
  if (word == Code::T_SQL_IF || word == Code::T_SQL_ELSEIF) return TakeCondition(Code::T_SQL_THEN);
  if (word == Code::T_SQL_WHILE) return TakeCondition(Code::T_SQL_DO);
  if (word == Code::T_SQL_ELSE || word == Code::T_SQL_THEN) return;
  if (word == Code::T_SQL_THINK) return TakeCondition(Code::T_SEMICOLON);
  if (word == Code::T_SQL_ON) {
    const Piece server = Peek(true);
    if (server.kind == PieceKind::kWord) {
      cursor_ = server.end;
      Add(Code::T_WORD, server, std::string(Source(server)));
    }
    return TakeSql();
  }
  TakeRest();
}

// END IF and END WHILE inside of a statement: its semicolon was forgotten.
bool Lexer::EndsCompound(const Piece& word) {
  if (word.kind != PieceKind::kWord || !EqualsIgnoreCase(Source(word), "end")) return false;
  const Piece next = Peek(true);
  return next.kind == PieceKind::kWord &&
         (EqualsIgnoreCase(Source(next), "if") || EqualsIgnoreCase(Source(next), "while"));
}

void Lexer::TakeSql() {
  Piece statement{PieceKind::kText, 0, 0};
  while (true) {
    const std::size_t before = cursor_;
    const Piece piece = Next(true);
    const bool is_end_of_compound = EndsCompound(piece);
    if (EndsStatement(piece) || is_end_of_compound) {
      cursor_ = before;
      needs_semicolon_ = true;
      if (statement.end > 0) Add(Code::T_SQL, statement, std::string(Source(statement)));
      if (is_end_of_compound) {
        Complain(statement.end, "a ; is missing at the end of this statement", "");
        Add(Code::T_SEMICOLON, Piece{PieceKind::kSign, statement.end, statement.end});
        needs_semicolon_ = false;
      }
      return;
    }
    if (statement.end == 0) statement.begin = piece.begin;
    statement.end = piece.end;
  }
}

// An expression up to THEN, DO or the end of the statement.
void Lexer::TakeCondition(int delimiter) {
  Piece condition{PieceKind::kText, 0, 0};
  int open = 0;  // Parentheses and CASEs.
  while (true) {
    const std::size_t before = cursor_;
    const Piece piece = Next(true);
    if (EndsStatement(piece)) {
      cursor_ = before;
      needs_semicolon_ = true;
      break;
    }
    if (piece.kind == PieceKind::kWord) {
      if (open == 0 && FindBlockWord(Source(piece)) == delimiter) {
        cursor_ = before;
        break;
      }
      if (EqualsIgnoreCase(Source(piece), "case")) ++open;
      if (EqualsIgnoreCase(Source(piece), "end") && open > 0) --open;
    }
    if (IsSign(piece, '(')) ++open;
    if (IsSign(piece, ')') && open > 0) --open;
    if (condition.end == 0) condition.begin = piece.begin;
    condition.end = piece.end;
  }
  if (condition.end > 0) Add(Code::T_EXPRESSION, condition, std::string(Source(condition)));
  if (needs_semicolon_) return;
  const Piece word = Next(true);
  Add(delimiter, word);
}

// What stands behind END, FAIL and CALL.
void Lexer::TakeRest() {
  while (true) {
    const Piece piece = Peek(true);
    if (EndsStatement(piece)) break;
    cursor_ = piece.end;
    switch (piece.kind) {
      case PieceKind::kWord: {
        const int code = FindBlockWord(Source(piece));
        Add(code != 0 ? code : static_cast<int>(Code::T_WORD), piece, std::string(Source(piece)));
        break;
      }
      case PieceKind::kText: Add(Code::T_TEXT, piece, Unquote(Source(piece))); break;
      case PieceKind::kNumber: Add(Code::T_NUMBER, piece, std::string(Source(piece))); break;
      case PieceKind::kVariable: Add(Code::T_VARIABLE, piece, ToLower(Source(piece).substr(1))); break;
      default: AddSign(piece);
    }
    if (IsSign(piece, '(')) TakeArguments();
  }
  needs_semicolon_ = true;
}

// Expressions with commas between them, and the parenthesis that closes.
void Lexer::TakeArguments() {
  Piece argument{PieceKind::kText, 0, 0};
  int open = 0;
  while (true) {
    const std::size_t before = cursor_;
    const Piece piece = Next(true);
    const bool is_delimiter = open == 0 && (IsSign(piece, ',') || IsSign(piece, ')'));
    if (!is_delimiter && !EndsStatement(piece)) {
      if (IsSign(piece, '(')) ++open;
      if (IsSign(piece, ')')) --open;
      if (argument.end == 0) argument.begin = piece.begin;
      argument.end = piece.end;
      continue;
    }
    if (argument.end > 0) Add(Code::T_EXPRESSION, argument, std::string(Source(argument)));
    argument = Piece{PieceKind::kText, 0, 0};
    if (!is_delimiter) {
      cursor_ = before;
      return;
    }
    AddSign(piece);
    if (IsSign(piece, ')')) return;
  }
}

}  // namespace

TokenList Tokenize(std::string_view text) { return Lexer(text).Run(); }

bool BeginsItem(int token_code) {
  switch (token_code) {
    case Code::T_PERMUTATION:
    case Code::T_SESSION:
    case Code::T_SETUP:
    case Code::T_TEARDOWN:
    case Code::T_RACE:
    case Code::T_PARAMETER:
    case Code::T_SERVICE:
    case Code::T_PROCESSES:
    case Code::T_SERVER:
    case Code::T_CLIENT:
    case Code::T_FAULT:
    case Code::T_INVARIANT:
    case Code::T_RESULT:
    case Code::T_FIX:
    case Code::T_EXPECT: return true;
    default: return false;
  }
}

}  // namespace nextkey::race
