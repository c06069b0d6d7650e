// performance_schema as MySQL 8.4's manual describes it: MariaDB, against which the recorded scripts are
// played, has no data_locks.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/replay.h"
#include "sim/script.h"

namespace nextkey {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// The rows of the script's last statement.
Rows LastRows(const std::string& text) {
  ScriptOrMistakes read = ReadScript(SourceFile{"script.sql", text});
  EXPECT_TRUE(std::holds_alternative<Script>(read)) << text;
  if (!std::holds_alternative<Script>(read)) return {};
  const ScriptCase& script = std::get<Script>(read).cases[0];
  World world;
  StepReport last;
  while (!IsFinished(world, script)) last = PlayStep(world, script, LockListing::kNone);
  EXPECT_FALSE(last.result.error.has_value()) << last.result.error->message;
  Rows rows;
  for (const std::vector<Value>& row : last.result.rows) {
    rows.emplace_back();
    for (const Value& value : row) rows.back().push_back(value.ToText());
  }
  return rows;
}

// Manual, "The data_locks Table": a table lock and the supremum of a table without a key.
TEST(DataLocks, AreSpelledAsInTheManual) {
  const Rows rows = LastRows(
      "create table t1 (a int) engine=innodb;\n"
      "begin; select * from t1 for update; -- A\n"
      "select engine, object_schema, object_name, partition_name, index_name, lock_type, lock_mode, "
      "lock_status, "
      "lock_data from performance_schema.data_locks; -- B\n");
  EXPECT_EQ(rows, (Rows{{"INNODB", "test", "t1", "NULL", "NULL", "TABLE", "IX", "GRANTED", "NULL"},
                        {"INNODB", "test", "t1", "NULL", "GEN_CLUST_INDEX", "RECORD", "X", "GRANTED",
                         "supremum pseudo-record"}}));
}

// Manual, "Using InnoDB Transaction and Locking Information": A blocks B, and A and B block C. C waits for
// both.
TEST(DataLockWaits, ListEveryLockInTheWay) {
  const std::string script =
      "create table t (a int primary key, b int, c int) engine=innodb;\n"
      "insert into t values (1, 1, 1);\n"
      "begin; select a from t for update; -- A\n"
      "begin; select b from t for update; -- B, waits\n"
      "begin; select c from t for update; -- C, waits\n";
  const Rows rows =
      LastRows(script +
               "select r.processlist_info, b.processlist_info from performance_schema.data_lock_waits w"
               " join performance_schema.threads r on r.thread_id = w.requesting_thread_id"
               " join performance_schema.threads b on b.thread_id = w.blocking_thread_id"
               " order by 1, w.blocking_engine_transaction_id; -- Look\n");
  EXPECT_EQ(rows, (Rows{{"select b from t for update", "NULL"},
                        {"select c from t for update", "NULL"},
                        {"select c from t for update", "select b from t for update"}}));
  const Rows joined =
      LastRows(script +
               "select count(*) from performance_schema.data_lock_waits w"
               " join performance_schema.data_locks r on r.engine_lock_id = w.requesting_engine_lock_id"
               " join performance_schema.data_locks b on b.engine_lock_id = w.blocking_engine_lock_id"
               " where r.lock_status = 'WAITING' and r.lock_data = '1' and b.lock_data = '1'; -- Look\n");
  EXPECT_EQ(joined, (Rows{{"3"}}));
}

// Manual, "The metadata_locks Table": types, durations and states; and the reader sees its own lock on the
// table.
TEST(MetadataLockTable, ShowsWhoWaitsForDefinitions) {
  const Rows rows = LastRows(
      "create table t (id int primary key) engine=innodb;\n"
      "begin; select * from t; -- A\n"
      "alter table t add column v int; -- B, waits\n"
      "do get_lock('mine', 1); -- C\n"
      "select object_type, object_schema, object_name, lock_type, lock_duration, lock_status"
      " from performance_schema.metadata_locks where object_type <> 'GLOBAL' and lock_type <> "
      "'SHARED_UPGRADABLE'"
      " order by object_type, object_schema, lock_type desc; -- C\n");
  EXPECT_EQ(rows,
            (Rows{{"TABLE", "performance_schema", "metadata_locks", "SHARED_READ", "TRANSACTION", "GRANTED"},
                  {"TABLE", "test", "t", "SHARED_READ", "TRANSACTION", "GRANTED"},
                  {"TABLE", "test", "t", "EXCLUSIVE", "TRANSACTION", "PENDING"},
                  {"USER LEVEL LOCK", "NULL", "mine", "EXCLUSIVE", "EXPLICIT", "GRANTED"}}));
}

TEST(SystemTables, AreForReading) {
  for (const std::string statement :
       {"delete from information_schema.innodb_trx", "insert into performance_schema.data_locks values (1)",
        "update sys.innodb_lock_waits set wait_age_secs = 1"}) {
    ScriptOrMistakes read = ReadScript(SourceFile{"script.sql", statement + "; -- A\n"});
    World world;
    const StepReport step = PlayStep(world, std::get<Script>(read).cases[0], LockListing::kNone);
    ASSERT_TRUE(step.result.error.has_value()) << statement;
    EXPECT_EQ(step.result.error->number, 1044) << statement;
  }
}

// They join with each other, with the user's tables, group and sort as any table does.
TEST(SystemTables, AreTablesToAQuery) {
  const Rows rows = LastRows(
      "create table watched (name varchar(20) primary key, why varchar(20)) engine=innodb;\n"
      "create table a (id int primary key) engine=innodb;\n"
      "create table b (id int primary key) engine=innodb;\n"
      "insert into watched values ('a', 'orders'), ('b', 'stock');\n"
      "insert into a values (1), (2); insert into b values (1);\n"
      "begin; select * from a where id > 0 for update; select * from b where id = 1 lock in share mode; -- "
      "T1\n"
      "select w.why, count(*) as locks, max(l.lock_mode) from performance_schema.data_locks l"
      " join watched w on w.name = l.object_name where l.lock_type = 'RECORD' group by w.why"
      " having locks > 0 order by locks desc; -- T2\n");
  EXPECT_EQ(rows, (Rows{{"orders", "3", "X"}, {"stock", "1", "S,REC_NOT_GAP"}}));
}

}  // namespace
}  // namespace nextkey
