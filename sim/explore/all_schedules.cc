#include "sim/explore/all_schedules.h"

#include <fmt/format.h>

#include <memory>
#include <utility>
#include <variant>

#include "sim/explore/explore_race.h"
#include "sim/explore/explore_text.h"
#include "sim/race/parser.h"

namespace nextkey {
namespace {

std::variant<ProgramRef, std::vector<Mistake>> ProgramOf(const AllSchedulesOf& question) {
  RaceFileOrMistakes read = ReadRaceFile(SourceFile{"race", question.race});
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) return std::move(*mistakes);
  RaceOptions options;
  options.fix = question.fix;
  options.clients = question.clients;
  options.parameters = question.parameters;
  return BuildProgram(std::make_shared<const RaceFile>(std::get<RaceFile>(std::move(read))),
                      std::move(options));
}

std::string HowManyBreak(const Exploration& exploration) {
  if (!exploration.is_complete) return "some schedule breaks an invariant\n";
  const std::string share = fmt::format("probability {:.4g}", exploration.BadShare().convert_to<double>());
  if (!exploration.schedules) return fmt::format("schedules break an invariant, {}\n", share);
  Whole bad = 0;
  for (const ExploredOutcome& outcome : exploration.outcomes) {
    if (!outcome.end.broken.empty()) bad += *outcome.schedules;
  }
  return fmt::format("{} of {} schedules break an invariant, {}\n", bad.str(), exploration.schedules->str(),
                     share);
}

}  // namespace

std::optional<std::string> WhyNotForAllSchedules(const AllSchedulesOf& question) {
  auto program = ProgramOf(question);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&program)) return ToText(*mistakes);
  ExploreOptions options;
  options.most_states = question.most_states;
  options.jobs = question.jobs;
  auto explored = ExploreRace(std::get<ProgramRef>(std::move(program)), options);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&explored)) return ToText(*mistakes);
  const Exploration& exploration = std::get<Exploration>(explored);
  switch (exploration.verdict) {
    case Verdict::kHolds:
      return std::nullopt;
    case Verdict::kIncomplete:
      return fmt::format("not all schedules were looked at: {} states were not enough\n",
                         question.most_states);
    case Verdict::kBreaks:
      break;
  }
  return HowManyBreak(exploration) + WorstStory(exploration, {});
}

}  // namespace nextkey
