// Statements that stop before their locks: where they stop, what others may do meanwhile, and what becomes
// of one whose connection goes, is killed, or loses a deadlock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "txn/server.h"
#include "txn/sql/parser.h"

namespace nextkey {
namespace {

class Yields : public ::testing::Test {
 protected:
  Yields() : ann(server.Connect()), bob(server.Connect()) {
    Send(ann, "create table t (id int primary key, n int)");
    Send(ann, "insert into t values (1, 0), (2, 0), (3, 0)");
    server.SetYieldsBeforeLocks(ann, true);
  }

  // `stops`, `waits`, `ok`, or the number of the error.
  std::string Outcome(SessionId session, const std::vector<Event>& events) {
    std::string outcome = "nothing";
    for (const Event& event : events) {
      if (const auto* yields = std::get_if<StatementYields>(&event); yields && yields->session == session)
        outcome = "stops";
      if (const auto* waits = std::get_if<StatementWaits>(&event); waits && waits->session == session)
        outcome = "waits";
      const auto* ended = std::get_if<StatementEnded>(&event);
      if (ended != nullptr && ended->session == session)
        outcome = ended->result.error ? std::to_string(ended->result.error->number) : "ok";
    }
    EXPECT_EQ(server.CheckInvariants(), std::vector<std::string>());
    return outcome;
  }
  std::string Send(SessionId session, const std::string& sql) {
    return Outcome(session, server.Execute(session, std::get<sql::StatementRef>(sql::ParseStatement(sql))));
  }
  std::string GoOn(SessionId session) { return Outcome(session, server.GoOn(session)); }
  std::string Answer(SessionId session, const std::string& sql) {
    for (const Event& event :
         server.Execute(session, std::get<sql::StatementRef>(sql::ParseStatement(sql)))) {
      const auto* ended = std::get_if<StatementEnded>(&event);
      if (ended != nullptr && ended->session == session && !ended->result.rows.empty())
        return ended->result.rows[0][0].ToText();
    }
    return "";
  }

  Server server;
  SessionId ann;
  SessionId bob;
};

// One lock a row, and the end of the table: four requests, three stops.
TEST_F(Yields, AScanStopsBeforeEachRowButTheFirst) {
  EXPECT_EQ(Send(ann, "update t set n = n + 1"), "stops");
  EXPECT_TRUE(server.CanGoOn(ann));
  EXPECT_FALSE(server.IsWaiting(ann));
  EXPECT_EQ(GoOn(ann), "stops");
  EXPECT_EQ(GoOn(ann), "stops");
  EXPECT_EQ(GoOn(ann), "ok");
  EXPECT_FALSE(server.CanGoOn(ann));
  EXPECT_EQ(Answer(bob, "select sum(n) from t"), "3");
}

TEST_F(Yields, WhatAsksForNoLockDoesNotStop) {
  EXPECT_EQ(Send(ann, "select * from t"), "ok");
  EXPECT_EQ(Send(ann, "begin"), "ok");
  EXPECT_EQ(Send(ann, "select * from t where id = 1 for update"), "ok");
  EXPECT_EQ(Send(ann, "select * from t where id = 1 for update"), "ok");  // Held already.
  EXPECT_EQ(Send(ann, "commit"), "ok");
}

// Each row of an INSERT asks for its gap.
TEST_F(Yields, AnotherInsertMayComeBetweenTheRowsOfOne) {
  EXPECT_EQ(Send(ann, "insert into t values (10, 1), (20, 1)"), "stops");
  EXPECT_EQ(Send(bob, "insert into t values (20, 2)"), "ok");
  EXPECT_EQ(GoOn(ann), "1062");
  EXPECT_EQ(Answer(bob, "select count(*) from t where id >= 10"), "1");  // The first row is taken back, too.
}

// Bob has the second row. Ann has the first and waits; when he is done, she goes on only when told to.
TEST_F(Yields, GoingOnAfterAGrantIsToldFromOutside) {
  Send(bob, "begin");
  Send(bob, "update t set n = 5 where id = 2");
  EXPECT_EQ(Send(ann, "update t set n = n + 1 where id <= 2"), "stops");
  EXPECT_EQ(GoOn(ann), "waits");
  Send(bob, "commit");
  EXPECT_FALSE(server.IsWaiting(ann));
  ASSERT_TRUE(server.CanGoOn(ann));
  EXPECT_EQ(Answer(bob, "select n from t where id = 2"), "5");
  while (server.CanGoOn(ann)) GoOn(ann);
  EXPECT_EQ(Answer(bob, "select n from t where id = 2"), "6");
}

// Nobody waits: there is nothing that could time out.
TEST_F(Yields, WhoStopsHasNoDeadline) {
  Send(ann, "update t set n = n + 1");
  EXPECT_EQ(server.NextDeadline(), std::nullopt);
  server.AdvanceTime(100'000'000);
  EXPECT_TRUE(server.CanGoOn(ann));
}

TEST_F(Yields, AConnectionThatEndsInTheMiddleLeavesNothing) {
  Send(ann, "update t set n = n + 1");
  GoOn(ann);
  server.Disconnect(ann);
  EXPECT_EQ(server.ListLocks().size(), 0U);
  EXPECT_EQ(Answer(bob, "select sum(n) from t"), "0");
  EXPECT_EQ(server.CheckInvariants(), std::vector<std::string>());
}

TEST_F(Yields, AKilledStatementFailsAtOnce) {
  const std::string number = std::to_string(ann.value());
  Send(ann, "begin");
  Send(ann, "update t set n = 7 where id = 1");
  ASSERT_EQ(Send(ann, "update t set n = n + 1"), "stops");
  EXPECT_EQ(Answer(bob, "select state from information_schema.processlist where id = " + number), "");
  EXPECT_EQ(Send(bob, "kill query " + number), "ok");
  EXPECT_FALSE(server.CanGoOn(ann));
  EXPECT_EQ(Answer(ann, "select n from t where id = 1"), "7");  // The transaction lives.
  ASSERT_EQ(Send(ann, "update t set n = n + 1"), "stops");
  EXPECT_EQ(Send(bob, "kill " + number), "ok");
  EXPECT_EQ(Answer(bob, "select sum(n) from t"), "0");
  EXPECT_EQ(Send(ann, "select 1"), "2006");
}

// She goes up, he goes down: the circle is closed between two rows. He collects rows before he changes any,
// and so is the lighter one: he is taken back at once, and she, who has the row now, when she is told to.
TEST_F(Yields, TwoScansInOppositeDirectionsMeetHalfway) {
  server.SetYieldsBeforeLocks(bob, true);
  ASSERT_EQ(Send(ann, "update t set n = n + 1 where id <= 2"), "stops");             // Row 1.
  ASSERT_EQ(Send(bob, "update t set n = n + 1 order by id desc limit 3"), "stops");  // Behind the last row.
  ASSERT_EQ(GoOn(bob), "stops");                                                     // Row 3.
  ASSERT_EQ(GoOn(bob), "stops");                                                     // Row 2.
  ASSERT_EQ(GoOn(bob), "waits");                                                     // For row 1.
  const std::vector<Event> events = server.GoOn(ann);                                // For row 2.
  EXPECT_EQ(Outcome(ann, events), "waits");
  EXPECT_EQ(Outcome(bob, events), "1213");
  EXPECT_FALSE(server.IsWaiting(ann));
  ASSERT_TRUE(server.CanGoOn(ann));
  while (server.CanGoOn(ann)) GoOn(ann);
  EXPECT_EQ(Answer(bob, "select group_concat(n) from t"), "1,1,0");
}

// A child's own row is in before the parent's is locked: the parent may go in between.
TEST_F(Yields, AForeignKeyIsCheckedBehindAStop) {
  Send(bob, "create table child (id int primary key, t int, foreign key (t) references t (id))");
  ASSERT_EQ(Send(ann, "insert into child values (1, 3)"), "stops");
  EXPECT_EQ(Send(bob, "delete from t where id = 3"), "ok");
  std::string outcome;
  while (server.CanGoOn(ann)) outcome = GoOn(ann);
  EXPECT_EQ(outcome, "1452");
  EXPECT_EQ(Answer(bob, "select count(*) from child"), "0");
}

}  // namespace
}  // namespace nextkey
