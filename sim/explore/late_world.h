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
  explicit LateWorld(RaceWorld world)
      : world_(std::make_unique<RaceWorld>(std::move(world))), is_there_(true) {}
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
  std::unique_ptr<RaceWorld> world_;  // Never changes once it is there.
  std::atomic<bool> is_there_ = false;
};

// A state's world, perhaps with one choice behind it that is still to be made: most states that a search
// comes to it has met before, and drops. A value; for one thread at a time.
class LateRace {
 public:
  LateRace() = default;
  explicit LateRace(RaceWorld world) : at_(std::make_shared<LateWorld>(std::move(world))) {}

  // Puts the choice off. Requires: it can be made.
  void PutOff(const Choice& choice) {
    Settle();
    put_off_ = choice;
  }
  // From here on copies share what is put off, and whoever plays it plays it for all of them.
  void Settle() const {
    if (!put_off_) return;
    at_ = std::make_shared<LateWorld>(std::move(at_), *put_off_);
    put_off_.reset();
  }
  // Good as long as this value, or a copy of it that was made since.
  const RaceWorld& Get(const SearchPlay& play, PlanCache* plans) const {
    Settle();
    return LateWorld::Get(at_, play, plans);
  }
  // Leaves nothing behind.
  RaceWorld Take(const SearchPlay& play, PlanCache* plans) {
    Settle();
    return LateWorld::Take(std::move(at_), play, plans);
  }

 private:
  mutable LateWorldRef at_;
  mutable std::optional<Choice> put_off_;
};

}  // namespace nextkey
