#include "txn/lock_listing.h"

#include <algorithm>

namespace nextkey {
namespace {

// A server numbers the pages of a table's file as they are made: 3 is the first index's root, 4 the
// second one's. While an index has one page that is it; the numbers of further pages are made up, but
// name one page each.
PageAddress AddressOf(const Table& table, std::size_t index, RecordSlot slot) {
  const auto indexes = static_cast<std::uint32_t>(table.trees.size());
  PageAddress address;
  address.space = table.def->id.value();
  address.page = 3 + static_cast<std::uint32_t>(index) + (slot.page.value() - 1) * indexes;
  address.heap = slot.heap + 1;
  return address;
}

}  // namespace

std::optional<ListedLock> NameLock(const ServerState& state, const LockDescription& lock,
                                   std::uint32_t structure) {
  ListedLock listed;
  listed.table = state.catalog.Find(lock.table);
  if (listed.table == nullptr) return std::nullopt;
  listed.trx = lock.trx;
  listed.structure = structure;
  listed.mode = lock.mode;
  listed.is_waiting = lock.is_waiting;
  if (!lock.record.has_value()) return listed;
  const Table& table = *listed.table;
  for (std::size_t i = 0; i < table.trees.size(); ++i) {
    if (table.def->indexes[i].id != lock.record->index) continue;
    const RecordSlot slot = lock.record->slot;
    listed.index = &table.def->indexes[i];
    listed.span = lock.span;
    listed.is_on_supremum = slot.IsSupremum();
    listed.address = AddressOf(table, i, slot);
    if (slot.IsSupremum()) return listed;
    if (const std::optional<Place> place = table.trees[i].FindSlot(slot)) {
      listed.record = &table.trees[i].At(*place);
    }
    return listed;
  }
  return std::nullopt;
}

std::vector<ListedLock> LocksOf(const ServerState& state, TrxId trx) {
  std::vector<ListedLock> locks;
  std::uint32_t number = 0;
  for (const LockStructure& structure : state.locks.StructuresOf(trx)) {
    ++number;
    LockDescription lock;
    lock.trx = trx;
    lock.table = structure.table;
    lock.mode = structure.mode;
    lock.is_waiting = structure.is_waiting;
    const auto add = [&] {
      if (auto listed = NameLock(state, lock, number)) locks.push_back(*listed);
    };
    if (!structure.on_page.has_value()) {
      add();
      continue;
    }
    lock.span = structure.on_page->span;
    structure.on_page->records.ForEach([&](std::uint32_t heap) {
      lock.record = RecordPlace{structure.on_page->page.index, {structure.on_page->page.page, heap}};
      add();
    });
  }
  return locks;
}

std::string ModeOf(const ListedLock& lock) {
  return lock.index == nullptr ? ModeName(lock.mode)
                               : RecordModeName(lock.mode, lock.span, lock.is_on_supremum);
}

std::optional<std::string> DataOf(const ListedLock& lock) {
  if (lock.index == nullptr) return std::nullopt;
  if (lock.is_on_supremum) return "supremum pseudo-record";
  if (lock.record == nullptr) return std::nullopt;
  return LockData(*lock.table->def, *lock.index, lock.record->row);
}

std::vector<const Transaction*> TransactionsInListOrder(const ServerState& state) {
  std::vector<const Transaction*> list;
  for (const auto& [id, transaction] : state.transactions) list.push_back(&*transaction);
  const auto rank = [&](const Transaction* transaction) {
    return state.sessions.at(transaction->session)->detector_rank;
  };
  std::sort(list.begin(), list.end(),
            [&](const Transaction* a, const Transaction* b) { return rank(a) > rank(b); });
  return list;
}

bool HasNumber(const ServerState& state, const Transaction& transaction) {
  if (state.sessions.at(transaction.session)->is_read_only) return false;
  if (!transaction.undo.empty()) return true;
  const std::vector<LockStructure> structures = state.locks.StructuresOf(transaction.id);
  return std::any_of(structures.begin(), structures.end(), [](const LockStructure& structure) {
    return !structure.on_page.has_value() &&
           (structure.mode == LockMode::kIntentionExclusive || structure.mode == LockMode::kExclusive);
  });
}

std::uint64_t NumberOf(const ServerState& state, TrxId trx) {
  return HasNumber(state, *state.transactions.at(trx)) ? trx.value() : 0;
}

LockCounts CountLocks(const ServerState& state, TrxId trx) {
  LockCounts counts;
  for (const LockStructure& structure : state.locks.StructuresOf(trx)) {
    ++counts.structures;
    if (!structure.on_page.has_value()) {
      ++counts.tables;
    } else {
      structure.on_page->records.ForEach([&](std::uint32_t) { ++counts.rows; });
    }
  }
  return counts;
}

std::string_view OperationOf(const SessionState& session) {
  if (!session.execution.has_value() || session.trx.IsNull()) return "";
  const Execution& execution = *session.execution;
  if (execution.plan == nullptr) return "";
  const bool is_insert = execution.plan->insert.has_value();
  if (!execution.changes.empty()) return is_insert ? "inserting" : "updating or deleting";
  // The query at work is the last one whose rows are still being read.
  for (auto query = execution.queries.rbegin(); query != execution.queries.rend(); ++query) {
    if (query->stage != QueryStage::kScanning || query->level >= query->scans.size()) continue;
    return query->scans[query->level].is_first ? "starting index read" : "fetching rows";
  }
  return is_insert ? "inserting" : "";
}

}  // namespace nextkey
