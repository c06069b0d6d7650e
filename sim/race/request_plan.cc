#include "sim/race/request_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "sim/race/did_you_mean.h"

namespace nextkey::race {
namespace {

// Each fix once: uses of uses must not grow without bound.
class ItemCollector {
 public:
  ItemCollector(const RaceFile& file, std::vector<Problem>& problems) : file_(file), problems_(problems) {}

  void Add(const Fix& fix) {
    open_.push_back(&fix);
    for (const FixItem& item : fix.items) {
      const auto* use = std::get_if<UseFix>(&item);
      if (use == nullptr) {
        items.push_back(&item);
      } else {
        Use(fix, use->fix);
      }
    }
    open_.pop_back();
    done_.insert(&fix);
  }

  std::vector<const FixItem*> items;

 private:
  void Use(const Fix& user, const Name& name) {
    const auto used = std::find_if(file_.fixes.begin(), file_.fixes.end(),
                                   [&](const Fix& other) { return other.name.text == name.text; });
    if (used == file_.fixes.end()) return;  // CheckNames tells.
    if (std::find(open_.begin(), open_.end(), &*used) != open_.end()) {
      // Told once, of the fix in the circle that stands first.
      const bool is_first =
          &*used == *std::min_element(open_.begin(), open_.end()) && &*used == open_.front();
      if (!is_first) return;
      const std::string way = &*used == &user ? "" : fmt::format(" by way of \"{}\"", user.name.text);
      problems_.push_back({name.offset, fmt::format("fix \"{}\" uses itself{}", used->name.text, way),
                           "Leave one `use` of the circle out."});
    } else if (!done_.contains(&*used)) {
      Add(*used);
    }
  }

  const RaceFile& file_;
  std::vector<Problem>& problems_;
  std::vector<const Fix*> open_;
  std::set<const Fix*> done_;
};

class Planner {
 public:
  Planner(const RaceFile& file, std::vector<Problem>& problems) : file_(file), problems_(problems) {
    for (const ClientTemplate& client : file.clients) {
      PlannedRequest request;
      for (const Step& step : client.steps) request.steps.push_back({step.name, &step.block, false});
      requests_.push_back(std::move(request));
    }
  }

  void Apply(const FixItem& item) {
    if (const auto* replace = std::get_if<ReplaceStep>(&item)) Replace(*replace);
    if (const auto* remove = std::get_if<RemoveStep>(&item)) Remove(*remove);
    if (const auto* insert = std::get_if<InsertBeside>(&item)) Insert(*insert);
    if (const auto* wrap = std::get_if<WrapSteps>(&item)) wraps_.push_back(wrap);
  }

  std::vector<PlannedRequest> Finish() {
    for (const WrapSteps* wrap : wraps_) Wrap(*wrap);
    return std::move(requests_);
  }

 private:
  struct Place {
    std::size_t client = 0;
    std::size_t step = 0;
  };

  std::optional<std::size_t> FindStep(std::size_t client, const std::string& name) const {
    const std::vector<PlannedStep>& steps = requests_[client].steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].name.text == name) return i;
    }
    return std::nullopt;
  }

  // Where a step is mentioned; a mistake when it is nowhere, or in several clients.
  std::optional<Place> Find(const StepRef& ref) {
    std::vector<Place> places;
    bool is_client_known = ref.client.text.empty();
    for (std::size_t client = 0; client < requests_.size(); ++client) {
      if (!ref.client.text.empty() && file_.clients[client].name.text != ref.client.text) continue;
      is_client_known = true;
      if (const auto step = FindStep(client, ref.step.text)) places.push_back({client, *step});
    }
    if (places.size() == 1) return places[0];
    if (!is_client_known) {
      problems_.push_back({ref.client.offset, fmt::format("unknown client \"{}\"", ref.client.text),
                           DidYouMean(ref.client.text, ClientNames())});
    } else if (places.empty()) {
      TellUnknown(ref);
    } else {
      problems_.push_back(
          {ref.step.offset, fmt::format("several clients have a step \"{}\"", ref.step.text),
           fmt::format("Say whose: {}.{}", file_.clients[places[0].client].name.text, ref.step.text)});
    }
    return std::nullopt;
  }

  void TellUnknown(const StepRef& ref) {
    if (removed_.contains(ref.step.text)) {
      problems_.push_back({ref.step.offset, fmt::format("step \"{}\" was removed by this fix", ref.step.text),
                           "Leave out the one or the other."});
      return;
    }
    std::vector<std::string> known;
    for (std::size_t client = 0; client < requests_.size(); ++client) {
      if (!ref.client.text.empty() && file_.clients[client].name.text != ref.client.text) continue;
      for (const PlannedStep& step : requests_[client].steps) known.push_back(step.name.text);
    }
    problems_.push_back({ref.step.offset, fmt::format("unknown step \"{}\"", ref.step.text),
                         DidYouMean(ref.step.text, known, "This client has no steps left.")});
  }

  std::vector<std::string> ClientNames() const {
    std::vector<std::string> names;
    for (const ClientTemplate& client : file_.clients) names.push_back(client.name.text);
    return names;
  }

  void Replace(const ReplaceStep& replace) {
    if (const auto at = Find(replace.step)) {
      PlannedStep& step = requests_[at->client].steps[at->step];
      step.block = &replace.block;
      step.is_of_fix = true;
    }
  }

  void Remove(const RemoveStep& remove) {
    const auto at = Find(remove.step);
    if (!at) return;
    std::vector<PlannedStep>& steps = requests_[at->client].steps;
    if (steps[at->step].is_of_fix) {
      problems_.push_back(
          {remove.step.step.offset,
           fmt::format("this fix removes step \"{}\", which it wrote itself", remove.step.step.text),
           "Leave out the one or the other."});
    }
    steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(at->step));
    removed_.insert(remove.step.step.text);
  }

  void Insert(const InsertBeside& insert) {
    const auto at = Find(insert.step);
    if (!at) return;
    if (FindStep(at->client, insert.inserted.name.text)) {
      problems_.push_back({insert.inserted.name.offset,
                           fmt::format("client \"{}\" has a step \"{}\" already",
                                       file_.clients[at->client].name.text, insert.inserted.name.text),
                           "Give the inserted step a name of its own."});
      return;
    }
    std::vector<PlannedStep>& steps = requests_[at->client].steps;
    const std::size_t place = at->step + (insert.is_before ? 0 : 1);
    steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(place),
                 {insert.inserted.name, &insert.inserted.block, true});
  }

  void Wrap(const WrapSteps& wrap) {
    const auto first = Find(wrap.first);
    const auto last = Find(wrap.last);
    if (!first || !last) return;
    if (first->client != last->client) {
      problems_.push_back({wrap.last.step.offset,
                           fmt::format("steps \"{}\" and \"{}\" belong to different clients",
                                       wrap.first.step.text, wrap.last.step.text),
                           "`around .. to ..` takes steps of one client."});
    } else if (first->step > last->step) {
      problems_.push_back(
          {wrap.last.step.offset,
           fmt::format("step \"{}\" comes before \"{}\"", wrap.last.step.text, wrap.first.step.text),
           fmt::format("Turn them round: around {} to {}", wrap.last.step.text, wrap.first.step.text)});
    } else {
      requests_[first->client].scopes.push_back({first->step, last->step, &wrap.enter, &wrap.leave});
    }
  }

  const RaceFile& file_;
  std::vector<Problem>& problems_;
  std::vector<PlannedRequest> requests_;
  std::vector<const WrapSteps*> wraps_;
  std::set<std::string> removed_;
};

}  // namespace

std::vector<const FixItem*> ItemsOf(const RaceFile& file, const Fix& fix, std::vector<Problem>& problems) {
  ItemCollector collector(file, problems);
  collector.Add(fix);
  return std::move(collector.items);
}

std::vector<PlannedRequest> PlanRequests(const RaceFile& file, const Fix* fix,
                                         std::vector<Problem>& problems) {
  Planner planner(file, problems);
  if (fix != nullptr) {
    for (const FixItem* item : ItemsOf(file, *fix, problems)) planner.Apply(*item);
  }
  return planner.Finish();
}

}  // namespace nextkey::race
