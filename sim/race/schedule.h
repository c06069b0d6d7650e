// A schedule: the choices of a race in their order, and the token that stands for it in texts.
//
// `coupon+row_lock-1f3a5b:a2b2c.ac`: the race, its fix, six digits of the program's fingerprint; then
// the choices. A letter is a client, a number behind it how often in a row: clients are a, b, .. z,
// Aa, Ab, ..; with a mark in front it is something else: `.a` the timer of client a, `,a` that timer
// before it has to, in a delay of random length, `=b` the second server (a replica) applies a
// transaction, `_1b` the first fault in scope hits the second client or node, `%a` the first server
// purges, `+a` time passes until a key expires, `+b` a second passes. No character of it means anything to
// a shell.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/race/play.h"

namespace nextkey {

struct Schedule {
  std::vector<Choice> choices;

  friend bool operator==(const Schedule&, const Schedule&) = default;
};

std::string TokenOf(const Program& program, const Schedule& schedule);
// What shows it: `nextkey replay coupon --clients buyer=4 --schedule coupon-1f3a5b:a2b2`.
std::string ReplayLine(const Program& program, const Schedule& schedule);

// What stands in front of the choices.
struct TokenHead {
  std::string race;
  std::string fix;  // Empty: none.
  std::string digits;
};

struct ReadToken {
  TokenHead head;
  Schedule schedule;
};
// A message says what is wrong with it.
std::variant<ReadToken, std::string> ParseToken(std::string_view token);

// The token's schedule, if it belongs to the program; else why not.
std::variant<Schedule, std::string> ScheduleFor(const Program& program, std::string_view token);

// `buyer2`, `the timer of buyer2`, `the fault pause at buyer2`
std::string ChoiceName(const Program& program, const Choice& choice);

// Where a schedule no longer fits: its place, from 0, and the message that names the choice.
struct ScheduleMismatch {
  std::size_t place = 0;
  std::string message;
};
// Plays all of it; a report each where `reports` is not null.
std::variant<RaceWorld, ScheduleMismatch> PlaySchedule(RaceWorld world, const Program& program,
                                                       const Schedule& schedule,
                                                       std::vector<ChoiceReport>* reports);

}  // namespace nextkey
