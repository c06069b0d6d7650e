#include "sim/race/claims_command.h"

#include <fmt/format.h>

#include "sim/exit_codes.h"
#include "sim/race/claims.h"

namespace nextkey {
namespace {

void PrintLine(const LockClaim& claim, const ClaimResult& result, std::ostream& out) {
  out << fmt::format("{:>2}  {} ({})\n      {}\n", claim.number, claim.sentence, claim.source,
                     VerdictText(claim, result));
}

void PrintCases(const LockClaim& claim, const ClaimResult& result, std::ostream& out) {
  for (std::size_t i = 0; i < result.cases.size(); ++i) {
    const CaseResult& one = result.cases[i];
    out << fmt::format("\n== {}: {} ==\n{}\n", claim.cases[i].situation, one.is_true ? "true" : "not true",
                       one.shown);
    if (!one.timeline.empty()) out << "\n" << one.timeline;
  }
}

}  // namespace

int RunClaims(std::uint32_t number, std::size_t width, std::ostream& out, std::ostream& err) {
  bool is_known = false;
  for (const LockClaim& claim : Claims()) {
    if (number != 0 && claim.number != number) continue;
    is_known = true;
    const auto result = Try(claim, width);
    if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&result)) {
      err << ToText(*mistakes);
      return kExitMistake;
    }
    PrintLine(claim, std::get<ClaimResult>(result), out);
    if (number != 0) PrintCases(claim, std::get<ClaimResult>(result), out);
  }
  if (is_known) return 0;
  err << fmt::format("nextkey: there is no claim {}; `nextkey claims` lists them\n", number);
  return kExitMistake;
}

}  // namespace nextkey
