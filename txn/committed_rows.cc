#include "txn/committed_rows.h"

#include <algorithm>
#include <utility>

namespace nextkey {
namespace {

// What the row was before the transaction: the newest version that another one wrote.
Row RowBefore(const Record& record, TrxId writer) {
  for (const Version* version = record.older.get(); version != nullptr; version = version->older.get()) {
    if (version->writer != writer) return version->is_deleted ? Row() : version->row;
  }
  return Row();
}

}  // namespace

CommittedTransaction ChangesOf(const ServerState& state, const Transaction& transaction) {
  CommittedTransaction committed;
  std::vector<const UndoEntry*> seen;
  for (const UndoEntry& entry : transaction.undo) {
    const bool is_known = std::any_of(seen.begin(), seen.end(), [&](const UndoEntry* other) {
      return other->table == entry.table && other->key == entry.key;
    });
    if (is_known) continue;
    seen.push_back(&entry);
    const Table* table = state.catalog.Find(entry.table);
    if (table == nullptr) continue;
    const std::optional<Place> place = table->clustered().Find(entry.key);
    if (!place.has_value()) continue;
    const Record& record = table->clustered().At(*place);
    CommittedRow row{table->def, RowBefore(record, transaction.id), record.is_deleted ? Row() : record.row};
    if (row.before.IsEmpty() && row.after.IsEmpty()) continue;
    committed.rows.push_back(std::move(row));
  }
  return committed;
}

}  // namespace nextkey
