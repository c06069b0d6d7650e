// A race's world as a canonical form: what no future can tell apart is left out (program_reads.h).
//
// Actors are the clients in their order, then one for each replica. Clients of one template whose
// parts are equal are in the same place of everything: sorted, they make one state of many.
#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "sim/explore/program_reads.h"
#include "sim/race/program.h"
#include "sim/race/world.h"
#include "txn/state_form.h"

namespace nextkey {

// Clients whose own parts need not be written, because the caller has them: all but for their locks.
using KnownClients = absl::InlinedVector<bool, 16>;

void PutRace(StateForm& form, const RaceWorld& world, const Program& program, const ProgramReads& reads,
             const KnownClients& known = {});

}  // namespace nextkey
