#include "sim/race/scheduler.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace nextkey {

// Whoever may end his delay at any moment would, drawn like the others, use up his tries at once.
std::size_t Scheduler::Draw(const std::vector<Choice>& choices) {
  constexpr std::size_t kOneInSoMany = 8;
  std::vector<std::size_t> in_time;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (!choices[i].IsEarlyTimer()) in_time.push_back(i);
  }
  if (in_time.empty() || in_time.size() == choices.size() || random_.Below(kOneInSoMany) == 0)
    return random_.Below(choices.size());
  return in_time[random_.Below(in_time.size())];
}

std::size_t Scheduler::Choose(const std::vector<Choice>& choices) {
  if (kind_ == SchedulerKind::kRandom) return Draw(choices);
  const auto is_no_fault = [](const Choice& choice) {
    return choice.kind != ChoiceKind::kFault && choice.kind != ChoiceKind::kTick;
  };
  std::size_t best = choices.size();
  const auto rank = [&](const Choice& choice) -> std::uint64_t {
    if (choice.kind == ChoiceKind::kReplica || choice.kind == ChoiceKind::kPurge) return UINT64_MAX - 1;
    if (choice.IsEarlyTimer()) return UINT64_MAX;
    const std::uint64_t actor = choice.actor;
    switch (kind_) {
      case SchedulerKind::kRoundRobin:  // The next one behind the last, round the circle.
        return has_begun_ && actor <= last_ ? actor + (std::uint64_t{1} << 32U) : actor;
      case SchedulerKind::kOneAfterTheOther:
        return has_begun_ && actor == last_ ? 0 : actor + 1;
      case SchedulerKind::kLockstep:
        return actor < how_often_.size() ? how_often_[actor] : 0;
      case SchedulerKind::kRandom:
        break;
    }
    return actor;
  };
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (!is_no_fault(choices[i])) continue;
    if (best == choices.size() || rank(choices[i]) < rank(choices[best])) best = i;
  }
  if (best == choices.size()) return 0;  // Faults alone.
  if (choices[best].kind != ChoiceKind::kReplica && choices[best].kind != ChoiceKind::kPurge) {
    last_ = choices[best].actor;
    has_begun_ = true;
    if (how_often_.size() <= last_) how_often_.resize(last_ + 1);
    ++how_often_[last_];
  }
  return best;
}

namespace {

// What is broken at some moment of a race, each invariant once.
class Watch {
 public:
  explicit Watch(const Program& program)
      : program_(program),
        is_needed_(std::any_of(program.invariants.begin(), program.invariants.end(),
                               [](const ProgramInvariant& invariant) { return invariant.is_always; })) {}

  void Look(const RaceWorld& world) {
    if (!is_needed_) return;
    for (BrokenInvariant& one : BrokenInvariants(world, program_, InvariantsAsked::kAlwaysOnly))
      broken_.try_emplace(one.invariant, std::move(one));
  }

  EndState End(const RaceWorld& world) {
    EndState end = EndOf(world, program_);
    for (BrokenInvariant& one : end.broken) broken_.try_emplace(one.invariant, std::move(one));
    end.broken.clear();
    for (auto& [place, one] : broken_) end.broken.push_back(std::move(one));
    return end;
  }

 private:
  const Program& program_;
  bool is_needed_ = false;
  std::map<std::uint32_t, BrokenInvariant> broken_;
};

}  // namespace

EndState EndOfSchedule(RaceWorld world, const Program& program, const Schedule& schedule) {
  Watch watch(program);
  for (const Choice& choice : schedule.choices) {
    PlayChoice(world, program, choice, nullptr);
    watch.Look(world);
  }
  return watch.End(world);
}

void SwitchCounter::Note(const std::vector<Choice>& possible, const Choice& choice) {
  const std::optional<std::uint32_t> client = ClientOf(choice, program_);
  const bool could_go_on = last_ && std::any_of(possible.begin(), possible.end(), [&](const Choice& other) {
                             return ClientOf(other, program_) == last_;
                           });
  if (client && could_go_on && client != last_) ++switches_;
  last_ = client;
}

std::uint32_t SwitchesOf(RaceWorld world, const Program& program, const Schedule& schedule) {
  SwitchCounter counter(program);
  for (const Choice& choice : schedule.choices) {
    counter.Note(ChoicesOf(world, program), choice);
    PlayChoice(world, program, choice, nullptr);
  }
  return counter.switches();
}

PlayedRace PlayToEnd(RaceWorld world, const Program& program, ChooseNext choose, std::size_t most_choices) {
  PlayedRace played;
  Watch watch(program);
  while (true) {
    const std::vector<Choice> choices = ChoicesOf(world, program);
    if (choices.empty()) break;
    if (played.schedule.choices.size() == most_choices) {
      played.end.is_cut = true;
      break;
    }
    const Choice choice = choices[choose(choices)];
    PlayChoice(world, program, choice, nullptr);
    played.schedule.choices.push_back(choice);
    watch.Look(world);
  }
  const bool is_cut = played.end.is_cut;
  played.end = watch.End(world);
  played.end.is_cut = is_cut;
  return played;
}

PlayedRace PlayToEnd(RaceWorld world, const Program& program, Scheduler scheduler, std::size_t most_choices) {
  return PlayToEnd(
      std::move(world), program,
      [&](const std::vector<Choice>& choices) { return scheduler.Choose(choices); }, most_choices);
}

}  // namespace nextkey
