// Plans that were made before, to be used again where planning would come to the same.
//
// While a plan is made, everything that it follows from beside the statement's text is noted: the
// definitions of its tables, their figures, each count in an index, each value of a constant. A plan is
// used again when all of that is found as it was; so a cache changes how long a statement takes and
// nothing else. It stands outside of servers and their copies. One cache serves one thread, and servers of
// one dialect.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/cow.h"
#include "engine/table.h"
#include "txn/expression.h"
#include "txn/plan.h"
#include "txn/sql/ast.h"

namespace nextkey {

struct PlanContext;

// What a range of an index held when it was counted.
struct CountedRange {
  double rows = 0;  // One at least.
  std::uint32_t first_page = 0;
  std::uint32_t last_page = 0;

  friend bool operator==(const CountedRange&, const CountedRange&) = default;
};

// What one plan follows from.
struct PlanInputs {
  struct NamedDefinition {
    std::string name;
    TableDefRef def;
  };
  struct Figures {
    TableId table;
    std::uint64_t rows = 0;
    Cow<AnalyzedFigures> analyzed;
  };
  struct Count {
    TableId table;
    std::uint32_t index = 0;
    KeyRange range;
    CountedRange counted;
  };
  struct Known {
    BoundExpr expression;
    std::optional<Value> value;
  };

  std::vector<NamedDefinition> definitions;
  std::vector<Figures> figures;
  std::vector<Count> counts;
  std::vector<Known> known;
};

class PlanCache {
 public:
  PlanCache() = default;
  PlanCache(PlanCache&&) = default;
  PlanCache& operator=(PlanCache&&) = default;

  // Null where there is none that fits.
  StatementPlanRef Find(const sql::StatementRef& statement, const PlanContext& context) const;
  void Put(const sql::StatementRef& statement, const PlanContext& context, PlanInputs inputs,
           StatementPlanRef plan);
  std::size_t size() const;  // Plans that are kept.

 private:
  static constexpr std::size_t kMostPlans = 64;  // Of a statement.

  struct Entry {
    sql::IsolationLevel isolation = sql::IsolationLevel::kRepeatableRead;
    bool is_multi_statement = false;
    PlanInputs inputs;
    StatementPlanRef plan;

    bool Fits(const PlanContext& context) const;
  };
  struct Slot {
    sql::StatementRef statement;  // Kept alive: its address is the key.
    std::vector<Entry> entries;
  };

  std::unordered_map<const sql::Statement*, Slot> slots_;
};

}  // namespace nextkey
