#include "sim/step_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "sim/display_width.h"
#include "sim/value_table.h"

namespace nextkey {
namespace {

constexpr std::size_t kResultIndent = 2;

std::string NameIn(const SessionNames& names, SessionId session) {
  const auto found = names.find(session);
  return found == names.end() ? "?" : found->second;
}

void AddLines(std::vector<Line>& lines, std::vector<Line> more, std::size_t indent = 0) {
  for (Line& line : more) {
    if (indent > 0) line.insert(line.begin(), Span{Style::kPlain, std::string(indent, ' ')});
    lines.push_back(std::move(line));
  }
}

// Behind the last line where there is room, below it otherwise.
void AddOutcome(std::vector<Line>& lines, Style style, const std::string& outcome, std::size_t width) {
  const std::string text = "→ " + outcome;
  if (!lines.empty() && DisplayWidth(lines.back()) + 1 + DisplayWidth(text) <= width) {
    Append(lines.back(), Style::kPlain, " ");
    Append(lines.back(), style, text);
  } else {
    AddLines(lines, WrapLines(style, text, width, kResultIndent));
  }
}

class StepWriter {
 public:
  StepWriter(const StepReport& report, const StepTextOptions& options)
      : report_(report), options_(options), width_(options.session_width) {}

  std::vector<TextBlock> Write() {
    BeginOwn();
    for (std::string& line : WrapSql(MakePrintable(report_.sql), width_, 2)) {
      Own().lines.push_back({{Style::kStrong, std::move(line)}});
    }
    if (report_.status == StepStatus::kScriptError) {
      WriteScriptError();
      return std::move(blocks_);
    }
    for (const Happening& happening : report_.happenings) {
      std::visit([this](const auto& one) { Write(one); }, happening);
    }
    WriteWhoMayGoOn();
    if (options_.with_plan && !report_.result.plan.empty()) WritePlan();
    return std::move(blocks_);
  }

 private:
  bool IsOwn(SessionId session) const { return NameOf(report_, session) == report_.session; }

  void BeginOwn() { blocks_.push_back({.session = report_.session, .lines = {}, .waits_afterwards = false}); }

  // The block that the step's own session speaks in; a new one when another came between.
  TextBlock& Own() {
    if (blocks_.back().session != report_.session) BeginOwn();
    return blocks_.back();
  }

  void WriteScriptError() {
    const std::string text =
        fmt::format("script error: {} still {}, so it can't take another statement; the run ends here",
                    report_.session, report_.wait ? WaitText(*report_.wait, report_.names) : "waits");
    AddLines(Own().lines, WrapLines(Style::kBad, text, width_, 2));
  }

  void Write(const StatementEnded& ended) {
    if (IsOwn(ended.session)) {
      WriteResult(Own().lines, ended.result);
      return;
    }
    const std::string name(NameOf(report_, ended.session));
    const auto earlier = std::find_if(report_.unblocked.begin(), report_.unblocked.end(),
                                      [&](const EarlierStatement& one) { return one.session == name; });
    const std::uint32_t step = earlier == report_.unblocked.end() ? 0 : earlier->step;
    TextBlock block{.session = name, .lines = {}, .waits_afterwards = false};
    const bool has_timed_out = fired_.count(ended.session) > 0 && woken_.count(ended.session) == 0;
    const std::string_view verb = has_timed_out ? "gives up" : ended.result.error ? "ends" : "goes on";
    AddLines(block.lines, {{{Style::kWoken, fmt::format("… {} (step {})", verb, step)}}});
    WriteResult(block.lines, ended.result);
    blocks_.push_back(std::move(block));
  }

  void Write(const StatementWaits& waits) {
    const bool sleeps = waits.wait.kind == WaitKind::kSleep;
    const std::string text = WaitText(waits.wait, report_.names);
    if (IsOwn(waits.session)) {
      TextBlock& block = Own();
      if (!sleeps) AddLines(block.lines, WrapLines(Style::kWaiting, text, width_, 2));
      block.waits_afterwards = true;
      return;
    }
    TextBlock block{
        .session = std::string(NameOf(report_, waits.session)), .lines = {}, .waits_afterwards = true};
    AddLines(block.lines,
             WrapLines(Style::kWaiting,
                       (woken_.erase(waits.session) > 0 ? "… goes on, then " : "… now ") + text, width_, 2));
    blocks_.push_back(std::move(block));
  }

  void Write(const WaitEnded& ended) { woken_.insert(ended.session); }
  void Write(const StatementYields& yields) {
    if (IsOwn(yields.session)) AddOutcome(Own().lines, Style::kDim, "stops before its next lock", width_);
  }

  // Those whose waits have ended, and that run on only when they are told to.
  void WriteWhoMayGoOn() {
    std::vector<SessionId> stand;
    for (const Happening& happening : report_.happenings) {
      if (const auto* woken = std::get_if<WaitEnded>(&happening)) stand.push_back(woken->session);
      if (const auto* ended = std::get_if<StatementEnded>(&happening)) std::erase(stand, ended->session);
      if (const auto* waits = std::get_if<StatementWaits>(&happening)) std::erase(stand, waits->session);
    }
    for (const SessionId session : stand) {
      if (IsOwn(session)) continue;
      blocks_.push_back({.session = std::string(NameOf(report_, session)),
                         .lines = {{{Style::kWoken, "… may go on"}}},
                         .waits_afterwards = false});
    }
  }

  void Write(const TimerFired& fired) { fired_.insert(fired.session); }

  void Write(const DeadlockFound& found) {
    blocks_.push_back({.session = "",
                       .lines = DeadlockLines(found.report, report_.names, options_.full_width),
                       .waits_afterwards = false});
  }

  void Write(const TimePassed& passed) {
    const bool is_one = passed.microseconds == 1'000'000 || passed.microseconds == 60'000'000;
    const std::string text =
        fmt::format("── {} {} ──", DurationText(passed.microseconds), is_one ? "passes" : "pass");
    blocks_.push_back({.session = "", .lines = {{{Style::kDim, text}}}, .waits_afterwards = false});
  }

  void Write(const PlanLocksTable& plan) {
    if (report_.is_setup) return;
    const std::string why = plan.columns.empty()
                                ? std::string("no index serves WHERE")
                                : fmt::format("no index on {}", fmt::join(plan.columns, ", "));
    const std::string text =
        MakePrintable(fmt::format("{}: every row of {} is locked{}", why, plan.table,
                                  plan.keeps_all ? "" : " until WHERE has ruled it out"));
    TextBlock block{
        .session = std::string(NameOf(report_, plan.session)), .lines = {}, .waits_afterwards = false};
    AddLines(IsOwn(plan.session) ? Own().lines : block.lines, WrapLines(Style::kDim, text, width_, 2));
    if (!IsOwn(plan.session)) blocks_.push_back(std::move(block));
  }

  void WriteResult(std::vector<Line>& lines, const StatementResult& result) {
    if (result.error) {
      AddLines(lines, WrapLines(Style::kBad, MakePrintable(ErrorText(*result.error)), width_, 2));
      return;
    }
    if (result.has_rows && !result.rows.empty()) {
      AddLines(lines, ResultTable(result, width_ - kResultIndent), kResultIndent);
    } else {
      AddOutcome(lines, Style::kGood, OutcomeText(result), width_);
    }
    for (const Warning& warning : result.warnings) {
      const std::string text = fmt::format("warning {}: {}", warning.number, MakePrintable(warning.message));
      AddLines(lines, WrapLines(Style::kWaiting, text, width_, 2));
    }
  }

  void WritePlan() {
    std::string plan = report_.result.plan;
    std::replace(plan.begin(), plan.end(), '\n', ';');
    AddLines(Own().lines, WrapLines(Style::kDim, "plan: " + plan, width_, 2));
  }

  const StepReport& report_;
  const StepTextOptions& options_;
  std::size_t width_;
  std::vector<TextBlock> blocks_;
  std::set<SessionId> woken_;
  std::set<SessionId> fired_;
};

}  // namespace

std::vector<TextBlock> StepBlocks(const StepReport& report, const StepTextOptions& options) {
  return StepWriter(report, options).Write();
}

std::string Counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string OutcomeText(const StatementResult& result) {
  if (result.has_rows) return result.rows.empty() ? "no rows" : Counted(result.rows.size(), "row");
  return result.affected == 0 ? "ok" : "ok, " + Counted(result.affected, "row");
}

std::string WaitText(const Wait& wait, const SessionNames& names) {
  if (wait.kind == WaitKind::kSleep) return "sleeps";
  std::string text =
      "waits for " + MakePrintable(wait.what.empty() ? std::string(WaitKindName(wait.kind)) : wait.what);
  for (std::size_t i = 0; i < wait.blockers.size(); ++i) {
    text += (i == 0 ? ", held by " : ", ") + NameIn(names, wait.blockers[i]);
  }
  return text;
}

std::string DurationText(std::int64_t microseconds) {
  const std::int64_t minutes = microseconds / 60'000'000;
  const std::int64_t rest = microseconds % 60'000'000;
  std::string seconds = fmt::format("{}", rest / 1'000'000);
  if (rest % 1'000'000 != 0) {
    seconds += fmt::format(".{:06}", rest % 1'000'000);
    seconds.erase(seconds.find_last_not_of('0') + 1);
  }
  if (minutes == 0) return seconds + " s";
  return rest == 0 ? fmt::format("{} min", minutes) : fmt::format("{} min {} s", minutes, seconds);
}

std::vector<Line> DeadlockLines(const DeadlockReport& deadlock, const SessionNames& names,
                                std::size_t width) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < deadlock.circle.size(); ++i) {
    const DeadlockReport::Member& member = deadlock.circle[i];
    const DeadlockReport::Member& next = deadlock.circle[(i + 1) % deadlock.circle.size()];
    const std::string wants =
        fmt::format("{} wants {},", NameIn(names, member.session), MakePrintable(member.wants));
    const std::string held =
        fmt::format("but {} has {}", NameIn(names, next.session), MakePrintable(member.held_by_next));
    for (std::string& line : WrapWords(wants, width - 6, 4)) texts.push_back(std::move(line));
    for (std::string& line : WrapWords(held, width - 8, 2)) texts.push_back("  " + line);
  }
  std::vector<Line> lines = {
      {{Style::kBad, fmt::format("deadlock: a circle of {}", deadlock.circle.size())}}};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string_view edge = i == 0 ? "┌─▶ " : i + 1 == texts.size() ? "└── " : "│   ";
    lines.push_back({{Style::kBad, "  " + std::string(edge)}, {Style::kPlain, std::move(texts[i])}});
  }
  const std::string victim = fmt::format("{} is the victim{}{}", NameIn(names, deadlock.victim),
                                         deadlock.reason.empty() ? "" : ": ", MakePrintable(deadlock.reason));
  AddLines(lines, WrapLines(Style::kBad, victim, width - 2, 2), 2);
  return lines;
}

std::vector<Line> ReasonLines(const std::vector<LockReason>& reasons, const SessionNames& names,
                              std::size_t width) {
  std::vector<Line> lines;
  for (const LockReason& reason : reasons) {
    const LockRow& lock = reason.lock;
    std::string place =
        lock.is_record ? fmt::format("{} of {}", lock.index, lock.table) : "table " + lock.table;
    if (lock.data) place += lock.data->starts_with("supremum") ? ", " + *lock.data : ", record " + *lock.data;
    const LockRuleLine& rule = LineOf(reason.rule);
    const std::string text =
        fmt::format("{} {} {} on {}: {} ({})", NameIn(names, lock.session), lock.is_waiting ? "wants" : "has",
                    lock.mode, place, rule.name, rule.source);
    AddLines(lines, WrapLines(Style::kDim, MakePrintable(text), width, 2));
  }
  return lines;
}

std::vector<Line> LockLines(const std::vector<LockRow>& locks, const SessionNames& names, std::size_t width) {
  if (locks.empty()) return {{{Style::kDim, "no locks"}}};
  std::vector<std::vector<std::string>> rows;
  for (const LockRow& lock : locks) {
    std::string data = lock.data ? MakePrintable(*lock.data) : "";
    if (lock.is_deleted) data += " (delete-marked)";
    rows.push_back({NameIn(names, lock.session), lock.table, lock.index, lock.mode,
                    lock.is_waiting ? "WAITING" : "GRANTED", std::move(data)});
  }
  return TextTable({"session", "table", "index", "mode", "status", "record"}, rows,
                   std::vector<bool>(6, false), width);
}

}  // namespace nextkey
