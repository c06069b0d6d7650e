// performance_schema.data_locks, data_lock_waits, metadata_locks and threads, with MySQL 8.4's columns
// and spelling.
//
// Where MySQL builds an id from addresses, here it is built from numbers: a lock's from transaction,
// table or page, and the structure's place among its transaction's. EVENT_ID and SOURCE are NULL: there
// are no instrumented events and no source lines.

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "txn/lock_listing.h"
#include "txn/process_list.h"
#include "txn/system_tables.h"

namespace nextkey {
namespace {

using enum SystemColumnKind;

// The server's own threads come first.
constexpr std::uint64_t kBackgroundThreads = 40;

Value ThreadOf(SessionId session) { return Value::Unsigned(session.value() + kBackgroundThreads); }

// A transaction that has not written has no number; MySQL then shows one above 2^48.
Value TransactionNumber(const ServerState& state, TrxId trx) {
  constexpr std::uint64_t kWithoutNumber = std::uint64_t{1} << 48;
  const bool has_number = HasNumber(state, *state.transactions.at(trx));
  return Value::Unsigned(has_number ? trx.value() : kWithoutNumber + trx.value());
}

std::string EngineLockId(const ListedLock& lock) {
  if (lock.index == nullptr)
    return fmt::format("{}:{}:{}", lock.trx.value(), lock.table->def->id.value(), lock.structure);
  return fmt::format("{}:{}:{}:{}:{}", lock.trx.value(), lock.address.space, lock.address.page,
                     lock.address.heap, lock.structure);
}

SessionId OwnerOf(const ServerState& state, TrxId trx) { return state.transactions.at(trx)->session; }

// --- data_locks ---------------------------------------------------------------------------------------

constexpr auto kDataLockColumns = std::to_array<SystemColumn>({
    {"ENGINE"},
    {"ENGINE_LOCK_ID"},
    {"ENGINE_TRANSACTION_ID", kUnsigned},
    {"THREAD_ID", kUnsigned},
    {"EVENT_ID", kUnsigned},
    {"OBJECT_SCHEMA"},
    {"OBJECT_NAME"},
    {"PARTITION_NAME"},
    {"SUBPARTITION_NAME"},
    {"INDEX_NAME"},
    {"OBJECT_INSTANCE_BEGIN", kUnsigned},
    {"LOCK_TYPE"},
    {"LOCK_MODE"},
    {"LOCK_STATUS"},
    {"LOCK_DATA"},
});

SystemRowsOrError DataLocks(const Inspection& inspection) {
  const ServerState& state = inspection.state;
  SystemRows rows;
  for (const Transaction* transaction : TransactionsInListOrder(state)) {
    for (const ListedLock& lock : LocksOf(state, transaction->id)) {
      const bool is_record = lock.index != nullptr;
      const std::optional<std::string> data = DataOf(lock);
      rows.push_back({TextCell("INNODB"), Value::Text(EngineLockId(lock)), TransactionNumber(state, lock.trx),
                      ThreadOf(transaction->session), Value::Null(), TextCell(errors::kSchema),
                      Value::Text(lock.table->def->name), Value::Null(), Value::Null(),
                      is_record ? Value::Text(lock.index->name) : Value::Null(),
                      Value::Unsigned(lock.structure), TextCell(is_record ? "RECORD" : "TABLE"),
                      Value::Text(ModeOf(lock)), TextCell(lock.is_waiting ? "WAITING" : "GRANTED"),
                      data.has_value() ? Value::Text(*data) : Value::Null()});
    }
  }
  return rows;
}

// --- data_lock_waits ----------------------------------------------------------------------------------

constexpr auto kDataLockWaitColumns = std::to_array<SystemColumn>({
    {"ENGINE"},
    {"REQUESTING_ENGINE_LOCK_ID"},
    {"REQUESTING_ENGINE_TRANSACTION_ID", kUnsigned},
    {"REQUESTING_THREAD_ID", kUnsigned},
    {"REQUESTING_EVENT_ID", kUnsigned},
    {"REQUESTING_OBJECT_INSTANCE_BEGIN", kUnsigned},
    {"BLOCKING_ENGINE_LOCK_ID"},
    {"BLOCKING_ENGINE_TRANSACTION_ID", kUnsigned},
    {"BLOCKING_THREAD_ID", kUnsigned},
    {"BLOCKING_EVENT_ID", kUnsigned},
    {"BLOCKING_OBJECT_INSTANCE_BEGIN", kUnsigned},
});

SystemRowsOrError DataLockWaits(const Inspection& inspection) {
  const ServerState& state = inspection.state;
  SystemRows rows;
  for (const Transaction* transaction : TransactionsInListOrder(state)) {
    if (!state.locks.IsWaiting(transaction->id)) continue;
    // A transaction's waiting structure is its last one.
    const std::vector<ListedLock> own = LocksOf(state, transaction->id);
    if (own.empty()) continue;
    const ListedLock& wanted = own.back();
    for (const BlockingLock& blocking : state.locks.AllInTheWay(transaction->id)) {
      const auto held = NameLock(state, blocking.lock, blocking.structure);
      if (!held.has_value()) continue;
      rows.push_back({TextCell("INNODB"), Value::Text(EngineLockId(wanted)),
                      TransactionNumber(state, wanted.trx), ThreadOf(transaction->session), Value::Null(),
                      Value::Unsigned(wanted.structure), Value::Text(EngineLockId(*held)),
                      TransactionNumber(state, held->trx), ThreadOf(OwnerOf(state, held->trx)), Value::Null(),
                      Value::Unsigned(held->structure)});
    }
  }
  return rows;
}

// --- metadata_locks -----------------------------------------------------------------------------------

constexpr auto kMetadataLockColumns = std::to_array<SystemColumn>({
    {"OBJECT_TYPE"},
    {"OBJECT_SCHEMA"},
    {"OBJECT_NAME"},
    {"COLUMN_NAME"},
    {"OBJECT_INSTANCE_BEGIN", kUnsigned},
    {"LOCK_TYPE"},
    {"LOCK_DURATION"},
    {"LOCK_STATUS"},
    {"SOURCE"},
    {"OWNER_THREAD_ID", kUnsigned},
    {"OWNER_EVENT_ID", kUnsigned},
});

std::string_view DurationName(MdlDuration duration) {
  switch (duration) {
    case MdlDuration::kStatement:
      return "STATEMENT";
    case MdlDuration::kTransaction:
      return "TRANSACTION";
    case MdlDuration::kExplicit:
      return "EXPLICIT";
  }
  return "";
}

// MySQL has no backup space: its global and commit locks do that work; and it takes named locks exclusively.
std::string_view LockTypeName(const MdlLock& lock) {
  if (lock.key.space == MdlSpace::kUserLock) return "EXCLUSIVE";
  switch (lock.mode) {
    case MdlMode::kShared:
      return "SHARED";
    case MdlMode::kSharedHighPriority:
      return "SHARED_HIGH_PRIO";
    case MdlMode::kSharedRead:
      return "SHARED_READ";
    case MdlMode::kSharedWrite:
      return "SHARED_WRITE";
    case MdlMode::kSharedUpgradable:
      return "SHARED_UPGRADABLE";
    case MdlMode::kSharedReadOnly:
      return "SHARED_READ_ONLY";
    case MdlMode::kSharedNoWrite:
      return "SHARED_NO_WRITE";
    case MdlMode::kSharedNoReadWrite:
      return "SHARED_NO_READ_WRITE";
    case MdlMode::kExclusive:
      return "EXCLUSIVE";
    case MdlMode::kBackupFtwrl1:
    case MdlMode::kBackupFtwrl2:
      return "SHARED";
    case MdlMode::kBackupDml:
    case MdlMode::kBackupTransDml:
    case MdlMode::kBackupSysDml:
    case MdlMode::kBackupDdl:
    case MdlMode::kBackupAlterCopy:
    case MdlMode::kBackupCommit:
      return "INTENTION_EXCLUSIVE";
  }
  return "";
}

struct ObjectName {
  std::string_view type;
  std::string schema;  // Empty: NULL.
  std::string name;
};

ObjectName ObjectOf(const MdlLock& lock) {
  switch (lock.key.space) {
    case MdlSpace::kUserLock:
      return {"USER LEVEL LOCK", "", lock.key.name};
    case MdlSpace::kBackup:
      return {lock.mode == MdlMode::kBackupCommit ? "COMMIT" : "GLOBAL", "", ""};
    case MdlSpace::kTable:
      break;
  }
  // A system table's key has its schema in front.
  const std::size_t end = lock.key.name.find('\0');
  if (end == std::string::npos) return {"TABLE", std::string(errors::kSchema), lock.key.name};
  return {"TABLE", lock.key.name.substr(0, end), lock.key.name.substr(end + 1)};
}

SystemRowsOrError MetadataLockRows(const Inspection& inspection) {
  SystemRows rows;
  const auto name_or_null = [](const std::string& name) {
    return name.empty() ? Value::Null() : Value::Text(name);
  };
  const auto add = [&](const ObjectName& object, const MdlLock& lock) {
    rows.push_back({TextCell(object.type), name_or_null(object.schema), name_or_null(object.name),
                    Value::Null(), Value::Unsigned(rows.size() + 1), TextCell(LockTypeName(lock)),
                    TextCell(DurationName(lock.duration)), TextCell(lock.is_waiting ? "PENDING" : "GRANTED"),
                    Value::Null(), ThreadOf(lock.session), Value::Null()});
  };
  for (const MdlLock& lock : inspection.state.metadata.List()) {
    add(ObjectOf(lock), lock);
    if (lock.mode == MdlMode::kBackupFtwrl2) add({"COMMIT", "", ""}, lock);
  }
  return rows;
}

// --- threads ------------------------------------------------------------------------------------------

constexpr auto kThreadColumns = std::to_array<SystemColumn>({
    {"THREAD_ID", kUnsigned},
    {"NAME"},
    {"TYPE"},
    {"PROCESSLIST_ID", kUnsigned},
    {"PROCESSLIST_USER"},
    {"PROCESSLIST_HOST"},
    {"PROCESSLIST_DB"},
    {"PROCESSLIST_COMMAND"},
    {"PROCESSLIST_TIME", kSigned},
    {"PROCESSLIST_STATE"},
    {"PROCESSLIST_INFO"},
    {"PARENT_THREAD_ID", kUnsigned},
    {"ROLE"},
    {"INSTRUMENTED"},
    {"HISTORY"},
    {"CONNECTION_TYPE"},
    {"THREAD_OS_ID", kUnsigned},
});

SystemRowsOrError Threads(const Inspection& inspection) {
  SystemRows rows;
  for (const Process& process : ListProcesses(inspection.state, inspection.session, "executing")) {
    rows.push_back(
        {ThreadOf(process.session), TextCell("thread/sql/one_connection"), TextCell("FOREGROUND"),
         Value::Unsigned(process.session.value()), TextCell("root"), TextCell("localhost"),
         TextCell(errors::kSchema), Value::Text(process.command), Value::Int(process.time_us / 1'000'000),
         process.state.empty() ? Value::Null() : Value::Text(process.state),
         process.info.has_value() ? Value::Text(*process.info) : Value::Null(), Value::Null(), Value::Null(),
         TextCell("YES"), TextCell("YES"), TextCell("Socket"), Value::Unsigned(process.session.value())});
  }
  return rows;
}

constexpr auto kPerformanceTables = std::to_array<SystemTableDef>({
    {kPerformanceSchema, "data_locks", kDataLockColumns, DataLocks},
    {kPerformanceSchema, "data_lock_waits", kDataLockWaitColumns, DataLockWaits},
    {kPerformanceSchema, "metadata_locks", kMetadataLockColumns, MetadataLockRows},
    {kPerformanceSchema, "threads", kThreadColumns, Threads},
});

}  // namespace

std::span<const SystemTableDef> PerformanceTables() { return kPerformanceTables; }

}  // namespace nextkey
