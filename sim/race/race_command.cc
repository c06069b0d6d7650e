#include "sim/race/race_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <variant>

#include "sim/exit_codes.h"
#include "sim/mistake.h"
#include "sim/race/did_you_mean.h"
#include "sim/race/fix_text.h"
#include "sim/race/isolation_spec.h"
#include "sim/race/parser.h"
#include "sim/race/play.h"
#include "sim/race/race_text.h"
#include "sim/race/schedule.h"
#include "sim/race/schedule_sql.h"
#include "sim/race/scheduler.h"
#include "sim/race/shipped_races.h"
#include "sim/race/trial.h"
#include "sim/report_text.h"
#include "sim/source_file.h"
#include "sim/text.h"

namespace nextkey {
namespace {

using File = std::shared_ptr<const RaceFile>;

bool IsPath(std::string_view name) {
  return name.find('/') != name.npos || name.find('.') != name.npos || name == "-";
}

Mistake OnCommandLine(std::string message, std::string remedy) {
  return nextkey::OnCommandLine("nextkey race", std::move(message), std::move(remedy));
}

std::variant<File, std::vector<Mistake>> ReadRace(const std::string& name) {
  RaceFileOrMistakes read;
  if (const ShippedRace* shipped = FindShippedRace(name)) {
    read = ReadRaceFile(SourceFile{fmt::format("{}.race", shipped->name), std::string(shipped->text)});
  } else if (IsPath(name)) {
    read = ReadRaceFile(name);
  } else {
    return std::vector{
        OnCommandLine(fmt::format("there is no race \"{}\"", name),
                      "`nextkey races` lists those that ship; a file of your own needs its path.")};
  }
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) return std::move(*mistakes);
  return std::make_shared<const RaceFile>(std::get<RaceFile>(std::move(read)));
}

// `3` is the number of the file's only template; `buyer=3` names it.
std::optional<Mistake> PutClients(const RaceFile& file, const std::vector<std::string>& wanted,
                                  RaceOptions& options) {
  for (const std::string& text : wanted) {
    const std::size_t sign = text.find('=');
    const std::string number = sign == text.npos ? text : text.substr(sign + 1);
    std::string name = sign == text.npos ? "" : text.substr(0, sign);
    if (name.empty()) {
      if (file.clients.size() != 1)
        return OnCommandLine(
            "--clients needs a name: the race has several kinds of clients",
            fmt::format("Write for example --clients {}=3.", file.clients.front().name.text));
      name = file.clients.front().name.text;
    }
    std::uint32_t count = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), count);
    if (error != std::errc() || end != number.data() + number.size() || count == 0)
      return OnCommandLine(fmt::format("\"{}\" is no number of clients", number),
                           "Write for example --clients 3.");
    options.clients[name] = count;
  }
  return std::nullopt;
}

std::optional<Mistake> PutParameters(const std::vector<std::string>& wanted, RaceOptions& options) {
  for (const std::string& text : wanted) {
    for (const std::string_view assignment : Split(text, ",")) {
      const std::size_t sign = assignment.find('=');
      if (sign == assignment.npos || sign == 0)
        return OnCommandLine(fmt::format("\"{}\" is no assignment", assignment), "Write --set name=value.");
      options.parameters[std::string(Trim(assignment.substr(0, sign)))] =
          std::string(Trim(assignment.substr(sign + 1)));
    }
  }
  return std::nullopt;
}

std::variant<RaceOptions, Mistake> OptionsOf(const RaceCommand& command, const RaceFile& file) {
  RaceOptions options;
  options.faults = command.faults;
  options.uses_load_values = command.uses_load_values;
  options.purge = command.purge;
  options.granularity = command.granularity;
  options.timing = command.has_any_timing ? Timing::kAny : Timing::kMaximalProgress;
  options.ticks = command.ticks;
  if (std::optional<Mistake> mistake = PutClients(file, command.clients, options)) return std::move(*mistake);
  if (std::optional<Mistake> mistake = PutParameters(command.parameters, options)) return std::move(*mistake);
  return options;
}

// The race as it is, and each fix; or the one that was asked for.
std::vector<std::string> FixesOf(const RaceCommand& command, const RaceFile& file) {
  if (command.only_unfixed) return {""};
  if (!command.fix.empty()) return {command.fix};
  std::vector<std::string> fixes = {""};
  for (const Fix& fix : file.fixes) fixes.push_back(fix.name.text);
  return fixes;
}

std::variant<std::vector<ProgramRef>, std::vector<Mistake>> BuildPrograms(const RaceCommand& command,
                                                                          const File& file) {
  auto options = OptionsOf(command, *file);
  if (auto* mistake = std::get_if<Mistake>(&options)) return std::vector{std::move(*mistake)};
  std::vector<ProgramRef> programs;
  for (const std::string& fix : FixesOf(command, *file)) {
    RaceOptions own = std::get<RaceOptions>(options);
    own.fix = fix;
    auto built = BuildProgram(file, std::move(own));
    if (auto* mistakes = std::get_if<std::vector<Mistake>>(&built)) return std::move(*mistakes);
    programs.push_back(std::get<ProgramRef>(std::move(built)));
  }
  return programs;
}

int RunIsolationSpec(const RaceCommand& command, const RaceFile& spec, std::ostream& out, std::ostream& err) {
  if (!IsIsolationSpec(spec))
    return Refuse({OnCommandLine(fmt::format("{} is no spec of isolationtester", command.race),
                                 "A spec has sessions and no name; leave --format out to see the race.")},
                  err);
  if (command.granularity == Granularity::kRow || command.has_any_timing ||
      command.purge == PurgeMode::kChoice)
    return Refuse(
        {OnCommandLine("a spec's permutations are orders of whole statements",
                       "Leave --granularity, --any-timing and --purge choice out, or search it with "
                       "nextkey explore.")},
        err);
  const auto played = PlayIsolationSpec(spec, {command.purge});
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&played)) return Refuse(*mistakes, err);
  out << std::get<std::string>(played);
  return kExitOk;
}

}  // namespace

std::variant<std::vector<ProgramRef>, std::vector<Mistake>> BuildPrograms(const RaceCommand& command) {
  auto read = ReadRace(command.race);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) return std::move(*mistakes);
  return BuildPrograms(command, std::get<File>(read));
}

int RunRace(const RaceCommand& command, std::ostream& out, std::ostream& err) {
  auto read = ReadRace(command.race);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) return Refuse(*mistakes, err);
  const File file = std::get<File>(read);
  const RaceFormat usual = IsIsolationSpec(*file) ? RaceFormat::kIsolationTester : RaceFormat::kTable;
  if (command.format.value_or(usual) == RaceFormat::kIsolationTester)
    return RunIsolationSpec(command, *file, out, err);
  auto built = BuildPrograms(command, file);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&built)) return Refuse(*mistakes, err);
  std::vector<Trial> trials;
  for (ProgramRef& program : std::get<std::vector<ProgramRef>>(built)) {
    auto trial = PutOnTrial(std::move(program), {command.schedules, command.seed, command.most_states});
    if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&trial)) return Refuse(*mistakes, err);
    trials.push_back(std::get<Trial>(std::move(trial)));
  }
  const RaceTextOptions text{command.width, command.with_colour};
  out << RaceOpening(*trials.front().program, text) << TrialTable(trials, text);
  const bool is_as_expected =
      std::all_of(trials.begin(), trials.end(), [](const Trial& trial) { return trial.IsAsExpected(); });
  return is_as_expected ? kExitOk : kExitMissed;
}

int RunRaces(const RaceCommand& command, std::ostream& out) {
  const RaceTextOptions text{command.width, command.with_colour};
  for (const ShippedRace& race : ShippedRaces()) {
    const RaceFileOrMistakes read =
        ReadRaceFile(SourceFile{fmt::format("{}.race", race.name), std::string(race.text)});
    const auto* file = std::get_if<RaceFile>(&read);
    Line line;
    Append(line, Style::kStrong, fmt::format("{:<14}", race.name));
    Append(line, Style::kPlain, file == nullptr ? "" : file->sentence);
    out << Paint(line, text.with_colour) << "\n";
    if (file == nullptr) continue;
    std::string sources;
    for (const Expectation& expectation : file->expectations) {
      if (expectation.source.empty() || sources.find(expectation.source) != sources.npos) continue;
      sources += (sources.empty() ? "" : ", ") + expectation.source;
    }
    if (!sources.empty())
      out << Paint({{Style::kDim, std::string(14, ' ') + sources}}, text.with_colour) << "\n";
  }
  return kExitOk;
}

int RunRaceDiff(const RaceCommand& command, std::ostream& out, std::ostream& err) {
  auto read = ReadRace(command.race);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) return Refuse(*mistakes, err);
  const RaceFile& file = *std::get<File>(read);
  std::vector<std::string_view> names;
  for (const Fix& fix : file.fixes) {
    if (fix.name.text == command.fix) {
      out << fmt::format("{}: {}\n", fix.name.text, fix.sentence) << FixText(file, fix);
      return kExitOk;
    }
    names.push_back(fix.name.text);
  }
  std::string known;
  for (const std::string_view name : names) known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
  return Refuse({OnCommandLine(fmt::format("{} has no fix \"{}\"", command.race, command.fix),
                               known.empty() ? "It has none." : "It has " + known + ".")},
                err);
}

namespace {

int WriteScript(const Program& program, const RaceWorld& opened, const Schedule& schedule, std::ostream& out,
                std::ostream& err) {
  const auto played = PlaySchedule(opened, program, schedule, nullptr);
  if (const auto* mismatch = std::get_if<ScheduleMismatch>(&played))
    return Refuse(
        {OnCommandLine(mismatch->message, "The race behaves differently from when the token was made.")},
        err);
  const auto script = ScheduleAsSql(program, schedule);
  if (const auto* none = std::get_if<NoScript>(&script))
    return Refuse({OnCommandLine("this schedule can't be written as SQL: " + none->why,
                                 "Leave --format sql out: the timeline shows it.")},
                  err);
  out << std::get<ScriptText>(script).text;
  return kExitOk;
}

}  // namespace

int RunRaceReplay(const RaceCommand& command, const std::string& token, bool with_locks, std::ostream& out,
                  std::ostream& err) {
  auto head = ParseToken(token);
  if (const auto* message = std::get_if<std::string>(&head))
    return Refuse({OnCommandLine(*message, "Copy the whole token, as `nextkey race` printed it.")}, err);
  auto read = ReadRace(command.race);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) return Refuse(*mistakes, err);
  const File file = std::get<File>(read);
  auto options = OptionsOf(command, *file);
  if (const auto* mistake = std::get_if<Mistake>(&options)) return Refuse({*mistake}, err);
  RaceOptions own = std::get<RaceOptions>(std::move(options));
  own.fix = std::get<ReadToken>(head).head.fix;
  auto built = BuildProgram(file, std::move(own));
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&built)) return Refuse(*mistakes, err);
  const ProgramRef program = std::get<ProgramRef>(std::move(built));
  auto schedule = ScheduleFor(*program, token);
  if (const auto* message = std::get_if<std::string>(&schedule))
    return Refuse(
        {OnCommandLine(
            *message,
            "Give the same file and options as it was made with: the line that it was printed in has them.")},
        err);
  auto opened = OpenRace(*program);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&opened)) return Refuse(*mistakes, err);

  if (command.as_sql)
    return WriteScript(*program, std::get<RaceWorld>(opened), std::get<Schedule>(schedule), out, err);

  std::vector<ChoiceReport> reports;
  auto played = PlaySchedule(std::get<RaceWorld>(opened), *program, std::get<Schedule>(schedule), &reports);
  const ScriptCase clients = ClientsAsCase(*program);
  TextReport timeline(clients, {command.width, command.with_colour, with_locks, false});
  const RaceTextOptions text{command.width, command.with_colour};
  out << RaceOpening(*program, text) << "\n";
  std::uint32_t number = 0;
  for (ChoiceReport& report : reports) {
    report.step.number = ++number;
    out << timeline.Step(report.step);
    for (const RequestNews& news : report.news) {
      Line line;
      Append(line, Style::kDim, "      ");
      Append(line, Style::kStrong, program->clients[news.client].name);
      Append(line, Style::kPlain, " " + news.text);
      out << Paint(line, command.with_colour) << "\n";
    }
  }
  if (const auto* mismatch = std::get_if<ScheduleMismatch>(&played))
    return Refuse(
        {OnCommandLine(mismatch->message, "The race behaves differently from when the token was made.")},
        err);
  const EndState end =
      EndOfSchedule(std::get<RaceWorld>(std::move(opened)), *program, std::get<Schedule>(schedule));
  out << "\n";
  for (std::size_t i = 0; i < program->results.size(); ++i)
    out << fmt::format("{} = {}\n", program->results[i].name, end.results[i].ToText());
  for (const BrokenInvariant& broken : end.broken)
    out << Paint({{Style::kBad, "not so: " + program->invariants[broken.invariant].sentence}},
                 command.with_colour)
        << "\n";
  return kExitOk;
}

}  // namespace nextkey
