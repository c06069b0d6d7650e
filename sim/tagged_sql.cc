#include "sim/tagged_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/text.h"
#include "txn/sql/parser.h"

namespace nextkey {
namespace {

bool IsBlank(std::string_view text) { return Trim(text).empty(); }

// Reads line by line: the tag of a statement is looked for at the end of the line on which its
// semicolon stands, and belongs to all statements that end on that line.
class Splitter {
 public:
  Splitter(const SourceFile& source, std::size_t begin, std::size_t end)
      : source_(source), text_(source.text), at_(begin), end_(end) {}

  TaggedText Run() {
    while (at_ < end_) {
      FindLineEnd();
      if (!IsIgnoredLine()) ReadLine();
      at_ = next_line_;
    }
    Finish();
    return std::move(result_);
  }

 private:
  void FindLineEnd() {
    line_end_ = at_;
    while (line_end_ < end_ && text_[line_end_] != '\n' && text_[line_end_] != '\r') ++line_end_;
    next_line_ = std::min(line_end_ + 1, end_);
    if (text_.substr(line_end_, 2) == "\r\n") next_line_ = std::min(line_end_ + 2, end_);
  }

  bool IsBetweenStatements() const { return quote_ == '\0' && !in_comment_ && IsBlank(current_.text); }

  bool IsIgnoredLine() const {
    if (!IsBetweenStatements()) return false;
    const std::string_view bare = Trim(text_.substr(at_, line_end_ - at_));
    return bare.empty() || bare.starts_with('#') || bare.starts_with("--");
  }

  void ReadLine() {
    std::string_view comment;
    while (at_ < line_end_) {
      if (in_comment_) {
        ReadInComment();
      } else if (quote_ != '\0') {
        ReadInQuote();
      } else if (BeginsDashComment()) {
        comment = text_.substr(at_ + 2, line_end_ - at_ - 2);
        break;
      } else if (text_[at_] == '#') {
        break;
      } else {
        ReadPlain();
      }
    }
    if (!IsBlank(current_.text)) {
      Append('\n', line_end_);
      unused_comment_ = Trim(comment);
      return;
    }
    current_ = {};
    TagPending(Trim(comment));
  }

  bool LineContinuesWith(std::string_view word) const {
    return at_ + word.size() <= line_end_ && text_.substr(at_, word.size()) == word;
  }

  bool BeginsDashComment() const {
    return LineContinuesWith("--") && (at_ + 2 >= line_end_ || IsSpace(text_[at_ + 2]));
  }

  void ReadInComment() {
    if (!LineContinuesWith("*/")) {
      ++at_;
      return;
    }
    at_ += 2;
    in_comment_ = false;
    Append(' ', at_ - 1);
  }

  void ReadInQuote() {
    const char c = text_[at_];
    Append(c, at_++);
    if (c == '\\' && quote_ != '`' && at_ < line_end_) {
      Append(text_[at_], at_);
      ++at_;
    } else if (c == quote_) {
      quote_ = '\0';
    }
  }

  void ReadPlain() {
    const char c = text_[at_];
    if (c == '\'' || c == '"' || c == '`') {
      quote_ = c;
      opened_at_ = at_;
    } else if (LineContinuesWith("/*") && !LineContinuesWith("/*!")) {
      in_comment_ = true;
      opened_at_ = at_;
      at_ += 2;
      return;
    } else if (c == ';') {
      EndStatement(/*has_semicolon=*/true);
      ++at_;
      return;
    }
    Append(c, at_++);
  }

  void Append(char c, std::size_t offset) {
    const std::size_t position = current_.text.size();
    if (current_.pieces.empty() || current_.SourceOffset(position) != offset) {
      current_.pieces.push_back({position, offset});
    }
    current_.text += c;
  }

  void EndStatement(bool has_semicolon) {
    const std::size_t leading = static_cast<std::size_t>(
        std::find_if_not(current_.text.begin(), current_.text.end(), IsSpace) - current_.text.begin());
    TaggedStatement statement = std::exchange(current_, {});
    if (leading == statement.text.size()) return;
    const std::size_t source_begin = statement.SourceOffset(leading);
    statement.text = std::string(Trim(statement.text));
    std::vector<TaggedStatement::Piece> pieces = {{0, source_begin}};
    for (const TaggedStatement::Piece& piece : statement.pieces) {
      if (piece.text_begin > leading) pieces.push_back({piece.text_begin - leading, piece.source_offset});
    }
    statement.pieces = std::move(pieces);
    statement.has_semicolon = has_semicolon;
    pending_.push_back(std::move(statement));
  }

  // The remark belongs to the last of the statements that share a tag.
  void TagPending(std::string_view comment) {
    const std::size_t length = static_cast<std::size_t>(
        std::find_if_not(comment.begin(), comment.end(), IsNameCharacter) - comment.begin());
    for (TaggedStatement& statement : pending_) {
      statement.tag = std::string(comment.substr(0, length));
      result_.statements.push_back(std::move(statement));
    }
    if (!pending_.empty() && length > 0) {
      std::string_view remark = comment.substr(length);
      while (!remark.empty() &&
             (IsSpace(remark[0]) || std::string_view(".,:;").find(remark[0]) != remark.npos)) {
        remark.remove_prefix(1);
      }
      result_.statements.back().remark = std::string(remark);
    }
    pending_.clear();
  }

  void Finish() {
    if (in_comment_ || quote_ != '\0') {
      const std::string opened = in_comment_ ? "comment" : quote_ == '`' ? "quoted name" : "text";
      const std::string closer = in_comment_ ? "*/" : std::string(1, quote_);
      result_.mistakes.push_back(MistakeAt(source_.name, source_.text, opened_at_,
                                           fmt::format("this {} never ends", opened),
                                           fmt::format("Close it with {}", closer)));
      pending_.clear();
      return;
    }
    EndStatement(/*has_semicolon=*/false);
    TagPending("");
    // Tells a forgotten semicolon in front of a tag from a statement that needs none.
    if (!result_.statements.empty() && !result_.statements.back().has_semicolon) {
      result_.statements.back().remark = std::string(unused_comment_);
    }
  }

  const SourceFile& source_;
  std::string_view text_;
  std::size_t at_;
  std::size_t end_;
  std::size_t line_end_ = 0;
  std::size_t next_line_ = 0;
  TaggedStatement current_;
  std::vector<TaggedStatement> pending_;  // Ended, and still without a tag.
  char quote_ = '\0';
  bool in_comment_ = false;
  std::size_t opened_at_ = 0;
  std::string_view unused_comment_;  // Behind the last line of a statement that goes on.
  TaggedText result_;
};

// Whether the last statement has lost its session, or its end: in a file with tags, and in front
// of a comment that may have been meant as one.
bool MissesSemicolon(const std::vector<TaggedStatement>& statements) {
  if (statements.empty() || statements.back().has_semicolon) return false;
  return !statements.back().remark.empty() ||
         std::any_of(statements.begin(), statements.end(),
                     [](const TaggedStatement& statement) { return !statement.tag.empty(); });
}

Mistake MistakeOf(const SourceFile& source, const TaggedStatement& tagged, const sql::ParseError& error,
                  bool misses_semicolon) {
  const std::string_view text = tagged.text;
  if (text.starts_with("--") && text.size() > 2 && IsNameCharacter(text[2])) {
    return MistakeAt(source.name, source.text, tagged.SourceOffset(0),
                     "`--` without a space behind it is no comment", "A session's tag needs a space: -- T1");
  }
  if (misses_semicolon) {
    return MistakeAt(source.name, source.text, tagged.SourceOffset(0),
                     "the file ends before this statement's `;`",
                     "End it with `; -- T1`, naming its session; or was the file cut short?");
  }
  std::string remedy;
  if (error.message.starts_with("not supported yet")) remedy = "README.md lists the SQL that is understood.";
  if (error.message.starts_with("nested too deeply"))
    remedy = "Use fewer parentheses and operators inside each other.";
  return MistakeAt(source.name, source.text, tagged.SourceOffset(error.place.begin), error.message, remedy);
}

std::uint32_t CountLines(std::string_view text) {
  return static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

std::size_t TaggedStatement::SourceOffset(std::size_t text_offset) const {
  const auto after =
      std::upper_bound(pieces.begin(), pieces.end(), text_offset,
                       [](std::size_t offset, const Piece& piece) { return offset < piece.text_begin; });
  if (after == pieces.begin()) return 0;
  return (after - 1)->source_offset + (text_offset - (after - 1)->text_begin);
}

TaggedText SplitTaggedSql(const SourceFile& source, std::size_t begin, std::size_t end) {
  return Splitter(source, begin, end).Run();
}

std::vector<ScriptStep> ParseSteps(const SourceFile& source, const std::vector<TaggedStatement>& statements,
                                   std::vector<Mistake>& mistakes) {
  std::vector<ScriptStep> steps;
  steps.reserve(statements.size());
  bool seen_tag = false;
  std::uint32_t line = 1;
  std::size_t counted_to = 0;
  for (const TaggedStatement& tagged : statements) {
    const bool misses_semicolon = &tagged == &statements.back() && MissesSemicolon(statements);
    std::variant<sql::StatementRef, sql::ParseError> parsed = sql::ParseStatement(tagged.text);
    if (misses_semicolon && std::holds_alternative<sql::StatementRef>(parsed)) parsed = sql::ParseError{};
    if (const auto* error = std::get_if<sql::ParseError>(&parsed)) {
      mistakes.push_back(MistakeOf(source, tagged, *error, misses_semicolon));
      continue;
    }
    seen_tag = seen_tag || !tagged.tag.empty();
    ScriptStep step;
    step.session = tagged.tag.empty() ? std::string(kSetupSession) : tagged.tag;
    step.is_setup = !seen_tag;
    step.statement = std::get<sql::StatementRef>(std::move(parsed));
    step.sql = OnOneLine(tagged.text);
    step.remark = tagged.remark;
    step.offset = tagged.SourceOffset(0);
    line += CountLines(std::string_view(source.text).substr(counted_to, step.offset - counted_to));
    counted_to = step.offset;
    step.line = line;
    steps.push_back(std::move(step));
  }
  return steps;
}

ScriptOrMistakes ReadTaggedSql(SourceFile source) {
  TaggedText tagged = SplitTaggedSql(source, 0, source.text.size());
  std::vector<Mistake> mistakes = std::move(tagged.mistakes);
  Script script;
  script.kind = ScriptKind::kTaggedSql;
  script.story = OpeningComment(source.text);
  ScriptCase only_case;
  only_case.name = source.name;
  only_case.steps = ParseSteps(source, tagged.statements, mistakes);
  if (mistakes.empty() && only_case.steps.empty()) {
    mistakes.push_back(MistakeAt(source.name, source.text, 0, "there is no statement in this file",
                                 "A script looks like this: select 1; -- T1"));
  }
  if (!mistakes.empty()) {
    std::stable_sort(mistakes.begin(), mistakes.end(), [](const Mistake& a, const Mistake& b) {
      return std::pair(a.place->line, a.place->column) < std::pair(b.place->line, b.place->column);
    });
    return mistakes;
  }
  script.cases.push_back(std::move(only_case));
  script.source = std::move(source);
  return script;
}

}  // namespace nextkey
