#include "sim/hermitage_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "sim/step_text.h"
#include "sim/text.h"

namespace nextkey {
namespace {

// Empty: the claim holds. Otherwise what happened instead.
using Complaint = std::string;

std::string RowsText(const StatementResult& result) {
  if (result.rows.empty()) return "no rows";
  std::string text;
  for (const std::vector<Value>& row : result.rows) {
    if (text.size() > 200) return text + ", …";
    if (!text.empty()) text += ", ";
    for (std::size_t i = 0; i < row.size(); ++i)
      text += (i == 0 ? "" : i == 1 ? " => " : " | ") + row[i].ToText();
  }
  return text;
}

std::string ResultText(const StatementResult& result) {
  if (result.error) return ErrorText(*result.error);
  return result.has_rows ? "it returned " + RowsText(result) : "it ended at once: " + OutcomeText(result);
}

std::string StepText(const StepReport& report) {
  if (report.status == StepStatus::kScriptError) return fmt::format("{} still waited", report.session);
  if (report.status == StepStatus::kBlocked) return "it waits";
  return ResultText(report.result);
}

Complaint ShowsPairs(const ClaimShows& claim, const StatementResult& result) {
  if (result.error || !result.has_rows) return ResultText(result);
  std::vector<bool> is_used(result.rows.size(), false);
  for (const auto& [key, value] : claim.pairs) {
    bool found = false;
    for (std::size_t i = 0; i < result.rows.size() && !found; ++i) {
      const std::vector<Value>& row = result.rows[i];
      if (is_used[i] || row.size() < 2 || row[0].ToText() != key || row[1].ToText() != value) continue;
      is_used[i] = found = true;
    }
    if (!found) return fmt::format("no row {} => {}: it returned {}", key, value, RowsText(result));
  }
  return "";
}

Complaint ShowsNothing(const StatementResult& result) {
  if (result.error || !result.has_rows || !result.rows.empty()) return ResultText(result);
  return "";
}

// Whether `error` is what the remark quotes, or begins with it.
bool PrintsAs(const SqlError& error, std::string_view quoted) {
  const std::string full = ErrorText(error);
  if (!full.starts_with(quoted)) return false;
  return full.size() == quoted.size() || !IsNameCharacter(full[quoted.size()]);
}

class CaseChecker {
 public:
  CaseChecker(const ScriptCase& one, const std::vector<StepReport>& reports)
      : case_(one), reports_(reports) {}

  CheckedCase Check() {
    CheckedCase checked{case_.name, case_.line, {}, {}};
    for (position_ = 0; position_ < case_.steps.size(); ++position_) {
      const ScriptStep& step = case_.steps[position_];
      for (const Claim& claim : ReadRemark(step.remark)) {
        const Complaint verdict = Judge(claim);
        checked.remarks.push_back({step.line, position_ < reports_.size() ? Report().session : step.session,
                                   claim.words, verdict.empty(), verdict});
      }
    }
    CollectUndocumented(checked);
    return checked;
  }

 private:
  const StepReport& Report() const { return reports_[position_]; }

  Complaint Judge(const Claim& claim) {
    if (position_ >= reports_.size()) return "the run had ended before";
    return std::visit([this](const auto& one) { return Judge(one); }, claim.what);
  }

  Complaint Judge(const ClaimBlocks&) const {
    return Report().status == StepStatus::kBlocked ? "" : StepText(Report());
  }

  Complaint Judge(const ClaimUnblocks& claim) const {
    for (const std::string& session : claim.sessions) {
      const EarlierStatement* one = Ended(session);
      if (one == nullptr) return fmt::format("no statement of {} ended in this step", session);
      // A victim or a time-out ends without having been let go.
      const std::optional<SqlError>& error = one->result.error;
      if (error && (error->number == 1213 || error->number == 1205)) return ErrorText(*error);
    }
    return "";
  }

  // The earlier statement of `session` that ended in this step; null when there is none.
  const EarlierStatement* Ended(std::string_view session) const {
    for (const EarlierStatement& one : Report().unblocked) {
      if (EqualsIgnoreCase(one.session, session)) return &one;
    }
    return nullptr;
  }

  Complaint Judge(const ClaimShows& claim) const {
    const auto judge = [&](const StatementResult& result) { return ShowsPairs(claim, result); };
    return claim.is_eventual ? JudgeEventual(judge) : JudgeOwn(judge);
  }

  Complaint Judge(const ClaimShowsNothing& claim) const {
    return claim.is_eventual ? JudgeEventual(ShowsNothing) : JudgeOwn(ShowsNothing);
  }

  template <class JudgeResult>
  Complaint JudgeOwn(JudgeResult judge) const {
    return Report().status == StepStatus::kOk ? judge(Report().result) : StepText(Report());
  }

  // The end of a statement that waited, in whichever later step it came.
  template <class JudgeResult>
  Complaint JudgeEventual(JudgeResult judge) const {
    for (std::size_t later = position_ + 1; later < reports_.size(); ++later) {
      for (const EarlierStatement& one : reports_[later].unblocked) {
        if (one.step == Report().number) return judge(one.result);
      }
    }
    return "it never ended";
  }

  Complaint Judge(const ClaimShowsInsertedRow&) const {
    const std::optional<std::vector<std::pair<std::string, std::string>>> inserted = LastInserted();
    if (!inserted) return "no INSERT with plain values came before";
    return JudgeOwn([&](const StatementResult& result) -> Complaint {
      for (const std::vector<Value>& row : result.rows) {
        if (HasRow(result, row, *inserted)) return "";
      }
      return "it returned " + RowsText(result);
    });
  }

  static bool HasRow(const StatementResult& result, const std::vector<Value>& row,
                     const std::vector<std::pair<std::string, std::string>>& wanted) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& column_and_text) {
      for (std::size_t i = 0; i < result.columns.size(); ++i) {
        if (EqualsIgnoreCase(result.columns[i], column_and_text.first)) {
          return row[i].ToText() == column_and_text.second;
        }
      }
      return false;
    });
  }

  // Column and value of the last row that a statement before this one inserted.
  std::optional<std::vector<std::pair<std::string, std::string>>> LastInserted() const {
    for (std::size_t i = position_; i-- > 0;) {
      const auto* insert = std::get_if<sql::InsertStatement>(&case_.steps[i].statement->body);
      if (insert == nullptr || reports_[i].status != StepStatus::kOk) continue;
      if (insert->rows.empty() || insert->columns.size() != insert->rows.back().size()) return std::nullopt;
      std::vector<std::pair<std::string, std::string>> row;
      for (std::size_t column = 0; column < insert->columns.size(); ++column) {
        const sql::ExprRef& value = insert->rows.back()[column];
        if (value == nullptr || value->op != sql::Op::kLiteral) return std::nullopt;
        row.emplace_back(insert->columns[column], value->literal.ToText());
      }
      return row;
    }
    return std::nullopt;
  }

  Complaint Judge(const ClaimChangesNothing&) const {
    return JudgeOwn([](const StatementResult& result) {
      return result.affected == 0 ? "" : "it changed " + Counted(result.affected, "row");
    });
  }

  Complaint Judge(const ClaimError& claim) {
    if (claim.session.empty()) {
      if (Report().status != StepStatus::kError) return StepText(Report());
      if (!PrintsAs(*Report().result.error, claim.text)) return ErrorText(*Report().result.error);
      documented_.insert({Report().number, Report().number});
      return "";
    }
    const EarlierStatement* one = Ended(claim.session);
    if (one == nullptr) return fmt::format("no statement of {} ended in this step", claim.session);
    if (!one->result.error) return fmt::format("{} went on: {}", one->session, OutcomeText(one->result));
    if (!PrintsAs(*one->result.error, claim.text)) return ErrorText(*one->result.error);
    documented_.insert({Report().number, one->step});
    return "";
  }

  Complaint Judge(const NotUnderstood&) const { return "this remark is not understood"; }

  void CollectUndocumented(CheckedCase& checked) const {
    for (const StepReport& report : reports_) {
      if (report.status == StepStatus::kScriptError) {
        checked.undocumented.push_back(fmt::format(
            "line {}: {} still waits, so it can't take another statement", report.line, report.session));
      }
      if (report.status == StepStatus::kError)
        Collect(report, report.number, report.session, report.result, checked);
      for (const EarlierStatement& one : report.unblocked) {
        if (one.result.error) Collect(report, one.step, one.session, one.result, checked);
      }
    }
  }

  void Collect(const StepReport& report, std::uint32_t step, const std::string& session,
               const StatementResult& result, CheckedCase& checked) const {
    if (documented_.count({report.number, step}) > 0) return;
    checked.undocumented.push_back(fmt::format("line {}: {} got {}, which no remark says", report.line,
                                               session, ErrorText(*result.error)));
  }

  const ScriptCase& case_;
  const std::vector<StepReport>& reports_;
  std::size_t position_ = 0;
  // The step in which an error came, and the step whose statement got it.
  std::set<std::pair<std::uint32_t, std::uint32_t>> documented_;
};

}  // namespace

std::uint64_t CheckedCase::MissedCount() const {
  return static_cast<std::uint64_t>(std::count_if(remarks.begin(), remarks.end(),
                                                  [](const CheckedRemark& remark) { return !remark.held; }));
}

CheckedCase CheckCase(const ScriptCase& one, const std::vector<StepReport>& reports) {
  return CaseChecker(one, reports).Check();
}

}  // namespace nextkey
