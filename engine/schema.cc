// Looking names up, and what follows from a table's declaration: the clustered index, stored rows.
#include "engine/schema.h"

#include <algorithm>
#include <string_view>

#include "engine/collation.h"

namespace nextkey {
namespace {

constexpr std::string_view kHiddenIndex = "GEN_CLUST_INDEX";

bool EqualNames(std::string_view a, std::string_view b) {
  return CompareText(a, b, Collation::kGeneralCi) == std::strong_ordering::equal && a.size() == b.size();
}

bool IsPrimary(const IndexDef& index) { return EqualNames(index.name, "PRIMARY"); }

bool HasNullablePart(const TableDef& table, const IndexDef& index) {
  return std::ranges::any_of(
      index.parts, [&table](const KeyPart& part) { return table.columns[part.column].is_nullable; });
}

// The order in which the server makes the indexes of a new table.
int CreationRank(const TableDef& table, const IndexDef& index) {
  if (IsPrimary(index)) return 0;
  if (!index.is_unique) return 3;
  return HasNullablePart(table, index) ? 2 : 1;
}

void ForbidNulls(TableDef& table, const IndexDef& primary) {
  for (const KeyPart& part : primary.parts) {
    ColumnDef& column = table.columns[part.column];
    column.is_nullable = false;
    if (column.default_kind == DefaultKind::kValue && column.default_value.IsNull()) {
      column.default_kind = DefaultKind::kNone;
    }
  }
}

// PRIMARY, else the oldest unique index whose columns are all NOT NULL. MyISAM keeps its rows in a file, in
// the order in which they came, and every index refers to their places there: the hidden row ids.
std::vector<IndexDef>::iterator FindClusteringIndex(TableDef& table) {
  std::vector<IndexDef>& indexes = table.indexes;
  if (table.engine == StorageEngine::kMyIsam) return indexes.end();
  const auto primary = std::ranges::find_if(indexes, IsPrimary);
  if (primary != indexes.end()) return primary;
  return std::ranges::find_if(indexes, [&table](const IndexDef& index) {
    return index.is_unique && index.name != kHiddenIndex && !HasNullablePart(table, index);
  });
}

void PutClusteredFirst(TableDef& table) {
  std::vector<IndexDef>& indexes = table.indexes;
  const auto clustering = FindClusteringIndex(table);
  if (clustering != indexes.end()) {
    std::rotate(indexes.begin(), clustering, clustering + 1);
    std::erase_if(indexes, [](const IndexDef& index) { return index.name == kHiddenIndex; });
    return;
  }
  const auto hidden = std::ranges::find(indexes, kHiddenIndex, &IndexDef::name);
  if (hidden != indexes.end()) {
    std::rotate(indexes.begin(), hidden, hidden + 1);
  } else {
    IndexDef generated;
    generated.name = kHiddenIndex;
    indexes.insert(indexes.begin(), generated);
  }
  indexes[0].is_unique = true;
  indexes[0].parts = {KeyPart{static_cast<std::uint32_t>(table.columns.size()), false}};
}

void DeriveClustered(TableDef& table) {
  IndexDef& clustered = table.indexes[0];
  const std::size_t stored = table.columns.size() + (table.HasHiddenRowId() ? 1 : 0);
  clustered.stored_columns.clear();
  for (std::uint32_t column = 0; column < stored; ++column) clustered.stored_columns.push_back(column);
  clustered.key_positions.clear();
  for (const KeyPart& part : clustered.parts) clustered.key_positions.push_back(part.column);
}

void DeriveSecondary(const IndexDef& clustered, IndexDef& index) {
  index.stored_columns.clear();
  index.key_positions.clear();
  for (const KeyPart& part : index.parts) index.stored_columns.push_back(part.column);
  for (const KeyPart& part : clustered.parts) {
    if (std::ranges::find(index.stored_columns, part.column) == index.stored_columns.end()) {
      index.stored_columns.push_back(part.column);
    }
  }
  for (std::uint32_t position = 0; position < index.stored_columns.size(); ++position) {
    index.key_positions.push_back(position);
  }
}

}  // namespace

namespace {

void PutColumn(const ColumnDef& column, Canonical& canonical) {
  canonical.PutText(column.name);
  canonical.Put(static_cast<std::uint64_t>(column.type.kind));
  canonical.Put(column.type.is_unsigned ? 1 : 0);
  canonical.Put(column.type.length);
  canonical.Put(column.type.scale);
  canonical.Put(static_cast<std::uint64_t>(column.type.collation));
  canonical.Put(column.is_nullable ? 1 : 0);
  canonical.Put(column.is_auto_increment ? 1 : 0);
  canonical.Put(static_cast<std::uint64_t>(column.default_kind));
  column.default_value.PutInto(canonical);
  canonical.Put(column.on_update_current_timestamp ? 1 : 0);
}

void PutIndex(const IndexDef& index, Canonical& canonical) {
  canonical.PutId(index.id);
  canonical.PutText(index.name);
  canonical.Put(index.is_unique ? 1 : 0);
  canonical.Put(index.parts.size());
  for (const KeyPart& part : index.parts) {
    canonical.Put(part.column);
    canonical.Put(part.is_descending ? 1 : 0);
  }
}

void PutForeignKey(const ForeignKeyDef& key, Canonical& canonical) {
  canonical.PutText(key.name);
  canonical.Put(key.columns.size());
  for (const std::uint32_t column : key.columns) canonical.Put(column);
  canonical.PutText(key.parent_table);
  canonical.Put(key.parent_columns.size());
  for (const std::string& column : key.parent_columns) canonical.PutText(column);
  canonical.Put(static_cast<std::uint64_t>(key.on_delete));
  canonical.Put(static_cast<std::uint64_t>(key.on_update));
}

}  // namespace

void TableDef::PutInto(Canonical& canonical) const {
  canonical.PutId(id);
  canonical.PutText(name);
  canonical.Put(static_cast<std::uint64_t>(engine));
  canonical.Put(columns.size());
  for (const ColumnDef& column : columns) PutColumn(column, canonical);
  canonical.Put(indexes.size());
  for (const IndexDef& index : indexes) PutIndex(index, canonical);
  canonical.Put(foreign_keys.size());
  for (const ForeignKeyDef& key : foreign_keys) PutForeignKey(key, canonical);
  canonical.Put(checks.size());
  for (const CheckDef& check : checks) {
    canonical.PutText(check.name);
    canonical.PutText(check.expression);
  }
  canonical.PutText(comment);
}

std::optional<std::uint32_t> TableDef::FindColumn(std::string_view column_name) const {
  for (std::uint32_t column = 0; column < columns.size(); ++column) {
    if (EqualNames(columns[column].name, column_name)) return column;
  }
  return std::nullopt;
}

const IndexDef* TableDef::FindIndex(std::string_view index_name) const {
  const auto found = std::ranges::find_if(
      indexes, [&](const IndexDef& index) { return EqualNames(index.name, index_name); });
  return found == indexes.end() ? nullptr : &*found;
}

void TableDef::SortIndexesAsCreateTable() {
  const auto primary = std::ranges::find_if(indexes, IsPrimary);
  if (primary != indexes.end()) ForbidNulls(*this, *primary);
  std::ranges::stable_sort(indexes, {}, [this](const IndexDef& index) { return CreationRank(*this, index); });
}

void TableDef::Finish() {
  const auto primary = std::ranges::find_if(indexes, IsPrimary);
  if (primary != indexes.end()) ForbidNulls(*this, *primary);
  PutClusteredFirst(*this);
  for (IndexDef& index : indexes) index.is_clustered = &index == &indexes[0];
  DeriveClustered(*this);
  for (std::size_t i = 1; i < indexes.size(); ++i) DeriveSecondary(indexes[0], indexes[i]);
}

}  // namespace nextkey
