// A race's world that is played when somebody asks for it: a world, or an earlier one and the choice behind.
//
// A search often knows which state a choice leads to without making it (step_memory.h). Worlds that
// nobody looks at are then never made. Shared by several threads.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "sim/explore/search_play.h"
#include "sim/race/play.h"
#include "sim/race/world.h"
#include "txn/plan_cache.h"

namespace nextkey {

class LateWorld;
using LateWorldRef = std::shared_ptr<LateWorld>;

class LateWorld {
 public:
  explicit LateWorld(RaceWorld world) : world_(std::move(world)), is_there_(true) {}
  // Requires: `choice` can be made in the world before.
  LateWorld(LateWorldRef before, const Choice& choice) : before_(std::move(before)), choice_(choice) {}
  ~LateWorld();

  LateWorld(const LateWorld&) = delete;
  LateWorld& operator=(const LateWorld&) = delete;

  // Plays what is missing. The reference is good as long as the LateWorld.
  static const RaceWorld& Get(const LateWorldRef& late, const SearchPlay& play, PlanCache* plans);
  // The same as a value of one's own: not even a copy where nobody else has the LateWorld.
  static RaceWorld Take(LateWorldRef late, const SearchPlay& play, PlanCache* plans);

 private:
  bool IsThere() const { return is_there_.load(std::memory_order_acquire); }
  LateWorldRef Before();
  void Put(RaceWorld world);

  std::mutex mutex_;
  LateWorldRef before_;  // Null once the world is there.
  Choice choice_;
  std::optional<RaceWorld> world_;  // Never changes once it is there.
  std::atomic<bool> is_there_ = false;
};

}  // namespace nextkey
