// What transactions read and wrote, as events: the material of a history (sim/anomaly).
//
// Only reported where Server::SetReportsHistory asks for it. A row stands in them by its table and its
// clustered key. A version is told by its writer: whoever reads a row sees the newest version that this
// transaction had written by then. Foreign keys and the search for duplicates report no reads: the locks
// that they take are kept to the end of the transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "engine/ids.h"
#include "engine/row.h"
#include "txn/read_view.h"

namespace nextkey {

struct ReadPredicate;  // read_predicate.h
using ReadPredicateRef = std::shared_ptr<const ReadPredicate>;

// Which of a statement's cursors: one table of one query block. It may be opened several times, one after
// the other.
struct ScanPlace {
  std::uint32_t query = 0;
  std::uint32_t level = 0;

  friend auto operator<=>(const ScanPlace&, const ScanPlace&) = default;
};

// A cursor begins to read the rows that the predicate tells.
struct ScanOpened {
  SessionId session;
  TrxId trx;
  ScanPlace place;
  ReadPredicateRef predicate;
  std::optional<ReadView> view;  // Absent: it reads what is there at the moment, as locking reads do.
};

// It has come to its end: no row was left out.
struct ScanEnded {
  SessionId session;
  ScanPlace place;
};

// A cursor has looked at a row, and knows whether the statement wants it.
struct RowRead {
  SessionId session;
  TrxId trx;
  ScanPlace place;
  std::string table;
  std::string key;  // As LockData spells it: `1`, `'a', 2`.
  Row row;
  TrxId writer;  // Null: nobody whose number is still known.
  bool is_match = false;
};

// The transaction made a new version. An empty row: it is not there. Equal rows: an UPDATE that set what
// stood there already; the server keeps no version of it, and readers are told of the one before.
struct RowWritten {
  SessionId session;
  TrxId trx;
  std::string table;
  std::string key;
  Row before;
  Row after;
};

// It took its newest version of the row back: a statement failed, or ROLLBACK.
struct WriteUndone {
  SessionId session;
  TrxId trx;
  std::string table;
  std::string key;
};

struct TransactionEnded {
  SessionId session;
  TrxId trx;
  bool is_committed = false;
};

using HistoryEvent = std::variant<ScanOpened, ScanEnded, RowRead, RowWritten, WriteUndone, TransactionEnded>;

}  // namespace nextkey
