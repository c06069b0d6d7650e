// A race as a system of worlds and choices (search.h).
//
// An outcome is how the requests ended, the file's results, and which invariants are broken; one that
// must hold always counts as broken from the moment when it is, and the state remembers that.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/explore/late_world.h"
#include "sim/explore/program_reads.h"
#include "sim/explore/race_parts.h"
#include "sim/explore/search.h"
#include "sim/explore/search_play.h"
#include "sim/explore/step_memory.h"
#include "sim/race/inspect.h"
#include "sim/race/play.h"
#include "sim/race/program.h"
#include "txn/plan_cache.h"
#include "txn/state_form.h"

namespace nextkey {

struct RaceSystemOptions {
  bool sorts_clients = true;  // Those of one template.
  // Whether the order in which sessions first used InnoDB is part of a state. A search that does
  // without, and whose AsksForArrivals() stays false, has lost nothing.
  bool keeps_arrivals = false;
  // Steps that were made before, as far as they can tell, are not made again. Changes no answer.
  bool reuses_steps = true;
};

class RaceSystem {
 public:
  struct World {
    LateRace race;
    StateParts parts;              // Of its canonical form, where steps are reused.
    std::vector<bool> was_broken;  // By invariant: one that must hold always did not.
  };
  using Choice = nextkey::Choice;
  struct Scratch {  // For one system.
    PlanCache plans;
    StateForm form;
    Canonical all;
    std::vector<std::uint64_t> digests;
    StepView view;
    StepMemory::Recent recent_steps;
    RaceParts::Recent recent_actors;
  };
  struct Outcome {
    EndState end;
    std::string order;  // What tells outcomes apart, and sorts them.

    friend bool operator<(const Outcome& a, const Outcome& b) { return a.order < b.order; }
  };

  RaceSystem(const Program& program, const RaceWorld& first, RaceSystemOptions options);

  World Root(RaceWorld first) const;
  void ChoicesOf(const World& world, std::vector<Choice>& choices) const;
  void Play(World& world, const Choice& choice, Scratch& scratch) const;
  void Describe(const World& world, StateDescription& description, Scratch& scratch) const;
  std::optional<std::uint32_t> ActorOf(const Choice& choice) const {
    return choice.kind == ChoiceKind::kClient ? choice.actor : ClientOf(choice, program_);
  }
  Outcome OutcomeOf(const World& world, Scratch& scratch) const;
  // A client's BEGIN, the end of a transaction that never was, a lock let go that one does not have: of no
  // concern to anybody else, as nobody's steps are to it.
  bool IsForItself(const World& world, const Choice& choice, Scratch& scratch) const;
  // Good as long as the World. Plays what is missing.
  const RaceWorld& RaceOf(const World& world) const { return world.race.Get(play_, nullptr); }

  const ProgramReads& reads() const { return reads_; }
  bool AsksForArrivals() const { return asks_for_arrivals_.load(); }
  // Raised when a search without arrivals is in vain.
  const std::atomic<bool>& in_vain() const { return asks_for_arrivals_; }

 private:
  bool CanReuseSteps(const RaceWorld& first) const;
  bool PlayNow(World& world, const Choice& choice, Scratch& scratch) const;
  // False: it is not in the memory.
  bool PlayFromMemory(World& world, const Choice& choice, Scratch& scratch) const;
  void PlayAndKeep(World& world, const Choice& choice, Scratch& scratch) const;
  void Sort(StateParts& parts) const;
  StateParts PartsOf(const RaceWorld& race, Scratch& scratch, const KnownClients& known,
                     const StateParts& before) const;
  void NoteBroken(const RaceWorld& race, std::vector<bool>& was_broken, PlanCache* plans) const;
  std::uint32_t GroupOf(std::uint16_t actor) const;
  void DescribeForm(const World& world, StateDescription& description, Scratch& scratch) const;
  void DescribeParts(const StateParts& parts, StateDescription& description, Scratch& scratch) const;
  Outcome OutcomeOf(const RaceWorld& race, const std::vector<bool>& was_broken, PlanCache& plans) const;

  const Program& program_;
  RaceSystemOptions options_;
  ProgramReads reads_;
  SearchPlay play_;
  bool has_always_ = false;
  mutable std::atomic<bool> asks_for_arrivals_ = false;

  // What was found out on the way: null where steps are not reused.
  std::unique_ptr<RaceParts> parts_;
  std::unique_ptr<StepMemory> memory_;
  // By what all share at the end, and how many requests ended how: no more is asked.
  mutable std::mutex outcomes_mutex_;
  mutable std::map<std::pair<Fingerprint, OutcomeCounts>, Outcome> outcomes_;
};

}  // namespace nextkey
