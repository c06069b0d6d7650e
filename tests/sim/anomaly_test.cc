// Histories of scripts and races, and the anomalies that they show.
//
// The independent judge is Hermitage: its 26 cases for MySQL say which anomaly a level lets happen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <variant>

#include "sim/anomaly/anomaly_text.h"
#include "sim/anomaly/classification.h"
#include "sim/anomaly/race_anomaly.h"
#include "sim/anomaly/script_anomaly.h"
#include "sim/explore/explore_race.h"
#include "sim/explore/explore_text.h"
#include "sim/hermitage.h"
#include "sim/tagged_sql.h"
#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

using ::testing::HasSubstr;

// `P4`, or `none`.
std::string AnomalyIn(const Classification& found) {
  const auto* anomaly = std::get_if<Anomaly>(&found);
  return anomaly == nullptr ? "none" : std::string(AnomalyCode(anomaly->name));
}

std::string Explained(const Classification& found) {
  std::string text;
  for (const Line& line : AnomalyLines(found, 100, 0)) text += Paint(line, false) + "\n";
  return text;
}

TEST(Anomalies, HermitagesCasesHaveTheirNames) {
  const auto read = ReadHermitage({"cases.md", FileText(NEXTKEY_SOURCE_DIR "/tests/sim/anomaly_cases.md")});
  const Script& script = std::get<Script>(read);
  ASSERT_EQ(script.cases.size(), 26U);
  for (const ScriptCase& one : script.cases) {
    const std::size_t arrow = one.name.find(" -> ");
    ASSERT_NE(arrow, std::string::npos) << one.name;
    const Classification found = Classify(HistoryOf(World{}, one));
    EXPECT_EQ(AnomalyIn(found), one.name.substr(arrow + 4)) << one.name << "\n" << Explained(found);
  }
}

// The anomalies of a race's bad outcomes, each once: `P4 level-based`, `none`.
std::set<std::string> AnomaliesOf(const std::string& race, const std::string& fix, std::uint32_t clients) {
  const auto file = FileOf(*FindShippedRace(race));
  RaceOptions options{fix};
  for (const ClientTemplate& one : file->clients) options.clients[one.name.text] = clients;
  const auto built = BuildProgram(file, std::move(options));
  auto explored = ExploreRace(std::get<ProgramRef>(built), {});
  auto& exploration = std::get<Exploration>(explored);
  NameAnomalies(exploration);
  std::set<std::string> names;
  for (const ExploredOutcome& outcome : exploration.outcomes) {
    EXPECT_EQ(outcome.anomaly.has_value(), !outcome.end.broken.empty());
    if (!outcome.anomaly) continue;
    const auto* anomaly = std::get_if<Anomaly>(&*outcome.anomaly);
    names.insert(anomaly == nullptr
                     ? "none"
                     : AnomalyIn(*outcome.anomaly) + " " + std::string(ScopeName(anomaly->scope)));
  }
  return names;
}

using Names = std::set<std::string>;

// Each request reads a row, and in the same transaction writes what it computed from it, by the row's key:
// the row is changed by somebody else between the two. That is a lost update, whatever else is inserted.
TEST(Anomalies, RacesThatReadARowAndWriteItLoseUpdates) {
  for (const char* race :
       {"coupon", "storage", "points", "conflict", "payment", "reservation", "seat", "order"})
    EXPECT_EQ(AnomaliesOf(race, "", 2), Names{"P4 level-based"}) << race;
}

// The search for a job that waits stops at the first one; both workers then mark that row.
TEST(Anomalies, WorkersThatPickTheSameJobLoseAnUpdate) {
  EXPECT_EQ(AnomaliesOf("job_queue", "", 2), Names{"P4 level-based"});
}

// Deadlocks, time-outs and a dry pool break what was promised, but what was committed could have come one
// after the other.
TEST(Anomalies, AnErrorIsNoAnomaly) {
  EXPECT_EQ(AnomaliesOf("transfer", "", 2), Names{"none"});
  EXPECT_EQ(AnomaliesOf("lock_scope", "", 2), Names{"none"});
  EXPECT_EQ(AnomaliesOf("pool", "", 3), Names{"none"});
}

// Locks outside of the database that don't keep the two transactions apart leave the cycle within them.
TEST(Anomalies, ALockLetGoTooEarlyChangesNothingInTheName) {
  EXPECT_EQ(AnomaliesOf("coupon", "mutex_inside", 2), Names{"P4 level-based"});
  EXPECT_EQ(AnomaliesOf("storage", "two_servers", 2), Names{"P4 level-based"});
  EXPECT_EQ(AnomaliesOf("storage", "timestamp_version", 2), Names{"P4 level-based"});
  EXPECT_EQ(AnomaliesOf("points", "short_lease", 2), Names{"P4 level-based"});
}

// On the replica the read is a transaction of its own, on a server that the write never sees.
TEST(Anomalies, AReadOnAReplicaStandsInAnotherTransaction) {
  EXPECT_EQ(AnomaliesOf("storage", "replica_read", 2), Names{"P4 scope-based"});
}

// --- Histories by hand ------------------------------------------------------------------------------------

constexpr const char* kOneCounter = R"(
race counter
setup { CREATE TABLE counter (id INT PRIMARY KEY, n INT NOT NULL); INSERT INTO counter VALUES (1, 0); }
)";

// The anomaly of a race's simplest bad schedule.
Classification WorstOf(const std::string& text) {
  auto explored = ExploreRace(ProgramOf(text), {});
  auto& exploration = std::get<Exploration>(explored);
  NameAnomalies(exploration);
  return *exploration.Worst()->anomaly;
}

// Read and write stand in transactions of their own: one after the other these are serial, the requests are
// not. A reads 0, B reads 0 and writes 1, A writes 1.
TEST(Anomalies, AutocommitMakesALostUpdateScopeBased) {
  const Classification found = WorstOf(std::string(kOneCounter) + R"(
client user 2
step read { SELECT n INTO @n FROM counter WHERE id = 1; }
step write { UPDATE counter SET n = @n + 1 WHERE id = 1; }
invariant "all count" { SELECT n = 2 FROM counter }
)");
  const auto& anomaly = std::get<Anomaly>(found);
  EXPECT_EQ(anomaly.name, AnomalyName::kP4);
  EXPECT_EQ(anomaly.scope, AnomalyScope::kScopeBased);
  ASSERT_EQ(anomaly.cycle.size(), 2U);
  EXPECT_EQ(EdgeText(anomaly.cycle[0]), "user1 read counter (1) as it was before user2 changed it");
  EXPECT_EQ(EdgeText(anomaly.cycle[1]), "user1 overwrote counter (1), which user2 had changed");
  EXPECT_EQ(anomaly.cycle[0].from_sql, "SELECT n INTO @n FROM counter WHERE id = 1");
  EXPECT_EQ(anomaly.cycle[1].to_sql, "UPDATE counter SET n = @n + 1 WHERE id = 1");
}

// The same in one transaction each: the cycle is one of transactions.
TEST(Anomalies, ATransactionMakesItLevelBased) {
  const Classification found = WorstOf(std::string(kOneCounter) + R"(
client user 2
step all {
  BEGIN;
  SELECT n INTO @n FROM counter WHERE id = 1;
  UPDATE counter SET n = @n + 1 WHERE id = 1;
  COMMIT;
}
invariant "all count" { SELECT n = 2 FROM counter }
)");
  EXPECT_EQ(AnomalyHeadline(found), "P4 lost update, level-based: a stronger isolation level cures it");
}

// Who looks, and then adds a row of another key, writes nothing that anybody has read: each search missed the
// other one's row.
TEST(Anomalies, CountingBeforeInsertingIsAnAntiDependencyCycle) {
  const Classification found = WorstOf(R"(
race limit
setup { CREATE TABLE entry (id INT PRIMARY KEY AUTO_INCREMENT, owner INT NOT NULL); }
client user 2
step all {
  BEGIN;
  SELECT COUNT(*) INTO @n FROM entry WHERE owner = 7;
  IF @n >= 1 THEN FAIL 'enough'; END IF;
  INSERT INTO entry (owner) VALUES (7);
  COMMIT;
}
invariant "one at most" { SELECT COUNT(*) <= 1 FROM entry }
)");
  EXPECT_EQ(AnomalyIn(found), "G2");
  for (const CycleEdge& edge : std::get<Anomaly>(found).cycle) EXPECT_TRUE(edge.is_predicate);
}

// A row of another owner is none that the search was for: no circle, though both searched and both inserted.
TEST(Anomalies, ARowOutsideOfTheSearchMakesNoCycle) {
  const Classification found = WorstOf(R"(
race limit
setup { CREATE TABLE entry (id INT PRIMARY KEY AUTO_INCREMENT, owner INT NOT NULL); }
client user 2
step all {
  BEGIN;
  SELECT COUNT(*) INTO @n FROM entry WHERE owner = @me;
  INSERT INTO entry (owner) VALUES (@me);
  COMMIT;
}
invariant "none at all" { SELECT COUNT(*) = 0 FROM entry }
)");
  EXPECT_EQ(AnomalyIn(found), "none");
  EXPECT_EQ(std::get<SerialOrder>(found).names.size(), 2U);
}

// What is read again, FOR UPDATE, before it is written is not lost. The two reads differ, though.
TEST(Anomalies, WhoLooksAgainLosesNothing) {
  const auto played = [](const std::string& text) {
    const auto read = ReadTaggedSql({"a.sql", text});
    return Classify(HistoryOf(World{}, std::get<Script>(read).cases.front()));
  };
  const std::string before = R"(
create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 10);
begin; select v from t where id = 1; -- A
update t set v = 11 where id = 1; -- B
)";
  EXPECT_EQ(AnomalyIn(played(before + "update t set v = 12 where id = 1; commit; -- A\n")), "P4");
  EXPECT_EQ(AnomalyIn(played(before + "select v from t where id = 1 for update; -- A\n"
                                      "update t set v = 12 where id = 1; commit; -- A\n")),
            "G-single");
  EXPECT_EQ(AnomalyIn(played(before + "update t set v = 12 where id = 1; rollback; -- A\n")), "none");
}

// A table that is made anew has other rows, though they are called alike: one client alone makes no circle.
TEST(Anomalies, OneClientAloneHasNone) {
  const auto read = ReadTaggedSql({"a.sql", R"(
create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 10), (2, 20);
select * from t; -- A
delete from t where id = 2; -- A
truncate table t; -- A
insert into t values (1, 10); -- A
select * from t where v > 5; -- A
alter table t add column w int; -- A
insert into t values (2, 20, 30); -- A
drop table t; -- A
create table t (v int) engine=innodb; -- A
insert into t values (1); -- A
select * from t; -- A
)"});
  const Classification found = Classify(HistoryOf(World{}, std::get<Script>(read).cases.front()));
  EXPECT_EQ(AnomalyIn(found), "none") << Explained(found);
}

// An UPDATE that finds what it sets has written all the same; a rolled back statement has not.
TEST(Anomalies, WritesThatLeaveNoVersion) {
  const auto read = ReadTaggedSql({"a.sql", R"(
create table t (id int primary key, v int, unique key (v)) engine=innodb;
insert into t values (1, 10), (2, 20);
begin; select v from t where id = 1; -- A
update t set v = 20 where id = 1; -- B, a duplicate
update t set v = 11 where id = 1; -- B
update t set v = 11 where id = 1; commit; -- A
select v from t where id = 1; -- C
)"});
  const History history = HistoryOf(World{}, std::get<Script>(read).cases.front());
  EXPECT_EQ(AnomalyIn(Classify(history)), "P4");
  const auto row = std::find_if(history.items.begin(), history.items.end(),
                                [](const HistoryItem& item) { return item.table == "t" && item.key == "1"; });
  ASSERT_EQ(row->versions.size(), 4U);  // As it was, B's two tries, A's.
  EXPECT_TRUE(row->versions[1].is_undone);
  EXPECT_FALSE(row->versions[2].is_undone);
  EXPECT_TRUE(row->versions[3].is_unchanged);
  EXPECT_EQ(history.reads.back().version, 3U);  // C comes behind A.
}

// --- Judges that share no code -------------------------------------------------------------------------

ProgramRef BuiltRace(const ShippedRace& race, const std::string& fix,
                     std::optional<sql::IsolationLevel> isolation) {
  const auto file = FileOf(race);
  RaceOptions options{fix};
  for (const ClientTemplate& one : file->clients) options.clients[one.name.text] = 2;
  options.isolation = isolation;
  return std::get<ProgramRef>(BuildProgram(file, std::move(options)));
}

constexpr std::uint64_t kSeeds = 4;

// Under SERIALIZABLE transactions have no cycle, whatever the requests do with them.
TEST(Anomalies, NoneIsLevelBasedAtSerializable) {
  std::size_t played = 0;
  for (const ShippedRace& race : ShippedRaces()) {
    for (const std::string& fix : FixesOf(*FileOf(race))) {
      const ProgramRef program = BuiltRace(race, fix, sql::IsolationLevel::kSerializable);
      for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        const PlayedRace one = PlayBy(*program, SchedulerKind::kRandom, seed);
        const auto found = AnomalyOf(*program, one.schedule);
        ASSERT_TRUE(found.has_value());
        const auto* anomaly = std::get_if<Anomaly>(&*found);
        EXPECT_TRUE(anomaly == nullptr || anomaly->scope == AnomalyScope::kScopeBased)
            << TokenOf(*program, one.schedule) << "\n"
            << Explained(*found);
        ++played;
      }
    }
  }
  EXPECT_GT(played, 200U);
}

// Clients in the given order, each to its end before the next one begins.
PlayedRace PlayInOrder(const Program& program, const std::vector<std::string>& names) {
  const auto rank = [&](const Choice& choice) {
    if (choice.kind != ChoiceKind::kClient && choice.kind != ChoiceKind::kTimer) return std::size_t{0};
    const auto found = std::find(names.begin(), names.end(), program.clients[choice.actor].name);
    return static_cast<std::size_t>(found - names.begin());
  };
  return PlayToEnd(OpenOf(program), program, [&](const std::vector<Choice>& choices) {
    const auto first = std::min_element(choices.begin(), choices.end(),
                                        [&](const Choice& a, const Choice& b) { return rank(a) < rank(b); });
    return static_cast<std::size_t>(first - choices.begin());
  });
}

// Where all requests succeed and no anomaly is found, playing them one after the other, in the order that is
// said to come to the same, does come to the same.
TEST(Anomalies, TheSerialOrderComesToTheSame) {
  std::size_t compared = 0;
  for (const ShippedRace& race : ShippedRaces()) {
    for (const std::string& fix : FixesOf(*FileOf(race))) {
      const ProgramRef program = BuiltRace(race, fix, std::nullopt);
      for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        const PlayedRace one = PlayBy(*program, SchedulerKind::kRandom, seed);
        if (one.end.counts.Of(RequestEnd::kSucceeded) != program->clients.size()) continue;
        const auto found = AnomalyOf(*program, one.schedule);
        const auto* order = std::get_if<SerialOrder>(&*found);
        if (order == nullptr || order->names.size() != program->clients.size()) continue;
        const PlayedRace serial = PlayInOrder(*program, order->names);
        EXPECT_EQ(EndText(one.end, *program), EndText(serial.end, *program))
            << TokenOf(*program, one.schedule) << "\n"
            << Explained(*found);
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 20U);
}

// Three requests of a few statements on two small tables. What a request has read it writes into a log at its
// end: so two orders come to the same only if everybody read the same.
class RandomRequests {
 public:
  explicit RandomRequests(std::uint32_t seed) : random_(seed) {}

  std::string Make() {
    std::string text = R"(race random
setup {
  CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL, k INT NOT NULL)" +
                       std::string(Draw(2) == 0 ? ", KEY (k)" : "") + R"();
  CREATE TABLE s (id INT PRIMARY KEY, n INT NOT NULL);
  CREATE TABLE log (who INT PRIMARY KEY, what VARCHAR(200) NOT NULL);
  INSERT INTO t VALUES (1, 1, 1), (2, 2, 1), (3, 3, 2);
  INSERT INTO s VALUES (1, 1), (2, 2);
}
)";
    for (const char* name : {"a", "b", "c"}) text += Client(name);
    return text + R"(
result t { SELECT GROUP_CONCAT(CONCAT(id, ':', n, ':', k)) FROM t FORCE INDEX (PRIMARY) WHERE id > 0 }
result s { SELECT GROUP_CONCAT(CONCAT(id, ':', n)) FROM s FORCE INDEX (PRIMARY) WHERE id > 0 }
result log { SELECT GROUP_CONCAT(CONCAT(who, what)) FROM log FORCE INDEX (PRIMARY) WHERE who > 0 }
)";
  }

  std::uint32_t Draw(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

 private:
  std::string Number() { return std::to_string(1 + Draw(3)); }

  std::string Client(const std::string& name) {
    const bool has_transaction = Draw(4) != 0;
    std::string text = "client " + name + "\nsetup { SET @x = 0; SET @seen = ''; }\nstep all {\n";
    if (has_transaction) text += "BEGIN;\n";
    for (std::uint32_t i = 1 + Draw(4); i > 0; --i)
      text += Statement(i) + ";\nSET @seen = CONCAT(@seen, ' ', COALESCE(@x, 'none'));\n";
    text += "INSERT INTO log VALUES (@me, @seen);\n";
    if (has_transaction) text += "COMMIT;\n";
    return text + "}\n";
  }

  std::string Locking() { return std::vector<std::string>{"", "", "", " FOR UPDATE", " FOR SHARE"}[Draw(5)]; }

  std::string Statement(std::uint32_t number) {
    switch (Draw(14)) {
      case 0:
        return "SELECT n INTO @x FROM t WHERE id = " + Number() + Locking();
      case 1:
        return "SELECT COUNT(*) INTO @x FROM t WHERE k >= " + Number() + Locking();
      case 2:
        return "SELECT SUM(n) INTO @x FROM t WHERE k = " + Number() + Locking();
      case 3:
        return "SELECT MAX(id) INTO @x FROM t WHERE n > " + Number() + Locking();
      case 4:
        return "SELECT id INTO @x FROM t WHERE n < 4 AND id < 5 ORDER BY id DESC LIMIT 1" + Locking();
      case 5:
        return "SELECT COUNT(*) INTO @x FROM t JOIN s ON s.n = t.k" + Locking();
      case 6:
        return "SELECT COUNT(*) INTO @x FROM t WHERE n IN (SELECT n FROM s)";
      case 7:
        return "SELECT n INTO @x FROM s WHERE id = " + Number() + Locking();
      case 8:
        return "UPDATE t SET n = COALESCE(@x, 0) + 1 WHERE id = " + Number();
      case 9:
        return "UPDATE t SET n = n + 1 WHERE k = " + Number();
      case 10:
        return "UPDATE t SET k = " + Number() + " WHERE n < " + Number();
      case 11:
        return "UPDATE s SET n = " + Number() + " WHERE id = " + Number();
      case 12:
        return "INSERT INTO t VALUES (10 * @me + " + std::to_string(number) + ", COALESCE(@x, 0), " +
               Number() + ")";
      default:
        return "DELETE FROM t WHERE k = " + Number() + " AND n > " + Number();
    }
  }

  std::mt19937 random_;
};

TEST(Anomalies, TheSerialOrderOfRandomRequestsComesToTheSame) {
  const std::uint32_t seeds = 150;
  std::size_t compared = 0;
  std::set<std::string> names;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    RandomRequests requests(seed);
    const std::string text = requests.Make();
    RaceOptions options;
    options.isolation = static_cast<sql::IsolationLevel>(requests.Draw(4));
    const ProgramRef program = ProgramOf(text, std::move(options));
    for (std::uint64_t turn = 1; turn <= 4; ++turn) {
      const PlayedRace one = PlayBy(*program, SchedulerKind::kRandom, turn);
      if (one.end.counts.Of(RequestEnd::kSucceeded) != program->clients.size()) continue;
      const auto found = AnomalyOf(*program, one.schedule);
      names.insert(AnomalyIn(*found));
      const auto* order = std::get_if<SerialOrder>(&*found);
      if (order == nullptr) continue;
      ASSERT_EQ(order->names.size(), 3U);  // Each has written its row of the log at least.
      const PlayedRace serial = PlayInOrder(*program, order->names);
      ASSERT_EQ(EndText(one.end, *program), EndText(serial.end, *program))
          << "seed " << seed << ", turn " << turn << "\n"
          << TokenOf(*program, one.schedule) << "\n"
          << Explained(*found) << text;
      ++compared;
    }
  }
  EXPECT_GT(compared, 100U);
  EXPECT_GE(names.size(), 6U);  // What never occurs is not tested.
}

// --- What is printed -----------------------------------------------------------------------------------

Exploration ExploredFully(ProgramRef program) {
  auto explored = ExploreRace(std::move(program), {});
  auto& exploration = std::get<Exploration>(explored);
  NameAnomalies(exploration);
  TrySerializable(exploration, {});
  return std::move(exploration);
}

// At SERIALIZABLE the two buyers of the coupon end in a deadlock, and one of them goes without.
TEST(Anomalies, ExplorationsNameThemAsTextAndAsJson) {
  const Exploration found = ExploredFully(BuiltRace(*FindShippedRace("coupon"), "", std::nullopt));
  EXPECT_EQ(found.at_serializable, Verdict::kHolds);
  const std::string text = ExplorationTable({found}, {});
  EXPECT_THAT(text,
              HasSubstr("    anomaly: P4 lost update, level-based: a stronger isolation level cures it\n"
                        "      buyer1 read coupon (1) as it was before buyer2 changed it (rw)\n"));
  EXPECT_THAT(text, HasSubstr("  at SERIALIZABLE it holds in all schedules\n"));
  const std::string json = ExplorationJson(found, {});
  EXPECT_THAT(json, HasSubstr(R"("anomaly":{"name":"P4","title":"lost update","kind":"level-based","cycle":[)"
                              R"({"from":"buyer1","to":"buyer2","edge":"rw","table":"coupon","key":"1",)"
                              R"("predicate":false,)"));
  EXPECT_THAT(json, HasSubstr(R"("at_serializable":"holds")"));
  // The other outcome breaks nothing, and has no anomaly.
  EXPECT_EQ(json.find("\"anomaly\"", json.find("\"anomaly\"") + 1), std::string::npos);
}

TEST(Anomalies, WhatNoLevelCuresBreaksAtSerializableAsWell) {
  const Exploration found = ExploredFully(ProgramOf(std::string(kOneCounter) + R"(
client user 2
step read { SELECT n INTO @n FROM counter WHERE id = 1; }
step write { UPDATE counter SET n = @n + 1 WHERE id = 1; }
invariant "all count" { SELECT n = 2 FROM counter }
)"));
  EXPECT_EQ(found.at_serializable, Verdict::kBreaks);
  EXPECT_THAT(ExplorationTable({found}, {}),
              HasSubstr("P4 lost update, scope-based: no isolation level cures it"));
}

// A deadlock is no anomaly: the JSON gives the order instead.
TEST(Anomalies, WithoutOneTheSerialOrderIsGiven) {
  const Exploration found = ExploredFully(BuiltRace(*FindShippedRace("transfer"), "", std::nullopt));
  EXPECT_THAT(ExplorationJson(found, {}), HasSubstr(R"("anomaly":null,"serial_order":["transfer)"));
  EXPECT_EQ(found.at_serializable, Verdict::kBreaks);
}

}  // namespace
}  // namespace nextkey
