// Plays a race, one choice at a time: a pure function of the world, the program and the choice.
//
// A client's choice is its next statement, call of a service, or the ROLLBACK of a failing request;
// all local computing behind it belongs to it, up to the next of these. Whoever a choice lets go runs
// on inside of it, in the order of the grants. Statements and calls take no time: it moves only when
// nobody can act, to the earliest deadline. RaceOptions has what else there is: row steps, any timing,
// purge as a choice.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "sim/mistake.h"
#include "sim/race/choice_report.h"
#include "sim/race/world.h"

namespace nextkey {

enum class ChoiceKind : std::uint8_t {
  kClient,   // A client sends its next statement, makes its next call, or its statement goes on.
  kTimer,    // What a client waits for times out, or its sleep ends.
  kReplica,  // A replica applies its next transaction, or gives up its wait and tries again.
  kFault,    // A fault in scope happens.
  kPurge,    // A server purges what it can.
  kTick,     // Time passes, and no timer fires.
};

struct Choice {
  ChoiceKind kind = ChoiceKind::kClient;
  // A client's place in Program::clients, a server's in Program::servers, or a fault's in
  // Program::faults. Of a tick: kTickToExpiry or kTickOfASecond.
  std::uint32_t actor = 0;
  // Whom a fault hits: a client, or a node of its service. Of a timer: 1, if it ends a delay of random
  // length before it has to.
  std::uint32_t target = 0;

  static constexpr std::uint32_t kTickToExpiry = 0;   // To when the next key of a Redis node expires.
  static constexpr std::uint32_t kTickOfASecond = 1;  // For who reads the clock.

  bool IsEarlyTimer() const { return kind == ChoiceKind::kTimer && target != 0; }

  friend auto operator<=>(const Choice&, const Choice&) = default;
};

// The client that makes it, or whom a timer or a fault concerns.
std::optional<std::uint32_t> ClientOf(const Choice& choice, const Program& program);

// Set up, all clients connected, nobody has begun. Mistakes: a set-up statement that fails.
std::variant<RaceWorld, std::vector<Mistake>> OpenRace(const Program& program);

// What can happen next: clients in their order, timers, replicas, faults, purge, ticks. Empty: the race
// is over, or everyone is stuck.
std::vector<Choice> ChoicesOf(const RaceWorld& world, const Program& program);

// Requires: `choice` is one of ChoicesOf(world, program). `report` may be null: explorers ask for
// none. `plans` too: who plays many schedules gives one. -> whether it let somebody else's statement go on.
bool PlayChoice(RaceWorld& world, const Program& program, Choice choice, ChoiceReport* report,
                PlanCache* plans = nullptr);

// As SQL writes it: 7, 'it''s', NULL.
std::string SqlLiteral(const Value& value);

// The instruction that a ready client does next; null when that is a ROLLBACK.
const Instruction* NextInstruction(const RaceWorld& world, const Program& program, std::uint32_t client);

}  // namespace nextkey
