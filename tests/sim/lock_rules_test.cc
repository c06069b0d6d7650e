// Every cell of the locking table matters: a server with one cell changed plays at least one recorded script
// in another way than the real server did.
//
// A cell that locks something is emptied; an empty one gets what the same rule does in the other column or on
// the other server. The table names the script that proves each cell; this test plays it, and prints which
// step noticed. Where the named script does not notice, it looks for one that does.
#include "txn/lock_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/replay.h"
#include "sim/report_jsonl.h"
#include "sim/script.h"
#include "tests/sim/recording.h"
#include "txn/dialect.h"

namespace nextkey {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// A script and what the real server did: `pk_range`, or `purge-off/pk_range`.
class Recordings {
 public:
  Recordings() {
    for (const std::string& name : RecordedNames()) {
      for (const std::string& folder : {std::string(), std::string("purge-off/")}) {
        const fs::path path = RecordedFolder() / (folder + name + ".jsonl");
        if (fs::exists(path)) by_size_.emplace_back(fs::file_size(path), folder + name);
      }
    }
    std::sort(by_size_.begin(), by_size_.end());  // Small ones are played first.
  }

  // The first step in which the server differs from the recording; absent where it never does.
  std::optional<std::uint32_t> FirstDifference(const std::string& name, const Dialect& dialect) {
    const bool is_purge_off = name.starts_with("purge-off/");
    const One& one = Get(name);
    World world;
    world.server.SetPurgeMode(is_purge_off ? PurgeMode::kOff : PurgeMode::kEager);
    world.server.SetDialect(dialect);
    if (!is_purge_off) ApplyRecordedSettings(name, world);
    for (std::size_t i = 0; !IsFinished(world, one.script.cases[0]); ++i) {
      const StepReport report = PlayStep(world, one.script.cases[0], LockListing::kEachStep);
      if (i >= one.steps.size()) return report.number;
      if (Described(Json::parse(ToJsonLine(report, {}))) != one.steps[i]) return report.number;
    }
    return std::nullopt;
  }

  std::optional<std::pair<std::string, std::uint32_t>> FirstThatNotices(const Dialect& dialect) {
    for (const auto& [size, name] : by_size_) {
      if (const auto step = FirstDifference(name, dialect)) return std::pair(name, *step);
    }
    return std::nullopt;
  }

  bool Has(const std::string& name) const {
    return std::any_of(by_size_.begin(), by_size_.end(), [&](const auto& one) { return one.second == name; });
  }

 private:
  struct One {
    Script script;
    std::vector<std::string> steps;
  };

  const One& Get(const std::string& name) {
    const auto found = read_.find(name);
    if (found != read_.end()) return found->second;
    One one{ReadRecorded(fs::path(name).filename().string()), {}};
    for (const Json& step : Recording(RecordedFolder() / (name + ".jsonl")))
      one.steps.push_back(Described(step));
    return read_.emplace(name, std::move(one)).first->second;
  }

  std::vector<std::pair<std::uintmax_t, std::string>> by_size_;
  std::map<std::string, One> read_;
};

// What a cell is changed to.
RuleCell Changed(const LockRuleLine& line, RuleColumn column) {
  if (line.mariadb.At(column) != RuleCell::kNothing) return RuleCell::kNothing;
  for (const RuleCells& cells : {line.mariadb, line.mysql}) {
    for (const RuleCell cell : {cells.repeatable_read, cells.read_committed}) {
      if (cell != RuleCell::kNothing) return cell;
    }
  }
  return RuleCell::kRecordOnly;
}

TEST(LockRules, EachCellIsNoticedByARecordedScript) {
  Recordings recordings;
  std::vector<std::string> unproven;
  for (const LockRuleLine& line : LockRuleTable()) {
    for (const RuleColumn column : {RuleColumn::kRepeatableRead, RuleColumn::kReadCommitted}) {
      const std::string proof(column == RuleColumn::kRepeatableRead ? line.repeatable_read_proof
                                                                    : line.read_committed_proof);
      if (proof == "-") continue;  // The rule is not asked in this column.
      if (proof.empty()) {
        unproven.emplace_back(line.name);
        continue;
      }
      const Dialect dialect = Dialect().With(line.rule, column, Changed(line, column));
      const std::string what = dialect.name.substr(Dialect().name.size() + 2);
      if (recordings.Has(proof)) {
        if (const auto step = recordings.FirstDifference(proof, dialect)) {
          std::printf("%s -> %s, step %u\n", what.c_str(), proof.c_str(), *step);
          continue;
        }
      }
      const auto noticed = recordings.FirstThatNotices(dialect);
      ADD_FAILURE() << what << ": the table's proof is \"" << proof << "\"; "
                    << (noticed ? "noticed by " + noticed->first : "no recorded script notices");
    }
  }
  // READ COMMITTED locks the end of a page by duplicate checks alone; keys so wide that a page can be emptied
  // without being merged with its neighbour are longer than what a server's list of locks prints.
  EXPECT_EQ(unproven, std::vector<std::string>{std::string(LineOf(LockRule::kEmptiedPage).name)});
}

TEST(LockRules, NamesAreUnique) {
  std::map<std::string_view, int> names;
  for (const LockRuleLine& line : LockRuleTable()) ++names[line.name];
  for (const auto& [name, count] : names) EXPECT_EQ(count, 1) << name;
}

}  // namespace
}  // namespace nextkey
