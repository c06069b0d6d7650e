// What a server tells of reads and writes, where it is asked to, and which rows a search asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "fmt/format.h"
#include "txn/read_predicate.h"
#include "txn/server.h"
#include "txn/sql/parser.h"

namespace nextkey {
namespace {

using ::testing::ElementsAre;

// Sessions by name; each Run answers the history's events as short lines. Writers stand in them by the name
// of the session whose transaction it was.
class HistoryHarness {
 public:
  HistoryHarness() {
    Run("set-up", "create table t (id int primary key, v int, key (v)) engine=innodb");
    Run("set-up", "insert into t values (1, 10), (2, 20), (3, 30)");
    server_.SetReportsHistory(true);
  }

  std::vector<std::string> Run(const std::string& who, const std::string& text) {
    if (!sessions_.contains(who)) sessions_[who] = server_.Connect();
    std::vector<std::string> lines;
    auto parsed = sql::ParseStatement(text);
    for (const Event& event : server_.Execute(sessions_[who], std::get<sql::StatementRef>(parsed))) {
      if (const auto* told = std::get_if<HistoryEvent>(&event))
        std::visit([&](const auto& one) { Put(lines, one); }, *told);
    }
    return lines;
  }

  // Of the last search in t.
  const ReadPredicate& last_predicate() const { return *last_; }

 private:
  std::string Who(SessionId session) const {
    for (const auto& [name, id] : sessions_) {
      if (id == session) return name;
    }
    return "?";
  }
  std::string Writer(TrxId trx) const {
    const auto found = names_.find(trx);
    return found == names_.end() ? "set-up" : found->second;
  }
  void Put(std::vector<std::string>&, const ScanOpened& one) {
    if (one.predicate->table->name == "t") last_ = one.predicate;
  }
  void Put(std::vector<std::string>&, const ScanEnded&) {}
  void Put(std::vector<std::string>& lines, const RowRead& one) {
    lines.push_back(fmt::format("{} {} {} ({}) by {}", Who(one.session), one.is_match ? "reads" : "passes",
                                one.table, one.key, Writer(one.writer)));
  }
  void Put(std::vector<std::string>& lines, const RowWritten& one) {
    names_[one.trx] = Who(one.session);
    const char* what = one.before.IsEmpty() ? "inserts" : one.after.IsEmpty() ? "deletes" : "updates";
    lines.push_back(fmt::format("{} {} {} ({})", Who(one.session), what, one.table, one.key));
  }
  void Put(std::vector<std::string>& lines, const WriteUndone& one) {
    lines.push_back(fmt::format("{} takes back {} ({})", Who(one.session), one.table, one.key));
  }
  void Put(std::vector<std::string>& lines, const TransactionEnded& one) {
    lines.push_back(fmt::format("{} {}", Who(one.session), one.is_committed ? "commits" : "rolls back"));
  }

  Server server_;
  std::map<std::string, SessionId> sessions_;
  std::map<TrxId, std::string> names_;
  ReadPredicateRef last_;
};

TEST(HistoryEvents, NothingIsToldWithoutBeingAskedFor) {
  Server server;
  const SessionId session = server.Connect();
  for (const char* text :
       {"create table t (id int primary key)", "insert into t values (1)", "select * from t"}) {
    auto parsed = sql::ParseStatement(text);
    for (const Event& event : server.Execute(session, std::get<sql::StatementRef>(parsed)))
      EXPECT_FALSE(std::holds_alternative<HistoryEvent>(event)) << text;
  }
}

// B's change is not in A's snapshot, but FOR UPDATE reads what is there.
TEST(HistoryEvents, ASnapshotAndALockingReadSeeDifferentWriters) {
  HistoryHarness played;
  played.Run("A", "begin");
  EXPECT_THAT(played.Run("A", "select v from t where id = 1"), ElementsAre("A reads t (1) by set-up"));
  EXPECT_THAT(played.Run("B", "update t set v = 11 where id = 1"),
              ElementsAre("B reads t (1) by set-up", "B updates t (1)", "B commits"));
  EXPECT_THAT(played.Run("A", "select v from t where id = 1"), ElementsAre("A reads t (1) by set-up"));
  EXPECT_THAT(played.Run("A", "select v from t where id = 1 for update"), ElementsAre("A reads t (1) by B"));
  EXPECT_THAT(played.Run("A", "commit"), ElementsAre("A commits"));
}

TEST(HistoryEvents, ADirtyReadSeesAWriterThatIsRolledBack) {
  HistoryHarness played;
  played.Run("A", "set session transaction isolation level read uncommitted");
  played.Run("B", "begin");
  played.Run("B", "update t set v = 11 where id = 1");
  EXPECT_THAT(played.Run("A", "select v from t where id = 1"),
              ElementsAre("A reads t (1) by B", "A commits"));
  EXPECT_THAT(played.Run("B", "rollback"), ElementsAre("B takes back t (1)", "B rolls back"));
}

// A row that is looked at and not wanted is told as such; a change of the key is two.
TEST(HistoryEvents, RowsThatAreNotWantedAndKeysThatChange) {
  HistoryHarness played;
  EXPECT_THAT(played.Run("A", "select id from t where v % 20 = 0 order by id"),
              ElementsAre("A passes t (1) by set-up", "A reads t (2) by set-up", "A passes t (3) by set-up",
                          "A commits"));
  played.Run("A", "begin");
  EXPECT_THAT(played.Run("A", "update t set id = 9 where id = 3"),
              ElementsAre("A reads t (3) by set-up", "A deletes t (3)", "A inserts t (9)"));
  EXPECT_THAT(played.Run("A", "update t set v = 20 where id = 2"),
              ElementsAre("A reads t (2) by set-up", "A updates t (2)"));  // It was 20 already.
  EXPECT_THAT(played.Run("A", "begin"), ElementsAre("A commits"));
}

// Whoever sets what stands there already has written, though the server keeps no version of it.
TEST(HistoryEvents, WritesThatChangeNothing) {
  HistoryHarness played;
  const auto written = ElementsAre("A updates t (1)", "A commits");
  EXPECT_THAT(played.Run("A", "insert into t values (1, 10) on duplicate key update v = 10"), written);
  EXPECT_THAT(played.Run("A", "replace into t values (1, 10)"), written);
}

// The second row is a duplicate: the first one is taken back, and the transaction goes on.
TEST(HistoryEvents, AFailedStatementTakesItsRowsBack) {
  HistoryHarness played;
  played.Run("A", "begin");
  EXPECT_THAT(played.Run("A", "insert into t values (7, 70), (1, 70)"),
              ElementsAre("A inserts t (7)", "A takes back t (7)"));
  EXPECT_THAT(played.Run("A", "commit"), ElementsAre("A commits"));
}

TEST(HistoryEvents, APredicateSaysWhichRowsWereAskedFor) {
  HistoryHarness played;
  const auto row = [](std::int64_t id, std::int64_t v) { return Row({Value::Int(id), Value::Int(v)}); };
  played.Run("A", "select * from t force index (primary) where id between 2 and 5 and v > 15");
  EXPECT_EQ(MatchOf(played.last_predicate(), row(4, 16), std::nullopt), RowMatch::kYes);
  EXPECT_EQ(MatchOf(played.last_predicate(), row(4, 15), std::nullopt), RowMatch::kNo);
  EXPECT_EQ(MatchOf(played.last_predicate(), row(6, 16), std::nullopt), RowMatch::kNo);
  EXPECT_EQ(MatchOf(played.last_predicate(), Row(), std::nullopt), RowMatch::kNo);
  // It stopped at row 3.
  EXPECT_EQ(MatchOf(played.last_predicate(), row(2, 16), row(3, 30)), RowMatch::kYes);
  EXPECT_EQ(MatchOf(played.last_predicate(), row(4, 16), row(3, 30)), RowMatch::kNo);

  played.Run("A", "set @least = 25");
  played.Run("A", "select * from t force index (v) where v > @least");
  EXPECT_EQ(MatchOf(played.last_predicate(), row(100, 26), std::nullopt), RowMatch::kYes);
  EXPECT_EQ(MatchOf(played.last_predicate(), row(100, 25), std::nullopt), RowMatch::kNo);
}

// What a subquery decides is not known, but what stands beside it is.
TEST(HistoryEvents, APredicateWithASubqueryIsKnownInPart) {
  HistoryHarness played;
  played.Run("A", "create table s (v int)");
  played.Run("A", "select * from t where v > 15 and v in (select max(s.v) from s where s.v > t.id)");
  const auto row = [](std::int64_t id, std::int64_t v) { return Row({Value::Int(id), Value::Int(v)}); };
  EXPECT_EQ(MatchOf(played.last_predicate(), row(4, 16), std::nullopt), RowMatch::kUnknown);
  EXPECT_EQ(MatchOf(played.last_predicate(), row(4, 15), std::nullopt), RowMatch::kNo);
}

// Of a join, the inner table's search is for the row of the outer one that it was opened for.
TEST(HistoryEvents, TheSearchOfAnInnerTableIsForOneOuterRow) {
  HistoryHarness played;
  played.Run("A", "select * from t a straight_join t b where b.v = a.v + 1 and a.id = 3");
  EXPECT_EQ(MatchOf(played.last_predicate(), Row({Value::Int(5), Value::Int(31)}), std::nullopt),
            RowMatch::kYes);
  EXPECT_EQ(MatchOf(played.last_predicate(), Row({Value::Int(5), Value::Int(30)}), std::nullopt),
            RowMatch::kNo);
}

}  // namespace
}  // namespace nextkey
