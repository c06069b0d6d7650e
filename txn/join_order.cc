#include "txn/join_order.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace nextkey {
namespace {

// More orders than those of so many tables are not tried: the rest is put on one by one.
constexpr std::size_t kMostTables = 7;
constexpr double kMargin = 0.001;

class JoinSearch {
 public:
  explicit JoinSearch(const JoinQuestion& question)
      : q_(question), available_(question.tables.size()), is_constant_(question.tables.size()) {}

  std::vector<ChosenTable> Run();

 private:
  void TakeConstants();
  std::vector<std::uint32_t> Candidates() const;
  void Extend(double prefix_rows, double cost);
  void Complete(double rows, double cost);
  void FinishPaths();

  const JoinQuestion& q_;
  std::vector<bool> available_;
  std::vector<bool> is_constant_;
  std::vector<ChosenTable> current_;
  std::vector<ChosenTable> best_;
  double best_cost_ = std::numeric_limits<double>::max();
  std::size_t constants_ = 0;
  bool always_sorts_ = false;
};

void JoinSearch::TakeConstants() {
  bool found = true;
  while (found) {
    found = false;
    for (std::uint32_t table = 0; table < q_.tables.size(); ++table) {
      if (is_constant_[table] || q_.tables[table].is_outer) continue;
      std::optional<AccessPath> path = q_.tables[table].chooser.ConstantRow(is_constant_);
      if (!path.has_value()) continue;
      ChosenTable chosen{table, {}};
      chosen.answer.path = std::move(*path);
      chosen.answer.rows = 1;
      chosen.answer.cost = 1;
      current_.push_back(std::move(chosen));
      is_constant_[table] = available_[table] = found = true;
    }
  }
  constants_ = current_.size();
}

// Those that may come next, the ones with fewer rows first.
std::vector<std::uint32_t> JoinSearch::Candidates() const {
  std::vector<std::uint32_t> candidates;
  bool all_before = true;
  for (std::uint32_t table = 0; table < q_.tables.size(); ++table) {
    if (!available_[table] && (all_before || !q_.tables[table].keeps_place)) candidates.push_back(table);
    all_before = all_before && available_[table];
  }
  const auto rows = [this](std::uint32_t table) { return q_.tables[table].chooser.FoundRows(); };
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return rows(a) < rows(b); });
  return candidates;
}

void JoinSearch::Complete(double rows, double cost) {
  const bool sorts_first_table = !always_sorts_ && q_.sort_table == current_[constants_].table;
  if (q_.sort_table.has_value() && !sorts_first_table) cost += rows;
  if (cost >= best_cost_) return;
  best_cost_ = cost - kMargin;
  best_ = current_;
}

// A table that is no better than one that was tried in the same place, neither in rows nor in cost, is passed
// over (optimizer_prune_level = 1).
void JoinSearch::Extend(double prefix_rows, double cost) {
  double fewest_rows = std::numeric_limits<double>::max();
  double least_cost = std::numeric_limits<double>::max();
  for (const std::uint32_t table : Candidates()) {
    AccessAnswer answer = q_.tables[table].chooser.Best(available_, prefix_rows);
    const bool is_first = current_.size() == constants_;
    if (is_first && q_.sort_table == table && answer.path.kind != AccessKind::kRef &&
        q_.limit.value_or(std::numeric_limits<double>::max()) >= answer.rows) {
      always_sorts_ = true;
    }
    const double rows = prefix_rows * answer.rows;
    const double next_cost = cost + answer.cost + rows / kTimeForCompare;
    if (next_cost >= best_cost_) continue;
    const bool is_sorted_first = is_first && q_.sort_table == table;
    if (rows >= fewest_rows && next_cost >= least_cost && !is_sorted_first) continue;
    const bool may_follow_a_key = q_.tables[table].chooser.HasKeyBehind(available_);
    if (rows <= fewest_rows && next_cost <= least_cost && (!may_follow_a_key || answer.rows < 2)) {
      fewest_rows = rows;
      least_cost = next_cost;
    }
    const double selectivity = answer.selectivity;
    current_.push_back({table, std::move(answer)});
    available_[table] = true;
    if (current_.size() == q_.tables.size()) {
      Complete(rows, next_cost);
    } else {
      Extend(rows * selectivity, next_cost);
    }
    available_[table] = false;
    current_.pop_back();
    if (current_.size() - constants_ >= kMostTables) return;
  }
}

void JoinSearch::FinishPaths() {
  for (std::size_t i = constants_; i < best_.size(); ++i) {
    double fanout = 1;
    for (std::size_t later = i + 1; later < best_.size(); ++later) fanout *= best_[later].answer.rows;
    ChosenTable& chosen = best_[i];
    chosen.answer = q_.tables[chosen.table].chooser.Finish(std::move(chosen.answer), i == constants_,
                                                           std::max(1.0, fanout));
  }
}

std::vector<ChosenTable> JoinSearch::Run() {
  TakeConstants();
  if (current_.size() == q_.tables.size()) return current_;
  Extend(1, 0);
  FinishPaths();
  return std::move(best_);
}

}  // namespace

std::vector<ChosenTable> ChooseJoinOrder(const JoinQuestion& question) { return JoinSearch(question).Run(); }

}  // namespace nextkey
