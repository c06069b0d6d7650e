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

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "engine/fingerprint.h"
#include "engine/ids.h"
#include "lockmgr/lock_structure.h"
#include "lockmgr/lock_types.h"

namespace nextkey {

struct RecordPlace {
  IndexId index;
  RecordSlot slot;

  friend constexpr auto operator<=>(const RecordPlace&, const RecordPlace&) = default;
};

inline PageKey PageOf(RecordPlace place) { return {place.index, place.slot.page}; }

// What a waiting transaction has asked for, or what a holder holds.
struct LockDescription {
  TrxId trx;
  std::optional<RecordPlace> record;  // Absent for a table lock.
  TableId table;
  LockMode mode = LockMode::kShared;
  LockSpan span = LockSpan::kNextKey;
  bool is_waiting = false;
};

// A lock in the way of a waiting request, and which structure of its transaction it belongs to.
struct BlockingLock {
  LockDescription lock;
  std::uint32_t structure = 0;  // Counted from 1, in the order of creation.
};

// One edge of a circle: `waiter` wants `wanted`, which `holder` (the next in the circle) keeps from
// it with `held`.
struct DeadlockEdge {
  TrxId waiter;
  TrxId holder;
  LockDescription wanted;
  LockDescription held;
  std::uint64_t waiter_weight = 0;
  std::uint64_t structures = 0;          // The waiter's, the waiting one included,
  std::uint64_t rows = 0;                // and the records that they cover.
  std::vector<BlockingLock> in_the_way;  // All that keeps the waiter waiting, `held` among it.
};

struct Deadlock {
  // Starting with the transaction whose wait closed it; empty where circles are not described.
  std::vector<DeadlockEdge> circle;
  TrxId victim;
  // Its place among the wake-ups: how many of the `granted` beside it were let go before the victim
  // was woken.
  std::uint32_t granted_before = 0;
};

// What a change of the lock table led to, in order.
struct LockEvents {
  std::vector<TrxId> granted;       // Their waits have ended; they go on in this order.
  std::vector<Deadlock> deadlocks;  // The victims' waits are cancelled; the caller rolls them back.

  void Append(LockEvents other);
};

// Whose locks are passed on when a record comes, goes or moves: those of transactions that keep gap locks
// (SetKeepsGapLocks), and those of the others.
struct PassedOn {
  bool of_keepers = true;
  bool of_others = true;
};

// Of a record that goes, by what took the lock: searches take X and duplicate checks S; while the transaction
// replaces duplicates (SetReplacesDuplicates), it is the other way round.
struct Inheritance {
  PassedOn searched{true, false};
  PassedOn checked{true, true};
};

enum class WaitPolicy : std::uint8_t { kWait, kRefuse };

// How the structures of a page stand in its list.
enum class QueueOrder : std::uint8_t {
  kByCreation,
  // MySQL 8.4: what is granted goes to the front. Who holds the record may take X past those who wait for X
  // and whom his own lock keeps waiting; an insert may not (rec_lock_check_conflict). A release grants by
  // weight: see lock_release.cc.
  kGrantedFirst,
};

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
  // caller, after the requester has gone to sleep (kWaiting) or has ended its statement (kGranted:
  // the victim's cancelled wait was all that stood in the way).
  std::vector<Deadlock> deadlocks;
  // Other transactions whom a victim's cancelled wait let go.
  std::vector<TrxId> granted;
};

class LockTable {
 public:
  // --- Requests -------------------------------------------------------------------------------
  // A record lock. Nothing is added where the transaction has an equal or stronger one already. An
  // insert intention that need not wait leaves no structure. `table` is for reports.
  LockOutcome LockRecord(TrxId trx, TableId table, RecordPlace place, LockMode mode, LockSpan span,
                         WaitPolicy policy = WaitPolicy::kWait);
  // What a change of a record asks for that is locked by being changed: as X,REC_NOT_GAP, but nothing
  // is recorded unless it has to wait.
  LockOutcome LockImplicitly(TrxId trx, TableId table, RecordPlace place,
                             WaitPolicy policy = WaitPolicy::kWait);
  LockOutcome LockWholeTable(TrxId trx, TableId table, LockMode mode, WaitPolicy policy = WaitPolicy::kWait);

  // Turns an implicit lock (a row that `owner` just wrote) into a granted X,REC_NOT_GAP structure,
  // unless it has one.
  void MakeExplicit(TrxId owner, TableId table, RecordPlace place);

  // --- Questions ------------------------------------------------------------------------------
  bool Holds(TrxId trx, RecordPlace place, LockMode mode, LockSpan span) const;
  // A request for it would leave everything as it is: all of it is held, be it in parts.
  bool HasNothingToAsk(TrxId trx, TableId table, RecordPlace place, LockMode mode, LockSpan span) const;
  bool HoldsTable(TrxId trx, TableId table, LockMode mode) const;
  // How a lock that is asked for is written down. A supremum has no record, and what is locked there is the
  // gap anyway: it is written without a span, but where the page's only structure is of just this kind.
  LockSpan WrittenSpan(TrxId trx, RecordPlace place, LockMode mode, LockSpan span) const;
  // Whether another transaction has, or waits for, the table's AUTO_INC lock.
  bool IsAutoIncrementContended(TrxId trx, TableId table) const;
  bool IsWaiting(TrxId trx) const;
  // The waiting request and the structure that its edge points to. Requires: IsWaiting(trx).
  LockDescription WaitingRequest(TrxId trx) const;
  std::optional<LockDescription> Blocker(TrxId trx) const;
  // All that stands in the way of the waiting request, in the order of the queue: the first is the end
  // of its edge. Requires: IsWaiting(trx).
  std::vector<BlockingLock> AllInTheWay(TrxId trx) const;
  // A transaction's structures, in the order of their creation.
  std::vector<LockStructure> StructuresOf(TrxId trx) const;
  bool HasRecordLocks(RecordPlace place) const;

  // --- Endings --------------------------------------------------------------------------------
  LockEvents ReleaseAll(TrxId trx);  // Commit or rollback is over.
  // Read committed lets go of a row that did not match (lock_rec_unlock).
  LockEvents ReleaseRecord(TrxId trx, RecordPlace place, LockMode mode);
  LockEvents ReleaseTable(TrxId trx, TableId table, LockMode mode);  // AUTO_INC at a statement's end.
  LockEvents CancelWait(TrxId trx);  // Time-out, kill. Requires: IsWaiting(trx).

  // --- Records that come, go and move -----------------------------------------------------------
  // `heir` is the next record or the page's supremum. Gap locks on it reach over the new record.
  void OnInsert(IndexId index, RecordSlot inserted, RecordSlot heir, PassedOn passed_on = {});
  // `erased` is about to go: its locks go over to `heir` as gap locks, waiting ones too, and its
  // waiters are let go.
  LockEvents OnErase(IndexId index, RecordSlot erased, RecordSlot heir, const Inheritance& inheritance = {});
  void OnMove(IndexId index, RecordSlot from, RecordSlot to);  // All locks go along.
  // A change of a field's size erases the record and inserts it anew. Meanwhile its locks wait on the
  // page's infimum, so that each that waits leaves two empty structures behind.
  void OnReinsert(IndexId index, RecordSlot slot);
  // A whole split: `moved` pairs the old and new slots of the records that went to the new page, in key
  // order; it may be empty. The structures go over in the order of the page's list, so that order
  // survives; then follows what OnSplitRight does. Either page may be the new one.
  void OnSplit(IndexId index, PageNumber left, PageNumber right,
               std::span<const std::pair<RecordSlot, RecordSlot>> moved, RecordSlot first_of_right,
               const Inheritance& inheritance = {});
  // The old page keeps its number: locks of its supremum belong to the right page's now, and the
  // left supremum inherits the gap in front of the right page's first record. To be called after
  // OnMove for each moved record.
  void OnSplitRight(IndexId index, PageNumber left, PageNumber right, RecordSlot first_of_right,
                    const Inheritance& inheritance = {});
  // An emptied page goes: what is left on it, the supremum's locks too, is inherited by `heir`, the
  // supremum in front of it (or the first record behind it, when it was the first page); its waiters
  // are let go and its structures vanish.
  LockEvents OnPageDiscarded(IndexId index, PageNumber page, RecordSlot heir,
                             const Inheritance& inheritance = {});
  // Requires: nobody waits for a record of it.
  void OnIndexDropped(IndexId index);

  // --- Weights and settings ---------------------------------------------------------------------
  // What decides the victim beside the number of structures: undo records, and whether the
  // transaction has changed a table that can't be rolled back.
  void SetWeight(TrxId trx, std::uint64_t undo_records, bool changed_non_transactional);
  // What Inheritance distinguishes. Below REPEATABLE READ gap locks are not kept, and by default only the
  // locks of duplicate checks are passed on. REPLACE and ON DUPLICATE KEY UPDATE check with X. Default:
  // keeps them, replaces nothing.
  void SetKeepsGapLocks(TrxId trx, bool keeps_gap_locks);
  void SetReplacesDuplicates(TrxId trx, bool replaces_duplicates);
  // When a release moves several edges, the transactions at their new ends are looked at one after the
  // other, and the first one's circle is resolved first: by rank, then by id. The server goes by the
  // address of its transaction object, which is the order in which the sessions first used InnoDB.
  void SetDetectorRank(TrxId trx, std::uint32_t rank);
  void SetDeadlockDetection(bool is_on) { detects_deadlocks_ = is_on; }
  // Without, deadlocks are told by their victims alone. No part of the canonical bytes.
  void SetDescribesCircles(bool describes) { describes_circles_ = describes; }
  // Requires: nothing is locked. Belongs to the server that is simulated, not to its state.
  void SetQueueOrder(QueueOrder order) { order_ = order; }

  // --- Reports ----------------------------------------------------------------------------------
  // All locks, by transaction id and structure, one entry a record.
  std::vector<LockDescription> List() const;
  std::size_t structure_count() const;
  std::size_t structure_count(TrxId trx) const;
  std::size_t memory_bytes() const;

  void PutInto(Canonical& canonical) const;
  // The same with transactions and records renamed, for states that are equal but for such names.
  // Renaming must be one-to-one; it has to keep the order of transactions of equal detector rank, and
  // the page of a record.
  void PutInto(Canonical& canonical, absl::FunctionRef<std::uint64_t(TrxId)> rename_trx,
               absl::FunctionRef<RecordSlot(IndexId, RecordSlot)> rename_slot) const;

  // The same in two parts: what stands in the queues, in their order, where a transaction is only
  // mentioned; and each transaction's own part, which tells nothing of others.
  struct Form {
    Canonical& queues;
    absl::FunctionRef<void(TrxId)> mention;  // At this place of the queues.
    absl::FunctionRef<Canonical&(TrxId)> own_part;
    // Intention locks stand in no order, where nobody will ever ask for a whole table.
    bool orders_intentions = true;
  };
  void PutInto(const Form& form) const;
  // Whether, in this table or those that it was copied from, several edges had moved when a circle was
  // resolved: only then does it matter which session used InnoDB first (SetDetectorRank). No part of
  // the canonical bytes.
  bool HasComparedRanks() const { return has_compared_ranks_; }

  friend std::vector<std::string> Violations(const LockTable& locks);

 private:
  // --- Chains (lock_table.cc) ---
  LockStructure& At(StructureId id) { return structures_[id.value() - 1]; }
  const LockStructure& At(StructureId id) const { return structures_[id.value() - 1]; }
  const TrxLocks* FindTrx(TrxId trx) const;
  TrxLocks& TrxOf(TrxId trx);  // Requires: it is known.
  const LockQueue* FindPage(PageKey page) const;
  LockQueue& QueueOf(const LockStructure& structure);
  const LockQueue& QueueOf(const LockStructure& structure) const;
  StructureId Append(LockStructure structure);
  void Remove(StructureId id);
  void RenameStructure(StructureId from, StructureId to);
  void SetNotWaiting(StructureId id);
  void MoveToFront(StructureId id);

  // --- Record queues ---
  bool HoldsExplicitly(TrxId trx, RecordPlace place, LockMode mode, LockSpan span) const;
  StructureId FirstInTheWay(const RecordLockView& wanted, RecordPlace place) const;
  TrxId TrxWaitedForBy(const LockStructure& waiting) const { return FindTrx(waiting.trx)->waits_for; }
  static bool HasOtherThanIntentions(const LockQueue& queue) {
    return queue.waiting > 0 ||
           queue.CountOf(LockMode::kIntentionShared) + queue.CountOf(LockMode::kIntentionExclusive) <
               queue.length;
  }
  bool Overtakes(const RecordLockView& wanted, RecordPlace place, const LockStructure& waiter) const;
  bool OvertakesAny(const RecordLockView& wanted, RecordPlace place) const;
  StructureId OnlyOneLike(RecordPlace place, TrxId trx, LockMode mode, LockSpan span) const;
  StructureId FindSimilar(const LockQueue& queue, TrxId trx, LockMode mode, LockSpan span) const;
  bool HasWaiterOn(const LockQueue& queue, std::uint32_t heap) const;
  void AddGranted(TrxId trx, TableId table, RecordPlace place, LockMode mode, LockSpan span);
  LockOutcome Enqueue(LockStructure structure, StructureId blocker);
  LockOutcome RequestInsertIntention(TrxId trx, TableId table, RecordPlace place, LockMode mode,
                                     WaitPolicy policy);

  // --- Waits and grants (lock_release.cc) ---
  StructureId StillInTheWay(StructureId waiting) const;
  // The first structure in the way that stands at `from` or behind it; null where there is none.
  StructureId NextInTheWay(StructureId waiting, StructureId from) const;
  void Grant(StructureId id, LockEvents& events);
  using Weights = boost::container::flat_map<TrxId, std::uint64_t>;
  Weights ScheduleWeights() const;
  void GrantByWeight(TrxId releaser, PageKey page, std::uint32_t heap, const Weights& weights,
                     LockEvents& events);
  // `weights`: counted anew where absent.
  void Dequeue(StructureId id, LockEvents& events, const Weights* weights = nullptr);
  void PointEdge(StructureId waiting, StructureId blocker, bool checks_circles);
  void RecheckWaiter(StructureId waiting, bool checks_circles, LockEvents& events);
  void CancelWaitAndDequeue(TrxId trx, LockEvents& events);

  // --- Moves (lock_moves.cc) ---
  void InheritToGap(RecordPlace heir, RecordPlace donor, const Inheritance& inheritance);
  void ResetAndReleaseWaiters(RecordPlace place, LockEvents& events);
  void MoveStructureBit(StructureId id, RecordPlace from, RecordPlace to);
  void MoveRecord(RecordPlace from, RecordPlace to);

  // --- Deadlocks (deadlock.cc) ---
  std::optional<TrxId> FindCircle(TrxId start) const;
  std::uint64_t WeightOf(TrxId trx) const;
  void ResolveCircle(TrxId start, LockEvents& events);
  void CheckMovedEdges(LockEvents& events);
  std::vector<DeadlockEdge> Describe(TrxId start, TrxId in_circle) const;
  LockDescription DescribeStructure(const LockStructure& structure) const;

  std::vector<LockStructure> structures_;  // Without holes, in no order that means anything.
  boost::container::flat_map<PageKey, LockQueue> pages_;
  boost::container::flat_map<TableId, LockQueue> tables_;
  boost::container::flat_map<TrxId, TrxLocks> transactions_;
  // Waiting transactions at the end of edges that moved, in order: a circle may run through them.
  absl::InlinedVector<TrxId, 2> unchecked_;
  bool detects_deadlocks_ = true;
  bool describes_circles_ = true;
  bool has_compared_ranks_ = false;
  QueueOrder order_ = QueueOrder::kByCreation;
  std::uint64_t waits_begun_ = 0;  // Only where weights are counted.
};

// The invariants that `locks` breaks, a sentence each; empty when it is sound.
std::vector<std::string> Violations(const LockTable& locks);

}  // namespace nextkey
