// What a driver of several sessions needs of a server: deadlines one by one, connections that end,
// expressions between two statements.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "txn/server.h"
#include "txn/sql/parser.h"

namespace nextkey {
namespace {

std::vector<Event> Send(Server& server, SessionId session, const std::string& sql) {
  return server.Execute(session, std::get<sql::StatementRef>(sql::ParseStatement(sql)));
}

std::string Answer(Server& server, SessionId session, const std::string& sql) {
  for (const Event& event : Send(server, session, sql)) {
    if (const auto* ended = std::get_if<StatementEnded>(&event))
      return ended->result.rows.at(0).at(0).ToText();
  }
  return "waits";
}

std::string Computed(Server& server, SessionId session, const std::string& text) {
  const auto parsed = sql::ParseExpression(text);
  const auto bound = BindSessionExpression(*std::get<sql::ExprRef>(parsed));
  if (const auto* error = std::get_if<SqlError>(&bound)) return "error " + std::to_string(error->number);
  return std::get<Value>(server.Evaluate(session, *std::get<SessionExpressionRef>(bound))).ToText();
}

class ServerSessions : public ::testing::Test {
 protected:
  ServerSessions() : ann(server.Connect()), bob(server.Connect()) {
    Send(server, ann, "create table t (id int primary key, n int)");
    Send(server, ann, "insert into t values (1, 0), (2, 0)");
  }

  Server server;
  SessionId ann;
  SessionId bob;
};

// What an application computes does not reach the server: ROW_COUNT() still is the UPDATE's.
TEST_F(ServerSessions, AnExpressionLeavesWhatTheLastStatementLeft) {
  Send(server, ann, "set @x = 3");
  Send(server, ann, "update t set n = 1");
  const Fingerprint before = server.Digest();
  EXPECT_EQ(Computed(server, ann, "@x * 2 + row_count()"), "8");
  EXPECT_EQ(Computed(server, ann, "row_count() = 2"), "1");
  EXPECT_EQ(server.Digest(), before);
}

TEST_F(ServerSessions, AnExpressionReadsNoTablesAndNeverWaits) {
  EXPECT_EQ(Computed(server, ann, "(select 1) + 1"), "error 1235");
  EXPECT_EQ(Computed(server, ann, "1 + sleep(1)"), "error 1235");
  EXPECT_EQ(Computed(server, ann, "n + 1"), "error 1054");
}

// Ann is gone in the middle of her transaction: her change is taken back and Bob goes on.
TEST_F(ServerSessions, AConnectionThatEndsRollsBackAndLetsOthersGo) {
  Send(server, ann, "begin");
  Send(server, ann, "update t set n = 5 where id = 1");
  Send(server, ann, "do get_lock('name', 0)");
  Send(server, bob, "update t set n = n + 1 where id = 1");
  ASSERT_TRUE(server.IsWaiting(bob));
  server.Disconnect(ann);
  EXPECT_FALSE(server.IsWaiting(bob));
  EXPECT_EQ(Answer(server, bob, "select n from t where id = 1"), "1");
  EXPECT_EQ(Answer(server, bob, "select is_free_lock('name')"), "1");
  EXPECT_TRUE(server.CheckInvariants().empty());
}

// Her statement waits for Bob's row when she goes; nobody must go on waiting behind her.
TEST_F(ServerSessions, AConnectionMayEndWhileItsStatementWaits) {
  const SessionId carol = server.Connect();
  Send(server, bob, "begin");
  Send(server, bob, "select * from t where id = 1 for share");
  Send(server, ann, "update t set n = 5 where id = 1");
  Send(server, carol, "select n from t where id = 1 for share");
  ASSERT_TRUE(server.IsWaiting(carol));
  server.Disconnect(ann);
  EXPECT_FALSE(server.IsWaiting(carol));
  EXPECT_TRUE(server.CheckInvariants().empty());
}

TEST_F(ServerSessions, TwoDeadlinesOfOneMomentFireInEitherOrder) {
  Send(server, ann, "do sleep(5)");
  Send(server, bob, "do sleep(5)");
  ASSERT_EQ(server.Deadlines().size(), 2U);
  const std::int64_t start_us = server.now_us();
  EXPECT_EQ(server.Deadlines()[0].at_us, start_us + 5'000'000);
  server.PassTime(5'000'000);
  server.FireDeadline(bob);
  EXPECT_FALSE(server.IsWaiting(bob));
  EXPECT_TRUE(server.IsWaiting(ann));
  server.FireDeadline(ann);
  EXPECT_FALSE(server.IsWaiting(ann));
  EXPECT_EQ(server.now_us(), start_us + 5'000'000);
}

// A row that was inserted and deleted again is no change; two updates are one.
TEST_F(ServerSessions, CommitsAreKeptRowByRow) {
  server.KeepCommits(true);
  Send(server, ann, "begin");
  Send(server, ann, "insert into t values (3, 3)");
  Send(server, ann, "delete from t where id = 3");
  Send(server, ann, "update t set n = 1 where id = 1");
  Send(server, ann, "update t set n = 2 where id = 1");
  EXPECT_TRUE(server.TakeCommitted().empty());
  Send(server, ann, "commit");
  const std::vector<CommittedTransaction> committed = server.TakeCommitted();
  ASSERT_EQ(committed.size(), 1U);
  ASSERT_EQ(committed[0].rows.size(), 1U);
  EXPECT_EQ(committed[0].rows[0].before[1].ToText(), "0");
  EXPECT_EQ(committed[0].rows[0].after[1].ToText(), "2");
}

}  // namespace
}  // namespace nextkey
