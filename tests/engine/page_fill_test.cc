// Where pages part, against a real server.
//
// The figures are number_records of information_schema.innodb_buffer_page, leaf pages in the order
// of their page numbers, after the same inserts into MariaDB 10.11.19.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "engine/column_type.h"
#include "engine/table.h"

namespace nextkey {
namespace {

using testing::ElementsAre;

ColumnDef Column(std::string name, TypeKind kind, std::uint32_t length = 0, std::uint8_t scale = 0) {
  ColumnDef column;
  column.name = std::move(name);
  column.type.kind = kind;
  column.type.length = length;
  column.type.scale = scale;
  return column;
}

IndexDef Primary() {
  IndexDef index;
  index.id = IndexId(1);
  index.name = "PRIMARY";
  index.is_unique = true;
  index.parts = {{0, false}};
  return index;
}

IndexDef Secondary(std::uint32_t column) {
  IndexDef index;
  index.id = IndexId(2);
  index.name = "k";
  index.parts = {{column, false}};
  return index;
}

TableDef Finished(std::vector<ColumnDef> columns, std::vector<IndexDef> indexes) {
  TableDef table;
  table.id = TableId(1);
  table.name = "p";
  table.columns = std::move(columns);
  table.indexes = std::move(indexes);
  table.Finish();
  return table;
}

// create table p (id int primary key, p char(1), v int)
TableDef NarrowTable() {
  return Finished(
      {Column("id", TypeKind::kInt), Column("p", TypeKind::kChar, 1), Column("v", TypeKind::kInt)},
      {Primary()});
}

// create table p (id int primary key, p varchar(400), v int)
TableDef WideTable() {
  return Finished(
      {Column("id", TypeKind::kInt), Column("p", TypeKind::kVarchar, 400), Column("v", TypeKind::kInt)},
      {Primary()});
}

// create table p (id int primary key, k varchar(40), v int, key k (k))
TableDef KeyedTable() {
  return Finished(
      {Column("id", TypeKind::kInt), Column("k", TypeKind::kVarchar, 40), Column("v", TypeKind::kInt)},
      {Primary(), Secondary(1)});
}

class Loader {
 public:
  explicit Loader(TableDef table, std::size_t index = 0)
      : table_(std::move(table)), index_(index), tree_(table_, table_.indexes[index]) {}

  void Insert(std::vector<Value> values) {
    Record record;
    record.row = EntryFor(table_, table_.indexes[index_], Row(std::move(values)));
    tree_.Insert(std::move(record));
  }
  void InsertAll(int first, int last, int step, const std::string& text) {
    for (int id = first; step > 0 ? id <= last : id >= last; id += step) {
      Insert({Value::Int(id), Value::Text(text), Value::Int(0)});
    }
  }

  // Records by page number.
  std::vector<int> Pages() const {
    std::map<std::uint32_t, int> records;
    for (std::optional<Place> place = tree_.First(); place; place = tree_.Next(*place)) {
      records[tree_.SlotAt(*place).page.value()] += tree_.IsSupremum(*place) ? 0 : 1;
    }
    std::vector<int> counts;
    for (const auto& [page, count] : records) counts.push_back(count);
    return counts;
  }

 private:
  TableDef table_;
  std::size_t index_;
  IndexTree tree_;
};

TEST(PageFill, NarrowRowsInAscendingOrder) {
  Loader loader(NarrowTable());
  loader.InsertAll(1, 1000, 1, "x");
  EXPECT_THAT(loader.Pages(), ElementsAre(258, 516, 226));
}

TEST(PageFill, WideRowsInAscendingOrder) {
  Loader loader(WideTable());
  loader.InsertAll(1, 300, 1, std::string(400, 'x'));
  EXPECT_THAT(loader.Pages(), ElementsAre(17, 35, 35, 35, 35, 35, 35, 35, 35, 3));
}

// A CHAR(200) takes 200 bytes at least.
TEST(PageFill, CharColumnsArePadded) {
  Loader loader(
      Finished({Column("id", TypeKind::kInt), Column("p", TypeKind::kChar, 200), Column("v", TypeKind::kInt)},
               {Primary()}));
  loader.InsertAll(1, 300, 1, "x");
  EXPECT_THAT(loader.Pages(), ElementsAre(33, 66, 66, 66, 66, 3));
}

// The new page is the left one.
TEST(PageFill, NarrowRowsInDescendingOrder) {
  Loader loader(NarrowTable());
  loader.InsertAll(1000, 1, -1, "x");
  EXPECT_THAT(loader.Pages(), ElementsAre(516, 258, 226));
}

TEST(PageFill, NarrowRowsInScatteredOrder) {
  Loader loader(NarrowTable());
  for (int i = 1; i < 1009; ++i) loader.InsertAll(i * 7919 % 1009, i * 7919 % 1009, 1, "x");
  EXPECT_THAT(loader.Pages(), ElementsAre(508, 500));
}

// Secondary indexes keep nothing free.
TEST(PageFill, SecondaryEntriesFillTheWholePage) {
  Loader loader(KeyedTable(), 1);
  loader.InsertAll(1, 1500, 1, "abc");
  EXPECT_THAT(loader.Pages(), ElementsAre(560, 940));
}

TEST(PageFill, SecondaryEntriesInScatteredOrder) {
  Loader loader(KeyedTable(), 1);
  for (int i = 1; i <= 2000; ++i) loader.InsertAll(i, i, 1, fmt::format("key{:05}", i * 7919 % 10007));
  EXPECT_THAT(loader.Pages(), ElementsAre(500, 501, 498, 501));
}

TEST(PageFill, RowsWithoutAPrimaryKey) {
  Loader loader(Finished({Column("a", TypeKind::kInt), Column("b", TypeKind::kInt)}, {}));
  for (int i = 1; i <= 1000; ++i) loader.Insert({Value::Int(i), Value::Int(0), Value::Int(i)});
  EXPECT_THAT(loader.Pages(), ElementsAre(227, 454, 319));
}

// Ascending inserts between existing records.
TEST(PageFill, OddKeysBetweenEvenOnes) {
  Loader ascending(NarrowTable());
  ascending.InsertAll(2, 2000, 2, "x");
  ascending.InsertAll(1, 1999, 2, "x");
  EXPECT_THAT(ascending.Pages(), ElementsAre(517, 482, 451, 550));

  Loader descending(NarrowTable());
  descending.InsertAll(2, 2000, 2, "x");
  descending.InsertAll(1999, 1, -2, "x");
  EXPECT_THAT(descending.Pages(), ElementsAre(517, 3, 452, 283, 478, 267));
}

TEST(PageFill, ASequenceInTheMiddle) {
  const std::string text(100, 'x');
  Loader ascending(WideTable());
  ascending.InsertAll(1000, 100000, 1000, text);
  ascending.InsertAll(50001, 50399, 1, text);
  EXPECT_THAT(ascending.Pages(), ElementsAre(59, 117, 49, 117, 117, 40));

  Loader descending(WideTable());
  descending.InsertAll(1000, 200000, 1000, text);
  descending.InsertAll(50400, 50002, -1, text);
  EXPECT_THAT(descending.Pages(), ElementsAre(117, 118, 23, 49, 117, 117, 58));
}

TEST(PageFill, RowsOfDifferentLengths) {
  Loader loader(Finished({Column("id", TypeKind::kInt), Column("p", TypeKind::kVarchar, 3000)}, {Primary()}));
  for (int i = 1; i <= 100; ++i) {
    const std::string text(static_cast<std::size_t>(1000 + i * 613 % 1900), 'x');
    loader.Insert({Value::Int(i * 37 % 101), Value::Text(text)});
  }
  EXPECT_THAT(loader.Pages(), ElementsAre(8, 6, 7, 6, 7, 7, 7, 5, 7, 8, 7, 7, 6, 7, 5));
}

// One column of every type, half of the timestamps NULL, texts of two-byte letters.
TEST(PageFill, EveryType) {
  std::vector<ColumnDef> columns = {Column("id", TypeKind::kBigInt),
                                    Column("a", TypeKind::kDecimal, 12, 3),
                                    Column("b", TypeKind::kDateTime, 0, 3),
                                    Column("c", TypeKind::kChar, 10),
                                    Column("d", TypeKind::kDouble),
                                    Column("e", TypeKind::kVarchar, 100),
                                    Column("f", TypeKind::kTimestamp, 0, 6),
                                    Column("g", TypeKind::kDate),
                                    Column("h", TypeKind::kTinyInt),
                                    Column("i", TypeKind::kMediumInt),
                                    Column("j", TypeKind::kTime, 0, 2),
                                    Column("k", TypeKind::kSmallInt),
                                    Column("l", TypeKind::kFloat)};
  columns[2].is_nullable = false;
  columns[5].is_nullable = false;
  const TableDef table = Finished(columns, {Primary()});
  Loader loader(table);
  for (int i = 1; i <= 400; ++i) {
    std::string text;
    for (int n = 0; n < i % 80; ++n) text += "\u00e9";
    std::vector<Value> given = {Value::Int(i),
                                Value::Text("1.5"),
                                Value::Text("2024-01-01"),
                                Value::Text("abc"),
                                Value::Int(1),
                                Value::Text(text),
                                i % 2 == 1 ? Value::Text("2024-01-01") : Value::Null(),
                                Value::Text("2024-01-01"),
                                Value::Int(1),
                                Value::Int(2),
                                Value::Text("10:11:12"),
                                Value::Int(3),
                                Value::Int(4)};
    for (std::size_t c = 0; c < given.size(); ++c) {
      given[c] = std::get<Value>(StoreInto(table.columns[c].type, given[c]));
    }
    loader.Insert(given);
  }
  EXPECT_THAT(loader.Pages(), ElementsAre(51, 91, 90, 94, 74));
}

}  // namespace
}  // namespace nextkey
