#include "sim/explore/race_system.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sim/explore/race_form.h"
#include "sim/race/service_calls.h"

namespace nextkey {
namespace {

std::string OrderOf(const EndState& end) {
  // Ends with a broken invariant come first; most significant byte first, so that texts sort as numbers.
  std::string order(1, end.broken.empty() ? '1' : '0');
  const auto put = [&](std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) order.push_back(static_cast<char>(number >> shift & 0xFF));
  };
  put(end.broken.size());
  for (const BrokenInvariant& broken : end.broken) {
    put(broken.invariant);
    order += broken.why;
    order.push_back('\0');
  }
  for (const std::uint32_t count : end.counts.ended) put(count);
  put(end.counts.stuck);
  for (const Value& result : end.results) {
    put(static_cast<std::uint64_t>(result.kind()));
    if (result.kind() == ValueKind::kInt) put(static_cast<std::uint64_t>(result.AsInt()) ^ (1ULL << 63));
    order += result.ToText();
    order.push_back('\0');
  }
  return order;
}

// Whether all that can happen next follows from who is ready: no pause or wait ends by itself now.
bool TellsChoices(const StateParts& parts) {
  bool somebody_is_ready = false;
  bool somebody_has_deadline = false;
  for (const ActorRef actor : parts.actors) {
    const ClientOutlook& outlook = actor->own->outlook;
    if (outlook.deadline_is_now) return false;
    somebody_is_ready |= outlook.is_ready;
    somebody_has_deadline |= outlook.has_deadline;
  }
  return somebody_is_ready || !somebody_has_deadline;
}

OutcomeCounts CountOutcomes(const StateParts& parts) {
  OutcomeCounts counts;
  for (const ActorRef actor : parts.actors) {
    const std::optional<RequestEnd> end = actor->own->outlook.end;
    ++(end ? counts.ended[static_cast<std::size_t>(*end)] : counts.stuck);
  }
  return counts;
}

// Requires: `order` is canonical. `is_same` tells whether two actors are equal.
template <class Order, class IsSame>
void PutPlaces(const Order& order, IsSame is_same, StateDescription& description) {
  const auto count = static_cast<std::uint16_t>(order.size());
  if (description.positions.size() != count) {
    description.positions.resize(count);
    description.groups.resize(count);
  }
  std::uint16_t* const positions = description.positions.data();
  std::uint16_t* const groups = description.groups.data();
  const std::uint16_t* const actors = order.data();
  for (std::uint16_t i = 0; i < count; ++i) {
    positions[actors[i]] = i;
    groups[i] = i > 0 && is_same(actors[i], actors[i - 1]) ? groups[i - 1] : i;
  }
}

}  // namespace

RaceSystem::RaceSystem(const Program& program, const RaceWorld& first, RaceSystemOptions options)
    : program_(program), options_(options), reads_(FindReads(program, first)), play_(program, reads_) {
  reads_.scope.compares_arrivals = options.keeps_arrivals || !reads_.keeps_all_because.empty();
  has_always_ = std::any_of(program.invariants.begin(), program.invariants.end(),
                            [](const ProgramInvariant& invariant) { return invariant.is_always; });
  if (!CanReuseSteps(first)) return;
  const ServerState& server = first.servers.front().state();
  const auto tables = server.catalog.All();
  StepMemory::Rules rules;
  // Entries of secondary indexes tell which transactions began before their writer.
  rules.orders_begins =
      std::any_of(tables.begin(), tables.end(), [](const Table* table) { return table->trees.size() > 1; });
  // Weights of waits are cut off by the number of transactions.
  rules.reads_clock = reads_.scope.reads_clock;
  rules.counts_alike = server.dialect->queue_order == QueueOrder::kGrantedFirst;
  parts_ = std::make_unique<RaceParts>(program);
  memory_ = std::make_unique<StepMemory>(program, *parts_, rules);
}

// Where a step's outcome follows from the parts of the form that step_memory.h names.
bool RaceSystem::CanReuseSteps(const RaceWorld& first) const {
  const FormScope& scope = reads_.scope;
  if (!options_.reuses_steps || !reads_.keeps_all_because.empty() || has_always_) return false;
  if (!program_.faults.empty() || first.servers.size() != 1) return false;
  const RaceOptions& how = program_.options;
  if (how.granularity == Granularity::kRow || how.timing == Timing::kAny || how.purge == PurgeMode::kChoice)
    return false;
  if (scope.defines_tables || scope.locks_whole_tables || scope.uses_named_locks) return false;
  // Hidden row ids come from a counter that no state keeps; MyISAM has locks of another kind.
  const auto tables = first.servers.front().state().catalog.All();
  return std::all_of(tables.begin(), tables.end(), [](const Table* table) {
    return table->def->engine == StorageEngine::kInnoDb && !table->def->HasHiddenRowId();
  });
}

RaceSystem::World RaceSystem::Root(RaceWorld first) const {
  World root;
  play_.ForgetSnapshots(first);
  if (memory_ != nullptr) {
    Scratch scratch;
    root.parts = PartsOf(first, scratch, {}, {});
  }
  // Nothing asks for them: such a race keeps all.
  for (Server& server : first.servers) server.SetKeepsLatestErrors(!reads_.keeps_all_because.empty());
  if (has_always_) root.was_broken.assign(program_.invariants.size(), false);
  NoteBroken(first, root.was_broken, nullptr);
  root.race = LateRace(std::move(first));
  return root;
}

StateParts RaceSystem::PartsOf(const RaceWorld& race, Scratch& scratch, const KnownClients& known,
                               const StateParts& before) const {
  PutRace(scratch.form, race, program_, reads_, known);
  StateParts parts = parts_->PartsOf(scratch.form, race, known, before);
  Sort(parts);
  return parts;
}

void RaceSystem::ChoicesOf(const World& world, std::vector<Choice>& choices) const {
  world.race.Settle();  // Who asks goes on from here, by more than one choice.
  if (memory_ == nullptr || !TellsChoices(world.parts)) {
    choices = nextkey::ChoicesOf(RaceOf(world), program_);
    return;
  }
  choices.clear();
  for (std::uint32_t client = 0; client < world.parts.actors.size(); ++client) {
    if (world.parts.actors[client]->own->outlook.is_ready)
      choices.push_back({ChoiceKind::kClient, client, 0});
  }
}

void RaceSystem::Play(World& world, const Choice& choice, Scratch& scratch) const {
  bool may_know = memory_ != nullptr && choice.kind == ChoiceKind::kClient;
  if (may_know) {
    const ClientOutlook& outlook = world.parts.actors[choice.actor]->own->outlook;
    may_know = outlook.sends_sql || outlook.asks_node;
  }
  if (!may_know) {
    PlayNow(world, choice, scratch);
  } else if (!PlayFromMemory(world, choice, scratch)) {
    PlayAndKeep(world, choice, scratch);
  }
}

bool RaceSystem::IsForItself(const World& world, const Choice& choice, Scratch& scratch) const {
  if (memory_ == nullptr || choice.kind != ChoiceKind::kClient) return false;
  const ActorParts& client = *world.parts.actors[choice.actor];
  const ClientOutlook& outlook = client.own->outlook;
  if (outlook.sends_sql) return memory_->SightOf(client) == StepSight::kNobody;
  if (!outlook.lets_go) return false;
  // Nobody else can set a lock in its name: what it does not find now it would not find later.
  memory_->LookFrom(world.parts, choice.actor, StepSight::kOutside, scratch.view);
  if (const StepResult* known = memory_->Find(scratch.view, scratch.recent_steps)) return known->is_unnoticed;
  const RaceWorld& race = RaceOf(world);
  const Instruction* next = NextInstruction(race, program_, choice.actor);
  return IsCallInVain(race, program_, choice.actor, std::get<CallService>(next->what));
}

bool RaceSystem::PlayFromMemory(World& world, const Choice& choice, Scratch& scratch) const {
  StepView& view = scratch.view;
  const StepSight sight = memory_->SightOf(*world.parts.actors[choice.actor]);
  memory_->LookFrom(world.parts, choice.actor, sight, view);
  const StepResult* known = memory_->Find(view, scratch.recent_steps);
  if (known != nullptr && known->kind == StepKind::kLetsOthersGoOn) {
    memory_->LookFrom(world.parts, choice.actor, StepSight::kInside, view);
    known = memory_->Find(view, scratch.recent_steps);
  }
  if (known == nullptr || known->kind == StepKind::kNotKept) return false;
  memory_->Apply(*known, view, world.parts, scratch.recent_actors);
  Sort(world.parts);
  world.race.PutOff(choice);
  // Here the plans of before are at hand.
  if (!TellsChoices(world.parts)) world.race.Get(play_, &scratch.plans);
  return true;
}

// Requires: PlayFromMemory has just looked for it in vain.
void RaceSystem::PlayAndKeep(World& world, const Choice& choice, Scratch& scratch) const {
  StepView& view = scratch.view;
  const StateParts before = world.parts;
  const bool others_go_on = PlayNow(world, choice, scratch);
  if (others_go_on && view.sight != StepSight::kInside) {
    memory_->PutLetsOthersGoOn(view);
    memory_->LookFrom(before, choice.actor, StepSight::kInside, view);
  }
  memory_->Put(view, before, world.parts);
}

// -> whether it let somebody else's statement go on.
bool RaceSystem::PlayNow(World& world, const Choice& choice, Scratch& scratch) const {
  RaceWorld race = world.race.Take(play_, &scratch.plans);
  std::optional<OwnSources> sources;
  if (memory_ != nullptr && choice.kind == ChoiceKind::kClient) sources.emplace(race, choice.actor);
  const bool others_go_on = play_.Play(race, choice, &scratch.plans);
  NoteBroken(race, world.was_broken, &scratch.plans);
  if (memory_ != nullptr) {
    const KnownClients known = sources ? sources->UnchangedIn(race) : KnownClients{};
    world.parts = PartsOf(race, scratch, known, world.parts);
  }
  if (!reads_.scope.compares_arrivals) {
    for (const Server& server : race.servers) {
      if (server.state().locks.HasComparedRanks()) asks_for_arrivals_.store(true);
    }
  }
  world.race = LateRace(std::move(race));
  return others_go_on;
}

// Equal actors stand in the order of their numbers.
void RaceSystem::Sort(StateParts& parts) const {
  auto& order = parts.order;
  if (order.empty()) {
    order.resize(parts.actors.size());
    std::iota(order.begin(), order.end(), std::uint16_t{0});
  }
  if (!options_.sorts_clients) return;
  const auto comes_before = [&](std::uint16_t a, std::uint16_t b) {
    if (GroupOf(a) != GroupOf(b)) return GroupOf(a) < GroupOf(b);
    if (parts.actors[a] == parts.actors[b]) return a < b;
    return ComesBefore(*parts.actors[a], *parts.actors[b]);
  };
  // Few of them have moved.
  for (std::size_t i = 1; i < order.size(); ++i) {
    const std::uint16_t actor = order[i];
    std::size_t place = i;
    for (; place > 0 && comes_before(actor, order[place - 1]); --place) order[place] = order[place - 1];
    order[place] = actor;
  }
}

void RaceSystem::NoteBroken(const RaceWorld& race, std::vector<bool>& was_broken, PlanCache* plans) const {
  if (!has_always_) return;
  for (const BrokenInvariant& broken : BrokenInvariants(race, program_, InvariantsAsked::kAlwaysOnly, plans))
    was_broken[broken.invariant] = true;
}

// Those of one template may stand in each other's place.
std::uint32_t RaceSystem::GroupOf(std::uint16_t actor) const {
  const bool is_client = actor < program_.clients.size();
  if (options_.sorts_clients && is_client) return program_.clients[actor].template_index;
  return static_cast<std::uint32_t>(program_.templates.size() + actor);
}

void RaceSystem::Describe(const World& world, StateDescription& description, Scratch& scratch) const {
  if (memory_ == nullptr) return DescribeForm(world, description, scratch);
  DescribeParts(world.parts, description, scratch);
}

void RaceSystem::DescribeParts(const StateParts& parts, StateDescription& description,
                               Scratch& scratch) const {
  const ActorRef* const actors = parts.actors.data();
  scratch.digests.resize(2 * parts.order.size() + 2);
  std::uint64_t* next = scratch.digests.data();
  const auto put = [&next](const Fingerprint& digest) {
    *next++ = digest.high;
    *next++ = digest.low;
  };
  put(parts.shared);
  for (const std::uint16_t actor : parts.order) put(actors[actor]->digest);
  description.fingerprint = DigestOf(scratch.digests);
  // Actors of two groups are never the same: their own parts are different objects.
  const auto is_same = [&](std::uint16_t a, std::uint16_t b) {
    return options_.sorts_clients && actors[a] == actors[b];
  };
  PutPlaces(parts.order, is_same, description);
}

void RaceSystem::DescribeForm(const World& world, StateDescription& description, Scratch& scratch) const {
  StateForm& form = scratch.form;
  PutRace(form, RaceOf(world), program_, reads_);
  for (const bool was_broken : world.was_broken) form.shared().Put(was_broken ? 1 : 0);
  const std::vector<StateForm::Actor>& actors = form.actors();
  StateDescription::Places order(actors.size());
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  if (options_.sorts_clients) {
    std::stable_sort(order.begin(), order.end(), [&](std::uint16_t a, std::uint16_t b) {
      if (GroupOf(a) != GroupOf(b)) return GroupOf(a) < GroupOf(b);
      return actors[a] < actors[b];
    });
  }
  Canonical& all = scratch.all;
  all.Clear();
  all.Append(form.shared());
  for (const std::uint16_t actor : order) {
    const StateForm::Actor& one = actors[actor];
    for (const Canonical* piece : {&one.locks, &one.own}) {
      all.Put(piece->bytes().size());
      all.Append(*piece);
    }
    all.Put(one.places.size());
    for (const std::uint32_t place : one.places) all.Put(place);
  }
  description.fingerprint = all.Digest();
  const bool has_parts = reads_.keeps_all_because.empty();
  PutPlaces(
      order,
      [&](std::uint16_t a, std::uint16_t b) {
        return has_parts && GroupOf(a) == GroupOf(b) && actors[a] == actors[b];
      },
      description);
}

RaceSystem::Outcome RaceSystem::OutcomeOf(const World& world, Scratch& scratch) const {
  if (memory_ == nullptr) return OutcomeOf(RaceOf(world), world.was_broken, scratch.plans);
  const std::pair key(world.parts.shared, CountOutcomes(world.parts));
  {
    const std::lock_guard guard(outcomes_mutex_);
    if (const auto known = outcomes_.find(key); known != outcomes_.end()) return known->second;
  }
  Outcome outcome = OutcomeOf(RaceOf(world), world.was_broken, scratch.plans);
  const std::lock_guard guard(outcomes_mutex_);
  return outcomes_.emplace(key, std::move(outcome)).first->second;
}

RaceSystem::Outcome RaceSystem::OutcomeOf(const RaceWorld& race, const std::vector<bool>& was_broken,
                                          PlanCache& plans) const {
  EndState end = EndOf(race, program_, &plans);
  for (std::uint32_t i = 0; i < was_broken.size(); ++i) {
    const bool is_known = std::any_of(end.broken.begin(), end.broken.end(),
                                      [&](const BrokenInvariant& broken) { return broken.invariant == i; });
    if (was_broken[i] && !is_known) end.broken.push_back({i, ""});
  }
  std::sort(end.broken.begin(), end.broken.end(),
            [](const BrokenInvariant& a, const BrokenInvariant& b) { return a.invariant < b.invariant; });
  std::string order = OrderOf(end);
  return {std::move(end), std::move(order)};
}

}  // namespace nextkey
