// Plays a race, one choice at a time: a pure function of the world, the program and the choice.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/race/world.h"
#include "sim/step_report.h"

namespace nextkey {

enum class ChoiceKind : std::uint8_t {
  kClient,  // A client sends its next statement or makes its next call.
  kTimer,   // What a client waits for times out, or its sleep ends.
  kFault,   // A fault in scope happens; the actor is its place in Program::faults.
  kPurge,
};

struct Choice {
  ChoiceKind kind = ChoiceKind::kClient;
  std::uint32_t actor = 0;  // A client's place in Program::clients, or the fault's.

  friend auto operator<=>(const Choice&, const Choice&) = default;
};

// Set up, all clients connected, nobody has begun. Mistakes: a set-up statement that fails.
std::variant<RaceWorld, std::vector<Mistake>> OpenRace(const Program& program);

// What can happen next, clients first, in their order. Time moves only when no client can act: then
// the timers that are due first, each a choice. Empty: the race is over, or everyone is stuck.
std::vector<Choice> ChoicesOf(const RaceWorld& world, const Program& program);

// What a choice did, for reports; explorers ask for none of it.
struct ChoiceReport;
// Requires: `choice` is one of ChoicesOf(world, program). `report` may be null.
void PlayChoice(RaceWorld& world, const Program& program, Choice choice, ChoiceReport* report);

}  // namespace nextkey
