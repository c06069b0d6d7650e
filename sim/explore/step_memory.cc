#include "sim/explore/step_memory.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace nextkey {
namespace {

// How an actor looks to others.
struct Sight {
  std::uint64_t locks = 0;
  std::uint64_t exposed = 0;
  std::uint64_t places = 0;
  std::uint64_t inside = 0;  // Where all of it is looked at.
  std::uint64_t begun = 0;   // The how-many-th to begin; 0: it has not, or that makes no difference.
  std::uint16_t actor = 0;

  auto Key() const { return std::tie(begun, locks, exposed, places, inside); }
};

}  // namespace

std::uint64_t StepMemory::WhoIs(std::uint32_t client) const {
  const bool may_begin_anew = program_.TemplateOf(client).retry.has_value();
  return (may_begin_anew ? std::uint64_t{client} + 1 : 0) << 16 | program_.clients[client].template_index;
}

StepSight StepMemory::SightOf(const ActorParts& client) const {
  const bool is_alone = client.own->outlook.uses_no_table && client.IsUnseen() && !rules_.reads_clock;
  return is_alone ? StepSight::kNobody : StepSight::kOutside;
}

void StepMemory::Look(const StateParts& before, std::uint32_t client, StepSight sight, StepView& view,
                      Canonical& scratch) const {
  const ActorParts& own = before.actors[client];
  scratch.Clear();
  scratch.Put(static_cast<std::uint64_t>(sight));
  scratch.Put(WhoIs(client));
  scratch.Put(std::uint64_t{own.locks->number} << 32 | own.own->number);
  view.sight = sight;
  view.places = 1;
  view.place_of.assign(before.actors.size(), StepView::kUnseen);
  view.place_of[client] = 0;
  if (sight != StepSight::kNobody) LookAround(before, client, view, scratch);
  view.digest = scratch.Digest();
}

void StepMemory::LookAround(const StateParts& before, std::uint32_t client, StepView& view,
                            Canonical& scratch) const {
  absl::InlinedVector<std::uint64_t, 8> begun(before.actors.size(), 0);
  if (rules_.orders_begins) {
    for (std::size_t i = 0; i < before.begun.size(); ++i) begun[before.begun[i]] = i + 1;
  }
  absl::InlinedVector<Sight, 8> others;
  for (std::uint16_t i = 0; i < before.actors.size(); ++i) {
    const ActorParts& actor = before.actors[i];
    if (i == client || actor.IsUnseen()) continue;
    std::uint64_t inside = 0;
    if (view.sight == StepSight::kInside && actor.own->is_bound) inside = WhoIs(i) << 32 | actor.own->number;
    others.push_back({actor.locks->number, actor.own->exposed, actor.places->number, inside, begun[i], i});
  }
  std::sort(others.begin(), others.end(), [](const Sight& a, const Sight& b) { return a.Key() < b.Key(); });

  scratch.Put(before.shared.high);
  scratch.Put(before.shared.low);
  scratch.Put(std::uint64_t{before.actors[client].places->number} << 32 | begun[client]);
  for (std::size_t i = 0; i < others.size(); ++i) {
    const Sight& other = others[i];
    const bool is_alike = i > 0 && other.Key() == others[i - 1].Key();
    if (!is_alike || rules_.counts_alike) {
      scratch.Put(other.exposed);
      if (view.sight == StepSight::kInside) scratch.Put(other.inside);
      scratch.Put(other.locks << 32 | other.places);
      if (rules_.orders_begins) scratch.Put(other.begun);
      ++view.places;
    }
    view.place_of[other.actor] = static_cast<std::uint16_t>(view.places - 1);
  }
}

const StepResult* StepMemory::Find(const StepView& view) {
  Shard& shard = ShardOf(view);
  const std::lock_guard guard(shard.mutex);
  const auto found = shard.by_view.find(view.digest);
  if (found == shard.by_view.end()) return nullptr;
  ++shard.uses;
  return found->second;
}

void StepMemory::Put(const StepView& view, const StateParts& before, const StateParts& after) {
  Keep(view, ResultOf(view, before, after));
}

void StepMemory::PutLetsOthersGoOn(const StepView& view) {
  StepResult result;
  result.kind = StepKind::kLetsOthersGoOn;
  Keep(view, std::move(result));
}

void StepMemory::Keep(const StepView& view, StepResult result) {
  Shard& shard = ShardOf(view);
  const std::lock_guard guard(shard.mutex);
  if (shard.results.size() > kFirstResults + shard.uses || shard.by_view.contains(view.digest)) return;
  shard.results.push_back(std::move(result));
  shard.by_view.emplace(view.digest, &shard.results.back());
}

bool StepMemory::IsUnnoticed(const StepView& view, const StateParts& before, const StateParts& after) {
  bool is_unnoticed = before.shared == after.shared && before.begun == after.begun;
  for (std::size_t actor = 0; actor < before.actors.size(); ++actor) {
    const ActorParts& one = before.actors[actor];
    const ActorParts& same = after.actors[actor];
    const bool is_client = view.place_of[actor] == 0;
    is_unnoticed &= one.locks == same.locks && one.places == same.places &&
                    (is_client ? one.own->exposed == same.own->exposed : one.own == same.own);
  }
  return is_unnoticed;
}

StepResult StepMemory::ResultOf(const StepView& view, const StateParts& before,
                                const StateParts& after) const {
  StepResult result;
  bool is_sound = view.sight != StepSight::kNobody || after.shared == before.shared;
  result.shared = after.shared;
  result.actors.resize(view.places);
  for (std::uint16_t actor = 0; actor < view.place_of.size(); ++actor) {
    const std::uint16_t place = view.place_of[actor];
    ActorParts parts = after.actors[actor];
    if (place == StepView::kUnseen) {
      is_sound &= parts == before.actors[actor];
      continue;
    }
    const bool stays = place > 0 && (view.sight != StepSight::kInside || !before.actors[actor].own->is_bound);
    if (view.sight == StepSight::kNobody) is_sound &= parts.IsUnseen();
    if (stays) {
      is_sound &= parts.own == before.actors[actor].own;
      parts.own = nullptr;
    }
    // Those that look alike have to come out alike: the step can't tell which of them is which.
    ActorParts& known = result.actors[place];
    is_sound &= known.places == nullptr || known == parts;
    known = parts;
  }
  if (!is_sound) result.kind = StepKind::kNotKept;
  result.is_unnoticed = is_sound && IsUnnoticed(view, before, after);
  if (!rules_.orders_begins || view.sight == StepSight::kNobody) return result;
  for (const std::uint16_t actor : after.begun) result.begun.push_back(view.place_of[actor]);
  return result;
}

void StepMemory::Apply(const StepResult& result, const StepView& view, StateParts& parts) {
  if (view.sight == StepSight::kNobody) {
    const auto client = std::find(view.place_of.begin(), view.place_of.end(), 0);
    parts.actors[static_cast<std::size_t>(client - view.place_of.begin())] = result.actors[0];
    return;
  }
  parts.shared = result.shared;
  parts.begun.clear();
  for (std::uint16_t actor = 0; actor < view.place_of.size(); ++actor) {
    const std::uint16_t place = view.place_of[actor];
    if (place == StepView::kUnseen) continue;
    const OwnPart* own = parts.actors[actor].own;
    parts.actors[actor] = result.actors[place];
    if (parts.actors[actor].own == nullptr) parts.actors[actor].own = own;
  }
  for (const std::uint16_t place : result.begun) {
    const auto actor = std::find(view.place_of.begin(), view.place_of.end(), place);
    parts.begun.push_back(static_cast<std::uint16_t>(actor - view.place_of.begin()));
  }
}

}  // namespace nextkey
