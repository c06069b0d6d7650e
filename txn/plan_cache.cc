#include "txn/plan_cache.h"

#include <algorithm>
#include <utility>

#include "txn/optimizer_costs.h"
#include "txn/planner.h"
#include "txn/query_planner.h"

namespace nextkey {

bool PlanCache::Entry::Fits(const PlanContext& context) const {
  if (isolation != context.isolation || is_multi_statement != context.is_multi_statement) return false;
  const Catalog& catalog = *context.catalog;
  const auto is_as_it_was = [&](const PlanInputs::NamedDefinition& named) {
    const Table* table = catalog.Find(named.name);
    return table != nullptr && table->def == named.def;
  };
  const auto has_figures = [&](const PlanInputs::Figures& figures) {
    const TableStatistics& statistics = catalog.Find(figures.table)->statistics;
    return statistics.rows == figures.rows && statistics.analyzed.IsSameAs(figures.analyzed);
  };
  const auto counts_the_same = [&](const PlanInputs::Count& count) {
    return CountRange(catalog.Find(count.table)->trees[count.index], count.range) == count.counted;
  };
  const auto has_value = [&](const PlanInputs::Known& known) {
    return ValueNow(known.expression, *context.session) == known.value;
  };
  return std::ranges::all_of(inputs.definitions, is_as_it_was) &&
         std::ranges::all_of(inputs.figures, has_figures) &&
         std::ranges::all_of(inputs.counts, counts_the_same) && std::ranges::all_of(inputs.known, has_value);
}

StatementPlanRef PlanCache::Find(const sql::StatementRef& statement, const PlanContext& context) const {
  const auto slot = slots_.find(statement.get());
  if (slot == slots_.end()) return nullptr;
  const std::vector<Entry>& entries = slot->second.entries;
  const auto entry =
      std::ranges::find_if(entries, [&](const Entry& candidate) { return candidate.Fits(context); });
  return entry == entries.end() ? nullptr : entry->plan;
}

void PlanCache::Put(const sql::StatementRef& statement, const PlanContext& context, PlanInputs inputs,
                    StatementPlanRef plan) {
  Slot& slot = slots_[statement.get()];
  slot.statement = statement;
  if (slot.entries.size() == kMostPlans) slot.entries.clear();
  slot.entries.push_back({context.isolation, context.is_multi_statement, std::move(inputs), std::move(plan)});
}

std::size_t PlanCache::size() const {
  std::size_t plans = 0;
  for (const auto& [statement, slot] : slots_) plans += slot.entries.size();
  return plans;
}

}  // namespace nextkey
