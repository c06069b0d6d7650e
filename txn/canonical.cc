// The canonical bytes of a server: all that its future depends on, in a fixed order.

#include <span>

#include "txn/server_form.h"
#include "txn/state.h"

namespace nextkey {
namespace {

void Put(Canonical& c, std::span<const Value> values) {
  c.Put(values.size());
  for (const Value& value : values) value.PutInto(c);
}

void Put(Canonical& c, std::span<const Row> rows) {
  c.Put(rows.size());
  for (const Row& row : rows) row.PutInto(c);
}

void Put(Canonical& c, const std::optional<std::int64_t>& number) {
  c.Put(number.has_value() ? 1 : 0);
  if (number.has_value()) c.PutSigned(*number);
}

void Put(Canonical& c, const std::vector<Warning>& warnings) {
  c.Put(warnings.size());
  for (const Warning& warning : warnings) {
    c.PutSigned(warning.number);
    c.PutText(warning.message);
    c.Put(static_cast<std::uint64_t>(warning.level));
  }
}

void Put(Canonical& c, const Memo& memo) {
  c.Put(memo.size());
  for (const MemoEntry& entry : memo) {
    c.Put(entry.is_set ? 1 : 0);
    Put(c, entry.values);
  }
}

void Put(Canonical& c, const KeyRanges& ranges) {
  c.Put(ranges.size());
  for (const KeyRange& range : ranges) {
    Put(c, range.low);
    Put(c, range.high);
    c.Put((range.low_inclusive ? 1U : 0U) | (range.high_inclusive ? 2U : 0U) | (range.is_point ? 4U : 0U));
  }
}

// What a plan chose by the tables' contents of its moment.
void Put(Canonical& c, const QueryPlan& query) {
  c.Put(query.order_by.size());
  for (const std::uint32_t table : query.order) {
    const AccessPath& path = query.tables[table].path;
    c.Put(table);
    c.Put(static_cast<std::uint64_t>(path.kind));
    c.Put(path.index);
    c.Put(path.conditions.size());
    c.Put((path.is_descending ? 1U : 0U) | (path.has_index_condition ? 2U : 0U) |
          (path.ranges.has_value() ? 4U : 0U));
    if (path.ranges.has_value()) Put(c, *path.ranges);
  }
}

void Put(Canonical& c, const ScanState& scan) {
  Put(c, scan.ranges);
  c.Put(scan.range);
  c.Put(static_cast<std::uint64_t>(scan.position));
  Put(c, scan.key);
  c.Put((scan.is_first ? 1U : 0U) | (scan.must_advance ? 2U : 0U) | (scan.found_match ? 4U : 0U) |
        (scan.lock_is_new ? 8U : 0U) | (scan.is_semi_consistent ? 16U : 0U) | (scan.must_wait ? 32U : 0U) |
        (scan.is_passed ? 64U : 0U));
}

void Put(Canonical& c, const QueryState& query) {
  c.Put(static_cast<std::uint64_t>(query.stage));
  c.Put(query.level);
  c.Put(query.condition);
  c.Put((query.level_has_row ? 1U : 0U) | (query.join_is_decided ? 2U : 0U) | (query.is_emitting ? 4U : 0U) |
        (query.is_impossible ? 128U : 0U) | (query.limit_known ? 8U : 0U) | (query.has_all_rows ? 16U : 0U) |
        (query.having_is_decided ? 32U : 0U) | (query.is_complete ? 64U : 0U));
  c.Put(query.scans.size());
  for (const ScanState& scan : query.scans) Put(c, scan);
  Put(c, query.rows);
  Put(c, query.memo);
  c.Put(query.groups.size());
  for (const GroupState& group : query.groups) {
    Put(c, group.key);
    Put(c, group.rows);
    for (const Aggregator& aggregator : group.aggregators) aggregator.PutInto(c);
  }
  c.Put(query.output.size());
  for (const OutputRow& row : query.output) {
    Put(c, row.values);
    Put(c, row.sort_key);
  }
  c.Put(query.item);
  Put(c, query.partial.values);
  Put(c, query.partial.sort_key);
  c.Put(query.row_limit);
  c.Put(query.row_offset);
  c.Put(query.group);
}

// Without the values of columns that nobody reads.
void Put(Canonical& c, std::span<const Value> values, const std::vector<bool>* is_unread) {
  c.Put(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (is_unread == nullptr || i >= is_unread->size() || !(*is_unread)[i]) values[i].PutInto(c);
  }
}

const std::vector<bool>* UnreadColumnsOf(TableId table, const FormScope& scope) {
  const auto found = scope.unread_columns.find(table);
  return found == scope.unread_columns.end() ? nullptr : &found->second;
}

void Put(Canonical& c, const RowChange& change, const FormScope& scope) {
  const std::vector<bool>* is_unread = UnreadColumnsOf(change.table, scope);
  c.PutId(change.table);
  c.Put(static_cast<std::uint64_t>(change.kind));
  Put(c, change.old_row.values(), is_unread);
  Put(c, change.new_row.values(), is_unread);
  c.Put(change.index);
  c.Put(static_cast<std::uint64_t>(change.part));
  c.Put(change.reference);
  Put(c, change.child_key);
  c.PutText(change.cascaded_by);
  c.Put(change.wants_exclusive_duplicate ? 1 : 0);
}

// The row that an INSERT is putting together, or has.
void PutNewRow(Canonical& c, const Execution& execution, const FormScope& scope) {
  const bool is_insert = execution.plan != nullptr && execution.plan->insert.has_value();
  const std::vector<bool>* is_unread =
      is_insert ? UnreadColumnsOf(execution.plan->insert->table, scope) : nullptr;
  std::vector<bool> is_unread_value;
  if (is_unread != nullptr) {
    for (const std::uint32_t column : execution.plan->insert->columns)
      is_unread_value.push_back((*is_unread)[column]);
  }
  Put(c, execution.values, &is_unread_value);
  Put(c, execution.new_row.values(), is_unread);
}

void Put(Canonical& c, const Execution& execution, const FormScope& scope) {
  c.PutText(execution.statement->text);
  if (scope.reads_clock) c.PutSigned(execution.started_us);
  c.Put(static_cast<std::uint64_t>(execution.stage));
  c.Put(execution.next_lock);
  c.Put(execution.phase);
  c.Put(execution.undo_mark);
  c.Put(execution.system_tables.size());
  for (const SystemTableRef& table : execution.system_tables) table->contents.PutInto(c);
  c.PutSigned(execution.error.has_value() ? execution.error->number : 0);
  Put(c, execution.result.warnings);
  c.Put(execution.plan != nullptr ? execution.plan->queries.size() : 0);
  if (execution.plan != nullptr) {
    for (const QueryPlan& query : execution.plan->queries) Put(c, query);
  }
  c.Put(execution.queries.size());
  for (const QueryState& query : execution.queries) Put(c, query);
  Put(c, execution.memo);
  c.Put((execution.call_is_pending ? 1U : 0U) | (execution.generated_id ? 2U : 0U) |
        (execution.holds_auto_inc ? 4U : 0U) | (execution.all_found ? 8U : 0U) |
        (execution.replaces_by_update ? 16U : 0U) | (execution.call_answer.has_value() ? 32U : 0U) |
        (execution.wrote_rows ? 64U : 0U) | (execution.has_asked ? 128U : 0U));
  if (execution.call_answer.has_value()) execution.call_answer->PutInto(c);
  c.Put(execution.row);
  c.Put(execution.value);
  PutNewRow(c, execution, scope);
  c.Put(execution.next_id);
  c.Put(execution.ids_end);
  c.Put(execution.next_id_before_row);
  c.Put(execution.row_id);
  c.Put(execution.id_block);
  c.Put(execution.buffer.size());
  for (const JoinedRow& rows : execution.buffer) Put(c, rows);
  c.Put(execution.changes.size());
  for (const RowChange& change : execution.changes) Put(c, change, scope);
  c.Put(execution.row_undo_mark);
  c.Put(execution.duplicate.has_value() ? 1 : 0);
  if (execution.duplicate.has_value()) {
    c.Put(execution.duplicate->index);
    execution.duplicate->existing.PutInto(c);
  }
  c.Put(execution.target);
  c.Put(execution.matched);
  c.Put(execution.changed);
}

void Put(Canonical& c, const std::vector<UndoEntry>& undo) {
  c.Put(undo.size());
  for (const UndoEntry& entry : undo) {
    c.PutId(entry.table);
    c.Put(static_cast<std::uint64_t>(entry.kind));
    Put(c, entry.key);
  }
}

void Put(Canonical& c, const SessionState& session) {
  c.PutId(session.id);
  session.variables.PutInto(c);
  c.Put(session.user_variables.size());
  for (const auto& [name, value] : session.user_variables) {
    c.PutText(name);
    value.PutInto(c);
  }
  c.Put(session.next_isolation.has_value() ? 1 + static_cast<std::uint64_t>(*session.next_isolation) : 0);
  c.Put(session.next_read_only.has_value() ? 1 + (*session.next_read_only ? 1U : 0U) : 0);
  c.Put((session.in_transaction ? 1U : 0U) | (session.is_read_only ? 2U : 0U) |
        (session.changed_non_transactional ? 4U : 0U) | (session.holds_global_read_lock ? 8U : 0U) |
        (session.level_is_forgotten ? 16U : 0U) | (session.yields_before_locks ? 32U : 0U));
  c.Put(static_cast<std::uint64_t>(session.isolation));
  c.PutId(session.trx);
  c.Put(session.detector_rank);
  c.Put(session.savepoints.size());
  for (const Savepoint& savepoint : session.savepoints) {
    c.PutText(savepoint.name);
    c.Put(savepoint.undo_size);
    c.Put(savepoint.has_transaction ? 1 : 0);
  }
  c.Put(session.locked_tables.size());
  for (const LockedTable& table : session.locked_tables) {
    c.PutId(table.table);
    c.PutText(table.alias);
    c.Put(static_cast<std::uint64_t>(table.kind));
    c.PutId(table.limit);
  }
  c.PutSigned(session.last_insert_id);
  c.PutSigned(session.row_count);
  c.PutSigned(session.found_rows);
  Put(c, session.warnings);
  c.Put(session.execution.has_value() ? 1 : 0);
  if (session.execution.has_value()) Put(c, *session.execution, FormScope{});
  c.Put(session.wait.has_value() ? 1 + static_cast<std::uint64_t>(session.wait->kind) : 0);
  if (session.wait.has_value()) {
    Put(c, session.wait->deadline_us);
    c.PutSigned(session.wait->started_us);
  }
  c.PutSigned(session.idle_since_us);
  c.Put(session.is_killed ? 1 : 0);
}

void Put(Canonical& c, const ServerReports& reports) {
  c.Put(reports.row_lock_waits);
  c.PutSigned(reports.row_lock_wait_us);
  c.PutSigned(reports.longest_row_lock_wait_us);
  c.PutText(reports.latest_deadlock);
  c.PutText(reports.latest_foreign_key_error);
}

}  // namespace

void PutExecution(Canonical& canonical, const Execution& execution, const FormScope& scope) {
  Put(canonical, execution, scope);
}

void ServerState::PutInto(Canonical& c) const {
  c.PutText(dialect->name);
  catalog.PutInto(c);
  locks.PutInto(c);
  metadata.PutInto(c);
  table_level.PutInto(c);
  global.PutInto(c);
  c.Put(sessions.size());
  for (const auto& [id, session] : sessions) Put(c, *session);
  c.Put(transactions.size());
  for (const auto& [id, transaction] : transactions) {
    c.PutId(id);
    c.PutId(transaction->session);
    c.Put(static_cast<std::uint64_t>(transaction->isolation));
    c.Put((transaction->view.has_value() ? 1U : 0U) | (transaction->is_read_write ? 2U : 0U));
    if (transaction->view.has_value()) transaction->view->PutInto(c);
    Put(c, transaction->undo);
    c.PutSigned(transaction->started_us);
  }
  c.Put(history->size());
  for (const HistoryEntry& entry : *history) {
    c.PutId(entry.trx);
    Put(c, entry.undo);
  }
  c.Put(next_session);
  c.Put(next_trx);
  c.Put(next_detector_rank);
  c.PutSigned(now_us);
  c.Put((purges_eagerly ? 1U : 0U) | (keeps_latest_errors ? 2U : 0U));
  c.Put(keeps_commits ? 1 : 0);
  c.Put(committed.size());
  for (const CommittedTransaction& transaction : committed) {
    for (const CommittedRow& row : transaction.rows) {
      c.PutId(row.table->id);
      row.before.PutInto(c);
      row.after.PutInto(c);
    }
  }
  Put(c, *reports);
  c.Put(runnable.size());
  for (SessionId session : runnable) c.PutId(session);
}

}  // namespace nextkey
