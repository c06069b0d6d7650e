// information_schema.INNODB_TRX, INNODB_LOCKS and INNODB_LOCK_WAITS, and sys.innodb_lock_waits, with
// MariaDB's columns and contents.
//
// INNODB_LOCKS lists only locks that somebody waits for and those that they wait for; a lock's id leaves
// its mode out, so that locks of one transaction on one record are one row, with the mode of the first.
// Sources: trx0i_s.cc (fill_trx_row, fill_locks_row, add_trx_relevant_locks_to_cache), i_s.cc.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "txn/lock_listing.h"
#include "txn/system_tables.h"
#include "txn/transaction.h"

namespace nextkey {
namespace {

using enum SystemColumnKind;

Value Moment(std::int64_t us) { return Value::DateTime(us - us % 1'000'000, 0); }

Value Age(std::int64_t now_us, std::int64_t since_us) {
  const std::int64_t seconds = now_us / 1'000'000 - since_us / 1'000'000;
  return Value::Time(seconds * 1'000'000, 0);
}

std::string LockId(const ServerState& state, const ListedLock& lock) {
  const std::uint64_t trx = NumberOf(state, lock.trx);
  if (lock.index == nullptr) return fmt::format("{}:{}", trx, lock.table->def->id.value());
  return fmt::format("{}:{}:{}:{}", trx, lock.address.space, lock.address.page, lock.address.heap);
}

// INNODB_LOCKS knows a gap lock from others, and nothing finer.
std::string ShortMode(const ListedLock& lock) {
  const bool is_gap = lock.index != nullptr && !lock.is_on_supremum &&
                      (lock.span == LockSpan::kGapOnly || lock.span == LockSpan::kInsertIntention);
  return ModeName(lock.mode) + (is_gap ? ",GAP" : "");
}

struct LockWait {
  const Transaction* waiter = nullptr;
  const Transaction* blocker = nullptr;
  ListedLock wanted;
  ListedLock held;
};

// Every pair of a waiting lock and one in its way, in the order in which the server finds them.
std::vector<LockWait> LockWaits(const ServerState& state) {
  std::vector<LockWait> waits;
  for (const Transaction* transaction : TransactionsInListOrder(state)) {
    if (!state.locks.IsWaiting(transaction->id)) continue;
    const auto wanted = NameLock(state, state.locks.WaitingRequest(transaction->id), 0);
    for (const BlockingLock& blocking : state.locks.AllInTheWay(transaction->id)) {
      const auto held = NameLock(state, blocking.lock, blocking.structure);
      if (!wanted.has_value() || !held.has_value()) continue;
      waits.push_back({transaction, &*state.transactions.at(blocking.lock.trx), *wanted, *held});
    }
  }
  return waits;
}

// --- INNODB_LOCKS -------------------------------------------------------------------------------------

constexpr auto kLockColumns = std::to_array<SystemColumn>({
    {"lock_id"},
    {"lock_trx_id", kUnsigned},
    {"lock_mode"},
    {"lock_type"},
    {"lock_table"},
    {"lock_index"},
    {"lock_space", kUnsigned},
    {"lock_page", kUnsigned},
    {"lock_rec", kUnsigned},
    {"lock_data"},
});

std::vector<Value> LockRowOf(const ServerState& state, const ListedLock& lock) {
  std::vector<Value> row = {Value::Text(LockId(state, lock)), NumberCell(NumberOf(state, lock.trx)),
                            Value::Text(ShortMode(lock)),
                            Value::Text(lock.index == nullptr ? "TABLE" : "RECORD"),
                            Value::Text(fmt::format("`{}`.`{}`", errors::kSchema, lock.table->def->name))};
  if (lock.index == nullptr) {
    row.resize(kLockColumns.size());
    return row;
  }
  const std::optional<std::string> data = DataOf(lock);
  row.push_back(Value::Text(lock.index->name));
  for (std::uint32_t part : {lock.address.space, lock.address.page, lock.address.heap})
    row.push_back(NumberCell(part));
  row.push_back(data.has_value() ? Value::Text(*data) : Value::Null());
  return row;
}

SystemRowsOrError InnodbLocks(const Inspection& inspection) {
  SystemRows rows;
  const auto add = [&](const ListedLock& lock) {
    std::vector<Value> row = LockRowOf(inspection.state, lock);
    const bool is_known =
        std::any_of(rows.begin(), rows.end(), [&](const auto& other) { return other[0] == row[0]; });
    if (!is_known) rows.push_back(std::move(row));
  };
  for (const LockWait& wait : LockWaits(inspection.state)) {
    add(wait.wanted);
    add(wait.held);
  }
  return rows;
}

// --- INNODB_LOCK_WAITS --------------------------------------------------------------------------------

constexpr auto kLockWaitColumns = std::to_array<SystemColumn>({
    {"requesting_trx_id", kUnsigned},
    {"requested_lock_id"},
    {"blocking_trx_id", kUnsigned},
    {"blocking_lock_id"},
});

SystemRowsOrError InnodbLockWaits(const Inspection& inspection) {
  const ServerState& state = inspection.state;
  SystemRows rows;
  for (const LockWait& wait : LockWaits(state)) {
    rows.push_back({NumberCell(NumberOf(state, wait.waiter->id)), Value::Text(LockId(state, wait.wanted)),
                    NumberCell(NumberOf(state, wait.blocker->id)), Value::Text(LockId(state, wait.held))});
  }
  return rows;
}

// --- INNODB_TRX ---------------------------------------------------------------------------------------

constexpr auto kTrxColumns = std::to_array<SystemColumn>({
    {"trx_id", kUnsigned},
    {"trx_state"},
    {"trx_started", kDateTime},
    {"trx_requested_lock_id"},
    {"trx_wait_started", kDateTime},
    {"trx_weight", kUnsigned},
    {"trx_mysql_thread_id", kUnsigned},
    {"trx_query"},
    {"trx_operation_state"},
    {"trx_tables_in_use", kUnsigned},
    {"trx_tables_locked", kUnsigned},
    {"trx_lock_structs", kUnsigned},
    {"trx_lock_memory_bytes", kUnsigned},
    {"trx_rows_locked", kUnsigned},
    {"trx_rows_modified", kUnsigned},
    {"trx_concurrency_tickets", kUnsigned},
    {"trx_isolation_level"},
    {"trx_unique_checks", kSigned},
    {"trx_foreign_key_checks", kSigned},
    {"trx_last_foreign_key_error"},
    {"trx_is_read_only", kSigned},
    {"trx_autocommit_non_locking", kSigned},
});

std::string_view IsolationName(sql::IsolationLevel level) {
  switch (level) {
    case sql::IsolationLevel::kReadUncommitted:
      return "READ UNCOMMITTED";
    case sql::IsolationLevel::kReadCommitted:
      return "READ COMMITTED";
    case sql::IsolationLevel::kRepeatableRead:
      return "REPEATABLE READ";
    case sql::IsolationLevel::kSerializable:
      return "SERIALIZABLE";
  }
  return "";
}

std::uint64_t TablesInUse(const ServerState& state, const SessionState& session) {
  if (!session.execution.has_value()) return 0;
  std::uint64_t count = 0;
  for (const NamedTable& named : session.execution->statement->tables) {
    const Table* table = named.IsSystem() ? nullptr : state.catalog.Find(named.name);
    if (table != nullptr && table->def->engine == StorageEngine::kInnoDb) ++count;
  }
  return count;
}

Value QueryOf(const SessionState& session) {
  if (!session.execution.has_value()) return Value::Null();
  return Value::Text(session.execution->statement->text.substr(0, 1024));
}

std::vector<Value> TrxRow(const ServerState& state, const Transaction& transaction) {
  const SessionState& session = *state.sessions.at(transaction.session);
  const LockCounts locks = CountLocks(state, transaction.id);
  const bool waits = state.locks.IsWaiting(transaction.id);
  Value requested;
  if (waits) {
    if (const auto wanted = NameLock(state, state.locks.WaitingRequest(transaction.id), 0))
      requested = Value::Text(LockId(state, *wanted));
  }
  const std::uint64_t changed_rows = transaction.undo.size();
  return {NumberCell(NumberOf(state, transaction.id)),
          Value::Text(waits ? "LOCK WAIT" : "RUNNING"),
          Moment(transaction.started_us),
          requested,
          waits && session.wait.has_value() ? Moment(session.wait->started_us) : Value::Null(),
          NumberCell(changed_rows + locks.structures),
          NumberCell(session.id.value()),
          QueryOf(session),
          Value::Text(std::string(OperationOf(session))),
          NumberCell(TablesInUse(state, session)),
          NumberCell(locks.tables),
          NumberCell(locks.structures),
          NumberCell(kLockHeapBytes),
          NumberCell(locks.rows),
          NumberCell(changed_rows),
          NumberCell(0),
          Value::Text(std::string(IsolationName(transaction.isolation))),
          Value::Int(session.variables.unique_checks ? 1 : 0),
          Value::Int(session.variables.foreign_key_checks ? 1 : 0),
          Value::Null(),
          Value::Int(session.is_read_only ? 1 : 0),
          Value::Int(!IsMultiStatement(session) && locks.structures == 0 ? 1 : 0)};
}

SystemRowsOrError InnodbTrx(const Inspection& inspection) {
  SystemRows rows;
  for (const Transaction* transaction : TransactionsInListOrder(inspection.state))
    rows.push_back(TrxRow(inspection.state, *transaction));
  return rows;
}

// --- sys.innodb_lock_waits ----------------------------------------------------------------------------

constexpr auto kSysColumns = std::to_array<SystemColumn>({
    {"wait_started", kDateTime},
    {"wait_age", kTime},
    {"wait_age_secs", kSigned},
    {"locked_table"},
    {"locked_index"},
    {"locked_type"},
    {"waiting_trx_id", kUnsigned},
    {"waiting_trx_started", kDateTime},
    {"waiting_trx_age", kTime},
    {"waiting_trx_rows_locked", kUnsigned},
    {"waiting_trx_rows_modified", kUnsigned},
    {"waiting_pid", kUnsigned},
    {"waiting_query"},
    {"waiting_lock_id"},
    {"waiting_lock_mode"},
    {"blocking_trx_id", kUnsigned},
    {"blocking_pid", kUnsigned},
    {"blocking_query"},
    {"blocking_lock_id"},
    {"blocking_lock_mode"},
    {"blocking_trx_started", kDateTime},
    {"blocking_trx_age", kTime},
    {"blocking_trx_rows_locked", kUnsigned},
    {"blocking_trx_rows_modified", kUnsigned},
    {"sql_kill_blocking_query"},
    {"sql_kill_blocking_connection"},
});

// sys.format_statement: one line of at most 64 characters, with the middle left out.
Value ShortQuery(const SessionState& session) {
  if (!session.execution.has_value()) return Value::Null();
  constexpr std::size_t kMost = 64;
  constexpr std::size_t kPart = kMost / 2 - 2;
  std::string text = session.execution->statement->text;
  if (text.size() > kMost) text = text.substr(0, kPart) + " ... " + text.substr(text.size() - kPart);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return Value::Text(std::move(text));
}

std::vector<Value> SysRow(const Inspection& inspection, const LockWait& wait) {
  const ServerState& state = inspection.state;
  const SessionState& waiter = *state.sessions.at(wait.waiter->session);
  const SessionState& blocker = *state.sessions.at(wait.blocker->session);
  const LockCounts wanted = CountLocks(state, wait.waiter->id);
  const LockCounts held = CountLocks(state, wait.blocker->id);
  const std::int64_t since_us = waiter.wait.has_value() ? waiter.wait->started_us : inspection.now_us;
  const bool is_table = wait.wanted.index == nullptr;
  return {Moment(since_us),
          Age(inspection.now_us, since_us),
          Value::Int(inspection.now_us / 1'000'000 - since_us / 1'000'000),
          Value::Text(fmt::format("`{}`.`{}`", errors::kSchema, wait.wanted.table->def->name)),
          is_table ? Value::Null() : Value::Text(wait.wanted.index->name),
          Value::Text(is_table ? "TABLE" : "RECORD"),
          NumberCell(NumberOf(state, wait.waiter->id)),
          Moment(wait.waiter->started_us),
          Age(inspection.now_us, wait.waiter->started_us),
          NumberCell(wanted.rows),
          NumberCell(wait.waiter->undo.size()),
          NumberCell(waiter.id.value()),
          ShortQuery(waiter),
          Value::Text(LockId(state, wait.wanted)),
          Value::Text(ShortMode(wait.wanted)),
          NumberCell(NumberOf(state, wait.blocker->id)),
          NumberCell(blocker.id.value()),
          ShortQuery(blocker),
          Value::Text(LockId(state, wait.held)),
          Value::Text(ShortMode(wait.held)),
          Moment(wait.blocker->started_us),
          Age(inspection.now_us, wait.blocker->started_us),
          NumberCell(held.rows),
          NumberCell(wait.blocker->undo.size()),
          Value::Text(fmt::format("KILL QUERY {}", blocker.id.value())),
          Value::Text(fmt::format("KILL {}", blocker.id.value()))};
}

SystemRowsOrError SysLockWaits(const Inspection& inspection) {
  SystemRows rows;
  for (const LockWait& wait : LockWaits(inspection.state)) rows.push_back(SysRow(inspection, wait));
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a[0].AsDateTime() < b[0].AsDateTime(); });
  return rows;
}

constexpr auto kInnodbTables = std::to_array<SystemTableDef>({
    {kInformationSchema, "INNODB_LOCKS", kLockColumns, InnodbLocks},
    {kInformationSchema, "INNODB_LOCK_WAITS", kLockWaitColumns, InnodbLockWaits},
    {kInformationSchema, "INNODB_TRX", kTrxColumns, InnodbTrx},
    {kSysSchema, "innodb_lock_waits", kSysColumns, SysLockWaits},
    {kSysSchema, "x$innodb_lock_waits", kSysColumns, SysLockWaits},
});

}  // namespace

std::span<const SystemTableDef> InnodbTables() { return kInnodbTables; }

}  // namespace nextkey
