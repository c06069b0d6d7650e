#include "sim/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/display_width.h"

namespace nextkey {
namespace {

constexpr std::size_t kGutter = 6;     // The step's number and two spaces.
constexpr std::size_t kColumnGap = 3;  // Between two columns.
constexpr std::size_t kMostColumns = 4;
constexpr std::size_t kLeastColumnWidth = 34;
constexpr std::size_t kLeastWidth = 50;
constexpr std::size_t kLinesBetweenHeaders = 45;

std::string NumberText(std::uint32_t number) {
  return PadRight(PadLeft(fmt::format("{}", number), kGutter - 2), kGutter);
}

std::string Dashes(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "─";
  return text;
}

// Sessions that speak after the set-up; `either` is one of them.
std::vector<std::string> SpeakingSessions(const ScriptCase& script) {
  std::vector<std::string> sessions;
  for (const ScriptStep& step : script.steps) {
    if (step.is_setup || step.is_for_any_session) continue;
    if (std::find(sessions.begin(), sessions.end(), step.session) == sessions.end()) {
      sessions.push_back(step.session);
    }
  }
  return sessions;
}

}  // namespace

TextReport::TextReport(const ScriptCase& script, const TextOptions& options)
    : options_(options), sessions_(SpeakingSessions(script)) {
  options_.width = std::max(options_.width, kLeastWidth);
  for (const std::string& session : sessions_) {
    name_width_ = std::max(name_width_, std::min<std::size_t>(DisplayWidth(session), 16));
  }
  const std::size_t count = sessions_.size();
  if (count >= 2 && count <= kMostColumns) {
    const std::size_t for_columns = options_.width - kGutter - (count - 1) * kColumnGap;
    column_width_ = for_columns / count;
    has_columns_ = column_width_ >= kLeastColumnWidth;
  }
  if (!has_columns_) column_width_ = options_.width - kGutter - name_width_ - 2;
}

void TextReport::PutLine(const Line& line) {
  out_ += Paint(line, options_.with_colour) + "\n";
  ++lines_since_header_;
}

std::string TextReport::Opening(const std::string& title, const std::vector<std::string>& story) {
  PutLine({{Style::kStrong, title}});
  for (const std::string& line : story) {
    for (Line& wrapped : WrapLines(Style::kPlain, MakePrintable(line), options_.width - 2)) {
      wrapped.insert(wrapped.begin(), Span{Style::kPlain, "  "});
      PutLine(wrapped);
    }
  }
  PutLine({});
  return std::exchange(out_, "");
}

void TextReport::PutHeader() {
  header_is_due_ = false;
  if (!out_.empty() || lines_since_header_ > 0) PutLine({});
  if (has_columns_) {
    Line names = {{Style::kPlain, std::string(kGutter, ' ')}};
    Line rules = names;
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
      const std::size_t begin = kGutter + i * (column_width_ + kColumnGap);
      PadTo(names, begin);
      PadTo(rules, begin);
      Append(names, Style::kStrong, ClipToWidth(sessions_[i], column_width_));
      Append(rules, Style::kDim, Dashes(column_width_));
    }
    PutLine(names);
    PutLine(rules);
  }
  lines_since_header_ = 0;
}

std::string TextReport::Step(const StepReport& report) {
  Count(report);
  names_ = report.names;
  if (report.is_setup) {
    PutSetup(report);
    if (options_.with_why) PutReasons(report);
    if (options_.with_locks) PutLocks(report);
    return std::exchange(out_, "");
  }
  if (header_is_due_ || (has_columns_ && lines_since_header_ > kLinesBetweenHeaders)) PutHeader();
  std::string number = NumberText(report.number);
  const std::size_t full_width = options_.width - kGutter;
  for (const TextBlock& block : StepBlocks(report, {column_width_, full_width, options_.with_plan})) {
    if (block.lines.empty()) {
      if (block.waits_afterwards) waiting_.insert(block.session);
      continue;
    }
    PutBlock(block, std::exchange(number, std::string(kGutter, ' ')));
  }
  if (options_.with_why) PutReasons(report);
  if (options_.with_locks) PutLocks(report);
  return std::exchange(out_, "");
}

// The set-up is a list of its own, over the whole width.
void TextReport::PutSetup(const StepReport& report) {
  if (report.number == 1) PutLine({{Style::kDim, "set-up"}});
  std::string number = NumberText(report.number);
  const std::size_t width = options_.width - kGutter;
  for (const TextBlock& block : StepBlocks(report, {width, width, options_.with_plan})) {
    for (const Line& line : block.lines) {
      Line with_number = {{Style::kDim, std::exchange(number, std::string(kGutter, ' '))}};
      with_number.insert(with_number.end(), line.begin(), line.end());
      PutLine(with_number);
    }
  }
}

void TextReport::PutBlock(const TextBlock& block, const std::string& number) {
  if (block.session.empty()) {
    Line first_gutter = {{Style::kDim, number}};
    for (const Line& line : block.lines) {
      Line whole = std::exchange(first_gutter, {{Style::kPlain, std::string(kGutter, ' ')}});
      whole.insert(whole.end(), line.begin(), line.end());
      PutLine(whole);
    }
    return;
  }
  waiting_.erase(block.session);
  if (has_columns_) {
    PutInColumn(block, number);
  } else {
    PutWithName(block, number);
  }
  if (block.waits_afterwards) waiting_.insert(block.session);
}

void TextReport::PutInColumn(const TextBlock& block, const std::string& number) {
  std::string gutter = number;
  for (const Line& line : block.lines) {
    Line whole = {{Style::kDim, std::exchange(gutter, std::string(kGutter, ' '))}};
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
      PadTo(whole, kGutter + i * (column_width_ + kColumnGap));
      if (sessions_[i] == block.session) {
        whole.insert(whole.end(), line.begin(), line.end());
      } else if (waiting_.count(sessions_[i]) > 0) {
        Append(whole, Style::kWaiting, "┊");
      }
    }
    PutLine(whole);
  }
}

void TextReport::PutWithName(const TextBlock& block, const std::string& number) {
  std::string gutter = number;
  std::string name = ClipToWidth(block.session, name_width_);
  for (const Line& line : block.lines) {
    Line whole = {{Style::kDim, std::exchange(gutter, std::string(kGutter, ' '))},
                  {Style::kWoken, PadRight(std::exchange(name, ""), name_width_ + 2)}};
    whole.insert(whole.end(), line.begin(), line.end());
    PutLine(whole);
  }
}

void TextReport::PutReasons(const StepReport& report) {
  const std::size_t indent = kGutter + 2;
  for (Line& line : ReasonLines(report.reasons, report.names, options_.width - indent)) {
    line.insert(line.begin(), Span{Style::kPlain, std::string(indent, ' ')});
    PutLine(line);
  }
}

void TextReport::PutLocks(const StepReport& report) {
  const std::size_t indent = kGutter + 2;
  std::string text;
  std::vector<Line> lines = LockLines(SortedLocks(report), report.names, options_.width - indent);
  for (const Line& line : lines) text += Paint(line, false) + "\n";
  if (text == last_locks_) lines = {{{Style::kDim, "locks unchanged"}}};
  last_locks_ = std::move(text);
  for (Line& line : lines) {
    line.insert(line.begin(), Span{Style::kPlain, std::string(indent, ' ')});
    PutLine(line);
  }
}

void TextReport::Count(const StepReport& report) {
  ++steps_;
  has_script_error_ = has_script_error_ || report.status == StepStatus::kScriptError;
  if (report.status == StepStatus::kScriptError) return;
  bool has_own_wait = false;
  for (const Happening& happening : report.happenings) {
    if (const auto* waits = std::get_if<StatementWaits>(&happening)) {
      if (waits->wait.kind != WaitKind::kSleep && NameOf(report, waits->session) == report.session) {
        has_own_wait = true;
      }
    }
    if (const auto* ended = std::get_if<StatementEnded>(&happening)) {
      if (ended->result.error) ++errors_[ended->result.error->number];
    }
    if (std::holds_alternative<DeadlockFound>(happening)) ++deadlocks_;
    if (const auto* passed = std::get_if<TimePassed>(&happening)) time_passed_us_ += passed->microseconds;
  }
  if (has_own_wait) ++waits_;
}

std::string TextReport::Summary() const {
  std::string text = Counted(steps_, "step");
  text += waits_ == 0 ? ", nobody had to wait" : ", " + Counted(waits_, "wait");
  if (deadlocks_ > 0) text += ", " + Counted(deadlocks_, "deadlock");
  std::uint64_t error_count = 0;
  std::string by_number;
  for (const auto& [number, count] : errors_) {
    error_count += count;
    by_number += fmt::format("{}{}", by_number.empty() ? "" : ", ", number);
    if (count > 1) by_number += fmt::format(" × {}", count);
  }
  text +=
      error_count == 0 ? ", no errors" : fmt::format(", {} ({})", Counted(error_count, "error"), by_number);
  if (time_passed_us_ > 0) text += fmt::format("; {} of virtual time", DurationText(time_passed_us_));
  return text + ".";
}

std::string TextReport::Closing(const std::vector<StillWaiting>& still_waiting) {
  PutLine({});
  std::string text = Summary();
  for (const StillWaiting& one : still_waiting) {
    text += fmt::format(" In the end {} still {} (step {}: {}).", one.session, WaitText(one.wait, names_),
                        one.step, MakePrintable(one.sql));
  }
  if (has_script_error_) text += " The script ended early: a statement came for a session that waits.";
  for (const Line& line : WrapLines(Style::kPlain, text, options_.width)) PutLine(line);
  return std::exchange(out_, "");
}

}  // namespace nextkey
