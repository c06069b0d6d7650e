#include "sim/explore/verdicts.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "sim/explore/explore_text.h"
#include "sim/race/parser.h"

namespace nextkey {
namespace {

constexpr std::uint32_t kClients = 3;

constexpr std::string_view kVerdictsOpening =
    R"(# Verdicts

Every race that ships, as it is and with each of its fixes, over all schedules: written by
`nextkey explore --verdicts --max-states 4000000`.

**schedules** is how many there are, counted exactly; *infinite* where clients can go round and round. **states** are the
distinct ones that the search went through, clients that are alike not told apart. **bad** is the probability that an
invariant breaks when each choice is drawn at random among those that are possible. **worst outcome** is the one with the
simplest schedule among those that break an invariant, or the most likely one where none does. `?`: not all were gone through.
)";

// Of those that break something the simplest; else the most likely.
const ExploredOutcome* ShownOutcome(const Exploration& exploration) {
  if (const ExploredOutcome* worst = exploration.Worst()) return worst;
  const auto most = std::max_element(
      exploration.outcomes.begin(), exploration.outcomes.end(),
      [](const ExploredOutcome& a, const ExploredOutcome& b) { return a.probability < b.probability; });
  return most == exploration.outcomes.end() ? nullptr : &*most;
}

std::string SchedulesText(const Exploration& exploration) {
  if (!exploration.is_complete) return "?";
  return exploration.schedules ? exploration.schedules->str() : "infinite";
}

}  // namespace

std::vector<ProgramRef> VerdictPrograms(const ShippedRace& race) {
  RaceFileOrMistakes read =
      ReadRaceFile(SourceFile{fmt::format("{}.race", race.name), std::string(race.text)});
  if (!std::holds_alternative<RaceFile>(read)) return {};
  const auto file = std::make_shared<const RaceFile>(std::get<RaceFile>(std::move(read)));
  RaceOptions options;
  if (file->clients.size() == 1) options.clients[file->clients.front().name.text] = kClients;
  std::vector<std::string> fixes = {""};
  for (const Fix& fix : file->fixes) fixes.push_back(fix.name.text);
  std::vector<ProgramRef> programs;
  for (std::string& fix : fixes) {
    options.fix = std::move(fix);
    auto built = BuildProgram(file, options);
    if (!std::holds_alternative<ProgramRef>(built)) return {};
    programs.push_back(std::get<ProgramRef>(std::move(built)));
  }
  return programs;
}

std::string VerdictRow(const Exploration& exploration) {
  const ExploredOutcome* shown = ShownOutcome(exploration);
  const std::string& fix = exploration.program->options.fix;
  return fmt::format("| {} | {} | {} | {} | {} | {} |", fix.empty() ? "(as it is)" : fix,
                     VerdictName(exploration.verdict), SchedulesText(exploration),
                     exploration.is_complete ? fmt::format("{}", exploration.states) : "?",
                     exploration.is_complete ? ShareText(exploration.BadShare()) : "?",
                     shown == nullptr ? "" : OutcomeText(*exploration.program, shown->end));
}

std::string VerdictHeading(const ShippedRace& race, const Program& program) {
  std::string text =
      fmt::format("\n## {}\n\n{}: {}.\n\n", race.name, program.file->sentence, ClientsAndParameters(program));
  text += "| fix | verdict | schedules | states | bad | worst outcome |\n";
  return text + "|---|---|---:|---:|---:|---|\n";
}

bool WriteVerdicts(const ExploreOptions& options, std::ostream& out, std::ostream& err) {
  out << kVerdictsOpening;
  for (const ShippedRace& race : ShippedRaces()) {
    const std::vector<ProgramRef> programs = VerdictPrograms(race);
    if (programs.empty()) {
      err << fmt::format("nextkey: the race {} can't be built with {} clients\n", race.name, kClients);
      return false;
    }
    out << VerdictHeading(race, *programs.front());
    for (const ProgramRef& program : programs) {
      const auto explored = ExploreRace(program, options);
      if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&explored)) {
        err << ToText(*mistakes);
        return false;
      }
      out << VerdictRow(std::get<Exploration>(explored)) << "\n" << std::flush;
    }
  }
  return true;
}

}  // namespace nextkey
