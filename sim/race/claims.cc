#include "sim/race/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "sim/race/parser.h"
#include "sim/race/schedule.h"
#include "sim/race/scheduler.h"
#include "sim/race/shipped_races.h"
#include "sim/replay.h"
#include "sim/report_text.h"
#include "sim/script.h"
#include "sim/text.h"

namespace nextkey {
namespace {

constexpr std::uint64_t kRandomSchedules = 40;
constexpr std::size_t kMostChoices = 5000;

using Outcome = std::variant<CaseResult, std::vector<Mistake>>;

Outcome NotThere(std::string_view what) {
  Mistake mistake;
  mistake.file = "nextkey claims";
  mistake.message = fmt::format("\"{}\" can't be played", what);
  return std::vector{std::move(mistake)};
}

// `2/1 3/1`: the columns of a row by slashes, the rows by spaces.
std::string RowsInShort(const StatementResult& result) {
  std::string text;
  for (const std::vector<Value>& row : result.rows) {
    if (!text.empty()) text += ' ';
    for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : "/") + row[i].ToText();
  }
  return text;
}

// --- Scripts -------------------------------------------------------------------------------------------

std::string WhatCame(const StepReport& report) {
  if (report.status == StepStatus::kBlocked) return "waits";
  if (report.result.error) return fmt::format("error {}", report.result.error->number);
  if (report.result.has_rows) return "reads " + RowsInShort(report.result);
  return fmt::format("changes {}", report.result.affected);
}

bool ComesTrue(std::string_view predicted, const StepReport& report) {
  if (predicted == "goes on") return report.status == StepStatus::kOk;
  return predicted == WhatCame(report);
}

Outcome Replay(const ScriptReplay& replay, std::size_t width) {
  const ClaimScript* shipped = FindClaimScript(replay.script);
  if (shipped == nullptr) return NotThere(replay.script);
  const ScriptOrMistakes read =
      ReadScript(SourceFile{fmt::format("{}.sql", shipped->name), std::string(shipped->text)});
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) return *mistakes;
  const Script& script = std::get<Script>(read);
  const ScriptCase& one = script.cases.front();
  TextReport text(one, {width, false, true, false});
  CaseResult result{true, "", text.Opening("", script.story)};
  std::optional<std::string> has_to_wait;
  World world;
  while (!IsFinished(world, one)) {
    const StepReport report = PlayStep(world, one, LockListing::kEachStep);
    result.timeline += text.Step(report);
    const std::string& remark = one.steps[report.number - 1].remark;
    const std::size_t claim = remark.find("claim: ");
    if (claim == remark.npos) continue;
    const std::string predicted(Trim(std::string_view(remark).substr(claim + 7)));
    if (predicted == "still waits") {
      has_to_wait = report.session;
      continue;
    }
    result.is_true = ComesTrue(predicted, report);
    result.shown = fmt::format("{} {}", report.session, WhatCame(report));
  }
  const std::vector<StillWaiting> waiting = WaitingAtEnd(world, one);
  if (has_to_wait) {
    result.is_true = std::any_of(waiting.begin(), waiting.end(),
                                 [&](const StillWaiting& still) { return still.session == *has_to_wait; });
    result.shown = fmt::format("{} {} at the end", *has_to_wait,
                               result.is_true ? "still waits" : "has been told an error");
  }
  if (result.shown.empty()) return NotThere(fmt::format("{}, which predicts nothing", replay.script));
  result.timeline += text.Closing(waiting);
  return result;
}

// --- Races ---------------------------------------------------------------------------------------------

std::variant<ProgramRef, std::vector<Mistake>> ProgramFor(std::string_view race, RaceOptions options) {
  const ShippedRace* shipped = FindShippedRace(race);
  if (shipped == nullptr) return std::get<std::vector<Mistake>>(NotThere(race));
  RaceFileOrMistakes read =
      ReadRaceFile(SourceFile{fmt::format("{}.race", shipped->name), std::string(shipped->text)});
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) return std::move(*mistakes);
  return BuildProgram(std::make_shared<const RaceFile>(std::get<RaceFile>(std::move(read))),
                      std::move(options));
}

RaceOptions OptionsFor(const RaceReplay& replay, std::string_view client) {
  RaceOptions options;
  options.fix = std::string(replay.fix);
  if (replay.clients > 0) options.clients[std::string(client)] = replay.clients;
  if (!replay.fault.empty()) options.faults = {std::string(replay.fault)};
  const std::size_t sign = replay.parameters.find('=');
  if (sign != replay.parameters.npos)
    options.parameters[std::string(replay.parameters.substr(0, sign))] =
        std::string(replay.parameters.substr(sign + 1));
  return options;
}

std::string_view OnlyClientOf(std::string_view race) {
  if (race == "coupon" || race == "order") return "buyer";
  return race == "points" ? "request" : "upload";
}

bool IsTrueIn(const RaceReplay& replay, const EndState& end) {
  if (!end.broken.empty() || end.is_cut) return false;
  if (replay.needs == ClaimNeeds::kInvariants) return true;
  return end.counts.Of(RequestEnd::kDeadlocked) + end.counts.Of(RequestEnd::kTimedOut) +
             end.counts.Of(RequestEnd::kFailed) + end.counts.stuck ==
         0;
}

std::string EndText(const Program& program, const EndState& end) {
  std::string text;
  for (std::size_t i = 0; i < end.counts.ended.size(); ++i) {
    if (end.counts.ended[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", end.counts.ended[i],
                        RequestEndName(static_cast<RequestEnd>(i)));
  }
  for (std::size_t i = 0; i < program.results.size(); ++i)
    text += fmt::format(", {} = {}", program.results[i].name, end.results[i].ToText());
  for (const BrokenInvariant& broken : end.broken)
    text += fmt::format("; not so: {}", program.invariants[broken.invariant].sentence);
  return text;
}

std::string TimelineOf(const Program& program, const RaceWorld& opened, const Schedule& schedule,
                       std::size_t width) {
  ScriptCase clients;
  for (const Program::ClientPlace& client : program.clients) {
    ScriptStep step;
    step.session = client.name;
    clients.steps.push_back(std::move(step));
  }
  TextReport timeline(clients, {width, false, true, false});
  std::vector<ChoiceReport> reports;
  (void)PlaySchedule(opened, program, schedule, &reports);
  std::string text;
  for (const ChoiceReport& report : reports) {
    text += timeline.Step(report.step);
    for (const RequestNews& news : report.news)
      text += fmt::format("      {} {}\n", program.clients[news.client].name, news.text);
  }
  return text;
}

std::variant<PlayedRace, std::string> PlayChoices(const RaceWorld& opened, const Program& program,
                                                  std::string_view choices) {
  auto token = ParseToken(fmt::format("claim-000000:{}", choices));
  if (auto* message = std::get_if<std::string>(&token)) return std::move(*message);
  Schedule schedule = std::get<ReadToken>(std::move(token)).schedule;
  auto played = PlaySchedule(opened, program, schedule, nullptr);
  if (auto* mismatch = std::get_if<ScheduleMismatch>(&played)) return std::move(mismatch->message);
  PlayedRace rest = PlayToEnd(std::get<RaceWorld>(std::move(played)), program,
                              Scheduler(SchedulerKind::kOneAfterTheOther), kMostChoices);
  rest.schedule.choices.insert(rest.schedule.choices.begin(), schedule.choices.begin(),
                               schedule.choices.end());
  return rest;
}

Outcome Replay(const RaceReplay& replay, std::size_t width) {
  auto built = ProgramFor(replay.race, OptionsFor(replay, OnlyClientOf(replay.race)));
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&built)) return std::move(*mistakes);
  const ProgramRef program = std::get<ProgramRef>(std::move(built));
  auto opened = OpenRace(*program);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&opened)) return std::move(*mistakes);
  const RaceWorld world = std::get<RaceWorld>(std::move(opened));

  std::vector<PlayedRace> orders;
  if (!replay.choices.empty()) {
    auto played = PlayChoices(world, *program, replay.choices);
    if (const auto* why = std::get_if<std::string>(&played))
      return NotThere(fmt::format("{}: {}", replay.race, *why));
    orders.push_back(std::get<PlayedRace>(std::move(played)));
  } else {
    for (const SchedulerKind kind :
         {SchedulerKind::kLockstep, SchedulerKind::kRoundRobin, SchedulerKind::kOneAfterTheOther})
      orders.push_back(PlayToEnd(world, *program, Scheduler(kind), kMostChoices));
    for (std::uint64_t seed = 1; seed <= kRandomSchedules; ++seed)
      orders.push_back(PlayToEnd(world, *program, Scheduler(SchedulerKind::kRandom, seed), kMostChoices));
  }
  const auto against = std::find_if(orders.begin(), orders.end(),
                                    [&](const PlayedRace& one) { return !IsTrueIn(replay, one.end); });
  const PlayedRace& shown = against == orders.end() ? orders.front() : *against;
  CaseResult result{against == orders.end(), EndText(*program, shown.end), ""};
  if (result.is_true && orders.size() > 1)
    result.shown =
        fmt::format("none of {} schedules says otherwise; the first: {}", orders.size(), result.shown);
  result.timeline = fmt::format("{}\n", TokenOf(*program, shown.schedule)) +
                    TimelineOf(*program, world, shown.schedule, width);
  return result;
}

// --- Speed ---------------------------------------------------------------------------------------------

struct Price {
  std::int64_t milliseconds = 0;  // Until everybody is done.
  std::size_t choices = 0;        // Statements and calls.
};

std::variant<Price, std::vector<Mistake>> PriceOf(std::string_view fix, std::uint32_t users) {
  RaceOptions options;
  options.fix = std::string(fix);
  options.parameters["users"] = std::to_string(users);
  auto built = ProgramFor("conflict", std::move(options));
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&built)) return std::move(*mistakes);
  const ProgramRef program = std::get<ProgramRef>(std::move(built));
  auto opened = OpenRace(*program);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&opened)) return std::move(*mistakes);
  const RaceWorld world = std::get<RaceWorld>(std::move(opened));
  const PlayedRace played = PlayToEnd(world, *program, Scheduler(SchedulerKind::kLockstep), kMostChoices);
  const auto end = PlaySchedule(world, *program, played.schedule, nullptr);
  Price price;
  price.milliseconds = (std::get<RaceWorld>(end).now_us() - world.now_us()) / 1000;
  price.choices = static_cast<std::size_t>(
      std::count_if(played.schedule.choices.begin(), played.schedule.choices.end(),
                    [](const Choice& choice) { return choice.kind == ChoiceKind::kClient; }));
  return price;
}

Outcome Replay(const SpeedReplay& replay, std::size_t /*width*/) {
  const auto one = PriceOf(replay.fix, replay.users);
  const auto other = PriceOf(replay.other, replay.users);
  for (const auto* price : {&one, &other})
    if (const auto* mistakes = std::get_if<std::vector<Mistake>>(price)) return *mistakes;
  const Price& a = std::get<Price>(one);
  const Price& b = std::get<Price>(other);
  CaseResult result;
  result.is_true = replay.strictly ? a.milliseconds < b.milliseconds : a.milliseconds <= b.milliseconds;
  result.shown = fmt::format(
      "six requests on {} of six rows, three connections, 10 ms of work: {} takes {} ms and {} statements "
      "and calls, "
      "{} {} ms and {}",
      replay.users, replay.fix, a.milliseconds, a.choices, replay.other, b.milliseconds, b.choices);
  return result;
}

}  // namespace

std::variant<ClaimResult, std::vector<Mistake>> Try(const LockClaim& claim, std::size_t width) {
  ClaimResult result;
  for (const ClaimCase& one : claim.cases) {
    Outcome outcome = std::visit([&](const auto& replay) { return Replay(replay, width); }, one.replay);
    if (auto* mistakes = std::get_if<std::vector<Mistake>>(&outcome)) return std::move(*mistakes);
    result.cases.push_back(std::get<CaseResult>(std::move(outcome)));
  }
  const auto how_many = std::count_if(result.cases.begin(), result.cases.end(),
                                      [](const CaseResult& one) { return one.is_true; });
  result.verdict = how_many == 0 ? ClaimVerdict::kBreaks : ClaimVerdict::kHoldsOnly;
  if (how_many == static_cast<std::ptrdiff_t>(result.cases.size())) result.verdict = ClaimVerdict::kHolds;
  return result;
}

std::string VerdictText(const LockClaim& claim, const ClaimResult& result) {
  if (result.verdict == ClaimVerdict::kHolds) return "holds";
  if (result.verdict == ClaimVerdict::kBreaks) return "breaks";
  std::string text;
  for (std::size_t i = 0; i < result.cases.size(); ++i) {
    if (result.cases[i].is_true)
      text += (text.empty() ? "holds only: " : "; ") + std::string(claim.cases[i].situation);
  }
  return text;
}

}  // namespace nextkey
