#include "sim/race/permutation.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/race/scheduler.h"

namespace nextkey {
namespace {

struct EntryPlace {
  std::uint32_t client = 0;
  std::uint32_t step = 0;
};

class PermutationPlayer {
 public:
  PermutationPlayer(RaceWorld world, const Program& program) : program_(program), first_(world) {
    played_.world = std::move(world);
    goals_.resize(program.clients.size());
  }

  std::variant<PlayedPermutation, std::vector<Mistake>> Play(const Permutation& permutation) {
    for (const PermutationStep& entry : permutation.steps) {
      const std::optional<EntryPlace> place = Find(entry.step);
      if (!place || !PlayEntry(*place, entry.step)) return std::move(mistakes_);
    }
    if (!program_.file->title.text.empty()) PlayTheRest();
    played_.end = EndOfSchedule(std::move(first_), program_, played_.schedule);
    return std::move(played_);
  }

 private:
  void AddMistake(const Name& step, std::string message, std::string remedy) {
    const SourceFile& source = program_.file->source;
    mistakes_.push_back(
        MistakeAt(source.name, source.text, step.offset, std::move(message), std::move(remedy)));
  }

  static std::optional<std::uint32_t> StepOf(const ProgramTemplate& compiled, std::string_view name) {
    const auto found = std::find(compiled.steps.begin(), compiled.steps.end(), name);
    if (found == compiled.steps.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - compiled.steps.begin());
  }

  // `buyer2.read`, or `read` where one client alone has it.
  std::optional<EntryPlace> Find(const Name& name) {
    const std::size_t dot = name.text.rfind('.');
    if (dot != std::string::npos) {
      const auto client = program_.FindClient(name.text.substr(0, dot));
      const auto step =
          client ? StepOf(program_.TemplateOf(*client), name.text.substr(dot + 1)) : std::nullopt;
      if (step) return EntryPlace{*client, *step};
      AddMistake(name, fmt::format("there is no step \"{}\" of a client", name.text),
                 "Name a client and one of its steps, as in buyer2.read.");
      return std::nullopt;
    }
    std::optional<EntryPlace> found;
    for (std::uint32_t client = 0; client < program_.clients.size(); ++client) {
      const auto step = StepOf(program_.TemplateOf(client), name.text);
      if (!step) continue;
      if (found) {
        AddMistake(name, fmt::format("several clients have a step \"{}\"", name.text),
                   fmt::format("Write whose it is, as in {}.{}.", program_.clients[client].name, name.text));
        return std::nullopt;
      }
      found = EntryPlace{client, *step};
    }
    if (!found) AddMistake(name, fmt::format("there is no step \"{}\"", name.text), "");
    return found;
  }

  bool PlayEntry(EntryPlace place, const Name& name) {
    if (!WaitFor(place.client)) {
      AddMistake(name,
                 fmt::format("{} still waits when it should do \"{}\", and nothing will let it go",
                             program_.clients[place.client].name, name.text),
                 "Let another client end its wait first.");
      return false;
    }
    PlayedEntry entry{place.client, program_.TemplateOf(place.client).steps[place.step],
                      played_.schedule.choices.size(), 0, false};
    goals_[place.client] = place.step;
    RunToGoal(place.client);
    // What this let go does the rest of its own step.
    for (std::uint32_t client = 0; client < goals_.size(); ++client) {
      if (client != place.client) RunToGoal(client);
    }
    entry.end = played_.schedule.choices.size();
    entry.waits = IsWaiting(place.client);
    played_.entries.push_back(std::move(entry));
    return true;
  }

  const ClientState& StateOf(std::uint32_t client) const { return *played_.world.clients[client]; }
  bool IsWaiting(std::uint32_t client) const {
    const ClientPhase phase = StateOf(client).phase;
    return phase != ClientPhase::kReady && phase != ClientPhase::kInStatement && phase != ClientPhase::kDone;
  }

  void Play(const Choice& choice) {
    PlayChoice(played_.world, program_, choice, nullptr);
    played_.schedule.choices.push_back(choice);
  }

  // Its steps are whole ones: a statement that has stopped before a lock goes on.
  void RunToGoal(std::uint32_t client) {
    constexpr std::size_t kMostChoices = 100'000;
    while (goals_[client] && !IsWaiting(client) && StateOf(client).phase != ClientPhase::kDone &&
           played_.schedule.choices.size() < kMostChoices) {
      if (StateOf(client).phase == ClientPhase::kInStatement) {
        Play({ChoiceKind::kClient, client, 0});
        continue;
      }
      const Instruction* next = NextInstruction(played_.world, program_, client);
      if (next != nullptr && next->step > *goals_[client]) goals_[client].reset();
      if (next != nullptr && !goals_[client]) return;
      if (next != nullptr && std::holds_alternative<EndRequest>(next->what)) return;
      Play({ChoiceKind::kClient, client, 0});
    }
  }

  // Time passes until the client can act, or is done.
  bool WaitFor(std::uint32_t client) {
    while (IsWaiting(client)) {
      std::optional<Choice> timer;
      for (const Choice& choice : ChoicesAtRest()) {
        if (choice.kind == ChoiceKind::kTimer && (!timer || choice.actor == client)) timer = choice;
      }
      if (!timer) return false;
      Play(*timer);
      for (std::uint32_t other = 0; other < goals_.size(); ++other) RunToGoal(other);
    }
    return true;
  }

  std::vector<Choice> ChoicesAtRest() const { return ChoicesOf(played_.world, program_); }

  void PlayTheRest() {
    PlayedRace rest = PlayToEnd(played_.world, program_, Scheduler(SchedulerKind::kOneAfterTheOther));
    for (const Choice& choice : rest.schedule.choices) Play(choice);
  }

  const Program& program_;
  RaceWorld first_;
  PlayedPermutation played_;
  std::vector<std::optional<std::uint32_t>> goals_;  // The step that each client is to end.
  std::vector<Mistake> mistakes_;
};

}  // namespace

std::variant<PlayedPermutation, std::vector<Mistake>> PlayPermutation(RaceWorld world, const Program& program,
                                                                      const Permutation& permutation) {
  return PermutationPlayer(std::move(world), program).Play(permutation);
}

}  // namespace nextkey
