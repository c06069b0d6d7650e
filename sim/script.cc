#include "sim/script.h"

#include <algorithm>
#include <utility>

#include "sim/hermitage.h"
#include "sim/tagged_sql.h"
#include "sim/text.h"

namespace nextkey {
namespace {

bool IsMarkdown(const SourceFile& source) {
  if (EndsWithIgnoreCase(source.name, ".md") || EndsWithIgnoreCase(source.name, ".markdown")) {
    return true;
  }
  if (EndsWithIgnoreCase(source.name, ".sql")) return false;
  return source.text.starts_with("```sql") || source.text.find("\n```sql") != std::string::npos;
}

}  // namespace

std::vector<std::string> ScriptCase::Sessions() const {
  std::vector<std::string> sessions;
  for (const ScriptStep& step : steps) {
    if (step.is_for_any_session) continue;
    if (std::find(sessions.begin(), sessions.end(), step.session) == sessions.end()) {
      sessions.push_back(step.session);
    }
  }
  return sessions;
}

ScriptOrMistakes ReadScript(const std::string& path) {
  std::variant<SourceFile, Mistake> source = ReadSourceFile(path);
  if (Mistake* mistake = std::get_if<Mistake>(&source)) return std::vector<Mistake>{std::move(*mistake)};
  return ReadScript(std::get<SourceFile>(std::move(source)));
}

ScriptOrMistakes ReadScript(SourceFile source) {
  return IsMarkdown(source) ? ReadHermitage(std::move(source)) : ReadTaggedSql(std::move(source));
}

}  // namespace nextkey
