#include "sim/race/trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "sim/explore/explore_race.h"
#include "sim/race/permutation.h"
#include "sim/race/play.h"
#include "sim/race/scheduler.h"
#include "txn/session_expression.h"

namespace nextkey {
namespace {

constexpr std::size_t kLongestTrial = 2000;  // Of one schedule; longer ones count as cut.

// A condition over the results and counts of an end, as variables.
std::variant<bool, std::string> IsTrueAt(const LocalExpression& condition, const Program& program,
                                         const EndState& end) {
  const auto bound = BindSessionExpression(*condition.expression);
  if (const auto* error = std::get_if<SqlError>(&bound)) return error->message;
  UserVariables variables = VariablesOf(program, end.counts);
  for (std::size_t i = 0; i < program.results.size(); ++i)
    variables[program.results[i].name] = end.results[i];
  Server server;
  const SessionId session = server.Connect();
  server.SetUserVariables(session, std::move(variables));
  const auto value = server.Evaluate(session, *std::get<SessionExpressionRef>(bound));
  if (const auto* error = std::get_if<SqlError>(&value)) return error->message;
  return IsTrue(std::get<Value>(value));
}

std::string NameOfFix(const Program& program) {
  return program.options.fix.empty() ? std::string("the race as it is") : program.options.fix;
}

class Tribunal {
 public:
  Tribunal(ProgramRef program, const TrialOptions& options) : options_(options) {
    trial_.program = std::move(program);
  }

  std::variant<Trial, std::vector<Mistake>> Hold() {
    auto opened = OpenRace(program());
    if (auto* mistakes = std::get_if<std::vector<Mistake>>(&opened)) return std::move(*mistakes);
    world_ = std::get<RaceWorld>(std::move(opened));
    if (std::vector<Mistake> mistakes = PlayPermutations(); !mistakes.empty()) return mistakes;
    for (const SchedulerKind kind :
         {SchedulerKind::kOneAfterTheOther, SchedulerKind::kRoundRobin, SchedulerKind::kLockstep})
      Try(PlayToEnd(world_, program(), Scheduler(kind), kLongestTrial));
    for (std::size_t i = 0; i < options_.random_schedules; ++i)
      Try(PlayToEnd(world_, program(), Scheduler(SchedulerKind::kRandom, options_.seed + i), kLongestTrial));
    if (std::vector<Mistake> mistakes = SearchAll(); !mistakes.empty()) return mistakes;
    trial_.verdict = trial_.search ? Verdict::kHolds : Verdict::kIncomplete;
    if (trial_.worst) trial_.verdict = Verdict::kBreaks;
    for (const Expectation& expectation : program().file->expectations) {
      if (expectation.fix.text == program().options.fix) trial_.expectations.push_back(Check(expectation));
    }
    return std::move(trial_);
  }

 private:
  const Program& program() const { return *trial_.program; }

  // Permutations name steps of the unfixed race: a fix that has not all of them leaves them out.
  std::vector<Mistake> PlayPermutations() {
    for (const Permutation& permutation : program().file->permutations) {
      auto played = PlayPermutation(world_, program(), permutation);
      if (auto* mistakes = std::get_if<std::vector<Mistake>>(&played)) {
        if (program().options.fix.empty()) return std::move(*mistakes);
        continue;
      }
      auto& done = std::get<PlayedPermutation>(played);
      Try({std::move(done.schedule), std::move(done.end)}, permutation.name.text);
    }
    return {};
  }

  std::vector<Mistake> SearchAll() {
    if (options_.most_states == 0) return {};
    ExploreOptions limits;
    limits.most_states = options_.most_states;
    auto explored = ExploreRace(trial_.program, limits);
    if (auto* mistakes = std::get_if<std::vector<Mistake>>(&explored)) return std::move(*mistakes);
    const auto& found = std::get<Exploration>(explored);
    if (found.is_complete) TakeOver(found);
    for (const ExploredOutcome& outcome : found.outcomes)
      Keep({outcome.witness, outcome.end, outcome.switches, ""});
    const ExploredOutcome* worst = found.Worst();
    if (worst != nullptr && (found.is_complete || !trial_.worst)) {
      trial_.worst = TriedSchedule{worst->witness, worst->end, worst->switches, ""};
      for (const BrokenInvariant& broken : worst->end.broken) trial_.broken[broken.invariant];
    }
    return {};
  }

  // All schedules are known: what was tried before counts for the named ones alone.
  void TakeOver(const Exploration& found) {
    trial_.search = SearchFigures{found.states, found.schedules, found.BadShare()};
    for (const ExploredOutcome& outcome : found.outcomes) {
      for (const BrokenInvariant& broken : outcome.end.broken)
        trial_.broken[broken.invariant].probability += outcome.probability;
    }
    std::erase_if(trial_.ends, [](const TriedSchedule& tried) { return tried.permutation.empty(); });
  }

  void Try(PlayedRace played, std::string permutation = "") {
    ++trial_.schedules;
    TriedSchedule tried{std::move(played.schedule), std::move(played.end), 0, std::move(permutation)};
    tried.switches = Follow(tried.schedule);
    for (const BrokenInvariant& broken : tried.end.broken) ++trial_.broken[broken.invariant].schedules;
    if (!tried.end.broken.empty() && (!trial_.worst || IsSimpler(tried, *trial_.worst))) trial_.worst = tried;
    Keep(std::move(tried));
  }

  static bool IsSimpler(const TriedSchedule& a, const TriedSchedule& b) {
    return std::make_tuple(a.switches, a.schedule.choices.size()) <
           std::make_tuple(b.switches, b.schedule.choices.size());
  }

  void Keep(TriedSchedule tried) {
    for (TriedSchedule& known : trial_.ends) {
      if (known.end != tried.end || known.permutation != tried.permutation) continue;
      if (IsSimpler(tried, known)) known = std::move(tried);
      return;
    }
    trial_.ends.push_back(std::move(tried));
  }

  // Plays a schedule once more, to see what it costs. Returns its context switches.
  std::uint32_t Follow(const Schedule& schedule) {
    RaceWorld world = world_;
    SwitchCounter counter(program());
    for (const Choice& choice : schedule.choices) {
      counter.Note(ChoicesOf(world, program()), choice);
      ChoiceReport report;
      PlayChoice(world, program(), choice, &report);
      trial_.price.waits += report.step.status == StepStatus::kBlocked ? 1 : 0;
      for (const RequestNews& news : report.news) trial_.price.retries += news.is_retry ? 1 : 0;
    }
    trial_.price.longest_us = std::max(trial_.price.longest_us, world.now_us() - world_.now_us());
    return counter.switches();
  }

  ExpectationCheck Check(const Expectation& expectation) const {
    ExpectationCheck check{&expectation, ExpectationCheck::Result::kMet, "", std::nullopt};
    if (expectation.verdict == ExpectedVerdict::kBreaks) {
      if (!trial_.worst)
        return Missed(check, fmt::format("none of {} schedules breaks it", ScheduleCountText()));
      check.witness = trial_.worst->schedule;
    }
    if (expectation.verdict == ExpectedVerdict::kHolds) {
      if (trial_.worst) {
        check.witness = trial_.worst->schedule;
        return Missed(check, NameOfFix(program()) + " breaks");
      }
      check.result = ResultOfAll();
    }
    return expectation.condition ? CheckCondition(expectation, std::move(check)) : check;
  }

  static ExpectationCheck Missed(ExpectationCheck check, std::string why) {
    check.result = ExpectationCheck::Result::kMissed;
    check.why = std::move(why);
    return check;
  }

  ExpectationCheck CheckCondition(const Expectation& expectation, ExpectationCheck check) const {
    const bool wants_some = expectation.scope == ExpectationScope::kSomeSchedule;
    bool was_asked = false;
    for (const TriedSchedule& tried : trial_.ends) {
      if (!expectation.schedule.text.empty() && tried.permutation != expectation.schedule.text) continue;
      was_asked = true;
      const auto is_true = IsTrueAt(*expectation.condition, program(), tried.end);
      if (const auto* error = std::get_if<std::string>(&is_true)) return Missed(std::move(check), *error);
      if (std::get<bool>(is_true) != wants_some) continue;
      check.witness = tried.schedule;
      if (wants_some) return check;
      return Missed(std::move(check), fmt::format("not so: {}", expectation.condition->text));
    }
    if (wants_some || !was_asked)
      return Missed(std::move(check), fmt::format("no schedule of {} shows {}", ScheduleCountText(),
                                                  expectation.condition->text));
    if (expectation.schedule.text.empty()) check.result = ResultOfAll();
    return check;
  }

  // Of a sentence about all schedules that none of those known contradicts.
  ExpectationCheck::Result ResultOfAll() const {
    return trial_.search ? ExpectationCheck::Result::kMet : ExpectationCheck::Result::kNotContradicted;
  }

  std::string ScheduleCountText() const {
    if (!trial_.search) return fmt::format("{}", trial_.schedules);
    return trial_.search->schedules ? WholeText(*trial_.search->schedules) : "infinitely many";
  }

  TrialOptions options_;
  Trial trial_;
  RaceWorld world_;
};

}  // namespace

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHolds:
      return "holds";
    case Verdict::kBreaks:
      return "breaks";
    case Verdict::kIncomplete:
      return "incomplete";
  }
  return "";
}

bool Trial::IsAsExpected() const {
  const auto expects_breaks = [](const ExpectationCheck& check) {
    return check.expectation->verdict == ExpectedVerdict::kBreaks;
  };
  if (worst && std::none_of(expectations.begin(), expectations.end(), expects_breaks)) return false;
  return std::none_of(expectations.begin(), expectations.end(), [](const ExpectationCheck& check) {
    return check.result == ExpectationCheck::Result::kMissed;
  });
}

std::variant<Trial, std::vector<Mistake>> PutOnTrial(ProgramRef program, const TrialOptions& options) {
  return Tribunal(std::move(program), options).Hold();
}

}  // namespace nextkey
