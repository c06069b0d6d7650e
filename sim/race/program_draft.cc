#include "sim/race/program_draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nextkey {
namespace {

struct StepPlace {
  std::size_t template_index = 0;
  std::size_t step = 0;
};

class FixApplier {
 public:
  FixApplier(RaceDraft& draft, const RaceFile& file, std::vector<Mistake>& mistakes)
      : draft_(draft), file_(file), mistakes_(mistakes) {}

  void Apply(const Fix& fix) {
    open_.push_back(fix.name.text);
    for (const FixItem& item : fix.items) {
      std::visit([this](const auto& one) { Do(one); }, item);
    }
    open_.pop_back();
  }

  void Apply(const Name& name) {
    const auto found = std::find_if(file_.fixes.begin(), file_.fixes.end(),
                                    [&](const Fix& fix) { return fix.name.text == name.text; });
    if (found == file_.fixes.end()) {
      AddMistake(name.offset, fmt::format("there is no fix \"{}\"", name.text), "");
    } else if (std::find(open_.begin(), open_.end(), name.text) != open_.end()) {
      AddMistake(name.offset, fmt::format("the fix \"{}\" uses itself", name.text), "Remove this line.");
    } else {
      Apply(*found);
    }
  }

 private:
  void AddMistake(std::size_t offset, std::string message, std::string remedy) {
    mistakes_.push_back(
        MistakeAt(file_.source.name, file_.source.text, offset, std::move(message), std::move(remedy)));
  }

  std::optional<std::size_t> StepIn(const DraftTemplate& drafted, const std::string& name) const {
    for (std::size_t i = 0; i < drafted.steps.size(); ++i) {
      if (drafted.steps[i].name.text == name) return i;
    }
    return std::nullopt;
  }

  std::optional<StepPlace> Find(const StepRef& step) {
    std::vector<StepPlace> found;
    for (std::size_t i = 0; i < draft_.templates.size(); ++i) {
      const DraftTemplate& drafted = draft_.templates[i];
      if (!step.client.text.empty() && drafted.source->name.text != step.client.text) continue;
      if (const auto place = StepIn(drafted, step.step.text)) found.push_back({i, *place});
    }
    if (found.size() == 1) return found.front();
    if (found.empty()) {
      AddMistake(step.step.offset, fmt::format("there is no step \"{}\"", step.step.text),
                 "Name one of the steps of a client.");
    } else {
      AddMistake(
          step.step.offset, fmt::format("several clients have a step \"{}\"", step.step.text),
          fmt::format("Write whose it is, as in {}.{}.",
                      draft_.templates[found.front().template_index].source->name.text, step.step.text));
    }
    return std::nullopt;
  }

  DraftStep& At(StepPlace place) { return draft_.templates[place.template_index].steps[place.step]; }

  void Do(const ReplaceStep& item) {
    if (const auto place = Find(item.step)) {
      At(*place).block = item.block;
      At(*place).is_removed = false;
    }
  }

  void Do(const RemoveStep& item) {
    if (const auto place = Find(item.step)) At(*place).is_removed = true;
  }

  void Do(const InsertBeside& item) {
    const auto place = Find(item.step);
    if (!place) return;
    DraftTemplate& drafted = draft_.templates[place->template_index];
    if (StepIn(drafted, item.inserted.name.text)) {
      AddMistake(item.inserted.name.offset,
                 fmt::format("there is a step \"{}\" already", item.inserted.name.text),
                 "Give the inserted step a name of its own.");
      return;
    }
    const std::size_t at = place->step + (item.is_before ? 0 : 1);
    drafted.steps.insert(drafted.steps.begin() + static_cast<std::ptrdiff_t>(at),
                         DraftStep{item.inserted.name, item.inserted.block, false});
    for (DraftWrap& wrap : drafted.wraps) {
      if (wrap.first >= at) ++wrap.first;
      if (wrap.last >= at) ++wrap.last;
    }
  }

  void Do(const WrapSteps& item) {
    StepRef first_ref = item.first;
    StepRef last_ref = item.last;
    if (first_ref.client.text.empty()) first_ref.client = last_ref.client;
    const auto first = Find(first_ref);
    if (!first) return;
    if (last_ref.client.text.empty()) {
      last_ref.client = draft_.templates[first->template_index].source->name;
    }
    const auto last = Find(last_ref);
    if (!last) return;
    if (first->template_index != last->template_index || last->step < first->step) {
      AddMistake(item.last.step.offset,
                 fmt::format("\"{}\" does not come after \"{}\"", item.last.step.text, item.first.step.text),
                 "Name the first and the last step of one client, in their order.");
      return;
    }
    DraftTemplate& drafted = draft_.templates[first->template_index];
    for (const DraftWrap& other : drafted.wraps) {
      const bool crosses =
          (other.first < first->step && first->step <= other.last && other.last < last->step) ||
          (first->step < other.first && other.first <= last->step && last->step < other.last);
      if (!crosses) continue;
      AddMistake(item.first.step.offset, "this `around` begins inside of another one and ends outside of it",
                 "Let one of them stand wholly around the other.");
      return;
    }
    drafted.wraps.push_back({first->step, last->step, item.enter, item.leave});
  }

  void Do(const MoreSetup& item) { draft_.setup.push_back(&item.block); }
  void Do(const SetIsolation& item) {
    for (DraftTemplate& drafted : draft_.templates) drafted.isolation = item.level;
  }
  void Do(const SetRetry& item) {
    for (DraftTemplate& drafted : draft_.templates) drafted.retry = item.retry;
  }
  void Do(const SetServer& item) { draft_.server.push_back(item); }
  void Do(const SetProcesses& item) { draft_.processes = &item.count; }
  void Do(const UseFix& item) { Apply(item.fix); }

  RaceDraft& draft_;
  const RaceFile& file_;
  std::vector<Mistake>& mistakes_;
  std::vector<std::string> open_;  // The fixes at work, one uses the next.
};

}  // namespace

RaceDraft DraftOf(const RaceFile& file) {
  RaceDraft draft;
  for (const ClientTemplate& client : file.clients) {
    DraftTemplate drafted;
    drafted.source = &client;
    for (const Step& step : client.steps) drafted.steps.push_back({step.name, step.block, false});
    drafted.retry = client.retry;
    drafted.isolation = client.isolation;
    draft.templates.push_back(std::move(drafted));
  }
  for (const Block& block : file.setup) draft.setup.push_back(&block);
  draft.server = file.server;
  if (file.processes) draft.processes = &*file.processes;
  return draft;
}

void ApplyFix(RaceDraft& draft, const RaceFile& file, std::string_view fix, std::vector<Mistake>& mistakes) {
  FixApplier(draft, file, mistakes).Apply(Name{std::string(fix), 0});
}

}  // namespace nextkey
