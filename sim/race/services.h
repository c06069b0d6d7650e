// The services beside the database: in-process mutexes, connection pools, Redis nodes, the locks that
// libraries build on them, and replicas. Which operations and options each has, as tables.
//
// What an operation does is described beside its rules in service_rules.cc, with its sources, and
// done by service_calls.h. An operation is one call or several (a Redlock asks one node after the
// other); each call to a node is a choice of the scheduler.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/race/ast.h"

namespace nextkey {

enum class ServiceOperation : std::uint8_t {
  kLock,     // lock(key): waits as the kind does; answers 1 (or the fencing token) or 0.
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

// An option that is given without a value counts as 1. Times are milliseconds.
struct OptionRule {
  ServiceKind kind;
  std::string_view name;
  std::optional<std::int64_t> default_value;  // Absent: off.
  std::int64_t least = 0;
  std::int64_t most = 0;
  bool is_time = false;  // Its values need a unit.
};
const OptionRule* FindOption(ServiceKind kind, std::string_view name);
std::vector<std::string_view> OptionNames(ServiceKind kind);

std::string_view ServiceKindName(ServiceKind kind);  // `mutex`, `redisson_lock`, ..

struct ServiceConfiguration {
  std::string name;
  ServiceKind kind = ServiceKind::kMutex;
  std::map<std::string, std::int64_t> options;  // Defaults are filled in; one that is off is absent.
  std::uint32_t server = 0;                     // kReplica: its place in Program::servers.

  std::optional<std::int64_t> Option(const std::string& option) const;
  std::int64_t Milliseconds(const std::string& option) const;  // 0 where it is off.
};

}  // namespace nextkey
