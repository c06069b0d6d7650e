#include "sim/explore/late_world.h"

#include <utility>
#include <vector>

namespace nextkey {

// Takes a long way apart without recursion.
LateWorld::~LateWorld() {
  LateWorldRef next = std::move(before_);
  while (next != nullptr && next.use_count() == 1) {
    LateWorldRef further = std::move(next->before_);
    next = std::move(further);
  }
}

LateWorldRef LateWorld::Before() {
  const std::lock_guard guard(mutex_);
  return before_;
}

void LateWorld::Put(RaceWorld world) {
  LateWorldRef before;  // Goes when nothing is locked any more.
  const std::lock_guard guard(mutex_);
  if (IsThere()) return;
  world_ = std::make_unique<RaceWorld>(std::move(world));
  before = std::move(before_);
  is_there_.store(true, std::memory_order_release);
}

const RaceWorld& LateWorld::Get(const LateWorldRef& late, const SearchPlay& play, PlanCache* plans) {
  if (late->IsThere()) return *late->world_;
  std::vector<LateWorldRef> way = {late};
  while (LateWorldRef before = way.back()->Before()) way.push_back(std::move(before));
  RaceWorld world = *way.back()->world_;
  while (way.size() > 1) {
    way.pop_back();
    play.Play(world, way.back()->choice_, plans);
    // Besides the way and the next one on it somebody else will ask for it, too.
    constexpr long kOwners = 2;
    if (way.size() > 1 && way.back().use_count() > kOwners) way.back()->Put(world);
  }
  late->Put(std::move(world));
  return *late->world_;
}

RaceWorld LateWorld::Take(LateWorldRef late, const SearchPlay& play, PlanCache* plans) {
  const RaceWorld& world = Get(late, play, plans);
  if (late.use_count() == 1) return std::move(*late->world_);
  return world;
}

}  // namespace nextkey
