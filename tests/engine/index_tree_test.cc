// The tree against a std::map in random histories, with its invariants after every step; and where
// pages part.
#include "engine/index_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace nextkey {
namespace {

ColumnDef Column(std::string name, TypeKind kind, std::uint32_t length = 0, bool is_nullable = true) {
  ColumnDef column;
  column.name = std::move(name);
  column.type.kind = kind;
  column.type.length = length;
  column.is_nullable = is_nullable;
  return column;
}

IndexDef Index(std::uint32_t id, std::string name, std::vector<KeyPart> parts, bool is_unique = false) {
  IndexDef index;
  index.id = IndexId(id);
  index.name = std::move(name);
  index.parts = std::move(parts);
  index.is_unique = is_unique;
  return index;
}

// t (id int primary key, a varchar(20), b int, key a (a), key b (b desc))
TableDef SampleTable() {
  TableDef table;
  table.id = TableId(1);
  table.name = "t";
  table.columns = {Column("id", TypeKind::kInt), Column("a", TypeKind::kVarchar, 20),
                   Column("b", TypeKind::kInt)};
  table.indexes = {Index(1, "PRIMARY", {{0, false}}, true), Index(2, "a", {{1, false}}),
                   Index(3, "b", {{2, true}})};
  table.Finish();
  return table;
}

Record RecordOf(std::vector<Value> values) {
  Record record;
  record.row = Row(std::move(values));
  return record;
}

Record IdRecord(int id) { return RecordOf({Value::Int(id), Value::Text("x"), Value::Int(id)}); }

std::vector<Value> IdKey(int id) { return {Value::Int(id)}; }

// Walks the whole tree and checks what must always hold.
void ExpectSound(const IndexTree& tree) {
  std::size_t records = 0;
  std::size_t supremums = 0;
  std::set<RecordSlot> slots;
  std::optional<KeyValues> last_key;
  for (std::optional<Place> place = tree.First(); place; place = tree.Next(*place)) {
    EXPECT_TRUE(slots.insert(tree.SlotAt(*place)).second) << "a slot twice";
    EXPECT_EQ(tree.SlotAt(*place).IsSupremum(), tree.IsSupremum(*place));
    if (tree.IsSupremum(*place)) {
      ++supremums;
      continue;
    }
    ++records;
    const Row& row = tree.At(*place).row;
    if (last_key) {
      EXPECT_EQ(tree.CompareToKey(row, *last_key), std::strong_ordering::greater);
    }
    last_key = tree.KeyOf(row);
    EXPECT_EQ(tree.Find(*last_key), place);
    EXPECT_EQ(tree.FindSlot(tree.SlotAt(*place)), place);
  }
  EXPECT_EQ(records, tree.record_count());
  EXPECT_EQ(supremums, tree.page_count());
}

TEST(IndexTree, AnEmptyTreeIsOneSupremum) {
  const TableDef table = SampleTable();
  const IndexTree tree(table, table.indexes[0]);
  EXPECT_EQ(tree.First(), tree.End());
  EXPECT_TRUE(tree.IsSupremum(tree.First()));
  EXPECT_EQ(tree.LowerBound(IdKey(1)), tree.End());
  EXPECT_EQ(tree.Find(IdKey(1)), std::nullopt);
  EXPECT_EQ(tree.Next(tree.End()), std::nullopt);
  EXPECT_EQ(tree.Previous(tree.End()), std::nullopt);
  EXPECT_EQ(tree.SlotAt(tree.End()), (RecordSlot{PageNumber(1), 0}));
}

TEST(IndexTree, BoundsStandOnTheNeighbours) {
  const TableDef table = SampleTable();
  IndexTree tree(table, table.indexes[0]);
  for (const int id : {30, 10, 20}) tree.Insert(IdRecord(id));
  EXPECT_EQ(tree.LowerBound(IdKey(20)), (Place{0, 1}));
  EXPECT_EQ(tree.UpperBound(IdKey(20)), (Place{0, 2}));
  EXPECT_EQ(tree.LowerBound(IdKey(15)), (Place{0, 1}));
  EXPECT_EQ(tree.UpperBound(IdKey(30)), tree.End());
  EXPECT_EQ(tree.GapEndFor(IdKey(25)), (Place{0, 2}));
  EXPECT_EQ(tree.GapEndFor(IdKey(35)), tree.End());
  ExpectSound(tree);
}

TEST(IndexTree, HeapNumbersAreUsedAgainLastInFirstOut) {
  const TableDef table = SampleTable();
  IndexTree tree(table, table.indexes[0]);
  for (const int id : {10, 20, 30}) tree.Insert(IdRecord(id));
  tree.Erase(*tree.Find(IdKey(10)));
  tree.Erase(*tree.Find(IdKey(30)));
  EXPECT_EQ(tree.Insert(IdRecord(15)).slot.heap, 3u);
  EXPECT_EQ(tree.Insert(IdRecord(16)).slot.heap, 1u);
  EXPECT_EQ(tree.Insert(IdRecord(17)).slot.heap, 4u);
  ExpectSound(tree);
}

// Secondary entries go by (value, primary key); NULL comes first; texts ignore case.
TEST(IndexTree, SecondaryEntriesGoByValueThenClusteredKey) {
  const TableDef table = SampleTable();
  IndexTree tree(table, table.indexes[1]);
  const auto entry = [](Value a, int id) { return RecordOf({std::move(a), Value::Int(id)}); };
  tree.Insert(entry(Value::Text("b"), 1));
  tree.Insert(entry(Value::Text("A"), 5));
  tree.Insert(entry(Value::Text("a"), 3));
  tree.Insert(entry(Value::Null(), 9));
  std::vector<std::int64_t> ids;
  for (std::optional<Place> place = tree.First(); place && !tree.IsEnd(*place); place = tree.Next(*place)) {
    ids.push_back(tree.At(*place).row[1].AsInt());
  }
  EXPECT_THAT(ids, testing::ElementsAre(9, 3, 5, 1));
  const std::vector<Value> all_a = {Value::Text("a")};
  EXPECT_EQ(tree.LowerBound(all_a), (Place{0, 1}));
  EXPECT_EQ(tree.UpperBound(all_a), (Place{0, 3}));
}

TEST(IndexTree, DescendingPartsAreReversed) {
  const TableDef table = SampleTable();
  IndexTree tree(table, table.indexes[2]);
  for (const int b : {1, 3, 2}) tree.Insert(RecordOf({Value::Int(b), Value::Int(b)}));
  tree.Insert(RecordOf({Value::Null(), Value::Int(7)}));
  std::vector<std::string> order;
  for (std::optional<Place> place = tree.First(); place && !tree.IsEnd(*place); place = tree.Next(*place)) {
    order.push_back(tree.At(*place).row[0].ToText());
  }
  EXPECT_THAT(order, testing::ElementsAre("3", "2", "1", "NULL"));
}

// Over several pages: bounds never stop on an inner supremum, an insert behind a page's last record
// asks for that page's supremum.
TEST(IndexTree, InnerSupremumsAreVisitedByNextOnly) {
  const TableDef table = SampleTable();
  IndexTree tree(table, table.indexes[0]);
  for (int id = 10; id <= 20000; id += 10) tree.Insert(IdRecord(id));
  ASSERT_GT(tree.page_count(), 2u);
  ExpectSound(tree);
  Place place = tree.First();
  while (!tree.IsSupremum(place)) place = *tree.Next(place);
  const Place supremum = place;
  const auto last_id = tree.At(*tree.Previous(supremum)).row[0].AsInt();
  const int last = static_cast<int>(last_id);
  EXPECT_EQ(tree.Next(supremum), (Place{1, 0}));
  EXPECT_EQ(tree.NextRecord(*tree.Previous(supremum)), (Place{1, 0}));
  EXPECT_EQ(tree.PreviousRecord(Place{1, 0}), tree.Previous(supremum));
  EXPECT_EQ(tree.Previous(Place{1, 0}), supremum);
  EXPECT_EQ(tree.UpperBound(IdKey(last)), (Place{1, 0}));
  EXPECT_EQ(tree.LowerBound(IdKey(last + 5)), (Place{1, 0}));
  EXPECT_EQ(tree.GapEndFor(IdKey(last + 5)), supremum);
  EXPECT_EQ(tree.SlotAt(supremum), (RecordSlot{PageNumber(1), 0}));
}

// The only page is halved. From then on nothing moves in an ascending load: the new record opens
// the next page.
TEST(IndexTree, AscendingInsertsLeaveThePageFull) {
  const TableDef table = SampleTable();
  IndexTree tree(table, table.indexes[0]);
  int id = 1;
  const auto insert_until_split = [&] {
    Inserted inserted;
    while (!inserted.split) inserted = tree.Insert(IdRecord(id++));
    return inserted;
  };
  const Inserted first = insert_until_split();
  EXPECT_EQ(first.split->left, PageNumber(1));
  EXPECT_EQ(first.split->right, PageNumber(2));
  EXPECT_FALSE(first.split->moved.empty());
  EXPECT_EQ(first.split->first_of_right, (RecordSlot{PageNumber(2), 1}));
  EXPECT_EQ(first.split->moved.front().second, first.split->first_of_right);

  const Inserted second = insert_until_split();
  EXPECT_EQ(second.split->left, PageNumber(2));
  EXPECT_EQ(second.split->right, PageNumber(3));
  EXPECT_TRUE(second.split->moved.empty());
  EXPECT_EQ(second.split->first_of_right, (RecordSlot{PageNumber(3), 0}));
  EXPECT_EQ(second.slot, (RecordSlot{PageNumber(3), 1}));
}

// In a descending load the new page is the left one, and takes the new record alone.
TEST(IndexTree, DescendingInsertsOpenALeftPage) {
  const TableDef table = SampleTable();
  IndexTree tree(table, table.indexes[0]);
  int id = 5000;
  std::vector<PageSplit> splits;
  RecordSlot last;
  while (splits.size() < 2) {
    const Inserted inserted = tree.Insert(IdRecord(id--));
    if (inserted.split) splits.push_back(*inserted.split);
    last = inserted.slot;
  }
  EXPECT_EQ(splits[1].left, PageNumber(3));
  EXPECT_EQ(splits[1].right, PageNumber(1));
  EXPECT_TRUE(splits[1].moved.empty());
  EXPECT_EQ(splits[1].first_of_right, tree.SlotAt({1, 0}));
  EXPECT_EQ(last, (RecordSlot{PageNumber(3), 1}));
  ExpectSound(tree);
}

TEST(IndexTree, CopiesAreIndependent) {
  const TableDef table = SampleTable();
  IndexTree tree(table, table.indexes[0]);
  for (const int id : {10, 20}) tree.Insert(IdRecord(id));
  const auto digest = [](const IndexTree& t) {
    Canonical canonical;
    t.PutInto(canonical);
    return canonical.Digest();
  };
  IndexTree copy = tree;
  EXPECT_EQ(digest(copy), digest(tree));
  copy.Insert(IdRecord(15));
  EXPECT_NE(digest(copy), digest(tree));
  EXPECT_EQ(tree.record_count(), 2u);
  EXPECT_EQ(tree.Find(IdKey(15)), std::nullopt);
  ExpectSound(tree);
  ExpectSound(copy);
  IndexTree marked = tree;
  Record record = marked.At({0, 0});
  record.is_deleted = true;
  marked.Replace({0, 0}, record);
  EXPECT_NE(digest(marked), digest(tree));
}

// What a step of a random history is checked against: keys by number, slots by key.
class RandomHistory {
 public:
  RandomHistory(unsigned seed, std::size_t text_bytes) : random_(seed), text_(text_bytes, 'x') {}

  void Run(int steps, int keys) {
    std::uniform_int_distribution<int> any_key(1, keys);
    std::uniform_int_distribution<int> any_action(0, 99);
    for (int step = 0; step < steps; ++step) {
      const int key = any_key(random_);
      const bool is_there = slots_.contains(key);
      // The tree grows in the first half and shrinks in the second.
      const bool wants_insert = any_action(random_) < (step < steps / 2 ? 75 : 25);
      if (!is_there && wants_insert) Insert(key);
      if (is_there && !wants_insert) Erase(key);
      if (step % 512 == 0) Check();
    }
    Check();
  }

 private:
  void Insert(int key) {
    const Place gap_end = tree_.GapEndFor(IdKey(key));
    const RecordSlot gap_end_slot = tree_.SlotAt(gap_end);
    const Inserted inserted = tree_.Insert(RecordOf({Value::Int(key), Value::Text(text_), Value::Null()}));
    if (inserted.split) {
      Follow(*inserted.split);
    } else if (inserted.went_right) {
      EXPECT_EQ(inserted.went_right->full_supremum, gap_end_slot);
      EXPECT_EQ(inserted.went_right->old_first, tree_.SlotAt(*tree_.Next(*tree_.FindSlot(inserted.slot))));
    } else {
      const auto next = tree_.Next(*tree_.FindSlot(inserted.slot));
      ASSERT_TRUE(next.has_value());
      EXPECT_EQ(tree_.SlotAt(*next), gap_end_slot);
    }
    EXPECT_TRUE(slots_.emplace(key, inserted.slot).second);
  }

  void Erase(int key) {
    tree_.Erase(*tree_.Find(IdKey(key)));
    slots_.erase(key);
  }

  void Follow(const PageSplit& split) {
    const std::map<RecordSlot, RecordSlot> moved(split.moved.begin(), split.moved.end());
    for (auto& [key, slot] : slots_) {
      const auto target = moved.find(slot);
      if (target != moved.end()) slot = target->second;
    }
  }

  void Check() {
    ExpectSound(tree_);
    ASSERT_EQ(tree_.record_count(), slots_.size());
    for (const auto& [key, slot] : slots_) {
      const std::optional<Place> place = tree_.Find(IdKey(key));
      ASSERT_TRUE(place.has_value()) << key;
      EXPECT_EQ(tree_.SlotAt(*place), slot) << key;
    }
    for (const int key : {0, 17, 500, 100000}) {
      const auto expected = slots_.lower_bound(key);
      const Place place = tree_.LowerBound(IdKey(key));
      EXPECT_EQ(tree_.IsEnd(place), expected == slots_.end());
      if (expected != slots_.end()) {
        EXPECT_EQ(tree_.At(place).row[0].AsInt(), expected->first);
      }
    }
  }

  std::mt19937 random_;
  std::string text_;
  TableDef table_ = SampleTable();
  IndexTree tree_{table_, table_.indexes[0]};
  std::map<int, RecordSlot> slots_;
};

TEST(IndexTree, AgreesWithAMapInRandomHistories) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    RandomHistory(seed, 1).Run(6000, 4000);
    RandomHistory(seed, 400).Run(3000, 1000);
    RandomHistory(seed, 5000).Run(600, 200);
  }
}

}  // namespace
}  // namespace nextkey
