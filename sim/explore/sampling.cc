#include "sim/explore/sampling.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "sim/race/random_draw.h"
#include "sim/race/scheduler.h"

namespace nextkey {
namespace {

constexpr double kDoubt = 0.05;

// A client and its timer are one; a replica, a fault at one place, purge and time are actors of their own.
using Actor = std::tuple<int, std::uint32_t, std::uint32_t>;

Actor ActorOf(const Choice& choice) {
  switch (choice.kind) {
    case ChoiceKind::kClient:
    case ChoiceKind::kTimer:
      return {0, choice.actor, 0};
    case ChoiceKind::kReplica:
      return {1, choice.actor, 0};
    case ChoiceKind::kFault:
      break;
    case ChoiceKind::kPurge:
      return {3, choice.actor, 0};
    case ChoiceKind::kTick:
      return {4, choice.actor, 0};
  }
  return {2, choice.actor, choice.target};
}

// Priorities of one schedule. Higher goes first; whoever falls behind gets one below all others'.
class PctScheduler {
 public:
  PctScheduler(RandomDraw& random, std::uint32_t depth, std::uint64_t length) : random_(random) {
    for (std::uint32_t i = 1; i < depth; ++i)
      changes_.insert(random_.Below(std::max<std::uint64_t>(1, length)));
  }

  std::size_t Choose(const std::vector<Choice>& choices) {
    for (const Choice& choice : choices) Meet(ActorOf(choice));
    if (changes_.erase(made_) > 0) priorities_[ActorOf(choices[First(choices)])] = --lowest_;
    ++made_;
    return First(choices);
  }

 private:
  // A newcomer is put at a random place among those that never fell behind.
  void Meet(const Actor& actor) {
    if (priorities_.contains(actor)) return;
    const auto place = static_cast<std::int64_t>(random_.Below(met_ + 1)) + 1;
    for (auto& [other, priority] : priorities_) priority += priority >= place ? 1 : 0;
    priorities_.emplace(actor, place);
    ++met_;
  }

  std::size_t First(const std::vector<Choice>& choices) const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < choices.size(); ++i) {
      if (priorities_.at(ActorOf(choices[i])) > priorities_.at(ActorOf(choices[best]))) best = i;
    }
    return best;
  }

  RandomDraw& random_;
  std::multiset<std::uint64_t> changes_;
  std::map<Actor, std::int64_t> priorities_;
  std::uint64_t met_ = 0;
  std::int64_t lowest_ = 1;
  std::uint64_t made_ = 0;
};

class Sampler {
 public:
  Sampler(const Program& program, RaceWorld opened, const SampleOptions& options)
      : program_(program), opened_(std::move(opened)), options_(options), random_(options.seed) {}

  Sample Run(ProgramRef program) {
    sample_.program = std::move(program);
    sample_.options = options_;
    // How long schedules are, PCT learns from some of its own kind without changes.
    if (options_.mode == SampleMode::kPct) {
      constexpr std::uint64_t kPilots = 32;
      for (std::uint64_t i = 0; i < kPilots; ++i) Note(PlayOne(1));
    }
    while (sample_.schedules < options_.schedules) {
      if (options_.interrupt != nullptr && options_.interrupt->load()) break;
      Note(PlayOne(options_.depth));
    }
    sample_.actors = actors_.size();
    Sort();
    return std::move(sample_);
  }

 private:
  struct Played {
    PlayedRace race;
    std::uint32_t switches = 0;
  };

  Played PlayOne(std::uint32_t depth) {
    PctScheduler pct(random_, depth, sample_.longest);
    SwitchCounter counter(program_);
    Played played;
    const auto choose = [&](const std::vector<Choice>& choices) {
      const std::size_t chosen =
          options_.mode == SampleMode::kPct ? pct.Choose(choices) : random_.Below(choices.size());
      for (const Choice& choice : choices) actors_.insert(ActorOf(choice));
      counter.Note(choices, choices[chosen]);
      return chosen;
    };
    played.race = PlayToEnd(opened_, program_, choose);
    played.switches = counter.switches();
    return played;
  }

  void Note(Played played) {
    ++sample_.schedules;
    sample_.longest = std::max<std::uint64_t>(sample_.longest, played.race.schedule.choices.size());
    if (played.race.end.is_cut) {
      ++sample_.cut;
      return;
    }
    if (!played.race.end.broken.empty()) ++sample_.bad;
    const auto same = std::find_if(sample_.outcomes.begin(), sample_.outcomes.end(),
                                   [&](const auto& outcome) { return outcome.end == played.race.end; });
    if (same == sample_.outcomes.end()) {
      sample_.outcomes.push_back(
          {std::move(played.race.end), 1, played.switches, std::move(played.race.schedule)});
      return;
    }
    ++same->seen;
    const auto simplicity = [](std::uint32_t switches, const Schedule& schedule) {
      return std::make_tuple(switches, schedule.choices.size());
    };
    if (simplicity(played.switches, played.race.schedule) < simplicity(same->switches, same->witness)) {
      same->switches = played.switches;
      same->witness = std::move(played.race.schedule);
    }
  }

  void Sort() {
    std::stable_sort(sample_.outcomes.begin(), sample_.outcomes.end(), [](const auto& a, const auto& b) {
      return std::make_tuple(a.end.broken.empty(), b.seen) < std::make_tuple(b.end.broken.empty(), a.seen);
    });
  }

  const Program& program_;
  RaceWorld opened_;
  SampleOptions options_;
  RandomDraw random_;
  std::set<Actor> actors_;
  Sample sample_;
};

}  // namespace

Interval ExactInterval(std::uint64_t seen, std::uint64_t all) {
  if (all == 0) return {};
  // Not by long double, whose width is the platform's.
  using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  using Binomial = boost::math::binomial_distribution<double, InDouble>;
  const auto trials = static_cast<double>(all);
  const auto successes = static_cast<double>(seen);
  Interval interval;
  if (seen > 0) interval.from = Binomial::find_lower_bound_on_p(trials, successes, kDoubt / 2);
  if (seen < all) interval.to = Binomial::find_upper_bound_on_p(trials, successes, kDoubt / 2);
  return interval;
}

Interval Sample::BadShare() const { return ExactInterval(bad, schedules); }

double Sample::UnseenBound() const {
  return schedules == 0 ? 1 : 1 - std::pow(kDoubt, 1 / static_cast<double>(schedules));
}

double Sample::PctGuarantee() const {
  return 1 / (static_cast<double>(actors) *
              std::pow(static_cast<double>(longest), static_cast<double>(options.depth) - 1));
}

std::variant<Sample, std::vector<Mistake>> SampleRace(ProgramRef program, const SampleOptions& options) {
  auto opened = OpenRace(*program);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&opened)) return std::move(*mistakes);
  Sampler sampler(*program, std::get<RaceWorld>(std::move(opened)), options);
  return sampler.Run(program);
}

}  // namespace nextkey
