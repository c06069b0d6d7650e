#include "txn/engine_status.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/str_join.h"
#include "engine/temporal.h"
#include "fmt/format.h"
#include "txn/errors.h"
#include "txn/lock_listing.h"
#include "txn/process_list.h"
#include "txn/record_dump.h"
#include "txn/system_tables.h"

namespace nextkey {
namespace {

// The size of the piece of memory that a transaction's first locks come from.
std::string TimeText(std::int64_t us) { return Value::DateTime(us - us % 1'000'000, 0).ToText(); }

std::string TableName(const TableDef& table) { return fmt::format("`{}`.`{}`", errors::kSchema, table.name); }

// Where a server prints an address.
std::string HandleOf(SessionId session) { return fmt::format("0x{:012x}", session.value()); }

// --- Transactions -------------------------------------------------------------------------------------

// Sums as they were at the moment that is told about.
struct TrxSums {
  std::uint64_t structures = 0;
  std::uint64_t rows = 0;
  bool waits = false;
};

std::uint64_t InnodbTableCount(const ServerState& state, const SessionState& session) {
  if (!session.execution.has_value()) return 0;
  const std::vector<NamedTable>& tables = session.execution->statement->tables;
  return static_cast<std::uint64_t>(std::count_if(tables.begin(), tables.end(), [&](const NamedTable& named) {
    const Table* table = named.IsSystem() ? nullptr : state.catalog.Find(named.name);
    return table != nullptr && table->def->engine == StorageEngine::kInnoDb;
  }));
}

std::string TransactionName(const ServerState& state, const Transaction& transaction) {
  return HasNumber(state, transaction) ? std::to_string(transaction.id.value())
                                       : "(" + HandleOf(transaction.session) + ")";
}

// `TRANSACTION 5, ACTIVE 0 sec ..` and the lines up to the statement's text.
std::string TransactionText(const ServerState& state, const Transaction& transaction, const TrxSums& sums) {
  const SessionState& session = *state.sessions.at(transaction.session);
  const std::string_view operation = OperationOf(session);
  std::string text = fmt::format("TRANSACTION {}, ACTIVE {} sec{}{}\n", TransactionName(state, transaction),
                                 (state.now_us - transaction.started_us) / 1'000'000,
                                 operation.empty() ? "" : " ", operation);
  if (const std::uint64_t tables = InnodbTableCount(state, session); tables > 0) {
    const std::uint64_t locked = sums.structures > 0 ? tables : 0;
    text += fmt::format("mysql tables in use {}, locked {}\n", tables, locked);
  }
  text += fmt::format("{}{} lock struct(s), heap size {}, {} row lock(s)", sums.waits ? "LOCK WAIT " : "",
                      sums.structures, kLockHeapBytes, sums.rows);
  if (!transaction.undo.empty()) text += fmt::format(", undo log entries {}", transaction.undo.size());
  const bool runs = session.execution.has_value();
  text += fmt::format("\nMariaDB thread id {}, OS thread handle {}, query id 0 localhost root {}\n",
                      session.id.value(), session.id.value(),
                      runs ? StateAtRows(*session.execution) : std::string_view());
  if (runs) text += session.execution->statement->text + "\n";
  return text;
}

TrxSums SumsOf(const ServerState& state, const Transaction& transaction) {
  const LockCounts counts = CountLocks(state, transaction.id);
  return {counts.structures, counts.rows, state.locks.IsWaiting(transaction.id)};
}

// --- Locks --------------------------------------------------------------------------------------------

std::string_view ModeWords(LockMode mode) {
  switch (mode) {
    case LockMode::kIntentionShared:
      return " lock mode IS";
    case LockMode::kIntentionExclusive:
      return " lock mode IX";
    case LockMode::kShared:
      return " lock mode S";
    case LockMode::kExclusive:
      return " lock mode X";
    case LockMode::kAutoIncrement:
      return " lock mode AUTO-INC";
  }
  return "";
}

std::string_view SpanWords(const ListedLock& lock) {
  switch (lock.span) {
    case LockSpan::kNextKey:
      return "";
    case LockSpan::kRecordOnly:
      return lock.is_on_supremum ? "" : " locks rec but not gap";
    case LockSpan::kGapOnly:
      return " locks gap before rec";
    case LockSpan::kInsertIntention:
      return lock.is_on_supremum ? " insert intention" : " locks gap before rec insert intention";
  }
  return "";
}

std::string HeadOf(const ServerState& state, const ListedLock& lock) {
  const std::uint64_t trx = NumberOf(state, lock.trx);
  const std::string_view waiting = lock.is_waiting ? " waiting" : "";
  if (lock.index == nullptr) {
    return fmt::format("TABLE LOCK table {} trx id {}{}{}\n", TableName(*lock.table->def), trx,
                       ModeWords(lock.mode), waiting);
  }
  constexpr int kBits = 320;  // Of a structure's bitmap on a page with few records.
  const std::string_view mode = lock.mode == LockMode::kExclusive ? " lock_mode X" : ModeWords(lock.mode);
  return fmt::format("RECORD LOCKS space id {} page no {} n bits {} index {} of table {} trx id {}{}{}{}\n",
                     lock.address.space, lock.address.page, kBits, lock.index->name,
                     TableName(*lock.table->def), trx, mode, SpanWords(lock), waiting);
}

std::string RecordOf(const ListedLock& lock) {
  std::string text = fmt::format("Record lock, heap no {} ", lock.address.heap);
  if (lock.is_on_supremum) {
    text += SupremumText();
  } else if (lock.record != nullptr) {
    text += RecordText(*lock.table->def, *lock.index, *lock.record);
  }
  return text + "\n";
}

std::string LockText(const ServerState& state, const ListedLock& lock) {
  return HeadOf(state, lock) + (lock.index == nullptr ? "" : RecordOf(lock));
}

// A head for each structure, and its records below it.
std::string LocksText(const ServerState& state, TrxId trx) {
  std::string text;
  std::uint32_t structure = 0;
  for (const ListedLock& lock : LocksOf(state, trx)) {
    if (lock.structure != structure) text += HeadOf(state, lock);
    structure = lock.structure;
    if (lock.index != nullptr) text += RecordOf(lock);
  }
  return text;
}

// --- The list of transactions ---------------------------------------------------------------------------

std::string WaitText(const ServerState& state, const Transaction& transaction) {
  const SessionState& session = *state.sessions.at(transaction.session);
  const auto wanted = NameLock(state, state.locks.WaitingRequest(transaction.id), 0);
  if (!wanted.has_value() || !session.wait.has_value()) return "";
  return fmt::format(
      "------- TRX HAS BEEN WAITING {} us FOR THIS LOCK TO BE GRANTED:\n{}------------------\n",
      state.now_us - session.wait->started_us, LockText(state, *wanted));
}

std::string ViewText(const ReadView& view) {
  const TrxId oldest = view.active.empty() ? view.limit : std::min(view.limit, view.active.front());
  return fmt::format("Trx read view will not see trx with id >= {}, sees < {}\n", view.limit.value(),
                     oldest.value());
}

std::string ActiveText(const ServerState& state, const Transaction& transaction) {
  std::string text = "---" + TransactionText(state, transaction, SumsOf(state, transaction));
  if (transaction.view.has_value()) text += ViewText(*transaction.view);
  if (state.locks.IsWaiting(transaction.id)) text += WaitText(state, transaction);
  if (state.global.IsOn("innodb_status_output_locks")) text += LocksText(state, transaction.id);
  return text;
}

std::string IdleText(const SessionState& session) {
  return fmt::format("---TRANSACTION ({}), not started\n0 lock struct(s), heap size {}, 0 row lock(s)\n",
                     HandleOf(session.id), kLockHeapBytes);
}

// All sessions that have used InnoDB, the one that did so last first.
std::string SessionsText(const ServerState& state) {
  std::vector<const SessionState*> sessions;
  for (const auto& [id, session] : state.sessions) {
    if (session->detector_rank != 0 && !session->is_killed) sessions.push_back(&*session);
  }
  std::sort(sessions.begin(), sessions.end(),
            [](const SessionState* a, const SessionState* b) { return a->detector_rank > b->detector_rank; });
  std::string text;
  for (const SessionState* session : sessions) {
    text +=
        session->trx.IsNull() ? IdleText(*session) : ActiveText(state, *state.transactions.at(session->trx));
  }
  return text;
}

std::string Headline(std::string_view name) {
  const std::string line(name.size(), '-');
  return fmt::format("{}\n{}\n{}\n", line, name, line);
}

std::string StatusText(const ServerState& state) {
  const std::string frame(37, '=');
  std::string text =
      fmt::format("\n{}\n{} 0x0 INNODB MONITOR OUTPUT\n{}\n", frame, TimeText(state.now_us), frame);
  const ServerReports& reports = *state.reports;
  if (!reports.latest_foreign_key_error.empty())
    text += Headline("LATEST FOREIGN KEY ERROR") + reports.latest_foreign_key_error;
  if (!reports.latest_deadlock.empty())
    text += Headline("LATEST DETECTED DEADLOCK") + reports.latest_deadlock;
  text += Headline("TRANSACTIONS");
  text += fmt::format("Trx id counter {}\nHistory list length {}\nLIST OF TRANSACTIONS FOR EACH SESSION:\n",
                      state.next_trx, state.history->size());
  text += SessionsText(state);
  return text +
         fmt::format("{0}\nEND OF INNODB MONITOR OUTPUT\n{1}\n", std::string(28, '-'), std::string(28, '='));
}

constexpr auto kColumns = std::to_array<SystemColumn>({{"Type"}, {"Name"}, {"Status"}});

SystemRowsOrError Rows(const Inspection& inspection) {
  return SystemRows{{Value::Text("InnoDB"), Value::Text(""), Value::Text(StatusText(inspection.state))}};
}

constexpr auto kStatusTables =
    std::to_array<SystemTableDef>({{kShowSchema, "engine_status", kColumns, Rows}});

// --- Deadlocks ------------------------------------------------------------------------------------------

// The server finds circles by sending a fast and a slow walker along the edges (Brent), and begins its report
// behind the place where they meet. The walk begins at the first member.
std::size_t FirstReported(std::size_t length) {
  std::size_t tortoise = 0;
  std::size_t hare = 0;
  std::size_t power = 1;
  std::size_t step = 1;
  while (true) {
    hare = (hare + 1) % length;
    if (hare == tortoise) return (hare + 1) % length;
    if (step == power) {
      power *= 2;
      step = 0;
      tortoise = hare;
    }
    ++step;
  }
}

std::string MemberText(const ServerState& state, const DeadlockEdge& edge, std::size_t number) {
  const Transaction& transaction = *state.transactions.at(edge.waiter);
  std::string text = fmt::format("\n*** ({}) TRANSACTION:\n", number);
  text += TransactionText(state, transaction, {edge.structures, edge.rows, true});
  if (auto wanted = NameLock(state, edge.wanted, 0)) {
    wanted->is_waiting = true;
    text += "*** WAITING FOR THIS LOCK TO BE GRANTED:\n" + LockText(state, *wanted);
  }
  text += "*** CONFLICTING WITH:\n";
  for (const BlockingLock& blocking : edge.in_the_way) {
    if (const auto held = NameLock(state, blocking.lock, blocking.structure)) text += LockText(state, *held);
  }
  return text;
}

// --- Foreign keys ---------------------------------------------------------------------------------------

std::string ActionWords(std::string_view event, ReferenceAction action) {
  switch (action) {
    case ReferenceAction::kRestrict:
      return "";
    case ReferenceAction::kNoAction:
      return fmt::format(" ON {} NO ACTION", event);
    case ReferenceAction::kCascade:
      return fmt::format(" ON {} CASCADE", event);
    case ReferenceAction::kSetNull:
      return fmt::format(" ON {} SET NULL", event);
  }
  return "";
}

std::string KeyText(const TableDef& child, const ForeignKeyDef& key) {
  std::vector<std::string> columns;
  for (const std::uint32_t column : key.columns) columns.push_back("`" + child.columns[column].name + "`");
  std::vector<std::string> parents;
  for (const std::string& column : key.parent_columns) parents.push_back("`" + column + "`");
  return fmt::format("  CONSTRAINT `{}` FOREIGN KEY ({}) REFERENCES `{}` ({}){}{}", key.name,
                     absl::StrJoin(columns, ", "), key.parent_table, absl::StrJoin(parents, ", "),
                     ActionWords("DELETE", key.on_delete), ActionWords("UPDATE", key.on_update));
}

// The index of `table` that begins with `columns`; the clustered one where there is none.
const IndexDef& IndexFor(const TableDef& table, const std::vector<std::uint32_t>& columns) {
  for (const IndexDef& index : table.indexes) {
    const bool fits =
        index.parts.size() >= columns.size() &&
        std::equal(columns.begin(), columns.end(), index.parts.begin(),
                   [](std::uint32_t column, const KeyPart& part) { return part.column == column; });
    if (fits && !index.stored_columns.empty()) return index;
  }
  return table.indexes[0];
}

std::string ErrorHead(Turn& turn, const TableDef& child, const ForeignKeyDef& key) {
  const auto found = turn.state.transactions.find(turn.session.trx);
  std::string text =
      fmt::format("{} {} Transaction:\n", TimeText(turn.state.now_us), HandleOf(turn.session_id));
  if (found != turn.state.transactions.end())
    text += TransactionText(turn.state, *found->second, SumsOf(turn.state, *found->second));
  return text + fmt::format("Foreign key constraint fails for table {}:\n,\n{}", TableName(child),
                            KeyText(child, key));
}

}  // namespace

std::span<const SystemTableDef> StatusTables() { return kStatusTables; }

void KeepDeadlock(ServerState& state, const Deadlock& deadlock) {
  const std::size_t length = deadlock.circle.size();
  if (length == 0 || !state.keeps_latest_errors) return;
  std::string text = TimeText(state.now_us) + " " + HandleOf(SessionId());
  std::size_t victim = 0;
  const std::size_t first = FirstReported(length);
  for (std::size_t i = 0; i < length; ++i) {
    const DeadlockEdge& edge = deadlock.circle[(first + i) % length];
    if (!state.transactions.contains(edge.waiter)) return;
    if (edge.waiter == deadlock.victim) victim = i + 1;
    text += MemberText(state, edge, i + 1);
  }
  text += fmt::format("*** WE ROLL BACK TRANSACTION ({})\n", victim);
  state.reports.Write().latest_deadlock = std::move(text);
}

void KeepMissingParent(Turn& turn, const Table& child, const ForeignKeyDef& key, const Row& row,
                       const Table& parent, std::size_t parent_index, const KeyValues& wanted) {
  if (!turn.state.keeps_latest_errors) return;
  const IndexDef& index = IndexFor(*child.def, key.columns);
  const IndexDef& of_parent = parent.def->indexes[parent_index];
  std::string text = ErrorHead(turn, *child.def, key);
  text += fmt::format(" in parent table, in index {} tuple:\n{}\n", index.name,
                      TupleText(*child.def, index, EntryFor(*child.def, index, row), turn.session.trx));
  text += fmt::format("But in parent table {}, in index {},\nthe closest match we can find is record:\n",
                      TableName(*parent.def), of_parent.name);
  // The next entry, or, behind the last one, that.
  const IndexTree& tree = parent.trees[parent_index];
  std::optional<Place> place = tree.LowerBound(wanted);
  if (tree.IsEnd(*place)) place = tree.PreviousRecord(*place);
  text +=
      place.has_value() ? RecordText(*parent.def, of_parent, tree.At(*place)) : std::string(SupremumText());
  turn.state.reports.Write().latest_foreign_key_error = text + "\n";
}

void KeepRemainingChild(Turn& turn, const Table& parent, std::size_t parent_index, const Row& row,
                        const Table& child, const ForeignKeyDef& key, std::size_t child_index,
                        const Record& entry) {
  if (!turn.state.keeps_latest_errors) return;
  const IndexDef& index = parent.def->indexes[parent_index];
  const IndexDef& of_child = child.def->indexes[child_index];
  std::string text = ErrorHead(turn, *child.def, key);
  text += fmt::format("\nTrying to delete or update in parent table, in index {} tuple:\n{}\n", index.name,
                      TupleText(*parent.def, index, EntryFor(*parent.def, index, row), turn.session.trx));
  text += fmt::format("But in child table {}, in index {}, there is a record:\n{}\n", TableName(*child.def),
                      of_child.name, RecordText(*child.def, of_child, entry));
  turn.state.reports.Write().latest_foreign_key_error = std::move(text);
}

}  // namespace nextkey
