// Which index clusters, what entries hold, how a record is spelled in data_locks, and the catalog.
#include "engine/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/temporal.h"

namespace nextkey {
namespace {

using testing::ElementsAre;

ColumnDef Column(std::string name, TypeKind kind, bool is_nullable = true) {
  ColumnDef column;
  column.name = std::move(name);
  column.type.kind = kind;
  column.type.length = 20;
  column.is_nullable = is_nullable;
  return column;
}

IndexDef Index(std::string name, std::vector<KeyPart> parts, bool is_unique = false) {
  IndexDef index;
  index.id = IndexId(7);
  index.name = std::move(name);
  index.parts = std::move(parts);
  index.is_unique = is_unique;
  return index;
}

TableDef Define(std::string name, std::vector<ColumnDef> columns, std::vector<IndexDef> indexes) {
  TableDef table;
  table.id = TableId(1);
  table.name = std::move(name);
  table.columns = std::move(columns);
  table.indexes = std::move(indexes);
  return table;
}

std::vector<std::string> IndexNames(const TableDef& table) {
  std::vector<std::string> names;
  for (const IndexDef& index : table.indexes) names.push_back(index.name);
  return names;
}

Fingerprint DigestOf(const Table& table) {
  Canonical canonical;
  table.PutInto(canonical);
  return canonical.Digest();
}

// MySQL manual, "Clustered and Secondary Indexes".
TEST(TableDef, ThePrimaryKeyClusters) {
  TableDef table = Define("t", {Column("a", TypeKind::kInt, false), Column("b", TypeKind::kInt)},
                          {Index("ua", {{0, false}}, true), Index("PRIMARY", {{1, false}}, true)});
  table.Finish();
  EXPECT_THAT(IndexNames(table), ElementsAre("PRIMARY", "ua"));
  EXPECT_TRUE(table.indexes[0].is_clustered);
  EXPECT_FALSE(table.columns[1].is_nullable);
  EXPECT_THAT(table.indexes[0].stored_columns, ElementsAre(0u, 1u));
  EXPECT_THAT(table.indexes[0].key_positions, ElementsAre(1u));
  EXPECT_THAT(table.indexes[1].stored_columns, ElementsAre(0u, 1u));
}

TEST(TableDef, ElseTheFirstUniqueIndexOverNotNullColumns) {
  TableDef table = Define("t", {Column("a", TypeKind::kInt), Column("b", TypeKind::kInt, false)},
                          {Index("ua", {{0, false}}, true), Index("uab", {{0, false}, {1, false}}, true),
                           Index("kb", {{1, false}}), Index("ub", {{1, false}}, true)});
  table.Finish();
  EXPECT_THAT(IndexNames(table), ElementsAre("ub", "ua", "uab", "kb"));
  EXPECT_FALSE(table.HasHiddenRowId());
  // kb holds the clustered key already.
  EXPECT_THAT(table.indexes[3].stored_columns, ElementsAre(1u));
}

TEST(TableDef, ElseAHiddenRowId) {
  TableDef table =
      Define("t", {Column("a", TypeKind::kInt), Column("b", TypeKind::kInt)}, {Index("ka", {{0, false}})});
  table.Finish();
  table.Finish();  // Twice changes nothing.
  EXPECT_THAT(IndexNames(table), ElementsAre("GEN_CLUST_INDEX", "ka"));
  EXPECT_TRUE(table.HasHiddenRowId());
  EXPECT_EQ(table.HiddenRowIdPosition(), 2u);
  EXPECT_THAT(table.indexes[0].stored_columns, ElementsAre(0u, 1u, 2u));
  EXPECT_THAT(table.indexes[0].key_positions, ElementsAre(2u));
  EXPECT_THAT(table.indexes[1].stored_columns, ElementsAre(0u, 2u));
}

TEST(TableDef, CreateTableMakesUniqueIndexesFirst) {
  TableDef table = Define(
      "t", {Column("a", TypeKind::kInt, false), Column("b", TypeKind::kInt), Column("c", TypeKind::kInt)},
      {Index("k", {{2, false}}), Index("ub", {{1, false}}, true), Index("ua", {{0, false}}, true),
       Index("PRIMARY", {{2, false}}, true)});
  table.SortIndexesAsCreateTable();
  EXPECT_THAT(IndexNames(table), ElementsAre("PRIMARY", "ua", "ub", "k"));
}

TEST(TableDef, NamesIgnoreCase) {
  TableDef table = Define("t", {Column("Id", TypeKind::kInt)}, {Index("PRIMARY", {{0, false}}, true)});
  table.Finish();
  EXPECT_EQ(table.FindColumn("iD"), 0u);
  EXPECT_EQ(table.FindColumn("i"), std::nullopt);
  EXPECT_NE(table.FindIndex("primary"), nullptr);
  EXPECT_EQ(table.FindIndex("k"), nullptr);
}

TEST(LockData, IsSpelledAsDataLocksSpellsIt) {
  TableDef table = Define(
      "t",
      {Column("id", TypeKind::kInt), Column("name", TypeKind::kVarchar), Column("d", TypeKind::kDate),
       Column("at", TypeKind::kDateTime), Column("price", TypeKind::kDecimal)},
      {Index("PRIMARY", {{0, false}}, true), Index("name", {{1, false}}),
       Index("rest", {{2, false}, {3, false}, {4, false}}), Index("with_id", {{0, false}, {1, false}})});
  table.Finish();
  const Row row({Value::Int(5), Value::Text("o'neil"), *ParseDateTime("2024-01-02"),
                 *ParseDateTime("2024-01-02 03:04:05"), Value::OfDecimal({-150, 2})});
  const auto data = [&](std::size_t index) {
    return LockData(table, table.indexes[index], EntryFor(table, table.indexes[index], row));
  };
  EXPECT_EQ(data(0), "5");
  EXPECT_EQ(data(1), "'o\\'neil', 5");
  EXPECT_EQ(data(2), "'2024-01-02', '2024-01-02 03:04:05', -1.50, 5");
  EXPECT_EQ(data(3), "5, 'o\\'neil'");
  const Row nulls({Value::Int(6), Value::Null(), Value::Null(), Value::Null(), Value::Null()});
  EXPECT_EQ(LockData(table, table.indexes[1], EntryFor(table, table.indexes[1], nulls)), "NULL, 6");
  EXPECT_THAT(ClusteredKeyOf(table, table.indexes[3], EntryFor(table, table.indexes[3], row)),
              ElementsAre(Value::Int(5)));
}

TEST(Entry, IsComparedWithoutBeingMade) {
  TableDef table =
      Define("t", {Column("id", TypeKind::kInt), Column("a", TypeKind::kInt), Column("b", TypeKind::kInt)},
             {Index("PRIMARY", {{0, false}}, true), Index("a", {{1, false}})});
  table.Finish();
  const Row row({Value::Int(1), Value::Int(10), Value::Int(100)});
  const Row other_b({Value::Int(1), Value::Int(10), Value::Int(200)});
  const Row other_a({Value::Int(1), Value::Int(20), Value::Int(100)});
  const IndexDef& index = table.indexes[1];
  const Row entry = EntryFor(table, index, row);
  EXPECT_TRUE(IsEntryOf(index, row, entry));
  EXPECT_TRUE(IsEntryOf(index, other_b, entry));
  EXPECT_FALSE(IsEntryOf(index, other_a, entry));
  EXPECT_TRUE(HaveSameEntry(index, row, other_b));
  EXPECT_FALSE(HaveSameEntry(index, row, other_a));
  EXPECT_FALSE(HaveSameEntry(table.indexes[0], row, other_b));  // The whole row.
}

TEST(LockData, HiddenRowIds) {
  TableDef table = Define("t", {Column("a", TypeKind::kInt)}, {Index("a", {{0, false}})});
  table.Finish();
  const Row row({Value::Int(10), Value::Int(3)});
  EXPECT_EQ(LockData(table, table.indexes[0], row), "rowid:3");
  EXPECT_EQ(LockData(table, table.indexes[1], EntryFor(table, table.indexes[1], row)), "10, rowid:3");
}

TableDefRef SmallDef(std::string name, TableId id) {
  TableDef table =
      Define(std::move(name), {Column("id", TypeKind::kInt)}, {Index("PRIMARY", {{0, false}}, true)});
  table.id = id;
  table.Finish();
  return std::make_shared<const TableDef>(table);
}

TEST(Table, EqualCopiesHaveEqualFingerprints) {
  Table table(SmallDef("t", TableId(1)));
  Table copy = table;
  EXPECT_EQ(DigestOf(table), DigestOf(copy));
  Record record;
  record.row = Row({Value::Int(1)});
  const RecordSlot slot = copy.trees[0].Insert(record).slot;
  const Fingerprint with_record = DigestOf(copy);
  EXPECT_NE(DigestOf(table), with_record);
  // Every part of a record counts: mark, writer, versions.
  const Place place = *copy.trees[0].FindSlot(slot);
  const Record stored = copy.trees[0].At(place);
  Record changed = stored;
  changed.is_deleted = true;
  copy.trees[0].Replace(place, changed);
  EXPECT_NE(DigestOf(copy), with_record);
  changed = stored;
  changed.writer = TrxId(9);
  copy.trees[0].Replace(place, changed);
  EXPECT_NE(DigestOf(copy), with_record);
  changed = stored;
  changed.older = std::make_shared<const Version>(Version{Row({Value::Int(1)}), TrxId(3), false, nullptr});
  copy.trees[0].Replace(place, changed);
  EXPECT_NE(DigestOf(copy), with_record);
  copy.trees[0].Replace(place, stored);
  EXPECT_EQ(DigestOf(copy), with_record);
  copy.next_auto_increment = 7;
  EXPECT_NE(DigestOf(copy), with_record);
}

// The table forgets that it ever held a record.
TEST(Table, AnEmptiedTreeIsAsNew) {
  const Table fresh(SmallDef("t", TableId(1)));
  Table table = fresh;
  for (const int id : {3, 1, 2}) {
    Record record;
    record.row = Row({Value::Int(id)});
    table.trees[0].Insert(record);
  }
  while (table.trees[0].record_count() > 0) table.trees[0].Erase(table.trees[0].First());
  EXPECT_EQ(DigestOf(table), DigestOf(fresh));
}

// A chain of a million versions goes without a million nested destructors.
TEST(Version, LongChainsAreTakenApart) {
  VersionRef newest;
  for (int i = 0; i < 1'000'000; ++i) {
    newest = std::make_shared<const Version>(Version{Row(), TrxId(1), false, std::move(newest)});
  }
  newest.reset();
  SUCCEED();
}

TEST(Catalog, FindsByNameAndId) {
  Catalog catalog;
  const TableId a = catalog.NewTableId();
  const TableId b = catalog.NewTableId();
  catalog.Add(Table(SmallDef("b", b)));
  catalog.Add(Table(SmallDef("a", a)));
  ASSERT_NE(catalog.Find("a"), nullptr);
  EXPECT_EQ(catalog.Find("a")->def->id, a);
  EXPECT_EQ(catalog.Find("A"), nullptr);
  EXPECT_EQ(catalog.Find(b)->def->name, "b");
  EXPECT_THAT(catalog.All(), ElementsAre(catalog.Find(a), catalog.Find(b)));

  Catalog copy = catalog;
  Record record;
  record.row = Row({Value::Int(1)});
  copy.FindForWrite(a)->trees[0].Insert(record);
  EXPECT_EQ(catalog.Find(a)->clustered().record_count(), 0u);
  EXPECT_EQ(copy.Find(a)->clustered().record_count(), 1u);
  EXPECT_EQ(copy.Find(b), catalog.Find(b)) << "untouched tables stay shared";

  catalog.Drop(a);
  EXPECT_EQ(catalog.Find("a"), nullptr);
  EXPECT_EQ(catalog.FindForWrite(a), nullptr);
}

}  // namespace
}  // namespace nextkey
