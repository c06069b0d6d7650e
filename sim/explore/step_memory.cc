#include "sim/explore/step_memory.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace nextkey {
namespace {

// Sums of digests tell what is in them, and how often; not in which order it came.
void Add(const Fingerprint& more, std::uint64_t times, Fingerprint& sum) {
  sum.high += more.high * times;
  sum.low += more.low * times;
}

// Where the result says what becomes of an actor; its size: nowhere.
std::uint16_t PlaceOf(const StepResult& result, const StepView& view, std::uint32_t actor) {
  if (actor == view.client) return 0;
  const auto found = std::find_if(result.actors.begin() + 1, result.actors.end(),
                                  [&](const ActorResult& one) { return one.look == view.looks[actor]; });
  return static_cast<std::uint16_t>(found - result.actors.begin());
}

}  // namespace

std::uint64_t StepMemory::WhoIs(std::uint32_t client) const {
  const bool may_begin_anew = program_.TemplateOf(client).retry.has_value();
  return (may_begin_anew ? std::uint64_t{client} + 1 : 0) << 16 | program_.clients[client].template_index;
}

StepSight StepMemory::SightOf(const ActorParts& client) const {
  const bool is_alone = client.own->outlook.uses_no_table && client.is_unseen && !rules_.reads_clock;
  return is_alone ? StepSight::kNobody : StepSight::kOutside;
}

void StepMemory::LookFrom(const StateParts& before, std::uint32_t client, StepSight sight,
                          StepView& view) const {
  view.client = client;
  view.sight = sight;
  if (sight != StepSight::kNobody) return LookAround(before, view);
  view.digest = DigestOf(std::array{static_cast<std::uint64_t>(sight), WhoIs(client),
                                    std::uint64_t{before.actors[client]->number}});
}

void StepMemory::LookAround(const StateParts& before, StepView& view) const {
  const std::size_t actors = before.actors.size();
  absl::InlinedVector<std::uint64_t, 8> begun;
  if (rules_.orders_begins) {
    begun.resize(actors, 0);
    for (std::size_t i = 0; i < before.begun.size(); ++i) begun[before.begun[i]] = i + 1;
  }
  const auto begun_as = [&](std::size_t actor) { return begun.empty() ? 0 : begun[actor]; };
  view.digest = DigestOf(std::array{static_cast<std::uint64_t>(view.sight), WhoIs(view.client),
                                    before.actors[view.client]->number | begun_as(view.client) << 32,
                                    before.shared.high, before.shared.low});
  view.looks.resize(actors);
  Look* const looks = view.looks.data();
  const ActorRef* const all = before.actors.data();
  for (std::size_t i = 0; i < actors; ++i) {
    const ActorParts& actor = *all[i];
    looks[i] = {};
    if (i == view.client || actor.is_unseen) continue;
    Look look{begun_as(i) << 32 | actor.sight, 0};
    if (view.sight == StepSight::kInside && actor.own->is_bound)
      look.inside = WhoIs(static_cast<std::uint32_t>(i)) << 32 | actor.own->number;
    looks[i] = look;
    const bool is_alike = !rules_.counts_alike && std::find(looks, looks + i, look) != looks + i;
    if (is_alike) continue;
    if (look.inside == 0) {
      Add(actor.sight_digest, 2 * begun_as(i) + 1, view.digest);
    } else {
      Add(DigestOf(std::array{look.outside, look.inside}), 1, view.digest);
    }
  }
}

const StepResult* StepMemory::Find(const StepView& view, Recent& recent) {
  Recent::Step& step = recent.PlaceOf(view.digest);
  if (step.result != nullptr && step.view == view.digest) {
    ++recent.uses_;
    return step.result;
  }
  Shard& shard = ShardOf(view);
  const std::lock_guard guard(shard.lock);
  shard.uses += std::exchange(recent.uses_, 0);
  const auto found = shard.by_view.find(view.digest);
  if (found == shard.by_view.end()) return nullptr;
  ++shard.uses;
  recent.Note({view.digest, found->second});
  return found->second;
}

void StepMemory::Recent::Note(const Step& step) {
  constexpr std::size_t kMost = 1 << 14;
  if (++missed_ > 2 * steps_.size() && steps_.size() < kMost) {
    const std::vector<Step> before = std::exchange(steps_, std::vector<Step>(2 * steps_.size()));
    for (const Step& one : before) PlaceOf(one.view) = one;
    missed_ = 0;
  }
  PlaceOf(step.view) = step;
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
  const std::lock_guard guard(shard.lock);
  if (shard.results.size() > kFirstResults + shard.uses || shard.by_view.contains(view.digest)) return;
  shard.results.push_back(std::move(result));
  shard.by_view.emplace(view.digest, &shard.results.back());
}

bool StepMemory::IsUnnoticed(const StepView& view, const StateParts& before, const StateParts& after) {
  bool is_unnoticed = before.shared == after.shared && before.begun == after.begun;
  for (std::size_t i = 0; i < before.actors.size(); ++i) {
    const ActorRef was = before.actors[i];
    const ActorRef is = after.actors[i];
    is_unnoticed &= i == view.client ? was->sight == is->sight : was == is;
  }
  return is_unnoticed;
}

StepResult StepMemory::ResultOf(const StepView& view, const StateParts& before,
                                const StateParts& after) const {
  const bool sees_nobody = view.sight == StepSight::kNobody;
  StepResult result;
  result.shared = after.shared;
  result.actors.push_back({{}, false, nullptr, nullptr, after.actors[view.client]});
  bool is_sound = !sees_nobody || (after.shared == before.shared && after.actors[view.client]->is_unseen);
  for (std::uint32_t i = 0; i < before.actors.size(); ++i) {
    if (i == view.client) continue;
    const ActorRef was = before.actors[i];
    const ActorRef is = after.actors[i];
    if (sees_nobody || view.looks[i].IsUnseen()) {
      is_sound &= is == was;
      continue;
    }
    const bool keeps_own = view.sight != StepSight::kInside || !was->own->is_bound;
    ActorResult out;
    out.look = view.looks[i];
    if (!keeps_own) {
      out.whole = is;
    } else if (is == was) {
      out.stays = true;
    } else {
      is_sound &= is->own == was->own;
      out.locks = is->locks;
      out.places = is->places;
    }
    // Those that look alike have to come out alike: the step can't tell which of them is which.
    const std::uint16_t place = PlaceOf(result, view, i);
    if (place == result.actors.size()) result.actors.push_back(out);
    is_sound &= result.actors[place] == out;
  }
  if (rules_.orders_begins && !sees_nobody) {
    for (const std::uint16_t actor : after.begun) {
      const std::uint16_t place = PlaceOf(result, view, actor);
      is_sound &= place < result.actors.size() &&
                  std::find(result.begun.begin(), result.begun.end(), place) == result.begun.end();
      result.begun.push_back(place);
    }
  }
  if (!is_sound) result.kind = StepKind::kNotKept;
  result.is_unnoticed = is_sound && IsUnnoticed(view, before, after);
  return result;
}

void StepMemory::Apply(const StepResult& result, const StepView& view, StateParts& parts,
                       RaceParts::Recent& recent) const {
  parts.actors[view.client] = result.actors.front().whole;
  if (view.sight == StepSight::kNobody) return;
  parts.shared = result.shared;
  parts.begun.clear();
  for (const std::uint16_t place : result.begun) {
    std::uint16_t actor = 0;
    while (PlaceOf(result, view, actor) != place) ++actor;
    parts.begun.push_back(actor);
  }
  const Look* look = view.looks.data();
  for (ActorRef& actor : parts.actors) {
    const Look& seen = *look++;
    if (seen.IsUnseen()) continue;
    const ActorResult* out_of_it = result.actors.data() + 1;
    while (out_of_it->look != seen) ++out_of_it;
    const ActorResult& out = *out_of_it;
    if (out.stays) continue;
    actor = out.whole != nullptr ? out.whole : parts_.ActorOf(out.locks, actor->own, out.places, recent);
  }
}

}  // namespace nextkey
