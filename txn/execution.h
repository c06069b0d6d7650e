// A statement in flight: where it stands, as data.
//
// Every step of an execution can be run again from the data here. A step that meets a lock returns
// "waiting" and leaves the data as it is; when the session is let go, the same step runs again and
// finds that it holds the lock. So nothing of a statement lives on the C++ stack while it waits. A session
// that yields before its locks returns "waiting" there, too, and waits for nobody.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/ids.h"
#include "engine/row.h"
#include "engine/table.h"
#include "engine/value.h"
#include "txn/expression.h"
#include "txn/plan.h"
#include "txn/result.h"
#include "txn/sql/ast.h"

namespace nextkey {

enum class UndoKind : std::uint8_t { kInsert, kUpdate, kDelete };

// What one turn of a step came to.
enum class Progress : std::uint8_t { kDone, kWaiting, kFailed };

enum class ScanPosition : std::uint8_t { kClosed, kOpening, kOnRecord, kEnded };

// One table's cursor. The position is a key, not a place: a record may come or go while we wait.
struct ScanState {
  KeyRanges ranges;
  std::uint32_t range = 0;
  ScanPosition position = ScanPosition::kClosed;
  KeyValues key;              // The record's whole key.
  bool is_first = true;       // No record of this range was given out yet.
  bool must_advance = false;  // The record under the cursor is done with.
  bool found_match = false;   // LEFT JOIN: some row matched.
  bool lock_is_new = false;   // The lock on the record was taken for this read: READ COMMITTED may let it go.
  bool is_semi_consistent = false;  // The row is a locked record's last committed version.
  bool must_wait = false;           // It matched: read it again, and wait for its lock.
  bool is_passed = false;           // The record was looked at and is done with: go on behind it.
};

enum class QueryStage : std::uint8_t { kIdle, kConstantConditions, kScanning, kFinished };

struct OutputRow {
  std::vector<Value> values;
  std::vector<Value> sort_key;
};

// The rows that a block's loops stand on, one a table.
using JoinedRow = absl::InlinedVector<Row, 2>;

struct GroupState {
  std::vector<Value> key;
  JoinedRow rows;  // The first of the group.
  std::vector<Aggregator> aggregators;
};

// One query block at work.
struct QueryState {
  QueryStage stage = QueryStage::kIdle;
  std::uint32_t level = 0;       // The table whose cursor moves next.
  std::uint32_t condition = 0;   // Next conjunct to decide at this level.
  bool level_has_row = false;    // Its row is fetched; conditions are being decided.
  bool join_is_decided = false;  // LEFT JOIN: ON holds, WHERE is being decided.
  bool is_impossible = false;    // A table of one row at most has none that fits: there will be no result.
  absl::InlinedVector<ScanState, 1> scans;
  JoinedRow rows;  // The current one.
  Memo memo;
  std::vector<GroupState> groups;
  std::vector<OutputRow> output;
  std::uint32_t item = 0;  // Next output expression of the current row.
  OutputRow partial;       // Values of it so far.
  bool is_emitting = false;
  std::uint64_t row_limit = UINT64_MAX;  // LIMIT + OFFSET, once known.
  std::uint64_t row_offset = 0;
  bool limit_known = false;
  bool has_all_rows = false;
  std::uint32_t group = 0;  // Next group to give out.
  bool having_is_decided = false;
  bool is_complete = false;  // `output` is in order and cut to the limit.
};

// One row that is being written, index by index. Per index: the old entry goes, then whatever refers
// to it is looked after, then the new entry comes.
enum class ChangePart : std::uint8_t { kOldEntry, kReferences, kNewEntry };

struct RowChange {
  TableId table;
  UndoKind kind = UndoKind::kInsert;
  Row old_row;              // As the clustered index stores it; empty for an insert.
  Row new_row;              // Empty for a delete.
  std::uint32_t index = 0;  // The index at work.
  ChangePart part = ChangePart::kOldEntry;
  std::uint32_t reference = 0;             // Next foreign key that refers to this index.
  KeyValues child_key;                     // Of that one: the child's entry that was dealt with last.
  std::string cascaded_by;                 // The foreign key whose cascade this is; empty: the user's own.
  bool wants_exclusive_duplicate = false;  // REPLACE and ON DUPLICATE KEY UPDATE lock a duplicate with X.
};

// A duplicate that a row ran into.
struct DuplicateKey {
  std::uint32_t index = 0;  // Position in TableDef::indexes.
  Row existing;             // The clustered row that is in the way.
};

enum class StatementStage : std::uint8_t {
  kStart,
  kMetadata,  // Metadata locks, one a table, and the backup lock.
  kPlan,
  kTableLocks,       // MyISAM's table locks.
  kEarlySubqueries,  // QueryPlan::early; then the plan is made anew.
  kRun,
  kEnded,
};

// A table of information_schema, performance_schema or sys, as it was when the statement opened it.
struct SystemTable {
  std::string schema;
  std::string name;
  std::string argument;  // Of SHOW: which table it is about.
  Table contents;
};
using SystemTableRef = std::shared_ptr<const SystemTable>;

struct Execution {
  sql::StatementRef statement;
  std::int64_t started_us = 0;
  StatementStage stage = StatementStage::kStart;
  std::uint32_t next_lock = 0;  // Next metadata or table lock to take.
  std::uint32_t phase = 0;      // Where a statement of several phases stands.
  StatementPlanRef plan;
  StatementResult result;
  std::optional<SqlError> error;  // Set while the statement fails or was cancelled.
  std::size_t undo_mark = 0;      // The transaction's undo when the statement began.
  bool has_asked = false;         // Of a session that yields: since it was let run, it asked for a lock.

  std::vector<SystemTableRef> system_tables;  // Their TableIds say which: see system_tables.h.
  std::vector<QueryState> queries;            // As plan->queries.
  Memo memo;                                  // Of INSERT's own expressions.

  // A deferred call (GET_LOCK, SLEEP): its answer once it is there.
  bool call_is_pending = false;
  std::optional<Value> call_answer;

  // Changes.
  std::uint32_t row = 0;    // Next row of INSERT .. VALUES or of the buffer.
  std::uint32_t value = 0;  // Next value of that row.
  std::vector<Value> values;
  Row new_row;                           // The complete row that INSERT writes.
  bool replaces_by_update = false;       // REPLACE changes the row in place.
  std::uint64_t next_id = 0;             // AUTO_INCREMENT: the next number of those reserved; 0: none yet.
  std::uint64_t ids_end = 0;             // Behind those reserved.
  std::uint64_t next_id_before_row = 0;  // What next_id was before the row at work.
  std::uint64_t row_id = 0;              // The number generated for it; 0: none.
  std::uint64_t id_block = 1;  // INSERT .. SELECT: the next block. VALUES: 1 and the row that reserved first.
  std::vector<JoinedRow> buffer;          // Rows collected before they are changed.
  std::vector<RowChange> changes;         // A stack: a cascade is on top of its cause.
  std::size_t row_undo_mark = 0;          // The undo before the row at work.
  std::optional<DuplicateKey> duplicate;  // What the row at work ran into.
  std::uint32_t target = 0;               // Multi-table: which of the changed tables is at work.
  bool all_found = false;
  std::uint64_t matched = 0;
  std::uint64_t changed = 0;
  bool generated_id = false;  // LAST_INSERT_ID() is set.
  bool holds_auto_inc = false;
  bool wrote_rows = false;  // Or tried to, in an InnoDB table.
};

}  // namespace nextkey
