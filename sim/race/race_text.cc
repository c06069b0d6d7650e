#include "sim/race/race_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "sim/display_width.h"
#include "sim/value_table.h"

namespace nextkey {
namespace {

constexpr std::size_t kMostValues = 3;

std::string FixName(const Program& program) {
  return program.options.fix.empty() ? "(as it is)" : program.options.fix;
}

const Fix* FixOf(const Program& program) {
  for (const Fix& fix : program.file->fixes) {
    if (fix.name.text == program.options.fix) return &fix;
  }
  return nullptr;
}

void Put(std::string& out, const Line& line, const RaceTextOptions& options) {
  out += Paint(line, options.with_colour) + "\n";
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

void PutTable(std::string& out, const std::vector<Trial>& trials, const RaceTextOptions& options) {
  const Program& program = *trials.front().program;
  const std::vector<std::size_t> ends = ShownEnds(trials);
  std::vector<std::string> headings = {"fix", "verdict"};
  std::vector<bool> is_right = {false, false};
  const auto add = [&](std::string heading) {
    headings.push_back(std::move(heading));
    is_right.push_back(true);
  };
  for (const std::size_t end : ends) add(EndHeading(end));
  for (const ProgramResult& result : program.results) add(result.name);
  add("waits");
  add("retries");
  std::vector<std::vector<std::string>> rows;
  for (const Trial& trial : trials) {
    std::vector<std::string> row = {FixName(*trial.program), std::string(VerdictName(trial.verdict))};
    for (const std::size_t end : ends)
      row.push_back(RangeOf(trial, [&](const EndState& state) { return CountOf(state, end); }));
    for (std::size_t i = 0; i < program.results.size(); ++i) row.push_back(ResultText(trial, i));
    const auto each = static_cast<double>(std::max<std::size_t>(1, trial.schedules));
    row.push_back(fmt::format("{:.1f}", static_cast<double>(trial.price.waits) / each));
    row.push_back(fmt::format("{:.1f}", static_cast<double>(trial.price.retries) / each));
    rows.push_back(std::move(row));
  }
  PutLines(out, TextTable(headings, rows, is_right, options.width), options);
}

void PutBroken(std::string& out, const Trial& trial, const RaceTextOptions& options) {
  if (!trial.worst) return;
  Line line;
  Append(line, Style::kStrong, FixName(*trial.program));
  Append(line, Style::kBad, " breaks");
  Put(out, line, options);
  for (const auto& [invariant, schedules] : trial.broken) {
    const std::string text =
        fmt::format("not so: {} ({} of {} schedules)", trial.program->invariants[invariant].sentence,
                    schedules, trial.schedules);
    PutLines(out, WrapLines(Style::kPlain, text, options.width, 2), options);
  }
  Line token;
  Append(token, Style::kDim, "  shown by  ");
  Append(token, Style::kPlain, TokenOf(*trial.program, trial.worst->schedule));
  Put(out, token, options);
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
  Put(out,
      {{Style::kDim,
        fmt::format("Expected: {} shown, {} not contradicted by the schedules tried", met, open)}},
      options);
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
  std::string who;
  for (const ProgramTemplate& one : program.templates) {
    const auto count = static_cast<std::uint64_t>(std::count_if(
        program.clients.begin(), program.clients.end(), [&](const Program::ClientPlace& client) {
          return &program.templates[client.template_index] == &one;
        }));
    who += fmt::format("{}{} × {}", who.empty() ? "" : ", ", one.name, count);
  }
  for (const auto& [name, value] : program.parameters) who += fmt::format(", {} = {}", name, CellOf(value));
  out += "\n";
  PutLines(out, WrapLines(Style::kPlain, who, options.width), options);
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
  if (std::any_of(trials.begin(), trials.end(),
                  [](const Trial& trial) { return trial.verdict == Verdict::kIncomplete; }))
    Put(out,
        {{Style::kDim,
          fmt::format("incomplete: no schedule of {} breaks it; others might", trials.front().schedules)}},
        options);
  PutExpectations(out, trials, options);
  return out;
}

}  // namespace nextkey
