// A cache of plans changes nothing but the time: each statement is played on two servers, one of which
// uses plans again.
#include "txn/plan_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "txn/server.h"
#include "txn/sql/parser.h"

namespace nextkey {
namespace {

class PlanCacheTest : public ::testing::Test {
 protected:
  PlanCacheTest() : session_(with_.Connect()) { without_.Connect(); }

  // -> the access path, as both servers name it.
  std::string Play(const std::string& text) {
    sql::StatementRef& statement = statements_[text];
    if (statement == nullptr) {
      auto parsed = sql::ParseStatement(text);
      if (const auto* error = std::get_if<sql::ParseError>(&parsed)) {
        ADD_FAILURE() << text << ": " << error->message;
        return "";
      }
      statement = std::get<sql::StatementRef>(parsed);
    }
    const std::string plan = PlanOf(with_.Execute(session_, statement, &plans_));
    EXPECT_EQ(plan, PlanOf(without_.Execute(session_, statement))) << text;
    EXPECT_TRUE(with_ == without_) << text;
    return plan;
  }

  static std::string PlanOf(const std::vector<Event>& events) {
    for (const Event& event : events) {
      const auto* ended = std::get_if<StatementEnded>(&event);
      if (ended != nullptr) return ended->result.error ? ended->result.error->message : ended->result.plan;
    }
    return "no end";
  }

  void AnalyzeTables() {
    with_.AnalyzeTables();
    without_.AnalyzeTables();
  }

  Server with_;
  Server without_;
  PlanCache plans_;

 private:
  SessionId session_;
  std::map<std::string, sql::StatementRef> statements_;
};

TEST_F(PlanCacheTest, AStatementIsPlannedOnce) {
  Play("create table seat (id int primary key, status char(1))");
  Play("insert into seat values (1, 'N'), (2, 'N')");
  const std::size_t before = plans_.size();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(Play("update seat set status = 'Y' where id = 1"), "seat range PRIMARY");
  EXPECT_EQ(plans_.size(), before + 1);
}

TEST_F(PlanCacheTest, AVariablesValueIsPartOfThePlan) {
  Play("create table t (id int primary key, k int, n int, key (k))");
  Play("insert into t values (1, 1, 0), (2, 2, 0), (3, 3, 0)");
  Play("set @k = 1");
  Play("update t set n = n + 1 where k = @k");
  Play("set @k = 3");
  Play("update t set n = n + 10 where k = @k");
  Play("update t set n = n + 1 where k = @k");
  Play("set @k = 1");
  Play("update t set n = n + 1 where k = @k");
}

// One row of three is cheaper to find by the index; of five rows of the same key none is.
TEST_F(PlanCacheTest, APlanIsMadeAnewWhenTheCountsChange) {
  Play("create table t (id int primary key, k int, n int, key (k))");
  Play("insert into t values (1, 1, 0), (2, 2, 0), (3, 3, 0), (4, 4, 0), (5, 5, 0)");
  AnalyzeTables();
  const std::string by_index = Play("select n from t where k between 2 and 3 for update");
  Play("update t set k = 2");
  AnalyzeTables();
  const std::string by_scan = Play("select n from t where k between 2 and 3 for update");
  EXPECT_EQ(by_index, "t range k (Using index condition)");
  EXPECT_EQ(by_scan, "t ALL");
}

TEST_F(PlanCacheTest, ADefinitionMakesItsPlansUseless) {
  Play("create table t (id int primary key, k int)");
  Play("insert into t values (1, 1), (2, 2)");
  EXPECT_EQ(Play("select * from t where k = 2 for update"), "t ALL");
  Play("alter table t add unique key (k)");
  EXPECT_EQ(Play("select * from t where k = 2 for update"), "t const k");
  Play("drop table t");
  EXPECT_EQ(Play("select * from t where k = 2 for update"), "Table 'test.t' doesn't exist");
}

TEST_F(PlanCacheTest, TheIsolationLevelIsPartOfThePlan) {
  Play("create table t (id int primary key, n int)");
  Play("insert into t values (1, 0)");
  for (const char* level : {"serializable", "read committed", "serializable", "repeatable read"}) {
    Play(std::string("set session transaction isolation level ") + level);
    Play("begin");
    Play("select n from t where id = 1");
    Play("insert into t select id + 1, n from t where id = (select max(id) from t)");
    Play("commit");
  }
}

}  // namespace
}  // namespace nextkey
