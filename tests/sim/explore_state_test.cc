// Which histories come to the same state, and which do not.
//
// Each pair is judged by its futures: all that can happen is gone through one by one, without the
// search. Where the same can happen, in as many ways, one fingerprint saves the work; where something
// else can, one fingerprint would be wrong.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/explore/race_system.h"
#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

using Names = std::vector<std::string>;

class Histories {
 public:
  explicit Histories(const std::string& clients)
      : program_(ProgramOf(R"(race states "Two histories"
setup {
  CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL, m INT NOT NULL);
  CREATE TABLE log (id INT PRIMARY KEY AUTO_INCREMENT, who INT);
  INSERT INTO t VALUES (1, 0, 0), (2, 0, 0);
}
service gate mutex
service lock redlock (nodes 3, ttl 5 s, retries 0, retry_delay 100 ms)
result one { SELECT n FROM t WHERE id = 1 }
result two { SELECT n FROM t WHERE id = 2 }
result logged { SELECT COALESCE(SUM(id * who), 0) FROM log }
)" + clients)) {}

  bool HaveOneState(const Names& first, const Names& second, bool sorts_clients = true) const {
    return FingerprintOf(first, sorts_clients) == FingerprintOf(second, sorts_clients);
  }

  // What can still happen, and in how many ways.
  std::map<std::string, std::uint64_t> FutureOf(const Names& history) const {
    Enumeration found;
    Enumerate(PlayNames(OpenOf(*program_), *program_, history), *program_, found);
    return found.ends;
  }

 private:
  Fingerprint FingerprintOf(const Names& history, bool sorts_clients) const {
    const RaceWorld opened = OpenOf(*program_);
    const RaceSystem system(*program_, opened, {sorts_clients, false});
    StateDescription description;
    RaceSystem::Scratch scratch;
    system.Describe(system.Root(PlayNames(opened, *program_, history)), description, scratch);
    EXPECT_FALSE(system.AsksForArrivals());
    return description.fingerprint;
  }

  ProgramRef program_;
};

// Who wrote a row that is committed, and in which order transactions began, is of no interest.
TEST(ExploreState, TransactionsThatAreOverLeaveNothingBehindButTheirRows) {
  const Histories histories(R"(client a
step a { UPDATE t SET n = 1 WHERE id = 1; UPDATE t SET n = n + 1 WHERE id = 1; }
client b
step b { UPDATE t SET n = 1 WHERE id = 2; UPDATE t SET n = n + 1 WHERE id = 2; }
)");
  const Names first = {"a", "b"};
  const Names second = {"b", "a"};
  EXPECT_EQ(histories.FutureOf(first), histories.FutureOf(second));
  EXPECT_TRUE(histories.HaveOneState(first, second));
}

TEST(ExploreState, AVariableThatNobodyReadsAgainMakesNoDifference) {
  const std::string changes = "client b\nstep b { UPDATE t SET n = n + 1 WHERE id = 1; }\n";
  const Histories unread("client a\nstep a { SELECT n INTO @n FROM t WHERE id = 1; COMMIT; }\n" + changes);
  EXPECT_EQ(unread.FutureOf({"a", "b"}), unread.FutureOf({"b", "a"}));
  EXPECT_TRUE(unread.HaveOneState({"a", "b"}, {"b", "a"}));
}

TEST(ExploreState, AVariableThatIsReadAgainDoes) {
  const Histories read(R"(client a
step a { SELECT n INTO @n FROM t WHERE id = 1; UPDATE t SET n = @n + 5 WHERE id = 1; }
client b
step b { UPDATE t SET n = n + 1 WHERE id = 1; }
)");
  EXPECT_NE(read.FutureOf({"a", "b"}), read.FutureOf({"b", "a"}));
  EXPECT_FALSE(read.HaveOneState({"a", "b"}, {"b", "a"}));
}

TEST(ExploreState, WhoGotWhichGeneratedIdMakesADifferenceWhereItIsRead) {
  const Histories histories(R"(client a
step a { INSERT INTO log (who) VALUES (1); COMMIT; }
client b
step b { INSERT INTO log (who) VALUES (10); COMMIT; }
)");
  EXPECT_NE(histories.FutureOf({"a", "b"}), histories.FutureOf({"b", "a"}));
  EXPECT_FALSE(histories.HaveOneState({"a", "b"}, {"b", "a"}));
}

// The first reads see the same row; what is read later depends on when the snapshot was made.
TEST(ExploreState, ASnapshotFromBeforeACommitIsAnotherThanOneFromAfterIt) {
  const Histories histories(R"(client a
step a {
  BEGIN;
  SELECT n INTO @n FROM t WHERE id = 2;
  SELECT n INTO @n FROM t WHERE id = 1;
  UPDATE t SET n = @n + 5 WHERE id = 2;
  COMMIT;
}
client b
step b { UPDATE t SET n = 1 WHERE id = 1; }
)");
  EXPECT_NE(histories.FutureOf({"a", "a", "b"}), histories.FutureOf({"a", "b", "a"}));
  EXPECT_FALSE(histories.HaveOneState({"a", "a", "b"}, {"a", "b", "a"}));
}

// The same, and behind its first read only statements that look at newest rows.
TEST(ExploreState, ASnapshotThatNobodyWillReadMakesNone) {
  const Histories histories(R"(client a
step a {
  BEGIN;
  SELECT n INTO @n FROM t WHERE id = 2;
  UPDATE t SET n = n + 5 WHERE id = 1;
  SELECT n INTO @n FROM t WHERE id = 1 FOR UPDATE;
  UPDATE t SET n = @n WHERE id = 2;
  COMMIT;
}
client b
step b { UPDATE t SET n = 1 WHERE id = 1; }
)");
  EXPECT_EQ(histories.FutureOf({"a", "a", "b"}), histories.FutureOf({"a", "b", "a"}));
  EXPECT_TRUE(histories.HaveOneState({"a", "a", "b"}, {"a", "b", "a"}));
}

// Where rows are deleted, a snapshot keeps the deleted ones, and the locks on them, in their place.
TEST(ExploreState, ASnapshotThatKeepsADeletedRowMakesADifference) {
  const Histories histories(R"(client a
step a { BEGIN; SELECT n INTO @n FROM t WHERE id = 1; UPDATE t SET m = 1 WHERE id = 1; COMMIT; }
client b
step b { DELETE FROM t WHERE id = 2; }
)");
  EXPECT_FALSE(histories.HaveOneState({"a", "a", "b"}, {"a", "b", "a"}));
}

TEST(ExploreState, WhoWaitsFirstForARowMakesADifference) {
  const Histories histories(R"(client a
step a { BEGIN; UPDATE t SET n = 1 WHERE id = 1; COMMIT; }
client b
step b { UPDATE t SET n = n * 3 WHERE id = 1; }
client c
step c { UPDATE t SET n = n + 1 WHERE id = 1; }
)");
  EXPECT_NE(histories.FutureOf({"a", "a", "b", "c"}), histories.FutureOf({"a", "a", "c", "b"}));
  EXPECT_FALSE(histories.HaveOneState({"a", "a", "b", "c"}, {"a", "a", "c", "b"}));
}

TEST(ExploreState, WhoWaitsFirstForAMutexMakesADifference) {
  const Histories histories(R"(client a
step a { CALL gate.lock(); CALL gate.unlock(); }
client b
step b { CALL gate.lock(); UPDATE t SET n = n * 3 + 1 WHERE id = 1; CALL gate.unlock(); }
client c
step c { CALL gate.lock(); UPDATE t SET n = n + 1 WHERE id = 1; CALL gate.unlock(); }
)");
  EXPECT_NE(histories.FutureOf({"a", "b", "c"}), histories.FutureOf({"a", "c", "b"}));
  EXPECT_FALSE(histories.HaveOneState({"a", "b", "c"}, {"a", "c", "b"}));
}

// Two clients of one template in each other's place.
TEST(ExploreState, ClientsThatAreAlikeAreNotToldApart) {
  const Histories histories(R"(client a 2
step a { BEGIN; UPDATE t SET n = n + 1 WHERE id = 1; COMMIT; }
)");
  EXPECT_EQ(histories.FutureOf({"a1", "a1", "a2"}), histories.FutureOf({"a2", "a2", "a1"}));
  EXPECT_TRUE(histories.HaveOneState({"a1", "a1", "a2"}, {"a2", "a2", "a1"}));
  EXPECT_FALSE(histories.HaveOneState({"a1", "a1", "a2"}, {"a2", "a2", "a1"}, false));
}

TEST(ExploreState, ClientsThatWriteTheirNumberAreToldApart) {
  const Histories histories(R"(client a 2
step a { BEGIN; UPDATE t SET n = @me WHERE id = 1; COMMIT; }
)");
  EXPECT_NE(histories.FutureOf({"a1", "a1", "a1"}), histories.FutureOf({"a2", "a2", "a2"}));
  EXPECT_FALSE(histories.HaveOneState({"a1", "a1", "a1"}, {"a2", "a2", "a2"}));
}

// b is late at two nodes of three, or at all of them, and gives back what it got. Before its last node
// has been asked to, nobody can tell any more which ones had said yes.
TEST(ExploreState, WhichNodesSaidYesToARedlockIsOverWhenItTakesThemBack) {
  const Histories histories(R"(client a
step a { CALL lock.lock('k') INTO @got; CALL lock.unlock('k'); }
client b
step b { CALL lock.lock('k') INTO @got; CALL lock.unlock('k'); }
)");
  const Names got_one = {"a", "b", "b", "a", "a", "b", "b", "b", "a", "a", "a"};
  const Names got_none = {"a", "a", "a", "b", "b", "b", "b", "b", "a", "a", "a"};
  EXPECT_EQ(histories.FutureOf(got_one), histories.FutureOf(got_none));
  EXPECT_TRUE(histories.HaveOneState(got_one, got_none));
}

// While they are asked, it decides who has more than half.
TEST(ExploreState, WhichNodesSaidYesToARedlockMattersWhileTheyAreAsked) {
  const Histories histories(R"(client a
step a {
  CALL lock.lock('k') INTO @got;
  UPDATE t SET n = n + @got WHERE id = 1;
  CALL lock.unlock('k');
}
client b
step b {
  CALL lock.lock('k') INTO @got;
  UPDATE t SET n = n + 2 * @got WHERE id = 1;
  CALL lock.unlock('k');
}
)");
  EXPECT_NE(histories.FutureOf({"a", "b", "b", "a"}), histories.FutureOf({"a", "a", "b", "b"}));
  EXPECT_FALSE(histories.HaveOneState({"a", "b", "b", "a"}, {"a", "a", "b", "b"}));
}

}  // namespace
}  // namespace nextkey
