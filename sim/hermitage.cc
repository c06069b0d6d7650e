#include "sim/hermitage.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "sim/tagged_sql.h"
#include "sim/text.h"

namespace nextkey {
namespace {

struct FencedBlock {
  std::string name;        // The sentence in front of it, else the heading.
  std::uint32_t line = 1;  // Of its first line of SQL.
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct FileLine {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t next = 0;
};

FileLine LineAt(std::string_view text, std::size_t begin) {
  const std::size_t end = std::min(text.find('\n', begin), text.size());
  return {begin, end, std::min(end + 1, text.size())};
}

bool IsUnderline(std::string_view line) {
  return line.size() >= 2 &&
         (line.find_first_not_of('=') == line.npos || line.find_first_not_of('-') == line.npos);
}

bool IsFence(std::string_view line) { return line.starts_with("```") || line.starts_with("~~~"); }

bool IsSqlFence(std::string_view line) {
  const std::string_view word = Trim(line.substr(line.find_first_not_of(line[0])));
  return StartsWithIgnoreCase(word, "sql");
}

std::string WithoutColon(std::string_view sentence) {
  if (sentence.ends_with(':')) sentence.remove_suffix(1);
  return std::string(sentence);
}

// Walks over the Markdown, keeping the last heading and the paragraph that is being read.
class FenceFinder {
 public:
  explicit FenceFinder(const SourceFile& source) : source_(source), text_(source.text) {}

  std::vector<FencedBlock> Find(std::vector<Mistake>& mistakes) {
    std::vector<FencedBlock> blocks;
    for (std::size_t at = 0; at < text_.size();) {
      const FileLine line = LineAt(text_, at);
      const std::string_view bare = Trim(text_.substr(line.begin, line.end - line.begin));
      ++line_number_;
      at = line.next;
      if (!IsFence(bare)) {
        ReadProse(bare);
        continue;
      }
      std::optional<FencedBlock> block = ReadBlock(bare, at);
      if (!block) {
        mistakes.push_back(MistakeAt(source_.name, text_, line.begin, "this fenced block never ends",
                                     "Close it with a line of the same fence; or was the file cut short?"));
        break;
      }
      at = LineAt(text_, block->end).next;
      if (bare.size() > 3 && IsSqlFence(bare)) blocks.push_back(std::move(*block));
      paragraph_.clear();
    }
    return blocks;
  }

 private:
  void ReadProse(std::string_view bare) {
    if (bare.empty()) {
      is_new_paragraph_ = true;
    } else if (IsUnderline(bare) && !paragraph_.empty()) {
      heading_ = std::exchange(paragraph_, "");
    } else if (bare.starts_with('#')) {
      heading_ = std::string(Trim(bare.substr(std::min(bare.find_first_not_of('#'), bare.size()))));
      paragraph_.clear();
    } else {
      if (is_new_paragraph_) paragraph_.clear();
      is_new_paragraph_ = false;
      if (!paragraph_.empty()) paragraph_ += ' ';
      paragraph_ += bare;
    }
  }

  // The block's end is the beginning of its closing line.
  std::optional<FencedBlock> ReadBlock(std::string_view opening, std::size_t begin) {
    FencedBlock block;
    block.name = WithoutColon(paragraph_.empty() ? heading_ : paragraph_);
    block.line = line_number_ + 1;
    block.begin = begin;
    const std::string_view fence = opening.substr(0, 3);
    for (std::size_t at = begin; at < text_.size();) {
      const FileLine line = LineAt(text_, at);
      ++line_number_;
      if (Trim(text_.substr(line.begin, line.end - line.begin)).starts_with(fence)) {
        block.end = line.begin;
        return block;
      }
      at = line.next;
    }
    return std::nullopt;
  }

  const SourceFile& source_;
  std::string_view text_;
  std::uint32_t line_number_ = 0;
  std::string heading_;
  std::string paragraph_;
  bool is_new_paragraph_ = true;
};

bool HasTags(const std::vector<TaggedStatement>& statements) {
  return std::any_of(statements.begin(), statements.end(),
                     [](const TaggedStatement& statement) { return !statement.tag.empty(); });
}

bool CreatesTable(const std::vector<TaggedStatement>& statements) {
  return std::any_of(statements.begin(), statements.end(), [](const TaggedStatement& statement) {
    return StartsWithIgnoreCase(statement.text, "create table");
  });
}

void MarkEither(std::vector<ScriptStep>& steps) {
  for (ScriptStep& step : steps) {
    step.is_for_any_session = EqualsIgnoreCase(step.session, "either");
    step.is_setup = false;
  }
}

}  // namespace

ScriptOrMistakes ReadHermitage(SourceFile source) {
  std::vector<Mistake> mistakes;
  Script script;
  script.kind = ScriptKind::kHermitage;
  std::optional<std::vector<ScriptStep>> setup;
  for (FencedBlock& block : FenceFinder(source).Find(mistakes)) {
    TaggedText tagged = SplitTaggedSql(source, block.begin, block.end);
    const bool is_setup = !setup && !HasTags(tagged.statements) && CreatesTable(tagged.statements);
    if (!is_setup && !HasTags(tagged.statements)) continue;
    mistakes.insert(mistakes.end(), tagged.mistakes.begin(), tagged.mistakes.end());
    std::vector<ScriptStep> steps = ParseSteps(source, tagged.statements, mistakes);
    if (is_setup) {
      setup = std::move(steps);
      continue;
    }
    MarkEither(steps);
    script.cases.push_back({std::move(block.name), block.line, std::move(steps)});
  }
  if (mistakes.empty() && script.cases.empty()) {
    mistakes.push_back(MistakeAt(source.name, source.text, 0, "there is no case in this file",
                                 "A case is a block fenced with ```sql whose statements name their sessions: "
                                 "begin; -- T1"));
  }
  if (!mistakes.empty()) return mistakes;
  if (setup) {
    for (ScriptCase& one : script.cases) one.steps.insert(one.steps.begin(), setup->begin(), setup->end());
  }
  script.source = std::move(source);
  return script;
}

}  // namespace nextkey
