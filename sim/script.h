// A script as it is played: cases, each a list of steps; made by tagged_sql.h and hermitage.h.
//
// A tagged SQL file is one case. A Hermitage file has one a fenced block, each played on a server
// of its own with the file's set-up in front of it. A Script is plain data and is never changed once
// it is read; it stands outside the world.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/source_file.h"
#include "txn/sql/ast.h"

namespace nextkey {

inline constexpr std::string_view kSetupSession = "setup";

struct ScriptStep {
  std::string session;
  bool is_for_any_session = false;  // `either`: the case's first session that does not wait.
  bool is_setup = false;            // Stands before the first tagged statement.
  sql::StatementRef statement;
  std::string sql;         // The statement on one line, as reports show it.
  std::string remark;      // What follows the session's tag.
  std::size_t offset = 0;  // Where it begins in the file.
  std::uint32_t line = 1;  // Of that offset.
};

struct ScriptCase {
  std::string name;
  std::uint32_t line = 1;
  std::vector<ScriptStep> steps;

  // Sessions in the order of their first statement; `is_for_any_session` steps aside.
  std::vector<std::string> Sessions() const;
};

enum class ScriptKind : std::uint8_t { kTaggedSql, kHermitage };

struct Script {
  ScriptKind kind = ScriptKind::kTaggedSql;
  SourceFile source;
  std::vector<std::string> story;  // The comment lines that open a tagged SQL file.
  std::vector<ScriptCase> cases;
};

// Either the script or every mistake in it, in the order of the text.
using ScriptOrMistakes = std::variant<Script, std::vector<Mistake>>;

// Reads a file as what it is: Markdown by its name (.md, .markdown) or by a ```sql fence in a file
// that isn't called .sql; tagged SQL otherwise.
ScriptOrMistakes ReadScript(const std::string& path);
ScriptOrMistakes ReadScript(SourceFile source);

}  // namespace nextkey
