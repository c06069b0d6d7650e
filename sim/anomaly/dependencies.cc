#include "sim/anomaly/dependencies.h"

#include <algorithm>
#include <tuple>

namespace nextkey {
namespace {

bool IsCommitted(const History& history, std::uint32_t transaction) {
  return history.transactions[transaction].fate == TransactionFate::kCommitted;
}

class DependencyFinder {
 public:
  explicit DependencyFinder(const History& history) : history_(history) {
    for (const HistoryItem& item : history.items) installed_.push_back(InstalledVersions(history, item));
  }

  std::vector<Dependency> Find() {
    for (std::uint32_t item = 0; item < history_.items.size(); ++item) AddOverwriting(item);
    for (const ItemRead& read : history_.reads) AddRead(read);
    for (const PredicateRead& read : history_.predicate_reads) AddSearch(read);
    std::stable_sort(found_.begin(), found_.end(), [](const Dependency& a, const Dependency& b) {
      return std::tie(a.is_predicate, a.kind) < std::tie(b.is_predicate, b.kind);
    });
    return std::move(found_);
  }

 private:
  const ItemVersion& VersionAt(std::uint32_t item, std::uint32_t version) const {
    return history_.items[item].versions[version];
  }

  void AddOverwriting(std::uint32_t item) {
    for (std::size_t i = 2; i < installed_[item].size(); ++i) {
      const ItemVersion& before = VersionAt(item, installed_[item][i - 1]);
      const ItemVersion& after = VersionAt(item, installed_[item][i]);
      found_.push_back({DependencyKind::kWriteWrite, false, *before.writer, *after.writer, item,
                        before.statement, after.statement, 0});
    }
  }

  void AddRead(const ItemRead& read) {
    if (!IsCommitted(history_, read.transaction)) return;
    const ItemVersion& seen = VersionAt(read.item, read.version);
    if (seen.writer && *seen.writer != read.transaction && IsCommitted(history_, *seen.writer)) {
      found_.push_back({DependencyKind::kWriteRead, false, *seen.writer, read.transaction, read.item,
                        seen.statement, read.statement, read.at});
    }
    const std::vector<std::uint32_t>& installed = installed_[read.item];
    const auto next = std::upper_bound(installed.begin(), installed.end(), read.version);
    if (next == installed.end()) return;
    const ItemVersion& overwritten_by = VersionAt(read.item, *next);
    if (*overwritten_by.writer == read.transaction) return;
    found_.push_back({DependencyKind::kReadWrite, false, read.transaction, *overwritten_by.writer, read.item,
                      read.statement, overwritten_by.statement, read.at});
  }

  // Every version that changes whether the search wants the row.
  void AddSearch(const PredicateRead& read) {
    if (!IsCommitted(history_, read.transaction)) return;
    for (const auto& [item, seen] : read.seen) {
      const std::vector<std::uint32_t>& installed = installed_[item];
      for (std::size_t i = 1; i < installed.size(); ++i) {
        const ItemVersion& version = VersionAt(item, installed[i]);
        if (*version.writer == read.transaction) continue;
        if (!read.IsTouchedBy(VersionAt(item, installed[i - 1]).row, version.row)) continue;
        if (installed[i] > seen) {
          found_.push_back({DependencyKind::kReadWrite, true, read.transaction, *version.writer, item,
                            read.statement, version.statement, read.at});
        } else {
          found_.push_back({DependencyKind::kWriteRead, true, *version.writer, read.transaction, item,
                            version.statement, read.statement, read.at});
        }
      }
    }
  }

  const History& history_;
  std::vector<std::vector<std::uint32_t>> installed_;  // By item.
  std::vector<Dependency> found_;
};

}  // namespace

std::vector<std::uint32_t> InstalledVersions(const History& history, const HistoryItem& item) {
  std::vector<std::uint32_t> installed = {0};
  for (std::uint32_t i = 1; i < item.versions.size(); ++i) {
    const ItemVersion& version = item.versions[i];
    if (version.is_undone || !IsCommitted(history, *version.writer)) continue;
    const ItemVersion& last = item.versions[installed.back()];
    if (installed.size() > 1 && last.writer == version.writer) installed.pop_back();
    installed.push_back(i);
  }
  return installed;
}

std::vector<Dependency> DependenciesOf(const History& history) { return DependencyFinder(history).Find(); }

}  // namespace nextkey
