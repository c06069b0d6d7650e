#include "sim/race/race_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "absl/functional/function_ref.h"
#include "sim/anomaly/anomaly_text.h"
#include "sim/anomaly/race_anomaly.h"
#include "sim/display_width.h"
#include "sim/value_table.h"

namespace nextkey {

std::string FixName(const Program& program) {
  return program.options.fix.empty() ? "(as it is)" : program.options.fix;
}

void Put(std::string& out, const Line& line, const RaceTextOptions& options) {
  out += Paint(line, options.with_colour) + "\n";
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

namespace {

constexpr std::size_t kMostValues = 3;

const Fix* FixOf(const Program& program) {
  for (const Fix& fix : program.file->fixes) {
    if (fix.name.text == program.options.fix) return &fix;
  }
  return nullptr;
}

void PutLines(std::string& out, const std::vector<Line>& lines, const RaceTextOptions& options) {
  for (const Line& line : lines) Put(out, line, options);
}

// `1`, or `0..3`
std::string RangeText(std::uint32_t least, std::uint32_t most) {
  return least == most ? fmt::format("{}", least) : fmt::format("{}..{}", least, most);
}

template <class Count>
std::string RangeOf(const Trial& trial, Count count) {
  std::uint32_t least = UINT32_MAX;
  std::uint32_t most = 0;
  for (const TriedSchedule& tried : trial.ends) {
    least = std::min(least, count(tried.end));
    most = std::max(most, count(tried.end));
  }
  return trial.ends.empty() ? "-" : RangeText(least, most);
}

std::string CellOf(const Value& value) { return MakePrintable(value.ToText()); }

// Numbers as a range, other values one by one.
std::string ResultText(const Trial& trial, std::size_t result) {
  std::vector<Value> values;
  for (const TriedSchedule& tried : trial.ends) {
    const Value& value = tried.end.results[result];
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  }
  std::sort(values.begin(), values.end(),
            [](const Value& a, const Value& b) { return Value::CompareStored(a, b, Collation::kBin) < 0; });
  if (values.empty()) return "-";
  if (values.size() > 1) {
    const bool are_numbers =
        std::all_of(values.begin(), values.end(), [](const Value& value) { return value.IsNumber(); });
    if (are_numbers) return CellOf(values.front()) + ".." + CellOf(values.back());
  }
  std::string text;
  for (std::size_t i = 0; i < values.size() && i < kMostValues; ++i)
    text += (i == 0 ? "" : ", ") + CellOf(values[i]);
  return values.size() > kMostValues ? text + ", .." : text;
}

std::uint32_t CountOf(const EndState& end, std::size_t column) {
  return column < end.counts.ended.size() ? end.counts.ended[column] : end.counts.stuck;
}

// The ways to end that some schedule of some fix shows: succeeded and refused always.
std::vector<std::size_t> ShownEnds(const std::vector<Trial>& trials) {
  std::vector<std::size_t> shown;
  const std::size_t count = OutcomeCounts{}.ended.size() + 1;
  for (std::size_t column = 0; column < count; ++column) {
    const bool occurs = std::any_of(trials.begin(), trials.end(), [&](const Trial& trial) {
      return std::any_of(trial.ends.begin(), trial.ends.end(),
                         [&](const TriedSchedule& tried) { return CountOf(tried.end, column) > 0; });
    });
    if (column < 2 || occurs) shown.push_back(column);
  }
  return shown;
}

std::string EndHeading(std::size_t column) {
  if (column >= OutcomeCounts{}.ended.size()) return "stuck";
  std::string name(RequestEndName(static_cast<RequestEnd>(column)));
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

struct Column {
  std::string heading;
  bool is_right = true;
  std::vector<std::string> cells;  // A trial each.
};

std::vector<std::string> CellsOf(const std::vector<Trial>& trials,
                                 absl::FunctionRef<std::string(const Trial&)> cell) {
  std::vector<std::string> cells;
  for (const Trial& trial : trials) cells.push_back(cell(trial));
  return cells;
}

// What is said of all schedules.
std::vector<Column> VerdictColumns(const std::vector<Trial>& trials) {
  std::vector<Column> columns = {
      {"fix", false, CellsOf(trials, [](const Trial& trial) { return FixName(*trial.program); })},
      {"verdict", false,
       CellsOf(trials, [](const Trial& trial) { return std::string(VerdictName(trial.verdict)); })}};
  if (std::none_of(trials.begin(), trials.end(), [](const Trial& trial) { return trial.search.has_value(); }))
    return columns;
  columns.push_back({"schedules", true, CellsOf(trials, [](const Trial& trial) -> std::string {
                       if (!trial.search) return "?";
                       return trial.search->schedules ? WholeText(*trial.search->schedules) : "infinite";
                     })});
  columns.push_back({"states", true, CellsOf(trials, [](const Trial& trial) {
                       return trial.search ? WholeText(trial.search->states) : "?";
                     })});
  columns.push_back({"bad", true, CellsOf(trials, [](const Trial& trial) {
                       return trial.search ? ShareText(trial.search->bad) : "?";
                     })});
  return columns;
}

// How the requests ended, what the file asks for, and what it cost.
std::vector<Column> EndColumns(const std::vector<Trial>& trials) {
  const Program& program = *trials.front().program;
  std::vector<Column> columns;
  for (const std::size_t end : ShownEnds(trials)) {
    columns.push_back({EndHeading(end), true, CellsOf(trials, [&](const Trial& trial) {
                         return RangeOf(trial, [&](const EndState& state) { return CountOf(state, end); });
                       })});
  }
  for (std::size_t i = 0; i < program.results.size(); ++i) {
    columns.push_back({program.results[i].name, true,
                       CellsOf(trials, [&](const Trial& trial) { return ResultText(trial, i); })});
  }
  const auto add_price = [&](std::string heading, std::uint64_t TrialPrice::*price) {
    if (std::none_of(trials.begin(), trials.end(),
                     [&](const Trial& trial) { return trial.price.*price > 0; }))
      return;
    columns.push_back({std::move(heading), true, CellsOf(trials, [&](const Trial& trial) {
                         const auto each = static_cast<double>(std::max<std::size_t>(1, trial.schedules));
                         return fmt::format("{:.1f}", static_cast<double>(trial.price.*price) / each);
                       })});
  };
  add_price("waits", &TrialPrice::waits);
  add_price("retries", &TrialPrice::retries);
  return columns;
}

std::size_t WidthOf(const std::vector<Column>& columns) {
  std::size_t width = 0;
  for (const Column& column : columns) {
    std::size_t widest = DisplayWidth(column.heading);
    for (const std::string& cell : column.cells) widest = std::max(widest, DisplayWidth(cell));
    width += widest + (width == 0 ? 0 : 2);
  }
  return width;
}

void PutColumns(std::string& out, const std::vector<Column>& columns, const RaceTextOptions& options) {
  std::vector<std::string> headings;
  std::vector<bool> is_right;
  std::vector<std::vector<std::string>> rows(columns.front().cells.size());
  for (const Column& column : columns) {
    headings.push_back(column.heading);
    is_right.push_back(column.is_right);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].push_back(column.cells[i]);
  }
  PutLines(out, TextTable(headings, rows, is_right, options.width), options);
}

// One table, or two where one would be wider than the page.
void PutTable(std::string& out, const std::vector<Trial>& trials, const RaceTextOptions& options) {
  std::vector<Column> verdicts = VerdictColumns(trials);
  std::vector<Column> ends = EndColumns(trials);
  std::vector<Column> all = verdicts;
  all.insert(all.end(), ends.begin(), ends.end());
  if (WidthOf(all) <= options.width) return PutColumns(out, all, options);
  PutColumns(out, verdicts, options);
  out += "\n";
  ends.insert(ends.begin(), verdicts.front());
  PutColumns(out, ends, options);
}

std::string HowOften(const Trial& trial, const BrokenOften& often) {
  if (trial.search) return fmt::format("probability {}", ShareText(often.probability));
  if (often.schedules == 0) return "in a schedule that the search found";
  return fmt::format("{} of {} schedules", often.schedules, trial.schedules);
}

void PutBroken(std::string& out, const Trial& trial, const RaceTextOptions& options) {
  if (!trial.worst) return;
  Line line;
  Append(line, Style::kStrong, FixName(*trial.program));
  Append(line, Style::kBad, " breaks");
  Put(out, line, options);
  for (const auto& [invariant, often] : trial.broken) {
    const std::string text =
        fmt::format("not so: {} ({})", trial.program->invariants[invariant].sentence, HowOften(trial, often));
    PutLines(out, WrapLines(Style::kPlain, text, options.width, 2), options);
  }
  Line token;
  Append(token, Style::kDim, "  shown by  ");
  Append(token, Style::kPlain, ReplayLine(*trial.program, trial.worst->schedule));
  Put(out, token, options);
  const auto anomaly = AnomalyOf(*trial.program, trial.worst->schedule);
  if (!anomaly) return;
  Line name;
  Append(name, Style::kDim, "  anomaly   ");
  Append(name, Style::kPlain, AnomalyHeadline(*anomaly));
  Put(out, name, options);
}

// What the words of the table say, as far as they occur.
void PutLegend(std::string& out, const std::vector<Trial>& trials, const RaceTextOptions& options) {
  const auto some = [&](absl::FunctionRef<bool(const Trial&)> is) {
    return std::any_of(trials.begin(), trials.end(), is);
  };
  const auto put = [&](std::string text) {
    PutLines(out, WrapLines(Style::kDim, text, options.width, 2), options);
  };
  if (some([](const Trial& trial) { return trial.search.has_value(); }))
    put("All schedules were gone through: holds is said of every one. bad: the probability that "
        "an invariant breaks when a coin is thrown for each step.");
  if (some([](const Trial& trial) { return !trial.search && trial.worst; }))
    put("?: too many states to go through all (--max-states).");
  if (some([](const Trial& trial) { return trial.verdict == Verdict::kIncomplete; }))
    put(
        fmt::format("incomplete: too many states to go through all (--max-states); no schedule of {} "
                    "breaks it, others might.",
                    trials.front().schedules));
}

std::string ExpectationText(const Trial& trial, const ExpectationCheck& check) {
  const Expectation& expectation = *check.expectation;
  std::string text = expectation.source.empty() ? "" : expectation.source + ": ";
  text += FixName(*trial.program);
  if (expectation.verdict) text += *expectation.verdict == ExpectedVerdict::kBreaks ? " breaks" : " holds";
  if (expectation.condition) {
    text += expectation.scope == ExpectationScope::kSomeSchedule ? ", some " : ", every ";
    text += expectation.condition->text;
  }
  return text;
}

void PutExpectations(std::string& out, const std::vector<Trial>& trials, const RaceTextOptions& options) {
  std::size_t met = 0;
  std::size_t open = 0;
  for (const Trial& trial : trials) {
    for (const ExpectationCheck& check : trial.expectations) {
      met += check.result == ExpectationCheck::Result::kMet ? 1 : 0;
      open += check.result == ExpectationCheck::Result::kNotContradicted ? 1 : 0;
      if (check.result != ExpectationCheck::Result::kMissed) continue;
      Line line;
      Append(line, Style::kBad, "missed  ");
      Append(line, Style::kPlain, ExpectationText(trial, check) + ": " + check.why);
      Put(out, line, options);
      if (check.witness) {
        Put(out, {{Style::kDim, "        see " + TokenOf(*trial.program, *check.witness)}}, options);
      }
    }
    if (trial.worst && trial.expectations.empty()) {
      Put(out, {{Style::kBad, FixName(*trial.program) + " breaks, and the file does not say so"}}, options);
    }
  }
  std::string text = fmt::format("As expected: {}", met);
  if (open > 0) text += fmt::format(", and {} that no schedule tried contradicts", open);
  Put(out, {{Style::kDim, text}}, options);
}

}  // namespace

std::string ClientsAndParameters(const Program& program) {
  std::string who;
  for (const ProgramTemplate& one : program.templates) {
    const auto count = static_cast<std::uint64_t>(std::count_if(
        program.clients.begin(), program.clients.end(), [&](const Program::ClientPlace& client) {
          return &program.templates[client.template_index] == &one;
        }));
    who += fmt::format("{}{} × {}", who.empty() ? "" : ", ", one.name, count);
  }
  for (const auto& [name, value] : program.parameters) who += fmt::format(", {} = {}", name, CellOf(value));
  return who;
}

namespace {

// In which steps the race goes, where it is not the usual ones.
std::string ScopeText(const RaceOptions& how) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", name, value);
  };
  if (how.granularity != Granularity::kStatement) add("granularity", GranularityName(how.granularity));
  if (how.timing != Timing::kMaximalProgress) add("timing", TimingName(how.timing));
  if (how.purge != PurgeMode::kEager) add("purge", PurgeName(how.purge));
  return text;
}

}  // namespace

std::string RaceOpening(const Program& program, const RaceTextOptions& options) {
  std::string out;
  const RaceFile& file = *program.file;
  Line title;
  Append(title, Style::kStrong, file.title.text);
  if (!file.sentence.empty()) Append(title, Style::kPlain, ": " + file.sentence);
  Put(out, title, options);
  for (const std::string& line : file.story) Put(out, {{Style::kDim, "  " + line}}, options);
  out += "\n";
  PutLines(out, WrapLines(Style::kPlain, ClientsAndParameters(program), options.width), options);
  if (const std::string how = ScopeText(program.options); !how.empty())
    Put(out, {{Style::kPlain, how}}, options);
  return out;
}

std::string TrialTable(const std::vector<Trial>& trials, const RaceTextOptions& options) {
  std::string out = "\n";
  PutTable(out, trials, options);
  out += "\n";
  for (const Trial& trial : trials) {
    if (const Fix* fix = FixOf(*trial.program);
        fix != nullptr && !fix->sentence.empty() && trials.size() == 1)
      PutLines(out, WrapLines(Style::kDim, fix->sentence, options.width, 2), options);
    PutBroken(out, trial, options);
  }
  PutLegend(out, trials, options);
  PutExpectations(out, trials, options);
  return out;
}

}  // namespace nextkey
