// The search, the counting and the witnesses, on systems so small that every number can be counted
// by hand or by a formula.
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <string>

#include "sim/explore/count_schedules.h"
#include "sim/explore/search.h"
#include "sim/explore/witness.h"

namespace nextkey {
namespace {

// Sessions that read a shared counter and then write what they read plus one, each in steps of its
// own. With `sorts_actors` sessions that stand at the same point with the same number are one.
class CounterSystem {
 public:
  struct World {
    int counter = 0;
    struct Session {
      int steps_done = 0;
      int read = 0;
      auto operator<=>(const Session&) const = default;
    };
    std::vector<Session> sessions;
  };
  using Choice = std::uint32_t;
  using Outcome = int;
  struct Scratch {};

  CounterSystem(int sessions, bool sorts_actors) : sessions_(sessions), sorts_actors_(sorts_actors) {}

  World Root() const { return {0, std::vector<World::Session>(static_cast<std::size_t>(sessions_))}; }
  void ChoicesOf(const World& world, std::vector<Choice>& choices) const {
    for (Choice i = 0; i < world.sessions.size(); ++i) {
      if (world.sessions[i].steps_done < 2) choices.push_back(i);
    }
  }
  void Play(World& world, Choice choice, Scratch&) const {
    World::Session& session = world.sessions[choice];
    if (session.steps_done++ == 0) {
      session.read = world.counter;
    } else {
      world.counter = std::exchange(session.read, 0) + 1;
    }
  }
  void Describe(const World& world, StateDescription& description, Scratch&) const {
    const std::size_t count = world.sessions.size();
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    if (sorts_actors_) {
      std::stable_sort(order.begin(), order.end(),
                       [&](auto a, auto b) { return world.sessions[a] < world.sessions[b]; });
    }
    description.positions.resize(count);
    description.groups.resize(count);
    Canonical canonical;
    canonical.PutSigned(world.counter);
    for (std::uint16_t i = 0; i < count; ++i) {
      const World::Session& session = world.sessions[order[i]];
      const bool is_equal = sorts_actors_ && i > 0 && session == world.sessions[order[i - 1]];
      description.positions[order[i]] = i;
      description.groups[i] = is_equal ? description.groups[i - 1] : i;
      canonical.PutSigned(session.steps_done);
      canonical.PutSigned(session.read);
    }
    description.fingerprint = canonical.Digest();
  }
  std::optional<std::uint32_t> ActorOf(Choice choice) const { return choice; }
  Outcome OutcomeOf(const World& world, Scratch&) const { return world.counter; }

 private:
  int sessions_;
  bool sorts_actors_;
};

// Sessions that take steps of their own and meet nowhere.
class IndependentSystem {
 public:
  using World = std::vector<int>;  // Steps left, by session.
  using Choice = std::uint32_t;
  using Outcome = int;
  struct Scratch {};

  void ChoicesOf(const World& world, std::vector<Choice>& choices) const {
    for (Choice i = 0; i < world.size(); ++i) {
      if (world[i] > 0) choices.push_back(i);
    }
  }
  void Play(World& world, Choice choice, Scratch&) const { --world[choice]; }
  void Describe(const World& world, StateDescription& description, Scratch&) const {
    Canonical canonical;
    for (const int left : world) canonical.PutSigned(left);
    description.fingerprint = canonical.Digest();
    description.positions.resize(world.size());
    std::iota(description.positions.begin(), description.positions.end(), std::uint16_t{0});
    description.groups = description.positions;
  }
  std::optional<std::uint32_t> ActorOf(Choice choice) const { return choice; }
  Outcome OutcomeOf(const World&, Scratch&) const { return 0; }
};

// Places with edges that are named by hand; each end is an outcome of its own.
class HandMadeSystem {
 public:
  using World = std::string;
  using Choice = std::uint32_t;
  using Outcome = std::string;
  struct Scratch {};

  explicit HandMadeSystem(std::map<std::string, std::vector<std::string>> edges) : edges_(std::move(edges)) {}

  void ChoicesOf(const World& world, std::vector<Choice>& choices) const {
    const auto found = edges_.find(world);
    if (found == edges_.end()) return;
    for (Choice i = 0; i < found->second.size(); ++i) choices.push_back(i);
  }
  void Play(World& world, Choice choice, Scratch&) const { world = std::string(edges_.at(world)[choice]); }
  void Describe(const World& world, StateDescription& description, Scratch&) const {
    Canonical canonical;
    canonical.PutText(world);
    description.fingerprint = canonical.Digest();
  }
  std::optional<std::uint32_t> ActorOf(Choice) const { return std::nullopt; }
  Outcome OutcomeOf(const World& world, Scratch&) const { return world; }

 private:
  std::map<std::string, std::vector<std::string>> edges_;
};

template <class System>
std::map<typename System::Outcome, Whole> SchedulesByOutcome(const SearchResult<System>& found) {
  const ScheduleCount count = CountSchedules(found.graph, found.outcomes.size());
  std::map<typename System::Outcome, Whole> by_outcome;
  for (std::size_t i = 0; i < found.outcomes.size(); ++i)
    by_outcome[found.outcomes[i]] = count.outcomes[i].schedules.value();
  return by_outcome;
}

std::map<int, Whole> Counters(int sessions, bool sorts_actors, unsigned jobs = 1) {
  const CounterSystem system(sessions, sorts_actors);
  return SchedulesByOutcome(Search(system, system.Root(), {.jobs = jobs}));
}

Whole IndependentSchedules(const std::vector<int>& steps) {
  const IndependentSystem system;
  return SchedulesByOutcome(Search(system, steps)).at(0);
}

TEST(ScheduleCount, CountersThatAreReadAndThenWritten) {
  const std::vector<std::map<int, Whole>> known = {
      {{1, 4}, {2, 2}},
      {{1, 48}, {2, 36}, {3, 6}},
      {{1, 1152}, {2, 1056}, {3, 288}, {4, 24}},
      {{1, 46080}, {2, 48000}, {3, 16800}, {4, 2400}, {5, 120}},
  };
  for (int sessions = 2; sessions <= 5; ++sessions) {
    const auto& expected = known[static_cast<std::size_t>(sessions - 2)];
    EXPECT_EQ(Counters(sessions, false), expected) << sessions;
    EXPECT_EQ(Counters(sessions, true), expected) << sessions << ", sorted";
    EXPECT_EQ(Counters(sessions, true, 3), expected) << sessions << ", by three threads";
  }
}

TEST(ScheduleCount, StepsThatMeetNowhereAreABinomial) {
  const std::map<int, Whole> known = {{2, 6}, {3, 20}, {4, 70}, {5, 252}, {8, 12870}, {10, 184756}};
  for (const auto& [steps, schedules] : known) EXPECT_EQ(IndependentSchedules({steps, steps}), schedules);
  EXPECT_EQ(IndependentSchedules({4, 4, 4}), 34650);
}

TEST(ScheduleCount, IsAWholeNumberOfAnySize) {
  // 8 sessions of two steps: 16! / 2^8.
  const auto factorial = [](int n) {
    Whole product = 1;
    for (int i = 2; i <= n; ++i) product *= i;
    return product;
  };
  EXPECT_EQ(IndependentSchedules(std::vector<int>(8, 2)), factorial(16) / 256);
  // 5 sessions of 8 steps: 40! / (8!)^5, about 7 * 10^24.
  const Whole expected = factorial(40) / boost::multiprecision::pow(factorial(8), 5);
  EXPECT_EQ(IndependentSchedules(std::vector<int>(5, 8)), expected);
}

TEST(ScheduleCount, ProbabilitiesAreThoseOfAFairDrawAtEachChoice) {
  // Two sessions of one and two steps. By hand: aab 1/4 (b is alone then), aba 1/4, baa 1/2.
  const HandMadeSystem system({{"", {"a", "b"}},
                               {"a", {"aa", "ab"}},
                               {"aa", {"aab"}},
                               {"ab", {"aba"}},
                               {"b", {"ba"}},
                               {"ba", {"baa"}}});
  const auto found = Search(system, std::string());
  const ScheduleCount count = CountSchedules(found.graph, found.outcomes.size());
  ASSERT_EQ(found.outcomes, (std::vector<std::string>{"aab", "aba", "baa"}));
  EXPECT_EQ(count.outcomes[0].probability, Fraction(1, 4));
  EXPECT_EQ(count.outcomes[1].probability, Fraction(1, 4));
  EXPECT_EQ(count.outcomes[2].probability, Fraction(1, 2));
  EXPECT_EQ(count.longest, 3U);
  EXPECT_EQ(count.never_ends, Fraction(0));
}

TEST(ScheduleCount, ProbabilitiesAddUpToOne) {
  const CounterSystem system(4, true);
  const auto found = Search(system, system.Root());
  const ScheduleCount count = CountSchedules(found.graph, found.outcomes.size());
  Fraction sum;
  for (const OutcomeCount& outcome : count.outcomes) sum += outcome.probability;
  EXPECT_EQ(sum, Fraction(1));
}

TEST(ScheduleCount, ALoopMakesInfinitelyManySchedulesAndExactProbabilities) {
  // Gambler's ruin with three coins on the table, from 1: lost with 2/3, won with 1/3.
  const HandMadeSystem system({{"1", {"lost", "2"}}, {"2", {"1", "won"}}});
  const auto found = Search(system, std::string("1"));
  const ScheduleCount count = CountSchedules(found.graph, found.outcomes.size());
  ASSERT_EQ(found.outcomes, (std::vector<std::string>{"lost", "won"}));
  EXPECT_EQ(count.outcomes[0].probability, Fraction(2, 3));
  EXPECT_EQ(count.outcomes[1].probability, Fraction(1, 3));
  EXPECT_FALSE(count.outcomes[0].schedules.has_value());
  EXPECT_FALSE(count.schedules.has_value());
}

TEST(ScheduleCount, OfALongerLoopWithAWaitInIt) {
  // Ruin between 0 and 5 from 2, where a third of the choices at 3 changes nothing: the odds stay
  // those of the fair game, 3/5 and 2/5.
  const HandMadeSystem system(
      {{"1", {"0", "2"}}, {"2", {"1", "3"}}, {"3", {"2", "4", "3"}}, {"4", {"3", "5"}}});
  const auto found = Search(system, std::string("2"));
  const ScheduleCount count = CountSchedules(found.graph, found.outcomes.size());
  EXPECT_EQ(count.outcomes[0].probability, Fraction(3, 5));
  EXPECT_EQ(count.outcomes[1].probability, Fraction(2, 5));
}

TEST(ScheduleCount, TellsHowLikelyItNeverEnds) {
  const HandMadeSystem system({{"start", {"end", "spin"}}, {"spin", {"spun"}}, {"spun", {"spin"}}});
  const auto found = Search(system, std::string("start"));
  const ScheduleCount count = CountSchedules(found.graph, found.outcomes.size());
  EXPECT_EQ(count.never_ends, Fraction(1, 2));
  EXPECT_EQ(count.outcomes[0].probability, Fraction(1, 2));
  EXPECT_EQ(count.outcomes[0].schedules, Whole(1));
  EXPECT_FALSE(count.schedules.has_value());
}

// Plays the choices and counts the switches as the definition says them, without the graph.
struct Played {
  int counter = 0;
  std::uint32_t switches = 0;
};
Played PlayChoices(const CounterSystem& system, const std::vector<std::uint32_t>& choices) {
  CounterSystem::World world = system.Root();
  Played played;
  std::optional<std::uint32_t> last;
  for (const std::uint32_t choice : choices) {
    if (last && *last != choice && world.sessions[*last].steps_done < 2) ++played.switches;
    CounterSystem::Scratch scratch;
    system.Play(world, choice, scratch);
    last = choice;
  }
  played.counter = world.counter;
  return played;
}

TEST(Witness, HasTheFewestSwitchesThatTheOutcomeNeeds) {
  for (const bool sorts_actors : {false, true}) {
    const CounterSystem system(4, sorts_actors);
    const auto found = Search(system, system.Root());
    const auto witnesses = FindWitnesses(found.graph, found.outcomes.size());
    ASSERT_EQ(found.outcomes, (std::vector<int>{1, 2, 3, 4}));
    // All four increments: nobody is interrupted. One lost: one session reads, is interrupted by
    // whole sessions, and overwrites them: a single switch loses any number.
    const std::vector<std::uint32_t> fewest = {1, 1, 1, 0};
    for (std::size_t i = 0; i < witnesses.size(); ++i) {
      ASSERT_TRUE(witnesses[i].has_value());
      EXPECT_EQ(witnesses[i]->switches, fewest[i]) << "counter " << found.outcomes[i];
      const Played played =
          PlayChoices(system, ChoicesOnPath(system, system.Root(), witnesses[i]->edges).value());
      EXPECT_EQ(played.counter, found.outcomes[i]);
      EXPECT_EQ(played.switches, fewest[i]);
    }
  }
}

TEST(Witness, IsTheSameForAnyNumberOfThreads) {
  const CounterSystem system(4, true);
  const auto one = Search(system, system.Root());
  const auto expected = FindWitnesses(one.graph, one.outcomes.size());
  for (int round = 0; round < 5; ++round) {
    const auto many = Search(system, system.Root(), {.jobs = 4});
    const auto witnesses = FindWitnesses(many.graph, many.outcomes.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(ChoicesOnPath(system, system.Root(), witnesses[i]->edges),
                ChoicesOnPath(system, system.Root(), expected[i]->edges));
    }
  }
}

TEST(Search, StopsAtItsBudgetAndSaysSo) {
  const CounterSystem system(5, false);
  const auto found = Search(system, system.Root(), {.most_states = 100});
  EXPECT_FALSE(found.graph.IsComplete());
  EXPECT_TRUE(Search(system, system.Root()).graph.IsComplete());
}

}  // namespace
}  // namespace nextkey
