// Reads a race file, or an isolationtester spec. All mistakes of a file are found before anything is
// played: what the grammar refuses, SQL that the server could not parse, and names that mean nothing
// (a step that no client has, a service that was never declared, a variable that nobody sets).
//
// The grammar is grammar.y; what it means is described in RACE_FILES.md.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "sim/mistake.h"
#include "sim/race/ast.h"

namespace nextkey {

using RaceFileOrMistakes = std::variant<RaceFile, std::vector<Mistake>>;

RaceFileOrMistakes ReadRaceFile(SourceFile source);
RaceFileOrMistakes ReadRaceFile(const std::string& path);

}  // namespace nextkey
