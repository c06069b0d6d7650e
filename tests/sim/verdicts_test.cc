// sim/races/VERDICTS.md says what the search says now, and agrees with what the race files expect.
#include "sim/explore/verdicts.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "sim/source_file.h"
#include "sim/text.h"

namespace nextkey {
namespace {

// Fixes with more states than these are left to `nextkey explore --verdicts`.
constexpr std::uint64_t kCheapStates = 1'500;

using RowsByFix = std::map<std::string, std::string>;  // By fix; as it is: `(as it is)`.

std::string CellOf(const std::string& row, std::size_t place) {
  return std::string(Trim(Split(row, "|")[place + 1]));
}

// The rows of one race's section.
RowsByFix RowsOf(std::string_view race) {
  const auto source = ReadSourceFile(std::string(NEXTKEY_SOURCE_DIR) + "/sim/races/VERDICTS.md");
  const std::string& page = std::get<SourceFile>(source).text;
  RowsByFix rows;
  bool is_in_section = false;
  for (const std::string_view line : Split(page, "\n")) {
    if (line.starts_with("## ")) is_in_section = line.substr(3) == race;
    if (!is_in_section || !line.starts_with("| ") || line.starts_with("| fix |")) continue;
    rows.emplace(CellOf(std::string(line), 0), line);
  }
  return rows;
}

std::string FixName(const Program& program) {
  return program.options.fix.empty() ? "(as it is)" : program.options.fix;
}

class Verdicts : public ::testing::TestWithParam<ShippedRace> {};

TEST_P(Verdicts, EveryFixOfTheRaceHasARow) {
  const RowsByFix rows = RowsOf(GetParam().name);
  const std::vector<ProgramRef> programs = VerdictPrograms(GetParam());
  ASSERT_FALSE(programs.empty());
  EXPECT_EQ(rows.size(), programs.size());
  for (const ProgramRef& program : programs)
    EXPECT_TRUE(rows.contains(FixName(*program))) << FixName(*program);
}

TEST_P(Verdicts, AreWhatTheFileExpects) {
  const RowsByFix rows = RowsOf(GetParam().name);
  for (const ProgramRef& program : VerdictPrograms(GetParam())) {
    for (const Expectation& expectation : program->file->expectations) {
      if (expectation.fix.text != program->options.fix || !expectation.verdict) continue;
      SCOPED_TRACE(FixName(*program));
      const bool holds = *expectation.verdict == ExpectedVerdict::kHolds;
      EXPECT_EQ(CellOf(rows.at(FixName(*program)), 1), holds ? "holds" : "breaks");
    }
  }
}

TEST_P(Verdicts, OfFewStatesAreWhatTheSearchFindsNow) {
  const RowsByFix rows = RowsOf(GetParam().name);
  for (const ProgramRef& program : VerdictPrograms(GetParam())) {
    const std::string& row = rows.at(FixName(*program));
    const std::string states = CellOf(row, 3);
    if (states == "?" || std::stoull(states) > kCheapStates) continue;
    ExploreOptions options;
    options.most_states = 2 * kCheapStates;
    const auto explored = ExploreRace(program, options);
    ASSERT_TRUE(std::holds_alternative<Exploration>(explored));
    EXPECT_EQ(VerdictRow(std::get<Exploration>(explored)), row);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Verdicts, ::testing::ValuesIn(ShippedRaces()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace nextkey
