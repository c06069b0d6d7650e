// The direct serialization graph of a history (Adya 1999, chapter 3): who has to stand before whom in every
// serial order.
//
// Nodes are committed transactions. Of the versions of an item only the last one of each counts.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/anomaly/history.h"

namespace nextkey {

enum class DependencyKind : std::uint8_t {
  kWriteWrite,  // `to` overwrote what `from` wrote: ww.
  kWriteRead,   // `to` saw what `from` wrote: wr.
  kReadWrite,   // `to` changed what `from` had read, an anti-dependency: rw.
};

struct Dependency {
  DependencyKind kind = DependencyKind::kWriteWrite;
  // By a search: what came into its range, left it, or was not there, and not a row that it wanted.
  bool is_predicate = false;
  std::uint32_t from = 0;  // Transactions.
  std::uint32_t to = 0;
  std::uint32_t item = 0;
  std::uint32_t from_statement = 0;
  std::uint32_t to_statement = 0;
  std::uint32_t read_at = 0;  // Of the two with a read: when it was.
};

// The versions of committed transactions, in their order, the last one of each; first that without a writer.
std::vector<std::uint32_t> InstalledVersions(const History& history, const HistoryItem& item);

// In the order of how plain they are: ww, wr, rw of items, then those of predicates.
std::vector<Dependency> DependenciesOf(const History& history);

}  // namespace nextkey
