// Names what went wrong in a history, with the cycle that proves it.
//
// A pure function of the history. The names are Adya's and Hermitage's; the first one that fits is given:
//   G0      dirty write: transactions overwrite each other in a circle, ww only
//   G1a     aborted read: what was read was rolled back
//   G1b     intermediate read: what was read was changed once more before it was committed
//   G1c     circular information flow: ww and wr only
//   PMP     predicate-many-preceders: a search wants a row, or no longer wants one, because of a transaction
//           that an earlier search in the same transaction, over the same row, did not see
//   P4      lost update: a row is read, changed by somebody else, and then written by who read it, who did
//           not look again
//   OTV     observed transaction vanishes: after one of its rows was seen, another one is read as it was
//           before
//
//   G-single  read skew: one anti-dependency in the circle
//   G2-item   write skew: several, all of them by rows that were read
//   G2        anti-dependency cycle: several, of searches too
//
// A cycle of transactions is level-based: at SERIALIZABLE there is none. Where there is none, but one of
// whole requests, it is scope-based: what belongs together stands in several transactions, and no isolation
// level joins them (Warszawski and Bailis, "ACIDRain", 2017).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/anomaly/dependencies.h"
#include "sim/anomaly/history.h"

namespace nextkey {

enum class AnomalyName : std::uint8_t {
  kG0,
  kG1a,
  kG1b,
  kG1c,
  kPmp,
  kP4,
  kOtv,
  kGSingle,
  kG2Item,
  kG2,
};

enum class AnomalyScope : std::uint8_t { kLevelBased, kScopeBased };

struct CycleEdge {
  DependencyKind kind = DependencyKind::kWriteWrite;
  bool is_predicate = false;
  std::string from;  // Names of transactions, or of requests.
  std::string to;
  std::string table;
  std::string key;
  std::string from_sql;
  std::string to_sql;
};

struct Anomaly {
  AnomalyName name = AnomalyName::kG0;
  AnomalyScope scope = AnomalyScope::kLevelBased;
  std::vector<CycleEdge> cycle;  // Each edge begins where the one before ends. Of G1a: the read alone.
};

// The requests, or transactions, in an order that would have come to the same.
struct SerialOrder {
  std::vector<std::string> names;
};

using Classification = std::variant<SerialOrder, Anomaly>;

Classification Classify(const History& history);

// `P4`, `lost update`; `ww`; `level-based`
std::string_view AnomalyCode(AnomalyName name);
std::string_view AnomalyTitle(AnomalyName name);
std::string_view DependencyName(DependencyKind kind);
std::string_view ScopeName(AnomalyScope scope);

}  // namespace nextkey
