// What users meet when a statement is not understood: the place, the word and the remedy.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/txn/sql_dump.h"
#include "txn/sql/parser.h"
#include "txn/sql/unsupported.h"

namespace nextkey::sql {
namespace {

ParseError ErrorOf(std::string_view text) {
  const auto parsed = ParseStatement(text);
  const auto* error = std::get_if<ParseError>(&parsed);
  return error != nullptr ? *error : ParseError{};
}

TEST(SqlError, MisspeltKeywordsAreRecognised) {
  ExpectStatements({
      {"select * form t", "error 9-13: unexpected \"form\"; did you mean \"from\"?"},
      {"select a form t", "error 9-13: unexpected \"form\"; did you mean \"from\"?"},
      {"selct * from t", "error 0-5: unexpected \"selct\"; did you mean \"select\"?"},
      {"select * from t wher id = 1", "error 16-20: unexpected \"wher\"; did you mean \"where\"?"},
      {"select * from t where id = 1 ordr by id",
       "error 29-33: unexpected \"ordr\"; did you mean \"order\"?"},
      {"update t st v = 1", "error 9-11: unexpected \"st\"; did you mean \"set\"?"},
      {"insert into t vales (1)", "error 14-19: unexpected \"vales\"; did you mean \"values\"?"},
      {"set transaction isolation level repeatable",
       "error 32-42: unknown isolation level \"repeatable\"; did you mean \"repeatable read\"?"},
      {"set session transaction isolation level read comitted",
       "error 40-53: unknown isolation level \"read comitted\"; did you mean \"read committed\"?"},
      {"set session transction isolation level read committed",
       "error 12-22: unexpected \"transction\"; did you mean \"transaction\"?"},
      {"set transaction isolation level foo bar",
       "error 32-39: unknown isolation level \"foo bar\", expected READ UNCOMMITTED, READ COMMITTED, "
       "REPEATABLE READ or SERIALIZABLE"},
      {"select count(*) form t", "error 16-20: unexpected \"form\"; did you mean \"from\"?"},
      {"select * from t for updte", "error 20-25: unexpected \"updte\"; did you mean \"update\"?"},
      {"select * from t lock in shar mode", "error 24-28: unexpected \"shar\"; did you mean \"share\"?"},
      {"begn", "error 0-4: unexpected \"begn\"; did you mean \"begin\"?"},
      {"comit", "error 0-5: unexpected \"comit\"; did you mean \"commit\"?"},
      {"start transction", "error 6-16: unexpected \"transction\"; did you mean \"transaction\"?"},
      {"create table t (a intt)", "error 18-22: unexpected \"intt\"; did you mean \"int\"?"},
      {"create table t (a int not nul)", "error 26-29: unexpected \"nul\"; did you mean \"null\"?"},
      {"alter table t ad column a int", "error 14-16: unexpected \"ad\"; did you mean \"add\"?"},
      {"alter table t add column a int, dorp column b",
       "error 32-36: unexpected \"dorp\"; did you mean \"drop\"?"},
      {"create tabel t (a int)", "error 7-12: unexpected \"tabel\"; did you mean \"table\"?"},
  });
}

TEST(SqlError, UnexpectedWordsAreNamedWithWhatWasExpected) {
  ExpectStatements({
      {"set tx_isolation = READ-COMMITTED",
       "error 19-23: unexpected \"READ\", expected an expression, ALL or ON; write 'READ-COMMITTED' and "
       "'REPEATABLE-READ' in quotes"},
      {"set tx_isolation = REPEATABLE-READ",
       "error 30-34: unexpected \"READ\", expected an expression; write 'READ-COMMITTED' and "
       "'REPEATABLE-READ' in quotes"},
      {"create table t (a int comment)", "error 29-30: unexpected \")\", expected a text"},
      {"create table t (a int comment,)", "error 29-30: unexpected \",\", expected a text"},
      {"create table t (order int)",
       "error 16-21: unexpected \"order\", expected a column or a key; to use this reserved word as a name "
       "write it in backticks"},
      {"select order from t",
       "error 7-12: unexpected \"order\", expected an expression or \"*\"; to use this reserved word as a "
       "name write it in backticks"},
      {"select * from order",
       "error 14-19: unexpected \"order\", expected a name, \"(\" or DUAL; to use this reserved word as a "
       "name write it in backticks"},
      {"rollback to", "error 11-11: unexpected end of the statement, expected a name"},
      {"select 1; select 2",
       "error 10-16: unexpected \"select\" behind the semicolon: one statement at a time"},
      {";", "error 0-1: there is no statement here"},
      {"/* nothing */", "error 13-13: there is no statement here"},
      {"create table t (a varchar)", "error 25-26: unexpected \")\", expected \"(\""},
      {"create table t ()", "error 16-17: unexpected \")\", expected a column or a key"},
      {"create table t (a)", "error 17-18: unexpected \")\", expected a type"},
      {"insert into t (a, b values (1,2)", "error 20-26: unexpected \"values\", expected \")\" or \",\""},
      {"insert into t values (1,2",
       "error 25-25: unexpected end of the statement, expected an operator, \")\" or \",\""},
      {"insert into t values 1,2", "error 21-22: unexpected \"1\", expected \"(\""},
      {"select (1 + 2 from t", "error 14-18: unexpected \"from\", expected an operator, \")\" or \",\""},
      {"select 1 + from t", "error 11-15: unexpected \"from\", expected an expression"},
      {"select * from t where", "error 21-21: unexpected end of the statement, expected an expression"},
      {"select * from t where a = = 1", "error 26-27: unexpected \"=\", expected an expression"},
      {"select * from t where a == 1", "error 25-26: unexpected \"=\", expected an expression"},
      {"update t set a = 1 where id = 1 and",
       "error 35-35: unexpected end of the statement, expected an expression"},
      {"update t set a + 1", "error 15-16: unexpected \"+\", expected \"=\""},
      {"delete t where id = 1", "error 9-14: unexpected \"where\", expected \",\" or FROM"},
      {"delete from t where id in ()", "error 27-28: unexpected \")\", expected an expression or SELECT"},
      {"select * from t limit", "error 21-21: unexpected end of the statement, expected a number"},
      {"select * from t limit -1", "error 22-23: unexpected \"-\", expected a number"},
      {"lock tables t",
       "error 13-13: unexpected end of the statement, expected a name, AS, LOW_PRIORITY, READ or WRITE"},
      {"lock tables t foo",
       "error 17-17: unexpected end of the statement, expected LOW_PRIORITY, READ or WRITE"},
      {"unlock", "error 6-6: unexpected end of the statement, expected TABLE or TABLES"},
      {"savepoint", "error 9-9: unexpected end of the statement, expected a name"},
      {"release a", "error 8-9: unexpected \"a\", expected SAVEPOINT"},
      {"use", "error 3-3: unexpected end of the statement, expected a name"},
      {"drop t", "error 5-6: unexpected \"t\", expected INDEX, TABLE or TABLES"},
      {"drop table", "error 10-10: unexpected end of the statement, expected a name or IF"},
      {"create unique index on t (a)",
       "error 20-22: unexpected \"on\", expected a name; to use this reserved word as a name write it in "
       "backticks"},
      {"create index i on t", "error 19-19: unexpected end of the statement, expected \"(\""},
      {"select case when 1 then 2",
       "error 25-25: unexpected end of the statement, expected an operator, ELSE, WHEN or END"},
      {"select cast(1 as foo)", "error 17-20: unexpected \"foo\", expected a type"},
      {"select interval 1 foo + now()",
       "error 18-21: unknown unit of time \"foo\"; some are SECOND, MINUTE, HOUR, DAY, MONTH and YEAR"},
      {"select count(distinct a, b), max(all a), lower(*), lower(distinct a), row(1,2) = (1,2)",
       "error 47-48: * stands only in aggregates such as COUNT, not in lower"},
  });
}

TEST(SqlError, TextsNumbersAndSigns) {
  ExpectStatements({
      {"select 'abc", "error 7-8: the text that begins here has no end: a closing ' is missing"},
      {"select \"abc", "error 7-8: the text that begins here has no end: a closing \" is missing"},
      {"select `abc", "error 7-8: the name that begins here has no end: a closing ` is missing"},
      {"select /* abc", "error 7-9: the comment that begins here has no end: */ is missing"},
      {"select /*! 1", "error 7-9: the comment that begins here has no end: */ is missing"},
      {"select “a” from t", "error 7-10: unexpected typographic quote; SQL's are ' and \""},
      {"select 99999999999999999999999999999999999999999999",
       "error 7-51: this number has more than 38 digits"},
      {"select 1e999", "error 7-12: this number is out of range"},
      {"select 0xfffffffffffffffff",
       "error 7-26: a hexadecimal number has at most 16 digits; as a text write x'..'"},
      {"select x'abc'", "error 7-13: a text in hexadecimal digits needs pairs of them: x'4a4b'"},
      {"select ?", "error 7-8: unexpected \"?\": statements are not prepared here, write the value"},
      {"select {d '2024-01-01'}", "error 7-8: unexpected \"{\""},
      {"select a[1]", "error 8-9: unexpected \"[\""},
      {"select @", "error 7-8: unexpected \"@\""},
      {"create table t (a varchar(99999999999999999999))",
       "error 26-46: this number is too big: at most 65535"},
      {"create table t (a datetime(9))", "error 27-28: this number is too big: at most 6"},
      {"create table t (a decimal(60,2))", "error 18-31: DECIMAL has at most 38 digits here"},
  });
  EXPECT_EQ(DumpStatement("select \x01"), "error 7-8: unexpected control character 0x01");
  EXPECT_EQ(DumpStatement(std::string_view("select \0 1", 10)),
            "error 7-8: unexpected control character 0x00");
  EXPECT_EQ(DumpStatement("select \xff"), "error 7-8: unexpected byte 0xff");
  EXPECT_EQ(DumpStatement("select\xc2\xa0 1"),
            "error 6-8: unexpected invisible character; SQL needs a plain space");
}

TEST(SqlError, AnExpressionAloneIsCheckedToo) {
  EXPECT_EQ(DumpExpression("a >"), "error 3-3: unexpected end of the statement, expected an expression");
  EXPECT_EQ(DumpExpression(""), "error 0-0: there is no statement here");
}

// What MySQL would take and we don't, each with an example.
TEST(SqlError, WhatIsNotSupportedSaysSo) {
  const std::vector<Example> examples = {
      {"select * from t union select * from u", "UNION, INTERSECT and EXCEPT"},
      {"with x as (select 1) select * from x", "common table expressions (WITH)"},
      {"select row_number() over (order by id) from t", "window functions"},
      {"select sum(a) over () from t", "window functions"},
      {"select a from t right join u on 1", "RIGHT JOIN"},
      {"select a from t natural join u", "NATURAL JOIN"},
      {"select a from t group by a with rollup", "WITH ROLLUP"},
      {"create view v as select 1", "views"},
      {"create or replace view v as select 1", "views"},
      {"create procedure p() begin end", "stored programs (PROCEDURE, FUNCTION, TRIGGER, EVENT) and CALL"},
      {"create trigger tr before insert on t for each row set x = 1",
       "stored programs (PROCEDURE, FUNCTION, TRIGGER, EVENT) and CALL"},
      {"create temporary table t (a int)", "temporary tables and CREATE OR REPLACE TABLE"},
      {"create table t (a enum('x'))", "ENUM, SET, BIT, BLOB, BINARY, YEAR, UUID, INET and spatial types"},
      {"create table t (a set('x'))", "ENUM, SET, BIT, BLOB, BINARY, YEAR, UUID, INET and spatial types"},
      {"create table t (a blob)", "ENUM, SET, BIT, BLOB, BINARY, YEAR, UUID, INET and spatial types"},
      {"create table t (a json)", "JSON"},
      {"create table t (a bit(1))", "ENUM, SET, BIT, BLOB, BINARY, YEAR, UUID, INET and spatial types"},
      {"create table t (a varbinary(10))",
       "ENUM, SET, BIT, BLOB, BINARY, YEAR, UUID, INET and spatial types"},
      {"create table t (a int generated always as (b) virtual)", "generated columns"},
      {"create table t (a int as (b))", "generated columns"},
      {"create table t (a int, fulltext key (a))", "FULLTEXT, SPATIAL and VECTOR indexes"},
      {"create table t (a text, key (a(10)))", "indexes on a column's first characters (KEY (a(10)))"},
      {"create table t (a int) partition by hash (a)", "partitions"},
      {"create table t (a int) engine=memory", "storage engines other than InnoDB and MyISAM"},
      {"create table t (a int zerofill)", "ZEROFILL"},
      {"create table t as select 1", "CREATE TABLE .. SELECT"},
      {"create table t select 1", "CREATE TABLE .. SELECT"},
      {"select a->'$.x' from t", "JSON"},
      {"select a, json_extract(a, '$') from t", "JSON"},
      {"call p()", "stored programs (PROCEDURE, FUNCTION, TRIGGER, EVENT) and CALL"},
      {"prepare s from 'x'", "PREPARE and EXECUTE"},
      {"execute s", "PREPARE and EXECUTE"},
      {"xa start 'a'", "XA transactions"},
      {"load data infile 'x' into table t", "LOAD DATA"},
      {"grant all on *.* to x", "accounts and privileges (GRANT, REVOKE, CREATE USER, ROLE)"},
      {"show triggers",
       "SHOW of anything but PROCESSLIST, ENGINE INNODB STATUS, TABLES, COLUMNS, INDEX, CREATE TABLE, "
       "OPEN TABLES, DATABASES, VARIABLES, STATUS, WARNINGS and ERRORS"},
      {"explain format=json select 1",
       "EXPLAIN with options, EXPLAIN FOR CONNECTION, and ANALYZE of a statement"},
      {"shutdown", "server administration (RESET, SHUTDOWN, FLUSH of anything but tables)"},
      {"handler t open", "HANDLER"},
      {"create database d", "CREATE, ALTER and DROP DATABASE"},
      {"drop database d", "CREATE, ALTER and DROP DATABASE"},
      {"signal sqlstate '45000'", "compound statements and SIGNAL"},
      {"insert into t values (1) returning id", "RETURNING"},
      {"delete from t returning id", "RETURNING"},
      {"select * from (select 1) x", "subqueries in FROM"},
      {"select * from (a join b)", "joined tables in parentheses"},
      {"flush privileges", "server administration (RESET, SHUTDOWN, FLUSH of anything but tables)"},
      {"optimize table t", "OPTIMIZE, CHECK, CHECKSUM and REPAIR TABLE"},
      {"check table t", "OPTIMIZE, CHECK, CHECKSUM and REPAIR TABLE"},
      {"if 1 then select 1; end if", "compound statements and SIGNAL"},
      {"declare x int", "compound statements and SIGNAL"},
      {"set persist a = 1", "SET PERSIST"},
      {"analyze format=json select 1",
       "EXPLAIN with options, EXPLAIN FOR CONNECTION, and ANALYZE of a statement"},
      {"select 1 into outfile '/tmp/x'", "INTO OUTFILE and INTO DUMPFILE"},
      {"select * from t where a = any (select 1)", "comparison with ANY, SOME or ALL of a subquery"},
      {"select * from t where a > all (select 1)", "comparison with ANY, SOME or ALL of a subquery"},
      {"select a regexp 'x'", "REGEXP, RLIKE and SOUNDS LIKE"},
      {"select a rlike 'x'", "REGEXP, RLIKE and SOUNDS LIKE"},
      {"select match(a) against ('x') from t", "full-text search (MATCH .. AGAINST)"},
      {"alter table t add column if not exists a int",
       "IF [NOT] EXISTS other than in CREATE TABLE and DROP TABLE"},
      {"alter table t rename column a to b", "ALTER TABLE .. ALTER COLUMN and RENAME COLUMN or INDEX"},
      {"alter table t alter column a set default 1",
       "ALTER TABLE .. ALTER COLUMN and RENAME COLUMN or INDEX"},
      {"alter table t convert to character set utf8mb4",
       "ALTER TABLE .. CONVERT TO, ORDER BY, DISABLE KEYS, DISCARD TABLESPACE and system versioning"},
      {"alter table t drop partition p0", "partitions"},
      {"alter table t modify a int after b", "moving a column (MODIFY .. FIRST or AFTER)"},
      {"rename table a to b, c to d", "RENAME TABLE of several tables"},
      {"alter table t order by a",
       "ALTER TABLE .. CONVERT TO, ORDER BY, DISABLE KEYS, DISCARD TABLESPACE and system versioning"},
      {"select substring('a' from 1 for 2), extract(day from now()), timestampdiff(second, a, b), trim(both "
       "'x' from 'y')",
       "TRIM with LEADING, TRAILING or BOTH"},
      {"insert into t values (1) as new on duplicate key update a = new.a",
       "row aliases (VALUES (..) AS new)"},
      {"create table t (a int invisible)", "invisible columns and indexes"},
      {"create table t (a int) charset=koi8r",
       "character sets other than utf8mb4, utf8, latin1 and ascii, and their collations"},
      {"create table t (a int references p (id) on delete set default)", "ON DELETE SET DEFAULT"},
      {"create index i on t ((a + 1))", "indexes on expressions"},
      {"select a collate utf8mb4_general_ci", "COLLATE in expressions, with a collation other than .._bin"},
      {"select std(a) from t", "aggregates other than COUNT, SUM, MIN, MAX, AVG and GROUP_CONCAT"},
      {"create sequence s", "sequences, servers, tablespaces and log file groups"},
      {"select group_concat(a separator ',') from t", "ORDER BY and SEPARATOR in GROUP_CONCAT"},
      {"select a from t for update of t for share of u", "several locking clauses in one query"},
      {"select * from t where a sounds like 'b'", "REGEXP, RLIKE and SOUNDS LIKE"},
  };
  std::set<std::string_view> seen;
  for (const Example& example : examples) {
    EXPECT_EQ(ErrorOf(example.text).message, "not supported yet: " + std::string(example.tree))
        << example.text;
    seen.insert(example.tree);
  }
  for (const UnsupportedFeature& known : UnsupportedFeatures()) {
    EXPECT_TRUE(seen.contains(known.name)) << "no example of " << known.name;
  }
}

}  // namespace
}  // namespace nextkey::sql
