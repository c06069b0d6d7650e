#include "txn/versions.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "txn/row_locks.h"
#include "txn/transaction.h"

namespace nextkey {
namespace {

// Purges what one committed transaction left of one row.
class RowPurge {
 public:
  RowPurge(ServerState& state, std::vector<Event>& events, TableId table, const KeyValues& key, TrxId trx)
      : state_(state), events_(events), table_id_(table), key_(key), trx_(trx) {}

  void Run();

 private:
  const Table& table() const { return *state_.catalog.Find(table_id_); }

  // Cuts the chain behind the newest version of the transaction; the rows that were cut off.
  std::vector<Row> CutChain(Place place);
  void EraseUnneededEntries(const Row& row, bool row_goes);

  ServerState& state_;
  std::vector<Event>& events_;
  const TableId table_id_;
  const KeyValues& key_;
  const TrxId trx_;
};

VersionRef WithoutOlder(const Version* version, TrxId trx) {
  if (version == nullptr) return nullptr;
  Version copy = *version;
  copy.older = version->writer == trx ? nullptr : WithoutOlder(version->older.get(), trx);
  return std::make_shared<const Version>(std::move(copy));
}

std::vector<Row> RowPurge::CutChain(Place place) {
  Record record = table().clustered().At(place);
  std::vector<Row> cut;
  const Version* last = nullptr;
  const bool is_newest = record.writer == trx_;
  if (!is_newest) {
    for (last = record.older.get(); last != nullptr && last->writer != trx_; last = last->older.get())
      continue;
    if (last == nullptr) return cut;
    if (last->is_deleted) cut.push_back(last->row);
  }
  for (const Version* version = is_newest ? record.older.get() : last->older.get(); version != nullptr;
       version = version->older.get()) {
    cut.push_back(version->row);
  }
  record.older = is_newest ? nullptr : WithoutOlder(record.older.get(), trx_);
  state_.catalog.FindForWrite(table_id_)->trees[0].Replace(place, std::move(record));
  return cut;
}

void RowPurge::EraseUnneededEntries(const Row& row, bool row_goes) {
  for (std::size_t index = 1; index < table().def->indexes.size(); ++index) {
    const IndexDef& def = table().def->indexes[index];
    const IndexTree& tree = table().trees[index];
    const Row entry = EntryFor(*table().def, def, row);
    const std::optional<Place> place = tree.Find(tree.KeyOf(entry));
    if (!place.has_value() || !tree.At(*place).is_deleted) continue;
    if (!row_goes) {
      const std::optional<Place> clustered = table().clustered().Find(key_);
      const Record& record = table().clustered().At(*clustered);
      const bool is_current = !record.is_deleted && IsEntryOf(def, record.row, entry);
      if (is_current || IsNeededByVersion(def, entry, record.older.get())) continue;
    }
    EraseRecord(state_, events_, table_id_, index, *place, EraseReason::kPurge);
  }
}

void RowPurge::Run() {
  if (state_.catalog.Find(table_id_) == nullptr) return;
  const std::optional<Place> place = table().clustered().Find(key_);
  if (!place.has_value()) return;
  const Record record = table().clustered().At(*place);
  const bool row_goes = record.is_deleted && record.writer == trx_;
  const std::vector<Row> cut = CutChain(*place);
  for (const Row& row : cut) EraseUnneededEntries(row, row_goes);
  if (!row_goes) return;
  EraseUnneededEntries(record.row, true);
  EraseRecord(state_, events_, table_id_, 0, *table().clustered().Find(key_), EraseReason::kPurge);
}

bool AllViewsSee(const ServerState& state, TrxId trx) {
  return std::all_of(state.transactions.begin(), state.transactions.end(), [&](const auto& entry) {
    const std::optional<ReadView>& view = entry.second->view;
    return !view.has_value() || view->Sees(trx);
  });
}

}  // namespace

bool IsNeededByVersion(const IndexDef& index, const Row& entry, const Version* version) {
  for (; version != nullptr; version = version->older.get()) {
    if (!version->is_deleted && IsEntryOf(index, version->row, entry)) return true;
  }
  return false;
}

namespace {

// Purge opens the tables, and waits for who changes their definition or is about to
// (row_purge_parse_undo_rec).
bool MayOpenAll(const ServerState& state, const HistoryEntry& entry) {
  return std::none_of(entry.undo.begin(), entry.undo.end(), [&](const UndoEntry& undo) {
    const Table* table = state.catalog.Find(undo.table);
    return table != nullptr &&
           state.metadata.WouldWait({MdlSpace::kTable, table->def->name}, MdlMode::kShared);
  });
}

}  // namespace

bool CanPurge(const ServerState& state) {
  if (state.history->empty()) return false;
  const HistoryEntry& oldest = state.history->front();
  return AllViewsSee(state, oldest.trx) && MayOpenAll(state, oldest);
}

void Purge(ServerState& state, std::vector<Event>& events) {
  std::size_t purged = 0;
  for (const HistoryEntry& entry : *state.history) {  // Which stays as it is meanwhile.
    if (!AllViewsSee(state, entry.trx) || !MayOpenAll(state, entry)) break;
    for (const UndoEntry& undo : entry.undo) RowPurge(state, events, undo.table, undo.key, entry.trx).Run();
    ++purged;
  }
  if (purged == 0) return;
  std::vector<HistoryEntry>& entries = state.history.Write();
  entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(purged));
}

}  // namespace nextkey
