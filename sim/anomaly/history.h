// A history: which versions of which rows transactions read and wrote, in the sense of Adya ("Weak
// Consistency", 1999). Made by history_recorder.h, judged by classification.h.
//
// Plain values. Items are rows, told by table and clustered key; their versions stand in the order in which
// they were written, which under InnoDB's row locks is the order of the commits. A row that is not there is
// a version, too. What Redis, a mutex or a table without transactions holds is no item.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/row.h"
#include "txn/history_events.h"

namespace nextkey {

enum class TransactionFate : std::uint8_t { kOpen, kCommitted, kRolledBack };

// What a client set out to do: the transactions of one request belong together.
struct HistoryRequest {
  std::string name;
  bool has_failed = false;  // What it read came to nothing.
};

struct HistoryTransaction {
  std::string name;
  std::uint32_t request = 0;
  TransactionFate fate = TransactionFate::kOpen;
  std::uint32_t ended_at = 0;  // Counts events.
};

struct ItemVersion {
  std::optional<std::uint32_t> writer;  // Absent: it stood there at first.
  Row row;                              // Empty: no row.
  std::uint32_t statement = 0;
  bool is_undone = false;
  bool is_unchanged = false;  // An UPDATE that set what stood there already.
};

struct HistoryItem {
  std::string table;
  std::string key;
  std::vector<ItemVersion> versions;  // The first one has no writer.
};

// A row that a statement wanted.
struct ItemRead {
  std::uint32_t transaction = 0;
  std::uint32_t item = 0;
  std::uint32_t version = 0;
  std::uint32_t statement = 0;
  std::uint32_t at = 0;  // Counts events.
};

// A cursor's search, with the version of each row that it decided on: wanted, not wanted, or not there.
struct PredicateRead {
  std::uint32_t transaction = 0;
  std::uint32_t statement = 0;
  std::uint32_t at = 0;
  ReadPredicateRef predicate;
  std::optional<Row> last;                      // It stopped there, before its ranges' end.
  std::map<std::uint32_t, std::uint32_t> seen;  // Item to version: of every item of its table.

  bool MayWant(const Row& row) const;
  // Whether the row is wanted differently afterwards; where that can't be told, whether it has changed.
  bool IsTouchedBy(const Row& before, const Row& after) const;
};

struct History {
  std::vector<std::string> statements;
  std::vector<HistoryRequest> requests;
  std::vector<HistoryTransaction> transactions;
  std::vector<HistoryItem> items;
  std::vector<ItemRead> reads;                 // In their order.
  std::vector<PredicateRead> predicate_reads;  // In the order in which they began.
};

}  // namespace nextkey
