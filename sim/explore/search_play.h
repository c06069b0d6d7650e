// Plays choices for a search: as PlayChoice does, and without the snapshots that no statement will read.
//
// A snapshot keeps old versions of rows, and where it stands among them makes a state. A transaction that
// has only locking statements before it does the same without one, as long as it deletes nothing: then
// purge takes old versions away and changes no lock. Worlds that a search comes through are for it
// alone; who wants to show a schedule plays it with PlayChoice.
#pragma once

#include "sim/explore/program_reads.h"
#include "sim/race/play.h"
#include "sim/race/program.h"
#include "sim/race/world.h"
#include "txn/plan_cache.h"

namespace nextkey {

class SearchPlay {
 public:
  SearchPlay(const Program& program, const ProgramReads& reads) : program_(program), reads_(reads) {}

  const Program& program() const { return program_; }
  // Requires: the choice can be made. -> whether it let somebody else's statement go on.
  bool Play(RaceWorld& world, const Choice& choice, PlanCache* plans) const;
  // Drops the snapshots of a world that was played otherwise.
  void ForgetSnapshots(RaceWorld& world) const;

 private:
  const Program& program_;
  const ProgramReads& reads_;
};

}  // namespace nextkey
