#include "txn/sql/statement_splitter.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

namespace nextkey::sql {
namespace {

enum class PieceKind : std::uint8_t { kSpace, kSemicolon, kContent };

// A run of bytes that belongs together.
struct Piece {
  PieceKind kind = PieceKind::kContent;
  std::size_t end = 0;
};

bool IsSpace(char sign) { return std::isspace(static_cast<unsigned char>(sign)) != 0; }

ParseError Unended(std::size_t begin, std::string_view what, std::string_view missing) {
  const auto at = static_cast<std::uint32_t>(begin);
  return ParseError{.place = {.begin = at, .end = at + 1},
                    .message = "the " + std::string(what) +
                               " that begins here has no end: " + std::string(missing) + " is missing"};
}

// `--` begins a comment only before white space (manual, "Comments").
bool BeginsLineComment(std::string_view text, std::size_t at) {
  if (text[at] == '#') return true;
  if (!text.substr(at).starts_with("--")) return false;
  if (at + 2 == text.size()) return true;
  const auto next = static_cast<unsigned char>(text[at + 2]);
  return next <= ' ' && next != 0;
}

std::variant<Piece, ParseError> TakeQuoted(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  for (std::size_t at = begin + 1; at < text.size(); ++at) {
    if (text[at] == '\\' && quote != '`') {
      ++at;
    } else if (text[at] == quote) {
      // A doubled quote is taken as two texts side by side: the end is the same.
      return Piece{.kind = PieceKind::kContent, .end = at + 1};
    }
  }
  return Unended(begin, quote == '`' ? "name" : "text", "a closing " + std::string(1, quote));
}

std::variant<Piece, ParseError> TakePiece(std::string_view text, std::size_t begin) {
  const char first = text[begin];
  if (first == ';') return Piece{.kind = PieceKind::kSemicolon, .end = begin + 1};
  if (IsSpace(first)) return Piece{.kind = PieceKind::kSpace, .end = begin + 1};
  if (first == '\'' || first == '"' || first == '`') return TakeQuoted(text, begin);
  if (BeginsLineComment(text, begin)) {
    return Piece{.kind = PieceKind::kSpace, .end = std::min(text.find('\n', begin), text.size())};
  }
  const std::string_view rest = text.substr(begin);
  if (rest.starts_with("/*")) {
    const std::size_t end = text.find("*/", begin + 2);
    if (end == std::string_view::npos) return Unended(begin, "comment", "*/");
    const bool is_executable = rest.starts_with("/*!") || rest.starts_with("/*M!");
    return Piece{.kind = is_executable ? PieceKind::kContent : PieceKind::kSpace, .end = end + 2};
  }
  return Piece{.kind = PieceKind::kContent, .end = begin + 1};
}

}  // namespace

std::variant<std::optional<NextStatement>, ParseError> FindStatement(std::string_view text,
                                                                     std::size_t offset) {
  std::optional<NextStatement> found;
  for (std::size_t at = offset; at < text.size();) {
    auto taken = TakePiece(text, at);
    if (auto* error = std::get_if<ParseError>(&taken)) return std::move(*error);
    const Piece& piece = std::get<Piece>(taken);
    if (piece.kind == PieceKind::kSemicolon && found) {
      found->statement.has_semicolon = true;
      found->behind = piece.end;
      return found;
    }
    if (piece.kind == PieceKind::kContent) {
      if (!found) {
        found = NextStatement{};
        found->statement.text.begin = static_cast<std::uint32_t>(at);
      }
      found->statement.text.end = static_cast<std::uint32_t>(piece.end);
    }
    at = piece.end;
  }
  if (found) found->behind = text.size();
  return found;
}

}  // namespace nextkey::sql
