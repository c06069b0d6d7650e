#include "sim/explore/explore_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "sim/display_width.h"
#include "sim/race/schedule.h"
#include "sim/report_text.h"
#include "sim/value_table.h"

namespace nextkey {
namespace {

std::string FixName(const Program& program) {
  return program.options.fix.empty() ? "(as it is)" : program.options.fix;
}

std::string SchedulesText(const Exploration& exploration, const std::optional<Whole>& schedules) {
  if (!exploration.HasCounts()) return "?";
  return schedules ? WholeText(*schedules) : "infinite";
}

}  // namespace

std::string OutcomeText(const Program& program, const EndState& end) {
  std::string text;
  const auto add = [&](std::uint32_t count, std::string name) {
    if (count == 0) return;
    std::replace(name.begin(), name.end(), '_', ' ');
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name);
  };
  for (std::size_t i = 0; i < end.counts.ended.size(); ++i)
    add(end.counts.ended[i], std::string(RequestEndName(static_cast<RequestEnd>(i))));
  add(end.counts.stuck, "stuck");
  for (std::size_t i = 0; i < end.results.size(); ++i) {
    text += fmt::format("{} {} {}", i == 0 ? ";" : ",", program.results[i].name,
                        MakePrintable(end.results[i].ToText()));
  }
  return text;
}

namespace {

void Put(std::string& out, const Line& line, const RaceTextOptions& options) {
  out += Paint(line, options.with_colour) + "\n";
}

void PutOutcomes(std::string& out, const Exploration& exploration, const RaceTextOptions& options) {
  const Program& program = *exploration.program;
  Put(out, {{Style::kStrong, FixName(program)}}, options);
  for (const ExploredOutcome& outcome : exploration.outcomes) {
    Line line;
    Append(line, outcome.end.broken.empty() ? Style::kPlain : Style::kBad,
           "  " + OutcomeText(program, outcome.end));
    Put(out, line, options);
    for (const BrokenInvariant& broken : outcome.end.broken) {
      const std::string why = broken.why.empty() ? "" : " (" + broken.why + ")";
      Put(out, {{Style::kBad, "    not so: " + program.invariants[broken.invariant].sentence + why}},
          options);
    }
    if (exploration.HasCounts()) {
      std::string counts = fmt::format("    {} schedules", SchedulesText(exploration, outcome.schedules));
      if (exploration.is_complete) counts += fmt::format(", probability {}", ShareText(outcome.probability));
      Put(out, {{Style::kDim, counts}}, options);
    }
    Line token;
    Append(token, Style::kDim, fmt::format("    {} context switches  ", outcome.switches));
    Append(token, Style::kPlain, TokenOf(program, outcome.witness));
    Put(out, token, options);
  }
  if (exploration.never_ends > 0) {
    Put(out, {{Style::kBad, fmt::format("  never ends: probability {}", ShareText(exploration.never_ends))}},
        options);
  }
}

// What stands between this answer and one for all schedules.
std::string LimitText(const Exploration& exploration) {
  switch (exploration.stop) {
    case SearchStop::kStates:
      return "incomplete: the number of states ran out (--max-states)";
    case SearchStop::kBytes:
      return "incomplete: the memory ran out (--max-memory)";
    case SearchStop::kAsked:
      return "incomplete: stopped before its end (--time, or Ctrl-C)";
    case SearchStop::kNot:
      break;
  }
  return fmt::format("{} all schedules with at most {} context switches; others were not looked at",
                     exploration.Worst() == nullptr ? "holds for" : "counted:", *exploration.most_switches);
}

ScriptCase ClientsAsCase(const Program& program) {
  ScriptCase one;
  for (const Program::ClientPlace& client : program.clients) {
    ScriptStep step;
    step.session = client.name;
    one.steps.push_back(std::move(step));
  }
  return one;
}

}  // namespace

std::string ExplorationTable(const std::vector<Exploration>& explorations, const RaceTextOptions& options) {
  std::vector<std::vector<std::string>> rows;
  for (const Exploration& one : explorations) {
    rows.push_back({FixName(*one.program), std::string(VerdictName(one.verdict)),
                    SchedulesText(one, one.schedules), fmt::format("{}", one.states),
                    one.is_complete ? ShareText(one.BadShare()) : "?",
                    fmt::format("{}", one.outcomes.size())});
  }
  std::string out;
  for (const Line& line : TextTable({"fix", "verdict", "schedules", "states", "bad", "outcomes"}, rows,
                                    {false, false, true, true, true, true}, options.width))
    Put(out, line, options);
  out += "\n";
  for (const Exploration& one : explorations) PutOutcomes(out, one, options);
  const Exploration& first = explorations.front();
  Put(out, {{Style::kDim, "symmetry: " + first.symmetry}}, options);
  std::set<std::string> limits;
  for (const Exploration& one : explorations) {
    if (!one.is_complete) limits.insert(LimitText(one));
  }
  for (const std::string& limit : limits) Put(out, {{Style::kDim, limit}}, options);
  return out;
}

std::string WorstStory(const Exploration& exploration, const RaceTextOptions& options) {
  const ExploredOutcome* worst = exploration.Worst();
  if (worst == nullptr) return "";
  const Program& program = *exploration.program;
  auto opened = OpenRace(program);
  if (std::holds_alternative<std::vector<Mistake>>(opened)) return "";
  std::vector<ChoiceReport> reports;
  PlaySchedule(std::get<RaceWorld>(std::move(opened)), program, worst->witness, &reports);
  const ScriptCase clients = ClientsAsCase(program);
  TextReport timeline(clients, {options.width, options.with_colour, false, false});
  std::string out;
  Line head;
  Append(head, Style::kStrong, FixName(program) + " breaks:");
  Append(head, Style::kPlain, " " + TokenOf(program, worst->witness));
  Put(out, head, options);
  for (const ChoiceReport& report : reports) {
    out += timeline.Step(report.step);
    for (const RequestNews& news : report.news) {
      Line line;
      Append(line, Style::kDim, "      ");
      Append(line, Style::kStrong, program.clients[news.client].name);
      Append(line, Style::kPlain, " " + news.text);
      Put(out, line, options);
    }
  }
  for (const BrokenInvariant& broken : worst->end.broken)
    Put(out, {{Style::kBad, "not so: " + program.invariants[broken.invariant].sentence}}, options);
  return out;
}

}  // namespace nextkey
