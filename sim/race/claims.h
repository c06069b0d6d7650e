// Twelve sentences that engineers write about locks in MySQL, each put on trial by replays.
//
// A claim has cases: situations in which it is either true or not. A case is a script (sim/claims) in
// which the claim's predictions stand as remarks, a shipped race with a fix, or a comparison of two
// fixes. Verdicts are computed from what the replays do: a claim that is true in all its cases holds, in
// none breaks, else it holds only in those that are named.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/mistake.h"

namespace nextkey {

struct ClaimScript {
  std::string_view name;  // `01_update`
  std::string_view text;
};
const ClaimScript* FindClaimScript(std::string_view name);

// `claim: ..` behind a statement's session says what should come of it: `goes on`, `waits`,
// `still waits` (at the script's end), `reads 2`, `changes 2`, `error 1213`.
struct ScriptReplay {
  std::string_view script;
};

enum class ClaimNeeds : std::uint8_t {
  kInvariants,   // No invariant is broken.
  kNobodyFails,  // And no request ends in an error.
};
struct RaceReplay {
  std::string_view race;
  std::string_view fix;
  std::string_view choices = "";  // Of a token; the rest goes one after the other. Empty: many orders.
  ClaimNeeds needs = ClaimNeeds::kInvariants;
  std::string_view fault = "";
  std::string_view parameters = "";  // `work_ms=2000`
  std::uint32_t clients = 0;         // 0: the file's number.
};

// Two fixes of the race `conflict` in virtual time, clients in lockstep.
struct SpeedReplay {
  std::string_view fix;  // Takes at most as long as `other`.
  std::string_view other;
  std::uint32_t users = 1;
  bool strictly = false;  // Is faster.
};

struct ClaimCase {
  std::string_view situation;  // `through the primary key`
  std::variant<ScriptReplay, RaceReplay, SpeedReplay> replay;
};

struct LockClaim {
  std::uint32_t number = 0;
  std::string_view sentence;
  std::string_view source;  // The documents that say so.
  std::vector<ClaimCase> cases;
};
std::span<const LockClaim> Claims();

enum class ClaimVerdict : std::uint8_t { kHolds, kHoldsOnly, kBreaks };

struct CaseResult {
  bool is_true = false;
  std::string shown;     // A sentence: what the replay did.
  std::string timeline;  // Of a script or a schedule, with locks.
};
struct ClaimResult {
  ClaimVerdict verdict = ClaimVerdict::kHolds;
  std::vector<CaseResult> cases;  // As LockClaim::cases.
};

// Mistakes: a script or race of the claim can't be read, or predicts nothing.
std::variant<ClaimResult, std::vector<Mistake>> Try(const LockClaim& claim, std::size_t width);
// `holds only: through the primary key`
std::string VerdictText(const LockClaim& claim, const ClaimResult& result);

}  // namespace nextkey
