// A race as a system of worlds and choices (search.h).
//
// An outcome is how the requests ended, the file's results, and which invariants are broken; one that
// must hold always counts as broken from the moment when it is, and the state remembers that.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/explore/program_reads.h"
#include "sim/explore/search.h"
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
};

class RaceSystem {
 public:
  struct World {
    RaceWorld race;
    std::vector<bool> was_broken;  // By invariant: one that must hold always did not.
  };
  using Choice = nextkey::Choice;
  struct Scratch {
    PlanCache plans;
    StateForm form;
    Canonical all;
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
  // The client that makes it, or whom a timer or a fault concerns.
  std::optional<std::uint32_t> ActorOf(const Choice& choice) const;
  Outcome OutcomeOf(const World& world) const;

  const ProgramReads& reads() const { return reads_; }
  bool AsksForArrivals() const { return asks_for_arrivals_.load(); }
  // Raised when a search without arrivals is in vain.
  const std::atomic<bool>& in_vain() const { return asks_for_arrivals_; }

 private:
  void NoteBroken(World& world) const;

  const Program& program_;
  RaceSystemOptions options_;
  ProgramReads reads_;
  bool has_always_ = false;
  mutable std::atomic<bool> asks_for_arrivals_ = false;
};

}  // namespace nextkey
