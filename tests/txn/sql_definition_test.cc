// How tables and indexes are declared and altered.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/txn/sql_dump.h"

namespace nextkey::sql {
namespace {

TEST(SqlDefinition, CreateTable) {
  ExpectStatements({
      {"create table t (id int primary key auto_increment, u int(11) unsigned not null, n bool default "
       "false, unique key u (u), key (n desc), index `i` using btree (u, n))",
       "(create t (id:int(11) auto primary) (u:int(10) unsigned notnull) (n:tinyint(4) (default 0)) (unique "
       "u: u) (key : n desc) (key i: u n))"},
      {"create table db.t (a tinyint, b smallint, c mediumint, d bigint, e integer signed, f serial, g "
       "decimal, h numeric(8), i dec(10,2) unsigned, j float(7,3), k double precision, l real)",
       "(create db.t (a:tinyint(4)) (b:smallint(6)) (c:mediumint(9)) (d:bigint(20)) (e:int(11)) "
       "(f:bigint(20) unsigned notnull auto unique) (g:decimal(10,0)) (h:decimal(8,0)) (i:decimal(10,2) "
       "unsigned) (j:float) (k:double) (l:double))"},
      {"create table t (a char, b char(3), c varchar(20), d text, e tinytext, f longtext, g date, h "
       "datetime, i datetime(6), j timestamp(3) null, k time)",
       "(create t (a:char(1)) (b:char(3)) (c:varchar(20)) (d:text) (e:text) (f:text) (g:date) (h:datetime) "
       "(i:datetime(6)) (j:timestamp(3) null) (k:time))"},
      {"create table t (a varchar(5) collate utf8mb4_bin, b varchar(5), c int) engine = MyISAM default "
       "charset=utf8mb4 collate=utf8mb4_unicode_ci auto_increment=7 comment='all' row_format=dynamic",
       "(create t (a:varchar(5) bin) (b:varchar(5) unicode) (c:int(11)) myisam auto=7 'all')"},
      {"create table child (id int key, p int, q int references parent (id) on delete set null, constraint f "
       "foreign key i (p) references db.parent (id) on delete cascade on update no action, foreign key (id, "
       "p) references z (a, b))",
       "(create child (id:int(11) primary) (p:int(11)) (q:int(11)) (foreign : q -> parent id delete=set-null "
       "update=restrict) (foreign f: p -> parent id delete=cascade update=no-action) (foreign : id p -> z a "
       "b delete=restrict update=restrict))"},
      {"create table account (id int, balance int not null check (balance >= 0), constraint positive check "
       "(id > 0), check ((id + 1) > 1))",
       "(create account (id:int(11)) (balance:int(11) notnull) (check :balance (>= balance 0) `balance >= "
       "0`) (check positive: (> id 0) `id > 0`) (check : (> (+ id 1) 1) `(id + 1) > 1`))"},
      {"create table if not exists t (created datetime(6) not null default current_timestamp(6) comment "
       "'when' on update current_timestamp(6), a int default -1, b int default (1 + 1), c varchar(3) default "
       "'x', d datetime default now(), e int default null unique)",
       "(create if-missing t (created:datetime(6) notnull (default (now 6)) on-update 'when') (a:int(11) "
       "(default -1)) (b:int(11) (default (+ 1 1))) (c:varchar(3) (default 'x')) (d:datetime (default "
       "(now))) (e:int(11) unique (default NULL)))"},
      {"create table a like b", "(create a like b)"},
  });
}

// As SHOW CREATE TABLE of a server prints a table of a shop.
TEST(SqlDefinition, WhatAServerPrintsIsRead) {
  EXPECT_EQ(
      DumpStatement(R"(CREATE TABLE `coupon` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT COMMENT 'it''s the key',
  `name` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
  `price` decimal(10,2) NOT NULL DEFAULT 0.00,
  `created_at` datetime(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_name` (`name`,`price`) USING BTREE,
  KEY `by_price` (`price`),
  CONSTRAINT `coupon_ibfk_1` FOREIGN KEY (`price`) REFERENCES `shop` (`id`) ON DELETE CASCADE ON UPDATE NO ACTION,
  CONSTRAINT `cheap` CHECK (`price` < 100)
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='all of them')"),
      "(create coupon (id:bigint(20) notnull auto 'it's the key') (name:varchar(255) bin (default NULL)) "
      "(price:decimal(10,2) notnull (default 0.00d)) (created_at:datetime(6) notnull (default (now 6)) "
      "on-update) "
      "(primary PRIMARY: id) (unique by_name: name price) (key by_price: price) "
      "(foreign coupon_ibfk_1: price -> shop id delete=cascade update=no-action) "
      "(check cheap: (< price 100) ``price` < 100`) auto=5 'all of them')");
}

TEST(SqlDefinition, AlterTableAndIndexes) {
  ExpectStatements({
      {"alter table t add column a int not null default 5 first, add b int after a, add (c int, key (c)), "
       "drop column d, drop e",
       "(alter t (add a:int(11) notnull (default 5) first) (add b:int(11) after a) (add c:int(11)) "
       "(add-index (key : c)) (drop d) (drop e))"},
      {"alter table t modify a bigint, change column b bb varchar(3), rename to u",
       "(alter t (modify a a:bigint(20)) (modify b bb:varchar(3)) (rename u))"},
      {"alter table t add index i (a), add unique u (a desc), add primary key (id), drop index i, drop key "
       "u, drop primary key",
       "(alter t (add-index (key i: a)) (add-index (unique u: a desc)) (add-index (primary PRIMARY: id)) "
       "(drop-index i) (drop-index u) (drop-index PRIMARY))"},
      {"alter table t add constraint f foreign key (a) references p (id), drop foreign key f, add constraint "
       "c check (a > 1), drop constraint c, drop check d",
       "(alter t (add-key (foreign f: a -> p id delete=restrict update=restrict)) (drop-key f) (add-check "
       "(check c: (> a 1) `a > 1`)) (drop-constraint c) (drop-constraint d))"},
      {"alter table t engine=innodb, auto_increment = 10, force, algorithm=inplace, lock=none, comment='x'",
       "(alter t (engine innodb) (auto-increment 10) (force))"},
      {"alter table t add column w int references p (id)",
       "(alter t (add w:int(11)) (add-key (foreign : w -> p id delete=restrict update=restrict)))"},
      {"create index i on t (a, b desc) algorithm=inplace lock=none",
       "(alter t (add-index (key i: a b desc)))"},
      {"create unique index u using btree on db.t (a)", "(alter t (add-index (unique u: a)))"},
      {"drop index i on t", "(alter t (drop-index i))"},
      {"rename table a to b", "(alter a (rename b))"},
  });
}

}  // namespace
}  // namespace nextkey::sql
