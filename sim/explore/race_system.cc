#include "sim/explore/race_system.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sim/explore/race_form.h"

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

}  // namespace

RaceSystem::RaceSystem(const Program& program, const RaceWorld& first, RaceSystemOptions options)
    : program_(program), options_(options), reads_(FindReads(program, first)) {
  reads_.scope.compares_arrivals = options.keeps_arrivals || !reads_.keeps_all_because.empty();
  has_always_ = std::any_of(program.invariants.begin(), program.invariants.end(),
                            [](const ProgramInvariant& invariant) { return invariant.is_always; });
}

RaceSystem::World RaceSystem::Root(RaceWorld first) const {
  World root{std::move(first), {}};
  if (has_always_) root.was_broken.assign(program_.invariants.size(), false);
  NoteBroken(root);
  return root;
}

void RaceSystem::ChoicesOf(const World& world, std::vector<Choice>& choices) const {
  choices = nextkey::ChoicesOf(world.race, program_);
}

void RaceSystem::Play(World& world, const Choice& choice, Scratch& scratch) const {
  PlayChoice(world.race, program_, choice, nullptr, &scratch.plans);
  NoteBroken(world);
  if (reads_.scope.compares_arrivals) return;
  for (const Server& server : world.race.servers) {
    if (server.state().locks.HasComparedRanks()) asks_for_arrivals_.store(true);
  }
}

void RaceSystem::NoteBroken(World& world) const {
  if (!has_always_) return;
  for (const BrokenInvariant& broken : BrokenInvariants(world.race, program_, InvariantsAsked::kAlwaysOnly))
    world.was_broken[broken.invariant] = true;
}

void RaceSystem::Describe(const World& world, StateDescription& description, Scratch& scratch) const {
  StateForm& form = scratch.form;
  PutRace(form, world.race, program_, reads_);
  for (const bool was_broken : world.was_broken) form.shared().Put(was_broken ? 1 : 0);
  const std::vector<StateForm::Actor>& actors = form.actors();
  const std::size_t count = actors.size();
  StateDescription::Places order(count);
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  const auto group_of = [&](std::uint16_t actor) {
    const bool is_client = actor < program_.clients.size();
    if (options_.sorts_clients && is_client) return program_.clients[actor].template_index;
    return static_cast<std::uint32_t>(program_.templates.size() + actor);
  };
  if (options_.sorts_clients) {
    std::stable_sort(order.begin(), order.end(), [&](std::uint16_t a, std::uint16_t b) {
      if (group_of(a) != group_of(b)) return group_of(a) < group_of(b);
      return actors[a] < actors[b];
    });
  }
  description.positions.resize(count);
  description.groups.resize(count);
  Canonical& all = scratch.all;
  all.Clear();
  all.Append(form.shared());
  const bool has_parts = reads_.keeps_all_because.empty();
  for (std::uint16_t i = 0; i < count; ++i) {
    const std::uint16_t actor = order[i];
    const bool is_equal = has_parts && i > 0 && group_of(actor) == group_of(order[i - 1]) &&
                          actors[actor] == actors[order[i - 1]];
    description.positions[actor] = i;
    description.groups[i] = is_equal ? description.groups[i - 1] : i;
    all.Put(actors[actor].own.bytes().size());
    all.Append(actors[actor].own);
    all.Put(actors[actor].places.size());
    for (const std::uint32_t place : actors[actor].places) all.Put(place);
  }
  description.fingerprint = all.Digest();
}

std::optional<std::uint32_t> RaceSystem::ActorOf(const Choice& choice) const {
  switch (choice.kind) {
    case ChoiceKind::kClient:
    case ChoiceKind::kTimer:
      return choice.actor;
    case ChoiceKind::kReplica:
      return std::nullopt;
    case ChoiceKind::kFault: {
      const FaultKind kind = program_.faults[choice.actor].kind;
      if (kind == FaultKind::kPause || kind == FaultKind::kDie) return choice.target;
      return std::nullopt;
    }
  }
  return std::nullopt;
}

RaceSystem::Outcome RaceSystem::OutcomeOf(const World& world) const {
  EndState end = EndOf(world.race, program_);
  for (std::uint32_t i = 0; i < world.was_broken.size(); ++i) {
    const bool is_known = std::any_of(end.broken.begin(), end.broken.end(),
                                      [&](const BrokenInvariant& broken) { return broken.invariant == i; });
    if (world.was_broken[i] && !is_known) end.broken.push_back({i, ""});
  }
  std::sort(end.broken.begin(), end.broken.end(),
            [](const BrokenInvariant& a, const BrokenInvariant& b) { return a.invariant < b.invariant; });
  std::string order = OrderOf(end);
  return {std::move(end), std::move(order)};
}

}  // namespace nextkey
