#include "sim/replay_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "sim/anomaly/anomaly_text.h"
#include "sim/anomaly/script_anomaly.h"
#include "sim/exit_codes.h"
#include "sim/hermitage_check.h"
#include "sim/hermitage_text.h"
#include "sim/replay.h"
#include "sim/report_jsonl.h"
#include "sim/report_text.h"
#include "sim/script.h"
#include "sim/world.h"

namespace nextkey {
namespace {

std::string BaseName(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

World FreshWorld(const ReplayCommand& command) {
  World world;
  world.server.SetPurgeMode(command.purge);
  world.server.SetDialect(command.server);
  world.server.SetReportsLockRules(command.with_why);
  ApplySettings(command.settings, world.server);
  return world;
}

class ScriptPlayer {
 public:
  ScriptPlayer(const ReplayCommand& command, const Script& script, std::ostream& out, std::ostream& err)
      : command_(command), script_(script), out_(out), err_(err) {}

  int Play() {
    const bool is_hermitage = script_.kind == ScriptKind::kHermitage;
    if (command_.format == ReportFormat::kJsonl) return is_hermitage ? PlayCasesAsJsonl() : PlayAsJsonl();
    return is_hermitage ? PlayCasesAsText() : PlayAsText();
  }

 private:
  TextOptions Text() const {
    return {command_.width, command_.with_colour, command_.with_locks, command_.with_plan, command_.with_why};
  }

  JsonlOptions Jsonl() const {
    const std::string name = command_.files.size() > 1 ? BaseName(script_.source.name) : "";
    return {command_.with_plan, name, ""};
  }

  // Plays a case to its end and hands each report to `use` when it is there.
  template <class Use>
  World PlayCase(const ScriptCase& one, LockListing lock_listing, Use use) {
    World world = FreshWorld(command_);
    while (!IsFinished(world, one)) use(PlayStep(world, one, lock_listing));
    return world;
  }

  LockListing TextLockListing() const {
    return command_.with_locks ? LockListing::kEachStep : LockListing::kNone;
  }

  int PlayAsText() {
    const ScriptCase& one = script_.cases.front();
    TextReport text(one, Text());
    int exit_code = kExitOk;
    out_ << text.Opening(BaseName(script_.source.name), script_.story);
    const World end = PlayCase(one, TextLockListing(), [&](const StepReport& report) {
      out_ << text.Step(report);
      if (report.status == StepStatus::kScriptError) exit_code = ReportScriptError(one, report);
    });
    out_ << text.Closing(WaitingAtEnd(end, one));
    PutAnomaly(one);
    return exit_code;
  }

  void PutAnomaly(const ScriptCase& one) {
    if (!command_.with_anomalies) return;
    const Classification found = Classify(HistoryOf(FreshWorld(command_), one));
    for (const Line& line : AnomalyLines(found, command_.width, 0))
      out_ << Paint(line, command_.with_colour) << "\n";
  }

  int PlayAsJsonl() {
    const ScriptCase& one = script_.cases.front();
    int exit_code = kExitOk;
    PlayCase(one, LockListing::kEachStep, [&](const StepReport& report) {
      out_ << ToJsonLine(report, Jsonl());
      if (report.status == StepStatus::kScriptError) exit_code = ReportScriptError(one, report);
    });
    return exit_code;
  }

  int ReportScriptError(const ScriptCase& one, const StepReport& report) {
    out_.flush();
    const std::size_t offset = one.steps[report.number - 1].offset;
    err_ << ToText(
        MistakeAt(script_.source.name, script_.source.text, offset,
                  fmt::format("session {} still waits and can't take another statement", report.session),
                  "Let the session that it waits for end its transaction first, or use another one."));
    return kExitMistake;
  }

  // A case with a missed remark shows its timeline, so that one sees why.
  int PlayCasesAsText() {
    HermitageTally tally;
    for (const ScriptCase& one : script_.cases) {
      std::vector<StepReport> reports;
      TextReport timeline(one, Text());
      std::string text;
      const World end = PlayCase(one, TextLockListing(), [&](StepReport report) {
        text += timeline.Step(report);
        reports.push_back(std::move(report));
      });
      text += timeline.Closing(WaitingAtEnd(end, one));
      const CheckedCase checked = CheckCase(one, reports);
      tally.Add(checked);
      out_ << CaseText(checked, tally.cases, {command_.width, command_.with_colour});
      if (command_.with_timeline || command_.with_locks || command_.with_why || !checked.IsAsDocumented())
        out_ << text << "\n";
      PutAnomaly(one);
    }
    out_ << "\n" << SummaryLine(tally);
    return tally.as_documented == tally.cases ? kExitOk : kExitMissed;
  }

  int PlayCasesAsJsonl() {
    HermitageTally tally;
    for (const ScriptCase& one : script_.cases) {
      std::vector<StepReport> reports;
      JsonlOptions options = Jsonl();
      options.case_name = one.name;
      PlayCase(one, LockListing::kEachStep, [&](StepReport report) {
        out_ << ToJsonLine(report, options);
        reports.push_back(std::move(report));
      });
      const CheckedCase checked = CheckCase(one, reports);
      tally.Add(checked);
      err_ << MissedText(checked, script_.source.name);
    }
    return tally.as_documented == tally.cases ? kExitOk : kExitMissed;
  }

  const ReplayCommand& command_;
  const Script& script_;
  std::ostream& out_;
  std::ostream& err_;
};

}  // namespace

int RunReplay(const ReplayCommand& command, std::ostream& out, std::ostream& err) {
  std::vector<Script> scripts;
  bool has_mistakes = false;
  for (const std::string& file : command.files) {
    ScriptOrMistakes read = ReadScript(file);
    if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) {
      err << ToText(*mistakes);
      has_mistakes = true;
    } else {
      scripts.push_back(std::get<Script>(std::move(read)));
    }
  }
  if (has_mistakes) return kExitMistake;

  int exit_code = kExitOk;
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    if (i > 0 && command.format == ReportFormat::kText) out << "\n";
    exit_code = std::max(exit_code, ScriptPlayer(command, scripts[i], out, err).Play());
  }
  return exit_code;
}

}  // namespace nextkey
