// Plays a spec of PostgreSQL's isolationtester, and writes what it did in that program's format.
//
// As there, a spec is played on one server, its permutations one after the other, each with set-up and
// teardown around it; a spec without permutations is played in every order of its steps. A step is a
// list of statements: an error ends it. A session that is named while it waits is waited for: here
// that costs no time, as the clock is virtual, and a lock wait may time out meanwhile. Markers decide
// when a step is reported as completed: `(*)` not at once, `(other)` not before the other step,
// `(other notices n)` not before the other's session has had n more warnings. Source: PostgreSQL's
// src/test/isolation/README and isolationtester.c.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "sim/mistake.h"
#include "sim/race/ast.h"
#include "txn/server.h"

namespace nextkey {

struct IsolationOptions {
  PurgeMode purge = PurgeMode::kEager;
};

// A file of isolationtester's own items alone: sessions, and no name of a race.
bool IsIsolationSpec(const RaceFile& file);

// Mistakes: a step that holds more than SQL, a set-up that fails or waits, too many orders, steps that
// block each other for ever.
std::variant<std::string, std::vector<Mistake>> PlayIsolationSpec(const RaceFile& spec,
                                                                  const IsolationOptions& options);

}  // namespace nextkey
