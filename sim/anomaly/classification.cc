#include "sim/anomaly/classification.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/functional/function_ref.h"

namespace nextkey {
namespace {

constexpr std::uint32_t kNoNode = UINT32_MAX;

using Cycle = std::vector<Dependency>;
using IsAllowed = absl::FunctionRef<bool(const Dependency&)>;

bool IsWriteWrite(const Dependency& one) { return one.kind == DependencyKind::kWriteWrite; }
bool IsAnti(const Dependency& one) { return one.kind == DependencyKind::kReadWrite; }
bool IsNoAnti(const Dependency& one) { return !IsAnti(one); }
bool IsItemAnti(const Dependency& one) { return IsAnti(one) && !one.is_predicate; }
bool IsNoPredicateAnti(const Dependency& one) { return !IsAnti(one) || !one.is_predicate; }
bool IsAny(const Dependency&) { return true; }

struct Named {
  AnomalyName name;
  Cycle cycle;
};

// Looks for each anomaly among nodes that are transactions, or several of them each.
class CycleFinder {
 public:
  CycleFinder(const History& history, const std::vector<Dependency>& dependencies,
              std::vector<std::uint32_t> nodes)
      : history_(history), nodes_(std::move(nodes)) {
    for (const Dependency& one : dependencies) {
      const bool counts = NodeOf(one.from) != kNoNode && NodeOf(one.to) != kNoNode;
      if (counts && NodeOf(one.from) != NodeOf(one.to)) dependencies_.push_back(one);
    }
  }

  std::optional<Named> Find() const {
    const auto named = [](AnomalyName name, Cycle cycle) -> std::optional<Named> {
      if (cycle.empty()) return std::nullopt;
      return Named{name, std::move(cycle)};
    };
    std::optional<Named> found = named(AnomalyName::kG0, Shortest(IsWriteWrite, IsWriteWrite));
    if (!found) found = named(AnomalyName::kG1a, AbortedRead());
    if (!found) found = named(AnomalyName::kG1b, IntermediateRead());
    if (!found) found = named(AnomalyName::kG1c, Shortest(IsNoAnti, IsNoAnti));
    if (!found) found = named(AnomalyName::kPmp, PredicateManyPreceders());
    if (!found) found = named(AnomalyName::kP4, LostUpdate());
    if (!found) found = named(AnomalyName::kOtv, VanishingTransaction());
    if (!found) found = named(AnomalyName::kGSingle, Shortest(IsAnti, IsNoAnti));
    if (!found) found = named(AnomalyName::kG2Item, Shortest(IsItemAnti, IsNoPredicateAnti));
    if (!found) found = named(AnomalyName::kG2, Shortest(IsAnti, IsAny));
    return found;
  }

  // Requires: there is no cycle. Ties go by the ends of the transactions.
  std::vector<std::uint32_t> SerialNodes() const;

 private:
  std::uint32_t NodeOf(std::uint32_t transaction) const { return nodes_[transaction]; }
  bool IsOfNode(std::uint32_t transaction, std::uint32_t node) const { return NodeOf(transaction) == node; }

  Cycle Path(std::uint32_t from, std::uint32_t to, IsAllowed is_allowed) const;
  // A shortest circle with an edge of the first kind and others of the second.
  Cycle Shortest(IsAllowed is_first, IsAllowed is_other) const;

  Cycle AbortedRead() const;
  Cycle IntermediateRead() const;
  Cycle PredicateManyPreceders() const;
  Cycle ManyPrecedersOf(const PredicateRead& before, const PredicateRead& after) const;
  Cycle LostUpdate() const;
  Cycle LostUpdateOf(const ItemRead& read) const;
  bool LooksAgain(const ItemRead& read, std::uint32_t written) const;
  Cycle VanishingTransaction() const;

  const History& history_;
  const std::vector<std::uint32_t> nodes_;  // By transaction.
  std::vector<Dependency> dependencies_;    // Between different nodes.
};

// Breadth first; of two ways that are equally long the one by plainer dependencies.
Cycle CycleFinder::Path(std::uint32_t from, std::uint32_t to, IsAllowed is_allowed) const {
  std::vector<std::pair<std::uint32_t, Cycle>> reached = {{from, {}}};
  std::set<std::uint32_t> seen = {from};
  for (std::size_t next = 0; next < reached.size(); ++next) {
    for (const Dependency& one : dependencies_) {
      if (NodeOf(one.from) != reached[next].first || !is_allowed(one)) continue;
      Cycle way = reached[next].second;
      way.push_back(one);
      if (NodeOf(one.to) == to) return way;
      if (seen.insert(NodeOf(one.to)).second) reached.emplace_back(NodeOf(one.to), std::move(way));
    }
  }
  return {};
}

Cycle CycleFinder::Shortest(IsAllowed is_first, IsAllowed is_other) const {
  Cycle shortest;
  for (const Dependency& one : dependencies_) {
    if (!is_first(one)) continue;
    const Cycle back = Path(NodeOf(one.to), NodeOf(one.from), is_other);
    if (back.empty() || (!shortest.empty() && shortest.size() <= back.size() + 1)) continue;
    shortest = {one};
    shortest.insert(shortest.end(), back.begin(), back.end());
  }
  return shortest;
}

Cycle CycleFinder::AbortedRead() const {
  for (const ItemRead& read : history_.reads) {
    const ItemVersion& seen = history_.items[read.item].versions[read.version];
    if (NodeOf(read.transaction) == kNoNode || !seen.writer || *seen.writer == read.transaction) continue;
    const TransactionFate fate = history_.transactions[*seen.writer].fate;
    if (fate != TransactionFate::kRolledBack && !seen.is_undone) continue;
    return {{DependencyKind::kWriteRead, false, *seen.writer, read.transaction, read.item, seen.statement,
             read.statement, read.at}};
  }
  return {};
}

Cycle CycleFinder::IntermediateRead() const {
  for (const ItemRead& read : history_.reads) {
    const HistoryItem& item = history_.items[read.item];
    const ItemVersion& seen = item.versions[read.version];
    if (NodeOf(read.transaction) == kNoNode || !seen.writer) continue;
    if (NodeOf(*seen.writer) == kNoNode || NodeOf(*seen.writer) == NodeOf(read.transaction)) continue;
    const std::vector<std::uint32_t> installed = InstalledVersions(history_, item);
    const auto next = std::upper_bound(installed.begin(), installed.end(), read.version);
    if (std::binary_search(installed.begin(), installed.end(), read.version) || next == installed.end())
      continue;
    const ItemVersion& last = item.versions[*next];
    return {{DependencyKind::kWriteRead, false, *seen.writer, read.transaction, read.item, seen.statement,
             read.statement, read.at},
            {DependencyKind::kReadWrite, false, read.transaction, *last.writer, read.item, read.statement,
             last.statement, read.at}};
  }
  return {};
}

Cycle CycleFinder::ManyPrecedersOf(const PredicateRead& before, const PredicateRead& after) const {
  for (const auto& [item, seen_before] : before.seen) {
    const auto found = after.seen.find(item);
    if (found == after.seen.end()) continue;
    const HistoryItem& row = history_.items[item];
    const std::vector<std::uint32_t> installed = InstalledVersions(history_, row);
    for (std::size_t i = 1; i < installed.size(); ++i) {
      if (installed[i] <= seen_before || installed[i] > found->second) continue;
      const ItemVersion& old = row.versions[installed[i - 1]];
      const ItemVersion& fresh = row.versions[installed[i]];
      if (NodeOf(*fresh.writer) == kNoNode || NodeOf(*fresh.writer) == NodeOf(after.transaction)) continue;
      if (!after.IsTouchedBy(old.row, fresh.row)) continue;
      // Of the two searches that which has changed must have been in the range of both.
      const Row& wanted = after.MayWant(fresh.row) ? fresh.row : old.row;
      if (!before.MayWant(wanted)) continue;
      return {{DependencyKind::kReadWrite, true, before.transaction, *fresh.writer, item, before.statement,
               fresh.statement, before.at},
              {DependencyKind::kWriteRead, true, *fresh.writer, after.transaction, item, fresh.statement,
               after.statement, after.at}};
    }
  }
  return {};
}

Cycle CycleFinder::PredicateManyPreceders() const {
  for (const PredicateRead& after : history_.predicate_reads) {
    if (NodeOf(after.transaction) == kNoNode) continue;
    for (const PredicateRead& before : history_.predicate_reads) {
      if (&before == &after) break;
      if (!IsOfNode(before.transaction, NodeOf(after.transaction))) continue;
      if (before.statement == after.statement) continue;
      Cycle cycle = ManyPrecedersOf(before, after);
      if (!cycle.empty()) return cycle;
    }
  }
  return {};
}

// Whether the node has read the row once more, by a statement of its own, before it wrote this version.
bool CycleFinder::LooksAgain(const ItemRead& read, std::uint32_t written) const {
  const ItemVersion& version = history_.items[read.item].versions[written];
  return std::any_of(history_.reads.begin(), history_.reads.end(), [&](const ItemRead& other) {
    return other.item == read.item && other.version > read.version && other.version < written &&
           other.statement != version.statement && IsOfNode(other.transaction, NodeOf(read.transaction));
  });
}

// The node read a version, others wrote, and then it wrote: a circle on one row.
Cycle CycleFinder::LostUpdateOf(const ItemRead& read) const {
  const std::vector<ItemVersion>& versions = history_.items[read.item].versions;
  const std::vector<std::uint32_t> installed = InstalledVersions(history_, history_.items[read.item]);
  const std::uint32_t node = NodeOf(read.transaction);
  auto next = std::upper_bound(installed.begin(), installed.end(), read.version);
  if (next == installed.end() || NodeOf(*versions[*next].writer) == node) return {};
  Cycle cycle = {{DependencyKind::kReadWrite, false, read.transaction, *versions[*next].writer, read.item,
                  read.statement, versions[*next].statement, read.at}};
  for (auto last = next++; next != installed.end(); last = next++) {
    const ItemVersion& old = versions[*last];
    const ItemVersion& fresh = versions[*next];
    if (NodeOf(*old.writer) == kNoNode || NodeOf(*fresh.writer) == kNoNode) return {};
    if (NodeOf(*old.writer) != NodeOf(*fresh.writer)) {
      cycle.push_back({DependencyKind::kWriteWrite, false, *old.writer, *fresh.writer, read.item,
                       old.statement, fresh.statement, 0});
    }
    if (NodeOf(*fresh.writer) != node) continue;
    const bool is_by_its_write = read.statement == fresh.statement;
    return is_by_its_write || LooksAgain(read, *next) ? Cycle() : cycle;
  }
  return {};
}

Cycle CycleFinder::LostUpdate() const {
  Cycle shortest;
  for (const ItemRead& read : history_.reads) {
    if (NodeOf(read.transaction) == kNoNode) continue;
    Cycle cycle = LostUpdateOf(read);
    if (!cycle.empty() && (shortest.empty() || cycle.size() < shortest.size())) shortest = std::move(cycle);
  }
  return shortest;
}

Cycle CycleFinder::VanishingTransaction() const {
  for (const Dependency& seen : dependencies_) {
    if (seen.kind != DependencyKind::kWriteRead) continue;
    for (const Dependency& missed : dependencies_) {
      if (!IsAnti(missed) || missed.item == seen.item || missed.read_at < seen.read_at) continue;
      if (NodeOf(missed.from) == NodeOf(seen.to) && NodeOf(missed.to) == NodeOf(seen.from))
        return {seen, missed};
    }
  }
  return {};
}

std::vector<std::uint32_t> CycleFinder::SerialNodes() const {
  std::vector<std::uint32_t> by_end;  // Transactions that count, in the order of their ends.
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (NodeOf(i) != kNoNode) by_end.push_back(i);
  }
  std::stable_sort(by_end.begin(), by_end.end(), [&](std::uint32_t a, std::uint32_t b) {
    return history_.transactions[a].ended_at < history_.transactions[b].ended_at;
  });
  std::vector<std::uint32_t> order;
  const auto is_placed = [&](std::uint32_t node) {
    return std::find(order.begin(), order.end(), node) != order.end();
  };
  bool goes_on = true;
  while (goes_on) {
    goes_on = false;
    for (const std::uint32_t transaction : by_end) {
      const std::uint32_t node = NodeOf(transaction);
      const bool has_to_wait = std::any_of(
          dependencies_.begin(), dependencies_.end(),
          [&](const Dependency& one) { return NodeOf(one.to) == node && !is_placed(NodeOf(one.from)); });
      if (is_placed(node) || has_to_wait) continue;
      order.push_back(node);
      goes_on = true;
      break;
    }
  }
  return order;
}

// --- Transactions, and requests ---------------------------------------------------------------------------

bool HasWritten(const History& history, std::uint32_t transaction) {
  return std::any_of(history.items.begin(), history.items.end(), [&](const HistoryItem& item) {
    return std::any_of(item.versions.begin(), item.versions.end(), [&](const ItemVersion& version) {
      return version.writer == transaction && !version.is_undone;
    });
  });
}

// Those that were rolled back don't count, nor what a request only read that came to nothing.
std::vector<std::uint32_t> NodesBy(const History& history, AnomalyScope scope) {
  std::vector<std::uint32_t> nodes;
  for (std::uint32_t i = 0; i < history.transactions.size(); ++i) {
    const HistoryTransaction& one = history.transactions[i];
    const bool came_to_nothing = history.requests[one.request].has_failed && !HasWritten(history, i);
    const bool counts = one.fate == TransactionFate::kCommitted && !came_to_nothing;
    nodes.push_back(!counts ? kNoNode : scope == AnomalyScope::kLevelBased ? i : one.request);
  }
  return nodes;
}

std::string NameIn(const History& history, std::uint32_t transaction, AnomalyScope scope) {
  const HistoryTransaction& one = history.transactions[transaction];
  return scope == AnomalyScope::kLevelBased ? one.name : history.requests[one.request].name;
}

Anomaly Described(const History& history, const Named& named, AnomalyScope scope) {
  Anomaly anomaly{named.name, scope, {}};
  for (const Dependency& one : named.cycle) {
    const HistoryItem& item = history.items[one.item];
    anomaly.cycle.push_back({one.kind, one.is_predicate, NameIn(history, one.from, scope),
                             NameIn(history, one.to, scope), item.table, item.key,
                             history.statements[one.from_statement], history.statements[one.to_statement]});
  }
  return anomaly;
}

}  // namespace

Classification Classify(const History& history) {
  const std::vector<Dependency> dependencies = DependenciesOf(history);
  for (const AnomalyScope scope : {AnomalyScope::kLevelBased, AnomalyScope::kScopeBased}) {
    const CycleFinder finder(history, dependencies, NodesBy(history, scope));
    if (const std::optional<Named> named = finder.Find()) return Described(history, *named, scope);
  }
  SerialOrder order;
  const CycleFinder finder(history, dependencies, NodesBy(history, AnomalyScope::kScopeBased));
  for (const std::uint32_t request : finder.SerialNodes())
    order.names.push_back(history.requests[request].name);
  return order;
}

std::string_view AnomalyCode(AnomalyName name) {
  switch (name) {
    case AnomalyName::kG0:
      return "G0";
    case AnomalyName::kG1a:
      return "G1a";
    case AnomalyName::kG1b:
      return "G1b";
    case AnomalyName::kG1c:
      return "G1c";
    case AnomalyName::kPmp:
      return "PMP";
    case AnomalyName::kP4:
      return "P4";
    case AnomalyName::kOtv:
      return "OTV";
    case AnomalyName::kGSingle:
      return "G-single";
    case AnomalyName::kG2Item:
      return "G2-item";
    case AnomalyName::kG2:
      return "G2";
  }
  return "";
}

std::string_view AnomalyTitle(AnomalyName name) {
  switch (name) {
    case AnomalyName::kG0:
      return "dirty write";
    case AnomalyName::kG1a:
      return "aborted read";
    case AnomalyName::kG1b:
      return "intermediate read";
    case AnomalyName::kG1c:
      return "circular information flow";
    case AnomalyName::kPmp:
      return "predicate-many-preceders";
    case AnomalyName::kP4:
      return "lost update";
    case AnomalyName::kOtv:
      return "observed transaction vanishes";
    case AnomalyName::kGSingle:
      return "read skew";
    case AnomalyName::kG2Item:
      return "write skew";
    case AnomalyName::kG2:
      return "anti-dependency cycle";
  }
  return "";
}

std::string_view DependencyName(DependencyKind kind) {
  switch (kind) {
    case DependencyKind::kWriteWrite:
      return "ww";
    case DependencyKind::kWriteRead:
      return "wr";
    case DependencyKind::kReadWrite:
      return "rw";
  }
  return "";
}

std::string_view ScopeName(AnomalyScope scope) {
  return scope == AnomalyScope::kLevelBased ? "level-based" : "scope-based";
}

}  // namespace nextkey
