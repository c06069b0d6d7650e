#include "sim/rules_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "txn/lock_rules.h"

namespace nextkey {
namespace {

constexpr std::string_view kRulesOpening = R"(# Which locks a statement takes

This page is printed from the table in `txn/lock_rules.cc`:

    nextkey rules --format markdown > txn/LOCK_RULES.md

A test compares the two. RR stands for REPEATABLE READ and SERIALIZABLE, RC for READ COMMITTED and READ UNCOMMITTED.
A cell says how much of the index is locked; `yes` stands where a rule is about a whole table, or about what is not
locked; `.` is nothing. *As read* is S for FOR SHARE and X for FOR UPDATE, UPDATE and DELETE. Sources are functions of
MariaDB 10.11's InnoDB, of `row0sel.cc` where no file is named.

**Proof**: with the cell of that column changed, the recorded script (`tests/recorded`, what a real MariaDB 10.11
did) goes another way; `tests/sim/lock_rules_test.cc` tries it for every cell. `-`: the rule is not asked there.
**MySQL 8.4**: `recorded` means a recording of a real MySQL that `tests/dialect` plays; `read` its sources; `manual`
its manual. *Unproven* cells are MariaDB's, taken over.

)";

constexpr std::string_view kQueues = R"(
# What else differs

| What | MariaDB 10.11 | MySQL 8.4 | Evidence for MySQL |
| --- | --- | --- | --- |
| order of the lock structures of a page | by creation | what is granted stands in front, the newest first | read: lock0lock.cc: lock_rec_insert_to_granted, lock_rec_move_granted_to_front |
| X for who holds the record, while others wait for X | waits behind them | goes first, where his own lock keeps them waiting; an insert does not | recorded: avoid_deadlock_with_blocked |
| who is granted when a lock goes | in the order of the page's list, whoever has nothing in front of him | of those whose wait ends at the releaser, by weight, then in the order of the list; only what is granted stands in their way | read: lock0lock.cc: lock_rec_grant_by_heap_no; lock0wait.cc: lock_wait_compute_initial_weights, lock_wait_accumulate_weights |
| who loses a deadlock | the least weight; of equal ones who closed the circle | the same | *unproven* where three or more are in the circle |
| names of GET_LOCK | with regard to case; '' and NULL answer NULL | without regard to case, 64 characters; error 3057 | recorded: user_lock |

Weights are those of the moment before a release. A server counts them in a thread of its own, so that within one step,
where several releases follow each other, it may still see older ones.
)";

std::string CellText(RuleCell cell) {
  return cell == RuleCell::kNothing ? "." : std::string(RuleCellName(cell));
}

std::string ProofText(std::string_view proof) {
  if (proof.empty()) return "none";
  return proof == "-" ? "-" : fmt::format("`{}`", proof);
}

}  // namespace

std::string RulesText(const Dialect& dialect) {
  std::vector<std::vector<std::string>> rows{
      {dialect.name, "lock", "RR, SERIALIZABLE", "RC, READ UNCOMMITTED"}};
  for (const LockRuleLine& line : LockRuleTable()) {
    const RuleCells& cells = dialect.rules[static_cast<std::size_t>(line.rule)];
    rows.push_back({std::string(line.name), std::string(RuleStrengthName(line.strength)),
                    CellText(cells.repeatable_read), CellText(cells.read_committed)});
  }
  std::vector<std::size_t> widths(rows[0].size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string RulesMarkdown() {
  std::string text(kRulesOpening);
  text +=
      "| Rule | Lock | MariaDB RR | RC | MySQL RR | RC | MariaDB's source | Proof RR | Proof RC | MySQL 8.4 "
      "|\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
  for (const LockRuleLine& line : LockRuleTable()) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", line.name,
                        RuleStrengthName(line.strength), CellText(line.mariadb.repeatable_read),
                        CellText(line.mariadb.read_committed), CellText(line.mysql.repeatable_read),
                        CellText(line.mysql.read_committed), line.source,
                        ProofText(line.repeatable_read_proof), ProofText(line.read_committed_proof),
                        line.mysql_evidence.empty() ? "*unproven*" : std::string(line.mysql_evidence));
  }
  text += kQueues;
  return text;
}

}  // namespace nextkey
