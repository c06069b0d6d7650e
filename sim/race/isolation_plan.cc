#include "sim/race/isolation_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace nextkey {
namespace {

class Planner {
 public:
  explicit Planner(const RaceFile& spec) : spec_(spec) {}

  std::variant<IsolationPlan, std::vector<Mistake>> Plan() {
    for (const Block& block : spec_.setup) plan_.setup.push_back({StatementsOf(block), block.begin});
    if (spec_.teardown) plan_.teardown = StatementsOf(*spec_.teardown);
    for (const ClientTemplate& client : spec_.clients) plan_.sessions.push_back(SessionOf(client));
    for (const Permutation& permutation : spec_.permutations) plan_.orders.push_back(OrderOf(permutation));
    if (plan_.orders.empty()) PutAllOrders({}, std::vector<std::size_t>(plan_.sessions.size(), 0));
    if (plan_.orders.size() > kMostPermutations)
      Complain(0, fmt::format("the steps have more than {} orders", kMostPermutations),
               "Name those to play, as in: permutation s1 s2");
    if (!mistakes_.empty()) return std::move(mistakes_);
    return std::move(plan_);
  }

 private:
  void Complain(std::size_t offset, std::string message, std::string remedy) {
    mistakes_.push_back(
        MistakeAt(spec_.source.name, spec_.source.text, offset, std::move(message), std::move(remedy)));
  }

  std::vector<sql::StatementRef> StatementsOf(const Block& block) {
    std::vector<sql::StatementRef> statements;
    for (const Action& action : block.actions) {
      if (const auto* sql = std::get_if<SqlAction>(&action.what)) {
        statements.push_back(sql->statement);
      } else {
        Complain(action.offset, "a spec of isolationtester holds SQL alone",
                 "Give the race a name (race NAME \"sentence\") and its clients will do this.");
      }
    }
    return statements;
  }

  // Line ends stay, as isolationtester prints them.
  std::string TextOf(const Block& block) const {
    constexpr std::string_view kBlanks = " \t\r\f";
    std::string_view text = spec_.source.text;
    text = text.substr(block.begin, block.end - block.begin);
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    return std::string(text.substr(0, text.find_last_not_of(kBlanks) + 1));
  }

  SpecSession SessionOf(const ClientTemplate& client) {
    SpecSession session;
    session.name = client.name.text;
    if (client.setup) session.setup = {StatementsOf(*client.setup), client.setup->begin};
    if (client.teardown) session.teardown = StatementsOf(*client.teardown);
    for (const Step& step : client.steps)
      session.steps.push_back(
          {step.name.text, TextOf(step.block), StatementsOf(step.block), step.name.offset});
    return session;
  }

  std::optional<SpecEntry> Find(const Name& name) {
    for (std::size_t i = 0; i < plan_.sessions.size(); ++i) {
      const std::vector<SpecStep>& steps = plan_.sessions[i].steps;
      const auto found = std::find_if(steps.begin(), steps.end(),
                                      [&](const SpecStep& step) { return step.name == name.text; });
      if (found != steps.end()) return SpecEntry{i, static_cast<std::size_t>(found - steps.begin()), {}};
    }
    Complain(name.offset, fmt::format("there is no step \"{}\"", name.text),
             "A permutation names steps of the sessions.");
    return std::nullopt;
  }

  SpecOrder OrderOf(const Permutation& permutation) {
    SpecOrder order;
    for (const PermutationStep& named : permutation.steps) {
      std::optional<SpecEntry> entry = Find(named.step);
      if (!entry) continue;
      for (const StepMarker& marker : named.markers) {
        SpecMarker& put = entry->markers.emplace_back(SpecMarker{marker.kind, 0, 0, marker.notices});
        if (marker.kind == StepMarker::Kind::kStar) continue;
        if (const std::optional<SpecEntry> other = Find(marker.step)) {
          put.session = other->session;
          put.step = other->step;
        }
      }
      order.push_back(std::move(*entry));
    }
    return order;
  }

  // In isolationtester's order: the first session's step first.
  void PutAllOrders(SpecOrder so_far, std::vector<std::size_t> next) {
    bool is_over = true;
    for (std::size_t i = 0; i < plan_.sessions.size() && plan_.orders.size() <= kMostPermutations; ++i) {
      if (next[i] >= plan_.sessions[i].steps.size()) continue;
      is_over = false;
      SpecOrder longer = so_far;
      longer.push_back({i, next[i], {}});
      std::vector<std::size_t> then = next;
      ++then[i];
      PutAllOrders(std::move(longer), std::move(then));
    }
    if (is_over) plan_.orders.push_back(std::move(so_far));
  }

  const RaceFile& spec_;
  IsolationPlan plan_;
  std::vector<Mistake> mistakes_;
};

}  // namespace

std::variant<IsolationPlan, std::vector<Mistake>> PlanIsolationSpec(const RaceFile& spec) {
  return Planner(spec).Plan();
}

}  // namespace nextkey
