// The lock table with names: which transaction, table, index, page and key each lock is of.
//
// What the system tables, SHOW ENGINE INNODB STATUS and the replay's listing share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "txn/state.h"

namespace nextkey {

// Where an index's pages stand, as a server would number them.
struct PageAddress {
  std::uint32_t space = 0;
  std::uint32_t page = 0;  // 3 for the first index of a table that fits a page, as on a server.
  std::uint32_t heap = 0;  // 1 for the supremum; records from 2.
};

struct ListedLock {
  TrxId trx;
  std::uint32_t structure = 0;  // Which of the transaction's, counted from 1.
  const Table* table = nullptr;
  LockMode mode = LockMode::kShared;
  bool is_waiting = false;
  // Of a record lock:
  const IndexDef* index = nullptr;
  LockSpan span = LockSpan::kNextKey;
  bool is_on_supremum = false;
  PageAddress address;
  const Record* record = nullptr;  // Null on the supremum.
};

// `lock` with names; nullopt when its table is gone.
std::optional<ListedLock> NameLock(const ServerState& state, const LockDescription& lock,
                                   std::uint32_t structure);

// All locks of a transaction, in the order of their structures and, within one, of the heap.
std::vector<ListedLock> LocksOf(const ServerState& state, TrxId trx);

// As data_locks spells them.
std::string ModeOf(const ListedLock& lock);
std::optional<std::string> DataOf(const ListedLock& lock);  // Nullopt for a table lock.

// The transactions as InnoDB lists them: the session that used it last for the first time comes first.
std::vector<const Transaction*> TransactionsInListOrder(const ServerState& state);

// Whether the transaction has a number of its own: InnoDB gives one to those that write, or ask for a
// table's IX or X lock; the others show 0 (MariaDB, trx_set_rw_mode).
bool HasNumber(const ServerState& state, const Transaction& transaction);
std::uint64_t NumberOf(const ServerState& state, TrxId trx);  // 0: it has none.
// What mem_heap_get_size says of a transaction with few locks.
inline constexpr std::uint64_t kLockHeapBytes = 1128;

// The sums that INNODB_TRX and the status show.
struct LockCounts {
  std::uint64_t structures = 0;
  std::uint64_t tables = 0;
  std::uint64_t rows = 0;
};
LockCounts CountLocks(const ServerState& state, TrxId trx);

// What the transaction is doing, in InnoDB's words (trx_t::op_info): `starting index read`.
std::string_view OperationOf(const SessionState& session);

}  // namespace nextkey
