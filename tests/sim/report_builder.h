// Reports made by hand, so that printing and checking are tested without a server.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/script.h"
#include "sim/step_report.h"

namespace nextkey::testing {

inline const SessionNames kNames = {
    {SessionId(1), "setup"}, {SessionId(2), "T1"}, {SessionId(3), "T2"}, {SessionId(4), "T3"}};

inline SessionId IdOf(const std::string& name) {
  for (const auto& [id, known] : kNames) {
    if (known == name) return id;
  }
  return SessionId(99);
}

inline StatementResult Changed(std::uint64_t affected) {
  StatementResult result;
  result.affected = affected;
  return result;
}

inline StatementResult Rows(std::vector<std::string> columns, std::vector<std::vector<Value>> rows) {
  StatementResult result;
  result.has_rows = true;
  result.columns = std::move(columns);
  result.rows = std::move(rows);
  return result;
}

inline StatementResult DeadlockError() {
  StatementResult result;
  result.error =
      SqlError{1213, "40001", "Deadlock found when trying to get lock; try restarting transaction"};
  return result;
}

inline StepReport Begun(std::uint32_t number, const std::string& session, const std::string& sql) {
  StepReport report;
  report.number = number;
  report.session = session;
  report.sql = sql;
  report.line = number;
  report.names = kNames;
  return report;
}

inline StepReport Ended(std::uint32_t number, const std::string& session, const std::string& sql,
                        StatementResult result) {
  StepReport report = Begun(number, session, sql);
  report.status = result.error ? StepStatus::kError : StepStatus::kOk;
  report.happenings.push_back(StatementEnded{IdOf(session), result});
  report.result = std::move(result);
  return report;
}

inline StepReport Blocked(std::uint32_t number, const std::string& session, const std::string& sql,
                          Wait wait) {
  StepReport report = Begun(number, session, sql);
  report.status = StepStatus::kBlocked;
  report.happenings.push_back(StatementWaits{IdOf(session), wait});
  report.wait = std::move(wait);
  return report;
}

inline Wait RowWait(const std::string& holder) {
  return Wait{WaitKind::kRowLock, {IdOf(holder)}, "X,REC_NOT_GAP on PRIMARY of test, record 1"};
}

// An earlier statement ends in this step.
inline void LetGo(StepReport& report, const std::string& session, std::uint32_t step, const std::string& sql,
                  StatementResult result) {
  report.happenings.push_back(WaitEnded{IdOf(session)});
  report.happenings.push_back(StatementEnded{IdOf(session), result});
  report.unblocked.push_back({session, step, sql, std::move(result)});
}

// A script whose steps are those of the reports.
inline ScriptCase CaseOf(const std::vector<StepReport>& reports) {
  ScriptCase one;
  one.name = "a case";
  for (const StepReport& report : reports) {
    ScriptStep step;
    step.session = report.session;
    step.is_setup = report.is_setup;
    step.sql = report.sql;
    step.line = report.line;
    one.steps.push_back(std::move(step));
  }
  return one;
}

}  // namespace nextkey::testing
