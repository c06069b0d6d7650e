#include "txn/auto_increment.h"

#include <algorithm>

#include "txn/row_locks.h"
#include "txn/transaction.h"
#include "txn/waits.h"

namespace nextkey {

Progress LockAutoIncrement(Turn& turn, const TableDef& table, LockRule rule) {
  if (table.engine != StorageEngine::kInnoDb || !Applies(turn, rule)) return Progress::kDone;
  const TrxId trx = EnsureTransaction(turn);
  const std::int64_t mode = turn.state.global.innodb_autoinc_lock_mode;
  if (mode == 2) return Progress::kDone;
  const LockTable& locks = turn.state.locks;
  const bool is_needed = mode == 0 || rule != LockRule::kAutoIncrementContended ||
                         locks.IsAutoIncrementContended(trx, table.id) ||
                         locks.HoldsTable(trx, table.id, LockMode::kAutoIncrement);  // It waited.
  if (!is_needed) return Progress::kDone;
  const Progress progress = LockTableFor(turn, table.id, rule);
  if (progress == Progress::kDone) turn.execution.holds_auto_inc = true;
  return progress;
}

void ReleaseAutoIncrement(Turn& turn) {
  const TrxId trx = turn.session.trx;
  if (!turn.execution.holds_auto_inc || trx.IsNull()) return;
  for (const LockStructure& lock : turn.state.locks.StructuresOf(trx)) {
    if (lock.mode != LockMode::kAutoIncrement) continue;
    Apply(turn.state, turn.events, turn.state.locks.ReleaseTable(trx, lock.table, LockMode::kAutoIncrement));
  }
}

std::optional<std::uint64_t> NewNumber(const TableDef& table, const Row& old_row, const Row& new_row) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (!table.columns[i].is_auto_increment) continue;
    const Value& number = new_row[i];
    if (number.kind() != ValueKind::kInt || number.AsInt() <= 0) return std::nullopt;
    if (!old_row.IsEmpty() && old_row[i] == number) return std::nullopt;
    return static_cast<std::uint64_t>(number.AsInt());
  }
  return std::nullopt;
}

void CountNumber(Turn& turn, TableId id, std::uint64_t number) {
  Table& table = *turn.state.catalog.FindForWrite(id);
  table.next_auto_increment = std::max(table.next_auto_increment, number + 1);
}

}  // namespace nextkey
