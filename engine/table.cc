#include "engine/table.h"

#include <algorithm>

namespace nextkey {
namespace {

std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted.push_back('\\');
    quoted.push_back(c);
  }
  quoted.push_back('\'');
  return quoted;
}

std::string LockDataOf(const Value& value) {
  if (value.kind() == ValueKind::kText || value.IsTemporal()) return Quoted(value.ToText());
  return value.ToText();
}

// The position in a stored row of a table's column. Requires: the index stores it.
std::uint32_t PositionInEntry(const IndexDef& index, std::uint32_t column) {
  const auto found = std::ranges::find(index.stored_columns, column);
  return static_cast<std::uint32_t>(found - index.stored_columns.begin());
}

}  // namespace

Table::Table(TableDefRef definition) : def(std::move(definition)) {
  trees.reserve(def->indexes.size());
  for (const IndexDef& index : def->indexes) trees.emplace_back(*def, index);
}

std::uint64_t Table::TakeRowId() {
  if (free_row_ids.empty()) return next_row_id++;
  const std::uint64_t id = free_row_ids.back();
  free_row_ids.pop_back();
  return id;
}

void Table::FreeRowId(std::uint64_t id) { free_row_ids.push_back(id); }

void Table::PutInto(Canonical& canonical) const {
  canonical.PutId(def->id);
  canonical.Put(next_auto_increment);
  canonical.Put(next_row_id);
  canonical.Put(free_row_ids.size());
  for (const std::uint64_t id : free_row_ids) canonical.Put(id);
  canonical.PutId(created_by);
  def->PutInto(canonical);
  statistics.PutInto(canonical);
  for (const IndexTree& tree : trees) tree.PutInto(canonical);
}

Row EntryFor(const TableDef& /*table*/, const IndexDef& index, const Row& clustered_row) {
  if (index.is_clustered) return clustered_row;
  return Row::Of(index.stored_columns.size(),
                 [&](std::size_t i) { return clustered_row[index.stored_columns[i]]; });
}

bool IsEntryOf(const IndexDef& index, const Row& clustered_row, const Row& entry) {
  if (index.is_clustered) return clustered_row == entry;
  for (std::size_t i = 0; i < index.stored_columns.size(); ++i) {
    if (!(clustered_row[index.stored_columns[i]] == entry[i])) return false;
  }
  return true;
}

bool HaveSameEntry(const IndexDef& index, const Row& a, const Row& b) {
  if (index.is_clustered) return a == b;
  return std::ranges::all_of(index.stored_columns,
                             [&](std::uint32_t column) { return a[column] == b[column]; });
}

KeyValues ClusteredKeyOf(const TableDef& table, const IndexDef& secondary, const Row& entry) {
  KeyValues key;
  for (const KeyPart& part : table.indexes[0].parts)
    key.push_back(entry[PositionInEntry(secondary, part.column)]);
  return key;
}

std::string LockData(const TableDef& table, const IndexDef& index, const Row& stored) {
  std::string data;
  for (const std::uint32_t position : index.key_positions) {
    if (!data.empty()) data += ", ";
    const bool is_row_id = index.stored_columns[position] == table.columns.size();
    data += is_row_id ? "rowid:" + stored[position].ToText() : LockDataOf(stored[position]);
  }
  return data;
}

// --- Catalog ------------------------------------------------------------------------------------

std::size_t Catalog::PositionOf(TableId id) const {
  // Ids are given out in order: as long as no table was dropped, the id tells the place.
  const std::size_t if_all_are_there = std::size_t{id.value()} - 1;
  if (if_all_are_there < tables_.size() && tables_[if_all_are_there].id == id) return if_all_are_there;
  const auto found = std::ranges::lower_bound(tables_, id, {}, &Slot::id);
  const bool is_there = found != tables_.end() && found->id == id;
  return is_there ? static_cast<std::size_t>(found - tables_.begin()) : tables_.size();
}

const Table* Catalog::Find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(*names_, name, {}, &NameIndex::value_type::first);
  return found == names_->end() || found->first != name ? nullptr : Find(found->second);
}

const Table* Catalog::Find(TableId id) const {
  const std::size_t position = PositionOf(id);
  return position == tables_.size() ? nullptr : &*tables_[position].table;
}

Table* Catalog::FindForWrite(TableId id) {
  const std::size_t position = PositionOf(id);
  return position == tables_.size() ? nullptr : &tables_[position].table.Write();
}

absl::InlinedVector<const Table*, 8> Catalog::All() const {
  absl::InlinedVector<const Table*, 8> all;
  all.reserve(tables_.size());
  for (const Slot& slot : tables_) all.push_back(&*slot.table);
  return all;
}

void Catalog::Add(Table table) {
  const TableId id = table.def->id;
  const std::string& name = table.def->name;
  NameIndex& names = names_.Write();
  names.insert(std::ranges::upper_bound(names, name, {}, &NameIndex::value_type::first), {name, id});
  const auto behind = std::ranges::upper_bound(tables_, id, {}, &Slot::id);
  tables_.insert(behind, Slot{id, Cow<Table>(std::move(table))});
}

void Catalog::Drop(TableId id) {
  std::erase_if(names_.Write(), [id](const auto& entry) { return entry.second == id; });
  std::erase_if(tables_, [id](const Slot& slot) { return slot.id == id; });
}

void Catalog::PutCountersInto(Canonical& canonical) const {
  canonical.Put(next_table_);
  canonical.Put(next_index_);
  canonical.Put(next_row_id_);
}

void Catalog::PutInto(Canonical& canonical) const {
  PutCountersInto(canonical);
  canonical.Put(tables_.size());
  for (const Slot& slot : tables_) slot.table->PutInto(canonical);
}

}  // namespace nextkey
