// Reads tagged SQL: statements end with `;`, and the first word of the `-- ` comment behind it names
// the session.
//
//     create table t (id int primary key);        no tag: session `setup`
//     begin; select * from t; -- T1, both are T1's
//     select *
//       from t for update; -- T2. Waits
//
// Lines that begin with `#` or `--` are comments, as is /* .. */ inside a statement. What follows
// the tag is free text. All mistakes of a file are found before anything is played.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/script.h"

namespace nextkey {

ScriptOrMistakes ReadTaggedSql(SourceFile source);

// --- For readers of formats that hold tagged SQL ---------------------------------------------------

// Statement text without comments, and where each piece of it stands in the file.
struct TaggedStatement {
  struct Piece {
    std::size_t text_begin = 0;
    std::size_t source_offset = 0;
  };

  std::string text;  // Trimmed, without the semicolon.
  std::vector<Piece> pieces;
  std::string tag;  // Empty: none.
  std::string remark;
  bool has_semicolon = true;  // False at most for the last one.

  std::size_t SourceOffset(std::size_t text_offset) const;
};

struct TaggedText {
  std::vector<TaggedStatement> statements;
  std::vector<Mistake> mistakes;  // A text or comment that never ends.
};

// Splits bytes [begin, end) of the file.
TaggedText SplitTaggedSql(const SourceFile& source, std::size_t begin, std::size_t end);

// Parses the statements into steps; what can't be parsed goes to `mistakes`.
std::vector<ScriptStep> ParseSteps(const SourceFile& source, const std::vector<TaggedStatement>& statements,
                                   std::vector<Mistake>& mistakes);

}  // namespace nextkey
