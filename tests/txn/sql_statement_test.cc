// How statements are understood: one of each kind and each clause.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/txn/sql_dump.h"
#include "txn/sql/parser.h"

namespace nextkey::sql {
namespace {

TEST(SqlStatement, Queries) {
  ExpectStatements({
      {"select 1", "(select 1[1])"},
      {"select *, t.*, v + 1 as n from t", "(select *[*] t.*[t.*] (+ v 1)[n] (from t))"},
      {"select distinct sql_no_cache a from dual where 1", "(select distinct a[a] (where 1))"},
      {"select straight_join * from a, b join c on a.x = b.x left outer join d using (y, z) straight_join e "
       "on 1",
       "(select *[*] (from a, straight b, straight c (on (= a.x b.x)), left d (using y z), straight e (on "
       "1)))"},
      {"select * from db.t as x use index (a, primary) ignore key for order by (b) force index (c) where id "
       "= 1",
       "(select *[*] (from db.t as x use(a PRIMARY) ignore(b) force(c)) (where (= id 1)))"},
      {"select a, sum(b) from t where c > 1 group by a, d having sum(b) > 2 order by 2 desc, a limit 5, 10",
       "(select a[a] (sum b)[sum(b)] (from t) (where (> c 1)) (group a d) (having (> (sum b) 2)) (order 2 "
       "desc a) (limit 10 from 5))"},
      {"select a from t limit 10 offset 5", "(select a[a] (from t) (limit 10 from 5))"},
      {"select a into @x from t where id = 1 for update",
       "(select a[a] (from t) (where (= id 1)) (into x) (for update))"},
      {"select a, b from t where id = 1 into @x, @Y",
       "(select a[a] b[b] (from t) (where (= id 1)) (into x y))"},
      {"select a from t for share nowait", "(select a[a] (from t) (for share nowait))"},
      {"select a from t lock in share mode", "(select a[a] (from t) (for share))"},
      {"select a from t for update of t, u skip locked", "(select a[a] (from t) (for update of t u skip))"},
      {"select a from t for update wait 3", "(select a[a] (from t) (for update wait 3))"},
      {"(select 1);", "(select 1[1])"},
  });
}

// Asked of MariaDB 10.11: what it prints above the columns.
TEST(SqlStatement, HeadingsAreWhatAClientShows) {
  const std::vector<Example> examples = {
      {"1+1", "1+1"},
      {"1 /* x */ + 2", "1 /* x */ + 2"},
      {"count(*)", "count(*)"},
      {"t.a", "a"},
      {"(t.a)", "a"},
      {"`a`", "a"},
      {"'abc'", "abc"},
      {"'a' 'b'", "ab"},
      {"('x')", "x"},
      {"null", "NULL"},
      {"True", "TRUE"},
      {"((1))", "1"},
      {"(1+1)", "(1+1)"},
      {"(-1)", "(-1)"},
      {"- 1", "- 1"},
      {"@a := 1", "@a := 1"},
      {"(@a)", "(@a)"},
      {"@@session.autocommit", "@@session.autocommit"},
      {"0x41", "0x41"},
      {"x'41'", "x'41'"},
      {"date '2024-01-01'", "date '2024-01-01'"},
      {"_utf8mb4'x'", "x"},
      {"now() is null", "now() is null"},
      {"(select 1)", "(select 1)"},
      {"1.50 as `p q`", "p q"},
      {"2 'z'", "z"},
      {"case 1 when 1 then 2 end end", "end"},
  };
  for (const Example& example : examples) {
    const auto parsed = ParseStatement("select " + std::string(example.text));
    const auto& body = std::get<StatementRef>(parsed)->body;
    EXPECT_EQ(std::get<std::shared_ptr<const SelectStatement>>(body)->items[0].alias, example.tree);
  }
}

TEST(SqlStatement, Changes) {
  ExpectStatements({
      {"insert into t values (1, null), (2, default)", "(insert t [1 NULL] [2 default])"},
      {"INSERT IGNORE t (a, t.b) VALUE (1, 2) ON DUPLICATE KEY UPDATE b = values(b) + 1, t.a = 3",
       "(insert ignore t (a b) [1 2] (duplicate b=(+ (values b) 1) t.a=3))"},
      {"insert into t set a = 1, b = default", "(insert t (a b) [1 default])"},
      {"insert into db.t () values ()", "(insert db.t [])"},
      {"insert into t (a) select a from u where b > 0 for update",
       "(insert t (a) (select a[a] (from u) (where (> b 0)) (for update)))"},
      {"insert into t select * from a join b on duplicate key update c = 1",
       "(insert t (select *[*] (from a, b)) (duplicate c=1))"},
      {"replace low_priority into t values (1)", "(replace t [1])"},
      {"update t set a = a + 1, t.b := default where id = 1 order by id desc limit 2",
       "(update t (set a=(+ a 1) t.b=default) (where (= id 1)) (order id desc) (limit 2))"},
      {"update ignore a as x join b on x.id = b.id set x.v = b.v, b.w = 0 where b.id < 5",
       "(update ignore a as x, b (on (= x.id b.id)) (set x.v=b.v b.w=0) (where (< b.id 5)))"},
      {"delete from t where id = 1 order by id limit 1", "(delete t (where (= id 1)) (order id) (limit 1))"},
      {"delete quick from t", "(delete t)"},
      {"delete a.*, b from a join b on a.id = b.id where a.id = 1",
       "(delete [a b] a, b (on (= a.id b.id)) (where (= a.id 1)))"},
      {"delete from a, db.b using a straight_join b", "(delete [a b] a, straight b)"},
  });
}

TEST(SqlStatement, Transactions) {
  ExpectStatements({
      {"begin", "(begin)"},
      {"start transaction", "(begin)"},
      {"start transaction with consistent snapshot, read only", "(begin snapshot read-only)"},
      {"commit work and chain no release", "(commit chain)"},
      {"rollback and no chain release", "(rollback release)"},
      {"savepoint `a b`", "(savepoint a b)"},
      {"rollback work to savepoint a", "(rollback-to a)"},
      {"rollback to a", "(rollback-to a)"},
      {"release savepoint a", "(release a)"},
  });
}

// A scope's word is for the plain names behind it, too; @@name without a scope is the next
// transaction's characteristic alone. Both asked of MariaDB 10.11.
TEST(SqlStatement, Set) {
  ExpectStatements({
      {"set a = 1, @x := 2, @@session.b = 'z', global c = on, d = default, session e = repeatable, "
       "@@global.f = 1",
       "(set session:a=1 user:x=2 session:b='z' global:c='ON' global:d=default session:e='repeatable' "
       "global:f=1)"},
      {"set autocommit = off", "(set session:autocommit='off')"},
      {"set @@transaction_isolation = 'READ-COMMITTED', transaction_isolation = SERIALIZABLE",
       "(set next:transaction_isolation='READ-COMMITTED' session:transaction_isolation='SERIALIZABLE')"},
      {"set names utf8mb4 collate utf8mb4_bin, sql_mode = ''",
       "(set session:names='utf8mb4' session:sql_mode='')"},
      {"set character set latin1", "(set session:names='latin1')"},
      {"set transaction isolation level read uncommitted", "(set-transaction next read-uncommitted)"},
      {"set session transaction isolation level repeatable read, read only",
       "(set-transaction session repeatable-read read-only)"},
      {"set global transaction read write", "(set-transaction global read-write)"},
      {"set local transaction isolation level serializable", "(set-transaction session serializable)"},
      {"set global a = 1, b = 2, @c = 3, session d = 4, e = 5, @@f = 6",
       "(set global:a=1 global:b=2 user:c=3 session:d=4 session:e=5 session:f=6)"},
  });
}

TEST(SqlStatement, LocksAndTheRest) {
  ExpectStatements({
      {"lock tables a read, b as x write, c y read local, d low_priority write",
       "(lock (a read) (b as x write) (c as y read-local) (d write))"},
      {"lock table t write", "(lock (t write))"},
      {"unlock tables", "(unlock)"},
      {"flush tables", "(flush)"},
      {"flush tables with read lock", "(flush read-lock)"},
      {"flush local table a, b with read lock", "(flush a b read-lock)"},
      {"analyze table a, b", "(analyze a b)"},
      {"use shop", "(use shop)"},
      {"do sleep(1), 2", "(do (sleep 1) 2)"},
      {"truncate table t", "(truncate t)"},
      {"truncate db.t", "(truncate t)"},
      {"drop table if exists a, db.b cascade", "(drop if-exists a b)"},
  });
}

TEST(SqlStatement, ExecutableCommentsAreRead) {
  ExpectStatements({
      {"/*!40101 set names utf8 */", "(set session:names='utf8')"},
      {"select /*!99999 2, */ 3 /* x */ -- rest", "(select 3[3])"},
  });
}

TEST(SqlStatement, TheTextIsKeptTrimmed) {
  EXPECT_EQ(std::get<StatementRef>(ParseStatement(" \n commit ; \n"))->text, "commit");
}

}  // namespace
}  // namespace nextkey::sql
