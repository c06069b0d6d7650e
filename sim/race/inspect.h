// Looks at a world from outside: invariants and results, asked by a session of its own in a copy, so
// that the race does not notice. Whoever asks often gives plans.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "sim/race/program.h"
#include "sim/race/world.h"
#include "txn/plan_cache.h"

namespace nextkey {

// How many requests ended in which way, in the order of RequestEnd; then those that never ended.
struct OutcomeCounts {
  std::array<std::uint32_t, 6> ended = {};
  std::uint32_t stuck = 0;

  std::uint32_t Of(RequestEnd end) const { return ended[static_cast<std::size_t>(end)]; }
  friend auto operator<=>(const OutcomeCounts&, const OutcomeCounts&) = default;
};

OutcomeCounts CountOutcomes(const RaceWorld& world);
// The parameters and the counts as @succeeded, @refused, ..: what invariants and expectations see.
UserVariables VariablesOf(const Program& program, const OutcomeCounts& counts);

// The rows that a query answers, or why it does not.
std::variant<StatementResult, std::string> Ask(const RaceWorld& world, const PlacedStatement& query,
                                               const UserVariables& variables, PlanCache* plans = nullptr);

struct BrokenInvariant {
  std::uint32_t invariant = 0;  // Place in Program::invariants.
  std::string why;              // Where its query failed; empty: it answered something untrue.

  friend bool operator==(const BrokenInvariant&, const BrokenInvariant&) = default;
};

enum class InvariantsAsked : std::uint8_t { kAlwaysOnly, kAll };
std::vector<BrokenInvariant> BrokenInvariants(const RaceWorld& world, const Program& program,
                                              InvariantsAsked asked, PlanCache* plans = nullptr);

// How a race ended.
struct EndState {
  OutcomeCounts counts;
  std::vector<Value> results;  // As Program::results; NULL where there is none.
  std::vector<BrokenInvariant> broken;
  bool is_cut = false;  // Stopped before its end.

  friend bool operator==(const EndState&, const EndState&) = default;
};

EndState EndOf(const RaceWorld& world, const Program& program, PlanCache* plans = nullptr);

}  // namespace nextkey
