// The services beside the database, as values: in-process mutexes, connection pools, Redis nodes and
// the locks that libraries build on them.
//
// Each kind has a fixed list of operations. An operation is one call or several (a Redlock asks one
// node after the other): CallState says how far it came, and each call is a choice of the scheduler.
// How each is modelled, with its sources, stands beside its operations.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fingerprint.h"
#include "engine/value.h"
#include "sim/race/ast.h"

namespace nextkey {

enum class ServiceOperation : std::uint8_t {
  kLock,     // lock(key): waits as the kind does; answers 1 or 0.
  kUnlock,   // unlock(key)
  kAcquire,  // A connection of a pool.
  kRelease,
  kSet,  // Redis: set(key, value [, 'NX'] [, milliseconds])
  kGet,
  kDelete,            // Whoever's it is.
  kCompareAndDelete,  // Only if it still holds the value.
};

struct OperationRule {
  ServiceKind kind;
  ServiceOperation operation;
  std::string_view name;  // As a race file spells it.
  std::uint32_t fewest_arguments = 0;
  std::uint32_t most_arguments = 0;
  std::string_view answer;  // In words; empty: none.
};
// nullptr: there is no such operation.
const OperationRule* FindOperation(ServiceKind kind, std::string_view name);
std::vector<std::string_view> OperationNames(ServiceKind kind);
// Option names with their defaults, by kind: `wait`, `lease`, `size`, `timeout`, `nodes`, `ttl`, ..
struct OptionRule {
  ServiceKind kind;
  std::string_view name;
  std::optional<std::int64_t> default_value;  // Times in milliseconds. Absent: off.
};
const OptionRule* FindOption(ServiceKind kind, std::string_view name);
std::vector<std::string_view> OptionNames(ServiceKind kind);

struct ServiceConfiguration {
  std::string name;
  ServiceKind kind = ServiceKind::kMutex;
  std::map<std::string, std::int64_t> options;  // Complete: defaults are filled in.
};

}  // namespace nextkey
