// A lock table that is slow and plain: one list of locks in the order of their creation, searched from
// front to back for every question. It shares types of ids and modes with the real one, and no code.
//
// Conflicts are told in other words than the real one's: a lock has a record part, a gap part or an
// insert part; records conflict with records, inserts with gaps.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lockmgr/lock_table.h"

namespace nextkey {

class NaiveLockTable {
 public:
  struct Result {
    std::string status = "granted";
    std::vector<TrxId> granted;
    std::vector<TrxId> victims;

    friend bool operator==(const Result&, const Result&) = default;
  };

  Result LockRecord(TrxId trx, TableId table, RecordPlace place, LockMode mode, LockSpan span, bool refuse);
  Result LockImplicitly(TrxId trx, TableId table, RecordPlace place);
  Result LockWholeTable(TrxId trx, TableId table, LockMode mode, bool refuse);
  void MakeExplicit(TrxId owner, TableId table, RecordPlace place);

  Result ReleaseAll(TrxId trx);
  Result ReleaseRecord(TrxId trx, RecordPlace place, LockMode mode);
  Result ReleaseTable(TrxId trx, TableId table, LockMode mode);
  Result CancelWait(TrxId trx);

  void OnInsert(IndexId index, RecordSlot inserted, RecordSlot heir);
  Result OnErase(IndexId index, RecordSlot erased, RecordSlot heir);
  void OnMove(RecordPlace from, RecordPlace to);
  void OnSplit(IndexId index, PageNumber left, PageNumber right,
               const std::vector<std::pair<RecordSlot, RecordSlot>>& moved);
  Result OnPageDiscarded(IndexId index, PageNumber page, RecordSlot heir);

  void SetWeight(TrxId trx, std::uint64_t undo_records) { trx_[trx].undo_records = undo_records; }
  void SetInheritance(TrxId trx, bool keeps, bool replaces) {
    trx_[trx].keeps_gap_locks = keeps;
    trx_[trx].replaces = replaces;
  }

  bool IsWaiting(TrxId trx) const;
  bool IsLocked(RecordPlace place) const;
  bool IsPageLockedBesideSupremum(IndexId index, PageNumber page) const;
  bool IsPageKnown(IndexId index, PageNumber page) const;
  bool MayBeWrittenBy(TrxId trx, RecordPlace place) const;
  // Every lock and every edge, a line each, sorted.
  std::vector<std::string> Describe() const;

 private:
  struct Lock {
    TrxId trx;
    TableId table;
    std::optional<std::pair<IndexId, PageNumber>> page;
    LockMode mode = LockMode::kShared;
    LockSpan span = LockSpan::kNextKey;
    bool waits = false;
    std::set<std::uint32_t> heaps;
  };
  struct Trx {
    std::uint64_t undo_records = 0;
    bool keeps_gap_locks = true;
    bool replaces = false;
    TrxId waits_for;
  };

  static bool Clashes(const Lock& wanted, const Lock& held);
  bool Has(TrxId trx, RecordPlace place, LockMode mode, LockSpan span) const;
  bool HasTable(TrxId trx, TableId table, LockMode mode) const;
  std::optional<TrxId> InTheWay(const Lock& wanted, std::size_t before) const;
  void Add(Lock lock);
  Result Wait(Lock lock, TrxId blocker);
  void Grant(Lock& lock, Result& result);
  void Recheck(const Lock& gone, std::size_t from, bool remember, Result& result);
  void Erase(std::size_t position, Result& result);
  void StopWaiting(TrxId trx, Result& result);
  void Inherit(RecordPlace heir, RecordPlace donor);
  void ClearPlace(RecordPlace place, Result& result);
  std::uint64_t Weight(TrxId trx) const;
  void Resolve(TrxId start, Result& result);
  void ResolveRemembered(Result& result);
  TrxId EdgeOf(TrxId trx) const;

  std::vector<Lock> locks_;
  std::map<TrxId, Trx> trx_;
  std::set<TrxId> remembered_;
};

// The same lines about the real lock table.
std::vector<std::string> Describe(const LockTable& locks);

}  // namespace nextkey
