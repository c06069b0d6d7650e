#include "sim/explore/explore_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "sim/anomaly/anomaly_text.h"
#include "sim/anomaly/race_anomaly.h"
#include "sim/display_width.h"
#include "sim/explore/witness.h"
#include "sim/race/schedule.h"
#include "sim/report_text.h"
#include "sim/value_table.h"

namespace nextkey {
namespace {

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

void PutEnd(std::string& out, const Program& program, const EndState& end, const RaceTextOptions& options) {
  Put(out, {{end.broken.empty() ? Style::kPlain : Style::kBad, "  " + OutcomeText(program, end)}}, options);
  for (const BrokenInvariant& broken : end.broken) {
    const std::string why = broken.why.empty() ? "" : " (" + broken.why + ")";
    Put(out, {{Style::kBad, "    not so: " + program.invariants[broken.invariant].sentence + why}}, options);
  }
}

void PutToken(std::string& out, const Program& program, std::uint32_t switches, const Schedule& schedule,
              const RaceTextOptions& options) {
  Line token;
  Append(token, Style::kDim, fmt::format("    {}  ", SwitchesText(switches)));
  Append(token, Style::kPlain, TokenOf(program, schedule));
  Put(out, token, options);
}

void PutAnomaly(std::string& out, const std::optional<Classification>& anomaly,
                const RaceTextOptions& options) {
  if (!anomaly) return;
  for (const Line& line : AnomalyLines(*anomaly, options.width, 4)) Put(out, line, options);
}

void PutOutcomes(std::string& out, const Exploration& exploration, const RaceTextOptions& options) {
  const Program& program = *exploration.program;
  Put(out, {{Style::kStrong, FixName(program)}}, options);
  for (const ExploredOutcome& outcome : exploration.outcomes) {
    PutEnd(out, program, outcome.end, options);
    if (exploration.HasCounts()) {
      std::string counts = fmt::format("    {} schedules", SchedulesText(exploration, outcome.schedules));
      if (exploration.HasProbabilities())
        counts += fmt::format(", probability {}", ShareText(outcome.probability));
      Put(out, {{Style::kDim, counts}}, options);
    }
    PutToken(out, program, outcome.switches, outcome.witness, options);
    PutAnomaly(out, outcome.anomaly, options);
  }
  if (exploration.at_serializable) {
    const bool holds = *exploration.at_serializable == Verdict::kHolds;
    Put(out,
        {{Style::kPlain,
          holds ? "  at SERIALIZABLE it holds in all schedules" : "  at SERIALIZABLE it breaks as well"}},
        options);
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
  return fmt::format(
      "{} all schedules with at most {}; others were not looked at",
      exploration.Worst() == nullptr ? "holds for" : "counted:", SwitchesText(*exploration.most_switches));
}

std::string WithoutCountsText(const Exploration& exploration) {
  return fmt::format("outcomes only{}: schedules and probabilities take all states (--mode all)",
                     exploration.is_reduced ? ", by fewer states (partial-order reduction)" : "");
}

}  // namespace

std::string ExplorationTable(const std::vector<Exploration>& explorations, const RaceTextOptions& options) {
  std::vector<std::vector<std::string>> rows;
  for (const Exploration& one : explorations) {
    rows.push_back({FixName(*one.program), std::string(VerdictName(one.verdict)),
                    SchedulesText(one, one.schedules), fmt::format("{}", one.states),
                    one.HasProbabilities() ? ShareText(one.BadShare()) : "?",
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
  if (!first.is_counted) limits.insert(WithoutCountsText(first));
  for (const Exploration& one : explorations) {
    if (!one.is_complete) limits.insert(LimitText(one));
  }
  for (const std::string& limit : limits) Put(out, {{Style::kDim, limit}}, options);
  return out;
}

std::string SampleTable(const std::vector<Sample>& samples, const RaceTextOptions& options) {
  const bool is_uniform = samples.front().options.mode == SampleMode::kUniform;
  std::vector<std::string> titles = {"fix", "verdict", "schedules", "bad"};
  for (const char* title : is_uniform ? std::vector{"share of bad ones, at 95 %", "not seen"}
                                      : std::vector{"actors", "choices", "each finds"})
    titles.emplace_back(title);
  std::vector<std::vector<std::string>> rows;
  for (const Sample& one : samples) {
    std::vector<std::string> row = {FixName(*one.program), std::string(VerdictName(one.verdict())),
                                    fmt::format("{}", one.schedules), fmt::format("{}", one.bad)};
    if (is_uniform) {
      const Interval share = one.BadShare();
      row.push_back(fmt::format("{:.4f} .. {:.4f}", share.from, share.to));
      row.push_back(fmt::format("< {:.2g}", one.UnseenBound()));
    } else {
      row.push_back(fmt::format("{}", one.actors));
      row.push_back(fmt::format("{}", one.longest));
      row.push_back(fmt::format(">= {:.2g}", one.PctGuarantee()));
    }
    rows.push_back(std::move(row));
  }
  std::string out;
  std::vector<bool> to_the_right(titles.size(), true);
  to_the_right[0] = to_the_right[1] = false;
  for (const Line& line : TextTable(titles, rows, to_the_right, options.width)) Put(out, line, options);
  out += "\n";
  for (const Sample& one : samples) {
    Put(out, {{Style::kStrong, FixName(*one.program)}}, options);
    for (const SampledOutcome& outcome : one.outcomes) {
      PutEnd(out, *one.program, outcome.end, options);
      Put(out, {{Style::kDim, fmt::format("    seen {} times", outcome.seen)}}, options);
      PutToken(out, *one.program, outcome.switches, outcome.witness, options);
      if (!outcome.end.broken.empty()) PutAnomaly(out, AnomalyOf(*one.program, outcome.witness), options);
    }
    if (one.cut > 0)
      Put(out, {{Style::kDim, fmt::format("  {} schedules were stopped before their end", one.cut)}},
          options);
  }
  const std::string legend =
      is_uniform
          ? "Each choice was drawn with equal probability. not seen: an outcome that did not occur has at "
            "most this probability, at 95 %."
          : fmt::format(
                "PCT, depth {}: one schedule finds what needs {} orderings with the probability "
                "`each finds` at least, among schedules of as many choices as the longest.",
                samples.front().options.depth, samples.front().options.depth);
  for (const Line& line : WrapLines(Style::kDim, legend, options.width, 2)) Put(out, line, options);
  return out;
}

std::string WorstStory(const Exploration& exploration, const RaceTextOptions& options) {
  const ExploredOutcome* worst = exploration.Worst();
  return worst == nullptr ? "" : BadStory(*exploration.program, worst->witness, worst->end, options);
}

std::string BadStory(const Program& program, const Schedule& schedule, const EndState& end,
                     const RaceTextOptions& options) {
  auto opened = OpenRace(program);
  if (std::holds_alternative<std::vector<Mistake>>(opened)) return "";
  std::vector<ChoiceReport> reports;
  PlaySchedule(std::get<RaceWorld>(std::move(opened)), program, schedule, &reports);
  const ScriptCase clients = ClientsAsCase(program);
  TextReport timeline(clients, {options.width, options.with_colour, false, false});
  std::string out;
  Line head;
  Append(head, Style::kStrong, FixName(program));
  Append(head, Style::kBad, " breaks");
  Append(head, Style::kDim, "  shown by  ");
  Append(head, Style::kPlain, ReplayLine(program, schedule));
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
  for (const BrokenInvariant& broken : end.broken)
    Put(out, {{Style::kBad, "not so: " + program.invariants[broken.invariant].sentence}}, options);
  return out;
}

}  // namespace nextkey
