#include "txn/transaction.h"

#include <algorithm>
#include <utility>

#include "txn/committed_rows.h"
#include "txn/history_report.h"
#include "txn/lock_rules.h"
#include "txn/waits.h"

namespace nextkey {

bool ReadView::Sees(TrxId writer) const {
  if (writer == creator) return true;
  return writer < limit && !std::binary_search(active.begin(), active.end(), writer);
}

void ReadView::PutInto(Canonical& canonical) const {
  canonical.PutId(creator);
  canonical.PutId(limit);
  canonical.Put(active.size());
  for (TrxId trx : active) canonical.PutId(trx);
}

sql::IsolationLevel IsolationOf(const SessionState& session) {
  if (session.level_is_forgotten) return sql::IsolationLevel::kRepeatableRead;
  if (session.in_transaction) return session.isolation;
  return session.next_isolation.value_or(session.variables.isolation);
}

bool IsReadOnly(const SessionState& session) {
  if (session.in_transaction) return session.is_read_only;
  return session.next_read_only.value_or(session.variables.is_read_only);
}

Characteristics CharacteristicsOf(const SessionState& session) {
  if (!session.in_transaction) return {session.next_isolation, session.next_read_only};
  Characteristics open;
  if (session.isolation != session.variables.isolation) open.isolation = session.isolation;
  if (session.is_read_only != session.variables.is_read_only) open.is_read_only = session.is_read_only;
  return open;
}

void HandOn(const Characteristics& characteristics, SessionState& session) {
  session.next_isolation = characteristics.isolation;
  session.next_read_only = characteristics.is_read_only;
}

bool IsMultiStatement(const SessionState& session) {
  return session.in_transaction || !session.variables.autocommit;
}

const Transaction* FindTransaction(const ServerState& state, TrxId trx) {
  const auto found = state.transactions.find(trx);
  return found == state.transactions.end() ? nullptr : &*found->second;
}

Transaction* FindTransactionForWrite(ServerState& state, TrxId trx) {
  const auto found = state.transactions.find(trx);
  return found == state.transactions.end() ? nullptr : &found->second.Write();
}

const Transaction* CurrentTransaction(const Turn& turn) {
  return FindTransaction(turn.state, turn.session.trx);
}

TrxId EnsureTransaction(Turn& turn) {
  SessionState& session = turn.session;
  if (!session.variables.autocommit && !session.in_transaction) {
    session.isolation = session.next_isolation.value_or(session.variables.isolation);
    session.is_read_only = IsReadOnly(session);
    session.in_transaction = true;
    session.next_isolation.reset();
    session.next_read_only.reset();
  }
  if (!session.trx.IsNull()) return session.trx;
  Transaction transaction;
  transaction.id = TrxId(turn.state.next_trx++);
  transaction.session = session.id;
  transaction.isolation = IsolationOf(session);
  transaction.started_us = turn.state.now_us;
  session.trx = transaction.id;
  if (session.detector_rank == 0) session.detector_rank = turn.state.next_detector_rank++;
  turn.state.locks.SetDetectorRank(transaction.id, session.detector_rank);
  turn.state.locks.SetKeepsGapLocks(transaction.id, KeepsGapLocks(transaction.isolation));
  turn.state.locks.SetWeight(transaction.id, 0, session.changed_non_transactional);
  turn.state.transactions.emplace(transaction.id, Cow<Transaction>(std::move(transaction)));
  return session.trx;
}

bool IsActive(const ServerState& state, TrxId trx) { return state.transactions.contains(trx); }

const ReadView& EnsureReadView(Turn& turn) {
  EnsureTransaction(turn);
  const Transaction& transaction = *CurrentTransaction(turn);
  if (transaction.view.has_value()) return *transaction.view;
  ReadView view;
  view.creator = transaction.id;
  view.limit = TrxId(turn.state.next_trx);
  for (const auto& [id, other] : turn.state.transactions) {
    if (id != transaction.id) view.active.push_back(id);
  }
  return FindTransactionForWrite(turn.state, transaction.id)->view.emplace(std::move(view));
}

VisibleRow VisibleVersion(const Record& record, const ReadView& view) {
  if (view.Sees(record.writer)) return {&record.row, record.is_deleted};
  for (const Version* version = record.older.get(); version != nullptr; version = version->older.get()) {
    if (view.Sees(version->writer)) return {&version->row, version->is_deleted};
  }
  return {};
}

VisibleRow CommittedVersion(const ServerState& state, const Record& record) {
  if (!IsActive(state, record.writer)) return {&record.row, record.is_deleted};
  for (const Version* version = record.older.get(); version != nullptr; version = version->older.get()) {
    if (!IsActive(state, version->writer)) return {&version->row, version->is_deleted};
  }
  return {};
}

void AddUndo(ServerState& state, TrxId trx, UndoEntry entry) {
  Transaction& transaction = *FindTransactionForWrite(state, trx);
  transaction.undo.push_back(std::move(entry));
  const SessionState& session = *state.sessions.at(transaction.session);
  state.locks.SetWeight(trx, transaction.undo.size(), session.changed_non_transactional);
}

void LeaveTransaction(ServerState& state, std::vector<Event>& events, SessionState& session) {
  const TrxId trx = session.trx;
  RollbackTo(state, events, trx, 0);
  ReportTransactionEnded(state, events, session.id, trx, false);
  state.transactions.erase(trx);
  session.trx = TrxId();
  Apply(state, events, state.locks.ReleaseAll(trx));
}

void NoteNonTransactionalChange(Turn& turn) {
  if (!IsMultiStatement(turn.session)) return;
  turn.session.changed_non_transactional = true;
  const Transaction* transaction = CurrentTransaction(turn);
  if (transaction != nullptr) turn.state.locks.SetWeight(transaction->id, transaction->undo.size(), true);
}

void EndTransaction(ServerState& state, std::vector<Event>& events, SessionState& session, bool commit) {
  const TrxId trx = session.trx;
  if (!trx.IsNull()) {
    if (!commit) RollbackTo(state, events, trx, 0);
    ReportTransactionEnded(state, events, session.id, trx, commit);
    const Transaction& transaction = *FindTransaction(state, trx);
    if (commit && state.keeps_commits && !transaction.undo.empty()) {
      state.committed.push_back(ChangesOf(state, transaction));
    }
    HistoryEntry history{trx, {}};
    for (const UndoEntry& entry : transaction.undo) {
      if (entry.kind != UndoKind::kInsert) history.undo.push_back(entry);
    }
    state.transactions.erase(trx);
    if (!history.undo.empty()) state.history.Write().push_back(std::move(history));
    session.trx = TrxId();
    session.level_is_forgotten |= !session.locked_tables.empty();
    Apply(state, events, state.locks.ReleaseAll(trx));
  }
  session.in_transaction = false;
  session.is_read_only = false;
  session.changed_non_transactional = false;
  session.savepoints.clear();
  session.next_isolation.reset();
  session.next_read_only.reset();
  Apply(state, events, state.metadata.ReleaseAll(session.id, MdlDuration::kTransaction));
}

void CommitTransaction(Turn& turn) { EndTransaction(turn.state, turn.events, turn.session, true); }

void RollbackTransaction(Turn& turn) { EndTransaction(turn.state, turn.events, turn.session, false); }

}  // namespace nextkey
