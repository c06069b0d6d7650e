#include "txn/history_report.h"

#include <memory>
#include <utility>

#include "engine/table.h"
#include "txn/read_predicate.h"
#include "txn/system_tables.h"
#include "txn/transaction.h"

namespace nextkey {
namespace {

bool IsKept(const Table& table) { return table.def->engine == StorageEngine::kInnoDb; }

// A cursor of the statement at work.
struct CursorAtWork {
  const QueryPlan& block;
  const TablePlan& plan;
  const QueryState& state;
  const ScanState& scan;
  const Table& table;
};

CursorAtWork CursorAt(const Turn& turn, std::uint32_t query, std::uint32_t level) {
  const QueryPlan& block = turn.execution.plan->queries[query];
  const QueryState& state = turn.execution.queries[query];
  const TablePlan& plan = block.tables[block.order[level]];
  return {block, plan, state, state.scans[level], TableFor(turn, plan.id)};
}

// The snapshot that the cursor reads by; null where it reads what is there.
const ReadView* ViewBehind(Turn& turn, const ReadMode& mode) {
  if (mode.locking != sql::RowLocking::kNone) return nullptr;
  if (IsolationOf(turn.session) == sql::IsolationLevel::kReadUncommitted) return nullptr;
  const Transaction* transaction = CurrentTransaction(turn);
  return transaction != nullptr && transaction->view.has_value() ? &*transaction->view : nullptr;
}

TrxId WriterSeen(Turn& turn, const CursorAtWork& cursor, const ReadMode& mode, const Record& record) {
  const ReadView* view = ViewBehind(turn, mode);
  const bool takes_newest = view == nullptr && !cursor.scan.is_semi_consistent;
  const auto is_seen = [&](TrxId writer) {
    return view != nullptr ? view->Sees(writer) : !IsActive(turn.state, writer);
  };
  if (takes_newest || is_seen(record.writer)) return record.writer;
  for (const Version* version = record.older.get(); version != nullptr; version = version->older.get()) {
    if (is_seen(version->writer)) return version->writer;
  }
  return {};
}

std::string RowKeyText(const TableDef& table, const Row& row) {
  return LockData(table, table.indexes[0], row);
}

}  // namespace

void ReportScanOpened(Turn& turn, std::uint32_t query, std::uint32_t level, const ReadMode& mode) {
  const CursorAtWork cursor = CursorAt(turn, query, level);
  // What SKIP LOCKED passes over was left out on purpose.
  if (!IsKept(cursor.table) || mode.waiting == sql::LockWaiting::kSkipLocked) return;
  auto predicate = std::make_shared<ReadPredicate>();
  predicate->table = cursor.table.def;
  predicate->plan = turn.execution.plan;
  predicate->query = query;
  predicate->from_position = cursor.block.order[level];
  predicate->ranges = cursor.scan.ranges;
  predicate->rows.assign(cursor.state.rows.begin(), cursor.state.rows.end());
  predicate->variables = turn.session.user_variables;
  predicate->session_variables = turn.session.variables;
  predicate->global_variables = turn.state.global;
  predicate->started_us = turn.execution.started_us;
  ScanOpened opened{turn.session_id, turn.session.trx, {query, level}, std::move(predicate), std::nullopt};
  if (const ReadView* view = ViewBehind(turn, mode)) opened.view = *view;
  turn.events.emplace_back(HistoryEvent(std::move(opened)));
}

void ReportScanEnded(Turn& turn, std::uint32_t query, std::uint32_t level) {
  if (!IsKept(CursorAt(turn, query, level).table)) return;
  turn.events.emplace_back(HistoryEvent(ScanEnded{turn.session_id, {query, level}}));
}

void ReportRowRead(Turn& turn, std::uint32_t query, std::uint32_t level, const ReadMode& mode,
                   bool is_match) {
  const CursorAtWork cursor = CursorAt(turn, query, level);
  if (!IsKept(cursor.table)) return;
  const Row& row = cursor.state.rows[cursor.block.order[level]];
  const std::optional<Place> place = cursor.table.clustered().Find(cursor.table.clustered().KeyOf(row));
  if (!place.has_value()) return;
  const Record& record = cursor.table.clustered().At(*place);
  turn.events.emplace_back(HistoryEvent(RowRead{turn.session_id,
                                                turn.session.trx,
                                                {query, level},
                                                cursor.table.def->name,
                                                RowKeyText(*cursor.table.def, row),
                                                row,
                                                WriterSeen(turn, cursor, mode, record),
                                                is_match}));
}

void ReportRowWritten(Turn& turn, TableId table_id, const Row& before, const Row& after) {
  if (!IsKept(*turn.state.catalog.Find(table_id))) return;
  const TableDef& table = *turn.state.catalog.Find(table_id)->def;
  turn.events.emplace_back(
      HistoryEvent(RowWritten{turn.session_id, turn.session.trx, table.name,
                              RowKeyText(table, after.IsEmpty() ? before : after), before, after}));
}

void ReportWriteUndone(const ServerState& state, std::vector<Event>& events, TrxId trx,
                       const UndoEntry& entry) {
  if (!state.reports_history) return;
  const Table* table = state.catalog.Find(entry.table);
  if (table == nullptr) return;
  const std::optional<Place> place = table->clustered().Find(entry.key);
  if (!place.has_value()) return;
  events.emplace_back(HistoryEvent(WriteUndone{state.transactions.at(trx)->session, trx, table->def->name,
                                               RowKeyText(*table->def, table->clustered().At(*place).row)}));
}

void ReportTransactionEnded(const ServerState& state, std::vector<Event>& events, SessionId session,
                            TrxId trx, bool is_committed) {
  if (!state.reports_history || trx.IsNull()) return;
  events.emplace_back(HistoryEvent(TransactionEnded{session, trx, is_committed}));
}

}  // namespace nextkey
