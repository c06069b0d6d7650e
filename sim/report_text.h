// A replay as a timeline that a person reads.
//
// Where there is room, every session has a column: what it sends, what it gets, a dotted line
// while it waits, and where it goes on. With many sessions or a narrow page each statement has the
// session's name in front instead. Which of the two is decided once a case.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/replay.h"
#include "sim/script.h"
#include "sim/step_report.h"
#include "sim/step_text.h"
#include "sim/styled_text.h"

namespace nextkey {

struct TextOptions {
  std::size_t width = 100;
  bool with_colour = false;
  bool with_locks = false;
  bool with_plan = false;
  bool with_why = false;
};

class TextReport {
 public:
  TextReport(const ScriptCase& script, const TextOptions& options);

  // Each returns text that ends with a newline, or nothing.
  std::string Opening(const std::string& title, const std::vector<std::string>& story);
  std::string Step(const StepReport& report);
  std::string Closing(const std::vector<StillWaiting>& still_waiting);

 private:
  void PutLine(const Line& line);
  void PutHeader();
  void PutBlock(const TextBlock& block, const std::string& number);
  void PutInColumn(const TextBlock& block, const std::string& number);
  void PutWithName(const TextBlock& block, const std::string& number);
  void PutLocks(const StepReport& report);
  void PutReasons(const StepReport& report);
  void PutSetup(const StepReport& report);
  void Count(const StepReport& report);
  std::string Summary() const;

  TextOptions options_;
  std::vector<std::string> sessions_;  // Those that have a column.
  bool has_columns_ = false;
  std::size_t name_width_ = 0;
  std::size_t column_width_ = 0;
  std::string out_;
  bool header_is_due_ = true;
  std::size_t lines_since_header_ = 0;
  std::set<std::string> waiting_;
  std::string last_locks_;
  SessionNames names_;

  // For the summary.
  std::uint64_t steps_ = 0;
  std::uint64_t waits_ = 0;
  std::uint64_t deadlocks_ = 0;
  std::map<int, std::uint64_t> errors_;  // By number.
  std::int64_t time_passed_us_ = 0;
  bool has_script_error_ = false;
};

}  // namespace nextkey
