// Who holds which table and record locks, who waits for whom, and who loses a deadlock.
//
// Locks of one transaction, mode and span on one page share one structure with a bitmap over heap
// numbers, as InnoDB's do. Order is state: a page's structures in the order of their creation, a
// transaction's structures in the order of theirs, one wait-for edge a waiter (to the first
// structure in its way). The table knows no rows and no keys: when a record comes, goes or moves,
// the caller says so. Sources: lock0lock.cc of MariaDB 10.11.
//
// Whoever is let go or chosen as a victim is reported in a LockEvents value, in the order in which
// it happened; the caller runs them on, or rolls them back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/fingerprint.h"
#include "engine/ids.h"
#include "lockmgr/lock_types.h"

namespace nextkey {

struct RecordPlace {
  IndexId index;
  RecordSlot slot;

  friend constexpr auto operator<=>(const RecordPlace&, const RecordPlace&) = default;
};

// What a waiting transaction has asked for, or what a holder holds.
struct LockDescription {
  TrxId trx;
  std::optional<RecordPlace> record;  // Absent for a table lock.
  TableId table;
  LockMode mode = LockMode::kShared;
  LockSpan span = LockSpan::kNextKey;
  bool is_waiting = false;
};

// One edge of a circle: `waiter` wants `wanted`, which `holder` (the next in the circle) keeps from
// it with `held`.
struct DeadlockEdge {
  TrxId waiter;
  TrxId holder;
  LockDescription wanted;
  LockDescription held;
  std::uint64_t waiter_weight = 0;
};

struct Deadlock {
  std::vector<DeadlockEdge> circle;  // Starting with the transaction whose wait closed it.
  TrxId victim;
};

// What a change of the lock table led to, in order.
struct LockEvents {
  std::vector<TrxId> granted;       // Their waits have ended; they go on in this order.
  std::vector<Deadlock> deadlocks;  // The victims' waits are cancelled; the caller rolls them back.

  void Append(LockEvents other);
};

enum class WaitPolicy : std::uint8_t { kWait, kRefuse };

enum class LockStatus : std::uint8_t {
  kGranted,
  kWaiting,
  kRefused,   // WaitPolicy::kRefuse, and it would have had to wait: nothing was recorded.
  kDeadlock,  // The requester itself is the victim; its wait is cancelled.
};

struct LockOutcome {
  LockStatus status = LockStatus::kGranted;
  // While waiting: the transaction that its edge points to.
  TrxId blocker;
  // Circles that the request closed. A victim other than the requester is to be rolled back by the
  // caller, after the requester has gone to sleep (kWaiting).
  std::vector<Deadlock> deadlocks;
};

class LockTable {
 public:
  // --- Requests -------------------------------------------------------------------------------
  // A record lock. Nothing is added where the transaction has an equal or stronger one already. An
  // insert intention that need not wait leaves no structure. `table` is for reports.
  LockOutcome LockRecord(TrxId trx, TableId table, RecordPlace place, LockMode mode, LockSpan span,
                         WaitPolicy policy = WaitPolicy::kWait);
  LockOutcome LockWholeTable(TrxId trx, TableId table, LockMode mode, WaitPolicy policy = WaitPolicy::kWait);

  // X,REC_NOT_GAP for a record that is about to be changed: the change itself is the lock, so no
  // structure is added unless the request has to wait (lock_rec_lock with impl).
  LockOutcome LockForChange(TrxId trx, TableId table, RecordPlace place);

  // Turns an implicit lock (a row that `owner` just wrote) into a granted X,REC_NOT_GAP structure,
  // unless it has one.
  void MakeExplicit(TrxId owner, TableId table, RecordPlace place);

  // --- Questions ------------------------------------------------------------------------------
  bool Holds(TrxId trx, RecordPlace place, LockMode mode, LockSpan span) const;
  bool HoldsTable(TrxId trx, TableId table, LockMode mode) const;
  // Whether another transaction has, or waits for, the table's AUTO_INC lock.
  bool IsAutoIncrementContended(TrxId trx, TableId table) const;
  bool IsWaiting(TrxId trx) const;
  // The waiting request and the structure that its edge points to. Requires: IsWaiting(trx).
  LockDescription WaitingRequest(TrxId trx) const;
  std::optional<LockDescription> Blocker(TrxId trx) const;
  bool HasRecordLocks(RecordPlace place) const;

  // --- Endings --------------------------------------------------------------------------------
  LockEvents ReleaseAll(TrxId trx);  // Commit or rollback is over.
  // Read committed lets go of a row that did not match (lock_rec_unlock).
  LockEvents ReleaseRecord(TrxId trx, RecordPlace place, LockMode mode);
  LockEvents ReleaseTable(TrxId trx, TableId table, LockMode mode);  // AUTO_INC at a statement's end.
  LockEvents CancelWait(TrxId trx);  // Time-out, kill. Requires: IsWaiting(trx).

  // --- Records that come, go and move -----------------------------------------------------------
  // `heir` is the next record or the page's supremum. Gap locks on it reach over the new record.
  void OnInsert(IndexId index, RecordSlot inserted, RecordSlot heir);
  // `erased` is about to go: its locks go over to `heir` as gap locks, its waiters are let go. At
  // READ COMMITTED and below X locks are not inherited unless kept: see lock_rec_inherit_to_gap.
  LockEvents OnErase(IndexId index, RecordSlot erased, RecordSlot heir);
  void OnMove(IndexId index, RecordSlot from, RecordSlot to);  // All locks go along.
  // The old page keeps its number: locks of its supremum belong to the right page's now, and the
  // left supremum inherits the gap in front of the right page's first record. To be called after
  // OnMove for each moved record.
  void OnSplitRight(IndexId index, PageNumber left, PageNumber right, RecordSlot first_of_right);
  void OnIndexDropped(IndexId index);

  // --- Weights and settings ---------------------------------------------------------------------
  // What decides the victim beside the number of structures: undo records, and whether the
  // transaction has changed a table that can't be rolled back.
  void SetWeight(TrxId trx, std::uint64_t undo_records, bool changed_non_transactional);
  // Isolation below REPEATABLE READ changes what is inherited.
  void SetKeepsGapLocks(TrxId trx, bool keeps_gap_locks);
  void SetDeadlockDetection(bool is_on) { detects_deadlocks_ = is_on; }

  // --- Reports ----------------------------------------------------------------------------------
  // All locks, by transaction (in the order of their first structure) and structure, one entry a
  // record.
  std::vector<LockDescription> List() const;
  std::size_t structure_count() const;
  std::size_t structure_count(TrxId trx) const;
  std::size_t memory_bytes() const;

  void PutInto(Canonical& canonical) const;

 private:
  bool detects_deadlocks_ = true;
};

// The invariants that `locks` breaks, a sentence each; empty when it is sound.
std::vector<std::string> Violations(const LockTable& locks);

}  // namespace nextkey
